"""Corrections as edits: the text they make, and where other words stand afterwards."""

from itertools import pairwise

from growth import in_proportion
from hypothesis import given
from hypothesis import strategies as st

from bitext.review.edits import apply_edits, compare, edits_between, origin, place, replaced, with_edit

texts = st.text(st.sampled_from("abé ,.\n\u00a0"), max_size=30)


@given(texts, texts)
def test_edits_make_the_new_text_of_the_old(old, new):
    edits = edits_between(old, new)
    assert apply_edits(old, edits) == new
    assert edits == sorted(edits)
    assert all(a[1] <= b[0] for a, b in pairwise(edits))


@given(texts, texts, st.integers(0, 30), st.integers(0, 30))
def test_words_that_were_not_edited_are_found_again(old, new, a, b):
    start, end = sorted((min(a, len(old)), min(b, len(old))))
    found = place(edits_between(old, new), (start, end))
    if found is not None:
        assert new[slice(*found)] == old[start:end]


@given(texts, texts, st.integers(0, 30), st.integers(0, 30))
def test_words_of_the_new_text_are_found_in_the_old(old, new, a, b):
    start, end = sorted((min(a, len(new)), min(b, len(new))))
    edits = edits_between(old, new)
    found = origin(edits, (start, end))
    if found is not None:
        assert old[slice(*found)] == new[start:end]
        assert place(edits, found) == (start, end)
    elif start < end:
        assert any(x < end and start < y for x, y in replaced(edits)) or any(
            start < x < end for x, y in replaced(edits) if x == y
        )


@given(texts, texts)
def test_long_texts_are_compared_by_their_ends(old, new):
    from bitext.review import edits

    most, edits._MOST = edits._MOST, -1
    try:
        assert apply_edits(old, edits_between(old, new)) == new
    finally:
        edits._MOST = most


def test_a_very_long_correction_takes_time_in_proportion():
    def correct(size):
        old, new = ("a b " * size)[: 4 * size], ("b c " * size)[: 4 * size]
        assert apply_edits(old, edits_between(old, new)) == new

    assert in_proportion(correct, 5000)


@given(texts, texts)
def test_replaced_spans_hold_what_the_edits_wrote(old, new):
    edits = edits_between(old, new)
    assert [new[a:b] for a, b in replaced(edits)] == [e[2] for e in edits]


@given(texts, texts)
def test_comparing_keeps_both_texts_and_agrees_on_what_is_common(old, new):
    left, right = compare(old, new)
    assert "".join(t for t, _ in left) == old
    assert "".join(t for t, _ in right) == new
    assert [t for t, same in left if same] == [t for t, same in right if same]


def test_a_second_edit_keeps_the_first_and_may_not_touch_it():
    text = "une maman et 30 jours"
    first = with_edit([], (4, 9, "muette"))
    both = with_edit(first, (13, 15, "300"))
    assert apply_edits(text, both) == "une muette et 300 jours"
    assert with_edit(both, (0, 5, "x")) is None
    assert with_edit(both, (13, 15, "3")) is None
    assert place(both, (16, 21)) == (18, 23)
    assert place(both, (13, 21)) is None


def test_an_insertion_stands_beside_words_without_changing_them():
    assert place([(3, 3, "xyz")], (0, 3)) == (0, 3)
    assert place([(3, 3, "xyz")], (3, 5)) == (6, 8)
    assert place([(3, 3, "xyz")], (2, 5)) is None
