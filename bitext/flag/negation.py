"""Negation and modality: said on one side and not on the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair

__all__ = ["Modality", "Negation", "negated"]

_A = "['’]"
# What certainly negates a clause.
_STRONG = {
    "fr": re.compile(
        rf"\bn(?:e\s+|{_A})(?:[\w'’-]+\s+){{1,3}}?(pas|point|jamais|rien|personne|aucune?|nullement|guère)\b"
        rf"|\b(?:ne|n{_A})\s*(?:pas|jamais|rien)\b|\b(aucune?|personne|rien|nul(?:le)?)\s+(?:\w+\s+)?n(?:e\b|{_A})",
        re.I,
    ),
    "en": re.compile(rf"\b(not|never|cannot|nothing|nobody|none|neither)\b|n{_A}t\b|\bno one\b|\bno\s+(?=[a-z])", re.I),
}
# What may say the same without negating, so that a bare negation of the other side proves nothing.
_WEAK = {
    "fr": re.compile(
        rf"\b(?:ne|n{_A}|pas|sans|non|ni|aucune?s?|jamais|rien|personne|null?e?s?|nullement|guère|hors|sauf|"
        rf"plus|peu|moins|à peine|"
        rf"seulement|qu{_A}|que|interdi\w*|empêch\w*|évit\w*|refus\w*|manqu\w*|échou\w*|ignor\w*|défau\w*|"
        rf"faute|absen\w*|cess\w*|"
        rf"priv\w*|loin|rare\w*|difficile\w*|inutile\w*|faux|fausse\w*|contrairement|malgré|excepté|autre\w*|"
        rf"il-?l?\w*|im[bmp]\w+|in\w{{3,}}|ir[r]\w+|dé[sc]?\w{{3,}}|dis\w{{3,}}|mal\w*|tarder|douter?|"
        rf"opposer?|vain\w*|avant|étrang\w+|cède\w*|céder\w*)\b|(?<=\s)n{_A}",
        re.I,
    ),
    "en": re.compile(
        rf"\b(?:not|no|never|nor|neither|none|nobody|nothing|nowhere|without|cannot|un\w{{3,}}|in\w{{4,}}|"
        rf"im[mp]\w+|ir[r]\w+|il[l]\w+|"
        rf"dis\w{{3,}}|non\w*|\w+less|few|little|hardly|barely|scarcely|rarely|seldom|only|just|but|fail\w*|"
        rf"refus\w*|prevent\w*|"
        rf"avoid\w*|lack\w*|miss\w*|den(?:y|ies|ied)|stop\w*|ban\w*|forbid\w*|forbidden|rather|other|else|"
        rf"far|than|absen\w*|except|unless|"
        rf"until|instead|ignor\w*|neglect\w*|out|free|too|yet|any\w*|least|less|away|off|hard|difficult|"
        rf"doubt\w*|wrong|false|failure|"
        rf"beyond|despite|against|before|ever|save|rid|still|same|also|loath|reluctan\w*|limit\w*|complain\w*|"
        rf"differen\w*|forg[eo]t\w*|recall\w*|remain\w*|dead\w*)\b|n{_A}t\b",
        re.I,
    ),
}
_EXCUSED = {
    "fr": re.compile(
        rf"\bn{_A}est-ce pas\b|\bpas mal\b|\bpas seulement\b|\bnon seulement\b|\bpourquoi (?:ne )?pas\b|"
        rf"\bpas du tout\b$|"
        rf"\bn(?:e\s+|{_A})[^.]{{1,60}}?\bque?\b|\bplus tôt\b|\bpour ne pas dire\b|\bn{_A}importe\b|"
        rf"\bne cess\w+|\bne manqu\w+|\bn{_A}en \w+ pas moins",
        re.I,
    ),
    "en": re.compile(
        rf"\b(?:is|are|was|were|do|does|did|has|have|had|wo|would|could|should|ca)n{_A}t\s+(?:it|he|she|they|"
        rf"you|we|i)\s*\?|\bnot only\b|\bwhy (?:not|don{_A}t)\b|"
        rf"\bno (?:doubt|wonder|matter|longer|sooner|more)\b|\bnot (?:just|merely|least|until|yet)\b|"
        rf"\bnothing (?:but|less|more)\b|\bno\.\s|\bnone the\b|\bnot to mention\b|\bif not\b|"
        rf"\bcan(?:no|{_A})t wait\b|\bn{_A}t care\b|\bnot sure\b",
        re.I,
    ),
}


class Negation(Check):
    """A clause negated on one side where the other side holds nothing that could say so.

    One side must have a full negation (*ne … pas*, *not*), the other none, and no word either that can take its place:
    *without*, *fail*, *un-*, *only*; *sans*, *manquer*, *in-*, *ne … que*. Turns that negate in one language alone
    (*n'est-ce pas*, *no doubt*, *not until*) do not count.
    """

    name = "negation"
    title = "Negation lost or added"
    category = "accuracy/mistranslation"
    severity = "critical; minor in questions and in segments of more than `words` words, which translate freely"
    needs = ("original",)
    scope = "original"
    defaults: ClassVar[Mapping[str, float]] = {"words": 30}

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        if {case.lang, case.other_lang} != {"fr", "en"}:
            return
        here, there = case.lang, case.other_lang
        free = "?" in unit.text or len(unit.other.split()) > self.threshold(case, "words")
        severity = Severity.MINOR if free else Severity.CRITICAL
        mine, theirs = _strong(unit.text, here), _strong(unit.other, there)
        text, other = _without_comparisons(unit.text, unit.other)
        if mine and not theirs and not _WEAK[there].search(other):
            yield self.flag(
                unit.locate(*mine[0]),
                f"“{unit.text[slice(*mine[0])]}”: the original negates nothing here.",
                severity,
                strength=0.4 if free else 0.8,
                against="original",
                negations={"here": len(mine), "there": 0},
            )
        elif theirs and not mine and not _WEAK[here].search(text):
            said = unit.other[slice(*theirs[0])].strip()
            yield self.flag(
                unit.locate(0, len(unit.text)),
                f"The original's negation (“{said}”) is lost.",
                severity,
                strength=0.4 if free else 0.8,
                against="original",
                negations={"here": 0, "there": len(theirs)},
            )


_MORE = re.compile(rf"\bplus\s+(?:d(?:e\b|es\b|u\b|{_A})|qu(?:e\b|{_A}))|\bmore\s+than\b", re.I)


def _without_comparisons(*sides: str) -> tuple[str, ...]:
    """Both sides without *plus de* and *more than* where both compare: there they are no part of a negation."""
    return tuple(_MORE.sub(" ", s) for s in sides) if all(map(_MORE.search, sides)) else sides


def negated(text: str, lang: str) -> bool:
    """Whether a text of French or English holds a full negation."""
    return bool(_STRONG[lang].search(text))


def _strong(text: str, lang: str) -> list[tuple[int, int]]:
    excused = [m.span() for m in _EXCUSED[lang].finditer(text)]
    return [
        m.span() for m in _STRONG[lang].finditer(text) if not any(a < m.end() and m.start() < b for a, b in excused)
    ]


_MUST = {
    "fr": re.compile(
        r"\b(?:doi(?:s|t|vent|vi?ons|vez)|devr(?:a|ai|as|ons|ez|ont|ai[st]|aient|ions|iez)|dev(?:ait|aient)|dû|"
        r"il fau\w+|faut|faudra\w*|oblig\w+|nécess\w+|exig\w+|imp[oé]s\w+|requi\w+|tenue?s? de|a? ?besoin|"
        r"impérati\w+)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:must|shall|ha(?:ve|s|d|ving) (?:got )?to|need\w*|requir\w+|obliged?|should|ought|necess\w+|supposed|"
        r"is to|are to|was to|bound to|essential|mandatory|imperative|demand\w*|will|gotta)\b",
        re.I,
    ),
}
_MAY = {
    "fr": re.compile(
        r"\b(?:peu(?:x|t|vent)|pouv\w+|pourr\w+|puiss\w+|possib\w+|permet\w*|permis\w*|autoris\w+|capable\w*|"
        r"peut-être|facultati\w+|libre de|droit)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:may|might|can|could|possib\w+|allow\w*|permit\w*|able|perhaps|maybe|optional\w*|free to|enable\w*|let|"
        r"right|would)\b",
        re.I,
    ),
}
_FIRM = {"fr": re.compile(r"\b(?:doi(?:t|vent)|il faut)\b", re.I), "en": re.compile(r"\b(?:must|shall)\b", re.I)}
_OPEN = {"fr": re.compile(r"\bpeu(?:t|vent)\b(?!-être)", re.I), "en": re.compile(r"\b(?:may|can)\b(?! not)", re.I)}


class Modality(Check):
    """An obligation that has become a permission, or the other way round (*must* – *peut*).

    One side must oblige and not permit, the other permit and not oblige, and neither be negated.
    """

    name = "modality"
    title = "Obligation and permission exchanged"
    category = "accuracy/mistranslation"
    severity = "major"
    needs = ("original",)
    scope = "original"

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        if {case.lang, case.other_lang} != {"fr", "en"}:
            return
        here, there = case.lang, case.other_lang
        text, other = unit.text, unit.other
        if _strong(text, here) or _strong(other, there):
            return
        for mine, theirs, no_mine, no_theirs, said in (
            (_FIRM, _OPEN, _MAY, _MUST, "obliges where the original permits"),
            (_OPEN, _FIRM, _MUST, _MAY, "permits where the original obliges"),
        ):
            a, b = mine[here].search(text), theirs[there].search(other)
            if a and b and not no_mine[here].search(text) and not no_theirs[there].search(other):
                yield self.flag(
                    unit.locate(*a.span()),
                    f"“{a.group()}” {said} (“{b.group()}”).",
                    Severity.MAJOR,
                    strength=0.6,
                    against="original",
                )
