"""Aligning again while people go on: one process at a time does it, and all pages are told how it stands."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitext.errors import BitextError
from bitext.report import view
from bitext.review.actions import Refused
from bitext.review.realign import Cells, Plan, Stretch
from bitext.review.session import Realigned, Review

__all__ = ["Aligning", "Ended"]

# -P: a module beside the bitext is not taken for one of ours; the package is found where this one was
_COMMAND = (
    *(sys.executable, "-P", "-c"),
    "import sys; sys.path.append(sys.argv[1]); from bitext.review.child import main; main()",
    str(Path(__file__).resolve().parents[2]),
)


class Ended(Exception):
    """The work was cancelled, or the server is closing."""


@dataclass
class Aligning:
    """The one re-alignment that a review may have under way. It is written when it is whole; before that, nothing is.

    Attributes:
        news: how it stands, for the pages: `running`, `said` (a sentence), `row` (the cell it began at), `good`,
            and `number`, which grows with each piece of news; 0: nothing has happened.
        command: what is run to align.
    """

    review: Review
    command: Sequence[str] = _COMMAND
    news: dict[str, Any] = field(default_factory=lambda: {"number": 0, "running": False, "said": "", "good": True})
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _process: subprocess.Popen[bytes] | None = None

    def begin(self, values: Mapping[str, Any], client: str = "") -> dict[str, Any]:
        """Begin to align from a row on; returns the news.

        Raises:
            Refused: there is nothing to align, or it is being done already.
        """
        with self.review.lock:
            if self.news["running"]:
                raise Refused("Rows are being aligned again already; wait until that is done, or cancel it.")
            begun = self.review.begin_realign(values)
            self._stop.clear()
            self._tell(_begun(begun[1]), running=True, row=values.get("bead"))
            self._thread = threading.Thread(target=self._run, args=(dict(values), client, begun), daemon=True)
            self._thread.start()
            return self.news

    def cancel(self) -> dict[str, Any]:
        """End it; the rows stay as they are. Returns the news.

        Raises:
            Refused: nothing is being aligned: it is done, or somebody cancelled it.
        """
        with self.review.lock:
            if not self.news["running"]:
                raise Refused("No rows are being aligned now. If it is done, undo takes it back.")
            self._end()
            return self._tell("Cancelled: the alignment stays as it was.")

    def close(self) -> None:
        """End it because the review closes, and wait until nothing of it runs."""
        with self.review.lock:
            if self.news["running"]:
                self._end()
                self._tell("The server has stopped; the alignment stays as it was.")
        if self._thread is not None:
            self._thread.join(10)

    def _end(self) -> None:
        self._stop.set()
        if self._process is not None:
            self._process.kill()

    def _tell(self, said: str, *, running: bool = False, good: bool = True, **more: Any) -> dict[str, Any]:
        row = more.get("row", self.news.get("row"))
        self.news = {"number": self.news["number"] + 1, "running": running, "said": said, "good": good, "row": row}
        return self.news

    def _run(self, values: dict[str, Any], client: str, begun: Any) -> None:
        first: Plan | None = begun[1]
        said: Plan | None = first

        def told(plan: Plan) -> None:
            nonlocal said
            with self.review.lock:
                if self._stop.is_set():
                    raise Ended
                if plan is not said:
                    said = plan
                    self._tell(
                        f"Somebody changed rows meanwhile: aligning again around them. {_begun(plan)}", running=True
                    )

        try:
            done = self.review.realign(values, client, align=self._align, told=told, begun=begun)
            over, good = _done(done, said is not first), True
        except Ended:
            return  # it has been said
        except (Refused, BitextError) as e:
            over, good = str(e), False
        except Exception as e:
            over, good = f"The rows could not be aligned again ({type(e).__name__}: {e}); they are as they were.", False
        with self.review.lock:
            if not self._stop.is_set():
                self._tell(over, good=good)

    def _align(self, stretches: Sequence[Stretch]) -> list[Cells]:
        """The beads of stretches, found in another process, so that answers to people do not wait for it."""
        base = self.review.state.base
        with self.review.lock:
            if self._stop.is_set():
                raise Ended
            pipe = subprocess.PIPE
            process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
            self._process = process
        assert process.stdin is not None and process.stdout is not None
        try:
            with suppress(BrokenPipeError):
                pickle.dump((base.source, base.target, list(stretches)), process.stdin)
                process.stdin.flush()  # and it stays open: the other process ends when it closes
            said = process.stdout.read()
            status = process.wait()
        finally:
            process.kill()
            process.stdout.close()
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
            with self.review.lock:
                self._process = None
        if self._stop.is_set():
            raise Ended
        return _found(said, status)


def _found(said: bytes, status: int) -> list[Cells]:
    try:
        answer = json.loads(said)
    except ValueError:
        why = f"by {signal.Signals(-status).name}" if status < 0 else f"with {status}"
        raise Refused(f"The rows could not be aligned again: the aligner ended {why}; they are as they were.") from None
    if "found" not in answer:
        raise Refused(f"The rows could not be aligned again ({answer['error']}); they are as they were.")
    found: list[Cells] = answer["found"]
    return found


def _begun(plan: Plan) -> str:
    stays = f"; {plan.kept:,} that are fixed or checked stay" if plan.kept else ""
    return f"Aligning {view.count(len(plan.old), 'row')} again{stays}. You can go on meanwhile."


def _done(done: Realigned, around: bool) -> str:
    """What came of it; `around`: changes that people made meanwhile."""
    kept = " around what was changed meanwhile" if around else ""
    if done.fresh:
        return f"Aligned again{kept}: {view.count(done.fresh, 'new row')} from {done.free:,}. Undo takes it back."
    if done.surer:
        of = view.count(done.surer, "row")
        return f"Aligned again{kept}: all rows stay; the confidence of {of} has changed. Undo takes it back."
    return f"Aligned again{kept}: all rows stay as they were."
