"""JSONL, the stream between commands: a whole `Bitext`, one JSON object a line, nothing lost.

Each record says what it is in `type`:

    bitext       version, origin, signature                                        (first, once)
    document     side (source or target), lang, name, text: the user's text, whole
    segment      side, index, start, end, kind, paragraph, text
    translation  index (of the target segment), text, score, tokens, token_logprobs, problems
    bead         index, source [i…], target [j…], source_text, target_text, back_text, score,
                 confidence, moved, evidence
    scores       kind, metrics, beads, quality, coverage, notes
    flag         index, check, category, severity, segment, span, text, message, suggestion, evidence, confidence

`source_text`, `target_text`, `back_text` and a flag's `text` are there for people and `jq`; on reading
they must agree with the segments. Fields with nothing to say are left out, and so are, on reading, unknown ones.
Foreign files of pairs (`{"source": …, "target": …}`, `{"en": …, "fr": …}`, `{"translation": {…}}`)
are read as 1–1 beads. Offsets count Unicode code points, half-open.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from os import PathLike
from typing import IO, Any

from bitext.document import Bead, Bitext, Document, Flag, Metric, Scores, Segment, Translation
from bitext.errors import FormatError, OutputError
from bitext.formats.common import Path_, creating, opening_utf8
from bitext.formats.json_lines import Record, parse
from bitext.formats.jsonl_read import assemble, flag_on, pairs, uncovered

__all__ = ["VERSION", "dump", "dumps", "flag_record", "load", "loads", "read", "records", "scores_record", "write"]

VERSION = "1.0"


def records(bitext: Bitext) -> Iterator[dict[str, Any]]:
    """The records of a bitext, in the order they are written.

    Raises:
        OutputError: the bitext is not whole: beads leave out or repeat a segment, a flag points nowhere.
    """
    if problem := _fault(bitext):
        raise OutputError(f"the bitext cannot be written as JSONL: {problem}")
    entries = bitext.signature.entries
    signature: Any = dict(entries) if len(dict(entries)) == len(entries) else [list(e) for e in entries]
    yield {"type": "bitext", "version": VERSION, "origin": bitext.origin, "signature": signature}
    for side, document in _sides(bitext):
        yield {
            "type": "document",
            "side": side,
            "lang": document.lang,
            "name": document.name,
            "text": document.text,
        }
    for side, document in _sides(bitext):
        for i, s in enumerate(document.segments):
            yield _segment_record(side, i, s)
    for i, t in enumerate(bitext.translations):
        yield _translation_record(i, t)
    for i, bead in enumerate(bitext.beads):
        yield _bead_record(bitext, i, bead)
    if bitext.scores is not None:
        yield scores_record(bitext.scores)
    for i, flag in enumerate(bitext.flags):
        yield {"type": "flag", "index": i} | flag_record(flag, bitext)


def _sides(bitext: Bitext) -> list[tuple[str, Document]]:
    source = [] if bitext.source is None else [("source", bitext.source)]
    return [*source, ("target", bitext.target)]


def _segment_record(side: str, i: int, s: Segment) -> dict[str, Any]:
    return {
        "type": "segment",
        "side": side,
        "index": i,
        "start": s.start,
        "end": s.end,
        "kind": str(s.kind),
        "paragraph": s.paragraph,
        "text": s.text,
    }


def _translation_record(i: int, t: Translation) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "translation", "index": i, "text": t.text, "score": t.score}
    for key in ("problems", "tokens", "token_logprobs"):
        if value := getattr(t, key):
            record[key] = list(value)
    return record


def _bead_record(bitext: Bitext, i: int, b: Bead) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "bead", "index": i, "source": list(b.source), "target": list(b.target)}
    for side, indices in (("source", b.source), ("target", b.target)):
        if not indices and indices.start:
            record[f"{side}_at"] = indices.start  # before which segment the gap is
    record["source_text"] = bitext.source_text(b)
    record["target_text"] = bitext.target_text(b)
    if bitext.translations:
        record["back_text"] = bitext.back_text(b)
    record["score"] = b.score
    if b.confidence is not None:
        record["confidence"] = b.confidence
    if b.moved:
        record["moved"] = True
    if b.evidence:
        record["evidence"] = [[name, value] for name, value in b.evidence]
    return record


def scores_record(scores: Scores) -> dict[str, Any]:
    """The record of a document's scores, also the content of `scores.json`."""
    return {
        "type": "scores",
        "kind": scores.kind,
        "metrics": [_metric_record(m) for m in scores.metrics],
        "beads": {str(k): v for k, v in scores.beads.items()},
        "quality": list(scores.quality),
        "coverage": dict(scores.coverage),
        "notes": list(scores.notes),
    }


def _metric_record(m: Metric) -> dict[str, Any]:
    record: dict[str, Any] = {"name": m.name, "value": m.value, "signature": m.signature}
    if m.interval is not None:
        record["interval"] = list(m.interval)
    return record


