"""The report as one HTML file that opens anywhere: no network, no inline handlers, all text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.document import Bitext, Flag, Segment
from bitext.report import strip, view
from bitext.report.marks import marked

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Link", "render"]

Span = tuple[int, int]
Link = tuple[Span | None, Span | None, Span | None]
"""Words that correspond: (source, target, back-translation) spans, in characters of the bead's joined texts
(`Bitext.source_text`, `target_text`, `back_text`); None where a side has no such word."""

_HERE = Path(__file__).resolve().parent
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")


@dataclass(frozen=True, slots=True)
class _Note:
    """A flag with the number it carries in text and margin."""

    number: int
    flag: Flag
    quoted: str
    whole: bool

    @property
    def severity(self) -> str:
        return self.flag.severity.value

    @property
    def confidence(self) -> str:
        return "" if self.flag.confidence is None else view.percent(self.flag.confidence)

    @property
    def evidence(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        return view.evidence(self.flag)


@dataclass(frozen=True, slots=True)
class _Text:
    """A segment ready to print."""

    index: int
    kind: str
    html: str
    whole: list[_Note] = field(default_factory=list)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the page.

    Attributes:
        opens: it begins a paragraph.
        rank: by the estimate of quality, from the lowest; see `view.ranks`.
        states: what the page's filters and style go by.
        linked: its words that correspond, as `_linked` writes them.
        doubtful: what the alignment rests on is worth a look.
    """

    row: view.Row
    target: list[_Text]
    back: list[_Text]
    source: list[_Text]
    notes: list[_Note]
    figures: str
    evidence: list[tuple[str, str]]
    rank: tuple[int, bool] | None
    opens: bool
    states: str
    linked: str
    doubtful: bool


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(clean=view.clean, figure=view.figure, label=view.label, percent=view.percent)
    env.globals.update(count=view.count)
    return env.get_template("report.html.j2")


