"""Sentences whose parts do not fit together: no subject, no verb, two unlike parts joined, a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bitext.document import Flag, Kind, Severity
from bitext.flag.agreement import clauses
from bitext.flag.base import Case, Check
from bitext.flag.forms import Forms, forms
from bitext.flag.words import Word, words, wordset

__all__ = ["Clauses"]

_PREPOSITIONS = wordset(
    """à au aux de du des d' en dans sur sous pour par avec sans selon depuis lors dès chez vers entre contre malgré
    pendant durant après avant devant derrière parmi outre suite grâce"""
)
_SUBJECTS = wordset(
    """je j' tu il elle on nous vous ils elles qui que qu' ce c' cela ceci ça rien personne tout tous toutes certains
    certaines beaucoup plusieurs aucun aucune chacun celui celle ceux celles dont où lequel laquelle lesquels quoi"""
)
_DETERMINERS = wordset(
    """le la les l' un une ce cet cette ces son sa ses leur leurs notre nos votre vos mon ma mes ton ta tes plusieurs
    quelques chaque aucun aucune deux trois quatre cinq six sept huit neuf dix certains certaines"""
)
_OBJECT = _DETERMINERS | wordset("vingt trente cent mille")
_HAVE = wordset("a ont avait avaient aura auront aurait auraient")
_AUXILIARIES = wordset(
    """ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurais aurait
    aurions auriez auraient aie aies ait ayons ayez aient avoir ayant suis es est sommes êtes sont étais était étions
    étiez étaient étant etant sera serai seras serons serez seront serais serait seraient soit soient fut furent être"""
)
_TIME = wordset(
    """an ans année années jour jours semaine semaines mois heure heures minute minutes fois matin soir nuit veille
    lendemain lundi mardi mercredi jeudi vendredi samedi dimanche week-end printemps été automne hiver moment instant
    siècle seconde secondes après-midi même autres plus moins premier"""
)
_RESTART = re.compile(
    r"\b(?P<x>(?:[Ss]i|[Ss]'|comment|pourquoi) ?(?:il|elle|ils|elles|on|ce|c'|cela|nous|vous)\b"
    r"[^.;:!?()–—«»\"]{2,60}? [–—-] (?:c'est(?!-)|c'était|ce sont|ce serait|il est|elle est|ils sont|il était)\b"
    r"[^.;:!?–—]*?\bou (?:non|pas)\b)(?! ?[–—])"
)


class Clauses(Check):
    """A sentence whose parts do not fit together.

    *Paris envoyé des soldats.*: a participle with an object, and no finite verb in the whole sentence. *À la demande du
    maire, de la Suisse et d'autres alliés ont envoyé…*: the sentence opens with a preposition, and all its nouns before
    the verb hang on prepositions, so that nothing is the subject; the last of them is flagged. *Le droit d'écrire
    librement et la presse*: *et* joins an infinitive with a noun. *si elle l'a été – c'était … ou non*: the sentence
    starts anew within *si … ou non*. What may be a finite verb, or a noun of time, makes the check silent.
    """

    name = "clauses"
    title = "Subject or verb missing, unlike parts joined"
    category = "fluency/grammar"
    severity = "major; minor for unlike parts"
    languages = ("fr",)

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        segment = case.target.segments[unit]
        if segment.kind is not Kind.SENTENCE:
            return
        text, table = segment.text, forms()
        found = _unbracketed(text)
        yield from self._verb(unit, text, table, found)
        yield from self._subject(unit, text, table, found)
        yield from self._joined(unit, text, table)
        plain = text.replace("’", "'").replace("\u00a0", " ")
        for m in _RESTART.finditer(plain):
            yield self.flag(
                (unit, m.span("x")),
                "The sentence starts anew in the middle of “si … ou non”.",
                Severity.MAJOR,
                strength=0.6,
            )

    def _verb(self, unit: int, text: str, table: Forms, found: Sequence[Word]) -> Iterator[Flag]:
        if not re.search(r"[.!?…][\s\u00a0]*[\"»”)]*$", text) or len(found) < 5:
            return
        if any(_finite(table, w) for w in found):
            return
        for i in range(1, len(found) - 2):
            if _bare(text, table, found, i):
                w = found[i]
                yield self.flag(
                    (unit, (w.start, w.end)),
                    f"“{w.text}”: a participle with an object, and the sentence has no verb: the auxiliary is missing.",
                    Severity.MAJOR,
                    strength=0.7,
                )
                return

    def _subject(self, unit: int, text: str, table: Forms, found: Sequence[Word]) -> Iterator[Flag]:
        if not found or found[0].lower not in _PREPOSITIONS or not found[0].text[0].isupper():
            return
        start: int | None = None  # the first word after the last comma
        for i in range(1, len(found) - 1):
            w, before = found[i], found[i - 1]
            gap = text[before.end : w.start]
            if re.search(r"[.;:!?«»\"“”–—]|\s-\s", re.sub(r"\([^)]*\)", "", gap)):
                return
            comma = "," in gap
            if comma:
                start = i
            if start is not None and (w.lower in _HAVE or _bare(text, table, found, i)):
                if i > start + 1:
                    yield self._orphan(unit, text, found, start, i)
                return
            after_article = before.lower in _DETERMINERS | _PREPOSITIONS and not comma
            if w.lower in _SUBJECTS or (_verbal(table, w) and not after_article):
                return
            governed = before.lower in _PREPOSITIONS and not comma
            if w.lower in _DETERMINERS and not governed and before.lower not in ("toute", "tout", "tous", "toutes"):
                return
            if comma and not _governs(text, found, i):
                return
            name = w.text[0].isupper() and not governed
            # *du président Poutine* goes with its noun, *et Berlin* may be the subject
            if name and not (before.text[0].isupper() or before.lower in _DETERMINERS or before.text in table.nouns):
                return

    def _orphan(self, unit: int, text: str, found: Sequence[Word], start: int, verb: int) -> Flag:
        a, b = found[start], found[verb - 1]
        phrase = text[a.start : b.end]
        return self.flag(
            (unit, (a.start, b.end)),
            f"“{text[found[verb].start : found[verb].end]}” has no subject: all nouns before it hang on prepositions.",
            Severity.MAJOR,
            suggestion=re.sub(r"^(?:de |d['’])", "", phrase),
            strength=0.6,
        )

    def _joined(self, unit: int, text: str, table: Forms) -> Iterator[Flag]:
        for clause in clauses(text):
            for i in range(2, len(clause) - 2):
                a, b, noun = clause[i - 1 : i + 2]
                adverb = a.lower.endswith("ment") and a.lower not in table.nouns
                k = i - 2 if adverb else i - 1
                verb = clause[k]
                if clause[i].lower not in ("et",) or not adverb or k < 2 or verb.text not in table.infinitives:
                    continue
                b, noun = clause[i + 1], clause[i + 2]
                rest = clause[i + 3 :]
                if b.lower not in ("la", "le", "l'", "les") or noun.text not in table.nouns or noun.lower in _TIME:
                    continue
                if clause[k - 1].lower not in ("de", "d'") or not _complements(table, rest):
                    continue
                yield self.flag(
                    (unit, (clause[i].start, clause[-1].end)),
                    f"“et” joins “{text[verb.start : a.end]}” with “{text[b.start : noun.end]}”: "
                    "an infinitive with a noun.",
                    Severity.MINOR,
                    strength=0.5,
                )


def _unbracketed(text: str) -> list[Word]:
    """The words that do not stand in round brackets."""
    out, last, inside, final = [], 0, False, text.rfind(")")
    for w in words(text, "fr"):
        for c in text[last : w.start]:
            inside = c == "(" or (inside and c != ")")
        last = w.end
        if not (inside and w.end <= final):
            out.append(w)
    return out


def _verbal(table: Forms, w: Word) -> bool:
    """A word that is a finite verb rather than a noun or an adjective."""
    return w.text in table.finite and w.text not in table.nouns and w.text not in table.adjectives


def _complements(table: Forms, rest: Sequence[Word]) -> bool:
    """Whether all words can only belong to a noun and its complements."""
    small = _PREPOSITIONS | {"la", "le", "l'", "les"}
    for k, w in enumerate(rest):
        if w.lower in small or (k and rest[k - 1].lower in small):
            continue
        if _finite(table, w) or not (w.text in table.nouns or w.text in table.adjectives or w.text[0].isupper()):
            return False
    return True


def _finite(table: Forms, w: Word) -> bool:
    """Whether a word may be a finite verb."""
    low = w.lower
    if low in table.finite or low in _AUXILIARIES:
        return True
    return bool(re.search(r"-(?:t-)?(?:il|ils|elle|elles|on|vous|nous|je|tu|ce)$|[^é]ez$|ons$", low))


def _bare(text: str, table: Forms, found: Sequence[Word], i: int) -> bool:
    """A participle in -é with an object behind it and no auxiliary before it."""
    w = found[i]
    if not w.text.endswith("é") or w.text[:-1] + "er" not in table.infinitives or w.text in table.nouns:
        return False
    if i + 2 >= len(found) or text[w.end : found[i + 1].start].strip():
        return False
    determiner, noun = found[i + 1], found[i + 2]
    number = bool(re.match(r"\d", determiner.text))
    if number:
        rest = [x for x in found[i + 1 : i + 5] if not x.text[0].isdigit()]
        noun = rest[0] if rest else noun
    if not number and determiner.lower not in _OBJECT:
        return False
    if noun.lower in _TIME or not noun.text.islower() or noun.text in _MONTHS:
        return False
    before = found[i - 1]
    if before.lower in _PREPOSITIONS | _HAVE | wordset("se s' été être ne pas et ou avoir ayant étant puis"):
        return False
    return bool(before.text[0].isupper() or before.text in table.nouns)


_MONTHS = wordset("janvier février mars avril mai juin juillet août septembre octobre novembre décembre pour")


def _governs(text: str, found: Sequence[Word], i: int) -> bool:
    """Whether what follows a comma is a complement: *de la Suisse*, not the partitive *de la neige*, *d'autres*."""
    w = found[i]
    if w.lower not in ("de", "d'", "du", "à", "au"):
        return False
    following = [x for x in found[i + 1 : i + 3] if x.lower not in ("la", "l'", "le")]
    return bool(following) and following[0].text[0].isupper()
