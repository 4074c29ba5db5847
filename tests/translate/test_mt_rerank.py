"""Reranking by the model of the other direction, and the n best that it chooses among."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from bitext.errors import ModelError
from bitext.shipped import shipped
from bitext.translate import load
from bitext.translate.base import Decoding, Hypothesis, Tokens
from bitext.translate.directory import MarianDirectory
from bitext.translate.rerank import Channel
from bitext.translate.tokenizer import MarianPieces
from bitext.translate.translator import MarianTranslator

SENTENCE = "Le maire a promis de rouvrir la piscine avant l'été, mais personne ne le croit."


class TwoBest:
    """An engine that finds the same two translations of everything."""

    name, compute_type, workers = "two-1", "none", 1

    def generate(self, batches: Iterable[Sequence[Tokens]], decoding: Decoding) -> Iterator[list[Hypothesis]]:
        second = Hypothesis(("▁the", "▁map"), (), -0.9)
        for batch in batches:
            yield [Hypothesis(("▁a", "▁map"), (-0.5, -0.5, -0.5), -0.5, (second,)) for _ in batch]

    def score(self, batches):  # type: ignore[no-untyped-def]
        for _, targets in batches:
            yield [[-0.9] * (len(t) + 1) for t in targets]


class Prefers:
    """A model of the other direction to which one translation explains the source."""

    def __init__(self, text: str, by: float) -> None:
        self.text, self.by, self.asked = text, by, []  # type: ignore[var-annotated]

    def score(self, sources, targets):  # type: ignore[no-untyped-def]
        from bitext.document import Translation

        self.asked += zip(sources, targets, strict=True)
        return [Translation(t, -1.0 + self.by * (s == self.text)) for s, t in zip(sources, targets, strict=True)]


@pytest.mark.parametrize(("by", "chosen"), [(0.0, "a map"), (0.6, "a map"), (1.0, "the map")])
def test_both_directions_decide(tiny_source: Path, by: float, chosen: str) -> None:
    model = MarianDirectory(tiny_source, "tiny")
    reverse = Prefers("the map", by)
    t = MarianTranslator(
        model, TwoBest(), MarianPieces(model), decoding=Decoding(2, hypotheses=2), limit=40, repair=False,
        channel=Channel("reverse@1", lambda: reverse),  # type: ignore[arg-type, return-value]
    )  # fmt: skip
    (found,) = t.translate(["Une carte."])
    assert found.text == chosen
    assert sorted(reverse.asked) == [("a map", "Une carte."), ("the map", "Une carte.")]
    assert len(found.token_logprobs) == 3 and found.score == {"a map": -0.5, "the map": -0.9}[chosen]
    assert "reranked=reverse@1" in dict(t.signature.entries)["decoding"]


def test_the_shipped_models_rerank_each_other() -> None:
    usual, plain = load("fr-en"), load("fr-en", rerank="none")
    assert "reranked=en-fr@" in str(usual.signature) and "reranked" not in str(plain.signature)
    assert usual.decoding.beam == usual.decoding.hypotheses == 8 and plain.decoding.beam == 4
    candidates = load("fr-en", rerank="none", beam=8).alternatives(SENTENCE, 8)
    (chosen,) = usual.translate([SENTENCE])
    back = load("en-fr").score([t.text for t in candidates], [SENTENCE] * len(candidates))
    totals = {c.text: c.score + b.score for c, b in zip(candidates, back, strict=True)}
    assert totals[chosen.text] == pytest.approx(max(totals.values()), abs=0.02)


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_alternatives_differ_and_begin_with_the_usual_one(engine: str) -> None:
    t = load("fr-en", engine=engine, rerank="none", repair=False)
    found = t.alternatives(SENTENCE, 4)
    assert len(found) == 4 == len({f.text for f in found})
    assert found[0].text == t.translate([SENTENCE])[0].text
    assert all(len(f.tokens) == len(f.token_logprobs) > 3 for f in found)
    assert [f.text for f in t.alternatives("https://a.fr", 3)] == ["https://a.fr"]
    assert [f.text for f in t.alternatives("  ", 3)] == ["  "]


def test_alternatives_of_a_text_that_is_split() -> None:
    t = load("fr-en", rerank="none", limit=12)
    found = t.alternatives(f"{SENTENCE} {SENTENCE.replace('maire', 'ministre')}", 3)
    assert t.stats.split and len({f.text for f in found}) == 3
    assert all("mayor" in f.text.lower() or "minist" in f.text.lower() for f in found)


def test_the_reranker_must_go_the_other_way() -> None:
    with pytest.raises(ModelError, match="from fr into en and cannot rerank fr-en"):
        load("fr-en", rerank="fr-en")
    with pytest.raises(ModelError, match="there is no model"):
        load("fr-en", rerank="no-such-model")


def test_greedy_search_has_nothing_to_rerank() -> None:
    assert load("fr-en", beam=1).channel is None


def test_a_directory_may_name_a_reranker_that_is_not_there(tmp_path: Path) -> None:
    shutil.copytree(shipped("models", "fr-en"), tmp_path / "copy")
    config = tmp_path / "copy" / "tokenizer_config.json"
    config.write_text(config.read_text("utf-8").replace('"rerank": "en-fr"', '"rerank": "gone-model"'), "utf-8")
    t = load(tmp_path / "copy")
    assert t.channel is None and t.decoding == load("fr-en", rerank="none").decoding
