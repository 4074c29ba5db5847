"""English base forms, senses, and the confusions that the shipped lexicon and inventory explain."""

import zlib

import pytest

from bitext.errors import FormatError, ModelError
from bitext.lexicon import alternatives, load
from bitext.lexicon.english import base_forms, is_verb_form
from bitext.lexicon.senses import Inventory, compact, inventory, senses

KNOWN = {"strike", "plan", "big", "mouse", "leaf", "leave", "class", "bus", "analysis", "die", "good", "take", "copy"}


@pytest.mark.parametrize(
    ("form", "pos", "bases"),
    [
        ("struck", "v", ("strike",)),
        ("striking", "v", ("strike",)),
        ("planned", "v", ("plan",)),
        ("copies", "n", ("copy",)),
        ("bigger", "a", ("big",)),
        ("better", "a", ("good",)),
        ("mice", "n", ("mouse",)),
        ("leaves", "n", ("leaf", "leave")),
        ("class", "n", ("class",)),
        ("classes", "n", ("class",)),
        ("buses", "n", ("bus",)),
        ("dying", "v", ("die",)),
        ("unheard", "v", ()),
    ],
)
def test_base_forms(form, pos, bases):
    assert base_forms(form, pos, KNOWN) == bases


def test_verb_forms():
    assert is_verb_form("struck", "strike")
    assert is_verb_form("planned", "plan")
    assert not is_verb_form("strikes", "strike")
    assert not is_verb_form("strike", "strike")


def test_shipped_senses():
    silent = [s for s in senses("mum") if s.pos == "a"]
    assert silent[0].synonyms == ("silent",)
    assert silent[0].gloss.startswith("failing to speak")
    assert [s.rank for s in senses("strike", "n")] == list(range(1, len(senses("strike", "n")) + 1))
    assert senses("strikes", "n") == senses("strike", "n")
    assert senses("Struck", "v")[0].lemma == "strike"
    assert senses("qwertyish") == ()


ROWS = [
    ("tap", "n", "1", "01n", "noun.act", "3", "pat,dab", 'a light touch; "a tap on the arm"'),
    ("tap", "n", "2", "02n", "noun.artifact", "1", "faucet", "a device that lets water out"),
    ("pat", "n", "1", "01n", "noun.act", "2", "tap,dab", "a light touch"),
    ("zygote", "n", "1", "03n", "noun.body", "0", "", "a cell"),
    ("water tap", "n", "1", "02n", "noun.artifact", "0", "tap", "a device that lets water out"),
]


def test_compact(tmp_path):
    path = tmp_path / "s.z"
    assert compact(ROWS, ["taps", "pat", "water"], path) == 3
    made = Inventory.read(path)
    assert made.lemmas == {"tap", "pat", "water tap"}
    first, second = made.senses("taps")
    assert (first.gloss, first.synonyms, first.count) == ("a light touch", ("pat", "dab"), 3)
    assert (second.synonyms, second.lexname, second.rank) == (("faucet", "water tap"), "noun.artifact", 2)
    assert made.senses("zygote") == ()
    with pytest.raises(FormatError, match="row 1"):
        compact([("tap", "n")], ["tap"], path)


@pytest.mark.parametrize("content", [b"", b"nothing", zlib.compress(b"other 1\n"), zlib.compress(b"\xff\xfe")])
def test_damaged_inventory(tmp_path, content):
    path = tmp_path / "s.z"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        Inventory.read(path)
    with pytest.raises(ModelError, match="no such"):
        Inventory.read(tmp_path / "none")


@pytest.mark.parametrize(
    ("french", "english"),
    [("maison", "house"), ("grève", "strike"), ("silencieux", "silent"), ("vendredi", "friday"), ("usine", "factory")],
)
def test_shipped_lexicon(french, english):
    lexicon = load("fr-en")
    assert lexicon.translations(french)[0][0] == english
    assert lexicon is load("fr-en")


@pytest.mark.parametrize(
    ("wrong", "homograph", "right"),
    [
        ("maman", "mum", {"silencieux", "silencieuse", "muet", "silence"}),
        ("grève", "strike", {"frappe", "frappes", "frapper"}),
        ("frappe", "strike", {"grève"}),
        ("chaise", "chair", {"président", "présidente"}),
        ("plante", "plant", {"usine", "usines"}),
        ("essai", "trial", {"procès"}),
        ("facture", "bill", {"projet de loi", "loi"}),
    ],
)
def test_alternatives(wrong, homograph, right):
    found = alternatives(wrong, load("fr-en"), n=12)
    words = {w for a in found if a.english == homograph for w, _ in a.french_words}
    assert words & right
    assert all(wrong not in dict(a.french_words) for a in found)
    weights = [a.weight for a in found]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < w <= 1 for w in weights)


def test_alternatives_of_an_unknown_word():
    assert alternatives("xylophagique", load("fr-en")) == []
    assert inventory() is inventory()
