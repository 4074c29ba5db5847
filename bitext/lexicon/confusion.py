"""Which other senses a word could have had in the language it was translated from.

The chain behind *Une maman du Conseil…*: French *maman* is English *mum*, *mum* also means *silent*, and *silent* is
French *silencieux*, *muet*. Nothing here looks at a sentence: the flags decide which alternative fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bitext.lexicon.english import is_verb_form
from bitext.lexicon.senses import Inventory, Sense, inventory
from bitext.lexicon.tokens import words

if TYPE_CHECKING:
    from bitext.lexicon.lexicon import Lexicon

__all__ = ["Alternative", "alternatives"]

_MIN_PROB = 0.01
_PRIOR = 0.02  # fit that every sense has before evidence
_GLOSS = 0.25  # a word of the gloss says less about a sense than a synonym
_CONTENT = 0.5  # words linked less often are articles, pronouns and the like
_COPIED = 0.3  # what is spelt the same is a loan word or a piece of a name (*Hudson Bay*)
_HEAD = 0.3  # a compound says this much of its head: *suitcase* of *case*, *riverbank* of *bank*
_TOO_COMMON = 0.002  # words more frequent than this in English (be, have, do) have no useful other senses
_VAGUE = (
    "that this with from which some into used having being very something someone make made especially usually often"
)
_STOP = frozenset(_VAGUE.split())


@dataclass(frozen=True, slots=True)
class Alternative:
    """A sense that a French word does not express but the English behind it has.

    Attributes:
        english: the homograph (*mum*).
        sense: the other sense, or None where the inventory has none that fits `french_words`.
        french_words: French for that sense with a weight each, best first.
        weight: how plausible the confusion is before any context is seen (0 to 1, comparable within one word).
    """

    english: str
    sense: Sense | None
    french_words: tuple[tuple[str, float], ...]
    weight: float


def _variants(word: str) -> list[str]:
    """The word and its number forms."""
    forms = [word]
    if word.endswith("aux"):
        forms.append(word[:-3] + "al")
    elif word.endswith("al"):
        forms.append(word[:-2] + "aux")
    forms += [word[:-1]] if word.endswith(("s", "x")) and len(word) > 3 else [word + "s", word + "x"]
    return forms


class _Chain:
    """The look-ups of one lexicon and inventory, kept between words."""

    def __init__(self, lexicon: Lexicon, senses: Inventory) -> None:
        self.lexicon, self.senses = lexicon, senses
        self.source, self.target = lexicon.source_lang, lexicon.target_lang
        self.english = lru_cache(maxsize=100_000)(self._english)
        self.french = lru_cache(maxsize=20_000)(self._french)
        self.bond = lru_cache(maxsize=100_000)(self._bond)
        self.homographs = lru_cache(maxsize=20_000)(self._homographs)
        self.sense_words = lru_cache(maxsize=20_000)(self._sense_words)

    def _forms(self, french: str) -> list[tuple[str, float]]:
        """Number forms of a French word that the lexicon knows, with their shares."""
        if " " in french:
            return [(french, 1.0)]
        counts = [(form, self.lexicon.count(form, self.source)) for form in _variants(french)]
        total = sum(c for _, c in counts)
        return [(form, c / total) for form, c in counts if c] if total else []

    def _english(self, french: str) -> tuple[dict[str, float], dict[str, float]]:
        """p(lemma|French word) over all of its number forms, and the share of each lemma in forms only a verb has."""
        lemmas: dict[str, float] = defaultdict(float)
        verbal: dict[str, float] = defaultdict(float)
        for form, share in self._forms(french):
            for english, p in self.lexicon.translations(form, n=40):
                bases = self.senses.base_forms(english) or (english,)
                for base in bases:
                    lemmas[base] += share * p / len(bases)
                    if is_verb_form(english, base):
                        verbal[base] += share * p / len(bases)
        return dict(lemmas), {b: verbal[b] / lemmas[b] for b in verbal}

    def _french(self, english: str) -> dict[str, float]:
        """p(French|English lemma), number forms of one French word taken together under the most frequent."""
        found: dict[str, float] = defaultdict(float)
        stem = english.removesuffix("e")
        forms = [english, english + "s", english + "es"]
        # a participle that is an adjective of its own (*striking*) has gone its own way
        forms += [form for form in (stem + "ed", stem + "ing") if form not in self.senses.adjectives]
        shares = {form: self.lexicon.count(form, self.target) for form in dict.fromkeys(forms)}
        if " " in english:
            shares = {english: 1.0}
        total = sum(shares.values()) or 1.0
        for form, share in shares.items():
            for french, p in self.lexicon.translations(form, reverse=True, n=40) if share else ():
                found[french] += p * share
        merged: dict[str, float] = defaultdict(float)
        for french, p in found.items():
            forms = [f for f in _variants(french) if f in found]
            merged[max(forms, key=lambda f: (found[f], f == french))] += p / total
        return {f: p for f, p in merged.items() if p >= 0.002}

    def _sense_words(self, sense: Sense) -> dict[str, float]:
        """English lemmas that tell a sense: its synonyms, and with less weight what its gloss is made of."""
        weights: dict[str, float] = {}
        for w in words(re.sub(r"\([^)]*\)", " ", sense.gloss), "en"):
            if len(w) > 3 and w not in _STOP and self.lexicon.count(w, self.target) < _TOO_COMMON:
                for base in self.senses.base_forms(w):
                    weights[base] = _GLOSS
        for synonym in sense.synonyms:
            weights[synonym.lower()] = 1.0
        weights.pop(sense.lemma, None)
        return weights

    def sense_shares(self, french: str, english: str, senses: tuple[Sense, ...]) -> list[float]:
        """P(sense of the English lemma | the French word), from what else the French word translates to."""
        lemmas, verbal = self.english(french)
        verb = verbal.get(english, 0.0)
        shares = []
        for sense in senses:
            told = self.sense_words(sense)
            fit = sum(p * told[e] for e, p in lemmas.items() if e in told)
            usual = (sense.count + 0.5) ** 0.5 / sense.rank
            part = 0.15 + verb if sense.pos == "v" else 1.0 - 0.8 * verb
            shares.append((fit + _PRIOR) * usual * part)
        total = sum(shares) or 1.0
        return [s / total for s in shares]

    @cached_property
    def _compounds(self) -> dict[str, list[str]]:
        """Closed compounds of the English vocabulary by their head: *riverbank* under *bank*."""
        nouns = self.senses.nouns
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.lexicon.vocabulary(self.target):
            if len(word) >= 8 and word in nouns:
                for at in range(4, len(word) - 3):
                    if word[at:] in nouns and word[:at] in nouns:
                        found[word[at:]].append(word)
                        break
        return found

    @cached_property
    def _heads(self) -> dict[str, str]:
        return {compound: head for head, compounds in self._compounds.items() for compound in compounds}

    def _bond(self, english: str, least: float) -> dict[str, float]:
        """French words of an English lemma: geometric mean of both directions, so that chance links stay out."""
        found: dict[str, float] = {}
        for french, p in self.french(english).items():
            copied = _COPIED if french == english else 1.0
            if p**0.5 * copied < least or self.lexicon.count(french, self.source) > 2 * _TOO_COMMON:
                continue  # the other direction is asked only where it can matter
            bond = (p * self.english(french)[0].get(english, 0.0)) ** 0.5 * copied
            if bond >= least:
                found[french] = bond
        return found

    def _tie(self, english: str, french: str) -> float:
        """The strongest bond of an English lemma with a number form of a French word."""
        theirs, best = self.french(english), 0.0
        for form in _variants(french):
            if form in theirs and self.lexicon.count(form, self.source) <= 2 * _TOO_COMMON:
                back = self.english(form)[0].get(english, 0.0)
                best = max(best, (theirs[form] * back) ** 0.5 * (_COPIED if form == english else 1.0))
        return best

    def _homographs(self, french: str) -> dict[str, float]:
        """English words that the French word may stand for: its translations, and synonyms of their meant senses."""
        lemmas, _ = self.english(french)
        found: dict[str, float] = {}
        for english, p in sorted(lemmas.items(), key=lambda x: -x[1]):
            if self.lexicon.count(english, self.target) > _TOO_COMMON:
                continue
            bond = self._tie(english, french)
            if max(p, bond) < _MIN_PROB or bond < 0.2 * _MIN_PROB:
                continue
            found[english] = max(found.get(english, 0.0), p, bond)
            if head := self._heads.get(english):
                found[head] = max(found.get(head, 0.0), _HEAD * p)
            senses = self.senses.senses(english)
            for sense, share in zip(senses, self.sense_shares(french, english, senses), strict=True):
                for synonym in sense.synonyms:
                    s = synonym.lower()
                    if share >= 0.15 and s not in lemmas and self.lexicon.knows(s, self.target):
                        found[s] = max(found.get(s, 0.0), 0.3 * share * p)
        return found

    def _direct(
        self, french: str, english: str, senses: tuple[Sense, ...], meant: list[float]
    ) -> dict[int | None, dict[str, float]]:
        """Other translations of the homograph, by the sense that fits each best."""
        own, family = self.english(french)[0], set(_variants(french))
        scores: dict[int | None, dict[str, float]] = defaultdict(dict)
        others = dict(self.bond(english, _MIN_PROB))
        for compound in self._compounds.get(english, ()):
            for other, bond in self.bond(compound, 0.2).items():
                others[other] = max(others.get(other, 0.0), _HEAD * bond)
        for other, bond in others.items():
            if other in family:
                continue
            theirs = self.english(other)[0]
            shared = sum(min(v, theirs.get(e, 0.0)) for e, v in own.items() if e != english)
            apart = max(0.0, 1.0 - 4 * shared)  # what also shares other translations is a synonym
            if not senses:
                scores[None][other] = bond * apart
                continue
            shares = self.sense_shares(other, english, senses)
            same = sum(a * b for a, b in zip(meant, shares, strict=True))
            best = max(range(len(senses)), key=lambda k: shares[k] * (1.0 - meant[k]))
            scores[best][other] = bond * apart * max(0.0, 1.0 - same)
        return scores

    def alternatives(self, french: str, n: int, through: Container[str] | None = None) -> list[Alternative]:
        """See the function of this name."""
        own, family = self.english(french)[0], set(_variants(french))
        found: list[Alternative] = []
        for english, p in self.homographs(french).items():
            if through is not None and english not in through:
                continue
            senses = tuple(s for s in self.senses.senses(english) if s.lemma == english)
            meant = self.sense_shares(french, english, senses)
            scores = self._direct(french, english, senses, meant)
            tagged = sum(s.count + 0.5 for s in senses)
            for k, sense in enumerate(senses):
                if meant[k] > 0.3 or sense.pos == "r":
                    continue
                usual = (sense.count + 0.5) / tagged
                for synonym in sense.synonyms:
                    s = synonym.lower()
                    if s in own or self.lexicon.count(s, self.target) > _TOO_COMMON:
                        continue
                    for other, bond in self.bond(s, 0.05).items():
                        if other not in family:
                            score = 0.5 * bond * usual**0.5 * (1.0 - meant[k])
                            scores[k][other] = max(scores[k].get(other, 0.0), score)
            for at, others in scores.items():
                best_words = sorted(others.items(), key=lambda x: -x[1])[:8]
                weight = min(1.0, p**0.5 * best_words[0][1])
                if weight > 0.002:
                    ordered = tuple((w, round(s, 4)) for w, s in best_words if s > 0.1 * best_words[0][1])
                    found.append(Alternative(english, None if at is None else senses[at], ordered, round(weight, 4)))
        return sorted(found, key=lambda a: -a.weight)[:n]


@lru_cache(maxsize=4)
def _chain(lexicon: Lexicon, senses: Inventory) -> _Chain:
    return _Chain(lexicon, senses)


def alternatives(
    french_word: str,
    lexicon: Lexicon,
    *,
    n: int = 20,
    senses: Inventory | None = None,
    through: Container[str] | None = None,
) -> list[Alternative]:
    """Other senses that the English behind a French word could have had, the most plausible confusion first.

    Args:
        french_word: a word or phrase in the lexicon's source language (*maman*, *projet de loi*).
        lexicon: a lexicon into English.
        n: at most so many.
        senses: the sense inventory; the shipped one by default.
        through: only homographs that are among these, which is much faster; all by default.

    A phrase that the lexicon does not know is taken word by word; a word it does not know has no alternatives.
    """
    chain = _chain(lexicon, senses or inventory())
    parts = words(french_word, lexicon.source_lang)
    found = chain.alternatives(" ".join(parts), n, through)
    if not found and len(parts) > 1:
        content = [w for w in parts if lexicon.linked(w, lexicon.source_lang) > _CONTENT and len(w) > 2]
        found = sorted((a for w in content for a in chain.alternatives(w, n, through)), key=lambda a: -a.weight)[:n]
    return found
