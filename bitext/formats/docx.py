"""A two-column table in Word: original on the left, translation on the right, flags as comments on their words.

Written with python-docx (MIT; `bitext[docx]`), read without it. A row a bead; `columns` adds the number of the row, the
back-translation, and the flags in a column of their own. Read, the first two columns of the tables are source and
target (a column of numbers and header rows are passed over), deleted revisions left out and inserted ones taken: so a
table that a translator has worked on with tracked changes comes back as it now reads.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from bitext.document import Bitext, Flag
from bitext.errors import BitextError, FormatError, OutputError
from bitext.formats.common import Path_, Row, creating, from_rows, langs_of, name_of, rows_of
from bitext.formats.documents import opened_word, word_text
from bitext.formats.tables import headings, pair_rows, summary, table_columns
from bitext.formats.xml import elements_in, local, visible

__all__ = ["read", "write"]

_LOCALES = {"de": "de-DE", "en": "en-US", "es": "es-ES", "fr": "fr-FR", "it": "it-IT", "nl": "nl-NL", "pt": "pt-PT"}
_WIDE = {"number": 1.2, "flags": 5.0}  # centimetres; the texts share the rest


def write(bitext: Bitext, path: Path_, *, columns: Sequence[str] = ()) -> None:
    """Write a table of source and target, and of the `columns` asked for: *number*, *back*, *flags*.

    Raises:
        OutputError: cannot be written, the two sides are not aligned, or python-docx is not installed.
    """
    try:
        import docx
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm, Pt
    except ImportError:
        raise OutputError(
            "a Word file needs python-docx", path=path, mend="pip install 'bitext[docx]', or write .html"
        ) from None
    langs = langs_of(bitext)
    names = table_columns(columns, path)
    document = docx.Document()
    about = document.core_properties
    about.author, about.comments, about.title = "bitext", "", visible(bitext.target.name)[:255]
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.5))
    document.styles["Normal"].font.size = Pt(10)
    table = document.add_table(rows=1, cols=len(names))
    table.style = document.styles["Table Grid"]
    table.autofit = False
    texts = sum(name not in _WIDE for name in names)
    rest = (26.7 - sum(_WIDE[name] for name in names if name in _WIDE)) / texts
    widths = [Cm(_WIDE.get(name, rest)) for name in names]
    titles = headings(bitext, langs, names)
    for cell, title, width in zip(table.rows[0].cells, titles, widths, strict=True):
        cell.width = width
        cell.paragraphs[0].add_run(title).bold = True
    _repeated(table.rows[0])
    spoken = [langs[1] if name == "target" else langs[0] if name in ("source", "back") else "en" for name in names]
    locales = [_LOCALES.get(lang.lower(), lang.replace("_", "-")) for lang in spoken]
    comments = _Comments(document)
    for number, row in enumerate(rows_of(bitext), 1):
        for name, cell, width, lang in zip(names, table.add_row().cells, widths, locales, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            if name == "target":
                _flagged(comments, paragraph, row, lang)
            else:
                said = {"number": str(number), "source": row.source, "back": row.back or "", "flags": summary(row)}
                _run(paragraph, said[name], lang)
    held = io.BytesIO()
    document.save(held)
    with creating(path, binary=True) as f:
        f.write(held.getvalue())


def _repeated(row: Any) -> None:
    """Have the row stand at the top of every page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _run(paragraph: Any, text: str, lang: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(visible(text.replace("\r\n", "\n")))
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), lang)
    run._r.get_or_add_rPr().append(spoken)
    return run


class _Comments:
    """Adds comments, each in constant time: python-docx itself reads the numbers of all before each."""

    def __init__(self, document: Any) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        self.document, self.count, self.now = document, 0, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert len(document.comments) == 0  # which also adds the part that holds them
        parts = document.part.rels.values()
        self.root = next(r.target_part.element for r in parts if r.reltype == RELATIONSHIP_TYPE.COMMENTS)

    def add(self, runs: Sequence[Any], text: str) -> None:
        """A comment on runs, a paragraph a line."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.text.paragraph import Paragraph

        about = {"id": str(self.count), "author": "bitext", "initials": "b", "date": self.now}
        comment = OxmlElement("w:comment", {qn(f"w:{name}"): value for name, value in about.items()})
        for k, line in enumerate(text.split("\n")):
            element = OxmlElement("w:p")
            element.style = "CommentText"
            paragraph = Paragraph(element, self.document)
            if k == 0:  # the comment's mark
                mark = paragraph.add_run()._r
                mark.style = "CommentReference"
                mark.append(OxmlElement("w:annotationRef"))
            paragraph.add_run(line)
            comment.append(element)
        self.root.append(comment)
        runs[0].mark_comment_range(runs[-1], self.count)
        self.count += 1


def _flagged(comments: _Comments, paragraph: Any, row: Row, lang: str) -> None:
    """The target in runs cut at the flags' spans, a comment on those of each flag."""
    text, size = row.target, len(row.target)
    if not text:
        return
    spans = [_somewhere(flag, size) for flag in row.flags]
    borders = sorted({0, size, *(x for span in spans for x in span)})
    runs = {start: _run(paragraph, text[start:end], lang) for start, end in pairwise(borders)}
    for flag, (start, end) in zip(row.flags, spans, strict=True):
        inside = [run for at, run in runs.items() if start <= at < end]
        said = f"{flag.severity} · {flag.category}: {flag.message}"
        if flag.suggestion is not None:
            said += f"\n→ {flag.suggestion or '(delete)'}"
        comments.add(inside, visible(said))


def _somewhere(flag: Flag, size: int) -> tuple[int, int]:
    """The flag's span within the text; where it marks a gap, the character beside it."""
    start = min(max(flag.span[0], 0), size)
    end = min(max(flag.span[1], start), size)
    if start < end:
        return start, end
    return (start - 1, start) if start else (0, 1)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read the tables of a Word file: a pair of texts a row.

    Raises:
        InputError: not a Word file, or damaged.
        FormatError: no table of two columns in it.
    """
    data = opened_word(path)
    try:
        rows = list(_rows(data, path))
    except BitextError as e:
        raise FormatError(f"its text is damaged: {e.problem}", path=path, mend="save it again as .docx") from None
    pairs, langs = pair_rows(rows, (source_lang, target_lang), path)
    return from_rows(pairs, *langs, source_name=name_of(path), target_name=name_of(path))


def _rows(data: bytes, path: Path_) -> Iterator[tuple[list[str], bool]]:
    """(cells, whether it is a header) of each row of each table."""
    for element, _ in elements_in(io.BytesIO(data), path, ("tr",), ("document",)):
        if local(element.tag) == "tr":
            header = any(local(e.tag) == "tblHeader" for e in element.iter())
            if not any(local(e.tag) == "del" for p in element if local(p.tag) == "trPr" for e in p):
                yield [_cell(c) for c in element if local(c.tag) == "tc"], header


def _cell(cell: Element) -> str:
    return "\n".join(word_text(p) for p in cell.iter() if local(p.tag) == "p")
