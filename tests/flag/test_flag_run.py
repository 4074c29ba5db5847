"""Running the checks: order, choice, thresholds, ignore files, failures."""

from __future__ import annotations

import pytest
from growth import in_proportion
from hypothesis import given
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document, Severity, Translation
from bitext.errors import BitextError, FormatError
from bitext.flag import Ignored, checks, examine, flag, read_glossary, read_ignore
from bitext.flag.base import Check
from bitext.segment import segment
from bitext.shipped import shipped


def bitext(*lines: str) -> Bitext:
    return Bitext(Document.from_lines(lines, "fr"))


def test_every_check_says_what_it_is():
    known = checks()
    assert len({c.name for c in known}) == len(known) >= 20
    for c in known:
        assert c.title and c.severity and (c.__doc__ or "").strip()
        assert "/" in c.category
        assert set(c.languages) <= {"fr", "en"}


def test_worst_come_first():
    found = flag(bitext("Les Etats-Unis , ici. À la fin, un -le tiers.", "Vous aimer ce livre ?"))
    ranks = [f.severity.rank for f in found]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] > ranks[-1]


def test_only_and_skip():
    b = bitext("Les Etats-Unis , ici.")
    assert {f.check for f in flag(b, only=["spacing"])} == {"spacing"}
    assert "spacing" not in {f.check for f in flag(b, skip=["spacing"])}


@pytest.mark.parametrize("option", ["only", "skip"])
def test_an_unknown_check_is_an_error(option):
    with pytest.raises(BitextError, match=r"'speling'.*the checks are"):
        flag(bitext("x"), **{option: ["speling"]})


@pytest.mark.parametrize(
    "thresholds", [{"nonsense": 1}, {"duplicates.wrods": 3}, {"nobody": {"words": 3}}, {"duplicates.words": "3"}]
)
def test_an_unknown_threshold_is_an_error(thresholds):
    with pytest.raises(BitextError, match="threshold"):
        flag(bitext("x"), thresholds=thresholds)


def test_thresholds_change_what_is_flagged():
    b = bitext("Il a vu trois chats.", "Il a vu trois chats.")
    assert flag(b, only=["duplicates"], thresholds={"duplicates": {"words": 4}})
    assert flag(b, only=["duplicates"], thresholds={"duplicates.words": 9}) == ()


def test_what_is_missing_is_said():
    found = examine(bitext("Bonjour."))
    assert found.skipped["numbers"] == "needs original"
    assert "glossary" in found.skipped["glossary"]
    assert not found.failed


def test_a_check_that_raises_is_seen_and_costs_one_segment(monkeypatch):
    from bitext.flag.spacing import FinalStop

    def explode(self, case, unit):
        if unit == 1:
            raise RuntimeError("boom")
        yield from ()

    monkeypatch.setattr(FinalStop, "find", explode)
    found = examine(bitext("Un.", "Deux.", "Les Etats-Unis , ici."), only=["final-stop", "spacing"])
    assert "boom" in found.failed["final-stop"]
    failed = [f for f in found.flags if f.category == "other/check-failed"]
    assert [(f.segment, f.severity) for f in failed] == [(1, Severity.NEUTRAL)]
    assert any(f.check == "spacing" for f in found.flags)


def test_ignored_flags_are_set_aside_with_their_reason():
    b = bitext("La Suède , ici. Le Danemark , là.")
    found = examine(b, ignore=[Ignored("spacing", "Suède ,", "house style")])
    assert [(r, b.target.texts[f.segment][slice(*f.span)]) for f, r in found.ignored] == [("house style", "Suède ,")]
    assert [f.check for f in found.flags] == ["spacing"]


def test_ignore_file(tmp_path):
    path = tmp_path / "ignore.tsv"
    path.write_text("# ours\n\nspacing\tSuède ,\thouse style\n*\tPink Floyd\ta name\n", encoding="utf-8")
    assert [i.check for i in read_ignore(path)] == ["spacing", "*"]
    path.write_text("spacing\tSuède ,\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"line 1.*reason"):
        read_ignore(path)
    path.write_text("speling\tx\ty\n", encoding="utf-8")
    with pytest.raises(FormatError, match="speling"):
        read_ignore(path)


def test_glossary_file(tmp_path):
    path = tmp_path / "terms.tsv"
    path.write_text("special session\tsession extraordinaire\n", encoding="utf-8")
    assert read_glossary(path) == (("special session", "session extraordinaire"),)
    path.write_text("special session\n", encoding="utf-8")
    with pytest.raises(FormatError, match="line 1"):
        read_glossary(path)


TEXT = st.text(alphabet=st.sampled_from("aàe bcdlU'’\"«»“”.,;:!?()[]-–0123456789\u00a0%€HRC\U0001f600"), max_size=60)


@given(st.lists(TEXT, min_size=1, max_size=5), st.lists(TEXT, min_size=5, max_size=5))
def test_any_text_can_be_flagged(lines, originals):
    target = Document.from_lines(lines, "fr")
    source = Document.from_lines(originals[: len(lines)], "en")
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(lines)))
    backs = tuple(Translation(o) for o in originals[: len(lines)])
    found = examine(Bitext(target, source, "original", backs, beads))
    assert not found.failed
    for f in found.flags:
        a, b = f.span
        assert 0 <= a <= b <= len(target.segments[f.segment].text)


def test_many_to_many_beads_place_flags_in_the_right_segment():
    target = Document.from_lines(["Il a vu un chat.", "Il y avait 300 soldats."], "fr")
    source = Document.from_lines(["He saw a cat and there were 30 soldiers."], "en")
    b = Bitext(target, source, "original", beads=(Bead(range(0, 1), range(0, 2)),))
    [f] = flag(b, only=["numbers"])
    assert (f.segment, target.texts[1][slice(*f.span)]) == (1, "300")


def test_the_article_without_any_model():
    text = shipped("corpus", "kazakhstan.fr.txt").read_text(encoding="utf-8")
    d = segment(text, "fr")
    found = examine(Bitext(d))
    assert not found.failed
    said = {(f.check, d.segments[f.segment].text[slice(*f.span)]) for f in found.flags}
    assert {
        ("leftovers", "un -le"),
        ("leftovers", "UE. les"),
        ("leftovers", "de -AFP"),
        ("spacing", "Ouzbékistan ,"),
        ("quotes", 'lois. "'),
        ("capital-accent", "A Washington"),
        ("verb-forms", "Vous aimer"),
        ("determiners", "la temps"),
        ("acronyms", "HRC"),
        ("acronyms", "UNHRC"),
    } <= said
    assert sum(f.check == "duplicates" for f in found.flags) == 3


def test_checks_are_documented_by_their_class():
    assert all(isinstance(c, Check) for c in checks())


@pytest.mark.parametrize(
    "piece",
    ["mot ", "a'", "(((", "«", "1 000 ", "si il a ", "M. Paul et ", "» ", "aux pays élu par ", ". ", "l' a , b "],
)
def test_very_long_lines_take_time_in_proportion(piece):
    def check(times):
        text = (piece * times).strip()
        source = Document.from_lines([text], "en")
        given = Bitext(Document.from_lines([text], "fr"), source, "original", (), (Bead(range(1), range(1)),))
        assert not examine(given).failed

    check(10)  # tables are read
    assert in_proportion(check, 1000, times=4)
