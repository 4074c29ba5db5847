"""What comes out of a review, read by the readers it is meant for."""

import re

import pytest
from review_samples import ENGLISH, FRENCH, flag, sample

from bitext import formats
from bitext.document import Severity
from bitext.flag.run import read_ignore
from bitext.formats import jsonl
from bitext.review.export import EXPORTS, export_all, file_name, render, take
from bitext.review.session import open_review


def do(review, what, **values):
    return review.do({"do": what, **values}, review.head)


@pytest.fixture
def decided(review):
    do(review, "apply", flag=1)
    do(review, "reject", flag=4, reason="both are usual")
    do(review, "accept", flag=0)
    do(review, "correct", segment=3, text="La maire n’a pas dit <combien> & pourquoi.")
    do(review, "merge", bead="bead:s7-8t6-7")
    for key in ("bead:s1-3t1-2", "bead:s3-4t2-3", "bead:s5-6t4-5"):
        do(review, "check", bead=key)
    return review


def written(review, kind, folder):
    path = folder / file_name(review.name, kind)
    path.write_bytes(render(take(review), kind))
    return path


@pytest.mark.parametrize("kind", ["tmx", "xliff", "xliff2", "tsv", "jsonl"])
def test_every_format_of_pairs_has_corrected_text_and_mended_beads(decided, kind, tmp_path):
    read = formats.read(written(decided, kind, tmp_path), kind)
    pairs = {(read.source_text(b), read.target_text(b)) for b in read.beads}
    assert (f"{ENGLISH[1]} {ENGLISH[2]}", FRENCH[1][0].replace("30", "300")) in pairs
    assert (ENGLISH[4], "La maire n’a pas dit <combien> & pourquoi.") in pairs
    assert (f"{ENGLISH[7]} {ENGLISH[8]}", f"{FRENCH[6][0]} {FRENCH[7][0]}") in pairs
    assert len(read.beads) == 8
    if kind != "tsv":  # neither what was rejected nor what was mended
        assert [f.check for f in read.flags] == ["word-sense", "gender-of-no-check"]


def test_flags_move_with_the_corrected_text(decided, tmp_path):
    do(decided, "correct", segment=0, text="Aujourd’hui : Maman du marché sur les prix")
    read = formats.read(written(decided, "jsonl", tmp_path))
    sense = next(f for f in read.flags if f.check == "word-sense")
    assert read.target.segments[sense.segment].text[slice(*sense.span)] == "Maman"


def test_the_corrected_text_is_the_file_with_the_corrections(decided):
    expected = sample().target.text.replace("30 jours", "300 jours")
    expected = expected.replace(FRENCH[3][0], "La maire n’a pas dit <combien> & pourquoi.")
    assert render(take(decided), "text").decode() == expected


def test_without_decisions_the_text_comes_out_byte_for_byte(review):
    assert render(take(review), "text").decode() == sample().target.text


@pytest.mark.parametrize("kind", ["tmx", "xliff", "xliff2"])
def test_exports_are_valid(decided, kind, valid, tmp_path):
    from lxml import etree

    do(decided, "correct", segment=7, text="]]> & <b>\u2028\u00a0« ’")
    do(decided, "reject", flag=3, reason="<no> & “never”")
    valid(etree.parse(str(written(decided, kind, tmp_path))).getroot(), kind)


def test_xliff_says_what_was_checked_and_why_it_changed(decided, tmp_path):
    xml = written(decided, "xliff", tmp_path).read_text(encoding="utf-8")
    units = re.findall(r"<trans-unit .*?</trans-unit>", xml, re.DOTALL)
    states = [m[1] if (m := re.search(r'<target state="([^"]+)"', u)) else None for u in units]
    assert states == [
        "needs-review-translation",
        "signed-off",
        "signed-off",
        "needs-review-translation",  # a flag is open still
        "signed-off",
        "translated",
        None,
        "translated",
    ]
    assert 'approved="yes"' in units[1] and 'approved="yes"' not in units[0]
    assert "was: Le marché couvert rouvre samedi, après 30 jours de travaux." in units[1]
    assert "agreed: “mum” is silent here" in units[0]
    assert "rejected as a false alarm: spacing on “contents,” (both are usual)" in units[4]
    assert "&lt;combien&gt; &amp;" in units[3]


