"""Whatever a user feeds it: one clear sentence and exit code 2, nothing lost, nothing half-written."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FRENCH = "Le conseil a décidé de fermer l'école. Les élèves iront à la ville voisine dès l'été prochain.\n"
ENGLISH = "The council has decided to close the school. The pupils will go to the next town as from the summer.\n"
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One sentence on standard error, which says all these words; exit code 2."""
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("bitext: ")
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize("command", ["run", "segment", "translate", "flag"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["empty"]),
        (b" \n\t\r\n", ["empty"]),
        (bytes(range(256)) * 20, ["NUL"]),
        (b"\x89PNG\r\n\x1a\n\x01\x02\x03\x04\x05\x06\x07\x08" * 50, ["binary"]),
        ("Le d\0îner.\n".encode(), ["NUL", "line 1"]),
    ],
    ids=["empty", "blank", "binary", "png", "nul"],
)
def test_not_a_text(bitext, tmp_path: Path, command: str, content: bytes, words: list[str]) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    refused(bitext(command, "x.txt", code=2), "x.txt", *words)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.txt"]


def test_missing_file_directory_and_no_permission(bitext, tmp_path: Path) -> None:
    refused(bitext("run", "nowhere.txt", code=2), "nowhere.txt", "no such file")
    (tmp_path / "d").mkdir()
    refused(bitext("run", "d", code=2), "d", "directory")
    (tmp_path / "x.txt").write_text(FRENCH)
    refused(bitext("run", "x.txt", "--original", "nowhere.txt", code=2), "nowhere.txt")
    (tmp_path / "x.txt").chmod(0)
    if not ROOT_USER:
        refused(bitext("run", "x.txt", code=2), "x.txt", "permission")


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + FRENCH.encode(),
        codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"),
        FRENCH.encode("utf-16-le"),
        FRENCH.encode("latin-1"),
        FRENCH.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8-bom", "utf-16-le-bom", "utf-16-be-bom", "utf-16-le", "latin-1", "crlf"],
)
def test_encodings_give_the_same_segments(bitext, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    assert bitext("segment", "x.txt", "--plain").stdout.splitlines() == [
        "Le conseil a décidé de fermer l'école.",
        "Les élèves iront à la ville voisine dès l'été prochain.",
    ]


def test_wrong_language(bitext, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(ENGLISH)
    refused(bitext("run", "x.txt", code=2), "x.txt", "English", "French", "--any-language")
    bitext("segment", "x.txt", "--any-language")
    (tmp_path / "fr.txt").write_text(FRENCH + "Il n'a pas dit pourquoi, mais les parents sont en colère.\n")
    refused(bitext("run", "fr.txt", "--original", "fr.txt", code=2), "French", "English")


def test_one_very_long_line(bitext, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text((FRENCH.strip() + " ") * 2100)
    out = bitext("segment", "x.txt").stdout
    text = "".join(json.loads(line)["text"] for line in out.splitlines() if '"document"' in line)
    assert len(text) > 190_000
    (tmp_path / "y.txt").write_text("mot " * 50_000)
    assert bitext("segment", "y.txt").stdout.count('"segment"') >= 1


@pytest.mark.parametrize("line", ["mot " * 50_000, "a" * 200_000, "a." * 100_000, "Le chat " + "x@" * 100_000])
def test_one_very_long_line_is_translated_in_seconds(bitext, tmp_path: Path, line: str) -> None:
    (tmp_path / "x.txt").write_text(line)
    started = time.monotonic()
    out = bitext("translate", "x.txt", "--any-language", "--memory", "none", "--plain").stdout
    assert out.strip()
    assert time.monotonic() - started < 30, "quadratic time takes minutes"


def test_trouble_with_the_memory_is_one_sentence_and_no_reason_to_stop(bitext, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FRENCH)
    (tmp_path / "m.sqlite").write_text("garbage")
    done = bitext("translate", "x.txt", "--memory", "m.sqlite", "--plain", "-q")
    assert done.stdout.count("\n") == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("bitext: m.sqlite: the translation memory cannot be used")


def test_aligned_text_where_one_text_belongs(bitext, tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_text(FRENCH)
    (tmp_path / "m.tsv").write_text("The cat sleeps.\tLe chat dort.\n")
    refused(bitext("run", "fr.txt", "--original", "m.tsv", code=2), "m.tsv", "aligned text")
    refused(bitext("align", "m.tsv", "fr.txt", code=2), "m.tsv", "aligned text")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fr.txt", "m.tsv"]


def test_the_article_given_as_its_own_original(bitext, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FRENCH)
    refused(bitext("run", "x.txt", "--original", "x.txt", "--any-language", code=2), "x.txt", "original")
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("command", ["run", "segment", "translate", "flag", "report", "align"])
def test_aligned_file_without_text(bitext, tmp_path: Path, command: str) -> None:
    (tmp_path / "e.tmx").write_text(
        '<tmx version="1.4"><header creationtool="a" creationtoolversion="1" segtype="sentence" o-tmf="a" '
        'adminlang="en" srclang="en" datatype="plaintext"/><body/></tmx>'
    )
    refused(bitext(command, "e.tmx", code=2), "e.tmx", "no text")
    refused(bitext(command, "", code=2), "name of the file is empty")


def test_broken_jsonl(bitext, tmp_path: Path) -> None:
    good = bitext("segment", "-", stdin=FRENCH).stdout
    lines = good.splitlines()
    refused(bitext("translate", "-", stdin="\n".join([*lines[:2], "{not json"]), code=2), "line 3")
    broken = good.replace("Le conseil", "Un conseil", 1)
    assert bitext("translate", "-", stdin=broken, code=2).stderr.count("\n") == 1
    (tmp_path / "s.jsonl").write_text('{"source": "a \\ud800 b", "target": "c"}\n')
    refused(bitext("flag", "s.jsonl", code=2), "s.jsonl", "line 1", "surrogate")


def test_model_with_a_file_missing_or_truncated(bitext, tmp_path: Path) -> None:
    from bitext.shipped import shipped

    (tmp_path / "x.txt").write_text(FRENCH)
    model = tmp_path / "model"
    shutil.copytree(shipped("models", "fr-en"), model)
    (model / "vocab.json").rename(tmp_path / "vocab.json")
    refused(bitext("run", "x.txt", "--model", "model", code=2), "vocab.json", "missing")
    (tmp_path / "vocab.json").rename(model / "vocab.json")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    refused(bitext("run", "x.txt", "--model", "model", code=2), "model.safetensors", "truncated")
    refused(bitext("run", "x.txt", "--model", "nobody/nothing-here", code=2), "bitext models pull nobody/nothing-here")
    refused(bitext("run", "x.txt", "--model", "no-such-model", code=2), "no-such-model")


def test_output_that_cannot_be_written(bitext, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FRENCH)
    (tmp_path / "taken").write_text("mine")
    refused(bitext("run", "x.txt", "-o", "taken", code=2), "taken", "not a folder")
    assert (tmp_path / "taken").read_text() == "mine"
    refused(bitext("segment", "x.txt", "-o", "nowhere/out.jsonl", code=2), "nowhere/out.jsonl")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "bitext", "segment", "x.txt"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tmp_path,
            )
        refused(done, "no space left")
    if not ROOT_USER:
        (tmp_path / "locked").mkdir(mode=0o500)
        refused(bitext("run", "x.txt", "-o", "locked", code=2), "locked")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A file-size limit stands for the full disk: the write fails half-way."""
    (tmp_path / "x.txt").write_text(FRENCH * 200)
    (tmp_path / "out.jsonl").write_text("old\n")
    code = (
        "import resource, signal, sys; from bitext.__main__ import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
        "sys.exit(main(['segment', 'x.txt', '-o', 'out.jsonl']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    refused(done, "out.jsonl", "too large")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.jsonl", "x.txt"]
    assert (tmp_path / "out.jsonl").read_text() == "old\n"


def test_closed_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bitext", "segment", "-"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    refused(done, "empty")
    shell = f"{sys.executable} -m bitext segment - <&-"
    refused(subprocess.run(shell, shell=True, capture_output=True, text=True, cwd=tmp_path), "standard input")


def test_reader_that_goes_away(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FRENCH * 3000)
    shell = f"{sys.executable} -m bitext segment x.txt | head -n 1 >/dev/null"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.parametrize(("name", "output"), [("translate", "out.jsonl"), ("run", "out")])
def test_interrupt_keeps_what_was_translated(bitext, tmp_path: Path, name: str, output: str) -> None:
    """Ctrl-C in the middle: one sentence, exit code 130, nothing written; the next run takes up what was done."""
    nouns = ["chat", "chien", "maire", "train", "marché", "jardin", "musée", "port", "pont", "village"]
    lines = [f"Le {a} est près du {b}, dit-on le {k} mars.\n" for k, a in enumerate(nouns * 6, 1) for b in nouns]
    (tmp_path / "x.txt").write_text("\n".join(lines))
    memory = tmp_path / "m.sqlite"
    command = [sys.executable, "-m", "bitext", name, "x.txt", "--memory", str(memory), "-o", output]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not _kept(memory):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert err.strip() == "bitext: stopped. What was translated is kept: the same command goes on from there."
    assert not [p for p in tmp_path.rglob("*out*") if p.is_file()]
    assert not list((tmp_path / "out").rglob("*"))
    kept = _kept(memory)
    assert 0 < kept < len(lines)
    (tmp_path / "x.txt").write_text("\n".join(lines[:20]))
    done = bitext("translate", "x.txt", "--memory", memory, "-o", "out.jsonl")
    remembered = int(done.stderr.split("(")[1].split()[0])
    assert remembered > 0


def _kept(memory: Path) -> int:
    import sqlite3

    if not memory.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{memory}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM translations").fetchone()[0])
    except sqlite3.Error:
        return 0


def test_usage_errors_are_one_sentence(bitext) -> None:
    refused(bitext("run", code=2), "ARTICLE", "--help")
    refused(bitext("run", "a", "--no-such", code=2), "--no-such")
    refused(bitext("nothing", code=2), "nothing")
    refused(bitext("flag", "-", "--only", "no-such-check", stdin=FRENCH, code=2), "no-such-check")


def test_data_without_text_for_training(bitext, tmp_path: Path) -> None:
    (tmp_path / "e.tsv").write_text("")
    refused(bitext("train", "e.tsv", "-o", "model", "-q", code=2), "no text")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--cooldown", "2"], "--cooldown is 2"),
        (["--dropout", "1.5"], "--dropout is 1.5"),
        (["--optimiser", "sgd"], "'sgd'"),
        (["--weight", "m=-1"], "'m=-1'"),
        (["--weight", "m=nan"], "'m=nan'"),
        (["--weight", "news=4", "--from", "fr-en"], "'news'"),
        (["--from", ""], "no model ''"),
    ],
)
def test_settings_of_training_that_make_no_sense(bitext, tmp_path: Path, options: list[str], says: str) -> None:
    (tmp_path / "m.tsv").write_text("Le chat dort.\tThe cat sleeps.\n" * 3)
    refused(bitext("train", "m.tsv", "-o", "model", "--steps", "1", "-q", *options, code=2), says)


@pytest.mark.slow
def test_quiet_training_says_nothing(bitext, tmp_path: Path) -> None:
    (tmp_path / "m.tsv").write_text("Le chat dort.\tThe cat sleeps.\n" * 20)
    assert bitext("train", "m.tsv", "--from", "fr-en", "-o", "model", "--steps", "1", "-q").stderr == ""
    assert (tmp_path / "model" / "model.safetensors").is_file()


def test_aligned_text_is_no_hypothesis(bitext, tmp_path: Path) -> None:
    (tmp_path / "h.tsv").write_text("a\tb\n")
    (tmp_path / "r.txt").write_text("a\n")
    refused(bitext("score", "h.tsv", "r.txt", code=2), "h.tsv", "aligned text")
    refused(bitext("score", "r.txt", "h.tsv", code=2), "h.tsv", "aligned text")


@pytest.mark.parametrize("option", ["--glossary", "--ignore", "--config"])
def test_an_option_given_empty_is_not_an_option_left_out(bitext, tmp_path: Path, option: str) -> None:
    (tmp_path / "x.txt").write_text(FRENCH)
    refused(bitext("flag", "x.txt", option, "", code=2), option, "without the name of a file")
