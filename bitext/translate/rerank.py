"""Choose among the n best translations by how well a model of the other direction gets the source back from each.

Noisy-channel reranking (Yee, Dauphin and Auli 2019, "Simple and effective noisy channel modeling for neural
machine translation"), without their language model. What a translation leaves out, the other direction finds
improbable: of all weaknesses of small models it mends the loss of clauses best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bitext.translate.translator import MarianTranslator

__all__ = ["WIDTH", "Channel"]

WIDTH = 8
"""The n of the n best, and the beam that finds them; `bench/mt.py --beam` compares."""

_WEIGHT = 0.5  # of the reverse model; BLEU hardly moves between 0.3 and 1


class Channel:
    """A model of the other direction that says which of several translations accounts best for the source.

    Args:
        name: its name and hash, for the signature.
        load: gives the translator; called when it is needed for the first time.
    """

    def __init__(self, name: str, load: Callable[[], MarianTranslator]) -> None:
        self.name, self._load = name, load

    @cached_property
    def _reverse(self) -> MarianTranslator:
        return self._load()

    def choose(self, sources: Sequence[str], candidates: Sequence[Sequence[tuple[str, float]]]) -> list[int]:
        """The place of the best candidate of each source.

        Args:
            sources: texts.
            candidates: of each, one or more translations with the mean log-probability of their tokens.
        """
        texts = [text for found in candidates for text, _ in found]
        given = [source for source, found in zip(sources, candidates, strict=True) for _ in found]
        back = iter(self._reverse.score(texts, given))
        chosen = []
        for found in candidates:
            totals = [score + _WEIGHT * next(back).score for _, score in found]
            chosen.append(max(range(len(totals)), key=totals.__getitem__))
        return chosen
