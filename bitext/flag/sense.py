"""Word sense: a French word that renders the wrong sense of the English word behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, Pair, prose, translations
from bitext.flag.context import Context, load
from bitext.flag.words import STOP, Word, words

__all__ = ["Candidate", "WordSense"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading of a French word as the wrong sense of an English one.

    Attributes:
        word: the French word and its place.
        english: the homograph that was probably in the English (*mum*).
        other: French for the other sense (*silencieux*).
        prior: how likely the two are confused, before any context (0–1).
        sentence: log-odds by which the other word fits the sentence better.
        document: the same for the rest of the document.
        original: the same for the original sentence without the homograph; None without an original.
        said: places of the other word elsewhere in the document.
        present: whether the homograph stands in the original; None without one.
    """

    word: Word
    english: str
    other: str
    prior: float
    sentence: float
    document: float
    original: float | None
    said: int
    present: bool | None

    @property
    def score(self) -> float:
        """Log-odds, uncalibrated, that the word is wrong."""
        total = self.sentence + 0.5 * self.document + 0.5 * math.log(max(self.prior, 1e-3))
        if self.original is not None:
            total += self.original
        return total + min(self.said, 2) * 0.5


class WordSense(Check):
    """A word whose English has another sense that fits better: *maman* where the English had *mum*, silent.

    For each French content word: its English translations (lexicon), the French words of their other senses, and how
    much better one of these fits the words around it, in the sentence and in the rest of the document (log-odds of
    continuous bag-of-words vectors, whose product is a pointwise mutual information; Levy and Goldberg 2014). With the
    original, the homograph must stand there and be linked with the word, and the original's other words are asked as well;
    without it, the word must be a stranger in its own sentence to be looked at at all. The flag takes the best
    candidate above `score` (with the original) or `score_alone` (without).
    """

    name = "word-sense"
    title = "Wrong sense of the English word"
    category = "accuracy/mistranslation"
    severity = "major; critical in a heading"
    needs = ("lexicon",)
    languages = ("fr",)
    defaults: ClassVar[Mapping[str, float]] = {"score": 2.0, "score_alone": 3.0, "stranger": 0.0}

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        if load() is None:
            return
        yield from super().units(case)

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        segment = case.target.segments[unit]
        for c in candidates(case, unit):
            limit = self.threshold(case, "score_alone" if c.original is None else "score")
            if c.score < limit:
                continue
            yield self.flag(
                (unit, (c.word.start, c.word.end)),
                f"“{c.word.text}”: {c.english}, {c.other}",
                Severity.CRITICAL if segment.kind is Kind.HEADING else Severity.MAJOR,
                suggestion=c.other,
                strength=1 / (1 + math.exp(-c.score / 2)),
                against="text" if c.original is None else "original",
                score=round(c.score, 2),
            )


def _plain(word: str) -> str:
    return word.replace("œ", "oe").replace("æ", "ae")


def _document(case: Case) -> list[list[str]]:
    if "sense.words" not in case.memo:
        case.memo["sense.words"] = [
            [_plain(w.lower) for w in words(s.text, "fr")] if prose(s) else [] for s in case.target.segments
        ]
    found: list[list[str]] = case.memo["sense.words"]
    return found


def content(text: str) -> list[Word]:
    """Words that may have a sense: lower-case ones, and the first of a sentence."""
    found = words(text, "fr")
    return [
        w
        for k, w in enumerate(found)
        if len(w.text) > 2 and w.text.isalpha() and w.lower not in STOP and (w.text.islower() or k == 0)
    ]


def alternatives(case: Case, word: str, english: Sequence[str] | None) -> list[tuple[str, str, float]]:
    """(homograph, French of another sense, prior) for a French word; only for `english` homographs if given."""
    from bitext.lexicon.confusion import alternatives as chain

    cache = case.memo.setdefault("sense.alternatives", {})
    if word not in cache:
        found = chain(word, case.resources.lexicon, n=20, senses=case.resources.senses)
        cache[word] = [
            (a.english, f, a.weight * s / max(a.french_words[0][1], 1e-9)) for a in found for f, s in a.french_words
        ]
    return [a for a in cache[word] if english is None or a[0] in english]


def candidates(case: Case, unit: int) -> list[Candidate]:
    """The best candidate of each content word of a segment, whatever its score."""
    context = load()
    if context is None:
        return []
    text = case.target.segments[unit].text
    document = _document(case)
    own = document[unit]
    near = [w for k in (unit - 1, unit + 1) if 0 <= k < len(document) for w in document[k]]
    rest = [w for k, s in enumerate(document) if k != unit for w in s]
    pair = case.original_of(unit)
    out = []
    for w in content(text):
        best = _best(case, context, w, own, near, rest, pair)
        if best is not None:
            out.append(best)
    return out


def _best(
    case: Case, context: Context, w: Word, own: list[str], near: list[str], rest: list[str], pair: Pair | None
) -> Candidate | None:
    word = _plain(w.lower)
    found = []
    english = None
    original = None
    if pair is not None:
        theirs = [x.lower for x in words(pair.other, case.other_lang)]
        bases = {t: base for t in theirs for base in _bases(case, t)}
        english = list(set(bases.values()) | set(theirs))
    sentence = context.around(own, "fr", without=(word,))
    around = context.around(rest, "fr", without=(word,))
    here, there = context.fit(word, sentence), context.fit(word, around)
    if here is None:
        return None
    for homograph, other, prior in alternatives(case, word, english):
        fit = context.fit(other, sentence)
        if fit is None:
            continue
        far = context.fit(other, around)
        if pair is not None:
            forms = [t for t, b in bases.items() if b == homograph] + [homograph]
            english_around = context.around(theirs, "en", without=forms)
            a, b = context.fit(other, english_around), context.fit(word, english_around)
            original = (a - b) if a is not None and b is not None else 0.0
        document = far - there if far is not None and there is not None else 0.0
        found.append(
            Candidate(w, homograph, other, prior, fit - here, document, original, rest.count(other), pair is not None or None)
        )
    return max(found, key=lambda c: c.score, default=None)


def _bases(case: Case, word: str) -> list[str]:
    from bitext.lexicon.senses import inventory

    senses = case.resources.senses or inventory()
    return list(senses.base_forms(word)) or [word]
