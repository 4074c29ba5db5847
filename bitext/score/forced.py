"""What models say of a translation that is there already: forced decoding, once for each pair of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bitext.document import Bitext, Translation
from bitext.errors import BitextError
from bitext.score.bitexts import EXCLUDED

__all__ = ["Scorer", "check_lengths", "model_scores"]


class Scorer(Protocol):
    """The part of a translator that is wanted here."""

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]: ...


def model_scores(
    bitext: Bitext, *, forward: Scorer | None = None, back: Scorer | None = None
) -> dict[str, list[Translation]]:
    """The model scores that `score_bitext` takes, by forced decoding; one a target segment.

    With an original, the texts of a bead are scored as a whole and each of its target segments gets that score;
    a segment without a counterpart gets an empty one. Without an original, each segment is scored given its
    back-translation.

    Args:
        forward: translates from the original's language into the target's: gives `forward`.
        back: translates the other way: gives `reverse`, with an original only.
    """
    n = len(bitext.target)
    with_original = bitext.source is not None and bitext.origin != "back-translation"
    pairs = [("", "")] * n
    if bitext.translations and not with_original:
        pairs = [(t.text, s.text) for t, s in zip(bitext.translations, bitext.target, strict=True)]
    if with_original:
        for bead in bitext.beads:
            if bead.source and bead.target:
                for i in bead.target:
                    pairs[i] = (bitext.source_text(bead), bitext.target_text(bead))
    scored = [i for i in range(n) if pairs[i][0].strip() and bitext.target.segments[i].kind not in EXCLUDED]
    unique = list(dict.fromkeys(pairs[i] for i in scored))
    found: dict[str, list[Translation]] = {}
    if forward is not None:
        by_pair = dict(zip(unique, forward.score([s for s, _ in unique], [t for _, t in unique]), strict=True))
        found["forward"] = [by_pair.get(p, Translation("")) for p in pairs]
    if back is not None and with_original:
        by_pair = dict(zip(unique, back.score([t for _, t in unique], [s for s, _ in unique]), strict=True))
        found["reverse"] = [by_pair.get(p, Translation("")) for p in pairs]
    return found


def check_lengths(bitext: Bitext, **scores: Sequence[Translation] | None) -> None:
    """See that there is one model score a target segment.

    Raises:
        BitextError: there are more or fewer.
    """
    for name, values in scores.items():
        if values is not None and len(values) != len(bitext.target):
            raise BitextError(f"{len(values)} {name} scores for {len(bitext.target)} segments")
