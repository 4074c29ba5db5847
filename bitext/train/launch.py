"""`train()`: prepare the data and the start, run the workers, write the model and its card."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bitext.errors import BitextError, InputError, ModelError
from bitext.formats.pairs import read_pairs
from bitext.train.card import card
from bitext.train.checkpoint import CHECKPOINT, averaged, read
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus, prepare

if TYPE_CHECKING:
    from bitext.train.model import Vocabulary

__all__ = ["train"]

Report = Callable[[dict[str, Any]], None]

# glibc gives large blocks back to the system and takes them anew, zeroed page by page, at every step; kept, and in
# large pages where the system has them, they cost nothing. Other C libraries know nothing of these.
MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "8192",  # a kernel a shape, and there are many shapes
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def train(
    data: Sequence[str | Path],
    out: str | Path,
    *,
    start: str | Path | None = None,
    dev: str | Path | None = None,
    state: str | Path | None = None,
    config: TrainConfig | None = None,
    reverse_columns: bool = False,
    report: Report | None = None,
) -> Path:
    """Train a MarianMT model, or go on with one; returns the directory written.

    Args:
        data: aligned files (TSV, TMX, JSONL, XLIFF, Moses pairs; plain or compressed).
        out: Marian directory to write, with a card.
        start: Marian directory to begin from: to adapt it, or, if its languages are the other way
            round, to train the other direction from its weights. None: from scratch.
        dev: aligned file to measure on while training (None: 1 % of the data, at most 500 pairs, is held out).
        state: folder of the run; by default `OUT.training`. A run that is started again with the same settings
            goes on from its last checkpoint.
        report: called with each line of the log and with the stages of the preparation.

    Raises:
        BitextError: bad data, a start that is no Marian model, settings that do not fit the checkpoint.
    """
    config, out = config or TrainConfig(), Path(out)
    state = Path(state) if state is not None else out.with_name(f"{out.name}.training")
    state.mkdir(parents=True, exist_ok=True)
    tell = report or (lambda _: None)
    folder, reverse = _start(start, data, state, config, reverse_columns, tell)
    from bitext.train.model import Vocabulary, new_model, write_model

    vocabulary = Vocabulary(folder, reverse)
    digest = hashlib.sha256(b"".join((folder / n).read_bytes() for n in ("source.spm", "target.spm"))).hexdigest()[:12]
    corpus = prepare(
        data,
        vocabulary.encode,
        state / "data",
        source_lang=config.source_lang,
        target_lang=config.target_lang,
        vocabulary_hash=digest,
        max_length=config.max_length,
        max_ratio=config.max_ratio,
        reverse=reverse_columns,
        progress=lambda n: tell({"stage": "encoding", "pairs": n}),
    )
    tell({"stage": "data", "pairs": len(corpus), "dropped": corpus.dropped})
    for name in config.weights:
        if name not in corpus.origins:
            raise InputError(
                f"a weight is given for {name!r}, which no pair comes from",
                mend=f"the collections are {', '.join(map(str, corpus.origins))}",
            )
    if not (folder / "config.json").exists():
        tell({"stage": "bilingual start" if config.bilingual_start else "random start"})
        write_model(new_model(config, vocabulary, corpus), folder)
    held_out, left_out = _dev(dev, config, reverse_columns, corpus, vocabulary)
    if config.patience is not None and not held_out:
        raise InputError("no pair can be held out to see when to stop", mend="give --dev FILE, or no --patience")
    old = state / "config.json"
    if (state / CHECKPOINT).exists() and old.exists() and not config.same_course(TrainConfig.load(old)):
        raise InputError(
            "holds a checkpoint of a run with other settings",
            path=state,
            mend="give the same settings to go on, or another --state to begin anew",
        )
    config.save(old)
    run = {
        "start": str(folder.resolve()),
        "reverse": reverse,
        "corpus": str(corpus.folder.resolve()),
        "dev": held_out,
        "left_out": left_out,
    }
    _run_workers(state, config, run, tell)
    return _finish(state, config, folder, reverse, out, data, corpus, left_out)


def _start(
    start: str | Path | None,
    data: Sequence[str | Path],
    state: Path,
    config: TrainConfig,
    reverse_columns: bool,
    tell: Report,
) -> tuple[Path, bool]:
    """The Marian directory to begin from, and whether it translates the other way round."""
    if start is not None:
        from bitext.translate import models

        info = models.describe(str(start))
        if (info.source_lang, info.target_lang) == (config.target_lang, config.source_lang):
            return Path(info.path), True
        return Path(info.path), False
    folder = state / "start"
    if not (folder / "vocab.json").exists():
        from bitext.train.model import train_vocabulary

        tell({"stage": "vocabulary"})

        def texts() -> Any:
            for file in data:
                for source, target, _ in read_pairs(file, config.source_lang, config.target_lang, reverse_columns):
                    yield source
                    yield target

        train_vocabulary(texts(), folder, config.vocabulary, config.source_lang, config.target_lang)
    return folder, False


def _dev(
    dev: str | Path | None, config: TrainConfig, reverse_columns: bool, corpus: Corpus, vocabulary: Vocabulary
) -> tuple[list[tuple[str, str]], list[int]]:
    """The pairs that are measured on, and which pairs of the data may therefore not be learnt from."""
    most = max(config.dev_segments, config.bleu_segments)
    if dev is not None:
        pairs = read_pairs(dev, config.source_lang, config.target_lang, reverse_columns)
        return list(islice(((s, t) for s, t, _ in pairs if s and t), most)), []
    # the same pairs whenever the run is gone on with: they depend on the data and the seed alone
    rng = np.random.default_rng([config.seed, 1_000_003])
    left_out = sorted(rng.choice(len(corpus), min(500, len(corpus) // 100), replace=False).tolist())
    texts = [(vocabulary.decode(0, s), vocabulary.decode(1, t)) for s, t in map(corpus.pair, left_out)]
    return texts, left_out


def _run_workers(state: Path, config: TrainConfig, run: dict[str, Any], tell: Report) -> None:
    """Start the workers, pass on what they log, and stop them all when one ends or a signal comes."""
    rendezvous = state / f"rendezvous.{os.getpid()}"
    rendezvous.unlink(missing_ok=True)
    (state / "run.json").write_text(json.dumps(run | {"rendezvous": str(rendezvous.resolve())}), encoding="utf-8")
    env = {**MEMORY, **os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "bitext.train.worker", str(state)]
    errors = state / "worker.log"
    log = state / "log.jsonl"
    at = log.stat().st_size if log.exists() else 0
    stopped: list[int] = []
    before = {s: signal.signal(s, lambda n, _: stopped.append(n)) for s in (signal.SIGTERM, signal.SIGINT)}
    said = errors.stat().st_size if errors.exists() else 0
    with errors.open("a") as err:
        workers = [
            subprocess.Popen(
                [*command, str(r), str(config.workers), str(os.getpid())],
                env=env,
                stdout=err,
                stderr=err,
                start_new_session=True,
            )
            for r in range(config.workers)
        ]
        try:
            told = False
            while any(w.poll() is None for w in workers):
                failed = any(w.poll() not in (None, 0) for w in workers)
                if (stopped and not told) or failed:
                    told = True
                    for w in workers:
                        if w.poll() is None:
                            w.kill() if failed else w.send_signal(signal.SIGTERM)
                at = _tail(log, at, tell)
                time.sleep(0.2)
            _tail(log, at, tell)
        finally:
            for w in workers:
                if w.poll() is None:
                    w.kill()
            for s, handler in before.items():
                signal.signal(s, handler)
            rendezvous.unlink(missing_ok=True)
    if any(w.returncode for w in workers):
        new = errors.read_bytes()[said:].decode("utf-8", "replace")
        last = [line for line in new.splitlines() if line.strip()][-1:]
        codes = sorted({w.returncode for w in workers if w.returncode})
        raise BitextError(
            f"a training worker failed ({last[0] if last else f'exit code {codes[0]}, no message'})",
            path=errors,
            mend="see the end of that file",
        )


def _tail(log: Path, at: int, tell: Report) -> int:
    """Pass on the whole lines after byte `at`; returns where they end."""
    if not log.exists():
        return at
    with log.open("rb") as f:
        f.seek(at)
        new = f.read()
    whole = new[: new.rfind(b"\n") + 1]
    for line in whole.splitlines():
        tell(json.loads(line))
    return at + len(whole)


def _finish(
    state: Path,
    config: TrainConfig,
    folder: Path,
    reverse: bool,
    out: Path,
    data: Sequence[str | Path],
    corpus: Corpus,
    left_out: list[int],
) -> Path:
    """Write the averaged weights with their card."""
    from bitext.train.model import export, read_model
    from bitext.train.network import Layout

    path = state / CHECKPOINT
    if not path.exists():
        raise ModelError("no step was made, so there is no model to write", path=state, mend="train for longer")
    model = read_model(folder, 0.0)
    layout = Layout(model)
    saved = read(path, layout)
    text = card(config, corpus, saved["step"], saved["tokens"], saved["seconds"], state / "log.jsonl", data, left_out)
    averaged(saved, layout, model)
    export(
        model,
        folder,
        out,
        source_lang=config.source_lang,
        target_lang=config.target_lang,
        reverse=reverse,
        card=text,
    )
    if (state / "log.jsonl").exists():
        shutil.copy(state / "log.jsonl", out / "training.jsonl")
    return out


def with_machine(config: TrainConfig) -> TrainConfig:
    """The settings with the machine that is there: a GPU at full use, else one single-threaded worker a core.

    On a GPU a step is one batch of at least 25,000 tokens. bfloat16 is used where its products are faster.
    """
    import torch

    if torch.cuda.is_available():
        tokens = max(config.batch_tokens, 25_000)
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return replace(config, device="cuda", workers=1, batch_tokens=tokens, chunk_tokens=tokens, bf16=native)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return replace(config, device="cpu", workers=max(1, cores), bf16=config.bf16 and _bf16_pays())


def _bf16_pays() -> bool:
    """Whether this CPU multiplies bfloat16 faster than float32: with instructions for it twice as fast, else slower."""
    import torch

    best = {}
    for kind in (torch.bfloat16, torch.float32):
        a = torch.ones(512, 512, dtype=kind)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            torch.mm(a, a)
            times.append(time.perf_counter() - start)
        best[kind] = min(times)
    return best[torch.bfloat16] < best[torch.float32]
