"""Error spans that others marked, as flags of a bitext: xCOMET's JSON and MQM files, for display side by side.

xCOMET: what `comet-score --model Unbabel/XCOMET-XL --to_json FILE` writes, an object of translation file → segments,
or one system's list of segments: `{"src", "mt", "ref", "COMET", "errors": [{"text", "confidence", "severity", "start",
"end"}]}`, without `errors` where there are none. Of several systems the one that the bitext holds is taken.
MQM: see `bitext.formats.mqm`. The annotated segments need not be those of the bitext: their text is found in the
document, without regard to white space, from where the last one ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bitext.document import Bitext, Document, Flag, Severity
from bitext.errors import FormatError
from bitext.formats.common import Path_, name_of, text_of

__all__ = ["PREFIX", "Imported", "read"]

PREFIX = "imported:"
"""What the `check` of an imported flag begins with."""


@dataclass(frozen=True)
class Imported:
    """Flags, in document order, and the annotated texts that the document does not contain."""

    flags: tuple[Flag, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Annotated:
    text: str
    flags: tuple[Flag, ...]


def read(path: Path_, bitext: Bitext, *, name: str | None = None, system: str | None = None) -> Imported:
    """Read error spans and place them on the segments of a bitext.

    Args:
        name: what the flags' `check` names (`imported:NAME`); by default the file's name without its ending.
        system: which system's segments, where the file holds several; by default that called `name`, or the one
            of which the text holds most segments.

    Returns:
        Flags whose spans are clipped to the segment they begin in.

    Raises:
        FormatError: the file is neither, holds no such system, or is of another text.
    """
    text = text_of(path)
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head in ("{", "["):
        systems = _xcomet(text, path, name if system is None else system, strict=system is not None)
    else:
        systems = {"": list(_mqm(path, system))}
    name = name or name_of(path).split(".")[0] or "file"
    placed = {which: _placed(bitext.target, annotated) for which, annotated in systems.items()}
    which = min(placed, key=lambda k: len(placed[k][1]) - len(systems[k]), default="")  # the most that is found
    flags, missing = placed.get(which, ([], []))
    if systems.get(which) and len(missing) == len(systems[which]):
        raise FormatError("none of its segments is in the text", path=path, mend="give the annotation of this text")
    named = (replace(f, check=f"{PREFIX}{name}", message=f.message or "marked as an error") for f in flags)
    return Imported(tuple(sorted(named, key=lambda f: (f.segment, f.span))), tuple(missing))


def _mqm(path: Path_, system: str | None) -> Iterator[_Annotated]:
    from bitext.formats import mqm

    marked = mqm.read(path, system=system)
    by_segment: dict[int, list[Flag]] = {}
    for flag in marked.flags:
        by_segment.setdefault(flag.segment, []).append(flag)
    for i, segment in enumerate(marked.target):
        yield _Annotated(segment.text, tuple(by_segment.get(i, ())))


def _xcomet(text: str, path: Path_, system: str | None, *, strict: bool) -> dict[str, list[_Annotated]]:
    """The systems' segments: those of `system` alone if it is there."""
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as e:
        raise FormatError(f"is not JSON: {e.msg}", path=path, line=e.lineno) from None
    except RecursionError:
        raise FormatError("is nested too deeply", path=path) from None
    systems = value if isinstance(value, dict) else {"": value}
    if system in systems:
        systems = {system: systems[system]}
    elif strict:
        known = ", ".join(sorted(systems))
        raise FormatError(f"holds no system {system!r}", path=path, mend=f"choose from {known}")
    return {name: list(_segments(segments, path)) for name, segments in systems.items()}


def _segments(value: Any, path: Path_) -> Iterator[_Annotated]:
    if not isinstance(value, list) or not all(isinstance(s, dict) and isinstance(s.get("mt"), str) for s in value):
        raise FormatError("is no list of segments with their `mt`", path=path, mend="give what --to_json wrote")
    for n, segment in enumerate(value, 1):
        errors = segment.get("errors", [])
        if not isinstance(errors, list):
            raise FormatError(f"segment {n}: its errors are no list", path=path)
        yield _Annotated(segment["mt"], tuple(_error(e, segment, path, n) for e in errors))


def _error(error: Any, segment: Mapping[str, Any], path: Path_, n: int) -> Flag:
    try:
        words, start, end = str(error["text"]), int(error["start"]), int(error["end"])
        severity = Severity(str(error["severity"]).lower())
        confidence = None if error.get("confidence") is None else float(error["confidence"])
    except KeyError as e:
        raise FormatError(f"segment {n}: an error lacks {e}", path=path) from None
    except (TypeError, ValueError, AttributeError) as e:
        raise FormatError(f"segment {n}: an error holds a wrong value ({e})", path=path) from None
    mt = segment["mt"]
    if mt[start:end].strip() != words.strip() and words.strip():  # xCOMET's offsets are those of its own tokens
        places = [i for i in range(len(mt)) if mt.startswith(words.strip(), i)]
        if places:
            start = min(places, key=lambda i: abs(i - start))
            end = start + len(words.strip())
    start = max(0, min(start, len(mt)))
    end = max(start, min(end, len(mt)))
    score = segment.get("COMET")
    evidence = {"segment score": round(float(score), 4)} if isinstance(score, int | float) else {}
    return Flag("", "other", severity, 0, (start, end), "marked as an error", None, evidence, confidence)


def _placed(document: Document, annotated: Iterable[_Annotated]) -> tuple[list[Flag], list[str]]:
    """The flags on the document's segments, and the texts that are not found."""
    where = [i for i, c in enumerate(document.text) if not c.isspace()]
    squeezed = "".join(document.text[i] for i in where)
    segment_of = {i: k for k, s in enumerate(document.segments) for i in range(s.start, s.end)}
    flags: list[Flag] = []
    missing: list[str] = []
    at = 0
    for one in annotated:
        inside = [i for i, c in enumerate(one.text) if not c.isspace()]
        wanted = "".join(one.text[i] for i in inside)
        if not wanted:
            continue
        found = squeezed.find(wanted, at)
        if found < 0:
            found = squeezed.find(wanted)
        if found < 0:
            missing.append(one.text)
            continue
        at = found + len(wanted)
        places = [where[found + k] for k in range(len(wanted))]  # of each character of `inside`, in the document
        for flag in one.flags:
            marked = [p for i, p in zip(inside, places, strict=True) if flag.span[0] <= i < flag.span[1]]
            if marked:
                first, last = marked[0], marked[-1] + 1
            else:  # a point: an omission
                first = last = next((p for i, p in zip(inside, places, strict=True) if i >= flag.span[0]), places[-1])
            k = segment_of[first]
            segment = document.segments[k]
            span = (first - segment.start, min(last, segment.end) - segment.start)
            flags.append(replace(flag, segment=k, span=span))
    return flags, missing
