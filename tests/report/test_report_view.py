"""What all reports share: order of rows, the worst flags, excerpts, what was left out."""

import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document, Flag, Kind, Metric, Scores, Segment, Severity, Translation
from bitext.report import html, json, markdown, view
from bitext.report.terminal import summary


def test_rows_stand_in_the_order_of_the_target_with_lone_sources_where_they_are_read(pair):
    shown = view.rows(pair)
    assert [i for r in shown for i in r.target] == list(range(len(pair.target)))
    assert sorted(i for r in shown for i in r.source) == list(range(len(pair.source)))
    lone = next(r for r in shown if r.alone == "source")
    assert list(shown[lone.number].source) == [7]  # the row after it goes on with the next source segment
    assert [r.number for r in shown if r.moved] == [6, 7]
    assert [r.number for r in shown] == list(range(1, len(shown) + 1))


def test_a_source_left_out_at_the_very_start_or_end_keeps_its_place():
    document = Document.from_lines(["a", "b"])
    beads = (
        Bead(range(0, 1), range(0, 0)),
        Bead(range(1, 2), range(0, 1)),
        Bead(range(2, 3), range(1, 2)),
        Bead(range(3, 4), range(2, 2)),
    )
    bitext = Bitext(document, Document.from_lines(list("wxyz")), beads=beads)
    assert [list(r.source) for r in view.rows(bitext)] == [[0], [1], [2], [3]]


def test_without_beads_there_is_a_row_a_segment(article):
    assert [list(r.target) for r in view.rows(article)] == [[i] for i in range(len(article.target))]


def test_the_worst_come_by_severity_and_confidence_and_repeats_are_counted_together(article):
    found = view.worst(article, 5)
    assert [f.severity for f, _ in found] == ["critical", "major", "major", "major", "minor"]
    repeated = {view.quoted(article, f): more for f, more in view.worst(article, 20)}
    assert repeated["HRC"] == sum(f.check == "acronyms" and view.quoted(article, f) == "HRC" for f in article.flags) - 1


def test_a_doubtful_major_flag_costs_less_than_a_sure_one():
    document = Document.from_lines(["un deux"])
    doubtful = Flag("a", "accuracy", Severity.MAJOR, 0, (0, 2), "", confidence=0.1)
    sure = Flag("a", "accuracy", Severity.MAJOR, 0, (3, 7), "", confidence=0.9)
    minor = Flag("a", "accuracy", Severity.MINOR, 0, (0, 7), "", confidence=0.9)
    order = view.worst(Bitext(document, flags=(doubtful, minor, sure)))
    assert [f for f, _ in order] == [sure, minor, doubtful]


def test_left_out_names_what_is_missing_and_where(pair):
    said = {x.what: x for x in view.left_out(pair)}
    assert said["1 segment of boilerplate"].segments == (12,)
    assert said["1 segment unaligned"].segments == (8,)
    assert said["1 segment of the original unaligned"].segments == (6,)
    assert said["1 back-translation not trusted"].segments == (10,)
    assert view.score_notes(pair) == ["Headings and captions are scored, boilerplate is not."]
    assert not any("No original" in what for what in said)


def test_without_an_original_the_report_says_so(article):
    assert view.left_out(article)[2].what == "No original"
    assert view.compared_with(article) == "back-translation"


def test_flags_on_segments_that_do_not_exist_are_reported_not_raised():
    bitext = Bitext(Document.from_lines(["un"]), flags=(Flag("a", "b", Severity.MINOR, 9, (0, 2), "m"),))
    assert any("they name segments" in x.why for x in view.left_out(bitext))
    assert view.quoted(bitext, bitext.flags[0]) == ""


def test_quality_of_a_row_is_its_worst_segment(pair):
    name, values, judges = view.measure(pair, view.rows(pair))
    assert judges and "quality" in name
    assert values[4] == 0.7
    assert values[-1] is None


def test_an_estimate_is_shown_as_a_rank_from_the_lowest_on_and_never_as_a_share(pair):
    assert view.ranks([0.5, None, 0.1, 0.1, 0.9]) == [(3, False), None, (1, False), (1, False), (4, False)]
    assert view.ranks([k / 10 for k in (4, 3, 2, 1, 5, 6, 7, 8)])[:4] == [(4, False), (3, False), (2, True), (1, True)]
    assert view.ranks([0.5] * 8) == [(1, False)] * 8  # where all are equal none stands out
    page, table = html.render(pair), markdown.render(pair)
    gutters = re.findall(r'<div class="gutter">(.*?)</div>', page)
    ranked = [re.findall(r">rank (\d+)<", g) for g in gutters]
    assert sorted(int(r[0]) for r in ranked if r) == [1, 2, 3, 4, 5, 6, 7, 7, 9, 10]
    assert ranked[0] == ["1"] and 'class="q low"' in gutters[0]  # .05, the heading
    assert not any("%" in g for g in gutters)
    assert "good for ranking only" in page
    assert "| to look at first, by an estimate of quality for ranking only | segments 1; 4; 9; 5–6; 8 |" in table
    bare = pair.with_(scores=None)
    assert ">rank 1" not in html.render(bare) and "ranking" not in markdown.render(bare)


