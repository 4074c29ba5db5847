"""What the checks find of planted faults: adds a row `planted` for each check to the tally of the flag bench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import flag_gold as gold
from flag_planted import Planted, plant

from bitext.document import Bitext, Flag, Translation

if TYPE_CHECKING:
    from flag_sets import Bench

__all__ = ["planted"]

NAME = "newstest2013, planted"


def planted(bench: Bench) -> dict[str, Any]:
    """Flags of a clean set with planted faults, by check; `fluency` and `unreliable` have texts of their own."""
    data = gold.clean(bench.folder / "mt")
    if data is None:
        return {}
    spoilt = plant(data)
    options = {"glossary": spoilt.glossary} if bench.names is None or "glossary" in bench.names else {}
    flags = bench.examine(gold.bitext_of(spoilt.gold), skip=["fluency", "word-sense"], **options)
    count(bench, flags, {k: (a, b) for spans in spoilt.faults.values() for k, a, b in spans}, spoilt)
    if wanted(bench, "fluency") and "en-fr" in bench.models:
        small = gold.spoilt([i for i in data.items[200:1000] if len(i.target) < 140])
        small.items += data.items[:200]
        where = {k: i.spans[0][:2] for k, i in enumerate(small.items) if i.spans}
        faults = {"fluency": [(k, *span) for k, span in where.items()]}
        count(bench, bench.examine(gold.bitext_of(small), only=["fluency"]), where, Planted(small, faults, []))
    if wanted(bench, "unreliable"):  # the originals stand for back-translations; every tenth is looped or a copy
        bad = dict.fromkeys(range(0, 400, 10), (0, 1))
        items = enumerate(data.items[:400])
        backs = [i.source if k not in bad else i.target if k % 20 else f"{i.source} " * 4 for k, i in items]
        text = gold.bitext_of(data, data.items[:400]).target
        flags = bench.examine(Bitext(text, translations=tuple(map(Translation, backs))), only=["unreliable"])
        count(bench, flags, bad, Planted(data, {"unreliable": [(k, 0, 1) for k in bad]}, []))
    return {c: r["planted"] for c, r in bench.tally.table().items() if "planted" in r}


def wanted(bench: Bench, check: str) -> bool:
    return bench.names is None or check in bench.names


def count(bench: Bench, flags: Sequence[Flag], places: Mapping[int, tuple[int, int]], spoilt: Planted) -> None:
    """Put flags and faults into the tally. A flag is right if it touches a planted place, of whatever kind."""
    hits: set[tuple[str, int]] = set()
    for f in flags:
        a, b = places.get(f.segment, (-1, -1))
        right = a >= 0 and gold.touches(f, (a, b, "", ""), len(spoilt.gold.items[f.segment].target))
        if f.check in spoilt.faults:
            bench.tally.flag(f, right, NAME, "planted")
        hits |= {(f.check, f.segment)} if right else set()
    for check, spans in spoilt.faults.items():
        for k, _, _ in spans:
            if wanted(bench, check):
                bench.tally.fault(check, "planted", (check, k) in hits, NAME)
