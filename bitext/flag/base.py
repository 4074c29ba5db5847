"""What a check is, what it sees of a bitext, and what it may use."""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

from bitext.document import Bead, Bitext, Document, Flag, Kind, Segment, Severity, Translation

__all__ = ["Case", "Check", "Pair", "Paragraph", "Resources", "Translator", "prose", "translations"]


class Translator(Protocol):
    """The two methods of a translation model that checks use; `bitext.translate` gives such objects."""

    def translate(self, texts: Sequence[str]) -> Any:
        """Translations of `texts`, in order."""

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> Any:
        """Forced decoding: a `Translation` with `token_logprobs` for each given pair, in order."""


@dataclass(frozen=True)
class Resources:
    """What checks may use; all of it optional.

    Attributes:
        back: a model from the target language into the source language (fr→en for a French article).
        forward: a model from the source language into the target language.
        lexicon: a bilingual lexicon (`bitext.lexicon`).
        senses: a sense inventory of English (`bitext.lexicon`).
        glossary: pairs (source term, target term) that the user wants kept.
    """

    back: Translator | None = None
    forward: Translator | None = None
    lexicon: Any = None
    senses: Any = None
    glossary: tuple[tuple[str, str], ...] = ()


class Located:
    """A stretch of the target document: offsets in its text can be turned into (segment, span)."""

    document: Document
    indices: range
    text: str
    _starts: list[int]

    def locate(self, start: int, end: int) -> tuple[int, tuple[int, int]]:
        """The segment that `text[start:end]` begins in, and the span cut to that segment.

        The white space between two segments belongs to the one before it.
        """
        k = max(0, bisect.bisect_right(self._starts, start) - 1)
        segment = self.indices[k]
        size = len(self.document.segments[segment].text)
        a = min(max(0, start - self._starts[k]), size)
        return segment, (a, max(a, min(end - self._starts[k], size)))


class Paragraph(Located):
    """A block of the target document, with the white space between its segments as it stands there."""

    def __init__(self, document: Document, indices: range) -> None:
        self.document, self.indices = document, indices
        self.number = 0
        segments = document.segments[indices.start : indices.stop]
        self.start = segments[0].start
        self.text = document.text[self.start : segments[-1].end]
        self._starts = [s.start - self.start for s in segments]

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.document.segments[self.indices.start : self.indices.stop]


class Pair(Located):
    """Target segments and the text they are compared with.

    `other` is that text, `against` is "original" or "back-translation".
    """

    def __init__(self, document: Document, indices: range, other: str, against: str, bead: Bead | None) -> None:
        self.document, self.indices, self.other, self.against, self.bead = document, indices, other, against, bead
        texts = [document.segments[i].text for i in indices]
        self.text = " ".join(texts)
        self._starts, at = [], 0
        for t in texts:
            self._starts.append(at)
            at += len(t) + 1


def prose(segment: Segment) -> bool:
    """Whether a segment belongs to the article itself."""
    return segment.kind not in (Kind.BOILERPLATE, Kind.SEPARATOR)


