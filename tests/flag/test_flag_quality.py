"""The quality estimate, coverage conditioning, and the table of homographs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitext import lexicon
from bitext.document import Bead, Bitext, Document, Flag, Kind, Segment, Severity, Signature, Translation
from bitext.errors import BitextError, FormatError
from bitext.flag import examine
from bitext.flag.base import Case, Resources
from bitext.flag.conditioning import relief
from bitext.flag.homographs import parts_of_speech
from bitext.flag.quality import FEATURES, models, quality, unflagged, withheld
from bitext.lexicon.homographs import Homographs, homographs, inflections, plural, read
from bitext.shipped import shipped

shipped_words = pytest.mark.skipif(
    not shipped("models", "lexicon", "fr-en.lexicon.npz").is_file(), reason="the lexicon does not ship"
)


@pytest.fixture(scope="module")
def words():
    return lexicon.load("fr-en")


class Model:
    """Believes a text the less, the more words it has that the other side does not begin with.

    Goes by the hash of the weights that the estimate was learnt with, unless given another.
    """

    def __init__(self, direction: str = "en-fr", weights: str | None = None) -> None:
        self.name, (self.source_lang, self.target_lang) = direction, direction.split("-")
        known = models()["original"].scored_with[direction] if "original" in models() else ""
        self.signature = Signature.of(mt=direction, weights=weights or known)

    def score(self, sources, targets):
        out = []
        for s, t in zip(sources, targets, strict=True):
            lost = abs(len(s.split()) - len(t.split()))
            out.append(Translation(t, -0.1 - lost, (), (-0.1 - lost,) * len(t.split())))
        return out


def bitext_of(fr: list[str], en: list[str]) -> Bitext:
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(fr)))
    return Bitext(Document.from_lines(fr, "fr"), Document.from_lines(en, "en"), "original", beads=beads)


PAIR = bitext_of(
    ["Le conseil a voté la loi.", "Il pleut."], ["The council passed the law.", "It is raining in Oslo today."]
)


@shipped_words
def test_a_less_probable_translation_is_judged_worse(words):
    good, bad = quality(PAIR, (), forward=Model(), back=Model("fr-en"), lexicon=words)
    assert good is not None
    assert bad is not None
    assert 0 < bad < good < 1


@shipped_words
def test_a_flag_takes_its_share(words):
    flag = Flag("names", "accuracy/mistranslation", Severity.MAJOR, 0, (0, 2), "x", confidence=0.75)
    page = Flag("boilerplate", "other/boilerplate", Severity.NEUTRAL, 1, (0, 2), "x", confidence=0.9)
    before = quality(PAIR, (), forward=Model(), back=Model("fr-en"), lexicon=words)
    after = quality(PAIR, (flag, page), forward=Model(), back=Model("fr-en"), lexicon=words)
    assert after[0] == pytest.approx(before[0] * 0.25, abs=1e-4)
    assert after[1] == before[1]


@shipped_words
def test_nothing_is_estimated_where_something_lacks(words):
    assert quality(PAIR, (), forward=Model(), lexicon=words) == (None, None)
    assert quality(PAIR, (), forward=Model(), back=Model("fr-en")) == (None, None)
    alone = PAIR.with_(source=None, beads=())
    assert quality(alone, (), forward=Model(), back=Model("fr-en"), lexicon=words) == (None, None)
    page = PAIR.target.segments[1]
    target = Document(
        PAIR.target.text, (PAIR.target.segments[0], Segment(page.text, page.start, page.end, Kind.BOILERPLATE)), "fr"
    )
    first, second = quality(PAIR.with_(target=target), (), forward=Model(), back=Model("fr-en"), lexicon=words)
    assert first is not None
    assert second is None


@shipped_words
def test_with_other_weights_nothing_is_estimated_and_that_is_said(words):
    other = Model("en-fr", "0123456789ab")
    assert quality(PAIR, (), forward=other, back=Model("fr-en"), lexicon=words) == (None, None)
    said = withheld(other, Model("fr-en"))
    assert said is not None
    assert "en-fr 0123456789ab" in said
    assert withheld(Model("fr-en"), Model("en-fr")) is None
    assert withheld(Model(), None) is None
    exchanged = Model("fr-en", models()["original"].scored_with["en-fr"])
    assert withheld(Model(), exchanged) is not None


def test_a_flag_of_no_segment_is_refused():
    flag = Flag("names", "accuracy/mistranslation", Severity.MAJOR, 5, (0, 2), "x")
    with pytest.raises(BitextError, match="does not have"):
        quality(PAIR, (flag,))


@pytest.mark.skipif("original" not in models(), reason="no model ships")
@given(
    st.fixed_dictionaries({n: st.floats(-6, 6) for n in FEATURES}), st.sampled_from(sorted(FEATURES)), st.floats(0, 5)
)
def test_evidence_only_counts_the_way_it_may(numbers, name, more):
    model = models()["original"]
    before, after = model.estimate(numbers), model.estimate({**numbers, name: numbers[name] + more})
    assert 0 <= before <= 1
    assert (after - before) * FEATURES[name] >= 0


def test_flags_are_taken_as_independent():
    flags = [
        Flag("a", "fluency/grammar", Severity.MINOR, 1, (0, 1), "x", confidence=0.5),
        Flag("b", "accuracy/omission", Severity.MAJOR, 1, (0, 1), "x", confidence=0.2),
        Flag("c", "accuracy/omission", Severity.MAJOR, 0, (0, 1), "x", confidence=None),
    ]
    assert unflagged(flags, 3) == pytest.approx([1.0, 0.4, 1.0])


def test_a_fault_of_spacing_counts_little():
    flags = [
        Flag("spacing", "fluency/typography", Severity.MINOR, 0, (0, 1), "x", confidence=0.9),
        Flag("clauses", "fluency/grammar", Severity.MINOR, 1, (0, 1), "x", confidence=0.9),
    ]
    slight, grave = unflagged(flags, 2)
    assert grave < 0.2 < 0.8 < slight < 1


def test_relief_is_what_the_other_side_gains():
    bitext = bitext_of(["Il pleut ici."], ["It is raining here in Oslo today."])
    case = Case(bitext, Resources(forward=Model()))
    [pair] = case.originals
    span = (pair.other.index(" in Oslo"), len(pair.other) - 1)
    [gain] = relief(case, pair, [span], there=True)
    assert gain > 0
    assert relief(case, pair, [span], there=False) is None  # there is no model back
    assert relief(case, pair, [(0, len(pair.other))], there=True) is None  # nothing would be left


@shipped_words
def test_a_model_asks_for_less_weight_and_has_a_veto(words):
    fr = "Les députés du parlement européen ont adopté hier après-midi une nouvelle loi très importante."
    en = "European Parliament members adopted an important new law on agricultural pensions yesterday afternoon."

    class Yes:
        gain = 4.0

        def score(self, sources, targets):
            return [
                Translation(t, 0.0, (), (-10.0 if "pensions" in s else -10.0 + self.gain,))
                for s, t in zip(sources, targets, strict=True)
            ]

    class No(Yes):
        gain = -4.0

    def found(model, **limits):
        thresholds = {f"omission.{k}": v for k, v in limits.items()}
        return examine(
            bitext_of([fr], [en]), only=["omission"], lexicon=words, translator_forward=model, thresholds=thresholds
        ).flags

    [f] = found(Yes(), weight=99)
    assert f.evidence["gained_without"] == 4.0
    assert found(None, weight=99) == ()
    assert found(No(), weight=1) == ()
    assert len(found(None, weight=1)) == 1


def test_every_homograph_is_found_by_its_own_words():
    table = homographs()
    for entry in table.entries:
        for k, meaning in enumerate(entry.meanings):
            for term in meaning.french:
                own = [p for w in term.replace("'", "' ").split() for p in [w] if p not in ("se", "s'")]
                own = [w.replace("œ", "oe") for w in own]
                assert any(m.homograph is entry and m.meaning == k for m in table.in_french(own)), (entry.english, term)


def test_french_forms():
    assert {"réserve", "réservé", "réservons"} <= inflections("réserver")
    assert {"licencie", "mange", "mangeons"} <= inflections("licencier") | inflections("manger")
    assert {"rejette", "achève"} <= inflections("rejeter") | inflections("achever")
    assert {"poursuit", "poursuivi"} <= inflections("poursuivre")
    assert {"va", "allés"} <= inflections("aller")
    assert {"installe", "installé"} <= inflections("installer")
    assert {"aperçoit", "aperçu"} <= inflections("apercevoir")
    assert [plural(w) for w in ("loi", "oiseau", "canal", "prix")] == ["lois", "oiseaux", "canaux", "prix"]


def test_a_phrase_hides_its_words():
    table = homographs()
    text = ["they", "crack", "down", "on", "crack"]
    found = table.in_english(text, [frozenset((w,)) for w in text])
    assert [(a, b, e.english) for a, b, e in found] == [(1, 3, "crack down"), (4, 5, "crack")]


def test_parts_of_speech_from_the_neighbours():
    def best(text, at):
        odds = parts_of_speech(text.split(), at, "nva")
        return max(odds, key=odds.get)

    assert best("he books a table", 1) == "v"
    assert best("the book is here", 1) == "n"
    assert best("the sand is very fine", 4) == "a"


@given(
    st.lists(
        st.sampled_from(["la", "banque", "courant", "d'", "air", "de", "loi", "projet", "va", "bien"]), max_size=12
    )
)
def test_matches_lie_in_the_sentence(words):
    for m in homographs().in_french(words):
        assert 0 <= m.start < m.end <= len(words)
        assert m.french in m.homograph.meanings[m.meaning].french


def test_a_bad_table_is_refused(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("# a comment\nbank\tn:banque\tq:rive\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"q:rive.*") as error:
        read(path)
    assert error.value.line == 2
    path.write_text("bank\tn:banque\nbank\tn:rive\n", encoding="utf-8")
    with pytest.raises(FormatError, match="a line already: 1"):
        read(path)
    assert len(Homographs([])) == 0
