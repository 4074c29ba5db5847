"""Which sense of an English homograph a text speaks of: the evidence that the word-sense check weighs first.

For the homographs of `bitext.lexicon.homographs` all senses and their French words are known, so that the question is
no longer what else a word might mean but which of a few senses fits: the French words around (sentence, neighbours),
the English ones, the words that like to stand around each sense, the part of speech that the English sentence wants,
and how usual each sense is. The evidence is added up with weights learnt on pairs of news in which the one sense was
exchanged for the other (`bench/learn_senses.py`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitext.flag.context import Around, Context
from bitext.flag.neighbours import Neighbours, around
from bitext.flag.words import STOP
from bitext.lexicon.homographs import Homograph, Homographs, Match

__all__ = ["FEATURES", "ROOT", "Evidence", "Judge", "content", "expressed", "parts_of_speech", "plain", "stem"]

FEATURES = (
    "sentence", "near", "english", "said", "said_near", "speech", "usual", "stranger", "document", "link", "neighbours"
)  # fmt: skip
_UNKNOWN = -2.0  # fit of a sense of which the table of contexts knows no word
_NEVER = -5.0  # log-probability of a translation that is none
_FREQUENT = 6e-5  # words so frequent would have been seen as a translation if they were one
ROOT = 5  # letters that two words of one root have in common
_IMPOSSIBLE = 3.0  # what a form that cannot be speaks against it; French says much with a noun that English does not
_SMOOTH = 0.1  # share that every sense has before any is seen
_HITS = 2  # words around that count at most

_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "some",
        "any",
        "no",
        "every",
        "each",
        "another",
        "new",
    ]
)
_BEFORE_VERB = frozenset(
    [
        "to",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "not",
        "n't",
        "'ll",
        "'d",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "who",
        "and",
        "let",
        "let's",
    ]
)
_BEFORE_NOUN = _DETERMINERS | frozenset(["of", "in", "on", "for", "with", "by", "from", "at", "into", "about", "'s"])
_BEFORE_ADJECTIVE = frozenset(
    [
        "very",
        "too",
        "so",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "'s",
        "'re",
        "feel",
        "feels",
        "felt",
        "look",
        "looks",
        "looked",
        "quite",
        "remains",
        "remain",
    ]
)
_OBJECTS = (_DETERMINERS - {"new", "no", "that"}) | frozenset(
    ["him", "them", "us", "me", "it", "up", "off", "out", "down"]
)


def parts_of_speech(words: Sequence[str], at: int, allowed: Iterable[str]) -> dict[str, float]:
    """Log-odds (0 for the best) of n, v, a, r for an English word, from its neighbours alone.

    Args:
        words: the sentence, lower-cased.
        at: the word's place.
        allowed: parts of speech that its form can have.
    """
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    odds = {"n": 0.3, "v": 0.0, "a": 0.0, "r": -1.0, "p": 0.0}
    if before in _DETERMINERS:
        odds["n"] += 1.5
        odds["v"] -= 2.5
        odds["a"] += 0.5
    elif before in _BEFORE_VERB:
        odds["v"] += 2.0
    elif before in _BEFORE_NOUN:
        odds["n"] += 1.0
        odds["v"] -= 1.0
    if before in _BEFORE_ADJECTIVE:
        odds["a"] += 1.5
        odds["v"] += 0.5
    if after in _OBJECTS:
        odds["v"] += 2.0
    elif after in ("of", "is", "was", "are", "were", "has", "have", "had", "will"):
        odds["n"] += 1.0
    ok = set(allowed) | {"p"}
    kept = {p: o if p in ok else o - _IMPOSSIBLE for p, o in odds.items()}
    top = max(kept.values())
    return {p: o - top for p, o in kept.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for meaning `other` of a homograph rather than the ones that the text expresses."""

    other: int
    features: Mapping[str, float]


