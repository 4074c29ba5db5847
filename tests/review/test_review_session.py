"""Decisions: what they change, undo and redo, conflicts, and beads that always cover both texts once."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_samples import ENGLISH, FRENCH, sample

from bitext.document import Bead, Bitext
from bitext.errors import InputError, OutputError
from bitext.formats import jsonl
from bitext.formats.jsonl_read import uncovered
from bitext.review.actions import Refused
from bitext.review.log import log_path
from bitext.review.session import Conflict, open_review
from bitext.review.state import bead_key
from bitext.review.tally import Tally, counts_as_row


def do(review, what, **values):
    return review.do({"do": what, **values}, review.head)


def row(review, n):
    return review.state.order()[n]


def shapes(review):
    return [key.removeprefix("bead:") for key in review.state.order()]


def test_rows_are_in_reading_order_with_lone_originals_where_they_are_read(review):
    assert " ".join(shapes(review)) == "s0-1t0-1 s1-3t1-2 s3-4t2-3 s4-5t3-4 s5-6t4-5 st5-6 s6-7t s7-8t6-7 s8-9t7-8"


def test_flags_are_accepted_rejected_edited_and_opened_again(review):
    do(review, "accept", flag=1)
    do(review, "reject", flag=2, reason="a  year\nof works")
    do(review, "edit-flag", flag=0, severity="minor", message="Better said", suggestion=None, category="style")
    state = review.state
    assert (state.flag(1).status, state.flag(2).status, state.flag(2).reason) == (
        "accepted",
        "rejected",
        "a year of works",
    )
    edited = state.flag(0).flag
    assert (str(edited.severity), edited.message, edited.suggestion, edited.category) == (
        "minor",
        "Better said",
        None,
        "style",
    )
    do(review, "reopen", flag=1)
    assert state.flag(1).status == "open"
    kept = [f.check for f in state.bitext().flags]
    assert kept == ["word-sense", "numbers", "gender-of-no-check", "spacing"]


def test_a_suggestion_is_written_and_other_flags_keep_their_words(review):
    do(review, "apply", flag=4)
    do(review, "correct", segment=4, text="Tous les marchands sont contents et ils le disent.")
    do(review, "apply", flag=0)
    assert review.state.text(0) == "Silence du marché sur les prix"
    assert review.state.text(4) == "Tous les marchands sont contents et ils le disent."
    assert review.state.flag(0).status == "mended"
    do(review, "apply", flag=1)
    assert review.state.text(1) == FRENCH[1][0].replace("30 jours", "300 jours")
    assert review.state.flag(2).status == "mended"  # its words are gone
    with pytest.raises(Refused, match="already"):
        do(review, "apply", flag=1)
    with pytest.raises(Refused, match="suggests nothing"):
        do(review, "apply", flag=2)


def test_a_correction_moves_the_flags_that_it_does_not_touch(review):
    do(review, "correct", segment=1, text="Voici : le marché couvert rouvre samedi, après 30 jours de travaux.")
    now = review.state.flag(1)
    assert now.status == "open"
    assert review.state.text(1)[slice(*now.span)] == "30 jours"
    do(review, "apply", flag=1)
    assert review.state.text(1) == "Voici : le marché couvert rouvre samedi, après 300 jours de travaux."
    do(review, "correct", segment=1, text=FRENCH[1][0])
    assert review.state.get("text:1") is None


def test_the_corrected_text_keeps_every_other_character(review):
    do(review, "correct", segment=3, text="Nul ne sait le prix.")
    do(review, "correct", segment=5, text="")
    before = sample().target.text
    expected = before.replace(FRENCH[3][0], "Nul ne sait le prix.").replace(FRENCH[5][0], "")
    assert review.state.bitext().target.text == expected


def test_merge_split_and_shift(review):
    do(review, "merge", bead=row(review, 2))
    assert "s3-5t2-4" in shapes(review)
    do(review, "split", bead="bead:s3-5t2-4")
    assert shapes(review)[2:4] == ["s3-4t2-3", "s4-5t3-4"]
    do(review, "shift", bead=row(review, 1), side="source", to="next")
    assert shapes(review)[1:3] == ["s1-2t1-2", "s2-4t2-3"]
    do(review, "shift", bead="bead:s2-4t2-3", side="source", to="previous")
    assert shapes(review)[1:3] == ["s1-3t1-2", "s3-4t2-3"]
    do(review, "shift", bead="bead:s3-4t2-3", side="target", to="previous")
    assert shapes(review)[1:3] == ["s1-3t1-3", "s3-4t"]
    do(review, "merge", bead="bead:s3-4t", **{"with": "previous"})
    assert shapes(review)[1] == "s1-4t1-3"
    do(review, "split", bead="bead:s1-4t1-3", target=1, source=2)
    assert shapes(review)[1:3] == ["s1-3t1-2", "s3-4t2-3"]
    do(review, "split", bead="bead:s0-1t0-1")
    assert {"s0-1t", "st0-1"} <= set(shapes(review))


def test_a_split_is_where_the_two_sides_agree_best(review):
    for _ in range(2):
        do(review, "merge", bead=row(review, 2))
    assert shapes(review)[2] == "s3-6t2-5"
    do(review, "split", bead=row(review, 2))
    assert shapes(review)[2:4] in (["s3-4t2-3", "s4-6t3-5"], ["s3-5t2-4", "s5-6t4-5"])


def test_scores_follow_the_beads_at_once(review):
    from sacrebleu.metrics import CHRF

    assert review.assist.bead_chrf(review.state, row(review, 0)) == 50.0  # as the file says
    do(review, "merge", bead=row(review, 3))
    key = row(review, 3)
    back = "The mayor did not say how much it cost. The merchants are happy, and they say it."
    expected = CHRF().sentence_score(back, [f"{ENGLISH[4]} {ENGLISH[5]}"]).score
    assert review.assist.bead_chrf(review.state, key) == pytest.approx(expected, abs=1e-6)
    cell = review.state.cells[key]
    assert (cell["score"], cell["confidence"], cell["fixed"]) == (round(expected / 100, 4), 1.0, True)
    pairs = review.assist.document_pairs(review.state)
    whole = CHRF().corpus_score([h for h, _ in pairs], [[r for _, r in pairs]]).score
    assert review.assist.chrf.total(pairs) == pytest.approx(whole, abs=1e-4)


def test_what_makes_no_sense_is_refused_in_a_sentence(review):
    for what, values, said in (
        ("nothing", {}, "no such action"),
        ("accept", {"flag": 99}, "no such flag"),
        ("accept", {"flag": True}, "no such flag"),
        ("correct", {"segment": 0, "text": 7}, "must be text"),
        ("correct", {"segment": 0, "text": "a\0b"}, "control character"),
        ("correct", {"segment": 0, "text": "\ud800"}, "control character"),
        ("correct", {"segment": 0, "text": "x" * 20_001}, "20,000"),
        ("merge", {"bead": "bead:nowhere"}, "not there"),
        ("merge", {"bead": row(review, 0), "with": "previous"}, "no row before"),
        ("shift", {"bead": row(review, 0), "side": "up"}, "source or target"),
        ("split", {"bead": "bead:s6-7t"}, "nothing here to split"),
        ("split", {"bead": row(review, 1), "target": 5}, "no such target"),
        ("edit-flag", {"flag": 0, "severity": "dire"}, "no such severity"),
        ("edit-flag", {"flag": 0, "message": " "}, "needs a message"),
        ("back", {"segment": 0, "choice": 0}, "not on offer"),
    ):
        with pytest.raises(Refused, match=said):
            do(review, what, **values)
    assert review.head == 0


def test_undo_and_redo_go_all_the_way_and_survive_closing(review, path):
    seen = [dict(review.state.cells)]
    do(review, "apply", flag=0)
    seen.append(dict(review.state.cells))
    do(review, "merge", bead=row(review, 2))
    seen.append(dict(review.state.cells))
    do(review, "check", bead=row(review, 2))
    seen.append(dict(review.state.cells))
    for k in (2, 1, 0):
        review.undo(review.head)
        assert review.state.cells == seen[k]
    with pytest.raises(Refused, match="nothing to undo"):
        review.undo(review.head)
    for k in (1, 2, 3):
        review.redo(review.head)
        assert review.state.cells == seen[k]
    with pytest.raises(Refused, match="nothing to redo"):
        review.redo(review.head)
    review.undo(review.head)
    review.close()
    again = open_review(path)
    assert again.state.cells == seen[2]
    again.redo(again.head)
    assert again.state.cells == seen[3]
    for k in (2, 1, 0):
        again.undo(again.head)
        assert again.state.cells == seen[k]
    again.close()


def test_nothing_is_deleted_by_undo(review, path):
    do(review, "accept", flag=0)
    review.undo(review.head)
    do(review, "reject", flag=0)
    with sqlite3.connect(log_path(path)) as db:
        assert [r[0] for r in db.execute("SELECT kind FROM events ORDER BY seq")] == ["do", "undo", "do"]
        for statement in ("DELETE FROM events", "UPDATE events SET patch='{}'"):
            with pytest.raises(sqlite3.DatabaseError, match="never"):
                db.execute(statement)


def test_a_change_on_an_old_version_is_a_conflict_only_where_it_touches(review):
    do(review, "correct", segment=1, text="Le marché rouvre.")
    with pytest.raises(Conflict) as e:
        review.do({"do": "correct", "segment": 1, "text": "Autre chose."}, 0)
    assert e.value.cells == ("text:1",)
    assert review.state.text(1) == "Le marché rouvre."
    review.do({"do": "correct", "segment": 2, "text": "Autre chose."}, 0)
    with pytest.raises(Conflict):  # checked without having seen the correction
        review.do({"do": "check", "bead": row(review, 1)}, 0)
    with pytest.raises(Conflict):
        review.do({"do": "apply", "flag": 1}, 0)
    with pytest.raises(Conflict, match="undo"):
        review.undo(0)


def test_a_row_that_somebody_joined_meanwhile_is_a_conflict_not_a_mistake(review):
    key = row(review, 2)
    do(review, "merge", bead=row(review, 1))
    with pytest.raises(Conflict):
        review.do({"do": "split", "bead": key}, 0)


def test_two_processes_on_one_file_see_each_other(review, path):
    other = open_review(path)
    do(review, "accept", flag=0)
    with pytest.raises(Conflict):
        other.do({"do": "reject", "flag": 0}, 0)
    assert other.head == 1
    other.do({"do": "reject", "flag": 1}, other.head)
    assert review.sync() == 2
    assert review.state.cells == other.state.cells
    other.close()


def test_decisions_belong_to_one_version_of_the_file(review, path):
    review.close()
    jsonl.dump(sample().with_(flags=()), path)
    with pytest.raises(InputError, match="another version"):
        open_review(path)


def test_bad_databases_and_folders_are_named_in_a_sentence(path, tmp_path):
    log_path(path).write_bytes(b"not a database, but long enough to look at" * 9)
    with pytest.raises(InputError, match="damaged"):
        open_review(path)
    log_path(path).unlink()
    sqlite3.connect(log_path(path)).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(InputError, match="not a file of review decisions"):
        open_review(path)
    log_path(path).unlink()
    log_path(path).mkdir()
    with pytest.raises(OutputError, match="cannot be opened"):
        open_review(path)


def test_texts_that_are_not_aligned_are_sent_to_the_aligner(tmp_path):
    jsonl.dump(sample().with_(beads=(), scores=None), tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="bitext align"):
        open_review(tmp_path / "x.jsonl")


def test_without_an_original_texts_are_reviewed_but_not_aligned(tmp_path):
    mirrored = sample()
    for bitext in (
        Bitext(mirrored.target, translations=mirrored.translations, flags=mirrored.flags),
        mirrored.with_(
            source=mirrored.target,
            origin="back-translation",
            beads=tuple(Bead(range(i, i + 1), range(i, i + 1), 1.0, 1.0) for i in range(8)),
            scores=None,
        ),
    ):
        path = tmp_path / f"{bitext.origin}.jsonl"
        jsonl.dump(bitext, path)
        review = open_review(path)
        do(review, "apply", flag=0)
        do(review, "check", bead=row(review, 0))
        with pytest.raises(Refused):
            do(review, "merge", bead=row(review, 0))
        assert review.state.bitext().target.segments[0].text.startswith("Silence")
        review.close()


def test_aligning_again_keeps_what_a_person_fixed(review):
    pytest.importorskip("numba")
    do(review, "merge", bead=row(review, 3))  # s4-6t3-5, a person's
    do(review, "check", bead=row(review, 0))
    for _ in range(2):  # spoil the rest, as an aligner might
        order = review.state.order()
        do(review, "merge", bead=order[-2])
    for key in review.state.order():
        if review.state.cells[key].get("fixed") and key != "bead:s4-6t3-5":
            do(review, "fix", bead=key, fixed=False)
    do(review, "realign", bead=row(review, 0))
    assert {"s0-1t0-1", "s4-6t3-5"} <= set(shapes(review))
    assert {"s7-8t6-7", "s8-9t7-8"} <= set(shapes(review))
    assert uncovered(review.state.bitext().beads, review.state.base.source, review.state.base.target) is None
    review.undo(review.head)
    assert "s7-8t6-7" not in shapes(review)


def test_a_chosen_back_translation_comes_from_what_was_offered(review):
    class Other:
        name = "other"

        def alternatives(self, text, n):
            from bitext.document import Translation

            return [Translation(f"{text} ({k})", -float(k)) for k in range(n)]

    review.assist._translator = Other()
    assert len(review.assist.alternatives(FRENCH[0][0])) == 5
    do(review, "back", segment=0, choice=3)
    assert review.state.translation(0).text == f"{FRENCH[0][0]} (3)"
    assert review.assist.bead_chrf(review.state, row(review, 0)) != 50.0
    assert not review.state.stale(0)
    do(review, "correct", segment=0, text="Silence du marché")
    assert review.state.stale(0)
    with pytest.raises(Refused, match="not on offer"):
        do(review, "back", segment=0, choice=3)  # of another text


DECIDING = st.tuples(
    st.sampled_from(
        [*("accept", "reject", "reopen", "apply", "correct", "check", "add-flag", "remove-flag"), "merge", "split"]
        + ["undo"] * 4
        + ["redo"] * 2
    ),
    st.integers(0, 30),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(DECIDING, max_size=25))
def test_the_figures_kept_up_are_those_counted_anew(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("r") / "bitext.jsonl"
    jsonl.dump(sample(), path)
    review = open_review(path)
    state = review.state
    tally = Tally(state)
    state.listener = tally.touch
    for what, n in steps:
        of = {
            "bead": row(review, n % len(state.order())),
            "segment": n % len(FRENCH),
            "text": f"{n} jours",
            "checked": n % 3 > 0,
            "flag": n % 8,
            "reason": "",
            **{"start": 0, "end": 3, "severity": "minor", "category": "style", "message": "odd"},
        }
        try:
            if what in ("undo", "redo"):
                getattr(review, what)(review.head)
            else:
                do(review, what, **of)
        except Refused:
            pass
        if n % 2:
            assert tally.counts() == Tally(state).counts()
    rows = [key for key in state.order() if counts_as_row(state, key)]
    assert tally.counts() == {
        "rows": len(rows),
        "checked": sum(map(state.checked, rows)),
        "corrected": sum(key.startswith("text:") for key in state.cells),
        "flags": len(state.flags()),
        "open": sum(state.flag(i).status == "open" for i in state.flags()),
    }
    review.close()


ALIGNING = st.tuples(
    st.sampled_from(["merge", "split", "shift", "fix", "undo", "redo"]),
    st.integers(0, 30),
    st.sampled_from(["next", "previous"]),
    st.sampled_from(["source", "target"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ALIGNING, max_size=25))
def test_beads_cover_both_sides_once_whatever_is_done(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("r") / "bitext.jsonl"
    jsonl.dump(sample(), path)
    review = open_review(path)
    for what, at, to, side in steps:
        key = row(review, at % len(review.state.order()))
        try:
            if what in ("undo", "redo"):
                getattr(review, what)(review.head)
            else:
                do(review, what, bead=key, side=side, to=to, **{"with": to})
        except Refused:
            pass
        bitext = review.state.bitext()
        assert uncovered(bitext.beads, bitext.source, bitext.target) is None
        for side_, size in (("source", len(ENGLISH)), ("target", len(FRENCH))):
            for i in range(size):
                assert i in getattr(review.state.bead(review.state.owner[side_, i]), side_)
        for key in review.state.order():
            bead = review.state.bead(key)
            assert key == bead_key(bead.source, bead.target)
    cells = dict(review.state.cells)
    review.close()
    again = open_review(path)
    assert again.state.cells == cells
    again.close()
