"""Aligned text as a stream of pairs: for learning from corpora that do not fit in memory.

The other formats of this package read a whole `Bitext`; this reads any of them pair by pair.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from bitext.errors import FormatError, InputError
from bitext.files import read_bytes, reason

__all__ = ["Pair", "read_pairs"]

Pair = tuple[str, str, str]
"""Source, target and the name of the collection the pair is from."""

_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def read_pairs(path: str | Path, source_lang: str, target_lang: str, reverse: bool = False) -> Iterator[Pair]:
    """Stream the pairs of one file.

    TSV has the columns source, target and, if you like, the name of the collection; with a header, its
    columns are named `source` and `target`, or by language. `NAME.fr` and `NAME.en` are a Moses pair:
    give either or `NAME`. Everything else is read by `bitext.formats`.

    Args:
        reverse: swap the two columns of a TSV file without a header.

    Raises:
        BitextError: the file is missing or damaged; names the line.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        read_bytes(path)  # raises the sentence that fits
    moses = _moses(path, source_lang, target_lang)
    if moses is not None:
        yield from _read_moses(*moses)
        return
    bare = path.with_suffix("") if path.suffix in _OPENERS else path
    if bare.suffix in {".tsv", ".txt", ".tab"}:
        yield from _read_tsv(path, source_lang, target_lang, reverse)
        return
    from bitext import formats

    try:
        formats.detect(path)
    except FormatError:
        raise FormatError(
            "its ending names no format of pairs", path=path, mend="name it .tsv, .tmx, .jsonl or as a Moses pair"
        ) from None
    bitext = formats.read(path)
    swap = bitext.target.lang == source_lang
    for bead in bitext.beads:
        source, target = bitext.source_text(bead), bitext.target_text(bead)
        if source and target:
            yield (target, source, path.name) if swap else (source, target, path.name)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a file, compressed or not, without a byte-order mark."""
    if not path.is_file():
        read_bytes(path)  # raises the sentence that fits
    number = 0
    try:
        f: IO[str]
        with _OPENERS.get(path.suffix.lower(), open)(path, "rt", encoding="utf-8-sig", newline="\n") as f:
            for number, line in enumerate(f, 1):
                yield number, line.rstrip("\r\n")
    except UnicodeDecodeError:
        raise FormatError("is not UTF-8", path=path, line=number + 1, mend="save it as UTF-8 text") from None
    except (OSError, EOFError, lzma.LZMAError) as e:
        said = reason(e) if isinstance(e, OSError) else str(e)
        raise InputError(f"cannot be read ({said})", path=path, mend="fetch it again") from None


def _read_tsv(path: Path, source_lang: str, target_lang: str, reverse: bool) -> Iterator[Pair]:
    s, t, origin = (1, 0, 2) if reverse else (0, 1, 2)
    for number, line in _lines(path):
        cells = line.split("\t")
        if number == 1:
            names = [c.strip().lstrip("#").lower() for c in cells]
            for a, b in ((source_lang, target_lang), ("source", "target"), ("src", "tgt")):
                if a in names and b in names:
                    s, t, origin = names.index(a), names.index(b), -1
                    break
            else:
                names = []
            if names:
                continue
        if len(cells) <= max(s, t):
            if not line.strip():
                continue
            raise FormatError(
                f"has {len(cells)} column(s) where {max(s, t) + 1} are needed",
                path=path,
                line=number,
                mend="separate source and target by a tab",
            )
        yield cells[s], cells[t], cells[origin] if 0 <= origin < len(cells) else path.name.split(".")[0]


def _moses(path: Path, source_lang: str, target_lang: str) -> tuple[Path, Path] | None:
    packed = path.suffix if path.suffix in _OPENERS else ""
    bare = path.with_suffix("") if packed else path
    if bare.suffix in {f".{source_lang}", f".{target_lang}"}:
        stem = bare.with_suffix("")
    elif not path.exists():
        stem = bare
    else:
        return None
    pair = Path(f"{stem}.{source_lang}{packed}"), Path(f"{stem}.{target_lang}{packed}")
    for side in pair:
        if not side.is_file():
            raise InputError("there is no such file", path=side if bare != stem else path, mend="check the name")
    return pair


def _read_moses(source: Path, target: Path) -> Iterator[Pair]:
    right = _lines(target)
    name = source.name.split(".")[0]
    n = 0
    for n, line in _lines(source):
        other = next(right, None)
        if other is None:
            raise FormatError(f"is shorter than {source.name}", path=target, line=n, mend="give line-aligned files")
        yield line, other[1], name
    if next(right, None) is not None:
        raise FormatError(f"is longer than {source.name}", path=target, line=n + 1, mend="give line-aligned files")
