"""Marian's forward and backward pass for training: the function of `MarianMTModel`, on flat buffers, faster on CPUs.

What costs time in the general implementation and is left out here: weights cast at every use (they are cast once a
step), masks (batches whose sentences are of one length need none), attention kernels whose backward pass is slow in
bfloat16 on CPUs, a float32 copy of the logits. All weights live in one flat buffer, all gradients in another, so that
the optimiser, the averaging and the exchange between workers are single passes over memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from bitext.errors import ModelError

if TYPE_CHECKING:
    from transformers import MarianMTModel

__all__ = ["Layout", "Network", "cross_entropy"]

_ALIGN = 32
_ROWS = {"cpu": 512, "cuda": 16_384}  # of logits at a time: what stays in a cache, what fills a device


class Layout:
    """Where each trained parameter of a Marian model lies in a flat buffer.

    Keys, values and queries of an attention follow one another, so that one product makes all three.
    Sinusoidal positions are not trained and not in it; tied weights are in it once, under their first name.

    Attributes:
        at: name to (first element, shape).
        size: elements of the buffer.
    """

    def __init__(self, model: MarianMTModel) -> None:
        shapes = {n: tuple(p.shape) for n, p in model.named_parameters() if "embed_positions" not in n}
        self.at: dict[str, tuple[int, tuple[int, ...]]] = {}
        self.size = 0
        for name in sorted(shapes, key=lambda n: (_place(n, list(shapes)), n)):
            self.at[name] = (self.size, shapes[name])
            self.size += math.prod(shapes[name])
            if not ("k_proj" in name or "v_proj" in name):  # what is read as one matrix stays without gaps
                self.size += -self.size % _ALIGN

    def view(self, flat: torch.Tensor, name: str) -> torch.Tensor:
        """The parameter's part of a flat buffer, in its shape."""
        first, shape = self.at[name]
        return flat[first : first + math.prod(shape)].view(shape)

    def joined(self, flat: torch.Tensor, names: list[str]) -> torch.Tensor:
        """Parameters that follow one another as one, stacked along the first dimension."""
        first, shape = self.at[names[0]]
        rows = sum(self.at[n][1][0] for n in names)
        return flat[first : first + rows * math.prod(shape[1:])].view(rows, *shape[1:])

    def gather(self, model: MarianMTModel, flat: torch.Tensor) -> None:
        """Copy a model's parameters into a flat buffer."""
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name in self.at:
                self.view(flat, name).copy_(parameters[name])

    def scatter(self, flat: torch.Tensor, model: MarianMTModel) -> None:
        """Copy a flat buffer into a model's parameters."""
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name in self.at:
                parameters[name].copy_(self.view(flat, name))


def _place(name: str, names: list[str]) -> tuple[int, int, int]:
    """Sort key that keeps a block together and orders an attention's parts: k, v, q weights, then k, v, q biases."""
    block, _, rest = name.rpartition("_proj.")
    part = (
        {"k": 0, "v": 1, "q": 2}.get(block[-1:], 3) if rest and block.endswith(("_attn.k", "_attn.v", "_attn.q")) else 3
    )
    if part == 3:
        return names.index(name), 0, 0
    first = names.index(f"{block[:-1]}k_proj.weight")
    return first, int(rest == "bias"), part


