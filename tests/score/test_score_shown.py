"""What is told about scores: the bound of the same weights only, drawings that are safe to embed, model figures."""

import json
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document, Signature, Translation
from bitext.score import bound as bound_module
from bitext.score import bound_notes, draw, from_json, score, score_bitext, score_documents, to_json, view_texts
from bitext.score.views import Bucket, View

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def measured(monkeypatch):
    """A bound measured with weights `abc`."""
    figures = [{"name": "BLEU", "value": 41.26}, {"name": "forward perplexity", "value": 6.02}]
    pairs = [{"name": "a", "what": "a trusted translation", "beads": 9, "metrics": figures}]
    known = {"signature": "bitext:1|weights:abc|decoding:beam4|segmenter:1|aligner:1|forward:f@1", "pairs": pairs}
    monkeypatch.setattr(bound_module, "_measured", lambda: known)


def test_the_bound_is_told_for_the_same_weights_only(measured):
    (note,) = bound_notes(Signature.parse("bitext:2|weights:abc|decoding:beam4|segmenter:1|aligner:1"))
    assert "a trusted translation BLEU 41.3. " in note
    (note,) = bound_notes(Signature.parse("weights:abc|decoding:beam4|segmenter:1|aligner:1|forward:f@1"))
    assert "BLEU 41.3, forward perplexity 6.0. " in note
    for changed in ("weights:abd", "decoding:beam1", "aligner:2"):
        other = Signature.parse(known := bound_module._measured()["signature"]) | Signature.parse(changed)
        assert str(other) != known and bound_notes(other) == []
    assert bound_notes(Signature()) == []


def test_what_is_shipped_names_the_weights_it_holds_for():
    known = bound_module._measured()
    entries = dict(Signature.parse(known["signature"]).entries)
    assert set(bound_module.SAME) <= set(entries)
    assert bound_notes(Signature.parse(known["signature"]))


def test_it_is_measured_with_the_models_and_the_code_that_ship():
    """To be measured anew after a change: `python bench/score_bound.py --write`."""
    from bitext import align, segment, translate

    now = translate.load("fr-en").signature | Signature.of(segmenter=segment.VERSION, aligner=align.VERSION)
    (note,) = bound_notes(now)
    assert "a trusted translation of a short news story" in note and "upper bound" in note


def bitext():
    target = Document.from_lines(["Un chat.", "Deux chiens", "dorment.", "Ajout."], "fr")
    source = Document.from_lines(["One cat.", "Two dogs sleep."], "en")
    back = tuple(Translation(t) for t in ("A cat.", "Two dogs", "sleep.", "Added."))
    beads = (
        Bead(range(0, 1), range(0, 1)),
        Bead(range(1, 2), range(1, 3)),
        Bead(range(2, 2), range(3, 4)),
    )
    return Bitext(target, source, translations=back, beads=beads, signature=Signature.of(weights="none"))


def test_forced_decoding_counts_each_bead_once_and_is_not_recomputed():
    given = [Translation("a", -1.0, ("x", "y"), (-0.5, -1.5))] + [Translation("b", -2.0, ("z",), (-2.0,))] * 2
    scores = score_bitext(bitext(), confidence=False, reverse=[*given, Translation("")])
    (figure,) = [m for m in scores.metrics if m.name == "reverse perplexity"]
    assert figure.value == pytest.approx(math.exp(4 / 3))  # three tokens: of the second bead one, not two
    record = from_json(to_json(bitext().with_(scores=scores)))
    assert [m.name for m in record.by_models] == ["reverse perplexity"]
    assert record.differences() == [] and len(record.recompute().metrics) == 3


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.floats(-5, 105), max_size=9), st.lists(st.tuples(texts, texts, st.floats(0, 100)), max_size=5))
def test_a_drawing_is_xml_without_style_or_script(chrf, labels):
    buckets = tuple(Bucket(by, label, (0,), 1.0, value) for by, label, value in labels)
    for standalone in (True, False):
        text = draw(View(buckets, (), (), tuple(chrf)), standalone=standalone)
        root = ElementTree.fromstring(text if standalone else f"<div>{text}</div>")
        names = {e.tag.removeprefix(SVG) for e in root.iter()} - {"div"}
        assert names <= {"svg", "title", "text", "path", "rect"}
        assert not any(a.startswith("on") or a in ("style", "href") for e in root.iter() for a in e.attrib)
        assert all(label in [t.text or "" for t in root.iter(f"{SVG}text")] for _, label, _ in labels)
        assert all(float(r.get("width")) >= 0 for r in root.iter(f"{SVG}rect") if r.get("width") != "100%")


def test_several_references_are_merged_where_they_share_a_segment():
    hyp = ["a b", "c d", "e f", "g h"]
    first, second = ["a b c d", "e f", "g h"], ["a b", "c d e f"]

    def align(reference, hypothesis):
        if len(reference) == 3:
            return [Bead(range(1), range(2)), Bead(range(1, 2), range(2, 3)), Bead(range(2, 3), range(3, 4))]
        return [Bead(range(1), range(1)), Bead(range(1, 2), range(1, 3)), Bead(range(2, 2), range(3, 4))]

    got = score_documents(hyp, [first, second], align)
    assert got.hypotheses == ("a b c d e f", "g h")
    assert got.references == (("a b c d e f", "g h"), ("a b c d e f", ""))
    assert got.resegmented is None and any("no re-segmented score" in n for n in got.scores.notes)
    expected = score(got.hypotheses, got.references, check=False)
    assert [m.value for m in got.scores.metrics] == [m.value for m in expected.metrics]
    assert any("1 segment of the hypothesis (by reference 2)" in n for n in got.scores.notes)
    same = score_documents(hyp, [first, first], align)
    assert same.resegmented is not None and "nrefs:2" in same.scores.metrics[0].signature


def test_sources_are_kept_for_plug_ins_that_want_them():
    from bitext.score import Texts, register
    from bitext.score.plugins import External

    register("source-length", lambda h, r, s: External("source-length", float(sum(map(len, s))), "v:1"))
    scores = score(["x"], ["y"], ("source-length",), sources=["four"])
    text = to_json(scores, hypotheses=Texts.of(["x"]), references=[Texts.of(["y"])], sources=Texts.of(["four"]))
    assert from_json(text).differences() == []
    assert json.loads(text)["sources"]["lines"] == ["four"]


def test_labels_make_buckets():
    seen = view_texts(["a", "b"], ["a", "c"], labels={"who": ["me", "you"]}, count=1)
    assert [(b.label, b.chrf) for b in seen.buckets if b.by == "who"] == [("me", 100.0), ("you", 0.0)]
    assert seen.best[0].index == 0 and seen.worst[0].index == 1
