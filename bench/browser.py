"""The report and the review in Chromium: how soon they open, how they scroll, how quickly they answer.

    python bench/browser.py [--segments 2000] [--times 9] [--scrolls 1] [FILE.jsonl]

Needs playwright and a Chromium (`CHROMIUM=/path`). Times are the browser's own: opening up to the load event; a frame,
from one requestAnimationFrame to the next while the page scrolls 120 pixels a frame; an action, from its event to the
page laid out again. Beside each is the browser's work in it: processor time of its main thread, which other work on the
machine hardly lengthens. Medians, 95th percentiles and longest.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from review import SERVE, made

from bitext import pipeline, report
from bitext.formats import jsonl

SCROLL = """async (frames) => {
  const next = () => new Promise((go) => requestAnimationFrame(go)), took = [];
  scrollTo(0, 0);
  await next(); await next();
  let last = await next();
  for (let i = 0; i < frames; i++) {
    scrollBy(0, 120);
    const now = await next();
    took.push(now - last);
    last = now;
  }
  return took;
}"""
ACT = """async ([key, done]) => {
  const started = performance.now(), before = eval_(done);
  function eval_(what) { // asked often: by lists that the browser keeps, not by a search of the page
    if (what === "filter") return null;
    if (what === "panel") return Boolean(document.querySelector(".panel.choices"));
    return document.getElementById("undo").title + document.getElementById("counts").textContent
      + document.getElementsByClassName("bead").length + document.getElementsByClassName("cur")[0]?.id;
  }
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await new Promise((go) => { const c = new MessageChannel(); c.port1.onmessage = go; c.port2.postMessage(0); });
  if (done !== "filter")
    for (let n = 0; n < 300 && eval_(done) === before; n++) await new Promise((go) => setTimeout(go, 1));
  document.body.offsetHeight;
  return done !== "filter" && eval_(done) === before ? null : performance.now() - started;
}"""


def line(name: str, took: list[float], work: float | None = None) -> None:
    ms = sorted(took)
    at = lambda q: ms[min(int(q * len(ms)), len(ms) - 1)]  # noqa: E731
    said = "" if work is None else f"   work {work:.1f}"
    print(f"{name:<28}{len(ms):>5}{at(0.5):>9.1f}{at(0.95):>9.1f}{ms[-1]:>9.1f}{said}")


class Work:
    """Milliseconds of processor time of the page's main thread, from Chromium's own counters."""

    def __init__(self, page: Any) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now(self) -> float:
        found = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(m["value"] for m in found if m["name"] == "TaskDuration")


def opened(browser: Any, address: str, times: int) -> tuple[Any, list[float], float]:
    took, work = [], []
    for _ in range(times):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        counter = Work(page)
        page.goto(address)
        took.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        work.append(counter.now())
    return page, took, sorted(work)[len(work) // 2]


def scrolled(page: Any, frames: int = 240) -> None:
    work = Work(page)
    before = work.now()
    took = page.evaluate(SCROLL, frames)
    line("scroll, a frame", took, (work.now() - before) / frames)
    late = sum(t > 1000 / 60 * 1.5 for t in took)
    print(f"  {1000 * len(took) / sum(took):.0f} frames a second; {late} of {len(took)} frames came late")


def answered(page: Any, key: str, name: str, done: str, times: int) -> None:
    work = Work(page)
    before, took = work.now(), []
    for _ in range(times):
        took += [ms for ms in [page.evaluate(ACT, [key, done])] if ms is not None]  # None: there was nothing to do
        page.wait_for_timeout(40)
    if took:
        line(name, took, (work.now() - before) / times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", help="a bitext; without one, sentences are made up")
    parser.add_argument("--segments", type=int, default=2000)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--scrolls", type=int, default=1, help="how often the report is opened and scrolled")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    bitext = jsonl.load(options.file) if options.file else made(options.segments)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        path = Path(folder, "bitext.jsonl")
        jsonl.dump(bitext, path)
        started = time.process_time()
        html = report.html.render(bitext, lexicon_links=pipeline.links(bitext), drawings=pipeline.drawings(bitext))
        print(
            f"{len(bitext.target):,} segments, {len(bitext.flags):,} flags; load {os.getloadavg()[0]:.1f} "
            f"on {os.cpu_count()} cores; report made in {time.process_time() - started:.1f} s of CPU"
        )
        Path(folder, "report.html").write_text(html, encoding="utf-8")
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{'':<28}{'n':>5}{'median':>9}{'95 %':>9}{'longest':>9}  ms")
        address = Path(folder, "report.html").as_uri()
        page, took, work = opened(browser, address, 5)
        line(f"report opens ({len(html) / 1e6:.1f} MB)", took, work)
        scrolled(page)
        for _ in range(options.scrolls - 1):
            page.context.close()
            page, _, _ = opened(browser, address, 1)  # rows that were on the screen once are cheaper
            scrolled(page)
        page.evaluate("scrollTo(0, 0)")
        for key, name in (
            ("f", "filter (f)"),
            ("n", "next flag (n)"),
            ("b", "back-translation (b)"),
            ("h", "words (h)"),
        ):
            answered(page, key, name, "filter", options.times)
        server = subprocess.Popen([sys.executable, "-c", SERVE, str(path)], stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            found = re.search(r"(http://\S+)", server.stderr.readline())
            assert found is not None
            page, took, work = opened(browser, found[1], 3)
            line("review opens", took, work)
            page.wait_for_timeout(1000)
            scrolled(page)
            page.evaluate("scrollTo(0, 0)")
            page.evaluate(ACT, ["n", "filter"])
            for key, name in (
                ("a", "accept"),
                ("x", "reject"),
                ("y", "apply"),
                ("c", "check"),
                ("m", "merge"),
                ("z", "undo"),
                ("Z", "redo"),
            ):
                answered(page, key, name, "review", options.times)
            answered(page, "v", "show other rows (v)", "filter", options.times)
            # the panel opens and closes; what the model says comes into it later
            answered(page, "r", "translations' panel (r)", "panel", options.times)
        finally:
            server.kill()
        print(f"load at the end {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
