"""French subjects: which noun a verb belongs to, and whether the verb and what *être* joins to it agree with that noun.

A noun phrase is read from the left: determiner, number, adjective, noun, adjectives, complements (*de la ville*, *au
nord*), up to the verb. What cannot be read so, because of a relative clause, a coordination, an apposition, a quotation
or a word that may be a verb, gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bitext.flag import adjectives
from bitext.flag.forms import Forms
from bitext.flag.words import STOP, Word, wordset

__all__ = [
    "ADVERBS",
    "AS_ADVERBS",
    "HAS",
    "NO_HEAD",
    "OTHER_NUMBER",
    "SAID",
    "Fault",
    "Phrase",
    "gender",
    "number",
    "phrase",
    "predicate",
    "reflexive",
    "verbs_number",
]

SAID = {"ms": "masculine singular", "fs": "feminine singular", "mp": "masculine plural", "fp": "feminine plural"}
HAS = wordset("a ont avait avaient aura auront aurait auraient")
ADVERBS = wordset("pas plus jamais déjà toujours aussi également très trop bien encore souvent désormais si moins peu")


def _pairs(text: str) -> list[str]:
    """Verb forms, singular and plural in turn."""
    return text.split()


_LINKS = _pairs("""
    est sont était étaient sera seront serait seraient fut furent
    reste restent restait restaient restera resteront resterait resteraient resta restèrent
    demeure demeurent demeurait demeuraient demeurera demeureront
    devient deviennent devenait devenaient deviendra deviendront deviendrait deviendraient devint devinrent
    semble semblent semblait semblaient semblera sembleront
    paraît paraissent paraissait paraissaient
""")
_OTHERS = _pairs("""
    a ont avait avaient aura auront aurait auraient peut peuvent pouvait pouvaient pourra pourront pourrait pourraient
    doit doivent devait devaient devra devront devrait devraient va vont fait font faisait faisaient fera feront
    veut veulent voulait voulaient voudrait voudraient sait savent savait savaient vient viennent tient tiennent
    dit disent prend prennent met mettent
