"""Word sense: a French word that renders the wrong sense of the English word behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, prose
from bitext.flag.context import load
from bitext.flag.readings import Elsewhere, Reader, Reading, plain
from bitext.flag.words import words

__all__ = ["WordSense", "confirmed", "contrast"]

_AGAINST = -1.0  # most that the sentence or the original may speak against the other sense, though the rest is for it


class WordSense(Check):
    """A word whose English has another sense that fits better: *maman* where the English had *mum*, silent.

    For each French content word: the English behind it, the French words of its other senses, and how much better one
    of these fits the words around it: in the sentence, beside the neighbouring sentences, in the document (log-odds of
    continuous bag-of-words vectors, whose product is a pointwise mutual information; Levy and Goldberg 2014).

    With the original, the homograph must stand there; its French translations, from the lexicon and through its
    WordNet synonyms, are weighed against each other by their probabilities and both contexts, synonyms taken together.
    Headings, where the sense is lost most often, need less evidence. A model into French adds what forced decoding
    of the sentence with the one word and with the other says (after Vamvas and Sennrich 2021).

    Without the original, the homograph is guessed (lexicon and WordNet), and only a word that is a stranger in its own
    sentence is asked about; a back-translation confirms the guess or speaks against it.
    """

    name = "word-sense"
    title = "Wrong sense of the English word"
    category = "accuracy/mistranslation"
    severity = "major; critical in a heading"
    needs = ("lexicon", "word contexts")
    languages = ("fr",)
    defaults: ClassVar[Mapping[str, float]] = {
        "original": 9.5,  # score from which a flag is raised, with the original
        "heading": 5.5,  # and in a heading, where few words must do and the sense is lost most often
        "alone": 5.0,  # and without it
        "reach": 1.0,  # most that forced decoding adds or takes, with the original and a model
        "prior_alone": 0.03,
        "stranger": -1.0,  # without the original: best fit of a word that is asked about
    }

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        context = load()
        assert context is not None, "needs word contexts"
        from bitext.lexicon.senses import inventory

        reader = Reader(case.resources.lexicon, case.resources.senses or inventory(), context)
        texts = [[plain(w.text) for w in words(s.text, "fr")] if prose(s) else [] for s in case.target.segments]
        document = Elsewhere(context, texts)
        for i, s in enumerate(case.target.segments):
            if prose(s) and s.kind is not Kind.CAPTION:
                yield i, (reader, texts, document, i)

    def find(self, case: Case, unit: tuple[Reader, list[list[str]], Elsewhere, int]) -> Iterator[Flag]:
        reader, texts, document, i = unit
        segment = case.target.segments[i]
        near = [w for k in (i - 1, i + 1) if 0 <= k < len(texts) for w in texts[k]]
        pair = case.original_of(i)
        more: dict[Reading, float] = {}
        if pair is not None:
            against = "original"
            limit = self.threshold(case, "heading" if segment.kind is Kind.HEADING else "original")
            reach = self.threshold(case, "reach") if case.resources.forward is not None else 0.0
            found = [
                r
                for r in reader.paired(segment.text, near, pair.other, limit - reach)
                if min(r.evidence["sentence"], r.evidence["english"]) >= _AGAINST
            ]
            more = contrast(case, segment.text, pair.other, found, reach)
            found = [r for r in found if r.score + more.get(r, 0.0) >= limit]
        else:
            against = "text"
            limit = self.threshold(case, "alone")
            stranger, prior = self.threshold(case, "stranger"), self.threshold(case, "prior_alone")
            found = reader.alone(segment.text, near, document, stranger, prior)
            more = confirmed(case, reader, i, found)
            found = [r for r in found if r.score + more.get(r, 0.0) >= limit]
        for r in found:
            yield self.flag(
                (i, (r.word.start, r.word.end)),
                _message(r, against, [t for k, t in enumerate(texts) if k != i]),
                Severity.CRITICAL if segment.kind is Kind.HEADING else Severity.MAJOR,
                suggestion=r.said or r.other,
                strength=1 / (1 + math.exp(-(r.score + more.get(r, 0.0) - limit) / 2)),
                against=against,
                english=r.english,
                other=r.other,
                other_sense=r.gloss,
                score=round(r.score + more.get(r, 0.0), 2),
                log_odds={k: round(v, 2) for k, v in r.evidence.items()}
                | ({"model": round(more[r], 2)} if r in more else {}),
            )


def contrast(case: Case, text: str, source: str, found: Sequence[Reading], reach: float) -> dict[Reading, float]:
    """Half of what the sentence gains in log-probability, given its source, by the other word; within ± `reach`.

    Forced decoding of both sentences with the model into the language of the text; nothing without one.
    """
    forward = case.resources.forward
    if forward is None or not found:
        return {}
    swapped = [text[: r.word.start] + _like(r.word.text, r.other) + text[r.word.end :] for r in found]
    scored = forward.score([source] * (len(found) + 1), [text, *swapped])
    totals = [sum(t.token_logprobs) for t in scored]
    return {r: max(-reach, min(reach, (t - totals[0]) / 2)) for r, t in zip(found, totals[1:], strict=True)}


def confirmed(case: Case, reader: Reader, segment: int, found: Sequence[Reading]) -> dict[Reading, float]:
    """1 for a homograph that stands in the back-translation of the segment, -1 for one that does not.

    Nothing is said where there is no reliable back-translation, or where it has copied the French word.
    """
    back = case.back[segment] if case.bitext.origin != "original" or case.bitext.translations else None
    if back is None or not back.reliable or not back.text:
        return {}
    english = [w.lower for w in words(back.text, "en")]
    forms = {form for w in english for form in reader.forms(w)}
    return {r: 1.0 if r.english in forms else -1.0 for r in found if plain(r.word.text) not in english}


def _like(word: str, other: str) -> str:
    return other.capitalize() if word[0].isupper() else other


def _message(r: Reading, against: str, elsewhere: list[list[str]]) -> str:
    had = f"the original has “{r.english}”" if against == "original" else f"the English probably had “{r.english}”"
    sense = f" ({r.gloss})" if r.gloss else ""
    said = ""
    if r.said is not None:
        times = sum(t.count(r.said) for t in elsewhere)
        said = f"; the text elsewhere says “{r.said}”" + (f" {times} times" if times > 1 else "")
    return f"“{r.word.text}”: {had}, which also means “{r.other}”{sense}, and that fits better here{said}."
