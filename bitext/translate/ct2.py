"""The fast engine: CTranslate2, int8 on the CPU unless asked otherwise. Needs neither torch nor transformers."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from weakref import WeakValueDictionary

from bitext.errors import ModelError
from bitext.translate.base import Decoding, Hypothesis, Tokens
from bitext.translate.batching import SCORE_BUDGET
from bitext.translate.batching import batches as by_length
from bitext.translate.convert import COMPUTE_TYPES, converted
from bitext.translate.directory import MarianDirectory
from bitext.translate.tokenizer import EOS

__all__ = ["CTranslate2Engine"]

_MOST_WORKERS = 8  # more than that share one memory bus without gain


def _cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


class CTranslate2Engine:
    """Runs a Marian model with CTranslate2.

    One single-threaded worker a core translates whole batches: two OpenMP threads inside one batch wait
    for each other at every layer and collapse as soon as another process takes a core.

    Args:
        model: the Marian directory; converted once and kept in the user's cache.
        compute_type: of weights and activations.
        threads: number of workers; by default one a core, at most eight.
        device: `cpu`, `cuda` or `auto`.

    Raises:
        ModelError: the model is damaged, or the machine cannot compute with that type.
    """

    def __init__(
        self, model: MarianDirectory, compute_type: str = "int8", threads: int | None = None, device: str = "cpu"
    ) -> None:
        import ctranslate2

        if compute_type not in COMPUTE_TYPES:
            raise ModelError(
                f"there is no compute type {compute_type!r}", mend=f"choose among {', '.join(COMPUTE_TYPES)}"
            )
        self.name = f"ctranslate2-{ctranslate2.__version__}"
        self.compute_type = compute_type
        default = min(_cores(), _MOST_WORKERS) if device == "cpu" else 1
        self.workers = max(1, default if threads is None else threads)
        if device == "cpu" and compute_type not in ctranslate2.get_supported_compute_types("cpu"):
            raise ModelError(f"this processor cannot compute with {compute_type}", mend="use --compute-type float32")
        path, temporary = converted(model, compute_type)

        def open_(path: Any) -> Any:
            return ctranslate2.Translator(
                str(path), device=device, compute_type=compute_type, inter_threads=self.workers, intra_threads=1
            )

        try:
            self._translator = open_(path)
        except RuntimeError:  # a copy in the cache that was cut off or overwritten
            path, temporary = converted(model, compute_type, renew=True)
            try:
                self._translator = open_(path)
            except (RuntimeError, ValueError) as e:
                raise ModelError(f"cannot be loaded by CTranslate2 ({e})", path=model.path, mend=model.mend) from None
        except ValueError as e:
            raise ModelError(
                f"cannot be loaded by CTranslate2 ({e})", mend="choose another device or compute type"
            ) from None
        finally:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)

    @classmethod
    def shared(cls, model: MarianDirectory, compute_type: str, threads: int | None, device: str) -> CTranslate2Engine:
        """An engine that someone has loaded already, or a new one: the model that reranks may score as well."""
        key = (str(model.path.resolve()), model.hash, compute_type, threads, device)
        engine = _LOADED.get(key)
        if engine is None:
            engine = _LOADED[key] = cls(model, compute_type, threads, device)
        return engine

    def _ahead(self, calls: Iterable[Any]) -> Iterator[list[Any]]:
        """Results in order, with as many batches begun as keep every worker busy."""
        pending: deque[list[Any]] = deque()
        for call in calls:
            pending.append(call)
            if len(pending) > 2 * self.workers:
                yield [r.result() for r in pending.popleft()]
        while pending:
            yield [r.result() for r in pending.popleft()]

    def generate(self, batches: Iterable[Sequence[Tokens]], decoding: Decoding) -> Iterator[list[Hypothesis]]:
        """See `base.Engine`. The log-probabilities come from forced decoding of the best hypothesis."""
        options = {
            "asynchronous": True,
            "beam_size": decoding.beam,
            "num_hypotheses": decoding.hypotheses,
            "return_scores": True,
            "length_penalty": decoding.length_penalty,
            "no_repeat_ngram_size": decoding.no_repeat_ngram_size,
            "repetition_penalty": decoding.repetition_penalty,
            "max_decoding_length": decoding.max_tokens,
            "max_input_length": 0,
            "disable_unk": True,
        }
        kept: deque[list[list[str]]] = deque()
        found: deque[list[Any]] = deque()
        orders: deque[list[int]] = deque()

        def begin() -> Iterator[Any]:
            for batch in batches:
                kept.append([[*tokens, EOS] for tokens in batch])
                yield self._translator.translate_batch(kept[-1], **options)

        def rescore() -> Iterator[Any]:
            for results in self._ahead(begin()):
                source, target = kept.popleft(), [r.hypotheses[0] for r in results]
                found.append(results)
                # In groups of their own: one output that loops would pad all others to its length.
                groups = by_length([len(t) + 1 for t in target], SCORE_BUDGET)
                orders.append([i for group in groups for i in group])
                yield [
                    result
                    for group in groups
                    for result in self._translator.score_batch(
                        [source[i] for i in group], [target[i] for i in group], max_input_length=0, asynchronous=True
                    )
                ]

        for scores in self._ahead(rescore()):
            by_place = dict(zip(orders.popleft(), scores, strict=True))
            out = []
            for i, result in enumerate(found.popleft()):
                (best, score), *others = zip(result.hypotheses, result.scores, strict=True)
                rest = tuple(Hypothesis(tuple(t), (), s) for t, s in others)
                out.append(Hypothesis(tuple(best), tuple(by_place[i].log_probs), score, rest))
            yield out

    def score(self, batches: Iterable[tuple[Sequence[Tokens], Sequence[Tokens]]]) -> Iterator[list[list[float]]]:
        """See `base.Engine`."""

        def begin() -> Iterator[Any]:
            for sources, targets in batches:
                yield self._translator.score_batch(
                    [[*t, EOS] for t in sources], [list(t) for t in targets], max_input_length=0, asynchronous=True
                )

        for scores in self._ahead(begin()):
            yield [list(s.log_probs) for s in scores]


_LOADED: WeakValueDictionary[tuple[object, ...], CTranslate2Engine] = WeakValueDictionary()
