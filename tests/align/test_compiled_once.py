"""Each compiled function is compiled for one type of arguments: compiling the search for another takes seconds."""

from __future__ import annotations

import pytest

from bitext.align import align, beads, coarse, missing, products, scoring, text

COMPILED = [
    scoring._sweep, scoring._near, beads._viterbi, beads._forward_backward, beads._trace, missing._shift,
    products._pair_products, coarse._likeness, text._hash_rows, text._stem_rows,
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def aligned() -> None:
    """Small and long texts, with letters of ASCII only and with others."""
    lines = [f"Page {i} tells of {i * i} ships and {i + 7} sailors." for i in range(150)]
    pages = [f"La page {i} énumère {i * i} navires et {i + 7} marins." for i in range(150)]
    align(lines[:5], lines[:5])
    align(lines, lines[:60] + lines[64:])  # in a corridor
    align(lines, pages, target_translation=lines)


@pytest.mark.parametrize("function", COMPILED, ids=lambda f: f.__name__)
def test_arrays_are_contiguous_and_may_be_written_to(function: object) -> None:
    for signature in function.signatures:  # type: ignore[attr-defined]
        for kind in signature:
            for x in getattr(kind, "types", [kind]):  # the fields of a `View`
                if hasattr(x, "layout"):
                    assert x.layout == "C" and x.mutable


def test_the_search_is_compiled_once() -> None:
    assert len(scoring._sweep.signatures) == 1  # type: ignore[attr-defined]
