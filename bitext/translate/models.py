"""Finding, describing, fetching and converting models. Loading one never touches the network."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitext.errors import ModelError
from bitext.files import reason
from bitext.shipped import shipped
from bitext.translate.directory import WEIGHTS, MarianDirectory

__all__ = ["ModelInfo", "convert", "describe", "find", "list_models", "pull", "user_models"]

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_WANTED = (
    "config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json",
    "source.spm", "target.spm", "README.md",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What there is to know of a model without running it.

    Attributes:
        name: what `--model` takes.
        path: its directory.
        found: `directory`, `shipped`, `user` (fetched by `pull`) or `hub cache`.
        source_lang: ISO code, or empty.
        target_lang: ISO code, or empty.
        parameters: number of weights.
        encoder_layers: number of layers.
        decoder_layers: number of layers.
        d_model: width.
        vocabulary: number of pieces.
        hash: SHA-256 of all files that decide its output.
        size: bytes on disk.
        summary: the first paragraph of its card, or empty.
    """

    name: str
    path: Path
    found: str
    source_lang: str
    target_lang: str
    parameters: int
    encoder_layers: int
    decoder_layers: int
    d_model: int
    vocabulary: int
    hash: str
    size: int
    summary: str


def user_models() -> Path:
    """The folder where `pull` puts models."""
    import platformdirs

    return Path(platformdirs.user_data_dir("bitext", appauthor=False)) / "models"


def _locate(model: str) -> tuple[Path, str, str] | None:
    """Path, where it was found, and the mend if it turns out to be damaged."""
    path = Path(model).expanduser()
    if path.is_dir() and not _NAME.fullmatch(model):  # ./fr-en is a directory, fr-en the shipped model
        return path, "directory", "copy the model again"
    if _NAME.fullmatch(model):
        if shipped("models", model, "config.json").is_file():
            return shipped("models", model), "shipped", "install bitext again"
        if (user_models() / model / "config.json").is_file():
            return user_models() / model, "user", "copy the model again"
        return (path, "directory", "copy the model again") if path.is_dir() else None
    if _HUB_ID.fullmatch(model) and ".." not in model:
        mend = f"run bitext models pull {model}"
        if (user_models() / model / "config.json").is_file():
            return user_models() / model, "user", mend
        if cached := _hub_cached(model):
            return cached, "hub cache", mend
    return None


def _hub_cached(model: str) -> Path | None:
    """The model's snapshot in the cache that `transformers` and other tools of the hub share."""
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    try:
        config = try_to_load_from_cache(model, "config.json")
    except (ValueError, OSError):
        return None
    return Path(config).parent if isinstance(config, str) else None


def find(model: str | os.PathLike[str]) -> MarianDirectory:
    """The directory of a model, checked.

    Args:
        model: a directory, the name of a shipped model (`fr-en`), or a hub id (`Helsinki-NLP/opus-mt-fr-en`)
            that was fetched before. A bare name is the shipped model's; `./fr-en` a directory's.

    Raises:
        ModelError: there is none, with the command that fetches it; or it is damaged.
    """
    name = str(model)
    place = _locate(name) if name.strip() else None
    if place is None:
        known = ", ".join(n for n, _ in _names()) or "none"
        if _HUB_ID.fullmatch(name) and ".." not in name and not name.startswith("models/"):
            raise ModelError(
                f"the model {name} is not on this machine", mend=f"fetch it with bitext models pull {name}"
            )
        raise ModelError(
            f"there is no model {name!r} (there are: {known})", mend="give a directory, one of these names, or a hub id"
        )
    path, found, mend = place
    return MarianDirectory(path, name if found != "directory" else _short(path), mend)


def _short(path: Path) -> str:
    return path.resolve().name or str(path)


def _names() -> Iterator[tuple[str, str]]:
    """Names of the shipped and fetched models, with where they were found."""
    for root, found in ((shipped("models"), "shipped"), (user_models(), "user")):
        if root.is_dir():
            for config in sorted([*root.glob("*/config.json"), *root.glob("*/*/config.json")]):
                yield config.parent.relative_to(root).as_posix(), found


def list_models() -> list[ModelInfo]:
    """All shipped and fetched models; damaged ones are left out (`describe` says what is wrong)."""
    seen: dict[str, ModelInfo] = {}
    for name, _ in _names():
        if name not in seen:
            try:
                seen[name] = describe(name)
            except ModelError:
                continue
    return list(seen.values())


def describe(model: str | os.PathLike[str]) -> ModelInfo:
    """What there is to know of a model.

    Raises:
        ModelError: there is no such model, or it is damaged.
    """
    directory = find(model)
    place = _locate(str(model))
    config = directory.config
    card = directory.path / "README.md"
    return ModelInfo(
        name=directory.name,
        path=directory.path,
        found=place[1] if place else "directory",
        source_lang=directory.source_lang,
        target_lang=directory.target_lang,
        parameters=sum(_product(s) for s in directory.shapes().values()),
        encoder_layers=config["encoder_layers"],
        decoder_layers=config["decoder_layers"],
        d_model=config["d_model"],
        vocabulary=config["vocab_size"],
        hash=directory.hash,
        size=sum(f.stat().st_size for f in directory.path.iterdir() if f.is_file()),
        summary=_summary(card.read_text("utf-8", "replace")) if card.is_file() else "",
    )


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for n in shape:
        total *= n
    return total


