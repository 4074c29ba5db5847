"""Checks against the original: numbers, dates, names, negation, modality, untranslated text."""

from __future__ import annotations

import pytest

from bitext import lexicon
from bitext.document import Severity
from bitext.flag.numerals import numerals


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("2 000 soldats", "2,000 soldiers"),
        ("2\u202f500,5 tonnes", "2,500.5 tonnes"),
        ("un tiers des sièges", "one-third of the seats"),
        ("trois quarts", "three quarters"),
        ("la 49e session", "the 49th session"),
        ("quatre-vingt-dix-sept ans", "ninety-seven years"),
        ("soixante et onze", "seventy-one"),
        ("deux cent trente-quatre", "two hundred and thirty-four"),
        ("trois mille deux cents", "3,200"),
        ("1,5 million d'habitants", "1.5 million people"),
        ("2 milliards", "two billion"),
        ("le XXIe siècle", "the 21st century"),
        ("les années 1990", "the 1990s"),
        ("les années 90", "the 1990s"),
        ("à 20 heures", "at 8 p.m."),
        ("deux douzaines", "two dozen"),
    ],
)
def test_both_languages_say_the_same_number(fr, en):
    a, b = numerals(fr, "fr"), numerals(en, "en")
    assert a and b
    assert all(any(x.same(y) for y in b) for x in a), (a, b)


@pytest.mark.parametrize("text", ["un homme et une femme", "l'un des deux"[:8], "la une du journal"])
def test_articles_are_no_numbers(text):
    assert numerals(text, "fr") == []


@pytest.mark.parametrize(
    "text", ["", "1", "1 2 3", "12,5,7", "1.2.3.4", "50%", "3e", "XX", "mille e tre", "³½", "1e309"]
)
def test_odd_numbers_do_not_raise(text):
    for lang in ("fr", "en"):
        for q in numerals(text, lang):
            assert 0 <= q.start < q.end <= len(text)


def test_a_changed_number(run):
    [(text, f)] = run("numbers", "Il y avait 300 soldats.", originals=["There were 30 soldiers."])
    assert (text, f.suggestion, f.severity) == ("300", "30", Severity.MAJOR)
    assert f.evidence["against"] == "original"


def test_a_missing_and_an_added_number(run):
    [(_, lost)] = run("numbers", "Il y avait des soldats.", originals=["There were 30 soldiers."])
    assert lost.category == "accuracy/omission"
    [(text, added)] = run("numbers", "Il y avait 30 soldats.", originals=["There were soldiers."])
    assert (text, added.category) == ("30", "accuracy/addition")


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Une quinzaine de jours plus tard.", "Two weeks later."),
        ("À 6 h 30 du matin.", "At 6.30 a.m."),
        ("Une voiture à 80 km d'ici.", "A car 50 miles away."),
        ("Il a vingt-deux ans, elle 2 000 livres.", "He is 22, she has 2,000 books."),
        ("En 2010-2011, le n° 5.", "In 2010-11, No. 5."),
        ("Le premier ministre en a deux.", "The first minister has two."),
        ("Les deux sont là.", "Both are there."),
        ("Un Airbus A380 et le G20.", "An Airbus A380 and the G20."),
        ("Un homme sur deux.", "Every second man."),
    ],
)
def test_numbers_said_otherwise(run, fr, en):
    assert run("numbers", fr, originals=[en]) == []


