"""How much of two texts has no partner, and what that does to the search."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import align, model
from bitext.align.aligner import gather
from bitext.align.band import full
from bitext.align.evidence import Pair
from bitext.align.missing import rarity, shift, with_words
from bitext.align.names import shapes
from bitext.align.prepare import Layout, prepare

SOURCE = [
    "The harbour was empty that morning.",
    "Two men unloaded crates of oranges.",
    "- .. -",
    "A gull stood on the mast and watched them.",
    "Nobody had paid for the oranges yet.",
]
TARGET = [
    "Le port était vide ce matin-là.",
    "Deux hommes déchargeaient des caisses d'oranges.",
    "Une mouette, debout sur le mât, les regardait.",
    "Personne n'avait encore payé les oranges.",
]
ENGLISH = [
    "The harbour was empty this morning.",
    "Two men unloaded crates of oranges.",
    "A gull standing on the mast looked at them.",
    "No one had yet paid the oranges.",
]


def words(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    return np.ones(n, bool), np.ones(m, bool)


def test_longer_texts_without_gaps_say_more() -> None:
    found = [rarity([(i, i + 1, i, i + 1) for i in range(n)], words(n, n)) for n in (1, 10, 100, 1000)]
    assert all(a > b for a, b in pairwise(found))
    assert -0.2 < found[0] < 0 and found[-1] < -3


def test_much_missing_is_never_expected_but_can_be_told() -> None:
    path = [(i, i + 1, i // 2, i // 2 + i % 2) for i in range(100)]  # every other source segment stands alone
    assert rarity(path, words(100, 50)) == 0
    assert rarity(path, words(100, 50), np.inf) > 2


def test_only_words_count() -> None:
    path = [(i, i + 1, i, i + 1) for i in range(50)] + [(i, i + 1, 50, 50) for i in range(50, 60)]
    s, t = words(60, 50)
    some = rarity(path, (s, t), np.inf)
    s[50:] = False
    assert rarity(path, (s, t), np.inf) < -1 < 0 < some


def test_a_segment_of_signs_has_no_words() -> None:
    pair = Pair(SOURCE, TARGET, "en", "fr")
    weights = model.load("translation")
    ready = prepare(pair, gather(pair, None, ENGLISH, None, None), (Layout.flat(5), Layout.flat(4)), weights)
    s, t = with_words(ready.view(ready.band(None)))
    assert s.tolist() == [True, True, False, True, True]
    assert t.all()


@settings(deadline=None)  # the first call compiles
@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_shift_touches_lone_segments_with_words_only(n: int, m: int, data: st.DataObject) -> None:
    s = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    t = np.array(data.draw(st.lists(st.booleans(), min_size=m, max_size=m)))
    band, shape = full(n, m), shapes(4)
    score = np.zeros((band.size, len(shape)), np.float32)
    shift(score, band, (s, t), -1.5)
    for i in range(n + 1):
        for j in range(m + 1):
            row = score[band.at[i] + j - band.low[i]]
            assert row[0] == (-1.5 if i and s[i - 1] else 0)
            assert row[1] == (-1.5 if j and t[j - 1] else 0)
            assert not row[2:].any()


def test_scores_and_evidence_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = model.load("translation")
    source = [f"{x} It was day {i}." for i in range(12) for x in SOURCE[:2]] + ["Something else altogether was said."]
    target = [f"{x} C'était le jour {i}." for i in range(12) for x in TARGET[:2]]
    back = [f"{x} It was day {i}." for i in range(12) for x in ENGLISH[:2]]
    scores = []
    for missing in (0.0, 2.0):
        monkeypatch.setattr(weights, "missing", missing)
        found = align(source, target, target_translation=back, explain=True)
        for b in found:
            assert sum(v for _, v in b.evidence) == pytest.approx(b.score, abs=0.02)
        (lone,) = [b for b in found if not b.target]
        assert list(lone.source) == [24]
        scores.append(lone.score)
        exact = align(source, target, target_translation=back, exact=True)
        assert [(b.source, b.target) for b in exact] == [(b.source, b.target) for b in found]
    # one alone of 49 segments, drawn towards 3 % with the weight of 20
    share = (1 + 0.6) / (49 + 20)
    expected = 2 * (np.log(share / (1 - share)) - np.log(0.03 / 0.97))
    assert scores[1] - scores[0] == pytest.approx(expected, abs=0.01)
