"""`segment`: from a text to a `Document` of segments with exact offsets.

Lines and wraps (`layout`), then sentences (`sentences`), then what each unit is on the page (`kinds`).
"""

from __future__ import annotations

from bitext.document import Document, Segment
from bitext.segment.kinds import kinds
from bitext.segment.layout import units
from bitext.segment.sentences import split_sentences

__all__ = ["VERSION", "segment"]

VERSION = "bitext-rules-1"
"""Name and version of the rules, for the `Signature`; it changes whenever segments may change."""


def segment(text: str, lang: str = "fr", name: str = "") -> Document:
    """Split a text into segments; nothing but white space lies between them.

    Args:
        text: any text, also an empty one; line ends of any sort.
        lang: its language (`fr`, `en`, `de` have abbreviations of their own; others get a common set).
        name: what the document is called, such as its file name.

    Returns:
        A document whose segments are in order and hold no surrounding white space. A segment of a
        hard-wrapped text can hold line ends. `paragraph` counts blocks between blank lines, or lines in
        a text that has no blank lines.
    """
    stretches = units(text)
    bodies = [text[u.start : u.end] for u in stretches]
    spans = [split_sentences(body, lang) for body in bodies]
    found = kinds(bodies, [len(s) <= 1 for s in spans])
    segments = tuple(
        Segment(body[a:b], unit.start + a, unit.start + b, kind, unit.paragraph)
        for unit, body, sentences, kind in zip(stretches, bodies, spans, found, strict=True)
        for a, b in sentences
    )
    return Document(text, segments, lang, name)
