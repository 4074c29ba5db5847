"""The gold sets of the flags, each as texts with the spans that people marked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bitext.document import Bead, Bitext, Document, Flag

__all__ = [
    "CATEGORY",
    "Gold",
    "Item",
    "article",
    "bitext_of",
    "clean",
    "demetr",
    "diabla",
    "read_faults",
    "rows",
    "sconf",
    "spoilt",
    "wmt22chat",
]

Span = tuple[int, int, str, str]  # start, end, MQM category, severity


@dataclass
class Item:
    """A translated segment and its faults."""

    source: str
    target: str
    spans: list[Span] = field(default_factory=list)
    label: str = ""
    id: str = ""


@dataclass
class Gold:
    """Items of one direction, flagged as one document."""

    name: str
    source_lang: str
    target_lang: str
    items: list[Item]


CATEGORY = {
    "Mistranslation": "accuracy/mistranslation",
    "Wrong Named Entity": "accuracy/mistranslation",
    "Date": "accuracy/mistranslation",
    "Time Format": "fluency/typography",
    "MT Hallucination": "accuracy/addition",
    "Addition": "accuracy/addition",
    "Omission": "accuracy/omission",
    "Untranslated": "accuracy/untranslated",
    "Punctuation": "fluency/typography",
    "Whitespace": "fluency/typography",
    "Capitalization": "fluency/spelling",
    "Spelling": "fluency/spelling",
    "Grammar": "fluency/grammar",
    "Agreement": "fluency/grammar",
    "Word Order": "fluency/grammar",
}


def rows(path: Path) -> list[dict[str, str]]:
    """A tab-separated file with a header."""
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def bitext_of(gold: Gold, items: Sequence[Item] | None = None) -> Bitext:
    """The items as one aligned bitext with its original."""
    chosen = gold.items if items is None else items
    flat = [(re.sub(r"[\n\r]", " ", i.source), re.sub(r"[\n\r]", " ", i.target)) for i in chosen]
    target = Document.from_lines([t for _, t in flat], gold.target_lang)
    source = Document.from_lines([s for s, _ in flat], gold.source_lang)
    beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(flat)))
    return Bitext(target, source, "original", beads=beads)


def wmt22chat(folder: Path) -> list[Gold]:
    """MQM spans on two systems, both directions; *Source Issue* and neutral marks are no faults."""
    out = []
    for system in ("baseline", "unbabel_ist"):
        path = folder / f"wmt22chat_{system}.tsv"
        if not path.is_file():
            continue
        for direction in ("en_fr", "fr_en"):
            items = []
            for r in rows(path):
                if r["direction"] != direction:
                    continue
                spans: list[Span] = []
                kinds, severities = r["typology"].split("/"), r["severities"].split("/")
                starts, ends = r["start"].split("/"), r["end"].split("/")
                for kind, severity, a, b in zip(kinds, severities, starts, ends, strict=False):
                    if kind in CATEGORY and severity != "neutral" and a.strip().isdigit() and b.strip().isdigit():
                        spans.append((int(a), int(b), CATEGORY[kind], severity))
                items.append(Item(r["src"], r["mt"], spans, "fault" if spans else "clean", r["id"]))
            source, target = direction.split("_")
            out.append(Gold(f"wmt22chat {system} {direction}", source, target, items))
    return out


def demetr(folder: Path) -> Gold | None:
    """Perturbed translations; the span is what differs from the unperturbed one."""
    path = folder / "demetr.tsv"
    if not path.is_file():
        return None
    items = []
    for r in rows(path):
        good = re.search(r"orig_mt=(.*?) \|\| ", r["extra"])
        spans: list[Span] = []
        if r["label"] != "ok" and good:
            a, b = difference(r["mt"], good.group(1))
            spans = [(a, b, r["error_type"], r["label"])]
        items.append(Item(r["src"], r["mt"], spans, r["error_type"], r["id"]))
    return Gold("demetr", "fr", "en", items)


def difference(text: str, other: str) -> tuple[int, int]:
    """The characters of `text` between the longest common beginning and end."""
    a = 0
    while a < min(len(text), len(other)) and text[a] == other[a]:
        a += 1
    b = 0
    while b < min(len(text), len(other)) - a and text[-1 - b] == other[-1 - b]:
        b += 1
    return a, max(a, len(text) - b)


def diabla(folder: Path) -> list[Gold]:
    """Sentences with the judgement perfect, medium or poor."""
    path = folder / "diabla.tsv"
    if not path.is_file():
        return []
    out = []
    for direction in ("en-fr", "fr-en"):
        kept = [r for r in rows(path) if r["direction"] == direction and r["judgment"]]
        source, target = direction.split("-")
        items = [Item(r["src"], r["mt"], [], r["judgment"], r["id"]) for r in kept]
        out.append(Gold(f"diabla {direction}", source, target, items))
    return out


@dataclass
class Partial:
    """A pair with the words of both sides that annotators marked as untranslated."""

    source: list[str]
    target: list[str]
    labels: tuple[str, str]
    loose: list[tuple[set[int], set[int]]]


def sconf(folder: Path) -> list[Partial]:
    """Subtitle pairs, tokenised; the words of each side that have no counterpart, by annotator."""
    path = folder / "sconf.tsv"
    if not path.is_file():
        return []
    out = []
    for r in rows(path):
        marked = [
            ({int(i) for i in r[f"untrans_src_idx{n}"].split()}, {int(i) for i in r[f"untrans_tgt_idx{n}"].split()})
            for n in (1, 2)
        ]
        out.append(Partial(r["src_en_tok"].split(), r["tgt_fr_tok"].split(), (r["label1"], r["label2"]), marked))
    return out


def clean(folder: Path, count: int = 3000) -> Gold | None:
    """Human translations, as if they were a machine's."""
    fr, en = folder / "newstest2013.fr", folder / "newstest2013.en"
    if not (fr.is_file() and en.is_file()):
        return None
    pairs = zip(en.read_text("utf-8").splitlines(), fr.read_text("utf-8").splitlines(), strict=True)
    return Gold("newstest2013", "en", "fr", [Item(s, t) for s, t in list(pairs)[:count]])


