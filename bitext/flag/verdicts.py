"""Verdicts on homographs: the French terms of a sentence that render another sense than the one that fits.

With the original the homograph stands there (`paired`); without it the table says which homographs a French term may
render (`alone`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitext.flag.homographs import ROOT, Evidence, Judge, content, expressed, plain, stem
from bitext.flag.words import STOP
from bitext.flag.words import words as split
from bitext.lexicon.homographs import Homograph, Homographs, Match

__all__ = ["Sentence", "Verdict", "alone", "paired", "score"]

PHRASE = 4.0  # log-odds of a fixed phrase that was translated word by word


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A French term, the homograph that it renders, and the sense that fits better than its own.

    Attributes:
        start, end: the term's place in the text, in characters.
        english: the homograph.
        french: words for the other sense, the most usual first.
        own: a word for the sense that is expressed.
        score: log-odds that the other sense was meant, uncalibrated.
        features: what the score is made of.
        pos: part of speech of the other sense.
        governs: the preposition that a word for the other sense takes.
    """

    start: int
    end: int
    english: str
    french: tuple[str, ...]
    own: str
    score: float
    features: Mapping[str, float]
    pos: str = "n"
    governs: Mapping[str, str] = field(default_factory=dict)


class Sentence:
    """A French sentence and, if there is one, its original, as the judge wants them."""

    def __init__(
        self, text: str, near: Sequence[str], other: str, forms: Any, table: Homographs, document: Container[str] = ()
    ) -> None:
        self.words = split(text, "fr")
        self.plain = [plain(w.text) for w in self.words]
        self.near, self.document = list(near), document
        self.matches = table.in_french(self.plain)
        self.english = [w.lower for w in split(other, "en")]
        self.forms = [forms(w) for w in self.english]

    def rest(self, hidden: Iterable[Match]) -> list[str]:
        """The words of the sentence but for those of the matches."""
        gone = {k for m in hidden for k in range(m.start, m.end)}
        return [w for k, w in enumerate(self.plain) if k not in gone]


def paired(judge: Judge, s: Sentence, senses: Any, heading: bool = False) -> tuple[list[Verdict], set[int]]:
    """The best other sense of each French term that renders a homograph of the original, whatever its score.

    Also the places (in words) of all terms whose homograph was found: of these everything is said.

    Headings have their own grammar (*Mum on talks*), so that what stands right beside a homograph tells nothing there.

    Left out: a homograph of which several senses are expressed; a word that usually stands for another word of the
    original.
    """
    out: list[Verdict] = []
    known: set[int] = set()
    here = judge.table.in_english(s.english, s.forms)
    present = {entry.english for _, _, entry in here}
    for at, end, entry in here:
        if end - at > 1:
            verdict, places = _phrase(judge, s, at, end, entry)
            known |= places
            out += [verdict] if verdict is not None else []
            continue
        mine = expressed(s.matches, entry)
        known |= {k for m in mine for k in range(m.start, m.end)}
        mine = [m for m in mine if not _inside(m, s.matches, present) and not _elsewhere(judge, s, m, at)]
        if not mine or len({(m.start, m.end) for m in mine}) > 1:
            continue
        own = frozenset(m.meaning for m in mine)
        first = mine[0]
        allowed = [p for p in "nvar" if entry.english in senses.base_forms(s.english[at], p)] or list("nvar")
        found = judge.evidence(
            entry, own, s.rest(mine), s.near, s.english, at, allowed, s.document, s.plain[first.start]
        )
        if heading:
            found = [Evidence(e.other, {**e.features, "neighbours": 0.0}) for e in found]
        verdict = _best(judge, s, entry, first, found, "original")
        out += [verdict] if verdict is not None else []
    return out, known


def _best(
    judge: Judge, s: Sentence, entry: Homograph, m: Match, found: Sequence[Evidence], kind: str
) -> Verdict | None:
    scored = [(score(e.features, kind), e) for e in found]
    if not scored:
        return None
    value, best = max(scored, key=lambda x: x[0])
    meaning = entry.meanings[best.other]
    return Verdict(
        s.words[m.start].start, s.words[m.end - 1].end, entry.english, meaning.french, m.french, value, best.features,
        meaning.pos, meaning.governs,
    )  # fmt: skip


