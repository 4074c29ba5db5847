"""The MQM viewer's TSV: one error a line, the span between `<v>` and `</v>`; and reading WMT's annotations.

Columns: system, doc, docSegId, globalSegId, rater, source, target, category, severity, metadata. A segment
without errors has one line with category and severity `no-error`. `metadata` is a JSON object: `note` (the
message), `marked_text`, and `check`, `suggestion`, `confidence`, `evidence` where there are any. Line breaks and
tabs in texts become spaces; a `<v>` that belongs to the text is written `&lt;v&gt;`.

Format: https://github.com/google-research/google-research/tree/master/mqm_viewer
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bitext.document import Bitext, Flag, Severity
from bitext.errors import FormatError
from bitext.formats.common import (
    Path_,
    Row,
    creating,
    from_rows,
    name_of,
    one_line,
    rows_of,
    split_lines,
    text_of,
    visible,
)
from bitext.formats.json_lines import parse
from bitext.formats.jsonl import to_line

__all__ = ["COLUMNS", "read", "write"]

COLUMNS = (
    "system",
    "doc",
    "docSegId",
    "globalSegId",
    "rater",
    "source",
    "target",
    "category",
    "severity",
    "metadata",
)
_ALIASES = {
    "doc_id": "docSegId",
    "doc_seg_id": "docSegId",
    "seg_id": "globalSegId",
    "global_seg_id": "globalSegId",
    "note": "metadata",
}
_NO_ERROR = "no-error"
_SEVERITIES = {str(s): s for s in Severity} | {"trivial": Severity.NEUTRAL}


def _shield(text: str) -> str:
    text = visible(one_line(re.sub("[\t\r]", " ", text)))  # one for one: a span may cut CRLF in two
    text = re.sub(r"&((?:amp;)*lt;/?v&gt;)", r"&amp;\1", text)
    return re.sub(r"<(/?)v>", r"&lt;\1v&gt;", text)


def _unshield(text: str) -> str:
    text = re.sub(r"&lt;(/?)v&gt;", r"<\1v>", text)
    return re.sub(r"&amp;((?:amp;)*lt;/?v&gt;)", r"&\1", text)


def _cased(category: str, upper: bool) -> str:
    """MQM's viewer writes Accuracy/Mistranslation, we accuracy/mistranslation."""
    parts = category.split("/")
    return "/".join((p[:1].upper() if upper else p[:1].lower()) + p[1:] if p[:1].isascii() else p for p in parts)


