"""A two-column table in HTML: opens in a browser, and pastes into Word, a mail or a spreadsheet.

A row a bead, flags as marked words that say why when pointed at, `columns` as in `bitext.formats.docx`. All text is
escaped. Read, the first two columns of the page's tables are source and target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from bitext.document import Bitext
from bitext.formats.common import Path_, Row, creating, from_rows, langs_of, name_of, rows_of, text_of
from bitext.formats.spans import pieces
from bitext.formats.tables import headings, pair_rows, said_of, summary, table_columns
from bitext.formats.xml import visible

__all__ = ["read", "write"]

_STYLE = """
body { font: 16px/1.5 Georgia, "Liberation Serif", serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem;
  color: #1f1c18; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #b8b2a6; padding: .4rem .6rem; text-align: left; vertical-align: top;
  white-space: pre-wrap; overflow-wrap: anywhere; }
th { background: #f5f2ec; }
.number { width: 3rem; color: #5c564d; }
.flags { width: 22%; font-size: .85em; }
mark { background: #fceacb; color: inherit; }
mark.critical { background: #fae0dd; text-decoration: underline double; }
mark.minor, mark.neutral { background: #e2ecf6; }
"""


def write(bitext: Bitext, path: Path_, *, columns: Sequence[str] = ()) -> None:
    """Write a page with the table.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    langs = tuple(lang.replace("_", "-") for lang in langs_of(bitext))
    names = table_columns(columns, path)
    spoken = {"source": langs[0], "back": langs[0], "target": langs[1], "number": "en", "flags": "en"}
    title = _held(bitext.target.name or "bitext")
    with creating(path) as f:
        f.write(
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
            '<table class="bitext">\n<thead><tr>'
        )
        for name, said in zip(names, headings(bitext, (langs[0], langs[1]), names), strict=True):
            f.write(f'<th scope="col" class="{name}">{_held(said)}</th>')
        f.write("</tr></thead>\n<tbody>\n")
        for number, row in enumerate(rows_of(bitext), 1):
            cells = {
                "number": str(number),
                "source": _held(row.source),
                "target": _marked(row),
                "back": _held(row.back or ""),
                "flags": _held(summary(row)),
            }
            f.write("<tr>")
            f.writelines(f'<td class="{n}" lang="{_held(spoken[n])}" dir="auto">{cells[n]}</td>' for n in names)
            f.write("</tr>\n")
        f.write("</tbody>\n</table>\n</body>\n</html>\n")


def _held(text: str) -> str:
    return escape(visible(text)).replace("\r", "&#13;")


def _marked(row: Row) -> str:
    parts = []
    for kind, i, text in pieces(row.target, [flag.span for flag in row.flags]):
        if i is None:
            parts.append(_held(text))
        elif kind == "close":
            parts.append("</mark>")
        else:
            flag = row.flags[i]
            parts.append(f'<mark class="{flag.severity}" title="{_held(said_of(flag, row.target))}">')
    return "".join(parts)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read the tables of a page: a pair of texts a row.

    Raises:
        InputError: cannot be read, or is not text.
        FormatError: no table of two columns in it.
    """
    reader = _Reader()
    reader.feed(text_of(path))
    reader.close()
    pairs, langs = pair_rows(reader.rows, (source_lang, target_lang), path)
    return from_rows(pairs, *langs, source_name=name_of(path), target_name=name_of(path))


class _Reader(HTMLParser):
    """The rows of all tables of a page, as (cells, whether it is a header)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[list[str], bool]] = []
        self.cells: list[str] | None = None
        self.parts: list[str] | None = None
        self.header = self.verbatim = False
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.verbatim = "bitext" in (dict(attrs).get("class") or "").split()
        elif tag == "tr":
            self._end_row()
            self.cells, self.header = [], True
        elif tag in ("td", "th") and self.cells is not None:
            self._end_cell()
            self.parts = []
            self.header = self.header and tag == "th"
        elif tag in ("script", "style"):
            self.silent += 1
        elif tag in ("br", "p", "div", "li") and self.parts:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag in ("script", "style"):
            self.silent = max(self.silent - 1, 0)

    def handle_data(self, data: str) -> None:
        if self.parts is not None and not self.silent:
            self.parts.append(data if self.verbatim else re.sub(r"\s+", " ", data))

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self.parts is not None and self.cells is not None:
            text = "".join(self.parts)
            self.cells.append(text if self.verbatim else re.sub(r" *\n[ \n]*", "\n", text).strip())
        self.parts = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.cells:
            self.rows.append((self.cells, self.header))
        self.cells = None
