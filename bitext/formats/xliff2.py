"""XLIFF 2.1, which marks flags best; reading takes any XLIFF 1.x or 2.x.

One `unit` with one `segment` a bead. State is *translated*, with subState `bitext:needs-review` where there are
flags, *initial* where the target is empty, or *reviewed* where a person has checked it. Each flag is a note on the
target and a comment mark (`mrk`, or `sm`/`em` where spans cross) that refers to it; check, category, severity,
suggestion and confidence are attributes of our namespace (`xliff-attributes.xsd`). Score, confidence, shape, moved and
the back-translation are in the Metadata module. Characters that XML cannot hold are `cp` elements, so texts come back
identical.

Specification: https://docs.oasis-open.org/xliff/xliff-core/v2.1/xliff-core-v2.1.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from bitext.document import Bitext
from bitext.errors import FormatError
from bitext.formats import xliff
from bitext.formats.common import (
    NOT_REVIEWED,
    Path_,
    Reviewed,
    Row,
    creating,
    from_rows,
    langs_of,
    language_matches,
    name_of,
    rows_of,
)
from bitext.formats.spans import NAMESPACE, PRIORITY, flag_attributes, flag_from, flatten, pieces
from bitext.formats.xml import attribute, content, elements, local, visible

__all__ = ["read", "write"]

_ROOT = {
    "xmlns": "urn:oasis:names:tc:xliff:document:2.0",
    "xmlns__mda": "urn:oasis:names:tc:xliff:metadata:2.0",
    "xmlns__bitext": NAMESPACE,
    "version": "2.1",
}
_UNHELD = re.compile("([\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff])")


def write(bitext: Bitext, path: Path_, *, reviewed: Mapping[int, Reviewed] | None = None) -> None:
    """Write one unit a bead; `reviewed` says by bead what a person has checked and noted.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    source_lang, target_lang = (lang.replace("_", "-") for lang in langs_of(bitext))
    with creating(path) as f:
        f.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        f.write(f"<xliff{attribute(**_ROOT, srcLang=source_lang, trgLang=target_lang)}>\n")
        f.write(f"<file{attribute(id='f1', original=bitext.target.name or None, xml__space='preserve')}>\n")
        empty = True
        for i, row in enumerate(rows_of(bitext), 1):
            f.write(_unit(i, row, (reviewed or {}).get(i - 1, NOT_REVIEWED)))
            empty = False
        if empty:  # a file has at least one unit
            f.write(_unit(1, Row("", "", shape="0-0"), NOT_REVIEWED))
        f.write("</file>\n</xliff>\n")


def _unit(number: int, row: Row, reviewed: Reviewed) -> str:
    known = {
        "shape": row.shape,
        "score": repr(row.score),
        "confidence": None if row.confidence is None else repr(row.confidence),
        "moved": "1" if row.moved else None,
        "back": row.back,
    }
    metas = "".join(f"<mda:meta{attribute(type=k)}>{content(v)}</mda:meta>" for k, v in known.items() if v)
    parts = [f"<unit{attribute(id=f'u{number}')}>\n"]
    parts.append(f'<mda:metadata><mda:metaGroup category="bitext">{metas}</mda:metaGroup></mda:metadata>\n')
    if row.flags or reviewed.notes:
        parts.append("<notes>\n")
        for k, flag in enumerate(row.flags, 1):
            about = attribute(id=f"n{k}", appliesTo="target", category=flag.category, priority=PRIORITY[flag.severity])
            parts.append(f"<note{about}>{content(flag.message)}</note>\n")
        for k, said in enumerate(reviewed.notes, 1):
            about = attribute(id=f"r{k}", appliesTo="target", category="reviewer")
            parts.append(f"<note{about}>{content(said)}</note>\n")
        parts.append("</notes>\n")
    state = {"state": "reviewed" if reviewed.checked else "translated"} if row.target else {}
    if row.flags and row.target:  # a subState wants a state
        state["subState"] = "bitext:needs-review"
    target = f"<target>{_marked(row)}</target>" if row.target else ""
    parts.append(
        f"<segment{attribute(id='s1', **state)}>\n<source>{_held(row.source)}</source>\n{target}\n</segment>\n"
    )
    parts.append("</unit>\n")
    return "".join(parts)


def _held(text: str) -> str:
    """Element content with `cp` for what XML cannot hold."""
    parts = _UNHELD.split(text)
    return "".join(f'<cp hex="{ord(p):04X}"/>' if i % 2 else content(p) for i, p in enumerate(parts))


