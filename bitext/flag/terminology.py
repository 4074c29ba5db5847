"""Terms: the user's glossary, and one term in several wordings."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Pair, prose, translations
from bitext.flag.genders import gender
from bitext.flag.words import STOP, Word, fold, words

__all__ = ["Glossary", "Terminology"]


def _stem(word: str) -> str:
    """A French or English word without the endings of number and gender, roughly."""
    w = fold(word)
    if w.endswith("aux") and len(w) > 4:
        return w[:-3] + "al"
    w = re.sub(r"(?<=\w{3})(?:es|s|x)$", "", w)
    return re.sub(r"(?<=\w{3})e$", "", w)


def _find(term: str, text: str, lang: str) -> tuple[int, int] | None:
    """Where a term stands in a text, whatever its number and case."""
    wanted = [_stem(w.text) for w in words(term, lang)]
    found = words(text, lang)
    stems = [_stem(w.text) for w in found]
    for i in range(len(stems) - len(wanted) + 1):
        if wanted and stems[i : i + len(wanted)] == wanted:
            return found[i].start, found[i + len(wanted) - 1].end
    return None


class Glossary(Check):
    """A glossary term of the source whose translation is not the glossary's.

    The source is the original, or the back-translation where there is no original. Terms are found whatever their
    case, number and gender; several permitted translations are separated by `|`. The span is the words that the lexicon
    links with the term, the segment where it links none.
    """

    name = "glossary"
    title = "Glossary not obeyed"
    category = "terminology/wrong-term"
    severity = "major; minor against a back-translation"
    needs = ("glossary", "original or back-translation")
    scope = "pair"

    def find(self, case: Case, unit: Pair) -> Iterator[Flag]:
        for source, targets in case.resources.glossary:
            place = _find(source, unit.other, case.other_lang)
            permitted = [t.strip() for t in targets.split("|") if t.strip()]
            if place is None or any(_find(t, unit.text, case.lang) for t in permitted):
                continue
            span = _linked(case, unit, place) or (0, len(unit.text))
            yield self.flag(
                unit.locate(*span),
                f"The glossary wants “{' or '.join(permitted)}” for “{source}”.",
                Severity.MAJOR if unit.against == "original" else Severity.MINOR,
                suggestion=permitted[0],
                strength=0.9 if unit.against == "original" else 0.5,
                against=unit.against,
                source_term=unit.other[slice(*place)],
            )


def _linked(case: Case, unit: Pair, place: tuple[int, int]) -> tuple[int, int] | None:
    """The target characters that the lexicon links with a stretch of the other side."""
    lexicon = case.resources.lexicon
    if lexicon is None or case.lang != lexicon.source_lang:
        return None
    mine, theirs = words(unit.text, case.lang), words(unit.other, case.other_lang)
    inside = {k for k, w in enumerate(theirs) if place[0] <= w.start < place[1]}
    links = lexicon.align([w.lower for w in mine], [w.lower for w in theirs])
    at = sorted(i for i, j, _ in links if j in inside)
    return (mine[at[0]].start, mine[at[-1]].end) if at and at[-1] - at[0] <= 6 else None


class _Term(NamedTuple):
    segment: int
    start: int
    end: int
    head: str
    modifier: Word


class Terminology(Check):
    """One term in two wordings in a text: *session extraordinaire* and *session spéciale*.

    A term is a noun (of known gender) with one modifier, an adjective or a complement (*droits humains*, *droits de
    l'homme*), said at least `uses` times in all. Two wordings are one term if their heads are the same and their
    modifiers share English translations in the lexicon (`overlap`: the sum over English words of the smaller of the
    two probabilities). The rarer wording is flagged. An English side that has the same words in both places raises
    the confidence.
    """

    name = "terminology"
    title = "One term in several wordings"
    category = "terminology/inconsistent"
    severity = "minor"
    needs = ("lexicon",)
    languages = ("fr",)
    scope = "document"
    defaults: ClassVar[Mapping[str, float]] = {"uses": 3, "overlap": 0.12}

    def find(self, case: Case, unit: Case) -> Iterator[Flag]:
        by_head: dict[str, dict[str, list[_Term]]] = defaultdict(lambda: defaultdict(list))
        for i, s in enumerate(case.target.segments):
            if prose(s):
                for term in _terms(s.text, i):
                    by_head[term.head][_stem(term.modifier.text)].append(term)
        other = {i: p.other.lower() for p in case.pairs for i in p.indices}
        for wordings in by_head.values():
            for rare, terms in wordings.items():
                rivals = [(len(t), m) for m, t in wordings.items() if m != rare and len(t) > len(terms)]
                for count, modifier in sorted(rivals, reverse=True):
                    usual = wordings[modifier]
                    shared = _shared(case, terms[0].modifier.lower, usual)
                    if count + len(terms) < self.threshold(case, "uses"):
                        continue
                    if not shared or sum(shared.values()) < self.threshold(case, "overlap"):
                        continue
                    yield from self._flags(case, terms, usual, shared, other)
                    break

    def _flags(
        self, case: Case, terms: list[_Term], usual: list[_Term], shared: dict[str, float], other: dict[int, str]
    ) -> Iterator[Flag]:
        spelt = Counter(case.target.segments[t.segment].text[t.start : t.end] for t in usual)
        wording = spelt.most_common(1)[0][0]
        word = max(shared, key=lambda e: shared[e])
        seen = [t for t in usual if re.search(rf"\b{re.escape(word)}", other.get(t.segment, ""))]
        for t in terms:
            text = case.target.segments[t.segment].text[t.start : t.end]
            confirmed = bool(seen) and bool(re.search(rf"\b{re.escape(word)}", other.get(t.segment, "")))
            yield self.flag(
                (t.segment, (t.start, t.end)),
                f"“{text}”: the text says “{wording}” {len(usual)} times and this {len(terms)} "
                f"{'time' if len(terms) == 1 else 'times'}; both are “{word}” in English.",
                Severity.MINOR,
                suggestion=wording,
                strength=0.8 if confirmed else 0.5,
                shared={e: round(p, 3) for e, p in sorted(shared.items(), key=lambda x: -x[1])[:3]},
                uses={text: len(terms), wording: len(usual)},
            )


_LINK = re.compile(r"[ \u00a0](?:d['’]|de[ \u00a0]l['’]|de[ \u00a0]la[ \u00a0]|de[ \u00a0]|du[ \u00a0]|des[ \u00a0])?")
_SMALL = frozenset(("d'", "l'", "de", "la", "du", "des"))


def _terms(text: str, segment: int) -> Iterator[_Term]:
    found = [w for w in words(text, "fr") if w.lower not in _SMALL]
    for a, b in itertools.pairwise(found):
        if not _LINK.fullmatch(text[a.end : b.start]):
            continue
        if min(len(a.text), len(b.text)) < 4 or not (a.text.isalpha() and b.text.isalpha() and b.text.islower()):
            continue
        if a.lower in STOP or b.lower in STOP or (gender(a.lower) or gender(a.lower.rstrip("sx"))) is None:
            continue
        yield _Term(segment, a.start, b.end, _stem(a.text), b)


def _shared(case: Case, word: str, usual: list[_Term]) -> dict[str, float]:
    """English words that two modifiers share, with the smaller of their probabilities."""
    one = dict(translations(case, word, case.lang))
    best: dict[str, float] = {}
    for form in {t.modifier.lower for t in usual}:
        two = dict(translations(case, form, case.lang))
        both = {e: min(p, two[e]) for e, p in one.items() if e in two and p > 0.01 and two[e] > 0.01}
        if sum(both.values()) > sum(best.values()):
            best = both
    return best
