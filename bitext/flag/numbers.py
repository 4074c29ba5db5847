"""Numbers, dates and currencies: whether both sides say the same ones."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import ClassVar

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair
from bitext.flag.numerals import Quantity, numerals
from bitext.flag.words import fold

__all__ = ["Dates", "Numbers"]

_FACTORS = (1.609, 3.281, 1.094, 2.205, 2.54, 2.471, 3.785, 4.546, 28.35, 0.9144, 30.48)


def _converted(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities with units of measure may be one, converted (*50 miles*, *80 km*)."""
    if not (a.unit and b.unit) or fold(a.unit)[:4] == fold(b.unit)[:4]:  # *grammes*, *grams*
        return False
    if any(u.startswith(("deg", "°")) for u in (a.unit, b.unit)):
        return True
    for x in a.values:
        for y in b.values:
            ratio = max(x, y) / max(min(x, y), 1e-9)
            if any(abs(ratio / f - 1) < 0.15 for f in _FACTORS):
                return True
    return False


def _composed(q: Quantity, text: str, other: str) -> bool:
    """Whether a number's digits stand in the other text, otherwise cut: *6.30* as *6 h 30*, *2011* as *2010-11*."""
    said = text[q.start : q.end]
    digits = re.sub(r"\D", "", said)
    if date := re.fullmatch(r"(\d{1,2})[./]\d{1,2}[./](\d{4})", said):  # *20.12.2012*: *20 décembre 2012*
        return set(date.groups()) <= set(_digits(other))
    if len(digits) < 2:
        return any(len(run) > 1 and run.startswith(digits) for run in _clocks(other)) if digits else False
    clocks = _clocks(other)
    runs = [*clocks, *_digits(other)]
    if mine := re.match(r"(\d{1,2})\s?[.:hH]\s?(\d\d)(?!\d)", text[q.start : q.start + 12]):  # *13 h 30*: *1.30 p.m.*
        hour = int(mine[1])
        if any(f"{h}{mine[2]}" in clocks for h in (hour - 12, hour + 12)):
            return True
    if any(run == digits or (len(run) > 2 and run.endswith(digits)) for run in runs):
        return True
    return len(digits) == 4 and digits[:2] in ("19", "20") and digits[2:] in runs


@functools.lru_cache(8)  # asked for each number of one pair
def _clocks(text: str) -> tuple[str, ...]:
    """Digits of what looks like a time or a duration, read as one, each once: *6 h 30*, *6.30*, *1:15*."""
    found = re.findall(r"(\d{1,2})\s?(?:[.:hH])\s?(\d\d)\b", text)
    return tuple(dict.fromkeys("".join(m) for m in found))


@functools.lru_cache(8)
def _digits(text: str) -> tuple[str, ...]:
    """The runs of digits of a text, each once."""
    return tuple(dict.fromkeys(re.findall(r"\d+", text)))


_NEAR = 40  # characters on either side of a number that say what it counts
_SPANS = (  # a number with its unit, and the word that says the same
    (24.0, r"h\b|heures?|hours?|hrs?\b", r"jour|journée|day|daily"),
    (12.0, r"mois|months?", r"ans?|années?|years?|annual"),
    (7.0, r"jours?|days?", r"semaines?|weeks?"),
    (60.0, r"minutes?|mn?\b|min\b", r"heures?|hours?|h"),
    (100.0, r"ans|années|years", r"siècles?|century|centuries"),
    (10.0, r"ans|années|years", r"décennies?|decades?"),
    (15.0, r"minutes?|mn?\b|min\b", r"quarts? d['’]heure|quarter[s-]? (?:of an )?hour"),
    (30.0, r"minutes?|mn?\b|min\b", r"demi-heures?|half[ -]an[ -]hour|half[ -]hour"),
    (45.0, r"minutes?|mn?\b|min\b", r"quarts d['’]heure|quarters of an hour"),
    (15.0, r"jours?|days?", r"fortnights?"),
    (8.0, r"jours?|days?", r"weeks?"),
    (14.0, r"jours?|days?", r"fortnights?"),
)
_HELP = (
    re.compile(r"(?:911|999|112|000)"),
    re.compile(r"secours|urgences?|police|pompiers|samu|emergency|ambulance", re.I),
)
_ATTACKS = (re.compile(r"\b9/11\b"), re.compile(r"\b11[\s\u00a0-]septembre(?:[\s\u00a0]2001)?\b", re.I))
_ONE = {"fr": re.compile(r"\b(?:une?|premi[eè]re?s?|seule?|1er|unique)\b|\bl['’]", re.I),
        "en": re.compile(r"\b(?:an?|one|first|single|only|once|the)\b", re.I)}  # fmt: skip


_HALVES = re.compile(
    r"\bhal(?:f|ves?|ved|ving)\b|\bdoubl\w+|\btwins?\b|\bpairs?\b|\bin two\b|\ben deux\b|\bmoitiés?\b", re.I
)
_HALF = re.compile(r"[.,]5\b|\band a half\b|\bet demie?\b|\bhalf past\b", re.I)


