"""English homographs with the French of each of their senses, and where either stands in a text.

`homographs.tsv` was written by hand for what a lexicon learnt from parallel text lacks: senses that its texts hardly
use (*spring*: *ressort*; *dressing*: *pansement*). Each sense also names French words that like to stand around it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

from bitext.errors import FormatError
from bitext.files import read_text

__all__ = ["Homograph", "Homographs", "Match", "Meaning", "homographs", "inflections", "plural"]

_MARKS = frozenset("nvarp")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sense of a homograph.

    Attributes:
        pos: n, v, a, r, or p for a fixed phrase.
        french: French words or phrases for it, the most usual first.
        cues: French words that stand around it.
        governs: the preposition that a French word takes (*muet*: *sur*).
    """

    pos: str
    french: tuple[str, ...]
    cues: tuple[str, ...] = ()
    governs: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Homograph:
    """An English word or phrase and its senses; one is equal to itself alone."""

    english: str
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Words `start` to `end` (half-open) of a text are `french`, which is meaning number `meaning` of `homograph`."""

    start: int
    end: int
    homograph: Homograph
    meaning: int
    french: str


class Homographs:
    """The table, to be asked from both sides. Words are lower-cased, with œ and æ spelt out."""

    def __init__(self, entries: Iterable[Homograph]) -> None:
        self.entries = tuple(entries)
        self._by_english = {e.english: e for e in self.entries}

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, english: object) -> bool:
        return english in self._by_english

    def get(self, english: str) -> Homograph | None:
        """The entry of an English base form or phrase."""
        return self._by_english.get(english)

    @cached_property
    def _french(self) -> dict[str, list[tuple[tuple[frozenset[str], ...], Homograph, int, str]]]:
        """By the first word in any form: (forms of each word of the term, entry, meaning, term), longest first."""
        found: dict[str, list[tuple[tuple[frozenset[str], ...], Homograph, int, str]]] = {}
        for entry in self.entries:
            for k, meaning in enumerate(entry.meanings):
                for term in meaning.french:
                    forms = _term_forms(term, meaning.pos)
                    for first in forms[0]:
                        found.setdefault(first, []).append((forms, entry, k, term))
        for terms in found.values():
            terms.sort(key=lambda t: -len(t[0]))
        return found

    @cached_property
    def _phrases(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = {}
        for english in self._by_english:
            parts = tuple(english.split())
            if len(parts) > 1:
                found.setdefault(parts[0], []).append(parts)
        return found

    def in_french(self, words: Sequence[str]) -> list[Match]:
        """Every French term of the table that stands in a sentence (plain words, in order)."""
        found = []
        for i, word in enumerate(words):
            for forms, entry, k, term in self._french.get(word, ()):
                end = i + len(forms)
                if end <= len(words) and all(w in f for w, f in zip(words[i:end], forms, strict=True)):
                    found.append(Match(i, end, entry, k, term))
        return found

    def in_english(self, words: Sequence[str], forms: Sequence[Container[str]]) -> list[tuple[int, int, Homograph]]:
        """The homographs of a sentence with their places; a phrase hides the words it is made of.

        `forms` are the base forms of each word, itself among them.
        """
        found: list[tuple[int, int, Homograph]] = []
        i = 0
        while i < len(words):
            best = 1
            for base in (words[i], *sorted(_iterate(forms[i]) - {words[i]})):
                for parts in self._phrases.get(base, ()):
                    n = len(parts)
                    fits = i + n <= len(words) and all(
                        p == words[i + k] or p in forms[i + k] for k, p in enumerate(parts)
                    )
                    if n > best and fits:
                        best = n
                        entry = self._by_english[" ".join(parts)]
            if best > 1:
                found.append((i, i + best, entry))
            else:
                bases = sorted(_iterate(forms[i]) | {words[i]})
                found += [(i, i + 1, self._by_english[b]) for b in bases if b in self._by_english]
            i += best
        return found


def _iterate(forms: Container[str]) -> set[str]:
    return set(forms) if isinstance(forms, Iterable) else set()


def plural(word: str) -> str:
    """The usual plural of a French noun or adjective."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith(("eau", "eu")):
        return word + "x"
    return word[:-2] + "aux" if word.endswith("al") else word + "s"


