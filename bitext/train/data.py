"""From the user's aligned files to memory-mapped arrays of token ids: cleaned, deduplicated, encoded once, cached."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bitext.errors import InputError
from bitext.formats.pairs import Pair, read_pairs

__all__ = ["Corpus", "prepare"]

_CHUNK = 20_000


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
