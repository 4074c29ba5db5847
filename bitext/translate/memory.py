"""A translation memory on disk: what was translated once with the same model and settings is not again."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from bitext.document import Translation
from bitext.errors import OutputError, TroubleWarning
from bitext.files import reason, use_wal

__all__ = ["TranslationMemory", "default_memory"]

_APPLICATION = 0x62697478  # "bitx", says whose file this is
_PATIENCE = 30.0  # seconds to wait for another process
_TABLE = "CREATE TABLE IF NOT EXISTS translations (key BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


def default_memory() -> Path:
    """Where the user's translation memory lies unless told otherwise."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("bitext", appauthor=False)) / "translations.sqlite"


def _key(settings: str, text: str) -> bytes:
    return hashlib.sha256(f"{settings}\0{text}".encode("utf-8", "surrogatepass")).digest()


class TranslationMemory:
    """Translations by settings and text in one SQLite file that several processes may share.

    Hardly ever the reason that a run fails: a damaged file is moved aside, and where nothing can be written
    the run goes on without; each with one warning.

    Args:
        path: the file; made with its folder if need be.
        settings: all that decides what a text becomes: hash of the model, engine, decoding.

    Raises:
        OutputError: the file is something else of the user's.
    """

    def __init__(self, path: str | os.PathLike[str], settings: str) -> None:
        self.path, self.settings = Path(path), settings
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self.writable = False
        self._open()

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._connect()
        except (OSError, sqlite3.OperationalError) as e:
            self._read_only(e)
        except sqlite3.DatabaseError as e:
            if self.path.suffix != ".sqlite" and not self.path.read_bytes()[:15] == b"SQLite format 3":
                raise self._foreign("a file of something else") from None
            self._move_aside(str(e))

    def _foreign(self, what: str) -> OutputError:
        return OutputError(
            f"is {what}, so no translation memory", path=self.path, mend="choose another name for the memory"
        )

    def _connect(self) -> sqlite3.Connection:
        if self.path.is_file() and not os.access(self.path, os.W_OK):
            raise sqlite3.OperationalError("no permission to write it")
        db = sqlite3.connect(self.path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            # tables first: another process may be making the file, and gives it both at once
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (application,) = db.execute("PRAGMA application_id").fetchone()
            if tables and application != _APPLICATION:
                raise self._foreign("a database of something else")
            use_wal(db, patience=_PATIENCE)
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("BEGIN IMMEDIATE")
            db.execute(_TABLE)
            db.execute(f"PRAGMA application_id={_APPLICATION}")
            db.execute("COMMIT")
            db.execute("SELECT value FROM translations LIMIT 1").fetchone()
        except BaseException:
            db.close()
            raise
        self.writable = True
        return db

    def _move_aside(self, said: str) -> None:
        """Keep the damaged file under another name and begin a new one."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        try:
            self.path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self._db = self._connect()
        except (OSError, sqlite3.Error) as e:
            self._go_without(e)
            return
        warnings.warn(
            f"{self.path}: the translation memory cannot be used ({said}); "
            f"it was kept as {aside.name} and a new one begun.",
            TroubleWarning,
            stacklevel=4,
        )

    def _read_only(self, error: Exception) -> None:
        """Use what is there without adding to it."""
        try:
            if not self.path.is_file():
                raise error
            db = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE, check_same_thread=False
            )
            db.execute("SELECT value FROM translations LIMIT 1").fetchone()
        except (OSError, sqlite3.Error):
            self._go_without(error)
            return
        self._db = db
        warnings.warn(
            f"{self.path}: the translation memory is read-only; new translations are not kept.",
            TroubleWarning,
            stacklevel=4,
        )

    def _go_without(self, error: Exception) -> None:
        self.close()
        said = reason(error) if isinstance(error, OSError) else str(error)
        warnings.warn(
            f"{self.path}: there is no using a translation memory here ({said}); going on without one.",
            TroubleWarning,
            stacklevel=5,
        )

    def get(self, texts: Sequence[str]) -> list[Translation | None]:
        """What is known of each text."""
        found: list[Translation | None] = [None] * len(texts)
        with self._lock:
            if self._db is None:
                return found
            try:
                for i, text in enumerate(texts):
                    row = self._db.execute(
                        "SELECT value FROM translations WHERE key=?", (_key(self.settings, text),)
                    ).fetchone()
                    if row is not None:
                        found[i] = _read(row[0])
            except sqlite3.Error as e:
                self._go_without(e)
        return found

    def put(self, pairs: Iterable[tuple[str, Translation]]) -> None:
        """Keep translations; they are on disk when this returns, all or none."""
        rows = [(_key(self.settings, text), _write(t)) for text, t in pairs]
        with self._lock:
            if self._db is None or not self.writable or not rows:
                return
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    self._db.executemany("INSERT OR REPLACE INTO translations VALUES (?, ?)", rows)
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as e:  # disk full, say
                self._go_without(e)

    def __len__(self) -> int:
        with self._lock:
            if self._db is None:
                return 0
            return int(self._db.execute("SELECT count(*) FROM translations").fetchone()[0])

    def close(self) -> None:
        """Let go of the file; nothing is kept from here on."""
        if self._db is not None:
            self._db.close()
        self._db, self.writable = None, False

    def __enter__(self) -> TranslationMemory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _write(t: Translation) -> str:
    return json.dumps([t.text, t.score, t.tokens, t.token_logprobs, t.problems], ensure_ascii=True)


def _read(value: str) -> Translation | None:
    """None for what does not parse: it is translated again and replaced."""
    try:
        text, score, tokens, logprobs, problems = json.loads(value)
        return Translation(str(text), float(score), tuple(tokens), tuple(logprobs), tuple(problems))
    except (ValueError, TypeError):
        return None
