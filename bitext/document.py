"""The values that flow between the stages: frozen, comparable, with offsets into the user's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

__all__ = [
    "Bead",
    "Bitext",
    "Document",
    "Flag",
    "Kind",
    "Metric",
    "Scores",
    "Segment",
    "Severity",
    "Signature",
    "Translation",
]


class Kind(StrEnum):
    """What a segment is on the page."""

    HEADING = "heading"
    SENTENCE = "sentence"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"
    SEPARATOR = "separator"


class Severity(StrEnum):
    """MQM severities, from mildest to worst; `rank` orders them."""

    NEUTRAL = "neutral"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)


@dataclass(frozen=True)
class Signature:
    """Where a result comes from, as sacreBLEU writes it: `key:value|key:value`.

    Signatures add up: `a | b` has the entries of both, b's winning.
    """

    entries: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, **entries: object) -> Signature:
        """A signature from keyword arguments; `None` values are left out."""
        return cls(tuple((k, str(v)) for k, v in entries.items() if v is not None))

    @classmethod
    def parse(cls, text: str) -> Signature:
        """The inverse of `str`."""
        pairs = (e.split(":", 1) for e in text.split("|") if ":" in e)
        return cls(tuple((k, v) for k, v in pairs))

    def __or__(self, other: Signature) -> Signature:
        return Signature(tuple((dict(self.entries) | dict(other.entries)).items()))

    def __str__(self) -> str:
        return "|".join(f"{k}:{v}" for k, v in self.entries)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a document: `document.text[start:end] == text`, always.

    `start` and `end` count Unicode code points. `paragraph` numbers the block of lines it stands in.
    """

    text: str
    start: int
    end: int
    kind: Kind = Kind.SENTENCE
    paragraph: int = 0


@dataclass(frozen=True)
class Document:
    """A text and its segments, in order and without overlap; between segments there is only white space.

    Raises:
        ValueError: segments overlap, or do not stand in the text where they say.
    """

    text: str
    segments: tuple[Segment, ...] = ()
    lang: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        end = 0
        for i, s in enumerate(self.segments):
            if s.start < end or self.text[s.start : s.end] != s.text:
                raise ValueError(f"segment {i} of {self.name or 'the document'} does not stand at {s.start}:{s.end}")
            end = s.end

    @classmethod
    def from_lines(cls, lines: Sequence[str], lang: str = "", name: str = "") -> Document:
        """A document of one segment a line, for texts that are segmented already."""
        segments, at = [], 0
        for i, line in enumerate(lines):
            segments.append(Segment(line, at, at + len(line), Kind.SENTENCE, i))
            at += len(line) + 1
        return cls("\n".join(lines), tuple(segments), lang, name)

    def __len__(self) -> int:
        return len(self.segments)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    @property
    def texts(self) -> list[str]:
        """The segments' texts."""
        return [s.text for s in self.segments]


@dataclass(frozen=True, slots=True)
class Translation:
    """What a model made of one segment, or how it scores a given translation (forced decoding).

    `score` is the mean log-probability (natural log) of a target token, end of sentence included;
    `token_logprobs` has one entry a token of `tokens`. `problems` says why the text should not be
    trusted (*loop*, *too long*, *too short*, *copy*, *empty*).
    """

    text: str
    score: float = 0.0
    tokens: tuple[str, ...] = ()
    token_logprobs: tuple[float, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def reliable(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Bead:
    """Segments `source` (n of them) that correspond to segments `target` (m of them); n or m may be 0.

    `score` is the aligner's similarity, `confidence` the calibrated probability that the bead is
    exactly right, `moved` marks a bead off the monotone path, `evidence` says what the similarity
    is made of: (name, contribution).
    """

    source: range
    target: range
    score: float = 0.0
    confidence: float | None = None
    moved: bool = False
    evidence: tuple[tuple[str, float], ...] = ()

    @property
    def shape(self) -> str:
        return f"{len(self.source)}-{len(self.target)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """A suspected fault in the target text.

    `segment` is the index of the target segment, `span` the characters in that segment's text
    (half-open), `evidence` what was compared, with numbers. `confidence` is the probability that an
    editor would agree.
    """

    check: str
    category: str
    severity: Severity
    segment: int
    span: tuple[int, int]
    message: str
    suggestion: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a metric, with the signature that reproduces it and its 95 % interval if known."""

    name: str
    value: float
    signature: str = ""
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Scores:
    """What can be said of a document in figures.

    Attributes:
        kind: `reference` (against an original) or `reference-free`.
        metrics: figures over the whole document.
        beads: sentence-level chrF by bead index (reference) or empty.
        quality: by target segment, an estimate (0–1) to rank by, lowest first; None where none is made.
        coverage: `source`/`target` share of counted characters that are in a scored bead, 0–1.
        notes: sentences on what the figures leave out.
    """

    kind: str
    metrics: tuple[Metric, ...] = ()
    beads: Mapping[int, float] = field(default_factory=dict)
    quality: tuple[float | None, ...] = ()
    coverage: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bitext:
    """A translation under examination, and all that is known of it so far.

    `target` is the text under examination (the French article). `source` is its original, or, when
    `origin` is "back-translation", its translation by our model. `translations` has one entry a
    target segment (or is empty). Every segment of both sides is in exactly one bead once aligned.
    """

    target: Document
    source: Document | None = None
    origin: str = "original"
    translations: tuple[Translation, ...] = ()
    beads: tuple[Bead, ...] = ()
    scores: Scores | None = None
    flags: tuple[Flag, ...] = ()
    signature: Signature = Signature()

    def __post_init__(self) -> None:
        if self.translations and len(self.translations) != len(self.target):
            raise ValueError(f"{len(self.translations)} translations for {len(self.target)} segments")

    def with_(self, **changes: Any) -> Bitext:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def source_text(self, bead: Bead) -> str:
        """The bead's source segments, joined by a space."""
        return "" if self.source is None else " ".join(self.source.segments[i].text for i in bead.source)

    def target_text(self, bead: Bead) -> str:
        """The bead's target segments, joined by a space."""
        return " ".join(self.target.segments[i].text for i in bead.target)

    def back_text(self, bead: Bead) -> str:
        """The back-translation of the bead's target segments, joined by a space."""
        return " ".join(self.translations[i].text for i in bead.target) if self.translations else ""