def write(bitext: Bitext, path: Path_, *, system: str = "", rater: str = "bitext") -> None:
    """Write every bead with its flags; `system` names the translation, by default after the target document.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    system = _shield(system or bitext.target.name or "translation")
    doc = _shield(bitext.target.name or "document")
    with creating(path) as f:
        f.write("\t".join(COLUMNS) + "\n")
        for i, row in enumerate(rows_of(bitext), 1):
            start = (system, doc, str(i), str(i), rater, _shield(row.source))
            for flag in row.flags:
                a, b = flag.span
                target = f"{_shield(row.target[:a])}<v>{_shield(row.target[a:b])}</v>{_shield(row.target[b:])}"
                fields = (
                    target,
                    _cased(_shield(flag.category), True),
                    str(flag.severity).capitalize(),
                    _note(flag, row.target),
                )
                f.write("\t".join(start + fields) + "\n")
            if not row.flags:
                f.write("\t".join((*start, _shield(row.target), _NO_ERROR, _NO_ERROR, "{}")) + "\n")


def _note(flag: Flag, target: str) -> str:
    values: dict[str, Any] = {
        "note": flag.message,
        "marked_text": target[slice(*flag.span)],
        "check": flag.check,
    }
    for key in ("suggestion", "confidence", "evidence"):
        if value := getattr(flag, key):
            values[key] = dict(value) if key == "evidence" else value
    line = to_line(values).rstrip("\n")
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", line)


def read(
    path: Path_,
    *,
    source_lang: str | None = None,
    target_lang: str | None = None,
    system: str | None = None,
    doc: str | None = None,
    rater: str | None = None,
) -> Bitext:
    """Read one system's segments and errors; `doc` and `rater` choose among several (default: all of them).

    A span in the source only (an omission) is a flag on no characters, with the span in `evidence`.

    Raises:
        FormatError: several systems and none chosen, no header, an unknown severity, unbalanced `<v>`.
    """
    lines = split_lines(text_of(path))
    head = [_ALIASES.get(c, c) for c in (lines[0].split("\t") if lines else [])]
    first = 2
    if len(head) >= 9 and "system" not in head:  # the header is optional
        head, first = list(COLUMNS), 1
    if missing := [c for c in COLUMNS[:9] if c not in head and c != "globalSegId"]:
        raise FormatError(
            f"its first line lacks {', '.join(missing)}", path=path, line=1, mend=f"begin with {' '.join(COLUMNS)}"
        )
    segments: dict[tuple[str, str], tuple[str, str, list[Flag]]] = {}
    systems: set[str] = set()
    for n, line in enumerate(lines[first - 1 :], first):
        cells = line.split("\t")
        if len(cells) < len(head) - ("metadata" in head):
            raise FormatError(f"{len(cells)} columns, not {len(head)}", path=path, line=n, mend="restore the line")
        row = dict(zip(head, cells, strict=False))
        if any(want is not None and want != row[c] for c, want in (("system", system), ("doc", doc), ("rater", rater))):
            continue
        severity = row["severity"].lower()
        if severity.startswith("hotw"):  # the viewer's attention checks: the text is altered on purpose
            continue
        systems.add(row["system"])
        if len(systems) > 1:
            names = ", ".join(sorted(systems))
            raise FormatError(f"holds several systems ({names})", path=path, line=n, mend="choose one with system=")
        source, source_span = _unmark(row["source"], path, n)
        target, span = _unmark(row["target"], path, n)
        known = segments.setdefault((row["doc"], row["docSegId"]), (source, target, []))
        if known[:2] != (source, target):
            raise FormatError(
                f"segment {row['docSegId']} of {row['doc']} has another text than in an earlier line",
                path=path,
                line=n,
                mend="give each segment one text",
            )
        if severity and severity.replace(" ", "-") != _NO_ERROR:
            known[2].append(_flag(row, source_span, span, path, n))
    if not segments and len(lines) >= first:
        raise FormatError("holds no segment that was asked for", path=path, mend="check system, doc and rater")
    return from_rows(
        (Row(source, target, flags=tuple(flags)) for source, target, flags in segments.values()),
        source_lang or "en",
        target_lang or "fr",
        source_name=name_of(path),
        target_name=name_of(path),
    )


def _unmark(text: str, path: Path_, line: int) -> tuple[str, tuple[int, int] | None]:
    """The text without its marks, and the span between the first `<v>` and the last `</v>`."""
    parts = re.split(r"(</?v>)", text)
    marks = parts[1::2]
    if marks != ["<v>", "</v>"] * (len(marks) // 2):
        raise FormatError("its <v> and </v> do not match", path=path, line=line, mend="mark one span")
    plain = [_unshield(part) for part in parts[::2]]
    if not marks:
        return plain[0], None
    start = len(plain[0])
    return "".join(plain), (start, start + sum(map(len, plain[1:-1])))


def _flag(
    row: dict[str, str], source_span: tuple[int, int] | None, span: tuple[int, int] | None, path: Path_, line: int
) -> Flag:
    severity = _SEVERITIES.get(row["severity"].lower())
    if severity is None:
        raise FormatError(
            f"the severity {row['severity'][:30]!r} is unknown",
            path=path,
            line=line,
            mend=f"use one of {', '.join(_SEVERITIES)}",
        )
    text = row.get("metadata", "")
    said = _metadata([text], path, line) if text.startswith("{") else {"note": text}
    evidence = said.get("evidence")
    evidence = dict(evidence) if isinstance(evidence, dict) else {}
    if source_span:
        evidence["source_span"] = list(source_span)
    if row["rater"] != "bitext":
        evidence["rater"] = row["rater"]
    suggestion, confidence = said.get("suggestion"), said.get("confidence")
    return Flag(
        str(said.get("check") or "mqm"),
        _cased(row["category"], False),
        severity,
        0,
        span or (0, 0),
        str(said.get("note") or ""),
        suggestion if isinstance(suggestion, str) else None,
        evidence,
        float(confidence) if type(confidence) in (int, float) else None,  # type: ignore[arg-type]
    )


def _metadata(lines: Iterable[str], path: Path_, line: int) -> dict[str, Any]:
    try:
        return next(parse(lines, str(path))).value
    except FormatError as e:
        raise FormatError(f"metadata: {e.problem}", path=path, line=line, mend=e.mend) from None
