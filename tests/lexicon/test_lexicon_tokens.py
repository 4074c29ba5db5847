"""The tokeniser: what a word is in French, English and elsewhere, and that offsets hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.lexicon.tokens import split_compound, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’œuvre d'Aragon", ["l'", "oeuvre", "d'", "aragon"]),
        ("Aujourd’hui, quelqu'un chante.", ["aujourd'hui", "quelqu'un", "chante"]),
        ("Jusqu'ici, lorsqu’elle", ["jusqu'", "ici", "lorsqu'", "elle"]),
        ("A-t-elle mangé ?", ["a", "elle", "mangé"]),
        ("Donne-le-moi, dit-il.", ["donne", "le", "moi", "dit", "il"]),
        ("peut-être un rendez-vous à Aix-en-Provence", ["peut-être", "un", "rendez-vous", "à", "aix-en-provence"]),
        ("2 000 euros, 12 500,75 € et 3,5 %", ["2000", "euros", "12500.75", "€", "et", "3.5", "%"]),
        ("la 49e session, le 1er mai, 24h", ["la", "49e", "session", "le", "1er", "mai", "24h"]),
        ("l'E.U. et l'O.N.U.", ["l'", "eu", "et", "l'", "onu"]),
        ("« Non », dit-elle…", ["non", "dit", "elle"]),
    ],
)
def test_french(text, expected):
    assert words(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They don't; we've won't!", ["they", "do", "n't", "we", "'ve", "wo", "n't"]),
        ("The cat's 2,000 long-term toys", ["the", "cat", "'s", "2000", "long-term", "toys"]),
        ("3.5% of the U.N. in 1990s", ["3.5", "%", "of", "the", "un", "in", "1990s"]),
        ("see https://example.org/a?b=c, @someone", ["see", "https://example.org/a?b=c", "@someone"]),
    ],
)
def test_english(text, expected):
    assert words(text, "en") == expected


def test_decomposed_accents_meet_composed_ones():
    assert words("e\u0301te\u0301", "fr") == words("été", "fr") == ["été"]


def test_language_variants_follow_their_language():
    assert words("l'eau", "fr-CA") == words("l'eau", "fr") == ["l'", "eau"]


def test_other_languages():
    assert words("Der Wert 1.234,5 läuft", "de") == ["der", "wert", "1234.5", "läuft"]
    assert words("中文 abc", "zh") == ["中", "文", "abc"]


def test_split_compound():
    assert split_compound("porte-parole") == ["porte", "parole"]


@pytest.mark.parametrize("lang", ["fr", "en", "de", "zh", ""])
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aàœ'’-.,t l0123456789\u00a0\u202f\n@"))))
def test_fast_path_and_offsets_agree(lang, text):
    found = tokens(text, lang)
    assert [t.text for t in found] == words(text, lang)
    end = 0
    for t in found:
        assert end <= t.start < t.end <= len(text)
        end = t.end
