"""The HTML page: everything is there, everything is escaped, nothing is fetched."""

import base64
import hashlib
import re
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from bitext.document import (
    Bead,
    Bitext,
    Document,
    Flag,
    Kind,
    Metric,
    Scores,
    Segment,
    Severity,
    Signature,
    Translation,
)
from bitext.report.html import render
from bitext.report.view import clean

XSS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- -->]]>&lt;b&gt;&amp;",
    '" autofocus onfocus="alert(1)',
]


def page(bitext, **more):
    return lxml_html.document_fromstring(render(bitext, **more))


def found(element, tag, *classes):
    """Elements below one by tag and classes."""
    return [e for e in element.iter(tag) if set(classes) <= set((e.get("class") or "").split())]


def text_of(element):
    """A segment's own words: without note numbers and hints."""
    for extra in element.xpath('.//sup | .//*[contains(@class, "vh")] | .//*[@aria-hidden] | .//*[@class="tag"]'):
        extra.drop_tree()
    return element.text_content()


def test_every_segment_stands_on_the_page_once_as_it_is(pair, article):
    for bitext in (pair, article):
        tree = page(bitext)
        assert [text_of(tree.get_element_by_id(f"t{i + 1}")) for i in range(len(bitext.target))] == bitext.target.texts
    tree = page(pair)
    assert [text_of(tree.get_element_by_id(f"s{i + 1}")) for i in range(len(pair.source))] == pair.source.texts


def test_back_translations_stand_under_the_french_or_beside_it(pair, article):
    under = [text_of(p).strip() for p in page(pair).find_class("back")]
    assert under == [t.text for i, t in enumerate(pair.translations) if pair.target.segments[i].kind != Kind.SEPARATOR]
    beside = [text_of(p).strip() for p in page(article).find_class("seg") if p.getparent().get("class") == "src"]
    assert beside == [t.text for t in article.translations]


def test_a_back_translation_as_source_is_not_said_twice(article):
    lines = Document.from_lines([t.text for t in article.translations], "en")
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1), 0.5) for i in range(len(article.target)))
    tree = page(article.with_(source=lines, origin="back-translation", beads=beads))
    assert not tree.find_class("back")
    assert len(tree.xpath("//div[@class='src']/p")) == len(article.target)


def test_languages_are_named_for_screen_readers(pair):
    tree = page(pair)
    assert tree.get("lang") == "en"
    assert {e.get("lang") for e in tree.find_class("tgt")} == {"fr"}
    assert {e.get("lang") for e in tree.find_class("src")} == {"en"}
    assert {e.get("lang") for e in tree.find_class("back")} == {"en"}
    assert page(pair.with_(target=Document.from_lines(pair.target.texts, 'x"y'))).find_class("tgt")[0].get("lang") == ""


def test_kinds_look_like_what_they_are(pair):
    tree = page(pair)
    assert tree.get_element_by_id("t1").tag == "h3"
    assert "caption" in tree.get_element_by_id("t2").get("class")
    assert tree.get_element_by_id("t12").get("role") == "separator"
    assert "boilerplate" in tree.get_element_by_id("t13").get("class")


def test_flags_mark_their_words_and_lead_to_their_notes(pair):
    tree = page(pair)
    marks = found(tree.get_element_by_id("t1"), "a", "m")
    assert [(re.sub(r"\d+$", "", m.text_content()), m.get("data-f")) for m in marks] == [
        ("une ", "1"),
        ("maman", "1 2"),
        (" sur ses dates", "1"),
    ]
    assert [("critical" in m.get("class"), m.get("href")) for m in marks] == [
        (False, "#n1"),
        (True, "#n2"),
        (False, "#n1"),
    ]
    note = tree.get_element_by_id("n2").text_content()
    for said in ("critical", "not mother", "reste muette", "93%", "maman", "sense", "silent: 0.91", "stays mum"):
        assert said in note
    ids = set(tree.xpath("//@id"))
    assert all(h[1:] in ids for h in tree.xpath("//a/@href"))


