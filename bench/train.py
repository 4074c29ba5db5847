"""How fast `bitext train` goes, against the matrix products that a step cannot do without.

    python bench/train.py [--data FILE…] [--seconds 60] [--dropout P] [--profile] [--json]

A model of the shipped shape learns with one worker and one thread: made-up text of news-like lengths, or the aligned
files given. Three figures, by CPU time (other programs may run): the training steps; the general way (`MarianMTModel`
under autocast, clipping, AdamW, a running average) on the same pairs in batches sorted by target length;
and the bound, the same products of matrices by themselves (forward and twice backward, the same shapes and type).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from bitext.train.batches import Batches
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus, prepare
from bitext.train.launch import MEMORY
from bitext.train.model import Vocabulary, new_model, read_model, train_vocabulary
from bitext.train.worker import Worker


def corpus_of(folder: Path, pairs: int = 30_000) -> Path:
    """Made-up pairs of news-like lengths over 2,000 words."""
    rng = random.Random(0)
    syllables = [a + b for a in "bcdfglmnprstv" for b in "aeiou"]
    words = ["".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))) for _ in range(2000)]
    path = folder / "pairs.tsv"
    lines = []
    for _ in range(pairs):
        n = max(3, round(rng.gauss(22, 10)))
        chosen = [rng.choice(words) for _ in range(n)]
        lines.append(" ".join(chosen) + "\t" + " ".join(w[::-1] for w in chosen))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def products(config: TrainConfig, n: int, source: int, target: int, told: int, vocabulary: int) -> list[Any]:
    """Shapes (m, k, n) of the products of a forward pass over n pairs of these padded lengths, `told` real targets.

    Four numbers (b, m, k, n) are b products at once: those of the heads of an attention.
    """
    d, ffn, b, e = config.d_model, config.ffn, n * config.heads, config.d_model // config.heads
    s, t = n * source, n * target
    found: list[Any] = []
    for _ in range(config.encoder_layers):
        found += [(s, d, d)] * 4 + [(s, d, ffn), (s, ffn, d)]
        found += [(b, source, e, source), (b, source, source, e)]
    for _ in range(config.decoder_layers):
        found += [(t, d, d)] * 6 + [(s, d, d)] * 2 + [(t, d, ffn), (t, ffn, d)]
        for keys in (target, source):
            found += [(b, target, e, keys), (b, target, keys, e)]
    return [*found, (told, d, vocabulary)]


def bound(shapes: list[tuple[int, ...]], dtype: torch.dtype) -> float:
    """CPU seconds that the products take, forward and for both gradients; best of three."""
    best = float("inf")
    tensors = {x: torch.randn(*x).to(dtype) for *b, m, k, n in shapes for x in ((*b, m, k), (*b, k, n), (*b, m, n))}
    for _ in range(3):
        start = time.process_time()
        for *b, m, k, n in shapes:
            torch.matmul(tensors[*b, m, k], tensors[*b, k, n])
            torch.matmul(tensors[*b, m, n], tensors[*b, k, n].mT)
            torch.matmul(tensors[*b, m, k].mT, tensors[*b, m, n])
        best = min(best, time.process_time() - start)
    return best


def prepared(folder: Path, config: TrainConfig, data: list[Path]) -> tuple[Worker, Corpus, Vocabulary]:
    """A worker on a fresh model, with its data."""
    from bitext.formats.pairs import read_pairs

    data = data or [corpus_of(folder)]
    start = folder / "start"
    rows = (p for f in data for p in read_pairs(f, "fr", "en"))
    train_vocabulary((t for s, t, _ in islice(rows, 100_000) for t in (s, t)), start, config.vocabulary, "fr", "en")
    vocabulary = Vocabulary(start)
    corpus = prepare(
        data,
        vocabulary.encode,
        folder / "data",
        source_lang="fr",
        target_lang="en",
        vocabulary_hash="bench",
        max_length=config.max_length,
        max_ratio=config.max_ratio,
    )
    new_model(config, vocabulary, corpus).save_pretrained(start)
    config.save(folder / "config.json")
    run = {"start": str(start), "reverse": False, "corpus": str(corpus.folder), "dev": [], "rendezvous": ""}
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return Worker(folder, 0, 1), corpus, vocabulary


def general(folder: Path, config: TrainConfig, vocabulary: Vocabulary) -> Callable[[Any], int]:
    """A training step as one writes it with `transformers`; returns the number of target tokens."""
    model: Any = read_model(folder / "start", config.dropout).train()
    pad = vocabulary.pad
    parameters = [p for n, p in model.named_parameters() if "embed_positions" not in n]
    optimiser = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.98), fused=True)
    average = [p.detach().clone() for p in parameters]

    def step(batch: tuple[np.ndarray, np.ndarray]) -> int:
        source, target = map(torch.from_numpy, batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.model(
                input_ids=source,
                attention_mask=(source != pad).long(),
                decoder_input_ids=F.pad(target[:, :-1], (1, 0), value=pad),
                use_cache=False,
            )[0]
            told = (target != pad).reshape(-1)
            logits = F.linear(hidden.reshape(-1, hidden.shape[-1])[told], model.model.shared.weight)
        F.cross_entropy(logits.float(), target.reshape(-1)[told], label_smoothing=config.label_smoothing).backward()
        torch.nn.utils.clip_grad_norm_(parameters, config.clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        with torch.no_grad():
            for mean, p in zip(average, parameters, strict=True):
                mean.lerp_(p, 0.001)
        return int(told.sum())

    return step


def sorted_by_target(corpus: Corpus, tokens: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Batches as the general way has them: by the target's length, then the source's, within 20,000 pairs."""
    sources, targets = np.diff(corpus.source_at), np.diff(corpus.target_at)
    pool = rng.permutation(len(corpus))[:20_000]
    pool = pool[np.lexsort((sources[pool], targets[pool]))]
    batches, first, longest = [], 0, 0
    for k, i in enumerate(pool.tolist()):
        length = int(max(sources[i], targets[i])) + 1
        if k > first and max(longest, length) * (k - first + 1) > tokens:
            batches.append(pool[first:k])
            first, longest = k, 0
        longest = max(longest, length)
    return [batches[i] for i in rng.permutation(len(batches))]


