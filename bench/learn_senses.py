"""Learns what the word-sense check adds up: `python bench/learn_senses.py --gold DIR [--write]`.

Reads `DIR/mt/*.{fr,en}`, line by line each other's translation, in the order of the documents. Where a homograph of
`bitext/lexicon/homographs.tsv` and the French of one of its senses stand in a pair, that sense is right (label 0, with
the other sense that speaks loudest); with the word of each other sense put in its place, it is wrong (label 1). A
logistic regression, both labels of equal weight, gives the weights; `--write` puts them into `bitext/flag/senses.json`.

How usual a sense is counts `USUAL`, no more: right translations of news hold usual senses, but what a translation gets
wrong is often the unusual one.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bitext import lexicon
from bitext.files import writing
from bitext.flag.context import load
from bitext.flag.homographs import FEATURES, Evidence, Judge, expressed, plain, stem
from bitext.flag.neighbours import load as neighbours
from bitext.flag.verdicts import Sentence
from bitext.flag.words import words
from bitext.lexicon.homographs import Homograph, homographs
from bitext.lexicon.senses import inventory

USUAL = 0.5
AROUND = 8  # sentences on either side that stand for the document
KINDS = {
    "original": (
        "sentence",
        "near",
        "english",
        "said",
        "said_near",
        "speech",
        "usual",
        "stranger",
        "document",
        "neighbours",
    ),
    "text": ("sentence", "near", "said", "said_near", "usual", "stranger", "document", "link"),
}
Rows = list[tuple[list[list[float]], int]]


def sentences(folder: Path, judge: Judge, forms: Callable[[str], frozenset[str]]) -> Iterator[Sentence]:
    """All pairs, each with its neighbours and the words of what stands around."""
    stems = functools.cache(stem)
    for path in sorted(folder.glob("*.fr")):
        if not path.with_suffix(".en").is_file():
            continue
        fr, en = (p.read_text("utf-8").splitlines() for p in (path, path.with_suffix(".en")))
        texts = [[plain(w.text) for w in words(t, "fr")] for t in fr]
        for i, (mine, other) in enumerate(zip(fr, en, strict=True)):
            near = [w for k in (i - 1, i + 1) if 0 <= k < len(fr) for w in texts[k]]
            around = range(max(0, i - AROUND), min(len(fr), i + AROUND + 1))
            document = frozenset(stems(w) for k in around if k != i for w in texts[k])
            yield Sentence(mine, near, other, forms, judge.table, document)


def row(found: list[Evidence], link: float = 0.0) -> list[list[float]]:
    return [[{**e.features, "link": link}[f] for f in FEATURES] for e in found]


def instances(folder: Path) -> dict[str, Rows]:
    """Evidence and label of every case, with the original and without."""
    context, senses = load(), inventory()
    assert context is not None
    judge = Judge(homographs(), lexicon.load("fr-en"), context, neighbours())
    forms = functools.cache(lambda w: frozenset((w, *senses.base_forms(w))))
    rng = random.Random(1)
    out: dict[str, Rows] = {"original": [], "text": []}
    for s in sentences(folder, judge, forms):
        for at, end, entry in judge.table.in_english(s.english, s.forms):
            mine = expressed(s.matches, entry)
            if end - at > 1 or len(entry.meanings) < 2 or not mine:
                continue
            allowed = {p for p in "nvar" if entry.english in senses.base_forms(s.english[at], p)} or set("nvar")
            own, rest = {m.meaning for m in mine}, s.rest(mine)

            def ask(said: set[int], word: str, entry=entry, rest=rest, s=s, at=at, allowed=allowed) -> list[Evidence]:  # type: ignore[no-untyped-def]
                return judge.evidence(entry, said, rest, s.near, s.english, at, allowed, s.document, word)

            out["original"].append((row(ask(own, s.plain[mine[0].start])), 0))
            for k in range(len(entry.meanings)) if len(own) == 1 else ():
                if k in own:
                    continue
                term = rng.choice(entry.meanings[k].french)
                found = ask({k}, plain(term.split()[0]))
                right = [e for e in found if e.other in own]
                out["original"].append((row(right), 1))
                alone = judge.evidence(entry, {k}, rest, s.near, document=s.document, word=plain(term.split()[0]))
                out["text"].append((row([e for e in alone if e.other in own], judge.link(term, entry)), 1))
        out["text"] += [(found, 0) for found in unprompted(judge, s)]
    return {k: [r for r in v if r[0]] for k, v in out.items()}


def unprompted(judge: Judge, s: Sentence) -> Iterator[list[list[float]]]:
    """What is asked of a right sentence without its original."""
    done: set[tuple[int, int, Homograph]] = set()
    for m in s.matches:
        longer = any(o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in s.matches)
        if longer or (m.start, m.end, m.homograph) in done or m.homograph.meanings[m.meaning].pos == "p":
            continue
        if judge.unlikely(m.french, m.homograph):
            continue
        done.add((m.start, m.end, m.homograph))
        mine = [o for o in expressed(s.matches, m.homograph) if (o.start, o.end) == (m.start, m.end)]
        own = {o.meaning for o in mine}
        found = judge.evidence(m.homograph, own, s.rest(mine), s.near, document=s.document, word=s.plain[m.start])
        yield row(found, judge.link(m.french, m.homograph))


def fit(rows: Rows, names: tuple[str, ...], ridge: float = 3.0) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """Weights, and score and label of each case. Of several senses the one that speaks loudest counts, in turns."""
    columns = [FEATURES.index(n) for n in names]
    fixed = names.index("usual")
    w = np.full(len(names), 0.3)
    w[fixed], bias = USUAL, 0.0
    free = [j for j in range(len(names)) if j != fixed]
    for _ in range(8):
        chosen = []
        for found, _label in rows:
            x = np.array(found)[:, columns]
            chosen.append(x[int(np.argmax(x @ w))])
        a, y = np.array(chosen), np.array([label for _, label in rows], float)
        offset = USUAL * a[:, fixed]
        z = np.c_[a[:, free], np.ones(len(a))]
        weight = np.where(y == 1, (y == 0).sum() / (y == 1).sum(), 1.0)
        penalty = np.r_[np.full(len(free), ridge), 0.0]
        v = np.r_[w[free], bias]

        def loss(v: np.ndarray, z=z, offset=offset, y=y, weight=weight, penalty=penalty) -> float:  # type: ignore[no-untyped-def]
            m = z @ v + offset
            return float((weight * (np.logaddexp(0, m) - y * m)).sum() + (penalty * v * v).sum() / 2)

        for _ in range(60):
            p = 1 / (1 + np.exp(-np.clip(z @ v + offset, -40, 40)))
            gradient = z.T @ (weight * (p - y)) + penalty * v
            hessian = (z * (weight * p * (1 - p))[:, None]).T @ z + np.diag(penalty + 1e-9)
            step, size = np.linalg.solve(hessian, gradient), 1.0
            while loss(v - size * step) > loss(v) and size > 1e-6:
                size /= 2
            v = v - size * step
            if np.abs(size * step).max() < 1e-6:
                break
        w[free], bias = v[:-1], float(v[-1])
    weights = {n: round(float(x), 3) for n, x in zip(names, w, strict=True)} | {"bias": round(bias, 3)}
    return weights, a @ w + bias, y


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write bitext/flag/senses.json")
    args = parser.parse_args()
    weights = {}
    for kind, rows in instances(args.gold / "mt").items():
        weights[kind], scores, labels = fit(rows, KINDS[kind])
        print(kind, f"{int((labels == 0).sum())} right, {int(labels.sum())} exchanged", weights[kind])
        for share in (0.001, 0.003, 0.01, 0.03):
            limit = float(np.quantile(scores[labels == 0], 1 - share))
            found = float((scores[labels == 1] > limit).mean())
            print(f"  from {limit:.2f}: {share:.1%} of the right ones, {found:.1%} of the exchanged ones")
    if args.write:
        with writing(Path(__file__).parent.parent / "bitext" / "flag" / "senses.json") as out:
            json.dump({"made_by": "bench/learn_senses.py --gold DIR --write", "weights": weights}, out, indent=1)
            out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
