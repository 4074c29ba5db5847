"""Calques: English turns of phrase translated word for word into French."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Paragraph

__all__ = ["Calques"]


class _Calque(NamedTuple):
    pattern: re.Pattern[str]
    instead: str
    english: str
    category: str
    severity: Severity


@functools.cache
def _table() -> tuple[_Calque, ...]:
    lines = Path(__file__).with_name("calques.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(
        _Calque(re.compile(rf"(?<![\w-]){pattern}"), instead, english, category, Severity(severity))
        for pattern, instead, english, category, severity in rows
    )


class Calques(Check):
    """A turn of phrase that is English in French words: *payer attention*, *il est trente ans*, *intéressé dans*.

    A list of known calques (`calques.tsv`): verbs with the preposition or the object of their English counterpart,
    *be* for *avoir*, titles translated word for word. Each pattern was tried on 660,000 sentences of human French, and
    what sound French says as well was left out.
    """

    name = "calques"
    title = "English phrases translated word for word"
    category = "style/awkward"
    severity = "minor; major where it is no French at all (the table says so)"
    languages = ("fr",)
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text.replace("’", "'").replace("\u00a0", " ")
        for row in _table():
            for m in row.pattern.finditer(text):
                start, end = m.span("x") if "x" in row.pattern.groupindex else m.span()
                yield self.flag(
                    unit.locate(start, end),
                    f"“{unit.text[start:end].strip()}”: word for word from the English (“{row.english}”).",
                    row.severity,
                    category=row.category,
                    suggestion=row.instead,
                    strength=0.8,
                    english=row.english,
                )
