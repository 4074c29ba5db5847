"""What belongs to the page and not to the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check

__all__ = ["Boilerplate"]

_CUES = re.compile(
    r"newsletter|abonne[zr]|inscri(?:vez|re|viez)|partage[zr]|suivez[- ]nous|cliquez|lire (?:la suite|"
    r"l['’]article|aussi)|"
    r"votre soutien|faire un don|dons?\b|paypal|publicité|annonceurs?|cookies?|tous droits réservés|commentaires?\b|"
    r"subscribe|sign up|share this|follow us|click here|read more|donate|advertis|all rights reserved|facebook|twitter",
    re.I,
)


class Boilerplate(Check):
    """Lines of the page: appeals, newsletter, share buttons, links to the original.

    Takes the segmenter's word for it; besides, a last paragraph with two or more different cues (*newsletter*,
    *Paypal*) is suspected. Boilerplate is left out of the scores and never deleted, so the flag is neutral.
    """

    name = "boilerplate"
    title = "Boilerplate of the page"
    category = "other/boilerplate"
    severity = "neutral; minor where only suspected"

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        for i, s in enumerate(case.target.segments):
            if s.kind is not Kind.SEPARATOR:
                yield i, i

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        segment = case.target.segments[unit]
        cues = sorted({m.group().lower() for m in _CUES.finditer(segment.text)})
        if segment.kind is Kind.BOILERPLATE:
            yield self.flag(
                (unit, (0, len(segment.text))),
                "Belongs to the page, not to the article: left out of the scores.",
                Severity.NEUTRAL,
                cues=cues,
            )
        elif len(cues) >= 2 and unit >= 0.7 * len(case.target) and segment.kind is Kind.SENTENCE:
            yield self.flag(
                (unit, (0, len(segment.text))),
                f"Perhaps boilerplate of the page: {', '.join(cues)}.",
                Severity.MINOR,
                cues=cues,
            )