def _hash(text: str) -> str:
    """A source for a Content-Security-Policy that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _lang(code: str) -> str:
    code = code.replace("_", "-")
    return code if _LANG.match(code) else ""


def _local(span: Span | None, texts: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    """A span of texts joined by a character each, as (text number, start, end) in each text it touches.

    Counted as a browser counts: a character beyond U+FFFF is two.
    """
    if span is None:
        return
    at = 0
    for n, text in enumerate(texts):
        start, end = max(span[0] - at, 0), min(span[1] - at, len(text))
        if start < end:
            yield n, _units(text, start), _units(text, end)
        at += len(text) + 1


def _units(text: str, k: int) -> int:
    return k if text.isascii() else k + sum(c > "\uffff" for c in text[:k])


def _linked(links: Iterable[Link], texts: Sequence[Sequence[str]]) -> str:
    """The words of a row that correspond, for its `data-w`: `s4-13 t3-9 b4-13;…`.

    A link a part, a place a word: column (source, target, back-translation), which text of it if not the first
    (`t1:3-9`), start and end.
    """
    out = []
    for link in links:
        places = [
            f"{side}{f'{n}:' if n else ''}{start}-{end}"
            for side, span, of in zip("stb", link, texts, strict=True)
            for n, start, end in _local(span, of)
        ]
        if len(places) > 1:
            out.append(" ".join(places))
    return ";".join(out)


class _Page:
    """Builds the lines of the page from a bitext."""

    def __init__(self, bitext: Bitext, links: Mapping[int, Sequence[Link]]) -> None:
        self.bitext, self.links = bitext, links
        self.rows, self.constructed = view.rows(bitext), view.by_construction(bitext)
        self.measure = view.measure(bitext, self.rows)
        self.notes: dict[int, list[_Note]] = {}
        self.number_of: dict[int, int] = {}
        for number, flag in enumerate(view.in_order(bitext), 1):
            if 0 <= flag.segment < len(bitext.target):
                span, size = view.span_of(bitext, flag), len(bitext.target.segments[flag.segment].text)
                note = _Note(number, flag, view.quoted(bitext, flag), span == (0, size) and size > 24)
                self.notes.setdefault(flag.segment, []).append(note)
                self.number_of[id(flag)] = number
        self.lead = _lead({n.number: n for of in self.notes.values() for n in of})
        self.row_of = {i: row.number for row in self.rows for i in row.target}
        self.source_row_of = {i: row.number for row in self.rows for i in row.source}

    def lines(self) -> list[_Line]:
        """Every row, in reading order."""
        paragraph: int | None = None
        out = []
        ranks = view.ranks(self.measure.values) if self.measure.judges else [None] * len(self.rows)
        for row, rank in zip(self.rows, ranks, strict=True):
            segments = self.bitext.target.segments
            opens = bool(row.target) and segments[row.target[0]].paragraph != paragraph
            if row.target:
                paragraph = segments[row.target[-1]].paragraph
            out.append(self._line(row, rank, opens))
        return out

    def _line(self, row: view.Row, rank: tuple[int, bool] | None, opens: bool) -> _Line:
        b = self.bitext
        links = self.links.get(row.index if row.index is not None else row.number - 1, ())
        targets = [b.target.segments[i] for i in row.target]
        sources = [b.source.segments[i] for i in row.source] if b.source is not None else []
        backs = [b.translations[i].text for i in row.target] if b.translations else []
        if b.source is not None and b.origin == "back-translation" and row.source:
            backs = []  # the other column says the same
        notes = [n for i in row.target for n in self.notes.get(i, ())]
        target = [self._target(i, s, self.notes.get(i, [])) for i, s in zip(row.target, targets, strict=True)]
        source = [_Text(i, s.kind, self._marked(s.text)) for i, s in zip(row.source, sources, strict=True)]
        back = [
            _Text(i, targets[n].kind, self._marked(text), problems=b.translations[i].problems)
            for n, (i, text) in enumerate(zip(row.target, backs, strict=False))
        ]
        linked = _linked(links, ([s.text for s in sources], [s.text for s in targets], backs)) if links else ""
        return _Line(
            row,
            target,
            back,
            source,
            notes,
            self._figures(row),
            self._evidence(row),
            rank,
            opens,
            self._states(row, rank),
            linked,
            _doubtful(row),
        )

    def _target(self, index: int, segment: Segment, notes: list[_Note]) -> _Text:
        html = self._marked(segment.text, [(*n.flag.span, n.number) for n in notes if not n.whole])
        return _Text(index, segment.kind, html, [n for n in notes if n.whole])

    def _marked(self, text: str, spans: Sequence[tuple[int, int, int]] = ()) -> Any:
        from markupsafe import Markup

        return Markup(marked(text, spans, self.lead))

    def _states(self, row: view.Row, rank: tuple[int, bool] | None) -> str:
        """Words the page's filters and style go by."""
        doubtful = self.bitext.translations and any(self.bitext.translations[i].problems for i in row.target)
        kinds = {self.bitext.target.segments[i].kind for i in row.target}
        states = [
            "alone" if row.alone else "",
            "moved" if row.moved else "",
            "doubt" if doubtful else "",
            "low" if rank is not None and rank[1] else "",
            "aside" if kinds and kinds <= {"boilerplate", "separator"} else "",
        ]
        return " ".join(s for s in states if s)

    def _figures(self, row: view.Row) -> str:
        if self.constructed:
            return ""
        said = []
        if row.bead is not None and row.bead.confidence is not None:
            said.append(f"alignment {view.percent(row.bead.confidence)} sure")
        elif row.bead is not None and not row.alone:
            said.append(f"alignment {row.bead.score:.2f}")
        scores = self.bitext.scores
        if scores is not None and row.index is not None and row.index in scores.beads:
            said.append(f"chrF {scores.beads[row.index]:.0f}")
        return " · ".join(said)

    def _evidence(self, row: view.Row) -> list[tuple[str, str]]:
        if row.bead is None or self.constructed:
            return []
        parts = [(view.label(name), f"{value:.2f}") for name, value in row.bead.evidence]
        whole = row.bead.confidence is not None and not row.alone
        return [*([("Similarity", f"{row.bead.score:.2f}")] if whole else []), *parts]


def _doubtful(row: view.Row) -> bool:
    """The alignment of a row is not plain: not one segment for one in the order of the text, or not sure of it."""
    if row.bead is None or row.shape != "1–1" or row.moved:
        return True
    return (row.bead.score if row.bead.confidence is None else row.bead.confidence) < 0.8


_MEANINGS = {
    "back-translation perplexity": "how surprised the model is by its own translation; 1: not at all",
    "forward perplexity": "how surprised a model into this language is by the text; 1: not at all",
    "unreliable segments %": "whose back-translation looks wrong",
}
"""What the figures without an original say, for who has not met them."""


