"""Bad input and bad places to write: each is one sentence, and nothing half-written is left behind."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext.errors import BitextError, InputError, OutputError
from bitext.files import decode, read_text, writing

FRENCH = "« L’été », dit-il — voilà l’œuvre d’un cœur naïf… À bientôt ! " * 3
AS_USER = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read and write everything")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_usual_encodings(tmp_path, encoding, end) -> None:
    text = FRENCH + end + "Deuxième ligne" + end
    if encoding == "latin-1":
        text = text.replace("’", "'").replace("œ", "oe").replace("…", "...").replace("—", "-")
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read_text(path) == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=["Cc"]), min_size=1))
def test_text_comes_back_in_utf8_and_with_marks(text) -> None:
    assert decode(text.encode("utf-8")) == text
    assert decode(text.encode("utf-16")) == text
    assert decode(text.encode("utf-8-sig")) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_one_sentence(data) -> None:
    try:
        text = decode(data)
    except InputError as e:
        assert "\n" not in str(e)
    else:
        assert "\0" not in text
        text.encode()  # no lone surrogates


@pytest.mark.parametrize("name", ["a\0b.txt", "a\0b.tmx", "a\0b.docx", "a\0b.html"])
def test_a_nul_in_a_name_is_said(name) -> None:
    from bitext import pipeline

    with pytest.raises(InputError, match=r"NUL|null") as caught:
        pipeline.load(name)
    assert "\n" not in str(caught.value)


def test_json_given_as_a_text_is_said(tmp_path) -> None:
    from bitext import pipeline

    path = tmp_path / "a.txt"
    path.write_text('\n{"type": "bitext", "version": "1.0"}\n{"type": "document"}\n')
    with pytest.raises(
        InputError, match=r"a.txt: holds JSON, not a text; give the text itself, or name the file .jsonl"
    ):
        pipeline.read_document(path, "en")
    path.write_text("{Accolades} au début d’une phrase.\n")
    assert len(pipeline.read_document(path, "fr")) == 1


def test_surrogates_in_utf8() -> None:
    """Characters beyond U+FFFF as two surrogates are put together; a lone one is said, never taken for Windows-1252."""
    assert decode(b"Un \xed\xa0\xbd\xed\xb8\x80 d\xc3\xa9j\xc3\xa0") == "Un 😀 déjà"
    with pytest.raises(InputError, match=r"a.txt, line 2: holds half a character \(a lone surrogate, U\+D800\)"):
        decode(b"un\nl\xed\xa0\x80 et \xc3\xa9", "a.txt")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"one\ntwo\0three", "line 2: contains a NUL byte"),
        ("one\ntwo\0".encode("utf-16"), "line 2: contains a NUL character"),
        (b"\xff\xfea\0b", "byte-order mark but byte"),
        (b"\xff\xfe\x00\xd8a\x00", "byte-order mark but byte"),
        (b"\xef\xbb\xbf\xe9t\xe9", "byte-order mark but byte 3"),
        (b"%PDF-1.7\n1 0 obj", "is a PDF document"),
        (b"{\\rtf1\\ansi text}", "is an RTF document"),
        (b"PK\x03\x04word/document.xml", "Word"),
        (b"\x1f\x8b\x08rest", "gzip archive"),
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
        (bytes(range(1, 32)) * 20, "binary file"),
        ("é".encode() * 30 + b"\nici \xe9 la\n", "line 2: byte 0xE9 does not fit UTF-8"),
        ("Il a été là".encode()[:-1], "byte 0xC3 does not fit UTF-8"),
    ],
)
def test_bad_input(tmp_path, data, says) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says) as caught:
        read_text(path)
    assert str(caught.value).startswith(str(path))


def test_one_enormous_line(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("é" * 200_000)
    assert len(read_text(path)) == 200_000


def test_paths_that_are_no_files(tmp_path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "missing", tmp_path / ("n" * 300), "a\0b", loop, tmp_path / "file" / "below"):
        with pytest.raises(InputError):
            read_text(path)
        with pytest.raises(OutputError), writing(Path(path) / "x" if path == tmp_path / "missing" else path) as f:
            f.write("x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "loop"]


@AS_USER
def test_permissions(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(InputError, match="no permission"):
        read_text(path)
    path.chmod(0o444)
    with pytest.raises(OutputError, match="read-only"), writing(path) as f:
        f.write("y")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="permission denied"), writing(tmp_path / "b") as f:
            f.write("y")
    finally:
        tmp_path.chmod(0o755)


def test_nothing_half_written(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    for error in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error), writing(path) as f:
            f.write("half")
            f.flush()
            raise error
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]


def test_other_files_errors_are_not_blamed_on_the_output(tmp_path) -> None:
    with pytest.raises(FileNotFoundError), writing(tmp_path / "a") as f:
        f.write((tmp_path / "missing").read_text())
    assert list(tmp_path.iterdir()) == []


def test_lone_surrogates(tmp_path) -> None:
    with pytest.raises(OutputError, match=r"lone surrogate \(U\+D800\)"), writing(tmp_path / "a") as f:
        f.write("x" * 100_000 + "\ud800")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_disk_full() -> None:
    with pytest.raises(OutputError, match="no space left"), writing("/dev/full") as f:
        f.write("x" * 1_000_000)


def test_permissions_links_and_line_ends_stay(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to("a.txt")
    with writing(link) as f:
        f.write("é\n")
    assert link.is_symlink()
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with writing(tmp_path / "new", "wb") as f:
        f.write(b"\r\n")
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_many_writers_leave_one_whole_file(tmp_path) -> None:
    path = tmp_path / "a.txt"

    def work(k: int) -> None:
        for _ in range(10):
            with writing(path) as f:
                f.write(str(k) * 10_000)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    text = path.read_text()
    assert len(text) == 10_000
    assert len(set(text)) == 1
    assert list(tmp_path.iterdir()) == [path]


def run(code: str, **options) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, **options)


def test_standard_output_is_utf8_whatever_the_locale() -> None:
    code = "from bitext.files import writing\nwith writing('-') as f: f.write('é\\n')\nprint('end')"
    done = run(code, env=os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.stdout == b"\xc3\xa9\nend\n"


def test_closed_standard_streams() -> None:
    code = """
import sys
from bitext.errors import BitextError
from bitext.files import read_text, writing
said = []
for close in (lambda: None, lambda: sys.stdin and sys.stdin.close()):
    close()
    try: read_text('-')
    except BitextError as e: said.append(str(e))
sys.stdout.close()
try:
    with writing('-') as f: f.write('x')
except BitextError as e: said.append(str(e))
sys.stderr.write('|'.join(said))
"""
    done = run(code, stdin=subprocess.DEVNULL)
    assert done.stderr.decode().split("|") == [
        "-: is empty; give a file with text in it.",
        "standard input is closed; give a file name or pipe text in.",
        "standard output is closed; name a file.",
    ]


def test_a_closed_pipe_is_a_broken_pipe() -> None:
    code = """
import os, sys
from bitext.files import writing
read, write = os.pipe()
os.dup2(write, 1)
os.close(read)
try:
    with writing('-') as f: f.write('x' * 100)
except BrokenPipeError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(7)
"""
    assert run(code).returncode == 7


def test_output_replaced_by_a_string(monkeypatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    with writing("-") as f:
        f.write("é")
    assert out.getvalue() == "é"
    with pytest.raises(BitextError), writing("-", "wb") as f:
        f.write(b"x")
