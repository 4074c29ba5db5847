"""The terminal summary fits a screen, shows text as text, and lives without colour."""

import io

import pytest
from rich.console import Console

from bitext.document import Bitext, Document, Flag, Metric, Scores, Severity
from bitext.report.terminal import summary


def printed(bitext, columns=80, colour=False, **more):
    out = io.StringIO()
    console = Console(file=out, width=columns, force_terminal=colour, color_system="standard" if colour else None)
    console.print(summary(bitext, **more))
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_fits_one_screen(pair, article, width):
    for bitext in (pair, article):
        lines = printed(bitext, width, files=[f"out/{n}" for n in ("bitext.jsonl", "bitext.tmx", "report.html")])
        assert len(lines.splitlines()) <= 40
        assert max(map(len, lines.splitlines())) <= width


def test_it_says_how_much_how_good_and_where(pair):
    said = printed(pair, files=["out/report.html"])
    assert "13: 9 sentences · 1 heading · 1 caption · 1 boilerplate · 1 separator" in said
    assert "7 × 1–1" in said and "2 moved" in said
    assert "41.3 (95%: 33.1–50.2)" in said
    assert "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.5.1" in said
    assert "92% of the French · 94% of the original" in said
    assert "out/report.html" in said


def test_the_worst_flag_comes_first_with_its_words_marked_and_the_suggestion(pair):
    lines = printed(pair).splitlines()
    at = lines.index("Worst") + 1
    assert lines[at].startswith("critical") and "une [maman] sur ses dates" in lines[at]
    assert any("→ reste muette" in line for line in lines[at : at + 4])


def test_width_may_be_given(pair):
    assert max(map(len, printed(pair, 120, width=60).splitlines())) <= 60


def test_markup_and_escape_sequences_in_the_text_are_text():
    text = "[red]pas rouge[/red] \x1b[31mni ceci\x1b]0;title\x07"
    flag = Flag("[bold]", "[/]", Severity.MAJOR, 0, (5, 14), "[link=x]\x1b[2J", suggestion="[/nope]\x1b")
    said = printed(Bitext(Document.from_lines([text], "fr", "\x1b[1mname[red]"), flags=(flag,)))
    assert "\x1b" not in said and "\x07" not in said
    assert "[red][pas rouge][/red] ␛[31mni ceci" in said
    assert "[link=x]" in said and "[/nope]" in said


def test_what_is_not_known_is_not_shown():
    said = printed(Bitext(Document.from_lines(["Bonjour."], "fr", "a.txt")))
    assert "Beads" not in said and "Score" not in said and "Worst" not in said
    assert "Nothing is flagged." in said
    assert "none" in printed(Bitext(Document("")))


def test_hundreds_of_flags_and_metrics_still_fit():
    text = "mot " * 300
    flags = tuple(
        Flag(
            f"c{i}", "accuracy/mistranslation", Severity.CRITICAL, 0, (4 * i, 4 * i + 3), "long reason " * 40, "s" * 300
        )
        for i in range(300)
    )
    metrics = tuple(Metric(f"a rather long metric {i}", 12.3, "key:value|" * 30) for i in range(9))
    bitext = Bitext(Document.from_lines([text], "fr"), flags=flags, scores=Scores("reference", metrics))
    assert len(printed(bitext, worst=50, files=["x" * 500] * 9).splitlines()) <= 40


def test_colour_is_used_on_a_terminal(pair):
    assert "\x1b[" in printed(pair, colour=True)
