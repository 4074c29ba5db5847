"""Moses: two files of one segment a line, line by line translations of each other.

The path names both: `corpus` (or `corpus.moses`) stands for `corpus.en` and `corpus.fr`; naming one of the two
finds the other. One-sided beads have an empty line on the other side. Line breaks in a text become spaces
and other control characters visible (␀ … ␟), since the format has no other way;
Moses' own escapes (`&#124;`, `&apos;`) are left as they are.
"""

from __future__ import annotations

from pathlib import Path

from bitext.document import Bitext
from bitext.errors import FormatError, OutputError
from bitext.formats.common import (
    COMPRESSIONS,
    Path_,
    creating,
    from_pairs,
    langs_of,
    language_matches,
    name_of,
    one_line,
    rows_of,
    split_lines,
    text_of,
    visible,
)

__all__ = ["paths", "read", "write"]


def paths(path: Path_, source_lang: str, target_lang: str) -> tuple[Path, Path]:
    """The two files that `path` stands for: `corpus`, `corpus.moses`, `corpus.fr` or `corpus.en.gz`."""
    p = Path(path)
    packed = p.suffix if p.suffix in COMPRESSIONS else ""
    base = p.with_suffix("") if packed else p
    ending = base.suffix[1:]
    if ending == "moses" or any(language_matches(lang, ending) for lang in (source_lang, target_lang)):
        base = base.with_suffix("")
    found = []
    for lang in (source_lang, target_lang):
        here = p if language_matches(lang, ending) else base.with_name(f"{base.name}.{lang}{packed}")
        found.append(here)
    return found[0], found[1]


def write(bitext: Bitext, path: Path_) -> None:
    """Write the two files; neither appears if one fails.

    Raises:
        OutputError: cannot be written, not aligned, or both languages have one name.
    """
    if str(path) == "-":
        raise OutputError("Moses is two files and cannot go to standard output", mend="name a file, or write TSV")
    source_lang, target_lang = langs_of(bitext)
    source_path, target_path = paths(path, source_lang, target_lang)
    if source_path == target_path:
        raise OutputError(f"both sides are in {source_lang}, so both files have one name", path=source_path)
    with creating(source_path) as source, creating(target_path) as target:
        for row in rows_of(bitext):
            source.write(visible(one_line(row.source)) + "\n")
            target.write(visible(one_line(row.target)) + "\n")


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read the two files.

    Raises:
        InputError: one of them cannot be read.
        FormatError: they differ in their number of lines.
    """
    source_lang, target_lang = source_lang or "en", target_lang or "fr"
    source_path, target_path = paths(path, source_lang, target_lang)
    sources, targets = split_lines(text_of(source_path)), split_lines(text_of(target_path))
    if len(sources) != len(targets):
        raise FormatError(
            f"has {len(sources)} lines, but {target_path} has {len(targets)}",
            path=source_path,
            mend="give two files that correspond line by line",
        )
    return from_pairs(
        zip(sources, targets, strict=True),
        source_lang,
        target_lang,
        source_name=name_of(source_path),
        target_name=name_of(target_path),
    )
