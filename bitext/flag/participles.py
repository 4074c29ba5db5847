"""Verb forms that sound alike and are confused: infinitive and participle, the auxiliary left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bitext.document import Flag, Severity
from bitext.flag.agreement import clauses
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.forms import Forms, forms
from bitext.flag.words import Word, wordset

__all__ = ["Participles"]

_HAVE = wordset(
    """ai avons avez ont avait avaient avais avions aviez aura auront aurai aurait auraient aurais ayant ayons
    avoir a as"""
)
_MODAL = wordset(
    """doit doivent dois devons devez devra devront devrait devraient peut peuvent peux pouvons pouvez pourra pourront
    pourrait pourraient pouvait pouvaient va vont vas allons allez allait allaient veut veulent veux voulons voulez
    voulait voudrait pouvoir devoir vouloir faut faudra faudrait fallait"""
)
_OBJECTS = wordset("me m' te t' se s' nous vous le la l' les lui leur y en")
_NEGATION = wordset("pas plus jamais rien ne n' bien déjà également aussi toujours encore simplement ensuite")
_SUBJECT = wordset("il ils je j' tu on elle elles")
_LOOSE = wordset("on elle elles")  # these stand behind prepositions as well
_PREPOSITIONS = wordset("de d' à en pour avec sans chez par entre contre sur vers selon et ou ni que comme même c'")


class Participles(Check):
    """An infinitive where a participle must stand, or the reverse, or a participle without its auxiliary.

    *Ils ont manger* (behind *avoir*), *il doit publié*, *pour financé la route* (behind a modal verb or *pour*), *il
    envoyé une lettre* (behind a subject pronoun). Only verbs in -er whose infinitive stands behind modal verbs, and
    whose participle behind auxiliaries, in the corpus of `bitext.flag.forms`; participles that also are nouns (*pour
    l'employé*) and *c'est manger* are left alone.
    """

    name = "participles"
    title = "Infinitive and participle confused, auxiliary missing"
    category = "fluency/grammar"
    severity = "major"
    languages = ("fr",)
    scope = "page"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        table = forms()
        for clause in clauses(unit.text):
            for i, w in enumerate(clause):
                if i and w.text in table.infinitives:
                    yield from self._infinitive(unit, clause, i)
                elif i and w.text.endswith("é") and w.text[:-1] + "er" in table.infinitives:
                    yield from self._participle(unit, table, clause, i)

    def _infinitive(self, unit: Paragraph, clause: Sequence[Word], i: int) -> Iterator[Flag]:
        w = clause[i]
        k = i - 1
        while k > 0 and clause[k].lower in _NEGATION:
            k -= 1
        a = clause[k]
        before = clause[k - 1].lower if k else ""
        if a.lower == "été":
            been = True
        elif a.lower in _HAVE and a.text == a.lower:
            been = False
            if before in ("y", "n'", "à", "l'", "d'") and a.lower in ("a", "avoir", "ai", "avait"):
                return
        else:
            return
        if been and before not in _HAVE | _NEGATION:
            return  # *l'été*
        yield self.flag(
            unit.locate(a.start, w.end),
            f"“{unit.text[a.start : w.end]}”: an infinitive where a participle must stand.",
            Severity.MAJOR,
            suggestion=f"à {w.text}"
            if a.lower == "a" and any(x.lower in _HAVE for x in clause[:k])
            else unit.text[a.start : w.start] + w.text[:-2] + "é",
            strength=0.8,
        )

    def _participle(self, unit: Paragraph, table: Forms, clause: Sequence[Word], i: int) -> Iterator[Flag]:
        w = clause[i]
        if w.text in table.nouns:
            return
        k = i - 1
        while k > 0 and (clause[k].lower in _OBJECTS or clause[k].lower in _NEGATION):
            k -= 1
        a = clause[k]
        adjacent = k == i - 1
        if (a.text in _MODAL and not self._noun(clause, k)) or (
            a.lower == "pour"
            and i + 1 < len(clause)
            and clause[i + 1].lower in _FOLLOWS
            and not (k and clause[k - 1].lower in ("tenu", "tenir", "passer", "compter"))
        ):
            yield self.flag(
                unit.locate(a.start, w.end),
                f"“{unit.text[a.start : w.end]}”: a participle where an infinitive must stand.",
                Severity.MAJOR,
                suggestion=unit.text[a.start : w.start] + w.text[:-1] + "er",
                strength=0.8,
            )
        elif a.lower in _SUBJECT and unit.text[a.start - 1 : a.start] != "-" and adjacent:
            if k and (clause[k - 1].lower in _OBJECTS or (a.lower in _LOOSE and clause[k - 1].lower in _PREPOSITIONS)):
                return
            yield self.flag(
                unit.locate(a.start, w.end),
                f"“{unit.text[a.start : w.end]}”: the auxiliary is missing.",
                Severity.MAJOR,
                suggestion=None,
                strength=0.6,
            )

    @staticmethod
    def _noun(clause: Sequence[Word], k: int) -> bool:
        """Whether *pouvoir* or *devoir* is a noun there."""
        return clause[k].lower in ("pouvoir", "devoir") and bool(k) and clause[k - 1].lower in _DETERMINERS


_FOLLOWS = wordset("le la les l' un une des du de d' son sa ses leur leurs ce cette ces nos vos notre votre aux au à")
_DETERMINERS = wordset("le un du au ce son leur de quel aucun mon ton notre votre tout")
