"""The pipeline's own decisions: which translators it takes, and what it says of an original that does not fit."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from bitext import pipeline
from bitext.document import Bead, Bitext, Document
from bitext.errors import ModelError, TroubleWarning
from bitext.shipped import shipped


def test_an_original_that_does_not_fit_is_doubted() -> None:
    corpus = shipped("corpus")
    translation = pipeline.load(corpus / "harbour.fr.txt")
    lexicon = pipeline.load_lexicon("en", "fr")

    def align(name: str) -> None:
        original = pipeline.read_document(corpus / name, "en")
        pipeline.align(pipeline.with_source(translation, original), lexicon=lexicon)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        align("harbour.en.txt")
    with pytest.warns(TroubleWarning, match=r"udhr\.en\.txt: hardly seems to be what harbour\.fr\.txt was"):
        align("udhr.en.txt")


@pytest.mark.parametrize(
    ("sure", "beads", "said"), [(0.6, 5, True), (0.6, 4, False), (0.8, 5, False), (None, 5, False)]
)
def test_the_report_says_so_too(sure: float | None, beads: int, said: bool) -> None:
    words = [f"Phrase numéro {i}." for i in range(beads)]
    b = Bitext(Document.from_lines(words, "fr", "a.txt"), Document.from_lines(words, "en", "b.txt"))
    b = b.with_(beads=tuple(Bead(range(i, i + 1), range(i, i + 1), 1.0, sure) for i in range(beads)))
    assert (pipeline._doubt(b) is not None) is said
    assert pipeline._doubt(b.with_(origin="back-translation")) is None


def test_a_translator_is_taken_as_it_is() -> None:
    mine: Any = SimpleNamespace(name="mine", source_lang="en", target_lang="fr")
    assert pipeline.load_translator(mine) is mine
    assert pipeline.load_forward("en", "fr", mine) is mine
    with pytest.raises(ModelError, match="mine translates from en into fr; give a model from fr into en"):
        pipeline.load_forward("fr", "en", mine)
