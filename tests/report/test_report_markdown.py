"""Markdown and JSON: the same facts, safe to paste into a pull request."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bitext.document import Bitext, Document, Flag, Metric, Scores, Severity
from bitext.report import json as json_report
from bitext.report import markdown, view


def parsed(text):
    return MarkdownIt("commonmark").enable("table").parse(text)


def inline(text):
    return [c for t in parsed(text) if t.type == "inline" for c in t.children]


def test_it_tells_figures_the_worst_all_flags_and_what_was_left_out(pair):
    text = markdown.render(pair)
    assert text.startswith("# pont.fr.txt\n")
    assert "| BLEU | **41.3** (95%: 33.1–50.2) `nrefs:1\\|case:mixed" in text
    assert "1. **critical**, segment 1: Le pont fermé reste une **maman** sur ses dates" in text
    assert "- 1 segment unaligned: nothing on the other side" in text
    assert "Signature: `bitext:0.1.0|model:fr-en|align:dp`" in text
    rows = [line for line in text.split("## Flags")[1].split("##")[0].splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(pair.flags)


def test_tables_have_the_columns_they_announce(pair):
    tokens = parsed(markdown.render(pair))
    width, widths = 0, set()
    for t in tokens:
        if t.type == "tr_open":
            width = 0
        if t.type in ("th_open", "td_open"):
            width += 1
        if t.type == "tr_close":
            widths.add(width)
    assert widths == {2, 6}


def test_the_costliest_flags_stay_when_there_are_too_many(article):
    text = markdown.render(article, flags=4)
    assert sum(line.startswith("| ") for line in text.split("## Flags")[1].splitlines()) == 1 + 4
    assert "| critical |" in text
    assert f"{len(article.flags) - 4} lighter flags are not listed." in text


@pytest.mark.parametrize(
    "bad",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![i](http://x/y.png)", "`a`", "**b**", "a|b", "# h",
     "1. x", "- x", "> x", "~~~", "&lt;", "<!--", "line\n\n# two", "\\", "*", "_a_", "|", "$x$"],
)  # fmt: skip
def test_markup_in_the_text_is_text(bad):
    flag = Flag(bad, bad, Severity.MAJOR, 0, (0, len(bad)), bad, bad)
    other = Flag(bad, bad, Severity.MINOR, 0, (0, 1), bad)
    scores = Scores("reference", (Metric(bad, 1.0, bad),), notes=(bad,))
    text = markdown.render(Bitext(Document.from_lines([bad], "fr", bad), flags=(flag, other), scores=scores))
    allowed = {"text", "softbreak", "hardbreak", "strong_open", "strong_close", "code_inline", "html_inline"}
    children = inline(text)
    assert {c.type for c in children} - {"em_open", "em_close"} <= allowed
    assert {c.content for c in children if c.type == "html_inline"} <= {"<b>", "</b>"}
    kinds = {t.type for t in parsed(text)}
    assert not kinds & {"fence", "code_block", "html_block", "blockquote_open", "hr"}
    assert sum(t.type == "heading_open" for t in parsed(text)) == text.count("\n## ") + 1


@settings(max_examples=80, deadline=None)
@given(st.text("ab*_`[]()<>&|\\#-+.!~ \"'é", min_size=1, max_size=20))
def test_a_message_comes_back_from_a_markdown_reader(message):
    flag = Flag("c", "k", Severity.MAJOR, 0, (0, 2), message)
    text = markdown.render(Bitext(Document.from_lines(["un"]), flags=(flag,)))
    said = "".join(c.content for c in inline(text) if c.type == "text")
    assert " ".join(f"K: {message}".split()) in " ".join(said.split())


def test_names_and_numbers_do_not_become_links_or_mentions():
    bad = "@someone #12 https://x.org www.x.org"
    text = markdown.render(Bitext(Document.from_lines(["a"], "fr", bad)))
    assert "@someone" not in text and "#12" not in text and "https://" not in text and "www.x" not in text


def test_json_holds_the_same_figures(pair):
    data = json.loads(json_report.render(pair))
    assert data["segments"] == {
        "total": 13,
        "sentence": 9,
        "heading": 1,
        "caption": 1,
        "boilerplate": 1,
        "separator": 1,
    }
    assert data["beads"]["shapes"]["1-1"] == 7 and data["beads"]["moved"] == 2
    assert data["flags"] == {"total": 7, "critical": 1, "major": 3, "minor": 2, "neutral": 1}
    assert data["worst"][0]["text"] == "maman" and data["worst"][0]["suggestion"] == "reste muette"
    assert data["verdict"] == view.verdict(pair)
    assert data["metrics"][0]["interval"] == [33.1, 50.2]


def test_json_has_no_nan():
    scores = Scores("reference", (Metric("BLEU", float("nan"), "", (float("-inf"), 1.0)),))
    data = json.loads(json_report.render(Bitext(Document.from_lines(["a"]), scores=scores)), parse_constant=pytest.fail)
    assert data["metrics"][0] == {"name": "BLEU", "value": None, "signature": "", "interval": [None, 1.0]}
