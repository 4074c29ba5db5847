"""The reference engine: `transformers.MarianMTModel` in float32 on torch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bitext.errors import ModelError
from bitext.translate.base import Decoding, Hypothesis, Tokens
from bitext.translate.batching import SCORE_BUDGET
from bitext.translate.batching import batches as by_length
from bitext.translate.directory import MarianDirectory
from bitext.translate.tokenizer import MarianPieces

__all__ = ["TransformersEngine"]

_TYPES = ("float32", "bfloat16", "float16")


class TransformersEngine:
    """Runs a Marian model with `transformers`, what every other engine is measured against.

    Args:
        model: the Marian directory.
        pieces: its tokeniser, for the vocabulary.
        compute_type: float32, bfloat16 or float16.
        threads: of torch; its own default if None.
        device: `cpu`, `cuda` or `auto`.

    Raises:
        ModelError: torch or transformers is not installed, or the weights cannot be loaded.
    """

    def __init__(
        self,
        model: MarianDirectory,
        pieces: MarianPieces,
        compute_type: str = "float32",
        threads: int | None = None,
        device: str = "cpu",
    ) -> None:
        if compute_type not in _TYPES:
            raise ModelError(
                f"transformers does not compute with {compute_type!r}", mend=f"choose among {', '.join(_TYPES)}"
            )
        try:
            import torch
            import transformers
        except ImportError as e:
            raise ModelError(
                f"the engine transformers needs {e.name}, which is not installed",
                mend="pip install torch transformers, or use the engine ct2",
            ) from None
        self.name = f"transformers-{transformers.__version__}"
        self.compute_type = compute_type
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._pieces, self._torch, self._device = pieces, torch, device
        with _silent(transformers):
            try:
                loaded: Any = transformers.MarianMTModel.from_pretrained(
                    str(model.path), dtype=getattr(torch, compute_type), local_files_only=True, output_loading_info=True
                )
                network, info = loaded
                self._model = network.to(device).eval()
            except Exception as e:  # safetensors, torch and transformers each raise their own
                said = str(e).strip().splitlines()[0][:200] if str(e).strip() else type(e).__name__
                raise ModelError(f"cannot be loaded ({said})", path=model.weights, mend=model.mend) from None
        if missing := sorted(info["missing_keys"]):
            raise ModelError(f"lacks the tensor {missing[0]}", path=model.weights, mend=model.mend)
        self._start, self._eos = model.vocab[model.start_token], model.vocab["</s>"]
        self._pad = model.config.get("pad_token_id", self._start)
        # What no translation may hold: the start token, which only fills the batch, and the unknown one.
        self._forbidden = sorted({self._start, self._pad, model.vocab["<unk>"]} - {self._eos})

    def _batch(self, batch: Sequence[Tokens]) -> tuple[Any, Any]:
        """Ids and attention mask, (texts, longest), end of sentence included, padded on the right."""
        torch = self._torch
        rows = [[*self._pieces.ids(tokens), self._eos] for tokens in batch]
        ids = torch.full((len(rows), max(map(len, rows))), self._pad)
        mask = torch.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
        return ids.to(self._device), mask.to(self._device)

    def generate(self, batches: Iterable[Sequence[Tokens]], decoding: Decoding) -> Iterator[list[Hypothesis]]:
        """See `base.Engine`. The log-probabilities come from forced decoding of the best hypothesis."""
        from transformers import GenerationConfig

        config = GenerationConfig(
            num_beams=decoding.beam,
            num_return_sequences=decoding.hypotheses,
            return_dict_in_generate=True,
            output_scores=decoding.hypotheses > 1,
            do_sample=False,
            length_penalty=decoding.length_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            repetition_penalty=decoding.repetition_penalty,
            max_new_tokens=decoding.max_tokens,
            max_length=None,
            decoder_start_token_id=self._start,
            eos_token_id=self._eos,
            pad_token_id=self._pad,
            suppress_tokens=self._forbidden,
        )
        self._model.generation_config = config
        names = {number: token for token, number in self._pieces.vocab.items()}
        for batch in batches:
            ids, mask = self._batch(batch)
            with self._torch.inference_mode():
                out = self._model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
            found = []
            for row in out.sequences.tolist():
                row = row[1:]  # the start token
                end = next((i for i, token in enumerate(row) if token in (self._eos, self._pad)), len(row))
                found.append([names[token] for token in row[:end]])
            n = decoding.hypotheses
            best = found[::n]
            groups = by_length([len(t) + 1 for t in best], SCORE_BUDGET)
            rows = self.score(([batch[i] for i in group], [best[i] for i in group]) for group in groups)
            scores = {i: s for group, row in zip(groups, rows, strict=True) for i, s in zip(group, row, strict=True)}
            searched = out.sequences_scores.tolist() if n > 1 else [0.0] * len(found)
            ranked = [Hypothesis(tuple(t), (), s) for t, s in zip(found, searched, strict=True)]
            yield [
                replace(ranked[i * n], logprobs=tuple(scores[i]), others=tuple(ranked[i * n + 1 : i * n + n]))
                for i in range(len(best))
            ]

    def score(self, batches: Iterable[tuple[Sequence[Tokens], Sequence[Tokens]]]) -> Iterator[list[list[float]]]:
        """See `base.Engine`."""
        torch = self._torch
        for sources, targets in batches:
            ids, mask = self._batch(sources)
            labels, real = self._batch(targets)
            shifted = torch.cat([torch.full_like(labels[:, :1], self._start), labels[:, :-1]], 1)
            with torch.inference_mode():
                logits = self._model(input_ids=ids, attention_mask=mask, decoder_input_ids=shifted).logits.float()
                if self._start != self._eos:
                    logits[..., self._start] = -torch.inf  # it is no output: its share belongs to the others
                chosen = labels.unsqueeze(-1)
                logprobs = logits.gather(-1, chosen).squeeze(-1) - logits.logsumexp(-1)
            yield [row[: int(n)] for row, n in zip(logprobs.tolist(), real.sum(1).tolist(), strict=True)]


@contextlib.contextmanager
def _silent(transformers: Any) -> Iterator[None]:
    """No progress bar and no advice from `transformers` while it loads."""
    log = transformers.utils.logging
    level, bar = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bar:
            log.enable_progress_bar()
