"""The sense inventory: what an English word can mean, after WordNet 3.0, cut down to the words the lexicon knows.

The shipped file is zlib-compressed UTF-8 text in two parts split by an empty line: synsets (`id lexname words gloss`,
tab-separated, words by `|`) and lemmas (`lemma` and its senses `pos:line:count` by rank, separated by spaces).
"""

from __future__ import annotations

import csv
import io
import os
import zlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bitext.errors import FormatError, ModelError
from bitext.files import reason, writing
from bitext.lexicon.english import base_forms
from bitext.shipped import shipped

__all__ = ["Inventory", "Sense", "compact", "inventory", "senses"]

_HEAD = "bitext senses 1"
_LETTER = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of an English word.

    Attributes:
        lemma: the word, lower-cased.
        pos: n, v, a or r.
        rank: 1 for the most usual sense of the lemma in its part of speech.
        synset: WordNet 3.0 offset and part of speech, such as `00501820a`.
        lexname: WordNet's lexicographer file, such as `noun.person`.
        count: how often the sense was tagged in WordNet's sense-tagged texts.
        synonyms: the other words of the synset.
        gloss: its definition.
    """

    lemma: str
    pos: str
    rank: int
    synset: str
    lexname: str
    count: int
    synonyms: tuple[str, ...]
    gloss: str


class _OfPos:
    """The lemmas of one part of speech, as something to ask `in`."""

    def __init__(self, lemmas: dict[str, str], mark: str) -> None:
        self._lemmas, self._mark = lemmas, mark

    def __contains__(self, lemma: object) -> bool:
        return isinstance(lemma, str) and self._mark in self._lemmas.get(lemma, "")


class Inventory:
    """Senses by lemma. Make one with `inventory()` (the shipped one) or `Inventory.read`."""

    def __init__(self, synsets: list[str], lemmas: dict[str, str]) -> None:
        self._synsets, self._lemmas = synsets, lemmas

    def __len__(self) -> int:
        return len(self._lemmas)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Inventory:
        """Read what `compact` wrote.

        Raises:
            ModelError: missing, damaged, or not a sense inventory.
        """
        try:
            with open(path, "rb") as f:
                text = zlib.decompress(f.read()).decode("utf-8")
        except FileNotFoundError:
            raise ModelError("there is no such sense inventory", path=path, mend="check the name") from None
        except OSError as e:
            raise ModelError(f"cannot be read ({reason(e)})", path=path) from None
        except (zlib.error, UnicodeDecodeError):
            raise ModelError("is not a sense inventory, or is damaged", path=path, mend="install it again") from None
        head, _, rest = text.partition("\n")
        if head != _HEAD:
            raise ModelError(f"is not of the kind {_HEAD!r}", path=path, mend="install it again")
        synsets, _, lemmas = rest.partition("\n\n")
        table = {}
        for line in lemmas.splitlines():
            lemma, _, entries = line.partition("\t")
            table[lemma] = entries
        return cls(synsets.split("\n"), table)

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """All lemmas."""
        return frozenset(self._lemmas)

    @property
    def nouns(self) -> Container[str]:
        """The lemmas that have a noun sense."""
        return self._by_pos["n"]

    @property
    def adjectives(self) -> Container[str]:
        """The lemmas that have an adjective sense."""
        return self._by_pos["a"]

    @cached_property
    def _by_pos(self) -> dict[str, _OfPos]:
        return {p: _OfPos(self._lemmas, f"{p}:") for p in "nvar"}

    @lru_cache(maxsize=4096)  # noqa: B019 - an inventory lives as long as the process
    def _of_lemma(self, lemma: str) -> tuple[Sense, ...]:
        ranks: dict[str, int] = {}
        found = []
        for entry in self._lemmas.get(lemma, "").split():
            pos, at, count = entry.split(":")
            ranks[pos] = ranks.get(pos, 0) + 1
            synset, lexname, words, gloss = self._synsets[int(at)].split("\t")
            others = tuple(w for w in words.split("|") if w.lower() != lemma)
            found.append(Sense(lemma, pos, ranks[pos], synset, lexname, int(count), others, gloss))
        return tuple(found)

    @lru_cache(maxsize=100_000)  # noqa: B019 - an inventory lives as long as the process
    def base_forms(self, word: str, pos: str | None = None) -> tuple[str, ...]:
        """The lemmas a word can be a form of: (`struck`) gives (`strike`,)."""
        word = word.lower()
        forms = [form for p in pos or "nvar" for form in base_forms(word, p, self._by_pos[p])]
        return tuple(dict.fromkeys(forms))

    @lru_cache(maxsize=20_000)  # noqa: B019 - an inventory lives as long as the process
    def senses(self, word: str, pos: str | None = None) -> tuple[Sense, ...]:
        """The senses of a word or any of its forms, those of the word itself first; none for an unknown word.

        `pos` is n (noun), v (verb), a (adjective), r (adverb) or None for all.
        """
        found = []
        for p in pos or "nvar":
            for form in base_forms(word.lower(), p, self._by_pos[p]):
                found += [s for s in self._of_lemma(form) if s.pos == p]
        return tuple(found)


def compact(rows: Iterable[tuple[str, ...]], keep: Iterable[str], path: str | os.PathLike[str]) -> int:
    """Cut a table of WordNet down to the lemmas in `keep` and write it; returns how many lemmas were kept.

    Args:
        rows: (lemma, pos, rank, synset, lexname, count, synonyms by comma, gloss).
        keep: lower-cased words, in any form; a lemma of several words stays if all of them are among these.
        path: the file to write.

    Raises:
        FormatError: a row is not of that kind.
    """
    table: dict[str, list[tuple[str, int, str, int]]] = {}
    synsets: dict[str, tuple[str, dict[str, None], str]] = {}
    for n, row in enumerate(rows, 1):
        try:
            lemma, pos, rank, synset, lexname, count, synonyms, gloss = row
            entry = (pos, int(rank), synset, int(count))
        except ValueError:
            raise FormatError(f"row {n} of the WordNet table has not eight columns with a rank and a count") from None
        table.setdefault(lemma.lower(), []).append(entry)
        words = synsets.setdefault(synset, (lexname, {}, gloss.split('; "')[0].strip()))[1]
        words.update(dict.fromkeys([lemma, *(s for s in synonyms.split(",") if s)]))
    known = set(keep)
    for word in list(known):
        for pos in "nvar":
            known.update(base_forms(word, pos, table))
    kept = {lemma: entries for lemma, entries in table.items() if all(w in known for w in lemma.split())}
    used = sorted({synset for entries in kept.values() for _, _, synset, _ in entries})
    line = {synset: i for i, synset in enumerate(used)}
    out = io.StringIO()
    out.write(_HEAD + "\n")
    out.write("\n".join("\t".join((s, synsets[s][0], "|".join(synsets[s][1]), synsets[s][2])) for s in used))
    out.write("\n\n")
    for lemma in sorted(kept):
        entries = sorted(kept[lemma], key=lambda e: ("nvar".find(e[0]), e[1]))
        out.write(lemma + "\t" + " ".join(f"{pos}:{line[synset]}:{count}" for pos, _, synset, count in entries) + "\n")
    with writing(path, "wb") as f:
        f.write(zlib.compress(out.getvalue().encode("utf-8"), 9))
    return len(kept)


def read_table(lines: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Rows of a tab-separated WordNet table with a header line, for `compact`."""
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    next(reader, None)
    return (tuple(row) for row in reader)


@lru_cache(maxsize=1)
def inventory() -> Inventory:
    """The shipped inventory, read once."""
    return Inventory.read(shipped("models", "lexicon", "en.senses.z"))


def senses(lemma: str, pos: str | None = None) -> tuple[Sense, ...]:
    """The senses of an English word in the shipped inventory; see `Inventory.senses`."""
    return inventory().senses(lemma, pos)
