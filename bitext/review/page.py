"""The page and its rows as HTML, from a state. Rows that did not change are not rendered again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.document import Severity
from bitext.report import view
from bitext.report.spans import Piece, pieces
from bitext.review import edits
from bitext.review.session import Review
from bitext.review.state import FlagState, bead_key
from bitext.review.tally import Tally, counts_as_row

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["ASSETS", "MOST", "Pages"]

_HERE = Path(__file__).resolve().parent
ASSETS: dict[str, tuple[Path, str]] = {
    "report.css": (_HERE.parent / "report" / "report.css", "text/css; charset=utf-8"),
    "review.css": (_HERE / "review.css", "text/css; charset=utf-8"),
    **{
        f"{name}.js": (_HERE / f"{name}.js", "text/javascript; charset=utf-8")
        for name in ("review", "words", "picking", "links", "editors", "panels", "rows", "work")
    },
}
"""What the page loads, by name: file and media type."""

CATEGORIES = (
    "accuracy/addition",
    "accuracy/mistranslation",
    "accuracy/omission",
    "accuracy/untranslated",
    "fluency/grammar",
    "fluency/punctuation",
    "fluency/spelling",
    "locale",
    "style",
    "terminology",
)
"""MQM's usual categories, offered to who adds a flag."""

MOST = 60
"""Rows that an answer has the HTML of: more would make others wait."""

_BATCH = 20  # rows in a list that is laid out when it comes into view


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.filters.update(clean=view.clean, label=view.label, percent=view.percent)
    env.globals.update(count=view.count)
    return env.get_template(name)


def _lang(code: str, default: str) -> str:
    code = (code or default).replace("_", "-")
    return code if code.replace("-", "").isalnum() and code.isascii() else default


