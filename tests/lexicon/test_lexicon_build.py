"""Learning a lexicon from text, looking up, saving and loading."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.errors import InputError, ModelError, OutputError
from bitext.lexicon import Lexicon, build, load, words

SUBJECTS = [("le chat", "the cat"), ("la fille", "the girl"), ("un juge", "a judge"), ("mon voisin", "my neighbour")]
VERBS = [("mange", "eats"), ("regarde", "watches"), ("vend", "sells"), ("cherche", "seeks")]
OBJECTS = [
    ("une pomme rouge", "a red apple"),
    ("le grand bateau", "the big boat"),
    ("du pain", "some bread"),
    ("le chemin de fer", "the railway"),
    ("une pomme verte", "a green apple"),
]


def pairs():
    for parts in itertools.product(SUBJECTS, VERBS, OBJECTS):
        yield tuple(" ".join(p[side] for p in parts).capitalize() + "." for side in range(2))


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return build(pairs(), "fr", "en")


@pytest.mark.parametrize(
    ("french", "english"),
    [("chat", "cat"), ("mange", "eats"), ("rouge", "red"), ("pomme", "apple"), ("bateau", "boat"), ("juge", "judge")],
)
def test_learns_words(small, french, english):
    best, p = small.translations(french)[0]
    assert best == english
    assert 0.5 < p <= 1.0
    assert small.translations(english, reverse=True)[0][0] == french
    assert small.prob(french, english) == pytest.approx(p)
    assert small.prob(french, english, reverse=True) > 0.5


def test_learns_phrases(small):
    assert "railway" in dict(small.translations("chemin de fer"))
    assert "chemin de fer" in dict(small.translations("railway", reverse=True))
    assert small.phrases("fr")["chemin de fer"][0][0] == "railway"
    assert "railway" not in dict(small.translations("chemin de fer", phrases=False))


def test_unknown_words(small):
    assert small.translations("xylophone") == []
    assert small.translations("") == []
    assert small.prob("chat", "xylophone") == 0.0
    assert small.count("xylophone", "fr") == 0.0
    assert small.linked("xylophone", "fr") == 0.0
    with pytest.raises(InputError, match="fr and en, not 'de'"):
        small.count("Katze", "de")


def test_frequencies(small):
    french = [w for source, _ in pairs() for w in words(source, "fr")]
    assert small.count("pomme", "fr") == pytest.approx(french.count("pomme") / len(french))
    assert small.frequencies("fr")[small.ids(["pomme"], "fr")[0]] == pytest.approx(small.count("pomme", "fr"))
    assert small.linked("chat", "fr") > 0.9
    counts = small.frequencies("en")
    assert (np.diff(counts) <= 0).all()


def test_links_words(small):
    french, english = words("Le juge cherche le grand bateau", "fr"), words("The judge seeks the big boat", "en")
    links = {(french[i], english[j]) for i, j, _ in small.align(french, english)}
    assert {("juge", "judge"), ("cherche", "seeks"), ("grand", "big"), ("bateau", "boat")} <= links
    assert all(0.2 <= p <= 1.0 for _, _, p in small.align(french, english))


def test_links_unknown_names_and_numbers(small):
    links = small.align(["tokaïev", "vend", "2022", "démocratie"], ["tokaïev", "sells", "2022", "democracy"])
    assert {(0, 0), (1, 1), (2, 2)} <= {(i, j) for i, j, _ in links}
    assert small.align([], ["cat"]) == []
    assert small.align(["chat"], []) == []


def test_long_texts_are_linked_part_by_part(small):
    numbers = [f"{k:04d}" for k in range(1600)]
    links = small.align(numbers, [*numbers, "end"])
    assert {j - i for i, j, _ in links} == {0}
    assert len(links) > 1580  # what lies on either side of a cut is lost


def test_matrices_say_what_prob_says(small):
    french, english = small.vocabulary("fr"), small.vocabulary("en")
    for f in range(len(french)):
        columns, values = small.forward.row(f)
        assert values.sum() <= 1.0 + 0.05  # counts are stored within 3 %
        assert (values <= 1.0).all()
        for e, p in zip(columns, values, strict=True):
            assert small.prob(french[f], english[e]) == pytest.approx(p)
            rows, back = small.backward.row(e)
            assert small.prob(french[f], english[e], reverse=True) == pytest.approx(back[list(rows).index(f)])
    ids = np.arange(len(french), dtype=np.int32), np.arange(len(english), dtype=np.int32)
    forward, backward = small.pair_probs(*ids)
    assert forward[3, 2] == pytest.approx(small.prob(french[3], english[2]))
    assert backward[3, 2] == pytest.approx(small.prob(french[3], english[2], reverse=True))
    unknown = small.pair_probs(np.array([-1], np.int32), ids[1])
    assert not unknown[0].any()


def test_round_trip(small, tmp_path):
    path = tmp_path / "a.lexicon.npz"
    small.save(path)
    again = load(path)
    assert str(again.signature) == str(small.signature)
    assert again.translations("pomme") == small.translations("pomme")
    assert again.phrases("en") == small.phrases("en")
    again.save(tmp_path / "b.npz")
    assert (tmp_path / "b.npz").read_bytes() == path.read_bytes()


def test_signature_follows_contents(small):
    other = build(list(pairs())[:-1], "fr", "en")
    assert str(other.signature) != str(small.signature)
    assert str(build(pairs(), "fr", "en").signature) == str(small.signature)


def test_progress():
    seen = []
    build(pairs(), "fr", "en", progress=lambda stage, done: seen.append((stage, done)))
    assert [s for s, _ in itertools.groupby(seen, key=lambda x: x[0])] == ["candidates", "EM", "phrases"]
    shares = [d for s, d in seen if s == "EM"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_limits():
    few = build(pairs(), "fr", "en", max_vocabulary=5, max_phrases=0)
    assert len(few.vocabulary("fr")) == len(few.vocabulary("en")) == 5
    assert not few.phrases("fr")
    short = build(pairs(), "fr", "en", max_tokens=100)
    assert short.pairs < 15


def test_nothing_to_learn_from():
    with pytest.raises(InputError, match="no fr word"):
        build([], "fr", "en")
    with pytest.raises(InputError, match="no en word"):
        build([("le chat le chat", "…")], "fr", "en")


def test_other_languages():
    german = [(f"Das Haus {i} ist groß", f"Het huis {i} is groot") for i in range(30)]
    german += [(f"Das Boot {i} ist klein", f"De boot {i} is klein") for i in range(30)]
    lexicon = build(german, "de", "nl")
    assert lexicon.translations("haus", phrases=False)[0][0] == "huis"
    assert lexicon.translations("klein", reverse=True, phrases=False)[0][0] == "klein"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.text("ab cé'", max_size=30), st.text("xy z-", max_size=30)), max_size=8))
def test_any_text_builds_or_says_why(texts):
    try:
        lexicon = build(texts, "fr", "en")
    except InputError:
        return
    for side in (lexicon.forward, lexicon.backward):
        assert ((side.values > 0) & (side.values <= 1.0)).all()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"\x93NUMPY", b"text\n" * 50])
def test_damaged_files(tmp_path, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="is not a lexicon, or is damaged"):
        load(path)


def test_truncated_and_foreign_files(small, tmp_path):
    path = tmp_path / "x.npz"
    small.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ModelError, match=r"x\.npz: is not a lexicon"):
        load(path)
    np.savez(tmp_path / "y.npz", other=np.zeros(3))
    with pytest.raises(ModelError, match="is not a lexicon"):
        load(tmp_path / "y.npz")


def test_missing_files(small, tmp_path):
    with pytest.raises(ModelError, match=r"no lexicon 'xx-yy' \(shipped: .*fr-en"):
        load("xx-yy")
    with pytest.raises(ModelError):
        load(tmp_path)
    with pytest.raises(OutputError):
        small.save(tmp_path / "none" / "x.npz")
