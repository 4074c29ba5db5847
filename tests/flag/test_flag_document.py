"""Checks over the whole document: duplicates, consistency, boilerplate, reliability, terms."""

from __future__ import annotations

import pytest

from bitext.document import Bitext, Document, Kind, Segment, Severity
from bitext.flag import flag
from bitext.flag.reliability import problems


def document(*parts: tuple[str, Kind]) -> Document:
    text = "\n\n".join(t for t, _ in parts)
    at, segments = 0, []
    for n, (t, kind) in enumerate(parts):
        segments.append(Segment(t, at, at + len(t), kind, n))
        at += len(t) + 2
    return Document(text, tuple(segments), "fr")


def test_a_repeated_caption_is_flagged_once():
    caption = ("Vue du port. (Photo AFP)", Kind.CAPTION)
    found = flag(Bitext(document(caption, caption, ("Le texte commence ici.", Kind.SENTENCE))), only=["duplicates"])
    assert [(f.segment, f.category) for f in found] == [(1, "fluency/duplication")]
    assert found[0].evidence["first"] == 0


def test_short_replies_may_repeat(run):
    assert run("duplicates", "Oui.", "Non.", "Oui.", "Je ne sais pas.", "Je ne sais pas.") == []


def test_a_repetition_of_the_original_is_right(run):
    lines = ["Il faut voter demain matin.", "Il faut voter demain matin."]
    assert len(run("duplicates", *lines, originals=["We must vote tomorrow.", "One has to vote tomorrow."])) == 1
    assert run("duplicates", *lines, originals=["We must vote tomorrow."] * 2) == []


def test_one_source_translated_twice(run):
    lines = ["Il faut voter demain.", "On doit voter demain."]
    [(_, f)] = run("inconsistent", *lines, originals=["We must vote tomorrow."] * 2)
    assert (f.segment, f.suggestion) == (1, lines[0])


def test_boilerplate_is_neutral():
    d = document(("Le texte.", Kind.SENTENCE), ("Abonnez-vous !", Kind.BOILERPLATE), ("****", Kind.SEPARATOR))
    [f] = flag(Bitext(d), only=["boilerplate"])
    assert (f.segment, f.severity) == (1, Severity.NEUTRAL)


@pytest.mark.parametrize(
    ("back", "problem"),
    [
        ("the the the the the the", "loop"),
        ("of the council of the council of the council of the council", "loop"),
        ("Yes.", "too short"),
        ("word " + "and so on with more things that nobody ever said in any text at all " * 2, "too long"),
        ("Le conseil des droits a voté hier soir.", "copy"),
        ("", "empty"),
    ],
)
def test_unreliable_back_translations(run, back, problem):
    text = "Le conseil des droits a voté hier soir."
    assert problem in problems(text, back, "fr", "en", 2.2, 3)
    [(_, f)] = run("unreliable", text, backs=[back])
    assert f.severity is Severity.NEUTRAL


def test_a_sound_back_translation(run):
    assert run("unreliable", "Le conseil a voté hier soir.", backs=["The council voted last night."]) == []
    assert run("unreliable", "Bla bla bla bla.", backs=["Blah blah."]) == []


def test_the_glossary_is_obeyed_or_not(run):
    terms = [("special session", "session extraordinaire"), ("council", "conseil|assemblée")]
    lines = ["Une session spéciale du conseil.", "Deux sessions extraordinaires de l'Assemblée."]
    found = run(
        "glossary", *lines, originals=["A special session of the council.", "Two special sessions."], glossary=terms
    )
    assert [(f.segment, f.suggestion, f.severity) for _, f in found] == [(0, "session extraordinaire", Severity.MAJOR)]


class Lexicon:
    """Just enough of a lexicon."""

    source_lang, target_lang = "fr", "en"

    def translations(self, word, *, reverse=False, n=10, phrases=True):
        table = {
            "extraordinaire": [("extraordinary", 0.6), ("special", 0.3)],
            "spéciale": [("special", 0.9)],
            "ordinaire": [("ordinary", 0.9)],
        }
        return table.get(word, [])


def test_one_term_in_two_wordings(run):
    lines = ["Une session extraordinaire.", "La session extraordinaire.", "Une session spéciale.", "Session ordinaire."]
    [(text, f)] = run("terminology", *lines, lexicon=Lexicon())
    assert (text, f.suggestion) == ("session spéciale", "session extraordinaire")
    assert f.evidence["shared"] == {"special": 0.3}
