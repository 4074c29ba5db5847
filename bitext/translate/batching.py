"""Grouping texts so that little of a batch is padding and the order can be restored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

__all__ = ["SCORE_BUDGET", "batches", "windows"]

SCORE_BUDGET = 1024
"""Target tokens that are force-decoded at once: each takes a row of logits as wide as the vocabulary."""

T = TypeVar("T")


def windows(items: Iterable[T], first: int, most: int) -> Iterator[list[T]]:
    """Consecutive groups of growing size: early results come early, later ones are sorted over more.

    Each is twice as long as the one before, from `first` to `most` items.
    """
    iterator, size = iter(items), first
    while window := list(islice(iterator, size)):
        yield window
        size = min(2 * size, most)


def batches(lengths: Sequence[int], budget: int, at_least: int = 1, most: int = 64) -> list[list[int]]:
    """Indices grouped by length: longest times number stays within the budget of tokens.

    Args:
        lengths: tokens of each text.
        budget: tokens a batch may take, padding included; a longer text is alone in its batch.
        at_least: make so many batches if there are texts enough, so that no worker is idle.
        most: texts in a batch; each may become much longer than its source.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    budget = min(budget, max(1, sum(lengths) // max(1, at_least)))
    groups: list[list[int]] = []
    for i in order:
        if groups and len(groups[-1]) < most and (len(groups[-1]) + 1) * lengths[groups[-1][0]] <= budget:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