@pytest.mark.parametrize(
    ("fr", "en", "span", "suggestion"),
    [
        ("Il part vendredi.", "He leaves on Thursday.", "vendredi", "jeudi"),
        ("Le 2 juin 2020.", "On 2 July 2020.", "juin", "juillet"),
        ("Cela coûte 5 euros.", "It costs $5.", "euros", None),
    ],
)
def test_changed_dates_and_currencies(run, fr, en, span, suggestion):
    [(text, f)] = run("dates", fr, originals=[en])
    assert (text, f.suggestion) == (span, suggestion)


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Il part demain.", "He leaves on Thursday."),
        ("Il peut venir mardi.", "He may come on Tuesday."),
        ("La marche de mars sur Mars.", "The march in March on Mars."),
        ("Cela coûte 5 $.", "It costs 5 dollars."),
    ],
)
def test_dates_left_alone(run, fr, en):
    assert run("dates", fr, originals=[en]) == []


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Le conseil a réagi à la crise.", "The council did not react to the crisis."),
        ("Le conseil n'a pas réagi à la crise.", "The council reacted to the crisis."),
        ("Il n'y a aucun témoin.", "There are witnesses."),
        ("Tout le monde est venu.", "Nobody came."),
        ("Posez plus de trois cartes sur la table.", "Do not lay more than three cards on the table."),
        ("Ne posez pas plus de trois cartes.", "Lay more than three cards."),
    ],
)
def test_flipped_negation(run, fr, en):
    [(_, f)] = run("negation", fr, originals=[en])
    assert f.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Il n'a pas réagi.", "He failed to react."),
        ("Il est parti sans rien dire.", "He did not say anything when he left."),
        ("Il ne vend que des pommes.", "He sells only apples."),
        ("C'est vrai, n'est-ce pas ?", "That is true, isn't it?"),
        ("C'est impossible.", "It is not possible."),
        ("Je ne peux pas m'empêcher de rire.", "I can't help laughing."),
        ("Il refuse de venir.", "He will not come."),
        ("Il est sans doute là.", "No doubt he is there."),
        ("Posez trois cartes, pas plus de cinq.", "Lay three cards, not more than five."),
        ("Elle a plus de patience que lui.", "He does not have her patience."),
        ("Rassurez-vous, le train arrive.", "Don't worry, the train is coming."),
        ("Ce n'est pas grave.", "That's all right."),
        ("Tant pis, on ira demain.", "Never mind, we will go tomorrow."),
        ("Cela fait un an que je ne l'ai pas lu.", "It is a year since I have read it."),
        ("Le lac est tout près.", "The lake is not far."),
    ],
)
def test_negation_said_otherwise(run, fr, en):
    assert run("negation", fr, originals=[en]) == []


def test_a_negation_said_with_another_word_is_minor(run):
    known = lexicon.load("fr-en")
    [(_, f)] = run("negation", "Le bureau n'est pas ouvert.", originals=["They closed the office."], lexicon=known)
    assert f.severity is Severity.MINOR
    [(_, f)] = run("negation", "Le vin n'est pas arrivé.", originals=["The wine has arrived."], lexicon=known)
    assert f.severity is Severity.CRITICAL


def test_an_obligation_that_became_a_permission(run):
    [(text, _)] = run("modality", "Les États peuvent signer le traité.", originals=["States must sign the treaty."])
    assert text == "peuvent"
    assert run("modality", "Les États doivent signer.", originals=["States must sign."]) == []
    assert run("modality", "Les États ne peuvent pas signer.", originals=["States must not sign."]) == []


def test_the_other_language(run):
    [(text, f)] = run("wrong-language", "The council of the state has voted with them.")
    assert f.severity is Severity.CRITICAL
    [(text, f)] = run("wrong-language", "Il a dit que le projet was to be voted on by lundi prochain dans la ville.")
    assert text.startswith("was to be")
    assert run("wrong-language", "Le film « The Lord of the Rings » sort lundi dans les salles.") == []
    assert run("wrong-language", "Le conseil de l'État a voté avec eux.") == []
    assert run("wrong-language", "Il écoute Pink Floyd et lit le Times.") == []


def test_english_is_checked_too(run):
    [(_, f)] = run("wrong-language", "Le conseil de la ville a voté pour eux.", lang="en")
    assert "not in English" in f.message


def test_copied_and_untranslated(run):
    [(_, f)] = run("untranslated", "The cat sat on the mat.", originals=["The cat sat on the mat."])
    assert f.severity is Severity.CRITICAL
    [(text, f)] = run("untranslated", "Il regarde through la fenêtre.", originals=["He looks through the window."])
    assert text == "through"
    assert run("untranslated", "Nicolas Sarkozy, Paris", originals=["Nicolas Sarkozy, Paris"]) == []
    assert run("untranslated", "La situation est importante.", originals=["The situation is important."]) == []


def test_acronyms(run):
    lines = ["Le CDH siège.", "Un porte-parole du HRC a parlé.", "L'UNHRC attend."]
    found = run("acronyms", *lines)
    assert {(t, f.suggestion) for t, f in found} == {("HRC", "CDH"), ("UNHRC", "CDH")}
    assert all(f.evidence["uses"]["CDH"] == 1 for _, f in found)
    assert run("acronyms", "L'ONU, l'OTAN, le SIDA et l'OTSC.", "UN JOUR AU PARC", "Un avion US à CAP Canaveral.") == []


