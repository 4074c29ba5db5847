"""From the user's aligned files to memory-mapped arrays of token ids: cleaned, deduplicated, encoded once, cached."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bitext.errors import FormatError, InputError
from bitext.files import read_bytes

__all__ = ["Corpus", "Pair", "prepare", "read_pairs"]

Pair = tuple[str, str, str]
"""Source, target and the name of the collection the pair is from."""

_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_CHUNK = 20_000


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
    moses = _moses(path, source_lang, target_lang)
    if moses is not None:
        yield from _read_moses(*moses)
        return
    bare = path.with_suffix("") if path.suffix in _OPENERS else path
    if bare.suffix in {".tsv", ".txt", ".tab"}:
        yield from _read_tsv(path, source_lang, target_lang, reverse)
        return
    from bitext import formats

    bitext = formats.read(path)
    swap = bitext.target.lang == source_lang
    for bead in bitext.beads:
        source, target = bitext.source_text(bead), bitext.target_text(bead)
        if source and target:
            yield (target, source, path.name) if swap else (source, target, path.name)


def _open(path: Path) -> io.TextIOBase:
    if not path.is_file():
        read_bytes(path)  # raises the sentence that fits
    try:
        return _OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8", newline="\n")
    except OSError:
        read_bytes(path)
        raise


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with _open(path) as f:
        number = 0
        try:
            for number, line in enumerate(f, 1):
                yield number, line.rstrip("\r\n")
        except UnicodeDecodeError:
            raise FormatError("is not UTF-8", path=path, line=number + 1, mend="convert it to UTF-8") from None
        except (EOFError, OSError, lzma.LZMAError) as e:
            raise FormatError(f"is damaged ({e})", path=path, line=number + 1, mend="fetch it again") from None


def _read_tsv(path: Path, source_lang: str, target_lang: str, reverse: bool) -> Iterator[Pair]:
    s, t, origin = (1, 0, 2) if reverse else (0, 1, 2)
    for number, line in _lines(path):
        cells = line.split("\t")
        if number == 1:
            names = [c.strip().lstrip("\ufeff#").lower() for c in cells]
            for a, b in ((source_lang, target_lang), ("source", "target"), ("src", "tgt")):
                if a in names and b in names:
                    s, t, origin = names.index(a), names.index(b), -1
                    break
            else:
                names = []
            if names:
                continue
        if len(cells) <= max(s, t):
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


@dataclass(frozen=True)
class Corpus:
    """Encoded pairs on disk, memory-mapped: token ids of both sides, where each pair begins, and its collection.

    `source[source_at[i] : source_at[i + 1]]` are pair i's source pieces, without end of sentence.
    """

    folder: Path
    source: np.ndarray
    source_at: np.ndarray
    target: np.ndarray
    target_at: np.ndarray
    origin: np.ndarray
    origins: tuple[str, ...]
    dropped: dict[str, int]

    def __len__(self) -> int:
        return len(self.source_at) - 1

    def pair(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Token ids of pair i."""
        return (
            self.source[self.source_at[i] : self.source_at[i + 1]],
            self.target[self.target_at[i] : self.target_at[i + 1]],
        )

    @classmethod
    def open(cls, folder: Path) -> Corpus:
        """Map a prepared corpus."""
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        arrays = {}
        for side in ("source", "target"):
            at = np.load(folder / f"{side}_at.npy", mmap_mode="r")
            arrays[f"{side}_at"] = at
            size = int(at[-1]) if len(at) else 0
            ids = np.memmap(folder / f"{side}.bin", np.uint16, "r", shape=(size,)) if size else np.zeros(0, np.uint16)
            arrays[side] = ids
        return cls(
            folder=folder,
            **arrays,
            origin=np.load(folder / "origin.npy", mmap_mode="r"),
            origins=tuple(facts["origins"]),
            dropped=facts["dropped"],
        )