def _facts(bitext: Bitext) -> list[tuple[str, str, str]]:
    """The figures at the top: (name, figure, what it means)."""
    out = []
    if bitext.scores is not None:
        against = (
            "back-translation against the original" if bitext.scores.kind == "reference" else "without a reference"
        )
        for m in bitext.scores.metrics[:3]:
            interval = "" if m.interval is None else f", 95%: {view.figure(m.interval[0])}–{view.figure(m.interval[1])}"
            name, unit = (m.name[:-2], "%") if m.name.endswith(" %") else (m.name, "")
            out.append((name, view.figure(m.value) + unit, _MEANINGS.get(m.name, against) + interval))
        names = {"target": view.language(bitext.target.lang, "fr"), "source": bitext.origin}
        covered = {} if view.by_construction(bitext) else bitext.scores.coverage
        for side, share in covered.items():
            out.append((f"of the {names.get(side, side)}", view.percent(share), "is aligned and scored"))
    if bitext.beads and not view.by_construction(bitext):
        shapes = ", ".join(f"{n:,} × {s}" for s, n in view.shapes(bitext)[:3])
        shapes = shapes.replace(" ×", "\u00a0×").replace("× ", "×\u00a0").replace("–", "–\u2060")  # kept on one line
        sides = f"{bitext.origin}–{view.language(bitext.target.lang, 'fr')}"
        out.append(("aligned pairs", f"{len(bitext.beads):,}", f"{shapes} ({sides} segments)"))
    kinds = ", ".join(view.counted_kind(k, n) for k, n in view.kinds(bitext)[:3])
    out.append(("segments", f"{len(bitext.target):,}", kinds))
    return out


def render(bitext: Bitext, *, lexicon_links: Mapping[int, Sequence[Link]] | None = None, drawings: str = "") -> str:
    """One self-contained HTML page.

    Args:
        bitext: at any stage; what is not known yet is not shown.
        lexicon_links: words to light up together on hover, by bead index (by segment index where there are no
            beads); see `Link`.
        drawings: SVG of the scores (`bitext.score.draw`), without style sheets; its text escaped already.
    """
    from markupsafe import Markup

    page = _Page(bitext, lexicon_links or {})
    lines = page.lines()
    notes = [n for line in lines for n in line.notes]
    css, js = _asset("report.css"), _asset("report.js")
    against = view.compared_with(bitext)
    return _template().render(
        csp=f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(js)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        css=Markup(css),
        js=Markup(js),
        bitext=bitext,
        name=bitext.target.name or "Untitled text",
        against=against,
        target_lang=_lang(bitext.target.lang or "fr"),
        source_lang=_lang((bitext.source.lang if bitext.source else "") or "en"),
        target_language=view.language(bitext.target.lang, "fr"),
        source_language=view.language(bitext.source.lang if bitext.source else "", "en"),
        verdict=view.verdict(bitext),
        facts=_facts(bitext),
        worst=[_worst(bitext, page, flag, more) for flag, more in view.worst(bitext)],
        severities=[(s.value, n) for s, n in view.severities(n.flag for n in notes)],
        categories=_counted(n.flag.category for n in notes),
        checks=_counted(n.flag.check for n in notes),
        lines=lines,
        ranked=sum(line.rank is not None for line in lines),
        flag_count=len(notes),
        flagged=set(page.notes),
        lead=page.lead,
        strip=strip.build([line.row for line in lines], page.measure, [line.notes for line in lines]),
        measure=page.measure,
        score_notes=view.score_notes(bitext),
        left_out=[(x, _places(page, x)) for x in view.left_out(bitext)],
        drawings=Markup(drawings),
        has_states={s for line in lines for s in line.states.split()},
    )


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items())


def _worst(bitext: Bitext, page: _Page, flag: Flag, more: int) -> dict[str, Any]:
    inside = 0 <= flag.segment < len(bitext.target)
    text = bitext.target.segments[flag.segment].text if inside else ""
    before, marked, after = view.excerpt(text, view.span_of(bitext, flag), 110)
    return {
        "flag": flag,
        "number": page.number_of.get(id(flag)),
        "row": page.row_of.get(flag.segment),
        "before": before,
        "marked": marked,
        "after": after,
        "more": more,
    }


def _lead(notes: Mapping[int, _Note]) -> Any:
    """A function from a piece's flag numbers to the worst of them, which gives the piece its look and link."""
    rank = {number: (note.flag.severity.rank, -number) for number, note in notes.items()}

    def lead(keys: Sequence[int]) -> _Note:
        return notes[max(keys, key=lambda k: rank[k])]

    return lead


def _places(page: _Page, left: view.LeftOut) -> list[tuple[str, int]]:
    """Runs of rows to link to: (their numbers as written, the first row)."""
    where = page.row_of if left.side == "target" else page.source_row_of
    found = sorted({where[i] for i in left.segments if i in where})
    out: list[tuple[str, int]] = []
    start = 0
    for n in range(1, len(found) + 1):
        if n == len(found) or found[n] != found[n - 1] + 1:
            out.append((view.ranges(found[start:n]), found[start]))
            start = n
    return out
