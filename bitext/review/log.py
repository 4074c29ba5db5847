"""The decisions on disk: an append-only table in SQLite. What `append` has returned from survives a crash.

`events`: one row a decision, with the patch it made. An undo or redo is a row too; nothing is ever deleted
(triggers refuse it). Write-ahead logging with `synchronous=FULL`: a commit is on the disk when it returns.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bitext.errors import BitextError, InputError, OutputError
from bitext.files import use_wal

__all__ = ["Event", "Log", "log_path"]

_APPLICATION = 0x62695278  # "biRx"
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    client TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
    of INTEGER REFERENCES events,
    action TEXT NOT NULL,
    patch TEXT NOT NULL
);
CREATE TRIGGER kept BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER whole BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""


@dataclass(frozen=True, slots=True)
class Event:
    """A decision (`do`), or the taking back or doing again of one (`of`). `action` and `patch` are the decision's."""

    seq: int
    kind: str
    of: int | None
    client: str
    action: Mapping[str, Any]
    patch: Mapping[str, tuple[Any, Any]]


def log_path(path: Path) -> Path:
    """Where the decisions on a bitext are kept: `bitext.jsonl.review.sqlite` beside it."""
    return path.with_name(f"{path.name}.review.sqlite")


class Log:
    """The events of one file's review.

    Args:
        path: of the database, made if it is missing.
        fingerprint: of the file under review; another file's decisions are not opened.

    Raises:
        InputError: the database is none of ours, damaged, or belongs to another version of the file.
        OutputError: it cannot be written.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.execute("PRAGMA foreign_keys=ON")
            # tables first: another process may be making the file, and gives it both at once
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            if tables and application != _APPLICATION:
                raise InputError("is not a file of review decisions", path=path, mend="move it out of the way")
            use_wal(self._db, patience=10)
            self._db.execute("PRAGMA synchronous=FULL")
            self._found(fingerprint)
        except sqlite3.DatabaseError as e:
            raise self._error(e) from None

    def _found(self, fingerprint: str) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name='events'").fetchone():
                for statement in _SCHEMA.split(";\n"):
                    if statement.strip():
                        self._db.execute(statement)
                self._db.execute("INSERT INTO about VALUES ('fingerprint', ?)", [fingerprint])
                self._db.execute(f"PRAGMA application_id={_APPLICATION}")
            (known,) = self._db.execute("SELECT value FROM about WHERE key='fingerprint'").fetchone()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        if known != fingerprint:
            raise InputError(
                "holds decisions on another version of the bitext than the one now beside it",
                path=self.path,
                mend="restore that bitext, or move this file away to begin anew",
            )

    def _error(self, error: sqlite3.DatabaseError) -> BitextError:
        if isinstance(error, sqlite3.OperationalError):
            return OutputError(
                f"cannot be opened for decisions ({error})",
                path=self.path,
                mend="see that its folder can be written to",
            )
        return InputError(f"is damaged ({error})", path=self.path, mend="restore it, or move it away to begin anew")

    def after(self, seq: int) -> Iterator[Event]:
        """The events after `seq`, in order.

        Raises:
            InputError: the database is damaged.
        """
        # an undo or redo carries its decision's action and patch only once, in the row of the decision
        query = (
            "SELECT e.seq, e.kind, e.of, e.client, d.action, d.patch FROM events e "
            "JOIN events d ON d.seq = coalesce(e.of, e.seq) WHERE e.seq > ? ORDER BY e.seq"
        )
        try:
            for number, kind, of, client, action, patch in self._db.execute(query, [seq]).fetchall():
                cells = {k: (before, after) for k, (before, after) in json.loads(patch).items()}
                yield Event(number, kind, of, client, json.loads(action), cells)
        except (sqlite3.DatabaseError, ValueError) as e:
            raise InputError(
                f"is damaged ({e})", path=self.path, mend="restore it, or move it away to begin anew"
            ) from None

    def append(self, event: Event) -> bool:
        """Write an event and see that it is on the disk; False if another process was first with this number.

        Raises:
            OutputError: it cannot be written.
        """
        decision = event.kind == "do"
        row = [
            event.seq,
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            event.client,
            event.kind,
            event.of,
            json.dumps(event.action if decision else {}, ensure_ascii=False),
            json.dumps(event.patch if decision else {}, ensure_ascii=False),
        ]
        try:
            self._db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            return False
        except sqlite3.DatabaseError as e:
            raise OutputError(f"a decision could not be saved ({e})", path=self.path, mend="free space") from None
        return True

    def close(self) -> None:
        """Close the database; its write-ahead log is folded in."""
        self._db.close()