def _nominal(word: str) -> set[str]:
    """Forms of a noun or adjective: number, and the feminines that endings allow."""
    if "-" in word:
        parts = [{p, plural(p)} for p in word.split("-")]
        return {"-".join(p) for p in product(*parts)}
    forms = {word}
    for ending, feminine in (
        ("eux", "euse"), ("if", "ive"), ("er", "ère"), ("et", "ette"), ("ien", "ienne"), ("on", "onne"),
        ("el", "elle"), ("teur", "trice"), ("eur", "euse"), ("ef", "ève"), ("il", "ille"), ("ent", "ente"),
        ("ant", "ante"), ("é", "ée"), ("ain", "aine"), ("al", "ale"), ("ert", "erte"), ("ort", "orte"),
        ("eil", "eille"), ("ais", "aise"), ("is", "ise"), ("it", "ite"), ("ut", "ute"), ("uit", "uite"), ("in", "ine"),
        ("r", "re"), ("d", "de"), ("as", "asse"), ("os", "osse"), ("u", "ue"), ("et", "ète"), ("t", "te"),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending) + 1:
            forms.add(word[: -len(ending)] + feminine)
    return forms | {plural(f) for f in forms}


_PRESENT_ER = "e es ons ez ent ais ait ions iez aient ai as a âmes èrent erai eras era erons erez eront erais erait erions eriez eraient é ée és ées ant er"  # fmt: skip  # noqa: E501
_IR = "is it issons issez issent issais issait issions issaient isse irent îmes irai iras ira irons irez iront irais irait iraient i ie ies issant ir"  # fmt: skip  # noqa: E501
_RE = (
    "s  ons ez ent ais ait ions iez aient is it irent rai ras ra rons rez ront rais rait raient u ue us ues ant re e es"
)
_IRREGULAR = {  # end of an infinitive: what its forms have in its place
    "aller": "vais vas va allons allez vont allais allait allaient irai ira iront irait iraient allé allée allés allées allant aille aller",  # noqa: E501
    "faire": "fais fait faisons faites font faisais faisait faisaient fera feront ferait fit firent faite faits faisant faire fasse",  # noqa: E501
    "enir": "iens ient enons enez iennent enais enait enaient iendra iendront iendrait int inrent enu enue enus enues enant enir",  # noqa: E501
    "mettre": "mets met mettons mettez mettent mettait mettaient mettra mettront mettrait mit mirent mis mise mises mettant mettre",  # noqa: E501
    "prendre": "prends prend prenons prenez prennent prenait prenaient prendra prendront prit prirent pris prise prises prenant prendre",  # noqa: E501
    "battre": "bats bat battons battez battent battait battaient battra battront battit battu battue battus battues battant battre",  # noqa: E501
    "vivre": "vis vit vivons vivez vivent vivait vivaient vivra vivront vécut vécu vivant vivre",
    "suivre": "suis suit suivons suivez suivent suivait suivaient suivra suivront suivit suivi suivie suivis suivies suivant suivre",  # noqa: E501
    "dire": "dis dit disons dites disent disait disaient dira diront dites dite disant dire interdisez interdise",
    "crire": "cris crit crivons crivez crivent crivait crivaient crira crivit crite crits crites crivant crire",
    "duire": "duis duit duisons duisent duisait duira duiront duirait duisit duite duits duites duisant duire",
    "ouvrir": "ouvre ouvres ouvrons ouvrent ouvrait ouvraient ouvrira ouvriront ouvrit ouvert ouverte ouverts ouvertes ouvrant ouvrir",  # noqa: E501
    "ourir": "eurs eurt ourons ourent eurent ourait ourra ourront ort orte orts ortes ourut ours ourt ourant ourir ouru",  # noqa: E501
    "indre": "ins int ignons ignent ignait indra indront ignit inte ints intes ignant indre",
    "onnaître": "onnais onnaît onnaissons onnaissent onnaissait onnut onnu onnue onnus onnues onnaître",
    "cevoir": "çois çoit cevons cevez çoivent cevait cevaient cevra cevront cevrait çut çurent çu çue çus çues cevant cevoir",  # noqa: E501
    "voir": "vois voit voyons voyez voient voyait voyaient verra verront vit virent vu vue vus vues voyant voir",
    "vaincre": "vaincs vainc vainquons vainquent vainquit vaincu vaincue vaincus vaincues vaincre",
    "clure": "clus clut cluons cluent cluait clura cluront clue clues cluant clure",
    "artir": "ars art artons artent artait artaient artira artiront arti artie artis arties artant artir artit",
    "entir": "ens ent entons entent entait entira entit enti entie entis enties entant entir",
    "ortir": "ors ort ortons ortent ortait ortira ortit orti ortie ortis orties ortant ortir",
    "être": "suis es est sommes êtes sont étais était étaient sera seront serait fut furent été étant être soit",
}
_WHOLE = frozenset(("aller", "être"))  # of these the whole verb, not the end (*installer*)