def _said_otherwise(q: Quantity, text: str, other: str, other_lang: str) -> bool:
    """Whether words that are no numbers may say a number: *un*, *a day* for *24 h*, half an hour, a list's own mark."""
    before, behind = text[max(0, q.start - _NEAR) : q.start], text[q.end : q.end + _NEAR]
    follows = behind.lstrip(" \u00a0\u202f-")
    if any(
        s in q.values and re.match(unit, follows, re.I) and re.search(rf"\b(?:{word})\b", other, re.I)
        for s, unit, word in _SPANS
    ):
        return True
    if 1.0 in q.values and other_lang in _ONE and _ONE[other_lang].search(other):
        return True
    if q.values & {0.5, 2.0} and _HALVES.search(other):
        return True  # *couper en deux*: *to halve*
    if 30.0 in q.values and re.search(r"\d\s?(?:h|heures?)\s?$", before) and _HALF.search(other):
        return True
    if _HELP[0].fullmatch(text[q.start : q.end]) and _HELP[1].search(other):
        return True  # the number to call
    if re.match(r"['’′]\s?\d", behind) or re.search(r"\d['’′]\s?$", before):
        return True  # feet and inches
    mark = q.start < _NEAR and re.fullmatch(r"\s*\(?", before) and re.match(r"[.)]\s", behind)
    return bool(mark) and len(text[q.start : q.end]) <= 2


class Numbers(Check):
    """A number of one side that the other side has not: changed, missing or added.

    Digits, words, ordinals, fractions and scales of both languages are read as values (*un tiers* and *one-third*,
    *49e* and *49th*, *2 000* and *2,000*, *24 h* and *midnight*’s hours before noon); values are matched one to one.
    Units that are converted, *un* and *one* alone, and vague amounts (*une quinzaine*) are left alone. Only against
    the original: a weak back-translation loses numbers of its own.
    """

    name = "numbers"
    title = "Numbers changed, missing or added"
    category = "accuracy/mistranslation"
    severity = "major for digits; minor where a number word is concerned"
    needs = ("original",)
    scope = "original"

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        mine, theirs = _numerals(unit.text, case.lang, unit.other), _numerals(unit.other, case.other_lang, unit.text)
        left, right = _unmatched(mine, theirs)
        left = [q for q in left if not _composed(q, unit.text, unit.other)]
        right = [r for r in right if not _composed(r, unit.other, unit.text)]
        left = [q for q in left if not _said_otherwise(q, unit.text, unit.other, case.other_lang)]
        right = [r for r in right if not _said_otherwise(r, unit.other, unit.text, case.lang)]
        vague = any(q.vague for q in left)
        left = [q for q in left if not q.vague]
        hard = [q for q in right if not q.vague]
        for q in left:
            partner = next((r for r in hard if r.written == q.written), None) or (hard[0] if hard else None)
            place = unit.locate(q.start, q.end)
            said = unit.text[q.start : q.end]
            if partner is not None:
                hard.remove(partner)
                theirs_said = unit.other[partner.start : partner.end]
                written = q.written or partner.written
                yield self.flag(
                    place,
                    f"“{said}”: the original says “{theirs_said}”.",
                    Severity.MINOR if written else Severity.MAJOR,
                    suggestion=None if partner.written else _written(theirs_said, case.other_lang, case.lang),
                    strength=0.5 if written else 0.9,
                    against="original",
                    here=sorted(q.values),
                    there=sorted(partner.values),
                )
            elif not (right and _near(q, right)):
                yield self.flag(
                    place,
                    f"“{said}”: the original has no such number.",
                    Severity.MINOR if q.written else Severity.MAJOR,
                    category="accuracy/addition",
                    strength=0.3 if q.written else 0.6,
                    against="original",
                    here=sorted(q.values),
                    there=[sorted(r.values) for r in theirs],
                )
        for r in hard:
            if r.written and vague:
                continue
            said = unit.other[r.start : r.end]
            yield self.flag(
                unit.locate(0, len(unit.text)),
                f"The original's “{said}” is missing.",
                Severity.MINOR if r.written else Severity.MAJOR,
                category="accuracy/omission",
                strength=0.2 if r.written else 0.7,
                against="original",
                there=sorted(r.values),
                here=[sorted(q.values) for q in mine],
            )


def _numerals(text: str, lang: str, other: str) -> list[Quantity]:
    """The numbers of a text; *9/11* and *le 11 septembre 2001* count for none where each side has one of them."""
    for here, there in (_ATTACKS, _ATTACKS[::-1]):
        if here.search(text) and there.search(other):
            text = here.sub(lambda m: " " * len(m.group()), text)
    return numerals(text, lang)


