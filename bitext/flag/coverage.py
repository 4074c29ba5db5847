"""Omission and addition: words of one side that nothing on the other side stands for."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from bitext.document import Bead, Flag, Kind, Severity
from bitext.flag.base import Case, Check, Pair, prose
from bitext.flag.conditioning import relief
from bitext.flag.words import STOP, Word, words

__all__ = ["Addition", "Omission", "uncovered"]


def uncovered(case: Case, pair: Pair) -> tuple[list[tuple[Word, float]], list[tuple[Word, float]]]:
    """Content words of the target and of the other side that have no partner, each with a weight.

    The weight is the share of the word's occurrences in the training corpus that have a partner (`Lexicon.linked`):
    *vaccine* is hardly ever left out, *actually* often is.
    """
    cache = case.memo.setdefault("uncovered", {})
    at = (pair.indices, pair.against)
    if at not in cache:
        cache[at] = _uncovered(case, pair)
    found: tuple[list[tuple[Word, float]], list[tuple[Word, float]]] = cache[at]
    return found


def _uncovered(case: Case, pair: Pair) -> tuple[list[tuple[Word, float]], list[tuple[Word, float]]]:
    lexicon = case.resources.lexicon
    mine, theirs = words(pair.text, case.lang), words(pair.other, case.other_lang)
    if case.lang == lexicon.source_lang:
        links = lexicon.align([_form(w) for w in mine], [_form(w) for w in theirs], threshold=0.05)
    else:
        back = lexicon.align([_form(w) for w in theirs], [_form(w) for w in mine], threshold=0.05)
        links = [(j, i, p) for i, j, p in back]
    covered_mine = {i for i, _, _ in links} | _by_sign(mine, pair.other)
    covered_theirs = {j for _, j, _ in links} | _by_sign(theirs, pair.text)
    weigh = functools.partial(_weight, lexicon)
    left = [(w, weigh(w, case.lang)) for i, w in enumerate(mine) if i not in covered_mine]
    right = [(w, weigh(w, case.other_lang)) for j, w in enumerate(theirs) if j not in covered_theirs]
    return left, right


_SIGNS = {  # what a sign is read as, in both languages
    "£": {"pound", "pounds", "sterling", "livre", "livres"},
    "$": {"dollar", "dollars"},
    "€": {"euro", "euros"},
    "%": {"per", "cent", "percent", "pour"},
    "°": {"degree", "degrees", "degré", "degrés"},
}


def _by_sign(found: list[Word], other: str) -> set[int]:
    """The words that a sign on the other side stands for."""
    read = {name for sign, names in _SIGNS.items() if sign in other for name in names}
    return {i for i, w in enumerate(found) if w.lower in read}


def _form(w: Word) -> str:
    return w.lower.replace("œ", "oe").replace("æ", "ae")


def _weight(lexicon: Any, w: Word, lang: str) -> float:
    if w.lower in STOP or len(w.text) < 3:
        return 0.0
    known = lexicon.linked(_form(w), lang)
    return float(known) if known else 0.6 if w.text.isalpha() else 0.3


def _runs(found: list[Word], loose: list[tuple[Word, float]], bridge: bool = False) -> list[tuple[list[Word], float]]:
    """Stretches of loose words, function words between them included, with the sum of their weights.

    `bridge`: a single word with a partner, perhaps a chance one, does not end a stretch that goes on behind it.
    """
    weight = {w.start: x for w, x in loose}
    if bridge:
        meant = [w for w in found if w.start in weight or w.lower not in STOP]
        for before, between, after in zip(meant, meant[1:], meant[2:], strict=False):
            if between.start not in weight and before.start in weight and after.start in weight:
                weight[between.start] = 0.0
    runs: list[tuple[list[Word], float]] = []
    run: list[Word] = []
    total = 0.0
    for w in [*found, None]:
        if w is not None and (w.start in weight or (run and w.lower in STOP)):
            run.append(w)
            total += weight.get(w.start, 0.0)
            continue
        while run and weight.get(run[-1].start, 0.0) == 0:
            run.pop()
        while run and weight.get(run[0].start, 0.0) == 0:
            run.pop(0)
        if run:
            runs.append((run, total))
        run, total = [], 0.0
    return runs


_LIMITS = {
    "weight": 2.2,  # excess from which words are flagged
    "weight_short": 1.5,  # and where the other side is too short to hold them
    "weight_asked": 1.5,  # and where a model finds the other side more probable without them
    "veto": -3.0,  # log-probability that the other side may lose without them
}


_RATIO = 1.17  # characters of French for one of English
_SHORT = 0.78  # share of the expected length below which a translation lacks something


def _short(lacking: int, having: int, lang: str) -> bool:
    """Whether a translation into `lang` has too few characters for its original; French is longer than English."""
    ratio = _RATIO if lang == "fr" else 1 / _RATIO
    return lacking < _SHORT * ratio * having


def _said(gain: float | None) -> dict[str, Any]:
    return {} if gain is None else {"gained_without": round(gain, 2)}


def _loose(check: Check, case: Case, pair: Pair, *, there: bool) -> Iterator[tuple[list[Word], float, float | None]]:
    """Stretches of one side that are flagged: words, how far their weight exceeds what the other side has left over,
    and what a model says of leaving them out, if there is one.

    Without a model the excess must reach `weight`, or `weight_short` where the translation is too short. With one,
    `weight_asked` is enough if leaving the words out makes
    the other side more probable, and nothing is enough if it makes it less so by `veto`, unless the translation is too
    short.
    """
    mine, theirs = uncovered(case, pair)
    if not there:
        mine, theirs = theirs, mine
    # `mine` is left over on the side that lacks the words, `theirs` on the one that has them
    text, lang = (pair.other, case.other_lang) if there else (pair.text, case.lang)
    lacking = pair.text if there else pair.other
    found = words(text, lang)
    slack = sum(x for _, x in mine)  # what the other side has left over may be its free version
    sure, asked = check.threshold(case, "weight"), check.threshold(case, "weight_asked")
    short = there and _short(len(lacking), len(text), case.lang)
    runs = []
    for run, total in _runs(found, theirs, bridge=short):
        if short:  # what else is left over here is what the other side says freely
            sure = check.threshold(case, "weight_short")
            slack = max(
                0.0, sum(x for _, x in mine) - sum(x for w, x in theirs if not run[0].start <= w.start < run[-1].end)
            )
        if (excess := total - 0.7 * slack) >= min(sure, asked):
            runs.append((run, excess))
    gains = relief(case, pair, [(run[0].start, run[-1].end) for run, _ in runs], there=there)
    for k, (run, excess) in enumerate(runs):
        gain = gains[k] if gains is not None else None
        if (excess >= sure and (short or gain is None or gain > check.threshold(case, "veto"))) or (
            gain is not None and gain > 0
        ):
            yield run, excess, gain


class Addition(Check):
    """Words of the translation that nothing in the original stands for.

    Both sides are linked word by word (posteriors of a lexicon learnt from parallel text, both directions). A stretch
    of words without a partner is flagged if the sum of their weights reaches `weight`; a word's weight is how seldom
    the corpus leaves it without one. A model back into the language of the original is asked whether the original
    becomes more probable without them (coverage conditioning; Vamvas and Sennrich 2022): if it does, less weight is
    enough; if it becomes much less probable, they are left alone.
    """

    name = "addition"
    title = "Words added"
    category = "accuracy/addition"
    severity = "minor; major from twice the threshold"
    needs = ("original", "lexicon")
    scope = "original"
    defaults: ClassVar[Mapping[str, float]] = _LIMITS

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        limit = self.threshold(case, "weight")
        for run, excess, gain in _loose(self, case, unit, there=False):
            yield self.flag(
                unit.locate(run[0].start, run[-1].end),
                f"Nothing in the original stands for “{unit.text[run[0].start : run[-1].end]}”.",
                Severity.MAJOR if excess >= 2 * limit else Severity.MINOR,
                strength=min(1.0, excess / (3 * limit)),
                against="original",
                excess=round(excess, 2),
                **_said(gain),
            )


class Omission(Check):
    """Words or whole sentences of the original that nothing in the translation stands for.

    Words: decides as `addition` does, with the sides and the models exchanged; in a translation that is too short for
    its original a lower sum, `weight_short`, is enough. The words are missing, so the span is
    the whole segment.

    Sentences: what the alignment leaves without a counterpart, unless it is of the page (boilerplate) or without words.
    The span is empty and stands where the sentence should: at the end of the segment before it.
    """

    name = "omission"
    title = "Words or sentences of the original left out"
    category = "accuracy/omission"
    severity = "minor; major from twice the threshold and for a whole sentence"
    needs = ("original", "lexicon")
    scope = "original"
    defaults: ClassVar[Mapping[str, float]] = _LIMITS

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        yield from super().units(case)
        for bead in case.bitext.beads if case.has_original else ():
            if bead.source and not bead.target and not bead.moved:
                yield max(0, bead.target.start - 1), bead

    def find(self, case: Case, unit: Pair | Bead) -> Iterator[Flag]:
        if isinstance(unit, Bead):
            yield from self._sentence(case, unit)
            return
        limit = self.threshold(case, "weight")
        for run, excess, gain in _loose(self, case, unit, there=True):
            said = unit.other[run[0].start : run[-1].end]
            yield self.flag(
                unit.locate(0, len(unit.text)),
                f"Nothing in the translation stands for “{said}”.",
                Severity.MAJOR if excess >= 2 * limit else Severity.MINOR,
                strength=min(1.0, excess / (3 * limit)),
                against="original",
                missing=said,
                excess=round(excess, 2),
                **_said(gain),
            )

    def _sentence(self, case: Case, bead: Bead) -> Iterator[Flag]:
        """A bead without a target side."""
        source, target = case.bitext.source, case.target
        lost = [s for s in (source.segments[i] for i in bead.source) if prose(s)] if source is not None else []
        said = " ".join(s.text for s in lost)
        weight = sum(_weight(case.resources.lexicon, w, case.other_lang) for w in words(said, case.other_lang))
        if weight < 1.0 or not target.segments:
            return
        before = bead.target.start - 1
        place = (before, (len(target.segments[before].text),) * 2) if before >= 0 else (0, (0, 0))
        what = "A caption" if lost[0].kind is Kind.CAPTION else "A sentence" if len(lost) == 1 else "Sentences"
        yield self.flag(
            place,
            f"{what} of the original {'is' if len(lost) == 1 else 'are'} missing here: “{said}”.",
            Severity.MAJOR,
            strength=min(1.0, 0.5 + weight / 20),
            against="original",
            missing=said,
            source_segments=list(bead.source),
            weight=round(weight, 2),
        )


def loose_words(case: Case, pair: Pair) -> tuple[list[tuple[int, int]], list[tuple[int, int]], float]:
    """Spans of the words without a partner on the target and on the other side, and the sum of their weights."""
    mine, theirs = uncovered(case, pair)
    here, there = sum(x for _, x in mine), sum(x for _, x in theirs)
    spans = [
        [(w.start, w.end) for run, total in _runs(words(text, lang), loose) if total - 0.5 * slack >= 1.0 for w in run]
        for text, lang, loose, slack in (
            (pair.text, case.lang, mine, there),
            (pair.other, case.other_lang, theirs, here),
        )
    ]
    return spans[0], spans[1], here + there
