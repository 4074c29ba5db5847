"""Flags: suspected faults of a translation, each with its span, evidence and measured reliability.

    from bitext.flag import flag, checks
    for f in flag(bitext):
        print(f.severity, f.message)

`checks()` lists what is looked for; `examine()` also says which checks were skipped, which failed and what was ignored.
"""

from __future__ import annotations

from bitext.flag.base import Check, Resources
from bitext.flag.listing import described
from bitext.flag.run import Findings, Ignored, checks, examine, flag, measured, read_glossary, read_ignore

__all__ = [
    "Check",
    "Findings",
    "Ignored",
    "Resources",
    "checks",
    "described",
    "examine",
    "flag",
    "measured",
    "read_glossary",
    "read_ignore",
]
