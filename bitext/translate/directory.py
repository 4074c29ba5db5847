"""A Marian model on disk: what it must hold, checked before anything heavy is loaded."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bitext.errors import ModelError
from bitext.files import reason

__all__ = ["MarianDirectory"]

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_NEEDED = ("config.json", "vocab.json", "source.spm", "target.spm")
_HASHED = ("config.json", "vocab.json", "source.spm", "target.spm", *WEIGHTS)
_NUMBERS = (
    "d_model", "vocab_size", "encoder_layers", "decoder_layers", "encoder_attention_heads", "decoder_attention_heads",
    "encoder_ffn_dim", "decoder_ffn_dim", "max_position_embeddings",
)  # fmt: skip
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_PAIR = re.compile(r"(?:^|[-_/])([a-z]{2,3})[-_]([a-z]{2,3})$")


def _json(path: Path, mend: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise ModelError("is not UTF-8 text", path=path, mend=mend) from None
    except json.JSONDecodeError as e:
        raise ModelError(f"is not valid JSON ({e.msg})", path=path, line=e.lineno, mend=mend) from None
    except OSError as e:
        raise ModelError(f"cannot be read ({reason(e)})", path=path, mend=mend) from None
    if not isinstance(value, dict):
        raise ModelError("does not hold a JSON object", path=path, mend=mend)
    return value


@dataclass(frozen=True)
class MarianDirectory:
    """A directory in the layout of `transformers.MarianMTModel`, found complete and consistent.

    Attributes:
        path: the directory.
        name: how it is called in signatures, such as `fr-en` or `Helsinki-NLP/opus-mt-fr-en`.
        mend: what to do when a file is missing or damaged.

    Raises:
        ModelError: a file is missing, truncated, or does not fit the others; names the file and the mend.
    """

    path: Path
    name: str
    mend: str = "copy the model again"
    config: dict[str, Any] = field(init=False, repr=False)
    vocab: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise ModelError("is not a directory", path=self.path, mend="name the directory of a Marian model")
        for name in _NEEDED:
            if not (self.path / name).is_file():
                if (self.path / "model.bin").is_file():
                    raise ModelError(
                        "is a converted CTranslate2 model",
                        path=self.path,
                        mend="name the Marian directory it was made from; it is converted by itself",
                    )
                raise ModelError(
                    f"{name} is missing, so this is no complete Marian model", path=self.path, mend=self.mend
                )
            self._whole(self.path / name)
        object.__setattr__(self, "config", self._config())
        object.__setattr__(self, "vocab", self._vocab())
        self._whole(self.weights)
        if self.weights.suffix == ".safetensors":
            self._check_tensors()

    def _whole(self, path: Path) -> None:
        """Not empty, and not the pointer that Git LFS leaves where it was not installed."""
        try:
            with path.open("rb") as f:
                head = f.read(40)
        except OSError as e:
            raise ModelError(f"cannot be read ({reason(e)})", path=path, mend="check its permissions") from None
        if not head:
            raise ModelError("is empty", path=path, mend=self.mend)
        if head.startswith(b"version https://git-lfs"):
            raise ModelError(
                "is a Git LFS pointer, not the file itself", path=path, mend="run git lfs pull in its repository"
            )

    def _config(self) -> dict[str, Any]:
        path = self.path / "config.json"
        config = _json(path, self.mend)
        if (kind := config.get("model_type")) != "marian":
            raise ModelError(
                f"describes a {kind or 'nameless'} model, not a Marian one", path=path, mend="use a MarianMT model"
            )
        for key in _NUMBERS:
            if not isinstance(config.get(key), int) or config[key] <= 0:
                raise ModelError(f"{key} is missing or not a positive number", path=path, mend=self.mend)
        if (
            config["d_model"] % config["encoder_attention_heads"]
            or config["d_model"] % config["decoder_attention_heads"]
        ):
            raise ModelError("d_model is not a multiple of the number of attention heads", path=path, mend=self.mend)
        if not config.get("share_encoder_decoder_embeddings", True):
            raise ModelError(
                "says that source and target have separate vocabularies, which is not supported",
                path=path,
                mend="use a model with a joint vocabulary",
            )
        return config

    def _vocab(self) -> dict[str, int]:
        path = self.path / "vocab.json"
        vocab, size = _json(path, self.mend), self.config["vocab_size"]
        for token in ("<unk>", "</s>"):
            if token not in vocab:
                raise ModelError(f"has no {token} token", path=path, mend=self.mend)
        if sorted(v for v in vocab.values() if isinstance(v, int)) != list(range(len(vocab))):
            raise ModelError("does not number its tokens 0, 1, 2, … once each", path=path, mend=self.mend)
        if len(vocab) != size:
            raise ModelError(
                f"has {len(vocab)} tokens but config.json says {size}, so the two are not of one model",
                path=path,
                mend=self.mend,
            )
        return vocab

    @cached_property
    def weights(self) -> Path:
        """The file of weights, `model.safetensors` before `pytorch_model.bin`."""
        for name in WEIGHTS:
            if (self.path / name).is_file():
                return self.path / name
        raise ModelError(
            f"neither {WEIGHTS[0]} nor {WEIGHTS[1]} is there, so the weights are missing",
            path=self.path,
            mend=self.mend,
        )

    @cached_property
    def header(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the tensors in a safetensors file."""
        path, damaged = self.weights, "is damaged: its header cannot be read"
        size = path.stat().st_size
        try:
            with path.open("rb") as f:
                (length,) = struct.unpack("<Q", f.read(8))
                if length > min(size, 100_000_000):
                    raise ValueError
                header = json.loads(f.read(length))
            header.pop("__metadata__", None)
            end = 8 + length + max((t["data_offsets"][1] for t in header.values()), default=0)
            shapes = {name: tuple(t["shape"]) for name, t in header.items()}
        except (struct.error, ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise ModelError(damaged, path=path, mend=self.mend) from None
        if end > size:
            raise ModelError(f"is truncated ({size:,} of {end:,} bytes)", path=path, mend=self.mend)
        return shapes

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The tensors that the configuration calls for."""
        c = self.config
        d = c["d_model"]
        shapes: dict[str, tuple[int, ...]] = {"model.shared.weight": (c["vocab_size"], d)}
        for side, attentions in (("encoder", ("self_attn",)), ("decoder", ("self_attn", "encoder_attn"))):
            ffn = c[f"{side}_ffn_dim"]
            for i in range(c[f"{side}_layers"]):
                layer = f"model.{side}.layers.{i}."
                for attention in attentions:
                    for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
                        shapes[f"{layer}{attention}.{projection}.weight"] = (d, d)
                        shapes[f"{layer}{attention}.{projection}.bias"] = (d,)
                    shapes[f"{layer}{attention}_layer_norm.weight"] = (d,)
                    shapes[f"{layer}{attention}_layer_norm.bias"] = (d,)
                shapes |= {
                    f"{layer}fc1.weight": (ffn, d), f"{layer}fc1.bias": (ffn,),
                    f"{layer}fc2.weight": (d, ffn), f"{layer}fc2.bias": (d,),
                    f"{layer}final_layer_norm.weight": (d,), f"{layer}final_layer_norm.bias": (d,),
                }  # fmt: skip
        return shapes

    def check(self, found: dict[str, tuple[int, ...]]) -> None:
        """Compare the tensors of the weights with `shapes`.

        Raises:
            ModelError: one is missing or of another shape.
        """
        for name, shape in self.shapes().items():
            if name not in found:
                raise ModelError(
                    f"lacks the tensor {name} that config.json calls for", path=self.weights, mend=self.mend
                )
            if found[name] != shape:
                raise ModelError(
                    f"holds {name} of shape {found[name]} where config.json calls for {shape}, "
                    "so the two are not of one model",
                    path=self.weights,
                    mend=self.mend,
                )

    def _check_tensors(self) -> None:
        found = dict(self.header)
        if "model.shared.weight" not in found:  # some savers keep only the tied name
            for tied in ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"):
                if tied in found:
                    found["model.shared.weight"] = found[tied]
        self.check(found)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all files that change what the model writes, 64 hexadecimal digits."""
        total = hashlib.sha256()
        for name in _HASHED:
            path = self.path / name
            if not path.is_file() or (name == WEIGHTS[1] and self.weights.name != name):
                continue
            with path.open("rb") as f:
                total.update(f"{name}:{hashlib.file_digest(f, 'sha256').hexdigest()};".encode())
        return total.hexdigest()

    @cached_property
    def _tokenizer_config(self) -> dict[str, Any]:
        path = self.path / "tokenizer_config.json"
        return _json(path, self.mend) if path.is_file() else {}

    def _lang(self, key: str, group: int) -> str:
        if lang := self._tokenizer_config.get(key):
            return str(lang)
        found = _PAIR.search(self.name) or _PAIR.search(self.path.name)
        return found[group] if found else ""

    @property
    def source_lang(self) -> str:
        """ISO code from the tokenizer's configuration or the model's name; may be empty."""
        return self._lang("source_lang", 1)

    @property
    def target_lang(self) -> str:
        """ISO code from the tokenizer's configuration or the model's name; may be empty."""
        return self._lang("target_lang", 2)

    @property
    def start_token(self) -> str:
        """The token the decoder starts from (Marian: `<pad>`)."""
        start = self.config.get("decoder_start_token_id", self.config.get("pad_token_id"))
        for token, number in self.vocab.items():
            if number == start:
                return token
        raise ModelError("decoder_start_token_id is not in vocab.json", path=self.path / "config.json", mend=self.mend)

    @property
    def rerank(self) -> str | None:
        """The model of the other direction that its maker reranks it by; `rerank` in tokenizer_config.json."""
        name = self._tokenizer_config.get("rerank")
        return name if isinstance(name, str) and name else None

    @property
    def split_tokens(self) -> int | None:
        """Tokens above which the model's maker found it better to split; `split_tokens` in tokenizer_config.json."""
        tokens = self._tokenizer_config.get("split_tokens")
        return tokens if isinstance(tokens, int) and tokens > 0 else None

    @property
    def positions(self) -> int:
        """The longest input or output in tokens, end of sentence included."""
        return int(self.config["max_position_embeddings"])

    def arrays(self) -> dict[str, Any]:
        """The weights as float32 NumPy arrays by name, `model.shared.weight` always among them.

        Raises:
            ModelError: the file is damaged or lacks a tensor.
        """
        import numpy as np

        path = self.weights
        if path.suffix == ".safetensors":
            arrays = self._safetensors()
        else:
            import torch

            try:
                state = torch.load(path, map_location="cpu", weights_only=True)
                arrays = {k: v.to(torch.float32).numpy() for k, v in state.items()}
            except Exception as e:  # torch.load raises what its unpickler happens to meet
                said = str(e).strip().splitlines()[0][:100] if str(e).strip() else type(e).__name__
                raise ModelError(f"cannot be loaded ({said})", path=path, mend=self.mend) from None
        if "model.shared.weight" not in arrays:
            for tied in ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"):
                if tied in arrays:
                    arrays["model.shared.weight"] = arrays[tied]
        self.check({k: v.shape for k, v in arrays.items()})
        return {
            k: np.array(v, dtype=np.float32, order="C") for k, v in arrays.items()
        }  # copies: to be quantised in place

    def _safetensors(self) -> dict[str, Any]:
        """Read by NumPy alone, which knows no bfloat16: its bits are the upper half of a float32's."""
        import numpy as np

        data = self.weights.read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        header, arrays = json.loads(data[8 : 8 + length]), {}
        header.pop("__metadata__", None)
        kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
        for name, t in header.items():
            if t["dtype"] not in kinds:
                continue
            start, end = t["data_offsets"]
            if end - start != int(np.prod(t["shape"], dtype=np.int64)) * _BYTES[t["dtype"]]:
                raise ModelError(f"is damaged: {name} has the wrong size", path=self.weights, mend=self.mend)
            flat = np.frombuffer(data, kinds[t["dtype"]], offset=8 + length + start, count=int(np.prod(t["shape"])))
            if t["dtype"] == "BF16":
                flat = (flat.astype(np.uint32) << 16).view(np.float32)
            arrays[name] = flat.reshape(t["shape"])
        return arrays
