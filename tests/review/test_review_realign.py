"""Aligning again while people go on: one decision or none, around what they change, in a process of its own."""

import json
import pickle
import re
import signal
import subprocess
import sys
import time

import pytest
from review_samples import long_sample, sample

from bitext.formats import jsonl
from bitext.formats.jsonl_read import uncovered
from bitext.review.actions import Refused
from bitext.review.realign import find, plan_from
from bitext.review.session import open_review
from bitext.review.state import State
from bitext.review.work import _COMMAND, Aligning

pytest.importorskip("numba")


def do(review, what, **values):
    return review.do({"do": what, **values}, review.head)


def shapes(review):
    return [key.removeprefix("bead:") for key in review.state.order()]


def fake(body):
    """A command in place of the aligner's, with `source`, `target`, `stretches` read and `answer` to be written."""
    code = "import pickle, sys, json, time, os; source, target, stretches = pickle.load(sys.stdin.buffer)\n"
    return [sys.executable, "-c", code + body]


JOINED = """
found = [[{"source": [s.source[0], s.source[-1] + 1], "target": [s.target[0], s.target[-1] + 1], "score": 0.5,
    "confidence": 0.5, "evidence": []}] for s in stretches if s.source and s.target]
print(json.dumps({"found": found}))
"""
"""Every stretch one bead; for texts whose stretches have both sides."""


@pytest.fixture
def aligning(review):
    found = Aligning(review)
    yield found
    found.close()


def over(aligning):
    """Wait until it is over; what is said then."""
    deadline = time.monotonic() + 600  # an aligner that was never used here is compiled first, for minutes if need be
    while aligning.news["running"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return aligning.news


def spoil(review):
    """Join two rows as an aligner might."""
    do(review, "merge", bead=review.state.order()[-2])
    do(review, "fix", bead=review.state.order()[-1], fixed=False)


def test_the_answer_comes_before_the_work_and_the_work_is_one_decision(review, aligning):
    spoil(review)
    before, head = shapes(review), review.head
    news = aligning.begin({"do": "realign", "bead": review.state.order()[0]})
    assert news["running"] and news["said"].startswith("Aligning 8 rows again.")
    assert (review.head, shapes(review)) == (head, before)
    news = over(aligning)
    assert news["good"] and re.fullmatch(r"Aligned again: \d+ new rows? from 8\. Undo takes it back\.", news["said"])
    assert review.head == head + 1
    assert {"s7-8t6-7", "s8-9t7-8"} <= set(shapes(review))
    assert uncovered(review.state.bitext().beads, review.state.base.source, review.state.base.target) is None
    review.undo(review.head)
    assert shapes(review) == before


def test_the_other_process_finds_what_this_one_would(review, aligning):
    plan = plan_from(review.state, ("target", 0))
    base = review.state.base
    here = find(base.source, base.target, plan.stretches, review.assist.lexicon())
    assert aligning._align(plan.stretches) == here


class Held:
    """An aligner that waits until it may go on, and counts how often it was asked for what."""

    def __init__(self, review, folder):
        self.go, self.asked = folder / "go", folder / "asked"
        self.command = fake(
            f"open({str(self.asked)!r}, 'a').write(f'{{[(s.source, s.target) for s in stretches]}}\\n')\n"
            f"while not os.path.exists({str(self.go)!r}): time.sleep(0.02)\n" + JOINED
        )

    def stretches(self):
        return [eval(line) for line in self.asked.read_text().splitlines()] if self.asked.exists() else []


def held(review, aligning, folder, bead):
    found = Held(review, folder)
    aligning.command = found.command
    aligning.begin({"do": "realign", "bead": bead})
    deadline = time.monotonic() + 60
    while not found.stretches():
        assert time.monotonic() < deadline and aligning.news["running"], aligning.news
        time.sleep(0.02)
    return found


def test_a_row_that_a_person_mends_meanwhile_stays_and_the_rest_is_aligned_around_it(review, aligning, tmp_path):
    aligner = held(review, aligning, tmp_path, "bead:s0-1t0-1")
    do(review, "merge", bead="bead:s3-4t2-3")  # s3-5t2-4: a person's
    aligner.go.touch()
    news = over(aligning)
    assert shapes(review) == ["s0-3t0-2", "s3-5t2-4", "s5-9t4-8"]
    assert "around what was changed meanwhile" in news["said"]
    whole, around = aligner.stretches()
    assert whole == [(tuple(range(9)), tuple(range(8)))]
    assert around == [((0, 1, 2), (0, 1)), ((5, 6, 7, 8), (4, 5, 6, 7))]
    review.undo(review.head)  # the alignment, as one; the person's row is another decision
    assert "s3-5t2-4" in shapes(review) and "s0-1t0-1" in shapes(review)


def test_only_the_stretches_that_a_change_touches_are_aligned_once_more(review, aligning, tmp_path):
    do(review, "fix", bead="bead:s3-4t2-3")
    aligner = held(review, aligning, tmp_path, "bead:s0-1t0-1")
    do(review, "check", bead="bead:s8-9t7-8")  # a row checked meanwhile is an anchor too
    aligner.go.touch()
    over(aligning)
    assert shapes(review) == ["s0-3t0-2", "s3-4t2-3", "s4-8t3-7", "s8-9t7-8"]
    assert aligner.stretches()[1] == [((4, 5, 6, 7), (3, 4, 5, 6))]


def test_what_is_decided_elsewhere_meanwhile_makes_no_difference(review, aligning, tmp_path):
    aligner = held(review, aligning, tmp_path, "bead:s3-4t2-3")
    do(review, "accept", flag=0)
    do(review, "correct", segment=4, text="Autre chose.")
    do(review, "fix", bead="bead:s0-1t0-1")
    aligner.go.touch()
    assert "meanwhile" not in over(aligning)["said"]
    assert len(aligner.stretches()) == 1
    assert review.head == 4 and review.state.text(4) == "Autre chose."


def test_the_place_is_kept_where_its_row_is_joined_with_another(review, aligning, tmp_path):
    aligner = held(review, aligning, tmp_path, "bead:s3-4t2-3")
    do(review, "merge", bead="bead:s3-4t2-3", **{"with": "previous"})
    aligner.go.touch()
    over(aligning)
    assert shapes(review) == ["s0-1t0-1", "s1-4t1-3", "s4-9t3-8"]


def test_rows_that_never_stand_still_are_left_alone_and_it_is_said(review, aligning):
    def busy(stretches):
        key = next(k for k in review.state.order() if k.endswith("t7-8"))
        do(review, "fix", bead=key, fixed=not review.state.cells[key].get("fixed"))
        return [[] for _ in stretches]

    with pytest.raises(Refused, match="again and again"):
        review.realign({"do": "realign", "bead": "bead:s0-1t0-1"}, align=busy)
    assert "s0-1t0-1" in shapes(review)


def test_two_at_once_are_refused_in_a_sentence(review, aligning, tmp_path):
    aligner = held(review, aligning, tmp_path, "bead:s3-4t2-3")
    with pytest.raises(Refused, match="already; wait until that is done, or cancel"):
        aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    aligner.go.touch()
    over(aligning)
    aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})  # and then another can begin
    assert over(aligning)["good"]
    assert shapes(review) == ["s0-9t0-8"]


