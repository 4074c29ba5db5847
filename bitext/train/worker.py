"""One worker of a run: `python -m bitext.train.worker STATE RANK WORKERS PARENT`; see `bitext.train.launch`."""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bitext.train import checkpoint
from bitext.train.batches import Batches
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus
from bitext.train.model import Vocabulary, read_model

if TYPE_CHECKING:
    import torch

__all__ = ["LOG", "Worker", "main"]

LOG = "log.jsonl"
_AVERAGE_EVERY = 4


class Worker:
    """A data-parallel worker: one thread, gradients added up with the others' after every step.

    All that decides the next step is in the checkpoint or a function of the step's number (batches, dropout,
    learning rate), so a run that was killed anywhere and started again goes through the same losses. (A limit by
    `minutes` makes the rate's last fall depend on the clock, and a GPU adds up in no fixed order.)
    """

    def __init__(self, state: Path, rank: int, workers: int) -> None:
        import torch
        import torch.distributed as dist

        from bitext.train.network import Layout, Network
        from bitext.train.optimiser import Buffers, Optimiser

        self.state, self.rank, self.workers = state, rank, workers
        self.config = c = TrainConfig.load(state / "config.json")
        run = json.loads((state / "run.json").read_text(encoding="utf-8"))
        self.device = torch.device(c.device)
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        if workers > 1:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
            dist.init_process_group("gloo", f"file://{run['rendezvous']}", rank=rank, world_size=workers)
        self.vocabulary = Vocabulary(Path(run["start"]), run["reverse"])
        # the general model only translates the development set and lends its shapes
        model: Any = read_model(Path(run["start"]), 0.0)
        self.model: Any = model.to(self.device).eval().requires_grad_(False)
        self.layout = Layout(self.model)
        dtype = torch.bfloat16 if c.bf16 else torch.float32
        self.buffers = b = Buffers(self.layout.size, dtype, self.device, rank, workers, self._barrier)
        self.step = self.tokens = updates = 0
        self.seconds, self.best, self.misses = 0.0, math.inf, 0
        path = state / checkpoint.CHECKPOINT
        if path.exists():
            saved = checkpoint.read(path, self.layout)
            self.step, self.tokens, self.seconds = saved["step"], saved["tokens"], saved["seconds"]
            self.best, self.misses, updates = saved["best"], saved["misses"], saved["updates"]
        if rank == 0:
            if path.exists():
                for name in b.FLOAT:
                    getattr(b, name).copy_(saved[name])
            else:
                self.layout.gather(self.model, b.master)
                b.average.copy_(b.master)
            b.weights.copy_(b.master)
        self._barrier()
        self.before = updates - self.step
        self.network = Network(self.model, self.layout, b.weights, b.gradients[rank])
        self.optimiser = Optimiser(self.layout, b, c.optimiser, c.weight_decay, rank, workers, updates)
        self.corpus = Corpus.open(Path(run["corpus"]))
        self.left_out = np.array(run.get("left_out", []), np.int64)
        self.dev_texts = run["dev"]
        self.stop = False
        self.started = self.begun = time.monotonic()
        for s in (signal.SIGTERM, signal.SIGINT):
            signal.signal(s, self._stop)

    def _stop(self, *_: object) -> None:
        self.stop = True

    def _barrier(self) -> None:
        self._sum([0.0])

    def _sum(self, values: list[float]) -> list[float]:
        """Each value added up over the workers; no worker gets the sums before all have come here."""
        if self.workers == 1:
            return values
        import torch
        import torch.distributed as dist

        together = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(together)
        return [float(x) for x in together]

    def save(self) -> None:
        """Write the checkpoint."""
        checkpoint.write(
            self.state / checkpoint.CHECKPOINT,
            {name: getattr(self.buffers, name) for name in self.buffers.FLOAT},
            self.layout,
            step=self.step,
            tokens=self.tokens,
            seconds=self.elapsed,
            best=self.best,
            misses=self.misses,
            updates=self.step + self.before,
        )

    @property
    def elapsed(self) -> float:
        """Seconds of training, those before the last start included."""
        return self.seconds + time.monotonic() - self.started

    def log(self, **entry: Any) -> None:
        """Append a line to the log."""
        entry = {"step": self.step, "tokens": self.tokens, "seconds": round(self.elapsed, 1), **entry}
        with (self.state / LOG).open("a", encoding="utf-8") as f:
            f.write(json.dumps(entry) + "\n")

    # --- one step --------------------------------------------------------------------------------

    def progress(self) -> float:
        """How much of the run is done, by whichever limit comes first: 0 to 1."""
        c = self.config
        done = [self.step / c.steps if c.steps else 0.0, self.tokens / c.tokens if c.tokens else 0.0]
        if c.minutes:
            done.append((time.monotonic() - self.begun) / (60 * c.minutes))
        return min(1.0, max(done))

    def advance(self, batches: list[tuple[Any, Any]]) -> tuple[float, int, bool]:
        """One step of all workers: mean loss a token, number of tokens, and whether anybody wishes to stop."""
        import torch

        c = self.config
        total, count = torch.zeros((), device=self.device), 0
        self.buffers.gradients[self.rank].zero_()
        for k, batch in enumerate(batches):
            # dropout depends on the step and the worker alone, not on what ran before
            torch.manual_seed(((c.seed * 1_000_003 + self.step) * 64 + self.rank) * 1024 + k)
            source, target = (torch.from_numpy(side).to(self.device) for side in batch)
            loss, n = self.network.loss(source, target, dropout=c.dropout, smoothing=c.label_smoothing)
            loss.backward()
            total, count = total + loss.detach(), count + n
        mine = [float(total), float(count), float(self.stop), self.progress() if self.rank == 0 else 0.0]
        loss_sum, tokens, stop, progress = self._sum(mine)
        (square,) = self._sum([self.optimiser.gather(tokens)])
        scale = min(1.0, c.clip / (math.sqrt(square) + 1e-6))
        rate = c.rate(self.step, progress)
        self.step += 1
        share = None
        if self.step % _AVERAGE_EVERY == 0 or self.step < _AVERAGE_EVERY:  # a run may end before the fourth step
            decay = min(c.ema, (1 + self.step) / (10 + self.step))
            share = 1 - decay ** (_AVERAGE_EVERY if self.step >= _AVERAGE_EVERY else 1)
        self.optimiser.update(rate, scale, share)
        self._barrier()
        self.tokens += round(tokens)
        self.rate = rate
        return loss_sum / tokens, round(tokens), stop > 0

    # --- looking ---------------------------------------------------------------------------------

    def examine(self) -> float:
        """Development loss (bits a character), BLEU and chrF of the averaged weights, logged."""
        import torch

        from bitext.train.network import Network

        self.layout.scatter(self.buffers.average, self.model)
        network = Network(self.model, self.layout, self.buffers.average.to(self.buffers.weights.dtype))
        texts = self.dev_texts[: self.config.dev_segments]
        total = 0.0
        with torch.no_grad():
            for k in range(0, len(texts), 16):
                part = texts[k : k + 16]
                sides = self.vocabulary.encode([s for s, _ in part], [t for _, t in part])
                total += float(network.loss(*(self._padded(side) for side in sides))[0])
            figures = self._translate(self.dev_texts[: self.config.bleu_segments])
        bits = total / max(1, sum(len(t) + 1 for _, t in texts)) / math.log(2)
        self.log(dev_bits=round(bits, 4), **figures)
        return bits

    def _padded(self, rows: list[list[int]]) -> torch.Tensor:
        import torch

        width = max(map(len, rows)) + 1
        eos, pad = self.vocabulary.eos, self.vocabulary.pad
        return torch.tensor([[*r, eos] + [pad] * (width - 1 - len(r)) for r in rows]).to(self.device)

    def _translate(self, pairs: list[tuple[str, str]]) -> dict[str, float]:
        if not pairs:
            return {}
        import sacrebleu

        texts, _ = self.vocabulary.encode([s for s, _ in pairs], [])
        out: list[str] = [""] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for k in range(0, len(order), 16):
            rows = order[k : k + 16]
            ids = self._padded([texts[i] for i in rows])
            found = self.model.generate(
                input_ids=ids,
                attention_mask=(ids != self.vocabulary.pad).long(),
                num_beams=1,
                max_length=min(500, 2 * ids.shape[1] + 10),
            )
            for i, row in zip(rows, found.tolist(), strict=True):
                out[i] = self.vocabulary.decode(1, row[1:])
        references = [[t for _, t in pairs]]
        return {
            "bleu": round(sacrebleu.corpus_bleu(out, references).score, 2),
            "chrf": round(sacrebleu.corpus_chrf(out, references).score, 2),
        }

    # --- the loop --------------------------------------------------------------------------------

    def run(self) -> None:
        """Train until a limit is reached or somebody says stop; leaves a checkpoint behind."""
        c = self.config
        parts = max(1, round(c.batch_tokens / c.chunk_tokens))
        batches = Batches(
            self.corpus,
            weights=c.weights,
            tokens=math.ceil(c.batch_tokens / parts),
            seed=c.seed,
            rank=self.rank,
            workers=self.workers,
            parts=parts,
            leave=self.left_out,
        )
        saved = looked = shown = time.monotonic()
        shown_tokens, total, seen = self.tokens, 0.0, 0
        pad, eos = self.vocabulary.pad, self.vocabulary.eos
        for epoch, chosen in batches.after(self.step):
            if (c.steps is not None and self.step >= c.steps) or (c.tokens is not None and self.tokens >= c.tokens):
                break
            if self.rank == 0 and c.minutes is not None:
                self.stop |= time.monotonic() - self.begun > 60 * c.minutes
            loss, n, stop = self.advance([batches.arrays(batch, pad, eos) for batch in chosen])
            total, seen = total + loss * n, seen + n
            now = time.monotonic()
            if self.rank == 0:
                if self.step % c.log_every == 0:
                    speed = (self.tokens - shown_tokens) / max(1e-9, now - shown)
                    self.log(loss=round(total / seen, 5), tok_s=round(speed), lr=self.rate, epoch=epoch)
                    shown, shown_tokens, total, seen = now, self.tokens, 0.0, 0
                if now - looked > c.dev_every and self.dev_texts and not stop:
                    bits = self.examine()
                    self.misses = 0 if bits < self.best else self.misses + 1
                    self.best = min(bits, self.best)
                    self.stop |= c.patience is not None and self.misses >= c.patience
                    looked = time.monotonic()
                if now - saved > c.save_every:
                    self.save()
                    saved = time.monotonic()
            if stop:
                break
        if self.rank == 0:
            if self.dev_texts:
                self.examine()
            self.save()
        self._barrier()


def _leave_with(parent: int) -> None:
    """End this process when the one that started it is gone, even in the middle of waiting for another worker."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)  # the checkpoint is whole, whatever is being done

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Entry point of a worker process: folder of the run, rank, number of workers, process that started it."""
    state, rank, workers, parent = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    _leave_with(parent)
    Worker(state, rank, workers).run()
    sys.stderr.flush()
    os._exit(0)  # all is written; torn down with the interpreter, the exchange's threads abort now and then


if __name__ == "__main__":
    main()
