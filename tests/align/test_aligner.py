"""What `align` promises, on texts of our own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import align, model
from bitext.align.band import full
from bitext.align.evidence import Form, Numbers, Pair, Translated
from bitext.align.features import described
from bitext.align.names import shapes
from bitext.align.prepare import Layout, prepare
from bitext.align.scoring import score_band
from bitext.document import Bead, Document, Kind, Segment
from bitext.errors import InputError
from bitext.segment import segment
from bitext.translate import load as load_translator

ENGLISH = [
    "The harbour of Saint-Malo was closed on Monday.",
    "Three fishing boats had sunk during the storm of 14 March 2019.",
    "Nobody was hurt, said the mayor, Claude Renoult.",
    "The divers will search the wrecks tomorrow.",
    "They hope to find the logbooks.",
    "Why did the boats leave the port?",
    "The weather office had warned of gusts of 120 kilometres an hour.",
    "An inquiry has been opened in Rennes.",
    "Its results are expected in 2021.",
    "Fishermen demand 450,000 euros from the state.",
]
FRENCH = [
    "Le port de Saint-Malo a été fermé lundi.",
    "Trois bateaux de pêche avaient coulé pendant la tempête du 14 mars 2019.",
    "Il n'y a pas de blessés, a dit le maire, Claude Renoult.",
    "Les plongeurs fouilleront les épaves demain.",
    "Ils espèrent trouver les journaux de bord.",
    "Pourquoi les bateaux ont-ils quitté le port ?",
    "La météo avait annoncé des rafales de 120 kilomètres à l'heure.",
    "Une enquête a été ouverte à Rennes.",
    "Ses résultats sont attendus en 2021.",
    "Les pêcheurs réclament 450 000 euros à l'État.",
]
BACK = [
    "The port of Saint-Malo was closed Monday.",
    "Three fishing boats had sunk during the storm on 14 March 2019.",
    "There are no injured, said the mayor, Claude Renoult.",
    "Divers will search the wrecks tomorrow.",
    "They hope to find the logs.",
    "Why did the boats leave the port?",
    "The weather had announced gusts of 120 kilometers per hour.",
    "An investigation was opened in Rennes.",
    "Its results are expected in 2021.",
    "Fishermen claim 450,000 euros from the state.",
]


def pairs(beads: tuple[Bead, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(tuple(b.source), tuple(b.target)) for b in beads]


def covers(beads: tuple[Bead, ...], n: int, m: int) -> bool:
    return sorted(i for b in beads for i in b.source) == list(range(n)) and sorted(
        j for b in beads for j in b.target
    ) == list(range(m))


def test_one_to_one_with_and_without_a_translation() -> None:
    straight = [((i,), (i,)) for i in range(10)]
    assert pairs(align(ENGLISH, FRENCH)) == straight
    assert pairs(align(ENGLISH, FRENCH, target_translation=BACK)) == straight
    assert pairs(align(FRENCH, ENGLISH, source_translation=BACK)) == straight


def test_merged_deleted_and_added_sentences() -> None:
    french = [FRENCH[0], " ".join(FRENCH[1:3]), *FRENCH[3:5], *FRENCH[6:], "Photo : Jeanne Le Goff"]
    back = [BACK[0], " ".join(BACK[1:3]), *BACK[3:5], *BACK[6:], "Photo: Jeanne Le Goff"]
    assert pairs(align(ENGLISH, french, target_translation=back)) == [
        ((0,), (0,)), ((1, 2), (1,)), ((3,), (2,)), ((4,), (3,)), ((5,), ()),
        ((6,), (4,)), ((7,), (5,)), ((8,), (6,)), ((9,), (7,)), ((), (8,)),
    ]  # fmt: skip


def test_a_sentence_set_twice_is_not_merged() -> None:
    french, back = [FRENCH[i] for i in (0, 1, 2, 2, *range(3, 10))], [BACK[i] for i in (0, 1, 2, 2, *range(3, 10))]
    found = pairs(align(ENGLISH, french, target_translation=back))
    assert ((), (3,)) in found
    assert ((2,), (2,)) in found
    assert ((3,), (4,)) in found
    mirrored = pairs(align(french, ENGLISH, source_translation=back))
    assert sorted((t, s) for s, t in mirrored) == sorted(found)


def test_a_moved_paragraph_is_found_and_marked() -> None:
    order = [0, 1, 2, 7, 8, 9, 3, 4, 5, 6]
    french, back = [FRENCH[i] for i in order], [BACK[i] for i in order]
    beads = align(ENGLISH, french, target_translation=back)
    assert sorted(pairs(beads)) == sorted(((i,), (order.index(i),)) for i in range(10))
    moved = {b.source.start for b in beads if b.moved}
    assert moved in ({7, 8, 9}, {3, 4, 5, 6})
    assert [b.source.start for b in beads] == sorted(b.source.start for b in beads)
    still = align(ENGLISH, french, target_translation=back, moved=False)
    assert not any(b.moved for b in still)
    assert covers(still, 10, 10)


def test_swapped_paragraphs_of_equal_size_are_not_paired_by_position() -> None:
    order = [0, 1, 6, 7, 8, 5, 2, 3, 4, 9]
    french, back = [FRENCH[i] for i in order], [BACK[i] for i in order]
    beads = align(ENGLISH, french, target_translation=back, explain=True)
    assert covers(beads, 10, 10)
    assert sorted(pairs(beads)) == sorted(((i,), (order.index(i),)) for i in range(10))
    assert sum(b.moved for b in beads) >= 3
    assert all(b.evidence for b in beads)


def test_unrelated_text_is_not_called_moved() -> None:
    others = [
        "The committee met in private.", "A new bridge was built over the Loire.", "Wheat prices fell again.",
        "Her second novel won no prize.", "The trains were late all week.", "Cats sleep most of the day.",
    ]  # fmt: skip
    assert not any(b.moved for b in align(ENGLISH, FRENCH[:5] + others, target_translation=BACK[:5] + others))


def test_two_texts_of_one_language_need_nothing_else() -> None:
    cut = [*BACK[:3], "Divers will search", "the wrecks tomorrow.", *BACK[4:6], " ".join(BACK[6:8]), *BACK[8:]]
    expected = [
        *[((i,), (i,)) for i in range(3)], ((3,), (3, 4)), ((4,), (5,)), ((5,), (6,)), ((6, 7), (7,)),
        ((8,), (8,)), ((9,), (9,)),
    ]  # fmt: skip
    assert pairs(align(ENGLISH, cut)) == expected


def test_confidence_and_evidence() -> None:
    beads = align(ENGLISH, FRENCH, target_translation=BACK, explain=True)
    assert all(b.confidence is not None and 0 <= b.confidence <= 1 for b in beads)
    assert np.mean([b.confidence for b in beads]) > 0.8
    for b in beads:
        assert sum(v for _, v in b.evidence) == pytest.approx(b.score, abs=0.02)
    assert {"translation", "form", "length"} <= {name for name, _ in beads[1].evidence}
    assert all(not b.evidence for b in align(ENGLISH, FRENCH))
    # a translation of something else makes its bead doubtful
    wrong = [*BACK[:4], "Cats sleep most of the day.", *BACK[5:]]
    french = [*FRENCH[:4], "Les chats dorment presque toute la journée.", *FRENCH[5:]]
    doubt = [b for b in align(ENGLISH, french, target_translation=wrong, explain=True) if 4 in b.source]
    assert doubt[0].score < min(b.score for b in beads) - 1
    assert (doubt[0].confidence or 0) < (beads[4].confidence or 0)
    assert dict(doubt[0].evidence).get("translation", 0) < dict(beads[4].evidence)["translation"] / 2


def test_empty_sides_and_blank_segments() -> None:
    assert align([], []) == ()
    assert pairs(align(["One."], [])) == [((0,), ())]
    assert pairs(align([], ["Un."])) == [((), (0,))]
    assert covers(align(["", "  ", "..."], ["", "\n", "a\nb"]), 3, 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8), st.lists(st.text(max_size=30), max_size=8), st.integers(2, 8))
def test_any_texts_are_covered_once(source: list[str], target: list[str], most: int) -> None:
    beads = align(source, target, max_bead=most)
    assert covers(beads, len(source), len(target))
    assert all(len(b.source) + len(b.target) <= most for b in beads)


def test_the_corridor_finds_what_the_exact_search_finds() -> None:
    rng = random.Random(5)
    source, target, back = [], [], []
    for k in range(24):  # over 200 sentences: beyond what is searched in full
        for e, f, b in zip(ENGLISH, FRENCH, BACK, strict=True):
            if rng.random() < 0.9:
                source.append(f"{e} {k}")
            if rng.random() < 0.9:
                target.append(f"{f} {k}")
                back.append(f"{b} {k}")
    fast = align(source, target, target_translation=back)
    exact = align(source, target, target_translation=back, exact=True)
    assert pairs(fast) == pairs(exact)
    assert [b.score for b in fast] == pytest.approx([b.score for b in exact], abs=1e-3)
    assert [b.confidence for b in fast] == pytest.approx([b.confidence for b in exact], abs=0.01)
    assert fast == align(source, target, target_translation=back)  # and again: nothing is random


def test_search_scores_a_bead_as_it_is_described() -> None:
    """The search adds a score up in parts; they must come to what `describe` says of the bead."""
    n = len(ENGLISH)
    pair = Pair(ENGLISH, FRENCH)
    weights = model.load("translation")
    layouts = Layout.flat(n), Layout.flat(n)
    ready = prepare(pair, [Form(), Numbers(), Translated(BACK)], layouts, weights)
    band, shape = full(n, n), shapes(6)
    view = ready.view(band)
    score = score_band(view, band, shape, weights.values)
    for i in range(n + 1):
        for j in range(n + 1):
            for k, (a, b) in enumerate(shape.tolist()):
                found = score[band.at[i] + j, k]
                assert np.isfinite(found) == (i >= a and j >= b)
                if i >= a and j >= b:
                    x = described(view, range(i - a, i), range(j - b, j))
                    assert found == pytest.approx(float(x @ weights.values), abs=1e-3)


@pytest.mark.slow
def test_the_article_against_its_shuffled_cut_and_merged_back_translation() -> None:
    """Every bead is known by construction: sentences merged, cut in two, left out, and two paragraphs swapped."""
    root = Path(__file__).parents[2]
    article = segment((root / "corpus/kazakhstan.fr.txt").read_text(encoding="utf-8"), lang="fr")
    back = [t.text for t in load_translator("fr-en").translate(list(article.texts))]
    order = list(range(len(back)))
    assert len(order) >= 20
    one, two = order[4:7], order[12:15]
    order = [*order[:4], *two, *order[7:12], *one, *order[15:]]
    source, expected, rng = [], [], random.Random(3)
    k = 0
    moved_places = set(one) | set(two)
    while k < len(order):
        i = order[k]
        words = back[i].split()
        draw = rng.random()
        following = order[k + 1] if k + 1 < len(order) else None
        if i not in moved_places and draw < 0.1:
            expected.append(((), (i,)))
        elif draw < 0.3 and len(words) >= 12:
            half = len(words) // 2
            expected.append(((len(source), len(source) + 1), (i,)))
            source += [" ".join(words[:half]), " ".join(words[half:])]
        elif draw < 0.5 and following == i + 1 and {i, i + 1}.isdisjoint(moved_places):
            expected.append(((len(source),), (i, i + 1)))
            source.append(back[i] + " " + back[i + 1])
            k += 1
        else:
            expected.append(((len(source),), (i,)))
            source.append(back[i])
        k += 1
    beads = align(source, list(article.texts), target_translation=back)
    # of two captions alike, either may be the one left out
    known = [article.texts.index(t) for t in article.texts]
    same = [(s, tuple(known[j] for j in t)) for s, t in pairs(beads)]
    assert sorted(same) == sorted((s, tuple(known[j] for j in t)) for s, t in expected)
    assert any(b.moved for b in beads)


def test_vectors_alone() -> None:
    class Rotated:
        """The same direction for a sentence and its translation, with noise."""

        def encode(self, texts: list[str]) -> np.ndarray:
            rng = np.random.default_rng(len(texts[0]))
            base = np.random.default_rng(1).normal(size=(10, 32))
            known = {t: base[i] for group in (ENGLISH, FRENCH) for i, t in enumerate(group)}
            return np.stack([known[t] + rng.normal(0, 0.3, 32) for t in texts]).astype(np.float32)

    french = FRENCH[:4] + FRENCH[5:]
    found = pairs(align(ENGLISH, french, encoder=Rotated()))
    assert ((4,), ()) in found
    assert ((9,), (8,)) in found


def document(lines: list[str], breaks: set[int]) -> Document:
    text, segments, paragraph = "", [], 0
    for i, line in enumerate(lines):
        if i in breaks:
            text, paragraph = text + "\n\n", paragraph + 1
        elif i:
            text += " "
        segments.append(Segment(line, len(text), len(text) + len(line), Kind.SENTENCE, paragraph))
        text += line
    return Document(text, tuple(segments), "xx", "test")


def test_paragraphs_are_evidence_not_walls() -> None:
    same = {3, 7}
    straight = [((i,), (i,)) for i in range(10)]
    assert pairs(align(document(ENGLISH, same), document(FRENCH, same), target_translation=BACK)) == straight
    assert pairs(align(document(ENGLISH, same), document(FRENCH, set()), target_translation=BACK)) == straight
    assert pairs(align(document(ENGLISH, same), document(FRENCH, {2, 5, 8}), target_translation=BACK)) == straight


def test_bad_arguments_are_sentences() -> None:
    with pytest.raises(InputError, match="target_translation has 1 texts for 10 segments"):
        align(ENGLISH, FRENCH, target_translation=["x"])
    with pytest.raises(InputError, match="max_bead is 1"):
        align(ENGLISH, FRENCH, max_bead=1)

    class Short:
        def encode(self, texts: list[str]) -> np.ndarray:
            return np.zeros((1, 3), np.float32)

    with pytest.raises(InputError, match="the encoder gave arrays"):
        align(ENGLISH, FRENCH, encoder=Short())


@pytest.mark.slow
def test_a_read_only_installation_works(tmp_path: Path) -> None:
    """Without any folder to cache compiled code in, it is compiled anew."""
    import bitext.align

    root = Path(bitext.align.__file__).parents[2]
    code = (
        "import numba.core.caching as c\n"
        "c.CacheImpl._locator_classes = []\n"
        "from bitext.align import align\n"
        "print(len(align(['One.', 'Two.'], ['Un.', 'Deux.'])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2"
