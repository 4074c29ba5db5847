"""File formats: read a bitext, write a bitext, by the file's ending or by name.

    from bitext import formats
    bitext = formats.read("memory.tmx")
    formats.write(bitext, "memory.xlf")

In every format *source* is the original (or the back-translation) and *target* the translation under
examination. A file without languages is taken as English and French; `source_lang` and `target_lang` say otherwise.
Files that end in .gz, .bz2 or .xz are read and written compressed. Parsers load when they are used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from os import PathLike
from types import ModuleType
from typing import Any

from bitext.document import Bitext
from bitext.errors import FormatError
from bitext.formats.common import from_pairs, name_of

__all__ = ["FORMATS", "Format", "detect", "from_pairs", "read", "write"]


@dataclass(frozen=True)
class Format:
    """A format by name: the module that has its `read` and `write`, file endings, what it carries.

    The endings of a format `for_people` say what to write, but not what to read: as a rule such a file is a document.
    """

    name: str
    endings: tuple[str, ...]
    module: str
    carries: str
    for_people: bool = False

    def load(self) -> ModuleType:
        return importlib.import_module(f"bitext.formats.{self.module}")


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("jsonl", (".jsonl", ".ndjson", ".json"), "jsonl", "everything"),
        Format("tsv", (".tsv", ".tab"), "tsv", "beads with score, confidence, back-translation and flags"),
        Format("moses", (".moses",), "moses", "the texts, in two files of one segment a line"),
        Format("tmx", (".tmx",), "tmx", "beads with score and confidence; flags as notes"),
        Format("xliff", (".xlf", ".xliff"), "xliff", "beads with score, state and flags on their spans (XLIFF 1.2)"),
        Format("xliff2", (".xlf2", ".xliff2"), "xliff2", "the same as XLIFF 2.1"),
        Format("cesalign", (".xces", ".ces", ".cesalign"), "cesalign", "segments and n–m links with certainty"),
        Format("mqm", (".mqm", ".mqm.tsv"), "mqm", "segments and flags, for the MQM viewer"),
        Format("docx", (".docx",), "docx", "a two-column table in Word; flags as comments", for_people=True),
        Format("html", (".html", ".htm"), "html_table", "a two-column table; flags as marks", for_people=True),
        Format("text", (".txt", ".text"), "text", "the target text alone"),
    )
}


def detect(path: str | PathLike[str], *, writing: bool = False) -> Format:
    """The format that a file's ending says; for `-`, JSONL.

    Raises:
        FormatError: no format has this ending, or a document has it as a rule.
    """
    if str(path) == "-":
        return FORMATS["jsonl"]
    name = name_of(path).lower()
    best = max(
        ((len(e), f) for f in FORMATS.values() for e in f.endings if name.endswith(e)),
        key=lambda found: found[0],
        default=None,
    )
    option = "--to" if writing else "--from"
    if best is None:
        raise FormatError("its ending names no format", path=path, mend=f"say {option} and one of {', '.join(FORMATS)}")
    if best[1].for_people and not writing:
        raise FormatError(
            "is a document, not aligned text, as a rule",
            path=path,
            mend=f"say --from {best[1].name} if it is a two-column table, or give it to bitext run",
        )
    return best[1]


def _format(path: str | PathLike[str], name: str | None, *, writing: bool = False) -> ModuleType:
    if name is None:
        return detect(path, writing=writing).load()
    if name not in FORMATS:
        raise FormatError(f"there is no format {name!r}", mend=f"name one of {', '.join(FORMATS)}")
    return FORMATS[name].load()


def read(
    path: str | PathLike[str],
    format: str | None = None,
    *,
    source_lang: str | None = None,
    target_lang: str | None = None,
    **options: Any,
) -> Bitext:
    """A bitext from a file (`-`: standard input) in a format of `FORMATS`, by default the one its ending says.

    `options` go to the format's own `read`.

    Raises:
        InputError: the file cannot be read.
        FormatError: it is not what the format says; the message names file, line and mend.
    """
    module = _format(path, format)
    result: Bitext = module.read(path, source_lang=source_lang, target_lang=target_lang, **options)
    return result


def write(bitext: Bitext, path: str | PathLike[str], format: str | None = None, **options: Any) -> None:
    """Write a bitext to a file (`-`: standard output); `options` go to the format's own `write`.

    Raises:
        OutputError: the file cannot be written, or the format cannot carry what the bitext holds.
        FormatError: no such format.
    """
    _format(path, format, writing=True).write(bitext, path, **options)
