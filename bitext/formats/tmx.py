"""TMX 1.4b, the interchange format of translation memories.

Written at level 1 (no inline tags): one `tu` a bead, `xml:lang` on each `tuv`, and as `prop`s what the bead knows:

    x-bitext-score, x-bitext-confidence, x-bitext-shape (n-m), x-bitext-moved, x-bitext-back (back-translation),
    and on the target `tuv` one x-bitext-flag a flag (JSON), with a `note` for people.

One-sided beads have one `tuv`. Read: TMX 1.1 to 1.4b in any encoding, inline codes (`bpt ept ph it ut`) dropped,
the text in `hi` kept; languages match as *fr*, *FR*, *fr-FR*. `source` is what `srclang` says unless
`source_lang` and `target_lang` do.

Specification: https://www.gala-global.org/tmx-14b
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bitext import __version__
from bitext.document import Bitext, Flag, Signature
from bitext.errors import FormatError
from bitext.formats.common import Path_, Row, creating, from_rows, langs_of, language_matches, name_of, rows_of
from bitext.formats.jsonl import flag_from_json, flag_to_json
from bitext.formats.xml import XML_LANG, attribute, content, elements, inner_text, local

__all__ = ["read", "write"]

_CODES = ("bpt", "ept", "ph", "it", "ut")


def write(bitext: Bitext, path: Path_) -> None:
    """Write one translation unit a bead. Same input, same bytes: there is no date in the file.

    Raises:
        OutputError: cannot be written, or the two sides are not aligned.
    """
    source_lang, target_lang = (lang.replace("_", "-") for lang in langs_of(bitext))
    head = attribute(
        creationtool="bitext",
        creationtoolversion=__version__,
        segtype="sentence",
        o_tmf="bitext",
        adminlang="en",
        srclang=source_lang,
        datatype="plaintext",
    )
    with creating(path) as f:
        f.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header{head}>\n')
        f.write(_prop("origin", bitext.origin) + _prop("signature", str(bitext.signature)))
        f.write("</header>\n<body>\n")
        for i, row in enumerate(rows_of(bitext), 1):
            f.write(_unit(i, row, source_lang, target_lang))
        f.write("</body>\n</tmx>\n")


def _prop(name: str, value: object) -> str:
    return "" if value in (None, "") else f'<prop type="x-bitext-{name}">{content(str(value))}</prop>\n'


def _unit(number: int, row: Row, source_lang: str, target_lang: str) -> str:
    n, _, m = row.shape.partition("-")
    parts = [f"<tu{attribute(tuid=number, segtype=None if n in '01' and m in '01' else 'block')}>\n"]
    parts += [_prop("shape", row.shape), _prop("score", repr(row.score))]
    parts += [_prop("confidence", row.confidence), _prop("moved", int(row.moved) or None), _prop("back", row.back)]
    if row.source or not row.target:
        parts.append(f"<tuv{attribute(xml__lang=source_lang)}><seg>{content(row.source)}</seg></tuv>\n")
    if row.target:
        parts.append(f"<tuv{attribute(xml__lang=target_lang)}>")
        for flag in row.flags:
            marked = row.target[slice(*flag.span)]
            parts.append(f"<note>{content(f'{flag.severity} {flag.category} “{marked}”: {flag.message}')}</note>\n")
        parts += [_prop("flag", flag_to_json(flag)) for flag in row.flags]
        parts.append(f"<seg>{content(row.target)}</seg></tuv>\n")
    parts.append("</tu>\n")
    return "".join(parts)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """Read the units that have one of the two languages, in the file's order; other languages are passed over.

    Raises:
        InputError: cannot be read.
        FormatError: not well-formed, not TMX, unsafe, or without the two languages.
    """
    reader = _Reader(path, source_lang, target_lang)
    rows = list(reader.rows())
    if len(reader.seen) > 1 and not all(
        any(language_matches(lang or "", seen) for seen in reader.seen) for lang in (reader.source, reader.target)
    ):
        raise FormatError(
            f"has no {reader.source}–{reader.target} units; its languages are {', '.join(sorted(reader.seen))}",
            path=path,
            mend="name source and target language",
        )
    name = name_of(path)
    result = from_rows(rows, reader.source or "en", reader.target or "fr", source_name=name, target_name=name)
    return result.with_(origin=reader.origin, signature=Signature.parse(reader.signature))


class _Reader:
    """The units of a file as rows; settles which languages are source and target at the first unit with two."""

    def __init__(self, path: Path_, source: str | None, target: str | None) -> None:
        self.path, self.source, self.target = path, source, target
        self.asked = source, target
        self.srclang = ""
        self.seen: dict[str, None] = {}
        self.origin, self.signature = "original", ""
        self.found: dict[str, str] = {}  # side: the language code as the file writes it

    def rows(self) -> Iterator[Row]:
        waiting: list[tuple[Element, int]] = []
        for element, line in elements(self.path, ("header", "tu"), ("tmx",)):
            if local(element.tag) == "header":
                srclang = element.get("srclang", "")
                self.srclang = "" if srclang == "*all*" else srclang
                self.origin = _prop_of(element, "origin") or "original"
                self.signature = _prop_of(element, "signature") or ""
            elif local(element.tag) == "tu":
                if not self._settled() and not self._settle(element):
                    waiting.append((element, line))
                    continue
                for unit in waiting:
                    yield self._row(*unit)
                waiting.clear()
                yield self._row(element, line)
        if not self._settled():
            self.source = self.source or self.srclang or "en"
            self.target = self.target or ("fr" if not language_matches("fr", self.source) else "en")
        for unit in waiting:
            yield self._row(*unit)
        self.source = self.found.get("source", self.source)
        self.target = self.found.get("target", self.target)

    def _settled(self) -> bool:
        return self.source is not None and self.target is not None

    def _settle(self, unit: Element) -> bool:
        langs = [lang for lang, _ in _variants(unit)]
        if len(langs) < 2:
            return False

        def choose(wanted: list[str | None], but: str | None) -> str | None:
            rest = [lang for lang in langs if but is None or not language_matches(but, lang)]
            for want in (w for w in wanted if w):
                for lang in sorted(rest, key=lambda lang: lang.lower() != want.lower()):  # the very same first
                    if language_matches(want, lang):
                        return lang
            return None

        source = self.source or choose([unit.get("srclang"), self.srclang, "en", "fr", *langs], self.target)
        target = self.target or choose(["fr", "en", *langs], source)
        if source is None or target is None:
            return False
        self.source, self.target = source, target
        return True

    def _row(self, unit: Element, line: int) -> Row:
        variants = _variants(unit)
        for lang, _ in variants:
            self.seen.setdefault(lang)
        source = self._pick("source", self.source or "", variants, None)
        target = self._pick("target", self.target or "", variants, source)
        text = "" if target is None else _seg_text(target, self.path, line)
        flags: list[Flag] = []
        if target is not None:
            flags = [flag_from_json(j, text, self.path, line) for j in _props(target, "flag")]
        return Row(
            "" if source is None else _seg_text(source, self.path, line),
            text,
            self._number(unit, "score", line) or 0.0,
            self._number(unit, "confidence", line),
            _prop_of(unit, "moved") == "1",
            _prop_of(unit, "back"),
            tuple(flags),
        )

    def _pick(self, side: str, lang: str, variants: list[tuple[str, Element]], taken: Element | None) -> Element | None:
        """The variant in this very language, or else in a variety of it."""
        free = [(code, tuv) for code, tuv in variants if tuv is not taken]
        exact = next((found for found in free if found[0].lower() == lang.lower()), None)
        found = exact or next((found for found in free if language_matches(lang, found[0])), None)
        if found is None:
            return None
        self.found.setdefault(side, found[0])
        return found[1]

    def _number(self, unit: Element, name: str, line: int) -> float | None:
        text = _prop_of(unit, name)
        try:
            value = None if text is None else float(text)
        except ValueError:
            value = math.nan
        if value is not None and not math.isfinite(value):
            raise FormatError(f"x-bitext-{name} is no number", path=self.path, line=line, mend="mend it")
        return value


def _variants(unit: Element) -> list[tuple[str, Element]]:
    """(language code, tuv) of a unit; TMX up to 1.1 said `lang`."""
    return [(tuv.get(XML_LANG) or tuv.get("lang") or "", tuv) for tuv in unit if local(tuv.tag) == "tuv"]


def _props(parent: Element, name: str) -> list[str]:
    return [p.text or "" for p in parent if local(p.tag) == "prop" and p.get("type") == f"x-bitext-{name}"]


def _prop_of(parent: Element, name: str) -> str | None:
    return next(iter(_props(parent, name)), None)


def _seg_text(tuv: Element, path: Path_, line: int) -> str:
    seg = next((child for child in tuv if local(child.tag) == "seg"), None)
    if seg is None:
        raise FormatError("a <tuv> of this unit has no <seg>", path=path, line=line, mend="add it or remove the tuv")
    return inner_text(seg, _CODES)