def test_xliff_2_says_the_same(decided, tmp_path):
    xml = written(decided, "xliff2", tmp_path).read_text(encoding="utf-8")
    units = re.findall(r"<unit .*?</unit>", xml, re.DOTALL)
    assert ['state="reviewed"' in u for u in units] == [False, True, True, False, True, False, False, False]
    assert "was: Le marché couvert" in units[1]
    assert all(u.index("</notes>") < u.index("<segment ") for u in units if "<notes>" in u)


def test_decisions_are_an_ignore_list_that_works(decided, tmp_path):
    path = written(decided, "decisions", tmp_path)
    ignored = read_ignore(path)
    assert [(i.check, i.text, i.reason) for i in ignored] == [("spacing", "contents,", "both are usual")]
    flags = sample().flags
    texts = [sample().target.segments[f.segment].text[slice(*f.span)] for f in flags]
    hit = [f.check for f, t in zip(flags, texts, strict=True) if any(i.matches(f, t) for i in ignored)]
    assert hit == ["spacing"]


def test_the_checks_find_no_more_what_was_rejected(tmp_path):
    from bitext.flag import examine

    found = examine(sample().with_(flags=()), only=["numbers"]).flags
    assert found
    jsonl.dump(sample().with_(flags=found), tmp_path / "b.jsonl")
    review = open_review(tmp_path / "b.jsonl")
    for i in range(len(found)):
        do(review, "reject", flag=i)
    ignore = read_ignore(written(review, "decisions", tmp_path))
    again = examine(sample().with_(flags=()), only=["numbers"], ignore=ignore)
    assert again.flags == ()
    assert len(again.ignored) == len(found)
    review.close()


def test_what_an_ignore_list_cannot_say_is_a_comment(tmp_path):
    bitext = sample()
    flags = (
        flag(3, "La maire", "no-such-check", Severity.MINOR),
        flag(1, " 30 ", "spacing", Severity.MINOR),
        flag(1, "30", "numbers", Severity.MINOR),
        flag(1, "30", "numbers", Severity.MAJOR),
    )
    jsonl.dump(bitext.with_(flags=flags), tmp_path / "b.jsonl")
    review = open_review(tmp_path / "b.jsonl")
    for i in (0, 1, 2):
        do(review, "reject", flag=i)
    path = written(review, "decisions", tmp_path)
    assert read_ignore(path) == ()
    assert path.read_text(encoding="utf-8").count("# left out") == 3
    review.close()


def test_training_pairs_are_read_by_the_trainer_in_both_directions(decided, tmp_path):
    from bitext.train.data import read_pairs

    path = written(decided, "pairs", tmp_path)
    french = {
        FRENCH[1][0].replace("30", "300"),
        FRENCH[2][0],
        FRENCH[4][0],
        "La maire n’a pas dit <combien> & pourquoi.",
    }
    found = list(read_pairs(path, "fr", "en"))
    assert {p[0] for p in found} == french - {"La maire n’a pas dit <combien> & pourquoi."}  # flagged still
    assert (FRENCH[2][0], ENGLISH[3]) in {(p[0], p[1]) for p in found}
    assert {(p[1], p[0]) for p in read_pairs(path, "en", "fr")} == {(p[0], p[1]) for p in found}


def test_a_back_translation_is_no_training_pair(tmp_path):
    from bitext.document import Bead

    bitext = sample()
    bitext = bitext.with_(
        source=bitext.target,
        origin="back-translation",
        beads=tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(8)),
        scores=None,
    )
    jsonl.dump(bitext, tmp_path / "b.jsonl")
    review = open_review(tmp_path / "b.jsonl")
    do(review, "check", bead=review.state.order()[0])
    assert render(take(review), "pairs").decode().count("\n") == 1
    review.close()


def test_all_exports_without_a_server(path, tmp_path):
    paths = export_all(path, tmp_path / "out")
    assert [p.name for p in paths] == [f"bitext.{ending}" for ending, _ in EXPORTS.values()]
    assert all(p.stat().st_size for p in paths)
