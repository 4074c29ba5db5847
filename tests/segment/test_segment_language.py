"""The language guess: sure on real sentences, silent where there is nothing to go by."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitext.segment import guess_language

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Le conseil s'est réuni lundi et a voté le budget de la ville.", "fr"),
        ("The council met on Monday and voted on the budget of the city.", "en"),
        ("Der Rat hat am Montag getagt und über den Haushalt der Stadt abgestimmt.", "de"),
        ("El consejo se reunió el lunes y votó el presupuesto de la ciudad.", "es"),
        ("Il consiglio si è riunito lunedì e ha votato il bilancio della città.", "it"),
        ("O conselho reuniu-se na segunda-feira e não votou o orçamento da cidade.", "pt"),
        ("De raad kwam maandag bijeen en heeft over de begroting van de stad gestemd.", "nl"),
    ],
)
def test_sentences(text: str, lang: str) -> None:
    guess, sure = guess_language(text)
    assert guess == lang and sure > 0.25


@pytest.mark.parametrize("file", sorted(p.name for p in CORPUS.glob("*.*.txt")))
def test_shipped_texts(file: str) -> None:
    guess, sure = guess_language((CORPUS / file).read_text(encoding="utf-8"))
    assert guess == file.split(".")[-2] and sure > 0.6


@pytest.mark.parametrize("text", ["", "   ", "12345 !?", "今日は", "Kazakhstan", "\ud800"])
def test_nothing_to_go_by(text: str) -> None:
    assert guess_language(text) == ("", 0.0)


def test_a_mixture_is_less_sure_than_either() -> None:
    french = "Le conseil s'est réuni lundi et a voté le budget de la ville. "
    english = "The council met on Monday and voted on the budget of the city. "
    assert guess_language(french + english)[1] < min(guess_language(french * 2)[1], guess_language(english * 2)[1])
