"""Faults of wording that rules can see: doubled words, elision, determiners, accents, impossible verb forms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.genders import PREPOSED, bound, gender
from bitext.flag.words import STOP, Word, words

__all__ = ["CapitalAccent", "Constructions", "Determiners", "DoubledWords", "Elision", "VerbForms"]

# Words that are rightly said twice: pronoun subject and object, causative, emphasis, sounds.
_TWICE_FR = frozenset(
    ["nous", "vous", "faire", "très", "bien", "non", "oui", "si", "là", "bon", "ha", "ah", "oh", "hi", "hé", "eh", "ho", "la", "na", "chut", "tout", "trop", "loin", "jamais", "vite", "peu", "aïe", "toc", "bla", "cha", "tam", "bye", "plus", "petit", "grand", "vraiment", "beaucoup", "presque", "moins"]
)
_TWICE_EN = frozenset(
    ["had", "that", "very", "really", "so", "no", "yes", "bye", "ha", "hey", "oh", "ah", "well", "now", "there", "never", "please", "come", "go", "long", "far", "much", "many", "more", "big", "bla", "blah", "is", "do", "her", "you", "on", "in", "knock", "tut", "chop", "again", "over", "up"]
)


class DoubledWords(Check):
    """The same word twice in a row, or the same two or three words (*dans la dans la*).

    French says some words twice (*nous nous*, *vous vous*, *faire faire*, *très très*), and so do names (*Bora Bora*);
    a comma between the two is no doubling. What the original doubles as well is passed over.
    """

    name = "doubled-words"
    title = "Doubled words"
    category = "fluency/grammar"
    severity = "minor"
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text, lang = unit.text, case.lang
        found = words(text, lang)
        twice = _TWICE_FR if lang == "fr" else _TWICE_EN
        done = -1
        for i in range(len(found)):
            for n in (3, 2, 1):
                a, b = found[i : i + n], found[i + n : i + 2 * n]
                if i <= done or len(b) < n or any(x.lower != y.lower for x, y in zip(a, b, strict=True)):
                    continue
                between = text[a[0].start : b[-1].end]
                if re.search(r"[^\w\s'’]", between) or any(c.isdigit() for c in between):
                    continue
                if n == 1 and (a[0].lower in twice or (a[0].text[0].isupper() and b[0].text[0].isupper())):
                    continue
                if n > 1 and len({w.lower for w in a}) == 1:
                    continue
                if self._in_original(case, unit, a[0].lower):
                    continue
                done = i + 2 * n - 1
                once = text[a[0].start : a[-1].end]
                yield self.flag(
                    unit.locate(a[0].start, b[-1].end),
                    f"“{once}” stands twice in a row.",
                    Severity.MINOR,
                    suggestion=once,
                )
                break

    @staticmethod
    def _in_original(case: Case, unit: Paragraph, word: str) -> bool:
        """Whether the original says something twice in a row there (*bye bye*), whatever its words."""
        for i in unit.indices:
            pair = case.original_of(i)
            if pair is not None:
                other = words(pair.other, case.other_lang)
                if any(x.lower == y.lower for x, y in zip(other, other[1:], strict=False)):
                    return True
        return False


_ELIDES = {"le", "la", "de", "que", "ne", "se", "me", "te", "je", "jusque", "lorsque", "puisque"}
_MUTE_H = re.compile(
    r"h(?:omm|eure|istoir|ôpita|ôtel|abitant|abitude|uile|umain|umanit|iver|onneur|onnêt|umeur|erb[ei]|ésit|éritag|"
    r"ebdo|orizon|oraire|abitu|abill|umanitaire|istori|armoni|élicopt|omolog|ypoth|émisph)"
)
_NO_ELISION = re.compile(
    r"(?:onz|oui\b|ouistiti|uhlan|ulul|yaourt|yacht|yen\b|yeti|yo|ya|un\b|une\b|unième|huit|à\b|au|avec|aux|en\b|et\b|ou\b|où\b|y\b|a\b|est\b|ait\b|avant|après|entre|ici\b|aussi|alors|ainsi|encore|iOS|ex-)"
)


class Elision(Check):
    """An elision that is missing: *de une*, *que il*, *le Union*.

    Left alone: *h aspiré* and *onze*, *oui*, *un* as a numeral; pronouns after a verb (*prends-le avec*); words in
    quotes; foreign names and acronyms, whose first sound is not written.
    """

    name = "elision"
    title = "Missing elision"
    category = "fluency/grammar"
    severity = "minor"
    languages = ("fr",)
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        found = words(text, "fr")
        for i, (a, b) in enumerate(zip(found, found[1:], strict=False)):
            if a.lower not in _ELIDES or not re.fullmatch(r"[ \u00a0]", text[a.end : b.start]):
                continue
            if a.start and text[a.start - 1] in '-‐«"“':
                continue
            follows = b.text
            if not re.match(r"[aeiouâàéèêëîïôûœ]", follows) and not _MUTE_H.match(follows):
                continue
            if len(follows) == 1 or (
                _NO_ELISION.match(follows) and not (a.lower in ("de", "que") and follows in _MUST)
            ):
                continue
            if a.lower in ("le", "la", "je", "que") and i and found[i - 1].lower in ("dis", "dit", "mot", "article"):
                continue
            short = a.text[:-1] + "'" + follows
            yield self.flag(
                unit.locate(a.start, b.end), f"“{a.text} {follows}” must be elided.", Severity.MINOR, suggestion=short
            )


_MUST = frozenset(("un", "une", "avec", "en", "alors", "après", "avant", "ailleurs", "aussi", "encore", "ici", "entre"))

_DET = frozenset(["un", "une", "le", "la", "les", "du", "des", "au", "aux", "ce", "cet", "cette", "ces"])
_SECOND = {"un": frozenset(("des", "du", "ces")), "une": frozenset(("des", "du", "ces"))}
_MASCULINE = frozenset(["un", "le", "du", "au", "ce", "mon", "ton", "son", "ledit", "quel", "aucun", "certain"])
_FEMININE = frozenset(["une", "la", "cette", "ma", "ta", "sa", "quelle", "aucune", "certaine"])
_OTHER = {
    "un": "une", "une": "un", "le": "la", "la": "le", "du": "de la", "au": "à la", "ce": "cette", "cette": "ce",
    "mon": "ma", "ma": "mon", "ton": "ta", "ta": "ton", "sa": "son", "son": "sa", "quel": "quelle", "quelle": "quel",
    "aucun": "aucune", "aucune": "aucun", "certain": "certaine", "certaine": "certain",
}  # fmt: skip


class Determiners(Check):
    """Two determiners in a row (*le un*), or a determiner of the wrong gender (*à la temps*).

    The gender of a noun comes from counts of the determiners before it in a parallel corpus; only nouns that are
    nearly always of one gender count. Before a vowel *mon, ton, son* stand for both. Pronouns (*donne-le*, *l'un des*)
    and names are left alone.
    """

    name = "determiners"
    title = "Determiner doubled or of the wrong gender"
    category = "fluency/grammar"
    severity = "major"
    languages = ("fr",)
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        found = words(text, "fr")
        for i, (a, b) in enumerate(zip(found, found[1:], strict=False)):
            if not re.fullmatch(r"[ \u00a0]", text[a.end : b.start]) or text[a.start - 1 : a.start] in ("-", "'", "’"):
                continue
            before = found[i - 1].lower if i else ""
            if a.lower in _DET and b.lower in _DET and a.lower != b.lower:
                if (a.lower, b.lower) == ("la", "une") or b.lower in _SECOND.get(a.lower, ()) or a.lower.startswith("ce") or before in _PRONOUN_BEFORE:
                    continue
                if b.text[0].isupper() or (
                    a.lower in ("la", "le", "les", "un") and b.lower in ("des", "du", "au", "aux")
                ):
                    continue
                yield self.flag(
                    unit.locate(a.start, b.end), f"“{a.text} {b.text}”: two determiners in a row.", Severity.MAJOR
                )
                continue
            if (wrong_form := _preposed(a.lower, b.lower)) is not None and b.text == b.lower:
                yield self.flag(
                    unit.locate(a.start, b.end),
                    f"“{a.text} {b.text}”: the adjective does not agree with its determiner.",
                    Severity.MINOR,
                    suggestion=f"{a.text} {wrong_form}",
                )
                continue
            known = gender(b.text)
            wrong = (a.lower in _MASCULINE and known == "f") or (a.lower in _FEMININE and known == "m")
            if not wrong or b.text != b.lower:
                continue
            if b.text[0] in "aeiouyhâàéèêëîïôûœ" and a.lower in ("mon", "ton", "son", "l'"):
                continue
            if a.lower in ("le", "la") and (before in _CLITIC_BEFORE or before.endswith(("ant", "er"))):
                continue  # a pronoun: *ne la date pas*
            last = i + 2 < len(found) and re.fullmatch(r"[ \u00a0-]", text[b.end : found[i + 2].start])
            if last and gender(found[i + 2].text) is not None and a.lower in _SAME.get(gender(found[i + 2].text), ()):
                continue  # *le garde forestier*, *la porte-parole*: the noun comes next
            yield self.flag(
                unit.locate(a.start, b.end),
                f"“{a.text} {b.text}”: {b.text} is {'feminine' if known == 'f' else 'masculine'}.",
                Severity.MAJOR,
                suggestion=_swap(a) + " " + b.text,
            )


_FEMININE_FORMS = {f: m for m, f in PREPOSED.items()}


def _preposed(determiner: str, word: str) -> str | None:
    """The right form of an adjective before its noun that does not agree with the determiner (*la haut-commissaire*)."""
    adjective, hyphen, rest = word.partition("-")
    if determiner in ("une", "la", "cette") and adjective in PREPOSED and adjective not in ("second", "bon", "long"):
        return PREPOSED[adjective] + hyphen + rest if hyphen or adjective not in ("haut", "vrai", "faux", "seul") else None
    if determiner in ("un", "le", "du", "au") and adjective in _FEMININE_FORMS and not hyphen:
        return _FEMININE_FORMS[adjective] if adjective not in ("seconde", "première", "belle") else None
    return None


_PRONOUN_BEFORE = frozenset(["l'", "l'un", "l'une", "tout", "chacun", "c'", "est", "tous", "comme", "dont"])
_CLITIC_BEFORE = frozenset(["ne", "n'", "je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "me", "te", "se", "qui", "y", "en", "leur", "lui"])
_SAME: dict[Any, frozenset[str]] = {"m": _MASCULINE, "f": _FEMININE}


def _swap(word: Word) -> str:
    other = _OTHER.get(word.lower, word.lower)
    return other.capitalize() if word.text[0].isupper() else other


_ACCENTED = {
    "etat": "État", "etats": "États", "etats-unis": "États-Unis", "eglise": "Église", "ecole": "École",
    "emirats": "Émirats", "egypte": "Égypte", "equateur": "Équateur", "erythrée": "Érythrée", "ethiopie": "Éthiopie",
    "ecosse": "Écosse", "elysée": "Élysée", "etude": "Étude", "election": "Élection", "elections": "Élections",
    "economie": "Économie", "edition": "Édition", "evêque": "Évêque", "evidemment": "Évidemment", "equipe": "Équipe",
    "energie": "Énergie", "environ": "Environ", "ecrit": "Écrit", "etant": "Étant", "etonnamment": "Étonnamment",
    "eric": "Éric", "emile": "Émile", "etienne": "Étienne", "elisabeth": "Élisabeth",
}  # fmt: skip
_AFTER_A = re.compile(
    r"(?:[A-ZÉÀ][a-zéèàâêîôûç]+|l['’]|la\b|cette\b|ces?\b|cet\b|partir\b|cause\b|propos\b|peine\b|noter\b|suivre\b|lire\b|moins\b|"
    r"son\b|sa\b|ses\b|leurs?\b|chaque\b|quelques\b|travers\b|défaut\b|force\b|court\b|long\b|nouveau\b|présent\b|"
    r"titre\b|terme\b|droite\b|gauche\b|quoi\b|qui\b|quel|savoir\b|vrai\b|mon\b|ma\b|notre\b|votre\b|l[ae]s?\b|\d)"
)


class CapitalAccent(Check):
    """A capital that has lost its accent: *A Washington* for *À Washington*, *Etats-Unis*.

    Some houses set capitals without accents throughout. So each case is flagged where the text itself accents
    other capitals; in a text that never does, it is said once. All-capital lines, *plan A* and *A-t-il* are right.
    """

    name = "capital-accent"
    title = "Missing accent on a capital"
    category = "fluency/spelling"
    severity = "minor"
    languages = ("fr",)
    scope = "document"

    def find(self, case: Case, unit: Case) -> Iterator[Flag]:
        accents = len(re.findall(r"(?<!\w)[ÀÉÈÊÎÔÇ](?=\w|\s)", case.target.text))
        for i, segment in enumerate(case.target.segments):
            text = segment.text
            if segment.kind in (Kind.BOILERPLATE, Kind.SEPARATOR) or text == text.upper():
                continue
            for place, right in self._cases(text):
                yield self.flag(
                    (i, place),
                    f"“{text[slice(*place)]}” lacks the accent on its capital"
                    + (f" (other capitals of the text have theirs, {accents} times)." if accents else "."),
                    Severity.MINOR,
                    suggestion=right,
                    accented_capitals=accents,
                )
                if not accents:
                    return

    @staticmethod
    def _cases(text: str) -> Iterator[tuple[tuple[int, int], str]]:
        for m in re.finditer(r"(?:^[\s«\"“(–—-]*|[.!?…]\s+[«\"“(]?\s?)(A) (?=(\S+))", text):
            follows = text[m.end() :]
            if _AFTER_A.match(follows):
                end = m.end() + len(m.group(2).rstrip('.,;:!?»")'))
                yield (m.start(1), end), "À " + text[m.end() : end]
        for w in words(text, "fr"):
            right = _ACCENTED.get(w.lower)
            if right is not None and w.text[0] == "E" and right != w.text and not w.text.isupper():
                yield (w.start, w.end), right + w.text[len(right) :]


_SUBJECT = frozenset(["je", "j'", "tu", "il", "ils", "on"])
_NOT_VERB = frozenset(
    ["hier", "cher", "fier", "amer", "premier", "dernier", "entier", "léger", "papier", "soir", "noir", "espoir", "loisir", "plaisir", "avenir", "désir", "souvenir", "pouvoir", "devoir", "avoir", "savoir", "énième", "volontier", "janvier", "février", "métier", "quartier", "dossier", "hiver", "hier", "particulier", "danger", "étranger", "régulier", "chantier", "pompier", "policier", "officier", "courrier", "cahier", "escalier"]
)
_CLITICS = frozenset(["me", "m'", "te", "t'", "se", "s'", "le", "la", "l'", "les", "lui", "leur", "y", "en", "ne", "n'", "nous", "vous"])


class VerbForms(Check):
    """A verb form that cannot stand there: an infinitive after its subject (*il manger*, *Vous aimer cet article ?*),
    a bare participle after an object pronoun (*ou nous envoyé une lettre*).

    *Pour vous aimer* and *avez-vous été* are right: the pronoun must be the subject (at the start of a sentence for
    *nous* and *vous*, which are objects elsewhere), and no auxiliary may stand before it.
    """

    name = "verb-forms"
    title = "Impossible verb form after a pronoun"
    category = "fluency/grammar"
    severity = "major"
    languages = ("fr",)
    scope = "paragraph"

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        # The page's own lines are written in the same haste: they are read here as well.
        for p in case.paragraphs:
            yield p.indices.start, p

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        found = words(text, "fr")
        for i, (a, b) in enumerate(zip(found, found[1:], strict=False)):
            if not re.fullmatch(r"[ \u00a0]?", text[a.end : b.start]) or text[a.start - 1 : a.start] == "-":
                continue
            first = i == 0 or bool(re.search(r"[.!?…«\"“:–—]\s*$", text[: a.start]))
            verb = b.lower
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
                and i
                and found[i - 1].lower in ("ou", "et", "de", "pour", "à")
            ):
                yield self.flag(
                    unit.locate(a.start, b.end),
                    f"“{text[a.start : b.end]}”: a participle without its auxiliary.",
                    Severity.MAJOR,
                    suggestion=f"{a.text} {b.text[:-1]}er",
                )


def _finite(subject: Word, infinitive: str) -> str | None:
    if not infinitive.endswith("er"):
        return None
    stem = infinitive[:-2]
    soft = "e" if stem.endswith("g") else ""
    ending = {"je": "e", "j'": "e", "tu": "es", "il": "e", "on": "e", "nous": soft + "ons", "vous": "ez", "ils": "ent"}
    link = "" if subject.text.endswith(("'", "’")) else " "
    return subject.text + link + stem.removesuffix("ç") + ending[subject.lower]


_AUXILIARIES = frozenset(
    """ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurais aurait aurions
    auriez auraient aie aies ait ayons ayez aient ayant avoir eu eut eurent suis es est sommes êtes sont étais était étions
    étiez étaient serai sera serons serez seront serait seraient soit sois soient fut furent fût été être étant""".split()
)
_NUMERALS = frozenset("deux trois quatre cinq six sept huit neuf dix vingt trente cent cents mille plusieurs".split())
_TIME = frozenset("fois ans an jours jour heures heure mois semaines semaine minutes pour fois km euros".split())


class Constructions(Check):
    """Constructions that miss a word or an agreement: *un rapport annuel évaluation* (no preposition), *Paris envoyé
    500 soldats* (no auxiliary), *des pays candidats élu au conseil* (singular).

    The first asks a list of nouns that never follow another noun directly in a large corpus; the second wants a
    participle with a number as its object and no auxiliary before it in the clause; the third a participle in the
    singular behind a plural noun, before a preposition, with no masculine noun before the plural that it could agree with.
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
        if not (b.lower in _NUMERALS or re.match(r"\d[\d \u00a0\u202f]*\b", unit.text[b.start :])):
            return
        object_ = next((w for w in found[i + 1 :] if not w.text[0].isdigit() and w.lower not in _NUMERALS), None)
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
            before = words(unit.text[: m.start()], "fr")[-2:]
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
    r"\b(?:les|des|ces|aux|nos|vos|leurs|plusieurs|certains) (?P<noun>[a-zâàéèêëîïôûç]+s)(?: [a-zâàéèêëîïôûç]+s| «[^«»]{1,30}»){0,2}"
    r" (?P<participle>[a-zâàéèêëîïôûç]{2,}é|élu|tenu|venu|reçu|connu) (?:au|aux|par|lors|dans|en)\b"
)
