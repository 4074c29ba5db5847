"""A small bitext to review, made by hand: every shape of bead, flags that touch, and white space worth keeping."""

from __future__ import annotations

import os
import random

from bitext.document import Bead, Bitext, Document, Flag, Kind, Scores, Segment, Severity, Signature, Translation

FRENCH = [
    ("Maman du marché sur les prix", Kind.HEADING, 0, "\n\n"),
    ("Le marché couvert rouvre samedi, après 30 jours de travaux.", Kind.SENTENCE, 1, "  "),
    ("Les étals ont été repeints.", Kind.SENTENCE, 1, " "),
    ("La maire n'a pas dit combien cela a coûté.", Kind.SENTENCE, 1, "\n\u00a0\n"),
    ("Les marchands sont contents, et ils le disent.", Kind.SENTENCE, 2, "\n"),
    ("Abonnez-vous à notre lettre.", Kind.BOILERPLATE, 3, "\n"),
    ("Le poisson arrive de Port-en-Bessin.", Kind.SENTENCE, 4, " "),
    ("Le pain vient d'Isigny.", Kind.SENTENCE, 4, "\n\n"),
]
ENGLISH = [
    "Market mum on prices",
    "The covered market reopens on Saturday.",
    "It was closed for 300 days.",
    "The stalls have been painted again.",
    "The mayor did not say what it cost.",
    "The stallholders are happy and say so.",
    "Parking is free.",
    "The fish comes from Port-en-Bessin.",
    "The bread comes from Isigny.",
]
BACK = [
    "Mom of the market on prices",
    "The covered market reopens Saturday, after 30 days of works.",
    "The stalls have been painted again.",
    "The mayor did not say how much it cost.",
    "The merchants are happy, and they say it.",
    "Subscribe to our letter.",
    "The fish comes from Port-en-Bessin.",
    "The bread comes from Isigny.",
]
BEADS = [((0, 1), (0, 1)), ((1, 3), (1, 2)), ((3, 4), (2, 3)), ((4, 5), (3, 4)), ((5, 6), (4, 5)), ((6, 7), (0, 0))]
BEADS += [((0, 0), (5, 6)), ((7, 8), (6, 7)), ((8, 9), (7, 8))]


def document(pieces, lang, name):
    text, segments = "", []
    for piece, kind, paragraph, gap in pieces:
        segments.append(Segment(piece, len(text), len(text) + len(piece), kind, paragraph))
        text += piece + gap
    return Document(text, tuple(segments), lang, name)


def flag(segment, words, check, severity, suggestion=None, message="It is wrong.", category="accuracy/mistranslation"):
    start = FRENCH[segment][0].index(words)
    return Flag(check, category, severity, segment, (start, start + len(words)), message, suggestion, {}, 0.7)


def sample() -> Bitext:
    """Nine beads, five flags."""
    flags = (
        flag(0, "Maman", "word-sense", Severity.CRITICAL, "Silence", "“mum” is silent here"),
        flag(1, "30 jours", "numbers", Severity.MAJOR, "300 jours", "30 here, 300 in the original"),
        flag(1, "30", "spacing", Severity.MINOR, None, "an odd figure", "locale"),
        flag(3, "La maire", "gender-of-no-check", Severity.NEUTRAL, "Le maire", "or is it?"),
        flag(4, "contents,", "spacing", Severity.MINOR, "contents", "no comma here", "style"),
    )
    return Bitext(
        document(FRENCH, "fr", "marché.fr.txt"),
        Document.from_lines(ENGLISH, "en", "market.en.txt"),
        translations=tuple(Translation(t, -0.5) for t in BACK),
        beads=tuple(Bead(range(*s), range(*t), 0.8, 0.9) for s, t in BEADS),
        scores=Scores("reference", (), {0: 50.0}),
        flags=flags,
        signature=Signature.of(bitext="0.1.0", mt="fr-en"),
    )


def tenth_of_a_second() -> float:
    """The limit of an answer in milliseconds: 100, and more in proportion where others keep the machine busy."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return 100 * max(1.0, load / (os.cpu_count() or 1))


def long_sample(n: int = 2000) -> Bitext:
    """n one-to-one beads of varied sentences, a flag on every third."""
    draw = random.Random(5)
    fr, en, back = FRENCH[1:5], ENGLISH[2:6], BACK[1:5]
    order = [draw.randrange(4) for _ in range(n)]
    target = document([(f"{i} {fr[k][0]}", Kind.SENTENCE, i // 4, " ") for i, k in enumerate(order)], "fr", "long.txt")
    flags = tuple(
        Flag("spacing", "style", Severity.MINOR, i, (0, len(str(i))), "an odd figure", f"{i}", {"n": i}, 0.4)
        for i in range(0, n, 3)
    )
    return Bitext(
        target,
        Document.from_lines([f"{i} {en[k]}" for i, k in enumerate(order)], "en", "long.en.txt"),
        translations=tuple(Translation(f"{i} {back[k]}", -0.4) for i, k in enumerate(order)),
        beads=tuple(Bead(range(i, i + 1), range(i, i + 1), 0.8, 0.9) for i in range(n)),
        scores=Scores("reference", (), dict.fromkeys(range(n), 60.0)),
        flags=flags,
    )
