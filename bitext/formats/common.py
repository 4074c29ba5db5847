"""What all formats share: opening files, pairs to a `Bitext`, language codes, text positions in beads."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import IO, BinaryIO, cast

from bitext.document import Bead, Bitext, Document, Flag
from bitext.errors import InputError
from bitext.files import decode, reason, writing

__all__ = [
    "COMPRESSIONS",
    "creating",
    "flags_by_bead",
    "from_pairs",
    "langs_of",
    "language_matches",
    "name_of",
    "one_line",
    "opening",
    "opening_utf8",
    "text_of",
]

Path_ = str | PathLike[str]
COMPRESSIONS = (".gz", ".bz2", ".xz")
_MAGIC = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
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


def from_pairs(
    pairs: Iterable[tuple[str, str]],
    source_lang: str = "en",
    target_lang: str = "fr",
    *,
    source_name: str = "",
    target_name: str = "",
) -> Bitext:
    """A bitext of one segment a side from (source, target) texts.

    An empty (or blank) side makes a 1–0 or 0–1 bead; a pair that is blank on both sides is left out.
    The direction is fixed: `source` is the original, `target` the translation under examination.
    """
    sources: list[str] = []
    targets: list[str] = []
    beads: list[Bead] = []
    for source, target in pairs:
        n, m = bool(source.strip()), bool(target.strip())
        if n or m:
            i, j = len(sources), len(targets)
            beads.append(Bead(range(i, i + n), range(j, j + m)))
            if n:
                sources.append(source)
            if m:
                targets.append(target)
    return Bitext(
        Document.from_lines(targets, target_lang, target_name),
        Document.from_lines(sources, source_lang, source_name),
        beads=tuple(beads),
    )


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


def flags_by_bead(bitext: Bitext) -> dict[int, list[tuple[int, int, Flag]]]:
    """By bead index: (start, end, flag) with the span counted in `bitext.target_text(bead)`."""
    where: dict[int, tuple[int, int]] = {}
    for b, bead in enumerate(bitext.beads):
        at = 0
        for j in bead.target:
            where[j] = (b, at)
            at += len(bitext.target.segments[j].text) + 1
    found: dict[int, list[tuple[int, int, Flag]]] = {}
    for flag in bitext.flags:
        if flag.segment in where:
            b, at = where[flag.segment]
            found.setdefault(b, []).append((at + flag.span[0], at + flag.span[1], flag))
    return found
