"""Documents that people have beside plain text: HTML articles, Word files and subtitles, as text.

HTML needs the extra `bitext[html]` (trafilatura, Apache-2.0), which finds the article on the page; the rest needs
nothing. One paragraph a line.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from bitext.errors import BitextError, InputError
from bitext.files import decode, read_bytes, read_text
from bitext.formats.common import Path_, split_lines
from bitext.formats.xml import elements_in, local

__all__ = ["READERS", "opened_word", "read_document", "read_docx", "read_html", "read_subtitles", "word_text"]

# What zipfile raises on one archive or another that was cut off or overwritten.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
)  # fmt: skip
_MOST_XML = 200_000_000  # bytes of a Word file's text after unpacking; more is an attack or a mistake
_TIMES = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")


def read_document(path: Path_) -> str:
    """The text of a document: .html and .htm, .docx, .srt, .vtt, and anything else as plain text.

    Raises:
        InputError: cannot be read, is damaged, holds no text, or needs an extra that is not installed.
    """
    text = READERS.get(Path(path).suffix.lower(), read_text)(path)
    if not text.strip():
        raise InputError("holds no text", path=path, mend="check that it is the right file")
    return text


def read_html(path: Path_) -> str:
    """The main text of an HTML page, without navigation, comments and the like.

    Raises:
        InputError: cannot be read, no article in it, or trafilatura is not installed.
    """
    data = read_bytes(path)
    try:
        from trafilatura import extract
        from trafilatura.settings import use_config
    except ImportError:
        raise InputError(
            "is HTML, and trafilatura, which finds the article in it, is not installed",
            path=path,
            mend="pip install 'bitext[html]', or save the article as plain text",
        ) from None
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("contains a NUL byte, so it is not HTML", path=path, mend="save the page again")
    # a page says its own encoding, so trafilatura gets bytes, except where a byte-order mark is surer
    page: Any = decode(data, path) if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) else data
    text = extract(page, include_comments=False, include_tables=True, favor_recall=True) or ""
    if len(text) < 1000:  # a page with so little text it takes for a failure, and gives all words on it, in one line
        short = use_config()
        for size in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
            short.set("DEFAULT", size, "1")
        lines = extract(page, include_comments=False, include_tables=True, favor_recall=True, config=short) or ""
        text = lines if len(lines) > 0.5 * len(text) else text
    if not text:
        raise InputError("has no article that can be told from its page", path=path, mend="save its text as .txt")
    return str(text) + "\n"


def read_docx(path: Path_) -> str:
    """The paragraphs of a Word file's body, tables included; deleted revisions and field codes are left out.

    Raises:
        InputError: not a Word file, damaged, or unreasonably large.
    """
    data = opened_word(path)
    try:
        found = [word_text(e) for e, _ in elements_in(io.BytesIO(data), path, ("p",), ("document",)) if _is_p(e)]
    except BitextError as e:
        raise InputError(
            f"its text is damaged: {e.problem}", path=path, mend="save it again as .docx or .txt"
        ) from None
    return "\n\n".join(text for text in found if text.strip()) + "\n"


def opened_word(path: Path_) -> bytes:
    """The XML of a Word file's text.

    Raises:
        InputError: not a Word file, locked with a password, damaged, or unreasonably large.
    """
    whole = read_bytes(path)
    if whole.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE file: Word before 2007, or an encrypted .docx within
        locked = "EncryptedPackage".encode("utf-16-le") in whole
        what = "is locked with a password" if locked else "is a Word file of before 2007 (.doc)"
        raise InputError(what, path=path, mend="open it in Word and save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            info = archive.getinfo("word/document.xml")
            if info.flag_bits & 1:
                raise InputError("is locked with a password", path=path, mend="save it without one")
            if info.file_size > _MOST_XML:
                raise InputError("its text is unreasonably large", path=path, mend="save it as plain text")
            return archive.read(info)
    except KeyError:
        raise InputError("is a zip archive, but not a Word file", path=path, mend="save it as .docx or .txt") from None
    except _DAMAGED as e:
        said = str(e).rstrip(".")
        raise InputError(
            f"is not a whole .docx file ({said})", path=path, mend="save it again as .docx or .txt"
        ) from None


def _is_p(element: Element) -> bool:
    return local(element.tag) == "p"


def word_text(paragraph: Element) -> str:
    """The text of a `w:p`, as it reads with all revisions accepted."""
    parts: list[str] = []

    def walk(element: Element) -> None:
        for child in element:
            name = local(child.tag)
            if name == "t":
                parts.append(child.text or "")
            elif name == "noBreakHyphen":
                parts.append("\u2011")
            elif name == "tab":
                parts.append("\t" if local(element.tag) == "r" else "")
            elif name in ("br", "cr"):
                parts.append("\n")
            elif name not in ("del", "moveFrom", "Fallback"):  # Fallback says again what a text box has said
                walk(child)

    walk(paragraph)
    return "".join(parts)


def read_subtitles(path: Path_) -> str:
    """The cues of an SRT or WebVTT file, one a line; cues that break off within a sentence are joined.

    Numbers, times, notes, styles and tags are left out.

    Raises:
        InputError: cannot be read, or no cue in it.
    """
    cues: list[str] = []
    lines = split_lines(read_text(path))
    n = 0
    while n < len(lines):
        n += 1
        if not _TIMES.match(lines[n - 1]):
            continue
        cue: list[str] = []
        while n < len(lines) and lines[n].strip():
            cue.append(lines[n].strip())
            n += 1
        text = re.sub(r"<[^>]*>|\{\\[^}]*\}", "", " ".join(cue))
        text = html.unescape(text).strip()
        if text and cues and not re.search(r"[.!?…:»”\"]$", cues[-1]) and text[:1].islower():
            cues[-1] += " " + text
        elif text:
            cues.append(text)
    if not cues:
        raise InputError("has no subtitle with a time in it", path=path, mend="give an .srt or .vtt file")
    return "\n".join(cues) + "\n"


READERS = {
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".docx": read_docx,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
}
