"""Training on a tiny corpus: it learns, it can be killed anywhere, it adapts and turns round a model."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bitext.errors import BitextError
from bitext.train.config import TrainConfig
from bitext.train.launch import train
from bitext.train.plot import plot

NOUNS = [
    ("chat", "cat"),
    ("chien", "dog"),
    ("livre", "book"),
    ("train", "train"),
    ("pain", "bread"),
    ("jardin", "garden"),
]
ADJECTIVES = [("noir", "black"), ("grand", "big"), ("petit", "small"), ("vieux", "old"), ("blanc", "white")]
VERBS = [("voit", "sees"), ("aime", "loves"), ("cherche", "seeks"), ("garde", "keeps")]

TINY = TrainConfig(
    vocabulary=120,
    d_model=32,
    ffn=64,
    heads=2,
    encoder_layers=1,
    decoder_layers=1,
    batch_tokens=200,
    workers=1,
    warmup=10,
    lr=3e-3,
    dropout=0.1,
    bf16=False,
    steps=40,
    log_every=1,
    save_every=0.0,
    dev_every=1e9,
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = random.Random(0)
    path = tmp_path_factory.mktemp("data") / "pairs.tsv"
    lines = set()
    while len(lines) < 900:
        (f1, e1), (f2, e2) = rng.sample(NOUNS, 2)
        (fa, ea), (fb, eb) = rng.choice(ADJECTIVES), rng.choice(ADJECTIVES)
        fv, ev = rng.choice(VERBS)
        lines.add(f"le {f1} {fa} {fv} le {f2} {fb} .\tthe {ea} {e1} {ev} the {eb} {e2} .\tmade")
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return path


def losses(state: Path) -> dict[int, float]:
    """The loss of each step; a step that was made twice must have had the same loss."""
    found: dict[int, float] = {}
    for line in (state / "log.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if "loss" in entry:
            assert found.setdefault(entry["step"], entry["loss"]) == entry["loss"]
    return found


def made(log: Path) -> int:
    """How many lines the log has: about as many as steps were made."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def test_it_learns_and_writes_a_model_that_loads(corpus: Path, tmp_path: Path) -> None:
    out = train([corpus], tmp_path / "model", config=replace(TINY, steps=250), dev=corpus)
    found = losses(tmp_path / "model.training")
    assert found[250] < 0.5 * found[1]
    assert {"config.json", "model.safetensors", "source.spm", "vocab.json", "README.md"} <= {
        p.name for p in out.iterdir()
    }
    assert "| made | 900 | 1 |" in (out / "README.md").read_text()
    from bitext import translate

    translator = translate.load(str(out), engine="transformers")
    assert translator.source_lang == "fr"
    assert translator.target_lang == "en"
    assert len(translator.translate(["le chat noir voit le chien blanc ."])[0].text) > 0
    assert plot(tmp_path / "model.training").count("<polyline") >= 1


def test_two_workers_see_different_pairs_and_agree(corpus: Path, tmp_path: Path) -> None:
    train([corpus], tmp_path / "model", config=replace(TINY, workers=2, steps=30))
    assert len(losses(tmp_path / "model.training")) == 30


