"""Running the checks: which apply, in which order their flags come, how far each can be trusted."""

from __future__ import annotations

import functools
import importlib
import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bitext.document import Bitext, Flag, Severity
from bitext.errors import BitextError, FormatError
from bitext.files import read_text
from bitext.flag.base import Case, Check, Resources

__all__ = ["Findings", "Ignored", "checks", "examine", "flag", "measured", "read_glossary", "read_ignore"]

_log = logging.getLogger(__name__)

# One module a family; the order is the one `checks()` lists.
_FAMILIES = {
    "bitext.flag.sense": ("WordSense",),
    "bitext.flag.coverage": ("Omission", "Addition"),
    "bitext.flag.numbers": ("Numbers", "Dates"),
    "bitext.flag.names": ("Acronyms", "Names"),
    "bitext.flag.negation": ("Negation", "Modality"),
    "bitext.flag.opposites": ("Opposites",),
    "bitext.flag.untranslated": ("Untranslated", "WrongLanguage"),
    "bitext.flag.spacing": ("Spacing", "Leftovers", "FinalStop"),
    "bitext.flag.quotes": ("Quotes", "Brackets"),
    "bitext.flag.wording": ("DoubledWords", "Elision", "Determiners", "CapitalAccent"),
    "bitext.flag.constructions": ("VerbForms", "Constructions"),
    "bitext.flag.clauses": ("Clauses",),
    "bitext.flag.agreement": ("Agreement",),
    "bitext.flag.calques": ("Calques",),
    "bitext.flag.participles": ("Participles",),
    "bitext.flag.fluency": ("Fluency",),
    "bitext.flag.duplicates": ("Duplicates", "Inconsistent"),
    "bitext.flag.terminology": ("Glossary", "Terminology"),
    "bitext.flag.boilerplate": ("Boilerplate",),
    "bitext.flag.reliability": ("Unreliable",),
}


@functools.cache
def _registry() -> dict[str, Check]:
    found = [getattr(importlib.import_module(m), c)() for m, classes in _FAMILIES.items() for c in classes]
    return {c.name: c for c in found}


def checks() -> list[Check]:
    """All checks, in the order in which they are documented."""
    return list(_registry().values())


@functools.cache
def measured() -> Mapping[str, Any]:
    """What `bench/flag.py --write` measured, by check and by what it compared with."""
    path = Path(__file__).with_name("measured.json")
    return json.loads(path.read_text(encoding="utf-8"))["checks"] if path.is_file() else {}


@dataclass(frozen=True)
class Ignored:
    """A line of an ignore file: flags of `check` on exactly `text` (`*`: any) are set aside, for `reason`."""

    check: str
    text: str
    reason: str

    def matches(self, flag: Flag, text: str) -> bool:
        return self.check in ("*", flag.check) and self.text in ("*", text)


