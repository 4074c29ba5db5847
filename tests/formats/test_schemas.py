"""What is written is valid: TMX by its DTD, XLIFF by its schemas, and by the rules that a schema cannot say."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from format_samples import bitexts, texts, tmx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from xliff_rules import broken

from bitext import formats
from bitext.document import Bitext, Document
from bitext.formats.common import Reviewed

etree = pytest.importorskip("lxml.etree")
X1, X2 = "{urn:oasis:names:tc:xliff:document:1.2}", "{urn:oasis:names:tc:xliff:document:2.0}"
M2 = "{urn:oasis:names:tc:xliff:metadata:2.0}"
relaxed = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
reviews = st.dictionaries(
    st.integers(0, 9), st.builds(Reviewed, st.booleans(), st.lists(texts, max_size=2).map(tuple)), max_size=6
)


def written(bitext: Bitext, path: Path, format: str, **options):
    formats.write(bitext, path, format, **options)
    return etree.parse(str(path)).getroot()


@relaxed
@given(bitext=bitexts(aligned=True))
def test_tmx_is_valid(tmp_path, valid, bitext) -> None:
    valid(written(bitext, tmp_path / "a.tmx", "tmx"), "tmx")


@relaxed
@given(bitext=bitexts(aligned=True), reviewed=reviews)
@pytest.mark.parametrize("format", ["xliff", "xliff2"])
def test_xliff_is_valid(tmp_path, valid, format, bitext, reviewed) -> None:
    """Whatever is in the texts, the flags and the notes, and whatever a person has said of it."""
    valid(written(bitext, tmp_path / "a.xlf", format, reviewed=reviewed), format)


@pytest.mark.parametrize("format", ["tmx", "xliff", "xliff2"])
@pytest.mark.parametrize("langs", [("en", "fr"), ("en_US", "fr_CA"), ("", "")])
def test_a_plain_text_before_alignment_is_valid(tmp_path, valid, format, langs) -> None:
    plain = Bitext(Document.from_lines(["Un.", "Deux."], langs[1]))
    valid(written(plain, tmp_path / "a", format), format)
    valid(written(formats.from_pairs([("a", "b"), ("", "c"), ("d", "")], *langs), tmp_path / "a", format), format)


def test_the_schemas_refuse_what_is_wrong(tmp_path, valid, article) -> None:
    with pytest.raises(AssertionError, match="does not follow the DTD"):
        valid(etree.fromstring(tmx("<tu><prop type='x'>1</prop></tu>").encode()), "tmx")
    wrong = [
        ("xliff", "state", "good"),
        ("xliff", "{urn:x-bitext:1}severity", "bad"),
        ("xliff", "{urn:x-bitext:1}unheard-of", "1"),
        ("xliff2", "state", "good"),
    ]
    for format, attribute, value in wrong:
        root = written(article, tmp_path / "a", format)
        next(e for e in root.iter("{*}target", "{*}mrk", "{*}segment") if e.attrib).set(attribute, value)
        with pytest.raises(AssertionError, match=r"valid value|enumeration|No matching global"):
            valid(root, format)


@relaxed
@given(bitext=bitexts(aligned=True), reviewed=reviews)
def test_xliff_2_keeps_the_rules(tmp_path, bitext, reviewed) -> None:
    """What XLIFF 2.1's Schematron checks beyond its schemas, and what of its text concerns what is written."""
    root = written(bitext, tmp_path / "a.xlf", "xliff2", reviewed=reviewed)
    assert list(broken(root)) == []
    assert (root.tag, root.get("version")) == (f"{X2}xliff", "2.1")
    units = root.findall(f"{X2}file/{X2}unit")
    assert len(units) > 0
    for u in units:
        order = [etree.QName(child).localname for child in u]
        assert order in (["metadata", "segment"], ["metadata", "notes", "segment"])
        inline = [e for e in u.iter() if e.tag in (f"{X2}mrk", f"{X2}sm")]
        notes = {f"#n={n.get('id')}" for n in u.iter(f"{X2}note") if n.get("category") != "reviewer"}
        assert {e.get("ref") for e in inline} == (notes if u.find(f".//{X2}target") is not None else set())


