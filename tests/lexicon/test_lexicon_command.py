"""Pairs from users' files, and look-ups as plain values."""

import bz2
import gzip
import json

import pytest

from bitext.errors import FormatError, InputError
from bitext.lexicon import load
from bitext.lexicon.command import look_up, pairs_from_lines, pairs_from_tsv, summary

TEXT = "le chat\tthe cat\tmine\n\nsans cible\t\nun œuf\tan egg\r\n"
PAIRS = [("le chat", "the cat"), ("un œuf", "an egg")]


@pytest.mark.parametrize(("name", "opener"), [("a.tsv", open), ("a.tsv.gz", gzip.open), ("a.tsv.bz2", bz2.open)])
def test_tsv(tmp_path, name, opener):
    with opener(tmp_path / name, "wb") as f:
        f.write(b"\xef\xbb\xbf" + TEXT.encode())
    assert list(pairs_from_tsv(tmp_path / name)) == PAIRS


def test_lines(tmp_path):
    (tmp_path / "a.fr").write_text("le chat\n\nun œuf\n", encoding="utf-8")
    (tmp_path / "a.en").write_text("the cat\nempty\nan egg\n", encoding="utf-8")
    assert list(pairs_from_lines(tmp_path / "a.fr", tmp_path / "a.en")) == PAIRS
    (tmp_path / "a.en").write_text("the cat\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"a\.fr, line 2: has more lines than .*a\.en"):
        list(pairs_from_lines(tmp_path / "a.fr", tmp_path / "a.en"))


def test_bad_files(tmp_path):
    path = tmp_path / "a.tsv"
    with pytest.raises(InputError, match="no such file"):
        list(pairs_from_tsv(path))
    with pytest.raises(InputError, match="directory"):
        list(pairs_from_tsv(tmp_path))
    path.write_text("a\tb\nno tab here\n")
    with pytest.raises(FormatError, match=r"a\.tsv, line 2: there is no tab"):
        list(pairs_from_tsv(path))
    path.write_bytes(b"\xe9t\xe9\tsummer\n")
    with pytest.raises(InputError, match="not UTF-8"):
        list(pairs_from_tsv(path))
    (tmp_path / "a.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match="cannot be read"):
        list(pairs_from_tsv(tmp_path / "a.gz"))


def test_look_up():
    found = look_up("Maman", load("fr-en"), n=5)
    assert (found["word"], found["lang"], found["known"]) == ("maman", "fr", True)
    assert {"mom", "mother", "mum"} & {w for w, _ in found["translations"]}
    assert any(a["english"] == "mum" and "silencieux" in a["french_words"] for a in found["alternatives"])
    json.dumps(found)
    back = look_up("silent", load("fr-en"), reverse=True)
    assert back["translations"][0][0] == "silencieux"
    assert "alternatives" not in back
    assert look_up("xylophagique", load("fr-en"))["translations"] == []


def test_summary():
    found = summary(load("fr-en"))
    assert found["languages"] == ["fr", "en"]
    assert found["word_pairs"] > 100_000
    json.dumps(found)
