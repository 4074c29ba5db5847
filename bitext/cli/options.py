"""What the commands share: the app, the options that mean the same everywhere, progress and printing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from bitext.errors import InputError

if TYPE_CHECKING:
    from bitext.document import Bitext
    from bitext.pipeline import Progress

__all__ = ["app", "failing", "memory_path", "plain", "print_json", "progress_bar"]

_ORDER = ("run", "segment", "translate", "align", "score", "compare", "flag", "convert", "report", "review", "train")


class _InOrder(TyperGroup):
    """Lists the main job first, then the stages as text goes through them, then what stands beside them."""

    def list_commands(self, ctx: Any) -> list[str]:
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))


app = typer.Typer(
    name="bitext",
    cls=_InOrder,
    help="Back-translate, align, score and flag a translated text.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Input = Annotated[str, typer.Argument(metavar="FILE", help="Text, JSONL, TMX, XLIFF or TSV; - is standard input.")]
Output = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")]
Lang = Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of the translated text.")]
Original = Annotated[str | None, typer.Option("--original", metavar="FILE", help="The text it was translated from.")]
AnyLanguage = Annotated[bool, typer.Option("--any-language", help="Go on although a text looks like another language.")]
Model = Annotated[str, typer.Option("--model", "-m", metavar="MODEL", help="Shipped name, Marian directory or hub id.")]
Forward = Annotated[
    str | None,
    typer.Option(
        "--forward", metavar="MODEL", help="Model of the other direction for forced decoding.", show_default="shipped"
    ),
]
Engine = Annotated[Literal["ct2", "transformers"], typer.Option("--engine", help="What runs the model.")]
Rerank = Annotated[
    str | None,
    typer.Option("--rerank", metavar="MODEL", help="Model of the other direction that chooses; 'none' for none."),
]
Memory = Annotated[
    str,
    typer.Option(
        "--memory", metavar="FILE", help="Translation memory; 'none' for none.", show_default="in the user's cache"
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Checks = Annotated[list[str] | None, typer.Option(metavar="CHECK", help="May be given several times.")]
FailOn = Annotated[
    Literal["minor", "major", "critical"] | None,
    typer.Option("--fail-on", help="Exit with 1 if a flag is at least this severe."),
]


def memory_path(value: str) -> Path | None:
    if value == "none":
        return None
    if not value.strip():
        raise InputError("--memory is given without the name of a file", mend="name a file, or say none")
    if value != "default":
        return Path(value)
    from bitext.translate.memory import default_memory

    return default_memory()


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress | None]:
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


def print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def plain(value: Any) -> dict[str, Any]:
    """A dataclass as JSON-able values."""
    from dataclasses import asdict

    return {k: str(v) if isinstance(v, Path) else v for k, v in asdict(value).items()}


def failing(bitext: Bitext, severity: str | None) -> int:
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
