"""Error spans of xCOMET and MQM files land on the words they mark, however the texts are cut into segments."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.document import Bead, Bitext, Document, Flag, Segment, Severity
from bitext.errors import FormatError
from bitext.formats import error_spans, mqm

SENTENCES = ["Le pont est  fermé.", "Trois\u00a0cents maisons sont vides !", "Le maire se tait."]


def document(pieces):
    """The sentences on one line, cut into the given pieces."""
    text, segments, at = " ".join(SENTENCES), [], 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        segments.append(Segment(piece, start, at))
    return Bitext(Document(text, tuple(segments), "fr"))


def words(bitext, flag):
    return bitext.target.segments[flag.segment].text[slice(*flag.span)]


def xcomet(path, *segments):
    path.write_text(json.dumps({"out.txt": list(segments)}), encoding="utf-8")
    return path


def error(mt, text, **more):
    start = mt.index(text)
    found = {"text": text, "confidence": 0.7, "severity": "major", "start": start, "end": start + len(text)}
    return found | more


def test_xcomet(tmp_path):
    bitext = document(SENTENCES)
    mt = "Trois cents maisons sont vides !"
    path = xcomet(
        tmp_path / "xcomet.json",
        {"src": "The bridge is closed.", "mt": "Le pont est fermé.", "COMET": 0.91, "errors": []},
        {"src": "Three houses", "mt": mt, "COMET": 0.3, "errors": [error(mt, "Trois cents"), error(mt, "vides")]},
    )
    got = error_spans.read(path, bitext)
    assert [words(bitext, f) for f in got.flags] == ["Trois\u00a0cents", "vides"]
    assert {f.check for f in got.flags} == {"imported:xcomet"} and {f.segment for f in got.flags} == {1}
    assert got.flags[0].severity is Severity.MAJOR and got.flags[0].confidence == 0.7
    assert got.flags[0].evidence == {"segment score": 0.3} and got.missing == ()


def test_the_file_that_comet_score_writes(tmp_path):
    """Two systems, indented, the translation files as keys, `errors` only where there are some, text with a space."""
    bitext = document(SENTENCES)
    rows = [("The bridge is closed.", SENTENCES[0], 0.9873046875), ("Three hundred houses", SENTENCES[1], 0.5)]
    ours = [{"src": src, "mt": " ".join(mt.split()), "ref": "x", "COMET": score} for src, mt, score in rows]
    span = {"text": " maisons sont", "confidence": 0.41307902336120605, "severity": "minor", "start": 10, "end": 23}
    ours[1]["errors"] = [span]
    theirs = [{"src": src, "mt": "Rien.", "ref": "x", "COMET": score} for src, _, score in rows]
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"out/a.fr": theirs, "out/b.fr": ours}, ensure_ascii=False, indent=4), encoding="utf-8")
    got = error_spans.read(path, bitext)
    (flag,) = got.flags
    assert words(bitext, flag) == "maisons sont" and flag.severity is Severity.MINOR and got.missing == ()
    assert flag.confidence == pytest.approx(0.413, abs=1e-3) and flag.evidence == {"segment score": 0.5}
    with pytest.raises(FormatError, match="none of its segments is in the text"):
        error_spans.read(path, bitext, name="out/a.fr")
    with pytest.raises(FormatError, match=r"holds no system 'c'; choose from out/a.fr, out/b.fr"):
        error_spans.read(path, bitext, system="c")


def test_offsets_that_do_not_fit_their_words_are_mended(tmp_path):
    bitext = document(SENTENCES)
    mt = SENTENCES[2]
    path = xcomet(tmp_path / "x.json", {"mt": mt, "errors": [error(mt, "maire", start=5, end=9)]})
    (flag,) = error_spans.read(path, bitext, name="comet").flags
    assert words(bitext, flag) == "maire" and flag.check == "imported:comet"


@given(st.data())
def test_a_span_is_found_whatever_the_segments(tmp_path_factory, data):
    text = " ".join(SENTENCES)
    tokens = text.split(" ")
    cuts = sorted(data.draw(st.sets(st.integers(1, len(tokens) - 1), max_size=4)))
    bounds = [0, *cuts, len(tokens)]
    pieces = [" ".join(tokens[a:b]).strip() for a, b in itertools.pairwise(bounds)]
    bitext = document([p for p in pieces if p])
    word = data.draw(st.sampled_from([w for w in tokens if w]))
    path = xcomet(tmp_path_factory.mktemp("a") / "a.json", {"mt": text, "errors": [error(text, word)]})
    (flag,) = error_spans.read(path, bitext).flags
    segment = bitext.target.segments[flag.segment]
    assert words(bitext, flag) == word and segment.start + flag.span[0] == text.index(word)


def test_mqm_of_a_person(tmp_path):
    marked = Bitext(Document.from_lines(SENTENCES, "fr"), Document.from_lines(["a", "b", "c"], "en"))
    flag = Flag("mine", "accuracy/mistranslation", Severity.CRITICAL, 2, (12, 16), "he speaks", "parle")
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(3))
    path = tmp_path / "anna.mqm.tsv"
    mqm.write(marked.with_(beads=beads, flags=(flag,)), path, rater="anna")
    bitext = document([" ".join(SENTENCES)])
    (got,) = error_spans.read(path, bitext).flags
    assert words(bitext, got) == "tait" and got.check == "imported:anna" and got.segment == 0
    assert (got.category, got.severity, got.suggestion) == ("accuracy/mistranslation", Severity.CRITICAL, "parle")


def test_mqm_as_wmt_publishes_it(tmp_path):
    columns = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\n"
    rows = [
        ("The bridge is closed.", "Le pont est fermé.", "No-error", "No-error"),
        ("Three hundred", "<v>Trois cents</v> maisons sont vides !", "Accuracy/Mistranslation", "Major"),
    ]
    lines = [f"A\td\t{i}\t{i}\trater1\t" + "\t".join(row) + "\n" for i, row in enumerate(rows, 1)]
    path = tmp_path / "wmt.tsv"
    path.write_text(columns + "".join(lines), encoding="utf-8")
    bitext = document(SENTENCES)
    (flag,) = error_spans.read(path, bitext).flags
    assert words(bitext, flag) == "Trois\u00a0cents" and flag.check == "imported:wmt"
    assert (flag.category, flag.severity) == ("accuracy/mistranslation", Severity.MAJOR)
    assert flag.message == "marked as an error"


def test_what_is_not_there_is_said(tmp_path):
    bitext = document(SENTENCES)
    path = xcomet(tmp_path / "x.json", {"mt": SENTENCES[0], "errors": []}, {"mt": "Rien de cela.", "errors": []})
    assert error_spans.read(path, bitext).missing == ("Rien de cela.",)
    path = xcomet(tmp_path / "y.json", {"mt": "Rien de cela.", "errors": []})
    with pytest.raises(FormatError, match="none of its segments is in the text"):
        error_spans.read(path, bitext)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"a": [{"mt": "x"}], "b": [{"mt": "y"}]}', "none of its segments is in the text"),
        ('{"a": 3}', "no list of segments"),
        ('[{"mt": "x", "errors": 3}]', "errors are no list"),
        ('[{"mt": "x", "errors": [{"text": "x"}]}]', "lacks 'start'"),
        ('[{"mt": "x", "errors": [{"text": "x", "start": 0, "end": 1, "severity": "dire"}]}]', "wrong value"),
        ('[{"mt": "x", "errors": [3]}]', "wrong value"),
    ],
)
def test_damaged_files(tmp_path, text, said):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=said):
        error_spans.read(path, document(SENTENCES))
