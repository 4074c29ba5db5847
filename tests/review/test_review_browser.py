"""The review in a real browser: every action by click and by key, its effect looked up in the files it writes."""

import json
import os
import re
import shutil
import threading
import time

import pytest
from review_samples import ENGLISH, FRENCH, long_sample, sample, tenth_of_a_second

from bitext import formats
from bitext.document import Translation
from bitext.flag.run import read_ignore
from bitext.formats import jsonl
from bitext.review.session import open_review

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
uvicorn = pytest.importorskip("uvicorn", reason="needs uvicorn")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")]


class Upper:
    """A translator that is quick and gives several."""

    name = "upper"

    def alternatives(self, text, n):
        return [Translation(text.upper(), -0.1), Translation(text.lower(), -0.2)]


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Desk:
    """A running review and a page of it."""

    def __init__(self, browser, bitext, folder):
        from bitext.review.app import build
        from bitext.review.guard import Door
        from bitext.review.server import _listen, _server

        self.browser, self.wrong, self.contexts = browser, [], []
        self.path = folder / "bitext.jsonl"
        jsonl.dump(bitext, self.path)
        self.review = open_review(self.path)
        self.review.assist._translators = [("test", Upper())]
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


@pytest.fixture
def desk(browser, tmp_path):
    found = Desk(browser, sample(), tmp_path)
    yield found
    found.close()
    assert found.wrong == []


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


BY = pytest.mark.parametrize("by", ["click", "key"])


@BY
def test_accept_reject_reopen(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "n a")
        settled(desk, page, 1)
        press(page, "x")  # on to the next by itself
        settled(desk, page, 2)
        press(page, "x")
    else:
        for flag, action in ((0, "accept"), (1, "reject"), (2, "reject")):
            page.click(f".note[data-flag='{flag}'] [data-do='{action}']")
            settled(desk, page, flag + 1)
    settled(desk, page, 3)
    assert {i.check for i in desk.read(page, "decisions")} == {"numbers", "spacing"}
    assert [f.check for f in desk.read(page, "jsonl").flags] == ["word-sense", "gender-of-no-check", "spacing"]
    if by == "key":
        press(page, "p")
        page.click(".note[data-flag='1']")
        press(page, "q")
    else:
        page.click(".note[data-flag='1'] [data-do='reopen']")
    settled(desk, page, 4)
    assert {i.check for i in desk.read(page, "decisions")} == {"spacing"}


@BY
def test_apply_a_suggestion(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "n y")
    else:
        page.click(".note[data-flag='0'] [data-do='apply']")
    settled(desk, page, 1)
    assert desk.read(page, "text").startswith("Silence du marché sur les prix\n\n")
    assert page.inner_text("[id='bead:s0-1t0-1'] .seg .text") == "Silence du marché sur les prix"
    assert page.locator("[id='bead:s0-1t0-1'] .was").inner_text().endswith(FRENCH[0][0])


@BY
def test_edit_a_flag_and_reject_with_a_reason(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "n f")
    else:
        page.click(".note[data-flag='0'] [data-do='edit-flag']")
    page.select_option("#flagform [name=severity]", "minor")
    page.fill("#flagform [name=message]", "Le sens est autre")
    page.fill("#flagform [name=suggestion]", "Mutisme")
    if by == "key":
        page.focus("#flagform [name=category]")
        press(page, "Enter")
    else:
        page.click("#flagform [type=submit]")
    settled(desk, page, 1)
    flag = next(f for f in desk.read(page, "jsonl").flags if f.check == "word-sense")
    assert (str(flag.severity), flag.message, flag.suggestion) == ("minor", "Le sens est autre", "Mutisme")
    page.click(".note[data-flag='4'] [data-do='edit-flag']")
    page.fill("#flagform [name=reason]", "both are usual")
    page.click("#rejectwith")
    settled(desk, page, 2)
    assert [i.reason for i in desk.read(page, "decisions")] == ["both are usual"]


