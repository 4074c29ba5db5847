"""Paired tests give the command's p-values for the same seed; views count what they say they count."""

import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from bitext.document import Bead, Bitext, Document, Translation
from bitext.errors import BitextError, InputError
from bitext.score import buckets, compare, ngram_differences, score, view, view_texts

SUBJECTS = [f"{a} {b}" for a in ("old", "small", "red") for b in ("cat", "dog", "horse")]
REFERENCE = [f"The {s} {v} in room {n}." for n, s in enumerate(SUBJECTS) for v in ("sleeps", "eats bread", "waits")]
GOOD = [r if i % 3 else r.replace("The", "A") for i, r in enumerate(REFERENCE)]
CLOSE = [r if i % 4 != 1 else r.replace("in room", "in the room") for i, r in enumerate(REFERENCE)]
BAD = [r.replace("The", "This").replace("in", "inside the") if i % 4 else "" for i, r in enumerate(REFERENCE)]


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_p_values_are_the_commands(tmp_path, test):
    systems = {"good": GOOD, "close": CLOSE, "bad": BAD}
    for name, lines in [("ref", REFERENCE), *systems.items()]:
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    options = ["-m", "bleu", "chrf", "ter", f"--paired-{test}", f"--paired-{test}-n", "300", "-f", "text", "-w", "5"]
    run = subprocess.run(
        [sys.executable, "-m", "sacrebleu", "ref", "-i", *systems, *options, "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ) | {"SACREBLEU_SEED": "4711"},
    )
    before = os.environ.get("SACREBLEU_SEED")
    ours = compare(systems, REFERENCE, test=test, samples=300, seed=4711)
    assert os.environ.get("SACREBLEU_SEED") == before
    assert ours.systems == ("good", "close", "bad")
    table = [line.split("│")[2:-1] for line in run.stdout.splitlines() if line.startswith("│")][1:]
    scores = [row for row in table if "p =" not in row[0]]
    p_values = [row for row in table if "p =" in row[0]]
    for column, (metric, rows) in enumerate(ours.results.items()):
        assert [r.p_value is None for r in rows] == [True, False, False]
        for i, row in enumerate(rows):
            theirs = [float(x) for x in re.findall(r"\d+\.\d+", scores[i][column])]
            figures = [row.score] + ([row.mean, row.half] if test == "bs" else [])
            assert figures == pytest.approx(theirs, abs=2e-4)
            if i:
                assert f"(p = {row.p_value:.4f})" in p_values[i - 1][column]
        assert f"{metric} " in run.stdout and ours.signatures[metric] in run.stdout
    assert any(0.05 < rows[1].p_value < 0.95 for rows in ours.results.values())


def test_the_smallest_difference_is_said():
    ours = compare({"good": GOOD, "bad": BAD}, REFERENCE, ["bleu"], samples=100)
    row = ours.results["BLEU"][1]
    assert row.smallest_difference > 0
    assert any(f"under {row.smallest_difference:.1f} BLEU" in n for n in ours.notes)
    same = compare({"a": GOOD, "b": list(GOOD)}, REFERENCE, ["bleu"], samples=100)
    assert same.results["BLEU"][1].smallest_difference == 0
    assert "b and a are identical." in same.notes
    # a false rejection needs a difference of nothing to look large
    assert same.results["BLEU"][1].p_value == pytest.approx(1 / 101)


def test_what_cannot_be_compared_is_said():
    with pytest.raises(BitextError, match="at least two"):
        compare({"a": GOOD}, REFERENCE)
    with pytest.raises(InputError, match="b: the hypotheses have 26 lines"):
        compare({"a": GOOD, "b": GOOD[1:]}, REFERENCE)
    with pytest.raises(BitextError, match="no test 't'"):
        compare({"a": GOOD, "b": BAD}, REFERENCE, test="t")
    with pytest.raises(BitextError, match="seed of 0 gives no reproducible test"):
        compare({"a": GOOD, "b": BAD}, REFERENCE, seed=0)
    with pytest.raises(BitextError, match="cannot be tested"):
        compare({"a": GOOD, "b": BAD}, REFERENCE, ["comet"])


def test_buckets_part_the_segments_and_are_scored_by_themselves():
    refs = ["It rained.", "On 3 May we met Anna Klein.", "There was nothing left to eat in the whole of the house."]
    hyps = ["It was raining.", "We met Anna Klein on 3 May.", "Nothing to eat was left in the house."]
    found = buckets(hyps, refs, labels={"kind": ["heading", "sentence", "sentence"]})
    for by in ("length", "numbers", "names", "rare words", "kind"):
        assert sorted(i for b in found if b.by == by for i in b.members) == [0, 1, 2]
    at = {(b.by, b.label): b for b in found}
    assert at["numbers", "with numbers"].members == (1,)
    assert at["names", "with names"].members == (1,)
    assert at["length", "1–5 words"].members == (0,)
    assert [b.label for b in found if b.by == "length"] == ["1–5 words", "6–10 words", "11–20 words"]
    alone = score([hyps[1], hyps[2]], [refs[1], refs[2]], ["bleu", "chrf"])
    assert at["kind", "sentence"].bleu == alone.metrics[0].value
    assert at["kind", "sentence"].chrf == pytest.approx(alone.metrics[1].value)
    with pytest.raises(BitextError, match="grouped by 'mood'"):
        buckets(hyps, refs, ["mood"])
    with pytest.raises(BitextError, match="1 labels of kind for 3"):
        buckets(hyps, refs, labels={"kind": ["x"]})


def test_best_and_worst():
    seen = view_texts(BAD, REFERENCE, count=3)
    best, worst = seen.best, seen.worst
    assert [e.index for e in worst] == [0, 4, 8]
    assert all(e.chrf == 0 for e in worst)
    assert best[0].chrf >= best[1].chrf >= best[2].chrf > 50


def test_ngram_differences_are_clipped_matches():
    ours, theirs = ngram_differences(["the cat", "a a"], ["the dog", "a b"], ["the cat", "a b"], order=2)
    assert {d.ngram: (d.a, d.b) for d in ours} == {("the", "cat"): (1, 0)}  # and not "cat" again
    assert {d.ngram: (d.a, d.b) for d in theirs} == {("a", "b"): (0, 1)}
    assert ours[0].ngram == ("the", "cat") and ours[0].lean == pytest.approx(2 / 3)
    with pytest.raises(BitextError, match="as many lines"):
        ngram_differences(["a"], ["a", "b"], ["a"])


def test_the_view_of_a_bitext_speaks_of_beads():
    target = Document.from_lines(["Un chat.", "Ajout.", "Deux chiens dorment."], "fr")
    source = Document.from_lines(["One cat.", "Two dogs sleep."], "en")
    back = tuple(Translation(t) for t in ("A cat.", "Added.", "Two dogs sleep."))
    beads = (
        Bead(range(0, 1), range(0, 1)),
        Bead(range(1, 1), range(1, 2)),
        Bead(range(1, 2), range(2, 3)),
    )
    bitext = Bitext(target, source, translations=back, beads=beads)
    seen = view(bitext)
    assert [e.index for e in seen.best] == [2, 0] and [e.index for e in seen.worst] == [0, 2]
    counts = Counter(b.by for b in seen.buckets)
    assert set(counts) == {"length", "numbers", "names", "rare words", "kind", "shape"}
    assert next(b for b in seen.buckets if b.by == "shape").members == (0, 2)
    assert json.loads(json.dumps(seen.to_dict()))["worst"][0]["hypothesis"] == "A cat."
