"""Agreement in French where no noun phrase opens the clause: *qui*, *nous sommes*, an adjective before its noun."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from bitext.flag import adjectives
from bitext.flag.forms import Forms
from bitext.flag.subjects import (
    NO_HEAD,
    OTHER_NUMBER,
    PREPOSED,
    SAID,
    Fault,
    before_verb,
    gender,
    noun_like,
    number,
    phrase,
    predicate,
    reflexive,
    verbs_number,
)
from bitext.flag.words import Word, words, wordset

__all__ = ["objects", "preposed", "relatives", "us"]

_WE_ARE = wordset("sommes étions serons serions fûmes")
_WE_HAVE = wordset("avons avions aurons aurions")
_AMONG = wordset("un une l'un l'une celui celle ceux celles ce premier première dernier dernière seul seule parmi plus")
_AFTER = wordset("de d' du des à au aux en dans sur pour avec sans contre par chez entre sous vers depuis selon et ou")
_STARTS = wordset("que qu' qui dont où si lorsque quand il ils elle elles on je j' nous vous n' ne")
_ELIDED = {"bel": "ms", "nouvel": "ms", "vieil": "ms"}
_SPACE = re.compile(r"[ \u00a0]")
_AS = wordset("tel telle tels telles moins mieux si tellement tant autant aussi depuis pendant même mêmes")
_BETWEEN = re.compile(r",?[ \u00a0]")


def us(table: Forms, clause: Sequence[Word], i: int) -> Iterator[Fault]:
    """*Nous sommes parti*: what is joined to *nous* stands in the plural, whatever its gender."""
    at = before_verb(clause, i + 1)
    rest = list(clause[at : at + 8])
    if not rest or at > i + 2 or (i and clause[i - 1].lower == "nous"):
        return
    if rest[0].lower in _WE_ARE:
        rest[0] = rest[0]._replace(text="sont")
    elif rest[0].lower in _WE_HAVE:
        rest[0] = rest[0]._replace(text="ont")
    else:
        return
    if at == i + 1 or clause[at - 1].lower in ("n'", "y"):
        yield from predicate(table, clause[i], rest, frozenset(("mp", "fp")))


def preposed(table: Forms, clause: Sequence[Word], i: int) -> Iterator[Fault]:
    """*une grand victoire*, *les premier résultats*: determiner, adjective and noun, and the noun is a sure one."""
    if i + 2 >= len(clause):
        return
    d, adjective, noun = clause[i : i + 3]
    n = number(d.lower)
    if not n or adjective.text not in PREPOSED or noun.lower in NO_HEAD or (i and clause[i - 1].lower == "et"):
        return
    have = adjectives.features(adjective.text) or table.adjectives.get(adjective.text) or frozenset()
    if adjective.text in _ELIDED:
        have = frozenset((_ELIDED[adjective.text],))
    wanted = frozenset(f for f in table.nouns.get(noun.text, ()) if f[1] == n)
    if not wanted and noun_like(table, noun, n):
        wanted = frozenset(g + n for g in (gender(d.lower, adjective.text) if n == "s" else "") or "mf")
    if not have or not wanted or have & wanted or noun.text in table.finite:
        return
    if n == "p" and i + 3 < len(clause) and clause[i + 3].lower in ("et", "ou"):
        return  # *les grand et petit commerces*
    shown = gender(d.lower, adjective.text) if n == "s" else ""
    if shown == "f" and noun.text.endswith("e") and "fs" in have:
        return  # *une bonne guitariste*
    if adjective.text in (table.many if n == "p" else table.one):
        return  # the determiner's number is told already
    family = adjectives.families().get(adjective.text) or table.families.get(adjective.text, {})
    right = family.get(max(wanted))
    if right is None:
        return
    said = " or ".join(SAID[f] for f in sorted(wanted, reverse=True))
    yield Fault(
        adjective.start,
        noun.end,
        f"“{adjective.text}” does not agree with “{noun.text}” ({said}).",
        f"{right} {noun.text}" if len(wanted) == 1 else None,
        0.7,
    )


def relatives(table: Forms, text: str) -> Iterator[Fault]:
    """*La banque, qui est installé à Lyon*: *qui* right behind a noun phrase without complements.

    The phrase must open its clause or stand behind a verb or a preposition that hangs on one: with another noun before
    it in the sentence that would agree, nothing is said.
    """
    found = words(text, "fr")
    for q, w in enumerate(found):
        if w.lower != "qui" or q < 2 or not _BETWEEN.fullmatch(text, found[q - 1].end, w.start):
            continue
        at = before_verb(found, q + 1)
        rest = _clause(text, found, at)
        verb = verbs_number(table, rest[0]) if rest else None
        if verb is None:
            continue
        for i in range(q - 2, max(-1, q - 6), -1):
            if number(found[i].lower):
                break
        else:
            continue
        part = phrase(table, found[i:q], 0)
        if part is None or part.stop != q - i or part.long or _broken(text, found[i:q]):
            continue
        n = min(part.wanted)[1]
        before = _sentence(table, text, found, i)
        if any(x.lower in _AMONG for x in before[-4:]):
            continue
        if verb[0] != n:
            joined = bool(before) and before[-1].lower in ("et", "ou", "ni")
            listed = joined or text[max(0, found[i].start - 2) : found[i].start] == ", "
            if (n == "s" and listed) or len(rest) < 2:
                continue
            if _possible(table, before, frozenset(("m" + verb[0], "f" + verb[0]))):
                continue
            yield Fault(
                part.head.start,
                rest[0].end,
                f"“{part.head.text} … {rest[0].text}”: subject and verb do not agree in number.",
                text[part.head.start : rest[0].start] + verb[1],
                0.5,
            )
        elif not reflexive(found, at, rest):
            for fault in predicate(table, part.head, rest, part.wanted):
                have = _features(table, text[fault.start : fault.end])
                if not _possible(table, before, have):
                    yield fault


_HAVE = wordset(
    """ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurais aurait
    aurions auraient"""
)
_BARE = wordset("je j' tu il elle on nous vous ils elles")
_CLAUSE = wordset(  # nouns with a clause behind them that says what they are
    """idée impression preuve chose crainte peur certitude conviction garantie nouvelle condition raison mesure vérité
    promesse hypothèse théorie probabilité chance possibilité sensation rumeur conclusion déclaration opinion indication
    assurance satisfaction surprise conscience connaissance affirmation réalité vue fois manière façon sorte année heure
    minute semaine journée"""
)
_UNCHANGED = wordset(
    "fait dit pu dû voulu su cru pensé laissé vu entendu coûté valu été plu souhaité permis osé préféré"
)


def objects(table: Forms, text: str) -> Iterator[Fault]:
    """*Les photos que nous avons pris*: a participle with *avoir* agrees with the object that *que* stands for."""
    found = words(text, "fr")
    for q, w in enumerate(found):
        if w.lower not in ("que", "qu'") or q < 2 or not _SPACE.fullmatch(text, found[q - 1].end, w.start):
            continue
        head, d = found[q - 1], found[q - 2].lower
        n = number(d)
        if not n or d in ("l'", "le", "chaque") or head.lower in _CLAUSE | NO_HEAD or head.text in table.finite:
            continue
        wanted = frozenset(f for f in table.nouns.get(head.text, ()) if f[1] == n)
        if (
            len(wanted) != 1
            or "ms" in wanted
            or any(x.lower in _AMONG or x.lower in _AS for x in found[max(0, q - 6) : q])
        ):
            continue
        rest = _clause(text, found, q + 1)
        if len(rest) < 3 or rest[0].lower not in _BARE or rest[1].lower not in _HAVE:
            continue
        participle = rest[2]
        have = _features(table, participle.text)
        if (
            participle.text in _UNCHANGED
            or "ms" not in have
            or have & wanted
            or not re.search(r"(?:[éiu]|is|it|ert)$", participle.text)
        ):
            continue
        after = rest[3] if len(rest) > 3 else None
        if after is not None and (
            after.text in table.infinitives
            or after.text.endswith(("r", "re"))
            or after.lower in ("à", "de", "d'", "que", "qu'", "comme")
            or number(after.lower)
        ):
            continue
        family = adjectives.families().get(participle.text) or table.families.get(participle.text, {})
        right = family.get(max(wanted)) or (
            participle.text + {"fs": "e", "mp": "s", "fp": "es"}[max(wanted)] if participle.text.endswith("é") else None
        )
        if right is not None and right != participle.text:
            yield Fault(
                participle.start,
                participle.end,
                f"“{participle.text}” does not agree with its object “{head.text}” before it ({SAID[max(wanted)]}).",
                right,
                0.6,
            )


def _clause(text: str, found: Sequence[Word], k: int) -> list[Word]:
    """The words from one on, as far as no punctuation mark comes between; eight at most."""
    out = list(found[k : k + 1])
    for w in found[k + 1 : k + 8]:
        if text[out[-1].end : w.start].strip():
            break
        out.append(w)
    return out


def _broken(text: str, part: Sequence[Word]) -> bool:
    return any(text[a.end : b.start].strip() for a, b in itertools.pairwise(part))


def _sentence(table: Forms, text: str, found: Sequence[Word], i: int) -> Sequence[Word]:
    """The words before one, as far as they may belong to a noun that it is a complement of."""
    start = max((text.rfind(mark, 0, found[i].start) for mark in ".!?;:"), default=-1)
    out: list[Word] = []
    for w in reversed(found[:i]):
        if w.start < start or w.lower in _STARTS or w.text in OTHER_NUMBER or w.text in table.infinitives:
            break
        out.insert(0, w)
    return out


def _features(table: Forms, word: str) -> frozenset[str]:
    known = adjectives.features(word) or table.adjectives.get(word) or table.participles.get(word)
    if known:
        return known
    ending = re.search(r"é(e?)(s?)$", word)
    return frozenset((("f" if ending[1] else "m") + ("p" if ending[2] else "s"),)) if ending else frozenset()


def _possible(table: Forms, before: Sequence[Word], have: frozenset[str]) -> bool:
    """Whether a word before could be what *qui* stands for."""
    for k, w in enumerate(before):
        if w.text[0].isupper() and k:
            return True
        known = table.nouns.get(w.text)
        if known and known & have:
            return True
        if not known and k and (n := number(before[k - 1].lower)) and any(f[1] == n for f in have):
            shown = gender(before[k - 1].lower, w.text) if n == "s" else ""
            if w.text not in PREPOSED and any(not shown or f == shown + n for f in have):
                return True
        if w.lower in ("eux", "elles", "ceux", "celles", "nous", "vous", "lui", "elle") and w is before[-1]:
            return True
        if w.lower in _AFTER and k + 1 < len(before) and any(
            noun_like(table, before[k + 1], f[1]) for f in have
        ):  # fmt: skip
            return True
    return False