def test_each_flag_is_reached_by_the_tab_key_and_none_twice(pair):
    tree = page(pair)
    marks = [m for i in ("t1", "t4") for m in found(tree.get_element_by_id(i), "a", "m")]
    stops = [m for m in marks if m.get("tabindex") is None]
    assert sorted({k for m in stops for k in m.get("data-f").split()}) == ["1", "2", "3", "4", "5"]
    assert [m.text_content() for m in stops] == ["une ", "maman2", "trouvé ", "305"]  # two flags begin at the last


def test_a_flag_on_the_whole_segment_is_a_rule_beside_it(pair):
    segment = page(pair).get_element_by_id("t9")
    assert {"whole", "major"} <= set(segment.get("class").split())
    assert [a.get("href") for a in found(segment, "a", "ref")] == ["#n7"]


def test_something_missing_has_a_mark_of_its_own(pair):
    point = found(page(pair).get_element_by_id("t6"), "a", "point")
    assert len(point) == 1 and point[0].get("href") == "#n6"


def test_unaligned_and_moved_beads_say_so_in_words(pair):
    tree = page(pair)
    said = {row.get("id"): row.text_content() for row in tree.find_class("bead")}
    assert "Nothing in the original corresponds." in said["b8"]
    assert "Nothing in the French corresponds." in said["b9"] and "A decision is expected" in said["b9"]
    assert "moved" in said["b6"] and "segment 10." in said["b6"]
    assert "not trusted: loop" in said["b11"]


def test_the_glance_tells_scores_with_signature_and_the_worst_five(pair):
    tree = page(pair)
    facts = " ".join(tree.find_class("facts")[0].text_content().split())
    assert "BLEU41.3 back-translation against the original, 95%: 33.1–50.2" in facts
    assert "of the French92% is aligned and scored" in facts
    assert len(found(tree.find_class("worst")[0], "li")) == 5
    assert found(tree.find_class("worst")[0], "mark")[0].text_content() == "maman"
    assert "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.5.1" in tree.text_content()
    assert "bitext:0.1.0|model:fr-en|align:dp" in tree.text_content()


def test_nothing_is_fetched_and_the_policy_allows_only_what_is_inside(pair):
    text = render(pair)
    tree = lxml_html.document_fromstring(text)
    assert not tree.xpath("//link | //img | //iframe | //script[@src] | //@style | //@*[starts-with(name(), 'on')]")
    assert all(h.startswith("#") for h in tree.xpath("//@href"))
    assert "url(" not in text and "@import" not in text
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for tag in ("style", "script"):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert len(inline) == 1
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def hostile(bad):
    """A bitext with the same bad text in every place that takes text."""
    segments = (Segment(bad, 0, len(bad)), Segment(bad, len(bad) + 1, 2 * len(bad) + 1, Kind.HEADING, 1))
    document = Document(f"{bad}\n{bad}", segments, bad, bad)
    flags = tuple(
        Flag(bad, bad, Severity.MAJOR, i, span, bad, bad, {bad: bad, "list": [bad]}, 0.5)
        for i in (0, 1, 7)
        for span in ((0, 3), (1, 2), (0, 99), (2, 2))
    )
    scores = Scores("reference", (Metric(bad, 1.0, bad),), coverage={bad: 0.5}, notes=(bad,))
    return Bitext(
        document,
        document,
        "original",
        (Translation(bad, problems=(bad,)),) * 2,
        (Bead(range(1), range(1), evidence=((bad, 1.0),)), Bead(range(1, 2), range(1, 2), moved=True)),
        scores,
        flags,
        Signature.of(x=bad),
    )


@pytest.mark.parametrize("bad", XSS)
def test_hostile_text_is_text_everywhere(bad):
    tree = page(hostile(bad))
    assert len(tree.xpath("//script")) == 1 and len(tree.xpath("//style")) == 1
    assert not tree.xpath("//img | //iframe | //object | //b/b | //svg[@onload]")
    assert not tree.xpath("//@*[starts-with(name(), 'on') or name() = 'autofocus' or name() = 'style']")
    assert all(h.startswith("#") for h in tree.xpath("//@href | //@src"))
    assert [text_of(tree.get_element_by_id(f"t{i}")) for i in (1, 2)] == [bad, bad]
    assert tree.xpath("string(//h1)") == bad
    assert bad in tree.get_element_by_id("n1").text_content()
    assert tree.get_element_by_id("n1").get("data-check") == bad


