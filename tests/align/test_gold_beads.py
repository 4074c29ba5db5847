"""Gold files and scores, in the convention of Vecalign's scorer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.align.gold import GoldBead, format_beads, read_beads, score_beads, write_beads
from bitext.document import Bead
from bitext.errors import FormatError, InputError

GOLD: list[GoldBead] = [((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((4,), (2, 3)), ((), (4,))]


def test_a_perfect_alignment_scores_one() -> None:
    f = score_beads([(GOLD, GOLD)])
    assert (f.strict_f1, f.lax_f1) == (1, 1)
    assert (f.beads, f.gold_beads) == (5, 3)  # recall leaves out beads with an empty side


def test_counts_by_hand() -> None:
    # right: (0,0); overlaps gold: (1,1) and (4,2); wrong: (2,-), (3,-), (-,3), (-,4) is right as an insertion
    found: list[GoldBead] = [
        ((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), ()), ((4,), (2,)), ((), (3,)), ((), (4,)),
    ]  # fmt: skip
    f = score_beads([(GOLD, found)])
    assert f.strict_precision == pytest.approx(3 / 7)  # 0-0, 3-, -4
    assert f.strict_recall == pytest.approx(1 / 3)
    assert f.lax_precision == pytest.approx(5 / 7)
    assert f.lax_recall == 1


def test_documents_are_counted_together() -> None:
    one = [((0,), (0,))]
    two: list[GoldBead] = [((i,), (i,)) for i in range(3)]
    wrong: list[GoldBead] = [((0,), ()), ((), (0,))]
    assert score_beads([(one, wrong), (two, two)]).strict_precision == pytest.approx(3 / 5)


def test_beads_of_documents_and_of_files_are_alike(tmp_path: Path) -> None:
    beads = [Bead(range(0, 1), range(0, 2)), Bead(range(1, 2), range(2, 2))]
    file = tmp_path / "x.align"
    write_beads(beads, file)
    assert file.read_text() == "0\t0,1\n1\t\n"
    assert score_beads([(read_beads(file), beads)]).strict_f1 == 1


SIDE = st.lists(st.integers(0, 99), max_size=3)


@given(st.lists(st.tuples(SIDE, SIDE), min_size=1).filter(lambda rows: any(s or t for s, t in rows)))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    beads: list[GoldBead] = [(tuple(s), tuple(t)) for s, t in rows]
    file = tmp_path_factory.mktemp("beads") / "x.align"
    file.write_text(format_beads(beads), encoding="utf-8")
    assert read_beads(file) == [b for b in beads if b[0] or b[1]]


@pytest.mark.parametrize("line", ["1", "a\tb", "1\t2\t3", "-1\t2", "1 2\t3"])
def test_a_line_that_is_no_bead_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.align"
    file.write_text(f"0\t0\n{line}\n")
    with pytest.raises(FormatError, match="line 2: is not a bead"):
        read_beads(file)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_beads(tmp_path / "none.align")


def test_no_beads_score_zero() -> None:
    assert score_beads([([], [])]).strict_f1 == 0


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_beads_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "empty.align"
    file.write_text(text)
    with pytest.raises(FormatError, match=r"empty\.align.*holds no beads"):
        read_beads(file)
