"""Translations that went wrong, found without knowing the right one, and how to try again.

Neural models loop, stop early, copy or say nothing (Raunak et al. 2021, "The curious case of
hallucinations in neural machine translation"); small ones often. Each fault leaves a trace that the
source can be asked about: what it repeats itself is no fault.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bitext.translate.base import Decoding

__all__ = ["attempts", "problems"]

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_STUTTER = re.compile(r"(\w{1,8}?)\1{2,}|([^\W\d_]{3,8})\2")
_RATIO, _SLACK = 2.2, 12  # tokens out per token in before it is too long
_SHORT = 0.35


def _stutters(text: str) -> set[str]:
    """Groups of letters repeated within a word: three letters twice, two three times, one five times."""
    found = set()
    for m in _STUTTER.finditer(text):
        unit = m[1] or m[2]
        if len(set(unit)) > 1 or len(m[0]) >= 5:
            found.add(unit)
    return found


def _repeats(words: list[str]) -> list[tuple[int, int]]:
    """Phrases said again at once: (words in the phrase, times), longest stretch first."""
    found = []
    for n in range(1, 9):
        i = 0
        while i + 2 * n <= len(words):
            times = 1
            while words[i : i + n] == words[i + times * n : i + (times + 1) * n]:
                times += 1
            if times > 1 and (n > 1 or times > 2 or len(words[i]) > 4):
                found.append((n, times))
                i += n * times
            else:
                i += 1
    return found


def _often(words: list[str], n: int = 4) -> int:
    """How often the most frequent phrase of `n` words occurs."""
    counts: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - n + 1):
        phrase = tuple(words[i : i + n])
        counts[phrase] = counts.get(phrase, 0) + 1
    return max(counts.values(), default=0)


def problems(source: str, target: str, source_tokens: int, target_tokens: int) -> tuple[str, ...]:
    """What is suspect about a translation, in the words of `Translation.problems`.

    Args:
        source: the text.
        target: its translation.
        source_tokens: length of the source in tokens.
        target_tokens: length of the target in tokens.

    Returns:
        Some of *empty*, *loop*, *too long*, *too short*, *copy*.
    """
    if not any(c.isalnum() for c in target):
        return ("empty",)
    found = []
    a, b = ([w.casefold() for w in _WORD.findall(t)] for t in (source, target))
    repeated = len(_repeats(b)) > len(_repeats(a))
    if repeated or _often(b) > max(2, _often(a)) or (_stutters(target.casefold()) - _stutters(source.casefold())):
        found.append("loop")
    if target_tokens > _RATIO * source_tokens + _SLACK:
        found.append("too long")
    if source_tokens >= 10 and target_tokens < _SHORT * source_tokens:
        found.append("too short")
    # Names, acronyms and words that both languages share stay as they are; lower-case words should not.
    lower = [w for w in _WORD.findall(source) if w.islower()]
    if len(lower) >= 3 and sum(w in b for w in lower) >= 0.8 * len(lower):
        found.append("copy")
    return tuple(found)


def attempts(decoding: Decoding) -> list[Decoding]:
    """Settings to try one after the other on what came out badly, from mild to harsh."""
    wide = max(decoding.beam, 4)
    return [
        replace(decoding, beam=wide, no_repeat_ngram_size=3),
        replace(decoding, beam=wide, no_repeat_ngram_size=2, repetition_penalty=1.2),
        replace(decoding, beam=2 * wide, no_repeat_ngram_size=2, repetition_penalty=1.5),
    ]