@BY
def test_write_a_correction(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "ArrowDown ArrowDown ArrowDown e")
    else:
        page.dblclick("[data-s='2'] .text")
    page.wait_for_selector(".editor textarea")
    page.fill(".editor textarea", "Les étals sont neufs.")
    if by == "key":
        press(page, "Enter")
    else:
        page.click(".editor [type=submit]")
    settled(desk, page, 1)
    assert "Les étals sont neufs. La maire" in desk.read(page, "text")
    assert page.locator(".editor").count() == 0
    press(page, "e")
    page.wait_for_selector(".editor textarea")
    page.fill(".editor textarea", "Non.")
    press(page, "Escape")
    assert page.locator(".editor").count() == 0
    assert desk.review.head == 1
    press(page, "e")
    page.wait_for_selector(".editor textarea")
    assert page.input_value(".editor textarea") == "Non."  # left, not lost
    page.click("[data-editor=original]")
    settled(desk, page, 2)
    assert desk.read(page, "text") == sample().target.text


@BY
def test_check_a_row(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "ArrowDown ArrowDown c")
        settled(desk, page, 1)
        until(page, "document.querySelector('.cur').id === 'bead:s3-4t2-3'")  # and on to the next
    else:
        page.click("[id='bead:s1-3t1-2'] .tick")
    settled(desk, page, 1)
    assert "1 of 8 rows checked" in page.inner_text("#counts")
    xliff = desk.path.with_name("x.xlf")
    page.click("#export summary")
    with page.expect_download() as got:
        page.click("#export a[href='/export/xliff']")
    got.value.save_as(xliff)
    assert xliff.read_text(encoding="utf-8").count('state="signed-off"') == 1
    if by == "key":
        press(page, "ArrowUp c")
    else:
        click_row(page, "s1-3t1-2", "check")
    settled(desk, page, 2)
    assert "0 of 8" in page.inner_text("#counts")


STEPS = [
    ("s3-4t2-3", "merge", "m", "s3-5t2-4"),
    ("s3-5t2-4", "split", "s", "s4-5t3-4"),
    ("s4-5t3-4", "merge-previous", "M", "s3-5t2-4"),
    ("s3-5t2-4", "target-next", "d", "s3-5t2-3"),
    ("s5-6t3-5", "target-previous", "u", "s3-5t2-4"),
    ("s3-5t2-4", "source-next", "D", "s4-6t4-5"),
    ("s4-6t4-5", "source-previous", "U", "s3-5t2-4"),
]


@BY
def test_mend_the_alignment(desk, by):
    page = desk.open()
    for n, (key, action, letter, made) in enumerate(STEPS, 1):
        if by == "key":
            page.click(f"[id='bead:{key}'] .num")
            press(page, f"Shift+{letter}" if letter.isupper() else letter)
        else:
            click_row(page, key, action)
        settled(desk, page, n)
        assert made in rows(page), (action, rows(page))
        beads = desk.read(page, "jsonl").beads
        got = {
            f"s{b.source.start}-{b.source.stop}t{b.target.start}-{b.target.stop}"
            for b in beads
            if b.source and b.target
        }
        assert made in got
        assert rows(page) == [k[5:] for k in desk.review.state.order()]
    row = page.locator("[id='bead:s3-5t2-4']")
    chrf = desk.review.assist.bead_chrf(desk.review.state, "bead:s3-5t2-4")
    assert f"chrF {round(chrf)}" in row.locator(".why").inner_text()  # the score followed


@BY
def test_fix_a_row_and_align_again(desk, by):
    page = desk.open()
    if by == "key":
        page.click("[id='bead:s7-8t6-7'] .num")
        press(page, "m")
        settled(desk, page, 1)
        press(page, "k")  # free it again
        settled(desk, page, 2)
        page.click("[id='bead:s3-4t2-3'] .num")
        press(page, "k")
        settled(desk, page, 3)
        page.click("[id='bead:s0-1t0-1'] .num")
        press(page, "l")
    else:
        click_row(page, "s7-8t6-7", "merge")
        settled(desk, page, 1)
        click_row(page, "s7-9t6-8", "fix")
        settled(desk, page, 2)
        click_row(page, "s3-4t2-3", "fix")
        settled(desk, page, 3)
        click_row(page, "s0-1t0-1", "realign")
    deadline = time.monotonic() + 30
    while desk.review.head < 4 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    settled(desk, page, 4)
    beads = [(list(b.source), list(b.target)) for b in desk.read(page, "jsonl").beads]
    assert ([7], [6]) in beads and ([8], [7]) in beads and ([3], [2]) in beads
    assert rows(page) == [k[5:] for k in desk.review.state.order()]


