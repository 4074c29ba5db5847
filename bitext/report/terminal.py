"""A summary of a bitext that fits one terminal screen (80 columns, at most 40 lines)."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING

from bitext.document import Bitext, Flag, Severity
from bitext.report import view

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.text import Text

__all__ = ["Summary", "summary"]

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.MAJOR: "bold yellow",
    Severity.MINOR: "cyan",
    Severity.NEUTRAL: "dim",
}
_BARS = "▁▂▃▄▅▆▇█"
_LABEL = 10
_LINES = 40


class Summary:
    """A rich renderable; see `summary`."""

    def __init__(
        self, bitext: Bitext, width: int | None = None, files: Sequence[str | PathLike[str]] = (), worst: int = 5
    ) -> None:
        self.bitext, self.width, self.files, self.worst = bitext, width, tuple(files), worst

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(min(self.width or options.max_width, options.max_width), 30)
        lines = [*self._head(width), *self._figures(width)]
        files = self._files(width)
        room = _LINES - len(lines) - len(files) - 2
        lines += self._worst(width, room)
        for line in [*lines, *files]:
            line.no_wrap, line.overflow, line.end = True, "ellipsis", "\n"
            line.truncate(width, overflow="ellipsis")
            yield line

    def _head(self, width: int) -> list[Text]:
        from rich.text import Text

        b = self.bitext
        name = view.clean(b.target.name) or "the text"
        against = view.compared_with(b)
        what = view.language(b.target.lang, "fr")
        if against:
            what += f", read against its {against}"
        line = Text().append(name, "bold")
        if len(name) + len(what) + 2 <= width:
            line.append(f"  {what}", "dim")
            return [line, Text("")]
        return [line, Text(what, "dim"), Text("")]

    def _figures(self, width: int) -> list[Text]:
        b, out = self.bitext, []
        kinds = " · ".join(view.counted_kind(k, n) for k, n in view.kinds(b))
        out += self._entry("Segments", f"{len(b.target):,}: {kinds}" if kinds else "none", width)
        if b.beads and not view.by_construction(b):
            moved = sum(bead.moved for bead in b.beads)
            shapes = [f"{n:,} × {shape}" for shape, n in view.shapes(b)[:6]]
            text = " · ".join(shapes + ([f"{moved:,} moved"] if moved else []))
            out += self._entry("Beads", f"{len(b.beads):,}: {text}", width)
        if b.scores is not None:
            for m in b.scores.metrics[:4]:
                name, value = view.clean(m.name), self._metric(m.value, m.interval)
                short = len(name) < _LABEL
                out += self._entry(name if short else "Score", value if short else f"{name} {value}", width)
                if m.signature:
                    out += self._entry("", view.clean(m.signature), width, "dim", lines=2)
            if b.scores.metrics and b.scores.kind == "reference":
                of = "the back-translation against the original: two translations measured at once"
                out += self._entry("", of, width, "dim")
            if b.scores.coverage and not view.by_construction(b):
                names = {"target": view.language(b.target.lang, "fr"), "source": b.origin}
                cover = " · ".join(f"{view.percent(c)} of the {names.get(s, s)}" for s, c in b.scores.coverage.items())
                out += self._entry("Covered", cover, width)
        name, values, judges = view.measure(b, view.rows(b))
        if name and len(values) > 1:
            out += self._entry("Quality" if judges else "Rows", self._sparkline(values, width - _LABEL), width)
            out += self._entry("", f"first row to last: {name}", width, "dim", lines=1)
        out += self._entry("Verdict", view.verdict(b), width)
        return out

    @staticmethod
    def _metric(value: float, interval: tuple[float, float] | None) -> str:
        text = view.figure(value)
        return text if interval is None else f"{text} (95%: {view.figure(interval[0])}–{view.figure(interval[1])})"

    @staticmethod
    def _sparkline(values: Sequence[float | None], width: int) -> str:
        """The text from left to right; a column is the worst of the rows it stands for."""
        columns = max(min(len(values), width), 1)
        out = ""
        for c in range(columns):
            part = values[c * len(values) // columns : (c + 1) * len(values) // columns]
            known = [v for v in part if v is not None]
            out += _BARS[min(int(min(known) * len(_BARS)), len(_BARS) - 1)] if known else " "
        return out

    @staticmethod
    def _entry(label: str, text: str, width: int, style: str = "", lines: int = 3) -> list[Text]:
        """A label and wrapped text beside it, at most `lines` lines."""
        from rich.text import Text

        room = max(width - _LABEL, 12)
        wrapped: list[str] = []
        rest = text
        while rest:
            if len(rest) <= room:
                wrapped.append(rest)
                break
            cut = max(rest.rfind(" ", 0, room + 1), rest.rfind("|", 0, room) + 1)
            cut = cut if cut > room // 3 else room
            wrapped.append(rest[:cut].rstrip(" "))
            rest = rest[cut:].lstrip(" ")
        if len(wrapped) > lines:
            wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: room - 1] + "…"]
        out = []
        for i, piece in enumerate(wrapped or [""]):
            line = Text().append((label if i == 0 else "")[: _LABEL - 1].ljust(_LABEL), "bold")
            out.append(line.append(piece, style))
        return out

    def _worst(self, width: int, room: int) -> list[Text]:
        from rich.text import Text

        b = self.bitext
        found = view.worst(b, self.worst)
        blocks: list[list[Text]] = []
        for flag, more in found:
            block = self._flag(flag, more, width)
            if sum(map(len, blocks)) + len(block) > room:
                break
            blocks.append(block)
        if not blocks:
            return []
        title = "Worst" if len(b.flags) > len(blocks) else "Flags"
        return [Text(""), Text(title, "bold"), *(line for block in blocks for line in block)]

    def _flag(self, flag: Flag, more: int, width: int) -> list[Text]:
        from rich.text import Text

        b, style = self.bitext, _STYLES[flag.severity]
        first = Text().append(f"{flag.severity:<{_LABEL - 1}} ", style)
        if 0 <= flag.segment < len(b.target):
            number = f"{flag.segment + 1:>3} "
            text = b.target.segments[flag.segment].text
            before, marked, after = view.excerpt(text, view.span_of(b, flag), width - _LABEL - len(number) - 2)
            first.append(number, "dim").append(before)
            first.append(f"[{marked}]", f"{style} underline").append(after)
        sure = [] if flag.confidence is None else [f"{view.percent(flag.confidence)} sure"]
        aside = "; ".join([*sure, *([f"{more} more like it"] if more else [])])
        said = f"{view.label(flag.category)}: {view.clean(flag.message)}{f' ({aside})' if aside else ''}"
        out = [first, *self._entry("", said, width, lines=2)]
        if flag.suggestion is not None:
            out += self._entry("", f"→ {view.clean(flag.suggestion) or '(delete)'}", width, "green", lines=1)
        return out

    def _files(self, width: int) -> list[Text]:
        from rich.text import Text

        if not self.files:
            return []
        names = "  ".join(view.clean(str(f)) for f in self.files)
        return [Text(""), *self._entry("Files", names, width, lines=4)]


def summary(
    bitext: Bitext,
    width: int | None = None,
    *,
    files: Sequence[str | PathLike[str]] = (),
    worst: int = 5,
) -> Summary:
    """What is known of a bitext, for `rich.print`: at most 40 lines of `width` characters (default: the console's).

    Flagged words stand in square brackets as well as in colour, so a plain pipe keeps them.

    Args:
        bitext: at any stage; what is not known yet is not shown.
        width: characters a line, never more than the console has.
        files: what has been written, to be named at the end.
        worst: how many flags at most; fewer where they would not fit.
    """
    return Summary(bitext, width, files, worst)
