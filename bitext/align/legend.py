"""What the names of a bead's evidence mean, in plain words."""

from __future__ import annotations

__all__ = ["LEGEND"]

LEGEND = {
    "shape": "how many segments it joins: one and one is usual, many are rare, above all scraps of a few letters",
    "translation": "its sides are alike once translated",
    "lexicon": "the dictionary finds one side's words in the other",
    "vectors": "its sides mean the same to the encoder",
    "form": "names and words that look alike in both languages",
    "numbers": "numbers in digits, the same or different",
    "length": "one side is longer or shorter than translations are",
    "punctuation": "question marks, colons, quotes and the like, the same or different; brackets left open, cut short",
    "case": "capitals, the same or different",
    "paragraph": "paragraphs and headings begin in both texts, or in one",
    "null": "what is odd about a segment without a partner, or not: that others beside it have none",
    "cohesion": "it could not be cut in two without losing what its sides have in common",
    "fit": "its sides have less in common than partners usually have",
    "leak": "its sides are also like the segments next to them, which a larger bead would keep",
    "cover": "words that the other side explains, that only a neighbour explains, or that nothing does",
}
"""By the name that `Bead.evidence` uses: each value adds to the bead's score, or takes from it."""
