"""Words of a text with their places, and the closed word classes that several checks share."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

__all__ = [
    "ENGLISH_ONLY",
    "FRENCH_ONLY",
    "INVISIBLE",
    "STOP",
    "Word",
    "fold",
    "key",
    "words",
    "wordset",
]

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

_WORD = re.compile(
    r"""(?:[^\W\d_]\.){2,}                       # U.N., J.C.
      | [^\W_]+ (?: [-‐‑’'·] (?=[^\W_]) [^\W_]+ )*   # word, c'est-à-dire, aujourd'hui, 49e
    """,
    re.VERBOSE,
)
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu(?!['’]un)|presqu(?!['’]île))['’]", re.I)
_ENGLISH_CLITIC = re.compile(r"(n['’]t|['’](?:s|re|ve|ll|d|m))$", re.I)


class Word(NamedTuple):
    """A word and where it stands."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")


def words(text: str, lang: str = "fr") -> list[Word]:
    """The words of a text; in French an elided word is a word of its own (*l'*, *qu'*), in English *n't* is."""
    return list(_words(text, lang))


@functools.lru_cache(256)  # a dozen checks ask for the words of one paragraph
def _words(text: str, lang: str) -> tuple[Word, ...]:
    out = []
    for m in _WORD.finditer(text):
        start, end = m.span()
        if lang == "fr":
            while (e := _ELISION.match(text, start, end)) and e.end() < end:
                if text[start:end].lower().replace("’", "'").startswith("aujourd'hui"):
                    break
                out.append(Word(text[start : e.end()], start, e.end()))
                start = e.end()
        elif lang == "en" and (c := _ENGLISH_CLITIC.search(text[start:end])) and c.start():
            out.append(Word(text[start : start + c.start()], start, start + c.start()))
            start += c.start()
        out.append(Word(text[start:end], start, end))
    return tuple(out)


def fold(text: str) -> str:
    """Lower case without accents; *œ* and *æ* are spelt out."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def key(text: str) -> str:
    """What two segments have in common when they are the same but for spacing, case, quotes and final points."""
    text = text.lower().translate(str.maketrans("’‘“”«»", '\'\'""""'))
    return re.sub(r"[\s\"]+", " ", text).strip(" .…")


def wordset(text: str) -> frozenset[str]:
    """The words of a text, separated by white space."""
    return frozenset(text.split())


# Function words of one language that are no words of the other: what tells the two apart.
FRENCH_ONLY = wordset(
    """le la les un une des du au aux et ou où mais donc or ni car que qui quoi dont lequel laquelle ce cet cette ces
    mon ma mes ta tes sa ses notre nos votre vos leur leurs je tu il elle nous vous ils elles lui eux se y
    ne pas plus jamais rien aucun aucune personne dans sur sous avec sans pour par chez entre vers depuis pendant
    avant après contre dès selon est sont était étaient été être sera seront serait suis es êtes sommes ai
    avons avez ont avait avaient aura auront aurait fait faire peut peuvent doit doivent c' d' j' l' m' n' s' t' qu'
    très aussi comme tout toute tous toutes même autre autres cela ceci ça encore déjà toujours alors ainsi quand si
    parce lorsque afin puis moins beaucoup peu trop bien oui non voici voilà quel quelle quels quelles à de en"""
)
ENGLISH_ONLY = wordset(
    """the a an of to and or but in with without for by at from into onto upon about over under between through during
    before after against since until is are was were be been being am has have had having do does did done will would
    shall should can could may might must not never nothing nobody none this that these those it he she we you they
    him her us them his its our your their my who whom whose which what where when why how there here than then
    because while if so as also very too just only even still already always again more most much many some any
    each every other another such both either neither n't 's 're 've 'll"""
) - wordset("a or on as an do does for plus son ses me main but")
# Words too common to carry a topic or a sense.
STOP = (
    FRENCH_ONLY
    | ENGLISH_ONLY
    | wordset(
        """a an as on son me te moi toi soi lors hors faut dit dont été eu ayant étant avoir aller va vont vient
    quelque quelques chaque plusieurs certains certaines tel telle tels telles celui celle ceux celles deux trois
    or do for but main said says one two first new"""
    )
)
