"""Documents that are not line-aligned: cut by edit distance as a brute force would, or scored on an aligner's beads."""

import itertools

import pytest
from bakery import OUTPUT, REFERENCE
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document
from bitext.errors import BitextError, InputError
from bitext.score import resegment, score, score_documents
from bitext.score.resegmentation import resegment_words


def distance(a, b):
    """Levenshtein distance, written the plainest way."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, last = [i] + [0] * len(b), row
        for j, y in enumerate(b, 1):
            row[j] = min(last[j - 1] + (x != y), last[j] + 1, row[j - 1] + 1)
    return row[-1]


def naive(words, references):
    """The least sum of distances over all ways to cut."""
    n, k = len(words), len(references[0])
    best = None
    for cuts in itertools.combinations_with_replacement(range(n + 1), k - 1):
        bounds = [0, *cuts, n]
        cost = sum(min(distance(words[bounds[i] : bounds[i + 1]], r[i]) for r in references) for i in range(k))
        best = cost if best is None else min(best, cost)
    return best


words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=7)
some_references = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.lists(words, min_size=k, max_size=k), min_size=1, max_size=2)
)


@settings(deadline=None, max_examples=80)
@given(words, some_references, st.sets(st.integers(0, 7)))
def test_the_cut_is_the_cheapest_there_is(hyp, references, sentence_ends):
    ends, edits = resegment_words(hyp, references, [e for e in sentence_ends if e <= len(hyp)])
    assert edits == naive(hyp, references)
    assert ends[-1] == len(hyp) and ends == sorted(ends) and len(ends) == len(references[0])
    pieces = [hyp[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert edits == sum(min(distance(p, r[i]) for r in references) for i, p in enumerate(pieces))


@given(st.lists(st.sampled_from(["the", "cat", "sat", ".", "Oh,", "no!"]), min_size=1, max_size=30), st.integers(0, 99))
@settings(deadline=None)
def test_no_word_is_lost(tokens, seed):
    reference = [" ".join(tokens[i : i + 3]) for i in range(0, len(tokens), 3)]
    got = resegment(" ".join(tokens), reference)
    assert " ".join(" ".join(got.segments).split()) == " ".join(tokens)
    assert got.edits == 0
    assert list(got.segments) == reference


def test_merged_and_split_lines_are_cut_back():
    merged = [" ".join(OUTPUT[:3]), "She returned", "ten years ago.", *OUTPUT[4:6], " ".join(OUTPUT[6:])]
    assert list(resegment(merged, REFERENCE).segments) == [" ".join(o.split()) for o in OUTPUT]
    got = score_documents(merged, REFERENCE)
    assert got.path == "resegmented"
    assert got.scores.metrics[0].value == score(OUTPUT, REFERENCE).metrics[0].value
    assert got.scores.metrics[0].signature.endswith("|resegment:mwer")


def test_of_equal_cuts_one_at_the_end_of_a_sentence_is_taken():
    reference = ["a b", "e f"]
    assert resegment("a b x! y e f", reference).segments == ("a b x!", "y e f")
    assert resegment(["a b", "x! y e f"], ["a b", "! e f"]).segments == ("a b", "x! y e f")
    assert resegment(["a b x", "y z e f"], reference).segments == ("a b x", "y z e f")
    free = resegment(["a b x", "y z e f"], reference, sentence_ends=False)
    assert free.segments == ("a b x y z", "e f") and free.edits == 3


def test_words_only_as_mwersegmenter_has_them():
    got = resegment("a b. C d.", ["a b.", "c d."], split_punctuation=False)
    assert got.segments == ("a b.", "C d.") and got.edits == 0
    assert resegment("a b. C d.", ["a b.", "c d."], lowercase=False).edits == 1


def test_references_that_do_not_fit():
    with pytest.raises(InputError, match="no reference segments"):
        resegment("a", [])
    with pytest.raises(InputError, match="2, 1 lines"):
        resegment("a", [["a", "b"], ["a"]])


def beads(reference, hypothesis):
    """An aligner that knows the answer: 0-0, 1-1, 2-2 merged, the last reference lost."""
    assert isinstance(reference, Document) and isinstance(hypothesis, Document)
    return [
        Bead(range(0, 2), range(0, 1)),
        Bead(range(2, 3), range(1, 2)),
        Bead(range(3, 8), range(2, 2)),
        Bead(range(8, 8), range(2, 3)),
    ]


def test_aligned_documents_are_scored_on_beads():
    hyp = [" ".join(OUTPUT[:2]), OUTPUT[2], "Nothing of this is in the other text."]
    got = score_documents(hyp, REFERENCE, beads)
    assert got.path == "beads"
    expected = score(hyp[:2], [" ".join(REFERENCE[:2]), REFERENCE[2]])
    assert [m.value for m in got.scores.metrics] == [m.value for m in expected.metrics]
    assert got.scores.beads == {0: expected.beads[0], 1: expected.beads[1]}
    assert got.scores.coverage["hypothesis"] == pytest.approx(sum(map(len, hyp[:2])) / sum(map(len, hyp)))
    assert got.scores.coverage["reference"] == pytest.approx(sum(map(len, REFERENCE[:3])) / sum(map(len, REFERENCE)))
    assert any("5 segments of the reference" in n for n in got.scores.notes)
    assert any("1 segment of the hypothesis (37 characters) has no counterpart" in n for n in got.scores.notes)
    assert got.resegmented[0].value < got.scores.metrics[0].value  # what was lost counts there


def test_an_aligner_may_return_a_bitext():
    def aligner(reference, hypothesis):
        return Bitext(hypothesis, reference, beads=tuple(beads(reference, hypothesis)))

    hyp = [*OUTPUT[:2], "x"]
    assert score_documents(hyp, REFERENCE, aligner) == score_documents(hyp, REFERENCE, beads)


def test_line_aligned_documents_are_left_as_they_are():
    got = score_documents(OUTPUT, REFERENCE, line_aligned=True)
    assert got.path == "lines" and got.scores == score(OUTPUT, REFERENCE)
    with pytest.raises(InputError, match="not line-aligned"):
        score_documents(OUTPUT[1:], REFERENCE, line_aligned=True)


def test_what_cannot_be_aligned_is_said():
    with pytest.raises(BitextError, match="hypothesis: has no segments"):
        score_documents([" "], REFERENCE)
    with pytest.raises(BitextError, match="nothing in it was found in"):
        score_documents(["x"], ["y"], lambda r, h: [Bead(range(1), range(0)), Bead(range(1, 1), range(1))])
    with pytest.raises(BitextError, match="not one string"):
        score_documents("x", ["y"])