@pytest.fixture(scope="module")
def begun(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a run of three steps without a development file."""
    out = tmp_path_factory.mktemp("begun") / "m"
    train([corpus], out, config=replace(TINY, steps=3))
    return out.with_name("m.training")


def run_here(begun: Path, state: Path, config: TrainConfig) -> None:
    """Run one worker from the beginning, in this process."""
    from bitext.train.worker import Worker

    state.mkdir(exist_ok=True)
    shutil.copy(begun / "run.json", state)
    config.save(state / "config.json")
    before = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        Worker(state, 0, 1).run()
    finally:
        for s, handler in before.items():
            signal.signal(s, handler)


def test_without_a_development_file_some_pairs_are_held_out(corpus: Path, begun: Path) -> None:
    run = json.loads((begun / "run.json").read_text())
    assert len(run["dev"]) == len(run["left_out"]) == 9  # 1 % of 900
    pairs = {tuple(line.split("\t")[:2]) for line in corpus.read_text().splitlines()}
    assert all(tuple(pair) in pairs for pair in run["dev"])
    looks = [json.loads(line) for line in (begun / "log.jsonl").read_text().splitlines()]
    assert any("dev_bits" in look and "bleu" in look for look in looks)


@pytest.mark.parametrize("changes", [{"optimiser": "muon", "lr": 1e-2}, {"bf16": True}, {"chunk_tokens": 70}])
def test_it_learns_with_other_settings_as_well(begun: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    run_here(begun, tmp_path / "m", replace(TINY, steps=150, **changes))
    found = losses(tmp_path / "m")
    assert found[150] < 0.7 * found[1]


@pytest.mark.parametrize("limit", [{"tokens": 4000}, {"minutes": 0.02}])
def test_limits_by_tokens_and_by_time_bring_the_rate_down(begun: Path, tmp_path: Path, limit: dict[str, Any]) -> None:
    run_here(begun, tmp_path / "m", replace(TINY, steps=None, warmup=1, cooldown=1.0, **limit))
    rates = [e["lr"] for e in map(json.loads, (tmp_path / "m" / "log.jsonl").read_text().splitlines()) if "lr" in e]
    assert rates[-1] < 0.5 * rates[0]


def test_the_run_goes_on_from_a_checkpoint_as_if_unbroken(begun: Path, tmp_path: Path) -> None:
    for optimiser in ("adamw", "muon"):
        whole, parts = tmp_path / f"{optimiser}.whole", tmp_path / f"{optimiser}.parts"
        config = replace(TINY, optimiser=optimiser, cooldown=0.0, chunk_tokens=100)
        run_here(begun, whole, replace(config, steps=20))
        for steps in (7, 20):
            run_here(begun, parts, replace(config, steps=steps))
        assert losses(parts) == losses(whole)


@pytest.mark.slow
def test_killed_at_random_points_the_losses_are_those_of_an_unbroken_run(corpus: Path, tmp_path: Path) -> None:
    settings = replace(TINY, steps=600, workers=2)
    train([corpus], tmp_path / "whole", config=settings)
    whole = losses(tmp_path / "whole.training")
    rng = random.Random(1)
    script = tmp_path / "go.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom tests_config import settings\n"
        "from bitext.train.launch import train\ntrain([Path(sys.argv[1])], Path(sys.argv[2]), config=settings)\n"
    )
    (tmp_path / "tests_config.py").write_text(f"from bitext.train.config import TrainConfig\nsettings = {settings!r}\n")
    command = [sys.executable, str(script), str(corpus), str(tmp_path / "broken")]
    log = tmp_path / "broken.training" / "log.jsonl"
    for _ in range(10):
        process = subprocess.Popen(command, start_new_session=True)
        goal, deadline = made(log) + rng.randint(5, 40), time.monotonic() + 60
        while made(log) < goal and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None, "it was to be killed in the middle"
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(1.5)  # the workers see that they are orphans
    process = subprocess.Popen(command, start_new_session=True)
    process.wait(timeout=300)
    assert process.returncode == 0
    assert losses(tmp_path / "broken.training") == whole


def test_other_direction_from_the_first_ones_weights(corpus: Path, tmp_path: Path) -> None:
    first = train([corpus], tmp_path / "fr-en", config=replace(TINY, steps=20))
    settings = replace(TINY, steps=5, source_lang="en", target_lang="fr")
    second = train([corpus], tmp_path / "en-fr", start=first, config=settings, reverse_columns=True)
    config = json.loads((second / "tokenizer_config.json").read_text())
    assert (config["source_lang"], config["target_lang"]) == ("en", "fr")


def test_other_settings_do_not_go_on_from_a_checkpoint(corpus: Path, tmp_path: Path) -> None:
    train([corpus], tmp_path / "m", config=replace(TINY, steps=3))
    with pytest.raises(BitextError, match="other settings"):
        train([corpus], tmp_path / "m", config=replace(TINY, steps=3, dropout=0.3))


def test_a_run_of_three_steps_writes_what_it_learnt(corpus: Path, begun: Path) -> None:
    from safetensors.numpy import load_file

    start, written = (load_file(f / "model.safetensors") for f in (begun / "start", begun.with_name("m")))
    name = "model.encoder.layers.0.fc1.weight"
    assert (start[name].astype(float) != written[name].astype(float)).mean() > 0.5
    assert "- pairs 891 (9 more held out); dropped: none" in (begun.with_name("m") / "README.md").read_text()


def test_patience_needs_something_to_measure_on(tmp_path: Path) -> None:
    few = tmp_path / "few.tsv"
    few.write_text("".join(f"le chat {i} dort\tthe cat {i} sleeps\n" for i in range(60)), encoding="utf-8")
    with pytest.raises(BitextError, match="--dev"):
        train([few], tmp_path / "m", config=replace(TINY, vocabulary=60, patience=2))
