"""What the two-column tables for people share: which columns there are, their headings, and reading rows of cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bitext.document import Bitext, Flag
from bitext.errors import FormatError, OutputError
from bitext.formats.common import Path_, Row, language_matches
from bitext.languages import LANGUAGES, language_name

__all__ = ["COLUMNS", "headings", "pair_rows", "said_of", "summary", "table_columns"]

COLUMNS = ("number", "back", "flags")
"""Columns beside source and target."""

_ORDER = ("number", "source", "target", "back", "flags")


def table_columns(asked: Sequence[str], path: Path_) -> list[str]:
    """The columns of a table in their order.

    Raises:
        OutputError: there is no such column.
    """
    for name in asked:
        if name not in COLUMNS:
            raise OutputError(f"there is no column {name!r}", path=path, mend=f"name {', '.join(COLUMNS)}")
    return [name for name in _ORDER if name in ("source", "target") or name in asked]


def headings(bitext: Bitext, langs: tuple[str, str], names: Sequence[str]) -> list[str]:
    """The titles of the columns."""
    source, target = (language_name(lang) for lang in langs)
    against = "back-translation" if bitext.source is None or bitext.origin == "back-translation" else "original"
    known = {
        "number": "No.",
        "source": f"{source} ({against})",
        "target": f"{target} (translation)",
        "back": f"{source} (back-translation)",
        "flags": "Flags",
    }
    return [known[name] for name in names]


def said_of(flag: Flag, target: str) -> str:
    """A flag in a line: severity, category, words, message, suggestion."""
    said = f"{flag.severity} {flag.category} “{target[slice(*flag.span)]}”: {flag.message}"
    return said if flag.suggestion is None else f"{said} → {flag.suggestion or '(delete)'}"


def summary(row: Row) -> str:
    """The flags of a row, a line each."""
    return "\n".join(said_of(flag, row.target) for flag in row.flags)


def pair_rows(
    rows: Sequence[tuple[list[str], bool]], asked: tuple[str | None, str | None], path: Path_
) -> tuple[list[Row], tuple[str, str]]:
    """Pairs from the rows of tables, each (cells, whether it is a header), and the languages.

    A first column of numbers is passed over; a header that names the languages says which column is which.

    Raises:
        FormatError: there is no row of two cells.
    """
    header = next((cells for cells, is_header in rows if is_header and len(cells) > 1), None)
    body = [cells for cells, is_header in rows if not is_header and len(cells) > 1]
    if header is None and body and _languages(body[0]):
        header, body = body[0], body[1:]
    if header is None and not body:
        raise FormatError("has no table of two columns", path=path, mend="give a table with a pair of texts a row")
    skip = int(all(len(cells) > 2 and re.fullmatch(r"\s*\d*\.?\s*", cells[0]) for cells in body))
    i, j = skip, skip + 1
    found = _languages(header or [])
    source = asked[0] or found.get(i) or "en"
    target = asked[1] or found.get(j) or ("fr" if not language_matches("fr", source) else "en")
    if asked != (None, None) and found.get(i) and found.get(j):
        straight = language_matches(source, found[i]) or language_matches(target, found[j])
        if not straight and language_matches(source, found[j]) and language_matches(target, found[i]):
            i, j = j, i
    pairs = [Row(cells[i], cells[j]) for cells in body if len(cells) > max(i, j)]
    return pairs, (source, target)


def _languages(cells: Sequence[str]) -> dict[int, str]:
    """By column, the language that a heading names, as a word or a code; empty if it is no heading."""
    codes = {name.lower(): code for code, name in LANGUAGES.items()}
    found = {}
    for k, cell in enumerate(cells):
        word = re.split(r"[\s(]", cell.strip().lower(), maxsplit=1)[0]
        if word in codes:
            found[k] = codes[word]
        elif re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", word) and word[:2] in LANGUAGES and len(cell.strip()) <= 5:
            found[k] = word
    return found if len(found) > 1 else {}
