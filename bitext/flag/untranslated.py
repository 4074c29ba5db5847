"""Text left in the other language: words, segments, copies of the source."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair
from bitext.flag.names import known_names
from bitext.flag.words import ENGLISH_ONLY, FRENCH_ONLY, Word, fold, key, words, wordset

__all__ = ["Untranslated", "WrongLanguage"]


# bounded, so that marks that are never closed cost nothing
_QUOTED = re.compile(r"«[^»]{0,500}»|“[^”]{0,500}”|\"[^\"]{0,500}\"|\([^)]{0,500}\)")
_FRENCH_TOO = wordset("penalty corner dribble tackle jackpot brownie cookie crumble fudge bacon ferry pub whisky")
_KNOWN = 1e-6  # relative frequency from which the lexicon knows a word well enough


def _own(lang: str) -> frozenset[str]:
    return FRENCH_ONLY if lang == "fr" else ENGLISH_ONLY


def _foreign(lang: str) -> frozenset[str]:
    return ENGLISH_ONLY if lang == "fr" else FRENCH_ONLY


class WrongLanguage(Check):
    """A segment, or a stretch of one, in the other language.

    Function words tell: *the, of, with* are no French, *le, dans, avec* no English. A segment is in the wrong language
    if it has at least two of the other language's and twice as many as of its own; a stretch, if three of the other
    language stand within `window` words without one of its own. Names and titles in quotes are left alone.
    """

    name = "wrong-language"
    title = "Segment or passage in the other language"
    category = "accuracy/untranslated"
    severity = "critical for a whole segment, major for a passage"
    defaults: ClassVar[Mapping[str, float]] = {"window": 8}

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        text = case.target.segments[unit].text
        found = words(text, case.lang)
        own, foreign = _own(case.lang), _foreign(case.lang)
        quoted = [m.span() for m in _QUOTED.finditer(text)]
        theirs = [w for w in found if w.lower in foreign]
        ours = [w for w in found if w.lower in own]
        if (plain := [w for w in theirs if not _within(w, quoted)]) != theirs and len(plain) < len(found) / 3:
            theirs = plain  # a title in quotes
        if len(found) >= 3 and len(theirs) >= 2 and len(theirs) >= 2 * len(ours):
            yield self.flag(
                (unit, (0, len(text))),
                f"The segment is not in {_language(case.lang)}.",
                Severity.CRITICAL,
                strength=min(1.0, len(theirs) / len(found) + 0.4),
                function_words={"own": len(ours), "other": len(theirs)},
            )
            return
        window = int(self.threshold(case, "window"))
        marks = [(k, w) for k, w in enumerate(found) if w.lower in foreign and not _within(w, quoted)]
        for (i, a), _, (j, c) in zip(marks, marks[1:], marks[2:], strict=False):
            if j - i < window and not any(w.lower in own for w in found[i : j + 1]):
                end = c.end
                yield self.flag(
                    (unit, (a.start, end)),
                    f"“{text[a.start : end]}” is not {_language(case.lang)}.",
                    Severity.MAJOR,
                    strength=0.5,
                )
                return


def _language(code: str) -> str:
    return {"fr": "French", "en": "English"}.get(code, code)


def _within(w: Word, spans: list[tuple[int, int]]) -> bool:
    """Whether a word begins in one of the spans, which are in order and apart."""
    k = bisect.bisect_right(spans, w.start, key=lambda span: span[0]) - 1
    return k >= 0 and w.start < spans[k][1]


class Untranslated(Check):
    """Words that stand in the translation as they do in the original, or a copied segment.

    A lower-case word of at least four letters that both sides have, that the lexicon knows in the source language and
    not (or far more rarely) in the target's. Cognates and loan words are words of both languages, names have capitals,
    addresses and code are no words: all left alone. A segment that equals its original must have three words in
    lower case to be called a copy.
    """

    name = "untranslated"
    title = "Untranslated words and copied segments"
    category = "accuracy/untranslated"
    severity = "minor; major for a function word; critical for a copied segment"
    needs = ("original",)
    scope = "original"

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        mine, theirs = words(unit.text, case.lang), words(unit.other, case.other_lang)
        plain = [w for w in theirs if w.text.islower() and w.text.isalpha()]
        if key(unit.text) == key(unit.other) and len(plain) >= 3:
            foreign, own = _foreign(case.lang), _own(case.lang)
            if any(w.lower in foreign for w in mine) and not any(w.lower in own for w in mine):
                yield self.flag(
                    unit.locate(0, len(unit.text)),
                    "The segment is a copy of its original.",
                    Severity.CRITICAL,
                    strength=0.9,
                    against="original",
                )
            return
        same = {w.lower for w in plain if len(w.text) >= 4}
        own, foreign = _own(case.lang), _foreign(case.lang)
        for w in mine:
            if w.lower not in same or not w.text.islower() or w.lower in own:
                continue
            if _glued(unit.text, w) or not self._foreign_word(case, w.lower):
                continue
            yield self.flag(
                unit.locate(w.start, w.end),
                f"“{w.text}” is left as the original has it.",
                Severity.MAJOR if w.lower in foreign else Severity.MINOR,
                strength=0.8 if w.lower in foreign else 0.6,
                against="original",
            )

    @staticmethod
    def _foreign_word(case: Case, word: str) -> bool:
        if word in _foreign(case.lang):
            return True
        lexicon = case.resources.lexicon
        if case.lang == "fr" and word in _FRENCH_TOO:
            return False  # loan words that the lexicon's texts hardly hold
        if lexicon is None or fold(word) in {fold(n) for n in known_names().acronyms}:
            return False
        here, there = lexicon.count(word, case.lang), lexicon.count(word, case.other_lang)
        copied = lexicon.prob(word, word) if case.other_lang == "fr" else lexicon.prob(word, word, reverse=True)
        return bool(there >= _KNOWN and here < 0.01 * there and copied < 0.1)


def _glued(text: str, w: Word) -> bool:
    """Whether a word is part of an address, a file name, a tag."""
    around = text[max(0, w.start - 1) : w.start] + text[w.end : w.end + 1]
    return bool(re.search(r"[@#/\\_<>=\d]", around)) or (
        text[w.end : w.end + 1] == "." and text[w.end + 1 : w.end + 2].isalnum()
    )
