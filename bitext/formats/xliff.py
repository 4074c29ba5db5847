"""XLIFF 1.2, which nearly every translation tool reads.

One `trans-unit` a bead. The target's state is *translated* or, where there are flags, *needs-review-translation*;
score, confidence, shape and moved are attributes of our namespace on the `trans-unit`, the back-translation a note.
Each flag is a `mrk` (`mtype="x-bitext-flag"`, the message in `comment`) and a note for people. A span that crosses
another comes in several `mrk` of the same `bitext:flag` (a `mid` would have to name a `mrk` of a `seg-source`).
Characters that XML cannot hold are made visible (␀ … ␟, �). What a person has checked is *signed-off* and approved.

Specification: https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html; our namespace: `xliff-attributes.xsd`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from bitext import __version__
from bitext.document import Bitext, Flag
from bitext.errors import FormatError
from bitext.formats.common import NOT_REVIEWED, Path_, Reviewed, Row, creating, langs_of, rows_of
from bitext.formats.spans import NAMESPACE, PRIORITY, Mark, flag_attributes, flag_from, flatten, pieces
from bitext.formats.xml import attribute, content, local

__all__ = ["from_elements", "read", "write"]

_BACK = "bitext back-translation"
_CODES = ("bpt", "ept", "ph", "it")


def write(bitext: Bitext, path: Path_, *, reviewed: Mapping[int, Reviewed] | None = None) -> None:
    """Write one translation unit a bead; `reviewed` says by bead what a person has checked and noted.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    source_lang, target_lang = (lang.replace("_", "-") for lang in langs_of(bitext))
    root = attribute(version="1.2", xmlns="urn:oasis:names:tc:xliff:document:1.2", xmlns__bitext=NAMESPACE)
    about = attribute(
        original=bitext.target.name or "bitext",
        source_language=source_lang,
        target_language=target_lang,
        datatype="plaintext",
        tool_id="bitext",
    )
    tool = attribute(tool_id="bitext", tool_name="bitext", tool_version=__version__)
    with creating(path) as f:
        f.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff{root}>\n<file{about}>\n')
        f.write(f"<header><tool{tool}/></header>\n<body>\n")
        for i, row in enumerate(rows_of(bitext), 1):
            f.write(_unit(i, row, (reviewed or {}).get(i - 1, NOT_REVIEWED)))
        f.write("</body>\n</file>\n</xliff>\n")


def _unit(number: int, row: Row, reviewed: Reviewed) -> str:
    checked = reviewed.checked and bool(row.target)
    about = attribute(
        id=number,
        approved="yes" if checked else None,
        xml__space="preserve",
        bitext__shape=row.shape,
        bitext__score=repr(row.score),
        bitext__confidence=None if row.confidence is None else repr(row.confidence),
        bitext__moved="1" if row.moved else None,
    )
    parts = [f"<trans-unit{about}>\n<source>{content(row.source)}</source>\n"]
    if row.target:
        state = "signed-off" if checked else "needs-review-translation" if row.flags else "translated"
        parts.append(f"<target{attribute(state=state)}>{_marked(row)}</target>\n")
    if row.back:
        parts.append(f"<note{attribute(annotates='target', **{'from': _BACK})}>{content(row.back)}</note>\n")
    for flag in row.flags:
        note = attribute(annotates="target", priority=PRIORITY[flag.severity], **{"from": f"bitext {flag.check}"})
        text = f"{flag.severity} {flag.category} “{row.target[slice(*flag.span)]}”: {flag.message}"
        parts.append(f"<note{note}>{content(text)}</note>\n")
    by = attribute(annotates="target", **{"from": "reviewer"})
    parts += [f"<note{by}>{content(said)}</note>\n" for said in reviewed.notes]
    parts.append("</trans-unit>\n")
    return "".join(parts)


