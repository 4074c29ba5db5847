"""Plain text: the target document's text, as it is."""

from __future__ import annotations

from bitext.document import Bitext, Document
from bitext.formats.common import Path_, creating, name_of, text_of

__all__ = ["read", "write"]


def write(bitext: Bitext, path: Path_) -> None:
    """Write the text under examination, character for character.

    Raises:
        OutputError: cannot be written.
    """
    with creating(path) as f:
        f.write(bitext.target.text)


def read(path: Path_, *, source_lang: str | None = None, target_lang: str | None = None) -> Bitext:
    """A bitext of the target text alone, not segmented. `source_lang` has nothing to say here.

    Raises:
        InputError: the file cannot be read or is not text.
    """
    return Bitext(Document(text_of(path), (), target_lang or "fr", name_of(path)))
