"""What a line is on the page, on texts like those people bring: news, letters, lists, chapters, readmes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitext.document import Document, Kind
from bitext.segment import segment

ARTICLE = Path(__file__).parents[2] / "corpus" / "kazakhstan.fr.txt"

BODY = (
    "Le conseil s'est réuni lundi à la mairie. Il a voté le budget, malgré l'opposition de trois élus.\n\n"
    "« Nous n'avons pas le choix », a déclaré la maire. Les travaux commenceront au printemps.\n\n"
    "Les riverains attendent depuis dix ans. Le chantier doit durer deux ans et demi.\n\n"
)


def of(document: Document, kind: Kind) -> list[str]:
    return [s.text for s in document if s.kind is kind]


def test_the_article() -> None:
    document = segment(ARTICLE.read_text(encoding="utf-8"))
    kinds = [s.kind for s in document]
    assert of(document, Kind.HEADING) == [document.segments[0].text]
    captions = of(document, Kind.CAPTION)
    assert len(captions) == 10 and sum(c.startswith("(Photo") for c in captions) == 4
    assert len(of(document, Kind.SEPARATOR)) == 2
    first = kinds.index(Kind.BOILERPLATE)
    assert document.segments[first].text.startswith("Vous aimer cet article")
    assert set(kinds[first:]) == {Kind.BOILERPLATE, Kind.SEPARATOR} and len(kinds) - first == 9
    assert sum("U.N. Watch." in s.text for s in document) == 1
    assert any("l'UE. les membres" in s.text for s in document)


def test_headline_and_crossheads() -> None:
    document = segment(
        f"La mairie vote son budget\n\nPar Jeanne Martin\n\n{BODY}Un chantier attendu\n\nTout est prêt. On attend."
    )
    assert of(document, Kind.HEADING) == ["La mairie vote son budget", "Un chantier attendu"]


@pytest.mark.parametrize(
    "heading", ["CHAPITRE II", "Chapter 4", "IV", "# Titre", "## Install it", "Article premier", "LE PROCÈS."]
)
def test_headings(heading: str) -> None:
    document = segment(f"{heading}\n\n{BODY}")
    assert of(document, Kind.HEADING) == [heading]


@pytest.mark.parametrize(
    "text",
    [
        "pain\nlait\nbeurre",
        "Rouge\nVert\nBleu",
        "- Le pain\n- Le lait\n\nC'est tout. Merci.",
        "1. Le pain\n2. Le lait\n3. Le sel\n\nC'est tout. Merci.",
        "Bonjour",
        "Chers amis,\n\nVoici des nouvelles. Tout va bien.",
        "Une phrase.\n\nSans point final",
        "Part one was published in May.\n\nIt sold well. Then came the film.",
        "Lili.\n\nElle dort. Il veille.",
    ],
)
def test_no_headings(text: str) -> None:
    assert of(segment(text), Kind.HEADING) == []


@pytest.mark.parametrize(
    "caption",
    [
        "Le pont de la ville en 2019. (Photo de Marie Petit/Getty Images)",
        "Le pont, lundi (Photo : M. Petit)",
        "The bridge on Monday. (Photo by M. Small via Getty Images)",
        "(Image : @marie/Twitter)",
        "(Getty Images)",
        "Crédit photo : Marie Petit",
        "© Marie Petit / AFP",
        "Photo: M. Small",
        "Le pont [Crédit : M. Petit].",
    ],
)
def test_captions(caption: str) -> None:
    document = segment(f"Titre du jour\n\n{BODY}{caption}\n\nLa suite demain. Ou plus tard.")
    assert " ".join(of(document, Kind.CAPTION)) == caption


@pytest.mark.parametrize(
    "text",
    [
        "Elle est belle (photo prise hier).",
        "Il garde un souvenir d'elle (photo de famille).",
        "Le taux baisse (Source : ministère).",
        "Le président a démissionné. (AFP)",
        "L'image est floue.",
        "Photographe, elle expose à Lyon.",
    ],
)
def test_no_captions(text: str) -> None:
    assert of(segment(f"{BODY}{text}\n\nFin de l'histoire."), Kind.CAPTION) == []


@pytest.mark.parametrize("rule", ["****", "* * *", "---", "_____", "⁂", "=-=-=-=", "• • •", "— — —", "###"])
def test_separators(rule: str) -> None:
    document = segment(f"{BODY}{rule}\n\nLa suite. Encore.")
    assert of(document, Kind.SEPARATOR) == [rule]


@pytest.mark.parametrize("text", ["...", "…", "?!", "!!!", "-", "*", "😀😀😀", "1.", "« »"])
def test_no_separators(text: str) -> None:
    assert of(segment(f"{BODY}{text}\n\nLa suite."), Kind.SEPARATOR) == []


FOOTERS = [
    "Vous avez aimé cet article ? Partagez-le !\n\nAbonnez-vous à notre newsletter",
    "****\n\nFaites un don pour soutenir notre site.",
    "Suivez-nous sur Facebook et Twitter",
    "Lire aussi : Le budget de la ville voisine",
    "© 2024 La Gazette. Tous droits réservés. Reproduction interdite.",
    "Subscribe to our newsletter for free",
    "Did you like this article? Please consider making a donation.",
    "All rights reserved",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_boilerplate_at_the_end(footer: str) -> None:
    document = segment(BODY + footer)
    found = of(document, Kind.BOILERPLATE)
    assert found and " ".join(found) == footer.replace("****\n\n", "").replace("\n\n", " ")


@pytest.mark.parametrize("footer", FOOTERS)
def test_no_boilerplate_in_the_middle(footer: str) -> None:
    document = segment(f"{BODY}{footer}\n\n{BODY}")
    assert of(document, Kind.BOILERPLATE) == []


@pytest.mark.parametrize("top", ["Temps de lecture : 3 min", "Partager sur Facebook", "Publicité"])
def test_boilerplate_at_the_top(top: str) -> None:
    document = segment(f"La mairie vote son budget\n\n{top}\n\n{BODY}")
    assert of(document, Kind.BOILERPLATE) == [top]
    assert of(document, Kind.HEADING) == ["La mairie vote son budget"]


@pytest.mark.parametrize(
    "text",
    [
        "La ville lance une newsletter. Elle est gratuite, selon Facebook.",
        "« Votre soutien compte », a dit la maire aux pompiers.",
        "Les dons ont augmenté. La publicité aussi.",
        "The charity asked for your help. Donations rose.",
    ],
)
def test_articles_about_such_things_are_no_boilerplate(text: str) -> None:
    assert of(segment(BODY + text), Kind.BOILERPLATE) == []


def test_a_text_that_is_all_appeal_is_text() -> None:
    document = segment("Abonnez-vous à notre newsletter.\n\nFaites un don.\n\nSuivez-nous sur Twitter.")
    assert {s.kind for s in document} == {Kind.SENTENCE}
