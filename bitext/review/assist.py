"""What the stages do for a reviewer: similarity of mended beads, alignment of the rest, other translations.

Models, lexicon and aligner are loaded when they are first asked for, and never while the review's lock is held.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bitext.document import Bitext, Translation
from bitext.errors import BitextError
from bitext.report import view
from bitext.review.actions import Refused, Similarity
from bitext.review.scores import ChrF
from bitext.review.state import State
from bitext.score.bitexts import EXCLUDED

__all__ = ["Alternative", "Assist"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A translation to choose from, and the settings that made it."""

    how: str
    translation: Translation


class Assist:
    """The stages as a reviewer needs them.

    Args:
        base: the bitext as it was read.
        model: for back-translations; by default the one that the file's signature names.
    """

    def __init__(self, base: Bitext, model: str | None = None) -> None:
        self.base = base
        self.chrf = ChrF()
        known = dict(base.signature.entries)
        other = base.source.lang if base.source is not None else "en"
        pair = f"{base.target.lang or 'fr'}-{other or 'en'}"
        self.models = [m for m in (model, known.get("mt"), pair) if m]
        if model is not None:
            self.models = [model]
        self._lock = threading.Lock()
        self._translator: Any = None
        self._forward: Any = None
        self._offered: dict[str, list[Alternative]] = {}
        self._lexicon: tuple[Any] | None = None
        self._lexicon_lock = threading.Lock()  # words are asked for in passing: they do not wait for translations

    # --- scores ----------------------------------------------------------------------------------

    def pair(self, state: State, source: range, target: range) -> tuple[str, str] | None:
        """(back-translation, source) of a bead without boilerplate and separators; None if a side has nothing."""
        if self.base.source is None or self.base.origin == "back-translation":
            return None
        s = [i for i in source if self.base.source.segments[i].kind not in EXCLUDED]
        t = [j for j in target if self.base.target.segments[j].kind not in EXCLUDED]
        backs = [b.text for j in t if (b := state.translation(j)) is not None]
        if not s or not t or len(backs) < len(t):
            return None
        return " ".join(backs), " ".join(self.base.source.segments[i].text for i in s)

    def similarity(self, state: State) -> Similarity:
        """Sentence chrF of the back-translation against source segments."""

        def of(source: range, target: range) -> float | None:
            pair = self.pair(state, source, target)
            return None if pair is None else self.chrf.of(*pair)

        return of

    def bead_chrf(self, state: State, key: str) -> float | None:
        """The chrF of a bead: the file's as long as bead and back-translation are, else counted now."""
        cell, bead = state.cells[key], state.bead(key)
        if "chrf" in cell and not any(f"back:{j}" in state.cells for j in bead.target):
            return float(cell["chrf"])
        return self.similarity(state)(bead.source, bead.target)

    def document_pairs(self, state: State) -> list[tuple[str, str]]:
        """(back-translation, source) of every bead that is scored; their `chrf.total` is the document's chrF."""
        beads = [state.bead(key) for key in state.order()]
        return [p for b in beads if (p := self.pair(state, b.source, b.target)) is not None]

    # --- alignment -------------------------------------------------------------------------------

    def lexicon(self) -> Any:
        """The shipped lexicon of the two languages, or None."""
        with self._lexicon_lock:
            if self._lexicon is None:
                from bitext import pipeline

                source = self.base.source.lang if self.base.source is not None else "en"
                self._lexicon = (pipeline.load_lexicon(source or "en", self.base.target.lang or "fr"),)
            return self._lexicon[0]

    # --- translations ----------------------------------------------------------------------------

    def alternatives(self, text: str, n: int = 5) -> list[Alternative]:
        """Back-translations of a target text: the n best of beam search, the model's choice first.

        Raises:
            BitextError: no model can be loaded.
        """
        with self._lock:
            if text not in self._offered:
                self._offered[text] = self._translate(text, n)
            return self._offered[text]

    def chosen(self, text: str, choice: Any) -> dict[str, Any]:
        """The values of an alternative that was offered for `text`.

        Raises:
            Refused: it was not.
        """
        offered = self._offered.get(text, [])
        if isinstance(choice, bool) or not isinstance(choice, int) or not 0 <= choice < len(offered):
            raise Refused("This translation is not on offer any more; ask for them again.")
        found = asdict(offered[choice].translation)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in found.items() if v not in ((), None)}

    def _translate(self, text: str, n: int) -> list[Alternative]:
        if self._translator is None:
            self._translator = self._load()
        found = _best(self._translator, text, n)
        return [
            Alternative(f"{_nth(k)}, {view.percent(math.exp(min(t.score, 0)))} a token", t) for k, t in enumerate(found)
        ]

    def _load(self) -> Any:
        """The translator of the file's model, or of its languages."""
        from bitext import pipeline

        for k, model in enumerate(self.models):
            try:
                return pipeline.load_translator(model)
            except BitextError:
                if k + 1 == len(self.models):
                    raise
        raise BitextError("no model for these languages is known", mend="name one with --model")

    def forward(self, text: str, n: int = 3) -> list[str]:
        """How a model of the other direction would translate source text, its `n` best, if one is shipped."""
        with self._lock:
            if self._forward is None:
                from bitext import pipeline

                other = self.base.source.lang if self.base.source is not None else "en"
                self._forward = pipeline.load_forward(other or "en", self.base.target.lang or "fr") or False
            return [t.text for t in _best(self._forward, text, n)] if self._forward else []

    def warm(self) -> None:
        """Load what the first action of its kind would wait for: the lexicon, the metric, the flag checks' names."""
        from bitext.flag import checks

        checks()
        self.links(("a", "a", "a"))
        if self.base.source is not None:
            self.chrf.of("a", "a")

    # --- words -----------------------------------------------------------------------------------

    def links(self, texts: tuple[str, str, str]) -> list[Any]:
        """Words that correspond in (target, source, back-translation); see `bitext.links.text_links`."""
        from bitext.links import text_links

        lexicon = self.lexicon()
        source = self.base.source.lang if self.base.source is not None else "en"
        langs = source or "en", self.base.target.lang or "fr"
        if lexicon is None or {lexicon.source_lang, lexicon.target_lang} != set(langs):
            return []
        return text_links(*texts, lexicon, langs)


def _best(translator: Any, text: str, n: int) -> Sequence[Translation]:
    """The n best that beam search gives; of a translator that gives one, that one."""
    alternatives = getattr(translator, "alternatives", None)
    found: Sequence[Translation] = alternatives(text, n) if callable(alternatives) else translator.translate([text])
    return found


def _nth(k: int) -> str:
    return ("the model's choice", "2nd best", "3rd best")[k] if k < 3 else f"{k + 1}th best"