def _written(number: str, lang: str, into: str) -> str:
    """Digits of English or French with the separators of the other: *1,800.5* is *1 800,5*."""
    if {lang, into} != {"en", "fr"}:
        return number
    if into == "fr":
        number = re.sub(r"(?<=\d),(?=\d{3}\b)", "\u00a0", number)
        return re.sub(r"(?<=\d)\.(?=\d)", ",", number)
    number = re.sub(r"(?<=\d),(?=\d)", ".", number)
    return re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", ",", number)


def _near(q: Quantity, others: list[Quantity]) -> bool:
    """Whether a vague amount of the other side may stand for the number."""
    return any(0.5 <= v / o <= 2.5 for v in q.values for r in others for o in r.values if o)


def _unmatched(mine: list[Quantity], theirs: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """What is left of both sides when equal values have been taken out, one for one."""
    left, right = list(mine), list(theirs)
    for test in (Quantity.same, _converted):
        for q in list(left):
            partner = next((r for r in right if test(q, r)), None)
            if partner is not None:
                left.remove(q)
                right.remove(partner)
    left = [q for q in left if not any(q.same(r) for r in theirs)]  # said once there, twice here
    right = [r for r in right if not any(r.same(q) for q in mine)]
    return left, right


_FRENCH_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_MONTHS = {
    "fr": tuple(fold(m) for m in _FRENCH_MONTHS),
    "en": (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    ),
}
_SHORT_MONTHS = {
    "jan": 0,
    "feb": 1,
    "apr": 3,
    "jun": 5,
    "jul": 6,
    "aug": 7,
    "sept": 8,
    "sep": 8,
    "oct": 9,
    "nov": 10,
    "dec": 11,
}
_DAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
}
_CURRENCIES = {
    "euro": re.compile(r"€|\b(?:euros?|eur)\b", re.I),
    "dollar": re.compile(r"\$|\b(?:dollars?|usd|billets verts|bucks?|greenbacks?)\b", re.I),
    "pound": re.compile(r"£|\b(?:pounds?|sterling|gbp|livres?)\b", re.I),
    "yen": re.compile(r"¥|\byens?\b", re.I),
    "rouble": re.compile(r"\b(?:roubles?|rubles?)\b", re.I),
    "yuan": re.compile(r"\byuans?\b", re.I),
}


class Dates(Check):
    """A weekday, a month or a currency that is another one on the other side (*jeudi* – *Friday*, *€* – *dollars*).

    Flagged only where both sides name one of the kind and they differ: *hier* for *Thursday* is free translation.
    """

    name = "dates"
    title = "Weekdays, months, currencies changed"
    category = "accuracy/mistranslation"
    severity = "major"
    needs = ("original",)
    scope = "original"
    _EN_MARKED: ClassVar[frozenset[str]] = frozenset(("may", "march", "mars"))

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        if {case.lang, case.other_lang} != {"fr", "en"}:
            return
        for kind in ("weekday", "month", "currency"):
            here, there = self._said(unit.text, case.lang, kind), self._said(unit.other, case.other_lang, kind)
            extra = [(n, s) for n, s in here.items() if n not in there]
            lost = [(n, s) for n, s in there.items() if n not in here]
            if not extra or not lost:
                continue
            for (_, span), (name, place) in zip(extra, lost, strict=False):
                theirs = unit.other[slice(*place)]
                yield self.flag(
                    unit.locate(*span),
                    f"“{unit.text[slice(*span)]}”: the original says “{theirs}”.",
                    Severity.MAJOR,
                    suggestion=self._in(name, kind, case.lang),
                    strength=0.8,
                    against="original",
                    kind=kind,
                )

    @staticmethod
    def _in(name: object, kind: str, lang: str) -> str | None:
        if not isinstance(name, int) or lang != "fr" or kind == "currency":
            return None
        return (_DAYS["fr"] if kind == "weekday" else _FRENCH_MONTHS)[name]

    def _said(self, text: str, lang: str, kind: str) -> dict[object, tuple[int, int]]:
        out: dict[object, tuple[int, int]] = {}
        if kind == "currency":
            for name, pattern in _CURRENCIES.items():
                if m := pattern.search(text):
                    out[name] = m.span()
            return out
        names = (_DAYS if kind == "weekday" else _MONTHS)[lang]
        for m in re.finditer(r"[^\W\d_]+", text):
            word = fold(m.group()).removesuffix("s") if kind == "weekday" else fold(m.group())
            if word in names:
                # English may, march, mars are words too, and so is French mars: only beside a number or a capital
                near = text[max(0, m.start() - 6) : m.end() + 6]
                dated = bool(re.search(r"\d", near)) or (
                    lang == "fr"
                    and bool(re.search(r"\b(?:en|de|fin|mi-|début)\s*$", text[max(0, m.start() - 12) : m.start()]))
                )
                if kind == "month" and word in self._EN_MARKED and not dated:
                    continue
                if lang == "en" and m.group()[0].islower():
                    continue
                out.setdefault(names.index(word), m.span())
            elif kind == "month" and lang == "en" and word in _SHORT_MONTHS and m.group()[0].isupper():
                out.setdefault(_SHORT_MONTHS[word], m.span())
        return out