def test_cancelling_ends_the_process_and_leaves_everything(review, aligning, tmp_path):
    held(review, aligning, tmp_path, "bead:s0-1t0-1")
    process, before = aligning._process, dict(review.state.cells)
    news = aligning.cancel()
    assert (news["running"], news["good"]) == (False, True) and "Cancelled" in news["said"]
    aligning._thread.join(20)
    assert process.poll() is not None
    assert (review.head, review.state.cells) == (0, before)
    assert aligning.news == news  # nothing is said after that
    with pytest.raises(Refused, match="No rows are being aligned"):
        aligning.cancel()


@pytest.mark.parametrize(
    "body, said",
    [
        (
            "print(json.dumps({'error': 'there is not enough memory'}))",
            "(there is not enough memory); they are as they were.",
        ),
        ("sys.exit(3)", "the aligner ended with 3; they are as they were."),
        ("os.kill(os.getpid(), 9)", "the aligner ended by SIGKILL; they are as they were."),
        ("print('half of an ans')", "the aligner ended with 0; they are as they were."),
    ],
)
def test_a_failure_is_one_sentence_and_changes_nothing(review, aligning, body, said):
    aligning.command = fake(body)
    aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    news = over(aligning)
    assert not news["good"] and news["said"].endswith(said)
    assert review.head == 0
    aligning.command = fake(JOINED)  # and it can be tried again
    aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    assert over(aligning)["good"]


