"""Faults of construction that rules and counts can see: verb forms, missing words, agreement."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from bitext.document import Flag, Severity
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.forms import forms
from bitext.flag.genders import bound, gender
from bitext.flag.words import STOP, Word, words, wordset

__all__ = ["Constructions", "VerbForms"]

_SUBJECT = wordset("je j' tu il ils on")
_NOT_VERB = wordset(
    """hier cher fier amer premier dernier entier léger papier soir noir espoir loisir plaisir avenir désir
    souvenir pouvoir devoir avoir savoir énième volontier janvier février métier quartier dossier hiver hier
    particulier danger étranger régulier chantier pompier policier officier courrier cahier escalier"""
)
_ASKS = re.compile(r"(?:peu|pou[rv][^ ]|v[oe]u|doi|dev|fau|va(?:s|is)?$|vont$|all)|.*-(?:vous|tu|il|on)$")


class VerbForms(Check):
    """A verb form that cannot stand there: an infinitive after its subject (*il manger*, *Vous aimer cet article ?*),
    a bare participle after an object pronoun (*ou nous envoyé une lettre*), *s'il vous plaît* with an infinitive.

    *Pour vous aimer* and *avez-vous été* are right: the pronoun must be the subject (at the start of a sentence for
    *nous* and *vous*, which are objects elsewhere), and no auxiliary may stand before it.
    """

    name = "verb-forms"
    title = "Impossible verb form after a pronoun"
    category = "fluency/grammar"
    severity = "major"
    languages = ("fr",)
    scope = "page"  # its own lines are written in the same haste

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        found = words(text, "fr")
        for i, (a, b) in enumerate(itertools.pairwise(found)):
            if not re.fullmatch(r"[ \u00a0]?", text[a.end : b.start]) or text[a.start - 1 : a.start] == "-":
                continue
            first = i == 0 or text[max(0, a.start - 20) : a.start].rstrip()[-1:] in tuple('.!?…«"“:–—')
            verb = b.lower
            if a.lower == "plaît" and b.text in forms().infinitives and self._please(found, i):
                yield self.flag(
                    unit.locate(b.start, b.end),
                    f"“{b.text}”: an infinitive behind “s'il vous plaît”, where a request is meant.",
                    Severity.MINOR,
                    suggestion=b.text[:-2] + "ez",
                )
            infinitive = len(verb) > 4 and verb.endswith(("er", "oir")) and verb not in _NOT_VERB
            if infinitive and b.text[0].islower():
                subject = a.lower in _SUBJECT or (a.lower in ("nous", "vous") and first)
                if not subject or (a.lower == "on" and i and found[i - 1].lower == "l'" and i < 2):
                    continue
                rest = [w.lower for w in found[i + 2 : i + 5]]
                if a.lower in ("nous", "vous") and any(w in ("est", "serait", "sera", "c'", "n'") for w in rest):
                    continue  # *Vous aimer est un plaisir*
                yield self.flag(
                    unit.locate(a.start, b.end),
                    f"“{text[a.start : b.end]}”: an infinitive after its subject.",
                    Severity.MAJOR,
                    suggestion=_finite(a, b.text),
                )
            elif (
                a.lower in ("nous", "vous")
                and re.fullmatch(r"\w{3,}[^é\W]é", verb)
                and verb[:-1] + "er" in forms().infinitives
                and i
                and found[i - 1].lower in ("ou", "et", "de", "pour", "à")
            ):
                yield self.flag(
                    unit.locate(a.start, b.end),
                    f"“{text[a.start : b.end]}”: a participle without its auxiliary.",
                    Severity.MAJOR,
                    suggestion=f"{a.text} {b.text[:-1]}er",
                )

    @staticmethod
    def _please(found: list[Word], i: int) -> bool:
        """Whether nothing before *s'il vous plaît* asks for an infinitive (*pouvez-vous s'il vous plaît vérifier*)."""
        before = [w.lower for w in found[max(0, i - 12) : max(0, i - 3)]]
        if before and before[-1] in ("de", "d'", "à", "pour", "et", "ou", "sans"):
            return False
        return found[i - 1].lower == "vous" and not any(_ASKS.match(w) for w in before if w != "pour")


def _finite(subject: Word, infinitive: str) -> str | None:
    if not infinitive.endswith("er"):
        return None
    stem = infinitive[:-2]
    soft = "e" if stem.endswith("g") else ""
    ending = {"je": "e", "j'": "e", "tu": "es", "il": "e", "on": "e", "nous": soft + "ons", "vous": "ez", "ils": "ent"}
    link = "" if subject.text.endswith(("'", "’")) else " "
    return subject.text + link + stem.removesuffix("ç") + ending[subject.lower]


_AUXILIARIES = wordset(
    """ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurais aurait
    aurions auriez auraient aie aies ait ayons ayez aient ayant avoir eu eut eurent suis es est sommes êtes sont
    étais était étions étiez étaient serai sera serons serez seront serait seraient soit sois soient fut furent
    fût été être étant"""
)
_NUMERALS = wordset("deux trois quatre cinq six sept huit neuf dix vingt trente cent cents mille plusieurs")
_TIME = wordset("fois ans an jours jour heures heure mois semaines semaine minutes pour fois km euros")


class Constructions(Check):
    """Constructions that miss a word or an agreement: *un rapport annuel évaluation* (no preposition), *Paris envoyé
    500 soldats* (no auxiliary), *des pays candidats élu au conseil* (singular).

    The first asks a list of nouns that never follow another noun directly in a large corpus; the second wants a
    participle with a number as its object and no auxiliary before it in the clause; the third a participle in the
    singular behind a plural noun, before a preposition, with no masculine noun before that it could agree with.
    """

    name = "constructions"
    title = "Missing preposition, auxiliary or plural"
    category = "fluency/grammar"
    severity = "minor; major where the auxiliary or the preposition is missing"
    languages = ("fr",)
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        found = words(text, "fr")
        for i, (a, b) in enumerate(itertools.pairwise(found)):
            if not re.fullmatch(r"[ \u00a0]", text[a.end : b.start]):
                continue
            yield from self._preposition(unit, found, i, a, b)
            yield from self._auxiliary(unit, found, i, a, b)
        yield from self._plural(unit)

    def _preposition(self, unit: Paragraph, found: list[Word], i: int, a: Word, b: Word) -> Iterator[Flag]:
        if not bound(b.lower) or b.text != b.lower or a.text != a.lower or i == 0:
            return
        before = found[i - 1]
        # a noun with its adjective, or a noun that cannot be a verb or an adjective
        if gender(before.lower) is None or before.lower in STOP or a.lower in STOP or len(a.text) < 4:
            return
        if not re.search(r"(?:el|al|if|ique|aire|ien|eur|ant|é)s?$", a.text) and gender(a.lower) is None:
            return
        if not re.fullmatch(r"[ \u00a0]", unit.text[before.end : a.start]):
            return
        of = "d'" if b.lower[0] in "aeiouéèêhâîô" else "de "
        yield self.flag(
            unit.locate(a.start, b.end),
            f"“{a.text} {b.text}”: a preposition is missing.",
            Severity.MAJOR,
            suggestion=f"{a.text} {of}{b.text}",
        )

    def _auxiliary(self, unit: Paragraph, found: list[Word], i: int, a: Word, b: Word) -> Iterator[Flag]:
        if not re.fullmatch(r"\w{3,}é", a.text) or not a.text.islower() or gender(a.lower) is not None or i < 2:
            return
        if not (b.lower in _NUMERALS or b.text[0].isdigit()):
            return
        object_ = next((w for w in found[i + 1 : i + 12] if not w.text[0].isdigit() and w.lower not in _NUMERALS), None)
        if object_ is None or object_.lower in _TIME or not object_.text.endswith(("s", "x")):
            return
        if re.search(r"[.,;:!?]", unit.text[b.end : object_.start]):
            return
        clause = [w for w in found[max(0, i - 8) : i] if not re.search(r"[.;:!?]", unit.text[w.end : a.start])]
        if any(w.lower in _AUXILIARIES or w.lower in ("se", "s'", "y", "en", "et") for w in clause) or len(clause) < 2:
            return
        if not clause[-1].text[0].isupper() and gender(clause[-1].lower) is None:
            return
        yield self.flag(
            unit.locate(a.start, a.end),
            f"“{a.text}”: a participle with an object and without its auxiliary.",
            Severity.MAJOR,
            suggestion=f"a {a.text}",
        )

    def _plural(self, unit: Paragraph) -> Iterator[Flag]:
        for m in _PLURAL.finditer(unit.text):
            before = words(unit.text[max(0, m.start() - 80) : m.start()], "fr")[-2:]
            if any(gender(w.lower) == "m" or w.lower in ("un", "aucun", "chacun", "l'un") for w in before):
                continue
            if gender(m["noun"].lower().rstrip("s")) != "m" and not m["noun"].endswith(("pays", "ants", "eurs")):
                continue
            span = m.span("participle")
            yield self.flag(
                unit.locate(*span),
                f"“{m['participle']}” does not agree with “{m['noun']}”.",
                Severity.MINOR,
                suggestion=m["participle"] + "s",
            )


_PLURAL = re.compile(
    r"\b(?:les|des|ces|aux|nos|vos|leurs|plusieurs|"
    r"certains) (?P<noun>[a-zâàéèêëîïôûç]+s)(?: [a-zâàéèêëîïôûç]+s| «[^«»]{1,30}»){0,2}"
    r" (?P<participle>[a-zâàéèêëîïôûç]{2,}é|élu|tenu|venu|reçu|connu) (?:au|aux|par|lors|dans|en)\b"
)
