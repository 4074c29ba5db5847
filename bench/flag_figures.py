"""Figures of the flag bench: precision, recall and calibration by check, AUC, F1 by category."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bitext.document import Flag

__all__ = ["STRENGTH", "Tally", "auc", "isotonic", "prf", "ratio", "span_row"]

STRENGTH: dict[int, float] = {}  # of each flag by its id, before calibration


class Tally:
    """What is counted for each check and what it compared with: right and all flags, found and all faults."""

    def __init__(self) -> None:
        self.flags: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
        self.found: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[tuple[str, str]] = Counter()
        self.sets: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.fault_sets: dict[tuple[str, str], set[str]] = defaultdict(set)

    def flag(self, flag: Flag, right: bool, name: str, against: str | None = None) -> None:
        at = (flag.check, against or flag.evidence.get("against", "text"))
        self.flags[at].append((STRENGTH.get(id(flag), 0.5), right))
        self.sets[at].add(name)

    def fault(self, check: str, against: str, found: bool, name: str) -> None:
        self.fault_sets[check, against].add(name)
        self.faults[check, against] += 1
        self.found[check, against] += found

    def table(self) -> dict[str, dict[str, Any]]:
        out: dict[str, dict[str, Any]] = {}
        for (check, against), seen in sorted(self.flags.items()):
            right = sum(r for _, r in seen)
            at = (check, against)
            row: dict[str, Any] = {"right": right, "flags": len(seen), "precision": round(right / len(seen), 3)}
            if self.faults[at]:
                row |= {"found": self.found[at], "faults": self.faults[at]}
                row["recall"] = round(self.found[at] / self.faults[at], 3)
                row["faults_on"] = sorted(self.fault_sets[at])
            if against != "planted" and (points := isotonic(seen)) is not None:
                row["calibration"] = points
            row["on"] = sorted(self.sets[at])
            out.setdefault(check, {})[against] = row
        return out


def isotonic(seen: Sequence[tuple[float, bool]], least: int = 12) -> list[list[float]] | None:
    """Points (strength, probability) of a rising calibration: pool adjacent violators, with Laplace's correction."""
    if len(seen) < 2 * least or len({s for s, _ in seen}) < 2:
        return None
    ordered = sorted(seen)
    pools: list[list[float]] = []  # strength summed, right, count
    for strength, right in ordered:
        pools.append([strength, float(right), 1.0])
        while len(pools) > 1 and (pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2] or pools[-2][2] < least):
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    if len(pools) > 1 and pools[-1][2] < least:
        last = pools.pop()
        pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return [[round(s / n, 3), round((r + 1) / (n + 2), 3)] for s, r, n in pools]


def ratio(a: float, b: float) -> float | None:
    return round(a / b, 3) if b else None


def prf(common: int, mine: int, marked: int) -> dict[str, float | int | None]:
    p, r = ratio(common, mine), ratio(common, marked)
    return {"precision": p, "recall": r, "F1": ratio(2 * common, mine + marked), "words": marked}


def span_row(v: Mapping[str, int]) -> dict[str, Any]:
    flags, right, faults, found = (v.get(k, 0) for k in ("flags", "right", "faults", "found"))
    p, r = (right / flags if flags else 0.0), (found / faults if faults else 0.0)
    f1 = round(2 * p * r / (p + r), 3) if p + r else 0.0
    return {"flags": flags, "right": right, "faults": faults, "found": found, "F1": f1}


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The probability that a positive scores higher than a negative; ties count half."""
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    ranks = [0.0] * len(scores)
    i = 0
    while i < len(order):
        j = i
        while j < len(order) and scores[order[j]] == scores[order[i]]:
            j += 1
        for k in range(i, j):
            ranks[order[k]] = (i + j + 1) / 2
        i = j
    positive = sum(labels)
    negative = len(labels) - positive
    if not positive or not negative:
        return None
    total = sum(r for r, good in zip(ranks, labels, strict=True) if good)
    return round((total - positive * (positive + 1) / 2) / (positive * negative), 3)