def _phrase(judge: Judge, s: Sentence, at: int, end: int, entry: Homograph) -> tuple[Verdict | None, set[int]]:
    """A fixed phrase that was translated word by word: *crack down* by *se fissurer*."""
    if any(m.homograph.english == entry.english for m in s.matches):
        return None, {k for m in s.matches if m.homograph.english == entry.english for k in range(m.start, m.end)}
    for k in range(at, end):
        for base in s.forms[k]:
            part = judge.table.get(base)
            for m in expressed(s.matches, part) if part is not None else ():
                right = {stem(w)[:ROOT] for x in entry.meanings for t in x.french for w in content(t)}
                if stem(m.french)[:ROOT] in right or _elsewhere(judge, s, m, k):
                    continue
                french = tuple(t for x in entry.meanings for t in x.french)
                return (
                    Verdict(
                        s.words[m.start].start, s.words[m.end - 1].end, entry.english, french, m.french, PHRASE,
                        {"phrase": PHRASE}, "p",
                    ),
                    set(range(m.start, m.end)),
                )  # fmt: skip
    return None, set()


def _inside(m: Match, matches: Sequence[Match], present: Container[str]) -> bool:
    """Whether a term is part of a longer one that renders another homograph of the original (*match nul*)."""
    return any(
        o.homograph.english != m.homograph.english
        and o.homograph.english in present
        and o.start <= m.start
        and m.end <= o.end
        and o.end - o.start > m.end - m.start
        for o in matches
    )


def _elsewhere(judge: Judge, s: Sentence, m: Match, at: int) -> bool:
    """Whether a French term usually stands for another word of the original than the homograph."""
    if m.end - m.start > 1:
        return False
    known = dict(judge.lexicon.translations(s.plain[m.start], n=20, phrases=False))
    mine = max((known.get(f, 0.0) for f in (s.english[at], *s.forms[at])), default=0.0)
    others = (known.get(f, 0.0) for k, w in enumerate(s.english) if k != at and w not in STOP for f in (w, *s.forms[k]))
    return max(others, default=0.0) > max(0.1, 2 * mine)


def alone(judge: Judge, s: Sentence) -> list[Verdict]:
    """The best other sense of each French term that may render a homograph, without an original."""
    best: dict[tuple[int, int], Verdict] = {}
    done: set[tuple[int, int, str]] = set()
    for m in s.matches:
        at = (m.start, m.end, m.homograph.english)
        longer = any(o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in s.matches)
        if at in done or longer or m.homograph.meanings[m.meaning].pos == "p" or judge.unlikely(m.french, m.homograph):
            continue
        done.add(at)
        verdict = _guessed(judge, s, m)
        if verdict is not None and (at[:2] not in best or best[at[:2]].score < verdict.score):
            best[at[:2]] = verdict
    return list(best.values())


def _guessed(judge: Judge, s: Sentence, m: Match) -> Verdict | None:
    entry = m.homograph
    mine = [o for o in expressed(s.matches, entry) if (o.start, o.end) == (m.start, m.end)]
    found = judge.evidence(
        entry, {o.meaning for o in mine}, s.rest(mine), s.near, document=s.document, word=s.plain[m.start]
    )
    link = judge.link(m.french, entry)
    found = [Evidence(e.other, {**e.features, "link": link}) for e in found]
    return _best(judge, s, entry, m, found, "text")


def score(features: Mapping[str, float], kind: str) -> float:
    """Log-odds that the other sense was meant, with the weights of `senses.json`."""
    weights = _weights()[kind]
    return float(sum(weights.get(f, 0.0) * v for f, v in features.items()) + weights["bias"])


@functools.cache
def _weights() -> dict[str, dict[str, float]]:
    path = Path(__file__).with_name("senses.json")
    found: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return found
