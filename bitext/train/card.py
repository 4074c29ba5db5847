"""The model card that is written with the weights, from the run itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bitext.train.config import TrainConfig
from bitext.train.data import Corpus

__all__ = ["card", "read_log"]


def read_log(path: Path) -> list[dict[str, Any]]:
    """The entries of a training log, in order; a torn last line is left out."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return entries


def card(
    config: TrainConfig,
    corpus: Corpus,
    step: int,
    tokens: int,
    seconds: float,
    log: Path,
    data: Sequence[str | Path],
    left_out: Sequence[int] = (),
) -> str:
    """Markdown: what the model is, what it was trained on, for how long, and how well it did on the way.

    `left_out` are pairs of the corpus that were held out to be measured on.
    """
    looks = [e for e in read_log(log) if "dev_bits" in e]
    learnt = np.delete(np.asarray(corpus.origin), np.asarray(left_out, np.int64))
    counts = np.bincount(learnt, minlength=len(corpus.origins))
    rows = sorted(zip(corpus.origins, counts.tolist(), strict=True), key=lambda r: -r[1])
    lines = [
        f"# {config.source_lang}-{config.target_lang}",
        "",
        "A MarianMT model trained by `bitext train`; its shape is in `config.json`.",
        "",
        f"- steps {step:,}, target tokens {tokens:,}, {seconds / 3600:.2f} hours of wall time, "
        f"{config.workers} worker(s) on {config.device}",
        f"- pairs {len(learnt):,}{f' ({len(left_out):,} more held out)' if left_out else ''}; dropped: "
        + (", ".join(f"{n:,} {why}" for why, n in sorted(corpus.dropped.items())) or "none"),
        f"- files: {', '.join(Path(d).name for d in data)}",
        f"- {config.optimiser}, learning rate {config.lr:g}, warm-up {config.warmup} steps, "
        f"{config.batch_tokens} tokens a worker and step, label smoothing {config.label_smoothing:g}, "
        f"dropout {config.dropout:g}, averaged weights ({config.ema:g}), seed {config.seed}",
        "",
        "| collection | pairs | weight |",
        "|---|---:|---:|",
        *(f"| {name} | {n:,} | {config.weights.get(name, 1.0):g} |" for name, n in rows),
    ]
    if looks:
        lines += [
            "",
            f"On the development set ({config.dev_segments} segments for the loss, {config.bleu_segments} for BLEU and "
            "chrF, greedy, sacreBLEU's defaults):",
            "",
            "| step | hours | bits a character | BLEU | chrF |",
            "|---:|---:|---:|---:|---:|",
        ]
        shown = looks if len(looks) <= 20 else [*looks[:: max(1, len(looks) // 19)], looks[-1]]
        for e in shown:
            place = f"| {e['step']:,} | {e['seconds'] / 3600:.2f} |"
            lines.append(f"{place} {e['dev_bits']:.3f} | {e.get('bleu', '')} | {e.get('chrf', '')} |")
    return "\n".join(lines) + "\n"
