"""Measure the lexicon: precision and recall against a reference lexicon, word links, size, speed; or build it anew.

    python bench/lexicon.py --reference pivot.fr-en.tsv.bz2 [--links sconf.tsv] [--senses wordsense.tsv] [--json]
    python bench/lexicon.py --build out.npz --pairs pairs.tsv.bz2 [--pairs more.tsv.bz2]

The reference has columns fr, en (tab-separated, with a header); the links file src_en_tok, tgt_fr_tok, label1,
untrans_src_idx1, untrans_tgt_idx1 and so on for the second annotator; the senses file
wrong, wrong_span, right; pairs are fr<TAB>en a line.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bitext.formats.pairs import read_pairs
from bitext.lexicon import Lexicon, alternatives, build, load, words
from bitext.lexicon.english import base_forms
from bitext.lexicon.senses import inventory
from bitext.lexicon.store import find


def open_text(path: Path) -> Iterable[str]:
    return bz2.open(path, "rt", encoding="utf-8") if path.suffix == ".bz2" else path.open(encoding="utf-8")


def build_time(paths: list[Path], out: Path) -> dict[str, float]:
    start, stages = time.perf_counter(), {}
    last = ["", 0.0]

    def progress(stage: str, done: float) -> None:
        if stage != last[0]:
            stages[f"{stage} from"] = round(time.perf_counter() - start, 1)
        if stage != last[0] or time.perf_counter() - last[1] > 20:
            print(f"{time.perf_counter() - start:7.1f} s  {stage} {done:.2f}", file=sys.stderr)
            last[:] = [stage, time.perf_counter()]

    pairs = ((s, t) for path in paths for s, t, _ in read_pairs(path, "fr", "en"))
    lexicon = build(pairs, "fr", "en", progress=progress)
    lexicon.save(out)
    return {**stages, "seconds": round(time.perf_counter() - start, 1), "bytes": out.stat().st_size}


def against(lexicon: Lexicon, reference: Path) -> dict[str, float]:
    """Precision at 1 and recall of single words; a word counts as found in any of its English base forms."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(open_text(reference), delimiter="\t"):
        fr, en = words(row["fr"], "fr"), words(row["en"].removeprefix("to "), "en")
        if len(fr) == 1 and len(en) == 1 and lexicon.knows(fr[0], "fr") and lexicon.knows(en[0], "en"):
            wanted[fr[0]].add(en[0])
    known = inventory().lemmas

    def bases(word: str) -> set[str]:
        return {word, *(b for p in "nvar" for b in base_forms(word, p, known))}

    total = len(list(lexicon.vocabulary("fr")))
    out: dict[str, float] = {"reference words": len(wanted)}
    bands = (("all", 0, total), ("top 5,000", 0, 5000), ("5,000-20,000", 5000, 20000), ("rest", 20000, total))
    for name, low, high in bands:
        band = set(lexicon.vocabulary("fr")[low:high])
        first = found = pairs = answered = asked = 0
        for fr, gold in wanted.items():
            if fr not in band:
                continue
            asked += 1
            guesses = [bases(w) for w, _ in lexicon.translations(fr, n=10, phrases=False)]
            golds = [bases(g) for g in gold]
            answered += bool(guesses)
            first += bool(guesses) and any(guesses[0] & g for g in golds)
            found += sum(any(g & guess for guess in guesses) for g in golds)
            pairs += len(golds)
        out[f"{name}: words"] = asked
        out[f"{name}: answered"] = round(answered / max(asked, 1), 4)
        out[f"{name}: precision at 1"] = round(first / max(answered, 1), 4)
        out[f"{name}: recall at 10"] = round(found / max(pairs, 1), 4)
    return out


def links(lexicon: Lexicon, path: Path) -> dict[str, float]:
    """Words without a link against words that two annotators call untranslated, in pairs judged sure or partial."""
    hit = said = gold = 0
    start, pairs = time.perf_counter(), 0
    for row in csv.DictReader(open_text(path), delimiter="\t"):
        if row["label1"] not in ("sure", "partial") or row["label2"] not in ("sure", "partial"):
            continue
        english, french = row["src_en_tok"].split(), row["tgt_fr_tok"].split()
        made = lexicon.align(french, english)
        pairs += 1
        for side, tokens, lang in (("src", english, "en"), ("tgt", french, "fr")):
            marked = set(row[f"untrans_{side}_idx1"].split()) & set(row[f"untrans_{side}_idx2"].split())
            linked = {j if side == "src" else i for i, j, _ in made}
            for k, word in enumerate(tokens):
                # only words that usually have a partner can be missed
                if lexicon.linked(word, lang) < 0.6:
                    continue
                unlinked, untranslated = k not in linked, str(k) in marked
                said += unlinked
                gold += untranslated
                hit += unlinked and untranslated
    seconds = time.perf_counter() - start
    precision, recall = hit / max(said, 1), hit / max(gold, 1)
    return {
        "pairs": pairs,
        "untranslated words: precision": round(precision, 4),
        "untranslated words: recall": round(recall, 4),
        "untranslated words: F1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
        "pairs a second": round(pairs / seconds),
    }


def confusions(lexicon: Lexicon, path: Path) -> dict[str, float]:
    """Word-sense errors whose right word is among the alternatives of the wrong one, and at which rank it comes."""
    ranks, rows = [], list(csv.DictReader(open_text(path), delimiter="\t"))
    for row in rows:
        wrong = set(words(row["wrong"], "fr"))
        right = [w for w in words(row["right"], "fr") if w not in wrong and lexicon.linked(w, "fr") > 0.5]
        for rank, a in enumerate(alternatives(row["wrong_span"], lexicon, n=40), 1):
            offered = {part for word, _ in a.french_words for part in word.split()}
            if any({w, w + "s", w.removesuffix("s"), w.removesuffix("e"), w + "e"} & offered for w in right):
                ranks.append(rank)
                break
    return {
        "errors": len(rows),
        "right word offered": len(ranks),
        "among the first 3": sum(r <= 3 for r in ranks),
        "among the first 10": sum(r <= 10 for r in ranks),
    }


def loading(name: str) -> dict[str, float]:
    """Milliseconds in a fresh process, numpy imported before."""
    code = (
        f"import numpy,time;t=time.perf_counter();from bitext.lexicon import load;x=load({name!r});"
        "a=time.perf_counter();"
        "x.translations('maison');b=time.perf_counter();from bitext.lexicon.senses import senses;senses('house');"
        "print((a-t)*1e3,(b-a)*1e3,(time.perf_counter()-b)*1e3)"
    )
    runs = []
    for _ in range(5):
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        runs.append([float(x) for x in run.stdout.split()])
    best = [round(min(column), 1) for column in zip(*runs, strict=True)]
    size = find(name).stat().st_size
    return {"load ms": best[0], "first look-up ms": best[1], "first sense ms": best[2], "bytes": size}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lexicon", default="fr-en")
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--links", type=Path)
    parser.add_argument("--senses", type=Path)
    parser.add_argument("--build", type=Path, metavar="OUT")
    parser.add_argument("--pairs", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    if args.build:
        results["build"] = build_time(args.pairs, args.build)
    else:
        lexicon = load(args.lexicon)
        results["file"] = loading(args.lexicon)
        if args.reference:
            results["reference"] = against(lexicon, args.reference)
        if args.links:
            results["links"] = links(lexicon, args.links)
        if args.senses:
            results["senses"] = confusions(lexicon, args.senses)
    if args.json:
        print(json.dumps(results, indent=2))
    else:
        for part, figures in results.items():
            print(part)
            for name, value in figures.items():
                print(f"  {name:32} {value:>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