def test_an_error_of_the_aligner_is_told(review, aligning):
    raising = "; import bitext.align as a; a.align = lambda *x, **y: 1 / 0; "
    aligning.command = [*_COMMAND[:3], _COMMAND[3].replace("; from", f"{raising}from"), _COMMAND[4]]
    aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    assert "(ZeroDivisionError: division by zero)" in over(aligning)["said"]


def test_what_cannot_be_aligned_is_refused_at_once(review, aligning):
    with pytest.raises(Refused, match="not there"):
        aligning.begin({"do": "realign", "bead": "bead:s0-7t0-9"})
    for key in review.state.order():
        do(review, "check", bead=key)
    with pytest.raises(Refused, match="fixed or checked"):
        aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    assert aligning.news["number"] == 0


def test_closing_the_review_ends_it(review, aligning, tmp_path):
    held(review, aligning, tmp_path, "bead:s0-1t0-1")
    process = aligning._process
    aligning.close()
    assert process.poll() is not None and not aligning.news["running"]
    assert review.head == 0


def test_the_process_ends_when_its_server_is_gone(review):
    code = "import bitext.align as a, time; a.align = lambda *x, **y: time.sleep(99)\n"
    command = [*_COMMAND[:3], _COMMAND[3].replace("; from", f"\n{code}from"), _COMMAND[4]]
    base, stretches = review.state.base, plan_from(review.state, ("target", 0)).stretches
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pickle.dump((base.source, base.target, stretches), process.stdin)
    process.stdin.close()  # the system does this for a server that dies
    assert process.wait(60) == 1
    assert process.stdout.read() == b""
    process.stdout.close()


def test_many_checked_rows_are_planned_for_in_little_work(tmp_path):
    jsonl.dump(long_sample(), tmp_path / "long.jsonl")
    review = open_review(tmp_path / "long.jsonl")
    cells = {f"checked:t{j}": (None, True) for j in range(2000) if j % 2}
    review.state.apply(cells, 1)
    started = time.process_time()
    plan = plan_from(review.state, ("target", 0))
    assert len(plan.stretches) == len(plan.old) == 1000 and plan.kept == 1000
    assert [s.source for s in plan.stretches] == [(j,) for j in range(0, 2000, 2)]
    assert time.process_time() - started < 2  # quadratic work would take far longer
    review.close()


def test_a_bead_that_is_found_again_stays_as_it_came(review, aligning):
    aligning.command = fake(
        "print(json.dumps({'found': [[{'source': b, 'target': t, 'score': 0.7, 'confidence': c, 'evidence': []}"
        " for b, t, c in [([6, 7], [0, 0], 0.9), ([7, 8], [6, 7], 0.92), ([8, 9], [7, 8], 0.4)]]]}))"
    )
    state = review.state
    aligning.begin({"do": "realign", "bead": "bead:s6-7t"})
    said = "Aligned again: all rows stay; the confidence of 1 row has changed. Undo takes it back."
    assert over(aligning)["said"] == said
    base = State(review.state.base).cells
    assert state.cells["bead:s7-8t6-7"] == base["bead:s7-8t6-7"]
    assert state.cells["bead:s8-9t7-8"]["confidence"] == 0.4  # it is less sure now: that is news


SIGKILLED = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")


@SIGKILLED
@pytest.mark.slow
def test_a_kill_while_rows_are_aligned_leaves_no_decision_or_the_whole_one(tmp_path):
    from test_review_durability import Server

    path = tmp_path / "bitext.jsonl"
    jsonl.dump(sample(), path)
    seen = set()
    for after in (0.0, 0.5, 6.0, None):  # None: when it is done
        server = Server(path)
        head = server.head
        status, found = server.post("/do", do="realign", bead=first_row(server))
        assert status == 202 and found["work"]["running"] and found["head"] == head
        deadline = time.monotonic() + (60 if after is None else after)
        while time.monotonic() < deadline and changed(server) == head:
            time.sleep(0.05)
        server.kill()
        review = open_review(path)
        events = [e for e in review.log.after(head) if e.seq > head]
        assert len(events) <= 1 and all(e.action["do"] == "realign" and e.patch for e in events)
        assert uncovered(review.state.bitext().beads, review.state.base.source, review.state.base.target) is None
        seen.add(len(events))
        review.close()
    assert 0 in seen


def changed(server):
    server.http.request("GET", "/changes?since=0", headers=server.headers)
    return json.loads(server.http.getresponse().read())["head"]


def first_row(server):
    server.http.request("GET", "/", headers=server.headers)
    return re.search(r'id="(bead:[^"]+)"', server.http.getresponse().read().decode())[1]
