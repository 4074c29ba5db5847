"""A check in words: what it looks for, what it needs, how severe its flags are, how well it was measured to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bitext.flag.base import Check
from bitext.flag.run import measured

__all__ = ["described"]


def described(check: Check) -> list[str]:
    """The lines that `bitext flag --list` prints of a check.

    Precision is over all gold sets that the check flagged something in; recall over the faults of the check's own MQM
    category in the sets that are named, most of which other checks are for as well.
    """
    indent = " " * 17
    languages = "" if len(check.languages) > 1 else f"; texts in {', '.join(check.languages)} only"
    lines = [
        f"{check.name:<16} {check.title} ({check.category})",
        f"{indent}severity: {check.severity}",
        f"{indent}needs: {', '.join(check.needs) or 'nothing but the text'}{languages}",
    ]
    if check.defaults:
        lines.append(f"{indent}thresholds: {', '.join(f'{k} = {v:g}' for k, v in check.defaults.items())}")
    rows = measured().get(check.name, {})
    lines += [f"{indent}measured {_against(against)}: {_figures(row, check)}" for against, row in rows.items()]
    if not rows:
        lines.append(f"{indent}measured: it flagged nothing in any set, so its flags have no confidence")
    return lines


def _against(against: str) -> str:
    if against == "planted":
        return "on faults put into sound translations"
    return "on the text alone" if against == "text" else f"against the {against}"


def _figures(row: Mapping[str, Any], check: Check) -> str:
    said = f"{row['right']} of {row['flags']} flags right (precision {row['precision']:.2f})"
    if row.get("on"):
        said += f" in {', '.join(row['on'])}"
    if row.get("faults"):
        said += f"; found {row['found']} of the {row['faults']} {check.category} faults"
        said += f" of {', '.join(row['faults_on'])}" if row.get("faults_on") else ""
        said += f" (recall {row['recall']:.2f})"
    return said
