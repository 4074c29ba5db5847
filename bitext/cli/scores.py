"""`bitext score` and `bitext compare` as commands."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bitext.cli.options import Forward, Json, Output, app, print_json
from bitext.errors import InputError

TextLang = Annotated[
    str | None, typer.Option("--lang", metavar="CODE", help="Language of the texts that are compared (en).")
]


@app.command()
def score(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="HYP REF", help="A text and its references, or one bitext alone; - is standard input."),
    ] = None,
    lang: TextLang = None,
    lines: Annotated[bool, typer.Option("--lines", help="HYP and REF are line-aligned.")] = False,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            "-M",
            metavar="METRIC",
            help="bleu, chrf, chrf++, ter, a plug-in, NAME=FILE of COMET or MetricX; several times.",
        ),
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence/--no-confidence", help="Bootstrap intervals.")] = True,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="To back-translate a bitext with, if need be.")
    ] = None,
    forward: Forward = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="FILE", help="What was translated, line by line, for the checks.")
    ] = None,
    nmtscore: Annotated[
        bool,
        typer.Option("--nmtscore", help="Also a bitext's NMTScore against its original, which needs no reference."),
    ] = False,
    view: Annotated[bool, typer.Option("--view", help="By kind of segment; the worst and the best.")] = False,
    plot: Annotated[str | None, typer.Option("--plot", metavar="FILE", help="Draw the view as SVG.")] = None,
    again: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Recompute a scores.json and compare.")
    ] = None,
    output: Output = "-",
    json: Json = False,
) -> int:
    """Score a translation: HYP against REF, or the beads of a bitext."""
    from bitext import score as scorer
    from bitext import scoring
    from bitext.files import writing

    if again is not None:
        given = {
            "HYP REF": files,
            "--lang": lang,
            "--lines": lines,
            "--metric": metric,
            "--model": model,
            "--forward": forward,
        }
        given |= {"--source": source, "--view": view, "--plot": plot, "--json": json, "--nmtscore": nmtscore}
        if other := next((name for name, value in given.items() if value), None):
            raise InputError(
                f"--from scores the texts of {again} again as they were scored, and takes no {other}",
                mend="leave one of them out",
            )
        differences, said = scoring.rescore(again)
        with writing(output) as f:
            f.writelines(f"{sentence}\n" for sentence in differences or said)
        return int(bool(differences))
    found = scoring.score_files(
        files or [],
        lang=lang,
        lines=lines,
        metrics=metric,
        confidence=confidence,
        model=model,
        forward=forward,
        source=source,
        nmtscore=nmtscore,
        view=view or plot is not None,
    )
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
    systems: Annotated[list[str], typer.Argument(metavar="BASELINE SYSTEM", help="Outputs, one segment a line.")],
    reference: Annotated[
        list[str], typer.Option("--ref", metavar="FILE", help="Reference; may be given several times.")
    ],
    lang: TextLang = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-M", metavar="METRIC", help="bleu, chrf, chrf++, ter; several times."),
    ] = None,
    test: Annotated[
        Literal["bs", "ar"], typer.Option("--test", help="Paired bootstrap or approximate randomisation.")
    ] = "bs",
    samples: Annotated[
        int | None, typer.Option("--samples", metavar="N", help="Default: 1,000 (bs), 10,000 (ar).")
    ] = None,
    view: Annotated[bool, typer.Option("--view", help="Also where they differ: kinds of segment, n-grams.")] = False,
    json: Json = False,
) -> None:
    """Compare systems, and say whether a difference means anything. The first is the baseline."""
    from dataclasses import asdict

    from bitext import scoring
    from bitext.score import comparison_lines

    found, differences = scoring.compare_files(
        systems, reference, lang=lang or "en", metrics=metric, test=test, samples=samples, view=view
    )
    if json:
        print_json(asdict(found) | ({"view": differences} if view else {}))
        return
    for line in (*comparison_lines(found), *differences):
        typer.echo(line)
