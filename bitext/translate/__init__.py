"""Translation with Marian models: `load` a translator, `translate`, `stream` or `score` with it.

from bitext.translate import load
print(load("fr-en").translate(["Le Conseil reste silencieux."])[0].text)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bitext.errors import ModelError
from bitext.translate.base import Decoding, Engine, Stats, Translator

if TYPE_CHECKING:
    from bitext.translate.directory import MarianDirectory
    from bitext.translate.models import ModelInfo, convert, describe, find, list_models, pull
    from bitext.translate.rerank import Channel
    from bitext.translate.translator import MarianTranslator

__all__ = [
    "Decoding",
    "Engine",
    "ModelInfo",
    "Stats",
    "Translator",
    "convert",
    "describe",
    "find",
    "list_models",
    "load",
    "pull",
]

ENGINES = ("ct2", "transformers")
QUALITY_LIMIT = 60
"""Tokens above which a segment is split at clauses although the model has room for more, unless its
directory says otherwise (`split_tokens` in tokenizer_config.json; `bench/mt.py --limit` finds the best)."""


def __getattr__(name: str) -> Any:
    if name in {"ModelInfo", "convert", "describe", "find", "list_models", "pull"}:
        from bitext.translate import models

        return getattr(models, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(
    model: str | os.PathLike[str] = "fr-en",
    *,
    engine: str = "ct2",
    compute_type: str | None = None,
    beam: int | None = None,
    length_penalty: float = 1.0,
    threads: int | None = None,
    device: str = "cpu",
    memory: str | os.PathLike[str] | None = None,
    target: str | None = None,
    limit: int | None = None,
    repair: bool = True,
    rerank: str | os.PathLike[str] | None = None,
) -> MarianTranslator:
    """A translator, ready to work; nothing is downloaded.

    Args:
        model: a directory, a shipped name (`fr-en`), or a hub id that was fetched by `pull` before.
        engine: `ct2` (fast) or `transformers` (the reference).
        compute_type: int8 unless the engine is transformers, whose default is float32.
        beam: hypotheses kept; 1 is greedy search. By default 8 where they are reranked, else 4.
        length_penalty: above 1 prefers longer translations.
        threads: batches at a time (ct2) or threads of torch; by default what the machine has.
        device: `cpu`, `cuda` or `auto`.
        memory: a file that keeps translations between runs; none by default.
        target: language that a multilingual model shall write.
        limit: segments of more tokens are split at clauses and joined again; by default what the model's
            directory says (`split_tokens`), else `QUALITY_LIMIT`.
        repair: try again what loops, stops early, or is copied.
        rerank: a model of the other direction that chooses among the hypotheses, or `none`; by default what the
            model's directory says (`rerank`), where that is installed.

    Raises:
        ModelError: no such model, a damaged one, or settings that the engine has not.
        OutputError: `memory` is a file of something else.
    """
    if engine not in ENGINES:
        raise ModelError(f"there is no engine {engine!r}", mend=f"choose among {', '.join(ENGINES)}")
    if beam is not None and beam < 1:
        raise ModelError(f"a beam of {beam} finds nothing", mend="give 1 or more")
    from bitext.translate.memory import TranslationMemory
    from bitext.translate.models import find
    from bitext.translate.rerank import WIDTH
    from bitext.translate.tokenizer import MarianPieces
    from bitext.translate.translator import MarianTranslator

    directory = find(model)
    pieces = MarianPieces(directory, target)
    runner: Engine
    if engine == "ct2":
        from bitext.translate.ct2 import CTranslate2Engine

        runner = CTranslate2Engine.shared(directory, compute_type or "int8", threads, device)
    else:
        from bitext.translate.marian import TransformersEngine

        runner = TransformersEngine(directory, pieces, compute_type or "float32", threads, device)
    limit = limit or directory.split_tokens or QUALITY_LIMIT
    channel = _channel(directory, rerank, device) if beam != 1 else None
    beam = beam or (WIDTH if channel else 4)
    longest = min(256, directory.positions - 1)
    decoding = Decoding(beam, length_penalty, max_tokens=longest, hypotheses=beam if channel else 1)
    translator = MarianTranslator(
        directory, runner, pieces, decoding=decoding, limit=limit, repair=repair, channel=channel
    )
    if memory is not None:
        translator.memory = TranslationMemory(memory, translator.settings)
    return translator


def _channel(model: MarianDirectory, rerank: str | os.PathLike[str] | None, device: str) -> Channel | None:
    """What chooses among the hypotheses of a model; None if nothing shall, or nothing is there."""
    from bitext.translate.models import find
    from bitext.translate.rerank import Channel

    name = model.rerank if rerank is None else rerank
    if name is None or str(name) == "none":
        return None
    try:
        reverse = find(name)
    except ModelError:
        if rerank is None:
            return None
        raise
    if (reverse.source_lang, reverse.target_lang) != (model.target_lang, model.source_lang):
        raise ModelError(
            f"{reverse.name} translates from {reverse.source_lang or '?'} into {reverse.target_lang or '?'} "
            f"and cannot rerank {model.name}",
            mend=f"give a model from {model.target_lang or '?'} into {model.source_lang or '?'}, or none",
        )
    return Channel(f"{reverse.name}@{reverse.hash[:12]}", lambda: load(name, device=device, rerank="none"))
