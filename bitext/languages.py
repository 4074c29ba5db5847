"""English names of the languages that texts are usually in."""

from __future__ import annotations

__all__ = ["LANGUAGES", "language_name"]

LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}
"""By code (ISO 639-1)."""


def language_name(code: str) -> str:
    """The name of a language, for a code with or without a region (`fr`, `fr-CA`, `fr_CA`); else the code itself."""
    return LANGUAGES.get(code.lower().replace("_", "-").split("-")[0], code)
