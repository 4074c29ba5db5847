"""Names and acronyms: left in English, inconsistent, missing or changed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair, prose, translations
from bitext.flag.spelling import a_word, exonyms, known_names, one_edit, slips
from bitext.flag.words import FRENCH_ONLY, STOP, Word, fold, words, wordset

__all__ = ["Acronyms", "Names", "known_names"]


_ACRONYM = re.compile(r"(?<![\w#@/.-])(?:[A-Z]{2,6}s?|(?:[A-Z]\.){2,})(?![\w@])")
# English acronyms that are French words, French acronyms or names as well: no sign of English by themselves
_BOTH = wordset("UN AU CAP EU WHO IS PM US STI ICC SCO IDF IOC CEO CIS FTA")
_INITIALS_SKIP = wordset("of the on for and in to a an de du des la le les l d et pour sur en aux au")


def _phrases(text: str, lang: str) -> Iterator[tuple[str, str]]:
    """Capitalised phrases of a text with their initials: *Human Rights Council*, HRC."""
    found = words(text, lang)
    for i, w in enumerate(found):
        if not w.text[0].isupper():
            continue
        initials = w.text[0]
        for j in range(i + 1, min(i + 9, len(found))):
            if re.search(r"[.,;:!?()«»\"]", text[found[j - 1].end : found[j].start]):
                break
            if found[j].lower.rstrip("'") in _INITIALS_SKIP:
                continue
            if lang == "en" and not found[j].text[0].isupper():
                break
            initials += fold(found[j].text)[0].upper()
            if len(initials) > 6:
                break
            yield text[w.start : found[j].end], initials


class Acronyms(Check):
    """An English acronym in a French text (*HRC* for CDH), or two acronyms for one body in one text.

    A map of organisations says which acronyms are English and what French calls them. For others the text itself
    is asked: if an acronym spells the initials of an English name in the original (or the back-translation), and the
    French name in the same place spells another acronym that the text uses, the two are one body. Acronyms that are
    French words or acronyms too (*UN*, *US*, *CAP*) and lines in capitals are left alone. *U.N.* and the like are
    English spellings.
    """

    name = "acronyms"
    title = "Acronyms left in English or inconsistent"
    category = "terminology/inconsistent"
    severity = "minor"
    languages = ("fr",)
    scope = "document"

    def find(self, case: Case, unit: Case) -> Iterator[Flag]:
        places: dict[str, list[tuple[int, tuple[int, int]]]] = {}
        for i, s in enumerate(case.target.segments):
            if not prose(s) or (s.text == s.text.upper() and len(words(s.text)) > 1):
                continue
            for m in _ACRONYM.finditer(s.text):
                places.setdefault(m.group(), []).append((i, m.span()))
        known = known_names().acronyms
        used = {a: len(p) for a, p in places.items()}
        derived = self._derived(case, places)
        for acronym, where in places.items():
            french = known.get(acronym) or derived.get(acronym)
            if french is None or french == acronym or acronym in _BOTH:
                continue
            rivals = [a for a in places if a == french or (a != acronym and known.get(a) == french)]
            counts = ", ".join(f"{a} {used[a]} times" if used[a] > 1 else f"{a} once" for a in [acronym, *rivals])
            for segment, span in where:
                dotted = "." in acronym
                yield self.flag(
                    (segment, span),
                    f"“{acronym}” is English; French says {french}." + (f" The text has {counts}." if rivals else ""),
                    Severity.MINOR,
                    suggestion=french,
                    category="terminology/inconsistent" if rivals else "accuracy/untranslated",
                    strength=0.9 if rivals else 0.4 if dotted else 0.7,
                    uses={a: used[a] for a in [acronym, *rivals]},
                    known="map" if acronym in known else "initials",
                )

    @staticmethod
    def _derived(case: Case, places: dict[str, list[tuple[int, tuple[int, int]]]]) -> dict[str, str]:
        """Acronyms that spell an English name whose French name spells another acronym of the text."""
        out: dict[str, str] = {}
        for pair in case.pairs:
            english = {i: p for p, i in _phrases(pair.other, case.other_lang)}
            for acronym in set(places) & set(english):
                if known_names().acronyms.get(acronym):
                    continue
                for _, initials in _phrases(pair.text, "fr"):
                    if initials != acronym and initials in places and sorted(initials) == sorted(acronym):
                        out[acronym] = initials
        return out


def _similar(a: str, b: str) -> float:
    return SequenceMatcher(None, fold(a), fold(b), autojunk=False).ratio()


class Names(Check):
    """A name of the original that the translation lacks or writes otherwise, and names spelt in two ways in one text.

    A name is a capitalised word inside a sentence of the original, but for weekdays, nationalities, titles and words
    that the lexicon knows as words (*Bank*, *Sixth*: often seen, and translated by something else than themselves). It
    is found again if the translation has it, a word that looks like it (two thirds of the characters), its country's
    French name, or a translation of it in the lexicon. A word that looks like it but for one letter inside is a slip,
    unless the text writes it so three times or it is written as it sounds (*Tchekhov*). A country, or a place that the
    lexicon hardly ever pairs with another word, is flagged where its English name stands. If one name alone is lost and
    the translation has one name alone that the original has not, the one has become the other; a name that looks a
    little like a lost one may be it.
    """

    name = "names"
    title = "Names missing, changed or inconsistent"
    category = "accuracy/mistranslation"
    severity = (
        "minor: translators rename on purpose (*Aquarius*: *Verseau*, *Germany*: *Berlin*); major if left in English"
    )
    scope = "pair"

    def units(self, case: Case) -> Iterator[tuple[int, Pair | None]]:
        yield 0, None
        for pair in case.originals:
            yield pair.indices.start, pair

    def find(self, case: Case, unit: Pair | None) -> Iterator[Flag]:
        if unit is None:
            yield from self._spellings(case)
            return
        yield from self._missing(case, unit)
        if case.lang == "fr" and case.other_lang == "en":
            yield from self._misspelt(case, unit)
            yield from self._english(case, unit)

    def _misspelt(self, case: Case, unit: Pair) -> Iterator[Flag]:
        for w, name in slips(case, unit):
            yield self.flag(
                unit.locate(w.start, w.end),
                f"“{w.text}”: the original writes “{name}”.",
                Severity.MINOR,
                suggestion=name,
                strength=0.7,
                against="original",
            )

    def _english(self, case: Case, unit: Pair) -> Iterator[Flag]:
        for start, end, french in exonyms(case, unit):
            yield self.flag(
                unit.locate(start, end),
                f"“{unit.text[start:end]}” is English; French says “{french}”.",
                Severity.MAJOR,
                suggestion=french,
                category="accuracy/untranslated",
                strength=0.8,
                against="original",
            )

    def _missing(self, case: Case, unit: Pair) -> Iterator[Flag]:
        theirs = [n for n in _names(unit.other, case.other_lang) if not a_word(case, n, case.other_lang)]
        if not theirs:
            return
        folded, other = fold(unit.text), fold(unit.other)
        found = words(unit.text, case.lang)
        tokens = {fold(w.text) for w in found}
        free = [w for w in found if w.text[0].isupper() and fold(w.text) not in other]
        lost = [
            n
            for n in theirs
            if (f := fold(n)) not in folded
            and not any(_similar(f, t) >= 0.62 for t in tokens)
            and not self._translated(case, n, unit)
        ]
        new = self._new(case, unit)
        for name in lost:
            rival = next((w for w in free if w.start and self._looks(w.text, name)), None)
            another = len(lost) == len(new) == 1 and (rival is None or rival.text == new[0].text)
            rival = new[0] if another else rival
            if rival is not None:
                yield self.flag(
                    unit.locate(rival.start, rival.end),
                    f"“{rival.text}”: the original has “{name}” here.",
                    Severity.MINOR,
                    suggestion=name,
                    strength=0.8 if another else 0.5,
                    against="original",
                    similarity=round(_similar(rival.text, name), 2),
                )
            else:
                yield self.flag(
                    unit.locate(0, len(unit.text)),
                    f"The name “{name}” of the original is missing.",
                    Severity.MINOR,
                    category="accuracy/omission",
                    strength=0.4,
                    against="original",
                )

    @staticmethod
    def _new(case: Case, unit: Pair) -> list[Word]:
        """Names of the translation that nothing in the original looks like or is translated by."""
        names = [n for n in _names(unit.text, case.lang) if not a_word(case, n, case.lang)]
        theirs = {fold(w.text) for w in words(unit.other, case.other_lang)}
        places = {w.text: w for w in reversed(words(unit.text, case.lang))}  # the first of each
        out = []
        for name in names:
            f = fold(name)
            known = {fold(w) for w, _ in translations(case, name.lower(), case.lang)}
            known |= {fold(part) for en, fr in known_names().countries.items() for part in en.split() if f in fold(fr)}
            if f not in theirs and not known & theirs and not any(_similar(f, t) >= 0.62 for t in theirs):
                out.append(places[name])
        return out

    @staticmethod
    def _looks(a: str, b: str) -> bool:
        return len(a) > 3 and len(b) > 3 and a[0] == b[0] and _similar(a, b) > 0.45

    @staticmethod
    def _translated(case: Case, name: str, unit: Pair) -> bool:
        known = known_names()
        folded = fold(unit.text)
        for en, fr in known.countries.items():
            if name.lower() in en.split() and any(fold(part)[:4] in folded for part in fr.split() if len(part) > 3):
                return True
        if name in known.acronyms and fold(known.acronyms[name]) in folded:
            return True
        if _ACRONYM.fullmatch(name):
            return True  # its French form may be spelt out
        return any(fold(w) in folded for w, _ in translations(case, name.lower(), case.other_lang))

    def _spellings(self, case: Case) -> Iterator[Flag]:
        counts: Counter[str] = Counter()
        first: dict[str, tuple[int, tuple[int, int]]] = {}
        lower: set[str] = set()
        for i, s in enumerate(case.target.segments):
            if not prose(s):
                continue
            for k, w in enumerate(words(s.text, case.lang)):
                if w.text[0].isupper() and k and len(w.text) >= 6 and not w.text.isupper():
                    counts[w.text] += 1
                    first.setdefault(w.text, (i, (w.start, w.end)))
                elif w.text[0].islower():
                    lower.add(fold(w.text))
        alike: dict[tuple[str, str], list[str]] = {}  # first letter and ending are the same
        for a in sorted(counts):
            alike.setdefault((a[0], fold(a)[-2:]), []).append(a)
        for names in alike.values():
            for a, b in itertools.combinations(names, 2):
                if abs(len(a) - len(b)) > 1 or fold(a)[:-2] == fold(b)[:-2]:
                    continue
                if fold(a) in lower or fold(b) in lower or not one_edit(fold(a), fold(b)):
                    continue
                rare, usual = (a, b) if counts[a] <= counts[b] else (b, a)
                yield self.flag(
                    first[rare],
                    f"“{rare}” ({counts[rare]} times) and “{usual}” ({counts[usual]} times): perhaps one name.",
                    Severity.MINOR,
                    suggestion=usual,
                    category="terminology/inconsistent",
                    strength=0.3,
                    uses={rare: counts[rare], usual: counts[usual]},
                )


def _names(text: str, lang: str) -> list[str]:
    """Capitalised words inside the sentences of a text that look like names."""
    found = words(text, lang)
    upper = sum(w.text[0].isupper() for w in found)
    if upper > 0.6 * len(found):
        return []  # a heading in title case
    out = []
    for i, w in enumerate(found):
        if not w.text[0].isupper() or len(w.text) < 4 or w.lower in STOP or w.lower in FRENCH_ONLY:
            continue
        if i == 0 or re.search(r"[.!?:…\"“«(–—-]\s*$", text[max(0, w.start - 20) : w.start]):
            continue
        if (
            w.lower in _NO_NAME
            or w.lower.removesuffix("s") in _NO_NAME
            or w.lower.endswith(("ian", "ians", "ish", "ese", "ans"))
        ):  # the last: nationalities
            continue
        out.append(w.text)
    return list(dict.fromkeys(out))


_NO_NAME = wordset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december president minister prime senator judge king queen prince street house
    court council union party state states united north south east west northern southern eastern western church
    university ministry department secretary general committee commission european french german english british
    dutch greek swiss christmas easter internet republic kingdom sir lord lady mister doctor professor
    chancellor parliament"""
)