""")
_LINK = frozenset(_LINKS)
_BE = frozenset(_LINKS[:10])
_MODAL = wordset(
    """peut peuvent pouvait pouvaient pourra pourront pourrait pourraient doit doivent devait devaient devra devront
    devrait devraient va vont allait allaient semble semblent"""
)
OTHER_NUMBER = {a: b for forms in (_LINKS, _OTHERS) for a, b in zip(forms[::2], forms[1::2], strict=True)}
_ONE = frozenset(OTHER_NUMBER)
OTHER_NUMBER |= {b: a for a, b in OTHER_NUMBER.items()}
# Nouns after which the verb may agree with the complement, and those that are part of an expression
NO_HEAD = wordset(
    """air instant moment heure jour fois peu plupart sorte type espèce genre série ensemble nombre majorité un l'un
    partie moitié foule groupe quantité tiers part couple paire totalité poignée tas quart minorité multitude infinité
    reste variété catégorie gamme total pourcentage proportion moyenne lot flot sortes types espèces genres
    nombres milliers millions milliards dizaine dizaines centaine centaines millier million milliard vingtaine trentaine
    cinquantaine quinzaine douzaine tout point quelque rien lots parties cas fait certain certaine
    certains certaines euros dollars"""
)
_MASCULINE = wordset("un le ce cet aucun tout quel certain")
_FEMININE = wordset("une la cette sa ma ta aucune toute quelle certaine")
_POSSESSIVE = wordset("son mon ton")
_SINGULAR = _MASCULINE | _FEMININE | _POSSESSIVE | wordset("l' chaque leur notre votre")
_PLURAL = wordset(
    """les des ces ses mes tes nos vos leurs plusieurs quelques certains certaines deux trois quatre cinq six sept huit
    neuf dix"""
)
_COUNT = wordset("deux trois quatre cinq six sept huit neuf dix")
_BETWEEN = wordset("de d' du des à au aux en dans sur pour par contre entre sous avec sans chez depuis")
_HOLDING = wordset("du des au aux")  # with a determiner inside
# Reflexive verbs whose participle agrees with the subject
_DIRECT = (
    r"(?:excus|mari|évanou|réfugi|engag|réun|effondr|retir|prononc|déroul|arrêt|lev|échapp|inquiét|amélior|élev|évad|"
    r"rencontr|suicid|noy|bless|enfu|abst|install|inscri|allong|réveill|couch|dirig|sépar|déplac)"
    r"(?:é|i|enu|t)e?s?"
)
_CLITICS = wordset("ne n' se s' y en lui leur nous vous me te m' t'")
_VOWEL = "aeiouyhâàéèêëîïôûœ"


class Fault(NamedTuple):
    """A part of the text that does not agree: offsets, what is wrong, the right form if known, and how sure."""

    start: int
    end: int
    message: str
    suggestion: str | None
    strength: float


class Phrase(NamedTuple):
    """A noun phrase: where its words end, its noun, the features it may have, and whether it has complements."""

    stop: int
    head: Word
    wanted: frozenset[str]
    long: bool


def number(determiner: str) -> str:
    """`s` or `p` for a determiner, empty for other words."""
    return "s" if determiner in _SINGULAR else "p" if determiner in _PLURAL or determiner.isdigit() else ""


def gender(determiner: str, following: str) -> str:
    """`m` or `f` where a determiner shows it before that word, otherwise empty."""
    if determiner in _MASCULINE:
        return "m"
    if determiner in _FEMININE:
        return "f"
    return "m" if determiner in _POSSESSIVE and following[:1].lower() not in _VOWEL else ""


def _features(table: Forms, determiner: str, n: str, noun: Word, following: str) -> frozenset[str]:
    """Features of a noun behind its determiner; of one that no table knows, what the determiner tells."""
    shown = gender(determiner, following) if n == "s" else ""
    known = {f for f in table.nouns.get(noun.text, ()) if f[1] == n}
    if known:
        return frozenset(f for f in known if not shown or f[0] == shown)
    if noun.text in (table.many if n == "s" else table.one) and noun.text not in table.finite:
        return frozenset(g + n for g in (shown or "mf"))
    if not noun_like(table, noun, n) or (determiner in ("le", "la", "l'", "les") and noun.text.endswith(("r", "re"))):
        return frozenset()
    return frozenset(g + n for g in (shown or "mf"))


def noun_like(table: Forms, w: Word, n: str) -> bool:
    """Whether a word that no table calls a noun has the look of one of that number."""
    if (
        not w.text.islower()
        or len(w.text) < 3
        or w.text in STOP
        or w.text in table.finite
        or w.text in table.infinitives
    ):
        return False
    if w.text in table.adjectives or w.text in table.participles or w.text in table.nouns:
        return False
    if w.text in (table.one if n == "s" else table.many):
        return False
    return w.text.endswith(("s", "x")) if n == "p" else not w.text.endswith(("s", "x", "z", "ent"))


def phrase(table: Forms, clause: Sequence[Word], i: int) -> Phrase | None:
    """The noun phrase that begins at a word of a clause and goes as far as it can be read; None if there is none."""
    k, size = i, len(clause)
    if clause[k].lower == "la" and k + 2 < size and clause[k + 1].lower == "plupart" and clause[k + 2].lower == "des":
        k += 2  # the verb agrees with the complement
    if clause[k].lower in ("tous", "toutes", "tout", "toute") and k + 1 < size and number(clause[k + 1].lower):
        k += 1
    determiner = clause[k].lower
    n = number(determiner)
    if not n:
        return None
    k += 1
    if n == "p" and k < size and (clause[k].lower in _COUNT or clause[k].text.isdigit()):
        k += 1
    following = clause[k].text if k < size else ""
    while k + 1 < size and clause[k].text in _PREPOSED and clause[k + 1].text[0].islower() and (
        clause[k + 1].text in table.nouns or noun_like(table, clause[k + 1], n)
    ):  # fmt: skip
        k += 1
    if k >= size:
        return None
    head = clause[k]
    if head.text != head.lower or head.lower in NO_HEAD:
        return None
    wanted = _features(table, determiner, n, head, following)
    if not wanted:
        return None
    k += 1
    k, _ = _modified(table, clause, k, wanted)
    start = k
    while k < size and not (k == start and clause[k].lower == "et"):
        stop = _complement(table, clause, k)
        if stop is None:
            break
        k = stop
    return Phrase(k, head, wanted, k > start)


def _modified(table: Forms, clause: Sequence[Word], k: int, wanted: frozenset[str] | None) -> tuple[int, bool]:
    """Where the adjectives and names behind a noun end; `wanted` None: whatever their number."""
    start = k
    while k < len(clause):
        w = clause[k]
        have = table.adjectives.get(w.text) or adjectives.features(w.text) or _by_ending(table, w.text)
        joined = w.lower == "et" and k > start and k + 1 < len(clause)
        if joined and (other := table.adjectives.get(clause[k + 1].text)) and (wanted is None or other & wanted):
            k += 2
        elif (
            (have and w.text not in table.finite and w.lower not in STOP and (wanted is None or have & wanted))
            or w.text[0] != w.text[0].lower()
            or w.text[0].isdigit()
            or w.text in ("nord", "sud", "ouest")
        ):
            k += 1
        else:
            break
    return k, k > start


def _complement(table: Forms, clause: Sequence[Word], k: int) -> int | None:
    """Where the complement of a noun that begins at a word ends: *de la ville*, *d'eau*, *et du nord*."""
    w = clause[k]
    if w.lower == "et" and k + 1 < len(clause) and clause[k + 1].lower in ("de", "du", "des"):
        k += 1
        w = clause[k]
    if w.lower not in _BETWEEN:
        return None
    k += 1
    determined = holding = w.lower in _HOLDING
    n = "" if not determined else "s" if w.lower in ("du", "au") else "p"
    if k < len(clause) and not determined and number(clause[k].lower):
        n = number(clause[k].lower)
        determined = True
        k += 1
    if k < len(clause) and n == "p" and (clause[k].lower in _COUNT or clause[k].text.isdigit()):
        k += 1
    while k + 1 < len(clause) and clause[k].text in _PREPOSED:
        k += 1
    if k >= len(clause):
        return None
    w = clause[k]
    if w.text[0].isupper() or w.text[0].isdigit():
        pass
    elif w.text in table.nouns:
        if not determined and w.text in table.finite:
            return None
    elif not any(noun_like(table, w, x) for x in (n or "sp")) or (not holding and w.text.endswith(("r", "re"))):
        return None
    k, _ = _modified(table, clause, k + 1, None)
    return k