def _marked(row: Row) -> str:
    """The target with its flags' spans: `mrk` for spans that nest, `sm` and `em` for those that cross another."""
    spans = [flag.span for flag in row.flags]
    events = list(pieces(row.target, spans))
    times = [sum(kind == "open" and i == k for kind, i, _ in events) for k in range(len(spans))]
    last = {i: n for n, (kind, i, _) in enumerate(events) if kind == "close"}
    parts: list[str] = []
    begun: set[int] = set()
    for n, (kind, i, text) in enumerate(events):
        if i is None:
            parts.append(_held(text))
        elif kind == "open" and i not in begun:
            begun.add(i)
            about = attribute(id=f"m{i + 1}", type="comment", ref=f"#n=n{i + 1}", **flag_attributes(row.flags[i]))
            parts.append(f"<mrk{about}>" if times[i] == 1 else f"<sm{about}/>")
        elif kind == "close" and last[i] == n:
            parts.append("</mrk>" if times[i] == 1 else f'<em startRef="m{i + 1}"/>')
    return "".join(parts)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read the segments of all files in an XLIFF document; `source_lang`/`target_lang` may swap its two languages.

    Raises:
        InputError: cannot be read.
        FormatError: not well-formed, not XLIFF, unsafe, or in other languages than those asked for.
    """
    nodes = elements(path, ("unit", "trans-unit"), ("xliff",))
    root, line = next(nodes)
    version = root.get("version", "")
    if version.startswith("1."):
        return xliff.from_elements(nodes, path, source_lang, target_lang)
    if not version.startswith("2."):
        raise FormatError(f"is XLIFF of version {version!r}", path=path, line=line, mend="give 1.2 or 2.x")
    rows = list(_rows(nodes, path))
    langs = root.get("srcLang", "") or "en", root.get("trgLang", "") or target_lang or "fr"
    return oriented(rows, langs, (source_lang, target_lang), path)


def oriented(rows: list[Row], langs: tuple[str, str], asked: tuple[str | None, str | None], path: Path_) -> Bitext:
    """A bitext from rows in the direction that was asked for: as the file has it, or the other way round."""
    straight = all(want is None or language_matches(want, have) for want, have in zip(asked, langs, strict=True))
    swapped = all(want is None or language_matches(want, have) for want, have in zip(asked, langs[::-1], strict=True))
    if not straight and not swapped:
        wanted = " to ".join(want or "any" for want in asked)
        raise FormatError(
            f"goes from {langs[0]} to {langs[1]}, not from {wanted}", path=path, mend="name its languages"
        )
    if not straight:
        langs = langs[::-1]
        rows = [Row(row.target, row.source, row.score, row.confidence, row.moved) for row in rows]
    return from_rows(rows, *langs, source_name=name_of(path), target_name=name_of(path))


def _rows(nodes: Iterator[tuple[Element, int]], path: Path_) -> Iterator[Row]:
    for unit, line in nodes:
        if local(unit.tag) != "unit":
            continue
        notes = {n.get("id", ""): n.text or "" for n in unit.iter() if local(n.tag) == "note"}
        metas = {m.get("type", ""): m.text or "" for m in _bitext_metas(unit)}
        segments = [child for child in unit if local(child.tag) == "segment"]
        for segment in segments:
            yield _row(segment, metas if len(segments) == 1 else {}, notes, path, line)


def _bitext_metas(unit: Element) -> Iterator[Element]:
    for group in unit.iter():
        if local(group.tag) == "metaGroup" and group.get("category") == "bitext":
            yield from (m for m in group if local(m.tag) == "meta")


def _row(segment: Element, metas: dict[str, str], notes: dict[str, str], path: Path_, line: int) -> Row:
    sides = {local(child.tag): child for child in segment}
    if "source" not in sides:
        raise FormatError("a segment of this unit has no <source>", path=path, line=line, mend="add it")

    def character(element: Element) -> str:
        if local(element.tag) != "cp":
            return ""
        try:
            return chr(int(element.get("hex", ""), 16))
        except (ValueError, OverflowError):
            raise FormatError("a <cp> names no character", path=path, line=line, mend="mend its hex") from None

    source, _ = flatten(sides["source"], (), character)
    target, marks = flatten(sides["target"], (), character) if "target" in sides else ("", [])
    flags = []
    for mark in sorted(marks, key=lambda m: m.number("id")):
        if f"{{{NAMESPACE}}}severity" in mark.attributes:
            message = notes.get(mark.attributes.get("ref", "").removeprefix("#n="), "")
            flags.append(flag_from(mark.attributes, (mark.start, mark.end), message, path, line))
    return Row(
        source,
        target,
        number(metas.get("score"), path, line) or 0.0,
        number(metas.get("confidence"), path, line),
        metas.get("moved") == "1",
        metas.get("back"),
        tuple(flags),
    )


def number(text: str | None, path: Path_, line: int) -> float | None:
    """A finite number, or None where there is no text."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FormatError(f"{visible(text)[:30]!r} is no number", path=path, line=line, mend="mend it")
    return value
