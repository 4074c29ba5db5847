"""Which words the other side explains: tables against what they are defined as, and what they are for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import LEGEND, _jit, align
from bitext.align.band import Band
from bitext.align.coarse import _around_jumps
from bitext.align.cover import SPAN, Side, covered, prepare_cover
from bitext.align.evidence import Pair, Translated
from bitext.align.names import NAMES

NO_PAIRS = np.zeros((0, 2), np.int64)
words = st.sampled_from(["maison", "rouge", "chien", "dort", "1956", "vieux", "Paris", "neige"])
texts = st.lists(st.lists(words, max_size=5).map(" ".join), min_size=1, max_size=7)


def explained(side: Side, row: int, span: Iterable[int]) -> float:
    """The weight of a row's words that any row of a span explains, by definition."""
    total = 0.0
    for k in range(side.words.start[row], side.words.start[row + 1]):
        sure = [
            side.given.value[e]
            for i in span
            for e in range(side.given.start[i], side.given.start[i + 1])
            if side.given.column[e] == side.words.column[k]
        ]
        total += side.words.value[k] * max(sure, default=0.0)
    return total


@settings(max_examples=40, deadline=None)
@given(texts, texts, st.integers(0, 3))
def test_tables_hold_what_spans_explain(source: list[str], target: list[str], skew: int) -> None:
    cover = prepare_cover(Pair(source, target), [], NO_PAIRS)
    n, m = len(source), len(target)
    low = np.minimum(np.maximum(np.arange(n) - skew, 0), m - 1)
    cells = Band.of(low, np.minimum(low + skew + 2, m))
    of_t, of_s = covered(cover, cells)
    for i in range(n):
        for j in range(cells.low[i], cells.high[i]):
            cell = cells.at[i] + j - cells.low[i]
            for span in range(1, SPAN + 1):
                assert of_t[cell, span] == pytest.approx(
                    explained(cover.target, j, range(i, min(i + span, n))), abs=1e-4
                )
                assert of_s[cell, span] == pytest.approx(
                    explained(cover.source, i, range(j, min(j + span, m))), abs=1e-4
                )


def test_a_translation_into_a_text_explains_its_own_words() -> None:
    pair = Pair(["the red house", "a dog"], ["la maison rouge", "un chien"])
    forward = Translated(None, ["la maison rouge", "un chien"])
    cover = prepare_cover(pair, [forward], NO_PAIRS)
    assert cover.target.words.value.sum() > 0
    for j in (0, 1):
        whole = cover.target.mass[j + 1] - cover.target.mass[j]
        assert explained(cover.target, j, [j]) == pytest.approx(whole)
        assert explained(cover.target, j, [1 - j]) == 0


def test_a_clause_on_the_other_side_of_the_cut_joins_beads() -> None:
    source = [f"Sentence number {i} tells of {w} and of nothing else at all." for i, w in enumerate("abcdefgh")]
    source[3:5] = [
        "The guide tied the rope to an iron ring, while the doctor was boiling snow for our evening tea.",
        "Nobody slept before midnight.",
    ]
    target = list(source)
    target[3:5] = [
        "The guide tied the rope to an iron ring.",
        "While the doctor was boiling snow for our evening tea, nobody slept before midnight.",
    ]
    found = [(list(b.source), list(b.target)) for b in align(source, target)]
    assert ([3, 4], [3, 4]) in found


def test_a_run_of_one_text_leaves_room_for_a_little_earlier_and_later() -> None:
    path = np.array([[i, i] for i in range(20)] + [[20, 50]] + [[50 + i, 50 + i] for i in range(1, 20)])
    low, high = path[:, 0], path[:, 1] + 1
    wide = _around_jumps(Band.of(low, high), path, 69)
    assert wide.low[20] <= 20 and wide.high[16] >= 51 and wide.low[24] <= 20
    assert wide.high[0] - wide.low[0] == 1
    straight = Band.of(np.arange(30), np.arange(1, 31))
    assert _around_jumps(straight, np.stack([np.arange(30)] * 2, axis=1), 29) is straight


def test_every_kind_of_evidence_is_explained() -> None:
    assert set(LEGEND) == {n.split(".")[0] for n in NAMES}


def test_compiled_code_is_of_all_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(x: int) -> int:
        return x + 1

    stamps = []
    for stamp in ("a", "b"):
        monkeypatch.setattr(_jit, "_stamp", lambda stamp=stamp: stamp)
        stamps.append(_jit.jit(one)._cache._cache_file._source_stamp)  # type: ignore[attr-defined]
    assert stamps[0] != stamps[1]
