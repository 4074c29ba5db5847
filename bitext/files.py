"""Reading what users have and writing without ever leaving half a file behind."""

from __future__ import annotations

import codecs
import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from bitext.errors import InputError, OutputError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["decode", "read_bytes", "read_text", "reason", "use_wal", "writing"]

_BOMS = [  # the longer first: UTF-32 LE begins like UTF-16 LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_DOCUMENTS = [  # formats that people take for text; some of them are nearly text
    (b"%PDF-", "a PDF document", "extract its text first"),
    (b"{\\rtf", "an RTF document", "save it as plain text"),
    (b"PK\x03\x04", "a zip archive or a Word, OpenDocument or EPUB file", "save the document as plain text"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file", "save the document as plain text"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
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
    if not str(path):
        raise InputError("the name of the file is empty", mend="name a file, or - for standard input")
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend="check the name") from None
    except IsADirectoryError:
        raise InputError("this is a directory, not a text file", path=path, mend="name a file in it") from None
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


def _mostly_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 throughout hold more good UTF-8 characters beyond ASCII than bad bytes.

    Such a file is damaged UTF-8: taken for Windows-1252, all its accents would turn to rubbish.
    """
    found = data.decode("utf-8", errors="surrogateescape")
    bad = sum("\udc80" <= c <= "\udcff" for c in found)
    return sum(c > "\x7f" for c in found) - bad > bad


def _with_surrogates(data: bytes, path: str | os.PathLike[str]) -> str | None:
    """UTF-8 in which characters beyond U+FFFF are two surrogates of three bytes each, as some databases write it.

    None if it is not that either.

    Raises:
        InputError: a surrogate stands alone: half a character, of which nobody knows the other half.
    """
    try:
        text = data.decode("utf-8", errors="surrogatepass")
    except UnicodeDecodeError:
        return None
    text = text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="surrogatepass")
    for at, c in enumerate(text):
        if "\ud800" <= c <= "\udfff":
            raise InputError(
                f"holds half a character (a lone surrogate, U+{ord(c):04X})",
                path=path,
                line=text.count("\n", 0, at) + 1,
                mend="put the character there that is meant, and save the file as UTF-8",
            )
    return text


def decode(data: bytes, path: str | os.PathLike[str] = "-") -> str:
    """Text from bytes: UTF-8, UTF-16 or UTF-32 by BOM or by look, otherwise Windows-1252/Latin-1.

    Line ends are kept as they are: offsets count what stands in the file (without a BOM).

    Raises:
        InputError: the bytes are not text (a PDF, NUL bytes, control characters), or UTF-8 with damage.
    """
    for magic, what, mend in _DOCUMENTS:
        if data.startswith(magic):
            raise InputError(f"is {what}, not plain text", path=path, mend=mend)
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
        except UnicodeDecodeError as e:
            if (text := _with_surrogates(data, path)) is not None:
                return text
            if _mostly_utf8(data):
                raise InputError(
                    f"byte 0x{data[e.start]:02X} does not fit UTF-8, in which the rest is written",
                    path=path,
                    line=data.count(b"\n", 0, e.start) + 1,
                    mend="restore the character and save the file as UTF-8",
                ) from None
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
def _complaining(path: str | os.PathLike[str]) -> Iterator[None]:
    """Errors of the file that is written as one sentence; those of other files, and a closed pipe, pass."""
    try:
        yield
    except UnicodeEncodeError as e:
        raise OutputError(
            f"cannot be written as UTF-8: the text holds a lone surrogate (U+{ord(e.object[e.start]):04X})",
            path=path,
            mend="remove that character from the input",
        ) from None
    except BrokenPipeError:
        raise
    except OSError as e:
        if e.filename is not None:  # raised by opening something, so not by writing here
            raise
        raise OutputError(
            f"cannot be written ({reason(e)})", path=path, mend="free space or choose another place"
        ) from None


def _new_beside(final: Path) -> tuple[int, Path]:
    """A new hidden file in the folder of `final`, with the permissions that a new file gets."""
    while True:
        tmp = final.with_name(f".{final.name[:100]}.{secrets.token_hex(6)}.tmp")
        with contextlib.suppress(FileExistsError):
            return os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), tmp


@contextlib.contextmanager
def writing(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO]:
    """Open a file that appears under its name only when it is whole.

    Text is UTF-8 with `\\n` line ends. `-` is standard output. On any error the old file stays as it was;
    a file that is written over keeps its permissions.

    Raises:
        OutputError: the folder is missing or read-only, the file is read-only, the disk is full, or the text
            holds what UTF-8 cannot.
        BrokenPipeError: nobody reads standard output or the pipe any more.
    """
    text = "b" not in mode
    if str(path) == "-":
        with _complaining("standard output"):
            yield from _standard_output(text)
        return
    if not str(path):
        raise OutputError("the name of the file to write is empty", mend="name a file, or - for standard output")
    try:
        final = Path(path)
        if final.is_symlink():
            final = final.resolve()
        if final.is_dir():
            raise OutputError("is a directory, not a file to write", path=path, mend="name a file in it")
        special = final.exists() and not final.is_file()  # /dev/null, a pipe: nothing to rename over
        old = final.stat().st_mode & 0o7777 if final.is_file() else None
        if old is not None and not os.access(final, os.W_OK):
            raise OutputError("is read-only", path=path, mend="chmod +w it or choose another name")
        fd, tmp = (os.open(final, os.O_WRONLY), None) if special else _new_beside(final)
    except FileNotFoundError:
        raise OutputError("its folder does not exist", path=path, mend="create it first") from None
    except NotADirectoryError:
        raise OutputError("its folder is a file", path=path, mend="choose another place") from None
    except (OSError, ValueError, RuntimeError) as e:  # RuntimeError: a loop of links
        said = reason(e) if isinstance(e, OSError) else str(e)
        raise OutputError(f"cannot be written ({said})", path=path, mend="choose another place") from None
    try:
        with _complaining(path):
            with os.fdopen(fd, mode, encoding="utf-8" if text else None, newline="\n" if text else None) as f:
                yield f
                f.flush()
                if tmp is not None:
                    os.fsync(f.fileno())
            if tmp is not None:
                if old is not None:
                    tmp.chmod(old)
                try:
                    tmp.replace(final)
                except OSError as e:
                    raise OutputError(f"cannot be written ({reason(e)})", path=path) from None
    except BaseException:
        if tmp is not None:
            with contextlib.suppress(OSError):
                tmp.unlink()
        raise


def _standard_output(text: bool) -> Iterator[IO]:
    """Standard output as UTF-8 with `\\n` line ends, whatever the terminal's locale says."""
    try:
        sys.stdout.flush()
    except (AttributeError, ValueError):
        raise OutputError("standard output is closed", mend="name a file") from None
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # replaced by something that has no bytes, such as io.StringIO
        if not text:
            raise OutputError("standard output takes only text here", mend="name a file")
        yield sys.stdout
        return
    if not text:
        yield raw
        raw.flush()
        return
    out = codecs.getwriter("utf-8")(raw)
    yield cast(IO, out)
    raw.flush()


def use_wal(db: sqlite3.Connection, patience: float) -> None:
    """Give a database a write-ahead log, waiting up to `patience` seconds for others.

    SQLite's own timeout does not cover this statement: of two processes that make one file at once, one fails.

    Raises:
        sqlite3.DatabaseError: it is still locked, or no database.
    """
    import sqlite3

    end = time.monotonic() + patience
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.02)
