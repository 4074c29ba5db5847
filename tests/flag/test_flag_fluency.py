"""Fluency: a word is flagged only if another form of it is far likelier, and never because a model is weak."""

from __future__ import annotations

import zlib

import pytest

from bitext import lexicon
from bitext.document import Severity, Translation
from bitext.flag.fluency import variants
from bitext.shipped import shipped

pytestmark = pytest.mark.skipif(
    not shipped("models", "lexicon", "fr-en.lexicon.npz").is_file(), reason="the lexicon does not ship"
)


@pytest.fixture(scope="module")
def words():
    return lexicon.load("fr-en")


class Model:
    """Finds every word as likely as `usual`, but those of `odd`."""

    def __init__(self, odd: dict[str, float], usual: float = -0.5) -> None:
        self.odd, self.usual = odd, usual

    def logprob(self, word: str) -> float:
        return self.odd.get(word, self.usual)

    def score(self, sources, targets):
        out = []
        for t in targets:
            pieces = t.rstrip(".").split()
            logprobs = [self.logprob(p) for p in pieces]
            out.append(Translation(t, 0.0, (*("▁" + p for p in pieces), "</s>"), (*logprobs, 0.0)))
        return out


class Weak(Model):
    """Knows nothing: what it finds likely is chance."""

    def logprob(self, word: str) -> float:
        return -2.0 - zlib.crc32(word.encode()) % 50 / 10


SENTENCES = [
    ("La porte de la maison reste ouverte.", "The door of the house stays open."),
    ("Il a envoyé une lettre à sa sœur.", "He sent a letter to his sister."),
    ("Les élus du conseil ont voté hier.", "The council's members voted yesterday."),
    ("Nous sommes dans le train pour Lyon.", "We are on the train to Lyon."),
    ("Elle est partie avec les enfants.", "She left with the children."),
]


@pytest.mark.parametrize(
    ("wrong", "odd", "instead"),
    [
        ("La porte du la maison reste ouverte.", "la", "le"),
        ("Il ont envoyé une lettre hier matin.", "ont", "a"),
        ("Elle est venue sur la train du soir.", "la", "le"),
        ("Nous sommes contents par ce voyage long.", "par", "de"),
        ("Il veut que nous sont dans la maison.", "sont", "est"),
    ],
)
def test_a_word_whose_other_form_is_far_likelier(words, run, wrong, odd, instead):
    found = run("fluency", wrong, originals=["It is so."], lexicon=words, translator_forward=Model({odd: -14.0}))
    assert [t for t, _ in found] == [odd]
    [(_, flag)] = found
    assert flag.severity is Severity.MINOR
    assert flag.suggestion in variants(odd)
    assert instead in variants(odd)
    assert "likelier" in flag.message and "e1" not in flag.message


def test_a_back_translation_says_nothing_of_prepositions(words, run):
    text = "Nous sommes contents par ce voyage long."
    options = {"lexicon": words, "translator_forward": Model({"par": -14.0})}
    assert run("fluency", text, originals=["We are glad of it."], **options)
    assert run("fluency", text, backs=["We are glad of it."], **options) == []


@pytest.mark.parametrize(("fr", "en"), SENTENCES)
def test_a_weak_model_says_nothing(words, run, fr, en):
    assert run("fluency", fr, originals=[en], lexicon=words, translator_forward=Weak({})) == []


@pytest.mark.parametrize(("fr", "en"), SENTENCES)
def test_a_strong_model_says_nothing_of_sound_french(words, run, fr, en):
    assert run("fluency", fr, originals=[en], lexicon=words, translator_forward=Model({})) == []


def test_a_word_without_another_form_is_left_alone(words, run):
    model = Model({"jamais": -14.0})
    assert (
        run("fluency", "Il ne vient jamais ici.", originals=["He is here."], lexicon=words, translator_forward=model)
        == []
    )


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("la", "le"),
        ("élu", "élus"),
        ("décision", "décisions"),
        ("envoyer", "envoyé"),
        ("adoptée", "adopté"),
        ("a", "à"),
    ],
)
def test_variants(word, other):
    assert other in variants(word)
    assert word not in variants(word)
