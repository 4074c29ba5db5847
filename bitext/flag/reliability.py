"""Whether the back-translation of a segment can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, prose
from bitext.flag.words import key, words

__all__ = ["Unreliable", "problems"]


def problems(text: str, back: str, lang: str, other_lang: str, ratio: float, repeat: int) -> dict[str, Any]:
    """What is wrong with a back-translation, by name, with the figure that shows it; empty if nothing is.

    *loop*: an n-gram (n ≤ 4 words) said `repeat` times in a row, or a trigram that makes a third of the text;
    *too long*, *too short*: `ratio` times the words of the text, or a `ratio`-th of them; *copy*: the text itself.
    """
    source, out = words(text, lang), words(back, other_lang)
    low = [w.lower for w in out]
    found: dict[str, Any] = {}
    if not out:
        return {"empty": True} if source else {}
    for n in range(1, 5):
        best = max((_times(low, i, n) for i in range(len(low) - n + 1)), default=0)
        if best >= repeat:
            found["loop"] = f"{n}-gram {best} times in a row"
            break
    trigrams = Counter(zip(low, low[1:], low[2:], strict=False))
    if trigrams and "loop" not in found:
        top, times = trigrams.most_common(1)[0]
        if times >= repeat + 1 and 3 * times > len(low) / 2:
            found["loop"] = f"“{' '.join(top)}” {times} times"
    if len(source) >= 4 and len(out) > ratio * len(source):
        found["too long"] = f"{len(out)} words for {len(source)}"
    if len(source) >= 6 and len(out) * ratio < len(source):
        found["too short"] = f"{len(out)} words for {len(source)}"
    if len(source) >= 4 and key(text) == key(back):
        found["copy"] = True
    return found


def _times(tokens: list[str], at: int, n: int) -> int:
    """How many times the n-gram at `at` is said in a row."""
    times = 1
    while tokens[at + n * times : at + n * (times + 1)] == tokens[at : at + n]:
        times += 1
    return times


class Unreliable(Check):
    """A back-translation that loops, copies its source or is far too long or short.

    The flag is about our own model, not about the text: it says that other flags of the segment that lean on the
    back-translation, and scores of it, mean nothing there. What the translation stage reports is taken over.
    """

    name = "unreliable"
    title = "Back-translation unreliable"
    category = "other/back-translation"
    severity = "neutral"
    defaults: ClassVar[Mapping[str, float]] = {"ratio": 2.2, "repeat": 3}

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        for i, (s, t) in enumerate(zip(case.target.segments, case.back, strict=False)):
            if t is not None and prose(s):
                yield i, i

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        back = case.back[unit]
        if back is None:
            return
        text = case.target.segments[unit].text
        found = problems(
            text,
            back.text,
            case.lang,
            case.other_lang,
            self.threshold(case, "ratio"),
            int(self.threshold(case, "repeat")),
        )
        found |= {p: True for p in back.problems if p not in found}
        if found:
            said = ", ".join(k if v is True else f"{k} ({v})" for k, v in found.items())
            yield self.flag(
                (unit, (0, len(text))),
                f"The back-translation is unreliable: {said}.",
                Severity.NEUTRAL,
                against="back-translation",
                back_translation=back.text,
                problems=sorted(found),
            )
