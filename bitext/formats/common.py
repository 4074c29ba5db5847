"""What all formats share: opening files, pairs to a `Bitext`, language codes, text positions in beads."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import IO, BinaryIO, cast

from bitext.document import Bead, Bitext, Document, Flag, Translation
from bitext.errors import InputError, OutputError
from bitext.files import decode, reason, writing

__all__ = [
    "COMPRESSIONS",
    "NOT_REVIEWED",
    "Reviewed",
    "Row",
    "creating",
    "flags_by_bead",
    "from_pairs",
    "from_rows",
    "langs_of",
    "language_matches",
    "name_of",
    "one_line",
    "opening",
    "opening_utf8",
    "rows_of",
    "split_lines",
    "text_of",
    "visible",
]

Path_ = str | PathLike[str]
COMPRESSIONS = (".gz", ".bz2", ".xz")
_MAGIC = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def name_of(path: Path_) -> str:
    """The file's name without folder and without a compression's ending, for documents' names."""
    name = Path(path).name
    return name.removesuffix(Path(name).suffix) if Path(name).suffix in COMPRESSIONS else name


@contextlib.contextmanager
def opening(path: Path_) -> Iterator[BinaryIO]:
    """A binary stream of a file (`-`: standard input), decompressed if it is gzip, bzip2 or xz.

    Raises:
        InputError: missing, a directory, not readable, or a damaged compressed file.
    """
    try:
        if str(path) == "-":
            try:
                raw = cast(io.BufferedReader, sys.stdin.buffer)
                raw.readable()
            except (AttributeError, ValueError):
                raise InputError("standard input is closed", mend="give a file name or pipe text in") from None
            yield _decompressed(raw)
            return
        if "\0" in str(path):
            raise InputError("its name holds a NUL character", path=visible(str(path)), mend="check the name")
        with open(path, "rb") as f:
            yield _decompressed(f)
    except BrokenPipeError:  # the body's, not this file's
        raise
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend="check the name") from None
    except IsADirectoryError:
        raise InputError("this is a directory, not a file", path=path, mend="name a file in it") from None
    except PermissionError:
        raise InputError("you have no permission to read it", path=path, mend="chmod +r it") from None
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile):
        raise InputError("is compressed but damaged or cut short", path=path, mend="copy it again") from None
    except OSError as e:
        raise InputError(f"cannot be read ({reason(e)})", path=path) from None


def _decompressed(raw: io.BufferedReader) -> BinaryIO:
    if hasattr(raw, "peek"):
        head = raw.peek(8)
        for magic, open_ in _MAGIC:
            if head.startswith(magic):
                return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, open_(raw, "rb"))))
    return cast(BinaryIO, raw)


@contextlib.contextmanager
def opening_utf8(path: Path_) -> Iterator[BinaryIO]:
    """As `opening`, but the stream is UTF-8 without a BOM; UTF-16 and UTF-32 are recoded."""
    with opening(path) as f:
        stream = f if isinstance(f, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, f))
        head = stream.peek(4096)
        if head.startswith(b"\xef\xbb\xbf"):
            stream.read(3)
        elif head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
            stream = io.BufferedReader(io.BytesIO(decode(stream.read(), path).encode()))
        yield stream


def text_of(path: Path_) -> str:
    """The whole text of a file in any usual encoding, decompressed; may be empty."""
    with opening(path) as f:
        data = f.read()
    return decode(data, path)


