"""The model that is trained: read from a Marian directory, or made with the bilingual start."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bitext.errors import InputError
from bitext.files import writing
from bitext.train.config import TrainConfig
from bitext.train.data import Corpus

if TYPE_CHECKING:
    from transformers import MarianMTModel

__all__ = ["Vocabulary", "bilingual_embeddings", "export", "new_model", "read_model", "train_vocabulary"]

_PIECES = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")


@dataclass
class Vocabulary:
    """Marian's vocabulary files and what they do: texts to ids.

    Raises:
        BitextError: a file is missing or damaged.
    """

    folder: Path
    reverse: bool = False

    def __post_init__(self) -> None:
        import sentencepiece

        names = ("target.spm", "source.spm") if self.reverse else ("source.spm", "target.spm")
        self._models = [sentencepiece.SentencePieceProcessor(model_file=str(self.folder / n)) for n in names]
        vocab: dict[str, int] = json.loads((self.folder / "vocab.json").read_text(encoding="utf-8"))
        self.size = len(vocab)
        self.pad, self.eos, unk = vocab["<pad>"], vocab["</s>"], vocab["<unk>"]
        # Marian numbers pieces in its own order: one table a side turns SentencePiece's ids into the vocabulary's.
        self._maps = [
            np.array([vocab.get(m.id_to_piece(i), unk) for i in range(m.get_piece_size())]) for m in self._models
        ]

    def encode(self, source: list[str], target: list[str]) -> tuple[list[list[int]], list[list[int]]]:
        """Ids of both sides, without end of sentence."""
        sides = []
        for model, table, texts in zip(self._models, self._maps, (source, target), strict=True):
            sides.append([table[ids].tolist() if ids else [] for ids in model.encode(texts)])
        return sides[0], sides[1]

    def decode(self, side: int, ids: Iterable[int]) -> str:
        """The text of ids of the source (0) or the target (1); special tokens are left out."""
        back = {int(v): i for i, v in enumerate(self._maps[side])}
        pieces = [back[i] for i in map(int, ids) if i in back and i not in (self.pad, self.eos)]
        text: str = self._models[side].decode(pieces)
        return text


def train_vocabulary(texts: Iterable[str], folder: Path, size: int, source_lang: str, target_lang: str) -> None:
    """Learn one SentencePiece unigram model for both languages and write Marian's vocabulary files.

    Raises:
        InputError: too little text for a vocabulary of this size.
    """
    import sentencepiece

    folder.mkdir(parents=True, exist_ok=True)
    prefix = folder / "joint"
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_prefix=str(prefix),
            vocab_size=size,
            character_coverage=0.9995,
            model_type="unigram",
            unk_id=0,
            bos_id=-1,
            eos_id=1,
            pad_id=-1,
            input_sentence_size=400_000,
            shuffle_input_sentence=True,
            num_threads=1,
            hard_vocab_limit=False,  # a small corpus gets the smaller vocabulary that it can fill
            minloglevel=2,
        )
    except RuntimeError as e:
        if "sentences_.empty" in str(e):
            raise InputError("the data holds no text", mend="give aligned text") from None
        mend = "give more text"
        raise InputError(f"no vocabulary of {size} pieces can be learnt from this text ({e})", mend=mend) from None
    model = prefix.with_suffix(".model")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    vocab = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
    vocab["<pad>"] = len(vocab)
    shutil.copy(model, folder / "source.spm")
    shutil.copy(model, folder / "target.spm")
    model.unlink()
    prefix.with_suffix(".vocab").unlink(missing_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    _tokenizer_config(folder, source_lang, target_lang)


def _tokenizer_config(folder: Path, source_lang: str, target_lang: str) -> None:
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    config |= {
        "source_lang": source_lang,
        "target_lang": target_lang,
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": 512,
        "unk_token": "<unk>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "separate_vocabs": False,
        "sp_model_kwargs": {},
    }
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _no_bars() -> None:
    """The progress of a run is told by us, so `transformers` draws none for files that take no time."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def write_model(model: MarianMTModel, folder: Path) -> None:
    """Write weights and configuration in the hub's form."""
    _no_bars()
    model.save_pretrained(folder)


def read_model(folder: Path, dropout: float) -> MarianMTModel:
    """A Marian model in float32, ready to train."""
    from transformers import MarianMTModel

    _no_bars()
    model = MarianMTModel.from_pretrained(folder).float()
    for module in model.modules():
        if isinstance(getattr(module, "dropout", None), float):
            module.dropout = dropout
    return model