def flag_record(flag: Flag, bitext: Bitext | None = None) -> dict[str, Any]:
    """The record of one flag without its `type`, also a line of `flags.jsonl`.

    With the bitext, `text` quotes the flagged span.
    """
    record: dict[str, Any] = {
        "check": flag.check,
        "category": flag.category,
        "severity": str(flag.severity),
        "segment": flag.segment,
        "span": list(flag.span),
    }
    if bitext is not None:
        record["text"] = bitext.target.segments[flag.segment].text[slice(*flag.span)]
    record["message"] = flag.message
    if flag.suggestion is not None:
        record["suggestion"] = flag.suggestion
    if flag.evidence:
        record["evidence"] = dict(flag.evidence)
    if flag.confidence is not None:
        record["confidence"] = flag.confidence
    return record


def flag_to_json(flag: Flag) -> str:
    """One flag as JSON, without the segment, for formats that hang it on the text it is about."""
    text = to_line({k: v for k, v in flag_record(flag).items() if k != "segment"}).rstrip("\n")
    return re.sub("[\x7f-\x9f\u2028\u2029\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", text)


def flag_from_json(text: str, target: str, path: Path_, line: int) -> Flag:
    """The inverse of `flag_to_json`, on segment 0; the span must lie within `target`.

    Raises:
        FormatError: not such a JSON.
    """
    try:
        record = next(parse([text], str(path)), None)
        if record is None:
            raise FormatError("is empty", path=path)
        return flag_on(Record(record.value, str(path), line), target)
    except FormatError as e:
        raise FormatError(f"a flag: {e.problem}", path=path, line=line, mend=e.mend) from None


def _fault(bitext: Bitext) -> str | None:
    """Why the reader would refuse this bitext, if it would."""
    if bitext.beads and (problem := uncovered(bitext.beads, bitext.source, bitext.target)):
        return problem
    for i, f in enumerate(bitext.flags):
        if not 0 <= f.segment < len(bitext.target):
            return f"flag {i} is on segment {f.segment} of {len(bitext.target)}"
        if not 0 <= f.span[0] <= f.span[1] <= len(bitext.target.segments[f.segment].text):
            return f"flag {i} ({f.check}) marks characters {f.span[0]}:{f.span[1]} outside of segment {f.segment}"
    return None


def _plain(value: Any) -> Any:
    """JSON for what `evidence` may hold beside plain values: numpy scalars and arrays, sets, ranges, mappings."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, range):
        return list(value)
    return str(value)


def to_line(record: Mapping[str, Any]) -> str:
    """One record as a line of JSON, with its line end.

    Raises:
        OutputError: a number in it is NaN or infinite.
    """
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"
    except ValueError:
        what = f"{record.get('type', 'record')} {record.get('index', '')}".strip()
        raise OutputError(f"{what} holds a number that is not finite, which JSON cannot carry") from None


def dump(bitext: Bitext, file: Path_ | IO[str]) -> None:
    """Write a bitext to a path (`-`: standard output; compressed by ending) or to an open text file.

    Raises:
        OutputError: cannot be written, or the bitext is not whole (see `records`).
    """
    if isinstance(file, (str, PathLike)):
        with creating(file) as f:
            dump(bitext, f)
        return
    for record in records(bitext):
        file.write(to_line(record))


def dumps(bitext: Bitext) -> str:
    """The JSONL text of a bitext."""
    out = io.StringIO()
    dump(bitext, out)
    return out.getvalue()


def load(file: Path_ | IO[Any], *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read a bitext from a path (`-`: standard input), or an open text or binary file.

    The languages serve foreign files of pairs only: which keys to take, by default `source`/`target` or `en`/`fr`.

    Raises:
        InputError: the file cannot be read.
        FormatError: a line is not JSON or not a record; the message names file, line and mend.
    """
    if isinstance(file, (str, PathLike)):
        with opening_utf8(file) as f:
            return _from_lines(f, str(file), source_lang, target_lang)
    return _from_lines(file, str(getattr(file, "name", "-")), source_lang, target_lang)


def loads(text: str, *, path: Path_ = "-", source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """The inverse of `dumps`; `path` is what errors call the text."""
    return _from_lines(text.split("\n"), str(path), source_lang, target_lang)


def _from_lines(lines: Iterable[str | bytes], path: str, source_lang: str | None, target_lang: str | None) -> Bitext:
    found: Iterator[Record] = parse(lines, path)
    first = next(found, None)
    if first is not None and "type" not in first.value:
        return pairs(first, found, path, source_lang, target_lang)
    return assemble(first, found, path, VERSION)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """`load`, under the name that every format has."""
    return load(path, source_lang=source_lang, target_lang=target_lang)


write: Callable[[Bitext, Path_], None] = dump
