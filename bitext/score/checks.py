"""The mistakes users of MT metrics make, each said in one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from bitext.errors import InputError
from bitext.files import read_text
from bitext.languages import language_name

__all__ = ["counted", "guess_language", "line_counts", "lines", "names", "read_lines", "same_language"]

# The commonest function words that the other languages of the list do not share: enough for whole files.
_FUNCTION_WORDS = {
    "en": "the of and to in that is was for it with as his on be at by this had not are but from have they which you",
    "fr": "le la les des du et une est dans que qui pour pas sur au par plus ce il elle sont avec aux été ont mais",
    "de": "der die und das den von zu mit sich des auf für ist nicht ein eine als auch dem wird wie oder sind einer",
    "es": "el los las y del que por una con para como pero sus fue este más entre cuando muy sobre también hasta",
    "it": "il che di gli della per sono è una con non nel alla dei del anche delle più questo ma si",
}
_WORDS = {lang: frozenset(words.split()) for lang, words in _FUNCTION_WORDS.items()}
_SUBWORDS = re.compile(r"@@(?: |$)|\u2581|(?:^| )##\w")
_ENTITY = re.compile(r"&(?:apos|quot|amp|#9[13]|#124|lt|gt);")
_TOKENISED = re.compile(r"\w [.,](?: |$)")


def read_lines(path: str | os.PathLike[str]) -> list[str]:
    """The lines of a file as sacreBLEU counts them: ended by `\\n`, `\\r\\n` or `\\r` and by nothing else.

    Raises:
        InputError: see `bitext.files.read_text`.
    """
    text = re.sub(r"\r\n?", "\n", read_text(path))
    return [line.rstrip() for line in text.removesuffix("\n").split("\n")]


def counted(lines: Sequence[str]) -> str:
    """How many lines there are, and how many of them are empty, in words."""
    empty = sum(not line.strip() for line in lines)
    return f"{len(lines)} lines{f' ({empty} of them empty)' if empty else ''}"


def line_counts(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None = None
) -> None:
    """
    Raises:
        InputError: there is nothing to score, or a reference or the sources have another number of lines.
    """
    n = len(hypotheses)
    if n == 0:
        raise InputError("there are no hypotheses to score")
    for i, reference in enumerate(references, 1):
        if len(reference) != n:
            which = "the reference" if len(references) == 1 else f"reference {i}"
            raise InputError(
                f"the hypotheses have {n} lines and {which} has {len(reference)}, so they are not line-aligned",
                mend="have them aligned first, or look for a lost or doubled line",
            )
    if sources is not None and len(sources) != n:
        raise InputError(
            f"the hypotheses have {n} lines and the sources have {len(sources)}",
            mend="give the source file that was translated",
        )
    if not any(h.strip() for h in hypotheses):
        raise InputError("all hypotheses are empty", mend="check that the translation wrote its output")
    if not any(line.strip() for reference in references for line in reference):
        raise InputError("all references are empty", mend="give the file with the reference translation")


def names(hypothesis: str | os.PathLike[str], references: Sequence[str | os.PathLike[str]]) -> list[str]:
    """What the files' names give away: the reference given as hypothesis, or one file given twice."""
    said = []
    word = r"(?:^|[^a-z])(?:{})(?:[^a-z]|$)"
    ref_like, hyp_like = re.compile(word.format("refs?|reference|gold")), re.compile(word.format("hyps?|mt|output|sys"))

    def name(path: str | os.PathLike[str]) -> str:
        return Path(path).name.lower()

    looks = [r for r in references if hyp_like.search(name(r)) and not ref_like.search(name(r))]
    if ref_like.search(name(hypothesis)) and looks:
        said.append(
            f"By their names, {hypothesis} is a reference and {looks[0]} an output: "
            "the hypotheses come first, then the references."
        )
    said += [f"{r} is given as hypotheses and as reference." for r in references if _same_file(hypothesis, r)]
    return said