def new_model(config: TrainConfig, vocabulary: Vocabulary, corpus: Corpus) -> MarianMTModel:
    """A fresh Marian model; with `config.bilingual_start`, one that begins as a word-by-word dictionary.

    Besides the embeddings (see `bilingual_embeddings`) the cross attention's value and output matrices
    begin as the identity, and the output matrices of every self-attention and feed-forward block are
    scaled by 0.1, so that the residual path carries the source vectors to the output layer at once.
    """
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(config.seed)
    settings: dict[str, Any] = {
        "static_position_embeddings": True,
        "normalize_before": False,
        "normalize_embedding": False,
    }
    model = MarianMTModel(
        MarianConfig(
            vocab_size=vocabulary.size,
            decoder_vocab_size=vocabulary.size,
            d_model=config.d_model,
            encoder_layers=config.encoder_layers,
            decoder_layers=config.decoder_layers,
            encoder_attention_heads=config.heads,
            decoder_attention_heads=config.heads,
            encoder_ffn_dim=config.ffn,
            decoder_ffn_dim=config.ffn,
            activation_function="relu",
            dropout=config.dropout,
            scale_embedding=True,
            max_position_embeddings=512,
            pad_token_id=vocabulary.pad,
            eos_token_id=vocabulary.eos,
            forced_eos_token_id=vocabulary.eos,
            decoder_start_token_id=vocabulary.pad,
            bos_token_id=None,
            **settings,
        )
    )
    if not config.bilingual_start:
        return model
    with torch.no_grad():
        embeddings = bilingual_embeddings(corpus, vocabulary.size, config.d_model, config.seed)
        # rows of length 1, times √d inside the model: the size that Marian's own start has
        model.model.shared.weight.copy_(torch.from_numpy(embeddings))
        model.model.shared.weight[vocabulary.pad].zero_()
        for side in (model.model.encoder, model.model.decoder):
            for layer in side.layers:
                layer.self_attn.out_proj.weight.mul_(0.1)
                layer.fc2.weight.mul_(0.1)
                if hasattr(layer, "encoder_attn"):
                    for projection in (layer.encoder_attn.v_proj, layer.encoder_attn.out_proj):
                        projection.weight.copy_(torch.eye(config.d_model))
                        projection.bias.zero_()
    return model


def bilingual_embeddings(corpus: Corpus, vocabulary: int, d: int, seed: int, pairs: int = 400_000) -> np.ndarray:
    """Joint embeddings in which a source piece's nearest neighbours are its translations.

    Counts in how many pairs a source and a target piece occur together (a pair weighs one over the root
    of the product of its lengths), takes the positive pointwise mutual information, symmetrised, with each
    row's maximum on the diagonal, and keeps the d leading eigenvectors, times eigenvalue^0.35, rotated at
    random.

    Returns:
        float32 array, (vocabulary, d), rows of length 1.
    """
    counts = np.zeros((vocabulary, vocabulary), np.float32)
    n = min(pairs, len(corpus))
    step = max(1, len(corpus) // n)
    _count(corpus, step, counts)
    total = counts.sum()
    rows, columns = counts.sum(1, keepdims=True), counts.sum(0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(counts * total / (rows * columns))
    information[~np.isfinite(information)] = 0.0
    information = np.maximum(information - 0.5, 0.0) * np.minimum(1.0, counts / 3.0)
    information = (information + information.T) / 2
    np.fill_diagonal(information, np.maximum(information.max(1), 1e-3))
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((vocabulary, min(d + 32, vocabulary))).astype(np.float32)
    for _ in range(6):
        basis, _ = np.linalg.qr(information @ basis)
    small = basis.T @ (information @ basis)
    values, vectors = np.linalg.eigh((small + small.T) / 2)
    order = np.argsort(values)[::-1][:d]
    embeddings = (basis @ vectors[:, order]) * np.maximum(values[order], 1e-6) ** 0.35
    if embeddings.shape[1] < d:
        embeddings = np.pad(embeddings, ((0, 0), (0, d - embeddings.shape[1])))
    rotation, _ = np.linalg.qr(rng.standard_normal((d, d)))
    embeddings = embeddings @ rotation + 1e-3 * rng.standard_normal((vocabulary, d))
    return (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32)


def _count(corpus: Corpus, step: int, counts: np.ndarray) -> None:
    """Add up, for every `step`-th pair, which pieces occur together."""
    import numba

    def loop(source: Any, source_at: Any, target: Any, target_at: Any, step: int, counts: Any) -> None:
        for i in range(0, len(source_at) - 1, step):
            n, m = source_at[i + 1] - source_at[i], target_at[i + 1] - target_at[i]
            weight = 1.0 / math.sqrt(n * m)
            for a in range(source_at[i], source_at[i + 1]):
                for b in range(target_at[i], target_at[i + 1]):
                    counts[source[a], target[b]] += weight

    compiled: Any = numba.njit(loop)
    arrays = (np.asarray(a) for a in (corpus.source, corpus.source_at, corpus.target, corpus.target_at))
    compiled(*arrays, step, counts)


def export(
    model: MarianMTModel,
    vocabulary: Path,
    out: Path,
    *,
    source_lang: str,
    target_lang: str,
    reverse: bool = False,
    card: str | None = None,
) -> None:
    """Write a model in half precision as a directory that `transformers` and `bitext` load.

    The directory appears whole: it is made beside `out` and renamed, an old one is replaced.
    """
    from transformers import GenerationConfig

    tmp = out.with_name(f".{out.name}.tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    c = model.config
    model.generation_config = GenerationConfig(
        num_beams=4,
        max_length=256,
        pad_token_id=c.pad_token_id,
        eos_token_id=c.eos_token_id,
        decoder_start_token_id=c.decoder_start_token_id,
        forced_eos_token_id=c.eos_token_id,
        bad_words_ids=[[c.pad_token_id]],
    )
    write_model(model.half(), tmp)
    model.float()
    for name in _PIECES:
        there = {"source.spm": "target.spm", "target.spm": "source.spm"}.get(name, name) if reverse else name
        if (vocabulary / there).exists():
            shutil.copy(vocabulary / there, tmp / name)
    _tokenizer_config(tmp, source_lang, target_lang)
    if card is not None:
        with writing(tmp / "README.md") as f:
            f.write(card)
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    tmp.rename(out)
    shutil.rmtree(old, ignore_errors=True)