@pytest.mark.parametrize(
    ("rule", "element", "change"),
    [
        ("K3", "unit", lambda e: e.set("id", "u2")),
        ("K4", "note", lambda e: e.addnext(deepcopy(e))),
        ("K6", "mrk", lambda e: e.set("id", "s1")),
        ("F1", "xliff", lambda e: e.attrib.pop("trgLang")),
        ("F4T", "target", lambda e: e.set("{http://www.w3.org/XML/1998/namespace}lang", "de")),
        ("F7", "segment", lambda e: (e.set("subState", "a:b"), e.attrib.pop("state"))),
        ("F11", "mrk", lambda e: e.attrib.pop("type")),
        ("F12", "mrk", lambda e: e.set("value", "x")),
        ("F13", "mrk", lambda e: e.set("ref", "#n=n77")),
        ("F27", "em", lambda e: e.getparent().remove(e)),
        ("F28", "sm", lambda e: e.set("id", "q")),
        ("F29", "target", lambda e: e.getparent().remove(e)),
        ("subState", "segment", lambda e: e.set("subState", "xlf:b")),
        ("F25", "source", lambda e: e.append(etree.fromstring(f'<cp xmlns="{X2[1:-1]}" hex="0041"/>'))),
        ("no rule", "source", lambda e: e.append(etree.fromstring(f'<ph xmlns="{X2[1:-1]}" id="p"/>'))),
    ],
)
def test_each_rule_of_xliff_2_finds_what_breaks_it(tmp_path, article, rule, element, change) -> None:
    root = written(article, tmp_path / "a", "xliff2")
    assert list(broken(root)) == []
    change(next(root.iter(f"{X2}{element}")))
    assert any(said.startswith(rule) for said in broken(root))


@pytest.mark.parametrize(
    ("element", "change"),
    [
        ("metadata", lambda e: e.clear()),
        ("metaGroup", lambda e: e.set("appliesTo", "everyone")),
        ("metaGroup", lambda e: e.set("kind", "x")),
        ("meta", lambda e: e.attrib.pop("type")),
        ("meta", lambda e: e.append(etree.Element("b"))),
        ("metaGroup", lambda e: e.append(etree.Element(f"{M2}metas"))),
    ],
)
def test_the_metadata_module_is_looked_at(tmp_path, valid, article, element, change) -> None:
    root = written(article, tmp_path / "a", "xliff2")
    valid(root, "xliff2")
    change(next(root.iter(f"{M2}{element}")))
    with pytest.raises(AssertionError):
        valid(root, "xliff2")


@relaxed
@given(bitext=bitexts(aligned=True))
def test_xliff_12_keeps_the_rules(tmp_path, bitext) -> None:
    root = written(bitext, tmp_path / "a.xlf", "xliff")
    assert (root.tag, root.get("version")) == (f"{X1}xliff", "1.2")
    file = root.find(f"{X1}file")
    assert all(file.get(a) for a in ("original", "source-language", "target-language", "datatype"))
    assert [etree.QName(c).localname for c in file] == ["header", "body"]
    for u in file.iter(f"{X1}trans-unit"):
        order = [etree.QName(child).localname for child in u]
        assert order[0] == "source"
        assert "note" not in order or "target" not in order[order.index("note") :]
        for target in u.findall(f"{X1}target"):
            flagged = target.find(f".//{X1}mrk") is not None
            assert target.get("state") == ("needs-review-translation" if flagged else "translated")


@pytest.mark.parametrize("format", ["xliff", "xliff2"])
def test_what_a_person_said_is_in_states_and_notes(tmp_path, article, format) -> None:
    said = {1: Reviewed(True, ("was: Le chien <dort>.", "agreed: why")), 2: Reviewed(True), 3: Reviewed(notes=("hm",))}
    root = written(article, tmp_path / "a", format, reviewed=said)
    units = root.findall(".//{*}trans-unit") or root.findall(".//{*}unit")
    states = [next((e.get("state") for e in u.iter() if e.get("state")), None) for u in units]
    done, open_ = ("signed-off", "translated") if format == "xliff" else ("reviewed", "translated")
    assert states == [open_, done, None, open_]  # nothing is signed off that is not there
    ours = [[n.text for n in u.iter("{*}note") if "reviewer" in (n.get("from"), n.get("category"))] for u in units]
    assert ours == [[], ["was: Le chien <dort>.", "agreed: why"], [], ["hm"]]
    formats.write(article, tmp_path / "b", format)
    assert formats.read(tmp_path / "a", format).flags == formats.read(tmp_path / "b", format).flags
