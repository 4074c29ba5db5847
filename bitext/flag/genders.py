"""Genders of French nouns, counted from the determiners before them.

`python -m bitext.flag.genders TRAIN.tsv.bz2` builds the table (`fr<TAB>en` lines); it holds one letter a noun.
"""

from __future__ import annotations

import bz2
import functools
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bitext.files import writing
from bitext.flag.words import STOP

__all__ = ["build", "gender"]

_TABLE = Path(__file__).with_name("genders.tsv")
_MASCULINE = re.compile(r"(?<![\w'’-])(?:un|du|au|ce|le) ([a-zâàéèêëîïôûçœ]{3,})(?![\w'’])")
_FEMININE = re.compile(r"(?<![\w'’-])(?:une|cette|la|ma|sa) ([a-zâàéèêëîïôûçœ]{3,})(?![\w'’])")
_AMBIGUOUS_DET = re.compile(r"(?<![\w'’-])(?:l['’]|les |des |ces |ses |leurs |nos |de )([a-zâàéèêëîïôûçœ]{3,})")


@functools.cache
def _table() -> dict[str, str]:
    if not _TABLE.is_file():
        return {}
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {noun: g for g, nouns in (line.split("\t", 1) for line in lines if "\t" in line) for noun in nouns.split()}


def gender(noun: str) -> str | None:
    """`m` or `f` for a (lower-case, singular) French noun of one certain gender, None for all other words."""
    return _table().get(noun)


def build(lines: Iterable[str], count: int = 30, purity: float = 0.99) -> dict[str, str]:
    """Nouns with their gender, from French text: at least `count` determiners, `purity` of them of one gender.

    *le* and *la* also are pronouns, so a word must be seen after another determiner in a third of the cases.
    """
    seen: dict[str, Counter[str]] = {"m": Counter(), "f": Counter()}
    sure: dict[str, Counter[str]] = {"m": Counter(), "f": Counter()}
    for line in lines:
        text = line.split("\t", 1)[0]
        for g, pattern in (("m", _MASCULINE), ("f", _FEMININE)):
            for m in pattern.finditer(text):
                seen[g][m.group(1)] += 1
                if m.group()[0] != "l":
                    sure[g][m.group(1)] += 1
    out = {}
    for noun in set(seen["m"]) | set(seen["f"]):
        m, f = seen["m"][noun], seen["f"][noun]
        g = "m" if m > f else "f"
        if noun in STOP:
            continue
        if m + f >= count and max(m, f) >= purity * (m + f) and sure[g][noun] >= 0.15 * (m + f):
            out[noun] = g
    return out


def main(path: str) -> None:
    with bz2.open(path, "rt", encoding="utf-8") as f:
        table = build(f)
    with writing(_TABLE) as out:
        for g in "fm":
            out.write(g + "\t" + " ".join(sorted(n for n, x in table.items() if x == g)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