@lru_cache(maxsize=20_000)
def inflections(verb: str) -> frozenset[str]:
    """Forms of a French verb, generously: what looks like one of its endings counts."""
    for ending, forms in _IRREGULAR.items():
        if verb == ending or (verb.endswith(ending) and ending not in _WHOLE and (ending != "voir" or len(verb) < 9)):
            stem = verb[: -len(ending)]
            return frozenset(stem + f for f in forms.split()) | {verb}
    if verb.endswith("er"):
        stem = verb[:-2]
        stems = {stem}
        if stem.endswith("g"):
            stems.add(stem + "e")
        elif stem.endswith("c"):
            stems.add(stem[:-1] + "ç")
        elif stem.endswith("y"):
            stems.add(stem[:-1] + "i")
        elif (m := re.search(r"[eé]([^aeiouéèêy]{1,2})$", stem)) is not None:
            stems |= {stem[: m.start()] + "è" + m.group(1), stem + stem[-1]}
        return frozenset(s + e for s in stems for e in _PRESENT_ER.split())
    if verb.endswith("ir"):
        return frozenset(verb[:-2] + e for e in _IR.split())
    if verb.endswith("re"):
        return frozenset(verb[:-2] + e for e in _RE.split(" "))
    return frozenset((verb,))


def _term_forms(term: str, pos: str) -> tuple[frozenset[str], ...]:
    """The forms that each word of a French term may have. Of a verb phrase the first word is the verb."""
    parts = _split(term)
    if pos in "vp" and parts[0] in ("se", "s'"):
        parts = parts[1:]
    out: list[frozenset[str]] = []
    for k, part in enumerate(parts):
        forms = {part}
        if k == 0 and (pos == "v" or pos == "p") and part.endswith(("er", "ir", "re")) and len(part) > 3:
            forms |= inflections(part)
        elif len(part) > 2 and not part.endswith("'"):
            forms |= _nominal(part)
        out.append(frozenset(f.replace("œ", "oe").replace("æ", "ae") for f in forms))
    return tuple(out)


def _split(term: str) -> list[str]:
    """The words of a term, elided ones apart."""
    return [p for w in term.replace("’", "'").split() for p in re.findall(r"[^\s']+'(?=\w)|\S+", w)]


def read(path: str | Path) -> Homographs:
    """Read a table of homographs.

    Raises:
        InputError: the file cannot be read.
        FormatError: a line that is not `word<TAB>pos:French,French;cue cue<TAB>…`, or a word that has one already.
    """
    entries = []
    lines: dict[str, int] = {}
    for n, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        english, *senses = line.split("\t")
        meanings = []
        for sense in senses:
            pos, colon, rest = sense.partition(":")
            french, _, cues = rest.partition(";")
            if not colon or pos not in _MARKS or not french.strip():
                raise FormatError(f"the sense {sense!r} is not pos:French,French;words around", path=path, line=n)
            listed = [t.strip().rstrip("]").partition(" [") for t in french.split(",")]
            governs = {t: preposition for t, _, preposition in listed if preposition}
            terms = tuple(dict.fromkeys(t for t, _, _ in listed))
            meanings.append(Meaning(pos, terms, tuple(cues.split()), governs))
        if not english or not meanings:
            raise FormatError("a homograph needs a word and its senses, separated by tabs", path=path, line=n)
        if lines.setdefault(english, n) != n:
            raise FormatError(f"{english!r} has a line already: {lines[english]}", path=path, line=n)
        entries.append(Homograph(english, tuple(meanings)))
    return Homographs(entries)


@lru_cache(maxsize=1)
def homographs() -> Homographs:
    """The shipped table, read once."""
    return read(Path(__file__).with_name("homographs.tsv"))
