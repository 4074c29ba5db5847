"""The update of the weights, shared out between the workers of one machine: AdamW, or Muon for the hidden matrices.

Weights, moments, averages and every worker's gradients lie in memory that all workers map. A worker updates the
parameters that are its own and no others, so that nothing is copied between workers and no work is done twice.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import torch

from bitext.train.network import Layout

__all__ = ["Buffers", "Optimiser", "orthogonal"]

BETAS = (0.9, 0.98)
MOMENTUM = 0.95


class Buffers:
    """The flat tensors of a run.

    Attributes:
        master: the weights in float32; `first`, `second`: the optimiser's moments; `average`: the averaged weights.
        weights: the weights in the type that is computed in.
        gradients: one buffer a worker, in that type.
    """

    FLOAT = ("master", "first", "second", "average")

    def __init__(
        self, size: int, dtype: torch.dtype, device: torch.device, rank: int, workers: int, barrier: Callable[[], None]
    ) -> None:
        self._open: list[Path] = []
        names = [*self.FLOAT, "weights", *(f"gradients{r}" for r in range(workers))]
        kinds = [torch.float32] * len(self.FLOAT) + [dtype] * (1 + workers)
        if workers == 1:
            made = [torch.zeros(size, dtype=k, device=device) for k in kinds]
        else:
            made = self._map(names, kinds, size, rank, barrier)
        self.master, self.first, self.second, self.average, self.weights = made[:5]
        self.gradients = made[5:]

    @staticmethod
    def _map(
        names: list[str], kinds: list[torch.dtype], size: int, rank: int, barrier: Callable[[], None]
    ) -> list[torch.Tensor]:
        """Map the same memory in every worker; its files are gone from the folder before the training begins.

        The first folder with room for it is taken: containers often have little in `/dev/shm`.
        """
        folders = [Path("/dev/shm"), Path(tempfile.gettempdir())]
        tried = [[f / f"bitext-train-{os.getppid()}-{name}" for name in names] for f in folders]
        paths: list[Path] = []
        try:
            if rank == 0:
                paths = _reserve(tried, [size * kind.itemsize for kind in kinds])
            barrier()
            paths = paths or next(paths for paths in tried if paths[-1].exists())
            made = [torch.from_file(str(p), shared=True, size=size, dtype=k) for p, k in zip(paths, kinds, strict=True)]
            barrier()
        finally:
            if rank == 0:
                for path in paths:
                    path.unlink(missing_ok=True)
        return made


def _reserve(tried: list[list[Path]], sizes: list[int]) -> list[Path]:
    """Make files of these sizes, their room taken, at the first paths where that can be done."""
    reserve = getattr(os, "posix_fallocate", None)
    error = OSError()
    for paths in tried:
        try:
            for path, size in zip(paths, sizes, strict=True):
                path.unlink(missing_ok=True)
                with path.open("xb") as f:
                    # only sized, a file would end the process when memory runs out, without a word
                    reserve(f.fileno(), 0, size) if reserve else f.truncate(size)
        except OSError as e:
            error = e
            for path in paths:
                with suppress(OSError):
                    path.unlink()
        else:
            return paths
    raise error


class Optimiser:
    """One worker's part of the update.

    Args:
        kind: `adamw` for all parameters, or `muon` for the matrices inside the layers and AdamW for the rest.
        updates: how many updates the moments have seen.
    """

    def __init__(
        self, layout: Layout, buffers: Buffers, kind: str, decay: float, rank: int, workers: int, updates: int
    ) -> None:
        self.buffers, self.layout, self.decay = buffers, layout, decay
        hidden = {n for n, (_, shape) in layout.at.items() if kind == "muon" and len(shape) == 2 and ".layers." in n}
        self.own = _share({n: _cost(shape, n in hidden) for n, (_, shape) in layout.at.items()}, workers)[rank]
        self.matrices: dict[tuple[int, ...], list[str]] = {}
        for name in self.own:
            if name in hidden:
                self.matrices.setdefault(layout.at[name][1], []).append(name)
        self.plain = [n for n in self.own if n not in hidden]
        self._masters = {n: layout.view(buffers.master, n) for n in self.own}
        self._firsts = {n: layout.view(buffers.first, n) for n in self.own}
        self._gradients: dict[str, torch.Tensor] = {}
        groups = []
        for chosen, part in ((decay, True), (0.0, False)):
            names = [n for n in self.plain if (len(layout.at[n][1]) > 1) == part]
            if names:
                groups.append({"params": [self._masters[n] for n in names], "weight_decay": chosen})
        self.adam = torch.optim.AdamW(groups, betas=BETAS, fused=True) if groups else None
        for name in self.plain:
            assert self.adam is not None
            self.adam.state[self._masters[name]] = {
                "step": torch.tensor(float(updates), device=buffers.master.device),
                "exp_avg": self._firsts[name],
                "exp_avg_sq": layout.view(buffers.second, name),
            }

    def gather(self, tokens: float) -> float:
        """Add up all workers' gradients of the own parameters, a token; returns their squared norm."""
        square = torch.zeros((), device=self.buffers.master.device)
        for name in self.own:
            first, *others = (self.layout.view(g, name) for g in self.buffers.gradients)
            gradient = first.to(torch.float32, copy=True)
            for other in others:
                gradient += other
            gradient /= tokens
            self._gradients[name] = gradient
            square += gradient.flatten().dot(gradient.flatten())
        return float(square)

    @torch.no_grad()
    def update(self, rate: float, scale: float, share: float | None) -> None:
        """Change the own parameters.

        Args:
            scale: what the gradients are multiplied with (clipping).
            share: weight of the new weights in the average; None: the average stays.
        """
        if self.adam is not None:
            for group in self.adam.param_groups:
                group["lr"] = rate
            for name in self.plain:
                self._masters[name].grad = self._gradients[name].mul_(scale) if scale != 1.0 else self._gradients[name]
            self.adam.step()
            self.adam.zero_grad(set_to_none=True)
        for (rows, columns), names in self.matrices.items():
            ways = []
            for name in names:
                gradient, momentum = self._gradients[name], self._firsts[name]
                momentum.lerp_(gradient, 1 - MOMENTUM)
                ways.append(gradient.lerp(momentum, MOMENTUM))
            # scaled to the size that AdamW's updates have, so that one rate serves both (Liu et al. 2025)
            size = 0.2 * math.sqrt(max(rows, columns))
            for name, way in zip(names, orthogonal(torch.stack(ways)), strict=True):
                self._masters[name].mul_(1 - rate * self.decay).add_(way, alpha=-rate * size)
        for name in self.own:
            self.layout.view(self.buffers.weights, name).copy_(self._masters[name])
            if share is not None:
                self.layout.view(self.buffers.average, name).lerp_(self._masters[name], share)
        self._gradients.clear()


