"""The bilingual lexicon as a value: look up, link the words of a pair, save and load."""

from __future__ import annotations

import hashlib
import json
import math
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bitext.document import Signature
from bitext.errors import InputError, ModelError
from bitext.files import reason, writing
from bitext.lexicon.links import posterior_links
from bitext.lexicon.phrases import Phrases
from bitext.lexicon.tokens import words as split

__all__ = ["Lexicon", "Matrix"]

_FORMAT = 1
_STEP = 0.065  # of the natural log of a count in one byte: counts of 0.05 to 800,000 within 3 %
_DAMPING = 1.0  # one link seen once is no more than an even chance
_FLOOR = float(np.log(0.05))
_CELLS = 100_000  # words times words that are linked at once


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix by rows: row r has the columns `indices[indptr[r]:indptr[r + 1]]`, ascending, with `values`."""

    indptr: np.ndarray
    indices: np.ndarray
    values: np.ndarray

    def row(self, r: int) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of one row."""
        part = slice(self.indptr[r], self.indptr[r + 1])
        return self.indices[part], self.values[part]


def _csr(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, size: int) -> Matrix:
    if (np.diff(rows) < 0).any():
        # stable, so that columns stay ascending within a row
        order = np.argsort(rows, kind="stable")
        rows, columns, values = rows[order], columns[order], values[order]
    counts = np.bincount(rows, minlength=size)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Matrix(indptr, columns.astype(np.int32), values.astype(np.float32))


