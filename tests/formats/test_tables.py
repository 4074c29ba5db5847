"""Two-column tables in Word and HTML: what is written is in them, and comes back; what others make is read."""

from __future__ import annotations

import re
import sys
import zipfile

import pytest
from format_samples import filled
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bitext import formats
from bitext.document import Flag, Severity
from bitext.errors import FormatError, InputError, OutputError
from bitext.formats.common import visible
from bitext.formats.documents import read_document

relaxed = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(params=["docx", "html"])
def table(request) -> str:
    if request.param == "docx":
        pytest.importorskip("docx")
    return request.param


def paragraphs_of(path):
    import docx

    return [[c.text for c in row.cells] for row in docx.Document(str(path)).tables[0].rows]


@relaxed
@given(st.lists(st.tuples(filled, filled), min_size=1, max_size=4))
def test_texts_come_back(tmp_path, table, pairs) -> None:
    formats.write(formats.from_pairs(pairs), tmp_path / "a", table)
    again = formats.read(tmp_path / "a", table)

    def kept(text: str) -> str:  # Word has one kind of line break, HTML has no lone CR
        return re.sub("\r\n?", "\n", visible(text)) if table == "docx" else visible(text)

    got = [(again.source_text(b), again.target_text(b)) for b in again.beads]
    assert got == [(kept(s), kept(t)) for s, t in pairs]


@pytest.mark.parametrize("columns", [(), ("back",), ("flags", "number"), ("number", "back", "flags")])
def test_columns(tmp_path, table, article, columns) -> None:
    path = tmp_path / f"a.{table}"
    formats.write(article, path, columns=columns)
    again = formats.read(path, table)
    for bead, read in zip(article.beads, again.beads, strict=True):
        assert (article.source_text(bead), article.target_text(bead)) == (
            again.source_text(read),
            again.target_text(read),
        )
    assert (again.source.lang, again.target.lang) == ("en", "fr")
    text = path.read_text() if table == "html" else str(paragraphs_of(path))
    assert ("It dreams of summer" in text) == ("back" in columns)
    assert ("why “chat”" in text) == (table == "html" or "flags" in columns)
    with pytest.raises(OutputError, match="no column 'backs'; name number, back, flags"):
        formats.write(article, path, columns=["backs"])


def test_flags_are_comments_on_their_words(tmp_path, article) -> None:
    docx = pytest.importorskip("docx")
    formats.write(article, tmp_path / "a.docx")
    document = docx.Document(str(tmp_path / "a.docx"))
    assert [c.text for c in document.comments] == [
        "major · accuracy/mistranslation: why “chat”?\n→ minou",
        "minor · style: around",
        "critical · fluency/grammar: across",
        "neutral · accuracy/omission: here",
    ]
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        body = archive.read("word/document.xml").decode()
    words = []
    for k in range(4):
        between = body.partition(f'<w:commentRangeStart w:id="{k}"/>')[2].partition(f'<w:commentRangeEnd w:id="{k}"/>')[
            0
        ]
        words.append("".join(re.findall(r"<w:t[^>]*>([^<]*)", between)))
    assert words == ["chat", "Le chat", "at dort", "l"]  # a gap is on the letter before it
    assert 'w:lang w:val="fr-FR"' in body  # so that Word's spelling check is the right one
    assert "<w:tblHeader/>" in body


def test_every_comment_has_a_number_of_its_own(tmp_path) -> None:
    docx = pytest.importorskip("docx")
    bitext = formats.from_pairs([("A cat.", "Un chat.")] * 200)
    flags = tuple(Flag("c", "style", Severity.MINOR, i, (0, k), "odd", "l1\nl2") for i in range(200) for k in (2, 7))
    formats.write(bitext.with_(flags=flags), tmp_path / "a.docx")
    comments = docx.Document(str(tmp_path / "a.docx")).comments
    assert [c.comment_id for c in comments] == list(range(400))
    assert {(c.author, c.initials, c.text) for c in comments} == {("bitext", "b", "minor · style: odd\n→ l1\nl2")}
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        body = archive.read("word/document.xml").decode()
    for mark in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert sorted(map(int, re.findall(rf'<w:{mark} w:id="(\d+)"/>', body))) == list(range(400))


