"""Sentence ends that are easy to get wrong: every line of the trap files, `¦` marking the boundaries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bitext.segment import segment, split_sentences

FILES = sorted(Path(__file__).parent.glob("traps.*.txt"))
TRAPS = [
    (file.name.split(".")[1], line)
    for file in FILES
    for line in file.read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("##")
]


def test_there_are_traps() -> None:
    assert {lang for lang, _ in TRAPS} == {"fr", "en", "de"} and len(TRAPS) >= 120


@pytest.mark.parametrize(("lang", "line"), TRAPS)
def test_trap(lang: str, line: str) -> None:
    text = re.sub("¦ ?", "", line)
    want = [x.strip() for x in line.split("¦")]
    assert [text[a:b] for a, b in split_sentences(text, lang)] == want
    assert segment(text, lang).texts == want


@pytest.mark.parametrize(("lang", "line"), [t for t in TRAPS if " ?" in t[1] or "«" in t[1] or " –" in t[1]])
@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
def test_narrow_and_hard_spaces_are_spaces(lang: str, line: str, space: str) -> None:
    line = re.sub(r" (?=[?!;:»])|(?<=«) ", space, line)
    text = re.sub("¦ ?", "", line)
    assert [text[a:b] for a, b in split_sentences(text, lang)] == [x.strip() for x in line.split("¦")]


@pytest.mark.parametrize("lang", ["es", "it", "nl", "", "xx-YY"])
def test_other_languages_get_a_sane_default(lang: str) -> None:
    text = "Dr. Ruiz 1.5 km (etc.) J. Sol. ¿Que? ¡Ah! Fin."
    assert segment(text, lang).texts == ["Dr. Ruiz 1.5 km (etc.) J. Sol.", "¿Que?", "¡Ah!", "Fin."]


def test_scripts_without_capitals_or_spaces() -> None:
    assert segment("今日は。元気？はい！", "ja").texts == ["今日は。", "元気？", "はい！"]
    assert segment("هل انت هنا؟ نعم.", "ar").texts == ["هل انت هنا؟", "نعم."]


def test_text_without_any_capital_is_cut_at_stops() -> None:
    assert segment("salut. ça va ? oui, merci.").texts == ["salut.", "ça va ?", "oui, merci."]
