"""What counts tell of French nouns: their gender, and whether something must stand before them.

`python -m bitext.flag.genders TRAIN.tsv.bz2` builds the table from `fr<TAB>en` lines: lists of words under `m` and `f`
(gender, from the determiners before them) and `bound` (never right behind a noun or its adjective).
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bitext.flag.counted import rebuild
from bitext.flag.words import STOP

__all__ = ["PREPOSED", "bound", "build", "gender"]

_TABLE = Path(__file__).with_name("genders.tsv")
_HEAD = """\
# French nouns by gender, and those that need something before them. Counted in the parallel text that
# models/lexicon/README.md lists, by `python -m bitext.flag.genders`; words alone, none of the text. Licence of the
# repository.
"""
_MASCULINE = re.compile(r"(?<![\w'’-])(?:un|du|au|ce|le) ([a-zâàéèêëîïôûçœ]{3,})(?![\w'’])")
_FEMININE = re.compile(r"(?<![\w'’-])(?:une|cette|la|ma|sa) ([a-zâàéèêëîïôûçœ]{3,})(?![\w'’])")
# Adjectives that stand before their noun, masculine and feminine
PREPOSED = {
    "haut": "haute", "bon": "bonne", "beau": "belle", "nouveau": "nouvelle", "vieux": "vieille", "gros": "grosse",
    "ancien": "ancienne", "premier": "première", "dernier": "dernière", "petit": "petite", "mauvais": "mauvaise",
    "second": "seconde", "long": "longue", "prochain": "prochaine", "certain": "certaine", "principal": "principale",
    "meilleur": "meilleure", "seul": "seule", "vrai": "vraie", "faux": "fausse", "futur": "future", "lourd": "lourde",
}  # fmt: skip
_BEFORE = (
    STOP
    | set(PREPOSED)
    | set(PREPOSED.values())
    | {
        "grand",
        "grande",
        "grands",
        "grandes",
        "bel",
        "nouvel",
        "vieil",
        "propre",
        "propres",
        "simple",
        "simples",
        "véritable",
        "véritables",
        "importante",
        "importantes",
        "excellente",
        "excellent",
        "telle",
        "telles",
        "troisième",
        "quatrième",
        "deuxième",
        "cinquième",
        "pleine",
        "plein",
        "sur",
        "mi",
        "demi",
        "juste",
        "large",
        "vaste",
        "énorme",
        "possible",
        "éventuelle",
        "immense",
        "rapide",
        "sérieuse",
        "profonde",
        "forte",
        "libre",
        "pure",
        "saine",
        "moindre",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
        "dix",
        "cent",
        "mille",
    }
)
_WORDS = re.compile(r"[a-zâàéèêëîïôûçœ]+['’]?|[^\sa-zâàéèêëîïôûçœ]+")


@functools.cache
def _table() -> dict[str, frozenset[str]]:
    if not _TABLE.is_file():
        return {}
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line[:1] != "#")
    return {name: frozenset(nouns.split()) for name, _, nouns in rows}


def gender(noun: str) -> str | None:
    """`m` or `f` for a (lower-case, singular) French noun of one certain gender, None for all other words."""
    return next((g for g in ("m", "f") if noun in _table().get(g, ())), None)


def bound(noun: str) -> bool:
    """Whether a noun never follows another noun or its adjective directly (*évaluation*, but not *clé*, *limite*)."""
    return noun in _table().get("bound", ())


def build(lines: Iterable[str], count: int = 30, purity: float = 0.99) -> dict[str, list[str]]:
    """The lists of the table, from French text.

    A noun must have at least `count` determiners, `purity` of them of one gender; *le* and *la* also are pronouns,
    so it must be seen after another determiner in 15 % of the cases. It is bound if it occurs 200 times and
    in 98 % of them follows a function word, a punctuation mark, a number or an adjective that stands before its noun.
    """
    seen: dict[str, Counter[str]] = {"m": Counter(), "f": Counter()}
    sure: dict[str, Counter[str]] = {"m": Counter(), "f": Counter()}
    total: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for line in lines:
        text = line.split("\t", 1)[0]
        for g, pattern in (("m", _MASCULINE), ("f", _FEMININE)):
            for m in pattern.finditer(text):
                seen[g][m.group(1)] += 1
                if m.group()[0] != "l":
                    sure[g][m.group(1)] += 1
        tokens = _WORDS.findall(text)
        total.update(tokens)
        free.update(b for a, b in itertools.pairwise(tokens) if a[0].isalpha() and a[-1].isalpha() and a not in _BEFORE)
    out: dict[str, list[str]] = {"m": [], "f": [], "bound": []}
    for noun in sorted(set(seen["m"]) | set(seen["f"])):
        he, she = seen["m"][noun], seen["f"][noun]
        g = "m" if he > she else "f"
        if noun in STOP:
            continue
        if he + she >= count and max(he, she) >= purity * (he + she) and sure[g][noun] >= 0.15 * (he + she):
            out[g].append(noun)
            if total[noun] >= 200 and free[noun] <= 0.02 * total[noun] and noun not in _BEFORE:
                out["bound"].append(noun)
    return out


if __name__ == "__main__":
    sys.exit(rebuild(_TABLE, _HEAD, build))
