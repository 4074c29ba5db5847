"""Faults found without a reference, and what is done about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from bitext.translate.base import Decoding, Hypothesis, Tokens
from bitext.translate.directory import MarianDirectory
from bitext.translate.repair import problems
from bitext.translate.tokenizer import MarianPieces
from bitext.translate.translator import MarianTranslator


def faults(source: str, target: str) -> tuple[str, ...]:
    return problems(source, target, len(source) // 3, len(target) // 3)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Le maire du village a parlé.", "The mayor of the mayor of the village spoke."),
        ("Une foule immense.", "A crowd crowd crowd."),
        ("Le phénomène est rare.", "The phenomenon phenomenon is rare."),
        ("Il habite à Tananarive.", "He lives in Tananananarive."),
        ("Il vient du Kazakhstan.", "He comes from Kazakhstanstan."),
        ("Il a payé deux mille euros.", "He paid 2000000000 euros."),
        ("Il a dit que la loi sera votée.", "He said that the law, that the law, that the law will pass."),
    ],
)
def test_loops(source: str, target: str) -> None:
    assert "loop" in faults(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Non, non, non !", "No, no, no!"),
        ("Il a payé 3000000 euros.", "He paid 3000000 euros."),
        ("Il a dit que cela avait suffi.", "He said that that had had to do."),
        ("La banane et l'ananas.", "The banana and the pineapple."),
        ("Mississippi", "Mississippi"),
        ("L'entente des barbares.", "The entente of the barbarians."),
        ("Hahaha, dit-il.", "Hahaha, he said."),
        ("Kofi Annan, Ban Ki-moon et António Guterres", "Kofi Annan, Ban Ki-moon and António Guterres"),
        ("Le www.exemple.fr est fermé depuis hier.", "The www.exemple.fr has been closed since yesterday."),
        (
            "Le chat dort sur le mur et le chien dort sous le mur.",
            "The cat sleeps on the wall, the dog under the wall.",
        ),
    ],
)
def test_no_fault(source: str, target: str) -> None:
    assert faults(source, target) == ()


def test_lengths_copies_and_silence() -> None:
    long = "Le conseil municipal a voté le budget de la commune pour l'année prochaine."
    assert faults(long, "The council.") == ("too short",)
    assert faults("Bonjour.", "Hello and welcome to all who came here today from so many places to see us.") == (
        "too long",
    )
    assert "copy" in faults(long, long)
    assert faults(long, "...") == ("empty",)
    assert faults("Oui.", "Yes.") == ()


class Scripted:
    """An engine that answers by rule, to see what the translator does with the answers."""

    name, compute_type, workers = "scripted-1", "none", 1

    def __init__(self, answer) -> None:  # type: ignore[no-untyped-def]
        self.answer, self.asked = answer, []

    def generate(self, batches: Iterable[Sequence[Tokens]], decoding: Decoding) -> Iterator[list[Hypothesis]]:
        for batch in batches:
            self.asked.append((decoding, [tuple(t) for t in batch]))
            outputs = [self.answer(t, decoding) for t in batch]
            yield [Hypothesis(tuple(o), (-1.0,) * (len(o) + 1)) for o in outputs]

    def score(self, batches):  # type: ignore[no-untyped-def]
        for _, targets in batches:
            yield [[-1.0] * (len(t) + 1) for t in targets]


def translator(path: Path, answer, **options) -> MarianTranslator:  # type: ignore[no-untyped-def]
    model = MarianDirectory(path, "tiny")
    options = {"decoding": Decoding(beam=2), "limit": 40} | options
    return MarianTranslator(model, Scripted(answer), MarianPieces(model), **options)


LOOP, GOOD = ["▁the", "▁map"] * 4, ["▁a", "▁map"]


def test_a_loop_is_tried_again_with_other_settings(tiny_source: Path) -> None:
    t = translator(tiny_source, lambda _, d: GOOD if d.no_repeat_ngram_size else LOOP)
    (found,) = t.translate(["Une carte."])
    assert found.text == "a map" and found.reliable
    assert (t.stats.retried, t.stats.repaired) == (1, 1)


def test_what_stays_bad_is_marked(tiny_source: Path) -> None:
    t = translator(tiny_source, lambda *_: LOOP)
    (found,) = t.translate(["Une carte."])
    assert found.problems == ("loop",) and not found.reliable
    assert len({str(d) for d, _ in t.engine.asked}) == 4  # type: ignore[attr-defined]
    assert (t.stats.retried, t.stats.repaired) == (1, 0)


def test_only_the_bad_ones_are_tried_again(tiny_source: Path) -> None:
    def answer(tokens: Tokens, d: Decoding) -> list[str]:
        return LOOP if any("7" in t for t in tokens) and not d.no_repeat_ngram_size else GOOD

    t = translator(tiny_source, answer)
    found = t.translate(["Une carte.", "Le 7.", "Un mur."])
    assert [f.text for f in found] == ["a map"] * 3
    again = [b for d, b in t.engine.asked if d.no_repeat_ngram_size]  # type: ignore[attr-defined]
    assert [len(b) for b in again] == [1]


def test_repair_can_be_switched_off(tiny_source: Path) -> None:
    t = translator(tiny_source, lambda *_: LOOP, repair=False)
    assert t.translate(["Une carte."])[0].problems == ("loop",)
    assert len(t.engine.asked) == 1  # type: ignore[attr-defined]


def test_long_segments_reach_the_model_whole_but_in_pieces(tiny_source: Path) -> None:
    t = translator(tiny_source, lambda tokens, _: list(tokens)[:3], limit=12, repair=False)
    text = "Le chat noir dort, le chien dort aussi, et les enfants du village jouent près de la rivière."
    (found,) = t.translate([text])
    seen = [piece for _, batch in t.engine.asked for piece in batch]  # type: ignore[attr-defined]
    assert max(map(len, seen)) <= 12
    assert t.stats.split == 1
    assert sum(map(len, seen)) >= len(t._pieces.encode(text)) - 1
    assert len(found.tokens) == len(found.token_logprobs)
    assert found.tokens.count("</s>") == len(seen)