def verbs_number(table: Forms, w: Word) -> tuple[str, str] | None:
    """Number of a finite verb of the third person and its form in the other one; None if either is unsure."""
    low = w.text
    if low in OTHER_NUMBER:
        return ("s" if low in _ONE else "p"), OTHER_NUMBER[low]
    stem = re.match(r"(.+?)(?:aient|ait|eront|era|ent|e)$", low)
    finite = low in table.finite or (stem is not None and stem[1] + "er" in table.infinitives)
    if not finite or low in table.nouns or low in table.adjectives or low in table.participles:
        return None
    if low in table.many or low in table.one or low in STOP:
        return None
    for many, one in (
        ("aient", "ait"),
        ("eront", "era"),
        ("iront", "ira"),
        ("ront", "ra"),
        ("èrent", "a"),
        ("ent", "e"),
    ):
        if low.endswith(many) and (low[: -len(many)] + one in table.finite or _verb_of(table, low, many)):
            return "p", low[: -len(many)] + one
    for one, many in (("ait", "aient"), ("era", "eront"), ("ira", "iront"), ("ra", "ront"), ("e", "ent")):
        if low.endswith(one) and (low[: -len(one)] + many in table.finite or _verb_of(table, low, one)):
            return "s", low[: -len(one)] + many
    return None


def _verb_of(table: Forms, word: str, ending: str) -> bool:
    return ending in ("ait", "aient", "era", "eront") and word[: -len(ending)] + "er" in table.infinitives


def reflexive(clause: Sequence[Word], k: int, rest: Sequence[Word]) -> bool:
    """Whether a reflexive verb stands there whose participle may agree with something else than its subject."""
    if k and clause[k - 1].lower in ("s'", "se"):
        later = [w.text for w in rest[1:4] if w.lower not in ADVERBS and w.lower != "été"]
        return not later or not re.fullmatch(_DIRECT, later[0]) or (len(later) > 1 and number(later[1]) != "")
    return False


def before_verb(clause: Sequence[Word], k: int) -> int:
    """Where the verb stands behind *ne* and object pronouns."""
    while k < len(clause) and clause[k].lower in _CLITICS:
        k += 1
    return k


def _by_ending(table: Forms, word: str, *, sure: bool = False) -> frozenset[str]:
    """Features of a participle in -é of a known verb, or of what is `sure` to be one."""
    for ending, f in (("ées", "fp"), ("ée", "fs"), ("és", "mp"), ("é", "ms")):
        if word.endswith(ending):
            known = sure or (word[: -len(ending)] + "er" in table.infinitives and word not in table.nouns)
            return frozenset((f,)) if known else frozenset()
    return frozenset()


