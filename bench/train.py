"""How fast `bitext train` goes, against the matrix products that a step cannot do without.

    python bench/train.py [--seconds 60] [--json]

A model of the shipped shape learns made-up text with one worker and one thread. The bound is the time that the same
products of matrices (forward and twice backward, the same shapes, the same type) take by themselves.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from bitext.train.batches import Batches
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus, prepare
from bitext.train.model import Vocabulary, new_model, train_vocabulary
from bitext.train.worker import Worker


def corpus_of(folder: Path, pairs: int = 3000) -> Path:
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


def products(config: TrainConfig, n: int, source: int, target: int, vocabulary: int) -> list[tuple[int, int, int]]:
    """Shapes (m, k, n) of the products of one forward pass over n pairs of these padded lengths."""
    d, ffn = config.d_model, config.ffn
    s, t = n * source, n * target
    found = []
    for _ in range(config.encoder_layers):
        found += [(s, d, d)] * 4 + [(s, d, ffn), (s, ffn, d)]
    for _ in range(config.decoder_layers):
        found += [(t, d, d)] * 6 + [(s, d, d)] * 2 + [(t, d, ffn), (t, ffn, d)]
    return [*found, (t, d, vocabulary)]


def bound(shapes: list[tuple[int, int, int]], dtype: torch.dtype) -> float:
    """Seconds that the products take, forward and for both gradients; best of three."""
    best = float("inf")
    tensors = {x: torch.randn(*x).to(dtype) for m, k, n in shapes for x in ((m, k), (k, n), (m, n))}
    for _ in range(3):
        start = time.process_time()
        for m, k, n in shapes:
            torch.mm(tensors[m, k], tensors[k, n])
            torch.mm(tensors[m, n], tensors[k, n].T)
            torch.mm(tensors[m, k].T, tensors[m, n])
        best = min(best, time.process_time() - start)
    return best


def measure(seconds: float) -> dict[str, Any]:
    """Tokens a CPU second of training steps and of the bare products, on the same batches."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = corpus_of(folder)
        config = replace(TrainConfig(), workers=1)
        start = folder / "start"
        rows = [line.split("\t") for line in data.read_text("utf-8").splitlines()]
        train_vocabulary((t for row in rows for t in row), start, config.vocabulary, "fr", "en")
        vocabulary = Vocabulary(start)
        corpus: Corpus = prepare(
            [data],
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
        worker = Worker(folder, 0, 1)
        batches = Batches(corpus, weights={}, tokens=config.batch_tokens, seed=1, rank=0, workers=1)
        tokens, used, least, steps = 0, 0.0, 0.0, 0
        began = time.monotonic()
        for _, indices in batches.after(0):
            batch = batches.arrays(indices, vocabulary.pad, vocabulary.eos)
            start_of_step = time.process_time()
            _, n = worker.advance(batch)
            spent = time.process_time() - start_of_step
            if steps >= 3:  # the first steps also compile and allocate
                shape = batch[0].shape, batch[1].shape
                shapes = products(config, shape[0][0], shape[0][1], shape[1][1], vocabulary.size)
                tokens, used = tokens + n, used + spent
                least += bound(shapes, torch.bfloat16)
            steps += 1
            if time.monotonic() - began > seconds:
                break
    return {
        "steps": steps - 3,
        "tokens_per_cpu_second": round(tokens / used),
        "bound_tokens_per_cpu_second": round(tokens / least),
        "share_of_bound": round(least / used, 3),
    }


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.seconds)
    print(json.dumps(found) if options.json else "\n".join(f"{k:<30} {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