def read_faults(path: Path) -> set[tuple[int, str]]:
    """Segments of a clean set (from 0) whose translators erred, each with the check that is right there."""
    return {(int(r["line"]) - 1, r["check"]) for r in rows(path)} if path.is_file() else set()


_EXCHANGED = {"le": "la", "la": "le", "un": "une", "une": "un", "est": "sont", "sont": "est", "ont": "a", "du": "de la"}


def spoilt(items: Sequence[Item], count: int = 120) -> Gold:
    """Sound translations with one small word of each exchanged for its other gender or number."""
    out = []
    for n, item in enumerate(items):
        found = [m for m in re.finditer(r"(?<= )\w+(?= )", item.target) if m.group() in _EXCHANGED]
        if found and len(out) < count:
            m = found[n % len(found)]
            wrong = _EXCHANGED[m.group()]
            span = (m.start(), m.start() + len(wrong), "fluency/grammar", "minor")
            out.append(Item(item.source, item.target[: m.start()] + wrong + item.target[m.end() :], [span]))
    return Gold("planted", "en", "fr", out)


def article(folder: Path) -> tuple[Path, list[dict[str, object]]]:
    """The article and its faults, with all their places (start, end) in the text."""
    text = (folder / "kazakhstan.fr.txt").read_text("utf-8")
    faults: list[dict[str, object]] = []
    for r in rows(folder / "kazakhstan.faults.tsv"):
        at = [m.start() for m in re.finditer(re.escape(r["span"]), text)]
        places = [(at[int(n) - 1], at[int(n) - 1] + len(r["span"])) for n in r["occurrence"].split(",")]
        faults.append({**r, "places": places})
    return folder / "kazakhstan.fr.txt", faults


def touches(flag: Flag, span: Span, size: int) -> bool:
    """Whether a flag and a marked span are about one place; a flag on the whole segment is about all of it.

    A mark of no or one character (a missing full stop, a space) is met one character further as well.
    """
    a, b = flag.span
    if (a, b) == (0, size):
        return True
    wide = 1 if span[1] - span[0] <= 1 else 0
    return a < span[1] + wide and span[0] - wide < b


def by_segment(flags: Sequence[Flag]) -> dict[int, list[Flag]]:
    """Flags by segment."""
    out: dict[int, list[Flag]] = {}
    for f in flags:
        out.setdefault(f.segment, []).append(f)
    return out


def windows(text: str, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each token stands in the text that the tokens make when joined by a space."""
    at = 0
    for t in tokens:
        yield at, at + len(t)
        at += len(t) + 1
