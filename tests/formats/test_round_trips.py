"""What a format can carry comes back identical; and what every format owes its users."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from format_samples import bitexts, texts
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bitext import formats
from bitext.document import Bitext
from bitext.errors import FormatError, InputError, OutputError
from bitext.formats.common import one_line, rows_of
from bitext.formats.tsv import escape, unescape
from bitext.formats.xml import visible

relaxed = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a whole bitext takes minutes
)
PAIRED = ["tsv", "tmx", "xliff2", "xliff", "mqm", "moses"]


def same(text: str) -> str:
    return text


def lined(text: str) -> str:
    return visible(one_line(text))


def flat(text: str) -> str:
    return lined(text.replace("\t", " ").replace("\r", " "))


# what happens to texts, and which fields of a row come back
CARRIED = {
    "tsv": (same, {"score", "confidence", "moved", "back"}),
    "tmx": (visible, {"score", "confidence", "moved", "back", "flags", "evidence"}),
    "xliff2": (same, {"score", "confidence", "moved", "flags"}),
    "xliff": (visible, {"score", "confidence", "moved", "flags"}),
    "mqm": (flat, {"flags", "evidence"}),
    "moses": (lined, set()),
}


def through(bitext: Bitext, format: str) -> Bitext:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        formats.write(bitext, path, format)
        return formats.read(path, format)


@relaxed
@given(bitext=bitexts(aligned=True))
@pytest.mark.parametrize("format", PAIRED)
def test_beads_come_back(format: str, bitext: Bitext) -> None:
    change, carried = CARRIED[format]
    rows = [r for r in rows_of(bitext) if r.source.strip() or r.target.strip()]
    if format in ("moses", "mqm"):  # without escapes: what looks binary or like a byte-order mark is taken for it
        assume(not any("\x7f" <= c < "\x85" or c == "\ufeff" for r in rows for c in r.source + r.target))
    back = list(rows_of(through(bitext, format)))
    assert [(r.source, r.target) for r in back] == [(change(r.source), change(r.target)) for r in rows]
    for name in carried & {"score", "confidence", "moved"}:
        assert [getattr(r, name) for r in back] == [getattr(r, name) for r in rows]
    if "back" in carried and bitext.translations:
        assert [r.back or "" for r in back] == [change(r.back or "") for r in rows]
    if "flags" in carried and format in ("tmx", "xliff2", "xliff"):  # as long as the text: spans are the same
        assert [[f.span for f in r.flags] for r in back] == [[f.span for f in r.flags] for r in rows]
        assert [[f.severity for f in r.flags] for r in back] == [[f.severity for f in r.flags] for r in rows]
        assert [[f.message for f in r.flags] for r in back] == [
            [(visible if format != "tmx" else same)(f.message) for f in r.flags] for r in rows
        ]
    if format == "tmx":  # JSON in a property: whole
        assert [[replace(f, segment=0) for f in r.flags] for r in back] == [
            [replace(f, segment=0) for f in r.flags] for r in rows
        ]
    if format == "mqm":
        for r, wanted in zip(back, rows, strict=True):
            assert [r.target[slice(*f.span)] for f in r.flags] == [
                flat(wanted.target[slice(*f.span)]) for f in wanted.flags
            ]
            assert [(f.check, f.category, f.message) for f in r.flags] == [
                (f.check, f.category, f.message) for f in wanted.flags
            ]


@relaxed
@given(bitext=bitexts(aligned=True))
def test_cesalign_keeps_segments_and_shapes(bitext: Bitext) -> None:
    assume(bitext.beads)
    back = through(bitext, "cesalign")
    assert back.target.texts == [visible(t) for t in bitext.target.texts]
    assert back.source.texts == [visible(t) for t in bitext.source.texts]
    assert [(b.source, b.target, b.score) for b in back.beads] == [(b.source, b.target, b.score) for b in bitext.beads]
    assert [(s.kind, s.paragraph) for s in back.target] == [(s.kind, s.paragraph) for s in bitext.target]


@relaxed
@given(text=texts)
def test_plain_text_comes_back(text: str) -> None:
    from bitext.document import Document

    assume("\x00" not in text and sum(c < " " or "\x7f" <= c < "\x85" for c in text) == 0)
    assume(not text.startswith("\ufeff"))  # the reader takes it for a byte-order mark
    assert through(Bitext(Document(text, (), "fr")), "text").target.text == text


@given(st.text() | texts)
def test_tsv_fields(text: str) -> None:
    field = escape(text)
    assert unescape(field) == text
    assert field.splitlines() in ([], [field])
    assert "\t" not in field


@pytest.mark.parametrize("format", [*PAIRED, "cesalign", "jsonl"])
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
def test_by_ending_and_compressed(tmp_path, article, format, suffix) -> None:
    ending = formats.FORMATS[format].endings[-1]
    path = tmp_path / f"memory{ending}{suffix}"
    formats.write(article, path)
    assert formats.detect(path).name == format
    back = formats.read(path)
    assert [back.target_text(b) for b in back.beads] == [article.target_text(b) for b in article.beads]
    assert [back.source_text(b) for b in back.beads] == [article.source_text(b) for b in article.beads]
    assert (back.source.lang, back.target.lang) == ("en", "fr")
    for written in tmp_path.iterdir():
        assert not suffix or written.suffix == suffix


@pytest.mark.parametrize("format", [*PAIRED, "cesalign", "jsonl", "text"])
def test_same_input_same_bytes(tmp_path, article, format) -> None:
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        formats.write(article, tmp_path / folder / "a", format)
        written.append({p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()})
    assert written[0] == written[1]


@pytest.mark.parametrize("format", PAIRED)
def test_a_failed_write_leaves_the_old_file(tmp_path, article, format) -> None:
    path = tmp_path / "memory.fr"
    path.write_text("before")
    broken = article.with_(target=replace(article.target, lang="fr", text=article.target.text), beads=())
    with pytest.raises(OutputError, match="not aligned"):
        formats.write(broken, path, format)
    assert [p.name for p in tmp_path.iterdir()] == ["memory.fr"]
    assert path.read_text() == "before"


@pytest.mark.parametrize("format", [*PAIRED, "cesalign", "jsonl"])
def test_lone_surrogates_are_refused_or_made_visible(tmp_path, format) -> None:
    bitext = formats.from_pairs([("half \udc9d", "moitié \ud800!")])
    try:
        formats.write(bitext, tmp_path / "a", format)
    except OutputError as e:
        assert "lone surrogate (U+D800)" in str(e) or "lone surrogate (U+DC9D)" in str(e)
        assert list(tmp_path.iterdir()) == []
    else:
        assert formats.read(tmp_path / "a", format).target.texts == ["moitié \ufffd!"]


@pytest.mark.parametrize("format", sorted(formats.FORMATS))
def test_missing_files(tmp_path, format) -> None:
    with pytest.raises(InputError, match="no such file"):
        formats.read(tmp_path / "nowhere", format)
    (tmp_path / "folder.fr").mkdir()
    with pytest.raises(InputError):
        formats.read(tmp_path / "folder.fr", format)


@pytest.mark.parametrize("format", sorted(formats.FORMATS))
@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0", b"%PDF-1.7\n%\xe2", b"<", b"{", b"\xff\xfe"]
)
def test_rubbish_is_one_sentence(tmp_path, format, data) -> None:
    path = tmp_path / "a.fr"
    path.write_bytes(data)
    (tmp_path / "a.en").write_bytes(b"one\ntwo\n")
    if format == "text" and data in (b"", b"<", b"{", b"\xff\xfe"):
        return
    with pytest.raises((FormatError, InputError)) as caught:
        formats.read(path, format)
    assert str(caught.value).count("\n") == 0


def test_before_alignment_the_back_translation_is_the_source(article) -> None:
    translated = article.with_(source=None, beads=(), origin="back-translation")
    back = through(translated, "tmx")
    assert back.source.texts == [t.text for t in article.translations]
    assert back.target.texts == article.target.texts
    assert back.origin == "back-translation"


def test_mqm_spans_may_cut_anything(tmp_path) -> None:
    from bitext.document import Flag, Severity

    text = "a\r\nb <v>c</v> &lt;v&gt; d"
    flags = tuple(
        Flag("c", "x", Severity.MINOR, 0, (a, b), "m") for a in range(len(text) + 1) for b in range(a, len(text) + 1)
    )
    formats.write(formats.from_pairs([("s", text)]).with_(flags=flags), tmp_path / "a.mqm")
    back = formats.read(tmp_path / "a.mqm")
    assert back.target.texts == [flat(text)]
    assert [f.span for f in back.flags] == [f.span for f in flags]


def test_unknown_formats(tmp_path, article) -> None:
    with pytest.raises(FormatError, match=r"its ending names no format; say --(from|to) and one of jsonl"):
        formats.read(tmp_path / "a.xyz")
    with pytest.raises(FormatError, match="no format 'word'"):
        formats.write(article, tmp_path / "a", "word")


def test_formats_load_when_used() -> None:
    import subprocess
    import sys

    code = "import sys, bitext.formats; print([m for m in sys.modules if m.startswith('bitext.formats.')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "['bitext.formats.common']"
