"""Whatever the text: exact offsets, nothing lost, order, no surrounding white space, linear time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from growth import in_proportion
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bitext.document import Document, Kind
from bitext.segment import VERSION, guess_language, segment

ARTICLE = Path(__file__).parents[2] / "corpus" / "kazakhstan.fr.txt"
PIECES = [
    *" \n\t.!?…\"'«»“”()[]-–—*:;,1aÉ😀",
    "\r\n",
    "\n\n",
    "\u00a0",
    "\u202f",
    "\u2028",
    "\x1c",
    "\ud800",
    "e\u0301",
    "\u200b",
    "M. ",
    "p. ex. ",
    "etc. ",
    "U.S. ",
    "n° 5",
    "J. ",
    "Le mot",
    "la maison",
    "The end",
    "****",
    "https://a.fr/b.c ",
    "(Photo : AFP)",
    "Abonnez-vous à notre newsletter",
    "1. ",
    "。",
    "[12]",
    "x" * 70,
]
LANGUAGES = st.sampled_from(["fr", "en", "de", "fr-CA", "es", "", "zz"])
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
)


def check(text: str, document: Document) -> None:
    """What holds for every segmentation."""
    at, rebuilt, paragraph = 0, "", 0
    for s in document:
        gap = text[at : s.start]
        assert gap == "" or gap.isspace()
        assert s.text and s.text == s.text.strip() == text[s.start : s.end]
        assert s.paragraph >= paragraph and (
            s.paragraph == paragraph or "\n" in gap or re.search(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]", gap)
        )
        rebuilt += gap + s.text
        at, paragraph = s.end, s.paragraph
    assert text[at:] == "" or text[at:].isspace()
    assert rebuilt + text[at:] == text
    assert document.text == text


@settings(max_examples=400, deadline=None)
@given(TEXTS, LANGUAGES)
@example("", "fr")
@example(" \t\r\n\u00a0\u202f\u2003 ", "fr")
@example("\ud800 \udfff. A", "fr")
@example("?!... !!! …", "en")
@example("\ufeffBonjour. Salut.", "fr")
def test_nothing_is_lost(text: str, lang: str) -> None:
    check(text, segment(text, lang))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_guess_survives_any_text(text: str) -> None:
    lang, sure = guess_language(text)
    assert 0.0 <= sure <= 1.0
    assert (lang == "") == (sure == 0.0) or sure == 0.0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Il pleut.", "Où vas-tu ?", "« Oui. »", "M. Roy dort !", "(Il rit.)", "Elle a 1,5 m…"]),
        min_size=1,
    )
)
def test_joined_sentences_come_apart_again(sentences: list[str]) -> None:
    assert segment(" ".join(sentences)).texts == sentences
    assert segment("\n\n".join(sentences)).texts == sentences


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["Il pleut.", "Mme Roy dort ; elle rêve.", "Quoi ?", "Titre", "****"]), min_size=1),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2029", " \n\t\n "]),
)
def test_line_ends_of_any_sort_end_a_segment(lines: list[str], end: str) -> None:
    assert segment(end.join(lines)).texts == lines


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\u00a0\r\n"])
def test_no_text_no_segments(text: str) -> None:
    document = segment(text, "fr", "empty.txt")
    assert len(document) == 0 and document.text == text and document.name == "empty.txt"


@pytest.mark.parametrize("text", ["?!", "...", "«»", "😀", "—", "\u200b", "e\u0301", "(", '"'])
def test_lone_signs_are_one_segment(text: str) -> None:
    assert segment(f" {text}\n").texts == [text]


def test_segments_of_the_article_stay_whole() -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    document = segment(text, "fr", ARTICLE.name)
    check(text, document)
    for s in document:
        assert segment(s.text).texts == [s.text]
    assert len({s.paragraph for s in document}) == len(re.findall(r"\S\s*\n\s*\n", text)) + 1
    assert document.lang == "fr" and guess_language(text)[0] == "fr" and ":" not in VERSION and "|" not in VERSION


def test_crlf_changes_only_offsets() -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    windows = text.replace("\n", "\r\n")
    check(windows, segment(windows))
    assert [(s.text, s.kind, s.paragraph) for s in segment(windows)] == [
        (s.text, s.kind, s.paragraph) for s in segment(text)
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "Il dit « oui » (deux fois). ",
        "mot ",
        "x",
        ". ",
        '. " ',
        '"',
        "(a. B ",
        ".)",
        "J. K. ",
        "Une ligne.\n",
        "ab.Le ",
        "' ",
        "* ",
    ],
)
def test_a_line_of_200_000_characters_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    whole = segment(text)
    check(text, whole)
    assert in_proportion(lambda size: segment(text[:size]), len(text) // 2)


def test_a_long_sentence_without_a_stop_stays_one() -> None:
    text = ("mot, " * 40_000).strip()
    document = segment(text)
    assert len(document) == 1 and document.segments[0].kind is Kind.SENTENCE
