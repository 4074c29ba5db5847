"""What stands twice: repeated captions and segments, and the same source translated in two ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import ClassVar

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, prose
from bitext.flag.words import key, words

__all__ = ["Duplicates", "Inconsistent"]


class Duplicates(Check):
    """A caption or a segment that has stood before, word for word.

    Captions count from one word, sentences from `words` (people repeat *Oui.* and *Je ne sais pas.*). A paragraph
    that is repeated as a whole is flagged once, on its first segment. What the original repeats as well is right.
    """

    name = "duplicates"
    title = "Repeated captions and segments"
    category = "fluency/duplication"
    severity = "minor"
    scope = "document"
    defaults: ClassVar[Mapping[str, float]] = {"words": 5}

    def find(self, case: Case, unit: Case) -> Iterator[Flag]:
        segments = case.target.segments
        first: dict[str, int] = {}
        repeated: dict[int, int] = {}
        originals = {i: key(p.other) for p in case.originals for i in p.indices}
        counts: dict[str, int] = defaultdict(int)
        for text in originals.values():
            counts[text] += 1
        for i, s in enumerate(segments):
            if not prose(s):
                continue
            k = key(s.text)
            enough = s.kind is Kind.CAPTION or len(words(s.text, case.lang)) >= self.threshold(case, "words")
            if k in first and enough:
                same = counts[originals[i]] > 1 if i in originals else False
                if not same:
                    repeated[i] = first[k]
            first.setdefault(k, i)
        for i, before in repeated.items():
            if (
                i - 1 in repeated
                and repeated[i - 1] == before - 1
                and segments[i - 1].paragraph == segments[i].paragraph
            ):
                continue
            what = "caption" if segments[i].kind is Kind.CAPTION else "segment"
            yield self.flag(
                (i, (0, len(segments[i].text))),
                f"The same {what} as segment {before + 1}, word for word.",
                Severity.MINOR,
                first=before,
            )


class Inconsistent(Check):
    """One source segment, translated in two ways.

    Needs the original. Only segments of at least `words` words in one-to-one beads count; the later one is flagged.
    Often both are right, so the flag is neutral.
    """

    name = "inconsistent"
    title = "The same source translated differently"
    category = "terminology/inconsistent"
    severity = "neutral"
    needs = ("original",)
    scope = "document"
    defaults: ClassVar[Mapping[str, float]] = {"words": 4}

    def find(self, case: Case, unit: Case) -> Iterator[Flag]:
        first: dict[str, tuple[int, str]] = {}
        for pair in case.originals:
            if pair.bead is None or pair.bead.shape != "1-1" or len(words(pair.other)) < self.threshold(case, "words"):
                continue
            source, target = key(pair.other), key(pair.text)
            if source in first and first[source][1] != target:
                before = first[source][0]
                text = case.target.segments[before].text
                yield self.flag(
                    (pair.indices.start, (0, len(pair.text))),
                    f"Segment {before + 1} has the same source and is translated “{text}”.",
                    Severity.NEUTRAL,
                    suggestion=text,
                    against="original",
                    source=pair.other,
                )
            first.setdefault(source, (pair.indices.start, target))
