"""Agreement in French: determiner and noun, noun and adjective, subject and verb, subject and participle."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from bitext.document import Flag, Severity
from bitext.flag import adjectives
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.forms import PLURAL, SINGULAR, Forms, forms
from bitext.flag.relatives import objects, preposed, relatives, us
from bitext.flag.subjects import (
    AS_ADVERBS,
    HAS,
    OTHER_NUMBER,
    PREPOSED,
    SAID,
    Fault,
    Phrase,
    before_verb,
    gender,
    noun_like,
    phrase,
    predicate,
    reflexive,
    verbs_number,
)
from bitext.flag.words import STOP, Word, words, wordset

__all__ = ["Agreement"]

_PREPOSITIONS = wordset(
    """de d' à en des du par dans sur pour avec sans entre contre aux au sous chez vers selon depuis dès sauf parmi
    durant pendant lors après avant devant derrière malgré suivant"""
)
_JOINED = wordset("et ou ni comme plus que qu' soit")
_BREAK = re.compile(r"[.,;:!?()«»\"“”–—\[\]/]|\s-\s")
_LISTED = re.compile(r",\s+([^\W\d_]+)")
_FAR = 60  # words of a clause that count before one
_MANY = wordset(
    """sont étaient seront seraient furent ont avaient auront auraient peuvent pouvaient pourront pourraient doivent
    devaient devront devraient font faisaient feront vont veulent voulaient savent disent viennent tiennent"""
)
_ONE = wordset(
    """est était sera serait fut a avait aura aurait peut pouvait pourra pourrait doit devait devra devrait fait faisait
    fera va veut voulait sait vient tient"""
)
_SUBJECTS = {"il": "ms", "elle": "fs", "ils": "mp", "elles": "fp"}
_OPENING = wordset("que qu' si quand lorsque lorsqu' mais car où puisque puisqu' parce donc")


class Agreement(Check):
    """Words that must agree and do not: *des maison*, *une décision important*, *ils est*, *elles ont été tués*.

    Nouns with their gender and number and the four forms of adjectives and participles come from counts of a parallel
    corpus (`bitext.flag.forms`), some everyday adjectives from a list (`bitext.flag.adjectives`). Of a noun in no table
    the determiner tells the number, and often the gender. A determiner must have the number of its noun, and *de le*,
    *à les* are contracted. An adjective before or right behind a noun with its determiner must agree with it, or with
    another noun before it in the clause (*un centre de recherche américain*), or stand in the plural behind two nouns
    joined by *et*. A verb and what *être*, *rester*, *devenir*, *sembler* join to a subject must agree with the pronoun
    before them, or with the noun phrase, where that opens its clause and nothing but its own complements stands between
    (*les routes du nord sont fermé*); also behind *qui*, if no other word can be what it stands for, and a participle
    with the plural or feminine object that *que* stands for (*les photos que nous avons pris*).
    """

    name = "agreement"
    title = "Number or gender does not agree"
    category = "fluency/grammar"
    severity = "minor"
    languages = ("fr",)
    scope = "page"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        table = forms()
        for clause in clauses(unit.text):
            for i in range(len(clause)):
                yield from self._number(unit, table, clause, i)
                yield from self._adjective(unit, table, clause, i)
                yield from self._pronoun(unit, table, clause, i)
                yield from self._flags(unit, preposed(table, clause, i))
            yield from self._subject(unit, table, clause)
        yield from self._flags(unit, relatives(table, unit.text))
        yield from self._flags(unit, objects(table, unit.text))

    def _number(self, unit: Paragraph, table: Forms, clause: Sequence[Word], i: int) -> Iterator[Flag]:
        if i + 1 >= len(clause):
            return
        a, b = clause[i], clause[i + 1]
        singular, plural = b.text in table.many, b.text in table.one
        before = clause[i - 1].lower if i else ""
        if singular == plural or len(b.text) < 4 or (a.text != a.lower and i) or before == "et":
            return
        article = (before, a.lower)
        if article in _CONTRACTED and ((a.lower == "le") == singular) and not _infinitive(table, b.text):
            start = clause[i - 1].start
            yield self.flag(
                unit.locate(start, b.end),
                f"“{unit.text[start : a.end]}” is contracted in French.",
                Severity.MINOR,
                suggestion=f"{_CONTRACTED[article]} {b.text}",
                strength=0.8,
            )
            return
        opening = not i and _opens(unit.text, a.start)
        many = a.lower in PLURAL or (a.lower == "les" and (opening or before in _PREPOSITIONS))
        one = a.lower in SINGULAR - {"leur"} and not (a.lower in ("l'", "le", "la") and before in _CLITIC)
        if many and singular and (b.text.endswith("ant") or self._enumerated(unit, table, clause, i + 1)):
            return
        if (many and singular) or (one and plural):
            other = table.many[b.text] if singular else table.one[b.text]
            yield self.flag(
                unit.locate(a.start, b.end),
                f"“{unit.text[a.start : b.end]}”: a {'plural' if many else 'singular'} determiner with a "
                f"{'singular' if many else 'plural'} noun.",
                Severity.MINOR,
                suggestion=f"{_like(_PLURAL_OF[a.lower], a.text)} {b.text}"
                if a.lower in _PLURAL_OF
                else unit.text[a.start : b.start] + other,
                strength=0.8,
            )

    @staticmethod
    def _enumerated(unit: Paragraph, table: Forms, clause: Sequence[Word], i: int) -> bool:
        """Whether a singular noun shares its determiner with others: *les droit, titre ou intérêt*."""
        if i + 1 < len(clause):
            return clause[i + 1].lower in ("et", "ou")
        following = _LISTED.match(unit.text, clause[i].end)
        return bool(following) and following[1] in table.many  # type: ignore[index]

    def _adjective(self, unit: Paragraph, table: Forms, clause: Sequence[Word], i: int) -> Iterator[Flag]:
        if i + 2 >= len(clause):
            return
        d, noun, adjective = clause[i : i + 3]
        before = clause[max(0, i - _FAR) : i]
        number = "s" if d.lower in SINGULAR else "p" if d.lower in PLURAL or d.lower == "les" else ""
        wanted = {f for f in table.nouns.get(noun.text, ()) if f[1] == number}
        if not wanted and d.lower in _CLEAR and noun_like(table, noun, number):  # no table knows this noun
            shown = gender(d.lower, noun.text) if number == "s" else ""
            wanted = {g + number for g in (shown or "mf")}
        have = table.adjectives.get(adjective.text)
        if have is None and adjective.text not in PREPOSED | AS_ADVERBS:
            have = adjectives.features(adjective.text) or None
        if not wanted or have is None or wanted & have or noun.lower in _FIXED or adjective.lower in STOP:
            return
        if _verb(table, adjective.text):
            return
        if re.search(r"(?:[éi]s?|(?<!o)us?|its?|erts?)$", adjective.text) and any(w.lower in HAS for w in before):
            return  # *ont de ce fait appuyé*
        following = (
            clause[i + 3].lower if i + 3 < len(clause) else unit.text[adjective.end : adjective.end + 9].lstrip()[:1]
        )
        if number == "p" and all(f[1] == "s" for f in have) and following in ("et", "ou", ",", "/", "ni"):
            return  # *les volets social et culturel*
        if following in table.nouns or (following in ("que", "qu'") and adjective.lower in ("tel", "telle")):
            return  # the adjective of the next noun
        listed = unit.text[max(0, d.start - 2) : d.start] == ", " or any(w.lower in ("et", "ou", "ni") for w in before)
        if listed and all(f[1] == "p" for f in have):
            return
        if before and (before[-1].lower in _JOINED or before[-1].lower in _CLITIC):
            return
        governed = d.lower in _PREPOSITIONS or bool(before and before[-1].lower in _PREPOSITIONS)
        if governed and not self._alone(table, before, have):
            return
        same = {f for f in wanted if f[0] in {g[0] for g in have}} or wanted
        right = table.agreeing(adjective.text, sorted(same)) or adjectives.families().get(adjective.text, {}).get(
            max(same)
        )
        if right is None:
            return
        said = " or ".join(SAID[f] for f in sorted(wanted, reverse=True))
        yield self.flag(
            unit.locate(noun.start, adjective.end),
            f"“{adjective.text}” does not agree with “{noun.text}” ({said}).",
            Severity.MINOR,
            suggestion=unit.text[noun.start : adjective.start] + right if len(wanted) == 1 else None,
            strength=0.5 if governed else 0.8,
        )

    @staticmethod
    def _alone(table: Forms, before: Sequence[Word], have: frozenset[str]) -> bool:
        """Whether no word before it in the clause is one that an adjective could agree with."""
        for w in before:
            if w.lower in STOP:
                if w.lower in _SUBJECTS or w.lower in ("nous", "vous", "je", "j'", "tu", "on", "eux"):
                    return False
                continue
            features = table.nouns.get(w.text) or table.adjectives.get(w.text)
            if features is None or features & have:
                return False
        return True

    def _pronoun(self, unit: Paragraph, table: Forms, clause: Sequence[Word], i: int) -> Iterator[Flag]:
        a = clause[i]
        before = clause[i - 1].lower if i else ""
        if a.lower == "nous" and before not in _PREPOSITIONS | _JOINED:
            yield from self._flags(unit, us(table, clause, i))
            return
        wanted = _SUBJECTS.get(a.lower)
        if wanted is None or before in _PREPOSITIONS or before in _JOINED - {"que", "qu'"} or before in _EVEN:
            return
        if unit.text[a.start - 1 : a.start] == "-":
            return
        if before in ("que", "qu'") and i >= 2 and clause[i - 2].lower in _COMPARED:
            return  # *plus que lui et elle*
        at = before_verb(clause, i + 1)
        rest = clause[at : at + 8]
        if not rest:
            return
        verb = rest[0].lower
        if (wanted[1] == "s" and verb in _MANY) or (wanted[1] == "p" and verb in _ONE):
            right = {"il": "ils", "elle": "elles", "ils": "il", "elles": "elle"}[a.lower]
            yield self.flag(
                unit.locate(a.start, rest[0].end),
                f"“{unit.text[a.start : rest[0].end]}”: subject and verb do not agree in number.",
                Severity.MINOR,
                suggestion=unit.text[a.start : rest[0].start] + OTHER_NUMBER[verb]
                if len(rest) < 2
                else f"{_like(right, a.text)}{unit.text[a.end : rest[0].end]}",
                strength=0.8,
            )
            return
        if not reflexive(clause, at, rest):
            yield from self._flags(unit, predicate(table, a, rest, frozenset((wanted,))))

    def _flags(self, unit: Paragraph, faults: Iterator[Fault]) -> Iterator[Flag]:
        for x in faults:
            yield self.flag(
                unit.locate(x.start, x.end), x.message, Severity.MINOR, suggestion=x.suggestion, strength=x.strength
            )

    def _subject(self, unit: Paragraph, table: Forms, clause: Sequence[Word]) -> Iterator[Flag]:
        """A noun phrase that opens a sentence or a clause, with its verb."""
        for i in range(len(clause) - 2):
            if i and clause[i - 1].lower not in _OPENING:
                continue
            before = unit.text[max(0, clause[i].start - 2) : clause[i].start]
            if not i and not (_opens(unit.text, clause[0].start) or before == ", "):
                continue
            if any(w.lower in _COMPARED for w in clause[max(0, i - _FAR) : max(0, i - 1)]):
                continue  # *telles que le pain*, *plus de plaintes que l'année passée*
            if clause[i].lower in ("du", "aux", "au") or (before == ", " and clause[i].lower == "des"):
                continue
            found = phrase(table, clause, i)
            if found is None:
                continue
            if found.stop + 2 < len(clause) and clause[found.stop].lower == "et":
                yield from self._flags(unit, self._two(table, clause, found))
                continue
            at = before_verb(clause, found.stop)
            rest = clause[at : at + 8]
            if rest:
                listed = (not i and before == ", ") or any(
                    w.lower in ("et", "n'", "ne") for w in clause[:i]
                )  # *et que la loi*, *n'avoir qu'un enfant*
                agreeing = not reflexive(clause, at, rest)
                yield from self._flags(unit, self._verb(unit, table, found, rest, listed, agreeing))

    @staticmethod
    def _two(table: Forms, clause: Sequence[Word], first: Phrase) -> Iterator[Fault]:
        """What is joined to two subjects is in the plural: *le vin et le fromage étaient excellent*."""
        second = phrase(table, clause, first.stop + 1)
        if second is None:
            return
        at = before_verb(clause, second.stop)
        rest = clause[at : at + 8]
        verb = verbs_number(table, rest[0]) if rest else None
        if verb is not None and verb[0] == "p" and not reflexive(clause, at, rest):
            yield from predicate(table, second.head, rest, frozenset(("mp", "fp")))

    @staticmethod
    def _verb(
        unit: Paragraph, table: Forms, found: Phrase, rest: Sequence[Word], listed: bool, agreeing: bool
    ) -> Iterator[Fault]:
        """The verb of a noun phrase; one that ends a list may have it in the plural."""
        verb = verbs_number(table, rest[0])
        n = min(found.wanted)[1]
        if verb is None:
            return
        if verb[0] == n:
            if agreeing:
                yield from predicate(table, found.head, rest, found.wanted)
        elif rest[0].text not in OTHER_NUMBER and (
            (found.long and rest[0].text.endswith("e")) or (len(rest) > 1 and verbs_number(table, rest[1]))
        ):
            return  # *les partisans de la ligne dure*, *le temps violent est*
        elif not (listed and n == "s") and len(rest) > 1:
            if n == "p" and rest[0].lower in ("fait", "a", "est") and rest[1].text in table.nouns:
                return
            yield Fault(
                found.head.start,
                rest[0].end,
                f"“{found.head.text} {'… ' * found.long}{rest[0].text}”: subject and verb do not agree in number.",
                unit.text[found.head.start : rest[0].start] + verb[1],
                0.6,
            )


_FIXED = wordset(  # nouns of expressions, and those after which an adjective may belong to the complement
    """air instant moment heure jour jours fois peu plupart sorte type espèce genre série ensemble nombre majorité un
    l'un égard"""
)
_CLEAR = wordset("un une cette sa ma ta aucun aucune des les ces ses mes tes nos vos leurs plusieurs quelques")
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
_PLURAL_OF = {"le": "les", "la": "les", "l'": "les", "du": "des", "au": "aux"}
_CLITIC = wordset("ne n' je j' tu il elle on nous vous ils elles me te se m' t' s' qui y en leur lui")
_EVEN = wordset("même mêmes seul seule seuls seules lui eux celui celle ceux celles chez")
_COMPARED = wordset("plus moins mieux autre autres aussi même mêmes ainsi tel telle tels telles autant tant")


def _infinitive(table: Forms, word: str) -> bool:
    return word in table.infinitives or word in wordset("dire faire rire boire savoir pouvoir devoir voir avoir être")


def _verb(table: Forms, word: str) -> bool:
    """Whether an adjective's form also is one of a verb (*dure*, *coupe*)."""
    return word in table.finite and word.endswith(("e", "es", "ent")) and not word.endswith(("ée", "ées", "ie", "ue"))


def _like(word: str, model: str) -> str:
    return word.capitalize() if model[:1].isupper() else word


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    before = text[max(0, start - 20) : start].rstrip(' \u00a0«"“(–—-')
    return not before or before[-1] in ".!?…:"


@functools.lru_cache(64)
def clauses(text: str) -> tuple[tuple[Word, ...], ...]:
    """The words of a text between two punctuation marks; a clause has no mark inside."""
    out: list[list[Word]] = [[]]
    last = 0
    for w in words(text, "fr"):
        if _BREAK.search(text[last : w.start]) and out[-1]:
            out.append([])
        out[-1].append(w)
        last = w.end
    return tuple(tuple(c) for c in out if c)
