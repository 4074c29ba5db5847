"""French nouns, adjectives and participles with gender and number, as counts of a parallel corpus tell them.

`python -m bitext.flag.forms TRAIN.tsv.bz2` builds the table `forms.tsv` from `fr<TAB>en` lines. No dictionary goes into
it: a noun has the gender and the number of the determiners before it, an adjective's four forms are kept if
behind nouns they nearly always agree, an infinitive stands behind modal verbs.
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from bitext.flag.counted import rebuild
from bitext.flag.words import STOP, wordset

__all__ = ["Forms", "build", "feminine", "forms", "plural"]

_TABLE = Path(__file__).with_name("forms.tsv")
_HEAD = """\
# French nouns, adjectives and verb forms, by row. Counted in the parallel text that models/lexicon/README.md lists, by
# `python -m bitext.flag.forms`; words alone, none of the text. Licence of the repository.
"""
_LETTERS = "a-zâàéèêëîïôöûùüçœæ"
_TOKENS = re.compile(
    rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'|[{_LETTERS}]+(?:[-'][{_LETTERS}]+)*|\d+|[^\s\w]|[A-ZÀ-Ý]\w*"
)
SINGULAR = wordset("un une la le du au ce cet cette chaque aucun aucune l' son sa mon ma notre votre leur")
PLURAL = wordset("des ces ses mes tes nos vos leurs aux plusieurs quelques")
_SURE = {"m": ("un", "du", "au", "cet"), "f": ("une", "cette")}
_WITH = {"m": (*_SURE["m"], "le"), "f": (*_SURE["f"], "la")}
_PRONOUNS = ("il", "elle", "on", "ils", "qui", "ne", "se")
_SUBJECTS = ("il", "elle", "on", "ils", "elles", "qui")
_MODALS = ("peut", "doit", "va", "faut", "veut", "pouvoir", "devoir", "pour", "sans", "peuvent", "doivent")
_AUXILIARIES = ("a", "ont", "avait", "avaient", "ayant", "avoir", "été", "est", "sont", "étaient", "était")
_BE = ("est", "sont", "était", "étaient", "été")
_LEFT = SINGULAR | PLURAL | {"les", *_PRONOUNS, *_SUBJECTS, *_MODALS, *_AUXILIARIES}
_CLITICS = wordset("les des nous vous pas jamais rien tous toutes toute très plus dans sans aussi")
_PREPOSITIONS = wordset("de d' à en des du par dans sur pour avec sans entre contre aux au et ou ni")


def plural(word: str) -> str:
    """The regular plural of a French noun or masculine adjective."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith(("eau", "eu", "au")) else "s")


def feminine(word: str) -> list[str]:
    """Forms that may be the feminine singular of a French masculine."""
    out = []
    if word.endswith(("el", "en", "on", "et", "eil", "ul", "os", "as")):
        out.append(word + word[-1] + "e")
    for ending, changed in (("er", "ère"), ("eux", "euse"), ("if", "ive"), ("c", "que"), ("c", "che"), ("et", "ète"),
                            ("teur", "trice"), ("eur", "euse"), ("g", "gue")):  # fmt: skip
        if word.endswith(ending):
            out.append(word[: -len(ending)] + changed)
    return out if word.endswith("e") else [*out, word + "e"]


class Forms(NamedTuple):
    """The table, turned round for looking up.

    Attributes:
        nouns: noun to its features, `ms`, `fs`, `mp`, `fp`; a noun like *pays* has two.
        many: singular noun to plural, where number is sure, whatever the gender.
        one: the reverse.
        adjectives: adjective or participle to its features.
        participles: the same for participles that stand behind *être*, whether or not they stand behind nouns.
        families: adjective or participle to its four forms by feature.
        infinitives: infinitives in -er.
        finite: words that may be a finite verb of the third person.
    """

    nouns: Mapping[str, frozenset[str]]
    many: Mapping[str, str]
    one: Mapping[str, str]
    adjectives: Mapping[str, frozenset[str]]
    participles: Mapping[str, frozenset[str]]
    families: Mapping[str, Mapping[str, str]]
    infinitives: frozenset[str]
    finite: frozenset[str]

    def agreeing(self, word: str, features: Iterable[str]) -> str | None:
        """The form of an adjective for the first of `features` that it has not already."""
        family = self.families.get(word, {})
        return next((family[f] for f in features if f in family and family[f] != word), None)


