"""From a Marian directory to a CTranslate2 one, and the cache of converted models.

CTranslate2 has a converter for Marian models of `transformers`. This one fills the same specification
from NumPy arrays, for two reasons. It needs neither torch nor transformers (seven seconds of import).
And it is faithful to weights trained with `transformers`, whose decoder starts from the embedding of
`<pad>`: CTranslate2's assumes that this embedding is zero and drops it, which is true of OPUS-MT but not
of a model whose tied output matrix was trained with `<pad>` in it.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from bitext.errors import ModelError, OutputError
from bitext.files import reason
from bitext.translate.directory import MarianDirectory

__all__ = ["COMPUTE_TYPES", "convert", "converted"]

COMPUTE_TYPES = ("int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
_FORBIDDEN = -1e4  # as an output bias; float16 holds it
_FILES = ("model.bin", "config.json", "shared_vocabulary.json")
_VERSION = 1  # of what `specification` makes; change it and cached models are converted anew
_ACTIVATIONS = {"relu": "RELU", "gelu": "GELU", "gelu_new": "GELUTanh", "silu": "SWISH", "swish": "SWISH"}


def _positions(count: int, dim: int) -> Any:
    """Marian's sinusoids: sines in the first half of each vector, cosines in the second; (count, dim), float32."""
    import numpy as np

    angles = np.arange(count)[:, None] / np.power(10000, 2 * (np.arange(dim) // 2) / dim)
    return np.concatenate([np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])], axis=1).astype(np.float32)


def specification(model: MarianDirectory) -> Any:
    """The model as a `ctranslate2.specs.TransformerSpec`.

    Raises:
        ModelError: the weights are damaged or use an activation that CTranslate2 has not.
    """
    import numpy as np
    from ctranslate2.specs import common_spec, transformer_spec

    config, arrays = model.config, model.arrays()
    activation = _ACTIVATIONS.get(str(config.get("activation_function", "relu")))
    if activation is None:
        raise ModelError(
            f"uses the activation {config['activation_function']!r}, which CTranslate2 has not",
            path=model.path,
            mend="use the engine transformers",
        )
    if config["encoder_attention_heads"] != config["decoder_attention_heads"]:
        raise ModelError(
            "has another number of attention heads in the decoder than in the encoder",
            path=model.path,
            mend="use the engine transformers",
        )
    spec = transformer_spec.TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]),
        config["encoder_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation[activation],
    )

    def linear(target: Any, *names: str) -> None:
        target.weight = np.concatenate([arrays[f"{n}.weight"] for n in names])
        target.bias = np.concatenate([arrays[f"{n}.bias"] for n in names])

    def norm(target: Any, name: str) -> None:
        target.gamma, target.beta = arrays[f"{name}.weight"], arrays[f"{name}.bias"]

    scale = math.sqrt(config["d_model"]) if config.get("scale_embedding", False) else 1.0
    embeddings = arrays["model.shared.weight"]
    for name, side in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        side.scale_embeddings = scale
        side.position_encodings.encodings = _positions(model.positions, config["d_model"])
        (side.embeddings[0] if name == "encoder" else side.embeddings).weight = embeddings
        for i, layer in enumerate(side.layer):
            at = f"model.{name}.layers.{i}."
            qkv = [f"{at}self_attn.{p}_proj" for p in "qkv"]
            linear(layer.self_attention.linear[0], *qkv)
            linear(layer.self_attention.linear[1], f"{at}self_attn.out_proj")
            norm(layer.self_attention.layer_norm, f"{at}self_attn_layer_norm")
            if name == "decoder":
                q, k, v = (f"{at}encoder_attn.{p}_proj" for p in "qkv")
                linear(layer.attention.linear[0], q)
                linear(layer.attention.linear[1], k, v)
                linear(layer.attention.linear[2], f"{at}encoder_attn.out_proj")
                norm(layer.attention.layer_norm, f"{at}encoder_attn_layer_norm")
            linear(layer.ffn.linear_0, f"{at}fc1")
            linear(layer.ffn.linear_1, f"{at}fc2")
            norm(layer.ffn.layer_norm, f"{at}final_layer_norm")

    spec.decoder.projection.weight = arrays.get("lm_head.weight", embeddings)
    bias = arrays.get("final_logits_bias", np.zeros(1, np.float32)).reshape(-1)
    bias = np.broadcast_to(bias, len(embeddings)).copy()
    start = model.start_token
    if start != "</s>":
        bias[model.vocab[start]] = _FORBIDDEN
    spec.decoder.projection.bias = bias

    tokens = sorted(model.vocab, key=model.vocab.__getitem__)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.decoder_start_token = start
    spec.config.eos_token, spec.config.unk_token = "</s>", "<unk>"
    return spec


def convert(
    model: MarianDirectory, out: str | os.PathLike[str], compute_type: str = "int8", *, force: bool = False
) -> Path:
    """Write a CTranslate2 directory; it appears under its name only when it is whole.

    The SentencePiece models go with it, so that the directory is of use elsewhere.

    Raises:
        ModelError: the Marian directory is damaged, or the compute type is unknown.
        OutputError: `out` is there already (and not `force`), or cannot be written.
    """
    if compute_type not in COMPUTE_TYPES:
        raise ModelError(f"there is no compute type {compute_type!r}", mend=f"choose among {', '.join(COMPUTE_TYPES)}")
    out = Path(out)
    if out.exists() and not force:
        raise OutputError("is there already", path=out, mend="choose another name or use --force")
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / "model.bin").exists())):
        raise OutputError("is not a converted model, so it is not replaced", path=out, mend="choose another name")
    spec = specification(model)
    spec.validate()
    spec.optimize(quantization=compute_type)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent, ignore_cleanup_errors=True) as tmp:
            whole = Path(tmp) / "model"
            whole.mkdir()
            spec.save(str(whole))
            for name in ("source.spm", "target.spm"):
                shutil.copyfile(model.path / name, whole / name)
            if force and out.exists():
                out.rename(Path(tmp) / "old")
            whole.rename(out)
    except OSError as e:
        raise OutputError(
            f"cannot be written ({reason(e)})", path=out, mend="free space or choose another place"
        ) from None
    return out


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("bitext", appauthor=False)) / "ct2"


def converted(model: MarianDirectory, compute_type: str, *, renew: bool = False) -> tuple[Path, Path | None]:
    """The converted model, from the user's cache or made now; and a temporary folder to delete after loading.

    Any number of processes may ask at once: each writes its own copy, the first to finish names it.

    Args:
        model: the Marian directory.
        compute_type: one of `COMPUTE_TYPES`.
        renew: convert even if there is a copy (it turned out to be damaged).

    Raises:
        ModelError: the Marian directory is damaged.
    """
    import ctranslate2

    at = _cache() / f"{model.hash[:20]}-{compute_type}-{ctranslate2.__version__}-{_VERSION}"
    if renew:
        shutil.rmtree(at, ignore_errors=True)
    if all((at / name).is_file() for name in _FILES):
        return at, None
    try:
        return convert(model, at, compute_type), None
    except OutputError:
        if all((at / name).is_file() for name in _FILES):  # another process was faster
            return at, None
    tmp = Path(tempfile.mkdtemp(prefix="bitext-"))  # no cache can be written: convert for this process alone
    try:
        return convert(model, tmp / "model", compute_type), tmp
    except BaseException:
        with contextlib.suppress(OSError):
            shutil.rmtree(tmp)
        raise
