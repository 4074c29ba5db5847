"""How else a French word could be read, and the evidence for it: what the word-sense check weighs.

Two ways to the other readings. With the original, the English word is there: its translations in the lexicon are
compared (`paired`). Without it, the chain of `bitext.lexicon.alternatives` guesses the English word (`alone`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bitext.flag.context import Context
from bitext.flag.words import STOP, Word, words

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Reader", "Reading", "content", "plain"]

_LEAST = 0.003  # of a translation that is asked
_FEW = 40
_ENOUGH = 2  # known content words around a word before the sentence says anything of it
_SYNONYMS = (0.45, 0.05)  # cosine, or shared English, from which two words count as one sense


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A French word, the English word behind it, French for another sense of that, and the evidence as numbers.

    Attributes:
        word: the French word and its place.
        english: the homograph (*mum*).
        other: French for its other sense (*silencieux*).
        score: log-odds, uncalibrated, that the other sense was meant.
        evidence: what the score is made of, natural logarithms. `prior`: how likely the confusion is before any
            context; `own`: how well the word itself fits its sentence; `sentence`, `near`, `document`, `english`: by
            how much the other word fits better in the sentence, beside the neighbouring sentences, in the document,
            among the words of the original.
        said: a word for the other sense that stands elsewhere in the document.
        gloss: what the other sense means.
    """

    word: Word
    english: str
    other: str
    score: float
    evidence: Mapping[str, float]
    said: str | None = None
    gloss: str = ""


def plain(word: str) -> str:
    """A word as the lexicon writes it."""
    return word.lower().replace("’", "'").replace("œ", "oe").replace("æ", "ae")


def content(text: str) -> list[Word]:
    """Words that may have a sense: lower-case ones, and the first of a sentence."""
    found = words(text, "fr")
    return [
        w
        for k, w in enumerate(found)
        if len(w.text) > 2 and w.text.isalpha() and w.lower not in STOP and (w.text.islower() or k == 0)
    ]


def related(a: str, b: str) -> bool:
    """Whether two words look like forms of one: they begin alike for most of their length."""
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return (n >= 4 and n >= 0.6 * max(len(a), len(b))) or (n >= 3 and n >= max(len(a), len(b)) - 2)


