"""Forced decoding asks for each pair of texts once, and there is a score for each segment or an error."""

import pytest

from bitext.document import Bead, Bitext, Document, Kind, Segment, Translation
from bitext.errors import BitextError
from bitext.score import model_scores, score_bitext


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


def test_there_is_one_score_a_segment():
    forward = [Translation(s.text, -1.0) for s in TARGET]
    assert score_bitext(BITEXT, samples=10, forward=forward).quality == ()
    for bitext in (BITEXT, BITEXT.with_(source=None, beads=())):
        with pytest.raises(BitextError, match="1 forward scores for 4 segments"):
            score_bitext(bitext, forward=forward[:1])
