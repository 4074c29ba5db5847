"""What the commands do beyond the pipeline: from the names of files to results, and from results to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bitext.document import Bitext
from bitext.errors import BitextError, FormatError, InputError
from bitext.files import read_text, writing
from bitext.pipeline import (
    Progress,
    align,
    back_translate,
    drawings,
    links,
    load,
    load_forward,
    load_lexicon,
    load_translator,
    read_document,
    with_source,
)

__all__ = [
    "align_files",
    "build_lexicon",
    "convert",
    "emit",
    "flag_file",
    "import_flags",
    "report_file",
    "train",
    "train_report",
    "write_flags",
]


def align_files(
    file: str,
    target: str | None,
    *,
    original: str | None,
    source_lang: str,
    target_lang: str,
    lines: bool,
    model: str | None,
    vectors: str | None,
    memory: Path | None,
    explain: bool,
    any_language: bool,
    progress: Progress | None,
) -> Bitext:
    """Align two texts, or the two sides of a stream.

    Without `model` the shipped one from the target's language is used if there is one; `none` does without
    a back-translation.

    Raises:
        BitextError: bad input; nothing to align with.
    """
    if target is not None:
        if original is not None:
            raise InputError("SOURCE TARGET and --original are two ways to say the same", mend="leave one out")
        source = read_document(file, source_lang, any_language=any_language, lines=lines)
        bitext = Bitext(read_document(target, target_lang, any_language=any_language, lines=lines))
        bitext = with_source(bitext, source)
    else:
        bitext = load(file, target_lang, any_language=any_language)
        if original is not None:
            bitext = with_source(bitext, read_document(original, source_lang, any_language=any_language, lines=lines))
        if bitext.source is None:
            raise InputError("holds no second text to align with", path=file, mend="give SOURCE TARGET or --original")
    a, b = bitext.source.lang if bitext.source else source_lang, bitext.target.lang
    if not bitext.translations and a != b and model != "none":
        translator = _translator(model, b, a, memory)
        if translator is not None:
            bitext = back_translate(bitext, translator, progress)
    encoder = None
    if vectors is not None:
        from bitext.align import load_encoder

        encoder = load_encoder(vectors)
    return align(bitext, lexicon=load_lexicon(a, b), encoder=encoder, explain=explain)


def _translator(model: str | None, source_lang: str, target_lang: str, memory: Path | None) -> Any:
    if model is not None:
        return load_translator(model, memory=memory)
    try:
        return load_translator(f"{source_lang}-{target_lang}", memory=memory)
    except BitextError:
        return None  # lexicon, lengths and numbers remain


def flag_file(
    file: str,
    *,
    lang: str,
    any_language: bool,
    model: str | None = None,
    forward: str | None = None,
    only: Sequence[str] | None,
    skip: Sequence[str] | None,
    glossary: str | None,
    ignore: str | None,
    config: str | None,
) -> tuple[Bitext, Any]:
    """Flag a bitext; returns it with its flags, and what was skipped, failed or ignored.

    Flags imported earlier stay. `model` and `forward` (out of the text's language and into it) are the shipped ones by
    default.

    Raises:
        BitextError: bad input, a check or threshold that does not exist.
    """
    from bitext import flag as flagger
    from bitext.formats import error_spans

    for option, path in (("--glossary", glossary), ("--ignore", ignore), ("--config", config)):
        if path is not None and not path.strip():
            raise InputError(f"{option} is given without the name of a file", mend="name a file, or leave it out")
    bitext = load(file, lang, any_language=any_language)
    other = bitext.source.lang if bitext.source is not None else "en"
    findings = flagger.examine(
        bitext,
        translator_back=_translator(model, bitext.target.lang, other, None),
        translator_forward=load_forward(other, bitext.target.lang, forward),
        lexicon=load_lexicon(other, bitext.target.lang),
        only=only,
        skip=skip,
        glossary=flagger.read_glossary(glossary) if glossary is not None else None,
        ignore=flagger.read_ignore(ignore) if ignore is not None else None,
        thresholds=_thresholds(config),
    )
    imported = (f for f in bitext.flags if f.check.startswith(error_spans.PREFIX))
    return bitext.with_(flags=(*findings.flags, *imported)), findings


def import_flags(bitext: Bitext, files: Sequence[str]) -> tuple[Bitext, list[str]]:
    """Add the error spans of xCOMET or MQM files, each FILE or NAME=FILE (see `bitext.formats.error_spans`).

    Returns:
        The bitext with all flags, and a sentence on each file that holds other text too.

    Raises:
        BitextError: a file that is neither, or none of whose text is in the bitext.
    """
    from bitext.formats import error_spans

    notes = []
    flags = list(bitext.flags)
    for given in files:
        name, _, path = given.rpartition("=")
        found = error_spans.read(path, bitext, name=name or None)
        flags += [f for f in found.flags if f not in bitext.flags]
        if n := len(found.missing):
            notes.append(f"{path}: {n} of its segments could not be found in the text, such as {found.missing[0]!r}")
    return bitext.with_(flags=tuple(flags)), notes


def _thresholds(config: str | None) -> dict[str, Any] | None:
    """The table `flag` of a bitext.toml, or `tool.bitext.flag` of a pyproject.toml; by default those in this folder."""
    import tomllib

    names = [config] if config else ["bitext.toml", "pyproject.toml"]
    for name in names:
        if config is None and not Path(name).is_file():
            continue
        try:
            table = tomllib.loads(read_text(name))
        except tomllib.TOMLDecodeError as e:
            raise FormatError(f"is not valid TOML ({e})", path=name, mend="mend that line") from None
        if name.endswith("pyproject.toml"):
            table = table.get("tool", {}).get("bitext", {})
        found = table.get("flag")
        if found is not None:
            if not isinstance(found, dict):
                raise FormatError("`flag` is not a table", path=name, mend="write [flag]")
            return found
    return None


def write_flags(bitext: Bitext, output: str, *, as_text: bool) -> None:
    """The flags alone: JSONL, or one line of text each, in the manner of a compiler."""
    from bitext.formats import jsonl

    with writing(output) as f:
        if not as_text:
            f.writelines(jsonl.to_line(jsonl.flag_record(flag, bitext)) for flag in bitext.flags)
            return
        f.writelines(line + "\n" for line in _sentences(bitext))


def _sentences(bitext: Bitext) -> Iterator[str]:
    text, name = bitext.target.text, bitext.target.name or "text"
    for flag in bitext.flags:
        segment = bitext.target.segments[flag.segment]
        at = segment.start + flag.span[0]
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
        span = " ".join(segment.text[slice(*flag.span)].split())
        quoted = f"“{span}”: " if span and not flag.message.startswith(f"“{span}”") else ""
        suggestion = f" Suggest: {flag.suggestion}." if flag.suggestion else ""
        sure = f" ({flag.confidence:.0%} sure)" if flag.confidence is not None else ""
        yield f"{name}:{line}:{column}: {flag.severity} {flag.check}: {quoted}{flag.message}{suggestion}{sure}"


def report_file(file: str, fmt: str, output: str) -> None:
    """Write the report of a bitext in one of its formats.

    Raises:
        BitextError: bad input.
    """
    bitext = load(file, any_language=True)
    if fmt == "mqm":
        emit(bitext, output, "mqm")
        return
    if fmt == "terminal":
        from rich.console import Console

        from bitext.report import terminal

        with writing(output) as f:
            Console(file=f).print(terminal.summary(bitext))
        return
    from bitext import report

    if fmt == "html":
        text = report.html.render(bitext, lexicon_links=links(bitext), drawings=drawings(bitext))
    else:
        text = {"md": report.markdown, "json": report.json}[fmt].render(bitext)
    with writing(output) as f:
        f.write(text)


def emit(bitext: Bitext, output: str, fmt: str | None = None) -> None:
    """Write a bitext to a file or standard output: JSONL unless the file's name or `fmt` says otherwise."""
    from bitext import formats
    from bitext.formats import jsonl

    if fmt == "jsonl" or (fmt is None and output == "-"):
        with writing(output) as f:
            jsonl.dump(bitext, f)
    else:
        formats.write(bitext, output, fmt)


def convert(
    file: str,
    output: str,
    source_format: str | None,
    target_format: str | None,
    source_lang: str | None,
    target_lang: str | None,
    *,
    columns: Sequence[str] = (),
) -> None:
    """Read aligned text in one format and write it in another; `columns` are those of a table for people.

    Raises:
        BitextError: bad input, nothing in it, or a format that cannot carry it.
    """
    from bitext import formats

    bitext = formats.read(file, source_format, source_lang=source_lang, target_lang=target_lang)
    if not bitext.target.text.strip() and (bitext.source is None or not bitext.source.text.strip()):
        raise InputError("holds no text", path=file, mend="give a file with text in it")
    known = target_format or formats.detect(output, writing=True).name
    if bitext.source is None and known not in {"jsonl", "text", "mqm"}:
        raise InputError(
            f"holds one text alone, and {known} takes two",
            path=file,
            mend="align it with its original first (`bitext align ORIGINAL TRANSLATION -o OUT`)",
        )
    if not columns:
        emit(bitext, output, target_format)
        return
    if known not in formats.FORMATS or not formats.FORMATS[known].for_people:
        raise InputError("--column is for Word and HTML tables", mend="leave it out, or write .docx or .html")
    formats.write(bitext, output, target_format, columns=columns)


def build_lexicon(
    files: Sequence[str], output: str, source_lang: str, target_lang: str, progress: Progress | None = None
) -> dict[str, Any]:
    """Learn a lexicon from aligned files and save it; returns what it is.

    Raises:
        BitextError: a file cannot be read, or holds too little text.
    """
    from bitext.formats.pairs import read_pairs
    from bitext.lexicon import build
    from bitext.lexicon.command import summary

    def pairs() -> Iterator[tuple[str, str]]:
        for file in files:
            for source, target, _ in read_pairs(file, source_lang, target_lang):
                yield source, target

    def told(stage: str, done: float) -> None:
        if progress is not None and stage != "reading":
            progress(stage, round(100 * done), 100)

    lexicon = build(pairs(), source_lang, target_lang, progress=told)
    lexicon.save(output)
    return summary(lexicon)


def train(
    data: Sequence[str],
    out: str,
    *,
    start: str | None,
    direction: str,
    dev: str | None,
    state: str | None,
    weights: Sequence[str],
    reverse_columns: bool,
    report: Callable[[dict[str, Any]], None] | None,
    workers: int | None,
    lr: float | None,
    warmup: int | None,
    **settings: Any,
) -> Path:
    """Train a model; see `bitext.train.launch.train`.

    Raises:
        BitextError: bad data or settings.
    """
    import re

    from bitext.train.config import TrainConfig
    from bitext.train.launch import train, with_machine
    from bitext.translate import models

    if not data:
        raise InputError("no data is given", mend="name aligned files (TSV, TMX, JSONL, Moses pairs)")
    if not (languages := re.fullmatch(r"([a-z]{2,3})-([a-z]{2,3})", direction)):
        raise InputError(f"{direction!r} is no direction", mend="write two language codes, such as fr-en")
    by_name: dict[str, float] = {}
    for entry in weights:
        name, _, value = entry.rpartition("=")
        try:
            by_name[name] = float(value)
        except ValueError:
            raise InputError(f"{entry!r} is no weight", mend="write NAME=NUMBER, such as --weight news=4") from None
        if not 0 <= by_name[name] < 1000:
            raise InputError(f"{entry!r} is no weight", mend="give a number from 0 to 1000")
    config = TrainConfig(source_lang=languages[1], target_lang=languages[2], weights=by_name, **settings)
    if start is not None:
        info = models.describe(start)
        adapt = (info.source_lang, info.target_lang) == (config.source_lang, config.target_lang)
        config = replace(config, lr=3e-4 if adapt else config.lr, warmup=50 if adapt else config.warmup)
    if lr is not None:
        config = replace(config, lr=lr)
    if warmup is not None:
        config = replace(config, warmup=warmup)
    config = with_machine(config)
    if workers is not None:
        config = replace(config, workers=workers)
    return train(
        data, out, start=start, dev=dev, state=state, config=config, reverse_columns=reverse_columns, report=report
    )


@contextmanager
def train_report(quiet: bool) -> Iterator[Callable[[dict[str, Any]], None] | None]:
    """Lines on standard error as a run goes on: its stages, then losses, speed and time left."""
    import sys
    import time

    if quiet:
        yield None
        return
    shown = 0.0

    def report(entry: dict[str, Any]) -> None:
        nonlocal shown
        if "stage" in entry:
            rest = ", ".join(f"{k} {v}" for k, v in entry.items() if k != "stage")
            print(f"{entry['stage']}{': ' if rest else ''}{rest}", file=sys.stderr)
            return
        look = "dev_bits" in entry
        if not look and time.monotonic() - shown < 10:
            return
        shown = time.monotonic()
        figures = " ".join(f"{k} {v:g}" for k, v in entry.items() if k not in {"seconds", "step", "tokens"})
        print(
            f"step {entry['step']:,}  {entry['tokens'] / 1e6:.2f} M tokens  {entry['seconds'] / 60:.1f} min  {figures}",
            file=sys.stderr,
            flush=True,
        )

    yield report
