"""Damage: each fault is found, and its look-alike in sound French is not."""

from __future__ import annotations

import pytest

from bitext.document import Bitext, Document, Kind, Segment, Severity
from bitext.flag import flag

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("check", "line", "span", "suggestion"),
    [
        ("spacing", "La Suède , la Norvège et le Danemark", "Suède ,", "Suède,"),
        ("spacing", "Il est parti . Elle reste.", "parti .", "parti."),
        ("spacing", "Le traité de l' Union est signé.", "l' ", "l'"),
        ("spacing", "Des pommes,, des poires.", ",,", None),
        ("spacing", "Il est parti hier., mais elle reste.", ".,", None),
        ("spacing", "Il est parti.Elle reste seule.", ".", ". "),
        ("leftovers", "Un vote d'au moins un -le quart des voix.", "un -le", "un"),
        ("leftovers", "(Dessin de -Reuters)", "de -Reuters", "de Reuters"),
        ("leftovers", "Un pays membre de l'OTAN. les alliés ont protesté.", "OTAN. les", "OTAN les"),
        ("leftovers", "Le chat de la.", "la.", None),
        ("leftovers", "La libertÃ© guide le peuple.", "Ã©", "é"),
        ("leftovers", "Cliquez&nbsp;ici<br>merci", "&nbsp;", None),
        ("quotes", 'Il cite "les normes du droit. "', 'droit. "', 'droit."'),
        ("quotes", 'Il a dit " bonjour" à tous.', '" ', '"'),
        ("quotes", 'Il a dit "bonjour à tous.', '"', None),
        ("quotes", "Il a dit « bonjour à tous.", "«", None),
        ("brackets", "Il viendra (peut-être demain.", "(", None),
        ("brackets", "Il viendra peut-être demain).", ")", None),
        ("doubled-words", "Le président de de la République.", "de de", "de"),
        ("doubled-words", "Il est venu dans la dans la maison.", "dans la dans la", "dans la"),
        ("elision", "Le rapport de une agence.", "de une", "d'une"),
        ("elision", "Le homme est là.", "Le homme", "L'homme"),
        ("determiners", "Il l'a dit à la temps.", "la temps", "le temps"),
        ("determiners", "Un le président parle.", "Un le", None),
        ("determiners", "Ils signent une accord.", "une accord", "un accord"),
        ("verb-forms", "Vous aimer ce livre ?", "Vous aimer", "Vous aimez"),
        ("verb-forms", "Demain il manger ici.", "il manger", "il mange"),
        ("verb-forms", "Vous pouvez nous écrire ou nous envoyé un don.", "nous envoyé", "nous envoyer"),
    ],
)
def test_finds_damage(run, check, line, span, suggestion):
    found = run(check, line)
    assert (span, suggestion) in [(text, f.suggestion) for text, f in found]


SOUND = [
    f"«{NBSP}Venez à 10{NBSP}h{NBSP}30{NBSP}», dit-il{NBSP}; elle répond{NBSP}: «{NBSP}Non{NBSP}!{NBSP}»",
    f"Voir n°{NBSP}5, p.{NBSP}12, art. 3 et M. Dupont, J.-C. Martin, etc.",
    "Le prix est de 3,5 millions d'euros, soit 1.500 francs.",
    "Nous nous sommes vus et vous vous êtes tus, pour faire faire un costume.",
    "C'est très très loin, de Bora Bora à Baden-Baden.",
    "Il a dit : « Le “grand soir” n'aura pas lieu… »",
    "- Bonjour, dit-il. – Bonsoir.",
    "Le héros de la Hollande, le onze, le oui et la une du journal.",
    "Le mot - un beau mot - est là ; l'avant- et l'après-guerre.",
    "Prends-le avec toi, donne-la à Paul, est-ce la tienne ?",
    "L'un des membres, l'une des deux, un des nôtres, tout le monde.",
    "Pour vous aimer, il faut vous écouter ; avez-vous été sage ?",
    "Nous pouvons vous aider. Chacun le sait. Il ne la date pas.",
    'Elle a dit "oui" puis "non" (sans y croire).',
    "a) premier point ; b) second point ; 1) dernier :-)",
    "(a) premier point ; (ii) second point, de douze (12) mois ; (1°) dernier (voir a) plus haut).",
    "Deux cas (a) le bail prend fin, b) il est prolongé).",
    "L'Union européenne, l'UE, l'ONU et la S.N.C.F. ont voté.",
    'Mesure : 12" de large, site www.exemple.fr/page.html, adresse a.b@exemple.fr.',
    "La grand-mère, le garde forestier, mon amie, son histoire, cette ancienne école.",
    "Il y a des hauts et des bas... puis plus rien.",
    "Des clous, des vis, etc., à 6 p.m., dit J.-C., de la S.A., et A. Morel Inc., sans suite.",
]


