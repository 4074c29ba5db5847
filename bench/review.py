"""How quickly the review answers: a real server on loopback, a bitext of N segments, every action timed.

    python bench/review.py [--segments 2000] [--times 25] [FILE.jsonl]

Prints the time of the first page and, by action, the median, 95th percentile and longest time in milliseconds, from
sending the request to having read the whole answer; each answer comes after the decision is on the disk.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bitext.document import Bead, Bitext, Document, Flag, Scores, Severity, Translation
from bitext.formats import jsonl
from bitext.review.guard import HEADER

SERVE = "import sys; from bitext.review import serve; sys.exit(serve(sys.argv[1], open_browser=False))"
WORDS = [
    "le",
    "marché",
    "port",
    "ville",
    "conseil",
    "plan",
    "hier",
    "samedi",
    "ouvre",
    "ferme",
    "cent",
    "ponts",
    "neuf",
]


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
        beads=tuple(Bead(range(i, i + 1), range(i, i + 1), 0.9, 0.9) for i in range(n)),
        scores=Scores("reference", (), dict.fromkeys(range(n), 100.0)),
        flags=flags,
    )


class Client:
    """The page's side of the conversation."""

    def __init__(self, address: str, token: str) -> None:
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
        self.head = int(re.search(r'data-head="(\d+)"', page)[1])
        self.rows = re.findall(r'id="(bead:[^"]+)"', page)

    def get(self, path: str) -> str:
        self.http.request("GET", path, headers=self.headers)
        return self.http.getresponse().read().decode()

    def post(self, path: str, **values: object) -> tuple[float, dict]:
        started = time.perf_counter()
        self.http.request("POST", path, json.dumps({"base": self.head, **values}), self.headers)
        found = json.loads(self.http.getresponse().read())
        took = time.perf_counter() - started
        self.head = found.get("head", self.head)
        return took, found


def measure(client: Client, times: int) -> dict[str, list[float]]:
    """Seconds by action, on rows spread over the text."""
    took: dict[str, list[float]] = {}
    step = max(len(client.rows) // (times + 1), 2)
    for n in range(times):
        row, segment = client.rows[n * step], n * step
        plan = [
            ("/do", {"do": "accept", "flag": 2 * n}),
            ("/do", {"do": "reject", "flag": 2 * n}),
            ("/do", {"do": "apply", "flag": 2 * n + 1}),
            ("/do", {"do": "correct", "segment": segment, "text": f"Autre chose {n}."}),
            ("/do", {"do": "check", "bead": row}),
            ("/do", {"do": "merge", "bead": row}),
            ("/do", {"do": "split", "bead": None}),
            ("/do", {"do": "shift", "bead": row}),
            ("/undo", {}),
            ("/redo", {}),
        ]
        joined = None
        for path, values in plan:
            if values.get("do") == "split":
                values["bead"] = joined
            seconds, found = client.post(path, **values)
            if "error" in found:
                continue
            if values.get("do") == "merge":
                joined = found["rows"][0]["id"]
            took.setdefault(str(values.get("do", path[1:])), []).append(seconds)
    return took


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
            client = Client(address, token)
            print(f"first page: {client.opened * 1000:.0f} ms, {client.size / 1e6:.1f} MB, {len(client.rows)} rows")
            print(f"{'action':<10}{'n':>4}{'median':>9}{'95 %':>9}{'longest':>9}  ms")
            for what, seconds in measure(client, options.times).items():
                ms = sorted(1000 * s for s in seconds)
                p95 = ms[min(int(0.95 * len(ms)), len(ms) - 1)]
                print(f"{what:<10}{len(ms):>4}{ms[len(ms) // 2]:>9.1f}{p95:>9.1f}{ms[-1]:>9.1f}")
            first = re.search(r'id="(bead:[^"]+)"', client.get("/")).group(1)
            seconds, found = client.post("/do", do="realign", bead=first)
            print(
                f"re-align from the first row on: {seconds:.2f} s{' – ' + found['error'] if 'error' in found else ''}"
            )
        finally:
            server.kill()


if __name__ == "__main__":
    main()
