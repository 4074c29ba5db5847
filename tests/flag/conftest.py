"""Helpers of the flag tests: run one check on a few lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bitext.document import Bead, Bitext, Document, Flag, Translation
from bitext.flag import examine


def bitext_of(lines: Sequence[str], originals: Sequence[str] | None, backs: Sequence[str] | None, lang: str) -> Bitext:
    target = Document.from_lines(lines, lang)
    back = tuple(Translation(b) for b in backs) if backs is not None else ()
    if originals is None:
        return Bitext(target, translations=back)
    source = Document.from_lines(originals, "en" if lang == "fr" else "fr")
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(lines)))
    return Bitext(target, source, "original", back, beads)


@pytest.fixture
def run() -> Callable[..., list[tuple[str, Flag]]]:
    """`run(check, *lines, originals=None, backs=None)`: (flagged text, flag) of each flag; failures raise."""

    def find(
        check: str,
        *lines: str,
        originals: Sequence[str] | None = None,
        backs: Sequence[str] | None = None,
        lang: str = "fr",
        **options: Any,
    ) -> list[tuple[str, Flag]]:
        bitext = bitext_of(lines, originals, backs, lang)
        found = examine(bitext, only=[check], **options)
        assert not found.failed
        assert not found.skipped, found.skipped
        return [(bitext.target.segments[f.segment].text[slice(*f.span)], f) for f in found.flags]

    return find
