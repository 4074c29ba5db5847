"""`bitext score` and `bitext compare` from end to end: unaligned texts, views, drawings, records, users' mistakes."""

import json
import os
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest
from bakery import OUTPUT, REFERENCE, SOURCE


@pytest.fixture
def run(tmp_path):
    """Run a command in a folder that has the files."""
    files = {
        "ref.txt": REFERENCE,
        "hyp.txt": OUTPUT,
        "src.txt": SOURCE,
        "merged.txt": [" ".join(OUTPUT[:2]), *OUTPUT[2:5], " ".join(OUTPUT[5:])],
        "otherref.txt": [" ".join(REFERENCE[:3]), *REFERENCE[3:]],
        "empty_line.txt": [*OUTPUT[:3], "", *OUTPUT[4:]],
        "tokenised.txt": [o.replace(".", " .").replace(",", " ,") for o in OUTPUT],
        "shifted.txt": ["A line too many.", *(OUTPUT * 2)[:-1]],
        "ref_twice.txt": REFERENCE * 2,
        "short_src.txt": [" ".join(SOURCE[:2]), *SOURCE[2:]],
    }
    for name, lines in files.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def go(*args, code=0, stdin=None):
        done = subprocess.run(
            [sys.executable, "-m", "bitext", *args],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            input=stdin,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    return go


def figure(text, name):
    return float(next(line for line in text.splitlines() if line.startswith(name)).split()[1])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["ref.txt", "hyp.txt"], "By their names, ref.txt is a reference and hyp.txt an output"),
        (["hyp.txt", "hyp.txt"], "identical"),
        (["merged.txt", "ref.txt"], "The hypotheses have 5 lines and the references 8 lines."),
        (["empty_line.txt", "ref.txt"], "1 of 8 hypotheses is empty"),
        (["tokenised.txt", "ref.txt"], "hypotheses look tokenised"),
        (["src.txt", "ref.txt", "--source", "src.txt"], "were not translated"),
        (["src.txt", "ref.txt", "--source", "src.txt"], "the language of the source: was the wrong file given?"),
        (["src.txt", "src.txt"], "look French, not English"),
        (["shifted.txt", "ref_twice.txt"], "a line was lost or added"),
        (["src.txt", "ref.txt"], "hypotheses look French and the references English"),  # transposed with the source
        (["hyp.txt", "src.txt"], "hypotheses look English and the references French"),
        (["hyp.txt", "ref.txt", "--source", "ref.txt"], "The sources look English as the references do"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(run, args, said):
    assert said in run("score", *args, "--no-confidence")


def test_lines_that_must_be_aligned_and_are_not(run):
    assert "5 lines and the reference has 8" in run("score", "merged.txt", "ref.txt", "--lines", code=2)
    assert "--source" in run("score", "merged.txt", "ref.txt", "--source", "src.txt", code=2)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["short_src.txt", "ref.txt"], "short_src.txt: looks French, and ref.txt English; give a translation and"),
        (["merged.txt", "ref.txt", "--source", "src.txt"], "src.txt: --source goes with line-aligned texts only"),
        (["hyp.txt", "ref.txt", "--model", "fr-en"], "--model goes with a bitext"),
        (["hyp.txt", "ref.txt", "--nmtscore"], "--nmtscore goes with a bitext"),
        (["src.txt", "-m", "fr-en", "--nmtscore"], "src.txt: has no original that NMTScore could compare it with"),
        (["src.txt", "--lines"], "src.txt: --lines goes with HYP REF, and one file alone is given"),
        (["src.txt", "--source", "src.txt"], "--source goes with HYP REF"),
        (["src.txt", "--lang", "fr"], "--lang goes with HYP REF"),
        (["src.txt"], "src.txt: is not back-translated yet; run `bitext translate` on it first"),
        (["src.txt", "-m", "fr-en", "-M", "chrf"], "src.txt: has no original that chrf could compare it with"),
        (["--from", "hyp.txt"], "line 1: is not JSON (Expecting value); give a file that `bitext score"),
        (["--from", "hyp.txt", "ref.txt"], "--from scores the texts of hyp.txt again as they were scored"),
        (["hyp.txt", "ref.txt", "-M", "comet=ref.txt"], "ref.txt, line 1: is not JSON; give what comet-score"),
        (["hyp.txt", "ref.txt", "-M", "comet"], "no metric 'comet'; choose from bleu, chrf"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_what_does_not_go_together_is_refused(run, args, said):
    assert said in run("score", *args, code=2)


def test_unaligned_texts_get_the_score_of_aligned_ones_and_the_other_way_beside_it(run, tmp_path):
    intact = run("score", "hyp.txt", "ref.txt", "--no-confidence")
    merged = run("score", "merged.txt", "ref.txt", "--no-confidence")
    assert figure(merged, "BLEU") == pytest.approx(figure(intact, "BLEU"), abs=0.5)
    assert "Coverage: reference 100.0%, hypothesis 100.0%" in merged
    assert f"mwerSegmenter's method, nothing left out): BLEU {figure(intact, 'BLEU'):.1f}" in merged
    assert "Signature: bitext:" in merged and "aligner:" in merged
    text = (tmp_path / "merged.txt").read_text("utf-8")
    assert run("score", "-", "ref.txt", "--no-confidence", stdin=text) == merged


def test_pipes_are_read_once(run, tmp_path):
    expected = run("score", "merged.txt", "ref.txt", "--no-confidence")
    os.mkfifo(tmp_path / "pipe")
    text = (tmp_path / "merged.txt").read_bytes()
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(text), daemon=True)
    writer.start()
    assert run("score", "pipe", "ref.txt", "--no-confidence") == expected


