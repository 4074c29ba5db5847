"""The main job and its stages as a user types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bitext.pipeline import OUTPUTS


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_article_alone(bitext, corpus: Path, tmp_path: Path) -> None:
    done = bitext("run", corpus / "kazakhstan.fr.txt", "-o", "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(OUTPUTS)
    assert len(done.stdout.splitlines()) <= 50
    rows = records((tmp_path / "out" / "bitext.jsonl").read_text("utf-8"))
    article = (corpus / "kazakhstan.fr.txt").read_text("utf-8")
    assert next(r for r in rows if r["type"] == "document" and r["side"] == "target")["text"] == article
    segments = [r for r in rows if r["type"] == "segment" and r["side"] == "target"]
    for s in segments:
        assert article[s["start"] : s["end"]] == s["text"]
    assert len([r for r in rows if r["type"] == "translation"]) == len(segments)
    flags = records((tmp_path / "out" / "flags.jsonl").read_text("utf-8"))
    assert {"duplicates", "acronyms"} <= {f["check"] for f in flags}
    scores = json.loads((tmp_path / "out" / "scores.json").read_text("utf-8"))
    assert scores["kind"] == "reference-free"
    assert "BLEU" not in [m["name"] for m in scores["metrics"]]


def test_sample_with_its_original(bitext, corpus: Path, tmp_path: Path) -> None:
    done = bitext("run", corpus / "harbour.fr.txt", "--original", corpus / "harbour.en.txt", "-o", "out")
    assert "BLEU" in done.stdout
    rows = records((tmp_path / "out" / "bitext.jsonl").read_text("utf-8"))
    beads = [r for r in rows if r["type"] == "bead"]
    shapes = {(len(b["source"]), len(b["target"])) for b in beads}
    assert (2, 1) in shapes, "two English sentences were merged into one in the French"
    assert (1, 2) in shapes, "an English sentence was split in the French"
    scores = json.loads((tmp_path / "out" / "scores.json").read_text("utf-8"))
    assert {m["name"] for m in scores["metrics"]} >= {"BLEU", "chrF2", "TER"}
    assert all("version:" in m["signature"] for m in scores["metrics"])
    assert bitext("score", "--from", "out/scores.json").stdout.strip().endswith("are reproduced")
    flags = records((tmp_path / "out" / "flags.jsonl").read_text("utf-8"))
    assert any(f["check"] == "numbers" and "8 100" in f["text"].replace("\u202f", " ") for f in flags)


def test_second_run_takes_the_translations_from_memory(bitext, corpus: Path) -> None:
    first = bitext("translate", corpus / "udhr.fr.txt", "--memory", "m.sqlite")
    second = bitext("translate", corpus / "udhr.fr.txt", "--memory", "m.sqlite")
    assert first.stdout == second.stdout
    assert "(0 remembered)" in first.stderr
    assert " out" not in second.stderr, "nothing is left to translate"


def test_stages_are_filters_that_make_the_main_job(bitext, corpus: Path, tmp_path: Path) -> None:
    bitext("run", corpus / "harbour.fr.txt", "--original", corpus / "harbour.en.txt", "-o", "out", "-q")
    stream = bitext("segment", corpus / "harbour.fr.txt").stdout
    stream = bitext("translate", "-", stdin=stream).stdout
    stream = bitext("align", "-", "--original", corpus / "harbour.en.txt", stdin=stream).stdout
    stream = bitext("flag", "-", stdin=stream).stdout
    whole = records((tmp_path / "out" / "bitext.jsonl").read_text("utf-8"))
    piped = records(stream)
    for kind in ("segment", "translation", "bead", "flag"):
        assert [r for r in piped if r["type"] == kind] == [r for r in whole if r["type"] == kind]


def test_align_two_files_and_score_against_gold(bitext, corpus: Path, tmp_path: Path) -> None:
    beads = bitext("align", corpus / "udhr.en.txt", corpus / "udhr.fr.txt", "--format", "beads").stdout
    (tmp_path / "gold.align").write_text(beads)
    figures = json.loads(bitext("align", corpus / "udhr.en.txt", corpus / "udhr.fr.txt", "--gold", "gold.align").stdout)
    assert figures["strict_f1"] == figures["lax_f1"] == 1.0


def test_lines_are_segments(bitext, tmp_path: Path) -> None:
    (tmp_path / "a.en").write_text("Good morning. How are you?\nThe train leaves at 9.\n")
    (tmp_path / "a.fr").write_text("Bonjour. Comment allez-vous ?\nLe train part à 9 h.\n")
    out = bitext("align", "a.en", "a.fr", "--lines", "--format", "beads", "--model", "none").stdout
    assert out == "0\t0\n1\t1\n"


def test_convert_there_and_back(bitext, corpus: Path, tmp_path: Path) -> None:
    bitext("align", corpus / "udhr.en.txt", corpus / "udhr.fr.txt", "-o", "a.jsonl", "--model", "none")
    for ending in ("tmx", "xlf", "tsv"):
        bitext("convert", "a.jsonl", f"b.{ending}")
        bitext("convert", f"b.{ending}", f"{ending}.jsonl")
        again = [r for r in records((tmp_path / f"{ending}.jsonl").read_text("utf-8")) if r["type"] == "bead"]
        first = [r for r in records((tmp_path / "a.jsonl").read_text("utf-8")) if r["type"] == "bead"]
        assert [(r["source_text"], r["target_text"]) for r in again] == [
            (r["source_text"], r["target_text"]) for r in first
        ]


def test_flags_can_fail_a_build(bitext, corpus: Path) -> None:
    stream = bitext("translate", corpus / "kazakhstan.fr.txt", "-q").stdout
    bitext("flag", "-", "--fail-on", "major", "--format", "text", stdin=stream, code=1)
    bitext("flag", "-", "--only", "boilerplate", "--fail-on", "major", stdin=stream, code=0)


@pytest.mark.parametrize("fmt", ["html", "md", "json", "mqm", "terminal"])
def test_report_formats(bitext, corpus: Path, fmt: str) -> None:
    stream = bitext("translate", corpus / "harbour.fr.txt", "-q").stdout
    stream = bitext("flag", "-", stdin=stream).stdout
    assert "harbour.fr.txt" in bitext("report", "-", "--format", fmt, stdin=stream).stdout


def test_models_doctor_and_lexicon_say_what_there_is(bitext) -> None:
    assert "fr-en" in bitext("models", "list").stdout
    info = json.loads(bitext("models", "info", "fr-en", "--json").stdout)
    assert (info["source_lang"], info["target_lang"]) == ("fr", "en")
    assert "model fr-en" in bitext("doctor").stdout
    assert all(f["ok"] for f in json.loads(bitext("doctor", "--json").stdout) if f["needed"])
    assert "human" in bitext("lexicon", "look-up", "humain").stdout


def test_help_is_instant_and_loads_nothing_heavy() -> None:
    code = (
        "import resource, sys; from bitext.__main__ import main; main(['--help']); "
        "used = resource.getrusage(resource.RUSAGE_SELF); heavy = {'torch', 'transformers', 'numpy', 'ctranslate2'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules); print(used.ru_utime + used.ru_stime)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "translate" in done.stdout


def test_score_and_the_main_job_never_load_torch(corpus: Path, tmp_path: Path) -> None:
    for words in (
        ["score", str(corpus / "udhr.en.txt"), str(corpus / "udhr.en.txt"), "--no-confidence"],
        ["run", str(corpus / "harbour.fr.txt"), "-o", str(tmp_path / "o"), "-q"],
    ):
        code = f"import sys; from bitext.__main__ import main; main({words!r}); assert 'torch' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=tmp_path, env=os.environ)


def test_version(bitext) -> None:
    from bitext import __version__

    assert bitext("--version").stdout.strip() == f"bitext {__version__}"