@dataclass(frozen=True)
class Case:
    """One bitext as the checks see it."""

    bitext: Bitext
    resources: Resources = field(default_factory=Resources)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict, compare=False)  # what checks work out once a bitext

    @property
    def target(self) -> Document:
        return self.bitext.target

    @property
    def lang(self) -> str:
        """Language of the text under examination; French unless it says otherwise."""
        return self.bitext.target.lang or "fr"

    @property
    def other_lang(self) -> str:
        """Language of the original and of the back-translation."""
        if self.bitext.source is not None and self.bitext.source.lang:
            return self.bitext.source.lang
        return "fr" if self.lang == "en" else "en"

    @property
    def has_original(self) -> bool:
        return self.bitext.source is not None and self.bitext.origin == "original" and bool(self.bitext.beads)

    @cached_property
    def back(self) -> tuple[Translation | None, ...]:
        """The back-translation of each target segment, None where there is none."""
        if self.bitext.translations:
            return self.bitext.translations
        out: list[Translation | None] = [None] * len(self.target)
        if self.bitext.source is not None and self.bitext.origin != "original":
            for bead in self.bitext.beads:
                if len(bead.target) == 1 and len(bead.source):
                    out[bead.target[0]] = Translation(self.bitext.source_text(bead))
        return tuple(out)

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        out, start = [], 0
        segments = self.target.segments
        for i in range(1, len(segments) + 1):
            if i == len(segments) or segments[i].paragraph != segments[start].paragraph:
                out.append(Paragraph(self.target, range(start, i)))
                out[-1].number = len(out) - 1
                start = i
        return tuple(out)

    @cached_property
    def originals(self) -> tuple[Pair, ...]:
        """Beads with both sides, against the original; empty without one."""
        if not self.has_original:
            return ()
        return tuple(
            Pair(self.target, b.target, self.bitext.source_text(b), "original", b)
            for b in self.bitext.beads
            if len(b.source) and len(b.target) and any(prose(self.target.segments[i]) for i in b.target)
        )

    def original_of(self, segment: int) -> Pair | None:
        """The bead with the original that a target segment is in."""
        if "original_of" not in self.memo:
            self.memo["original_of"] = {i: p for p in self.originals for i in p.indices}
        return self.memo["original_of"].get(segment)

    @cached_property
    def backs(self) -> tuple[Pair, ...]:
        """Target segments against their back-translations, where these can be trusted."""
        return tuple(
            Pair(self.target, range(i, i + 1), t.text, "back-translation", None)
            for i, t in enumerate(self.back)
            if t is not None and t.reliable and t.text and prose(self.target.segments[i])
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Against the original where it is known, otherwise against the back-translation."""
        return self.originals or self.backs

    def missing(self, needs: Sequence[str]) -> list[str]:
        """Which of `needs` this case lacks, in words."""
        from bitext.flag.context import load as contexts

        r = self.resources
        have: dict[str, Callable[[], bool]] = {  # asked only as far as needed: tables are read from disk
            "original": lambda: bool(self.originals),
            "back-translation": lambda: bool(self.backs),
            "original or back-translation": lambda: bool(self.originals or self.backs),
            "lexicon": lambda: r.lexicon is not None,
            "senses": lambda: r.senses is not None,
            "word contexts": lambda: contexts() is not None,
            "glossary": lambda: bool(r.glossary),
            "back model": lambda: r.back is not None,
            "forward model": lambda: r.forward is not None,
        }
        return [n for n in needs if not have[n]()]


def translations(case: Case, word: str, lang: str, n: int = 12) -> list[tuple[str, float]]:
    """Translations of a word of `lang` with their probabilities, best first; none without a lexicon."""
    lexicon = case.resources.lexicon
    if lexicon is None:
        return []
    found: list[tuple[str, float]] = lexicon.translations(word, reverse=lang == lexicon.target_lang, n=n)
    return found


class Check(ABC):
    """One kind of fault, and how it is found.

    A subclass says how it decides, and where that comes from, in its docstring.

    Attributes:
        name: what `--only` and `--skip` call it.
        title: what it looks for, in a few words.
        category: the MQM category of its flags, `dimension/kind`; a flag may have a finer one.
        severity: the rule for the severity of its flags, in words.
        needs: what must be there, in the words of `Case.missing`.
        languages: languages of the text under examination that it knows.
        defaults: its thresholds.
        scope: what it looks at, one at a time: `paragraph`, `page` (paragraphs, those of boilerplate included),
            `segment`, `pair`, `original` or `document`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[str]
    severity: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ("fr", "en")
    defaults: ClassVar[Mapping[str, float]] = {}
    scope: ClassVar[str] = "segment"

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        """What is looked at, one at a time, with the segment it begins in."""
        if self.scope == "document":
            yield 0, case
        elif self.scope in ("paragraph", "page"):
            for p in case.paragraphs:
                if self.scope == "page" or any(prose(s) for s in p.segments):
                    yield p.indices.start, p
        elif self.scope == "pair":
            for pair in case.pairs:
                yield pair.indices.start, pair
        elif self.scope == "original":
            for pair in case.originals:
                yield pair.indices.start, pair
        else:
            for i, s in enumerate(case.target.segments):
                if prose(s):
                    yield i, i

    @abstractmethod
    def find(self, case: Case, unit: Any) -> Iterator[Flag]:
        """The flags of one unit."""

    def threshold(self, case: Case, key: str) -> float:
        return case.thresholds.get(f"{self.name}.{key}", self.defaults[key])

    def flag(
        self,
        place: tuple[int, tuple[int, int]],
        message: str,
        severity: Severity,
        *,
        suggestion: str | None = None,
        category: str | None = None,
        strength: float | None = None,
        **evidence: Any,
    ) -> Flag:
        """A flag of this check; `strength` (0–1, uncalibrated) orders flags of the same rule."""
        segment, span = place
        return Flag(
            self.name, category or self.category, severity, segment, span, message, suggestion, evidence, strength
        )
