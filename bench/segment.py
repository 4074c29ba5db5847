"""Which sentence splitter is best? Boundary F1 and speed of ours and its peers on gold texts and on the traps.

    python bench/segment.py --gold DIR [--traps tests/segment] [--only NAME] [--errors N]

Gold files hold one sentence a line: `DIR/align/novels/*.{fr,en}`, `DIR/align/matos*/*.{fr,en}`,
`DIR/align/textberg/dev.{de,fr}`, `DIR/mt/{newstest2013,flores200_devtest}.{fr,en}`. Lines are joined by spaces into
chunks of 20; a line without a final stop (a heading) ends its chunk, since nothing but the line end tells where it
stops. A boundary is counted in characters that are not white space, so that splitters which change spaces can take
part. The ends of chunks do not count.

Peers (each is skipped where it is not installed): `pip install pysbd blingfire sentencex syntok`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bitext.segment import VERSION, guess_language, split_sentences

Splitter = Callable[[str, str], list[str]]
CHUNK = 20
STOP = re.compile(r"[.!?…:;][\s\"'»”’)\]]*$")


def ours(text: str, lang: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text, lang)]


def naive(text: str, lang: str) -> list[str]:
    return re.split(r"(?<=[.!?…])\s+", text)


def peers() -> dict[str, Splitter]:
    """The splitters that are installed, ours first."""
    found: dict[str, Splitter] = {VERSION: ours, "naive regex": naive}

    def add(package: str, make: Callable[[], Splitter]) -> None:
        try:
            found[f"{package} {importlib.metadata.version(package)}"] = make()
        except ImportError:
            print(f"{package} is not installed: skipped", file=sys.stderr)

    def pysbd() -> Splitter:
        import pysbd as p

        made = {lang: p.Segmenter(language=lang, clean=False) for lang in ("fr", "en", "de")}
        return lambda text, lang: made[lang].segment(text)

    def blingfire() -> Splitter:
        import blingfire as b

        return lambda text, lang: b.text_to_sentences(text).split("\n")

    def sentencex() -> Splitter:
        import sentencex as s

        return lambda text, lang: list(s.segment(lang, text))

    def syntok() -> Splitter:
        from syntok import segmenter

        return lambda text, lang: [
            "".join(t.spacing + t.value for t in sentence) for par in segmenter.process(text) for sentence in par
        ]

    for make in (pysbd, blingfire, sentencex, syntok):
        add(make.__name__, make)
    return found


Chunk = tuple[str, set[int]]
"""A text and its boundaries."""
Sets = dict[tuple[str, str], list[Chunk]]


def chunks(lines: list[str]) -> Iterator[Chunk]:
    chunk: list[str] = []
    for i, line in enumerate(lines):
        chunk.append(line)
        if len(chunk) == CHUNK or not STOP.search(line) or i == len(lines) - 1:
            yield " ".join(chunk), boundaries(chunk)
            chunk = []


def boundaries(sentences: list[str]) -> set[int]:
    """Where sentences end, in characters that are not white space; without the last."""
    at, out = 0, []
    for s in sentences:
        at += sum(not c.isspace() for c in s)
        if s.strip():
            out.append(at)
    return set(out[:-1])


def gold_sets(gold: Path) -> Sets:
    """(set, language) → chunks."""
    sets: Sets = {}
    for name, pattern in (
        ("novels", "align/novels/*.{}"),
        ("matos", "align/matos*/*.{}"),
        ("news", "mt/newstest2013.{}"),
        ("flores", "mt/flores200_devtest.{}"),
        ("berg", "align/textberg/dev.{}"),
    ):
        for lang in ("fr", "en", "de"):
            for file in sorted(gold.glob(pattern.format(lang))):
                if ".para." in file.name:
                    continue
                lines = [x.strip() for x in file.read_text(encoding="utf-8").split("\n")]
                lines = [x for x in lines if x and "<g " not in x and "</g>" not in x]
                sets.setdefault((name, lang), []).extend(chunks(lines))
    return sets


def trap_sets(folder: Path) -> Sets:
    """The traps: `¦` marks a boundary; the space after it is not part of the text."""
    sets: Sets = {}
    for file in sorted(folder.glob("traps.*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()
        traps = [x for x in lines if x.strip() and not x.startswith("##")]
        lang = file.name.split(".")[1]
        sets["traps", lang] = [(re.sub("¦ ?", "", x), boundaries(x.split("¦"))) for x in traps]
    return sets


def measure(split: Splitter, data: list[Chunk], lang: str, errors: int = 0) -> tuple[float, float, float, float]:
    """Precision, recall, F1 of boundaries, and the share of chunks without any error."""
    right = said = true = whole = 0
    for text, want in data:
        got = boundaries(split(text, lang))
        right, said, true = right + len(want & got), said + len(got), true + len(want)
        whole += want == got
        if errors > 0 and want != got:
            solid = [i for i, c in enumerate(text) if not c.isspace()]
            for b in sorted(want ^ got)[:3]:
                at = solid[b - 1] + 1
                print(f"    {'MISSED' if b in want else 'EXTRA '} …{text[max(0, at - 60) : at]} ¦{text[at : at + 50]}…")
                errors -= 1
    p, r = (right / said if said else 1.0), (right / true if true else 1.0)
    return p, r, (2 * p * r / (p + r) if p + r else 0.0), whole / max(1, len(data))


def languages(sets: Sets) -> None:
    """How often the language of a short text is guessed right, by how sure the guess is."""
    for (name, lang), data in sets.items():
        texts = [s for text, _ in data for s in ours(text, lang) if len(s) >= 40]
        if not texts:
            continue
        guesses = [guess_language(x) for x in texts]
        right = sum(g == lang for g, _ in guesses)
        sure = [g == lang for g, c in guesses if c >= 0.5]
        print(
            f"{name:7} {lang}  {len(texts):6} sentences of 40 characters or more: {right / len(texts):.4f} right; "
            f"{len(sure) / len(texts):.3f} of them at 0.5 or surer, {sum(sure) / max(1, len(sure)):.4f} right"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, help="folder of gold texts")
    parser.add_argument("--traps", type=Path, default=Path(__file__).parent.parent / "tests" / "segment")
    parser.add_argument("--only", default="", help="only splitters whose name contains this")
    parser.add_argument("--set", default="", help="only sets whose name contains this")
    parser.add_argument("--errors", type=int, default=0, help="print up to N errors a set")
    parser.add_argument("--languages", action="store_true", help="measure guess_language instead")
    args = parser.parse_args()
    sets = trap_sets(args.traps) | (gold_sets(args.gold) if args.gold else {})
    if args.languages:
        languages(sets)
        return 0
    print(f"{'set':7} {'lang':4} {'splitter':20} {'P':>6} {'R':>6} {'F1':>6} {'whole':>6} {'Mchar/s':>8}")
    splitters = {k: v for k, v in peers().items() if args.only in k}
    for (name, lang), data in sets.items():
        if args.set not in name:
            continue
        size = sum(len(text) for text, _ in data)
        for title, split in splitters.items():
            began = time.process_time()
            p, r, f, whole = measure(split, data, lang, args.errors)
            speed = size / max(1e-9, time.process_time() - began) / 1e6
            print(f"{name:7} {lang:4} {title:20} {p:6.3f} {r:6.3f} {f:6.3f} {whole:6.3f} {speed:8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
