"""Segment scores of COMET and MetricX come from the files that these programs write, for the right hypotheses only."""

import json

import pytest

from bitext.errors import BitextError
from bitext.score import score

SOURCE = ["Der Hafen war drei Tage geschlossen.", "Niemand wurde verletzt.", "Die Brücke ist alt."]
REFERENCE = ["The harbour was closed for three days.", "No one was hurt.", "The bridge is old."]
OUTPUT = ["The port was closed three days.", "Nobody was injured.", "The bridge is old."]
OTHER = ["The hafen was locked.", "Nobody hurt.", "Bridge is old."]


def comet(path, systems):
    """As comet-score 2.2 writes it: by translation file, `errors` only where xCOMET found some."""
    data = {}
    for name, lines, values in systems:
        rows = []
        for src, mt, ref, value in zip(SOURCE, lines, REFERENCE, values, strict=True):
            row = {"src": src, "mt": mt, "ref": ref, "COMET": value}
            if value < 0.8:
                error = {"text": "port", "confidence": 0.41307902336120605, "severity": "minor", "start": 3, "end": 8}
                row["errors"] = [error]
            rows.append(row)
        data[name] = rows
    path.write_text(json.dumps(data, ensure_ascii=False, indent=4), encoding="utf-8")
    return path


def metricx(path, lines, values):
    """As metricx24.predict writes it."""
    rows = [
        {"source": s, "hypothesis": h, "reference": r, "prediction": v}
        for s, h, r, v in zip(SOURCE, lines, REFERENCE, values, strict=True)
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def test_comet_of_the_system_that_is_scored(tmp_path):
    path = comet(tmp_path / "c.json", [("a.txt", OTHER, [0.1, 0.2, 0.3]), ("out/b.txt", OUTPUT, [0.7, 0.9, 1.0])])
    bleu, metric = score(OUTPUT, REFERENCE, ("bleu", f"xcomet={path}"), confidence=True).metrics
    assert (bleu.name, metric.name) == ("BLEU", "xcomet") and metric.value == pytest.approx(2.6 / 3)
    assert 0.7 <= metric.interval[0] < metric.value < metric.interval[1]
    assert metric.signature.startswith("mean:segment|of:COMET|better:higher|file:")
    assert score(OUTPUT, REFERENCE, [f"={path}"]).metrics[0].name == "c"


def test_metricx(tmp_path):
    path = metricx(tmp_path / "m.jsonl", OUTPUT, [2.5, 1.0, 0.4])
    (metric,) = score(OUTPUT, REFERENCE, [f"metricx={path}"]).metrics
    assert metric.value == pytest.approx(1.3) and "better:lower" in metric.signature and metric.interval is None
    one = tmp_path / "one.jsonl"
    one.write_text(json.dumps({"source": "a", "hypothesis": "b", "prediction": 3.0}) + "\n")
    assert score(["b"], ["c"], [f"metricx={one}"]).metrics[0].value == 3


def test_scores_of_other_translations_are_refused(tmp_path):
    one = comet(tmp_path / "one.json", [("a.txt", OTHER, [0.1, 0.2, 0.3])])
    with pytest.raises(BitextError, match=r"one\.json: scores another translation in segment 1 \('The hafen"):
        score(OUTPUT, REFERENCE, [f"comet={one}"])
    two = comet(tmp_path / "two.json", [("a", OTHER, [0.1, 0.2, 0.3]), ("b", REFERENCE, [1, 1, 1])])
    with pytest.raises(BitextError, match="holds scores of a, b, and none of them is of these hypotheses"):
        score(OUTPUT, REFERENCE, [f"comet={two}"])
    with pytest.raises(BitextError, match="scores of 3 segments, and there are 2 hypotheses"):
        score(OUTPUT[:2], REFERENCE[:2], [f"comet={one}"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a plain text\n", "line 1: is not JSON"),
        ('{"hypothesis": "a", "prediction": 1}\n{"hyp', "line 2: is not JSON"),
        ('{"hypothesis": "a"}\n{"hypothesis": "a"}', "line 1 holds no `hypothesis` and `prediction`"),
        ('{"a.txt": [{"mt": "a", "COMET": true}]}', "a.txt, segment 1 holds no `mt` and `COMET`"),
        ('{"a.txt": 3}', "holds no list of segments"),
        ('{"a.txt": [{"mt": "a", "COMET": NaN}]}', "segment 1 holds no"),
        ("[3]", "segment 1 holds no"),
        ("{}", "scores of 0 segments"),
        ("[" * 100_000, "nested too deeply|not JSON"),
    ],
    ids=range(9),
)
def test_other_files_are_refused(tmp_path, text, said):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BitextError, match=said):
        score(["a"], ["a"], [f"comet={path}"])
    with pytest.raises(BitextError, match="there is no such file"):
        score(["a"], ["a"], [f"comet={tmp_path / 'none.json'}"])