def _marked(row: Row) -> str:
    parts: list[str] = []
    begun: set[int] = set()
    for kind, i, text in pieces(row.target, [flag.span for flag in row.flags]):
        if i is None:
            parts.append(content(text))
        elif kind == "close":
            parts.append("</mrk>")
        else:
            flag = row.flags[i]
            about = {"comment": flag.message, **flag_attributes(flag)} if i not in begun else {}
            parts.append(f"<mrk{attribute(mtype='x-bitext-flag', bitext__flag=i + 1, **about)}>")
            begun.add(i)
    return "".join(parts)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read XLIFF of either version; see `bitext.formats.xliff2.read`."""
    from bitext.formats import xliff2

    return xliff2.read(path, source_lang=source_lang, target_lang=target_lang)


def from_elements(
    nodes: Iterator[tuple[Element, int]], path: Path_, source_lang: str | None, target_lang: str | None
) -> Bitext:
    """A bitext from the elements after the root: `file`s bare, `trans-unit`s whole.

    Raises:
        FormatError: no source in a unit, files in different languages, other languages than those asked for.
    """
    from bitext.formats.xliff2 import oriented

    langs: tuple[str, str] | None = None
    rows: list[Row] = []
    for element, line in nodes:
        name = local(element.tag)
        if name == "file":
            found = element.get("source-language", "") or "en", element.get("target-language", "")
            found = found[0], found[1] or target_lang or "fr"
            if langs is not None and [x.lower() for x in found] != [x.lower() for x in langs]:
                raise FormatError(
                    f"has files from {langs[0]} to {langs[1]} and from {found[0]} to {found[1]}",
                    path=path,
                    line=line,
                    mend="give one pair of languages a file",
                )
            langs = found
        elif name == "trans-unit":
            rows += _rows(element, path, line)
    return oriented(rows, langs or ("en", target_lang or "fr"), (source_lang, target_lang), path)


def _rows(unit: Element, path: Path_, line: int) -> list[Row]:
    from bitext.formats.xliff2 import number

    sides = {local(child.tag): child for child in reversed(unit)}
    if "source" not in sides:
        raise FormatError("this unit has no <source>", path=path, line=line, mend="add it")
    source = sides.get("seg-source", sides["source"])
    source_text, source_marks = flatten(source, _CODES)
    target_text, target_marks = flatten(sides["target"], _CODES) if "target" in sides else ("", [])
    segments = [mark for mark in source_marks if mark.attributes.get("mtype") == "seg"]
    if "seg-source" in sides and segments:
        by_mid = {m.attributes.get("mid"): m for m in target_marks if m.attributes.get("mtype") == "seg"}
        matched = [(m, by_mid.get(m.attributes.get("mid"))) for m in segments]
        if by_mid or not target_text.strip():
            return [
                Row(source_text[s.start : s.end], "" if t is None else target_text[t.start : t.end]) for s, t in matched
            ]
    backs = [n.text or "" for n in unit if local(n.tag) == "note" and n.get("from") == _BACK]
    return [
        Row(
            source_text,
            target_text,
            number(unit.get(f"{{{NAMESPACE}}}score"), path, line) or 0.0,
            number(unit.get(f"{{{NAMESPACE}}}confidence"), path, line),
            unit.get(f"{{{NAMESPACE}}}moved") == "1",
            backs[0] if backs else None,
            tuple(_flags(target_marks, path, line)),
        )
    ]


def _flags(marks: list[Mark], path: Path_, line: int) -> Iterator[Flag]:
    ours: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.attributes.get("mtype") == "x-bitext-flag":
            ours.setdefault(mark.number(f"{{{NAMESPACE}}}flag"), []).append(mark)
    for _, same in sorted(ours.items()):
        about = next((m.attributes for m in same if f"{{{NAMESPACE}}}severity" in m.attributes), None)
        if about is not None:
            span = min(m.start for m in same), max(m.end for m in same)
            yield flag_from(about, span, about.get("comment", ""), path, line)
