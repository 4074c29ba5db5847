"""Damage of spaces, hyphens, points and characters: what web pages and their translation leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from bitext.document import Flag, Kind, Segment, Severity
from bitext.flag.base import Case, Check, Paragraph
from bitext.flag.words import words, wordset

__all__ = ["FinalStop", "Leftovers", "Spacing"]

_BEFORE_COMMA = re.compile(r"(?<=[^\W_]|[)»\"”’%])[ \u00a0\u202f\t]+(?=[,.](?=\s|$|[\"”»)]))")
_AFTER_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’][ \u00a0]+(?=[^\W\d_])", re.I)
_REPEATED = re.compile(r",\s*,+|;\s*;+|(?<!\.)\.\.(?!\.)|,\.|\.,(?!\d)|:\s*:(?!\w)")
# What may end in a full stop before a comma: *etc.*, *Inc.*, and all with a full stop or one letter: *p.m.*, *J.-C.*
_ABBREVIATION = re.compile(
    r"(?:\.\S*|(?<![^\W_])\w|\b(?:etc|inc|ltd|jr|sr|co|corp|bros|env|ex|cf|ca|al|vol|chap|fig|art|"
    r"jan|feb|aug|sept?|oct|nov|dec|janv|févr|juil|déc))\Z",
    re.I,
)
_AMPERSAND = re.compile(r"(?<=[a-zàâéèêîôûç]{2} )&(?:amp;)?(?= [a-zàâéèêîôûç]{2})")
_GLUED = re.compile(
    r"(?<=[a-zàâéèêëîïôûç]{2})[.!?](?=(?!Js\b|Net\b|Com\b)[A-ZÀÂÉÈÊÎÔ][a-zàâéèêëîïôûç]+[\s,])|"
    r"(?<=[a-zé]{2}),(?=[a-zé]{2})"
)
_TOKEN = 200  # characters of a word or an address that are looked at


class Spacing(Check):
    """A space before a comma or a full stop, after an elided word (*l' Union*), none after a full stop, `,,`.

    French puts a (no-break) space before `; : ! ?` and inside « », never before a comma or a point; those are left
    alone. In a text where most commas have a space before them (a tokenised one) nothing is said.
    """

    name = "spacing"
    title = "Stray or missing space, doubled punctuation"
    category = "fluency/typography"
    severity = "minor"
    scope = "page"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        if _tokenised(case):
            return
        text = unit.text
        for m in _BEFORE_COMMA.finditer(text):
            if text.startswith("...", m.end()) or re.search(r"\.\s*\.\s*$", text[max(0, m.start() - 9) : m.start()]):
                continue
            start, end = _word_before(text, m.start()), m.end() + 1
            mark = "comma" if text[m.end()] == "," else "full stop"
            yield self.flag(
                unit.locate(start, end),
                f"A space before the {mark}.",
                Severity.MINOR,
                suggestion=text[start : m.start()] + text[m.end()],
            )
        if case.lang == "fr":
            for m in _AFTER_ELISION.finditer(text):
                yield self.flag(
                    unit.locate(m.start(), m.end()),
                    "A space after the apostrophe.",
                    Severity.MINOR,
                    suggestion=m.group().rstrip(),
                )
        for m in _AMPERSAND.finditer(text):
            yield self.flag(unit.locate(*m.span()), "An ampersand in running text.", Severity.MINOR, suggestion="et")
        for m in _REPEATED.finditer(text):
            if m.group() == ".," and _ABBREVIATION.search(text[_word_before(text, m.start()) : m.start()]):
                continue
            yield self.flag(unit.locate(*m.span()), f"Doubled punctuation: {m.group()!r}.", Severity.MINOR)
        for m in _GLUED.finditer(text):
            end = m.end()
            while end < min(len(text), m.end() + _TOKEN) and not text[end].isspace():
                end += 1
            token = text[_word_before(text, m.start()) : end]
            if re.search(r"[@/\\]|www|https?:|\.\w+\.", token):
                continue
            yield self.flag(
                unit.locate(m.start(), m.end()),
                f"No space after {m.group()!r}.",
                Severity.MINOR,
                suggestion=m.group() + " ",
            )


def _tokenised(case: Case) -> bool:
    if "tokenised" not in case.memo:
        text = case.target.text
        commas = text.count(",")
        case.memo["tokenised"] = commas >= 4 and len(re.findall(r"\s,", text)) > 0.5 * commas
    return bool(case.memo["tokenised"])


def _word_before(text: str, at: int) -> int:
    """Where the word begins that ends there; at most `_TOKEN` characters before it."""
    start = at
    while start > max(0, at - _TOKEN) and not text[start - 1].isspace():
        start -= 1
    return start


_ORPHAN_HYPHEN = re.compile(r"(?<=[^\s\-–—([«\"“])[ \u00a0]+-(?=[^\W\d_])(\w[\w'’]*)")
_CLOSING_DASH = re.compile(r"[^.!?]{0,80}\w-(?:\s|[,.;])")
_TRAILING_HYPHEN = re.compile(r"(?<=\s)([^\W\d_]{2,})-(?=\s+(?!et\b|ou\b|and\b|or\b|to\b|puis\b|à\b|[-–—,])[^\W\d_])")
_ACRONYM_STOP = re.compile(r"\b([A-ZÀ-Ý]{2,6})\.(?=\s+([^\W\d_A-ZÀ-Ý][\w'’]*))")
_MOJIBAKE = re.compile(r"Ã[\u0080-\u00bf©¨ª«´®¯§¢¹»]|â€[™œ\u009d“”˜¦\u0093\u0094]|Â[«»°]|\ufffd")
_MARKUP = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{2,5}|eacute|egrave|agrave|laquo|raquo);|</?(?:br|p|b|i|em|strong|"
    r"span|div|a)\b[^<>]*>",
    re.I,
)
_DANGLING = re.compile(r"(?<![-‐\w])(le|la|les|de|du|des|aux?|the|of)[ \u00a0]*(?=[.;!?)](?:\s|$))", re.I)


class Leftovers(Check):
    """Traces of text cut out or put together: an orphan hyphen (*de -AFP*, *un -le tiers*), an acronym's point taken
    for the end of a sentence (*l'UE. les membres*), an article before a full stop, broken encoding, mark-up.

    A dialogue dash at the start of a line, a pair of hyphens used as dashes and *pré- et post-* are no damage.
    """

    name = "leftovers"
    title = "Leftover hyphens, points, mark-up, broken characters"
    category = "fluency/typography"
    severity = "minor; major where the sentence cannot be read (a stray determiner, an acronym's point in mid-sentence)"
    scope = "paragraph"

    def find(self, case: Case, unit: Paragraph) -> Iterator[Flag]:
        text = unit.text
        for m in _ORPHAN_HYPHEN.finditer(text):
            # " -incise- ": used as dashes; "commande -v": an option has one letter
            if len(m.group(1)) == 1 or _CLOSING_DASH.match(text, m.end(1)):
                continue
            start = _word_before(text, m.start())
            span = unit.locate(start, m.end(1))
            before = text[start : m.start()]
            if m.group(1).lower() in _DETERMINERS and before.lower() in _DETERMINERS:
                yield self.flag(
                    span,
                    f"“{text[start : m.end(1)]}”: two determiners around a stray hyphen.",
                    Severity.MAJOR,
                    suggestion=before,
                    category="fluency/grammar",
                )
            else:
                yield self.flag(
                    span,
                    f"A stray hyphen before “{m.group(1)}”: something before it has been lost.",
                    Severity.MINOR,
                    suggestion=re.sub(r"\b([dD])e (?=[AEIOUÉaeioué])", r"\1'", f"{before} {m.group(1)}"),
                )
        for m in _TRAILING_HYPHEN.finditer(text):
            if re.search(r"[ \u00a0]-\w[^.!?]{0,80}$", text[max(0, m.start() - 83) : m.start()]):
                continue
            yield self.flag(unit.locate(m.start(), m.end()), f"A stray hyphen after “{m.group(1)}”.", Severity.MINOR)
        shouted = text.upper() == text
        for m in _ACRONYM_STOP.finditer(text):
            if m.group(1).isupper() and not shouted:
                follows = m.group(2)
                end = m.start(2) + len(follows)
                yield self.flag(
                    unit.locate(m.start(), end),
                    f"The point after “{m.group(1)}” is followed by “{follows}” in lower case: "
                    "the point of an abbreviation was probably taken for the end of a sentence.",
                    Severity.MAJOR,
                    category="fluency/grammar",
                    suggestion=f"{m.group(1)} {follows}",
                )
        for m in _MOJIBAKE.finditer(text):
            yield self.flag(
                unit.locate(*m.span()),
                f"“{m.group()}” is a character read in the wrong encoding.",
                Severity.MINOR,
                category="fluency/character-encoding",
                suggestion=_mended(m.group()),
            )
        for m in _MARKUP.finditer(text):
            yield self.flag(
                unit.locate(*m.span()),
                f"Mark-up of the page: “{m.group()}”.",
                Severity.MINOR,
                category="fluency/character-encoding",
            )
        for m in _DANGLING.finditer(text):
            if text.startswith("..", m.end()) or text[m.start() : m.end()].isupper():
                continue
            yield self.flag(
                unit.locate(m.start(), m.end() + 1),
                f"“{m.group(1)}” with nothing after it: something has been lost.",
                Severity.MAJOR,
                category="fluency/grammar",
            )


_DETERMINERS = wordset("un une le la les du des au aux ce cet cette ces")


def _mended(damaged: str) -> str | None:
    try:
        return damaged.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


_CLOSED = re.compile(r"[.!?…:;]\s*+[\"'”’»)\]]*+\s*+$|[\"”»)\]]$|[^\w\s]$")


class FinalStop(Check):
    """A sentence without final punctuation, where its neighbours have one.

    Only segments that the segmenter calls sentences and that have at least `words` words; headings, captions, lines
    that introduce something and titles stay out. If the original ends without a point as well, nothing is said.
    """

    name = "final-stop"
    title = "Missing full stop"
    category = "fluency/typography"
    severity = "minor"
    defaults: ClassVar[Mapping[str, float]] = {"words": 6}

    def find(self, case: Case, unit: int) -> Iterator[Flag]:
        segment = case.target.segments[unit]
        text = segment.text.rstrip()
        if segment.kind is not Kind.SENTENCE or not text or _CLOSED.search(text):
            return
        if len(words(text, case.lang)) < self.threshold(case, "words"):
            return
        pair = case.original_of(unit)
        if pair is not None and pair.indices.stop - 1 == unit and not _CLOSED.search(pair.other.rstrip()):
            return
        closed, sentences = self._closed(case)
        if sentences > 1 and closed < 0.8 * (sentences - 1):
            return  # a list of titles, or subtitles
        start = _word_before(text, len(text))
        following = _following(case, unit)
        if following is not None and following.text[:1].islower():
            return  # the segmenter cut a sentence in two
        yield self.flag(
            (unit, (start, len(text))),
            "The sentence has no final punctuation.",
            Severity.MINOR,
            suggestion=text[start:] + ".",
            closed=closed,
            sentences=sentences,
        )

    @staticmethod
    def _closed(case: Case) -> tuple[int, int]:
        """How many sentences of the text end with punctuation, of how many."""
        if "closed" not in case.memo:
            ends = [bool(_CLOSED.search(s.text.rstrip())) for s in case.target.segments if s.kind is Kind.SENTENCE]
            case.memo["closed"] = sum(ends), len(ends)
        closed: tuple[int, int] = case.memo["closed"]
        return closed


def _following(case: Case, unit: int) -> Segment | None:
    after = case.target.segments[unit + 1 : unit + 2]
    return after[0] if after and after[0].paragraph == case.target.segments[unit].paragraph else None
