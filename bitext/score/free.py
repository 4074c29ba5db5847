"""What can be said of a translation without its original: never the round trip measured against itself."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bitext.document import Bitext, Metric, Scores, Translation
from bitext.errors import BitextError
from bitext.score.bitexts import EXCLUDED, exclusion_notes
from bitext.score.checks import guess_language

__all__ = ["mean_logprob", "score_free", "variety"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WINDOW = 50


def variety(words: Sequence[str], window: int = _WINDOW) -> float | None:
    """Moving-average type–token ratio (Covington and McFall 2010), 0–1; None for texts shorter than the window."""
    if len(words) < window:
        return None
    counts: dict[str, int] = {}
    for w in words[:window]:
        counts[w] = counts.get(w, 0) + 1
    total, n = len(counts), 1
    for old, new in zip(words, words[window:], strict=False):
        counts[old] -= 1
        if not counts[old]:
            del counts[old]
        counts[new] = counts.get(new, 0) + 1
        total, n = total + len(counts), n + 1
    return total / n / window


def mean_logprob(translations: Sequence[Translation]) -> float | None:
    """Mean log-probability of a token over all translations, tokens weighing the same."""
    total, n = 0.0, 0
    for t in translations:
        size = len(t.token_logprobs) or len(t.tokens) or len(t.text.split()) + 1
        if t.text and math.isfinite(t.score) and (t.score or t.token_logprobs):
            total, n = total + (sum(t.token_logprobs) if t.token_logprobs else t.score * size), n + size
    return total / n if n else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _copied(target: str, back: str) -> bool:
    """Whether the model found nothing to translate: most long words come back letter for letter."""
    long = [w for w in _WORD.findall(target) if len(w) > 3 and not w[0].isupper()]
    if len(long) < 3:
        return False
    there = set(_WORD.findall(back))
    return sum(w in there for w in long) > 0.7 * len(long)


def score_free(bitext: Bitext, *, forward: Sequence[Translation] | None = None) -> Scores:
    """Figures that need no reference, over the segments that are neither boilerplate nor separators.

    Args:
        bitext: with translations.
        forward: one a target segment: forced decoding of the target given its back-translation.

    Returns:
        Scores of kind `reference-free`, with these metrics: `back-translation perplexity` (of the model's own
        output), `forward perplexity` (with `forward`), `unreliable segments %`, `untranslated segments %`,
        `length ratio` (characters of back-translation for one of the target), `lexical variety` (0–100).

    Raises:
        BitextError: there are no translations, or no text that counts.
    """
    if not bitext.translations:
        raise BitextError(
            "is not back-translated yet",
            path=bitext.target.name or "the text",
            mend="run `bitext translate` on it first, or give --model; to compare it with a reference, give HYP REF",
        )
    counted = [i for i, s in enumerate(bitext.target) if s.kind not in EXCLUDED and s.text.strip()]
    if not counted:
        raise BitextError(
            "has no segment to score, only boilerplate or separators",
            path=bitext.target.name or "the text",
            mend="give the article's own text",
        )
    texts = [bitext.target.segments[i].text for i in counted]
    back = [bitext.translations[i] for i in counted]

    metrics, notes = [], []
    if (mean := mean_logprob(back)) is not None:
        metrics.append(Metric("back-translation perplexity", math.exp(-mean), "mean:token|of:back-translation"))
        notes.append(
            "Back-translation perplexity says how sure the model was of its own output (1 is certain): "
            "high means text that is hard for the model, which wrong or garbled French often is."
        )
    if forward is not None and (mean := mean_logprob([forward[i] for i in counted])) is not None:
        metrics.append(Metric("forward perplexity", math.exp(-mean), "mean:token|of:target|given:back-translation"))
    unreliable = sum(bool(t.problems) for t in back)
    metrics.append(Metric("unreliable segments %", 100 * unreliable / len(back), "share:segments"))
    untranslated = [_untranslated(t, b.text, bitext) for t, b in zip(texts, back, strict=True)]
    metrics.append(
        Metric("untranslated segments %", 100 * sum(untranslated) / len(back), "share:segments|by:copies,language")
    )
    sizes = sum(map(len, texts)), sum(len(b.text) for b in back)
    metrics.append(Metric("length ratio", sizes[1] / max(1, sizes[0]), "unit:characters|of:back-translation/target"))
    if (ratio := variety([w for t in texts for w in _words(t)])) is not None:
        metrics.append(Metric("lexical variety", 100 * ratio, f"mattr:{_WINDOW}|of:target"))
    notes += [
        "There is no original: none of these figures compares the translation with what it should say. "
        "The back-translation is not scored against itself.",
        *exclusion_notes(bitext),
    ]
    share = sum(len(t) for t in texts) / max(1, sum(len(s.text) for s in bitext.target))
    if share < 1:
        notes.append(f"The figures cover {share:.0%} of the text's characters.")
    return Scores("reference-free", tuple(metrics), {}, (), {"target": 1.0}, tuple(notes))


def _untranslated(target: str, back: str, bitext: Bitext) -> bool:
    if _copied(target, back):
        return True
    language = guess_language([target])  # only says anything of longer segments
    source = bitext.source.lang if bitext.source is not None else ""
    return language is not None and language != bitext.target.lang and language == (source or "en")