@functools.cache
def forms() -> Forms:
    """The shipped table; empty if none is there."""
    rows: dict[str, list[str]] = {}
    if _TABLE.is_file():
        lines = _TABLE.read_text(encoding="utf-8").splitlines()
        rows = {name: text.split() for name, _, text in (line.partition("\t") for line in lines if line[:1] != "#")}
    nouns: dict[str, set[str]] = defaultdict(set)
    for g in ("m", "f"):
        for entry in rows.get(g, ()):
            word, _, many = entry.partition("/")
            nouns[word].add(g + "s")
            nouns[many or word].add(g + "p")
    pairs = [entry.partition("/") for entry in rows.get("number", ())]
    numbers = {one: many or plural(one) for one, _, many in pairs}
    features: dict[str, dict[str, set[str]]] = {k: defaultdict(set) for k in ("adjective", "participle")}
    families: dict[str, dict[str, str]] = {}
    for kind, of in features.items():
        for entry in rows.get(kind, ()):
            one, she, many = entry.split("/")
            family = {"ms": one, "fs": she, "mp": many, "fp": she + "s"}
            for f, form in family.items():
                of[form].add(f)
                families.setdefault(form, family)
    return Forms(
        {w: frozenset(f) for w, f in nouns.items()},
        numbers,
        {many: one for one, many in numbers.items()},
        {w: frozenset(f) for w, f in features["adjective"].items()},
        {w: frozenset(f) for w, f in features["participle"].items()},
        families,
        frozenset(rows.get("infinitive", ())),
        frozenset(rows.get("finite", ())),
    )


