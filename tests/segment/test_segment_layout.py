"""Line ends: when they end a segment and when the text is only wrapped."""

from __future__ import annotations

import textwrap

import pytest

from bitext.segment import segment

PROSE = [
    "Le facteur passe tous les matins vers huit heures, sauf le dimanche. Il connaît tout le monde dans la vallée, "
    "et tout le monde le connaît. Quand M. Berger est malade, c'est lui qui apporte le pain et le journal.",
    "Un jour d'hiver, la neige bloqua la route pendant une semaine entière. Le facteur vint à ski, avec trois lettres "
    "et un colis pour Mme Roche. « C'est mon métier », dit-il simplement en repartant vers le col.",
    "Depuis, on raconte cette histoire aux enfants. Certains y ajoutent un ours, d'autres un loup affamé.",
]


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100])
@pytest.mark.parametrize("indent", ["", "    "])
def test_wrapped_text_is_read_like_unwrapped(width: int, indent: str) -> None:
    wrapped = "\n\n".join(textwrap.fill(p, width, initial_indent=indent, break_on_hyphens=False) for p in PROSE)
    document = segment(wrapped)
    assert [" ".join(s.text.split()) for s in document] == segment("\n\n".join(PROSE)).texts
    assert {s.paragraph for s in document} == {0, 1, 2}


def test_one_sentence_a_line_is_not_wrapped() -> None:
    lines = segment(" ".join(PROSE)).texts
    document = segment("\n".join(lines))
    assert document.texts == lines
    assert [s.paragraph for s in document] == list(range(len(lines)))


@pytest.mark.parametrize(
    "text",
    [
        "un mot\ndeux mots\ntrois mots\nquatre mots",
        "Quand la lune se lève au-dessus des sapins\nEt que le vent du nord apporte ses refrains\n"
        "Le vieux berger s'endort auprès de son troupeau\nEt rêve de la mer, des îles et de l'eau",
        "Nom : Petit\nPrénom : Marie\nVille : Lyon\nPays : France",
        "Première ligne sans point\nDeuxième ligne sans point",
    ],
)
def test_lines_that_stand_alone(text: str) -> None:
    assert segment(text).texts == text.split("\n")


def test_list_items_stay_apart_in_wrapped_text() -> None:
    text = (
        "\n\n".join(textwrap.fill(p, 60) for p in PROSE)
        + "\n\n- un premier point assez long pour remplir la ligne ici\n- le deuxième"
    )
    assert segment(text).texts[-2:] == ["- un premier point assez long pour remplir la ligne ici", "- le deuxième"]


def test_paragraphs_count_blocks_when_there_are_blank_lines() -> None:
    document = segment("Titre\nSous-titre\n\nUn. Deux.\r\n \r\nTrois.")
    assert [(s.text, s.paragraph) for s in document] == [
        ("Titre", 0),
        ("Sous-titre", 0),
        ("Un.", 1),
        ("Deux.", 1),
        ("Trois.", 2),
    ]


def test_tabs_and_hard_spaces_are_white_space() -> None:
    assert segment("\tOui.\tNon ?\u00a0Peut-être\u202f!\u2003Fin.\t").texts == [
        "Oui.",
        "Non ?",
        "Peut-être\u202f!",
        "Fin.",
    ]


def test_a_dash_in_mid_sentence_is_no_list_item() -> None:
    sentence = (
        "La vallée, où le facteur passe tous les matins d'hiver — même quand la neige bloque la route, "
        "ce qui arrive souvent — reste le seul endroit où les lettres comptent encore pour tout le monde."
    )
    text = "\n\n".join(textwrap.fill(p, 54) for p in [*PROSE, sentence])
    assert "\n—" in text
    assert " ".join(segment(text).texts[-1].split()) == sentence
