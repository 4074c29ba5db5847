"""Errors a user can mend: the command line prints each as one sentence and exits with 2."""

from __future__ import annotations

from os import PathLike

__all__ = ["BitextError", "FormatError", "InputError", "ModelError", "OutputError", "TroubleWarning"]


class BitextError(Exception):
    """Base of all errors that `bitext` raises on purpose.

    Args:
        problem: what is wrong, without a full stop.
        path: the file concerned, if one is.
        line: 1-based line in `path`, if known.
        mend: what the user can do about it, without a full stop.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | PathLike[str] | None = None,
        line: int | None = None,
        mend: str | None = None,
    ) -> None:
        self.problem, self.path, self.line, self.mend = problem, path, line, mend
        super().__init__(problem, path, line, mend)

    def __str__(self) -> str:
        place = "" if self.path is None else f"{self.path}: "
        if self.line is not None:
            place = place.removesuffix(": ") + f", line {self.line}: "
        mend = "" if self.mend is None else f"; {self.mend}"
        return f"{place}{self.problem}{mend}."


class InputError(BitextError):
    """A file that cannot be read as text: missing, binary, empty, a directory, no permission."""


class FormatError(BitextError):
    """A file that was read but is not what its format says."""


class ModelError(BitextError):
    """A model that is missing, damaged or of a kind that cannot be used."""


class OutputError(BitextError):
    """A result that cannot be written: read-only, disk full, already there."""


class TroubleWarning(UserWarning):
    """Something is wrong that the work can do without; the command line prints it as one sentence and goes on."""
