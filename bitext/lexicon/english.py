"""Base forms of English words: WordNet's rules of detachment (Morphy) and a table of irregular forms."""

from __future__ import annotations

import re
from collections.abc import Container

__all__ = ["base_forms", "is_verb_form"]

_RULES = {  # as in WordNet's morphy(7WN): (ending, replacement)
    "n": (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"),
          ("shes", "sh"), ("men", "man"), ("s", "")),
    "v": (("ies", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"),
          ("ing", "")),
    "a": (("iest", "y"), ("ier", "y"), ("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "r": (),
}  # fmt: skip

_NOUNS = """children child|feet foot|geese goose|teeth tooth|mice mouse|lice louse|oxen ox|people person|dice die|
brethren brother|criteria criterion|phenomena phenomenon|analyses analysis|crises crisis|theses thesis|bases basis|
axes axis|hypotheses hypothesis|diagnoses diagnosis|oases oasis|data datum|media medium|bacteria bacterium|
strata stratum|errata erratum|memoranda memorandum|referenda referendum|stimuli stimulus|nuclei nucleus|
alumni alumnus|fungi fungus|radii radius|indices index|matrices matrix|appendices appendix|vertices vertex|
formulae formula|larvae larva|vertebrae vertebra|antennae antenna|corpora corpus|genera genus|wolves wolf|
lives life|wives wife|knives knife|halves half|leaves leaf|loaves loaf|shelves shelf|thieves thief|selves self|
calves calf|scarves scarf|heroes hero|potatoes potato|tomatoes tomato|vetoes veto|echoes echo|torpedoes torpedo|
buses bus|gases gas|quizzes quiz"""

_VERBS = """be am is are was were been being|have has had having|do does did done|go goes went gone|
bear bore borne born|beat beaten|become became|begin began begun beginning|bend bent|bet betting|bind bound|
bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|
burst|buy bought|catch caught|choose chose chosen|cling clung|come came|creep crept|cut cutting|deal dealt|
dig dug digging|draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|dwell dwelt|eat ate eaten|
fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fling flung|fly flew flown|
forbid forbade forbidden|forecast|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|
get got gotten getting|give gave given|grind ground|grow grew grown|hang hung|hear heard|hide hid hidden|
hit hitting|hold held|hurt|keep kept|kneel knelt|know knew known|lay laid|lead led|lean leant|leap leapt|
learn learnt|leave left|lend lent|let letting|lie lay lain lying|light lit|lose lost|make made|mean meant|
meet met|mistake mistook mistaken|overcome overcame|pay paid|prove proven|put putting|quit quitting|read|
ride rode ridden|ring rang rung|rise rose risen|run ran running|saw sawn|say said|see saw seen|seek sought|
sell sold|send sent|set setting|sew sewn|shake shook shaken|shed shedding|shine shone|shoot shot|show shown|
shrink shrank shrunk|shut shutting|sing sang sung|sink sank sunk|sit sat sitting|sleep slept|slide slid|
sling slung|slit|smell smelt|sow sown|speak spoke spoken|speed sped|spell spelt|spend spent|spill spilt|
spin spun spinning|spit spat|split splitting|spoil spoilt|spread|spring sprang sprung|stand stood|
steal stole stolen|stick stuck|sting stung|stink stank stunk|stride strode|strike struck stricken|string strung|
strive strove striven|swear swore sworn|sweep swept|swell swollen|swim swam swum|swing swung|take took taken|
teach taught|tear tore torn|tell told|think thought|throw threw thrown|thrust|tread trod trodden|
understand understood|undertake undertook undertaken|undo undid undone|upset|wake woke woken|wear wore worn|
weave wove woven|weep wept|win won winning|wind wound|withdraw withdrew withdrawn|withstand withstood|
wring wrung|write wrote written|die dying|tie tying|arise arose arisen|awake awoke awoken"""

_ADJECTIVES = (
    "better good|best good|worse bad|worst bad|further far|farther far|less little|least little|elder old|eldest old"
)


def _table() -> dict[str, dict[str, tuple[str, ...]]]:
    table: dict[str, dict[str, tuple[str, ...]]] = {"n": {}, "v": {}, "a": {}, "r": {}}
    for pos, text in (("n", _NOUNS), ("a", _ADJECTIVES)):
        for entry in text.replace("\n", "").split("|"):
            form, base = entry.split()
            table[pos][form] = (*table[pos].get(form, ()), base)
    for entry in _VERBS.replace("\n", "").split("|"):
        base, *forms = entry.split()
        for form in forms:
            table["v"][form] = (*table["v"].get(form, ()), base)
    return table


_IRREGULAR = _table()
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")


def base_forms(word: str, pos: str, known: Container[str]) -> tuple[str, ...]:
    """The base forms of a lower-cased word as part of speech n, v, a or r that are in `known`, itself first."""
    found = [word] if word in known else []
    found += [b for b in _IRREGULAR[pos].get(word, ()) if b in known]
    if pos != "n" or not word.endswith("ss"):
        for ending, replacement in _RULES[pos]:
            stem = word[: -len(ending)]
            if not word.endswith(ending) or len(stem) < 2:
                continue
            # *fined* is not from *fin*: after one short vowel the consonant would be doubled
            undoubled = pos in "va" and not replacement and ending != "s" and _SHORT.fullmatch(stem)
            bases = [] if undoubled else [stem + replacement]
            if pos in "va" and not replacement and len(stem) > 3 and stem[-1] == stem[-2]:
                bases.append(stem[:-1])  # planned, bigger: the doubled letter goes
            found += [b for b in bases if b in known]
    return tuple(dict.fromkeys(found))


def is_verb_form(word: str, base: str) -> bool:
    """Whether a word is a form that only the verb `base` has: a past or a participle (*struck*, *striking*)."""
    if word == base:
        return False
    return base in _IRREGULAR["v"].get(word, ()) or word.endswith(("ed", "ing"))
