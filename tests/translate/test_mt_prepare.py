"""Cleaning, passing by, splitting and joining, batching: nothing lost, order kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.translate.batching import batches, windows
from bitext.translate.prepare import around_endless, clean, join, split, untranslatable

ODD = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates and NUL among them


@given(ODD)
def test_clean_gives_one_encodable_line(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned and "\n" not in cleaned and cleaned == cleaned.strip() and "  " not in cleaned
    assert clean(cleaned) == cleaned


def test_clean_keeps_letters_and_signs() -> None:
    assert clean("L’œuvre\u00a0:\n\t«\u202fcœur\u202f» — 12,5\u00a0% 🎉") == "L’œuvre : « cœur » — 12,5 % 🎉"
    assert clean("ca\u00adpitaine\ud83d") == "capitaine�"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "****", "➡️", "— 12 % —", "https://exemple.fr/page?x=1", "@handle", "@un_nom #mot", "www.exemple.fr",
        "a.b@exemple.org", "2019-2020", "x" * 500, "exemple.com/Nom",
    ],
)  # fmt: skip
def test_nothing_to_translate(text: str) -> None:
    assert untranslatable(text)


@pytest.mark.parametrize("text", ["Oui", "(Image : @nom/Twitter)", "12 francs", "Voir https://exemple.fr", "é"])
def test_something_to_translate(text: str) -> None:
    assert not untranslatable(text)


def words(texts: list[str]) -> list[int]:
    """A stand-in for the tokeniser: three characters are a token."""
    return [(len(t) + 2) // 3 for t in texts]


@given(st.text("abc ,.;:!?«»()-é", max_size=400).map(clean), st.integers(2, 40))
def test_split_loses_nothing_and_keeps_the_limit(text: str, limit: int) -> None:
    pieces = split(text, limit, words)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(n <= limit for n in words(pieces))
    assert all(pieces) or pieces == [text]


def test_split_prefers_sentences_then_clauses() -> None:
    text = "Le premier point est clair. Le second, plus long, demande du temps et de la patience."
    assert split(text, 20, words)[0] == "Le premier point est clair."
    clause = "Quand la nuit tombe sur la vallée, les bergers rentrent avec leurs bêtes"
    assert split(clause, 14, words)[0].endswith(("vallée,", "bergers rentrent"))
    assert split(clause, 100, words) == [clause]


def test_split_is_quick_on_a_line_without_end() -> None:
    line = clean("Un mot, puis un autre; et la suite. " * 6000)
    assert len(line) > 200_000
    assert max(words(split(line, 100, words))) <= 100
    assert max(words(split("a" * 200_000, 100, words))) <= 100


def test_join_drops_the_full_stop_after_a_clause() -> None:
    assert join(["S'il pleut,", "nous restons."], ["If it rains.", "we stay."]) == "If it rains, we stay."
    assert join(["Il pleut.", "Nous restons."], ["It rains.", "We stay."]) == "It rains. We stay."
    assert join(["Il pleut", "et il vente."], ["It rains...", "and blows."]) == "It rains... and blows."


@given(st.lists(st.integers(1, 120), max_size=80), st.integers(1, 500), st.integers(1, 8))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], budget: int, at_least: int) -> None:
    groups = batches(lengths, budget, at_least)
    assert sorted(i for g in groups for i in g) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[i] for i in group) <= budget


def test_batches_keep_every_worker_busy() -> None:
    assert len(batches([10] * 8, 1000)) == 1
    assert len(batches([10] * 8, 1000, at_least=4)) == 4
    assert len(batches([1] * 8, 1000, most=3)) == 3


def test_windows_are_read_no_further_than_needed() -> None:
    read = []

    def source():  # type: ignore[no-untyped-def]
        for i in range(1000):
            read.append(i)
            yield i

    stream = windows(source(), 4, 16)
    assert next(stream) == [0, 1, 2, 3] and len(read) == 4
    assert len(next(stream)) == 8 and len(next(stream)) == 16 and len(next(stream)) == 16


@given(st.lists(st.sampled_from(["a", "mot", "x" * 121, "y" * 500]), max_size=12))
def test_endless_words_stand_alone(words: list[str]) -> None:
    text = " ".join(words)
    parts = around_endless(text)
    assert " ".join(parts) == text
    assert all(len(w) <= 120 or w == p for p in parts for w in p.split())
