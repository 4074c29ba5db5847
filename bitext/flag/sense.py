"""Word sense: a French word that renders the wrong sense of the English word behind it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, prose
from bitext.flag.context import load
from bitext.flag.homographs import Judge, stem
from bitext.flag.neighbours import load as neighbours
from bitext.flag.readings import Elsewhere, Reader, Reading, plain
from bitext.flag.verdicts import Sentence, Verdict, alone, paired
from bitext.flag.words import Word, words
from bitext.lexicon.homographs import plural

__all__ = ["WordSense", "confirmed", "contrast"]

_LONG = 5_000  # characters; what is longer is no sentence, and time goes with the square of its length
_AGAINST = -1.0  # most that the sentence or the original may speak against the other sense, though the rest is for it


class WordSense(Check):
    """A word whose English has another sense that fits better: *maman* where the English had *mum*, silent.

    For each French content word: the English behind it, the French words of its other senses, and how much better one
    of these fits the words around it: in the sentence, beside the neighbouring sentences, in the document (log-odds of
    continuous bag-of-words vectors, whose product is a pointwise mutual information; Levy and Goldberg 2014).

    First a table of homographs whose senses and French words are all known (`bitext.lexicon.homographs`): besides the
    words around, it weighs the words that like to stand around each sense, those right beside the homograph in the
    original (`bitext.flag.neighbours`), the part of speech that the original wants and how usual each sense is, with
    weights learnt on news in which one sense was put for another (the idea of Gale, Church and Yarowsky 1992). What
    the table does not hold is guessed, and needs more evidence:

    With the original, the homograph must stand there; its French translations, from the lexicon and through its
    WordNet synonyms, are weighed against each other by their probabilities and both contexts, synonyms taken together.
    Without it, the homograph is guessed (lexicon and WordNet), and only a word that is a stranger in its own sentence
    is asked about.

    Segments of more than 5,000 characters are not looked at. Headings, where the sense is lost most often, need less
    evidence. To a guess, a model into French adds what forced
    decoding of the sentence with the one word and with the other says (after Vamvas and Sennrich 2021), and a
    back-translation confirms it or speaks against it; of homographs of the table small models are no judges.
    """

    name = "word-sense"
    title = "Wrong sense of the English word"
    category = "accuracy/mistranslation"
    severity = "major; critical in a heading"
    needs = ("lexicon", "word contexts")
    languages = ("fr",)
    defaults: ClassVar[Mapping[str, float]] = {
        "known": 2.3,  # score from which a flag is raised on a homograph of the table, with the original
        "known_heading": 0.7,  # and in a heading, where few words must do and the sense is lost most often
        "known_alone": 3.2,  # and without the original
        "known_alone_heading": 1.8,
        "original": 16.0,  # on any other word, with the original
        "heading": 9.0,
        "alone": 8.0,  # and without it
        "reach": 1.0,  # most that forced decoding adds or takes, with the original and a model
        "prior_alone": 0.03,
        "stranger": -3.0,  # without the original: best fit of a word that is asked about
    }

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        context = load()
        assert context is not None, "needs word contexts"
        from bitext.lexicon.homographs import homographs
        from bitext.lexicon.senses import inventory

        reader = Reader(case.resources.lexicon, case.resources.senses or inventory(), context)
        judge = Judge(homographs(), case.resources.lexicon, context, neighbours())
        texts = [[plain(w.text) for w in words(s.text, "fr")] if prose(s) else [] for s in case.target.segments]
        document = Elsewhere(context, texts)
        stems = Counter(stem(w) for t in texts for w in t)
        for i, s in enumerate(case.target.segments):
            if prose(s) and s.kind is not Kind.CAPTION and len(s.text) <= _LONG:
                yield i, _Unit(reader, judge, texts, document, stems, i)

    def find(self, case: Case, unit: _Unit) -> Iterator[Flag]:
        i = unit.segment
        segment = case.target.segments[i]
        heading = segment.kind is Kind.HEADING
        pair = case.original_of(i)
        known, places = unit.known(segment.text, pair.other if pair is not None else None, heading)
        more: dict[Reading, float] = {}
        if pair is not None:
            limits = [
                self.threshold(case, n) for n in (("known_heading", "heading") if heading else ("known", "original"))
            ]
            reach = self.threshold(case, "reach") if case.resources.forward is not None else 0.0
            guessed = [
                r
                for r in unit.reader.paired(segment.text, unit.near, pair.other, limits[1] - reach)
                if min(r.evidence["sentence"], r.evidence["english"]) >= _AGAINST
            ]
            guessed = [r for r in guessed if r.word.start not in places]
            more = contrast(case, segment.text, pair.other, guessed, reach)
        else:
            limits = [self.threshold(case, n) for n in ("known_alone_heading" if heading else "known_alone", "alone")]
            stranger, prior = self.threshold(case, "stranger"), self.threshold(case, "prior_alone")
            guessed = unit.reader.alone(segment.text, unit.near, unit.document, stranger, prior)
            guessed = [r for r in guessed if not any(r.word.start == k.word.start for k in known)]
            more = confirmed(case, unit.reader, i, guessed)
        for listed, limit in zip((known, guessed), limits, strict=True):
            for r in listed:
                if r.score + more.get(r, 0.0) >= limit:
                    yield self._flagged(unit, r, more.get(r), limit, heading, "text" if pair is None else "original")

    def _flagged(self, unit: _Unit, r: Reading, model: float | None, limit: float, heading: bool, against: str) -> Flag:
        score = r.score + (model or 0.0)
        return self.flag(
            (unit.segment, (r.word.start, r.word.end)),
            _message(r, against, [t for k, t in enumerate(unit.texts) if k != unit.segment]),
            Severity.CRITICAL if heading else Severity.MAJOR,
            suggestion=r.wording or r.said or r.other,
            strength=1 / (1 + math.exp(-(score - limit) / 2)),
            against=against,
            english=r.english,
            other=r.other,
            other_sense=r.gloss,
            score=round(score, 2),
            log_odds={k: round(v, 2) for k, v in r.evidence.items()}
            | ({"model": round(model, 2)} if model is not None else {}),
        )


@dataclass(frozen=True)
class _Rest:
    """The stems of a document that stand in other segments than the one whose stems are `own`."""

    stems: Counter[str]
    own: Counter[str]

    def __contains__(self, stem: object) -> bool:
        return self.stems.get(stem, 0) > self.own.get(stem, 0)  # type: ignore[call-overload]


@dataclass(frozen=True)
class _Unit:
    """A segment, and what was worked out for the whole document."""

    reader: Reader
    judge: Judge
    texts: list[list[str]]
    document: Elsewhere
    stems: Counter[str]
    segment: int

    @property
    def near(self) -> list[str]:
        i = self.segment
        return [w for k in (i - 1, i + 1) if 0 <= k < len(self.texts) for w in self.texts[k]]

    def known(self, text: str, original: str | None, heading: bool = False) -> tuple[list[Reading], set[int]]:
        """The readings of homographs of the table, and where the words begin of which it says all that can be said."""
        rest = _Rest(self.stems, Counter(stem(w) for w in self.texts[self.segment]))
        sentence = Sentence(text, self.near, original or "", self.reader.forms, self.judge.table, rest)
        places: set[int] = set()
        if original is None:
            verdicts = alone(self.judge, sentence)
        else:
            verdicts, known = paired(self.judge, sentence, self.reader.senses, heading)
            places = {sentence.words[k].start for k in known}
        here = self.document.only(sentence.plain)
        return [self._reading(text, v, here) for v in verdicts], places

    def _reading(self, text: str, v: Verdict, here: frozenset[str]) -> Reading:
        word = Word(text[v.start : v.end], v.start, v.end)
        behind = re.match(
            r"\s+(?:du|des|de|d['’])\b", text[v.end :]
        )  # *muet du Conseil*: the preposition would be wrong

        terms = list(v.french)
        said = next(((t, x) for t in terms if (x := self.document.said(plain(t), here)) is not None), None)
        term, wording = said or (terms[0], terms[0])
        if v.pos == "n" and " " not in wording and _plural(word.text) and not _plural(v.own):
            wording = plural(wording)
        if behind and term in v.governs:
            wording += " " + v.governs[term]
        others = ", ".join(t for t in terms[1:4] if said is None or t != said[1])
        return Reading(
            word, v.english, terms[0], v.score, v.features, said and said[1], others, _like(word.text, wording)
        )


def _plural(word: str) -> bool:
    return word.lower().endswith(("s", "x"))


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
