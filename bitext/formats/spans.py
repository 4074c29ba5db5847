"""Flags as inline XML: nested, possibly overlapping spans into elements, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bitext.document import Flag, Severity
from bitext.errors import FormatError
from bitext.formats.common import Path_
from bitext.formats.xml import local

__all__ = ["NAMESPACE", "PRIORITY", "Mark", "flag_attributes", "flag_from", "flatten", "pieces"]

NAMESPACE = "urn:x-bitext:1"
PRIORITY = {Severity.CRITICAL: 1, Severity.MAJOR: 2, Severity.MINOR: 5, Severity.NEUTRAL: 9}  # XLIFF: 1 first, 10 last


@dataclass(slots=True)
class Mark:
    """An inline element found by `flatten`: its attributes and the characters from `start` to `end`."""

    attributes: dict[str, str]
    start: int
    end: int

    def number(self, name: str) -> int:
        """The number in an id such as `m3`, which restores the order of the flags."""
        digits = re.sub(r"\D", "", self.attributes.get(name, ""), flags=re.ASCII)
        return int(digits[:9] or 0)


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int | None, str]]:
    """Cut a text at spans so that they nest: events ("open", span, ""), ("close", span, ""), ("text", None, text).

    A span that crosses another is closed and opened again: it comes as two or more pieces.

    >>> list(pieces("abc", [(0, 2), (1, 3)]))[:3]
    [('open', 0, ''), ('text', None, 'a'), ('open', 1, '')]
    """
    borders = sorted({0, len(text), *(x for span in spans for x in span)})
    order = sorted(range(len(spans)), key=lambda i: (spans[i][0], -spans[i][1], i))
    stack: list[int] = []
    for k, at in enumerate(borders):
        while any(spans[i][1] == at for i in stack):  # close what ends here, and what lies above it for a moment
            first = next(n for n, i in enumerate(stack) if spans[i][1] == at)
            above = [i for i in stack[first:] if spans[i][1] != at]
            for i in reversed(stack[first:]):
                yield "close", i, ""
            del stack[first:]
            for i in above:
                yield "open", i, ""
                stack.append(i)
        for i in order:
            if spans[i] == (at, at):
                yield "open", i, ""
                yield "close", i, ""
        for i in order:
            if spans[i][0] == at < spans[i][1]:
                yield "open", i, ""
                stack.append(i)
        if k + 1 < len(borders):
            yield "text", None, text[at : borders[k + 1]]


def flatten(
    element: Element, dropped: Sequence[str], special: Callable[[Element], str] | None = None
) -> tuple[str, list[Mark]]:
    """The text of inline markup, and its `mrk` elements (and XLIFF 2's `sm`/`em` pairs) as spans.

    Elements named in `dropped` count without their content; `special` may give the text of one that is text itself.
    """
    parts: list[str] = []
    marks: list[Mark] = []
    opened: dict[str, Mark] = {}
    length = 0

    def add(text: str | None) -> None:
        nonlocal length
        if text:
            parts.append(text)
            length += len(text)

    def walk(parent: Element) -> None:
        add(parent.text)
        for child in parent:
            name = local(child.tag)
            if name == "mrk":
                mark = Mark(dict(child.attrib), length, length)
                marks.append(mark)
                walk(child)
                mark.end = length
            elif name == "sm":
                marks.append(Mark(dict(child.attrib), length, length))
                opened[child.get("id", "")] = marks[-1]
            elif name == "em":
                if mark_ := opened.pop(child.get("startRef", ""), None):
                    mark_.end = length
            elif special is not None and (text := special(child)):
                add(text)
            elif name not in dropped:
                walk(child)
            add(child.tail)

    walk(element)
    return "".join(parts), marks


def flag_attributes(flag: Flag) -> dict[str, object]:
    """What a flag says beside its message, as attributes of our namespace, for `bitext.formats.xml.attribute`."""
    return {
        "bitext__check": flag.check,
        "bitext__category": flag.category,
        "bitext__severity": flag.severity,
        "bitext__suggestion": flag.suggestion,
        "bitext__confidence": flag.confidence,
    }


def flag_from(attributes: dict[str, str], span: tuple[int, int], message: str, path: Path_, line: int) -> Flag:
    """The inverse of `flag_attributes`.

    Raises:
        FormatError: the severity or the confidence is none.
    """

    def get(name: str) -> str | None:
        return attributes.get(f"{{{NAMESPACE}}}{name}")

    try:
        confidence = get("confidence")
        return Flag(
            get("check") or "",
            get("category") or "",
            Severity(get("severity") or "neutral"),
            0,
            span,
            message,
            get("suggestion"),
            confidence=None if confidence is None else float(confidence),
        )
    except ValueError as e:
        raise FormatError(f"a flag's mark is damaged ({e})", path=path, line=line, mend="mend or remove it") from None
