"""Segments that changed places are paired by their words; every segment stays in one bead."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import align
from bitext.document import Bead
from bitext.score import score, score_documents
from bitext.score.strays import pair_strays

REFERENCE = [
    "The bakery opens at six in the morning.",
    "Its bread is sold out by nine, even on Mondays.",
    "The baker, Anna Klein, learnt the trade in Lyon.",
    "She came back to the village ten years ago.",
    "Her brother runs the mill next door.",
    "He grinds rye and spelt for half the valley.",
    "In summer they hire two students.",
    "Nobody has bought the old post office yet.",
]
OUTPUT = [
    "The bakery opens at six o'clock in the morning.",
    "The bread is sold out at nine, even on Mondays.",
    "The baker, Anna Klein, has learned the trade in Lyon.",
    "She returned to the village ten years ago.",
    "Her brother has the mill next door.",
    "He mills rye and spelt for half the valley.",
    "In the summer they employ two students.",
    "No one has bought the old post office so far.",
]


def one_to_one(n):
    return [Bead(range(i, i + 1), range(i, i + 1)) for i in range(n)]


def texts_of(beads, hypothesis):
    return {tuple(b.source): " ".join(hypothesis[j] for j in b.target) for b in beads if b.source and b.target}


def test_what_changed_places_is_paired():
    moved = [OUTPUT[i] for i in (0, 1, 4, 5, 2, 3, 6, 7)]
    found = pair_strays(one_to_one(8), REFERENCE, moved)
    assert texts_of(found, moved) == {(i,): OUTPUT[i] for i in range(8)}
    assert [b.moved for b in found] == [False] * 2 + [True] * 4 + [False] * 2


def test_a_moved_sentence_in_two_pieces_is_paired_whole():
    moved = [*OUTPUT[:2], *OUTPUT[3:], "The baker, Anna Klein,", "has learned the trade in Lyon."]
    beads = [*one_to_one(2), Bead(range(2, 3), range(2, 2))]
    beads += [Bead(range(i, i + 1), range(i - 1, i)) for i in range(3, 8)]
    beads += [Bead(range(8, 8), range(j, j + 1)) for j in (7, 8)]
    assert texts_of(pair_strays(beads, REFERENCE, moved), moved)[2,] == OUTPUT[2]


def test_a_stranger_at_the_end_of_a_bead_is_let_go():
    hypothesis = [*OUTPUT[:3], *OUTPUT[4:]]
    beads = [*one_to_one(2), Bead(range(2, 4), range(2, 3))]
    beads += [Bead(range(i, i + 1), range(i - 1, i)) for i in range(4, 8)]
    found = pair_strays(beads, REFERENCE, hypothesis)
    assert texts_of(found, hypothesis)[2,] == OUTPUT[2]
    assert [b.source for b in found if not b.target] == [range(3, 4)]


def test_sound_beads_are_left_as_they_are():
    assert pair_strays(one_to_one(8), REFERENCE, OUTPUT) == tuple(one_to_one(8))


def test_a_shuffled_document_scores_as_the_intact_one():
    lines = [OUTPUT[i] for i in (4, 5, 6, 0, 1, 2, 3, 7)]
    got = score_documents(lines, REFERENCE, align, ("bleu",))
    assert got.scores.coverage == {"reference": 1.0, "hypothesis": 1.0}
    assert abs(got.scores.metrics[0].value - score(OUTPUT, REFERENCE, ("bleu",)).metrics[0].value) < 0.5


words = st.lists(st.sampled_from("abcdefgh"), max_size=5).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(words, max_size=3), st.lists(words, max_size=3)), min_size=1, max_size=8))
def test_every_segment_stays_in_one_bead(groups):
    reference, hypothesis, beads = [], [], []
    for s, t in groups:
        source = range(len(reference), len(reference) + len(s))
        target = range(len(hypothesis), len(hypothesis) + len(t))
        reference += s
        hypothesis += t
        beads += [Bead(source, target)] if s or t else []
    found = pair_strays(beads, reference, hypothesis)
    assert sorted(i for b in found for i in b.source) == list(range(len(reference)))
    assert sorted(j for b in found for j in b.target) == list(range(len(hypothesis)))
    assert all(b.source or b.target for b in found)
