"""Words of a text, normalised so that both languages meet: the one tokeniser of lexicon, aligner and flags.

What a token is, in this order:

- an address (`https://…`, `www.…`, `name@host`), a handle or tag (`@unwatch`, `#cdh`): one token;
- a number with its grouping and decimals: *2 000*, *2,000* and *2.000* (French) become `2000`, *3,5* and *3.5*
  become `3.5`; letters that touch it stay with it (`49e`, `24h`);
- a dotted acronym: *U.N.*, *E.U.* become `un`, `eu`;
- French: an elided word with its apostrophe (`l'`, `d'`, `qu'`, `jusqu'`), but *aujourd'hui*, *quelqu'un* and their
  like are whole; pronouns behind a hyphen stand alone and the *t* between is dropped (*a-t-il*: `a`, `il`);
- English: `n't`, `'s`, `'ll`, `'re`, `'ve`, `'d`, `'m` stand alone;
- a word: letters and digits with single inner hyphens (`peut-être`, `long-term`); other languages keep apostrophes;
- a Han or Kana character; one of `% € $ £ ¥ ° § &`.

Other punctuation is no token. A token's text is lower-cased, NFC, with a straight apostrophe and `oe`, `ae` for œ, æ.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Token", "split_compound", "tokens", "words"]


class Token(NamedTuple):
    """A normalised word and where it stands: `start` and `end` count code points of the text given."""

    text: str
    start: int
    end: int


_MARK = "\u0300-\u036f"
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_CHAR = rf"(?:[^\W_]|[{_MARK}])"  # letter, digit or accent standing alone
_LETTER = rf"[^\W\d_{_CJK}]"
_APOS = "['’ʼ]"
_SPACE = "[ \u00a0\u2009\u202f]"

_ADDRESS = r"https?://[^\s<>\"»”]*[^\s<>\"»”.,;:!?)\]]|www\.[^\s<>\"»”]*[^\s<>\"»”.,;:!?)\]]"
_MAIL = r"[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+|[@#]\w+"
_ACRONYM = rf"(?:(?<![^\W_]){_LETTER}\.){{2,}}(?:{_LETTER}(?![^\W_]))?"
_SYMBOL = "[%€$£¥°§&]"

_CLITICS = "(?:je|tu|ils?|elles?|on|nous|vous|ce|moi|toi|lui|leur|les?|la|y|en|ci|là)"
_FR_WHOLE = (
    rf"aujourd{_APOS}hui|quelqu{_APOS}une?s?|prud{_APOS}hom{_CHAR}+|presqu{_APOS}[iî]les?|entr{_APOS}{_CHAR}+|"
    rf"rendez-vous|chefs?-d{_APOS}(?:œ|oe)uvre"
)
_FR_ELIDED = rf"(?:qu|jusqu|lorsqu|puisqu|quoiqu|[cdjlmnst]){_APOS}(?={_LETTER})"
_FR_WORD = (
    rf"{_CHAR}+(?:-(?!{_CLITICS}(?:-{_CLITICS})*(?![\w-])|t-(?:ils?|elles?|on)(?![\w-])){_CHAR}+)*"
    r"(?:-t(?=-(?:ils?|elles?|on)(?![\w-])))?"
)
_EN_WORD = (
    rf"{_CHAR}+?(?=n{_APOS}t(?![^\W_]))|n{_APOS}t(?![^\W_])|{_APOS}(?:s|ll|re|ve|d|m)(?![^\W_])|{_CHAR}+(?:-{_CHAR}+)*"
)
_ANY_WORD = rf"[{_CJK}]|{_CHAR}+(?:(?:-|{_APOS}){_CHAR}+)*"


def _number(grouping: str, decimal: str) -> str:
    return (
        rf"\d{{1,3}}(?:{grouping}\d{{3}})+(?!\d)(?:{decimal}\d+)?{_LETTER}*|\d+(?:[.,]\d+)+(?!\d){_LETTER}*|"
        rf"\d+{_LETTER}*(?![^\W_])"
    )


_EN_NUMBER = _number(f"[,\u00a0\u2009\u202f]", r"\.")  # noqa: F541
_FR_NUMBER = _number(rf"(?:{_SPACE}|\.)", ",")
_DIGITS = re.compile(r"(?m)^\d[\d.,  \u00a0\u2009\u202f]*\d")
_PLAIN = re.compile(r"(?m)^\d+$")
_TABLE = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "ﬁ": "fi", "ﬂ": "fl", "\u00ad": ""})


@lru_cache(maxsize=64)
def _pattern(lang: str) -> re.Pattern[str]:
    word = {"fr": f"{_FR_WHOLE}|{_FR_ELIDED}|{_FR_WORD}", "en": _EN_WORD}.get(lang, _ANY_WORD)
    number = _EN_NUMBER if lang in ("en", "zh", "ja") else _FR_NUMBER
    parts = [_ADDRESS, _MAIL, rf"(?<![^\W_])(?:{number})", _ACRONYM, word, _SYMBOL]
    return re.compile("|".join(parts), re.IGNORECASE)


def _base(lang: str) -> str:
    return lang.replace("_", "-").split("-")[0].lower()


def _plain_number(match: re.Match[str], lang: str) -> str:
    """A number without grouping and with a decimal point."""
    text = re.sub(r"[  \u00a0\u2009\u202f]", "", match.group())
    if text.isdigit():
        return text
    group, decimal = (",", ".") if lang in ("en", "zh", "ja") else (".", ",")
    if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{decimal}\d+)?", text):
        text = text.replace(group, "")
    return text.replace(decimal, ".") if text.count(decimal) == 1 else text


def _normalise(joined: str, lang: str) -> str:
    """Tokens, one a line, as they are compared; lines stay lines."""
    joined = joined.lower()
    if not joined.isascii():
        joined = unicodedata.normalize("NFC", joined).translate(_TABLE)
    if lang == "fr" and "-t" in joined:
        joined = re.sub(r"(?m)-t$", "", joined)
    if "." in joined:
        joined = re.sub(rf"(?m)^(?:{_LETTER}\.)+{_LETTER}?$", lambda m: m.group().replace(".", ""), joined)
    if not _DIGITS.search(joined):
        return joined
    return _DIGITS.sub(lambda m: _plain_number(m, lang), joined)


def words(text: str, lang: str = "") -> list[str]:
    """The normalised words of a text, without offsets: the fast path; `[t.text for t in tokens(text, lang)]`."""
    lang = _base(lang)
    found = _pattern(lang).findall(text)
    return _normalise("\n".join(found), lang).split("\n") if found else []


def tokens(text: str, lang: str = "") -> list[Token]:
    """The words of a text with their offsets; `lang` is a language code such as `fr`, `en`, `fr-CA` or empty.

    `text[t.start:t.end]` is what stands there; `t.text` is its normalised form.
    """
    lang = _base(lang)
    spans = [m.span() for m in _pattern(lang).finditer(text)]
    if not spans:
        return []
    texts = _normalise("\n".join([text[s:e] for s, e in spans]), lang).split("\n")
    return [Token(t, s, e) for t, (s, e) in zip(texts, spans, strict=True)]


def split_compound(word: str) -> list[str]:
    """The parts of a hyphenated word, for a look-up that did not know the whole."""
    return [p for p in word.split("-") if p]
