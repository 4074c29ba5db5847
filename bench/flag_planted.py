"""Faults planted into human translations by a seeded generator: one kind for each check that can be tried that way.

Up to `COUNT` segments of a clean set get one fault each, of one kind; all others stay as they are. What a check says of
a planted place is right, whatever else it says is wrong, so its precision is that of a text in which one segment in
`len(items) / COUNT` has the fault the check is for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flag_gold import Gold, Item, windows

__all__ = ["COUNT", "KINDS", "Planted", "plant"]

COUNT = 40
Fault = tuple[str, int, int]  # the spoilt text, and where the fault begins and ends
Kind = Callable[[Item, random.Random, Sequence[Item]], Fault | None]


@dataclass
class Planted:
    """A set with faults: by check, segment and span of each."""

    gold: Gold
    faults: dict[str, list[tuple[int, int, int]]]
    glossary: list[tuple[str, str]]


def _replace(text: str, m: re.Match[str], new: str) -> Fault:
    return text[: m.start()] + new + text[m.end() :], m.start(), m.start() + max(1, len(new))


def _swap(pattern: str, new: Callable[[re.Match[str]], str | None], needs: str = "") -> Kind:
    """A kind that replaces one match of a pattern; `needs` must be in the source."""
    compiled, wanted = re.compile(pattern), re.compile(needs, re.I)

    def make(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
        if not wanted.search(item.source):
            return None
        found = [(m, n) for m in compiled.finditer(item.target) if (n := new(m)) is not None and n != m.group()]
        return _replace(item.target, *rng.choice(found)) if found else None

    return make


def _table(pairs: str) -> dict[str, str]:
    both = dict(p.split("=") for p in pairs.split())
    return both | {v: k for k, v in both.items()}


def _among(pairs: str, *, needs: str = "") -> Kind:
    table = _table(pairs)
    return _swap(rf"\b(?:{'|'.join(table)})\b", lambda m: table[m.group()], needs)


def _number(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    found = [m for m in re.finditer(r"(?<![\d.,])\d{2,4}(?![\d.,])", item.target) if m.group() in item.source]
    if not found:
        return None
    m = rng.choice(found)
    digits = list(m.group())
    k = rng.randrange(len(digits))
    digits[k] = rng.choice([d for d in "123456789" if d != digits[k]])
    return _replace(item.target, m, "".join(digits))


def _shared_names(item: Item) -> list[re.Match[str]]:
    found = re.finditer(r"(?<=[a-zé,] )[A-Z][a-z]{4,}\b", item.target)
    return [m for m in found if re.search(rf"\b{m.group()}\b", item.source)]


def _name(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    mine = _shared_names(item)
    theirs = _shared_names(rng.choice(items))
    if not mine or not theirs or theirs[0].group() in item.target:
        return None
    return _replace(item.target, rng.choice(mine), theirs[0].group())


def _untranslated(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    """A word of the source in the place of the target's word at about the same place; no word that both have."""
    theirs = [w for w in re.findall(r"(?<= )[a-z]{6,}(?= )", item.source) if w not in item.target]
    mine = [m for m in re.finditer(r"(?<= )[a-zéèêàç]{6,}(?= )", item.target) if m.group() not in item.source]
    return _replace(item.target, rng.choice(mine), rng.choice(theirs)) if mine and theirs else None


