"""Learn a lexicon from parallel text: count, choose candidates, run EM, prune."""

from __future__ import annotations

import itertools
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bitext.errors import InputError
from bitext.lexicon.phrases import mine
from bitext.lexicon.tokens import words

if TYPE_CHECKING:
    import numpy as np

    from bitext.lexicon.lexicon import Lexicon

__all__ = ["build"]

_MAX_LENGTH = 60  # longer pairs say little about words and cost the square
_KEEP = 48  # candidate partners a word and direction
_SAMPLE = 20_000  # occurrences of a word read to find its candidates
_CHUNK = 20_000  # sentences between two reports of progress
_ROUNDS = (  # (tension of the diagonal, whether the directions must agree)
    (0.0, False),
    (0.0, True),
    (3.0, True),
    (6.0, True),
)
_PHRASE_ROUND = 1  # after it several words may still share a partner; agreement ends that
_PHRASE_TENSION = 3.0

Progress = Callable[[str, float], None]


@dataclass
class _Side:
    """One side of the corpus as numbers; ids run from the most frequent word down, -1 is unknown."""

    vocabulary: list[str]
    counts: np.ndarray
    total: int
    ids: np.ndarray
    starts: np.ndarray


def _read(
    pairs: Iterable[tuple[str, str]], langs: tuple[str, str], max_tokens: int, report: Progress
) -> list[tuple[dict[str, int], array[int], array[int]]]:
    ids: list[defaultdict[str, int]] = [defaultdict(itertools.count().__next__) for _ in langs]
    streams = [array("i") for _ in langs]
    starts = [array("q", [0]) for _ in langs]
    for n, pair in enumerate(pairs, 1):
        for side, text in enumerate(pair):
            known = ids[side]
            streams[side].extend([known[w] for w in words(text, langs[side])])
            starts[side].append(len(streams[side]))
        if n % _CHUNK == 0:
            report("reading", float(n))
        if len(streams[0]) + len(streams[1]) > max_tokens:
            break
    return [(dict(ids[s]), streams[s], starts[s]) for s in range(2)]


def _side(read: tuple[dict[str, int], array[int], array[int]], lang: str, min_count: int, max_vocabulary: int) -> _Side:
    import numpy as np

    known, stream, starts = read
    raw = np.frombuffer(stream, dtype=np.int32) if len(stream) else np.zeros(0, np.int32)
    counts = np.bincount(raw, minlength=len(known))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= min_count][:max_vocabulary]
    if not len(order):
        raise InputError(
            f"the parallel text has no {lang or 'unnamed'} word that occurs {min_count} times",
            mend="give more text or a smaller minimum count",
        )
    renumber = np.full(len(known), -1, np.int32)
    renumber[order] = np.arange(len(order), dtype=np.int32)
    texts = list(known)
    return _Side([texts[i] for i in order], counts[order], len(raw), renumber[raw], np.array(starts, dtype=np.int64))


def _support(source: _Side, target: _Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Candidate pairs as CSR over the source, and their first weight: the best partners of either side's words."""
    import numpy as np

    from bitext.lexicon.em import candidates, inverted

    n, m = np.diff(source.starts), np.diff(target.starts)
    fits = (n > 0) & (m > 0) & (n <= _MAX_LENGTH) & (m <= _MAX_LENGTH)
    # short pairs say more: each weighs as much as its longer side is short
    weight = np.where(fits, 1.0 / np.maximum(np.maximum(n, m), 1), 0.0).astype(np.float32)
    keys, strengths = [], []
    for one, other, flip in ((source, target, False), (target, source, True)):
        indptr, sentences = inverted(one.ids, one.starts, len(one.vocabulary))
        fit = fits[sentences]
        kept = np.concatenate([[0], np.cumsum(fit)])
        indptr, sentences = kept[indptr], sentences[fit]
        known = other.ids >= 0
        share = np.repeat(weight, np.diff(other.starts))
        marginal = np.bincount(other.ids[known], share[known], len(other.vocabulary)).astype(np.float32)
        marginal = np.maximum(marginal, 1e-6)
        partners, strength = candidates(
            indptr, sentences, other.ids, other.starts, weight, marginal, len(other.vocabulary), _KEEP, _SAMPLE
        )
        row, column = np.nonzero(partners >= 0)
        partner = partners[row, column].astype(np.int64)
        f, e = (partner, row) if flip else (row, partner)
        keys.append(f * len(target.vocabulary) + e)
        strengths.append(strength[row, column])
    key, first = np.unique(np.concatenate(keys), return_index=True)
    strength = np.concatenate(strengths)[first]
    f, e = np.divmod(key, len(target.vocabulary))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(f, minlength=len(source.vocabulary)))]).astype(np.int64)
    return indptr, e.astype(np.int32), strength.astype(np.float32)


