"""The hub path, proven against a local server that speaks the hub's protocol; no network is touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_server import Hub, hub
from tiny_marian import SENTENCES

from bitext.errors import ModelError
from bitext.translate import describe, find, list_models, load, pull
from bitext.translate.models import user_models

NAME = "Some-Group/opus-mt-fr-en"


@pytest.fixture
def server(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    (tiny / "tf_model.h5").write_bytes(b"the same weights for another library" * 1000)
    other = tmp_path / "t5"
    other.mkdir()
    (other / "config.json").write_text('{"model_type": "t5"}')
    with hub({NAME: tiny, "Some-Group/t5": other, "Some-Group/gated": tiny}) as running:
        running.gated.add("Some-Group/gated")
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def test_pull_then_load(server: Hub, tiny: Path) -> None:
    with pytest.raises(ModelError, match=f"bitext models pull {NAME}"):
        load(NAME)
    assert server.requests == []  # loading asks no network

    info = pull(NAME)
    assert (info.name, info.found, info.path) == (NAME, "user", user_models() / NAME)
    fetched = {f.name for f in info.path.iterdir() if f.is_file()}
    assert {"config.json", "model.safetensors", "source.spm", "README.md"} <= fetched
    assert "tf_model.h5" not in fetched  # only what is needed
    assert info.hash == describe(tiny).hash
    assert NAME in [m.name for m in list_models()]

    asked = len(server.requests)
    found = load(NAME, threads=1).translate(SENTENCES[:3])
    assert found == load(tiny, threads=1).translate(SENTENCES[:3])
    assert len(server.requests) == asked


def test_pickled_weights_are_fetched_where_there_are_no_others(server: Hub, tiny: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(tiny / "model.safetensors"), tiny / "pytorch_model.bin")
    (tiny / "model.safetensors").unlink()
    assert (pull(NAME).path / "pytorch_model.bin").is_file()


def test_an_interrupted_pull_goes_on(server: Hub) -> None:
    server.cut = 1
    try:
        pull(NAME)
    except ModelError as e:
        assert "cannot be fetched" in str(e)
    assert load(pull(NAME).name, threads=1).translate(SENTENCES[:1])


def test_a_damaged_fetched_model_says_to_fetch_it_again(server: Hub) -> None:
    path = pull(NAME).path
    (path / "model.safetensors").write_bytes((path / "model.safetensors").read_bytes()[:-1000])
    with pytest.raises(ModelError, match=f"is truncated.*run bitext models pull {NAME}"):
        find(NAME)
    assert pull(NAME).path == path  # and that does mend it
    find(NAME)


def test_models_in_the_hubs_own_cache_are_found(server: Hub, tmp_path: Path) -> None:
    import huggingface_hub

    huggingface_hub.HfApi(endpoint=server.url).snapshot_download(NAME, cache_dir=tmp_path / "HF_HUB_CACHE")
    asked = len(server.requests)
    assert describe(NAME).found == "hub cache"
    assert load(NAME, threads=1).translate(SENTENCES[:1])
    assert len(server.requests) == asked


def test_what_the_hub_refuses(server: Hub) -> None:
    for name, said in (
        ("Some-Group/nothing", "the hub has no model Some-Group/nothing; check the spelling"),
        ("Some-Group/gated", "only to people who asked for it"),
        ("Some-Group/t5", "has no vocab.json, so it is not a Marian model"),
        ("fr-en", "'fr-en' is not a hub id; write it like"),
        ("../etc/passwd", "is not a hub id"),
    ):
        with pytest.raises(ModelError, match=said):
            pull(name)
    with pytest.raises(ModelError, match="has no revision v9"):
        pull(NAME, revision="v9")
    assert not user_models().exists() or not list(user_models().rglob("config.json"))


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(ModelError) as e:
        pull(NAME)
    assert f"{NAME} cannot be fetched from http://127.0.0.1:9" in str(e.value)
    assert "check the network, or set HF_ENDPOINT to a mirror" in str(e.value)


def test_no_room(server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be stored"):
        pull(NAME)


def test_a_model_that_is_pulled_twice_is_not_fetched_twice(server: Hub) -> None:
    pull(NAME)
    before = [r for r in server.requests if r[0] == "GET" and "/resolve/" in r[1]]
    pull(NAME)
    after = [r for r in server.requests if r[0] == "GET" and "/resolve/" in r[1]]
    assert after == before
    shutil.rmtree(user_models())
