"""Quality estimates are the logistic model that was fitted, and are silent where nothing was."""

import math

import pytest

from bitext.document import Bead, Bitext, Document, Kind, Segment, Translation
from bitext.errors import BitextError
from bitext.score import estimate, model_scores, score_bitext
from bitext.score import quality as module
from bitext.score.quality import Estimator, estimators, features, lowest


class Model:
    """Scores a pair by how many letters it has; says what it was asked."""

    def __init__(self):
        self.asked = []

    def score(self, sources, targets):
        self.asked += list(zip(sources, targets, strict=True))
        return [Translation(t, -float(len(s) + len(t))) for s, t in zip(sources, targets, strict=True)]


TARGET = Document(
    "Un. Deux.\n****\nTrois.",
    (Segment("Un.", 0, 3), Segment("Deux.", 4, 9), Segment("****", 10, 14, Kind.SEPARATOR), Segment("Trois.", 15, 21)),
    "fr",
)
BACK = tuple(Translation(t, -0.5) for t in ("One.", "Two.", "****", "Three."))
SOURCE = Document.from_lines(["One, two.", "Lost."], "en")
BEADS = (Bead(range(0, 1), range(0, 2)), Bead(range(1, 2), range(2, 2)), Bead(range(2, 2), range(2, 4)))
BITEXT = Bitext(TARGET, SOURCE, translations=BACK, beads=BEADS)


def test_beads_are_scored_as_a_whole_and_only_once():
    forward, back = Model(), Model()
    got = model_scores(BITEXT, forward=forward, back=back)
    assert forward.asked == [("One, two.", "Un. Deux.")]
    assert back.asked == [("Un. Deux.", "One, two.")]
    assert got["forward"][0] == got["forward"][1] and got["forward"][0].text == "Un. Deux."
    assert [t.text for t in got["forward"][2:]] == ["", ""]


def test_without_an_original_the_pivot_is_scored():
    forward, back = Model(), Model()
    got = model_scores(BITEXT.with_(source=None, beads=()), forward=forward, back=back)
    assert forward.asked == [("One.", "Un."), ("Two.", "Deux."), ("Three.", "Trois.")]
    assert back.asked == [] and set(got) == {"forward"}


def test_features_are_what_they_say():
    f = features(
        "Un deux trois.",
        back=Translation("One two three.", -0.5),
        forward=Translation("x", -1.0),
        best=Translation("y", -0.4),
        reverse=Translation("z", -2.0),
        similarity=50,
    )
    assert f["forward_relative"] == pytest.approx(-0.6)
    assert f["reverse_relative"] == pytest.approx(-1.5)
    assert f["forward_low"] == -1 and f["reverse_low"] == -2
    assert f["similarity"] == 0.5 and f["ratio"] == 0 and f["length"] == pytest.approx(math.log(4))
    assert set(features("Un.")) == {"length"}


def test_the_logistic_model():
    m = Estimator("alone", 0.5, {"back": (2.0, -1.0, 0.5)}, {})
    assert m.probability({"back": -1.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert m.probability({"back": -0.75}) == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert m.probability({"back": 99.0}) == m.probability({"back": 1.0})
    assert not m.usable({"length": 1.0})


def test_the_model_with_most_evidence_is_used(monkeypatch):
    alone = Estimator("alone", -3.0, {"back": (0.0, 0.0, 1.0)}, {})
    pivot = Estimator("alone+forward", -2.0, {"forward": (0.0, 0.0, 1.0)}, {})
    original = Estimator("original", 2.0, {"similarity": (0.0, 0.0, 1.0)}, {})
    monkeypatch.setattr(module, "estimators", lambda: (alone, pivot, original))

    def logit(p):
        return None if p is None else round(math.log(p / (1 - p)))

    forward = [Translation(s.text, -1.0) for s in TARGET]
    no_original = BITEXT.with_(source=None, beads=())
    assert [logit(p) for p in estimate(no_original)] == [-3, -3, None, -3]
    assert [logit(p) for p in estimate(no_original, forward=forward)] == [-2, -2, None, -2]
    assert [logit(p) for p in estimate(BITEXT, forward=forward, similarity={0: 50.0})] == [2, -3, None, -3]
    scores = score_bitext(BITEXT, samples=10)
    assert [logit(p) for p in scores.quality] == [2, 2, None, -3]
    with pytest.raises(BitextError, match="1 forward scores for 4 segments"):
        estimate(BITEXT, forward=forward[:1])


def test_nothing_fitted_nothing_said(monkeypatch):
    monkeypatch.setattr(module, "estimators", tuple)
    assert estimate(BITEXT) == (None,) * 4


def test_what_ships_beats_the_length_of_the_segment():
    for model in estimators():
        for measured in model.measured.values():
            assert measured["auc"] > measured["auc of length alone"], model.name


def test_the_least_believed_tokens():
    assert lowest(Translation("x", -1.0, tuple("abcdefgh"), (-1, -5, -1, -1, -3, -1, -1, -1))) == -4
    assert lowest(Translation("x", -1.0)) == -1
