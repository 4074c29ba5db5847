"""Opposites: for and against, rise and fall, before and after exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bitext.document import Flag, Severity
from bitext.flag.antonyms import exchanged
from bitext.flag.base import Case, Check, Pair
from bitext.flag.negation import negated
from bitext.flag.words import words

__all__ = ["Opposites"]


class _Pole(NamedTuple):
    """One of two opposites: what surely says it, and what may say it, in each language."""

    name: str
    fr: str
    en: str
    fr_perhaps: str
    en_perhaps: str


_COUNTED_FR = (
    r"\d|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|"
    r"quarante|cinquante|soixante|cent\b|mille\b"
)
_COUNTED_EN = (
    r"\d|two|three|four|five|six|seven|eight|nine|ten\b|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|an? hundred|an? thousand"
)
_POLES: tuple[tuple[_Pole, _Pole], ...] = (
    (
        _Pole("for", r"favorables? (?:à|aux?)|en faveur d\w*|partisan\w* d\w*|soutien\w* (?:le|la|les|un|une|ce|cette)",
              r"in favou?r of|supports?|supported|supporting|backs|backed|favou?rs?|favou?red",
              r"pour|favor\w*|faveur|partisan\w*|sout\w+|appu\w+|approuv\w+|accept\w+|bien|aim\w+",
              r"for|pro|favou?r\w*|support\w*|back\w*|approv\w*|accept\w*|endors\w*|agree\w*|like\w*|welcome\w*|help\w*"),
        _Pole("against", r"contre (?:le|la|les|l['’]|un|une|ce|cette|ces)|oppos(?:é|ée|és|ées|e|ent) (?:à|aux?)|"
              r"hostiles? (?:à|aux?)|défavorables? (?:à|aux?)",
              r"(?:is|are|was|were|be|been|voted|votes|vote) against|opposes?|opposed to|hostile to",
              r"contre\w*|encontre|face|oppos\w+|hostil\w+|défavor\w+|rejet\w+|refus\w+|advers\w+|anti\w*|combat\w*|"
              r"critiqu\w+|condamn\w+|dénonc\w+|envers|lutt\w+",
              r"against|oppos\w+|hostil\w+|reject\w*|refus\w+|anti\w*|fight\w*|fought|counter\w*|critici\w+|unlike|denounc\w+"),
    ),
    (
        _Pole("rise", r"augment(?:e|ent|é|ée|ation|ations|er|ait|aient)|en hausse|hausses? d\w*",
              r"increas(?:e|es|ed)|ris(?:e|es|en)|rose|grew|grows",
              r"augment\w+|hauss\w+|haut\w*|accr\w+|croi\w+|mont\w+|grimp\w+|relev\w+|plus|progress\w+|élev\w+|gagn\w+|boost\w+",
              r"increas\w+|ris\w+|rose|gr[eo]w\w*|up|high\w*|more|rais\w+|climb\w*|gain\w*|surg\w+|soar\w*|jump\w*|boost\w*|expand\w*"),
        _Pole("fall", r"diminu(?:e|ent|é|ée|tion|tions|er|ait|aient)|en baisse|baisses? d\w*|chut(?:e|ent|é|ée)s?",
              r"decreas(?:e|es|ed)|fell|falls?|fallen|declin(?:e|es|ed)|dropped|drops",
              r"diminu\w+|baiss\w+|bas\w*|chut\w+|recul\w+|rédu\w+|décro\w+|tomb\w+|moins|décl\w+|perd\w+|dégrad\w+|descen\w+|abai\w+",
              r"decreas\w+|f[ae]ll\w*|declin\w+|drop\w*|down|low\w*|less\w*|fewer|reduc\w+|cut\w*|los[est]\w*|shr[iau]nk\w*|slump\w*|sank|ebb\w*"),
    ),
    (
        _Pole("before", r"avant (?:le|la|les|l['’]|son|sa|ses|cette|ce|de|d['’]|que|qu['’])", r"before|prior to",
              r"avant\w*|devant|précéd\w+|préalabl\w+|antérieur\w*|déjà|auparavant|veille|d['’]ici|jusqu\w*|sans|ne",
              r"before\w*|prior|previous\w*|ago|earlier|ahead|until|till|pre\w*|first|by|past|former\w*|without"),
        _Pole("after", r"après (?:le|la|les|l['’]|son|sa|ses|cette|ce|avoir|que|qu['’])|à la suite d\w*",
              r"after|following",
              r"après|suite|suivan\w*|suiv\w+|depuis|dès|une fois|ensuite|lendemain|issue|plus tard|lors\w*|quand|"
              r"passé\w*|derrière|en",
              r"after\w*|follow\w*|since|later|once|when|upon|post\w*|next|past|behind|having|on|in"),
    ),
    (
        _Pole("more than", rf"plus de(?= (?:{_COUNTED_FR}))|plus de la moitié|au moins",
              rf"more than|over(?= (?:{_COUNTED_EN}))|at least",
              r"plus|(?:au|du|pas) moins|dépass\w+|supérieur\w*|excéd\w+|minimum|minim\w+",
              r"more|over|least|exceed\w*|above|upward\w*|excess|greater|higher|minimum|up|beyond|no less"),
        _Pole("less than", rf"moins de(?= (?:{_COUNTED_FR}))|moins de la moitié|au plus|au maximum",
              rf"less than|fewer than|at most|under(?= (?:{_COUNTED_EN}))",
              r"moins|inférieur\w*|(?:au|pas) plus|maximum|max\w*|au-dessous|sous|peine|limit\w+",
              r"less|fewer|most|under|below|maximum|within|short|lower|up to|no more|barely|limit\w*"),
    ),
    (
        _Pole("accept", r"accept(?:e|ent|é|er|ait|aient|a) de(?= \w+(?:er|ir|re)\b)",
              r"(?:agree[sd]?|agreeing|accept(?:s|ed|ing)?) to",
              r"accept\w*|convenu\w*|consent\w*|d['’]accord|accord\w*|bien|veu\w+|voul\w+",
              r"agree\w*|accept\w*|consent\w*|will\w*|ready"),
        _Pole("refuse", r"refus(?:e|ent|é|er|ait|aient|a) (?:de|d['’])",
              r"refus(?:es|ed|ing|e) to|declin(?:es|ed|ing) to",
              r"refus\w+|rejet\w+|déclin\w+|oppos\w+|résist\w+|contre|sans",
              r"refus\w*|reject\w*|declin\w*|resist\w*|den\w+|without|fail\w*|unwilling|reluctan\w*"),
    ),
    (
        _Pole("gain", r"(?:gagn|progress|grimp|bondi|prend|pri)(?:é|e|ait|ent|aient|er|it|s|t)?(?= (?:de )?\d)",
              r"(?:rose|gained|climbed|jumped|surged|soared|grew|rises?|gains?)(?= (?:by )?\d)",
              r"gagn\w+|progress\w+|hauss\w+|augment\w+|grimp\w+|bond\w+|mont\w+|pris|prend\w*|haut\w*|plus|crû|cr[oû]\w+",
              r"ris\w+|rose|gain\w*|climb\w*|jump\w*|surg\w+|soar\w*|gr[eo]w\w*|up|high\w*|more|increas\w*|advanc\w*|add\w*"),
        _Pole("lose", r"(?:perd(?:u|ait|ent|aient|re)?|recul(?:é|e|ait|er)|chut(?:é|e|ait|er)|baiss(?:é|e|ait|er)|"
              r"céd(?:é|ait|er)|plong(?:é|eait|er))(?= (?:de )?\d)",
              r"(?:fell|lost|dropped|slipped|slid|plunged|tumbled|shed|sank|falls?|loses?|drops?)(?= (?:by )?\d)",
              r"perd\w*|perte\w*|recul\w*|chut\w*|baiss\w*|cèd\w*|céd\w*|plong\w*|moins|tomb\w+|diminu\w*|lâch\w+|"
              r"bas\w*|dégring\w*|abandonn\w*|repli\w*|retomb\w*|régress\w*|rédui\w*|dévis\w*",
              r"f[ae]ll\w*|los[est]\w*|drop\w*|slip\w*|slid\w*|plung\w*|tumbl\w*|shed\w*|s[ai]nk\w*|down\w*|low\w*|"
              r"less|declin\w*|decreas\w*|cut\w*|reduc\w*|shr[iau]nk\w*|slump\w*|off"),
    ),
)  # fmt: skip


class Opposites(Check):
    """A word that says the opposite of the original: *favorable au projet* for *against the plan*, *hausse* for *fell*.

    Closed lists of opposites in both languages. One side must say one pole and hold no word that may say the other;
    the other side the reverse; and no side may be negated, since *not against* is *for*.

    With a lexicon, a list of English antonyms as well: a French word that stands for the antonym of a word of the
    original (*ouverts* for *closed*) and for nothing that the original has, while no French word stands for that.
    """

    name = "opposites"
    title = "For and against, rise and fall and the like exchanged"
    category = "accuracy/mistranslation"
    severity = "critical"
    needs = ("original",)
    scope = "original"

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        if {case.lang, case.other_lang} != {"fr", "en"} or negated(unit.text, case.lang):
            return
        if negated(unit.other, case.other_lang):
            return
        found: list[tuple[int, int]] = []
        for one, two in _POLES:
            for here, there in ((one, two), (two, one)):
                mine, theirs = _said(here, unit.text, case.lang), _said(there, unit.other, case.other_lang)
                if mine is None or theirs is None:
                    continue
                if _perhaps(there, unit.text, case.lang) or _perhaps(here, unit.other, case.other_lang):
                    continue
                found.append(mine.span())
                yield self.flag(
                    unit.locate(*mine.span()),
                    f"“{mine.group()}” says “{here.name}”, but the original has “{theirs.group()}”: the opposite.",
                    Severity.CRITICAL,
                    strength=0.8,
                    against="original",
                    here=here.name,
                    there=there.name,
                )
        if case.lang != "fr" or case.resources.lexicon is None:
            return
        for x in exchanged(case.resources.lexicon, words(unit.text, "fr"), words(unit.other, "en")):
            if any(a < x.word.end and x.word.start < b for a, b in found) or _vetoed(x.english, unit.text):
                continue
            found.append((x.word.start, x.word.end))
            yield self.flag(
                unit.locate(x.word.start, x.word.end),
                f"“{x.word.text}” says “{x.opposite}”, but the original has “{x.english}”: the opposite.",
                Severity.CRITICAL,
                strength=0.6,
                against="original",
                here=x.opposite,
                there=x.english,
            )


def _vetoed(english: str, text: str) -> bool:
    """Whether a French text holds what may say a pole of the closed lists, though the lexicon does not pair it."""
    poles = (p for both in _POLES for p in both if re.fullmatch(p.en_perhaps, english, re.I))
    return any(_perhaps(p, text, "fr") for p in poles)


def _said(pole: _Pole, text: str, lang: str) -> re.Match[str] | None:
    return re.search(rf"\b(?:{pole.fr if lang == 'fr' else pole.en})(?!\w)", text, re.I)


def _perhaps(pole: _Pole, text: str, lang: str) -> bool:
    return bool(re.search(rf"\b(?:{pole.fr_perhaps if lang == 'fr' else pole.en_perhaps})(?!\w)", text, re.I))
