"""TMX, XLIFF and cesAlign: as other tools read and write them, safe, and large."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from format_samples import filled, tmx, unit
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext import formats
from bitext.document import Bitext, Document
from bitext.errors import BitextError, FormatError, InputError
from bitext.formats.spans import pieces

etree = pytest.importorskip("lxml.etree")


@given(st.text("abc", max_size=6), st.data())
def test_pieces_nest_and_lose_nothing(text, data) -> None:
    place = st.integers(0, len(text))
    spans = [tuple(sorted(s)) for s in data.draw(st.lists(st.tuples(place, place), max_size=5))]
    stack, at = [], 0
    covered: dict[int, set[int]] = {i: set() for i in range(len(spans))}
    seen = set()
    for kind, i, piece in pieces(text, spans):
        if kind == "open":
            stack.append(i)
            seen.add(i)
            assert spans[i][0] <= at
        elif kind == "close":
            assert stack.pop() == i
        else:
            assert piece == text[at : at + len(piece)] != ""
            for k in stack:
                covered[k].update(range(at, at + len(piece)))
            at += len(piece)
    assert (stack, at, seen) == ([], len(text), set(range(len(spans))))
    assert covered == {i: set(range(*s)) for i, s in enumerate(spans)}


@pytest.mark.parametrize("format", ["tmx", "xliff2", "xliff"])
def test_translate_toolkit_reads_it(tmp_path, article, format) -> None:
    pytest.importorskip("translate")
    from translate.storage import factory
    from translate.storage.xliff2 import Xliff2File

    path = tmp_path / ("a.tmx" if format == "tmx" else "a.xlf")
    formats.write(article, path, format)
    store = Xliff2File.parsefile(str(path)) if format == "xliff2" else factory.getobject(str(path))
    pairs = [(str(u.source or ""), str(u.target or "")) for u in store.units if not u.isheader()]
    wanted = [(article.source_text(b), article.target_text(b)) for b in article.beads]
    if format == "tmx":  # the toolkit shows nothing of a unit without the source language
        wanted[3] = ("", "")
    assert pairs == wanted


@pytest.mark.parametrize("format", ["tmx", "xliff2", "xliff"])
def test_markup_in_texts_is_text(tmp_path, format) -> None:
    nasty = '<script>alert("x")</script> &amp; ]]> <!ENTITY x "y"> <ph id="1"/>'
    bitext = formats.from_pairs([(nasty, nasty[::-1])])
    formats.write(bitext, tmp_path / "a", format)
    root = etree.parse(str(tmp_path / "a")).getroot()
    assert root.find(".//script") is None
    assert formats.read(tmp_path / "a", format).source.texts == [nasty]


BOMB = '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("format", ["tmx", "xliff2", "xliff", "cesalign"])
@pytest.mark.parametrize(
    ("doctype", "says"),
    [
        (BOMB, "declares the entity a"),
        ('<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "declares the entity x"),
        ('<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://127.0.0.1:9/e"> %p;]>', "declares the entity p"),
        ('<!DOCTYPE tmx SYSTEM "x.dtd">', "uses the entity &x; that it does not declare"),
        ("", "undefined entity"),
    ],
)
def test_entities_are_refused(tmp_path, format, doctype, says) -> None:
    path = tmp_path / "a"
    roots = {"tmx": "tmx", "cesalign": "cesAlign"}
    body = tmx(unit(en="&x;", fr="&x;"), before=doctype).replace("<tmx ", f"<{roots.get(format, 'xliff')} ")
    if format.startswith("xliff2"):
        body = body.replace("<tu>", "<unit>").replace("</tu>", "</unit>").replace('version="1.4"', 'version="2.1"')
    elif format == "cesalign":
        body = body.replace("<tu>", "<link>").replace("</tu>", "</link>")
    path.write_text(body.replace("</tmx>", f"</{roots.get(format, 'xliff')}>"))
    with pytest.raises(FormatError, match=says):
        formats.read(path, format)


# --- XLIFF as others write it ---


def test_xliff_12_of_other_tools(tmp_path) -> None:
    path = tmp_path / "a.xlf"
    path.write_text("""<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
      <file original="a" source-language="en-US" target-language="fr-FR" datatype="html"><body><group>
        <trans-unit id="1"><source>Press <g id="1">any</g> key<x id="2"/><ph id="3">&lt;br></ph></source>
          <target>Appuyez</target><alt-trans><source>no</source><target>non</target></alt-trans></trans-unit>
        <trans-unit id="2"><source>One. Two.</source>
          <seg-source><mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two.</mrk></seg-source>
          <target><mrk mtype="seg" mid="1">Un.</mrk> <mrk mtype="seg" mid="2">Deux.</mrk></target></trans-unit>
        <trans-unit id="3"><source>Later</source></trans-unit>
      </group></body></file></xliff>""")
    bitext = formats.read(path)
    assert bitext.source.texts == ["Press any key", "One.", "Two.", "Later"]
    assert bitext.target.texts == ["Appuyez", "Un.", "Deux."]
    assert (bitext.source.lang, bitext.target.lang) == ("en-US", "fr-FR")
    swapped = formats.read(path, source_lang="fr", target_lang="en")
    assert swapped.source.texts == ["Appuyez", "Un.", "Deux."]
    with pytest.raises(FormatError, match="goes from en-US to fr-FR, not from any to de"):
        formats.read(path, target_lang="de")


def test_xliff_2_of_other_tools(tmp_path) -> None:
    path = tmp_path / "a.xlf"
    path.write_text("""<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="fr">
      <file id="f"><group id="g"><unit id="1"><originalData><data id="d">&lt;br></data></originalData>
        <segment><source>A <pc id="1">big</pc><ph id="2" dataRef="d"/> <cp hex="001B"/>cat</source>
          <target>Un gros <mrk id="m" type="term">chat</mrk></target></segment>
        <ignorable><source> </source></ignorable>
        <segment><source>End.</source></segment></unit></group></file></xliff>""")
    bitext = formats.read(path)
    assert bitext.source.texts == ["A big \x1bcat", "End."]
    assert bitext.target.texts == ["Un gros chat"]
    path.write_text(path.read_text().replace('hex="001B"', 'hex="zz"'))
    with pytest.raises(FormatError, match="names no character"):
        formats.read(path)
    path.write_text(path.read_text().replace('version="2.0"', 'version="3.0"'))
    with pytest.raises(FormatError, match=r"XLIFF of version '3.0'"):
        formats.read(path)


# --- cesAlign ---


def opus(tmp_path: Path, links: str, to: str = "fr.xml") -> Path:
    (tmp_path / "en.xml").write_text(
        '<text><s id="1"><w>Hello</w><w>.</w></s><p><s id="s2">Two.</s></p><s id="3">Three.</s></text>'
    )
    (tmp_path / "fr.xml").write_text('<text><s id="1">Salut.</s><s id="2">Deux.</s><s id="3">Trois.</s></text>')
    path = tmp_path / "a.xces"
    path.write_text(f'<cesAlign version="1.0"><linkGrp fromDoc="sub/en.xml" toDoc="{to}">{links}</linkGrp></cesAlign>')
    return path


def test_cesalign_of_opus(tmp_path) -> None:
    bitext = formats.read(opus(tmp_path, '<link xtargets="1;1 2" certainty="1.5"/><link xtargets="3;"/>'))
    assert bitext.source.texts == ["Hello .", "Two.", "Three."]
    assert [(list(b.source), list(b.target), b.score) for b in bitext.beads] == [
        ([0], [0, 1], 1.5),
        ([1], [], 0.0),
        ([2], [], 0.0),
        ([], [2], 0.0),
    ]


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ('<link xtargets="1;9"/>', "names the target sentence '9', which"),
        ('<link xtargets="1;1"/><link xtargets="1;2"/>', "source sentence '1' a second time"),
        ('<link xtargets="1 3;1"/>', "do not follow each other"),
        ('<link xtargets="1"/>', 'xtargets is not "ids;ids"'),
    ],
)
def test_bad_links(tmp_path, links, says) -> None:
    with pytest.raises(FormatError, match=says):
        formats.read(opus(tmp_path, links))


@pytest.mark.parametrize("outside", ["../secret.xml", "/etc/passwd", "..\\secret.xml"])
def test_documents_outside_the_folder_are_not_opened(tmp_path, outside) -> None:
    (tmp_path / "secret.xml").write_text('<text><s id="1">secret</s></text>')
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="no such file"):
        formats.read(opus(tmp_path / "in", '<link xtargets="1;1"/>', outside))


# --- size ---


@given(st.lists(st.tuples(filled, filled), max_size=3))
@settings(max_examples=10, deadline=None)
def test_damaged_xml_never_tracebacks(pairs) -> None:
    import random
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for format in ("tmx", "xliff2", "xliff"):
            path = Path(folder) / "a"
            formats.write(formats.from_pairs(pairs), path, format)
            data = bytearray(path.read_bytes())
            dice = random.Random(len(data))
            for _ in range(5):
                at = dice.randrange(len(data))
                path.write_bytes(data[:at] + bytes([dice.randrange(256)]) + data[at + dice.randrange(3) :])
                try:
                    formats.read(path, format)
                except BitextError as e:
                    assert "\n" not in str(e)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["tmx", "xliff2", "xliff", "tsv", "jsonl"])
def test_100_000_beads(tmp_path, format) -> None:
    n = 100_000
    bitext = formats.from_pairs(
        (f"Sentence number {i} of the text.", f"La phrase numéro {i} du texte.") for i in range(n)
    )
    path = tmp_path / "a"
    start = time.perf_counter()
    formats.write(bitext, path, format)
    middle = time.perf_counter()
    back = formats.read(path, format)
    end = time.perf_counter()
    assert back.target.texts == bitext.target.texts
    size = path.stat().st_size / 1e6
    print(f"\n{format}: {size:.0f} MB written in {middle - start:.1f} s, read in {end - middle:.1f} s")
    assert end - start < 60
    size = path.stat().st_size
    del back
    tracemalloc.start()
    formats.write(bitext, path, format)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < size  # written as a stream: the file is never in memory


def test_a_document_without_segments(tmp_path) -> None:
    empty = Bitext(Document("", (), "fr"), Document("", (), "en"))
    for format in ("tmx", "xliff2", "xliff", "tsv", "mqm", "moses", "jsonl"):
        formats.write(empty, tmp_path / "a", format)
        assert len(formats.read(tmp_path / "a", format).target) == 0
