"""What the tests of all formats share: arbitrary bitexts, and one with a bit of everything."""

from __future__ import annotations

from hypothesis import strategies as st

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

ODD = ["\t", "\n", "\r", "\r\n", "\\n", "\\", '"', "<b>&amp;</b>", "]]>", "<v>x</v>", "&lt;v&gt;", "\u2028", "\x85",
       "\x0c", "\x00", "\x1f", "\ufeff", "\ufffe", "é", "e\u0301", "🙂", "\u00a0", " ", "« »", "<!ENTITY",
       "{}", "\x7f"]  # fmt: skip
texts = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(ODD)), max_size=5).map("".join)
filled = st.tuples(texts, st.sampled_from("aé«<&\"'.") | st.characters(categories=["L", "N"]), texts).map("".join)
finite = st.floats(allow_nan=False, allow_infinity=False)
probability = st.none() | st.floats(0, 1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | finite | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def documents(draw: st.DrawFn, lang: str, most: int = 5, name: str = "") -> Document:
    """Segments with white space between them, as a splitter makes them."""
    text, segments = draw(st.sampled_from(["", "\n", "  "])), []
    for i in range(draw(st.integers(0, most))):
        piece = draw(filled)
        segments.append(Segment(piece, len(text), len(text) + len(piece), draw(st.sampled_from(list(Kind))), i // 2))
        text += piece + draw(st.sampled_from([" ", "\n", "\r\n", "\n\n"]))
    return Document(text, tuple(segments), lang, name or draw(texts))


@st.composite
def covering(draw: st.DrawFn, n: int, m: int) -> tuple[Bead, ...]:
    """Monotone beads that cover n and m segments."""
    beads, i, j = [], 0, 0
    while i < n or j < m:
        a, b = draw(st.integers(0, min(3, n - i))), draw(st.integers(0, min(3, m - j)))
        if a or b:
            evidence = tuple(draw(st.lists(st.tuples(texts, finite), max_size=2)))
            bead = Bead(
                range(i, i + a), range(j, j + b), draw(finite), draw(probability), draw(st.booleans()), evidence
            )
            beads.append(bead)
            i, j = i + a, j + b
    return tuple(beads)


@st.composite
def flags_on(draw: st.DrawFn, target: Document, most: int = 4) -> tuple[Flag, ...]:
    flags = []
    for _ in range(draw(st.integers(0, most)) if len(target) else 0):
        segment = draw(st.integers(0, len(target) - 1))
        a, b = sorted(draw(st.integers(0, len(target.segments[segment].text))) for _ in "ab")
        category = draw(st.sampled_from(["accuracy/mistranslation", "fluency", "style/x y"]))
        flags.append(
            Flag(
                draw(st.sampled_from(["number", "sense"])),
                category,
                draw(st.sampled_from(list(Severity))),
                segment,
                (a, b),
                draw(texts),
                draw(st.none() | filled),
                draw(st.dictionaries(texts, json_values, max_size=2)),
                draw(probability),
            )
        )
    return tuple(flags)


@st.composite
def bitexts(draw: st.DrawFn, aligned: bool | None = None) -> Bitext:
    """Any bitext: with or without source, translations, beads, scores and flags."""
    target = draw(documents("fr"))
    source = draw(documents("en")) if aligned or draw(st.booleans()) else None
    translation = st.builds(
        Translation,
        texts,
        finite,
        st.lists(texts, max_size=2).map(tuple),
        st.just(()),
        st.sampled_from([(), ("loop",), ("too long", "copy")]),
    )
    size = len(target)
    translations = tuple(draw(st.lists(translation, min_size=size, max_size=size))) if draw(st.booleans()) else ()
    beads = draw(covering(len(source), size)) if source is not None and (aligned or draw(st.booleans())) else ()
    metric = st.builds(Metric, texts, finite, texts, st.none() | st.tuples(finite, finite))
    scores = st.none() | st.builds(
        Scores,
        st.sampled_from(["reference", "reference-free"]),
        st.lists(metric, max_size=2).map(tuple),
        st.dictionaries(st.integers(0, 9), finite, max_size=2),
        st.lists(probability, max_size=3).map(tuple),
        st.dictionaries(texts, finite, max_size=2),
        st.lists(texts, max_size=2).map(tuple),
    )
    signature = Signature(tuple(draw(st.lists(st.tuples(texts, texts), max_size=3))))
    origin = draw(st.sampled_from(["original", "back-translation"]))
    return Bitext(target, source, origin, translations, beads, draw(scores), draw(flags_on(target)), signature)


def small_article() -> Bitext:
    """A small bitext with an n–m bead, both gaps, a moved bead, flags that cross and nest, and translations."""
    target = Document(
        "Un titre\n\nLe chat dort. Il rêve de l’été & de <souris>.\nMentions légales",
        (
            Segment("Un titre", 0, 8, Kind.HEADING, 0),
            Segment("Le chat dort.", 10, 23, Kind.SENTENCE, 1),
            Segment("Il rêve de l’été & de <souris>.", 24, 55, Kind.SENTENCE, 1),
            Segment("Mentions légales", 56, 72, Kind.BOILERPLATE, 2),
        ),
        "fr",
        "chat.fr.txt",
    )
    source = Document.from_lines(
        ["A title", "The cat sleeps and dreams of summer & mice.", "Photo: me"], "en", "cat.txt"
    )
    flags = (
        Flag("sense", "accuracy/mistranslation", Severity.MAJOR, 1, (3, 7), "why “chat”?", "minou", {"p": 0.5}, 0.75),
        Flag("style", "style", Severity.MINOR, 1, (0, 7), "around"),
        Flag("grammar", "fluency/grammar", Severity.CRITICAL, 1, (5, 12), "across"),
        Flag("omission", "accuracy/omission", Severity.NEUTRAL, 2, (2, 2), "here"),
    )
    beads = (
        Bead(range(0, 1), range(0, 1), 0.9, 0.99),
        Bead(range(1, 2), range(1, 3), 0.7, None, True, (("length", 0.2),)),
        Bead(range(2, 3), range(3, 3)),
        Bead(range(3, 3), range(3, 4)),
    )
    backs = tuple(
        Translation(t, -0.5) for t in ("A title", "The cat sleeps.", "It dreams of summer & <mice>.", "Legal")
    )
    return Bitext(target, source, "original", backs, beads, None, flags, Signature.of(version="1", model="m"))


def tmx(body: str, head: str = 'srclang="en"', before: str = "") -> str:
    """A TMX file as text."""
    header = f'<header creationtool="x" {head}/>'
    return f'<?xml version="1.0"?>{before}<tmx version="1.4">{header}<body>{body}</body></tmx>'


def unit(**texts: str) -> str:
    """A translation unit of it, by language."""
    return "<tu>" + "".join(f'<tuv xml:lang="{k}"><seg>{v}</seg></tuv>' for k, v in texts.items()) + "</tu>"
