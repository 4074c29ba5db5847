"""The commands beside the stages: review, training, models, lexicons, health."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bitext.cli.options import Json, Quiet, app, plain, print_json, progress_bar
from bitext.errors import InputError

models_app = typer.Typer(help="The translation models: list, describe, pull, convert.", no_args_is_help=True)
lexicon_app = typer.Typer(help="Bilingual lexicons: build one from aligned text, look words up.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(lexicon_app, name="lexicon")


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
    """Review a bitext in the browser. Decide on flags and add some, correct, mend the alignment, export."""
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
        typer.Argument(metavar="DATA", help="Aligned files: TSV, TMX, JSONL, Moses pairs; or compressed."),
    ] = None,
    out: Annotated[
        str, typer.Option("-o", "--output", "--out", metavar="DIR", help="Marian directory to write.")
    ] = "model",
    start: Annotated[
        str | None, typer.Option("--from", metavar="MODEL", help="Model to begin from; without it, from scratch.")
    ] = None,
    direction: Annotated[str, typer.Option("--direction", metavar="A-B", help="Languages, such as fr-en.")] = "fr-en",
    dev: Annotated[str | None, typer.Option("--dev", metavar="FILE", help="Aligned file to measure on.")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Folder of checkpoints and log.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="Stop after so many steps.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", help="Stop after so many target tokens.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", help="Stop after so many minutes.")] = None,
    cooldown: Annotated[
        float, typer.Option("--cooldown", help="Last share of the run in which the rate falls to 0; 1: all of it.")
    ] = 0.2,
    lr: Annotated[float | None, typer.Option("--lr", help="Learning rate (1.5e-3; 3e-4 to adapt a model).")] = None,
    warmup: Annotated[
        int | None, typer.Option("--warmup", help="Steps in which the rate rises (300; 50 to adapt a model).")
    ] = None,
    optimiser: Annotated[
        Literal["adamw", "muon"], typer.Option("--optimiser", help="muon: for the matrices inside the layers.")
    ] = "adamw",
    dropout: Annotated[float, typer.Option("--dropout", help="Share of activations left out.")] = 0.05,
    batch_tokens: Annotated[
        int,
        typer.Option("--batch-tokens", help="Padded tokens a worker and step; 4,500 once a model can do something."),
    ] = 1000,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Single-threaded workers; default: one a core.")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option("--weight", metavar="NAME=W", help="How often a collection is seen an epoch.")
    ] = None,
    patience: Annotated[int | None, typer.Option("--patience", help="Stop after so many looks without gain.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the start, the order of the pairs and dropout.")] = 1,
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
            tokens=tokens,
            minutes=minutes,
            cooldown=cooldown,
            warmup=warmup,
            optimiser=optimiser,
            dropout=dropout,
            lr=lr,
            batch_tokens=batch_tokens,
            patience=patience,
            seed=seed,
        )
    if not quiet:
        typer.echo(str(path))


@models_app.command("list")
def models_list(json: Json = False) -> None:
    """The models that can be used without network, and where they lie."""
    from bitext.translate import models

    found = models.list_models()
    if json:
        print_json([plain(m) for m in found])
        return
    for m in found:
        typer.echo(
            f"{m.name:<12} {m.source_lang}→{m.target_lang} {m.parameters / 1e6:5.1f} M weights  {m.found:<9} {m.path}"
        )


@models_app.command("info")
def models_info(model: Annotated[str, typer.Argument(metavar="MODEL")], json: Json = False) -> None:
    """What a model is: languages, size, layers, hash, card."""
    from bitext.translate import models

    info = plain(models.describe(model))
    if json:
        print_json(info)
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
    words: Annotated[list[str], typer.Argument(metavar="WORD")],
    name: Annotated[str, typer.Option("--lexicon", metavar="NAME", help="Shipped name or file.")] = "fr-en",
    reverse: Annotated[bool, typer.Option("--reverse", help="From the target language to the source.")] = False,
    n: Annotated[int, typer.Option("-n", min=1, help="How many translations.")] = 10,
    json: Json = False,
) -> None:
    """Show how words are translated, with probabilities, and which other senses their English could have had."""
    from bitext import lexicon
    from bitext.lexicon.command import look_up

    if not all(word.strip() for word in words):
        raise InputError("an empty word is no word", mend="name words to look up")
    loaded = lexicon.load(name)
    found = [look_up(word, loaded, reverse=reverse, n=n) for word in words]
    if json:
        print_json(found)
        return
    for entry in found:
        known = ", ".join(f"{w} {p:.3f}" for w, p in entry["translations"])
        typer.echo(f"{entry['word']}\t{known or '(not in the lexicon)'}")
        for other in entry.get("alternatives", [])[:5]:
            sense = f"  ({other['sense']})" if other["sense"] else ""
            typer.echo(f"\tbut {other['english']} also: {', '.join(other['french_words'])}{sense}")


@lexicon_app.command("build")
def lexicon_build(
    files: Annotated[list[str], typer.Argument(metavar="DATA", help="Aligned text: TSV, TMX, JSONL, Moses pairs.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE")],
    source_lang: Annotated[
        str, typer.Option("--source-lang", metavar="CODE", help="Language of the first column.")
    ] = "fr",
    target_lang: Annotated[str, typer.Option("--target-lang", metavar="CODE", help="Language of the second.")] = "en",
    quiet: Quiet = False,
) -> None:
    """Learn a bilingual lexicon from aligned text in any two languages."""
    from bitext import commands

    with progress_bar(quiet) as progress:
        made = commands.build_lexicon(files, output, source_lang, target_lang, progress)
    if not quiet:
        for key, value in made.items():
            typer.echo(f"{key:<14} {value}")


@app.command()
def doctor(json: Json = False) -> int:
    """Say what is installed, what is missing, and how to mend it."""
    from bitext import doctor as health

    findings = health.examine()
    if json:
        print_json([f.as_dict() for f in findings])
    else:
        for f in findings:
            typer.echo(
                f"{'ok ' if f.ok else 'BAD' if f.needed else '-  '} {f.what:<22} {f.found}"
                + (f"\n{'':27}{f.mend}" if f.mend else "")
            )
    return int(any(f.needed and not f.ok for f in findings))
