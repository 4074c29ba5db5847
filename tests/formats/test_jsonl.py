"""JSONL loses nothing, and says where a damaged file is damaged."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
from format_samples import bitexts
from hypothesis import HealthCheck, given, settings

from bitext.document import Bead, Bitext, Document, Flag, Severity, Translation
from bitext.errors import BitextError, FormatError, InputError, OutputError
from bitext.formats import jsonl

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(bitexts())
def test_everything_comes_back(bitext: Bitext) -> None:
    text = jsonl.dumps(bitext)
    back = jsonl.loads(text)
    assert back == bitext
    assert [(b.source, b.source.start, b.target.start) for b in back.beads if not b.source] == [
        (b.source, b.source.start, b.target.start) for b in bitext.beads if not b.source
    ]
    assert all(json.loads(line)["type"] for line in text.removesuffix("\n").split("\n"))


@relaxed
@given(bitexts())
def test_records_may_be_sorted_otherwise(bitext: Bitext) -> None:
    first, *rest = jsonl.dumps(bitext).removesuffix("\n").split("\n")
    rest.sort(key=lambda line: "flag" in json.loads(line)["type"])  # flags have no other order than the file's
    flags = [line for line in rest if json.loads(line)["type"] == "flag"]
    others = [line for line in rest if json.loads(line)["type"] != "flag"]
    assert jsonl.loads("\n".join([first, *others[::-1], *flags])) == bitext


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.bz2", "a.jsonl.xz"])
def test_files_also_compressed(tmp_path, article, name) -> None:
    jsonl.dump(article, tmp_path / name)
    assert jsonl.load(tmp_path / name) == article
    if not name.endswith("jsonl"):
        assert not (tmp_path / name).read_bytes().startswith(b"{")


def test_compressed_files_are_reproducible(tmp_path, article) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        jsonl.dump(article, tmp_path / name)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_a_cut_compressed_file(tmp_path, article) -> None:
    for suffix in ("gz", "bz2", "xz"):
        path = tmp_path / f"a.jsonl.{suffix}"
        jsonl.dump(article, path)
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match="damaged or cut"):
            jsonl.load(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings(tmp_path, article, encoding) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl.dumps(article).replace("\n", "\r\n").encode(encoding))
    assert jsonl.load(path) == article


def test_open_files_text_and_binary(article) -> None:
    text = jsonl.dumps(article)
    assert jsonl.load(io.StringIO(text)) == article
    assert jsonl.load(io.BytesIO(text.encode())) == article


def test_pipes(article) -> None:
    code = "from bitext.formats import jsonl; jsonl.dump(jsonl.load('-'), '-')"
    env = os.environ | {"PYTHONIOENCODING": "latin-1"}
    run = subprocess.run(
        [sys.executable, "-c", code], input=jsonl.dumps(article).encode(), capture_output=True, env=env, check=True
    )
    assert jsonl.loads(run.stdout.decode()) == article


def test_beads_are_for_people_too(article) -> None:
    bead = next(r for r in jsonl.records(article) if r["type"] == "bead" and r["index"] == 1)
    assert bead["target"] == [1, 2]
    assert bead["target_text"] == "Le chat dort. Il rêve de l’été & de <souris>."
    assert bead["back_text"] == "The cat sleeps. It dreams of summer & <mice>."
    flag = next(r for r in jsonl.records(article) if r["type"] == "flag")
    assert flag["text"] == "chat"


def _lines(article: Bitext) -> list[dict]:
    return [json.loads(line) for line in jsonl.dumps(article).splitlines()]


def _find(records: list[dict], type_: str, **where) -> int:
    return next(i for i, r in enumerate(records) if r["type"] == type_ and all(r[k] == v for k, v in where.items()))


DAMAGE = [
    # (type, where, change, what the message says)
    ("segment", {"side": "target", "index": 1}, {"start": 11}, r"does not stand at 11:23"),
    ("segment", {"side": "target", "index": 1}, {"text": "Le chien dort."}, r"does not stand"),
    ("segment", {"side": "target", "index": 1}, {"start": 4, "end": 17}, r"overlaps"),
    ("segment", {"side": "target", "index": 1}, {"start": -5}, r'"start" is -5 where a whole number'),
    ("segment", {"side": "target", "index": 1}, {"start": 10.0}, r'"start" is 10.0 where'),
    ("segment", {"side": "target", "index": 1}, {"start": True}, r'"start" is true where'),
    ("segment", {"side": "target", "index": 1}, {"kind": "verse"}, r'"kind" is "verse" where one of heading'),
    ("segment", {"side": "target", "index": 1}, {"index": 7}, r"segment 1 is missing"),
    ("segment", {"side": "target", "index": 1}, {"index": 0}, r"segment 0 is there already, in line"),
    ("segment", {"side": "target", "index": 1}, {"side": "left"}, r'"side" is "left"'),
    ("segment", {"side": "target", "index": 1}, {"text": None}, r'has no "text"'),
    ("document", {"side": "target"}, {"text": 5}, r'"text" is 5 where a text belongs'),
    ("document", {"side": "target"}, {"side": "source"}, r"second source document"),
    ("translation", {"index": 0}, {"score": "good"}, r'"score" is "good" where a number'),
    ("translation", {"index": 0}, {"tokens": ["a"], "token_logprobs": [-1, -2]}, r"2 token_logprobs for 1 tokens"),
    ("bead", {"index": 1}, {"target": [1]}, r"not what its segments say"),
    ("bead", {"index": 1}, {"target": [1], "target_text": "Le chat dort.", "back_text": None}, r"2 is in no bead"),
    ("bead", {"index": 1}, {"target": [1, 3]}, r"do not follow each other"),
    ("bead", {"index": 1}, {"target": [3, 4]}, r"names segment 4, but there are 4"),
    ("bead", {"index": 2}, {"source": [1], "source_text": None}, r"source segment 1 is in bead 1 and in bead 2"),
    ("bead", {"index": 1}, {"moved": 1}, r'"moved" is 1 where true or false'),
    ("bead", {"index": 1}, {"evidence": [["length"]]}, r'"evidence" is'),
    ("bead", {"index": 1}, {"source_text": "The dog"}, r'"source_text" of bead 1'),
    ("flag", {"index": 0}, {"segment": 9}, r"segment 9, but there are 4"),
    ("flag", {"index": 0}, {"span": [3, 99]}, r'"span" is \[3, 99\]'),
    ("flag", {"index": 0}, {"span": [7, 3]}, r'"span" is \[7, 3\]'),
    ("flag", {"index": 0}, {"span": [4, 8]}, r"is not what stands at 4:8"),
    ("flag", {"index": 0}, {"severity": "awful"}, r'"severity" is "awful"'),
    ("flag", {"index": 0}, {"type": "remark"}, r"unknown record type 'remark'"),
    ("bitext", {}, {"version": "9.0"}, r"format version 9.0, this bitext reads 1.0"),
    ("bitext", {}, {"version": "one"}, r'"version" is "one"'),
    ("bitext", {}, {"signature": "x:y"}, r'"signature" is'),
    ("bitext", {}, {"type": "segment"}, r'the first record must be of type "bitext"'),
]


@pytest.mark.parametrize(("type_", "where", "change", "says"), DAMAGE)
def test_damage_is_named(tmp_path, article, type_, where, change, says) -> None:
    records = _lines(article)
    records[_find(records, type_, **where)].update(change)
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    with pytest.raises(FormatError, match=says) as caught:
        jsonl.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"type": "seg', "ends in the middle"),
        ("{'type': 'segment'}", "not JSON"),
        ("[1, 2]", "not an object"),
        ("12", "not an object"),
        ('{"type": "segment"} {"type": "segment"}', "not JSON: extra data"),
        (r'{"type": "segment", "text": "\ud800"}', r"lone surrogate \\ud800"),
        (r'{"type": "segment", "x": [{"\udfff": 1}]}', r"lone surrogate \\udfff"),
        ('{"type": "bead", "score": NaN}', "NaN is not a JSON number"),
        ('{"type": "bead", "score": -Infinity}', "-Infinity is not"),
        ('{"type": "bead", "score": 1e999}', "too large"),
        ('{"type": "bead", "score": ' + "9" * 5000 + "}", "too many digits"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_named_by_number(tmp_path, article, line, says) -> None:
    path = tmp_path / "bad.jsonl"
    head = jsonl.dumps(article).split("\n")[:3]
    path.write_text("\n".join([*head, "", line]) + "\n", encoding="utf-8")
    with pytest.raises(FormatError, match=says) as caught:
        jsonl.load(path)
    assert caught.value.line == 5


def test_surrogate_pairs_are_characters() -> None:
    assert jsonl.loads(r'{"source": "\ud83d\ude42", "target": "x"}').source.texts == ["🙂"]


def test_not_utf8(tmp_path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"source": "a", "target": "b"}\n{"source": "a", "target": "é"}'.encode("latin-1"))
    with pytest.raises(FormatError, match=r"line 2: byte 28 of the line is not UTF-8"):
        jsonl.load(path)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_empty(text) -> None:
    with pytest.raises(FormatError, match="is empty"):
        jsonl.loads(text)


def test_any_cut_is_noticed_or_harmless(article) -> None:
    """A stream that ends early raises, except where only flags are missing at a line's end."""
    text = jsonl.dumps(article)
    first_flag = text.index('{"type": "flag"')
    for at in range(0, first_flag, 37):
        try:
            found = jsonl.loads(text[:at])
        except BitextError:
            continue
        assert text[:at].endswith(("}", "\n"))
        assert found.beads in ((), article.beads)


