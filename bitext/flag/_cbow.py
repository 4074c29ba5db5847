"""The inner loop that learns word contexts: continuous bag of words with negative sampling, in one thread."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["train"]


@numba.njit(cache=True, fastmath=True)
def train(  # type: ignore[no-untyped-def]
    fr, fr_ends, en, en_ends, cumulative, keep, inner, outer, epochs, window, negatives, seed
):  # fmt: skip
    """Update `inner` (context vectors) and `outer` (word vectors) in place.

    `fr`, `en` are word ids of all sentences, `*_ends` where each sentence ends. Each French word is predicted twice:
    from the French words within `window` places, and from all English words of the other side.
    """
    np.random.seed(seed)
    d = inner.shape[1]
    hidden = np.zeros(d, dtype=np.float32)
    gradient = np.zeros(d, dtype=np.float32)
    context = np.zeros(256, dtype=np.int32)
    total = epochs * len(fr)
    done = 0
    for _ in range(epochs):
        for s in range(len(fr_ends)):
            a = fr_ends[s - 1] if s else 0
            b = fr_ends[s]
            ea = en_ends[s - 1] if s else 0
            eb = en_ends[s]
            for i in range(a, b):
                done += 1
                w = fr[i]
                if np.random.random() > keep[w]:
                    continue
                rate = np.float32(max(0.05 * (1.0 - done / total), 0.0005))
                for side in range(2):
                    n = 0
                    if side == 0:
                        for j in range(max(a, i - window), min(b, i + window + 1)):
                            if fr[j] != w and n < 256:
                                context[n] = fr[j]
                                n += 1
                    else:
                        for j in range(ea, eb):
                            if n < 256:
                                context[n] = en[j]
                                n += 1
                    if n == 0:
                        continue
                    for k in range(d):
                        hidden[k] = 0.0
                        gradient[k] = 0.0
                    for c in range(n):
                        for k in range(d):
                            hidden[k] += inner[context[c], k]
                    for k in range(d):
                        hidden[k] /= n
                    for t in range(negatives + 1):
                        target = w
                        label = np.float32(1.0)
                        if t:
                            target = np.searchsorted(cumulative, np.random.random())
                            if target >= len(outer) or target == w:
                                continue
                            label = np.float32(0.0)
                        dot = np.float32(0.0)
                        for k in range(d):
                            dot += hidden[k] * outer[target, k]
                        step = rate * (label - np.float32(1.0 / (1.0 + np.exp(-dot))))
                        for k in range(d):
                            gradient[k] += step * outer[target, k]
                            outer[target, k] += step * hidden[k]
                    for c in range(n):
                        for k in range(d):
                            inner[context[c], k] += gradient[k]
