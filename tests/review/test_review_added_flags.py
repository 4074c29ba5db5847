"""Flags that a person adds, and flags put on other words: kept in the text as it came, undone, never overwritten."""

import pytest
from review_samples import FRENCH

from bitext.review.actions import Refused
from bitext.review.session import Conflict, open_review


def do(review, what, **values):
    return review.do({"do": what, **values}, review.head)


NEW = {"severity": "minor", "category": "style", "message": "hm"}


def test_an_added_flag_is_a_flag_until_it_is_taken_away(review):
    j, at = 4, FRENCH[4][0].index("marchands")
    do(review, "add-flag", segment=j, start=at - 1, end=at + len("marchands") + 1, **NEW)  # spaces at the ends go
    (i,) = review.state.added
    flag = review.state.flag(i)
    assert (flag.flag.check, flag.status, flag.span) == ("reviewer", "accepted", (at, at + len("marchands")))
    assert [f.message for f in review.state.bitext().flags].count("hm") == 1
    do(review, "edit-flag", flag=i, message="oh", suggestion="vendeurs")
    do(review, "apply", flag=i)
    assert "Les vendeurs sont contents" in review.state.bitext().target.text
    assert review.state.flag(i).status == "mended"
    review.undo(review.head)
    do(review, "remove-flag", flag=i)
    assert not review.state.added and review.state.flags() == list(range(5))
    with pytest.raises(Refused, match="no such flag"):
        do(review, "accept", flag=i)
    review.undo(review.head)
    assert review.state.flag(i).flag.message == "oh"
    do(review, "remove-flag", flag=i)
    do(review, "add-flag", segment=j, start=0, end=3, **NEW)
    assert list(review.state.added) == [i + 1]  # a number is never given twice
    with pytest.raises(Refused, match="came with the file"):
        do(review, "remove-flag", flag=0)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"segment": 99, "start": 0, "end": 1}, "no such segment"),
        ({"segment": 4, "start": 3, "end": 3}, "Choose the words"),
        ({"segment": 4, "start": 5, "end": 2}, "Choose the words"),
        ({"segment": 4, "start": 0, "end": 10_000}, "no such end"),
        ({"segment": 4, "start": True, "end": 3}, "no such start"),
        ({"segment": 4, "start": 0, "end": 3, "severity": "bad"}, "no such severity"),
        ({"segment": 4, "start": 0, "end": 3, "message": " "}, "needs a message"),
        ({"segment": 4, "start": 0, "end": 3, "category": "x\x00"}, "control character"),
        ({"segment": 4, "start": 0, "end": 3, "suggestion": 5}, "must be text"),
    ],
)
def test_flags_that_make_no_sense_are_refused(review, values, says):
    with pytest.raises(Refused, match=says):
        do(review, "add-flag", **(NEW | values))
    assert review.head == 0
    with pytest.raises(Refused, match="needs a severity"):
        do(review, "add-flag", segment=4, start=0, end=3)


def test_a_flag_is_put_on_other_words_of_a_corrected_text(review):
    do(review, "correct", segment=1, text="Oui, " + FRENCH[1][0])
    text = review.state.text(1)
    at = text.index("après 30 jours")
    do(review, "move-flag", flag=1, start=at, end=at + 14)
    assert review.state.flag(1).span == (at, at + 14)
    exported = review.state.bitext()
    moved = next(f for f in exported.flags if f.check == "numbers")
    assert exported.target.segments[1].text[slice(*moved.span)] == "après 30 jours"
    with pytest.raises(Refused, match="a correction already"):
        do(review, "move-flag", flag=1, start=0, end=3)
    at = text.index("30 jours")
    do(review, "move-flag", flag=1, start=at, end=at + 8)
    assert review.state.get("flag:1") is None  # as it came


def test_a_flag_on_a_text_that_somebody_changed_meanwhile_is_a_conflict(review):
    before = review.head
    do(review, "correct", segment=4, text="Autre chose, tout à fait.")
    with pytest.raises(Conflict):
        review.do({"do": "add-flag", "segment": 4, "start": 0, "end": 5, **NEW}, before)
    with pytest.raises(Conflict):
        review.do({"do": "move-flag", "flag": 4, "start": 0, "end": 5}, before)


def test_two_people_add_flags_at_once(review, path):
    other = open_review(path)
    do(review, "add-flag", segment=4, start=0, end=3, **NEW)
    other.do({"do": "add-flag", "segment": 4, "start": 4, "end": 9, **NEW}, 0)
    review.sync()
    assert len(review.state.added) == 2
    other.close()