def test_newer_minor_versions_are_read(article) -> None:
    records = _lines(article)
    records[0]["version"] = "1.7"
    records.insert(1, {"type": "novelty", "x": 1})
    assert jsonl.loads("\n".join(map(json.dumps, records))) == article


def test_two_bitexts_in_a_stream(article) -> None:
    with pytest.raises(FormatError, match="a second bitext"):
        jsonl.loads(jsonl.dumps(article) * 2)


def test_what_is_not_whole_is_not_written(tmp_path, article) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("before")
    broken = [
        article.with_(beads=article.beads[:-1]),
        article.with_(beads=(*article.beads, Bead(range(0, 1), range(0, 0)))),
        article.with_(flags=(Flag("c", "x", Severity.MINOR, 99, (0, 1), "m"),)),
        article.with_(flags=(Flag("c", "x", Severity.MINOR, 0, (0, 99), "m"),)),
        article.with_(translations=tuple(Translation("x", float("nan")) for _ in article.target)),
        article.with_(beads=(), flags=(), translations=(), target=Document("\ud800", (), "fr", "")),
    ]
    for bitext in broken:
        with pytest.raises(OutputError):
            jsonl.dump(bitext, path)
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]


def test_evidence_of_numpy_and_sets(article) -> None:
    numpy = pytest.importorskip("numpy")
    evidence = {"a": numpy.float32(0.5), "b": numpy.arange(2), "c": {"y", "x"}, "d": (1, 2)}
    flag = Flag("c", "x", Severity.MINOR, 0, (0, 1), "m", evidence=evidence)
    back = jsonl.loads(jsonl.dumps(article.with_(flags=(flag,))))
    assert back.flags[0].evidence == {"a": 0.5, "b": [0, 1], "c": ["x", "y"], "d": [1, 2]}


