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

from bitext.train.batches import Batches
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus
from bitext.train.model import Vocabulary, read_model

if TYPE_CHECKING:
    import torch

__all__ = ["CHECKPOINT", "LOG", "Worker", "main"]

CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"


class Worker:
    """A data-parallel worker: one thread, gradients averaged with the others after every step.

    All that decides the next step is in the checkpoint or a function of the step's number (batches, dropout,
    learning rate), so a run that was killed anywhere and started again goes through the same losses.
    """

    def __init__(self, state: Path, rank: int, workers: int) -> None:
        import torch
        import torch.distributed as dist

        self.state, self.rank, self.workers = state, rank, workers
        self.config = TrainConfig.load(state / "config.json")
        run = json.loads((state / "run.json").read_text(encoding="utf-8"))
        torch.set_num_threads(1)
        self.device = torch.device(self.config.device)
        if workers > 1:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
            dist.init_process_group("gloo", f"file://{run['rendezvous']}", rank=rank, world_size=workers)
        self.vocabulary = Vocabulary(Path(run["start"]), run["reverse"])
        model: Any = read_model(Path(run["start"]), self.config.dropout)
        self.model: Any = model.to(self.device)
        self.model.train()
        self.parameters = [p for n, p in self.model.named_parameters() if "embed_positions" not in n]
        for name, p in self.model.named_parameters():
            p.requires_grad_("embed_positions" not in name)
        fused = self.config.device == "cpu" or self.config.device.startswith("cuda")
        self.optimiser = torch.optim.AdamW(
            self.parameters, lr=self.config.lr, betas=(0.9, 0.98), weight_decay=self.config.weight_decay, fused=fused
        )
        self.corpus = Corpus.open(Path(run["corpus"]))
        self.dev = [self.vocabulary.encode([s], [t]) for s, t in run["dev"][: self.config.dev_segments]]
        self.dev_texts = run["dev"][: self.config.bleu_segments]
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.step = self.tokens = 0
        self.seconds, self.best, self.misses = 0.0, math.inf, 0
        self._resume()
        self.stop = False
        self.started = time.monotonic()
        for s in (signal.SIGTERM, signal.SIGINT):
            signal.signal(s, self._stop)

    def _stop(self, *_: object) -> None:
        self.stop = True

    # --- checkpoints -----------------------------------------------------------------------------

    def _resume(self) -> None:
        import torch

        path = self.state / CHECKPOINT
        if not path.exists():
            return
        saved = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.average = saved["average"]
        self.step, self.tokens, self.seconds = saved["step"], saved["tokens"], saved["seconds"]
        self.best, self.misses = saved["best"], saved["misses"]

    def save(self) -> None:
        """Write the checkpoint under its name only when it is whole and on the disk."""
        import torch

        tmp = self.state / f"{CHECKPOINT}.tmp"
        with tmp.open("wb") as f:
            torch.save(
                {
                    "model": self.model.state_dict(),
                    "optimiser": self.optimiser.state_dict(),
                    "average": self.average,
                    "step": self.step,
                    "tokens": self.tokens,
                    "seconds": self.elapsed,
                    "best": self.best,
                    "misses": self.misses,
                },
                f,
            )
            f.flush()
            os.fsync(f.fileno())
        tmp.replace(self.state / CHECKPOINT)

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

    def loss(self, source: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, int]:
        """Mean cross entropy of a target token in nats, and the number of tokens."""
        import torch
        import torch.nn.functional as F

        pad = self.vocabulary.pad
        shifted = torch.cat([torch.full((len(target), 1), pad, device=target.device), target[:, :-1]], 1)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.config.bf16):
            hidden = self.model.model(
                input_ids=source, attention_mask=(source != pad).long(), decoder_input_ids=shifted, use_cache=False
            )[0]
            counted = (target != pad).reshape(-1)
            # logits only where there is a token: padding costs no softmax
            logits = F.linear(hidden.reshape(-1, hidden.size(-1))[counted], self.model.model.shared.weight)
            bias = getattr(self.model, "final_logits_bias", None)
            if bias is not None:
                logits = logits + bias
        smoothing = self.config.label_smoothing if self.model.training else 0.0
        return F.cross_entropy(logits.float(), target.reshape(-1)[counted], label_smoothing=smoothing), int(
            counted.sum()
        )

    def advance(self, batch: tuple[Any, Any]) -> tuple[float, int]:
        """One step of all workers: loss of this worker's batch, and its number of tokens."""
        import torch
        import torch.distributed as dist

        # dropout depends on the step and the worker alone, not on what ran before
        torch.manual_seed((self.config.seed * 1_000_003 + self.step) * 64 + self.rank)
        source, target = (torch.from_numpy(side).to(self.device) for side in batch)
        loss, n = self.loss(source, target)
        loss.backward()
        if self.workers > 1:
            flat = torch.cat([p.grad.reshape(-1) for p in self.parameters if p.grad is not None])
            dist.all_reduce(flat)
            flat /= self.workers
            at = 0
            for p in self.parameters:
                if p.grad is not None:
                    p.grad.copy_(flat[at : at + p.numel()].view_as(p))
                    at += p.numel()
        torch.nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.rate(self.step)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        if self.rank == 0:
            decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
            with torch.no_grad():
                for k, v in self.model.state_dict().items():
                    if v.is_floating_point():
                        self.average[k].lerp_(v, 1 - decay)
                    else:
                        self.average[k].copy_(v)
        return float(loss.detach()), n

    # --- looking ---------------------------------------------------------------------------------

    def examine(self) -> float:
        """Development loss (bits a target piece), BLEU and chrF of the averaged weights, logged."""
        import torch

        keep = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.load_state_dict(self.average)
        self.model.eval()
        total = count = 0.0
        with torch.no_grad():
            for (source,), (target,) in self.dev:
                eos = self.vocabulary.eos
                loss, n = self.loss(
                    torch.tensor([[*source, eos]]).to(self.device), torch.tensor([[*target, eos]]).to(self.device)
                )
                total, count = total + float(loss) * n, count + n
            figures = self._translate() if self.dev_texts else {}
        self.model.load_state_dict(keep)
        self.model.train()
        bits = total / max(1.0, count) / math.log(2)
        self.log(dev_bits=round(bits, 4), **figures)
        return bits

    def _translate(self) -> dict[str, float]:
        import sacrebleu
        import torch

        eos, pad = self.vocabulary.eos, self.vocabulary.pad
        texts, _ = self.vocabulary.encode([s for s, _ in self.dev_texts], [])
        out: list[str] = [""] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for k in range(0, len(order), 16):
            rows = order[k : k + 16]
            width = max(len(texts[i]) for i in rows) + 1
            ids = torch.tensor([[*texts[i], eos] + [pad] * (width - 1 - len(texts[i])) for i in rows]).to(self.device)
            found = self.model.generate(
                input_ids=ids, attention_mask=(ids != pad).long(), num_beams=1, max_new_tokens=min(500, 2 * width + 10)
            )
            for i, row in zip(rows, found.tolist(), strict=True):
                out[i] = self.vocabulary.decode_target(row[1:])
        references = [[t for _, t in self.dev_texts]]
        return {
            "bleu": round(sacrebleu.corpus_bleu(out, references).score, 2),
            "chrf": round(sacrebleu.corpus_chrf(out, references).score, 2),
        }

    # --- the loop --------------------------------------------------------------------------------

    def agree(self, wish: bool) -> bool:
        """Whether any worker wishes to stop: all stop after the same step."""
        if self.workers == 1:
            return wish
        import torch
        import torch.distributed as dist

        flag = torch.tensor([float(wish)])
        dist.all_reduce(flag)
        return bool(flag > 0)

    def run(self) -> None:
        """Train until a limit is reached or somebody says stop; leaves a checkpoint behind."""
        c = self.config
        batches = Batches(
            self.corpus, weights=c.weights, tokens=c.batch_tokens, seed=c.seed, rank=self.rank, workers=self.workers
        )
        saved = looked = shown = time.monotonic()
        shown_tokens, total, seen = self.tokens, 0.0, 0
        began, finished = time.monotonic(), False
        for epoch, indices in batches.after(self.step):
            late = c.minutes is not None and time.monotonic() - began > 60 * c.minutes
            enough = c.steps is not None and self.step >= c.steps
            if self.agree(self.stop or late or enough or finished):
                break
            loss, n = self.advance(batches.arrays(indices, self.vocabulary.pad, self.vocabulary.eos))
            self.tokens += n * self.workers
            total, seen = total + loss * n, seen + n
            if self.rank:
                continue
            now = time.monotonic()
            if self.step % c.log_every == 0:
                speed = (self.tokens - shown_tokens) / max(1e-9, now - shown)
                self.log(loss=round(total / seen, 5), tok_s=round(speed), lr=c.rate(self.step - 1), epoch=epoch)
                shown, shown_tokens, total, seen = now, self.tokens, 0.0, 0
            if now - looked > c.dev_every and self.dev:
                bits = self.examine()
                self.misses = 0 if bits < self.best else self.misses + 1
                self.best = min(bits, self.best)
                finished = c.patience is not None and self.misses >= c.patience
                looked = time.monotonic()
            if now - saved > c.save_every:
                self.save()
                saved = time.monotonic()
        if self.rank == 0:
            if self.dev:
                self.examine()
            self.save()


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


if __name__ == "__main__":
    main()