def linked_words(row):
    """The words that a row's `data-w` links, read as the page reads it."""
    texts = {
        "s": row.xpath("./div[contains(@class, 'src')]/*[contains(@class, 'seg')]"),
        "t": row.xpath("./div[contains(@class, 'tgt')]/*[contains(@class, 'seg')]"),
        "b": row.xpath(".//*[@class='back']"),
    }
    out = []
    for link in row.get("data-w").split(";"):
        places = [re.fullmatch(r"([stb])(?:(\d+):)?(\d+)-(\d+)", place).groups() for place in link.split()]
        bare = [(text_of(texts[side][int(n or 0)]), int(a), int(b)) for side, n, a, b in places]
        out.append([text.encode("utf-16-le")[2 * a : 2 * b].decode("utf-16-le") for text, a, b in bare])
    return out


def test_word_links_join_the_three_texts(pair):
    links = {2: [((4, 13), (3, 9), (4, 13)), ((43, 50), None, (40, 47))], 4: [((0, 9), (49, 51), None)]}
    tree = page(pair, lexicon_links=links)
    first, second = (linked_words(tree.get_element_by_id(i)) for i in ("b3", "b5"))
    assert first == [["town hall", "mairie", "town hall"], ["evening", "evening"]]
    assert second == [["The mayor", "Il"]]  # counted over the bead's joined segments
    assert tree.get_element_by_id("b5").get("data-w") == "s0-9 t1:0-2"
    assert not tree.xpath("//*[@id='b1'][@data-w]")


def test_word_links_are_counted_as_a_browser_counts():
    both = Document.from_lines(["🎉🎉 fête 𝒙 ici"]), Document.from_lines(["𝒙 is here"])
    bead = Bead(range(1), range(1))
    tree = page(Bitext(*both, beads=(bead,)), lexicon_links={0: [((5, 9), (10, 13), None), ((0, 1), (8, 9), None)]})
    assert linked_words(tree.get_element_by_id("b1")) == [["here", "ici"], ["𝒙", "𝒙"]]


@pytest.mark.parametrize(
    "bitext",
    [
        Bitext(Document("")),
        Bitext(Document.from_lines(["Bonjour."])),
        Bitext(Document.from_lines(["Bonjour."]), Document.from_lines(["Hello."])),
        Bitext(Document.from_lines(["un", "deux"]), beads=(Bead(range(0), range(2)),)),
        Bitext(Document.from_lines(["un"]), scores=Scores("reference-free", quality=(None,))),
    ],
    ids=["empty", "one", "not aligned", "no source", "no quality"],
)
def test_a_bitext_at_any_stage_has_a_page(bitext):
    tree = page(bitext)
    assert len(tree.find_class("bead")) == max(len(bitext.beads), len(bitext.target) if not bitext.beads else 0)


words = st.text(string.ascii_letters + " <>&\"'é«»\u00a0\ud800\x1b\n{}%", min_size=1, max_size=12)
flag_spans = st.tuples(st.integers(0, 3), st.integers(-2, 14), st.integers(-2, 14), st.sampled_from(list(Severity)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words, min_size=1, max_size=3), st.lists(flag_spans, max_size=6))
def test_any_text_with_any_flags_stands_on_the_page_whole(lines, spans):
    flags = tuple(Flag("c", "k", severity, i, (a, b), "m") for i, a, b, severity in spans)
    text = render(Bitext(Document.from_lines(lines), flags=flags))
    text.encode()  # no lone surrogates
    tree = lxml_html.document_fromstring(text)
    for i, line in enumerate(lines):
        # a parser turns the first newline after no tag here into text: all are kept
        assert text_of(tree.get_element_by_id(f"t{i + 1}")) == clean(line)
    assert len(tree.find_class("note")) == sum(i < len(lines) for i, *_ in spans)
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))


def test_drawings_are_shown_and_absent_when_there_are_none(pair):
    tree = page(pair, drawings='<svg role="img"><text>By length</text></svg>')
    (drawn,) = found(tree, "details", "drawings")
    assert [t.text for t in drawn.iter("text")] == ["By length"]
    assert not found(page(pair), "details", "drawings")