@BY
def test_choose_another_back_translation(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "ArrowDown ArrowDown ArrowDown r")
        page.wait_for_selector(".choices button")
        press(page, "2")
    else:
        click_row(page, "s3-4t2-3", "translate")
        page.click(".choices [data-choice='1']")
    settled(desk, page, 1)
    assert desk.read(page, "jsonl").translations[2].text == FRENCH[2][0].lower()
    assert page.inner_text("[data-b='2']").endswith(FRENCH[2][0].lower())


@BY
def test_compare_with_the_original(desk, by):
    page = desk.open()
    if by == "key":
        press(page, "ArrowDown o")
    else:
        click_row(page, "s0-1t0-1", "compare")
    page.wait_for_selector(".compare mark")
    said = page.inner_text(".compare")
    assert f"Original {ENGLISH[0]}" in said.replace("\n", " ")
    assert page.eval_on_selector_all(".compare mark", "e => e.map(m => m.textContent).join('|')").startswith("Mom")
    assert desk.review.head == 0


@BY
def test_undo_and_redo(desk, by):
    page = desk.open()
    press(page, "n y")
    settled(desk, page, 1)
    page.click("[id='bead:s3-4t2-3'] .num")
    press(page, "m")
    settled(desk, page, 2)
    undo, redo = ("#undo", "#redo") if by == "click" else ("z", "Shift+Z")
    do = page.click if by == "click" else page.keyboard.press
    do(undo)
    settled(desk, page, 3)
    assert "s3-4t2-3" in rows(page)
    do(undo)
    settled(desk, page, 4)
    assert desk.read(page, "text") == sample().target.text
    assert page.locator("#undo").is_disabled()
    do(redo)
    settled(desk, page, 5)
    if by == "key":
        press(page, "Control+y")
    else:
        do(redo)
    settled(desk, page, 6)
    assert desk.read(page, "text").startswith("Silence")
    assert "s3-5t2-4" in rows(page)
    assert page.locator("#redo").is_disabled()


def test_a_second_tab_sees_decisions_and_cannot_overwrite_them(desk):
    first, second = desk.open(), desk.open()
    second.dblclick("[data-s='3'] .text")
    second.fill(".editor textarea", "La mienne.")
    first.dblclick("[data-s='3'] .text")
    first.fill(".editor textarea", "La première.")
    press(first, "Enter")
    first.click("[id='bead:s3-4t2-3'] .num")
    press(first, "m")
    settled(desk, first, 2)
    second.wait_for_timeout(900)
    press(second, "Enter")
    second.wait_for_selector(".message:not([hidden])")
    assert "meanwhile" in second.inner_text("#message")
    assert desk.review.state.text(3) == "La première."
    assert second.input_value(".editor textarea") == "La mienne."  # not lost
    assert "La première." in second.inner_text(".theirs")
    press(second, "Enter")  # meant
    settled(desk, second, 3)
    assert desk.review.state.text(3) == "La mienne."


def test_a_second_tab_is_kept_up_to_date(desk):
    first, second = desk.open(), desk.open()
    first.click(".note[data-flag='0'] [data-do='apply']")
    until(second, "document.querySelector('[data-s=\"0\"] .text').textContent.startsWith('Silence')")
    assert "4 flags open" in second.inner_text("#counts")
    second.click("[id='bead:s3-4t2-3'] .num")
    press(second, "m")
    until(first, "document.getElementById('bead:s3-5t2-4') !== null")
    assert rows(first) == rows(second)


