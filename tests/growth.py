"""Whether work grows in proportion to its input, asked so that a busy machine cannot make the answer wrong."""

from __future__ import annotations

import time
from collections.abc import Callable


def in_proportion(work: Callable[[int], object], size: int, times: int = 2, tries: int = 6) -> bool:
    """Whether work on `times` the size takes less than 1.75 times as many times the CPU time.

    Noise makes one measurement slow or the other; quadratic time makes all of them slow. So one good pair is enough.
    """
    for _ in range(tries):
        began = time.process_time()
        work(size)
        middle = time.process_time()
        work(times * size)
        if time.process_time() - middle < 1.75 * times * (middle - began) + 0.05:
            return True
    return False
