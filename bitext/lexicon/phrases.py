"""Mine pairs of phrases that no word list has (*projet de loi*: bill) from word-linked text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Phrases", "mine"]

_LONGEST = 4
_LEAST = 6  # a phrase pair seen less often is chance
_FUNCTION_WORDS = 45  # so many of the most frequent words (fewer of a small vocabulary) neither begin nor end one
_SKETCH = 1 << 24
_COMPOSED = 0.25  # a pair whose every word has a likely partner inside is what word-by-word look-up gives anyway


@dataclass(frozen=True)
class Phrases:
    """Phrase pairs: words joined by a space, how often linked, how often each occurs at all."""

    source: list[str]
    target: list[str]
    links: np.ndarray
    source_counts: np.ndarray
    target_counts: np.ndarray


def _edges(vocabulary: list[str]) -> np.ndarray:
    """Words that may begin or end a phrase: no function words, numbers or symbols."""
    import numpy as np

    content = [
        w[0].isalpha() and len(w) > 1 and not w.endswith("'") and "@" not in w and "/" not in w for w in vocabulary
    ]
    edges = np.array(content, dtype=np.bool_)
    edges[: min(_FUNCTION_WORDS, len(vocabulary) // 200)] = False
    return edges


def mine(
    source: Any,
    target: Any,
    support: tuple[np.ndarray, np.ndarray],
    probs: tuple[np.ndarray, np.ndarray],
    unigrams: tuple[np.ndarray, np.ndarray],
    *,
    tension: float,
    max_length: int,
    limit: int,
    min_prob: float = 0.1,
) -> Phrases:
    """The `limit` most frequent phrase pairs up to four words that are likelier than `min_prob` in some direction.

    `source` and `target` are the sides of the corpus (`ids`, `starts`, `vocabulary`), `support` and `probs` as in
    `bitext.lexicon.em`.
    """
    import numpy as np

    from bitext.lexicon import em

    sides = (source, target)
    extract: Any = em.phrase_pairs  # its compiled type hides the signature
    edges = [_edges(side.vocabulary) for side in sides]
    seen = [np.zeros(_SKETCH, np.uint32) for _ in sides]
    for side in range(2):
        em.ngram_counts(sides[side].ids, sides[side].starts, edges[side], _LONGEST, seen[side])
    sketch = np.zeros(_SKETCH, np.uint32)
    found = []
    sentences = len(source.starts) - 1
    for emit in (False, True):
        out = np.zeros((20_000 * max_length if emit else 1, 4), np.int32)
        for lo in range(0, sentences, 20_000):
            rows = extract(
                source.ids, source.starts, target.ids, target.starts, lo, min(lo + 20_000, sentences), *support, *probs,
                *unigrams, tension, max_length, *edges, seen[0], _LONGEST, _LEAST, sketch, emit, out,
            )  # fmt: skip
            found.append(out[:rows].copy())
    spans = np.concatenate(found)
    # each phrase as one row of ids, -1 filling up
    columns = []
    for side in range(2):
        start, length = spans[:, 2 * side], spans[:, 2 * side + 1]
        for k in range(_LONGEST):
            inside = np.minimum(start + k, len(sides[side].ids) - 1)
            columns.append(np.where(k < length, sides[side].ids[inside], -1).astype(np.int32))
    if len(spans):
        table, links = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    else:
        table, links = np.zeros((0, 2 * _LONGEST), np.int32), np.zeros(0, np.int64)
    counts = [
        np.array(
            [_count(row[row >= 0], seen[side]) for row in table[:, side * _LONGEST : (side + 1) * _LONGEST]], np.int64
        )
        for side in range(2)
    ]
    likely = (links >= _LEAST) & ((links >= min_prob * counts[0]) | (links >= min_prob * counts[1]))
    candidates = np.flatnonzero(likely)
    order = candidates[np.argsort(-links[candidates], kind="stable")].tolist()
    lookup = _Pairs(*support, *probs)
    kept: list[int] = []
    for k in order:
        f, e = table[k, :_LONGEST], table[k, _LONGEST:]
        if not lookup.composed(f[f >= 0], e[e >= 0], edges):
            kept.append(k)
            if len(kept) == limit:
                break
    texts = [
        [" ".join(sides[s].vocabulary[w] for w in table[k, s * _LONGEST : (s + 1) * _LONGEST] if w >= 0) for k in kept]
        for s in range(2)
    ]
    at = np.array(kept, dtype=np.int64)
    return Phrases(texts[0], texts[1], links[at], counts[0][at], counts[1][at])


def _count(ids: np.ndarray, sketch: np.ndarray) -> int:
    from bitext.lexicon.em import ngram_hash

    return int(sketch[int(ngram_hash(ids)) & (len(sketch) - 1)])


class _Pairs:
    """p(target|source) and p(source|target) of single pairs, from the support."""

    def __init__(self, indptr: np.ndarray, columns: np.ndarray, forward: np.ndarray, backward: np.ndarray) -> None:
        self.indptr, self.columns, self.probs = indptr, columns, (forward, backward)

    def _both(self, f: int, e: int) -> float:
        """Product of both directions: *homme* and *human* each have other partners, and little is left."""
        import numpy as np

        lo, hi = self.indptr[f], self.indptr[f + 1]
        k = lo + int(np.searchsorted(self.columns[lo:hi], e))
        return float(self.probs[0][k] * self.probs[1][k]) if k < hi and self.columns[k] == e else 0.0

    def composed(self, f: np.ndarray, e: np.ndarray, edges: list[np.ndarray]) -> bool:
        """Whether every content word of both phrases has a likely partner in the other, none used twice."""
        a, b = [i for i in f if edges[0][i]], [j for j in e if edges[1][j]]
        if len(a) != len(b):
            return False
        return all(max(self._both(i, j) for j in b) >= _COMPOSED for i in a) and all(
            max(self._both(i, j) for i in a) >= _COMPOSED for j in b
        )
