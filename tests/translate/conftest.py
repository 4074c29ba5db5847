"""A tiny model for every test, and caches that no test shares with the user."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_marian import build_marian


@pytest.fixture(scope="session")
def tiny_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model; not to be changed."""
    return build_marian(tmp_path_factory.mktemp("models") / "fr-en")


@pytest.fixture
def tiny(tiny_source: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model to damage."""
    return Path(shutil.copytree(tiny_source, tmp_path / "tiny" / "fr-en"))


@pytest.fixture(autouse=True)
def private_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's cache and data folders, and the hub's cache, are empty ones of this test."""
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "HF_HUB_CACHE"))
    yield


@pytest.fixture
def shipped_model() -> Path:
    """The shipped fr-en model; skips where its weights are not there."""
    from bitext.shipped import shipped

    path = shipped("models", "fr-en")
    if not (path / "model.safetensors").is_file():
        pytest.skip("models/fr-en has no weights")
    return path
