"""Agreement in French: determiner and noun, noun and adjective, subject and verb, subject and participle."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.forms import PLURAL, SINGULAR, Forms, forms
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
_IS = wordset("est était sera serait fut sont étaient seront seraient furent")
_HAS = wordset("a ont avait avaient aura auront aurait auraient")
_MANY = wordset(
    """sont étaient seront seraient furent ont avaient auront auraient peuvent pouvaient pourront pourraient doivent
    devaient devront devraient font faisaient feront vont veulent voulaient savent disent viennent tiennent"""
)
_ONE = wordset(
    """est était sera serait fut a avait aura aurait peut pouvait pourra pourrait doit devait devra devrait fait faisait
    fera va veut voulait sait vient tient"""
)
_ADVERBS = wordset("pas plus jamais déjà toujours aussi également très trop bien encore souvent tous toutes désormais")
_SUBJECTS = {"il": "ms", "elle": "fs", "ils": "mp", "elles": "fp"}
_OPENING = wordset("que qu' si quand lorsque lorsqu' mais car où puisque puisqu' parce donc")
_NUMBER_OF = {
    "est": "sont", "était": "étaient", "sera": "seront", "serait": "seraient", "fut": "furent", "a": "ont",
    "avait": "avaient", "aura": "auront", "aurait": "auraient", "peut": "peuvent", "pouvait": "pouvaient",
    "pourra": "pourront", "pourrait": "pourraient", "doit": "doivent", "devait": "devaient", "devra": "devront",
    "devrait": "devraient", "fait": "font", "faisait": "faisaient", "fera": "feront", "va": "vont", "veut": "veulent",
    "voulait": "voulaient", "sait": "savent", "vient": "viennent", "tient": "tiennent",
}  # fmt: skip
_NUMBER_OF |= {many: one for one, many in _NUMBER_OF.items()}
_NO_HEAD = wordset(
    "air instant moment heure jour fois peu plupart sorte type espèce genre série ensemble nombre majorité un l'un"
)
_SAID = {"ms": "masculine singular", "fs": "feminine singular", "mp": "masculine plural", "fp": "feminine plural"}


class Agreement(Check):
    """Words that must agree and do not: *des maison*, *une décision important*, *ils est*, *elles ont été tués*.

    Nouns with their gender and number and the four forms of adjectives and participles come from counts of a parallel
    corpus (`bitext.flag.forms`); what the counts do not tell surely is in no table and never flagged. A determiner
    must have the number of its noun, and *de le*, *à les* are contracted. An adjective right behind a noun with its
    determiner must agree with it, or with another noun before it in the clause (*un centre de recherche américain*),
    or stand in the plural behind two nouns joined by *et*. A verb and what *être* joins to a subject must agree with
    the pronoun before them, or with the noun, where that opens its clause and nothing else stands between.
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
            yield from self._subject(unit, table, clause)

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
        have = table.adjectives.get(adjective.text)
        if not wanted or have is None or wanted & have or noun.lower in _NO_HEAD or adjective.lower in STOP:
            return
        if _verb(table, adjective.text):
            return
        if re.search(r"(?:[éiu]s?|its?|erts?)$", adjective.text) and any(w.lower in _HAS for w in before):
            return  # *ont de ce fait appuyé*
        following = (
            clause[i + 3].lower if i + 3 < len(clause) else unit.text[adjective.end : adjective.end + 9].lstrip()[:1]
        )
        if number == "p" and all(f[1] == "s" for f in have) and following in ("et", "ou", ",", "/", "ni"):
            return  # *les volets social et culturel*
        if following in table.nouns or (following in ("que", "qu'") and adjective.lower in ("tel", "telle")):
            return  # the adjective of the next noun
        if any(w.lower in ("et", "ou", "ni") for w in before) and all(f[1] == "p" for f in have):
            return
        if before and (before[-1].lower in _JOINED or before[-1].lower in _CLITIC):
            return
        governed = d.lower in _PREPOSITIONS or bool(before and before[-1].lower in _PREPOSITIONS)
        if governed and not self._alone(table, before, have):
            return
        right = table.agreeing(adjective.text, sorted(wanted))
        if right is None:
            return
        yield self.flag(
            unit.locate(noun.start, adjective.end),
            f"“{adjective.text}” does not agree with “{noun.text}” ({_SAID[min(wanted)]}).",
            Severity.MINOR,
            suggestion=unit.text[noun.start : adjective.start] + right,
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
        wanted = _SUBJECTS.get(a.lower)
        before = clause[i - 1].lower if i else ""
        if wanted is None or before in _PREPOSITIONS or before in _JOINED - {"que", "qu'"} or before in _EVEN:
            return
        if unit.text[a.start - 1 : a.start] == "-":
            return
        if before in ("que", "qu'") and i >= 2 and clause[i - 2].lower in _COMPARED:
            return  # *plus que lui et elle*
        rest = list(clause[i + 1 : i + 6])
        while rest and rest[0].lower in ("ne", "n'", "y"):
            rest.pop(0)
        if not rest:
            return
        verb = rest[0].lower
        if (wanted[1] == "s" and verb in _MANY) or (wanted[1] == "p" and verb in _ONE):
            right = {"il": "ils", "elle": "elles", "ils": "il", "elles": "elle"}[a.lower]
            yield self.flag(
                unit.locate(a.start, rest[0].end),
                f"“{unit.text[a.start : rest[0].end]}”: subject and verb do not agree in number.",
                Severity.MINOR,
                suggestion=unit.text[a.start : rest[0].start] + _NUMBER_OF[verb]
                if len(rest) < 2
                else f"{_like(right, a.text)}{unit.text[a.end : rest[0].end]}",
                strength=0.8,
            )
            return
        yield from self._joined(unit, table, a, rest, frozenset((wanted,)))

    def _joined(
        self, unit: Paragraph, table: Forms, subject: Word, rest: list[Word], wanted: frozenset[str]
    ) -> Iterator[Flag]:
        """What a form of *être* joins to a subject; `rest` begins with the verb."""
        verb = rest.pop(0).lower
        if verb in _HAS and len(rest) > 1:
            while len(rest) > 1 and rest[0].lower in _ADVERBS:
                rest.pop(0)
            if rest[0].lower != "été":
                return
            rest.pop(0)
        elif verb not in _IS:
            return
        if len(rest) > 1 and rest[0].lower == "bien" and rest[1].lower in ("sûr", "entendu"):
            return
        while len(rest) > 1 and (rest[0].lower in _ADVERBS or rest[0].lower.endswith("ment")):
            rest.pop(0)
        if not rest:
            return
        have = table.adjectives.get(rest[0].text) or table.participles.get(rest[0].text)
        if have is None or have & wanted or rest[0].lower in STOP:
            return
        if rest[0].text in table.nouns and len(have) > 1:
            return
        if len(rest) > 1 and (rest[1].text in table.nouns or rest[1].text in table.many or rest[1].text[:1].isupper()):
            return  # *elle est premier ministre*
        right = table.agreeing(rest[0].text, sorted(wanted))
        if right is None:
            return
        yield self.flag(
            unit.locate(rest[0].start, rest[0].end),
            f"“{rest[0].text}” does not agree with its subject “{subject.text}” ({_SAID[min(wanted)]}).",
            Severity.MINOR,
            suggestion=right,
            strength=0.7,
        )

    def _subject(self, unit: Paragraph, table: Forms, clause: Sequence[Word]) -> Iterator[Flag]:
        """Determiner and noun that open a sentence or a subordinate clause, with their verb."""
        for i in range(len(clause) - 2):
            if i and clause[i - 1].lower not in _OPENING:
                continue
            if not i and not _opens(unit.text, clause[0].start):
                continue
            if any(w.lower in _COMPARED for w in clause[max(0, i - _FAR) : max(0, i - 1)]):
                continue  # *telles que le pain*, *plus de plaintes que l'année passée*
            d, noun = clause[i], clause[i + 1]
            number = "s" if d.lower in SINGULAR else "p" if d.lower in PLURAL or d.lower == "les" else ""
            wanted = frozenset(f for f in table.nouns.get(noun.text, ()) if f[1] == number)
            counted = noun.text in (table.many if number == "s" else table.one)
            if not (wanted or counted) or not number or noun.lower in _NO_HEAD or d.lower in ("du", "des", "au", "aux"):
                continue
            rest = list(clause[i + 2 : i + 8])
            if len(rest) > 1 and table.adjectives.get(rest[0].text, frozenset()) & wanted:
                rest.pop(0)
            while len(rest) > 1 and rest[0].lower in ("ne", "n'"):
                rest.pop(0)
            verb = rest[0].lower
            if (number == "s" and verb in _MANY) or (number == "p" and verb in _ONE and len(rest) > 1):
                if number == "p" and len(rest) > 1 and verb in ("fait", "a", "est") and rest[1].text in table.nouns:
                    continue
                yield self.flag(
                    unit.locate(noun.start, rest[0].end),
                    f"“{noun.text} {rest[0].text}”: subject and verb do not agree in number.",
                    Severity.MINOR,
                    suggestion=unit.text[noun.start : rest[0].start] + _NUMBER_OF[verb],
                    strength=0.6,
                )
                continue
            if wanted:
                yield from self._joined(unit, table, noun, rest, wanted)


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