@pytest.mark.parametrize(
    "text",
    [
        '{"source": "Hi", "target": "Salut"}\n{"source": "", "target": "Seul"}',
        '{"en": "Hi", "fr": "Salut", "id": 1}\n{"en": "", "fr": "Seul", "id": 2}',
        '{"translation": {"en": "Hi", "fr": "Salut"}}\n{"translation": {"en": null, "fr": "Seul"}}',
        '{"src": "Hi", "tgt": "Salut"}\n\n{"tgt": "Seul"}\n',
        '{"en-GB": "Hi", "fr_CA": "Salut"}\n{"fr_CA": "Seul"}',
    ],
)
def test_foreign_pairs(text) -> None:
    bitext = jsonl.loads(text)
    assert (bitext.source.texts, bitext.target.texts) == (["Hi"], ["Salut", "Seul"])
    assert [b.shape for b in bitext.beads] == ["1-1", "0-1"]
    assert jsonl.loads(jsonl.dumps(bitext)) == bitext


def test_foreign_languages_by_name() -> None:
    bitext = jsonl.loads('{"de": "Hallo", "it": "Ciao"}', source_lang="de", target_lang="it")
    assert (bitext.source.lang, bitext.target.lang, bitext.target.texts) == ("de", "it", ["Ciao"])
    with pytest.raises(FormatError, match="but: de, it"):
        jsonl.loads('{"de": "Hallo", "it": "Ciao"}')
    with pytest.raises(FormatError, match='line 2: "target" is 5'):
        jsonl.loads('{"source": "a", "target": "b"}\n{"source": "a", "target": 5}')