def _omitted(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    tokens = item.target.split(" ")
    spans = list(windows("", tokens))
    if not 12 <= len(tokens) <= 40:
        return None
    size = rng.randint(4, 7)
    k = rng.randrange(2, len(tokens) - size - 1)
    text = item.target[: spans[k][0]] + item.target[spans[k + size][0] :]
    return text, 0, len(text)


def _added(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    other = rng.choice(items).target.split(" ")
    tokens = item.target.split(" ")
    if not 8 <= len(tokens) <= 40 or len(other) < 14:
        return None
    more = " ".join(other[4 : 4 + rng.randint(4, 7)]).strip(",.;:«»\"' ")
    k = list(windows("", tokens))[rng.randrange(3, len(tokens) - 2)][0]
    return f"{item.target[:k]}{more} {item.target[k:]}", k, k + len(more)


def _source(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    return (item.source, 0, len(item.source)) if len(item.source.split()) >= 6 else None


def _negation(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    m = re.search(r"\b(?:ne |n['’])(\w+) pas\b", item.target)
    if m is None or not re.search(r"\bnot\b|n['’]t\b", item.source):
        return None
    return _replace(item.target, m, m.group(1))


def _dropped(pattern: str) -> Kind:
    """A kind that leaves a mark out; its partner may stand anywhere, so the whole segment is the place."""
    compiled = re.compile(pattern)

    def make(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
        found = list(compiled.finditer(item.target))
        text = _replace(item.target, rng.choice(found), "")[0] if found else ""
        return (text, 0, len(text)) if text else None

    return make


def _infinitive(m: re.Match[str]) -> str:
    return f"{m[1]} {m[2]}er"


def _leftover(item: Item, rng: random.Random, items: Sequence[Item]) -> Fault | None:
    ways = [(r"(?<=\w) (?=(?:le|la|les|de) )", " -"), (r"é(?=\w)", "Ã©"), (r"(?<=\w) (?=\w)", "&nbsp;")]
    found = [(m, new) for p, new in ways for m in [re.search(p, item.target)] if m]
    return _replace(item.target, *rng.choice(found)) if found else None


_MONTHS = "janvier=mars février=octobre avril=novembre mai=septembre juin=juillet août=décembre"
_DAYS = "lundi=jeudi mardi=samedi mercredi=dimanche"
KINDS: dict[str, Kind] = {
    "omission": _omitted,
    "addition": _added,
    "numbers": _number,
    "dates": _among(f"{_MONTHS} {_DAYS} euros=dollars"),
    "acronyms": _among("NATO=OTAN IMF=FMI HIV=VIH DNA=ADN"),
    "names": _name,
    "negation": _negation,
    "modality": _among("doit=peut doivent=peuvent", needs=r"\b(?:must|shall|may|can)\b"),
    "opposites": _swap(
        r"\bplus de(?= \d)|\bmoins de(?= \d)|\bhausse d|\bbaisse d|\baugment(?=é|er|e\b)|\bdiminu(?=é|er|e\b)"
        r"|\bavant l[ae]s?\b|\baprès l[ae]s?\b",
        lambda m: re.sub(
            "|".join(_OPPOSITES := _table("plus=moins hausse=baisse augment=diminu avant=après")),
            lambda w: _OPPOSITES[w.group()], m.group(), count=1,
        ),
    ),
    "untranslated": _untranslated,
    "wrong-language": _source,
    "spacing": _swap(r"(?<=\w),(?= )", lambda m: " ,"),
    "leftovers": _leftover,
    "final-stop": _dropped(r"\.$"),
    "quotes": _dropped(r'"(?=\w)|(?<=\w)"'),
    "brackets": _dropped(r"\)"),
    "doubled-words": _swap(r"(?<= )(?!vous|nous|très|faire)\w{3,}(?= )", lambda m: f"{m.group()} {m.group()}"),
    "elision": _swap(r"\b(?:l|d|qu)['’](?=[aeiouéê])", lambda m: {"l": "le ", "d": "de ", "q": "que "}[m.group()[0]]),
    "determiners": _swap(r"(?<= )(?:le|la|un|une)(?= [bcdfgjklmnpqrstv]\w{3})", lambda m: _GENDERS[m.group()]),
    "capital-accent": _swap(r"(?<![\w])(?:À|É)(?= ?\w)", lambda m: {"À": "A", "É": "E"}[m.group()]),
    "verb-forms": _swap(r"\b([Ii]l|[Ee]lle|[Oo]n) (\w{3,}[^iu])ait\b", _infinitive),
    "constructions": _swap(r"(?<= )(?:a|ont|avait|avaient) (?=\w+é (?:\d|plus de))", lambda m: ""),
    "clauses": _swap(r"(?<= )(?:a|ont) (?=\w{3,}é (?:le|la|les|des|un|une)\b)", lambda m: ""),
    "agreement": _swap(r"(?<= )(?:des|les|ces|ses|nos|leurs) \w{3,}[^us]s(?= )", lambda m: m.group()[:-1]),
    "participles": _swap(r"\b(a|ont|avait|avaient|avoir) (\w{3,})é\b", _infinitive),
    "duplicates": lambda item, rng, items: None,  # planted by `plant`: it needs the neighbour
    "inconsistent": lambda item, rng, items: None,
    "glossary": lambda item, rng, items: None,
}  # fmt: skip
_GENDERS = {"le": "la", "la": "le", "un": "une", "une": "un"}
_TERMS = (
    *(("government", "gouvernement"), ("president", "président"), ("minister", "ministre"), ("economy", "économie")),
    *(("country", "pays"), ("law", "loi"), ("company", "entreprise"), ("school", "école"), ("police", "police")),
)


def plant(data: Gold, seed: int = 1) -> Planted:
    """The set with up to `COUNT` faults of each kind, each in a segment of its own; the rarest kinds choose first."""
    rng = random.Random(seed)
    items = list(data.items)
    order = rng.sample(range(len(items)), len(items))
    used: set[int] = set()
    faults: dict[str, list[tuple[int, int, int]]] = {}

    def put(kind: str, k: int, item: Item, a: int, b: int) -> None:
        items[k] = item
        used.update((k - 1, k) if kind in ("duplicates", "inconsistent") else (k,))
        faults.setdefault(kind, []).append((k, a, b))

    made: dict[str, list[tuple[int, Fault]]] = {}
    for kind, make in KINDS.items():
        made[kind] = [(k, f) for k in order if k and (f := make(items[k], rng, data.items)) and f[0] != items[k].target]
    for k in order:  # what needs a neighbour or a list of terms
        before, here = data.items[k - 1], data.items[k]
        if k and len(before.target.split()) >= 8 and len(here.target.split()) >= 8:
            made["duplicates"].append((k, (before.target, 0, len(before.target))))
            tokens = before.target.split(" ")
            made["inconsistent"].append((k, (" ".join(tokens[1:3] + tokens[:1] + tokens[3:]), 0, len(before.target))))
        terms = [
            (e, f) for e, f in _TERMS if re.search(rf"\b{e}\b", here.source) and re.search(rf"\b{f}\b", here.target)
        ]
        if k and terms:
            m = re.search(rf"\b{terms[0][1]}\b", here.target)
            wrong = rng.choice([f for _, f in _TERMS if f not in here.target] or ["chose"])
            if m is not None:
                made["glossary"].append((k, _replace(here.target, m, wrong)))
    for kind in sorted(KINDS, key=lambda n: len(made[n])):
        for k, (text, a, b) in made[kind]:
            if len(faults.get(kind, ())) == COUNT:
                break
            free = kind not in ("duplicates", "inconsistent") or k - 1 not in used
            if k not in used and free:
                source = data.items[k - 1].source if kind == "inconsistent" else items[k].source
                put(kind, k, Item(source, text), a, b)
    return Planted(Gold("planted", data.source_lang, data.target_lang, items), faults, list(_TERMS))
