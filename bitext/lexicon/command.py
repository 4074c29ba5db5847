"""What the command line needs of the lexicon, as plain values: pairs from files, a look-up, a summary."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bitext.errors import FormatError, InputError
from bitext.files import reason
from bitext.lexicon.tokens import words

if TYPE_CHECKING:
    from bitext.lexicon.lexicon import Lexicon

__all__ = ["look_up", "pairs_from_lines", "pairs_from_tsv", "summary"]

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def _lines(path: str | os.PathLike[str]) -> Iterator[str]:
    """Lines of a text file, compressed or not, one at a time."""
    opener: Any = _OPENERS.get(Path(path).suffix.lower(), open)
    number = 0
    try:
        file: IO[str]
        with opener(path, "rt", encoding="utf-8-sig", newline="\n") as file:
            for line in file:
                number += 1
                yield line.rstrip("\r\n")
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend="check the name") from None
    except IsADirectoryError:
        raise InputError("this is a directory, not a text file", path=path, mend="name a file in it") from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", path=path, line=number + 1, mend="save it as UTF-8 text") from None
    except (OSError, EOFError, lzma.LZMAError) as e:
        said = reason(e) if isinstance(e, OSError) else str(e)
        raise InputError(f"cannot be read ({said})", path=path) from None


def pairs_from_tsv(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """Pairs of sentences from a file of `source<TAB>target` lines (more columns are ignored), streamed.

    The file may be compressed (.gz, .bz2, .xz). Lines with an empty side are passed over.

    Raises:
        InputError: cannot be read as UTF-8 text.
        FormatError: a line without a tab.
    """
    for number, line in enumerate(_lines(path), 1):
        source, tab, rest = line.partition("\t")
        if not tab:
            if not line.strip():
                continue
            raise FormatError("there is no tab", path=path, line=number, mend="write source, tab, target on each line")
        target = rest.partition("\t")[0]
        if source and target:
            yield source, target


def pairs_from_lines(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """Pairs from two files that correspond line by line, streamed; see `pairs_from_tsv`.

    Raises:
        FormatError: one file has more lines than the other.
    """
    for number, (a, b) in enumerate(zip_longest(_lines(source), _lines(target)), 1):
        if a is None or b is None:
            longer, shorter = (target, source) if a is None else (source, target)
            raise FormatError(f"has more lines than {shorter}", path=longer, line=number, mend="align the files first")
        if a.strip() and b.strip():
            yield a, b


def look_up(word: str, lexicon: Lexicon, *, reverse: bool = False, n: int = 10) -> dict[str, Any]:
    """All that the lexicon says of a word, ready for JSON.

    Keys: `word` (as tokenised), `lang`, `known`, `per_million` (frequency), `linked` (share of occurrences with a
    partner), `translations` (list of [text, probability]) and, for a word of a language whose translations are
    English, `alternatives` (list of english, sense, french_words, weight).
    """
    lang = lexicon.target_lang if reverse else lexicon.source_lang
    key = " ".join(words(word, lang))
    found: dict[str, Any] = {
        "word": key,
        "lang": lang,
        "known": lexicon.knows(key, lang) or key in lexicon.phrases(lang),
        "per_million": round(1e6 * lexicon.count(key, lang), 2),
        "linked": round(lexicon.linked(key, lang), 3),
        "translations": [[text, round(p, 4)] for text, p in lexicon.translations(word, reverse=reverse, n=n)],
    }
    if not reverse and lexicon.target_lang == "en":
        from bitext.lexicon.confusion import alternatives

        found["alternatives"] = [
            {
                "english": a.english,
                "sense": a.sense and f"{a.sense.pos}{a.sense.rank} {a.sense.gloss}",
                "french_words": [w for w, _ in a.french_words],
                "weight": a.weight,
            }
            for a in alternatives(word, lexicon, n=n)
        ]
    return found


def summary(lexicon: Lexicon) -> dict[str, Any]:
    """A lexicon's languages, sizes and signature, ready for JSON."""
    source, target = lexicon.source_lang, lexicon.target_lang
    return {
        "languages": [source, target],
        "words": [len(lexicon.vocabulary(source)), len(lexicon.vocabulary(target))],
        "word_pairs": len(lexicon.forward.indices),
        "phrase_pairs": sum(len(v) for v in lexicon.phrases(source).values()),
        "learnt_from": lexicon.pairs,
        "signature": str(lexicon.signature),
    }
