"""Look-ups as plain values."""

import json

from bitext.lexicon import load
from bitext.lexicon.command import look_up, summary


def test_look_up():
    found = look_up("Maman", load("fr-en"), n=5)
    assert (found["word"], found["lang"], found["known"]) == ("maman", "fr", True)
    assert {"mom", "mother", "mum"} & {w for w, _ in found["translations"]}
    assert any(a["english"] == "mum" and "silencieux" in a["french_words"] for a in found["alternatives"])
    json.dumps(found)
    back = look_up("silent", load("fr-en"), reverse=True)
    assert back["translations"][0][0] == "silencieux"
    assert "alternatives" not in back
    assert look_up("xylophagique", load("fr-en"))["translations"] == []


def test_summary():
    found = summary(load("fr-en"))
    assert found["languages"] == ["fr", "en"]
    assert found["word_pairs"] > 100_000
    json.dumps(found)
