"""Marian's tokenisation: two SentencePiece models and a vocabulary, without `transformers`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bitext.errors import ModelError
from bitext.translate.directory import MarianDirectory

__all__ = ["EOS", "UNK", "MarianPieces"]

EOS, UNK = "</s>", "<unk>"

# OPUS names languages by ISO 639-1 in some multilingual models and by 639-3 in others.
_ISO3 = {
    "ar": "ara", "ca": "cat", "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "ja": "jpn",
    "nl": "nld", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sv": "swe", "uk": "ukr", "zh": "zho",
}  # fmt: skip


# What stands for a character that a model's vocabulary lacks, where taking the accent off does not help.
_SPELLINGS = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "•": "-",
    "€": "EUR", "£": "GBP", "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l",
    "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "þ": "th", "ð": "d",
}  # fmt: skip


def _plain(character: str) -> str:
    """A character without its accents: ñ → n; itself if it has none."""
    if character in _SPELLINGS:
        return _SPELLINGS[character]
    return "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)) or character


def _load(path: Path) -> Any:
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor()
    try:
        model.LoadFromSerializedProto(path.read_bytes())
    except (RuntimeError, OSError):
        raise ModelError("is not a SentencePiece model, or is damaged", path=path, mend="copy it again") from None
    return model


class MarianPieces:
    """Texts to pieces and back, as `transformers.MarianTokenizer` does it for ordinary text.

    Two things differ on purpose: words of the text that look like special tokens (`</s>`) stay
    ordinary text, and so does a `>>xx<<` that is not a language code of the model.

    Args:
        model: the Marian directory.
        target: language that a multilingual model shall write, such as `fr` or `fra`.

    Raises:
        ModelError: a file is damaged, or the model needs a target language that was not given.
    """

    def __init__(self, model: MarianDirectory, target: str | None = None) -> None:
        self.vocab = model.vocab
        self._source, self._target = _load(model.path / "source.spm"), _load(model.path / "target.spm")
        self.codes = frozenset(t for t in self.vocab if t.startswith(">>") and t.endswith("<<"))
        self.prefix = self._code(model, target)

    def _code(self, model: MarianDirectory, target: str | None) -> str | None:
        if not self.codes:
            return None
        wanted = [target] if target else [model.target_lang, _ISO3.get(model.target_lang)]
        for lang in [*wanted, _ISO3.get(target or "")]:
            if lang and f">>{lang}<<" in self.codes:
                return f">>{lang}<<"
        if len(self.codes) == 1:
            return next(iter(self.codes))
        some = ", ".join(sorted(c[2:-2] for c in self.codes)[:12])
        asked = f"does not know the target language {target!r}" if target else "translates into several languages"
        raise ModelError(asked, path=model.path, mend=f"choose the target among {some}")

    def spell(self, text: str) -> str:
        """The text with characters that the vocabulary lacks in a plainer spelling: *Łódź* → *Lodz*.

        The model would see nothing but unknown pieces in their place, and leave the word out.
        """
        unknown = {c for piece in self._source.encode(text, out_type=str) if piece not in self.vocab for c in piece}
        return "".join(_plain(c) if c in unknown else c for c in text) if unknown else text

    def known(self, tokens: Iterable[str]) -> float:
        """The share of the text's characters that the vocabulary has pieces for, 0–1; 1 of nothing."""
        lengths = [(len(t.replace("▁", "")), t in self.vocab) for t in tokens]
        total = sum(n for n, _ in lengths)
        return sum(n for n, there in lengths if there) / total if total else 1.0

    def encode(self, text: str) -> list[str]:
        """Source pieces, with the language code first if the model needs one."""
        code = self.prefix
        if self.codes and (given := re.match(r">>\S+?<<", text)) and given[0] in self.codes:
            code, text = given[0], text[given.end() :]
        pieces = self._source.encode(text, out_type=str)
        return [code, *pieces] if code else pieces

    def encode_target(self, text: str) -> list[str]:
        """Target pieces."""
        return self._target.encode(text, out_type=str)

    def count(self, texts: list[str]) -> list[int]:
        """Numbers of source pieces."""
        return [len(p) for p in self._source.encode(texts, out_type=int)]

    def decode(self, tokens: Iterable[str]) -> str:
        """The text that target pieces spell; special tokens spell nothing."""
        special = {EOS, UNK, "<pad>", "<s>"}
        text: str = self._target.decode_pieces([t for t in tokens if t not in special])
        return text.replace("▁", " ").strip()

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Vocabulary ids, the end of sentence not added."""
        unk = self.vocab[UNK]
        return [self.vocab.get(t, unk) for t in tokens]
