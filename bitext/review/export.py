"""What a review gives out: translation memories, tables, the corrected text, an ignore list, training pairs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from bitext.document import Bitext, Kind
from bitext.files import writing
from bitext.formats.common import one_line
from bitext.review.session import Review, open_review
from bitext.review.state import FlagState

__all__ = ["EXPORTS", "Taken", "export_all", "file_name", "render", "take"]

EXPORTS: dict[str, tuple[str, str]] = {
    "tmx": ("reviewed.tmx", "Translation memory (TMX 1.4b)"),
    "xliff": ("reviewed.xlf", "XLIFF 1.2, with states and notes"),
    "xliff2": ("reviewed.xliff2", "XLIFF 2.1, with states and notes"),
    "tsv": ("reviewed.tsv", "Table (TSV)"),
    "text": ("corrected.txt", "Corrected text"),
    "jsonl": ("reviewed.jsonl", "Bitext (JSONL), for bitext score and report"),
    "decisions": ("ignore.tsv", "Decisions: the ignore list of bitext flag --ignore"),
    "pairs": ("pairs.tsv", "Training pairs for bitext train"),
}
"""By kind: how the file's name ends, and what it is."""


@dataclass(frozen=True)
class Taken:
    """A review at one moment.

    Attributes:
        bitext: as decided; see `State.bitext`.
        flags: all of them, as they stand; `quoted` has the words each is on.
        checked: by target segment, whether a person has checked it.
        was: the texts of the target segments that were corrected, before that.
    """

    bitext: Bitext
    flags: tuple[FlagState, ...]
    checked: tuple[bool, ...]
    was: Mapping[int, str]
    quoted: tuple[str, ...]


def take(review: Review) -> Taken:
    """What the exports need, as the review stands now; the caller holds its lock."""
    state = review.state
    size = range(len(state.base.target))
    flags = tuple(map(state.flag, state.flags()))
    segments = state.base.target.segments
    return Taken(
        state.bitext(),
        flags,
        tuple(bool(state.get(f"checked:t{j}")) for j in size),
        {j: segments[j].text for j in size if state.get(f"text:{j}") is not None},
        tuple(segments[f.flag.segment].text[slice(*state.first_flag(f.index).span)] for f in flags),
    )


def file_name(name: str, kind: str) -> str:
    """A safe name for a downloaded file: letters, digits, dots and dashes of the bitext's own name."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(".jsonl")).strip(".-") or "bitext"
    return f"{stem[:80]}.{EXPORTS[kind][0]}"


def render(taken: Taken, kind: str) -> bytes:
    """The bytes of an export.

    Raises:
        KeyError: there is no such export.
        BitextError: the format cannot carry it.
    """
    makers: dict[str, Callable[[Taken], str]] = {"text": _text, "decisions": _decisions, "pairs": _pairs}
    if kind in makers:
        return makers[kind](taken).encode("utf-8")
    from bitext import formats
    from bitext.review.states import reviewed

    options = {"reviewed": reviewed(taken)} if kind in ("xliff", "xliff2") else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, EXPORTS[kind][0])
        formats.write(taken.bitext, path, kind, **options)
        return path.read_bytes()


def _text(taken: Taken) -> str:
    return taken.bitext.target.text


def _decisions(taken: Taken) -> str:
    """Rejected flags as `bitext flag --ignore` reads them. What such a line cannot say is a comment."""
    from bitext.flag import checks

    known = {c.name for c in checks()}
    kept = {(f.flag.check, text) for f, text in zip(taken.flags, taken.quoted, strict=True) if f.decided != "rejected"}
    lines = ["# check\tflagged text\treason: flags that a reviewer rejected, for bitext flag --ignore"]
    done = set()
    for f, text in zip(taken.flags, taken.quoted, strict=True):
        entry = (f.flag.check, text)
        if f.decided != "rejected" or entry in done:
            continue
        done.add(entry)
        reason = " ".join((f.reason or "rejected in review").split())
        problem = None
        if entry in kept:
            problem = "the same words are flagged elsewhere, and there the flag was not rejected"
        elif f.flag.check not in known:
            problem = "no check of this name"
        elif text == "*" or text != text.strip() or not text or "\t" in text or len(text.splitlines()) != 1:
            problem = "these words cannot stand in an ignore list"
        if problem:
            lines.append(f"# left out ({problem}): {one_line(' '.join([f.flag.check, text, reason]))}")
        else:
            lines.append(f"{f.flag.check}\t{text}\t{reason}")
    return "\n".join(lines) + "\n"


def _pairs(taken: Taken) -> str:
    """Beads that a person checked or corrected, as (target, original) pairs under a header of languages.

    A back-translation is no original: training on it would teach a model its own output, so there are no pairs then.
    """
    bitext = taken.bitext
    source = bitext.source
    langs = [(bitext.target.lang or "fr"), (source.lang if source is not None else "") or "en"]
    lines = ["\t".join(re.split("[-_]", code.lower())[0] for code in langs)]
    if source is not None and bitext.origin == "original":
        wrong = {f.flag.segment for f in taken.flags if f.status == "accepted"}  # agreed, and not mended
        doubtful = {f.flag.segment for f in taken.flags if f.status == "open"}
        for bead in bitext.beads:
            if not bead.source or not bead.target:
                continue
            if not all(taken.checked[j] or j in taken.was for j in bead.target):
                continue
            if any(j in wrong or (j in doubtful and not taken.checked[j]) for j in bead.target):
                continue
            if any(bitext.target.segments[j].kind in (Kind.BOILERPLATE, Kind.SEPARATOR) for j in bead.target):
                continue
            cells = [
                one_line(t).replace("\t", " ").strip() for t in (bitext.target_text(bead), bitext.source_text(bead))
            ]
            if all(cells):
                lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def export_all(
    path: str | PathLike[str], folder: str | PathLike[str], kinds: Sequence[str] = tuple(EXPORTS)
) -> list[Path]:
    """Write the exports of a review into a folder, without a server.

    Raises:
        BitextError: the bitext or its decisions cannot be read, a file cannot be written.
    """
    from bitext.pipeline import prepare_folder

    out = prepare_folder(folder)
    review = open_review(path)
    try:
        with review.lock:
            taken = take(review)
    finally:
        review.close()
    paths = []
    for kind in kinds:
        data = render(taken, kind)
        paths.append(out / file_name(review.name, kind))
        with writing(paths[-1], "wb") as f:
            f.write(data)
    return paths
