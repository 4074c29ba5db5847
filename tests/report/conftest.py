"""Bitexts to report on: an aligned pair with every shape of bead, and the article by lines."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bitext.document import (
    Bead,
    Bitext,
    Document,
    Flag,
    Kind,
    Metric,
    Scores,
    Segment,
    Severity,
    Signature,
    Translation,
)

ARTICLE = Path(__file__).resolve().parents[2] / "corpus" / "kazakhstan.fr.txt"

FRENCH = [
    ("Le pont fermé reste une maman sur ses dates", Kind.HEADING, 0),
    ("Le pont de la Vire vu de la rive gauche. (Photo : A. Lemoine)", Kind.CAPTION, 1),
    ("La mairie a fermé le pont mardi soir.", Kind.SENTENCE, 2),
    ("Trois ingénieurs l'ont examiné, et ils ont trouvé 30 fissures.", Kind.SENTENCE, 2),
    ("Le maire n'a pas voulu répondre à nos questions.", Kind.SENTENCE, 3),
    ("Il a parlé d'une simple précaution.", Kind.SENTENCE, 3),
    ("Les camions passent désormais par Saint-Lô, ce qui allonge leur route de 14 km.", Kind.SENTENCE, 4),
    ("« Nous perdons une heure par jour », dit un chauffeur.", Kind.SENTENCE, 4),
    ("Le journal remercie ses lecteurs.", Kind.SENTENCE, 5),
    ("La réparation coûtera deux millions d'euros.", Kind.SENTENCE, 6),
    ("Elle durera jusqu'au printemps.", Kind.SENTENCE, 6),
    ("**********", Kind.SEPARATOR, 7),
    ("Vous avez aimé cet article ? Abonnez-vous à notre lettre.", Kind.BOILERPLATE, 8),
]
ENGLISH = [
    ("Closed bridge: the town stays mum on dates", Kind.HEADING),
    ("The Vire bridge seen from the left bank. (Photo: A. Lemoine)", Kind.CAPTION),
    ("The town hall closed the bridge on Tuesday evening.", Kind.SENTENCE),
    ("Three engineers examined it.", Kind.SENTENCE),
    ("They found 300 cracks.", Kind.SENTENCE),
    ("The mayor refused to answer our questions, calling it a mere precaution.", Kind.SENTENCE),
    ("A decision is expected next week.", Kind.SENTENCE),
    ("The repair will cost two million euros.", Kind.SENTENCE),
    ("It will last until spring.", Kind.SENTENCE),
    ("Lorries now go through Saint-Lô, which adds 14 km to their route.", Kind.SENTENCE),
    ("“We lose an hour a day,” a driver says.", Kind.SENTENCE),
]
BACK = [
    "The closed bridge remains a mum on its dates",
    "The bridge of the Vire seen from the left bank. (Photo: A. Lemoine)",
    "The town hall closed the bridge Tuesday evening.",
    "Three engineers examined it, and they found 30 cracks.",
    "The mayor did not want to answer our questions.",
    "He spoke of a simple precaution.",
    "The trucks now pass by Saint-Lô, which lengthens their road by 14 km.",
    "“We lose one hour per day”, says a driver.",
    "The newspaper thanks its readers.",
    "The repair will cost two million euros.",
    "It will last until the spring spring spring spring.",
    "**********",
    "Did you like this article? Subscribe to our letter.",
]


def document(items, lang, name):
    """Segments on lines of their own where the paragraph changes, else divided by a space."""
    text, segments, last = "", [], None
    for i, (s, kind, *rest) in enumerate(items):
        paragraph = rest[0] if rest else i
        text += "" if last is None else " " if paragraph == last else "\n\n"
        segments.append(Segment(s, len(text), len(text) + len(s), kind, paragraph))
        text, last = text + s, paragraph
    return Document(text, tuple(segments), lang, name)


def flag(bitext_or_items, segment, words, check, category, severity, message, **more):
    """A flag on words that stand in the segment."""
    text = bitext_or_items[segment][0]
    start = text.index(words)
    return Flag(check, category, Severity(severity), segment, (start, start + len(words)), message, **more)


def make_pair() -> Bitext:
    """Twelve sentences with 1–1, 1–2, 2–1, 0–1, 1–0 and moved beads, and flags that nest and overlap."""
    f = FRENCH
    flags = (
        flag(
            f,
            0,
            "maman",
            "sense",
            "accuracy/mistranslation",
            "critical",
            "“mum” means silent here, not mother",
            suggestion="reste muette",
            evidence={"senses": {"silent": 0.91, "mother": 0.09}, "original": "stays mum"},
            confidence=0.93,
        ),
        flag(
            f, 0, "une maman sur ses dates", "lm", "fluency/unidiomatic", "minor", "an unlikely phrase", confidence=0.4
        ),
        flag(
            f,
            3,
            "30",
            "numbers",
            "accuracy/mistranslation",
            "major",
            "30 here, 300 in the original",
            suggestion="300",
            evidence={"target": [30], "source": [300]},
            confidence=0.98,
        ),
        flag(f, 3, "trouvé 30 fissures", "sense", "terminology", "minor", "rare word", confidence=0.3),
        flag(
            f, 3, "30 fissures.", "spacing", "style", "neutral", "plain space after a number", suggestion="30 fissures."
        ),
        flag(
            f, 8, f[8][0], "addition", "accuracy/addition", "major", "nothing in the original says this", confidence=0.7
        ),
        Flag("omission", "accuracy/omission", Severity.MAJOR, 5, (35, 35), "a sentence is missing after this"),
    )
    beads = (
        Bead(range(0, 1), range(0, 1), 0.71, 0.9, evidence=(("lexicon", 0.4), ("back-translation", 0.31))),
        Bead(range(1, 2), range(1, 2), 0.95, 0.99),
        Bead(range(2, 3), range(2, 3), 0.9, 0.98),
        Bead(range(3, 5), range(3, 4), 0.83, 0.8),
        Bead(range(5, 6), range(4, 6), 0.77, 0.75),
        Bead(range(6, 7), range(6, 6), 0.0, 0.6),
        Bead(range(9, 10), range(6, 7), 0.8, 0.7, moved=True),
        Bead(range(10, 11), range(7, 8), 0.85, 0.7, moved=True),
        Bead(range(0, 0), range(8, 9), 0.0, 0.6),
        Bead(range(7, 8), range(9, 10), 0.93, 0.97),
        Bead(range(8, 9), range(10, 11), 0.9, 0.97),
        Bead(range(0, 0), range(11, 12), 0.0),
        Bead(range(0, 0), range(12, 13), 0.0),
    )
    scores = Scores(
        "reference",
        (
            Metric("BLEU", 41.27, "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.5.1", (33.1, 50.2)),
            Metric("chrF", 66.4, "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.5.1", (60.0, 71.9)),
            Metric("TER", 44.0, "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.5.1"),
        ),
        {0: 48.0, 1: 90.0, 2: 84.1, 3: 71.0, 4: 55.5, 6: 60.2, 7: 52.0, 9: 100.0, 10: 70.0},
        (0.05, 0.9, 0.95, 0.2, 0.8, 0.7, 0.85, 0.8, 0.4, 0.97, 0.9, None, None),
        {"target": 0.92, "source": 0.94},
        ("Headings and captions are scored, boilerplate is not.",),
    )
    translations = tuple(Translation(t, -0.4, problems=("loop",) if "spring spring" in t else ()) for t in BACK)
    return Bitext(
        document(FRENCH, "fr", "pont.fr.txt"),
        document(ENGLISH, "en", "bridge.en.txt"),
        "original",
        translations,
        beads,
        scores,
        flags,
        Signature.of(bitext="0.1.0", model="fr-en", align="dp"),
    )


def make_article(repeat: int = 1, back: dict[str, str] | None = None) -> Bitext:
    """The article without an original, cut at lines and at full stops, flagged by hand; `repeat` makes it long."""
    pieces = []
    for n, line in enumerate(ARTICLE.read_text(encoding="utf-8").splitlines() * repeat):
        kind = Kind.SENTENCE
        if line.startswith("Une maman"):
            kind = Kind.HEADING
        elif "(Photo de" in line or line.startswith("(Image"):
            kind = Kind.CAPTION
        elif line.startswith("***"):
            kind = Kind.SEPARATOR
        elif line.startswith(("Vous ", "Votre ", "À l’ère", "Nous avons besoin")):
            kind = Kind.BOILERPLATE
        pieces += [(s, kind, n) for s in re.split(r"(?<=[.!?…])\s+(?=[A-ZÀÉ«])", line.strip()) if s]
    target = document(pieces, "fr", ARTICLE.name)
    flags = []
    seen: set[str] = set()
    for i, (text, kind, _) in enumerate(pieces):
        if "maman" in text:
            more = {"suggestion": "Silence", "confidence": 0.88, "evidence": {"mum": {"silent": 0.8, "mother": 0.2}}}
            flags.append(
                flag(pieces, i, "Une maman", "sense", "accuracy/mistranslation", "critical", "wrong sense", **more)
            )
        forms = {"forms": ["HRC", "CDH", "UNHRC"]}
        flags += [
            Flag("acronyms", "terminology", Severity.MINOR, i, w.span(), "one body, several names", "CDH", forms, 0.6)
            for w in re.finditer(r"UNHRC|HRC|CDH|OTSC", text)
        ]
        flags += [
            Flag("quotes", "locale/punctuation", Severity.NEUTRAL, i, w.span(), "straight quotes", "«")
            for w in re.finditer(r'"', text)
        ]
        if kind == Kind.CAPTION and text in seen:
            flags.append(
                Flag("duplicate", "accuracy/addition", Severity.MAJOR, i, (0, len(text)), "this caption stands twice")
            )
        seen.add(text)
    draw = random.Random(7)
    back = back or {}
    translations = tuple(Translation(back.get(t, f"[{t}]"), -draw.random()) for t, _, _ in pieces)
    quality = tuple(None if k in ("boilerplate", "separator") else round(draw.random(), 2) for _, k, _ in pieces)
    scores = Scores("reference-free", (Metric("round trip chrF", 58.2, "chrF2|version:2.5.1"),), quality=quality)
    return Bitext(target, None, "original", translations, (), scores, tuple(flags), Signature.of(bitext="0.1.0"))


@pytest.fixture
def pair() -> Bitext:
    return make_pair()


@pytest.fixture
def article() -> Bitext:
    return make_article()


@pytest.fixture
def articles():
    """`make_article`, for tests that need a long one."""
    return make_article
