"""HTML, Word and subtitle files become the text that is in them, and bad ones one sentence."""

from __future__ import annotations

import sys
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitext import formats
from bitext.errors import BitextError, InputError
from bitext.formats.documents import read_document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(path, body: str, before: str = "") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f"<?xml version='1.0'?>{before}<w:document {W}><w:body>{body}</w:body></w:document>"
        )


def test_docx(tmp_path) -> None:
    path = tmp_path / "a.docx"
    docx(
        path,
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>L’été</w:t></w:r>"
        "<w:r><w:t xml:space='preserve'> est</w:t></w:r></w:p><w:p/>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t><w:tab/><w:t>B</w:t><w:br/><w:t>C &amp; D</w:t></w:r></w:p>"
        "</w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:ins><w:r><w:t>yes</w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:instrText>code</w:instrText><w:t> link</w:t></w:r></w:hyperlink></w:p>",
    )
    assert read_document(path) == "L’été est\n\nA\tB\nC & D\n\nyes link\n"


def test_bad_docx(tmp_path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(InputError, match="not a whole"):
        read_document(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(InputError, match="not a Word file"):
        read_document(path)
    docx(path, "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", '<!DOCTYPE x [<!ENTITY x "boom">]>')
    with pytest.raises(InputError, match="declares the entity x"):
        read_document(path)
    docx(path, "<w:p/>")
    with pytest.raises(InputError, match="holds no text"):
        read_document(path)


def test_locked_and_old_word_files(tmp_path) -> None:
    path = tmp_path / "a.docx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(500))
    with pytest.raises(InputError, match="is locked with a password; open it in Word"):
        read_document(path)
    path.write_bytes(ole)
    with pytest.raises(InputError, match=r"is a Word file of before 2007 \(.doc\)"):
        read_document(path)
    docx(path, "<w:p><w:r><w:t>x</w:t></w:r></w:p>")
    data = bytearray(path.read_bytes())
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the bit that says a zip's file is encrypted
        data[data.index(header) + at] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="is locked with a password"):
        read_document(path)
    docx(path, "<w:p><w:r><w:t>un deux trois quatre cinq</w:t></w:r></w:p>" * 200)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"is not a whole \.docx file"):
        read_document(path)
    path.write_text("plain text under another name")
    with pytest.raises(InputError, match=r"is not a whole \.docx file \(File is not a zip file\)"):
        read_document(path)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_damaged_docx_is_one_sentence(tmp_path, data) -> None:
    path = tmp_path / "a.docx"
    docx(path, "<w:p><w:r><w:t>un deux trois</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>")
    held = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(held)
    for read in (read_document, lambda p: formats.read(p, "docx")):
        try:
            read(path)
        except BitextError as e:
            assert "\n" not in str(e)


def test_docx_that_word_made(tmp_path) -> None:
    """As Word nests it: a table in a table, a text box said twice, footnote marks, a field."""
    path = tmp_path / "a.docx"
    docx(
        path,
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>Titre</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Dehors</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Dedans</w:t></w:r>"
        "</w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>Note</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r></w:p>",
    )
    assert read_document(path) == "Titre\n\nDehors\n\nDedans\n\nNote\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ending", [".srt", ".vtt"])
def test_subtitles_in_any_encoding(tmp_path, encoding, end, ending) -> None:
    path = tmp_path / f"a{ending}"
    lines = ["1", "00:00:01,000 --> 00:00:02,500", "L’été « ici ».", "", "2", "00:00:03,000 --> 00:00:04,000", "Déjà."]
    if ending == ".vtt":
        lines = ["WEBVTT", "", *(line.replace(",000", ".000").replace(",500", ".500") for line in lines)]
    path.write_bytes(end.join(lines).encode(encoding))
    assert read_document(path) == "L’été « ici ».\nDéjà.\n"


def test_srt(tmp_path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Bonjour,</i>\r\n12 amis\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n"
        "qui êtes ici.\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n{\\an8}- Oui !\r\n".encode("cp1252")
    )
    assert read_document(path) == "Bonjour, 12 amis qui êtes ici.\n- Oui !\n"


def test_vtt(tmp_path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(
        "WEBVTT\n\nNOTE a remark\n\nSTYLE\n::cue { color: red }\n\nid\n00:01.000 --> 00:02.000 align:start\n"
        "<v Anna>Ça va &amp; toi ?\n\n00:00:03.000 --> 00:00:04.000\nOui.\n",
        encoding="utf-8",
    )
    assert read_document(path) == "Ça va & toi ?\nOui.\n"
    path.write_text("WEBVTT\n\nnothing\n")
    with pytest.raises(InputError, match="no subtitle"):
        read_document(path)


PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="{}"><title>Titre</title></head><body>
<nav><a href="/">Accueil</a> <a href="/x">Rubriques</a></nav><article><h1>Un été à la ferme</h1>
<p>{}</p><p>Le deuxième paragraphe raconte la moisson, le vent et les longues soirées près de la grange rouge.</p>
</article><footer>Droits réservés</footer><script>var secret = 1;</script></body></html>"""
FIRST = "Pendant l’été, toute la famille partait à la ferme, où les enfants gardaient les chèvres et les oies."


def test_html(tmp_path) -> None:
    pytest.importorskip("trafilatura")
    path = tmp_path / "a.html"
    for encoding in ("utf-8", "windows-1252"):
        path.write_bytes(PAGE.format(encoding, FIRST).encode(encoding))
        text = read_document(path)
        assert FIRST in text
        assert "Le deuxième paragraphe" in text
        assert "secret" not in text
        assert "Rubriques" not in text
    path.write_text("<html></html>")
    with pytest.raises(InputError, match="has no article"):
        read_document(path)


def test_a_short_page_keeps_its_paragraphs(tmp_path) -> None:
    pytest.importorskip("trafilatura")
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><nav><a href='/'>Accueil</a></nav><article><h1>La serre rouvre</h1><p>Elle ouvre samedi.</p>"
        "<p>L'entrée est libre<br>pour tous.</p></article></body></html>",
        encoding="utf-8",
    )
    assert read_document(path).splitlines()[:2] == ["La serre rouvre", "Elle ouvre samedi."]


def test_html_without_the_extra(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    path = tmp_path / "a.html"
    path.write_text("<p>x")
    with pytest.raises(InputError, match=r"pip install 'bitext\[html\]'"):
        read_document(path)


def test_anything_else_is_plain_text(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1 < 2\n")
    assert read_document(path) == "1 < 2\n"
