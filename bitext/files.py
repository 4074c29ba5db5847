"""Reading what users have and writing without ever leaving half a file behind."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bitext.errors import BitextError, InputError, OutputError

__all__ = ["decode", "read_bytes", "read_text", "reason", "writing"]

_BOMS = [  # the longer first: UTF-32 LE begins like UTF-16 LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]


def reason(error: OSError) -> str:
    """An operating-system error in words, without its number."""
    return (error.strerror or str(error)).lower()


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises:
        InputError: missing, a directory, not readable.
    """
    if str(path) == "-":
        try:
            return sys.stdin.buffer.read()
        except (AttributeError, ValueError, OSError):
            raise InputError("standard input is closed", mend="give a file name or pipe text in") from None
    p = Path(path)
    if p.is_dir():
        raise InputError("this is a directory, not a text file", path=path, mend="name a file in it")
    try:
        return p.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend="check the name") from None
    except PermissionError:
        raise InputError("you have no permission to read it", path=path, mend="chmod +r it") from None
    except (OSError, ValueError) as e:
        said = reason(e) if isinstance(e, OSError) else str(e)
        raise InputError(f"cannot be read ({said})", path=path) from None


def _looks_utf16(data: bytes) -> str | None:
    """UTF-16 without a BOM: nearly every second byte of Western text is zero."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def decode(data: bytes, path: str | os.PathLike[str] = "-") -> str:
    """Text from bytes: UTF-8, UTF-16 or UTF-32 by BOM or by look, otherwise Windows-1252/Latin-1.

    Line ends are kept as they are: offsets count what stands in the file (without a BOM).

    Raises:
        InputError: the bytes are not text (NUL bytes, control characters).
    """
    text: str | None = None
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                text = data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as e:
                raise InputError(
                    f"begins with a {encoding} byte-order mark but byte {e.start + len(bom)} does not fit it",
                    path=path,
                    mend="save it again as UTF-8",
                ) from None
            break
    if text is None and (encoding16 := _looks_utf16(data)):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding16)
    if text is None:
        if b"\0" in data:
            line = data[: data.index(b"\0")].count(b"\n") + 1
            raise InputError(
                "contains a NUL byte, so it is not plain text", path=path, line=line, mend="save it as UTF-8 text"
            )
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                text = data.decode("cp1252")
            except UnicodeDecodeError:
                text = data.decode("latin-1")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(
            "contains a NUL character, so it is not plain text", path=path, line=line, mend="remove the character"
        )
    control = sum((c < " " and c not in "\t\n\r\f\v\x1a") or "\x7f" <= c < "\x85" for c in text[:10_000])
    if control > 0.05 * min(len(text), 10_000):
        raise InputError("is a binary file, not text", path=path, mend="save the document as plain UTF-8 text")
    return text


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file (`-`: standard input), whatever its usual encoding; see `decode`.

    Raises:
        InputError: cannot be read, is not text, or holds nothing but white space.
    """
    text = decode(read_bytes(path), path)
    if not text.strip():
        raise InputError("is empty", path=path, mend="give a file with text in it")
    return text


@contextlib.contextmanager
def writing(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO]:
    """Open a file that appears under its name only when it is whole.

    Text is UTF-8 with `\\n` line ends. `-` is standard output. On any error the old file stays as it was.

    Raises:
        OutputError: the folder is missing or read-only, or the disk is full.
    """
    if str(path) == "-":
        yield sys.stdout.buffer if "b" in mode else sys.stdout
        return
    final = Path(path)
    if final.is_dir():
        raise OutputError("is a directory, not a file to write", path=path, mend="name a file in it")
    if final.exists() and not final.is_file():  # /dev/null, a pipe: nothing to rename over
        with open(final, mode, encoding=None if "b" in mode else "utf-8") as f:
            yield f
        return
    final = final.resolve() if final.is_symlink() else final
    tmp: str | None = None
    try:
        fd, tmp = tempfile.mkstemp(prefix=f".{final.name[:100]}.", suffix=".tmp", dir=final.parent)
        text = "b" not in mode
        with os.fdopen(fd, mode, encoding="utf-8" if text else None, newline="\n" if text else None) as f:
            yield f
            f.flush()
            os.fsync(f.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(tmp).chmod(0o666 & ~mask)
        Path(tmp).replace(final)
        tmp = None
    except BitextError:
        raise
    except UnicodeEncodeError as e:
        raise OutputError(
            f"cannot be written as UTF-8: the text holds a lone surrogate (U+{ord(e.object[e.start]):04X})",
            path=path,
            mend="remove that character from the input",
        ) from None
    except FileNotFoundError:
        raise OutputError("its folder does not exist", path=path, mend="create it first") from None
    except OSError as e:
        raise OutputError(
            f"cannot be written ({reason(e)})", path=path, mend="free space or choose another place"
        ) from None
    finally:
        if tmp is not None:
            with contextlib.suppress(OSError):
                Path(tmp).unlink()
