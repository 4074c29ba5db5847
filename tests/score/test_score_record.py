"""A scores.json computes its figures again, from its own lines or from the files it names."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document, Metric, Scores, Signature, Translation
from bitext.errors import BitextError, FormatError, InputError
from bitext.score import Texts, from_json, score, score_bitext, to_json

HYP = ["A dog ran over the road.", "It was late and it rained."]
REF = ["A dog ran across the road.", "It was late, and it was raining."]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"metrics": ["chrf++", "bleu"], "lowercase": True},
        {"metrics": ["ter"], "confidence": True, "samples": 30, "seed": 3},
        {"tokenize": "intl"},
    ],
    ids=str,
)
def test_figures_come_out_the_same(options):
    scores = score(HYP, [REF, HYP[::-1]], **options)
    text = to_json(scores, hypotheses=Texts.of(HYP), references=[Texts.of(REF), Texts.of(HYP[::-1])])
    record = from_json(text)
    assert record.scores == scores
    assert record.recompute() == scores  # the options are read from the signatures
    assert record.differences() == []


def test_a_figure_that_changed_is_said():
    raw = json.loads(to_json(score(HYP, REF), hypotheses=Texts.of(HYP), references=[Texts.of(REF)]))
    raw["metrics"][0]["value"] += 1
    raw["metrics"][1]["signature"] = "nrefs:1|version:1.0"
    said = [str(d) for d in from_json(json.dumps(raw)).differences()]
    assert len(said) == 2
    assert said[0].startswith("BLEU was ") and "→" in said[1]


def test_files_are_named_by_path_and_hash(tmp_path):
    paths = [tmp_path / "hyp.txt", tmp_path / "ref.txt"]
    for path, lines in zip(paths, [HYP, REF], strict=True):
        path.write_text("\n".join(lines) + "\n")
    texts = [Texts.of(lines, str(path)) for path, lines in zip(paths, [HYP, REF], strict=True)]
    assert texts[0].lines is None
    record = from_json(to_json(score(HYP, REF), hypotheses=texts[0], references=texts[1:]))
    assert record.differences() == []
    paths[1].write_text("\n".join([REF[0], "Something else."]) + "\n")
    with pytest.raises(InputError, match=r"ref\.txt: is not the text that was scored"):
        record.recompute()


def test_a_bitext_writes_the_texts_of_its_beads():
    target = Document.from_lines(["Un chien.", "Il était tard.", "Ajout."], "fr")
    source = Document.from_lines(["A dog.", "It was late."], "en")
    back = tuple(Translation(t) for t in ("One dog.", "It was late.", "Added."))
    beads = tuple(Bead(range(i, min(i + 1, 2)), range(i, i + 1)) for i in range(3))
    bitext = Bitext(target, source, translations=back, beads=beads, signature=Signature.of(bitext="1", model="m"))
    with pytest.raises(BitextError, match="not scored yet"):
        to_json(bitext)
    bitext = bitext.with_(scores=score_bitext(bitext, samples=25))
    record = from_json(to_json(bitext))
    assert record.hypotheses.lines == ("One dog.", "It was late.")
    assert record.indices == (0, 1)
    assert record.signature == bitext.signature
    assert record.scores == bitext.scores
    assert record.differences() == []
    assert record.recompute().metrics == bitext.scores.metrics
    alone = Bitext(target, translations=back)
    alone = alone.with_(scores=score_bitext(alone))
    with pytest.raises(BitextError, match="hold no texts"):
        from_json(to_json(alone)).recompute()


numbers = st.floats(-1e6, 1e6)
metrics = st.builds(Metric, st.text(max_size=5), numbers, st.text(max_size=9), st.none() | st.tuples(numbers, numbers))
some_scores = st.builds(
    Scores,
    st.sampled_from(["reference", "reference-free"]),
    st.lists(metrics, max_size=3).map(tuple),
    st.dictionaries(st.integers(0, 99), numbers, max_size=3),
    st.lists(st.none() | numbers, max_size=3).map(tuple),
    st.dictionaries(st.text(max_size=4), numbers, max_size=2),
    st.lists(st.text(max_size=20), max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=30)
@given(some_scores)
def test_scores_survive_the_trip(scores):
    assert from_json(to_json(scores)).scores == scores


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1: is not JSON"),
        ("[]", "is not a scores.json"),
        ('{"format": "bitext-scores/9"}', "has the format bitext-scores/9"),
        ('{"format": "bitext-scores/1"}', "lacks or does not know"),
        (to_json(score(HYP, REF)).replace('"coverage": {}', '"coverage": []'), "holds a wrong value"),
        (to_json(score(HYP, REF)).replace('"options": {}', '"options": {"colour": 1}'), "does not know 'colour'"),
        ("[" * 100_000, "nested too deeply|not JSON"),
    ],
    ids=range(7),
)
def test_other_files_are_refused(text, said):
    with pytest.raises(FormatError, match=said) as e:
        from_json(text, "scores.json")
    assert str(e.value).startswith("scores.json")


def test_unknown_options_are_refused():
    with pytest.raises(BitextError, match="no scoring option 'colour'"):
        to_json(score(HYP, REF), hypotheses=Texts.of(HYP), options={"colour": 1})
