"""Which language a text is in, by its function words: enough to catch English given as French."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache

__all__ = ["guess_language"]

_FUNCTION_WORDS = {
    "fr": "le la les l un une des du de d au aux et est à a il elle ils elles on nous vous je j tu ce c cet"
    " cette ces que qu qui dans en sur sous par pour avec sans pas ne n plus se s son sa ses leur leurs"
    " mais ou où donc si comme tout tous toute être été sont était avait ont fait même aussi bien entre"
    " après avant selon deux dont y notre votre",
    "en": "the of and to a in is it you that he was for on are with as i his they be at one have this from or"
    " had by not but what all were we when your can said there an which she do how their if will up other"
    " about out many then them these so her would him has more no could my than been who its now did get"
    " may our where after t s don",
    "de": "der die das und in zu den ist von mit dem nicht ein eine es sich auf für des im an als er sie auch"
    " wird bei aus dass daß ich nach wie haben war am sind hat wir so werden einen einer noch um zum zur"
    " nur kann man aber vor über oder durch sein ihr seine wenn mehr gegen vom doch schon diese dieser"
    " einem",
    "es": "el la los las de que y a en un una se no es por con su para al lo como más o pero sus le ya este sí"
    " porque esta son entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante"
    " todos uno les ni contra otros ese eso ante ellos del fue ha era está han",
    "it": "il lo la i gli le l di a da in con su per tra fra e è che non un una uno si del della dei delle dell"
    " nel nella al alla ai alle dal dalla sono come più ma anche ha ho questo questa se ci suo sua loro o"
    " quando chi dove cui mi ti hanno era stato essere molto tutti c d",
    "pt": "o a os as de do da dos das em no na nos nas um uma que e é não se com por para como mais mas ao à"
    " seu sua ou quando muito foi são também só pelo pela até isso ela entre depois sem mesmo aos ter nós"
    " já está eu também ele",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om hij ze ook als bij maar dan nog uit"
    " door over naar wordt heeft kan worden deze dit wat zou werd of was had ik je we hun zich geen onder"
    " meer tot die",
}
_LETTERS = {
    "fr": "çèêëœùûîôâïæ",
    "de": "ßäöü",
    "es": "ñ¿¡áíóú",
    "it": "òìùàè",
    "pt": "ãõçáâ",
}
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000  # characters


@cache
def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word → (language, weight): a word that several languages share says less."""
    shared: dict[str, list[str]] = {}
    for lang, words in _FUNCTION_WORDS.items():
        for word in set(words.split()):
            shared.setdefault(word, []).append(lang)
    return {w: tuple((lang, 1 / len(langs)) for lang in langs) for w, langs in shared.items()}


def guess_language(text: str) -> tuple[str, float]:
    """The most likely of fr, en, de, es, it, pt, nl, and how sure that is (0–1).

    The second value is (best − runner-up) / best of the function words' weights, less where there are few
    of them; ("", 0.0) where nothing is recognised. Other languages are not known: they come out with a
    small second value or none. Only the first 20,000 characters are read.
    """
    weights = _weights()
    sums: dict[str, float] = {}
    head = text[:_LOOKED_AT].lower()
    for word, count in Counter(_WORD.findall(head)).items():
        for lang, weight in weights.get(word, ()):
            sums[lang] = sums.get(lang, 0.0) + weight * count
    letters = Counter(c for c in head if c > "\x7f")
    for lang, signs in _LETTERS.items():
        said = sum(letters[c] for c in signs)
        if said:
            sums[lang] = sums.get(lang, 0.0) + 0.2 * said
    if not sums:
        return "", 0.0
    ranked = sorted(sums.items(), key=lambda x: (-x[1], x[0]))
    best, weight = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    sure = (1 - math.exp(-weight / 2)) * (weight - second) / weight
    return best, round(sure, 3)
