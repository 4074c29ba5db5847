"""The review page in a real browser: two tabs, filters, keys, scripts in texts, widths, accessibility, speed."""

from __future__ import annotations

import json
import re

import pytest
from review_desk import Desk, press, rows, settled, until
from review_samples import long_sample, sample, tenth_of_a_second

pytestmark = pytest.mark.slow


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
    wanted = "needs axe-playwright-python: pip install -e '.[browser]'"
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=wanted).Axe()
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
    for keys in ("", "f", "Escape ?", "Escape e", "Escape w", "Escape g Enter"):
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
