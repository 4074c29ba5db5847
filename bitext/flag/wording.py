"""Faults of wording that rules can see: doubled words, elision, determiners, accents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from bitext.document import Flag, Kind, Severity
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.genders import PREPOSED, gender
from bitext.flag.words import Word, words, wordset

__all__ = ["CapitalAccent", "Determiners", "DoubledWords", "Elision"]

# Words that are rightly said twice: pronoun subject and object, causative, emphasis, sounds.
_TWICE_FR = wordset(
    """nous vous faire très bien non oui si là bon ha ah oh hi hé eh ho la na chut tout trop loin jamais vite peu
    aïe toc bla cha tam bye plus petit grand vraiment beaucoup presque moins"""
)
_TWICE_EN = wordset(
    """had that very really so no yes bye ha hey oh ah well now there never please come go long far much many more
    big bla blah is do her you on in knock tut chop again over up"""
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
        meant: bool | None = None  # whether the original doubles words as well; asked once, and only if need be
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
                if meant is None:
                    meant = self._in_original(case, unit)
                if meant:
                    return
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
    def _in_original(case: Case, unit: Paragraph) -> bool:
        """Whether the original says something twice in a row there (*bye bye*), whatever its words."""
        for i in unit.indices:
            pair = case.original_of(i)
            if pair is not None:
                other = words(pair.other, case.other_lang)
                if any(x.lower == y.lower for x, y in itertools.pairwise(other)):
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
        for i, (a, b) in enumerate(itertools.pairwise(found)):
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

_DET = wordset("un une le la les du des au aux ce cet cette ces")
_SECOND = {"un": frozenset(("des", "du", "ces")), "une": frozenset(("des", "du", "ces"))}
_MASCULINE = wordset("un le du au ce cet mon ton son ledit quel aucun certain")
_FEMININE = wordset("une la cette ma ta sa quelle aucune certaine")
_OTHER = {
    "un": "une", "une": "un", "le": "la", "la": "le", "du": "de la", "au": "à la", "ce": "cette", "cette": "ce",
    "mon": "ma", "ma": "mon", "ton": "ta", "ta": "ton", "sa": "son", "son": "sa", "quel": "quelle", "quelle": "quel",
    "cet": "cette", "aucun": "aucune", "aucune": "aucun", "certain": "certaine", "certaine": "certain",
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
        for i, (a, b) in enumerate(itertools.pairwise(found)):
            if not re.fullmatch(r"[ \u00a0]", text[a.end : b.start]) or text[a.start - 1 : a.start] in ("-", "'", "’"):
                continue
            before = found[i - 1].lower if i else ""
            if a.lower in _DET and b.lower in _DET and a.lower != b.lower:
                if (
                    (a.lower, b.lower) == ("la", "une")
                    or b.lower in _SECOND.get(a.lower, ())
                    or a.lower.startswith("ce")
                    or before in _PRONOUN_BEFORE
                ):
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
            if (
                last
                and found[i + 2].lower not in _BEHIND
                and gender(found[i + 2].text) is not None
                and a.lower in _SAME.get(gender(found[i + 2].text), ())
            ):
                continue  # *le garde forestier*, *la porte-parole*: the noun comes next
            yield self.flag(
                unit.locate(a.start, b.end),
                f"“{a.text} {b.text}”: {b.text} is {'feminine' if known == 'f' else 'masculine'}.",
                Severity.MAJOR,
                suggestion=_swap(a) + " " + b.text,
            )


_FEMININE_FORMS = {f: m for m, f in PREPOSED.items()}


def _preposed(determiner: str, word: str) -> str | None:
    """The right form of an adjective that does not agree with its determiner (*la haut-commissaire*)."""
    adjective, hyphen, rest = word.partition("-")
    if determiner in ("une", "la", "cette") and adjective in PREPOSED and adjective not in ("second", "bon", "long"):
        return (
            PREPOSED[adjective] + hyphen + rest if hyphen or adjective not in ("haut", "vrai", "faux", "seul") else None
        )
    if determiner in ("un", "le", "du", "au") and adjective in _FEMININE_FORMS and not hyphen:
        return _FEMININE_FORMS[adjective] if adjective not in ("seconde", "première", "belle") else None
    return None


_BEHIND = wordset("devant derrière pendant avant après sous sur contre")
_PRONOUN_BEFORE = wordset("l' l'un l'une tout chacun c' est tous comme dont")
_CLITIC_BEFORE = wordset("ne n' je tu il elle on nous vous ils elles me te se qui y en leur lui")
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
