"""How much of two texts has no partner: what a first path leaves alone tells the second what to expect.

Some translations leave nothing out, others a third; a weight for missing segments learnt on one kind fits the other
badly. So the share that the first path leaves alone is drawn towards what is usual, and its log-odds against the usual
are one more feature of every segment left alone (empirical Bayes, with one weight for how far to follow). Segments
without words and scraps of pictures do not count: they are missing in any text that was scanned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.names import View

__all__ = ["Words", "rarity", "shift", "with_words"]

_USUAL = 0.03  # share of segments that usually have no partner
_PRIOR = 20  # segments that this is worth
_DIGITS, _BEGIN, _SCRAP = 7, 1, 5  # where `View.s_sum` and `View.s_mark` have them

Path = list[tuple[int, int, int, int]]
Words = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def with_words(view: View) -> Words:
    """Which source and target segments have letters or digits and are no scraps."""
    found = []
    for mark, total in ((view.s_mark, view.s_sum), (view.t_mark, view.t_sum)):
        said = (mark[:, _BEGIN] != 0) | (np.diff(total[:, _DIGITS]) > 0)
        found.append(said & (mark[:, _SCRAP] == 0))
    return found[0], found[1]


def rarity(path: Path, words: Words, most: float = 0.0) -> float:
    """Log-odds of a segment having no partner in these texts, less those that are usual; never above `most`.

    In search it only ever makes such segments rarer: where much is missing, the usual is already enough to find it, and
    more would take pairs of little likeness apart. In learning there is no such bound.
    """
    s0, s1, t0, t1 = np.array(path, np.int64).reshape(-1, 4).T
    lone = np.count_nonzero(words[0][s0[t0 == t1]]) + np.count_nonzero(words[1][t0[s0 == s1]])
    share = (lone + _PRIOR * _USUAL) / (len(words[0]) + len(words[1]) + _PRIOR)
    return min(float(np.log(share / (1 - share)) - np.log(_USUAL / (1 - _USUAL))), most)


@jit
def _shift(low, high, at, s_words, t_words, by, score):  # type: ignore[no-untyped-def]
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            if i > 0 and s_words[i - 1]:
                score[node, 0] += by
            if j > 0 and t_words[j - 1]:
                score[node, 1] += by


def shift(score: NDArray[np.float32], band: Band, words: Words, by: float) -> None:
    """Add `by` to the scores, shape (nodes, shapes), of beads that are a segment with words left alone."""
    _shift(*band, *words, np.float32(by), score)