def _key(files: Sequence[Path], *settings: object) -> str:
    h = hashlib.sha256(repr(settings).encode())
    for f in files:
        stat = f.stat()
        h.update(f"{f.resolve()}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return h.hexdigest()[:16]


def prepare(
    files: Sequence[str | Path],
    encode: Callable[[list[str], list[str]], tuple[list[list[int]], list[list[int]]]],
    folder: Path,
    *,
    source_lang: str,
    target_lang: str,
    vocabulary_hash: str,
    max_length: int,
    max_ratio: float,
    reverse: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Corpus:
    """Clean, deduplicate and encode the pairs of `files`, once; memory stays flat in their number.

    A pair is dropped if a side is empty, longer than `max_length` pieces, more than `max_ratio` times
    as long as the other (and 10 pieces longer), equal to the other side although of more than three
    words, or if its source stood before.

    Args:
        encode: from two lists of texts to two lists of piece ids.
        folder: where the arrays are kept; a second call with the same files and settings reads them back.

    Raises:
        BitextError: a file cannot be read.
        InputError: nothing is left.
    """
    known = [Path(f) for f in files if Path(f).is_file()]
    home = folder / _key(
        known, vocabulary_hash, max_length, max_ratio, reverse, source_lang, target_lang, list(map(str, files))
    )
    if (home / "facts.json").exists():
        return Corpus.open(home)
    tmp = home.with_suffix(".tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    seen: set[int] = set()
    dropped: Counter[str] = Counter()
    names: dict[str, int] = {}
    origin: list[np.ndarray] = []
    lengths: dict[str, list[np.ndarray]] = {"source": [], "target": []}
    total = 0
    with (tmp / "source.bin").open("wb") as fs, (tmp / "target.bin").open("wb") as ft:
        for chunk in _chunks(_clean(files, source_lang, target_lang, reverse, seen, dropped), _CHUNK):
            source, target = encode([p[0] for p in chunk], [p[1] for p in chunk])
            keep = []
            for i, (a, b) in enumerate(zip(source, target, strict=True)):
                n, m = len(a), len(b)
                if not n or not m:
                    dropped["empty"] += 1
                elif max(n, m) > max_length:
                    dropped["too long"] += 1
                elif max(n, m) > max_ratio * min(n, m) + 10:
                    dropped["lengths differ"] += 1
                else:
                    keep.append(i)
            for f, side, ids in ((fs, "source", source), (ft, "target", target)):
                lengths[side].append(np.array([len(ids[i]) for i in keep], np.int64))
                f.write(np.array([t for i in keep for t in ids[i]], np.uint16).tobytes())
            origin.append(np.array([names.setdefault(chunk[i][2], len(names)) for i in keep], np.uint16))
            total += len(chunk)
            if progress is not None:
                progress(total)
    pairs = sum(map(len, origin))
    if not pairs:
        shutil.rmtree(tmp)
        raise InputError(
            f"no pair to learn from in {', '.join(map(str, files))} (dropped: {dict(dropped)})",
            mend="check the languages and the columns",
        )
    for side in ("source", "target"):
        at = np.zeros(pairs + 1, np.int64)
        np.cumsum(np.concatenate(lengths[side]), out=at[1:])
        np.save(tmp / f"{side}_at.npy", at)
    np.save(tmp / "origin.npy", np.concatenate(origin))
    facts = {"origins": list(names), "dropped": dict(dropped), "pairs": pairs}
    (tmp / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    shutil.rmtree(home, ignore_errors=True)
    tmp.rename(home)
    return Corpus.open(home)


def _clean(
    files: Iterable[str | Path],
    source_lang: str,
    target_lang: str,
    reverse: bool,
    seen: set[int],
    dropped: Counter[str],
) -> Iterator[Pair]:
    for file in files:
        for source, target, name in read_pairs(file, source_lang, target_lang, reverse):
            source, target = " ".join(source.split()), " ".join(target.split())
            if not source or not target:
                dropped["empty"] += 1
                continue
            if source == target and source.count(" ") > 2:
                dropped["untranslated"] += 1
                continue
            # 8 bytes of a digest instead of the text: a hundred million pairs fit in memory
            digest = int.from_bytes(
                hashlib.blake2b(source.encode("utf-8", "replace"), digest_size=8).digest(), "little"
            )
            if digest in seen:
                dropped["seen before"] += 1
                continue
            seen.add(digest)
            yield source, target, name


def _chunks(items: Iterable[Pair], size: int) -> Iterator[list[Pair]]:
    chunk: list[Pair] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