def split_lines(text: str) -> list[str]:
    """Lines at LF, CRLF or (in files that have no other) CR, and nowhere else; without the last empty one."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


@contextlib.contextmanager
def creating(path: Path_, *, binary: bool = False) -> Iterator[IO]:
    """As `bitext.files.writing`, compressed if the name ends in .gz, .bz2 or .xz."""
    suffix = Path(path).suffix
    if suffix not in COMPRESSIONS:
        with writing(path, "wb" if binary else "w") as f:
            yield f
        return
    with writing(path, "wb") as raw:
        packed: IO[bytes]
        if suffix == ".gz":
            packed = cast(IO[bytes], gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0))
        else:
            packed = cast(IO[bytes], (bz2.BZ2File if suffix == ".bz2" else lzma.LZMAFile)(raw, "wb"))
        with packed:
            if binary:
                yield packed
            else:
                text = io.TextIOWrapper(cast(BinaryIO, packed), encoding="utf-8", newline="\n")
                yield text
                text.flush()
                text.detach()


@dataclass(frozen=True, slots=True)
class Row:
    """A bead as formats of pairs see it: joined texts; the flags' spans count in `target`, their segment is ignored."""

    source: str
    target: str
    score: float = 0.0
    confidence: float | None = None
    moved: bool = False
    back: str | None = None
    flags: tuple[Flag, ...] = ()
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a person said of a bead, for the formats that have states and notes."""

    checked: bool = False
    notes: tuple[str, ...] = ()


NOT_REVIEWED = Reviewed()


def rows_of(bitext: Bitext) -> Iterator[Row]:
    """The beads as rows; before alignment, each target segment beside its back-translation.

    Raises:
        OutputError: there are two sides and no beads.
    """
    if not bitext.beads:
        if bitext.source is not None and (len(bitext.source) or len(bitext.target)):
            raise OutputError("the two sides are not aligned, so there are no pairs to write", mend="run bitext align")
        beads: Iterable[Bead] = (Bead(range(0), range(j, j + 1)) for j in range(len(bitext.target)))
        bitext = bitext.with_(beads=tuple(beads))
    flags = flags_by_bead(bitext)
    for b, bead in enumerate(bitext.beads):
        back = bitext.back_text(bead) if bitext.translations and bead.target else None
        source = back or "" if bitext.source is None else bitext.source_text(bead)
        yield Row(
            source,
            bitext.target_text(bead),
            bead.score,
            bead.confidence,
            bead.moved,
            back,
            tuple(replace(flag, span=(start, end)) for start, end, flag in flags.get(b, ())),
            bead.shape,
        )


def from_rows(
    rows: Iterable[Row],
    source_lang: str = "en",
    target_lang: str = "fr",
    *,
    source_name: str = "",
    target_name: str = "",
) -> Bitext:
    """A bitext of one segment a side and row.

    An empty (or blank) side makes a 1–0 or 0–1 bead; a row that is blank on both sides is left out.
    Translations are set if any row has a back-translation.
    """
    sources: list[str] = []
    targets: list[str] = []
    backs: list[str | None] = []
    beads: list[Bead] = []
    flags: list[Flag] = []
    for row in rows:
        n, m = bool(row.source.strip()), bool(row.target.strip())
        if not (n or m):
            continue
        i, j = len(sources), len(targets)
        beads.append(Bead(range(i, i + n), range(j, j + m), row.score, row.confidence, row.moved))
        if n:
            sources.append(row.source)
        if m:
            targets.append(row.target)
            backs.append(row.back)
            flags += [replace(flag, segment=j) for flag in row.flags]
    translations = (Translation(back or "") for back in backs) if any(back is not None for back in backs) else ()
    return Bitext(
        Document.from_lines(targets, target_lang, target_name),
        Document.from_lines(sources, source_lang, source_name),
        translations=tuple(translations),
        beads=tuple(beads),
        flags=tuple(flags),
    )


def from_pairs(
    pairs: Iterable[tuple[str, str]],
    source_lang: str = "en",
    target_lang: str = "fr",
    *,
    source_name: str = "",
    target_name: str = "",
) -> Bitext:
    """A bitext from (source, target) texts; see `from_rows` for blank sides.

    The direction is fixed: `source` is the original, `target` the translation under examination.
    """
    rows = (Row(source, target) for source, target in pairs)
    return from_rows(rows, source_lang, target_lang, source_name=source_name, target_name=target_name)


def langs_of(bitext: Bitext) -> tuple[str, str]:
    """The languages of source and target; `en` and `fr`, which the package is made for, if they are not said."""
    source = "" if bitext.source is None else bitext.source.lang
    target = bitext.target.lang
    if not target:
        target = "en" if source.lower().startswith("fr") else "fr"
    return source or ("fr" if target.lower().startswith("en") else "en"), target


def language_matches(wanted: str, found: str) -> bool:
    """Whether `found` is `wanted` or a variety of it, or the other way round: fr, FR, fr-FR, fr_CA.

    >>> language_matches("fr", "FR-ca"), language_matches("fr-FR", "fr"), language_matches("fr-FR", "fr-CA")
    (True, True, False)
    """
    a, b = (x.strip().lower().replace("_", "-") for x in (wanted, found))
    return bool(a and b) and (a == b or a.startswith(b + "-") or b.startswith(a + "-"))


def one_line(text: str) -> str:
    """The text with every line break, of whatever kind, as a space."""
    return text.replace("\r\n", " ").translate(_LINE_BREAKS)


def visible(text: str) -> str:
    """The text with what XML and plain files cannot hold made visible: control characters as ␀ … ␟, others as �.

    Each character becomes one character, so that spans stay.
    """
    return _UNHELD.sub(lambda m: chr(0x2400 + ord(m[0])) if m[0] < " " else "\ufffd", text)


def flags_by_bead(bitext: Bitext) -> dict[int, list[tuple[int, int, Flag]]]:
    """By bead index: (start, end, flag) with the span counted in `bitext.target_text(bead)`."""
    flagged = {flag.segment for flag in bitext.flags}
    where: dict[int, tuple[int, int]] = {}
    for b, bead in enumerate(bitext.beads):
        at = 0
        for j in bead.target:
            if j in flagged:
                where[j] = (b, at)
            at += len(bitext.target.segments[j].text) + 1
    found: dict[int, list[tuple[int, int, Flag]]] = {}
    for flag in bitext.flags:
        if flag.segment in where:
            b, at = where[flag.segment]
            found.setdefault(b, []).append((at + flag.span[0], at + flag.span[1], flag))
    return found