def measure(config: TrainConfig, seconds: float, data: list[Path], profile: bool) -> dict[str, Any]:
    """Tokens a CPU second of training steps, of the general way, and of the bare products."""
    torch.set_num_threads(1)
    batch_tokens, parts = config.batch_tokens, max(1, round(config.batch_tokens / config.chunk_tokens))
    with tempfile.TemporaryDirectory() as name:
        worker, corpus, vocabulary = prepared(Path(name), config, data)
        pad, eos = vocabulary.pad, vocabulary.eos
        batches = Batches(corpus, weights={}, tokens=batch_tokens // parts, parts=parts, seed=1, rank=0, workers=1)
        general_step = general(Path(name), config, vocabulary)
        others = iter(sorted_by_target(corpus, 1000, np.random.default_rng(1)))
        told = cells = real_cells = used = least = general_told = general_used = 0.0
        steps, began = -2, time.monotonic()  # the first steps also allocate
        for _, chosen in batches.after(0):
            step = [batches.arrays(b, pad, eos) for b in chosen]
            start = time.process_time()
            _, n, _ = worker.advance(step)
            spent = time.process_time() - start
            other = batches.arrays(next(others), pad, eos)
            start = time.process_time()
            m = general_step(other)
            general_spent = time.process_time() - start
            steps += 1
            if steps <= 0:
                continue
            told, used = told + n, used + spent
            general_told, general_used = general_told + m, general_used + general_spent
            for source, target in step:
                cells += source.size + target.size
                real_cells += int((source != pad).sum() + (target != pad).sum())
                real = int((target != pad).sum())
                shapes = products(config, len(source), source.shape[1], target.shape[1], real, vocabulary.size)
                least += bound(shapes, torch.bfloat16)
            if time.monotonic() - began > seconds:
                break
        if profile:
            with torch.profiler.profile() as found:
                worker.advance(step)
            print(found.key_averages().table(sort_by="self_cpu_time_total", row_limit=20, max_name_column_width=40))
    return {
        "steps": steps,
        "tokens_per_cpu_second": round(told / used),
        "general_tokens_per_cpu_second": round(general_told / general_used),
        "bound_tokens_per_cpu_second": round(told / least),
        "share_of_bound": round(least / used, 3),
        "padding": round(1 - real_cells / cells, 4),
    }


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="*", type=Path, default=[], metavar="FILE", help="aligned fr-en files")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--batch-tokens", type=int, default=TrainConfig().batch_tokens)
    parser.add_argument("--optimiser", default=TrainConfig().optimiser)
    parser.add_argument("--dropout", type=float, default=TrainConfig().dropout)
    parser.add_argument("--profile", action="store_true", help="also print where the time of a step goes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if any(os.environ.get(k) != v for k, v in MEMORY.items()):  # as workers are started
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MEMORY})
    config = replace(
        TrainConfig(),
        workers=1,
        batch_tokens=options.batch_tokens,
        optimiser=options.optimiser,
        dropout=options.dropout,
    )
    found = measure(config, options.seconds, options.data, options.profile)
    print(json.dumps(found) if options.json else "\n".join(f"{k:<32} {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
