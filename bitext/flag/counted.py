"""Tables of words that are counted in a parallel corpus: written by the module that knows how, one row a kind."""

from __future__ import annotations

import bz2
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bitext.errors import BitextError
from bitext.files import writing

__all__ = ["rebuild"]


def rebuild(table: Path, head: str, build: Callable[[Iterable[str]], Mapping[str, Iterable[str]]]) -> int:
    """Count the corpus named on the command line (`fr<TAB>en` lines, bz2) and write the table; the exit code.

    Args:
        table: the file to write.
        head: the comment that it begins with.
        build: makes the rows, name and words, of the lines.
    """
    if len(sys.argv) != 2:
        print(f"usage: python {sys.argv[0]} CORPUS.tsv.bz2", file=sys.stderr)
        return 2
    try:
        with bz2.open(sys.argv[1], "rt", encoding="utf-8") as f:
            rows = build(f)
        with writing(table) as out:
            out.write(head)
            out.writelines(f"{name}\t{' '.join(words)}\n" for name, words in rows.items())
    except (OSError, EOFError, UnicodeDecodeError, BitextError) as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return 2
    return 0
