"""One JSON object a line, parsed and checked: each fault is named with its file, its line and its mend."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bitext.errors import FormatError

__all__ = ["Record", "parse"]

_NO_DEFAULT: Any = object()


@dataclass(frozen=True, slots=True)
class Record:
    """A parsed line, with getters that complain by file and line."""

    value: dict[str, Any]
    path: str
    line: int

    def fault(self, problem: str, mend: str | None = None) -> FormatError:
        return FormatError(problem, path=self.path, line=self.line, mend=mend)

    def _get(self, key: str, default: Any) -> Any:
        value = self.value.get(key)
        if value is None:
            if default is _NO_DEFAULT:
                kind = self.value.get("type", "record")
                raise self.fault(f'this {kind} has no "{key}"', "write the file again with bitext")
            return default
        return value

    def wrong(self, key: str, wanted: str) -> FormatError:
        shown = json.dumps(self.value.get(key), ensure_ascii=False)
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        return self.fault(f'"{key}" is {shown} where {wanted} belongs', "mend the value")

    def text(self, key: str, default: Any = _NO_DEFAULT) -> Any:
        value = self._get(key, default)
        if value is not default and not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def integer(self, key: str, default: Any = _NO_DEFAULT) -> Any:
        value = self._get(key, default)
        if value is not default and (type(value) is not int or value < 0):
            raise self.wrong(key, "a whole number from 0")
        return value

    def number(self, key: str, default: Any = _NO_DEFAULT) -> Any:
        value = self._get(key, default)
        if value is default:
            return default
        if type(value) not in (int, float):
            raise self.wrong(key, "a number")
        return float(value)

    def boolean(self, key: str) -> bool:
        value = self._get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def list_of(self, key: str, types: tuple[type, ...], wanted: str) -> list[Any]:
        value = self._get(key, [])
        if not isinstance(value, list) or any(type(v) not in types for v in value):
            raise self.wrong(key, f"a list of {wanted}")
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "an object")
        return value


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant)


def parse(lines: Iterable[str | bytes], path: str) -> Iterator[Record]:
    """Records from lines; blank lines are passed over.

    Raises:
        FormatError: not UTF-8, not JSON, not an object, NaN or infinity, a lone surrogate.
    """
    for n, raw in enumerate(lines, 1):
        try:
            line = (raw.decode("utf-8") if isinstance(raw, bytes) else raw).strip(" \t\r\n")
            if n == 1:
                line = line.removeprefix("\ufeff")
            if not line:
                continue
            value = _DECODER.decode(line)
        except UnicodeDecodeError as e:
            raise FormatError(
                f"byte {e.start + 1} of the line is not UTF-8", path=path, line=n, mend="save the file as UTF-8"
            ) from None
        except json.JSONDecodeError as e:
            cut = e.pos >= len(line) or e.msg.startswith("Unterminated string")
            what = "the line ends in the middle of the JSON" if cut else f"not JSON: {_said(e)}"
            raise FormatError(what, path=path, line=n, mend="give one complete JSON object a line") from None
        except RecursionError:
            raise FormatError("the JSON is nested too deeply", path=path, line=n) from None
        except ValueError as e:
            said = str(e) if "number" in str(e) else "a number has too many digits"
            raise FormatError(said, path=path, line=n, mend="write null or a finite number") from None
        if not isinstance(value, dict):
            raise FormatError(
                "the line is JSON but not an object", path=path, line=n, mend="give one JSON object a line"
            )
        if ("\\u" in line or not (isinstance(raw, bytes) or _encodable(line))) and (
            surrogate := _lone_surrogate(value)
        ):
            raise FormatError(
                f"holds the lone surrogate \\u{ord(surrogate):04x}, which is half a character",
                path=path,
                line=n,
                mend="remove it or write the whole character",
            )
        yield Record(value, path, n)


def _said(e: json.JSONDecodeError) -> str:
    return f"{e.msg[:1].lower()}{e.msg[1:]} at column {e.colno}"


def _lone_surrogate(value: Any) -> str | None:
    if isinstance(value, str):
        return next((c for c in value if "\ud800" <= c <= "\udfff"), None) if not _encodable(value) else None
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        parts = chain(value, value.values())
    elif isinstance(value, list):
        parts = value
    return next((s for part in parts if (s := _lone_surrogate(part))), None)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
