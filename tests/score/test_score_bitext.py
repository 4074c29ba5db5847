"""Bitexts are scored on their beads; what is left out is said; without an original nothing is scored against itself."""

import math

import pytest

from bitext.document import Bead, Bitext, Document, Kind, Segment, Translation
from bitext.errors import BitextError
from bitext.score import score, score_bitext, scored_beads
from bitext.score.free import variety


def document(lang, *parts):
    """A document of (text, kind) parts, one a line."""
    segments, at = [], 0
    for i, part in enumerate(parts):
        text, kind = part if isinstance(part, tuple) else (part, Kind.SENTENCE)
        segments.append(Segment(text, at, at + len(text), kind, i))
        at += len(text) + 1
    return Document("\n".join(s.text for s in segments), tuple(segments), lang)


SOURCE = document(
    "en",
    "The harbour was closed.",
    "Ships waited outside for two days.",
    "Nobody was hurt.",
    "This one has no counterpart.",
)
TARGET = document(
    "fr",
    "Le port était fermé.",
    "Les bateaux ont attendu dehors deux jours. Personne n'a été blessé.",
    ("****", Kind.SEPARATOR),
    ("Abonnez-vous à notre lettre !", Kind.BOILERPLATE),
    "Une phrase ajoutée.",
)
BACK = [
    "The port was closed.",
    "The boats waited outside two days. Nobody was injured.",
    "****",
    "Subscribe!",
    "Added.",
]
BEADS = (
    Bead(range(0, 1), range(0, 1), 0.9),
    Bead(range(1, 3), range(1, 2), 0.8),
    Bead(range(3, 4), range(2, 2)),
    Bead(range(4, 4), range(2, 5)),
)


def bitext(**changes):
    back = tuple(Translation(t, -0.5, tuple(t.split()), (-0.5,) * len(t.split())) for t in BACK)
    return Bitext(TARGET, SOURCE, translations=back, beads=BEADS).with_(**changes)


def test_beads_with_text_on_both_sides_are_scored():
    pairs = scored_beads(bitext())
    assert [(p.index, p.shape) for p in pairs] == [(0, "1-1"), (1, "2-1")]
    assert pairs[1].reference == "Ships waited outside for two days. Nobody was hurt."
    got = score_bitext(bitext(), samples=50)
    plain = score([p.hypothesis for p in pairs], [p.reference for p in pairs], confidence=True, samples=50)
    assert got.metrics == plain.metrics
    assert got.kind == "reference"
    assert got.beads == {0: plain.beads[0], 1: plain.beads[1]}


def test_coverage_counts_the_articles_characters():
    got = score_bitext(bitext(), samples=50)
    sizes = [len(s.text) for s in SOURCE]
    assert got.coverage["source"] == pytest.approx(sum(sizes[:3]) / sum(sizes))
    counted = [len(TARGET.segments[i].text) for i in (0, 1, 4)]
    assert got.coverage["target"] == pytest.approx(sum(counted[:2]) / sum(counted))


def test_what_is_left_out_is_said():
    said = " ".join(score_bitext(bitext(), samples=50).notes)
    assert "2 segments of the translation (boilerplate, separators) are not scored" in said
    assert "1 segment of the original (28 characters) has no counterpart" in said
    assert "1 segment of the translation (19 characters) has no counterpart" in said
    assert "no BLEU of the translation itself" in said
    assert "2 beads are few" in said


def test_boilerplate_inside_a_bead_is_left_out_of_its_text():
    beads = (BEADS[0], Bead(range(1, 3), range(1, 4)), BEADS[2], Bead(range(4, 4), range(4, 5)))
    pairs = scored_beads(bitext(beads=beads))
    assert "Subscribe" not in pairs[1].hypothesis and "*" not in pairs[1].hypothesis


def test_missing_steps_are_named():
    with pytest.raises(BitextError, match="not aligned with its original yet"):
        score_bitext(bitext(beads=()))
    with pytest.raises(BitextError, match="not back-translated yet"):
        score_bitext(bitext(translations=()))
    with pytest.raises(BitextError, match="no segment has a counterpart in the original"):
        score_bitext(bitext(beads=(Bead(range(4), range(0)), Bead(range(4, 4), range(5)))))


def alone(**changes):
    """The bitext without an original, aligned with its own back-translation."""
    source = document("en", *BACK)
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1), 1.0) for i in range(5))
    return bitext(source=source, origin="back-translation", beads=beads).with_(**changes)


def test_the_round_trip_is_not_scored_against_itself():
    got = score_bitext(alone())
    assert got.kind == "reference-free"
    values = {m.name: m.value for m in got.metrics}
    assert not {"BLEU", "chrF2", "TER"} & set(values)
    assert values["back-translation perplexity"] == pytest.approx(math.exp(0.5))
    assert values["unreliable segments %"] == values["untranslated segments %"] == 0
    assert not got.beads
    assert any("not scored against itself" in n for n in got.notes)
    assert score_bitext(alone(source=None, beads=())).metrics == got.metrics


def test_loops_and_copies_are_counted():
    target = document(
        "fr", "Le port était fermé.", "These words never became French words at all.", "Encore une phrase."
    )
    back = (
        Translation("The port was closed.", -1.0),
        Translation("These words never became French words at all.", -1.0),
        Translation("again again again", -3.0, problems=("loop",)),
    )
    got = score_bitext(Bitext(target, translations=back))
    values = {m.name: m.value for m in got.metrics}
    assert values["unreliable segments %"] == pytest.approx(100 / 3)
    assert values["untranslated segments %"] == pytest.approx(100 / 3)


def test_boilerplate_counts_for_nothing():
    only = document("fr", ("****", Kind.SEPARATOR))
    with pytest.raises(BitextError, match="no segment to score"):
        score_bitext(Bitext(only, translations=(Translation("****"),)))
    with pytest.raises(BitextError, match="not back-translated"):
        score_bitext(Bitext(only))


def test_lexical_variety():
    assert variety(["a"] * 60) == pytest.approx(1 / 50)
    assert variety([str(i) for i in range(60)]) == 1
    assert variety(["a"] * 10) is None
    words = ("a b c a b d e f g a " * 8).split()
    expected = [len(set(words[i : i + 50])) / 50 for i in range(len(words) - 49)]
    assert variety(words) == pytest.approx(sum(expected) / len(expected))
