"""The flat network is the function that `MarianMTModel` is, its loss is cross entropy, its update is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import MarianConfig, MarianMTModel

from bitext.errors import FormatError, InputError
from bitext.train import checkpoint
from bitext.train.config import TrainConfig
from bitext.train.network import Layout, Network, _drop, cross_entropy
from bitext.train.optimiser import _reserve, _share, orthogonal

PAD, EOS = 40, 1


def model(**changes: object) -> MarianMTModel:
    torch.manual_seed(0)
    settings = {
        "vocab_size": 41,
        "decoder_vocab_size": 41,
        "d_model": 16,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 24,
        "activation_function": "relu",
        "scale_embedding": True,
        "max_position_embeddings": 64,
        "pad_token_id": PAD,
        "eos_token_id": EOS,
        "decoder_start_token_id": PAD,
        "init_std": 0.2,
    }
    made = MarianMTModel(MarianConfig(**{**settings, **changes})).eval()
    with torch.no_grad():  # biases and norms begin as 0 and 1, where mistakes would not show
        for p in made.parameters():
            if p.ndim == 1:
                p.add_(0.3 * torch.randn_like(p))
    return made


def batch(lengths: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    sides = []
    for side in (0, 1):
        width = max(pair[side] for pair in lengths) + 1
        rows = [
            [*torch.randint(2, PAD, (pair[side],)).tolist(), EOS] + [PAD] * (width - 1 - pair[side]) for pair in lengths
        ]
        sides.append(torch.tensor(rows))
    return sides[0], sides[1]


@pytest.mark.parametrize("lengths", [[(5, 4), (5, 6)], [(3, 7), (8, 2), (6, 6)], [(1, 1)]])
@pytest.mark.parametrize(
    "changes", [{}, {"activation_function": "swish", "scale_embedding": False}, {"decoder_layers": 1}]
)
def test_loss_and_gradients_are_those_of_marian(lengths: list[tuple[int, int]], changes: dict[str, object]) -> None:
    marian = model(**changes)
    marian.final_logits_bias.normal_()
    source, target = batch(lengths)
    layout = Layout(marian)
    weights, gradients = torch.zeros(layout.size), torch.zeros(layout.size)
    layout.gather(marian, weights)
    network = Network(marian, layout, weights, gradients)
    loss, n = network.loss(source, target, smoothing=0.1)
    loss.backward()
    shifted = F.pad(target[:, :-1], (1, 0), value=PAD)
    logits = marian(input_ids=source, attention_mask=(source != PAD).long(), decoder_input_ids=shifted).logits
    told = target != PAD
    expected = F.cross_entropy(logits[told], target[told], label_smoothing=0.1, reduction="sum")
    expected.backward()
    assert n == int(told.sum())
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-3)
    for name, p in marian.named_parameters():
        if name not in layout.at:
            assert "embed_positions" in name
            continue
        ours, theirs = layout.view(gradients, name).clone(), p.grad.clone()
        if name == "model.shared.weight":  # Marian's embedding of the padding, with which the decoder begins, is fixed
            ours, theirs = ours[:PAD], theirs[:PAD]
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=2e-4, msg=lambda m, name=name: f"{name}: {m}")


def test_in_bfloat16_the_gradient_points_the_same_way() -> None:
    marian = model()
    source, target = batch([(9, 8)] * 6)
    layout, found = Layout(marian), []
    for dtype in (torch.float32, torch.bfloat16):
        flat = torch.zeros(layout.size)
        layout.gather(marian, flat)
        gradients = torch.zeros(layout.size, dtype=dtype)
        Network(marian, layout, flat.to(dtype), gradients).loss(source, target, smoothing=0.1)[0].backward()
        found.append(gradients.float())
    assert F.cosine_similarity(*found, dim=0) > 0.99


def test_a_buffer_goes_back_into_a_model() -> None:
    first, second = model(), model(init_std=0.01)
    layout = Layout(first)
    flat = torch.zeros(layout.size)
    layout.gather(first, flat)
    layout.scatter(flat, second)
    for (name, a), b in zip(first.named_parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b), name


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1100), st.integers(2, 30), st.sampled_from([0.0, 0.1, 0.3]), st.booleans(), st.integers(0, 99))
def test_cross_entropy_is_cross_entropy(n: int, pieces: int, smoothing: float, biased: bool, seed: int) -> None:
    torch.manual_seed(seed)
    hidden, table = torch.randn(n, 8, requires_grad=True), torch.randn(pieces, 8, requires_grad=True)
    bias = torch.randn(pieces) if biased else None
    gold = torch.randint(0, pieces, (n,))
    ours = cross_entropy(hidden, table, bias, gold, smoothing)
    theirs = F.cross_entropy(F.linear(hidden, table, bias), gold, label_smoothing=smoothing, reduction="sum")
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-3)
    for a, b in zip(
        torch.autograd.grad(ours, [hidden, table]), torch.autograd.grad(theirs, [hidden, table]), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("p", [0.05, 0.1, 0.5])
def test_dropout_drops_its_share_and_keeps_the_mean(p: float) -> None:
    torch.manual_seed(0)
    out = _drop(torch.ones(400, 251), p)
    assert abs(float((out == 0).float().mean()) - p) < 0.006
    assert abs(float(out.mean()) - 1) < 0.01


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 40, 12), (2, 12, 40)])
def test_orthogonal_has_singular_values_near_one(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    found = torch.linalg.svdvals(orthogonal(torch.randn(shape)).float())
    assert found.median() > 0.6
    assert found.max() < 1.3


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1e6), max_size=20), st.integers(1, 5))
def test_every_parameter_has_one_owner(costs: dict[str, float], workers: int) -> None:
    parts = _share(costs, workers)
    assert sorted(n for part in parts for n in part) == sorted(costs)
    loads = [sum(costs[n] for n in part) for part in parts]
    assert max(loads) - min(loads) <= max(costs.values(), default=0.0) + 1e-6


def test_the_rate_falls_to_nothing_at_a_known_end() -> None:
    config = TrainConfig(lr=1.0, warmup=10, half_life=10**9, cooldown=0.2)
    assert config.rate(0) == pytest.approx(0.1)
    assert config.rate(50, 0.5) == pytest.approx(1.0)
    assert config.rate(50, 0.9) == pytest.approx(0.5)
    assert config.rate(50, 1.0) == 0.0
    assert TrainConfig(lr=1.0, warmup=10, half_life=10**9, cooldown=1.0).rate(50, 0.25) == pytest.approx(0.75)


def test_shared_memory_lies_in_the_first_folder_with_room(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("not a folder")
    good = [tmp_path / "a", tmp_path / "b"]
    assert _reserve([[tmp_path / "full" / "a", tmp_path / "full" / "b"], good], [100, 7]) == good
    assert [p.stat().st_size for p in good] == [100, 7]
    with pytest.raises(OSError):
        _reserve([[tmp_path / "full" / "a"]], [100])


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"\x80\x02]q\x00.", b"PK\x03\x04"])
def test_what_is_no_checkpoint_is_said_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="holds no checkpoint"):
        checkpoint.read(path, Layout(model()))


def test_a_checkpoint_comes_back_and_fits_one_model_alone(tmp_path: Path) -> None:
    path, layout = tmp_path / "checkpoint.pt", Layout(model())
    checkpoint.write(path, {"average": torch.arange(float(layout.size))}, layout, step=3)
    saved = checkpoint.read(path, layout)
    assert saved["step"] == 3
    assert torch.equal(saved["average"], torch.arange(float(layout.size)))
    with pytest.raises(FormatError, match="another model"):
        checkpoint.read(path, Layout(model(encoder_layers=1)))


@pytest.mark.parametrize("bad", [{"cooldown": 2.0}, {"dropout": 1.0}, {"lr": float("nan")}, {"steps": -1}])
def test_numbers_that_make_no_sense_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match=f"--{next(iter(bad))} is .*give a number"):
        TrainConfig(**bad)


def test_an_unknown_optimiser_is_refused() -> None:
    with pytest.raises(InputError, match=r"'sgd'.*choose adamw or muon"):
        TrainConfig(optimiser="sgd")
