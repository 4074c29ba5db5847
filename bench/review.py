"""How quickly the review answers: a real server on loopback, a bitext of N segments, every action timed.

    python bench/review.py [--segments 2000] [--times 25] [FILE.jsonl]

Prints the time of the first page and, by action, the median, 95th percentile and longest time in milliseconds, from
sending the request to having read the whole answer; each answer comes after the decision is on the disk. Beside them
the median and longest processor time of the server in it, which other work on the machine hardly lengthens (Linux).
Actions begin three seconds after the page.

What takes its time is begun and followed: aligning again answers when it has begun, and the time until it is a
decision is given too. A translation's panel is opened by the page itself before it asks (`bench/browser.py` times
that); here is the time until there is something in it. While such work is under way, quick actions are timed again
(`while aligning`, `while translating`, `while exporting`).
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bitext.document import Bead, Bitext, Document, Flag, Scores, Severity, Translation
from bitext.formats import jsonl
from bitext.review.export import EXPORTS
from bitext.review.guard import HEADER

SERVE = "import sys; from bitext.review import serve; sys.exit(serve(sys.argv[1], open_browser=False))"
_SOUNDS = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "ou", "an", "eu")]
WORDS = [a + b for a in _SOUNDS for b in _SOUNDS[:20]]
"""Nobody's words, as many as a long text has different ones."""


SETTLE = 3
"""Seconds between the first page and the first action: the server goes on loading, and a person looks."""


def made(n: int) -> Bitext:
    """n sentences of random words beside themselves, every third flagged."""
    draw = random.Random(1)
    lines = [" ".join(draw.choices(WORDS, k=draw.randint(6, 25))).capitalize() + "." for _ in range(n)]
    flags = tuple(
        Flag("spacing", "style", Severity.MINOR, i, (0, 2), "an odd word", "De", {}, 0.4) for i in range(0, n, 3)
    )
    return Bitext(
        Document.from_lines(lines, "fr", "made.fr.txt"),
        Document.from_lines(lines, "en", "made.en.txt"),
        translations=tuple(Translation(t, -0.4) for t in lines),
        beads=tuple(Bead(range(i, i + 1), range(i, i + 1), 0.9, 0.7) for i in range(n)),
        scores=Scores("reference", (), dict.fromkeys(range(n), 100.0)),
        flags=flags,
    )


Took = dict[str, list[tuple[float, float]]]
"""By action, seconds on the clock and of the server's processor."""


class Watch:
    """Seconds on the clock, and of a process's processor time (NaN where the system does not tell)."""

    def __init__(self, pid: int) -> None:
        self.clock = (~pid << 3) | 2  # Linux: the clock of all threads of a process, as clock_getcpuclockid(3) makes it

    def now(self) -> tuple[float, float]:
        try:
            return time.perf_counter(), time.clock_gettime(self.clock)
        except (AttributeError, OSError):
            return time.perf_counter(), math.nan

    def since(self, then: tuple[float, float]) -> tuple[float, float]:
        wall, cpu = self.now()
        return wall - then[0], cpu - then[1]


class Client:
    """The page's side of the conversation."""

    def __init__(self, address: str, token: str, watch: Watch) -> None:
        self.watch = watch
        self.http = http.client.HTTPConnection(address, timeout=60)
        started = time.perf_counter()
        self.http.request("GET", f"/?token={token}")
        answer = self.http.getresponse()
        page = answer.read().decode()
        self.opened, self.size = time.perf_counter() - started, len(page)
        self.headers = {
            "origin": f"http://{address}",
            "cookie": answer.headers["set-cookie"].partition(";")[0],
            "content-type": "application/json",
            HEADER: re.search(r'name="review-token" content="([^"]+)"', page)[1],
        }
        self.address = address
        self.head = int(re.search(r'data-head="(\d+)"', page)[1])
        self.rows = re.findall(r'id="(bead:[^"]+)"', page)

    def timed(self, path: str) -> tuple[float, float]:
        started = self.watch.now()
        self.get(path)
        return self.watch.since(started)

    def get(self, path: str) -> str:
        self.http.request("GET", path, headers=self.headers)
        return self.http.getresponse().read().decode()

    def post(self, path: str, **values: object) -> tuple[tuple[float, float], dict]:
        started = self.watch.now()
        self.http.request("POST", path, json.dumps({"base": self.head, **values}), self.headers)
        found = json.loads(self.http.getresponse().read())
        took = self.watch.since(started)
        self.head = found.get("head", self.head)
        return took, found