def test_quality_falls_back_to_chrf_then_to_the_alignment(pair):
    shown = view.rows(pair)
    name, values, judges = view.measure(pair.with_(scores=Scores("reference", beads={0: 48.0})), shown)
    assert ("chrF" in name, values[:2], judges) == (True, [0.48, None], False)
    name, values, judges = view.measure(pair.with_(scores=None), shown)
    assert ("alignment" in name, values[0], values[7], judges) == (True, 0.9, None, False)
    beads = tuple(dataclasses.replace(b, confidence=None) for b in pair.beads)
    name, values, judges = view.measure(pair.with_(scores=None, beads=beads), shown)
    assert ("similarity" in name, values[0], values[7], judges) == (True, 0.71, None, False)
    beads = tuple(dataclasses.replace(b, score=5 * b.score) for b in beads)  # no share of anything
    assert view.measure(pair.with_(scores=None, beads=beads), shown).name == ""
    bare = Bitext(Document.from_lines(["un"]))
    assert view.measure(bare, view.rows(bare)) == ("", [None], False)


def test_a_text_aligned_with_its_own_back_translation_boasts_of_nothing():
    document = Document.from_lines(["un", "deux"])
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1), 1.0, 1.0, evidence=(("x", 1.0),)) for i in range(2))
    translations = (Translation("one", math.log(0.5), ("one", "</s>")), Translation("two", 0.0))
    back = Document.from_lines(["one", "two"], "en")
    coverage = Scores("reference-free", coverage={"target": 1.0})
    bitext = Bitext(document, back, "back-translation", translations, beads, coverage)
    name, values, judges = view.measure(bitext, view.rows(bitext))
    assert "probability of a token" in name and not judges
    assert values == [pytest.approx(0.5), None]
    page = html.render(bitext)
    assert "alignment" not in page and "aligned and scored" not in page and "scored bead" not in markdown.render(bitext)
    moved = bitext.with_(beads=(beads[0], dataclasses.replace(beads[1], moved=True)))
    assert "alignment 100% sure" in html.render(moved)


def test_verdict_counts_and_claims_no_more_than_is_known(pair):
    assert view.verdict(pair) == "1 critical, 3 major, 2 minor and 1 neutral flags, in 4 of 13 segments."
    assert view.verdict(pair.with_(scores=None, flags=())) == "Nothing is flagged."


def test_figures_that_are_no_numbers_do_no_harm():
    nan, inf = float("nan"), float("inf")
    flag = Flag("a", "b", Severity.MAJOR, 0, (0, 2), "m", evidence={"p": np.float32(0.25)}, confidence=nan)
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1), s, nan) for i, s in enumerate((nan, inf, 7.0)))
    document = Document.from_lines(["un", "deux", "trois"])
    bitext = Bitext(document, document, beads=beads, flags=(flag,))
    assert view.measure(bitext, view.rows(bitext)).values == [None, None, None]
    chrf = bitext.with_(scores=Scores("reference", beads={0: nan, 1: 700.0, 2: -3.0}))
    assert view.measure(chrf, view.rows(chrf)).values == [None, 1.0, 0.0]
    assert view.percent(nan) == "?" and view.weight(flag) == 2.5
    scores = Scores("reference-free", (Metric("x", nan),), quality=(nan, inf, 0.7), coverage={"target": nan})
    for report in (html.render, markdown.render, json.render, summary):
        assert report(bitext.with_(scores=scores))
    assert "0.25" in html.render(bitext)


def test_ranges():
    assert view.ranges([7, 1, 2, 3, 2]) == "1–3, 7"
    assert view.ranges([]) == ""


def test_percent_says_all_and_none_only_when_it_is_so():
    assert [view.percent(x) for x in (0, 0.001, 0.624, 0.999, 1)] == ["0%", "<1%", "62%", ">99%", "100%"]


def test_evidence_of_any_shape_becomes_one_line():
    assert view.words({"a": [1, 2.34567, None], "b": {"c": True}}) == "a: 1; 2.35; –, b: c: yes"


def test_characters_that_act_are_made_visible():
    assert view.clean("a\x1b[31mb\x00\u202ec\ud800\x9b") == "a\u241b[31mb\u2400\ufffdc\ufffd\ufffd"
    assert view.clean("« l’œuvre »\n\t🙂") == "« l’œuvre »\n\t🙂"


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80), st.integers(10, 60))
def test_an_excerpt_fits_and_holds_the_marked_words(text, a, b, width):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    before, marked, after = view.excerpt(text, (start, end), width)
    assert len(before + marked + after) <= width
    whole = view.clean(text[start:end])
    if not any(c.isspace() for c in whole) and len(whole) <= width:
        assert marked == whole
    assert "\n" not in before + marked + after


def test_an_excerpt_is_cut_at_words():
    text = "Le secrétariat du conseil lui-même n'offre pas de réaction aux situations"
    at = text.index("lui-même")
    assert view.excerpt(text, (at, at + 8), 40) == ("…du conseil ", "lui-même", " n'offre pas…")


def test_kinds_count_sentences_first():
    segments = (Segment("a", 0, 1, Kind.HEADING), Segment("b", 2, 3), Segment("c", 4, 5))
    bitext = Bitext(Document("a b c", segments), translations=(Translation("x"),) * 3)
    assert view.kinds(bitext) == [(Kind.SENTENCE, 2), (Kind.HEADING, 1)]


@pytest.mark.parametrize(
    ("value", "said"), [(0.12345, "0.123"), (8100.0, "8,100"), (1234.56, "1,234.6"), (99.95, "100"), (1e20, "1e+20")]
)
def test_figures_in_evidence_are_written_as_people_write_them(value, said):
    assert view.words(value) == said
