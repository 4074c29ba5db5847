"""`bitext flag --import`: the error spans of others stand beside our flags, and stay when it is flagged again."""

import json
import subprocess
import sys

TEXT = "Le pont est fermé depuis lundi. Trois cents maisons sont vides. Le maire se tait."


def test_spans_are_imported_once_and_stay(tmp_path):
    (tmp_path / "a.fr.txt").write_text(TEXT + "\n", encoding="utf-8")
    mt = "Trois cents maisons sont vides."
    error = {"text": "vides", "start": 25, "end": 30, "severity": "major", "confidence": 0.6}
    segments = [{"mt": mt, "errors": [error]}, {"mt": "Rien de cela.", "errors": []}]
    (tmp_path / "x.json").write_text(json.dumps({"a.txt": segments}), encoding="utf-8")

    def run(*args, stdin=None):
        done = subprocess.run(
            [sys.executable, "-m", "bitext", *args], cwd=tmp_path, capture_output=True, encoding="utf-8", input=stdin
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    options = ("--only", "numbers", "--import", "xcomet=x.json")
    first, said = run("flag", "a.fr.txt", *options)
    assert "1 of its segments could not be found in the text, such as 'Rien de cela.'" in said
    (flag,) = [r for r in map(json.loads, first.splitlines()) if r["type"] == "flag"]
    assert (flag["check"], flag["text"], flag["segment"]) == ("imported:xcomet", "vides", 1)
    again, _ = run("flag", "-", *options, "--format", "text", stdin=first)
    assert again.count("imported:xcomet") == 1 and "“vides”" in again