def orthogonal(matrices: torch.Tensor, rounds: int = 5) -> torch.Tensor:
    """The nearest (semi-)orthogonal matrices, roughly, by the Newton–Schulz iteration of Muon (Jordan et al. 2024).

    Args:
        matrices: (number, rows, columns).

    Returns:
        The same shape, in bfloat16; singular values between about 0.7 and 1.2.
    """
    x = matrices.bfloat16()
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT.contiguous()
    x = x / x.float().flatten(1).norm(dim=1).clamp_min(1e-7).to(x.dtype)[:, None, None]
    for _ in range(rounds):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x if wide else x.mT


def _cost(shape: tuple[int, ...], orthogonalised: bool) -> float:
    """About how long a parameter's update takes, in element passes."""
    size = math.prod(shape)
    return size * (1 + min(shape) / 30) if orthogonalised else size


def _share(costs: dict[str, float], workers: int) -> list[list[str]]:
    """Share names out so that every worker has about the same cost; each worker's in the order given."""
    loads, parts = [0.0] * workers, [set[str]() for _ in range(workers)]
    for name in sorted(costs, key=lambda n: -costs[n]):
        least = loads.index(min(loads))
        loads[least] += costs[name]
        parts[least].add(name)
    return [_ordered(costs, part) for part in parts]


def _ordered(names: Iterable[str], part: set[str]) -> list[str]:
    return [n for n in names if n in part]