class Lexicon:
    """Words of two languages, how often they occur and how often they are each other's translation.

    Words are those of `bitext.lexicon.tokens`. Ids count from 0 (the most frequent word) in each language. Make one
    with `bitext.lexicon.load` or `bitext.lexicon.build`.
    """

    def __init__(self, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        self._meta = dict(meta)
        self._arrays = dict(arrays)
        self.source_lang: str = self._meta["source"]
        self.target_lang: str = self._meta["target"]
        self.pairs: int = self._meta["pairs"]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(self.vocabulary(lang))} {lang}" for lang in (self.source_lang, self.target_lang))
        return f"<Lexicon {sizes} words, {len(self._arrays['rows'])} pairs>"

    # ---- making, saving, loading

    @classmethod
    def from_counts(
        cls,
        source_lang: str,
        target_lang: str,
        vocabularies: tuple[Sequence[str], Sequence[str]],
        counts: tuple[np.ndarray, np.ndarray],
        totals: tuple[int, int],
        rows: np.ndarray,
        columns: np.ndarray,
        links: np.ndarray,
        *,
        pairs: int = 0,
        min_prob: float = 0.003,
        min_links: float = 0.1,
        phrases: Phrases | None = None,
    ) -> Lexicon:
        """A pruned lexicon from expected link counts: `links[k]` between source id `rows[k]` and target `columns[k]`.

        Vocabularies are ordered by falling frequency, `counts` are the words' occurrences among `totals` words.
        """
        linked = [
            np.bincount(ids, links, len(vocabulary)).astype(np.float32)
            for ids, vocabulary in ((rows, vocabularies[0]), (columns, vocabularies[1]))
        ]
        likely = (links >= min_prob * linked[0][rows]) | (links >= min_prob * linked[1][columns])
        keep = likely & (links >= min_links)
        code = np.clip(np.round((np.log(np.maximum(links[keep], 1e-9)) - _FLOOR) / _STEP), 0, 255)
        arrays = {
            "words0": _packed(vocabularies[0]),
            "words1": _packed(vocabularies[1]),
            "counts0": counts[0].astype(np.int32),
            "counts1": counts[1].astype(np.int32),
            "linked0": linked[0],
            "linked1": linked[1],
            "rows": rows[keep].astype(np.int32),
            "columns": columns[keep].astype(np.int32),
            "links": code.astype(np.uint8),
        }
        if phrases is not None:
            arrays |= {
                "phrases0": _packed(phrases.source),
                "phrases1": _packed(phrases.target),
                "phrase_links": phrases.links.astype(np.int32),
                "phrase_counts0": phrases.source_counts.astype(np.int32),
                "phrase_counts1": phrases.target_counts.astype(np.int32),
            }
        meta = {
            "format": _FORMAT,
            "source": source_lang,
            "target": target_lang,
            "pairs": pairs,
            "totals": [int(t) for t in totals],
        }
        return cls(meta, arrays)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the lexicon as one compressed file (`numpy.savez_compressed`); the same lexicon gives the same bytes.

        Raises:
            OutputError: the file cannot be written.
        """
        stored = dict(self._arrays)
        rows = stored.pop("rows")
        stored["lengths"] = np.bincount(rows, minlength=len(stored["counts0"])).astype(np.uint16)
        columns = stored["columns"].copy()
        gaps = np.diff(columns, prepend=0)
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        gaps[first] = columns[first]  # gaps within a row are small and compress well
        stored["columns"] = gaps.astype(np.int32)
        stored["meta"] = np.frombuffer(json.dumps(self._meta, sort_keys=True).encode(), dtype=np.uint8)
        with writing(path, "wb") as f:
            np.savez_compressed(f, allow_pickle=False, **stored)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Lexicon:
        """Read what `save` wrote.

        Raises:
            ModelError: missing, damaged, or not a lexicon.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            meta = json.loads(arrays.pop("meta").tobytes())
            lengths, gaps = arrays.pop("lengths").astype(np.int64), arrays["columns"].astype(np.int64)
            arrays["rows"] = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
            ends = np.cumsum(gaps)
            starts = np.cumsum(lengths) - lengths
            before = np.where(starts > 0, ends[np.minimum(starts, max(len(ends), 1)) - 1], 0) if len(ends) else starts
            arrays["columns"] = (ends - np.repeat(before, lengths)).astype(np.int32)
            if meta["format"] != _FORMAT:
                raise ModelError(f"is a lexicon of format {meta['format']}", path=path, mend="update bitext")
            return cls(meta, arrays)
        except FileNotFoundError:
            raise ModelError("there is no such lexicon", path=path, mend="build one or check the name") from None
        except (KeyError, ValueError, TypeError, IndexError, zipfile.BadZipFile, EOFError):
            raise ModelError("is not a lexicon, or is damaged", path=path, mend="build it again") from None
        except OSError as e:
            raise ModelError(f"cannot be read ({reason(e)})", path=path) from None

    # ---- look-up

    def _side(self, lang: str) -> int:
        if lang == self.source_lang:
            return 0
        if lang == self.target_lang:
            return 1
        raise InputError(
            f"this lexicon knows {self.source_lang} and {self.target_lang}, not {lang!r}", mend="name one of the two"
        )

    @cached_property
    def _texts(self) -> tuple[list[str], list[str]]:
        return _unpacked(self._arrays["words0"]), _unpacked(self._arrays["words1"])

    @cached_property
    def _ids(self) -> tuple[dict[str, int], dict[str, int]]:
        source, target = self._texts
        return {w: i for i, w in enumerate(source)}, {w: i for i, w in enumerate(target)}

    def vocabulary(self, lang: str) -> Sequence[str]:
        """The words of a language by id, most frequent first."""
        return self._texts[self._side(lang)]

    def ids(self, words: Sequence[str], lang: str) -> np.ndarray:
        """Ids (int32) of words, -1 for unknown ones."""
        known = self._ids[self._side(lang)]
        return np.array([known.get(w, -1) for w in words], dtype=np.int32)

    def knows(self, word: str, lang: str) -> bool:
        """Whether the word is in the vocabulary."""
        return word in self._ids[self._side(lang)]

    def frequencies(self, lang: str) -> np.ndarray:
        """Relative frequency (float64) of each word by id."""
        side = self._side(lang)
        return self._arrays[f"counts{side}"] / max(self._meta["totals"][side], 1)

    def count(self, word: str, lang: str) -> float:
        """Relative frequency of a word in the text the lexicon was learnt from; 0 for an unknown one."""
        side = self._side(lang)
        i = self._ids[side].get(word)
        return 0.0 if i is None else float(self._arrays[f"counts{side}"][i]) / max(self._meta["totals"][side], 1)

    def linked(self, word: str, lang: str) -> float:
        """Share of a word's occurrences that have a partner in the other language (0 to 1); 0 for an unknown word.

        High for words that a translation hardly ever leaves out, low for articles and auxiliaries.
        """
        side = self._side(lang)
        i = self._ids[side].get(word)
        if i is None:
            return 0.0
        return min(1.0, float(self._arrays[f"linked{side}"][i]) / max(int(self._arrays[f"counts{side}"][i]), 1))

    @cached_property
    def _links(self) -> np.ndarray:
        return np.exp(self._arrays["links"] * _STEP + _FLOOR).astype(np.float32)

    @cached_property
    def _probs(self) -> tuple[np.ndarray, np.ndarray]:
        """p(target|source) and p(source|target) of each stored pair."""
        links = self._links
        forward = links / (self._arrays["linked0"][self._arrays["rows"]] + _DAMPING)
        backward = links / (self._arrays["linked1"][self._arrays["columns"]] + _DAMPING)
        # counts are stored within 3 %, so a share can come out above 1
        return np.minimum(forward, 1.0).astype(np.float32), np.minimum(backward, 1.0).astype(np.float32)

    @cached_property
    def forward(self) -> Matrix:
        """p(target|source): rows are source ids, columns target ids."""
        return _csr(self._arrays["rows"], self._arrays["columns"], self._probs[0], len(self._arrays["counts0"]))

    @cached_property
    def backward(self) -> Matrix:
        """p(source|target): rows are target ids, columns source ids."""
        return _csr(self._arrays["columns"], self._arrays["rows"], self._probs[1], len(self._arrays["counts1"]))

    @cached_property
    def _phrases(self) -> tuple[dict[str, list[tuple[str, float]]], dict[str, list[tuple[str, float]]]]:
        tables: tuple[dict[str, list[tuple[str, float]]], ...] = ({}, {})
        if "phrases0" in self._arrays:
            texts = [_unpacked(self._arrays[f"phrases{side}"]) for side in range(2)]
            links = self._arrays["phrase_links"]
            for side in range(2):
                probs = np.minimum(1.0, links / np.maximum(self._arrays[f"phrase_counts{side}"], 1)).tolist()
                for text, other, p in zip(texts[side], texts[1 - side], probs, strict=True):
                    tables[side].setdefault(text, []).append((other, p))
        return tables[0], tables[1]

    def phrases(self, lang: str) -> Mapping[str, Sequence[tuple[str, float]]]:
        """What a phrase (or word) of a language is in phrases (or words) of the other: text to (text, probability).

        Keys are tokens joined by a space (`droits de l' homme`). Only pairs that are not one word to one word.
        """
        return self._phrases[self._side(lang)]

    def translations(
        self, word: str, *, reverse: bool = False, n: int = 10, phrases: bool = True
    ) -> list[tuple[str, float]]:
        """The likeliest translations of a word or phrase with p(translation|word), best first.

        `word` is in the source language, or with `reverse` in the target language. Unknown words have none. With
        `phrases` translations of several words are among them (tokens joined by a space).
        """
        side = int(reverse)
        lang = self.target_lang if reverse else self.source_lang
        key = " ".join(split(word, lang))
        found = list(self._phrases[side].get(key, ())) if phrases else []
        i = self._ids[side].get(key)
        if i is not None:
            indices, values = (self.backward if reverse else self.forward).row(i)
            texts = self._texts[1 - side]
            best = np.argsort(-values, kind="stable")[:n]
            found += [(texts[indices[k]], float(values[k])) for k in best]
        return sorted(found, key=lambda pair: -pair[1])[:n]

    def prob(self, source: str, target: str, *, reverse: bool = False) -> float:
        """p(target|source), or with `reverse` p(source|target); 0 where the pair is unknown."""
        i, j = self._ids[0].get(source), self._ids[1].get(target)
        if i is None or j is None:
            return 0.0
        matrix, r, c = (self.backward, j, i) if reverse else (self.forward, i, j)
        indices, values = matrix.row(r)
        k = int(np.searchsorted(indices, c))
        return float(values[k]) if k < len(indices) and indices[k] == c else 0.0

    # ---- many at once

    @cached_property
    def _keys(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs as sorted keys with both probabilities, for `pair_probs`."""
        forward, backward = self._probs
        # the stored pairs are in the order of their keys
        return (
            self._arrays["rows"].astype(np.int64) * len(self._arrays["counts1"]) + self._arrays["columns"],
            forward,
            backward,
        )

    def pair_probs(self, source_ids: np.ndarray, target_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """p(target|source) and p(source|target) of every pair: two float32 arrays (len(source), len(target))."""
        keys, forward, backward = self._keys
        shape = (len(source_ids), len(target_ids))
        if not len(keys):
            return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        wanted = source_ids[:, None].astype(np.int64) * len(self._arrays["counts1"]) + target_ids[None, :]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = (keys[at] == wanted) & (source_ids[:, None] >= 0) & (target_ids[None, :] >= 0)
        return np.where(hit, forward[at], 0).astype(np.float32), np.where(hit, backward[at], 0).astype(np.float32)

    @cached_property
    def _unigrams(self) -> tuple[np.ndarray, np.ndarray]:
        """Relative frequencies by id, with one more entry at the end (id -1) for unknown words."""
        rare = [1.0 / max(total, 1) for total in self._meta["totals"]]
        source, target = self.frequencies(self.source_lang), self.frequencies(self.target_lang)
        return np.append(source, rare[0]), np.append(target, rare[1])

    def align(
        self, source_tokens: Sequence[str], target_tokens: Sequence[str], *, threshold: float = 0.2
    ) -> list[tuple[int, int, float]]:
        """Links between the words of a sentence and its translation: (source index, target index, probability).

        Posteriors of both directions under the diagonal prior of Dyer et al. 2013, their geometric mean at least
        `threshold`. Words that the lexicon does not know are linked with their like (names, numbers, cognates).
        As memory goes with the product of the lengths, texts of more than about 300 words are linked part by part.
        """
        n, m = len(source_tokens), len(target_tokens)
        if (parts := min(n, m, math.ceil(math.sqrt(n * m / _CELLS)))) > 1:
            links = []
            for k in range(parts):
                i, j = k * n // parts, k * m // parts
                there, here = source_tokens[i : (k + 1) * n // parts], target_tokens[j : (k + 1) * m // parts]
                links += [(i + a, j + b, p) for a, b, p in self.align(there, here, threshold=threshold)]
            return links
        source_ids = self.ids(source_tokens, self.source_lang)
        target_ids = self.ids(target_tokens, self.target_lang)
        forward, backward = self.pair_probs(source_ids, target_ids)
        unigrams = self._unigrams[0][source_ids], self._unigrams[1][target_ids]
        return posterior_links(source_tokens, target_tokens, forward, backward, unigrams[0], unigrams[1], threshold)

    @cached_property
    def signature(self) -> Signature:
        """Languages, number of pairs learnt from, and a hash of the contents."""
        digest = hashlib.sha256()
        for name in sorted(self._arrays):
            digest.update(name.encode() + np.ascontiguousarray(self._arrays[name]).tobytes())
        entry = f"{self.source_lang}-{self.target_lang}.{self.pairs}.{digest.hexdigest()[:8]}"
        return Signature.of(lexicon=entry)


def _packed(words: Sequence[str]) -> np.ndarray:
    return np.frombuffer("\n".join(words).encode("utf-8", "replace"), dtype=np.uint8)


def _unpacked(data: np.ndarray) -> list[str]:
    text = data.tobytes().decode("utf-8")
    return text.split("\n") if text else []