def _same_file(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> bool:
    try:
        return Path(a).samefile(b)
    except OSError:
        return False


def guess_language(texts: Sequence[str]) -> str | None:
    """The language of a few hundred words by its function words (en, fr, de, es, it), or None when it is not clear."""
    words: list[str] = []
    for text in texts:
        words += re.findall(r"[^\W\d_]+", text.lower())
        if len(words) > 20_000:
            break
    if len(words) < 20:
        return None
    shares = sorted(
        ((sum(w in known for w in words) / len(words), lang) for lang, known in _WORDS.items()), reverse=True
    )
    (best, lang), (second, _) = shares[0], shares[1]
    return lang if best > 0.12 and best > 1.6 * second else None


def lines(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    sources: Sequence[str] | None = None,
    lang: str = "",
) -> list[str]:
    """Sentences about what looks wrong with line-aligned texts; empty when nothing does."""
    n = len(hypotheses)
    said = []
    blank = [all(not (r[i] or "").strip() for r in references) for i in range(n)]
    both = sum(b and not h.strip() for b, h in zip(blank, hypotheses, strict=True))
    if empty := sum(not h.strip() for h in hypotheses) - both:
        said.append(f"{empty} of {n} hypotheses {_are(empty)} empty: each counts as a translation with nothing right.")
    if empty := sum(blank) - both:
        said.append(f"{empty} of {n} references {_are(empty)} empty: every word of their hypotheses counts as wrong.")
    said += _languages(hypotheses, references, sources, lang)
    for i, r in enumerate(references, 1):
        which = "the reference" if len(references) == 1 else f"reference {i}"
        if list(hypotheses) == list(r):
            said.append(f"Hypotheses and {which} are identical: is it the same file?")
        elif offset := _shift(hypotheses, r):
            way = "later" if offset > 0 else "earlier"
            said.append(
                f"The hypotheses fit the lines of {which} {abs(offset)} {way} much better than those beside them: "
                "a line was lost or added."
            )
    if sources is not None:
        copied = sum(h.strip() == s.strip() and len(s.split()) > 3 for h, s in zip(hypotheses, sources, strict=True))
        if copied > 0.1 * n:
            said.append(f"{copied} of {n} hypotheses are their source, word for word: they were not translated.")
    for what, texts in (("hypotheses", hypotheses), *(("references", r) for r in references)):
        said += _tokenised(what, texts)
    return said


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def same_language(
    hypothesis: str, hypotheses: Sequence[str], references: Sequence[str], texts: Sequence[Sequence[str]]
) -> None:
    """
    Args:
        hypothesis, references: the files' names; `hypotheses` and `texts` are what they hold.

    Raises:
        InputError: the hypotheses are clearly in another language than a reference: nothing can be aligned.
    """
    ours = guess_language(hypotheses)
    for name, lines in zip(references, texts, strict=True):
        theirs = guess_language(lines)
        if ours and theirs and ours != theirs:
            raise InputError(
                f"looks {language_name(ours)}, and {name} {language_name(theirs)}",
                path=hypothesis,
                mend="give a translation and its reference, not the source",
            )


def _languages(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None, lang: str
) -> list[str]:
    hyp, ref = guess_language(hypotheses), guess_language(references[0])
    if hyp and ref and hyp != ref:
        source = guess_language(sources) if sources is not None else None
        more = ", the language of the source: was the wrong file given?" if source == hyp else "."
        return [f"The hypotheses look {language_name(hyp)} and the references {language_name(ref)}{more}"]
    said = []
    if lang in _WORDS and hyp and hyp == ref != lang:
        said.append(f"Hypotheses and references look {language_name(hyp)}, not {language_name(lang)}.")
    if hyp and sources is not None and hyp == ref == guess_language(sources):
        said.append(f"The sources look {language_name(hyp)} as the references do: was the wrong file given?")
    return said


def _tokenised(what: str, texts: Sequence[str]) -> list[str]:
    n = max(1, sum(bool(t.strip()) for t in texts))
    if (pieces := sum(bool(_SUBWORDS.search(t)) for t in texts)) > 0.1 * n:
        return [f"{pieces} of {n} {what} hold subword marks (@@, ▁): join the pieces before scoring."]
    if (entities := sum(bool(_ENTITY.search(t)) for t in texts)) > 0.02 * n and entities > 1:
        return [f"{entities} of {n} {what} hold escaped characters (such as &apos;): unescape them before scoring."]
    if (spaced := sum(bool(_TOKENISED.search(t)) for t in texts)) > 0.3 * n and spaced > 1:
        return [f"{spaced} of {n} {what} look tokenised (a space before . or ,): detokenise them before scoring."]
    return []


def _shift(hypotheses: Sequence[str], reference: Sequence[str], reach: int = 2, sample: int = 500) -> int:
    """The offset at which lines share far more words than at 0, or 0."""
    n = min(len(hypotheses), len(reference))
    if n < 12:
        return 0
    step = max(1, n // sample)
    hyps = {i: set(hypotheses[i].lower().split()) for i in range(0, n, step)}
    refs: dict[int, set[str]] = {}

    def overlap(offset: int) -> float:
        shared = 0.0
        for i, h in hyps.items():
            j = i + offset
            if not 0 <= j < n:
                continue
            if j not in refs:
                refs[j] = set((reference[j] or "").lower().split())
            shared += len(h & refs[j]) / max(1, len(h | refs[j]))
        return shared / len(hyps)

    by_offset = {o: overlap(o) for o in range(-reach, reach + 1)}
    best = max(by_offset, key=lambda o: by_offset[o])
    return best if best and by_offset[best] > 2 * by_offset[0] and by_offset[best] > 0.15 else 0
