"""Figures, signatures and intervals are those of the sacrebleu command on the same files."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.errors import BitextError, InputError
from bitext.score import available, register, score
from bitext.score.bootstrap import bootstrap, resample, totals_to_scores
from bitext.score.metrics import build, statistics
from bitext.score.plugins import External, _registered

REFERENCE = [
    "The council met on Monday to discuss the budget for 2024.",
    "No one was hurt, the police said.",
    "Where did they go after the concert?",
    "Prices rose by 3.5 percent in the north and by 12 percent in the south.",
    "“We will not give up,” she told the paper.",
    "Rain is expected until the weekend.",
    "The old bridge – built in 1893 – was closed for repairs.",
]
SECOND = [
    "On Monday, the council met to talk about the 2024 budget.",
    "Nobody was injured, police said.",
    "Where did they go when the concert was over?",
    "In the north prices went up 3.5%, in the south 12%.",
    "“We won't give up,” she told the newspaper.",
    "It is expected to rain until the weekend.",
    "The old bridge (built in 1893) was closed for repair.",
]
HYPOTHESIS = [
    "The council met Monday to discuss the 2024 budget.",
    "No one was injured, police said.",
    "Where have they gone after the concert?",
    "Prices increased by 3.5 percent in the north and 12 percent in the south.",
    "“We will not give up”, she said to the newspaper.",
    "",
    "The old bridge, built in 1893, was closed for repair work.",
]


def command(tmp_path, hypotheses, references, *options, seed=None):
    names = []
    for i, lines in enumerate([hypotheses, *references]):
        path = tmp_path / f"{i}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        names.append(str(path))
    env = dict(os.environ) | ({} if seed is None else {"SACREBLEU_SEED": str(seed)})
    run = subprocess.run(
        [sys.executable, "-m", "sacrebleu", *names[1:], "-i", names[0], "-w", "6", *options],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    found = json.loads(run.stdout)
    return {m["name"]: m for m in (found if isinstance(found, list) else [found])}


@pytest.mark.parametrize("references", [[REFERENCE], [REFERENCE, SECOND]], ids=["one", "two"])
@pytest.mark.parametrize("lowercase", [False, True])
def test_figures_and_signatures_are_the_commands(tmp_path, references, lowercase):
    case = ["--lowercase", "--chrf-lowercase"] if lowercase else []
    theirs = command(tmp_path, HYPOTHESIS, references, "-m", "bleu", "chrf", "ter", *case)
    theirs |= command(tmp_path, HYPOTHESIS, references, "-m", "chrf", "--chrf-word-order", "2", *case)
    ours = score(HYPOTHESIS, references, ("bleu", "chrf", "chrf++", "ter"), lowercase=lowercase)
    assert [m.name for m in ours.metrics] == ["BLEU", "chrF2", "chrF2++", "TER"]
    for m in ours.metrics:
        assert m.value == pytest.approx(theirs[m.name]["score"], abs=6e-7)
        assert m.signature == theirs[m.name]["signature"]
        assert m.interval is None


def test_intervals_are_the_commands(tmp_path):
    options = ["-m", "bleu", "chrf", "ter", "--confidence", "--confidence-n", "200"]
    theirs = command(tmp_path, HYPOTHESIS, [REFERENCE], *options, seed=77)
    for m in score(HYPOTHESIS, REFERENCE, confidence=True, samples=200, seed=77).metrics:
        low, high = m.interval
        assert (low + high) / 2 == pytest.approx(theirs[m.name]["confidence_mean"], abs=1e-4)
        assert (high - low) / 2 == pytest.approx(theirs[m.name]["confidence_var"], abs=1e-4)
        assert m.signature == theirs[m.name]["signature"]
        assert "bs:200|seed:77" in m.signature


def test_every_line_has_its_chrf():
    import sacrebleu

    ours = score(HYPOTHESIS, REFERENCE, ["bleu"])
    assert list(ours.beads) == list(range(len(HYPOTHESIS)))
    for i, (h, r) in enumerate(zip(HYPOTHESIS, REFERENCE, strict=True)):
        assert ours.beads[i] == pytest.approx(sacrebleu.sentence_chrf(h, [r]).score)


line = st.lists(st.sampled_from(["a", "b", "c", "d", "e", ".", ",", "the", "of"]), max_size=8).map(" ".join)
texts = st.lists(st.tuples(line, line), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(texts, st.integers(0, 10_000), st.sampled_from(["bleu", "chrf", "chrf++", "ter"]))
def test_bootstrap_equals_sacrebleus_on_any_text(pairs, seed, name):
    from sacrebleu.significance import _bootstrap_resample, estimate_ci

    hyps, refs = [p[0] for p in pairs], [p[1] for p in pairs]
    metric = build(name, [refs])
    stats = statistics(metric, hyps)
    before = os.environ.get("SACREBLEU_SEED")
    os.environ["SACREBLEU_SEED"] = str(seed)
    try:
        _, scores = _bootstrap_resample(stats.rows, metric, 50)
    finally:
        os.environ.pop("SACREBLEU_SEED")
        if before is not None:
            os.environ["SACREBLEU_SEED"] = before
    theirs = np.array([s.score for s in scores])
    assert totals_to_scores(metric, resample(stats.array, 50, seed)) == pytest.approx(theirs, abs=1e-4)
    mean, half = estimate_ci(theirs)
    ours = bootstrap(metric, stats.array, 50, seed)
    assert (ours.mean, ours.half) == pytest.approx((mean, half), abs=1e-4)


def test_drawing_in_pieces_changes_nothing(monkeypatch):
    stats = np.random.default_rng(1).integers(0, 9, (13, 4))
    whole = resample(stats, 40, 5)
    monkeypatch.setattr("bitext.score.bootstrap._CHUNK", 40)
    assert (resample(stats, 40, 5) == whole).all()


def test_an_unusual_smoothing_is_computed_row_by_row():
    from sacrebleu.metrics import BLEU

    metric = BLEU(smooth_method="floor", references=[REFERENCE])
    stats = statistics(metric, HYPOTHESIS)
    totals = resample(stats.array, 5, 1)
    expected = [metric._compute_score_from_stats(list(t)).score for t in totals]
    assert totals_to_scores(metric, totals) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("hyps", "refs", "said"),
    [
        ([], ["a"], "no hypotheses"),
        (["a"], ["a", "b"], "1 lines and the reference has 2"),
        (["a", "b"], [["a", "b"], ["a"]], "reference 2 has 1"),
        (["", " "], ["a", "b"], "all hypotheses are empty"),
        (["a", "b"], ["", ""], "all references are empty"),
    ],
)
def test_what_cannot_be_scored_is_said(hyps, refs, said):
    with pytest.raises(InputError, match=said) as e:
        score(hyps, refs)
    assert str(e.value).count(".") == 1


def test_unknown_names_are_said():
    with pytest.raises(BitextError, match="no metric 'rouge'"):
        score(["a"], ["a"], ["rouge"])
    with pytest.raises(BitextError, match="no tokenizer 'xyz'"):
        score(["a"], ["a"], tokenize="xyz")
    with pytest.raises(BitextError, match="no metric was asked"):
        score(["a"], ["a"], [])
    with pytest.raises(BitextError, match="give no interval"):
        score(["a"], ["a"], confidence=True, samples=1)
    with pytest.raises(BitextError, match="sequence of lines"):
        score(["a"], "a")


def test_a_plugin_is_called_with_everything_and_its_failure_is_one_sentence():
    def length(hyps, refs, sources):
        return External("len", sum(map(len, hyps)) / sum(map(len, sources)), signature="mine:1")

    register("Len", length)
    register("broken", lambda *_: 1 / 0)
    try:
        assert "len" in available()
        m = score(["abcd"], ["x"], ["len"], sources=["ab"]).metrics[0]
        assert (m.name, m.value, m.signature) == ("len", 2.0, "mine:1")
        with pytest.raises(BitextError, match="broken failed: ZeroDivisionError"):
            score(["abcd"], ["x"], ["broken"])
    finally:
        _registered.clear()


def test_scoring_loads_no_model_library():
    code = (
        "import sys; from bitext.score import score; score(['a b'], ['a b']);"
        "bad = {'torch', 'transformers', 'ctranslate2', 'numba'} & set(sys.modules); sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_line_without_end_is_refused_for_ter_only():
    long = "word " * 20_000
    with pytest.raises(InputError, match="segment 2 has 20,000 words and its reference 20,000, too many for TER"):
        score(["a", long], ["a", long])
    assert score(["a", long], ["a", long], ["bleu"]).metrics[0].value == pytest.approx(100)


def test_a_tokenizer_that_is_not_installed_is_one_sentence():
    with pytest.raises(BitextError, match=r"^[^\n]*ja cannot be used \([^\n]*score with chrf\.$"):
        score(["a"], ["a"], ["bleu"], lang="ja")
