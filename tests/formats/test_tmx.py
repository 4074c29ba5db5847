"""TMX as other tools write it: encodings, languages, inline codes, damage."""

from __future__ import annotations

import tracemalloc

import pytest
from format_samples import tmx, unit

from bitext import formats
from bitext.errors import FormatError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", ["", ' encoding="UTF-8"', ' encoding="utf-16"'])
def test_tmx_encodings_whatever_is_declared(tmp_path, encoding, declared) -> None:
    path = tmp_path / "a.tmx"
    text = tmx(unit(en="Summer", fr="L’été 🙂")).replace('"1.0"', '"1.0"' + declared)
    data = text.encode(encoding)
    if encoding.endswith("e"):
        data = "\ufeff".encode(encoding) + data
    path.write_bytes(data)
    bitext = formats.read(path)
    assert (bitext.source.texts, bitext.target.texts) == (["Summer"], ["L’été 🙂"])


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_tmx_in_declared_8_bit_encodings(tmp_path, encoding) -> None:
    path = tmp_path / "a.tmx"
    path.write_bytes(
        tmx(unit(en="Summer", fr="L'été")).replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    )
    assert formats.read(path).target.texts == ["L'été"]


def test_tmx_undeclared_latin_1(tmp_path) -> None:
    path = tmp_path / "a.tmx"
    path.write_bytes(tmx(unit(en="Summer", fr="L'été")).encode("latin-1"))
    with pytest.raises(FormatError, match=r"line 1: is not well-formed XML: not well-formed \(invalid token\)"):
        formats.read(path)


@pytest.mark.parametrize(
    ("langs", "asked"),
    [
        (("en", "fr"), {}),
        (("EN", "FR"), {}),
        (("en-US", "fr-FR"), {}),
        (("en_GB", "fr_CA"), {}),
        (("EN-US", "FR-FR"), {"source_lang": "en", "target_lang": "fr"}),
        (("en", "fr"), {"source_lang": "en-GB", "target_lang": "fr-FR"}),
    ],
)
def test_tmx_languages_match(tmp_path, langs, asked) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(tmx(unit(**{langs[1]: "Salut", langs[0]: "Hi"}), f'srclang="{langs[0]}"'))
    bitext = formats.read(path, **asked)
    assert (bitext.source.texts, bitext.target.texts) == (["Hi"], ["Salut"])
    assert (bitext.source.lang, bitext.target.lang) == langs


def test_tmx_several_variants_and_the_exact_one_first(tmp_path) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(tmx(unit(de="Hallo", fr_CA="Allô", fr="Salut", en_US="Hey", en="Hi") + unit(de="Nein", en="No")))
    bitext = formats.read(path, source_lang="en", target_lang="fr")
    assert (bitext.source.texts, bitext.target.texts) == (["Hi", "No"], ["Salut"])
    assert formats.read(path, source_lang="de", target_lang="fr-CA").target.texts == ["Allô"]
    with pytest.raises(FormatError, match="no en–it units; its languages are de, en, en_US, fr, fr_CA"):
        formats.read(path, target_lang="it")


def test_tmx_srclang_all_and_old_lang(tmp_path) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(tmx(unit(fr="Salut", en="Hi"), 'srclang="*all*"').replace("xml:lang", "lang"))
    assert formats.read(path).source.texts == ["Hi"]
    path.write_text(tmx(unit(fr="Salut", en="Hi"), 'srclang="fr"'))
    assert formats.read(path).source.texts == ["Salut"]


def test_tmx_inline_codes(tmp_path) -> None:
    path = tmp_path / "a.tmx"
    seg = 'A <bpt i="1">&lt;b></bpt><hi>bold</hi><ept i="1">&lt;/b></ept> word<ph>{1}</ph><!-- no -->.<![CDATA[ <&>]]>'
    path.write_text(tmx(unit(en=seg, fr="x")))
    assert formats.read(path).source.texts == ["A bold word. <&>"]


def test_a_dtd_is_passed_over_not_fetched(tmp_path) -> None:
    path = tmp_path / "a.tmx"
    for doctype in (
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
        '<!DOCTYPE tmx SYSTEM "http://127.0.0.1:9/tmx14.dtd">',
        '<!DOCTYPE tmx PUBLIC "-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN" "/nowhere/tmx14.dtd">',
    ):
        path.write_text(tmx(unit(en="Hi &amp; &#x2019;", fr="Salut"), before=doctype))
        assert formats.read(path).source.texts == ["Hi & ’"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html/>", "begins with <html>, not <tmx>"),
        (tmx(unit(en="a", fr="b"))[:-20], "no element found|ends too early|unclosed"),
        (tmx(unit(en="<b>", fr="b")), "mismatched tag"),
        (tmx("<tu><tuv xml:lang='en'/><tuv xml:lang='fr'><seg/></tuv></tu>"), "has no <seg>"),
        (tmx("<tu>" + "<hi>" * 500), "nested more than 100 deep"),
        (tmx('<tu><prop type="x-bitext-score">nan</prop>' + unit(en="a", fr="b")[4:]), "x-bitext-score is no number"),
        (
            tmx('<tu><tuv xml:lang="en"><seg>a</seg></tuv><tuv xml:lang="fr"><prop type="x-bitext-flag">{</prop>'
                "<seg>b</seg></tuv></tu>"),
            "a flag: the line ends in the middle",
        ),
    ],
)  # fmt: skip
def test_bad_tmx(tmp_path, text, says) -> None:
    path = tmp_path / "a.tmx"
    path.write_text("\n" + text if text.startswith("<html") else text)
    with pytest.raises(FormatError, match=says) as caught:
        formats.read(path)
    assert str(caught.value).startswith(f"{path}, line ")


@pytest.mark.slow
def test_tmx_is_read_as_a_stream(tmp_path) -> None:
    """Other languages' texts are passed over, so that reading holds only what was asked for."""
    path = tmp_path / "a.tmx"
    filler = "x" * 2000
    with path.open("w") as f:
        f.write(tmx("")[: tmx("").index("</body>")])
        for i in range(20_000):
            f.write(unit(en=f"Hi {i}", fr=f"Salut {i}", de=filler))
        f.write("</body></tmx>")
    tracemalloc.start()
    bitext = formats.read(path, source_lang="en", target_lang="fr")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(bitext.beads) == 20_000
    assert peak < path.stat().st_size / 1.5