class Judge:
    """Compares the senses of a homograph in a context; keeps what it looked up.

    Args:
        table: the homographs.
        lexicon: how usual each French word is for the English one.
        context: vectors of words and of what stands around them.
        neighbours: what stands beside each sense in English, if that is known.
    """

    def __init__(self, table: Homographs, lexicon: Any, context: Context, neighbours: Neighbours | None = None) -> None:
        self.table, self.lexicon, self.context, self.neighbours = table, lexicon, context, neighbours
        self.vector = functools.lru_cache(20_000)(self._vector)
        self.usual = functools.lru_cache(20_000)(self._usual)
        self.link = functools.lru_cache(20_000)(self._link)
        self.same = functools.lru_cache(20_000)(self._same)
        self.terms = functools.lru_cache(20_000)(self._terms)
        self.tells = functools.lru_cache(20_000)(self._tells)

    def _words(self, entry: Homograph, k: int) -> list[str]:
        meaning = entry.meanings[k]
        terms = [w for t in meaning.french for w in content(t)]
        return [*terms, *meaning.cues]

    def _vector(self, entry: Homograph, k: int) -> Any:
        """The mean vector of the words that tell a sense; None if the table of contexts knows none of them."""
        ids = [self.context.ids[w] for w in map(plain, self._words(entry, k)) if w in self.context.ids]
        return self.context.outer[ids].mean(axis=0) if ids else None

    def _tells(self, entry: Homograph, k: int) -> frozenset[str]:
        """Beginnings of the words that tell a sense and none of the others."""
        others = {stem(w) for j in range(len(entry.meanings)) if j != k for w in self._words(entry, j)}
        return frozenset(s for w in self._words(entry, k) if len(s := stem(w)) > 2 and s not in others)

    def _terms(self, entry: Homograph, k: int) -> frozenset[str]:
        """Stems of the French words of a sense that are words of no other sense."""
        others = {stem(t) for j, m in enumerate(entry.meanings) if j != k for t in m.french}
        found = frozenset(stem(t) for t in entry.meanings[k].french if " " not in t)
        return frozenset(t for t in found if t not in others and len(t) > 3)

    def _usual(self, entry: Homograph, k: int) -> float:
        """The log of the share of a homograph's translations that this sense has, smoothed."""
        shares = []
        for meaning in entry.meanings:
            share = 0.0
            for term in meaning.french:
                parts = content(term)
                key = plain(parts[0] if len(parts) == 1 else term)
                found = dict(self.lexicon.translations(entry.english, reverse=True, n=40))
                share += max(found.get(f, 0.0) for f in (key, key + "s", key + "x"))
            shares.append(share + _SMOOTH)
        return math.log(shares[k] / sum(shares))

    def _link(self, french: str, entry: Homograph) -> float:
        """The log of how often a French term stands for the homograph, smoothed."""
        known = dict(self.lexicon.translations(plain(french), n=40))
        forms = (entry.english, entry.english + "s")
        return math.log(max([0.003, *(known.get(f, 0.0) for f in forms)]))

    def unlikely(self, french: str, entry: Homograph) -> bool:
        """Whether a frequent French word hardly ever stands for the homograph where the lexicon was learnt."""
        return self.link(french, entry) < _NEVER and self.lexicon.count(plain(french), "fr") > _FREQUENT

    def _same(self, entry: Homograph, k: int, mine: frozenset[int]) -> bool:
        """Whether a meaning has a word of the root of the expressed ones (*lancer*, *lancement*): no other sense."""
        for j in mine:
            # a noun for a verb and the like share less than two nouns do (*permettre*, *permis*)
            n = ROOT if entry.meanings[j].pos == entry.meanings[k].pos else ROOT - 1
            roots = {stem(w)[:n] for t in entry.meanings[j].french for w in content(t)}
            if any(stem(w)[:n] in roots for t in entry.meanings[k].french for w in content(t)):
                return True
        return False

    def fit(self, entry: Homograph, k: int, around: Around) -> float:
        """How well a sense fits what stands around (log-odds); 0 where nothing does."""
        if not len(around):
            return 0.0
        vector = self.vector(entry, k)
        return _UNKNOWN if vector is None else float(vector @ around.total) / len(around)

    def evidence(
        self,
        entry: Homograph,
        own: Iterable[int],
        french: Sequence[str],
        near: Sequence[str],
        english: Sequence[str] = (),
        at: int = 0,
        allowed: Iterable[str] = (),
        document: Container[str] = (),
        word: str = "",
    ) -> list[Evidence]:
        """The evidence for each other meaning, against the best of those expressed.

        Args:
            own: the meanings that the French expresses.
            french: the words of the sentence without those that express it; `near`: those of its neighbours.
            english: the words of the original, `at` the homograph's place there; empty without an original.
            allowed: parts of speech that the English form can have.
            document: stems of the words of the rest of the document.
            word: the French word that expresses it.
        """
        mine = set(own)
        context = self.context
        views = (
            context.around(french),
            context.around(near),
            context.around([w for k, w in enumerate(english) if k != at], "en"),
        )
        speech = parts_of_speech(english, at, allowed) if english else {}
        stems = {stem(w) for w in french if w not in STOP}, {stem(w) for w in near if w not in STOP}
        strange = [f for v in (views[0], views[2]) if len(v) and (f := context.fit(word, v)) is not None]
        stranger = -sum(strange) / len(strange) if strange else 0.0
        marks = around(english, at) if english and self.neighbours is not None else []
        values: dict[int, dict[str, float]] = {}
        for k, meaning in enumerate(entry.meanings):
            fits = [self.fit(entry, k, v) for v in views]
            said = [float(min(_HITS, len(self.tells(entry, k) & s))) for s in stems]
            elsewhere = float(any(t in document for t in self.terms(entry, k)))
            usual, wanted = self.usual(entry, k), speech.get(meaning.pos, 0.0)
            beside = self.neighbours.fit(entry, k, marks) if self.neighbours is not None else 0.0
            numbers = (*fits, *said, wanted, usual, 0.0, elsewhere, 0.0, beside)
            values[k] = dict(zip(FEATURES, numbers, strict=True))
        out = []
        for k in values:
            if k in mine or self.same(entry, k, frozenset(mine)):
                continue
            # against the expressed meaning that fits best, feature by feature
            difference = {f: values[k][f] - max(values[j][f] for j in mine) for f in FEATURES}
            difference["stranger"] = stranger
            out.append(Evidence(k, difference))
        return out


def expressed(found: Sequence[Match], entry: Homograph) -> list[Match]:
    """The matches of a homograph in a sentence; a longer one hides those inside it."""
    mine = [m for m in found if m.homograph.english == entry.english]
    return [
        m
        for m in mine
        if not any(o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in mine)
    ]


def plain(word: str) -> str:
    return word.lower().replace("’", "'").replace("œ", "oe").replace("æ", "ae")


def content(term: str) -> list[str]:
    return [w for w in term.replace("'", "' ").split() if len(w) > 2 and w not in STOP and not w.endswith("'")]


_ENDINGS = (
    "ements", "ement", "euses", "rices", "euse", "rice", "eurs", "ées", "eur", "eux", "aux", "ers", "ent", "ait",
    "ée", "és", "er", "ez", "al", "es", "é", "e", "s", "x",
)  # fmt: skip
_OF_VERBS = frozenset(("ées", "ée", "és", "é", "er", "ez", "ait"))


def stem(word: str) -> str:
    """A French word without what most of its forms differ in."""
    word = plain(word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if ending in _OF_VERBS else 4):
            return word[: -len(ending)]
    return word