def test_html_is_escaped_and_marked(tmp_path) -> None:
    nasty = "<script>alert(1)</script> & \"x\" 'y' <img src=x onerror=alert(1)>"
    bitext = formats.from_pairs([(nasty, nasty)], source_name="<b>", target_name="<b>")
    flag = Flag("c", "style", Severity.MAJOR, 0, (0, 8), '"><script>x</script>', "<i>")
    formats.write(bitext.with_(flags=(flag,)), tmp_path / "a.html", columns=["flags"])
    page = (tmp_path / "a.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert '<mark class="major" title="major style' in page
    assert "http" not in page


def test_a_translator_has_worked_on_it(tmp_path) -> None:
    """Tracked changes, a second paragraph in a cell, a deleted row, a merged heading, a column of numbers."""
    cells = [
        ["Nr.", "English", "Français"],
        ["1", "<w:r><w:t>A cat.</w:t></w:r>",
         "<w:r><w:t xml:space='preserve'>Un </w:t></w:r><w:del><w:r><w:delText>chien</w:delText></w:r></w:del>"
         "<w:ins><w:r><w:t>chat</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r>"],
        ["2", "<w:r><w:t>Two.</w:t></w:r>", "<w:r><w:t>Deux</w:t></w:r></w:p><w:p><w:r><w:t>lignes.</w:t></w:r>"],
        ["3", "<w:r><w:t>Gone.</w:t></w:r>", "<w:r><w:t>Parti.</w:t></w:r>"],
    ]  # fmt: skip
    rows = []
    for n, row in enumerate(cells):
        made = "".join(f"<w:tc><w:p>{c if '<' in c else f'<w:r><w:t>{c}</w:t></w:r>'}</w:p></w:tc>" for c in row)
        about = ("<w:trPr><w:tblHeader/></w:trPr>", "", "", '<w:trPr><w:del w:id="1"/></w:trPr>')[n]
        rows.append(f"<w:tr>{about}{made}</w:tr>")
    body = f"<w:p><w:r><w:t>Title</w:t></w:r></w:p><w:tbl>{''.join(rows)}</w:tbl>"
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    bitext = formats.read(tmp_path / "a.docx", "docx")
    assert list(zip(bitext.source.texts, bitext.target.texts, strict=True)) == [
        ("A cat.", "Un chat."),
        ("Two.", "Deux\nlignes."),
    ]


def test_html_of_others(tmp_path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        """<html><body><p>no table</p><table><tr><th>fr<th>en</tr>
        <tr><td>Le  chat<br>dort &amp; rêve.<td><b>The cat</b>
           sleeps.<script>x</script></tr><tr><td colspan=2>Title</td></tr></table></body></html>""",
        encoding="utf-8",
    )
    bitext = formats.read(path, "html", source_lang="en", target_lang="fr")
    assert (bitext.source.texts, bitext.target.texts) == (["The cat sleeps."], ["Le chat\ndort & rêve."])


def test_what_is_no_table(tmp_path, table, article) -> None:
    path = tmp_path / f"a.{table}"
    with pytest.raises(FormatError, match=f"say --from {table} if it is a two-column table"):
        formats.read(path)
    path.write_text("<p>Hello</p>")
    with pytest.raises((FormatError, InputError), match=r"no table of two columns|not a whole"):
        formats.read(path, table)
    with pytest.raises(FormatError, match="say --to and one of jsonl"):
        formats.write(article, tmp_path / "a.xyz")


def test_docx_without_the_extra(tmp_path, article, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(OutputError, match=r"pip install 'bitext\[docx\]'"):
        formats.write(article, tmp_path / "a.docx")
    assert not (tmp_path / "a.docx").exists()


def test_a_table_is_also_a_document_to_read(tmp_path, article) -> None:
    pytest.importorskip("docx")
    formats.write(article, tmp_path / "a.docx")
    assert "Le chat dort. Il rêve de l’été & de <souris>." in read_document(tmp_path / "a.docx")


def test_convert_on_the_command_line(bitext, tmp_path, article) -> None:
    pytest.importorskip("docx")
    formats.write(article, tmp_path / "a.jsonl")
    bitext("convert", "a.jsonl", "a.docx", "--column", "back")
    bitext("convert", "a.docx", "b.tsv", "--from", "docx")
    assert "Le chat dort." in (tmp_path / "b.tsv").read_text()
    said = bitext("convert", "a.jsonl", "c.tmx", "--column", "back", code=2).stderr
    assert said.strip() == "bitext: --column is for Word and HTML tables; leave it out, or write .docx or .html."
    (tmp_path / "empty.txt").touch()
    assert "empty.txt: holds no text" in bitext("convert", "empty.txt", "d.tmx", code=2).stderr
    assert not (tmp_path / "d.tmx").exists()


@pytest.mark.slow
def test_a_long_table(tmp_path, table) -> None:
    import time

    pairs = [(f"Sentence {i} of the text.", f"La phrase {i} du texte.") for i in range(4000)]
    start = time.process_time()
    formats.write(formats.from_pairs(pairs), tmp_path / "a", table)
    middle = time.process_time()
    assert len(formats.read(tmp_path / "a", table).beads) == 4000
    took = time.process_time() - middle
    print(f"\n{table}: 4,000 rows written in {middle - start:.1f} s, read in {took:.1f} s")
    assert middle - start < 60