class Pages:
    """Renders a review's page and rows. The caller holds the review's lock.

    Attributes:
        rendered: HTML by bead, for as long as no cell that it shows changes.
    """

    def __init__(self, review: Review) -> None:
        self.review, self.state = review, review.state
        self.rendered: dict[str, str] = {}
        self.numbers = self._numbers()
        self._counts: tuple[int, dict[str, Any]] | None = None
        self.tally = Tally(self.state)
        self.state.listener = self._forget
        source = self.state.base.source
        self.back_only = source is not None and self.state.base.origin == "back-translation"
        self.ranks = self._ranks()
        self.target_lang = _lang(self.state.base.target.lang, "fr")
        self.source_lang = _lang(source.lang if source is not None else "", "en")

    def _numbers(self) -> dict[int, int]:
        """The number of each flag on the page, in reading order."""
        flags = self.state.base.flags
        rank = sorted(range(len(flags)), key=lambda i: (flags[i].segment, flags[i].span[0], -flags[i].span[1], i))
        return {i: n for n, i in enumerate(rank, 1)}

    def _ranks(self) -> dict[str, int]:
        """By bead as it came with the file, its rank by the estimate of quality, if there is one; 1: the lowest."""
        base = self.state.base
        rows = view.rows(base)
        measure = view.measure(base, rows)
        ranked = zip(rows, view.ranks(measure.values) if measure.judges else (), strict=False)
        return {bead_key(row.source, row.target): rank[0] for row, rank in ranked if rank is not None}

    def number(self, i: int) -> int:
        """The number that a flag has on the page; those that people add come after those of the file."""
        return self.numbers.get(i, i + 1)

    def _forget(self, key: str) -> None:
        self.tally.touch(key)
        if key.startswith("bead:"):
            self.rendered.pop(key, None)
        for bead in self.state.rows_touched([key]):
            self.rendered.pop(bead, None)

    # --- the page --------------------------------------------------------------------------------

    def page(self, token: str) -> str:
        """The whole page. `token` is the word that requests for changes must say."""
        base, order = self.state.base, self.state.order()
        rows = [self.row(key) for key in order]
        return _template("review.html.j2").render(
            name=base.target.name or self.review.name,
            file=self.review.name,
            token=token,
            head=self.review.head,
            lists=["".join(rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)],
            counts=self.counts(),
            against=view.compared_with(base),
            alignable=base.source is not None and not self.back_only,
            target_language=view.language(base.target.lang, "fr"),
            source_language=view.language(base.source.lang if base.source is not None else "", "en"),
            severities=[s.value for s in Severity],
            categories=sorted({*CATEGORIES, *(f.category for f in base.flags)}),
            signature=str(base.signature),
        )

    def changes(self, keys: Iterable[str], near: str = "") -> dict[str, Any]:
        """What a page must replace to show these cells: rows with the row they follow, rows that are gone, counts.

        Where many rows change, only those about the row `near` (or what has its segments now) come with their HTML;
        the page asks for the others with `some`.
        """
        keys = set(keys)
        touched = self.state.rows_touched(keys)
        order = self.state.order()
        at = {key: i for i, key in enumerate(order)}
        places = sorted(at[key] for key in touched)
        whole = set(places)
        if len(places) > MOST:
            middle = at.get(self.state.row_like(near) or "", 0)
            whole = set(sorted(places, key=lambda i: abs(i - middle))[:MOST])
        rows = [
            {
                "id": order[i],
                "after": order[i - 1] if i else None,
                "html": self.row(order[i]) if i in whole else None,
            }
            for i in places
        ]
        gone = [key for key in keys if key.startswith("bead:") and key not in at]
        return {"head": self.review.head, "rows": rows, "gone": gone, "counts": self.counts()}

    def some(self, keys: Iterable[str]) -> dict[str, Any]:
        """The rows of these names that there are, at most `MOST`, for a page that has their places already."""
        there = [key for key in keys if key.startswith("bead:") and key in self.state.cells][:MOST]
        return {"rows": [{"id": key, "html": self.row(key)} for key in there]}

    def counts(self) -> dict[str, Any]:
        """The figures at the top of the page."""
        if self._counts is not None and self._counts[0] == self.review.head:
            return self._counts[1]
        undo, redo = self._said(self.review.done), self._said(self.review.undone)
        found = {**self.tally.counts(), "undo": undo, "redo": redo}
        self._counts = (self.review.head, found)
        return found

    @staticmethod
    def _said(stack: list[Any]) -> str:
        """What undo or redo would do, in words; empty if nothing."""
        words = {
            "accept": "accepted flag",
            "reject": "rejected flag",
            "reopen": "reopened flag",
            "edit-flag": "edited flag",
            "add-flag": "new flag",
            "move-flag": "moved flag",
            "remove-flag": "removed flag",
            "apply": "applied suggestion",
            "correct": "correction",
            "check": "check mark",
            "back": "other back-translation",
            "merge": "joined rows",
            "split": "split row",
            "shift": "moved segment",
            "fix": "fixed row",
            "realign": "new alignment",
        }
        return words.get(str(stack[-1].action.get("do")), "decision") if stack else ""

    # --- rows ------------------------------------------------------------------------------------

    def row(self, key: str) -> str:
        """One row as HTML."""
        if key not in self.rendered:
            self.rendered[key] = _template("row.html.j2").render(self._row(key))
        return self.rendered[key]

    def _row(self, key: str) -> dict[str, Any]:
        state, base = self.state, self.state.base
        bead, cell = state.bead(key), state.cells[key]
        flags = [state.flag(i) for j in bead.target for i in state.flags_of.get(j, ())]
        notes = [
            self._note(f) for f in sorted(flags, key=lambda f: (f.flag.segment, f.flag.span, self.number(f.index)))
        ]
        targets = [self._target(j, [n for n in notes if n["segment"] == j]) for j in bead.target]
        sources = []
        if base.source is not None:
            sources = [
                {"index": i, "kind": base.source.segments[i].kind.value, "text": state.source_text(i)}
                for i in bead.source
            ]
        elif base.translations:
            sources = [
                {"index": j, "kind": "sentence", "text": t.text}
                for j in bead.target
                if (t := state.translation(j)) is not None
            ]
        first = base.target.segments[bead.target[0]] if bead.target else None
        before = base.target.segments[bead.target[0] - 1] if bead.target and bead.target[0] else None
        chrf = self.review.assist.bead_chrf(state, key) if bead.source and bead.target else None
        checked = state.checked(key)
        corrected = any(state.get(f"text:{j}") for j in bead.target)
        is_open = any(n["status"] == "open" for n in notes)
        aside = bool(bead.target) and not counts_as_row(state, key)
        states = [
            ("opens", first is not None and (before is None or before.paragraph != first.paragraph)),
            ("open", is_open),
            ("has", bool(notes)),
            ("checked", checked),
            ("corrected", corrected),
            ("fixed", bool(cell.get("fixed"))),
            ("moved", bead.moved),
            ("alone", bool(base.beads) and (not bead.source or not bead.target)),
            ("aside", aside),
        ]
        numbers = [j + 1 for j in bead.target]
        return {
            "key": key,
            "number": view.ranges(numbers) if numbers else "+",
            "shape": f"{len(bead.source)}–{len(bead.target)}" if base.beads else "",
            "shape_said": f"{view.count(len(bead.source), 'segment')} of the {view.compared_with(base)}, "
            f"{len(bead.target)} of the {view.language(base.target.lang, 'fr')}",
            "states": " ".join(s for s, on in states if on),
            "checked": checked,
            "targets": targets,
            "sources": sources,
            "notes": notes,
            "rank": None if corrected else self.ranks.get(key),
            "ranked": len(self.ranks),
            "chrf": None if chrf is None else round(chrf),
            "fixed": bool(cell.get("fixed")),
            "sure": bead.confidence,
            "moved": bead.moved,
            "against": view.compared_with(base),
            "back_only": self.back_only or base.source is None,
            "target_lang": self.target_lang,
            "source_lang": self.source_lang,
        }

    def _note(self, f: FlagState) -> dict[str, Any]:
        segment = self.state.base.target.segments[f.flag.segment]
        size = len(segment.text)
        start, end = (min(max(x, 0), size) for x in f.flag.span)
        return {
            "index": f.index,
            "number": self.number(f.index),
            "segment": f.flag.segment,
            "flag": f.flag,
            "severity": f.flag.severity.value,
            "status": f.status,
            "decided": f.decided,
            "reason": f.reason,
            "span": f.span,
            "quoted": segment.text[start:end],
            "whole": (start, end) == (0, size) and size > 24,
            "added": f.index in self.state.added,
            "can_apply": f.flag.suggestion is not None and f.status in ("open", "accepted") and f.span is not None,
            "evidence": view.evidence(f.flag),
        }

    def _target(self, j: int, notes: list[dict[str, Any]]) -> dict[str, Any]:
        state, segment = self.state, self.state.base.target.segments[j]
        text = state.text(j)
        shown = [n for n in notes if n["status"] in ("open", "accepted")]
        by_number = {n["number"]: n for n in shown}
        spans = [(*n["span"], n["number"]) for n in shown if not n["whole"]]
        spans += [(a, b, -1 - k) for k, (a, b) in enumerate(edits.replaced(state.edits(j))) if a < b]
        translation = state.translation(j)
        return {
            "index": j,
            "kind": segment.kind.value,
            "text": text,
            "runs": [self._run(p, by_number) for p in pieces(text, spans)],
            "whole": [n for n in shown if n["whole"]],
            "was": segment.text if text != segment.text else None,
            "back": None if translation is None else translation.text,
            "problems": () if translation is None else translation.problems,
            "stale": state.stale(j),
        }

    @staticmethod
    def _run(piece: Piece, notes: dict[int, dict[str, Any]]) -> dict[str, Any]:
        numbers = [k for k in piece.keys if k > 0]
        rank = [s.value for s in Severity]
        lead = max(numbers, key=lambda k: (rank.index(notes[k]["severity"]), -k), default=None)
        return {
            "text": piece.text,
            "numbers": numbers,
            "lead": None if lead is None else notes[lead],
            "begin": any(k > 0 for k in piece.begin),
            "end": [k for k in piece.end if k > 0],
            "edited": any(k < 0 for k in piece.keys),
        }
