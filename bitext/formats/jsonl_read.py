"""A `Bitext` from JSONL records, checked on the way; and pairs from foreign files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bitext.document import (
    Bead,
    Bitext,
    Document,
    Flag,
    Kind,
    Metric,
    Scores,
    Segment,
    Severity,
    Signature,
    Translation,
)
from bitext.errors import FormatError
from bitext.formats.common import from_pairs, language_matches
from bitext.formats.json_lines import Record

__all__ = ["assemble", "flag_on", "pairs", "uncovered"]

_TYPES = ("bitext", "document", "segment", "translation", "bead", "scores", "flag")


def uncovered(beads: Sequence[Bead], source: Document | None, target: Document) -> str | None:
    """What is wrong if the beads do not cover every segment of both sides exactly once."""
    for side, size in (("source", len(source or ())), ("target", len(target))):
        seen: dict[int, int] = {}
        for b, bead in enumerate(beads):
            for i in bead.source if side == "source" else bead.target:
                if not 0 <= i < size:
                    return f"bead {b} names {side} segment {i}, but there are {size}"
                if i in seen:
                    return f"{side} segment {i} is in bead {seen[i]} and in bead {b}"
                seen[i] = b
        if len(seen) < size:
            missing = next(i for i in range(size) if i not in seen)
            return f"{side} segment {missing} is in no bead"
    return None


@dataclass
class _Parts:
    """The records of a file by type, and the texts and ranges already made from them."""

    header: Record | None = None
    documents: dict[str, Record] = field(default_factory=dict)
    segments: dict[str, dict[int, Record]] = field(default_factory=lambda: {"source": {}, "target": {}})
    translations: dict[int, Record] = field(default_factory=dict)
    beads: dict[int, Record] = field(default_factory=dict)
    scores: Record | None = None
    flags: list[Record] = field(default_factory=list)


def assemble(first: Record | None, rest: Iterator[Record], path: str, version: str) -> Bitext:
    """A `Bitext` from the records of a native file, in any order but for the header, which is first."""
    if first is None:
        raise FormatError("is empty", path=path, mend="give a file that bitext wrote, or pairs as JSON objects")
    if first.value["type"] != "bitext":
        raise first.fault(
            'the first record must be of type "bitext"', "keep the first line of the file that bitext wrote"
        )
    newer = _is_newer(first, version)
    parts = _Parts(header=first)
    for record in rest:
        _sort_in(record, parts, newer)
    if "target" not in parts.documents:
        raise FormatError("has no target document", path=path, mend="keep the records of type document")
    target = _document(parts, "target")
    source = _document(parts, "source") if "source" in parts.documents else None
    if source is None and parts.segments["source"]:
        record = next(iter(parts.segments["source"].values()))
        raise record.fault("a source segment, but there is no source document", "keep the records of type document")
    translations = tuple(_translation(r) for r in _in_order(parts.translations, "translation"))
    if translations and len(translations) != len(target):
        raise FormatError(
            f"has {len(translations)} translations for {len(target)} target segments",
            path=path,
            mend="keep one translation a segment, or none",
        )
    bitext = Bitext(target, source, first.text("origin", "original"), translations, signature=_signature(first))
    beads = tuple(_bead(r, bitext) for r in _in_order(parts.beads, "bead"))
    if beads and (problem := uncovered(beads, source, target)):
        raise FormatError(problem, path=path, mend="let the beads cover each segment once, or run bitext align again")
    return bitext.with_(
        beads=beads,
        scores=None if parts.scores is None else _scores(parts.scores),
        flags=tuple(_flag(r, target) for r in parts.flags),
    )


def _is_newer(header: Record, version: str) -> bool:
    found = header.text("version")
    try:
        major, minor = (int(x) for x in found.split("."))
    except ValueError:
        raise header.wrong("version", 'a version such as "1.0"') from None
    ours = tuple(int(x) for x in version.split("."))
    if major != ours[0]:
        raise header.fault(f"is of format version {found}, this bitext reads {version}", "use a bitext that fits it")
    return minor > ours[1]


def _sort_in(record: Record, parts: _Parts, newer: bool) -> None:
    kind = record.text("type")
    if kind == "document" or kind == "segment":
        side = record.text("side")
        if side not in ("source", "target"):
            raise record.wrong("side", "source or target")
        if kind == "document":
            if side in parts.documents:
                raise record.fault(f"a second {side} document", "give one bitext a file")
            parts.documents[side] = record
        else:
            _put(record, parts.segments[side], f"{side} segment")
    elif kind == "translation":
        _put(record, parts.translations, kind)
    elif kind == "bead":
        _put(record, parts.beads, kind)
    elif kind == "flag":
        parts.flags.append(record)
    elif kind == "scores":
        if parts.scores is not None:
            raise record.fault("a second record of scores", "keep one")
        parts.scores = record
    elif kind == "bitext":
        raise record.fault("a second bitext begins here", "give one bitext a file")
    elif not newer:
        raise record.fault(f"unknown record type {kind!r}", f"use one of {', '.join(_TYPES)}")


def _put(record: Record, into: dict[int, Record], what: str) -> None:
    index = record.integer("index")
    if index in into:
        raise record.fault(f"{what} {index} is there already, in line {into[index].line}", "keep one of them")
    into[index] = record


def _in_order(records: Mapping[int, Record], what: str) -> Iterator[Record]:
    for wanted, index in enumerate(sorted(records)):
        if index != wanted:
            raise records[index].fault(f"{what} {wanted} is missing", "restore the line, or write the file again")
        yield records[index]


def _document(parts: _Parts, side: str) -> Document:
    head = parts.documents[side]
    text = head.text("text")
    segments: list[Segment] = []
    end = 0
    for r in _in_order(parts.segments[side], f"{side} segment"):
        kind = r.text("kind", "sentence")
        if kind not in list(Kind):
            raise r.wrong("kind", f"one of {', '.join(Kind)}")
        s = Segment(r.text("text"), r.integer("start"), r.integer("end"), Kind(kind), r.integer("paragraph", 0))
        if s.start < end:
            raise r.fault(f"{side} segment {len(segments)} overlaps the one before it", "mend start and end")
        if s.end < s.start or text[s.start : s.end] != s.text:
            raise r.fault(
                f"{side} segment {len(segments)} does not stand at {s.start}:{s.end} of the document",
                "keep segments and document as bitext wrote them",
            )
        end = s.end
        segments.append(s)
    return Document(text, tuple(segments), head.text("lang", ""), head.text("name", ""))


def _signature(header: Record) -> Signature:
    value = header.value.get("signature") or {}
    entries = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(entries, list) or not all(
        isinstance(e, (list, tuple)) and len(e) == 2 and all(isinstance(x, str) for x in e) for e in entries
    ):
        raise header.wrong("signature", "an object of texts")
    return Signature(tuple((k, v) for k, v in entries))


def _translation(r: Record) -> Translation:
    tokens = tuple(r.list_of("tokens", (str,), "texts"))
    logprobs = tuple(float(x) for x in r.list_of("token_logprobs", (int, float), "numbers"))
    if tokens and logprobs and len(tokens) != len(logprobs):
        raise r.fault(f"{len(logprobs)} token_logprobs for {len(tokens)} tokens", "keep one a token")
    problems = tuple(r.list_of("problems", (str,), "texts"))
    return Translation(r.text("text"), r.number("score", 0.0), tokens, logprobs, problems)


def _bead(r: Record, bitext: Bitext) -> Bead:
    evidence = r.value.get("evidence") or []
    if isinstance(evidence, dict):
        evidence = list(evidence.items())
    if not isinstance(evidence, list) or not all(
        isinstance(e, (list, tuple)) and len(e) == 2 and isinstance(e[0], str) and type(e[1]) in (int, float)
        for e in evidence
    ):
        raise r.wrong("evidence", "a list of [name, number]")
    bead = Bead(
        _range(r, "source", len(bitext.source or ())),
        _range(r, "target", len(bitext.target)),
        r.number("score", 0.0),
        r.number("confidence", None),
        r.boolean("moved"),
        tuple((name, float(value)) for name, value in evidence),
    )
    for field_, text in (
        ("source_text", bitext.source_text(bead)),
        ("target_text", bitext.target_text(bead)),
        ("back_text", bitext.back_text(bead)),
    ):
        if r.text(field_, text) != text:
            raise r.fault(
                f'"{field_}" of bead {r.value["index"]} is not what its segments say',
                "leave the field out, or change the segments and the document",
            )
    return bead


def _range(r: Record, side: str, size: int) -> range:
    indices = r.list_of(side, (int,), "whole numbers")
    if not indices:
        at = r.integer(f"{side}_at", 0)
        return range(at, at)
    if indices != list(range(indices[0], indices[0] + len(indices))):
        raise r.fault(f'"{side}" lists segments that do not follow each other', "give consecutive indices")
    if indices[0] < 0 or indices[-1] >= size:
        raise r.fault(f'"{side}" names segment {indices[-1]}, but there are {size}', "mend the index")
    return range(indices[0], indices[-1] + 1)


def _scores(r: Record) -> Scores:
    metrics = []
    for m in r.list_of("metrics", (dict,), "objects"):
        one = Record(m, r.path, r.line)
        pair = one.list_of("interval", (int, float), "two numbers")
        if len(pair) not in (0, 2):
            raise one.wrong("interval", "two numbers")
        interval = (float(pair[0]), float(pair[1])) if pair else None
        metrics.append(Metric(one.text("name"), one.number("value"), one.text("signature", ""), interval))
    by_bead = Record(r.mapping("beads"), r.path, r.line)
    beads: dict[int, float] = {}
    for key in by_bead.value:
        if not (key.isascii() and key.isdigit()):
            raise r.fault(f'"beads" has the key {key[:20]!r} where a bead\'s index belongs', "mend the key")
        beads[int(key)] = by_bead.number(key)
    coverage = Record(r.mapping("coverage"), r.path, r.line)
    quality = r.list_of("quality", (int, float, type(None)), "numbers and nulls")
    return Scores(
        r.text("kind"),
        tuple(metrics),
        beads,
        tuple(None if q is None else float(q) for q in quality),
        {key: coverage.number(key) for key in coverage.value},
        tuple(r.list_of("notes", (str,), "texts")),
    )


def _flag(r: Record, target: Document) -> Flag:
    segment = r.integer("segment")
    if segment >= len(target):
        raise r.fault(f"a flag on segment {segment}, but there are {len(target)}", "mend the index")
    return flag_on(r, target.segments[segment].text, segment)


def flag_on(r: Record, text: str, segment: int = 0) -> Flag:
    """A flag from its record; its span must lie within `text`."""
    severity = r.text("severity")
    if severity not in list(Severity):
        raise r.wrong("severity", f"one of {', '.join(Severity)}")
    span = r.list_of("span", (int,), "two whole numbers")
    if len(span) != 2 or not 0 <= span[0] <= span[1] <= len(text):
        raise r.wrong("span", f"[start, end] within the {len(text)} characters of segment {segment}")
    marked = text[span[0] : span[1]]
    if r.text("text", marked) != marked:
        raise r.fault(f'"text" is not what stands at {span[0]}:{span[1]} of segment {segment}', "mend the span")
    return Flag(
        r.text("check"),
        r.text("category"),
        Severity(severity),
        segment,
        (span[0], span[1]),
        r.text("message"),
        r.text("suggestion", None),
        r.mapping("evidence"),
        r.number("confidence", None),
    )


def pairs(first: Record, rest: Iterator[Record], path: str, source_lang: str | None, target_lang: str | None) -> Bitext:
    """A `Bitext` from a foreign file: one object a pair, with the texts under names or language codes."""
    keys = _pair_keys(first, source_lang, target_lang)
    named = keys in _NAMED_PAIRS
    source, target = (source_lang, target_lang) if named else (keys[0], keys[1])

    def rows() -> Iterator[tuple[str, str]]:
        for record in chain([first], rest):
            row = _row(record)
            yield row.text(keys[0], ""), row.text(keys[1], "")

    return from_pairs(rows(), source or "en", target or "fr", source_name=path, target_name=path)


_NAMED_PAIRS = (("source", "target"), ("src", "tgt"), ("src", "trg"))


def _row(record: Record) -> Record:
    inner = record.value.get("translation")
    row = Record(inner, record.path, record.line) if isinstance(inner, dict) else record
    if not any(isinstance(v, str) for v in row.value.values()):
        raise record.fault("no text in this object", 'give {"source": "…", "target": "…"}')
    return row


def _pair_keys(first: Record, source_lang: str | None, target_lang: str | None) -> tuple[str, str]:
    """Which two keys hold the texts: the names of `_NAMED_PAIRS`, otherwise language codes."""
    row = _row(first).value
    for a, b in _NAMED_PAIRS:
        if a in row and b in row:
            return a, b

    def key_for(lang: str) -> str | None:
        return next((k for k in row if isinstance(row[k], str) and language_matches(lang, k)), None)

    source, target = key_for(source_lang or "en"), key_for(target_lang or "fr")
    if source is None or target is None or source == target:
        have = ", ".join(sorted(row)[:6])
        raise first.fault(
            f"this object has neither source and target nor two languages, but: {have}",
            "name the languages, or rename the keys",
        )
    return source, target
