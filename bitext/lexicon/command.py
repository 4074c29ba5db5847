"""What the command line needs of the lexicon, as plain values: a look-up, a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bitext.lexicon.tokens import words

if TYPE_CHECKING:
    from bitext.lexicon.lexicon import Lexicon

__all__ = ["look_up", "summary"]


def look_up(word: str, lexicon: Lexicon, *, reverse: bool = False, n: int = 10) -> dict[str, Any]:
    """All that the lexicon says of a word, ready for JSON.

    Keys: `word` (as tokenised), `lang`, `known`, `per_million` (frequency), `linked` (share of occurrences with a
    partner), `translations` (list of [text, probability]) and, for a word of a language whose translations are
    English, `alternatives` (list of english, sense, french_words, weight).
    """
    lang = lexicon.target_lang if reverse else lexicon.source_lang
    key = " ".join(words(word, lang))
    found: dict[str, Any] = {
        "word": key,
        "lang": lang,
        "known": lexicon.knows(key, lang) or key in lexicon.phrases(lang),
        "per_million": round(1e6 * lexicon.count(key, lang), 2),
        "linked": round(lexicon.linked(key, lang), 3),
        "translations": [[text, round(p, 4)] for text, p in lexicon.translations(word, reverse=reverse, n=n)],
    }
    if not reverse and lexicon.target_lang == "en":
        from bitext.lexicon.confusion import alternatives

        found["alternatives"] = [
            {
                "english": a.english,
                "sense": a.sense and f"{a.sense.pos}{a.sense.rank} {a.sense.gloss}",
                "french_words": [w for w, _ in a.french_words],
                "weight": a.weight,
            }
            for a in alternatives(word, lexicon, n=n)
        ]
    return found


def summary(lexicon: Lexicon) -> dict[str, Any]:
    """A lexicon's languages, sizes and signature, ready for JSON."""
    source, target = lexicon.source_lang, lexicon.target_lang
    return {
        "languages": [source, target],
        "words": [len(lexicon.vocabulary(source)), len(lexicon.vocabulary(target))],
        "word_pairs": len(lexicon.forward.indices),
        "phrase_pairs": sum(len(v) for v in lexicon.phrases(source).values()),
        "learnt_from": lexicon.pairs,
        "signature": str(lexicon.signature),
    }