@pytest.mark.parametrize(
    "check",
    ["spacing", "leftovers", "brackets", "doubled-words", "elision", "determiners", "verb-forms", "capital-accent"],
)
@pytest.mark.parametrize("line", SOUND)
def test_leaves_sound_french_alone(run, check, line):
    assert run(check, line) == []


@pytest.mark.parametrize("line", SOUND)
def test_leaves_sound_quotes_alone(run, line):
    assert run("quotes", line) == []


def test_tokenised_text_has_spaces_before_commas(run):
    assert run("spacing", "un , deux , trois , quatre , cinq .") == []


def test_a_quotation_may_go_on_in_the_next_paragraph(run):
    assert run("quotes", "« Je commence ici.", "« Je finis là. »") == []


def test_two_quote_styles_in_a_paragraph_and_in_the_text(run):
    found = run("quotes", "« Un », dit-il.", '« Deux », dit-elle. "Trois" aussi.')
    assert [t for t, _ in found] == ['"Trois"', '"Trois"']
    assert {f.suggestion for _, f in found} == {"« Trois »"}


def test_missing_full_stop(run):
    lines = ["Il est venu hier soir avec nous.", "Elle a chanté toute la nuit dehors", "Ils sont partis à la fin."]
    assert [t for t, _ in run("final-stop", *lines)] == ["dehors"]


def test_a_list_of_titles_needs_no_full_stops(run):
    lines = ["Le vieil homme et la mer en furie", "Les fleurs du mal et du bien commun"]
    assert run("final-stop", *lines) == []


def test_no_full_stop_where_the_original_has_none(run):
    lines = ["Il est venu hier soir avec nous.", "Elle a chanté toute la nuit dehors", "Ils sont partis à la fin."]
    originals = ["He came last night.", "She sang all night outside", "They left at the end."]
    assert run("final-stop", *lines, originals=originals) == []


def test_a_heading_needs_no_full_stop():
    text = "Elle a chanté toute la nuit dehors"
    document = Document(text, (Segment(text, 0, len(text), Kind.HEADING),), "fr")
    assert flag(Bitext(document), only=["final-stop"]) == ()


def test_capitals_lose_their_accents_only_in_part_of_a_text(run):
    found = run("capital-accent", "À Paris, il pleut.", "A Londres aussi.", "Les Etats-Unis votent.")
    assert [(t, f.suggestion) for t, f in found] == [("A Londres", "À Londres"), ("Etats-Unis", "États-Unis")]


def test_capitals_without_accents_throughout_are_said_once(run):
    found = run("capital-accent", "A Paris, il pleut.", "A Londres aussi.", "Les Etats-Unis votent.")
    assert len(found) == 1


@pytest.mark.parametrize(
    "line", ["A VENDRE, MAISON A PARIS", "A-t-il raison ?", "Plan A.", "A : première lettre", "Le groupe A gagne."]
)
def test_a_capital_a_may_be_right(run, line):
    assert run("capital-accent", line) == []


def test_severity_follows_the_rule(run):
    [(_, f)] = run("leftovers", "Un vote d'au moins un -le quart des voix.")
    assert f.severity is Severity.MAJOR
    assert f.category == "fluency/grammar"
