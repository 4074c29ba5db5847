"""Which sense of an English homograph its neighbours want: counts from parallel text.

Where a homograph of the table stands in an English sentence and the French has words for one of its senses alone,
the French says which sense it is (Gale, Church and Yarowsky 1992). Counted for each sense: the form of the homograph
and the two words on either side (*lit a match*, *match against*), which tell senses apart better than all other words
around (Yarowsky 1993, one sense per collocation). `python -m bitext.flag.neighbours TRAIN.tsv.bz2` builds the table.
"""

from __future__ import annotations

import bz2
import functools
import math
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bitext.errors import ModelError
from bitext.files import writing
from bitext.lexicon.homographs import Homograph, Homographs, homographs
from bitext.shipped import shipped

__all__ = ["Neighbours", "around", "build", "load"]

_TABLE = ("models", "lexicon", "en.neighbours.z")
_HEAD = "bitext neighbours 1"
_MOST = 4000  # instances of a sense that are counted
_LONG = 60  # words of a sentence that is still counted
_PRIOR = 4.0  # instances that the mean of all homographs counts as
_BOUNDS = (-2.0, 4.0)  # of what one word says, natural logarithms
_TOKENS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*'?")
Counts = dict[tuple[str, str], Counter[str]]


def around(words: Sequence[str], at: int) -> list[str]:
    """The form of a word and the two words on either side, each marked with its place."""
    out = ["=" + words[at]]
    for distance, mark in ((1, ">"), (2, ">>")):
        for k, m in ((at + distance, mark), (at - distance, mark.replace(">", "<"))):
            out.append(m + (words[k].strip("'") if 0 <= k < len(words) else ""))
    return out


class Neighbours:
    """The table, to be asked how well a sense goes with what stands beside its homograph.

    Args:
        totals: how often each sense, (English, first French word), was seen.
        counts: how often with each mark of `around`; `("", "")` holds those of all senses together.
    """

    def __init__(
        self, totals: Mapping[tuple[str, str], int], counts: Mapping[tuple[str, str], Mapping[str, int]]
    ) -> None:
        self.totals, self.counts = totals, counts
        self.all = max(1, sum(totals.values()))
        self.everywhere = counts.get(("", ""), {})

    def fit(self, entry: Homograph, k: int, marks: Iterable[str]) -> float:
        """Log-odds of the marks beside that sense against all homographs; 0 for a sense that was never seen."""
        key = entry.english, entry.meanings[k].french[0]
        total = self.totals.get(key, 0)
        if not total:
            return 0.0
        counts = self.counts.get(key, {})
        low, high = _BOUNDS
        out = 0.0
        for mark in marks:
            share = self.everywhere.get(mark, 0) / self.all + 1e-5
            odds = math.log((counts.get(mark, 0) + _PRIOR * share) / (total + _PRIOR) / share)
            out += max(low, min(high, odds))
        return out


@functools.cache
def load() -> Neighbours | None:
    """The shipped table; None if none is shipped.

    Raises:
        ModelError: the file is not such a table.
    """
    path = shipped(*_TABLE)
    if not path.is_file():
        return None
    try:
        head, *rows = zlib.decompress(path.read_bytes()).decode("utf-8").split("\n")
        if head != _HEAD:
            raise ValueError(head)
        totals, counts = {}, {}
        for row in rows:
            english, french, total, *marks = row.split("\t")
            if english:
                totals[english, french] = int(total)
            pairs = (m.rpartition(" ") for m in marks)
            counts[english, french] = {m: int(n) for m, _, n in pairs}
    except (ValueError, zlib.error) as e:
        raise ModelError(f"{path} is no table of neighbours ({e})", mend="reinstall bitext") from None
    return Neighbours(totals, counts)


def build(pairs: Iterable[tuple[str, str]], table: Homographs) -> tuple[Counter[tuple[str, str]], Counts]:
    """Totals and counts of the table of neighbours, from pairs of French and English sentences."""
    from bitext.lexicon.senses import inventory

    base = functools.cache(lambda w: frozenset((w, *inventory().base_forms(w))))
    entries = {e.english: e for e in table.entries if " " not in e.english and len(e.meanings) > 1}
    homographs_of = functools.cache(lambda w: tuple(entries[b] for b in base(w) if b in entries))
    totals: Counter[tuple[str, str]] = Counter()
    counts: Counts = defaultdict(Counter)
    for french, english in pairs:
        words = [w.strip("'") for w in _TOKENS.findall(english.lower().replace("’", "'"))]
        if len(words) > _LONG:
            continue
        here: dict[Homograph, list[int]] = {}
        for at, w in enumerate(words):
            for entry in homographs_of(w):
                here.setdefault(entry, []).append(at)
        if not here:
            continue
        plain = french.lower().replace("’", "'").replace("œ", "oe").replace("æ", "ae")
        said: dict[Homograph, set[int]] = defaultdict(set)
        for m in table.in_french(_TOKENS.findall(plain)):
            if m.homograph in here:
                said[m.homograph].add(m.meaning)
        for entry, meanings in said.items():
            if len(meanings) > 1 or len(here[entry]) > 1:
                continue
            key = entry.english, entry.meanings[next(iter(meanings))].french[0]
            if totals[key] < _MOST:
                totals[key] += 1
                marks = around(words, here[entry][0])
                counts[key].update(marks)
                counts["", ""].update(marks)
    return totals, counts


def _rows(totals: Mapping[tuple[str, str], int], counts: Counts, least: int = 2) -> Iterator[str]:
    """Lines of the table; what was seen less than `least` times with a sense is left out."""
    yield _HEAD
    kept: set[str] = set()
    for key in sorted(totals):
        marks = {m: n for m, n in counts[key].items() if n >= least}
        kept |= marks.keys()
        yield "\t".join([*key, str(totals[key]), *(f"{m} {n}" for m, n in sorted(marks.items()))])
    yield "\t".join(["", "", "0", *(f"{m} {n}" for m, n in sorted(counts["", ""].items()) if m in kept)])


def main(*paths: str) -> None:
    """Count in parallel text (`fr<TAB>en` lines, bzip2) and write the shipped table."""

    def pairs() -> Iterator[tuple[str, str]]:
        for path in paths:
            with bz2.open(path, "rt", encoding="utf-8") as f:
                for line in f:
                    french, english, *_ = line.rstrip("\n").split("\t")
                    yield french, english

    text = "\n".join(_rows(*build(pairs(), homographs())))
    with writing(shipped(*_TABLE), "wb") as out:
        out.write(zlib.compress(text.encode("utf-8"), 9))


if __name__ == "__main__":
    main(*sys.argv[1:])
