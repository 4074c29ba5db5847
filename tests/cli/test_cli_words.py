"""What the command line says: help that reads well, and sentences that say each thing once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitext.__main__ import main
from bitext.commands import write_flags
from bitext.document import Bitext, Document, Flag, Severity
from bitext.score.checks import lines


def test_help_lists_the_main_job_first_and_cuts_no_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    commands = said.partition("Commands:")[2]
    listed = [line.split()[0] for line in commands.splitlines() if line.strip()]
    assert listed[:7] == ["run", "segment", "translate", "align", "score", "compare", "flag"]
    assert "..." not in commands and "…" not in commands


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["translate", "{text}", "--memory", ""], "--memory is given without the name of a file; name a file, or say"),
        (["segment", "{text}", "--plain", "-o", ""], "the name of the file to write is empty"),
        (["convert", "{text}", "{folder}/out.tmx"], "holds one text alone, and tmx takes two; align it"),
        (["lexicon", "look-up", ""], "an empty word is no word"),
        (["flag", "{text}", "--only", "speling"], "there is no check 'speling' (--only); "),
    ],
)
def test_one_sentence(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "note.fr.txt"
    text.write_text("Le facteur a laissé un avis de passage dans la boîte aux lettres.\n", encoding="utf-8")
    assert main([a.format(text=text, folder=tmp_path) for a in arguments]) == 2
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == [text.name]


def test_flags_as_text_quote_the_span_once(tmp_path: Path) -> None:
    target = Document.from_lines(["Le facteur est venue hier."], "fr", "note.txt")
    flags = (
        Flag("agreement", "fluency/grammar", Severity.MINOR, 0, (15, 20), "“venue” does not agree.", "venu"),
        Flag("fluency", "fluency/grammar", Severity.MINOR, 0, (3, 10), "Unlikely here.", confidence=0.4),
        Flag("omission", "accuracy/omission", Severity.MAJOR, 0, (26, 26), "A sentence is missing here: “He rang.”."),
    )
    out = tmp_path / "flags.txt"
    write_flags(Bitext(target, flags=flags), str(out), as_text=True)
    assert out.read_text(encoding="utf-8").splitlines() == [
        "note.txt:1:16: minor agreement: “venue” does not agree. Suggest: venu.",
        "note.txt:1:4: minor fluency: “facteur”: Unlikely here. (40% sure)",
        "note.txt:1:27: major omission: A sentence is missing here: “He rang.”.",
    ]


def test_blank_lines_on_both_sides_are_no_fault() -> None:
    assert lines(["One.", "", "Two."], [["Un.", "", "Deux."]]) == []
    [said] = lines(["One.", "", ""], [["Un.", "", "Deux."]])
    assert said.startswith("1 of 3 hypotheses is empty")