class Reader:
    """Looks for other readings; keeps what it looked up."""

    def __init__(self, lexicon: Any, senses: Any, context: Context) -> None:
        self.lexicon, self.senses, self.context = lexicon, senses, context
        self.french = functools.lru_cache(50_000)(self._french)
        self.english = functools.lru_cache(50_000)(self._english)
        self.forms = functools.lru_cache(50_000)(self._forms)
        self.chain = functools.lru_cache(50_000)(self._chain)
        self.alike = functools.lru_cache(200_000)(context.alike)

    def _french(self, english: str) -> dict[str, float]:
        """French words for an English word or its base forms, the largest probability of each."""
        found: dict[str, float] = {}
        for form in self.forms(english):
            for f, p in self.lexicon.translations(form, reverse=True, n=_FEW, phrases=False):
                found[f] = max(found.get(f, 0.0), p)
        return found

    def _english(self, french: str) -> dict[str, float]:
        return dict(self.lexicon.translations(french, n=20, phrases=False))

    def _forms(self, english: str) -> frozenset[str]:
        return frozenset((english, *self.senses.base_forms(english)))

    def _chain(self, french: str) -> tuple[tuple[str, str, float, str], ...]:
        """(homograph, French of another sense, prior, gloss) of a French word."""
        from bitext.lexicon.confusion import alternatives

        return tuple(
            (a.english, f, a.weight * s / max(a.french_words[0][1], 1e-9), a.sense.gloss if a.sense else "")
            for a in alternatives(french, self.lexicon, n=12, senses=self.senses)
            for f, s in a.french_words[:4]
        )

    def synonyms(self, a: str, b: str, without: Iterable[str]) -> bool:
        """Whether two French words are forms or synonyms of one: alike in form, in contexts, or in their English."""
        if related(a, b) or self.alike(a, b) > _SYNONYMS[0]:
            return True
        left_out = set(without)
        one, two = self.english(a), self.english(b)
        return sum(min(p, two[e]) for e, p in one.items() if e in two and e not in left_out) > _SYNONYMS[1]

    # ---- with the original

    def paired(self, text: str, near: Sequence[str], other: str, least: float = 0.0) -> list[Reading]:
        """The best other reading, from a score of `least`, of each word that renders a word of the original.

        The score is log Σ p(f|e)·exp(fit f) over the French words f of the other senses, against the same sum over the
        word and its synonyms; `fit` is added up over the sentence, half of the neighbours, and the original.
        """
        own = [plain(w.text) for w in words(text, "fr")]
        english = [w.lower for w in words(other, "en")]
        asked = [e for e in dict.fromkeys(english) if e not in STOP and len(e) > 2]
        out = []
        for w in content(text):
            found = [r for e in asked if (r := self._render(w, e, own, near, english, least)) is not None]
            if found:
                out.append(max(found, key=lambda r: r.score))
        return out

    def _render(
        self, w: Word, e: str, own: list[str], near: Sequence[str], english: list[str], least: float
    ) -> Reading | None:
        word = plain(w.text)
        if not self.context.knows(word):
            return None
        choices, forms = self.french(e), self.forms(e)
        known = self.english(word)
        if max(choices.get(word, 0.0), max((known.get(b, 0.0) for b in forms), default=0.0)) < 0.01:
            return None
        mine = {f: p for f, p in choices.items() if f == word or self.synonyms(f, word, forms)}
        mine.setdefault(word, _LEAST)
        theirs = {
            f: p
            for f, p in choices.items()
            if p >= _LEAST and f not in mine and f not in STOP and len(f) > 2 and self.context.knows(f)
        }
        if not theirs:
            return None
        # if another word of the sentence renders the English one, this word is no rendering of it, or part of one
        if any(p >= 0.05 and f not in mine and any(f == x or related(f, x) for x in own) for f, p in choices.items()):
            return None
        views = (
            (1.0, self.context.around(own, "fr", without=(word,))),
            (0.5, self.context.around(near, "fr", without=(word,))),
            (1.0, self.context.around(english, "en", without=forms)),
        )
        if len(views[0][1]) < _ENOUGH:
            return None
        fits = {f: [self.context.fit(f, v) or 0.0 for _, v in views] for f in (*mine, *theirs)}

        def mass(group: Mapping[str, float]) -> float:
            return _logsum(
                math.log(p) + sum(k * x for (k, _), x in zip(views, fits[f], strict=True)) for f, p in group.items()
            )

        score = mass(theirs) - mass(mine)
        if score < least:
            return None
        best = max(theirs, key=lambda f: mass({f: theirs[f]}))
        prior = self._prior(word, forms, best)
        gain = [x - max(fits[f][k] for f in mine) for k, x in enumerate(fits[best])]
        evidence = {
            "prior": math.log(prior + 1e-3),
            "odds": math.log(theirs[best] / mine[word]),
            "own": fits[word][0],
            "sentence": gain[0],
            "near": gain[1],
            "english": gain[2],
        }
        gloss = next((g for e_, f, _, g in self.chain(word) if e_ in forms and f == best), "")
        return Reading(w, e, best, score, evidence, None, gloss)

    def _prior(self, word: str, forms: frozenset[str], other: str) -> float:
        """How likely the chain of senses holds the confusion."""
        return max(
            (p for e, f, p, _ in self.chain(word) if e in forms and (f == other or self.synonyms(f, other, forms))),
            default=0.0,
        )

    # ---- without it

    def alone(
        self, text: str, near: Sequence[str], rest: Sequence[str], stranger: float, prior: float
    ) -> list[Reading]:
        """The best other reading of each content word that fits its sentence no better than `stranger`.

        Only confusions that are at least `prior` likely are asked. The score is half the log of that, plus what the
        other word gains in the sentence, a quarter of what it gains beside the neighbours and in the document.
        """
        own = [plain(w.text) for w in words(text, "fr")]
        elsewhere = set(rest)
        out = []
        for w in content(text):
            word = plain(w.text)
            views = [self.context.around(v, "fr", without=(word,)) for v in (own, near, rest)]
            mine = [self.context.fit(word, v) for v in views]
            if mine[0] is None or mine[0] > stranger or len(views[0]) < _ENOUGH:
                continue
            best: Reading | None = None
            for e, f, p, gloss in self.chain(word):
                if p < prior or f in own or f in STOP or not self.context.knows(f):
                    continue
                if self.synonyms(f, word, self.forms(e)):
                    continue
                gain = [self._gain(f, v, m) for v, m in zip(views, mine, strict=True)]
                said = next((x for x in sorted(elsewhere) if x == f or (x[:3] == f[:3] and related(f, x))), None)
                score = 0.5 * math.log(p) + gain[0] + 0.25 * gain[1] + 0.25 * gain[2]
                if best is None or score > best.score:
                    evidence = {
                        "prior": math.log(p),
                        "own": mine[0],
                        "sentence": gain[0],
                        "near": gain[1],
                        "document": gain[2],
                    }
                    best = Reading(w, e, f, score, evidence, said, gloss)
            if best is not None:
                out.append(best)
        return out

    def _gain(self, other: str, around: np.ndarray, mine: float | None) -> float:
        theirs = self.context.fit(other, around)
        return 0.0 if theirs is None or mine is None else theirs - mine


def _logsum(values: Iterable[float]) -> float:
    """Log of the sum of exponentials."""
    listed = list(values)
    top = max(listed)
    return top + math.log(sum(math.exp(v - top) for v in listed))