class _Embed(torch.autograd.Function):
    """Rows of a table; gradients are added up in float32, for a frequent piece has many."""

    @staticmethod
    def forward(ctx: Any, ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(ids)
        ctx.shape, ctx.dtype = table.shape, table.dtype
        return table[ids]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[None, torch.Tensor]:
        (ids,) = ctx.saved_tensors
        total = torch.zeros(ctx.shape, dtype=torch.float32, device=ids.device)
        total.index_add_(0, ids, grads[0].float())
        return None, total.to(ctx.dtype)


class _CrossEntropy(torch.autograd.Function):
    """Label-smoothed cross entropy summed over tokens, through the output layer, some hundred rows at a time.

    The gradient with respect to the logits is probability minus target, so it is made in the forward pass in the
    place of the probabilities and multiplied out at once; the smoothing's uniform part is a rank-one term.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        table: torch.Tensor,
        bias: torch.Tensor | None,
        gold: torch.Tensor,
        smoothing: float,
    ) -> torch.Tensor:
        n, size = len(hidden), len(table)
        uniform = smoothing / size
        d_hidden, d_table = torch.empty_like(hidden), torch.zeros_like(table)
        mean_row = table.mean(0, dtype=torch.float32)
        mean_bias = bias.float().mean() if bias is not None else 0.0
        loss = torch.zeros((), dtype=torch.float32, device=hidden.device)
        rows = _ROWS.get(hidden.device.type, 512)
        for first in range(0, n, rows):
            h, y = hidden[first : first + rows], gold[first : first + rows, None]
            logits = h @ table.t() if bias is None else torch.addmm(bias.to(h.dtype), h, table.t())
            right = logits.gather(1, y).float()
            p = torch.softmax(logits, 1)
            found = p.gather(1, y)
            nll = -found.float().clamp_min(1e-30).log()
            loss += nll.sum()
            if smoothing:  # log of the sum of exponentials is right + nll
                mean = h.float() @ mean_row[:, None] + mean_bias
                loss += smoothing * (right - mean).sum()
            p.scatter_(1, y, found - (1 - smoothing))
            torch.mm(p, table, out=d_hidden[first : first + rows])
            d_table.addmm_(p.t(), h)
        if smoothing:
            d_hidden -= (uniform * size * mean_row).to(hidden.dtype)
            d_table -= (uniform * hidden.sum(0, dtype=torch.float32)).to(table.dtype)
        ctx.save_for_backward(d_hidden, d_table)
        return loss

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        d_hidden, d_table = ctx.saved_tensors
        scale = grads[0].to(d_hidden.dtype)
        return d_hidden * scale, d_table * scale, None, None, None


def cross_entropy(
    hidden: torch.Tensor, table: torch.Tensor, bias: torch.Tensor | None, gold: torch.Tensor, smoothing: float
) -> torch.Tensor:
    """Sum over tokens of the label-smoothed cross entropy in nats.

    Args:
        hidden: (tokens, d) outputs of the decoder.
        table: (pieces, d) output embeddings.
        bias: (pieces,) or (1, pieces), not trained.
        gold: (tokens,) ids.
    """
    loss: torch.Tensor = _CrossEntropy.apply(hidden, table, bias, gold, smoothing)
    return loss


def _attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None, causal: bool) -> torch.Tensor:
    """Attention of (pairs, length, heads, size) queries, keys and values; (pairs, length, heads · size)."""
    b, t, heads, size = q.shape
    if q.is_cuda:
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return out.transpose(1, 2).reshape(b, t, heads * size)
    # On CPUs the fused kernel's backward pass takes four times as long in bfloat16 as these products.
    # Scaling the queries, not the products, saves a pass over the larger array.
    scores = (q.transpose(1, 2) * size**-0.5) @ k.permute(0, 2, 3, 1)
    if causal:
        scores = scores + torch.full((t, t), -torch.inf, dtype=q.dtype, device=q.device).triu_(1)
    if mask is not None:
        scores = scores + mask
    return (torch.softmax(scores, -1) @ v.transpose(1, 2)).transpose(1, 2).reshape(b, t, heads * size)


class Network:
    """The function of a `MarianMTModel`, with weights and gradients in flat buffers.

    Args:
        model: tells the shapes, the activation, the positions and the bias of the output layer.
        layout: the model's.
        weights: flat buffer of the type that is computed in; read at every pass.
        gradients: flat buffer of the same type that backward passes add to; None: no gradients are wanted.

    Raises:
        ModelError: a kind of Marian model that is not known here.
    """

    def __init__(
        self, model: MarianMTModel, layout: Layout, weights: torch.Tensor, gradients: torch.Tensor | None = None
    ) -> None:
        from transformers.activations import ACT2FN

        c: Any = model.config
        self.layout, self.weights, self.gradients, self.pad = layout, weights, gradients, c.pad_token_id
        self.act: Callable[[torch.Tensor], torch.Tensor] = (
            torch.relu if c.activation_function == "relu" else ACT2FN[c.activation_function]
        )
        self.scale = math.sqrt(c.d_model) if c.scale_embedding else 1.0
        self.positions = model.model.encoder.embed_positions.weight.detach().to(weights.device, weights.dtype)
        bias = model.final_logits_bias.detach().to(weights.device)
        self.bias = bias.view(-1) if bool((bias != 0).any()) else None
        owner = {p.data_ptr(): n for n, p in model.named_parameters()}
        parts: dict[str, Any] = {
            "encoder": model.model.encoder.embed_tokens,
            "decoder": model.model.decoder.embed_tokens,
            "output": model.lm_head,
        }
        tables = {role: owner[m.weight.data_ptr()] for role, m in parts.items()}
        if any(t not in layout.at for t in tables.values()):
            raise ModelError("ties its embeddings in a way that is not known", mend="start from another Marian model")
        leaves = {t: self._leaf([t]) for t in tables.values()}
        self.tables = {role: leaves[t] for role, t in tables.items()}
        self.encoder = [
            self._layer(f"model.encoder.layers.{i}", c.encoder_attention_heads) for i in range(c.encoder_layers)
        ]
        self.decoder = [
            self._layer(f"model.decoder.layers.{i}", c.decoder_attention_heads, cross=True)
            for i in range(c.decoder_layers)
        ]

    def _leaf(self, names: list[str]) -> torch.Tensor:
        leaf = self.layout.joined(self.weights, names).detach()
        if self.gradients is not None:
            leaf.requires_grad_()
            leaf.grad = self.layout.joined(self.gradients, names)
        return leaf

    def _pair(self, prefix: str, parts: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        return self._leaf([f"{prefix}{p}.weight" for p in parts]), self._leaf([f"{prefix}{p}.bias" for p in parts])

    def _layer(self, prefix: str, heads: int, cross: bool = False) -> dict[str, Any]:
        one = {
            "heads": heads,
            "kvq": self._pair(f"{prefix}.self_attn.", ("k_proj", "v_proj", "q_proj")),
            "out": self._pair(f"{prefix}.self_attn.", ("out_proj",)),
            "norm": self._pair(f"{prefix}.", ("self_attn_layer_norm",)),
            "fc1": self._pair(f"{prefix}.", ("fc1",)),
            "fc2": self._pair(f"{prefix}.", ("fc2",)),
            "last": self._pair(f"{prefix}.", ("final_layer_norm",)),
        }
        if cross:
            one |= {
                "kv": self._pair(f"{prefix}.encoder_attn.", ("k_proj", "v_proj")),
                "q": self._pair(f"{prefix}.encoder_attn.", ("q_proj",)),
                "cross": self._pair(f"{prefix}.encoder_attn.", ("out_proj",)),
                "cross_norm": self._pair(f"{prefix}.", ("encoder_attn_layer_norm",)),
            }
        return one

    def _embed(self, ids: torch.Tensor, table: torch.Tensor, dropout: float) -> torch.Tensor:
        b, t = ids.shape
        rows: torch.Tensor = _Embed.apply(ids.reshape(-1), table)
        return _drop((rows.view(b, t, -1) * self.scale).add_(self.positions[:t]), dropout).view(b * t, -1)

    def _self(self, x: torch.Tensor, b: int, layer: dict[str, Any], dropout: float, **mask: Any) -> torch.Tensor:
        k, v, q = F.linear(x, *layer["kvq"]).view(b, len(x) // b, 3, layer["heads"], -1).unbind(2)
        a = F.linear(_attend(q, k, v, **mask).view(len(x), -1), *layer["out"])
        return F.layer_norm(_drop(a, dropout) + x, a.shape[-1:], *layer["norm"])

    def _forth(self, x: torch.Tensor, layer: dict[str, Any], dropout: float) -> torch.Tensor:
        y = F.linear(self.act(F.linear(x, *layer["fc1"])), *layer["fc2"])
        return F.layer_norm(_drop(y, dropout) + x, y.shape[-1:], *layer["last"])

    def hidden(self, source: torch.Tensor, shifted: torch.Tensor, dropout: float = 0.0) -> torch.Tensor:
        """Outputs of the decoder, (pairs · target length, d), for padded ids of both sides.

        Args:
            source: (pairs, source length).
            shifted: (pairs, target length), a step behind the ids that are to be told.
        """
        (b, s), t = source.shape, shifted.shape[1]
        mask = None
        # the padding of the target needs none: it stands behind what is counted
        if bool((source[:, -1] == self.pad).any()):
            padded = torch.where(source == self.pad, -torch.inf, 0.0)
            mask = padded[:, None, None].to(self.weights.dtype)
        x = self._embed(source, self.tables["encoder"], dropout)
        for layer in self.encoder:
            x = self._forth(self._self(x, b, layer, dropout, mask=mask, causal=False), layer, dropout)
        y = self._embed(shifted, self.tables["decoder"], dropout)
        for layer in self.decoder:
            y = self._self(y, b, layer, dropout, mask=None, causal=True)
            k, v = F.linear(x, *layer["kv"]).view(b, s, 2, layer["heads"], -1).unbind(2)
            q = F.linear(y, *layer["q"]).view(b, t, layer["heads"], -1)
            a = F.linear(_attend(q, k, v, mask=mask, causal=False).view(b * t, -1), *layer["cross"])
            y = F.layer_norm(_drop(a, dropout) + y, a.shape[-1:], *layer["cross_norm"])
            y = self._forth(y, layer, dropout)
        return y

    def loss(
        self, source: torch.Tensor, target: torch.Tensor, *, dropout: float = 0.0, smoothing: float = 0.0
    ) -> tuple[torch.Tensor, int]:
        """Sum of the cross entropy of the target's tokens in nats, and their number."""
        shifted = F.pad(target[:, :-1], (1, 0), value=self.pad)
        y = self.hidden(source, shifted, dropout)
        gold = target.reshape(-1)
        counted = (gold != self.pad).nonzero().squeeze(1)
        if len(counted) < len(gold):  # logits only where there is a token
            y, gold = y.index_select(0, counted), gold.index_select(0, counted)
        return cross_entropy(y, self.tables["output"], self.bias, gold, smoothing), len(gold)


def _drop(x: torch.Tensor, p: float) -> torch.Tensor:
    """Dropout; on CPUs with a probability in 256ths, for eight random bytes cost less than one random float."""
    if not p or x.is_cuda:
        return F.dropout(x, p) if p else x
    dropped = max(1, round(256 * p))
    random = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
    kept = (random.view(torch.uint8)[: x.numel()] >= dropped).view(x.shape)
    return x * kept.to(x.dtype).mul_(256 / (256 - dropped))
