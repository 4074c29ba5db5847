"""A review that runs, and a browser that looks at it: what the browser tests share."""

from __future__ import annotations

import threading
import time

import pytest

from bitext import formats
from bitext.document import Translation
from bitext.flag.run import read_ignore
from bitext.formats import jsonl
from bitext.review.session import open_review

BY = pytest.mark.parametrize("by", ["click", "key"])


class Upper:
    """A translator that is quick and gives several."""

    name = "upper"

    def alternatives(self, text, n):
        return [Translation(text.upper(), -0.1), Translation(text.lower(), -0.2)]


class Desk:
    """A running review and a page of it."""

    def __init__(self, browser, bitext, folder):
        import uvicorn

        from bitext.review.app import build
        from bitext.review.guard import Door
        from bitext.review.server import _listen, _server

        self.browser, self.wrong, self.contexts = browser, [], []
        self.path = folder / "bitext.jsonl"
        jsonl.dump(bitext, self.path)
        self.review = open_review(self.path)
        self.review.assist._translator = Upper()
        self.review.assist._forward = False
        listening = _listen("127.0.0.1", 0)
        port = listening.getsockname()[1]
        app = build(self.review, Door("key", port))
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        self.server = _server(config, app.state.app, None)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]}, daemon=True)
        self.thread.start()
        self.address = f"http://127.0.0.1:{port}/?token=key"

    def open(self, width=1440, height=900, scheme="light", csp=True):
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=not csp
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda e: self.wrong.append(str(e)))
        page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" and "409" not in m.text else None)
        page.on("dialog", lambda d: (self.wrong.append(d.message), d.dismiss()))
        page.goto(self.address)
        return page

    def close(self):
        for context in self.contexts:
            context.close()
        self.server.should_exit = True
        for app in [self.server.config.app]:
            app.state.app.stopping.set()
        self.thread.join(10)

    def read(self, page, kind):
        """What the export menu gives out, as its reader reads it."""
        page.click("#export summary")
        with page.expect_download() as got:
            page.click(f"#export a[href='/export/{kind}']")
        target = self.path.with_name(f"{time.monotonic_ns()}-{got.value.suggested_filename}")
        got.value.save_as(target)
        if kind == "text":
            return target.read_text(encoding="utf-8")
        return read_ignore(target) if kind == "decisions" else formats.read(target, kind)


def rows(page):
    return page.eval_on_selector_all(".bead", "e => e.map(b => b.id.slice(5))")


def until(page, expression):
    """Wait for a JavaScript expression, which the page's own policy would not let it evaluate by itself."""
    deadline = time.monotonic() + 8
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(20)


def settled(desk, page, events):
    """Wait until the page shows that many events."""
    deadline = time.monotonic() + 8
    while desk.review.head < events and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert desk.review.head == events
    page.wait_for_timeout(60)


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def click_row(page, key, action):
    """Choose a row by a click on its number, then press one of its buttons."""
    page.click(f"[id='bead:{key}'] .num")
    page.click(f"[id='bead:{key}'] .rowbar [data-do='{action}']")
