"""The usual mistakes are said in one sentence, and sound input is left in peace."""

import pytest

from bitext.score import read_lines, score
from bitext.score.checks import guess_language, lines, names

EN = [
    "The harbour was closed for three days because of the storm.",
    "Nobody knows who left the door of the library open.",
    "She has written to the mayor, but there was no answer.",
    "They have to be back on the island by the end of June.",
    "It is not the first time that the trains are late.",
    "From the tower you can see the lakes and the hills.",
    "He bought a kilo of apples at the market and forgot them.",
    "The teacher asked which of the rivers was the longest.",
    "In winter the road to the village is often under snow.",
    "We had to wait for an hour, and then it was over.",
    "The baker next to the church sells bread with nuts.",
    "Her brother is an engineer at the dam in the valley.",
    "This letter was for you, not for the neighbours.",
    "Two of the windows are broken and it is raining in.",
]
FR = [
    "Le port est resté fermé trois jours à cause de la tempête.",
    "Personne ne sait qui a laissé la porte de la bibliothèque ouverte.",
    "Elle a écrit au maire, mais il n'y a pas eu de réponse.",
    "Ils doivent être de retour sur l'île pour la fin du mois de juin.",
    "Ce n'est pas la première fois que les trains sont en retard.",
    "De la tour, on voit les lacs et les collines.",
    "Il a acheté un kilo de pommes au marché et les a oubliées.",
    "La maîtresse a demandé lequel des fleuves était le plus long.",
    "En hiver, la route du village est souvent sous la neige.",
    "Nous avons dû attendre une heure, et puis c'était fini.",
    "Le boulanger à côté de l'église vend du pain aux noix.",
    "Son frère est ingénieur au barrage dans la vallée.",
    "Cette lettre était pour vous, pas pour les voisins.",
    "Deux des fenêtres sont cassées et il pleut dans la maison.",
]
ROUGH = [line.replace("The", "A").replace("was", "has been") for line in EN]


def test_sound_input_is_left_in_peace():
    assert lines(ROUGH, [EN], sources=FR, lang="en") == []
    assert score(ROUGH, EN, ["chrf"]).notes == ()
    assert lines([f.replace("Le ", "Ce ") for f in FR], [FR], lang="fr") == []


@pytest.mark.parametrize(
    ("hyps", "refs", "more", "said"),
    [
        (["", *ROUGH[1:]], EN, {}, "1 of 14 hypotheses is empty"),
        (ROUGH, ["", "", *EN[2:]], {}, "2 of 14 references are empty"),
        (EN, EN, {}, "identical"),
        (FR, EN, {"sources": FR}, "look French and the references English, the language of the source"),
        (ROUGH, FR, {}, "look English and the references French"),
        (FR[::-1], FR, {"lang": "en"}, "look French, not English"),
        ([*FR[:4], *ROUGH[4:]], EN, {"sources": FR}, "4 of 14 hypotheses are their source"),
        ([h.replace(".", " .").replace(",", " ,") for h in ROUGH], EN, {}, "14 of 14 hypotheses look tokenised"),
        (ROUGH, [r.replace(".", " .") for r in EN], {}, "14 of 14 references look tokenised"),
        ([h.replace("e ", "@@ e ") for h in ROUGH], EN, {}, "subword marks"),
        ([h.replace("e ", "&apos;s ") for h in ROUGH], EN, {}, "escaped characters"),
        ([*ROUGH[1:], "The end."], EN, {}, "lines of the reference 1 later"),
        (["The start.", *ROUGH[:-1]], EN, {}, "lines of the reference 1 earlier"),
    ],
)
def test_mistakes_are_said(hyps, refs, more, said):
    notes = lines(hyps, [refs], **more)
    assert any(said in note for note in notes), notes
    assert all(note.endswith((".", "?")) for note in notes)


def test_files_given_the_wrong_way_round():
    assert "hypotheses come first" in names("news.ref.en", ["news.mt.en"])[0]
    assert names("news.mt.en", ["news.ref.en"]) == []
    assert names("system.txt", ["reform.txt"]) == []


def test_one_file_given_twice(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x")
    assert "as reference" in names(path, [tmp_path / ".." / tmp_path.name / "a.txt"])[0]


def test_languages():
    assert guess_language(EN) == "en"
    assert guess_language(FR) == "fr"
    assert guess_language(["Zürich, Bern, Basel"]) is None
    assert guess_language(["lorem ipsum dolor " * 20]) is None


def test_lines_end_where_sacrebleu_ends_them(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("one\u2028still one\r\ntwo\x0bstill two \n\nfour\r".encode())
    assert read_lines(path) == ["one\u2028still one", "two\x0bstill two", "", "four"]
