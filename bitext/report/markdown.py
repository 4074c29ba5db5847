"""The report as Markdown, for a pull request, an issue or a mail."""

from __future__ import annotations

import re

from bitext.document import Bitext, Flag
from bitext.report import view

__all__ = ["render"]

_SPECIAL = re.compile(r"[\\`*_\[\]|~$&<>]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What GitHub links although no markup stands there: @name, #12, addresses. An invisible joint stops it.
_LINKED = re.compile(r"@(?=\w)|#(?=\d)|\bwww(?=\.)|\b(?:https?|ftp)(?=:)", re.IGNORECASE)
_LEADING = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+#=])")


def _text(text: str) -> str:
    """Text on one line that no Markdown reader takes for markup, a mention, a link or HTML."""
    one = re.sub(r"\s*[\r\n\t\u2028\u2029]+\s*", " ", view.clean(text))
    one = _SPECIAL.sub(lambda m: _ENTITY.get(m[0], "\\" + m[0]), one)
    one = _LINKED.sub(lambda m: m[0] + "&#8203;", one)
    return _LEADING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", one)


def _code(text: str, table: bool = False) -> str:
    """A code span; it may hold back-ticks, and bars that would end a table's cell."""
    text = " ".join(view.clean(text).split())
    text = text.replace("|", "\\|") if table else text
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def _marked(bitext: Bitext, flag: Flag, width: int = 100) -> str:
    """The flagged words, bold, with what stands around them."""
    if not 0 <= flag.segment < len(bitext.target):
        return ""
    text = bitext.target.segments[flag.segment].text
    before, marked, after = view.excerpt(text, view.span_of(bitext, flag), width)
    inner = marked.strip()
    lead, trail = marked[: len(marked) - len(marked.lstrip())], marked[len(marked.rstrip()) :] if inner else ""
    shown = _text(inner) or "‸"
    # asterisks next to punctuation are asterisks, not bold: CommonMark's flanking rules
    plain = inner[:1].isalnum() and inner[-1:].isalnum()
    bold = f"**{shown}**" if plain else f"<b>{shown}</b>"
    return f"{_text(before)}{' ' if lead else ''}{bold}{' ' if trail else ''}{_text(after)}"


def _said(flag: Flag) -> str:
    said = f"{_text(view.label(flag.category))}: {_text(flag.message)}"
    if flag.suggestion is not None:
        said += f" → {_text(flag.suggestion) or '(delete)'}"
    return said


def _figures(bitext: Bitext) -> list[str]:
    out = ["| | |", "|---|---|"]
    kinds = ", ".join(view.counted_kind(k, n) for k, n in view.kinds(bitext))
    out.append(f"| segments | {len(bitext.target):,}{f' ({kinds})' if kinds else ''} |")
    constructed = view.by_construction(bitext)
    if bitext.beads and not constructed:
        moved = sum(b.moved for b in bitext.beads)
        shapes = ", ".join(
            [*(f"{n:,} × {s}" for s, n in view.shapes(bitext)), *([f"{moved:,} moved"] if moved else [])]
        )
        out.append(f"| beads | {len(bitext.beads):,} ({shapes}) |")
    if bitext.scores is not None:
        names = {"target": view.language(bitext.target.lang, "fr"), "source": bitext.origin}
        for side, share in ({} if constructed else bitext.scores.coverage).items():
            out.append(f"| in a scored bead | {view.percent(share)} of the {_text(names.get(side, side))} |")
        for m in bitext.scores.metrics:
            interval = (
                "" if m.interval is None else f" (95%: {view.figure(m.interval[0])}–{view.figure(m.interval[1])})"
            )
            signature = f" {_code(m.signature, table=True)}" if m.signature else ""
            out.append(f"| {_text(m.name)} | **{view.figure(m.value)}**{interval}{signature} |")
    rows = view.rows(bitext)
    measure = view.measure(bitext, rows)
    ranked = [(rank[0], row) for rank, row in zip(view.ranks(measure.values), rows, strict=True) if rank]
    if measure.judges and len(ranked) > 1:
        lowest = "; ".join(view.ranges(j + 1 for j in row.target) for _, row in sorted(ranked, key=lambda x: x[0])[:5])
        out.append(f"| to look at first, by an estimate of quality for ranking only | segments {lowest} |")
    return out


def render(bitext: Bitext, *, flags: int | None = 100) -> str:
    """The report in GitHub-flavoured Markdown, all text of the document escaped.

    Args:
        bitext: at any stage; what is not known yet is not shown.
        flags: how many flags the table lists (the costliest are kept), None for all; a GitHub comment
            holds 65,536 characters.
    """
    against = view.compared_with(bitext)
    out = [
        f"# {_text(bitext.target.name or 'Untitled text')}",
        "",
        f"{view.language(bitext.target.lang, 'fr')}{f', read against its {_text(against)}' if against else ''}. "
        + view.verdict(bitext),
        "",
        *_figures(bitext),
    ]
    found = view.worst(bitext)
    if found:
        out += ["", "## The worst", ""]
        for i, (flag, more) in enumerate(found, 1):
            again = f" *({more} more like it)*" if more else ""
            out.append(f"{i}. **{flag.severity}**, segment {flag.segment + 1}: {_marked(bitext, flag)}  ")
            out.append(f"   {_said(flag)}{again}")
    shown = sorted(bitext.flags, key=view.weight, reverse=True)[:flags]
    if len(bitext.flags) > len(found):
        kept = {id(f) for f in shown}
        out += [
            "",
            "## Flags",
            "",
            "| segment | severity | text | what | sure | check |",
            "|---:|---|---|---|---:|---|",
        ]
        for flag in view.in_order(bitext):
            if id(flag) in kept:
                sure = "" if flag.confidence is None else view.percent(flag.confidence)
                out.append(
                    f"| {flag.segment + 1} | {flag.severity} | {_marked(bitext, flag, 60)} | {_said(flag)} "
                    f"| {sure} | {_text(flag.check)} |"
                )
        if len(shown) < len(bitext.flags):
            out += ["", f"{len(bitext.flags) - len(shown):,} lighter flags are not listed."]
    left = view.left_out(bitext)
    if left:
        out += ["", "## What was left out, and why", ""]
        for x in left:
            where = f" ({'segments' if len(x.segments) > 1 else 'segment'} {view.ranges(i + 1 for i in x.segments)})"
            why = f": {_text(x.why)}" if x.why else ""
            out.append(f"- {_text(x.what)}{why}{where if x.segments else ''}")
    if said := view.score_notes(bitext):
        out += ["", "## What the scores mean", "", *(f"- {_text(note)}" for note in said)]
    if bitext.signature.entries:
        out += ["", f"Signature: {_code(str(bitext.signature))}"]
    return "\n".join(out) + "\n"
