"""Word sense, fluency, omission and addition, with the shipped lexicon and word contexts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bitext import lexicon
from bitext.document import Bead, Bitext, Document, Kind, Segment, Severity, Translation
from bitext.flag import examine, flag
from bitext.flag.context import load
from bitext.flag.fluency import surprises
from bitext.flag.readings import related
from bitext.flag.sense import contrast
from bitext.lexicon.homographs import Homographs
from bitext.segment import segment
from bitext.shipped import shipped

pytestmark = pytest.mark.skipif(
    load() is None or not shipped("models", "lexicon", "fr-en.lexicon.npz").is_file(), reason="the tables do not ship"
)


@pytest.fixture(scope="module")
def words():
    return lexicon.load("fr-en")


@pytest.fixture
def no_table(monkeypatch):
    """Every homograph has to be guessed."""
    monkeypatch.setattr("bitext.lexicon.homographs.homographs", lambda: Homographs([]))


def heading(text: str, source: str | None) -> Bitext:
    target = Document(text, (Segment(text, 0, len(text), Kind.HEADING),), "fr")
    if source is None:
        return Bitext(target)
    return Bitext(target, Document.from_lines([source], "en"), "original", beads=(Bead(range(1), range(1)),))


def test_the_other_sense_of_a_homograph(words):
    b = heading(
        "La rive nationale augmente le taux d'intérêt des crédits", "National bank raises interest rate on loans"
    )
    [f] = flag(b, only=["word-sense"], lexicon=words)
    assert (b.target.text[slice(*f.span)], f.suggestion, f.severity) == ("rive", "banque", Severity.CRITICAL)
    assert f.evidence["english"] == "bank"
    assert "the original has “bank”" in f.message


def test_the_right_sense_is_left_alone(words):
    sound = "La banque nationale augmente le taux d'intérêt des crédits"
    for source in ("National bank raises interest rate on loans", None):
        assert flag(heading(sound, source), only=["word-sense"], lexicon=words) == ()


def test_a_synonym_of_the_right_sense_is_no_fault(words):
    for fr, en in (
        ("Comment garder vos comprimés", "How to keep your tablets"),
        ("Un but sur corner", "A goal from a corner"),
    ):
        assert flag(heading(fr, en), only=["word-sense"], lexicon=words) == ()
    [f] = flag(
        heading("La cravate de coupe est reportée", "The cup tie is put off"), only=["word-sense"], lexicon=words
    )
    assert f.suggestion == "match de coupe"


def test_maman_in_the_article_without_any_model(words):
    text = shipped("corpus", "kazakhstan.fr.txt").read_text(encoding="utf-8")
    d = segment(text, "fr")
    few = Document(text[: d.segments[11].end], d.segments[:12], "fr")
    first = flag(Bitext(few), lexicon=words)[0]
    assert (first.check, first.segment, few.segments[0].text[slice(*first.span)]) == ("word-sense", 0, "maman")
    assert first.severity is Severity.CRITICAL
    assert "mum" in first.message
    assert first.suggestion is not None
    assert first.suggestion.startswith("silenc")


def test_forced_decoding_is_bounded(words, no_table):
    class Model:
        def score(self, sources, targets):
            return [Translation(t, 0.0, (), (-50.0 if "rive" in t else -1.0,)) for t in targets]

    b = heading(
        "La rive nationale augmente le taux d'intérêt des crédits", "National bank raises interest rate on loans"
    )
    for reach in (1.0, 2.5):
        limits = {"word-sense.reach": reach}
        [f] = flag(b, only=["word-sense"], lexicon=words, translator_forward=Model(), thresholds=limits)
        assert f.evidence["log_odds"]["model"] == reach
    case = SimpleNamespace(resources=SimpleNamespace(forward=None))
    assert contrast(case, "x", "y", [], 3.0) == {}


def test_a_back_translation_confirms_or_denies(words, no_table):
    text = "La rive nationale augmente le taux d'intérêt des crédits"
    scores = {}
    for back in ("The bank increases the rate.", "The shore increases the rate.", "The rive increases the rate."):
        b = heading(text, None).with_(translations=(Translation(back),))
        [f] = flag(b, only=["word-sense"], lexicon=words, thresholds={"word-sense.alone": 3})
        scores[back.split()[1]] = f.evidence["score"]
    assert scores["bank"] == pytest.approx(scores["rive"] + 1)
    assert scores["shore"] == pytest.approx(scores["rive"] - 1)


def test_related_forms():
    assert related("infirmières", "infirmier")
    assert related("loi", "lois")
    assert not related("banque", "rive")


def test_words_that_nothing_stands_for(words, run):
    fr = "Le parlement a adopté une loi sur les pensions agricoles et les ministres danois ont remercié la commission."
    en = "Parliament adopted a law on agricultural pensions and the Danish ministers thanked the commission."
    assert run("omission", fr, originals=[en], lexicon=words) == []
    assert run("addition", fr, originals=[en], lexicon=words) == []
    short = "Le parlement a adopté une loi."
    [(_, f)] = run("omission", short, originals=[en], lexicon=words)
    assert "agricultural pensions" in f.evidence["missing"]
    [(text, f)] = run("addition", fr, originals=["Parliament adopted a law."], lexicon=words)
    assert "ministres danois" in text
    assert f.category == "accuracy/addition"


def test_a_sign_stands_for_the_words_it_is_read_as(words, run):
    fr, low = "La mairie a payé trois millions de livres sterling pour le pont.", {"addition.weight": 1.0}
    paid = [f"The town paid {sign}3 million for the bridge." for sign in ("", "£")]
    [(text, _)] = run("addition", fr, originals=paid[:1], lexicon=words, thresholds=low)
    assert text == "livres sterling"
    assert run("addition", fr, originals=paid[1:], lexicon=words, thresholds=low) == []


def test_surprises_are_of_whole_words():
    scored = Translation(
        "Il est là.", -1.0, ("▁Il", "▁e", "st", "▁là", ".", "</s>"), (-1.0, -2.0, -3.0, -4.0, -5.0, -6.0)
    )
    found = surprises("Il est là.", scored, lambda w: 0.01)
    assert [(s.start, s.end, s.logprob) for s in found] == [(0, 2, -1.0), (3, 6, -5.0), (7, 9, -4.0)]


def test_fluency_flags_what_is_less_likely_than_chance(words, run):
    class Model:
        def score(self, sources, targets):
            out = []
            for t in targets:
                pieces = tuple("▁" + w for w in t.rstrip(".").split())
                out.append(
                    Translation(t, 0.0, (*pieces, "</s>"), (*(-14.0 if p == "▁la" else -1.0 for p in pieces), 0.0))
                )
            return out

    found = run(
        "fluency", "Il a dit que la temps passe.", originals=["He said time passes."], lexicon=words,
        translator_forward=Model(),
    )  # fmt: skip
    assert [(t, f.severity) for t, f in found] == [("la", Severity.MINOR)]


def test_without_a_lexicon_it_is_said():
    b = heading("La rive nationale", None)
    assert examine(b, only=["word-sense"]).skipped == {"word-sense": "needs lexicon"}


def test_a_sentence_without_a_counterpart_is_an_omission_where_it_should_stand(words):
    target = Document.from_lines(["Le conseil a voté.", "Il se réunira en avril."], "fr")
    source = Document.from_lines(["The council voted.", "Its president resigned.", "It meets again in April."], "en")
    beads = (Bead(range(1), range(1)), Bead(range(1, 2), range(1, 1)), Bead(range(2, 3), range(1, 2)))
    bitext = Bitext(target, source, "original", beads=beads)
    [f] = [f for f in examine(bitext, only=["omission"], lexicon=words).flags if "sentence" in f.message]
    assert (f.segment, f.span, f.severity) == (0, (18, 18), Severity.MAJOR)
    assert "Its president resigned." in f.message


def test_the_first_sentence_left_out_stands_at_the_start(words):
    target = Document.from_lines(["Le conseil a voté."], "fr")
    source = Document.from_lines(["Its president resigned.", "The council voted."], "en")
    bitext = Bitext(target, source, "original", beads=(Bead(range(1), range(0)), Bead(range(1, 2), range(1))))
    assert [(f.segment, f.span) for f in examine(bitext, only=["omission"], lexicon=words).flags] == [(0, (0, 0))]


def test_the_headline_with_its_original(words):
    fr, en = (shipped("corpus", f"harbour.{x}.txt").read_text(encoding="utf-8") for x in ("fr", "en"))
    target, source = segment(fr, "fr"), segment(en, "en")
    few = Document(fr[: target.segments[3].end], target.segments[:4], "fr")  # heading, caption, two sentences
    bitext = Bitext(few, source, "original", beads=(Bead(range(1), range(1)),))
    [f] = [f for f in flag(bitext, only=["word-sense"], lexicon=words) if f.segment == 0]  # the others have no bead
    assert (few.segments[0].text[slice(*f.span)], f.severity) == ("Maman", Severity.CRITICAL)
    assert "the original has “mum”" in f.message
    assert f.suggestion == "Muet sur"  # *Maman du conseil* has the wrong preposition as well
    assert "silencieux" in f.message