ABOUT = {"severity": "minor", "category": "style", "message": "odd", "suggestion": "De"}


def measure(client: Client, times: int) -> Took:
    """Every action, on rows spread over the text."""
    took: Took = {}
    step = max(len(client.rows) // (times + 1), 2)
    for n in range(times):
        row, segment = client.rows[n * step], n * step
        plan = [
            ("/do", {"do": "accept", "flag": 3 * n}),
            ("/do", {"do": "reject", "flag": 3 * n, "reason": "it is right"}),
            ("/do", {"do": "reopen", "flag": 3 * n}),
            ("/do", {"do": "edit-flag", "flag": 3 * n, "message": f"said better {n}"}),
            ("/do", {"do": "move-flag", "flag": 3 * n, "start": 3, "end": 8}),
            ("/do", {"do": "add-flag", "segment": segment + 1, "start": 0, "end": 4, **ABOUT}),
            ("/do", {"do": "remove-flag", "flag": None}),
            ("/do", {"do": "apply", "flag": 3 * n + 1}),
            ("/do", {"do": "correct", "segment": segment, "text": f"Autre chose {n}."}),
            ("/do", {"do": "check", "bead": row}),
            ("/do", {"do": "fix", "bead": row}),
            ("/do", {"do": "merge", "bead": row}),
            ("/do", {"do": "split", "bead": None}),
            ("/do", {"do": "shift", "bead": row}),
            ("/undo", {}),
            ("/redo", {}),
        ]
        joined, added = None, None
        for path, values in plan:
            if values.get("do") == "split":
                values["bead"] = joined
            if values.get("do") == "remove-flag":
                values["flag"] = added
            seconds, found = client.post(path, **values)
            if "error" in found:
                continue
            if values.get("do") == "merge":
                joined = found["rows"][0]["id"]
            if values.get("do") == "add-flag":
                added = next(int(cell[5:]) for cell in found["cells"] if cell.startswith("flag:"))
            took.setdefault(str(values.get("do", path[1:])), []).append(seconds)
        for name, path in (
            ("segment", f"/segment/{segment}"),
            ("compare", f"/compare?bead={client.rows[-2 - n]}"),
            ("words", f"/links?bead={client.rows[-2 - n]}"),
            ("changes", f"/changes?since={client.head - 1}"),
            ("score", "/score"),
        ):
            took.setdefault(name, []).append(client.timed(path))
    return took


def busy(client: Client, going: Callable[[], bool]) -> list[tuple[float, float]]:
    """Seconds that corrections, and openings of segments, take while something else goes on; at most 400 of them."""
    took: list[tuple[float, float]] = []
    while going() and len(took) < 400:
        n = len(took)
        if n % 8 == 7:
            took.append((client.timed(f"/segment/{n}")[0], math.nan))
        (seconds, _), _ = client.post("/do", do="correct", segment=1000 + n, text=f"Encore une autre chose {n}.")
        took.append((seconds, math.nan))  # the processor does the other work too
        time.sleep(0.05)
    return took


def aligned(client: Client, bead: str) -> Took:
    """Seconds of beginning to align again, of other actions meanwhile, and of taking it back; says what came of it."""
    listening = http.client.HTTPConnection(client.address, timeout=600)
    listening.request("GET", "/events", headers=client.headers)
    stream, news = listening.getresponse(), {}

    def listen() -> None:
        for line in stream:
            if line.startswith(b"data: {"):
                news.update(json.loads(line[6:]))
                if news["running"] is False:
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    began = time.perf_counter()
    first, found = client.post("/do", do="realign", bead=bead)
    if "error" in found:
        raise SystemExit(f"re-align: {found['error']}")
    took = {"re-align (begins)": [first], "while aligning": busy(client, thread.is_alive)}
    thread.join()
    whole = time.perf_counter() - began
    took["score (all rows new)"] = [client.timed("/score")]
    found = json.loads(client.get(f"/changes?since={client.head}"))
    client.head = found["head"]
    print(f"re-align from the first row on is a decision after {whole:.2f} s: {news['said']}")
    found = {"rows": []}
    while len(found["rows"]) < 60:  # what was corrected since the alignment was written is taken back first
        seconds, found = client.post("/undo")
        if "error" in found:
            raise SystemExit(f"undo: {found['error']}")
    for what in ("undo", "redo", "undo", "redo", "undo", "redo"):
        if what == "redo" or seconds is None:
            seconds, found = client.post(f"/{what}")
        took.setdefault(f"{what} of {len(found['rows']):,} rows", []).append(seconds)
        seconds = None
    later = [row["id"] for row in found.get("rows", ()) if row["html"] is None]
    for i in range(0, len(later), 40):
        took.setdefault("rows (40 at a time)", []).append(client.timed(f"/rows?keys={','.join(later[i : i + 40])}"))
    return took


def translated(client: Client, again: Client, times: int) -> Took:
    """Translations, the first of which loads the models, and other actions meanwhile."""
    took: Took = {}
    for n in range(times + 1):
        name = "translation is there" if n else "  the first (loads)"
        thread = threading.Thread(
            target=lambda n=n, name=name: took.setdefault(name, []).append(
                again.post("/alternatives", segment=n + 4)[0]
            )
        )
        thread.start()
        took.setdefault("while loading" if not n else "while translating", []).extend(busy(client, thread.is_alive))
        thread.join()
        seconds, found = client.post("/do", do="back", segment=n + 4, choice=0)
        if "error" not in found:
            took.setdefault("choose", []).append(seconds)
    return took


def exported(client: Client, again: Client) -> Took:
    """Each export alone, then other actions while they are made."""
    took: Took = {}
    for kind in EXPORTS:
        for _ in range(3):
            took.setdefault(f"export {kind}", []).append(again.timed(f"/export/{kind}"))
    for kind in EXPORTS:
        thread = threading.Thread(target=again.get, args=(f"/export/{kind}",))
        thread.start()
        took.setdefault("while exporting", []).extend(busy(client, thread.is_alive))
        thread.join()
    return took


def show(took: Took) -> None:
    for what, seconds in took.items():
        if not seconds:
            continue
        ms = sorted(1000 * wall for wall, _ in seconds)
        cpu = sorted(1000 * cpu for _, cpu in seconds if not math.isnan(cpu))
        p95 = ms[min(int(0.95 * len(ms)), len(ms) - 1)]
        work = f"{cpu[len(cpu) // 2]:>11.1f}{cpu[-1]:>9.1f}" if cpu else ""
        print(f"{what:<21}{len(ms):>4}{ms[len(ms) // 2]:>9.1f}{p95:>9.1f}{ms[-1]:>9.1f}{work}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", help="a bitext; without one, sentences are made up")
    parser.add_argument("--segments", type=int, default=2000)
    parser.add_argument("--times", type=int, default=25)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bitext.jsonl")
        if options.file:
            path.write_bytes(Path(options.file).read_bytes())
        else:
            jsonl.dump(made(options.segments), path)
        server = subprocess.Popen([sys.executable, "-c", SERVE, str(path)], stderr=subprocess.PIPE, text=True)
        try:
            address, token = re.search(r"http://([\d.:]+)/\?token=(\S+)", server.stderr.readline()).groups()
            watch = Watch(server.pid)
            client = Client(address, token, watch)
            print(f"first page: {client.opened * 1000:.0f} ms, {client.size / 1e6:.1f} MB, {len(client.rows)} rows")
            print(f"{'action':<21}{'n':>4}{'median':>9}{'95 %':>9}{'longest':>9}{'CPU median':>11}{'longest':>9}  ms")
            time.sleep(SETTLE)
            show(measure(client, options.times))
            again = Client(address, token, watch)
            show(exported(client, again))
            show(translated(client, again, min(options.times, 5)))
            show(aligned(client, first(client)))
        finally:
            server.kill()


def first(client: Client) -> str:
    """The first row that there is now."""
    return re.search(r'id="(bead:[^"]+)"', client.get("/")).group(1)


if __name__ == "__main__":
    main()