class _Counts:
    """What is counted in French text."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        self.behind: Counter[tuple[str, str]] = Counter()
        self.sentences: list[list[str]] = []
        for line in lines:
            tokens = _TOKENS.findall(line.split("\t", 1)[0].replace("’", "'"))
            self.words.update(tokens)
            self.behind.update((a, b) for a, b in itertools.pairwise(tokens) if a in _LEFT and b.islower())
            self.sentences.append(tokens)

    def after(self, left: Iterable[str], word: str) -> int:
        return sum(self.behind[d, word] for d in left)


def _nouns(counts: _Counts, purity: float) -> dict[str, str]:
    out = {}
    for word in sorted({w for _, w in counts.behind}):
        if len(word) < 3 or word in STOP or not re.fullmatch(rf"[{_LETTERS}]+(?:-[{_LETTERS}]+)*", word):
            continue
        if re.search(r"-(?:t-)?(?:il|ils|elle|elles|on|je|tu|nous|vous|le|la|les|ce|y|en|moi|toi|lui)$", word):
            continue
        he, she = (counts.after(_WITH[g], word) for g in ("m", "f"))
        sure = [counts.after(_SURE[g], word) for g in ("m", "f")]
        verbal = counts.after(_PRONOUNS, word) / max(1, he + she)
        if he + she < 8 or sum(sure) < 4 or max(sure) < purity * sum(sure):
            continue
        if max(he, she) < purity * (he + she) or verbal > 0.1:
            continue
        if sum(sure) < 0.1 * (he + she) and verbal > 0.005:
            continue  # *le* and *la* also are pronouns
        out[word] = "m" if he > she else "f"
    return out


def _families(counts: _Counts) -> list[tuple[str, str, str]]:
    out = []
    hers: set[str] = set()
    for one in sorted(counts.words, key=lambda w: (w.endswith("e"), w)):
        if len(one) < 2 or one in hers or not re.fullmatch(rf"[{_LETTERS}]+", one):
            continue
        if one.endswith("e"):
            if counts.words[one] >= 3 and counts.words[one + "s"] >= 3:
                out.append((one, one, one + "s"))
            continue
        many = max((plural(one), one + "s"), key=lambda p: counts.words[p])
        for she in feminine(one):
            if min(counts.words[one], counts.words[she]) >= 3 and min(counts.words[many], counts.words[she + "s"]) >= 2:
                out.append((one, she, many))
                hers.add(she)
                break
    return out


def build(lines: Iterable[str], purity: float = 0.985) -> dict[str, list[str]]:
    """The rows of the table, from French text.

    A noun has at least 8 determiners, `purity` of them of one gender. The number of a word is sure if it stands at
    least 4 times behind a singular determiner, its plural behind a plural one, and either behind the wrong one at
    most once in a hundred. A family of adjective forms agrees with the noun before it at least 3 times, and in 97 %
    of all cases; if it also is a noun or has one form for both genders, 20 times and in 99 %.
    """
    counts = _Counts(lines)
    nouns = _nouns(counts, purity)
    number, many_of = [], {}
    for word in sorted({w for _, w in counts.behind if len(w) > 2 and w not in STOP}):
        many = max((plural(word), word + "s", word + "x"), key=lambda p: counts.after(PLURAL, p))
        if word[-1] in "sxz":
            many = word
        if word in nouns:
            many_of[word] = many
        right, wrong = counts.after(PLURAL, many), counts.after(PLURAL, word)
        other, odd = counts.after(SINGULAR, word), counts.after(SINGULAR, many)
        if (
            many == word
            or right < 4
            or right + other < 10
            or other < 2
            or counts.after(_PRONOUNS, word) > max(1, 0.1 * other)
        ):
            continue
        if wrong <= max(1, 0.01 * right) and odd <= max(1, 0.01 * other):
            number.append(word if many == plural(word) else f"{word}/{many}")
    heads = {(w, "s"): g for w, g in nouns.items()} | {(m, "p"): nouns[w] for w, m in many_of.items()}
    families = _families(counts)
    of: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for k, (one, she, many) in enumerate(families):
        for form, f in ((one, "ms"), (she, "fs"), (many, "mp"), (she + "s", "fp")):
            of[form].append((k, f))
    agree: Counter[int] = Counter()
    clash: Counter[int] = Counter()
    for t in counts.sentences:
        for i in range(1, len(t) - 1):
            if t[i + 1] not in of:
                continue
            d = t[i - 1].lower()
            n = "s" if d in SINGULAR else "p" if d in PLURAL or d == "les" else ""
            g = heads.get((t[i], n))
            if g is None:
                continue
            mine = of[t[i + 1]]
            if any(f == g + n for _, f in mine):
                agree.update(k for k, f in mine if f == g + n)
            elif i < 2 or (t[i - 2].lower() not in _PREPOSITIONS and d not in _PREPOSITIONS):
                clash.update(k for k, _ in mine)
    adjectives, participles = [], []
    forms_of_nouns = set(nouns) | set(many_of.values())
    for k, family in enumerate(families):
        # a noun beside a noun (*code machine*) looks like an adjective: what also is a noun must be a frequent one
        least, most = (20, 0.01) if forms_of_nouns & {*family, family[1] + "s"} or family[0][-1] == "e" else (3, 0.03)
        if family[0].endswith("ant"):  # *les personnes représentant la ville*
            most = 0.01 if agree[k] > 500 else 0.002
        if agree[k] >= least and clash[k] <= 1 + most * agree[k]:
            adjectives.append("/".join(family))
        elif re.search(r"(?:[éiu]|is|it|ert)$", family[0]) and counts.after(_BE, family[0]) >= 3:
            participles.append("/".join(family))
    infinitives = [
        w
        for w in sorted(counts.words)
        if w.endswith("er")
        and counts.words[w] >= 3
        and counts.after(_MODALS, w)
        and counts.after(_AUXILIARIES, w[:-2] + "é")
        and w not in nouns
    ]
    finite = [
        w
        for w in sorted({w for _, w in counts.behind})
        if len(w) > 2
        and w not in _CLITICS
        and counts.after(_SUBJECTS, w) >= max(2, 0.01 * counts.words[w])
        and re.search(r"(?:[aetds]|ent|ont)$", w)
        and not w.endswith(("er", "oir", "és"))
    ]
    rows: dict[str, list[str]] = {
        g: [w if many_of[w] == w else f"{w}/{many_of[w]}" for w, x in nouns.items() if x == g] for g in ("m", "f")
    }
    return rows | {
        "number": number,
        "adjective": adjectives,
        "participle": participles,
        "infinitive": infinitives,
        "finite": finite,
    }


if __name__ == "__main__":
    sys.exit(rebuild(_TABLE, _HEAD, build))
