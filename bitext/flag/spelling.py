"""Names that a translation misspells, and places that it leaves in English."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bitext.flag.base import Case, Pair, translations
from bitext.flag.words import Word, fold, words, wordset

__all__ = ["a_word", "exonyms", "known_names", "one_edit", "slips"]

_OFTEN = 3e-6  # relative frequency from which a capitalised word is taken for a word
_CHOSEN = 3  # a spelling that stands so often is no slip


class Known(NamedTuple):
    """English names and acronyms with the French ones."""

    acronyms: dict[str, str]
    countries: dict[str, str]


@functools.cache
def known_names() -> Known:
    """The bilingual map of `names.tsv`: acronyms as written, countries and organisations in lower case."""
    rows = [
        line.split("\t")
        for line in Path(__file__).with_name("names.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return Known(
        {en: fr for en, fr, kind in rows if kind == "acronym"},
        {en.lower(): fr for en, fr, kind in rows if kind != "acronym"},
    )


def slips(case: Case, unit: Pair) -> Iterator[tuple[Word, str]]:
    """Names that differ from the original's in one letter or two swapped ones, and that are no French form of them."""
    theirs = [w for w in words(unit.other, "en") if w.text[0].isupper() and len(w.text) >= 5]
    mine = [w for w in words(unit.text, "fr") if w.text[0].isupper() and len(w.text) >= 5] if theirs else []
    shared = {fold(w.text) for w in words(unit.other, "en")}
    folded = {fold(w.text) for w in mine}
    for w in mine:
        f = fold(w.text)
        accented = f != w.lower and "'" not in f  # written as it sounds: *Vatchnadzé*
        if f in shared or w.text.isupper() or accented or _counts(case)[w.text] >= _CHOSEN:
            continue
        for name in theirs:
            if fold(name.text) in folded or not _slip(fold(name.text), f):
                continue
            if not a_word(case, name.text, "en") and not _known_form(case, name.text, w.text):
                yield w, name.text
                break


def _counts(case: Case) -> Counter[str]:
    """How often each word stands in the text."""
    if "words counted" not in case.memo:
        case.memo["words counted"] = Counter(w.text for s in case.target.segments for w in words(s.text, case.lang))
    counts: Counter[str] = case.memo["words counted"]
    return counts


def exonyms(case: Case, unit: Pair) -> Iterator[tuple[int, int, str]]:
    """Countries, and other places that French has names of its own for, left in English: start, end, French name."""
    found = words(unit.text, "fr")
    theirs = {w.text for w in words(unit.other, "en") if w.text[0].isupper()}
    k = 0
    while k < len(found):
        for n in (3, 2, 1):
            run = found[k : k + n]
            if len(run) < n or not run[0].text[0].isupper():
                continue
            if not all(w.text in theirs for w in run if len(w.text) > 3):
                continue
            french = _exonym(case, unit.text[run[0].start : run[-1].end])
            # *Bank of Ireland*, *Michael Jordan*: part of a longer name
            if french is not None and not _part_of_name(found, k, k + n, unit.text):
                yield run[0].start, run[-1].end, french
                k += n - 1
                break
        k += 1


def one_edit(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _slip(name: str, written: str) -> bool:
    """Whether a folded name was misspelt: one letter inside it wrong, missing, too much, or two swapped.

    The last letter may differ with the language (*Rome*, *Roma*), and so may *y* and *i*, *k* and *c* and the like.
    """
    if name[-1] != written[-1] or name[0] != written[0]:
        return False
    if len(name) == len(written):
        unlike = [(a, b) for a, b in zip(name, written, strict=True) if a != b]
        if len(unlike) == 2:
            (a, b), (c, d) = unlike
            return a == d and b == c
        return len(unlike) == 1 and frozenset(unlike[0]) not in _SPELT
    if not one_edit(name, written):
        return False
    short, long = sorted((name, written), key=len)
    k = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    sound = long[k : k + 2] in ("tc", "dj", "tj")  # *Tchekhov*, *Tadjik*
    return long[k] not in "hejiy" and not sound and not (k and long[k] == long[k - 1])


_SPELT = frozenset(frozenset(p) for p in ("yi", "kc", "vw", "uw", "sz", "jy", "ji", "qk", "cs", "gj", "cz"))


def _known_form(case: Case, english: str, french: str) -> bool:
    """Whether the lexicon or the map of names pairs the two, or the French is a word of its own."""
    lexicon = case.resources.lexicon
    if lexicon is not None:
        if lexicon.count(french.lower(), "fr") > 0 and not lexicon.count(french.lower(), "en"):
            return True
        if any(fold(f) == fold(french) for f, _ in translations(case, english.lower(), "en", 40)):
            return True
    return fold(french) in _places("fr")


_COUNTRIES_ALIKE = wordset(
    "georgia chad jordan guinea niger congo sudan mexico puerto rico"
)  # people and states as well; used in French too


@functools.lru_cache(20_000)
def _country(english: str) -> str | None:
    french = known_names().countries.get(english.lower())
    same = french is None or fold(french) == fold(english) or set(english.lower().split()) <= _COUNTRIES_ALIKE
    return None if same else french


def _exonym(case: Case, english: str) -> str | None:
    """The French name of a country, or of a place for which the lexicon has hardly any other word."""
    if (french := _country(english)) is not None:
        return french
    lexicon = case.resources.lexicon
    if lexicon is None or not english.isalpha() or english.isupper() or len(english) < 5:
        return None
    return _place(lexicon, english.lower())


@functools.lru_cache(20_000)
def _place(lexicon: Any, english: str) -> str | None:
    found = lexicon.translations(english, reverse=True, n=10, phrases=False)
    if not found or found[0][1] < 0.8 or lexicon.count(english, "fr") > 0.02 * lexicon.count(english, "en"):
        return None
    french = str(found[0][0])
    if fold(french) == fold(english) or lexicon.count(french, "fr") < 1e-6:
        return None
    from bitext.lexicon.senses import inventory

    senses = inventory().senses(english)
    if not senses or any(s.lexname != "noun.location" for s in senses):
        return None
    return french.capitalize()


def _part_of_name(found: list[Word], start: int, end: int, text: str) -> bool:
    """Whether capitalised or English words stand right beside words, or quotation marks around them."""
    before = found[start - 1] if start else None
    after = found[end] if end < len(found) else None
    a, b = found[start].start, found[end - 1].end
    stop = r"[.,;:!?()]"
    if before is not None and not re.search(stop, text[before.end : a]):
        joined = before.lower in ("of", "the", "and", "in") or (before.text[0].isupper() and start > 1)
        if joined:
            return True
    if after is not None and not re.search(stop, text[b : after.start]):
        joined = after.text[0].isupper() or after.lower in ("of", "the", "and")
        if joined:
            return True
    return bool(re.search(r"[«“\"'-]\s*$", text[:a])) or text[b : b + 1] == "-"


def a_word(case: Case, name: str, lang: str) -> bool:
    """Whether the lexicon knows a capitalised word well, and by another word of the other language."""
    lexicon = case.resources.lexicon
    if lexicon is None or lexicon.count(name.lower(), lang) < _OFTEN:
        return False
    best = translations(case, name.lower(), lang, 1)
    return bool(best) and fold(best[0][0]) != fold(name) and fold(name) not in _places(lang)


@functools.cache
def _places(lang: str) -> frozenset[str]:
    """The words of the names in the bilingual map."""
    names = known_names().countries
    return frozenset(fold(part) for n in (names if lang == "en" else names.values()) for part in _parts(n))


def _parts(name: str) -> list[str]:
    return [w.text for w in words(name, "") if len(w.text) > 3]
