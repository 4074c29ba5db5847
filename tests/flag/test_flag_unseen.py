"""Names one letter off, English place names, opposites by the lexicon, clauses left out, neighbours of homographs."""

from __future__ import annotations

import pytest

from bitext import lexicon
from bitext.document import Severity
from bitext.flag import neighbours
from bitext.lexicon.homographs import homographs


@pytest.fixture(scope="module")
def words():
    return lexicon.load("fr-en")


@pytest.mark.parametrize(
    ("fr", "en", "flagged", "suggestion"),
    [
        ("Le pilote Rudolf Hagemenn a gagné.", "The driver, Rudolf Hagemann, won.", "Hagemenn", "Hagemann"),
        ("Le pilote Rudolf Hagmeann a gagné.", "The driver, Rudolf Hagemann, won.", "Hagmeann", "Hagemann"),
        ("Le train part pour Germany demain.", "The train leaves for Germany tomorrow.", "Germany", "Allemagne"),
    ],
)
def test_names_written_wrong(run, words, fr, en, flagged, suggestion):
    [(text, f)] = run("names", fr, originals=[en], lexicon=words)
    assert (text, f.suggestion) == (flagged, suggestion)


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Le ministre Tchoubarov est venu.", "The minister, Chubarov, came."),  # as it sounds
        ("Le ministre Chubarovy est venu.", "The minister, Chubarovi, came."),
        ("Elle travaille à la Bank of Ireland.", "She works for the Bank of Ireland."),
        ("Elle vit à Londres.", "She lives in London."),
    ],
)
def test_names_written_as_french_does(run, words, fr, en):
    assert [f for _, f in run("names", fr, originals=[en], lexicon=words) if f.suggestion] == []


def test_a_spelling_that_recurs_is_no_slip(run, words):
    lines = ["Le général Hagemenn parle.", "Puis Hagemenn rit.", "Hagemenn sort."]
    originals = ["The general, Hagemann, speaks.", "Then Hagemann laughs.", "Hagemann leaves."]
    assert [f for _, f in run("names", *lines, originals=originals, lexicon=words) if f.suggestion == "Hagemann"] == []


@pytest.mark.parametrize(
    ("fr", "en", "flagged"),
    [
        ("Les magasins sont ouverts le dimanche.", "The shops are closed on Sundays.", "ouverts"),
        ("Servez la soupe sans pain.", "Serve the soup with bread.", "sans"),
    ],
)
def test_opposites_by_the_lexicon(run, words, fr, en, flagged):
    [(text, f)] = run("opposites", fr, originals=[en], lexicon=words)
    assert text == flagged
    assert f.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Les magasins sont fermés le dimanche.", "The shops are closed on Sundays."),
        ("La séance a eu lieu sans la présence du maire.", "The session was held in the absence of the mayor."),
        ("Les magasins ne sont pas ouverts le dimanche.", "The shops are closed on Sundays."),
    ],
)
def test_no_opposites_by_the_lexicon(run, words, fr, en):
    assert run("opposites", fr, originals=[en], lexicon=words) == []


def test_a_clause_left_out_of_a_short_translation(run, words):
    en = "The committee rejected the report and ignored repeated complaints."
    [(_, f)] = run("omission", "Le comité a rejeté le rapport.", originals=[en], lexicon=words)
    assert "complaints" in f.evidence["missing"]
    whole = "Le comité a rejeté le rapport et a ignoré des plaintes répétées."
    assert run("omission", whole, originals=[en], lexicon=words) == []


def test_another_text_is_no_addition(run, words):
    fr = "Les montagnes enneigées attirent des milliers de skieurs chaque hiver."
    assert run("addition", fr, originals=["My grandmother bakes wonderful apple cakes."], lexicon=words) == []


def test_neighbours_are_counted_where_the_french_is_sure():
    table = homographs()
    pairs = [("Il a craqué une allumette.", "He lit a match."), ("Le match est fini.", "The match is over.")] * 3
    totals, counts = neighbours.build([*pairs, ("Une allumette, un match.", "A match.")], table)
    assert totals["match", "allumette"] == totals["match", "match"] == 3
    assert counts["match", "allumette"]["<<lit"] == 3
    entry = table.get("match")
    assert entry is not None
    built = neighbours.Neighbours(totals, counts)
    marks = neighbours.around(["she", "lit", "a", "match"], 3)
    games, lights = (next(k for k, m in enumerate(entry.meanings) if m.french[0] == w) for w in ("match", "allumette"))
    assert built.fit(entry, lights, marks) > built.fit(entry, games, marks)


def test_the_shipped_table_tells_senses_apart():
    shipped = neighbours.load()
    assert shipped is not None
    assert len(shipped.totals) > 1000
