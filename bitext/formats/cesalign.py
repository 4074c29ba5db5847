"""XCES cesAlign, the alignment format of OPUS: links between sentence ids of two XML documents.

Writing `NAME.xces` also writes the two documents beside it, `NAME.en.xml` and `NAME.fr.xml` (`<p>` paragraphs of
`<s>` sentences; `type` is the segment's kind if it is no sentence). A link's `certainty` is the bead's score.
n–m beads keep their segments. Read: such files and those of OPUS, tokenised (`<w>`) or not; the documents are
looked for beside the alignment and never outside of its folder. Sentences that no link names become 1–0 and 0–1 beads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from bitext.document import Bead, Bitext, Document, Kind, Segment
from bitext.errors import FormatError, OutputError
from bitext.formats.common import COMPRESSIONS, Path_, creating, langs_of, name_of
from bitext.formats.xliff2 import number
from bitext.formats.xml import XML_LANG, attribute, content, elements, local, sibling

__all__ = ["document_paths", "read", "write"]

_DOCTYPE = '<!DOCTYPE cesAlign PUBLIC "-//CES//DTD XML cesAlign//EN" "">'


def document_paths(path: Path_, source_lang: str, target_lang: str) -> tuple[Path, Path]:
    """Where the documents of an alignment file lie."""
    p = Path(path)
    packed = p.suffix if p.suffix in COMPRESSIONS else ""
    base = (p.with_suffix("") if packed else p).with_suffix("")
    names = (source_lang, target_lang) if source_lang != target_lang else ("source", "target")
    first, second = (base.with_name(f"{base.name}.{name}.xml{packed}") for name in names)
    return first, second


def write(bitext: Bitext, path: Path_) -> None:
    """Write the alignment and its two documents; none appears if one fails.

    Raises:
        OutputError: cannot be written, not aligned, or to standard output.
    """
    if str(path) == "-":
        raise OutputError("cesAlign is three files and cannot go to standard output", mend="name a file")
    if bitext.source is None or not bitext.beads:
        raise OutputError("the two sides are not aligned, so there are no links to write", mend="run bitext align")
    source_lang, target_lang = langs_of(bitext)
    source_path, target_path = document_paths(path, source_lang, target_lang)
    with creating(source_path) as source, creating(target_path) as target, creating(path) as f:
        for out, document, lang in ((source, bitext.source, source_lang), (target, bitext.target, target_lang)):
            out.writelines(_document(document, lang))
        docs = attribute(targType="s", fromDoc=source_path.name, toDoc=target_path.name)
        f.write(f'<?xml version="1.0" encoding="utf-8"?>\n{_DOCTYPE}\n<cesAlign version="1.0">\n<linkGrp{docs}>\n')
        for i, bead in enumerate(bitext.beads, 1):
            ids = ";".join(" ".join(str(k + 1) for k in side) for side in (bead.source, bead.target))
            f.write(f"<link{attribute(id=f'SL{i}', xtargets=ids, certainty=repr(bead.score))}/>\n")
        f.write("</linkGrp>\n</cesAlign>\n")


def _document(document: Document, lang: str) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<text{attribute(xml__lang=lang)}>\n<body>\n'
    paragraph: int | None = None
    for i, s in enumerate(document.segments, 1):
        if s.paragraph != paragraph:
            yield ("" if paragraph is None else "</p>\n") + f"<p{attribute(id=s.paragraph)}>\n"
            paragraph = s.paragraph
        kind = None if s.kind is Kind.SENTENCE else s.kind
        yield f"<s{attribute(id=i, type=kind)}>{content(s.text)}</s>\n"
    yield ("" if paragraph is None else "</p>\n") + "</body>\n</text>\n"


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read an alignment and the documents it names; several `linkGrp`s are read one after the other.

    Raises:
        InputError: a file cannot be read.
        FormatError: a link names a sentence that is not there, twice, or sentences that do not follow each other.
    """
    sides = (_Side("source"), _Side("target"))
    beads: list[Bead] = []
    for element, line in elements(path, ("link",), ("cesAlign",)):
        name = local(element.tag)
        if name == "linkGrp":
            for side, key in zip(sides, ("fromDoc", "toDoc"), strict=True):
                if not element.get(key):
                    raise FormatError(f"its <linkGrp> has no {key}", path=path, line=line, mend="name the document")
                side.open(sibling(path, element.get(key, "")))
        elif name == "link":
            halves = element.get("xtargets", "").split(";")
            if len(halves) != 2:
                raise FormatError('xtargets is not "ids;ids"', path=path, line=line, mend="mend the link")
            a, b = (side.take(half.split(), path, line) for side, half in zip(sides, halves, strict=True))
            score = number(element.get("certainty"), path, line) or 0.0
            if a or b:
                beads.append(Bead(a, b, score))
    if not sides[0].path:
        raise FormatError("has no <linkGrp>, so no documents", path=path, mend="give a whole cesAlign file")
    source, target = (
        side.document(lang) for side, lang in zip(sides, (source_lang or "en", target_lang or "fr"), strict=True)
    )
    return Bitext(target, source, beads=tuple(_covered(beads, sides)))