def test_several_references_need_not_have_the_same_lines(run):
    both = run("score", "merged.txt", "ref.txt", "otherref.txt", "--no-confidence")
    one = run("score", "merged.txt", "ref.txt", "--no-confidence")
    assert "nrefs:2" in both and figure(both, "BLEU") == pytest.approx(figure(one, "BLEU"), abs=0.5)
    run("score", "merged.txt", "ref.txt", "otherref.txt", "-o", "scores.json")
    assert "all figures (3) are reproduced" in run("score", "--from", "scores.json")


def test_the_view_its_drawing_and_its_record(run, tmp_path):
    text = run("score", "hyp.txt", "ref.txt", "--view", "--plot", "view.svg", "--no-confidence")
    assert "names: with names" in text and "Worst by chrF" in text and OUTPUT[7] in text
    drawn = ElementTree.parse(tmp_path / "view.svg").getroot()
    assert "By length" in "".join(drawn.itertext()) and "mean" in "".join(drawn.itertext())
    record = json.loads(run("score", "hyp.txt", "ref.txt", "--view", "--json", "--no-confidence"))
    assert sum(len(b["members"]) for b in record["view"]["buckets"] if b["by"] == "names") == len(REFERENCE)


def test_nmtscore_of_a_bitext(run):
    run("translate", "src.txt", "-o", "t.jsonl", "-q", "--memory", "none")
    run("align", "t.jsonl", "--original", "ref.txt", "-o", "a.jsonl")
    text = run("score", "a.jsonl", "--nmtscore", "--no-confidence", "-M", "chrf")
    assert all(0 < figure(text.replace("NMTScore ", ""), name) < 1.2 for name in ("direct", "pivot", "cross"))
    assert "1 is as good." in text and "forward:en-fr@" in text


def test_scores_of_comet_stand_beside_ours_and_are_read_again(run, tmp_path):
    rows = [{"src": s, "mt": o, "ref": r, "COMET": 0.8} for s, o, r in zip(SOURCE, OUTPUT, REFERENCE, strict=True)]
    (tmp_path / "c.json").write_text(json.dumps({"hyp.txt": rows}, indent=4, ensure_ascii=False), encoding="utf-8")
    options = ("hyp.txt", "ref.txt", "-M", "chrf", "-M", "comet=c.json")
    assert figure(run("score", *options), "comet") == 0.8
    run("score", *options, "-o", "scores.json")
    assert "all figures (2) are reproduced" in run("score", "--from", "scores.json")
    rows[0]["COMET"] = 0.1
    (tmp_path / "c.json").write_text(json.dumps({"hyp.txt": rows}), encoding="utf-8")
    run("score", "--from", "scores.json", code=1)


def test_a_figure_that_was_changed_is_found(run, tmp_path):
    run("score", "hyp.txt", "ref.txt", "-o", "scores.json")
    record = json.loads((tmp_path / "scores.json").read_text("utf-8"))
    record["metrics"][0]["value"] += 1
    (tmp_path / "scores.json").write_text(json.dumps(record), encoding="utf-8")
    assert run("score", "--from", "scores.json", code=1) == ""


def test_compare_with_a_system_that_is_not_line_aligned(run):
    text = run("compare", "hyp.txt", "merged.txt", "ref.txt", "--ref", "ref.txt", "--view", "--samples", "100")
    assert (
        "merged.txt has 5 lines and the reference 8, without empty ones: it was cut" in text
        and "|resegment:mwer" in text
    )
    assert "merged.txt and hyp.txt are identical." in text  # once cut back, it is
    assert "ref.txt is given as hypotheses and as reference" in text
    assert "On these 8 segments a difference under" in text
    assert "N-grams that ref.txt gets right more often" in text and "He grinds rye" in text


def test_gaps_between_paragraphs_are_no_segments_where_systems_are_cut(run, tmp_path):
    apart = [line for k, text in enumerate(REFERENCE) for line in (["", text] if k % 3 == 0 and k else [text])]
    (tmp_path / "apart.txt").write_text("\n".join(apart) + "\n", encoding="utf-8")
    text = run("compare", "hyp.txt", "merged.txt", "--ref", "apart.txt", "--samples", "100")
    assert "On these 8 segments" in text and "empty:" not in text
    assert text.splitlines()[1].split()[0] == f"{figure(run('score', 'hyp.txt', 'ref.txt'), 'BLEU'):.2f}"


def test_compare_wants_two_different_systems(run):
    assert "one system alone" in run("compare", "hyp.txt", "--ref", "ref.txt", code=2)
    assert "given twice" in run("compare", "hyp.txt", "hyp.txt", "--ref", "ref.txt", code=2)
