"""Streams of pairs from users' files."""

import bz2
import gzip

import pytest

from bitext.errors import FormatError, InputError
from bitext.formats.pairs import read_pairs

TEXT = "le chat\tthe cat\tmine\n\nsans cible\t\nun œuf\tan egg\r\n"
PAIRS = [("le chat", "the cat"), ("un œuf", "an egg")]


def pairs(path):
    return [(s, t) for s, t, _ in read_pairs(path, "fr", "en") if s and t]


@pytest.mark.parametrize(("name", "opener"), [("a.tsv", open), ("a.tsv.gz", gzip.open), ("a.tsv.bz2", bz2.open)])
def test_tsv(tmp_path, name, opener):
    with opener(tmp_path / name, "wb") as f:
        f.write(b"\xef\xbb\xbf" + TEXT.encode())
    assert pairs(tmp_path / name) == PAIRS


def test_lines(tmp_path):
    (tmp_path / "a.fr").write_text("le chat\n\nun œuf\n", encoding="utf-8")
    (tmp_path / "a.en").write_text("the cat\nempty\nan egg\n", encoding="utf-8")
    assert pairs(tmp_path / "a.fr") == PAIRS
    (tmp_path / "a.en").write_text("the cat\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"a\.en, line 2: is shorter than a\.fr"):
        pairs(tmp_path / "a.fr")


def test_bad_files(tmp_path):
    path = tmp_path / "a.tsv"
    with pytest.raises(InputError, match="no such file"):
        pairs(path)
    with pytest.raises(InputError, match="directory"):
        pairs(tmp_path)
    path.write_text("a\tb\nno tab here\n")
    with pytest.raises(FormatError, match=r"a\.tsv, line 2: has 1 column"):
        pairs(path)
    path.write_bytes(b"\xe9t\xe9\tsummer\n")
    with pytest.raises(FormatError, match="not UTF-8"):
        pairs(path)
    (tmp_path / "a.tsv.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match="cannot be read"):
        pairs(tmp_path / "a.tsv.gz")


def test_header_names_the_columns(tmp_path):
    (tmp_path / "a.tsv").write_text("id\ten\tfr\n1\tthe cat\tle chat\n", encoding="utf-8")
    assert pairs(tmp_path / "a.tsv") == [("le chat", "the cat")]


def test_other_formats(tmp_path):
    from bitext import formats

    made = formats.from_pairs([("the cat", "le chat"), ("an egg", "un œuf")], "en", "fr")
    for name in ("a.tmx", "a.jsonl", "a.xlf"):
        formats.write(made, tmp_path / name)
        assert pairs(tmp_path / name) == PAIRS


def test_an_ending_that_names_no_format(tmp_path):
    (tmp_path / "x.unknown").write_text("a\tb\n")
    with pytest.raises(FormatError, match=r"x\.unknown: its ending names no format of pairs; name it \.tsv"):
        list(read_pairs(tmp_path / "x.unknown", "fr", "en"))
