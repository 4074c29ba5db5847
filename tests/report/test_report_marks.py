"""Texts with flags and word links as HTML: what is shown is the text, and every mark stands where its span is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from bitext.report.marks import marked
from bitext.report.view import clean


@dataclass(frozen=True)
class Flagged:
    number: int
    severity: str = "major"


def lead(keys):
    return Flagged(max(keys))


texts = st.text(st.sampled_from("aé &<>\"'\x00\u202e\n"), max_size=20)
spans = st.lists(st.tuples(st.integers(-2, 22), st.integers(-2, 22), st.sampled_from([1, 2, 3])), max_size=6)


@given(texts, spans)
def test_the_text_is_whole_and_safe(text, some) -> None:
    html = marked(text, some, lead)
    bare = re.sub(r'<sup>\d+</sup>|<span aria-hidden="true">‸</span>', "", html)
    assert unescape(re.sub("<[^>]*>", "", bare)) == clean(text)
    allowed = r'</?a>|</?span>|<a class="m major( point)?" href="#n\d" data-f="[\d ]+"( tabindex="-1")?>'
    allowed += r'|<span aria-hidden="true">|</?sup>'
    assert all(re.fullmatch(allowed, tag) for tag in re.findall("<[^>]*>", html))


def test_what_it_looks_like() -> None:
    assert marked("l'été & toi", [], lead) == "l'été &amp; toi"
    assert marked("un chat", [(3, 7, 1), (5, 7, 2)], lead) == (
        'un <a class="m major" href="#n1" data-f="1">ch</a>'
        '<a class="m major" href="#n2" data-f="1 2">at<sup>1</sup><sup>2</sup></a>'
    )
    assert marked("ab", [(1, 1, 1)], lead) == (
        'a<a class="m major point" href="#n1" data-f="1"><span aria-hidden="true">‸</span><sup>1</sup></a>b'
    )
