"""Opposites by the lexicon: a French word that renders the antonym of a word of the original."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bitext.flag.words import STOP, Word
from bitext.lexicon.english import base_forms

__all__ = ["Exchange", "antonyms", "exchanged"]

_OPPOSITE = 0.15  # share of a French word's occurrences that must stand for the opposite
_RENDERED = 0.02  # and share from which a word may stand for something that the original has
_POLE = 0.03  # share from which a French word says the pole of the original
_POLE_COMMON = 0.1  # and where that is a common word, which lexicons pair with much
_LINKED = 0.02  # share from which two words behind *with* and *sans* are the same
_PREPOSITIONS = frozenset(("sans", "avec", "avant", "après", "plus", "moins", "sous", "jamais", "toujours", "tout"))
_LOOSE = frozenset(("with", "without", "before", "after", "above", "over", "below", "under"))


class Exchange(NamedTuple):
    """A French word, the word of the original that it is the opposite of, and what it would render."""

    word: Word
    english: str
    opposite: str


@functools.cache
def antonyms() -> Mapping[str, frozenset[str]]:
    """English base forms, each with its opposites (`antonyms.tsv`)."""
    found: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("antonyms.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        one, two = (side.split() for side in line.split("\t"))
        for mine, theirs in ((one, two), (two, one)):
            for word in mine:
                found.setdefault(word, set()).update(theirs)
    return {w: frozenset(a) for w, a in found.items()}


@functools.cache
def _bases(word: str) -> frozenset[str]:
    """The base forms of an English word that have opposites."""
    table = antonyms()
    return frozenset(b for pos in "nvar" for b in base_forms(word, pos, table))


@functools.cache
def _allies(word: str) -> frozenset[str]:
    """A base form and the words of its own pole."""
    table = antonyms()
    return frozenset({word} | {w for w, a in table.items() if a & table[word]})


def exchanged(lexicon: Any, french: Sequence[Word], english: Sequence[Word]) -> Iterator[Exchange]:
    """The French words that render the opposite of a word of the original, which nothing else renders.

    A French word counts if the lexicon pairs it with an antonym of the English word and with no word that stands in the
    original; the English word, if no French word is paired with it or with a word of its pole. Behind *sans* nothing
    is the opposite of anything (*sans la présence*), and behind prepositions the same must follow.
    """
    asked = [(w.lower, _bases(w.lower)) for w in english]
    asked = [(w, bases) for w, bases in asked if bases]
    if not asked:
        return
    present = {form for w in english for form in (w.lower, *_bases(w.lower))}
    stands = [(w, _stands(lexicon, w.lower)) for w in french]
    said = {base for _, shares in stands for base, p in shares.items() if p >= _RENDERED}
    table = antonyms()
    for word, bases in asked:
        opposites = {a for b in bases for a in table[b]}
        allies = {a for b in bases for a in _allies(b)}
        if opposites & present or said & bases:
            continue
        pole = _POLE_COMMON if word in STOP else _POLE
        if any(p >= pole for _, shares in stands for a, p in shares.items() if a in allies):
            continue
        if any(_renders(lexicon, word).get(w.lower, 0.0) >= _RENDERED for w in french):
            continue
        for w, shares in stands:
            common = w.lower in STOP and w.lower not in _PREPOSITIONS
            if (
                common
                or not w.text.isalpha()
                or (word in _LOOSE and not _same_behind(lexicon, w, french, word, english))
            ):
                continue
            mass = {a: p for a, p in shares.items() if a in opposites}
            if w.lower != "sans" and any(x.lower == "sans" and 0 < w.start - x.end < 12 for x in french):
                continue
            if sum(mass.values()) < _OPPOSITE or any(p >= _RENDERED for a, p in shares.items() if a in present):
                continue
            yield Exchange(w, word, max(mass, key=lambda a: mass[a]))


def _same_behind(lexicon: Any, w: Word, french: Sequence[Word], word: str, english: Sequence[Word]) -> bool:
    """Whether one of the two next words with a meaning is the same behind a French and an English preposition."""
    mine = [x.lower for x in french if x.start > w.start and x.lower not in STOP][:2]
    for at in (x.start for x in english if x.lower == word):
        theirs = [x.lower for x in english if x.start > at and x.lower not in STOP][:2]
        for f, e in itertools.product(mine, theirs):
            if _stands(lexicon, f).get(e, 0.0) >= _LINKED or _renders(lexicon, e).get(f, 0.0) >= _LINKED:
                return True
    return False


def _stands(lexicon: Any, french: str) -> Mapping[str, float]:
    """The English words, and their base forms that have opposites, that a French word stands for, with their shares."""
    return _stands_for(lexicon, french.replace("œ", "oe").replace("æ", "ae"))


@functools.lru_cache(20_000)
def _stands_for(lexicon: Any, french: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for e, p in lexicon.translations(french, n=20, phrases=False):
        for form in {e, *_bases(e)}:
            found[form] = found.get(form, 0.0) + p
    return found


@functools.lru_cache(20_000)
def _renders(lexicon: Any, english: str) -> Mapping[str, float]:
    return dict(lexicon.translations(english, reverse=True, n=40, phrases=False))
