"""The translation memory: instant second run, resumable first one, and never the reason of a failure."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_marian import SENTENCES

from bitext.document import Translation
from bitext.errors import OutputError
from bitext.translate import load
from bitext.translate.memory import TranslationMemory

T = Translation("A « cat » 🎉", -0.5, ("▁A", "</s>"), (-0.25, -0.75), ("loop",))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=()), max_size=20), st.text(max_size=20))
def test_what_goes_in_comes_out(tmp_path: Path, text: str, output: str) -> None:
    with TranslationMemory(tmp_path / "m.sqlite", "a") as memory:
        value = Translation(output, -1.5, ("x", "</s>"), (-1.0, -2.0), ())
        memory.put([(text, value)])
        assert memory.get([text]) == [value]


def test_settings_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "m.sqlite"
    with TranslationMemory(path, "model A, beam 4") as a, TranslationMemory(path, "model A, beam 1") as b:
        a.put([("chat", T)])
        assert a.get(["chat", "chien"]) == [T, None]
        assert b.get(["chat"]) == [None]
        assert len(a) == 1


def test_second_run_asks_the_model_nothing(tiny_source: Path, tmp_path: Path) -> None:
    options = {"beam": 2, "threads": 1, "memory": tmp_path / "m.sqlite"}
    first = load(tiny_source, **options)
    done = first.translate(SENTENCES[:10])
    second = load(tiny_source, **options)
    assert second.translate([*SENTENCES[:10], "****"]) == [*done, Translation("****")]
    assert second.stats.target_tokens == 0 and second.stats.remembered == 10
    other = load(tiny_source, beam=1, threads=1, memory=tmp_path / "m.sqlite")
    other.translate(SENTENCES[:10])
    assert other.stats.remembered == 0


def test_a_killed_run_goes_on_where_it_was(tiny_source: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    texts = [f"{a} {b}" for a in SENTENCES[:10] for b in SENTENCES[:10]]
    whole = load(tiny_source, beam=2, threads=1).translate(texts)
    code = (
        "import sys; from bitext.translate import load;"
        f"t = load({str(tiny_source)!r}, beam=2, threads=1, memory={str(path)!r});"
        f"[print(x.score, flush=True) for x in t.stream({texts!r})]; sys.stdin.read()"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert run.stdout is not None and run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    again = load(tiny_source, beam=2, threads=1, memory=path)
    assert again.translate(texts) == whole
    assert 0 < again.stats.remembered <= 100


def _fill(path: str, name: str) -> None:
    with TranslationMemory(path, "same") as memory:
        for i in range(40):
            memory.put([(f"{name}{i}", T), (f"both{i}", T)])


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_fill, args=(str(tmp_path / "m.sqlite"), n)) for n in "ab"]
    for p in both:
        p.start()
    for p in both:
        p.join()
    assert [p.exitcode for p in both] == [0, 0]
    with TranslationMemory(tmp_path / "m.sqlite", "same") as memory:
        assert len(memory) == 120
        assert memory.get(["a39", "b39", "both0"]) == [T, T, T]


@pytest.mark.parametrize("damage", ["no database", "broken page", "cut"])
def test_a_damaged_file_is_moved_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "m.sqlite"
    with TranslationMemory(path, "a") as memory:
        memory.put([(str(i), T) for i in range(500)])
    data = path.read_bytes()
    if damage == "no database":
        data = b"not a database at all" * 100
    elif damage == "broken page":
        data = data[:100] + b"\xff" * 8000 + data[8100:]
    else:
        data = data[:3000]
    path.write_bytes(data)
    with (
        pytest.warns(UserWarning, match=r"m.sqlite.*kept as m.sqlite.damaged-1"),
        TranslationMemory(path, "a") as memory,
    ):
        memory.put([("chat", T)])
        assert memory.get(["chat"]) == [T]
    assert (tmp_path / "m.sqlite.damaged-1").read_bytes() == data


def test_a_value_that_does_not_parse_is_made_anew(tmp_path: Path) -> None:
    with TranslationMemory(tmp_path / "m.sqlite", "a") as memory:
        memory.put([("chat", T)])
        sqlite3.connect(tmp_path / "m.sqlite", isolation_level=None).execute("UPDATE translations SET value='[1,'")
        assert memory.get(["chat"]) == [None]


def test_other_files_of_the_user_are_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("to do " * 500)
    with pytest.raises(OutputError, match=r"notes.txt: is a file of something else, so no translation memory"):
        TranslationMemory(notes, "a")
    assert notes.read_text() == "to do " * 500
    other = tmp_path / "photos.sqlite"
    sqlite3.connect(other).execute("CREATE TABLE photos (name)")
    with pytest.raises(OutputError, match="database of something else"):
        TranslationMemory(other, "a")
    assert sqlite3.connect(other).execute("SELECT count(*) FROM photos").fetchone() == (0,)


def test_a_place_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.warns(UserWarning, match="going on without"):
        memory = TranslationMemory(blocked / "m.sqlite", "a")
    memory.put([("chat", T)])
    assert memory.get(["chat"]) == [None] and len(memory) == 0


def test_a_read_only_file_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.sqlite"
    with TranslationMemory(path, "a") as memory:
        memory.put([("chat", T)])
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: mode != os.W_OK and real(p, mode))  # root may write anything
    with pytest.warns(UserWarning, match="read-only"), TranslationMemory(path, "a") as memory:
        memory.put([("chien", T)])
        assert memory.get(["chat", "chien"]) == [T, None]


def test_a_full_disk_ends_the_memory_not_the_run(tmp_path: Path) -> None:
    with TranslationMemory(tmp_path / "m.sqlite", "a") as memory:
        assert memory._db is not None
        memory._db.execute("PRAGMA max_page_count=4")
        with pytest.warns(UserWarning, match="full"):
            memory.put([(str(i), T) for i in range(5000)])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            memory.put([("chat", T)])
        assert memory.get(["chat"]) == [None]
