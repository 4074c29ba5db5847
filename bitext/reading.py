"""From the name of a file to a document or a bitext, whatever the file is."""

from __future__ import annotations

import os
from pathlib import Path

from bitext.document import Bitext, Document, Signature
from bitext.errors import FormatError, InputError
from bitext.files import read_text
from bitext.languages import language_name

__all__ = ["load", "read_document", "refuse_bitext"]

PathLike = str | os.PathLike[str]


def read_document(path: PathLike, lang: str, *, any_language: bool = False, lines: bool = False) -> Document:
    """Read and segment a text file; `lines` takes each line as one segment.

    Raises:
        InputError: cannot be read, is empty, is a bitext, or is clearly in another language (unless `any_language`).
    """
    from bitext.formats import documents

    refuse_bitext(path)
    text = documents.read_document(path)
    if _is_json(text):
        raise InputError(
            "holds JSON, not a text", path=path, mend="give the text itself, or name the file .jsonl if it is a bitext"
        )
    return _segmented(text, path, lang, any_language=any_language, lines=lines)


def _is_json(text: str) -> bool:
    """Whether the first line is a JSON object, as in a bitext under another name."""
    import json

    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    if not first.startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _segmented(text: str, path: PathLike, lang: str, *, any_language: bool, lines: bool = False) -> Document:
    from bitext import segment as segmenter

    name = "standard input" if str(path) == "-" else Path(path).name
    if not any_language:
        guessed, margin = segmenter.guess_language(text)
        if guessed and guessed != lang and margin >= 0.5:
            there, wanted = language_name(guessed), language_name(lang)
            raise InputError(
                f"is in {there}, not in {wanted}",
                path=path,
                mend=f"give the {wanted} text, or say --any-language to go on all the same",
            )
    if lines:
        return Document.from_lines(text.replace("\r\n", "\n").removesuffix("\n").split("\n"), lang, name)
    return segmenter.segment(text, lang, name)


def load(path: PathLike, lang: str = "fr", *, any_language: bool = False) -> Bitext:
    """Read what a command is given: a bitext in any format we know, or a plain text to be segmented.

    Raises:
        BitextError: the file cannot be read or is not what its format says.
    """
    from bitext import __version__, formats
    from bitext import segment as segmenter
    from bitext.formats import documents, jsonl

    if str(path) == "-" or Path(path).suffix.lower() in {"", ".txt", ".text"}:
        text = read_text(path)
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return _filled(jsonl.loads(text, path=path), path)
    elif _is_bitext(path):
        return _filled(formats.read(path), path)
    else:
        text = documents.read_document(path)
    document = _segmented(text, path, lang, any_language=any_language)
    return Bitext(document, signature=Signature.of(bitext=__version__, segmenter=segmenter.VERSION))


def _filled(bitext: Bitext, path: PathLike) -> Bitext:
    if not bitext.target.text.strip():
        raise InputError("holds no text of the translation", path=path, mend="give a file with text in it")
    return bitext


def refuse_bitext(path: PathLike) -> None:
    """Refuse a file of aligned text where one text alone belongs.

    Raises:
        InputError: the file's name says that it holds aligned text, where one text alone belongs.
    """
    if _is_bitext(path):
        raise InputError(
            "is a file of aligned text, where one text alone belongs",
            path=path,
            mend="give a text, or name this file in place of both",
        )


def _is_bitext(path: PathLike) -> bool:
    """Whether a file's ending is that of a format with two sides."""
    from bitext import formats

    if str(path) == "-":
        return False
    try:
        return formats.detect(path).name != "text"
    except FormatError:
        return False