def _summary(card: str) -> str:
    """The first paragraph of a model card that is neither metadata, heading nor badge."""
    body = re.sub(r"\A---\n.*?\n---\n", "", card, flags=re.DOTALL)
    for block in re.split(r"\n\s*\n", body):
        lines = [line for line in block.splitlines() if line.strip() and not re.match(r"\s*(#|!\[|\[!|<|\||```)", line)]
        if lines:
            return " ".join(" ".join(lines).split())
    return ""


def pull(model: str, *, revision: str = "main", progress: bool = False) -> ModelInfo:
    """Fetch a Marian model from the hub (or from the mirror that `HF_ENDPOINT` names) to stay.

    An interrupted download goes on where it stopped when it is asked for again.

    Args:
        model: the hub id.
        revision: branch, tag or commit.
        progress: show bars on standard error.

    Raises:
        ModelError: not a hub id, no such model there, not a Marian model, no network, no room on the disk.
    """
    if not _HUB_ID.fullmatch(model) or ".." in model:
        raise ModelError(f"{model!r} is not a hub id", mend="write it like Helsinki-NLP/opus-mt-fr-en")
    try:
        import huggingface_hub
        from huggingface_hub import errors
    except ImportError:
        raise ModelError("huggingface_hub is not installed", mend="pip install huggingface_hub") from None
    into = user_models() / model
    endpoint = os.environ.get("HF_ENDPOINT") or huggingface_hub.constants.ENDPOINT
    api = huggingface_hub.HfApi(endpoint=endpoint)
    try:
        there = {s.rfilename for s in api.model_info(model, revision=revision, timeout=20).siblings or []}
        weights = next((w for w in WEIGHTS if w in there), None)
        lacking = [n for n in ("config.json", "vocab.json", "source.spm", "target.spm") if n not in there]
        if weights is None or lacking:
            raise ModelError(
                f"the hub's {model} has no {lacking[0] if lacking else WEIGHTS[0]}, so it is not a Marian model",
                mend="choose another, such as Helsinki-NLP/opus-mt-fr-en",
            )
        with contextlib.nullcontext() if progress else _no_bars(huggingface_hub):
            options: dict[str, Any] = {"local_dir": into, "allow_patterns": [*_WANTED, weights]}
            api.snapshot_download(model, revision=revision, **options)
            try:
                find(model)
            except ModelError:  # a file that was there before and looked up to date was damaged
                api.snapshot_download(model, revision=revision, force_download=True, **options)
    except ModelError:
        raise
    except errors.GatedRepoError:
        raise ModelError(
            f"the hub gives {model} only to people who asked for it", mend="ask on its page, then run hf auth login"
        ) from None
    except errors.RepositoryNotFoundError:
        raise ModelError(f"the hub has no model {model}", mend="check the spelling") from None
    except errors.RevisionNotFoundError:
        raise ModelError(f"{model} has no revision {revision}", mend="check the spelling") from None
    except errors.OfflineModeIsEnabled:
        raise ModelError(
            f"{model} cannot be fetched because HF_HUB_OFFLINE is set", mend="unset it and try again"
        ) from None
    except OSError as e:
        if e.errno is not None and not _is_network(e):
            raise ModelError(
                f"{model} cannot be stored ({reason(e)})", path=into, mend="free space or check permissions"
            ) from None
        raise _unreachable(model, endpoint, e) from None
    except Exception as e:  # the client's HTTP library changes with its version
        raise _unreachable(model, endpoint, e) from None
    return describe(model)


@contextlib.contextmanager
def _no_bars(huggingface_hub: Any) -> Iterator[None]:
    utils = huggingface_hub.utils
    shown = not utils.are_progress_bars_disabled()
    utils.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            utils.enable_progress_bars()


def _is_network(error: OSError) -> bool:
    return isinstance(error, (ConnectionError, TimeoutError)) or "http" in type(error).__module__


def _unreachable(model: str, endpoint: str, error: Exception) -> ModelError:
    said = (str(error).strip().splitlines() or [""])[0][:120].rstrip(".") or type(error).__name__
    return ModelError(
        f"{model} cannot be fetched from {endpoint} ({said})",
        mend="check the network, or set HF_ENDPOINT to a mirror, or copy the model here and give its directory",
    )


def convert(
    model: str | os.PathLike[str], out: str | os.PathLike[str], compute_type: str = "int8", *, force: bool = False
) -> Path:
    """Write a model as a CTranslate2 directory, for use outside of `bitext`.

    Raises:
        ModelError: no such model, damaged, or an unknown compute type.
        OutputError: `out` is there already, or cannot be written.
    """
    from bitext.translate.convert import convert as write

    return write(find(model), out, compute_type, force=force)
