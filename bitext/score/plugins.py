"""One place where metrics of others plug in (COMET, MetricX, your own); nothing of the core depends on any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from bitext.errors import BitextError

__all__ = ["GROUP", "External", "Plugin", "available", "find", "register"]

GROUP = "bitext.metrics"


@dataclass(frozen=True)
class External:
    """What a plugged-in metric returns: its name, the figure over all segments, and its signature.

    `segments`, where the figure is their mean, gives it an interval: one value a segment.
    """

    name: str
    value: float
    signature: str = ""
    segments: tuple[float, ...] = ()


Plugin = Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[str] | None], External]
"""Called with hypotheses, references (one sequence a reference) and sources (or None)."""

_registered: dict[str, Plugin] = {}


def register(name: str, plugin: Plugin) -> None:
    """Make a metric known under `name` for this process.

    A package does the same for every process with an entry point of the group `bitext.metrics`:

        [project.entry-points."bitext.metrics"]
        comet = "my_package:comet"
    """
    _registered[name.lower()] = plugin


def available() -> dict[str, str]:
    """The plugged-in metrics: name → where it comes from. Loads none of them."""
    found = {e.name.lower(): e.value for e in entry_points(group=GROUP)}
    return found | dict.fromkeys(_registered, "registered in this process")


def find(name: str) -> Plugin:
    """The plug-in called `name`; `NAME=FILE` reads what COMET or MetricX wrote (see `bitext.score.results`).

    Raises:
        BitextError: there is none, or it cannot be imported.
    """
    head, sign, path = name.partition("=")
    if sign:
        from bitext.score.results import from_file

        return from_file(head or Path(path).name.split(".")[0], path)
    name = name.lower()
    if name in _registered:
        return _registered[name]
    for entry in entry_points(group=GROUP):
        if entry.name.lower() == name:
            try:
                plugin: Plugin = entry.load()
            except Exception as e:  # whatever a foreign package does wrong at import
                raise BitextError(f"the metric {name} ({entry.value}) cannot be loaded: {e}") from e
            return plugin
    known = ", ".join(["bleu", "chrf", "chrf++", "ter", *sorted(available())])
    raise BitextError(
        f"there is no metric {name!r}",
        mend=f"choose from {known}, give NAME=FILE of segment scores that COMET or MetricX wrote, "
        "or install a package that provides it as a plug-in",
    )
