"""Quotation marks and brackets: balance, spaces inside them, one style a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Paragraph, prose

__all__ = ["Brackets", "Quotes"]

_INCH = re.compile(r"(?<=\d)\"")
_MOST = 20  # brackets of one kind that are flagged in a paragraph
_LABEL = re.compile(r"\((?:\w{1,3}|\d+°)\)")
_ITEM = re.compile(r"(?:(?<=^)|(?<=[\s(]))(?:\w{1,3}|\d+°)\)")
_SPACES = " \u00a0\u202f\t\n"


class Quoted(NamedTuple):
    """A straight quotation mark and its role."""

    at: int
    opens: bool
    paired: bool


def _straight(text: str) -> list[Quoted]:
    """The straight quotes of a paragraph; they open and close in turn."""
    inches = {m.start() for m in _INCH.finditer(text)} if text.count('"') % 2 else set()
    at = [i for i, c in enumerate(text) if c == '"' and i not in inches]
    return [Quoted(i, k % 2 == 0, k < len(at) - 1 or k % 2 == 1) for k, i in enumerate(at)]


class Quotes(Check):
    """Quotation marks that are unbalanced, have a space on their inner side, or are of two styles in one text.

    Straight quotes open and close in turn within a paragraph; a paragraph may leave its quotation open if the next
    one goes on with a quote. « » want (no-break) spaces inside, straight and curly double quotes none. Two styles in
    one paragraph are flagged where the second begins, two styles in the text once, where the rarer one first stands;
    a quotation inside another one may have the other style.
    """

    name = "quotes"
    title = "Quotation marks: balance, spaces, styles"
    category = "fluency/typography"
    severity = "minor"
    scope = "paragraph"

    def units(self, case: Case) -> Iterator[tuple[int, Paragraph | None]]:
        yield 0, None
        yield from super().units(case)

    def find(self, case: Case, unit: Paragraph | None) -> Iterator[Flag]:
        if unit is None:
            yield from self._styles(case)
            return
        yield from self._spaces(unit)
        yield from self._balance(case, unit)
        yield from self._mixed(unit)

    def _spaces(self, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        marks = _straight(text)
        for q in marks:
            if not q.paired:
                continue
            before, after = text[q.at - 1 : q.at], text[q.at + 1 : q.at + 2]
            if q.opens and after and after in _SPACES and (not before or before in _SPACES or before in "('’"):
                yield self.flag(
                    unit.locate(q.at, q.at + 2), "A space after the opening quote.", Severity.MINOR, suggestion='"'
                )
            elif not q.opens and before and before in _SPACES and (not after or after in _SPACES or after in ".,;:!?)"):
                start = q.at  # of the word before the space
                while start and text[start - 1].isspace():
                    start -= 1
                while start and not text[start - 1].isspace():
                    start -= 1
                yield self.flag(
                    unit.locate(start, q.at + 1),
                    "A stray space before the closing quote.",
                    Severity.MINOR,
                    suggestion=text[start : q.at].rstrip() + '"',
                )
        for m in re.finditer(r"“[ \u00a0]+|(?<![ \u00a0])[ \u00a0]+”", text):
            yield self.flag(
                unit.locate(*m.span()), "A space inside the quotes.", Severity.MINOR, suggestion=m.group().strip()
            )

    def _balance(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        following = case.paragraphs[unit.number + 1 : unit.number + 2]
        goes_on = bool(following) and following[0].text[:1] in '"«“'
        marks = _straight(text)
        if len(marks) % 2 and not (goes_on and text[:1] == '"'):
            yield self.flag(
                unit.locate(marks[-1].at, marks[-1].at + 1),
                f"{len(marks)} straight quotes in this paragraph: one is missing.",
                Severity.MINOR,
            )
        for opening, closing in ("«»", "“”"):
            depth: list[int] = []
            continues = _continues(case, unit, opening, closing)
            for i, c in enumerate(text):
                if c == opening:
                    depth.append(i)
                elif c == closing:
                    if depth:
                        depth.pop()
                    elif not continues:
                        yield self.flag(
                            unit.locate(i, i + 1), f"{closing} closes what was never opened.", Severity.MINOR
                        )
            if depth and not (following and (goes_on or _closes_later(following[0].text, opening, closing))):
                yield self.flag(unit.locate(depth[-1], depth[-1] + 1), f"{opening} is never closed.", Severity.MINOR)

    def _mixed(self, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        marks = [q for q in _straight(text) if q.paired]
        inside = [m.span() for m in re.finditer(r"«[^«»]*»", text)]
        for opening, closing in zip(marks[::2], marks[1::2], strict=False):
            if not inside or any(a < opening.at < b for a, b in inside):
                continue
            if any(opening.at < a and b <= closing.at for a, b in inside):
                continue  # « » within "…"
            yield self.flag(
                unit.locate(opening.at, closing.at + 1),
                "Two styles of quotation marks in one paragraph.",
                Severity.MINOR,
                suggestion=f"« {text[opening.at + 1 : closing.at].strip()} »",
                straight=len(marks) // 2,
                guillemets=len(inside),
            )
            return

    def _styles(self, case: Case) -> Iterator[Flag]:
        straight: list[tuple[Paragraph, int, int]] = []
        guillemets: list[tuple[Paragraph, int, int]] = []
        for p in case.paragraphs:
            if not any(prose(s) for s in p.segments):
                continue
            inside = [m.span() for m in re.finditer(r"«[^«»]*»", p.text)]
            guillemets += [(p, a, b) for a, b in inside]
            marks = [q for q in _straight(p.text) if q.paired]
            straight += [
                (p, o.at, c.at + 1)
                for o, c in zip(marks[::2], marks[1::2], strict=False)
                if not any(a < o.at < b for a, b in inside)
            ]
        if not straight or not guillemets:
            return
        rare = straight if len(straight) <= len(guillemets) or case.lang == "fr" else guillemets
        p, a, b = rare[0]
        inner = p.text[a + 1 : b - 1].strip()
        yield self.flag(
            p.locate(a, b),
            f"The text mixes quotation marks: {len(straight)} times straight quotes, {len(guillemets)} times « ».",
            Severity.MINOR,
            suggestion=f"« {inner} »" if case.lang == "fr" else f'"{inner}"',
            straight=len(straight),
            guillemets=len(guillemets),
        )


def _continues(case: Case, unit: Paragraph, opening: str, closing: str) -> bool:
    """Whether a quotation of the paragraph before is still open."""
    before = case.paragraphs[max(0, unit.number - 3) : unit.number]
    return any(p.text.count(opening) > p.text.count(closing) for p in before)


def _closes_later(text: str, opening: str, closing: str) -> bool:
    return text.count(closing) > text.count(opening)


class Brackets(Check):
    """Round or square brackets that are not closed, or closed without being opened, within a paragraph.

    `a)` and `1)` at the start of an item, and smileys, are no brackets. Of many in one paragraph the first
    twenty are flagged: they may be a drawing.
    """

    name = "brackets"
    title = "Unbalanced brackets"
    category = "fluency/typography"
    severity = "minor"
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = re.sub(r"[:;]-?[()]", "  ", unit.text)
        # (a) and (12) are whole, unless the bracket before them closes later: (a) the first, b) the second)
        readings = [_ITEM.sub(_blank, _LABEL.sub(_blank, text)), _ITEM.sub(_blank, text)]
        for opening, closing in ("()", "[]"):
            opened, closed = min((_unmatched(t, opening, closing) for t in readings), key=lambda x: sum(map(len, x)))
            for i in closed[:_MOST]:
                yield self.flag(unit.locate(i, i + 1), f"“{closing}” closes what was never opened.", Severity.MINOR)
            for i in opened[:_MOST]:
                yield self.flag(unit.locate(i, i + 1), f"“{opening}” is never closed.", Severity.MINOR)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _unmatched(text: str, opening: str, closing: str) -> tuple[list[int], list[int]]:
    """Where brackets stand that are never closed, and those that close nothing."""
    opened: list[int] = []
    closed: list[int] = []
    for i, c in enumerate(text):
        if c == opening:
            opened.append(i)
        elif c == closing:
            if opened:
                opened.pop()
            else:
                closed.append(i)
    return opened, closed