class _Side:
    """The sentences of one side, over all its documents, and where the links have come to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: Path | None = None
        self.lang = ""
        self.ids: dict[str, int] = {}
        self.sentences: list[tuple[str, Kind, int]] = []
        self.taken: set[int] = set()
        self.at = 0

    def open(self, path: Path) -> None:
        self.path = path if self.path is None else self.path
        self.ids = {}
        paragraph = offset = max((p for _, _, p in self.sentences), default=-1) + 1
        for element, line in elements(path, ("s",), ("text", "document", "cesDoc", "letsmt", "DOC")):
            name = local(element.tag)
            self.lang = self.lang or element.get(XML_LANG, "") or element.get("lang", "")
            if name == "p":
                own = element.get("id", "")
                paragraph = offset + int(own) if own.isascii() and own.isdigit() and len(own) < 9 else paragraph + 1
            elif name == "s":
                identity = element.get("id", "")
                if not identity or identity in self.ids:
                    what = f"two sentences with the id {identity}" if identity else "a sentence without id"
                    raise FormatError(what, path=path, line=line, mend="give each sentence its own id")
                self.ids[identity] = len(self.sentences)
                kind = Kind.SENTENCE
                with contextlib.suppress(ValueError):
                    kind = Kind(element.get("type", "sentence"))
                self.sentences.append((_sentence(element), kind, paragraph))

    def take(self, identities: list[str], path: Path_, line: int) -> range:
        indices = []
        for identity in identities:
            index = self.ids.get(identity)
            if index is None:
                raise FormatError(
                    f"names the {self.name} sentence {identity[:30]!r}, which {self.path} does not have",
                    path=path,
                    line=line,
                    mend="give the documents that belong to the alignment",
                )
            if index in self.taken:
                said = f"names the {self.name} sentence {identity[:30]!r} a second time"
                raise FormatError(said, path=path, line=line, mend="let each sentence be in one link")
            self.taken.add(index)
            indices.append(index)
        indices.sort()
        if not indices:
            return range(self.at, self.at)
        if indices[-1] - indices[0] + 1 != len(indices):
            said = f"links {self.name} sentences that do not follow each other"
            raise FormatError(said, path=path, line=line, mend="split the link")
        self.at = indices[-1] + 1
        return range(indices[0], self.at)

    def document(self, lang: str) -> Document:
        texts = [text for text, _, _ in self.sentences]
        plain = Document.from_lines(texts, self.lang or lang, "" if self.path is None else name_of(self.path))
        segments = tuple(
            Segment(s.text, s.start, s.end, kind, paragraph)
            for s, (_, kind, paragraph) in zip(plain.segments, self.sentences, strict=True)
        )
        return Document(plain.text, segments, plain.lang, plain.name)


def _sentence(element: Element) -> str:
    words = [w for w in element.iter() if local(w.tag) == "w"]
    return " ".join("".join(w.itertext()) for w in words) if words else "".join(element.itertext())


def _covered(beads: list[Bead], sides: tuple[_Side, _Side]) -> list[Bead]:
    """The beads and, before the first that comes later, a one-sided bead for each sentence that no link names."""
    for k, side in enumerate(sides):
        result: list[Bead] = []
        unnamed = [i for i in range(len(side.sentences)) if i not in side.taken]
        n = gap = 0
        for bead in [*beads, None]:
            own, other = (bead.source, bead.target) if bead is not None else (range(0), range(0))
            if k:
                own, other = other, own
            while n < len(unnamed) and (bead is None or (own and unnamed[n] < own.start)):
                alone, nothing = range(unnamed[n], unnamed[n] + 1), range(gap, gap)
                result.append(Bead(nothing, alone) if k else Bead(alone, nothing))
                n += 1
            if bead is not None:
                result.append(bead)
                gap = other.stop
        beads = result
    return beads