def _normalised(counts: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    """Counts as conditional probabilities; a variational Bayes estimate keeps rare words from collecting garbage."""
    import numpy as np

    alpha = 0.01
    total = np.maximum(np.bincount(group, counts + alpha, size), alpha)
    return (_exp_digamma(counts + alpha) / _exp_digamma(total)[group]).astype(np.float32)


def _exp_digamma(x: np.ndarray) -> np.ndarray:
    import numpy as np

    # digamma(x) = digamma(x + 6) - sum 1/(x + k), asymptotic beyond 6
    shift = sum(1.0 / (x + k) for k in range(6))
    y = x + 6
    return np.exp(np.log(y) - 0.5 / y - 1 / (12 * y**2) + 1 / (120 * y**4) - shift)


def build(
    pairs: Iterable[tuple[str, str]],
    source_lang: str,
    target_lang: str,
    *,
    min_count: int = 2,
    max_vocabulary: int = 80_000,
    max_tokens: int = 100_000_000,
    min_prob: float = 0.003,
    max_phrases: int = 20_000,
    progress: Progress | None = None,
) -> Lexicon:
    """Learn a lexicon from translated pairs of sentences.

    Args:
        pairs: (source, target) texts; read once, streamed.
        source_lang, target_lang: language codes, which choose the tokeniser's rules.
        min_count: rarer words are left out.
        max_vocabulary: at most so many words a language, the most frequent.
        max_tokens: reading stops after so many words of both sides; memory is about 40 bytes a word.
        min_prob: pairs likelier than this in either direction stay.
        max_phrases: at most so many phrase pairs (*projet de loi*: bill); 0 for none.
        progress: called as `progress(stage, done)` with stages *reading* (`done` is the number of pairs so far),
            *candidates*, *EM* and *phrases* (`done` is the share, 0 to 1).

    Raises:
        InputError: there is no text to learn from.
    """
    import numpy as np

    from bitext.lexicon import em
    from bitext.lexicon.lexicon import Lexicon

    expect: Any = em.e_step  # its compiled type hides the signature
    report: Progress = progress or (lambda stage, done: None)
    read = _read(pairs, (source_lang, target_lang), max_tokens, report)
    source = _side(read[0], source_lang, min_count, max_vocabulary)
    target = _side(read[1], target_lang, min_count, max_vocabulary)
    del read
    report("candidates", 0.0)
    indptr, columns, strength = _support(source, target)
    rows = np.repeat(np.arange(len(source.vocabulary), dtype=np.int32), np.diff(indptr))
    size, width = len(source.vocabulary), len(target.vocabulary)
    forward = (strength / np.bincount(rows, strength, size)[rows]).astype(np.float32)
    backward = (strength / np.bincount(columns, strength, width)[columns]).astype(np.float32)
    unigrams = [(s.counts / max(s.total, 1)).astype(np.float32) for s in (source, target)]
    sentences = len(source.starts) - 1
    counts, shared = np.zeros(0), (forward, backward)
    for number, (tension, agree) in enumerate(_ROUNDS):
        counts, backward_counts = np.zeros(len(columns)), np.zeros(len(columns))
        for lo in range(0, sentences, _CHUNK):
            expect(
                source.ids, source.starts, target.ids, target.starts, lo, min(lo + _CHUNK, sentences),
                indptr, columns, forward, backward, *unigrams, tension, agree, _MAX_LENGTH, counts, backward_counts,
            )  # fmt: skip
            report("EM", (number + min(1.0, (lo + _CHUNK) / sentences)) / len(_ROUNDS))
        forward = _normalised(counts, rows, size)
        backward = _normalised(backward_counts, columns, width)
        if number == _PHRASE_ROUND:
            shared = forward, backward
    found = None
    if max_phrases:
        report("phrases", 0.0)
        found = mine(
            source, target, (indptr, columns), shared, (unigrams[0], unigrams[1]),
            tension=_PHRASE_TENSION, max_length=_MAX_LENGTH, limit=max_phrases,
        )  # fmt: skip
        report("phrases", 1.0)
    return Lexicon.from_counts(
        source_lang, target_lang, (source.vocabulary, target.vocabulary), (source.counts, target.counts),
        (source.total, target.total), rows, columns, counts, pairs=sentences, min_prob=min_prob, phrases=found,
    )  # fmt: skip
