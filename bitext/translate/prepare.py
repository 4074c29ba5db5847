"""What happens to a text before and after the model: cleaned, passed by, split at clauses, joined again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["around_endless", "clean", "join", "split", "too_long", "untranslatable"]

_NOT_TEXT = re.compile(
    r"""
      (?:https?|ftp)://\S+ | www\.\S+          # addresses
    | (?:[\w-]+\.)+(?:com|org|net|fr|eu|info|edu|gov|int|io|ch|be|ca|uk)(?:/\S*)?
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+             # mail
    | [@\#]\w+                                 # handles and hashtags
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONG_WORD = 120  # characters without a space that no language writes, such as base64

_ENOUGH = 20  # characters a token: a text of more than that times the limit has too many tokens for sure

# Where a text may be cut, best first; the cut comes after the match.
_CUTS = [
    re.compile(r"[.!?…]+[»”\"')\]]*\s+"),
    re.compile(r"\s*[;:]\s+|\s+[–—-]\s+"),
    re.compile(r",\s+"),
    re.compile(r"\s+(?=(?:et|ou|mais|car|donc|que|qui|dont|où|lorsque|quand|parce|puisque|pour|avec|afin)\s)"),
    re.compile(r"\s+(?=(?:and|or|but|because|that|which|who|where|when|while|although|so|for|with|to)\s)"),
    re.compile(r"\s+"),
]
_ENDS = re.compile(r"[.!?…][»”\"')\]]*$")


def clean(text: str) -> str:
    """One line without control characters, NUL and lone surrogates; runs of white space become one space.

    Non-breaking spaces are white space here: the model was trained on plain ones.
    """
    text = "".join(
        c if c.isprintable() or c.isspace() else ("�" if "\ud800" <= c <= "\udfff" else "" if c == "\u00ad" else " ")
        for c in text
    )
    return " ".join(text.split())


def too_long(text: str, limit: int) -> bool:
    """True if the text must be split whatever its tokens are; False says nothing."""
    return len(text) > _ENOUGH * limit


def untranslatable(text: str) -> bool:
    """True if nothing in it is language: no letters, or only addresses, handles, mail, or one endless word."""
    rest = " ".join(w for w in text.split() if len(w) <= _LONG_WORD)  # patterns take quadratic time on an endless word
    return not any(c.isalpha() for c in _NOT_TEXT.sub(" ", rest))


def around_endless(text: str) -> list[str]:
    """Endless words, and the text between them; joined by a space they are the text again."""
    parts: list[str] = []
    running: list[str] = []
    for word in text.split():
        if len(word) <= _LONG_WORD:
            running.append(word)
            continue
        parts += [" ".join(running), word]
        running = []
    return [p for p in (*parts, " ".join(running)) if p]


def _cut(text: str) -> int:
    """The best place to cut in two, the nearest to the middle of the best kind in the middle three fifths."""
    middle = len(text) / 2
    low, high = 0.2 * len(text), 0.8 * len(text)
    for pattern in _CUTS:
        places = [m.end() for m in pattern.finditer(text, int(low)) if m.end() <= high]
        if places:
            return min(places, key=lambda p: abs(p - middle))
    spaces = [m.end() for m in re.finditer(r"\s+", text) if m.end() < len(text)]
    return min(spaces, key=lambda p: abs(p - middle)) if spaces else int(middle)


def split(text: str, limit: int, count: Callable[[list[str]], list[int]]) -> list[str]:
    """Pieces of at most `limit` tokens, cut at the ends of sentences, else of clauses, else between words.

    Nothing is lost: the pieces, joined by a space, are the text again, except that an endless word
    (base64, say) may be cut inside.

    Args:
        text: cleaned.
        limit: tokens a piece may have.
        count: the numbers of tokens of some texts.
    """
    pieces = [text]
    while True:  # first by length alone: tokenising an endless line takes much memory
        longest = max(map(len, pieces))
        if longest <= _ENOUGH * limit:
            break
        pieces = _halve(pieces, [len(p) > _ENOUGH * limit for p in pieces])
    while True:
        longer = [n > limit and len(p) > 1 for p, n in zip(pieces, count(pieces), strict=True)]
        if not any(longer):
            return pieces
        pieces = _halve(pieces, longer)


def _halve(pieces: list[str], which: list[bool]) -> list[str]:
    halves: list[str] = []
    for piece, cut in zip(pieces, which, strict=True):
        at = _cut(piece) if cut else len(piece)
        halves += [p for p in (piece[:at].strip(), piece[at:].strip()) if p]
    return halves or pieces


def join(sources: Sequence[str], outputs: Sequence[str]) -> str:
    """The translations of pieces as one text. A full stop that the model put after a mere clause goes."""
    kept = []
    for i, (source, output) in enumerate(zip(sources, outputs, strict=True)):
        if i < len(sources) - 1 and not _ENDS.search(source) and output.endswith(".") and not output.endswith(".."):
            output = output[:-1] + ("," if source.endswith(",") else "")
        kept.append(output)
    return " ".join(o for o in kept if o)
