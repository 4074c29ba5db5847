r"""TSV: one bead a line, for spreadsheets, `cut` and `awk`.

With a header; the columns are

    bead        number of the bead, from 0
    shape       n-m: how many segments a side
    source      the original's (or back-translation's) segments, joined by a space
    target      the segments under examination, joined by a space
    back        the back-translation of the target
    score       similarity
    confidence  probability that the bead is right; empty if unknown
    moved       1 if the bead is off the monotone path, otherwise 0
    flags       severity, category, marked text and message of each flag, joined by " | " (for people: not read back)

Texts are escaped so that a line is a record and a tab a border: `\\` backslash, `\t`, `\n`, `\r`, and `\uXXXX`
for other control characters and line separators. Quotes mean nothing.

Foreign files have two columns or more and no escapes: source and target, or in whichever order a first line
`source<TAB>target`, `fr<TAB>en`, … says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bitext.document import Bitext, Flag
from bitext.errors import FormatError
from bitext.formats.common import (
    Path_,
    Row,
    creating,
    from_rows,
    language_matches,
    name_of,
    rows_of,
    split_lines,
    text_of,
)

__all__ = ["COLUMNS", "escape", "read", "unescape", "write"]

COLUMNS = ("bead", "shape", "source", "target", "back", "score", "confidence", "moved", "flags")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNSAFE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_PLAIN = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def escape(text: str) -> str:
    """A field in one line and without tabs; `unescape` is the inverse."""
    return _UNSAFE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04x}", text)


def unescape(field: str) -> str:
    """The text of a field; an unknown escape stays as it is."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else _PLAIN.get(m[2], m[0]), field)


def write(bitext: Bitext, path: Path_) -> None:
    """Write the beads under a header. The languages are not written: name them when reading.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    with creating(path) as f:
        f.write("\t".join(COLUMNS) + "\n")
        for i, row in enumerate(rows_of(bitext)):
            fields = (
                str(i),
                row.shape,
                row.source,
                row.target,
                row.back or "",
                repr(row.score),
                "" if row.confidence is None else repr(row.confidence),
                str(int(row.moved)),
                " | ".join(_summary(flag, row.target) for flag in row.flags),
            )
            f.write("\t".join(map(escape, fields)) + "\n")


def _summary(flag: Flag, target: str) -> str:
    return f"{flag.severity} {flag.category} “{target[slice(*flag.span)]}”: {flag.message}"


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read our own columns, or the first two (or named) columns of a foreign file.

    Raises:
        InputError: the file cannot be read.
        FormatError: a line has too few columns, or a number is none.
    """
    lines = split_lines(text_of(path))
    if not any(line.strip() for line in lines):
        raise FormatError("is empty", path=path, mend="give a file of source<TAB>target lines")
    head = [cell.strip().lower() for cell in lines[0].split("\t")]
    if set(COLUMNS[:4]) <= set(head):
        rows = _own_rows(lines, head, path)
        langs = source_lang, target_lang
    else:
        columns, skip, langs = _foreign_columns(head, source_lang, target_lang)
        rows = _foreign_rows(lines[skip:], skip, columns, path)
    return from_rows(rows, langs[0] or "en", langs[1] or "fr", source_name=name_of(path), target_name=name_of(path))


def _own_rows(lines: list[str], head: list[str], path: Path_) -> Iterator[Row]:
    at = {name: head.index(name) for name in COLUMNS if name in head}
    for n, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(head):
            raise FormatError(
                f"{len(cells)} columns under a header of {len(head)}",
                path=path,
                line=n,
                mend="write tabs in texts as \\t",
            )
        cell = {name: cells[i] for name, i in at.items()}
        back = cell.get("back", "")
        confidence = cell.get("confidence", "")
        yield Row(
            unescape(cell["source"]),
            unescape(cell["target"]),
            _number(cell.get("score") or "0", "score", path, n),
            _number(confidence, "confidence", path, n) if confidence else None,
            cell.get("moved", "") in ("1", "true", "True"),
            unescape(back) if back else None,
        )


def _number(text: str, column: str, path: Path_, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FormatError(f"{column} is {text[:30]!r}, not a number", path=path, line=line, mend="mend the cell")
    return value


def _foreign_columns(
    head: list[str], source_lang: str | None, target_lang: str | None
) -> tuple[tuple[int, int], int, tuple[str | None, str | None]]:
    """The columns of source and target, how many lines of header there are, the languages."""
    for a, b in (("source", "target"), ("src", "tgt"), ("src", "trg")):
        if a in head and b in head:
            return (head.index(a), head.index(b)), 1, (source_lang, target_lang)
    if all(re.fullmatch(r"[a-z]{2,3}([-_][a-z]{2,4})?", cell) for cell in head[:2]) and len(head) > 1:
        wanted = source_lang or "en", target_lang or "fr"
        i, j = (next((k for k, c in enumerate(head) if language_matches(w, c)), None) for w in wanted)
        if i is not None and j is not None and i != j:
            return (i, j), 1, (head[i], head[j])
    return (0, 1), 0, (source_lang, target_lang)


def _foreign_rows(lines: list[str], skipped: int, columns: tuple[int, int], path: Path_) -> Iterator[Row]:
    for n, line in enumerate(lines, 1 + skipped):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) <= max(columns):
            raise FormatError(
                f"{len(cells)} column{'s' * (len(cells) > 1)} where source and target belong",
                path=path,
                line=n,
                mend="give source<TAB>target",
            )
        yield Row(cells[columns[0]], cells[columns[1]])
