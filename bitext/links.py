"""Which words of a bead correspond: original, translation and back-translation, linked by the lexicon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitext.document import Bead, Bitext

if TYPE_CHECKING:
    from bitext.lexicon import Lexicon
    from bitext.lexicon.tokens import Token

__all__ = ["Link", "Span", "text_links", "word_links"]

Span = tuple[int, int]
Link = tuple[Span | None, Span | None, Span | None]
"""Source, target and back-translation spans of one target word, in characters of the bead's joined texts."""

_LONG = 2000  # characters; the posteriors of a sentence pair take memory in the product of its lengths


def word_links(bitext: Bitext, lexicon: Lexicon) -> dict[int, list[Link]]:
    """Links by bead index, one a target word that has a partner on either side."""
    languages = {lexicon.source_lang, lexicon.target_lang}
    if bitext.source is None or {bitext.source.lang, bitext.target.lang} != languages:
        return {}
    found: dict[int, list[Link]] = {}
    constructed = bitext.origin == "back-translation"
    for i, bead in enumerate(bitext.beads):
        if _counted(bitext, bead):
            source, back = bitext.source_text(bead), bitext.back_text(bead)
            links = text_links(
                bitext.target_text(bead),
                back if constructed else source,  # the source column shows the back-translation
                back,
                lexicon,
                (bitext.source.lang, bitext.target.lang),
            )
            if links:
                found[i] = links
    return found


def text_links(target: str, source: str, back: str, lexicon: Lexicon, langs: tuple[str, str]) -> list[Link]:
    """The links of one bead's texts; `langs` are those of source and target. None if a text is very long."""
    from bitext.lexicon.tokens import tokens

    if not target or max(len(target), len(source), len(back)) > _LONG:
        return []
    here = tokens(target, langs[1])
    to_source = _partners(here, source, lexicon, langs)
    to_back = to_source if source == back else _partners(here, back, lexicon, langs)
    return [(to_source.get(s), s, to_back.get(s)) for s in sorted({*to_source, *to_back})]


def _counted(bitext: Bitext, bead: Bead) -> bool:
    return any(c.isalpha() for i in bead.target for c in bitext.target.segments[i].text)


def _partners(here: list[Token], other: str, lexicon: Lexicon, langs: tuple[str, str]) -> dict[Span, Span]:
    """The best partner in `other` of each linked word of the target."""
    from bitext.lexicon.tokens import tokens

    if not other:
        return {}
    there = tokens(other, langs[0])
    words = [t.text for t in here], [t.text for t in there]
    if lexicon.source_lang == langs[1]:
        pairs = lexicon.align(*words)
    else:
        pairs = [(j, i, p) for i, j, p in lexicon.align(words[1], words[0])]
    best: dict[int, tuple[float, int]] = {}
    for i, j, p in pairs:
        best[i] = max(best.get(i, (0.0, 0)), (p, j))
    return {(here[i].start, here[i].end): (there[j].start, there[j].end) for i, (_, j) in best.items()}
