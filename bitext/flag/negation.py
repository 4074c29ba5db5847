"""Negation and modality: said on one side and not on the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair
from bitext.flag.coverage import uncovered
from bitext.flag.words import STOP, fold, words, wordset

__all__ = ["Modality", "Negation", "negated"]

_A = "['’]"
# What certainly negates a clause.
_STRONG = {
    "fr": re.compile(
        rf"\bn(?:e\s+|{_A})(?:[\w'’-]+\s+){{1,3}}?(pas|point|jamais|rien|personne|aucune?|nullement|guère)\b"
        rf"|\b(?:ne|n{_A})\s*(?:pas|jamais|rien)\b|\b(aucune?|personne|rien|nul(?:le)?)\s+(?:\w+\s+)?n(?:e\b|{_A})",
        re.I,
    ),
    "en": re.compile(
        rf"\b(not|never|cannot|nothing|nobody|none|neither)\b|n{_A}t\b|\bno one\b|\bno\s+(?=[a-z])"
        r"|\b(?:do|does|did|is|are|was|were|would|could|should|dare|have|has|had)\s?nt\b",
        re.I,
    ),
}
# What may say the same without negating, so that a bare negation of the other side proves nothing.
_WEAK = {
    "fr": re.compile(
        rf"\b(?:ne|n{_A}|pas|sans|non|ni|aucune?s?|jamais|rien|personne|null?e?s?|nullement|guère|hors|sauf|"
        rf"plus|peu|moins|à peine|"
        rf"seulement|interdi\w*|empêch\w*|évit\w*|refus\w*|manqu\w*|échou\w*|ignor\w*|défau\w*|"
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
        rf"differen\w*|forg[eo]t\w*|recall\w*|remain\w*|dead\w*|since|small\w*)\b|n{_A}t\b",
        re.I,
    ),
}
_EXCUSED = {
    "fr": re.compile(
        rf"\bn{_A}est-ce pas\b|\bpas mal\b|\bpas seulement\b|\bnon seulement\b|\bpourquoi (?:ne )?pas\b|"
        rf"\bpas du tout\b$|"
        rf"\bn(?:e\s+|{_A})[^.]{{1,60}}?\bque?\b|\bplus tôt\b|\bpour ne pas dire\b|\bn{_A}importe\b|"
        rf"\bne cess\w+|\bne manqu\w+|\bn{_A}en \w+ pas moins|"
        rf"\bn{_A}est pas (?:grave|faux|(?:très |bien |trop )?loin|rien)\b|\bn(?:e m)?{_A}en parl\w+ pas\b|"
        rf"\bne t{_A}inquiète\w* pas\b|\bne vous (?:inquiétez|en faites) pas\b|\bne t{_A}en fais pas\b",
        re.I,
    ),
    "en": re.compile(
        rf"\b(?:is|are|was|were|do|does|did|has|have|had|wo|would|could|should|ca)n{_A}t\s+(?:it|he|she|they|"
        rf"you|we|i)\s*\?|\bnot only\b|\bwhy (?:not|don{_A}t)\b|"
        rf"\bno (?:doubt|wonder|matter|longer|sooner|more)\b|\bnot (?:just|merely|least|until|yet)\b|"
        rf"\bnothing (?:but|less|more)\b|\bno\.\s|\bnone the\b|\bnot to mention\b|\bif not\b|"
        rf"\bcan(?:no|{_A})t wait\b|\bn{_A}t care\b|\bnot sure\b|"
        rf"\b(?:do not|don{_A}t) (?:you )?(?:worry|mind)\b|\bnever ?mind\b|\bno (?:problem|worries|need)\b|"
        rf"\bnot (?:far|bad|wrong)\b|n{_A}t (?:far|bad|wrong)\b",
        re.I,
    ),
}


class Negation(Check):
    """A clause negated on one side where the other side holds nothing that could say so.

    One side must have a full negation (*ne … pas*, *not*), the other none, and no word either that can take its place:
    *without*, *fail*, *un-*, *only*; *sans*, *manquer*, *in-*, *ne … que*. Turns that negate in one language alone
    (*n'est-ce pas*, *no doubt*, *not until*, *don't worry*) do not count. What is negated must be there on the other
    side: if the first word with a meaning behind the negation has no partner in the lexicon's word links, the sentence
    is said in another way (*ce n'est pas cher*: *it is cheap*), and the flag is minor.
    """

    name = "negation"
    title = "Negation lost or added"
    category = "accuracy/mistranslation"
    severity = (
        "critical; minor in questions, in segments of more than `words` words, which translate freely, and where the "
        "lexicon does not find what is negated on the other side"
    )
    needs = ("original",)
    scope = "original"
    defaults: ClassVar[Mapping[str, float]] = {"words": 30}

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        if {case.lang, case.other_lang} != {"fr", "en"}:
            return
        here, there = case.lang, case.other_lang
        free = "?" in unit.text or len(unit.other.split()) > self.threshold(case, "words")
        mine, theirs = _strong(unit.text, here), _strong(unit.other, there)
        text, other = _without_comparisons(unit.text, unit.other)
        if mine and not theirs and not _excused(other, there, unit.text):
            sure = not free and _shared(case, unit, mine[0], there=False)
            yield self.flag(
                unit.locate(*mine[0]),
                f"“{unit.text[slice(*mine[0])]}”: the original negates nothing here.",
                Severity.CRITICAL if sure else Severity.MINOR,
                strength=0.8 if sure else 0.4,
                against="original",
                negations={"here": len(mine), "there": 0},
            )
        elif theirs and not mine and not _excused(text, here, unit.other):
            said = unit.other[slice(*theirs[0])].strip()
            sure = not free and _shared(case, unit, theirs[0], there=True)
            yield self.flag(
                unit.locate(0, len(unit.text)),
                f"The original's negation (“{said}”) is lost.",
                Severity.CRITICAL if sure else Severity.MINOR,
                strength=0.8 if sure else 0.4,
                against="original",
                negations={"here": 0, "there": len(theirs)},
            )


_MORE = re.compile(
    rf"\b(?:plus|moins)\s+(?:d(?:e\b|es\b|u\b|{_A})|qu(?:e\b|{_A}))|\b(?:more|less|fewer)\s+than\b", re.I
)


def _without_comparisons(*sides: str) -> tuple[str, ...]:
    """Both sides without *plus de* and *more than* where both compare: there they are no part of a negation."""
    return tuple(_MORE.sub(" ", s) for s in sides) if all(map(_MORE.search, sides)) else sides


_PARTICLES = wordset(
    """ne n' pas point jamais rien personne aucun aucune nullement guère not never cannot nothing nobody none neither
    n't no one vraiment très really very so"""
)


def _excused(text: str, lang: str, other: str) -> bool:
    """Whether a side holds a word that may negate and is not on both (*intérêt*, *interest*: neither does)."""
    theirs = {fold(w)[:4] for w in re.findall(r"\w{5,}", other)}
    found = [m.group().lower() for m in _WEAK[lang].finditer(text)]
    return any(len(w) < 6 or fold(w)[:4] not in theirs for w in found)


def _shared(case: Case, unit: Pair, negation: tuple[int, int], *, there: bool) -> bool:
    """Whether the first word with a meaning in or behind a negation has a partner on the other side."""
    if case.resources.lexicon is None:
        return True
    text, lang = (unit.other, case.other_lang) if there else (unit.text, case.lang)
    loose = {w.start for w, _ in uncovered(case, unit)[1 if there else 0]}
    for w in words(text, lang):
        if w.end > negation[0] and w.lower not in _PARTICLES and w.lower not in STOP:
            return w.start not in loose
    return True


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
