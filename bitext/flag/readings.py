"""How else a French word could be read, and the evidence for it: what the word-sense check weighs.

Two ways to the other readings. With the original, the English word is there: its translations in the lexicon are
compared (`paired`). Without it, the chain of `bitext.lexicon.alternatives` guesses the English word (`alone`).
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bitext.flag.context import Around, Context
from bitext.flag.words import STOP, Word, words

if TYPE_CHECKING:
    pass

__all__ = ["Reader", "Reading", "content", "plain"]

_LEAST = 0.003  # of a translation that is asked
_FEW = 40
_ENOUGH = 2  # known content words around a word before the sentence says anything of it
_CHAIN = -0.5  # what it costs to pair words that only the chain of senses does
_SYNONYM = 0.2  # of the French of an English word's synonym
_COMMON = 0.002  # synonyms more frequent than this in English say nothing
_SURE = 0.5  # share of a French word's occurrences that stand for one English word
_RARE = -3.0  # fit of a word that the table of contexts does not have
_SYNONYMS = (0.45, 0.05)  # cosine, or shared English, from which two words count as one sense


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A French word, the English word behind it, French for another sense of that, and the evidence as numbers.

    Attributes:
        word: the French word and its place.
        english: the homograph (*mum*).
        other: French for its other sense (*silencieux*); with the original the most usual word of those that fit.
        score: log-odds, uncalibrated, that the other sense was meant.
        evidence: what the score is made of, natural logarithms. `prior`: how likely the confusion is before any
            context; `own`: how well the word itself fits its sentence; `sentence`, `near`, `document`, `english`: by
            how much the other word fits better in the sentence, beside the neighbouring sentences, in the document,
            among the words of the original; `odds`: how much likelier a translation it is; `tie`: below 0 where only
            the chain of senses, not the lexicon, pairs the word with the English one; `sure`: the share of the word's
            occurrences that stand for it.
        said: a word for the other sense that stands elsewhere in the document.
        gloss: what the other sense means.
        wording: what to write in the word's place, where that is not just `said` or `other`.
    """

    word: Word
    english: str
    other: str
    score: float
    evidence: Mapping[str, float]
    said: str | None = None
    gloss: str = ""
    wording: str | None = None


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
        self.meant = functools.lru_cache(50_000)(self._meant)
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

    def _chain(self, french: str, through: frozenset[str] | None = None) -> tuple[tuple[str, str, float, str], ...]:
        """(homograph, French of another sense, prior, gloss) of a French word, for all homographs or some."""
        from bitext.lexicon.confusion import alternatives

        return tuple(
            (a.english, f, a.weight * s / max(a.french_words[0][1], 1e-9), a.sense.gloss if a.sense else "")
            for a in alternatives(french, self.lexicon, n=12, senses=self.senses, through=through)
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
        word and its synonyms, plus half the log of how likely the chain of senses holds the confusion; `fit` is added
        up over the sentence, half of the neighbours, and the original.

        A word renders an English one if the lexicon pairs them, or if the chain of senses does.
        """
        own = [plain(w.text) for w in words(text, "fr")]
        english = [w.lower for w in words(other, "en")]
        asked = [e for e in dict.fromkeys(english) if e not in STOP and len(e) > 2]
        views = self.context.around(own), self.context.around(near), self.context.around(english, "en")
        out = []
        for w in content(text):
            sure = {e: self._sure(plain(w.text), e) for e in asked}
            enough = 0.2 * max(sure.values(), default=0.0)  # a word renders the English word that it usually stands for
            found = [r for e in asked if sure[e] >= enough and (r := self._render(w, e, own, views, least)) is not None]
            if found:
                out.append(max(found, key=lambda r: r.score))
        return out

    def _sure(self, word: str, e: str) -> float:
        """Share of a French word's occurrences that stand for an English word in any form."""
        known = self.english(word)
        return max((known.get(b, 0.0) for b in self.forms(e)), default=0.0)

    def _tie(self, word: str, e: str, forms: frozenset[str]) -> float | None:
        """What it costs, as a logarithm, to take a French word for a rendering of an English one; None: it is none."""
        if max(self._sure(word, e), self.french(e).get(word, 0.0)) >= 0.01:
            return 0.0
        if any(p >= _LEAST for _, _, p, _ in self.chain(word, forms)):
            return _CHAIN
        return None

    def _others(self, word: str, e: str, forms: frozenset[str]) -> dict[str, float]:
        """French for an English word with a probability each: of the lexicon, of the chain, of its senses' synonyms."""
        found = {
            f: p
            for f, p in self.french(e).items()
            if f == word or (self._sure(f, e) >= 0.01 and (f not in forms or p >= 0.2))  # no chance links, no copies
        }
        for f, p in self.meant(e).items():
            found[f] = max(found.get(f, 0.0), p)
        for _, f, p, _ in self.chain(word, forms):
            found[f] = max(found.get(f, 0.0), 0.5 * p)
        return found

    def _meant(self, english: str) -> dict[str, float]:
        """French words of the synonyms that WordNet gives an English word, each sense weighed by its use."""
        found: dict[str, float] = {}
        for sense, share in self._shares(english):
            for synonym in sense.synonyms:
                s = synonym.lower()
                if self.lexicon.count(s, "en") > _COMMON:
                    continue
                # what the synonym means elsewhere is no translation of the word
                own = sum(k for x, k in self._shares(s) if x.synset == sense.synset)
                for f, p in self.lexicon.translations(s, reverse=True, n=6) if own >= 0.1 else ():
                    found[f] = max(found.get(f, 0.0), _SYNONYM * share**0.5 * own * p)
        return found

    def _shares(self, english: str) -> list[tuple[Any, float]]:
        """The senses of an English word, each with its share of the word's uses."""
        senses = [s for s in self.senses.senses(english) if s.pos != "r"]
        total = sum(s.count + 1 for s in senses)
        return [(s, (s.count + 1) / total) for s in senses]

    def _render(
        self, w: Word, e: str, own: list[str], around: tuple[Around, Around, Around], least: float
    ) -> Reading | None:
        word = plain(w.text)
        forms = self.forms(e)
        tie = self._tie(word, e, forms)
        if tie is None or word in forms:
            return None  # what is spelt as in English (*match*, *table*) is a matter for other checks
        choices = self._others(word, e, forms)
        mine = {
            f: p for f, p in choices.items() if f == word or (self.context.knows(f) and self.synonyms(f, word, forms))
        }
        mine.setdefault(word, _LEAST)
        sure = self._sure(word, e)
        present = {f for f in choices if f not in mine and any(f == x or related(f, x) for x in own)}
        # if another word of the sentence renders the English one, this word is no rendering of it, or part of one;
        # but not where the word can hardly stand for anything else
        if sure < _SURE and any(self.french(e).get(f, 0.0) >= 0.05 for f in present):
            return None
        theirs = {
            f: p
            for f, p in choices.items()
            if p >= (0.05 if f in present else _LEAST)  # a word that is there already stands for another
            and f not in mine
            and f not in STOP
            and len(f) > 2
            and self.context.knows(f)
        }
        if not theirs:
            return None
        this = self.context.ids.get(word)
        views = (
            (1.0, around[0].without([this])),
            (0.5, around[1].without([this])),
            (1.0, around[2].without(self.context.english_ids.get(f) for f in forms)),
        )
        if len(views[0][1]) < _ENOUGH:
            return None
        fits = {f: [self._fit(f, v) for _, v in views] for f in (*mine, *theirs)}

        def mass(group: Mapping[str, float]) -> float:
            return _logsum(
                math.log(p) + sum(k * x for (k, _), x in zip(views, fits[f], strict=True)) for f, p in group.items()
            )

        score = mass(theirs) - mass(mine) + tie
        if score < least:  # the prior can only take from it
            return None
        best = max(theirs, key=lambda f: mass({f: theirs[f]}))
        prior = math.log(self._prior(word, forms, best) + 1e-3)
        score += 0.5 * prior
        if score < least:
            return None
        gain = [x - max(fits[f][k] for f in mine) for k, x in enumerate(fits[best])]
        evidence = {
            "prior": prior,
            "odds": math.log(theirs[best] / mine[word]),
            "own": fits[word][0],
            "sentence": gain[0],
            "near": gain[1],
            "english": gain[2],
            "tie": tie,
            "sure": math.log(sure + 1e-3),
        }
        # to be suggested: how usual a translation is counts twice there
        shown = max(theirs, key=lambda f: mass({f: theirs[f]}) + math.log(theirs[f]))
        gloss = next((g for _, f, _, g in self.chain(word, forms) if f == shown), "")
        return Reading(w, e, self._agreeing(shown, word), score, evidence, None, gloss)

    def _agreeing(self, other: str, word: str) -> str:
        """A word in the number of the word whose place it takes, if the lexicon has that form (*factures* – *loi*)."""
        if word.endswith(("s", "x")) == other.endswith(("s", "x")):
            return other
        form = other + "s" if word.endswith("s") else other[:-1]
        share = self.lexicon.count(form, "fr")
        return form if share and share >= 0.1 * self.lexicon.count(other, "fr") else other

    def _fit(self, word: str, around: Around) -> float:
        """How well a word fits; a word too rare for the table fits nowhere well."""
        if not len(around):
            return 0.0
        fit = self.context.fit(word, around)
        return _RARE if fit is None else fit

    def _prior(self, word: str, forms: frozenset[str], other: str) -> float:
        """How likely the chain of senses holds the confusion."""
        return max(
            (p for _, f, p, _ in self.chain(word, forms) if f == other or self.synonyms(f, other, forms)),
            default=0.0,
        )

    # ---- without it

    def alone(
        self, text: str, near: Sequence[str], document: Elsewhere, stranger: float, prior: float
    ) -> list[Reading]:
        """The best other reading of each content word that fits its sentence no better than `stranger`.

        Only confusions that are at least `prior` likely are asked. The score is half the log of that, plus what the
        other word gains in the sentence, a quarter of what it gains beside the neighbours and in the document.
        """
        own = [plain(w.text) for w in words(text, "fr")]
        said_here = document.only(own)
        rest = document.around.without(self.context.ids.get(w) for w in said_here)
        around = self.context.around(own), self.context.around(near), rest
        here = frozenset(own)
        out = []
        for w in content(text):
            word = plain(w.text)
            views = [v.without([self.context.ids.get(word)]) for v in around]
            mine = [self.context.fit(word, v) for v in views]
            if mine[0] is None or mine[0] > stranger or len(views[0]) < _ENOUGH:
                continue
            best: Reading | None = None
            for e, f, p, gloss in self.chain(word):
                if p < prior or f in here or f in STOP or not self.context.knows(f):
                    continue
                if self.synonyms(f, word, self.forms(e)):
                    continue
                gain = [self._gain(f, v, m) for v, m in zip(views, mine, strict=True)]
                score = 0.5 * math.log(p) + gain[0] + 0.25 * gain[1] + 0.25 * gain[2]
                if best is None or score > best.score:
                    evidence = {
                        "prior": math.log(p),
                        "own": mine[0],
                        "sentence": gain[0],
                        "near": gain[1],
                        "document": gain[2],
                    }
                    best = Reading(w, e, f, score, evidence, document.said(f, said_here), gloss)
            if best is not None:
                out.append(best)
        return out

    def _gain(self, other: str, around: Around, mine: float | None) -> float:
        theirs = self.context.fit(other, around)
        return 0.0 if theirs is None or mine is None else theirs - mine


class Elsewhere:
    """The words of a whole document, to be asked what is said of it besides one segment.

    Args:
        texts: plain words by segment.
    """

    def __init__(self, context: Context, texts: Iterable[Sequence[str]]) -> None:
        self.counts = Counter(w for t in texts for w in t)
        self.around = context.around(self.counts)
        self._by_beginning: dict[str, list[str]] = {}
        for word in sorted(self.counts):
            self._by_beginning.setdefault(word[:3], []).append(word)

    def only(self, own: Sequence[str]) -> frozenset[str]:
        """The words of a segment that stand nowhere else."""
        return frozenset(w for w, n in Counter(own).items() if n == self.counts[w])

    def said(self, word: str, without: Container[str]) -> str | None:
        """The word, or one related to it, as the document has it."""
        like = (x for x in self._by_beginning.get(word[:3], ()) if x not in without)
        return next((x for x in like if x == word or related(word, x)), None)


def _logsum(values: Iterable[float]) -> float:
    """Log of the sum of exponentials."""
    listed = list(values)
    top = max(listed)
    return top + math.log(sum(math.exp(v - top) for v in listed))
