"""Pieces of text under spans that nest, overlap, touch, are empty or lie outside."""

from hypothesis import given
from hypothesis import strategies as st

from bitext.report.spans import Piece, pieces

texts = st.text(max_size=30)
spans = st.lists(st.tuples(st.integers(-3, 35), st.integers(-3, 35), st.integers(1, 6)), max_size=8)


def test_nested_and_overlapping_spans_are_cut_at_every_border():
    found = pieces("une maman ici", [(0, 9, 1), (4, 9, 2), (6, 13, 3)])
    assert [(p.text, set(p.keys)) for p in found] == [
        ("une ", {1}),
        ("ma", {1, 2}),
        ("man", {1, 2, 3}),
        (" ici", {3}),
    ]
    assert [p.begin for p in found] == [(1,), (2,), (3,), ()]
    assert [set(p.end) for p in found] == [set(), set(), {1, 2}, {3}]


def test_an_empty_span_is_a_place_in_the_text():
    assert pieces("ab", [(1, 1, 7)]) == [Piece("a"), Piece("", (7,), (7,), (7,)), Piece("b")]
    assert pieces("", [(0, 0, 7)]) == [Piece("", (7,), (7,), (7,))]


def test_a_text_without_spans_is_one_piece():
    assert pieces("abc", []) == [Piece("abc")]
    assert pieces("", []) == []


@given(texts, spans)
def test_nothing_of_the_text_is_lost_and_every_character_has_its_keys(text, some):
    found = pieces(text, some)
    assert "".join(p.text for p in found) == text
    at = 0
    for p in found:
        for i in range(at, at + len(p.text)):
            assert set(p.keys) == {k for a, b, k in some if a <= i < b}
        at += len(p.text)


@given(texts, spans)
def test_every_span_begins_once_and_ends_once(text, some):
    found = pieces(text, some)
    keys = sorted(k for _, _, k in some)
    assert sorted(k for p in found for k in p.begin) == keys
    assert sorted(k for p in found for k in p.end) == keys