@dataclass(frozen=True)
class Findings:
    """All that one examination found.

    Attributes:
        flags: worst first.
        ignored: flags set aside, each with the reason.
        skipped: why a check did not run, by its name.
        failed: what a check that raised said, by its name.
    """

    flags: tuple[Flag, ...] = ()
    ignored: tuple[tuple[Flag, str], ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


def read_ignore(path: str | os.PathLike[str]) -> tuple[Ignored, ...]:
    """An ignore file: a line is `check<TAB>flagged text<TAB>reason`; empty lines and `#` lines are passed over.

    Raises:
        InputError: the file cannot be read.
        FormatError: a line without a reason, or with an unknown check.
    """
    out = []
    for n, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [f.strip() for f in line.split("\t")]
        if len(fields) != 3 or not all(fields):
            raise FormatError(
                "an ignore line needs a check, the flagged text and a reason, separated by tabs", path=path, line=n
            )
        if fields[0] != "*" and fields[0] not in _registry():
            raise FormatError(f"there is no check named {fields[0]!r}", path=path, line=n, mend=_names())
        out.append(Ignored(*fields))
    return tuple(out)


def read_glossary(path: str | os.PathLike[str]) -> tuple[tuple[str, str], ...]:
    """A glossary: a line is `source term<TAB>target term` (several target terms are separated by `|`).

    Raises:
        InputError: the file cannot be read.
        FormatError: a line that has not two fields.
    """
    out = []
    for n, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [f.strip() for f in line.split("\t")]
        if len(fields) < 2 or not fields[0] or not fields[1]:
            raise FormatError(
                "a glossary line needs a source term and a target term, separated by a tab", path=path, line=n
            )
        out.append((fields[0], fields[1]))
    return tuple(out)


def _names() -> str:
    return "the checks are " + ", ".join(_registry())


def _known(names: Iterable[str] | None, option: str) -> set[str] | None:
    if names is None:
        return None
    given = {names} if isinstance(names, str) else set(names)
    for name in given - set(_registry()):
        raise BitextError(f"there is no check {name!r} (--{option})", mend=_names())
    return given


def _thresholds(given: Mapping[str, Any] | None) -> dict[str, float]:
    """Thresholds by `check.key`, from a flat or a nested table; a name that means nothing is an error."""
    flat: dict[str, Any] = {}
    for key, value in (given or {}).items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{k}": v for k, v in value.items()}
        else:
            flat[key] = value
    for key, value in flat.items():
        check, _, name = key.rpartition(".")
        known = _registry()[check].defaults if check in _registry() else {}
        if key != "confidence" and name not in known and name != "confidence":
            raise BitextError(
                f"there is no threshold named {key!r}",
                mend=f"those of this check are: {', '.join(known) or 'none'}" if known else _names(),
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BitextError(f"the threshold {key} must be a number, not {value!r}")
    return {k: float(v) for k, v in flat.items()}


_FEW = 12  # flags in gold sets below which those on planted faults count too


def _interpolate(points: Sequence[Sequence[float]], x: float) -> float:
    before = [p for p in points if p[0] <= x]
    after = [p for p in points if p[0] > x]
    if not before:
        return after[0][1]
    if not after:
        return before[-1][1]
    (x0, y0), (x1, y1) = before[-1], after[0]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _calibrated(flag: Flag) -> Flag:
    """The flag with the confidence and the precision and recall that were measured for flags like it."""
    about = measured().get(flag.check, {})
    against = flag.evidence.get("against", "text")
    row, planted = about.get(against), about.get("planted")
    if row is None and (row := planted) is None:
        return replace(flag, confidence=None)
    points = row.get("calibration")
    if points and flag.confidence is not None:
        confidence = _interpolate(points, flag.confidence)
    else:  # with Laplace's correction: one flag seen and right is not certainty
        right, flags = row["right"], row["flags"]
        if flags < _FEW and planted is not None and row is not planted:
            right, flags = right + planted["right"], flags + planted["flags"]
        confidence = (right + 1) / (flags + 2)
    figures = {k: row[k] for k in ("precision", "recall", "right", "flags", "found", "faults") if k in row}
    return replace(flag, confidence=round(confidence, 3), evidence={**flag.evidence, "measured": figures})


def _badness(flag: Flag) -> tuple[Any, ...]:
    return (-flag.severity.rank, -(flag.confidence or 0.0), flag.segment, flag.span, flag.check)


def examine(
    bitext: Bitext,
    *,
    translator_back: Any = None,
    translator_forward: Any = None,
    lexicon: Any = None,
    senses: Any = None,
    glossary: Iterable[tuple[str, str]] | None = None,
    only: Iterable[str] | None = None,
    skip: Iterable[str] | None = None,
    thresholds: Mapping[str, Any] | None = None,
    ignore: Iterable[Ignored] | None = None,
) -> Findings:
    """Run the checks over a bitext and say what was found, ignored, skipped and what failed.

    Args:
        bitext: the translation under examination; with `beads` and origin "original", or with `translations`
            (its back-translation), more checks apply.
        translator_back: model from the target language into the source language (fr→en).
        translator_forward: model from the source language into the target language (en→fr).
        lexicon: bilingual lexicon.
        senses: sense inventory.
        glossary: (source term, target term) pairs to be kept.
        only: names of the only checks to run.
        skip: names of checks not to run.
        thresholds: numbers by `check.key`, or nested; `confidence` (for all) or `check.confidence` drops flags
            whose measured confidence is lower.
        ignore: flags to set aside.

    Raises:
        BitextError: an unknown check or threshold is named.
    """
    wanted, unwanted = _known(only, "only"), _known(skip, "skip") or set()
    limits = _thresholds(thresholds)
    case = Case(
        bitext,
        Resources(translator_back, translator_forward, lexicon, senses, tuple(glossary or ())),
        limits,
    )
    flags: list[Flag] = []
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    for check in checks():
        if check.name in unwanted or (wanted is not None and check.name not in wanted):
            continue
        if case.lang not in check.languages:
            skipped[check.name] = f"knows only {', '.join(check.languages)}, not {case.lang}"
            continue
        if lacking := case.missing(check.needs):
            skipped[check.name] = f"needs {', '.join(lacking)}"
            continue
        flags += _run(check, case, failed)
    flags = [_calibrated(f) for f in _distinct(flags)]
    low = limits.get("confidence", 0.0)
    flags = [f for f in flags if f.confidence is None or f.confidence >= limits.get(f"{f.check}.confidence", low)]
    kept, aside = [], []
    for f in flags:
        text = bitext.target.segments[f.segment].text[slice(*f.span)]
        reason = next((i.reason for i in ignore or () if i.matches(f, text)), None)
        if reason is None:
            kept.append(f)
        else:
            aside.append((f, reason))
    return Findings(tuple(sorted(kept, key=_badness)), tuple(aside), skipped, failed)


def _run(check: Check, case: Case, failed: dict[str, str]) -> list[Flag]:
    """All flags of one check. A unit that raises costs its own flags only, and is seen as a flag."""
    out: list[Flag] = []
    units = None
    try:
        units = iter(check.units(case))
    except Exception as error:
        failed[check.name] = repr(error)
        _log.warning("check %s failed: %r", check.name, error)
    while units is not None:
        segment = 0
        try:
            segment, unit = next(units)
            out += check.find(case, unit)
        except StopIteration:
            break
        except BitextError:
            raise
        except Exception as error:
            if check.name not in failed:
                _log.warning("check %s failed on segment %d: %r", check.name, segment + 1, error)
            _log.debug("check %s, segment %d", check.name, segment + 1, exc_info=True)
            failed[check.name] = repr(error)
            if not len(case.target):
                break
            size = len(case.target.segments[segment].text)
            message = f"The check {check.name} failed here ({error!r}), so it says nothing about this segment."
            out.append(Flag(check.name, "other/check-failed", Severity.NEUTRAL, segment, (0, size), message, None, {}))
            if check.scope == "document":
                break
    return out


def _distinct(flags: list[Flag]) -> list[Flag]:
    """Flags without repetitions: the same check on the same span says it once."""
    seen: set[tuple[Any, ...]] = set()
    out = []
    for f in flags:
        key = (f.check, f.segment, f.span, f.message)
        if key not in seen:
            seen.add(key)
            out.append(f)
    return out


def flag(bitext: Bitext, **options: Any) -> tuple[Flag, ...]:
    """The flags of a bitext, worst first: by severity, then by confidence, then in the order of the text.

    Takes what `examine` takes; use that to learn which checks were skipped or failed.
    """
    return examine(bitext, **options).flags