def _agreeing(table: Forms, word: str, wanted: frozenset[str]) -> str | None:
    right = adjectives.families().get(word, {}).get(max(wanted)) or table.agreeing(word, sorted(wanted, reverse=True))
    if right is None and (stem := word.rstrip("es")).endswith("é"):
        return stem + {"ms": "", "fs": "e", "mp": "s", "fp": "es"}[max(wanted)]
    return right


def predicate(table: Forms, subject: Word, rest: Sequence[Word], wanted: frozenset[str]) -> Iterator[Fault]:
    """What a form of *être* (or *rester*, *devenir* …) joins to a subject and does not agree; `rest` begins with it."""
    verb = rest[0].lower
    k = 1
    if verb in HAS | _MODAL:
        while k < len(rest) - 1 and (rest[k].lower in ADVERBS or _adverb(table, rest[k])):
            k += 1
        joining = "été" if verb in HAS else "être"
        if k >= len(rest) or rest[k].lower != joining:
            if verb not in _LINK:
                return
        else:
            k += 1
    elif verb not in _LINK:
        return
    if k + 1 < len(rest) and rest[k].lower == "bien" and rest[k + 1].lower in ("sûr", "entendu"):
        return
    first = True
    while True:
        while k < len(rest) - 1 and (rest[k].lower in ADVERBS or _adverb(table, rest[k])):
            k += 1
        if k >= len(rest):
            return
        w = rest[k]
        if k + 1 < len(rest) and re.fullmatch(r"(?:rest|demeur)ée?s?|devenue?s?", w.text):
            link = _by_ending(table, w.text, sure=True)
            if (not link and not adjectives.features(w.text)) or (link | adjectives.features(w.text)) & wanted:
                k += 1
                continue
        have = adjectives.features(w.text) or table.adjectives.get(w.text) or table.participles.get(w.text)
        if not have and first:
            have = _by_ending(table, w.text)
        if not have or w.lower in STOP or w.lower == "partie":
            return  # *partie prenante*
        after = rest[k + 1] if k + 1 < len(rest) else None
        if w.text in table.nouns and not adjectives.features(w.text) and (len(have) > 1 or not first):
            return  # *sont membre*, *est ministre*
        if after is not None and w.text in AS_ADVERBS and after.lower not in _FOLLOWING:
            return  # *fort mécontents*, *bon marché*
        compared = rest[k - 1].lower in _COMPARING
        if after is not None and after.lower in ("que", "qu'") and not compared:
            return
        if (
            after is not None
            and after.lower not in _FOLLOWING
            and (after.text in table.nouns or after.text in table.many or after.text[0].isupper())
        ):
            return  # *elle est premier ministre*
        if not first and after is not None and after.lower not in _FOLLOWING:
            return
        if not have & wanted:
            same = {f for f in wanted if f[0] in {g[0] for g in have}}
            right = _agreeing(table, w.text, frozenset(same or wanted))
            if right is not None:
                said = " or ".join(SAID[f] for f in sorted(wanted, reverse=True))
                yield Fault(
                    w.start,
                    w.end,
                    f"“{w.text}” does not agree with its subject “{subject.text}” ({said}).",
                    right if len(wanted) == 1 or subject.lower == "nous" else None,
                    0.7,
                )
            return
        if after is None or after.lower not in ("et", "mais") or k + 2 >= len(rest):
            return
        first = False
        k += 2


def _adverb(table: Forms, w: Word) -> bool:
    return w.lower.endswith("ment") and w.text not in table.nouns and w.text not in table.adjectives


AS_ADVERBS = wordset("fort haut bas grand nouveau bon mauvais dur court long cher")
_COMPARING = wordset("plus moins aussi si trop tellement")
_FOLLOWING = _BETWEEN | wordset("et ou mais car lorsque quand parce afin après avant selon comme pendant qu'")
_PREPOSED = wordset(
    """grand grande grands grandes petit petite petits petites nouveau nouvel nouvelle nouveaux nouvelles ancien
    ancienne anciens anciennes vieux vieil vieille vieilles beau bel belle beaux belles bon bonne bons bonnes mauvais
    mauvaise mauvaises gros grosse grosses long longue longs longues haut haute hauts hautes premier première premiers
    premières dernier dernière derniers dernières prochain prochaine prochains prochaines seul seule seuls seules vrai
    vraie vrais vraies autre autres principal principale principaux principales jeune jeunes même mêmes différents
    différentes nombreux nombreuses"""
)
PREPOSED = _PREPOSED