def test_which_rows_are_shown(desk):
    page = desk.open()
    shown = "e => e.filter(b => b.checkVisibility()).length"
    for value, n in (("open", 4), ("alone", 2), ("corrected", 0), ("all", 9)):
        page.select_option("#show", value)
        assert page.eval_on_selector_all(".bead", shown) == n, value
    page.select_option("#show", "corrected")
    assert page.locator(".empty").is_visible()
    page.locator("#show").evaluate("e => e.blur()")
    press(page, "v")
    assert page.input_value("#show") == "alone"


def test_help_export_theme_and_switching_letters_off(desk):
    page = desk.open()
    press(page, "?")
    assert page.locator("#help").is_visible()
    listed = page.inner_text("#help")
    for key in "npyaxqfecromMsudUDklzZvwt":
        assert re.search(rf"(?m)(^|\s){key}(\s|$)", listed), key
    page.uncheck("#keyson")
    press(page, "Escape n a")
    assert desk.review.head == 0 and page.locator(".bead.cur").count() == 0
    press(page, "?")
    page.check("#keyson")
    press(page, "Escape w")
    assert page.locator("#export").get_attribute("open") is not None
    press(page, "Escape")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    press(page, "t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_key_leaves_the_address_and_the_page_opens_again(desk):
    page = desk.open()
    assert "token" not in page.url
    page.reload()
    assert page.locator(".bead").count() == 9


def test_a_script_in_the_article_does_not_run(browser, tmp_path):
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    bitext = sample()
    flags = tuple(f.__class__(bad, bad, f.severity, f.segment, f.span, bad, bad, {bad: bad}) for f in bitext.flags)
    desk = Desk(browser, bitext.with_(flags=flags), tmp_path)
    page = desk.open()
    press(page, "n y")
    settled(desk, page, 1)
    press(page, "n f")
    page.wait_for_selector("#flagform")
    press(page, "Escape")
    assert page.inner_text("[data-s='0'] .text").startswith(bad)
    desk.close()
    assert desk.wrong == []


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_nothing_sticks_out_at_any_width(desk, width):
    page = desk.open(width=width)
    press(page, "n o r")
    page.wait_for_selector(".choices button")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(desk, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page = desk.open(width=width, scheme=scheme, csp=False)
    page.add_style_tag(
        content=".beads { content-visibility: visible !important } .flash { animation: none !important }"
    )
    press(page, "n y")
    settled(desk, page, 1)
    press(page, "n x")
    settled(desk, page, 2)
    press(page, "c o r")
    page.wait_for_selector(".choices button")
    for keys in ("", "f", "Escape ?", "Escape e", "Escape w"):
        press(page, keys)
        page.wait_for_timeout(250)
        bad = axe.run(page).response["violations"]
        assert [(keys, v["id"], v["nodes"][0]["html"]) for v in bad if v["impact"] in ("serious", "critical")] == []


def test_two_thousand_segments_answer_within_a_tenth_of_a_second(browser, tmp_path):
    desk = Desk(browser, long_sample(), tmp_path)
    page = desk.open()
    page.wait_for_timeout(1500)
    took = page.evaluate(
        """async () => {
          const wait = (done) => new Promise((go) => {
            const look = (n) => done() || n > 500 ? go() : setTimeout(look, 1, n + 1);
            look(0);
          });
          const key = (k) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true }));
          const took = {};
          const text = () => document.getElementById("undo").title + document.getElementById("counts").textContent
            + document.querySelectorAll(".bead").length + document.querySelector(".bead.cur")?.id;
          key("n");
          for (const k of ["a", "x", "y", "c", "m", "z", "Z"]) {
            took[k] = [];
            for (let i = 0; i < 5; i++) {
              const before = text(), start = performance.now();
              key(k);
              await wait(() => text() !== before);
              document.body.offsetHeight; // laid out
              took[k].push(performance.now() - start);
              await new Promise((go) => setTimeout(go, 50));
            }
          }
          return took;
        }"""
    )
    desk.close()
    quick = {
        k: round(sorted(v)[len(v) // 4], 1) for k, v in took.items()
    }  # other work on the machine is not the page's
    print(json.dumps(quick))
    assert max(quick.values()) < tenth_of_a_second(), quick
