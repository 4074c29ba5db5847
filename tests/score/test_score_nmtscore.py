"""NMTScore is 0 for the models' own translation and less for a worse one; beads make one figure each."""

import math

import pytest

from bitext.document import Bead, Bitext, Document, Translation
from bitext.errors import BitextError
from bitext.score import from_json, nmtscore, nmtscore_metrics, score_bitext, to_json

WORDS = {"le": "the", "chat": "cat", "chien": "dog", "dort": "sleeps", "mange": "eats"}


class ByWord:
    """A model that knows a word list: the words it would not have written cost it one each."""

    def __init__(self, words):
        self.words = words

    def own(self, text):
        return [self.words.get(w, w) for w in text.split()]

    def translate(self, texts):
        return [Translation(" ".join(self.own(t)), -0.1) for t in texts]

    def score(self, sources, targets):
        own = [self.own(t) for t in sources]
        wrong = [
            sum(a != b for a, b in zip(o, t.split(), strict=False)) + abs(len(o) - len(t.split()))
            for o, t in zip(own, targets, strict=True)
        ]
        return [Translation(t, -0.1 - w / max(1, len(t.split()))) for t, w in zip(targets, wrong, strict=True)]


FORWARD, BACK = ByWord({b: a for a, b in WORDS.items()}), ByWord(WORDS)


def test_the_models_own_translation_scores_nothing_less():
    found = nmtscore(["the cat sleeps"], ["le chat dort"], forward=FORWARD, back=BACK)
    assert {name: values[0] for name, values in found.items()} == pytest.approx({"direct": 0, "pivot": 0, "cross": 0})


def test_a_wrong_word_costs_by_each_way_and_two_cost_more():
    found = nmtscore(["the cat sleeps"] * 2, ["le chien dort", "le chien mange"], forward=FORWARD, back=BACK)
    for values in found.values():
        assert values[1] < values[0] < 0


def test_what_is_known_is_not_computed_again():
    class Never(ByWord):
        def translate(self, texts):
            raise AssertionError

    sources, targets = ["the cat sleeps"], ["le chien dort"]
    known = {"best": FORWARD.translate(sources)}
    got = nmtscore(sources, targets, forward=Never(FORWARD.words), back=BACK, known=known)["direct"]
    assert got == nmtscore(sources, targets, forward=FORWARD, back=BACK)["direct"]


def bitext():
    target = Document.from_lines(["le chat dort", "le chien", "mange", "ajout"], "fr", "x.txt")
    source = Document.from_lines(["the cat sleeps", "the dog sleeps"], "en")
    back = tuple(BACK.translate(target.texts))
    beads = (Bead(range(0, 1), range(0, 1)), Bead(range(1, 2), range(1, 3)), Bead(range(2, 2), range(3, 4)))
    return Bitext(target, source, translations=back, beads=beads)


def test_the_figure_of_a_bitext_is_a_ratio_over_its_beads():
    metrics = nmtscore_metrics(bitext(), forward=FORWARD, back=BACK, samples=50)
    assert [m.name for m in metrics] == ["NMTScore direct", "NMTScore pivot", "NMTScore cross"]
    assert metrics[0].value == pytest.approx(math.exp((0 - 1 / 3) / 2))
    assert all(m.interval[0] <= m.value <= m.interval[1] for m in metrics)
    scored = bitext().with_(scores=score_bitext(bitext(), confidence=False))
    scored = scored.with_(scores=scored.scores.__class__("reference", (*scored.scores.metrics, *metrics)))
    record = from_json(to_json(scored))
    assert len(record.by_models) == 3 and record.differences() == []


def test_without_an_original_there_is_none():
    with pytest.raises(BitextError, match=r"x\.txt: has no original"):
        nmtscore_metrics(bitext().with_(origin="back-translation"), forward=FORWARD, back=BACK)