def test_names(run):
    [(text, f)] = run("names", "Le ministre est venu.", originals=["The minister, Brandenburg, came."])
    assert (text, f.category) == ("Le ministre est venu.", "accuracy/omission")
    [(text, f)] = run("names", "La ville de Gorlimas vote.", originals=["The city of Gurnemanz votes."])
    assert (text, f.suggestion) == ("Gorlimas", "Gurnemanz")
    assert run("names", "Le président Poutine à Sotchi.", originals=["The president, Putin, in Sochi."]) == []
    assert run("names", "Les Émirats arabes unis ont signé.", originals=["The United Arab Emirates signed."]) == []


def test_two_spellings_of_a_name(run):
    lines = ["Hier Tokayev parlait.", "Puis Tokayev partit.", "Enfin Tokaiev revint."]
    [(text, f)] = run("names", *lines)
    assert (text, f.suggestion) == ("Tokaiev", "Tokayev")
    assert run("names", "Les Kazakhs et un Kazakh.", "Les Américains, une Américaine.") == []


@pytest.mark.parametrize(
    ("fr", "en", "flagged"),
    [
        ("Le maire est favorable au barrage.", "The mayor is against the dam.", "favorable au"),
        ("Elle s'est exprimée contre le traité.", "She supported the treaty.", "contre le"),
        ("Les loyers augmentent à Nantes.", "Rents fell in Nantes.", "augmentent"),
        ("Il est parti avant la réunion.", "He went home after the meeting.", "avant la"),
        ("Il y avait moins de 40 personnes.", "There were at least 40 people.", "moins de"),
    ],
)
def test_opposites(run, fr, en, flagged):
    [(text, f)] = run("opposites", fr, originals=[en])
    assert (text.strip(), f.severity) == (flagged, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("Le maire est favorable au barrage.", "The mayor is in favour of the dam."),
        ("Le maire est favorable au barrage.", "The mayor is not against the dam."),
        ("Il votera pour, elle est contre la loi.", "He will vote for it, she opposes the law."),
        ("Les loyers augmentent, les salaires baissent.", "Wages are falling while rents increase."),
        ("Il est arrivé avant la fin.", "He arrived before the end, and left after it."),
    ],
)
def test_no_opposites(run, fr, en):
    assert run("opposites", fr, originals=[en]) == []


def test_a_number_is_suggested_as_the_language_writes_it(run):
    [(_, f)] = run("numbers", "La police en a compté 8 100.", originals=["Police counted 1,800."])
    assert f.suggestion == "1\u00a0800"
    [(_, f)] = run("numbers", "Il pèse 3,7 tonnes.", originals=["It weighs 7.3 tonnes."])
    assert f.suggestion == "7,3"


@pytest.mark.parametrize(
    ("check", "fr", "en"),
    [
        ("numbers", "Coupez les pommes en deux.", "Halve the apples."),
        ("numbers", "Ajoutez 200 grammes de riz.", "Add 200 grams of rice."),
        ("names", "Le marché a lieu le samedi devant la gare.", "The market is held on Saturdays by the station."),
        ("untranslated", "Il a manqué le penalty.", "He missed the penalty."),
        ("opposites", "Le musée est gratuit pour les moins de dix ans.", "The museum is free for those under ten."),
    ],
)
def test_said_as_a_good_translation_says_it(run, check, fr, en):
    assert run(check, fr, originals=[en], lexicon=lexicon.load("fr-en")) == []


def test_equal_units_are_not_converted(run):
    found = run("numbers", "Prenez 231 grammes de riz et du sel.", originals=["Take 132 grams of rice and some salt."])
    assert [t for t, _ in found] == ["231"]


@pytest.mark.parametrize(
    ("fr", "en", "flagged"),
    [
        ("L'entrée est libre pour les enfants de plus de six ans.", "Children under six get in free.", "plus de"),
        ("Le maire a accepté de répondre.", "The mayor refused to answer.", "accepté de"),
        ("L'indice a gagné 3 % lundi.", "The index fell 3 per cent on Monday.", "gagné"),
    ],
)
def test_counted_and_refused(run, fr, en, flagged):
    assert [t for t, _ in run("opposites", fr, originals=[en])] == [flagged]


def test_fewer_than_does_not_excuse_a_lost_negation(run):
    fr, en = (
        "En moins de dix jours, elle a vendu ce qui était à nous.",
        "In less than ten days she sold what was not ours.",
    )
    assert len(run("negation", fr, originals=[en])) == 1
