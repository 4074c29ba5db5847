"""Segment scores that COMET or MetricX computed and wrote to a file, as a metric `NAME=FILE`.

Neither is ever loaded here: run it where you have it, then give its file.

- COMET, xCOMET: what `comet-score --to_json FILE` writes: an object of translation file → segments
  `{"src", "mt", "ref", "COMET", "errors"}`; of several systems the one whose `mt` are the hypotheses is taken.
- MetricX: what its `predict` writes: a JSON object a line, `{"source", "hypothesis", "reference", "prediction"}`.
  It counts errors, so less is better.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bitext.errors import FormatError, InputError
from bitext.files import read_text
from bitext.score.plugins import External, Plugin

__all__ = ["from_file"]

Scored = list[tuple[str, float]]
"""Each segment's translation and its score."""


def from_file(name: str, path: str) -> Plugin:
    """A metric that takes its figures from a file, after a look that it scored these very hypotheses.

    The figure is the mean over segments, and the interval is that of the resampled mean.

    Raises:
        FormatError: the file is neither kind (when called).
        InputError: the file scores other translations (when called).
    """

    def plugin(
        hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None
    ) -> External:
        text = read_text(path)
        systems, kind = _read(text, path)
        wanted = [_squeezed(h) for h in hypotheses]
        found = next((s for s in systems.values() if [_squeezed(mt) for mt, _ in s] == wanted), None)
        if found is None:
            raise InputError(_mismatch(systems, wanted), path=path, mend="score these hypotheses with it anew")
        values = [value for _, value in found]
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        better = "lower" if kind == "MetricX" else "higher"
        signature = f"mean:segment|of:{kind}|better:{better}|file:{digest}"
        return External(name, sum(values) / len(values), signature, tuple(values))

    return plugin


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _mismatch(systems: Mapping[str, Scored], wanted: Sequence[str]) -> str:
    if len(systems) > 1:
        return f"holds scores of {', '.join(systems)}, and none of them is of these hypotheses"
    found = next(iter(systems.values()), [])
    if len(found) != len(wanted):
        return f"holds scores of {len(found)} segments, and there are {len(wanted)} hypotheses"
    at = next(i for i, (mt, _) in enumerate(found) if _squeezed(mt) != wanted[i])
    return f"scores another translation in segment {at + 1} ({_squeezed(found[at][0])[:40]!r})"


def _read(text: str, path: str) -> tuple[dict[str, Scored], str]:
    """The systems of the file, and whether it is COMET's or MetricX's."""
    text = text.removeprefix("\ufeff")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None  # several lines, each by itself
    except RecursionError:
        raise FormatError("is nested too deeply", path=path) from None
    if isinstance(value, dict) and "prediction" not in value:
        return {str(k): _segments(v, ("mt", "COMET"), path, f"{k}, segment") for k, v in value.items()}, "COMET"
    if isinstance(value, list):
        return {"": _segments(value, ("mt", "COMET"), path, "segment")}, "COMET"
    rows = []
    for n, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError):
                raise FormatError(
                    "is not JSON", path=path, line=n, mend="give what comet-score --to_json or MetricX's predict wrote"
                ) from None
    return {"": _segments(rows, ("hypothesis", "prediction"), path, "line")}, "MetricX"


def _segments(value: Any, keys: tuple[str, str], path: str, what: str) -> Scored:
    if not isinstance(value, list):
        raise FormatError(
            "holds no list of segments", path=path, mend="give what comet-score --to_json or MetricX's predict wrote"
        )
    found: Scored = []
    for n, segment in enumerate(value, 1):
        mt = segment.get(keys[0]) if isinstance(segment, dict) else None
        score = segment.get(keys[1]) if isinstance(segment, dict) else None
        if not isinstance(mt, str) or isinstance(score, bool) or not isinstance(score, int | float) or score != score:
            raise FormatError(
                f"{what} {n} holds no {' and '.join(f'`{k}`' for k in keys)}",
                path=path,
                mend="give what comet-score --to_json or MetricX's predict wrote",
            )
        found.append((mt, float(score)))
    return found
