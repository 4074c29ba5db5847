"""The page in a real browser: keys, clicks, filters, the strip, widths, contrast. Skipped where there is none."""

import pytest

from bitext.document import Bitext, Document, Flag, Severity, Translation
from bitext.report.html import render

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[browser]'")
pytestmark = pytest.mark.slow


@pytest.fixture
def visit(browser, tmp_path):
    """Opens a bitext's page; whatever goes wrong in it or leaves it fails the test."""
    contexts, wrong = [], []

    def go(bitext, width=1440, height=900, scheme="light", csp=True, fragment="", address=None, **more):
        path = tmp_path / "report.html"
        path.write_text(render(bitext, **more), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=not csp
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith("file:") else None)
        page.on("dialog", lambda d: (wrong.append(d.message), d.dismiss()))
        page.report = path.as_uri() + fragment
        page.goto(address or page.report)
        return page

    yield go
    for context in contexts:
        context.close()
    assert wrong == []


def focused(page):
    return page.evaluate("document.activeElement.dataset.f || document.activeElement.id")


def opened(page):
    return page.eval_on_selector_all(".note.unfolded", "e => e.map(n => n.id)")


def shown(page, selector):
    return page.eval_on_selector_all(selector, "e => e.filter(n => n.checkVisibility()).length")


def test_keys_go_from_flag_to_flag_and_open_their_notes(visit, pair):
    page = visit(pair)
    page.keyboard.press("n")
    assert (focused(page), opened(page)) == ("1", ["n1"])
    page.keyboard.press("j")
    assert (focused(page), opened(page)) == ("1 2", ["n2"])
    page.keyboard.press("k")
    page.keyboard.press("p")
    assert opened(page) == ["n1"]
    for _ in range(9):
        page.keyboard.press("n")
    assert opened(page) == ["n7"]
    assert page.locator("#n7").is_visible()


def test_the_worst_are_visited_in_turn(visit, pair):
    page = visit(pair)
    seen = []
    for _ in range(3):
        page.keyboard.press("w")
        seen += opened(page)
    assert seen == ["n2", "n5", "n7"]
    page.click(".worst li:nth-child(4) .go")
    assert opened(page) == ["n6"]


def test_the_tab_key_reaches_flags_and_focus_opens_the_note(visit, pair):
    page = visit(pair)
    page.focus("#filters button")
    page.keyboard.press("Tab")
    assert (focused(page), opened(page)) == ("1", ["n1"])
    page.keyboard.press("Tab")
    assert (focused(page), opened(page)) == ("1 2", ["n2"])


def test_a_click_on_overlapping_flags_opens_all_of_them(visit, pair):
    page = visit(pair)
    page.click("#t1 a[data-f='1 2']")
    assert opened(page) == ["n1", "n2"]
    assert page.locator("#n2").inner_text().count("reste muette") == 1
    assert page.locator("#n2 dd", has_text="93%").is_visible()


def test_an_address_with_a_note_opens_it(visit, pair):
    page = visit(pair, fragment="#n6")
    assert opened(page) == ["n6"]
    assert page.evaluate("scrollY") > 0


def test_filters_by_severity_category_check_and_rows(visit, pair):
    page = visit(pair)
    page.uncheck("input[value=minor]")
    assert shown(page, ".note") == 5
    assert "5 of 7 flags" in page.inner_text("#state")
    assert page.eval_on_selector("#t1 a", "e => getComputedStyle(e).textDecorationLine") == "none"
    page.select_option("[name=category]", "accuracy/mistranslation")
    assert shown(page, ".note") == 2
    page.select_option("[name=check]", "numbers")
    assert shown(page, ".note") == 1
    page.select_option("[name=rows]", "has")
    assert shown(page, ".bead") == 1
    page.click("#filters button[type=reset]")
    sync_api.expect(page.locator("#state")).to_have_text("7 flags, 13 rows shown")
    assert (shown(page, ".note"), shown(page, ".bead")) == (7, 13)
    page.select_option("[name=rows]", "moved")
    assert shown(page, ".bead") == 2
    page.select_option("[name=rows]", "alone")
    assert shown(page, ".bead") == 4
    page.select_option("[name=rows]", "doubt")
    assert shown(page, ".bead") == 1


def test_a_filter_that_no_row_meets_says_so(visit, pair):
    page = visit(pair)
    page.select_option("[name=rows]", "has")
    for severity in ("critical", "major", "minor", "neutral"):
        page.locator(f"input[value={severity}]").set_checked(False)
    assert (shown(page, ".bead"), page.locator("#nothing").is_visible()) == (0, True)
    page.click("#filters button[type=reset]")
    sync_api.expect(page.locator("#nothing")).to_be_hidden()


def test_where_nothing_is_flagged_there_is_nothing_to_filter(visit):
    page = visit(Bitext(Document.from_lines(["Un.", "Deux."])))
    assert page.locator("#filters select").count() == 1 and page.locator(".legend").count() == 0
    for key in "fnpwjk":
        page.keyboard.press(key)
    assert shown(page, ".bead") == 2
    assert visit(Bitext(Document(""))).get_by_text("There is no text.").is_visible()


def test_a_note_opens_by_its_link_and_by_a_click_anywhere_on_it(visit, pair):
    page = visit(pair)
    page.focus("#n2 .head")
    page.keyboard.press("Enter")
    assert (opened(page), page.get_attribute("#n2 .head", "aria-expanded")) == (["n2"], "true")
    page.click("#n2 .gist")
    assert (opened(page), page.get_attribute("#n2 .head", "aria-expanded")) == ([], "false")
    assert shown(page, ".more dd") == 0
    doubtful = page.locator(".why:has(> .head)").first
    doubtful.locator(".head").click()
    assert doubtful.locator("dd").first.is_visible()


def test_without_script_an_address_opens_a_note(browser, pair, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(pair), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert not page.locator("#n2 .more dd").first.is_visible()
    page.click("#n2 .head")
    assert page.locator("#n2 .more dd").first.is_visible()
    assert not page.locator("#n1 .more dd").first.is_visible()
    context.close()


def test_filtered_flags_are_skipped_and_leave_the_strip(visit, pair):
    page = visit(pair)
    before = page.get_attribute(".tick.minor", "d")
    page.uncheck("input[value=minor]")
    assert before and not page.get_attribute(".tick.minor", "d")
    page.keyboard.press("n")
    assert opened(page) == ["n2"]


def test_letters_switch_rows_back_translation_notes_theme_and_help(visit, pair):
    page = visit(pair)
    page.keyboard.press("f")
    assert shown(page, ".bead") == 4
    page.keyboard.press("f")
    page.keyboard.press("b")
    assert shown(page, ".back") == 0
    page.keyboard.press("b")
    assert shown(page, ".back") == 12
    page.keyboard.press("o")
    assert len(opened(page)) == 7
    page.keyboard.press("o")
    assert opened(page) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.uncheck("#keyson")
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("n")
    assert opened(page) == []


def test_the_strip_takes_clicks_and_keys(visit, article):
    page = visit(article)
    box = page.locator("#strip").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    row = int(len(article.target) * 0.75) + 1
    sync_api.expect(page.locator(".cur")).to_have_id(f"b{row}")
    assert page.locator(f"#b{row}").evaluate(
        "e => { const b = e.getBoundingClientRect(); return b.top > 0 && b.top < innerHeight }"
    )
    page.keyboard.press("g")
    page.keyboard.press("Home")
    assert page.evaluate("document.querySelector('.cur').id") == "b1"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('.cur').id") == "b2"
    assert f"of {len(article.target)}" in page.get_attribute("#strip", "aria-valuetext")


LIT = "[...CSS.highlights.get('word-link')].map((r) => r.toString())"
MIDDLE = """([selector, start, end]) => {
  const r = document.createRange(), node = document.querySelector(selector).firstChild;
  r.setStart(node, start); r.setEnd(node, end);
  const b = r.getBoundingClientRect();
  return [b.x + b.width / 2, b.y + b.height / 2];
}"""


def lit(page, selector, span, number):
    """The words that are lit with the mouse there, when they are so many; rows may still move at first."""
    for _ in range(100):
        page.mouse.move(*page.evaluate(MIDDLE, [selector, *span]))
        page.wait_for_timeout(50)
        if len(found := page.evaluate(LIT)) == number:
            break
    return found


def test_words_light_up_together(visit, pair):
    page = visit(pair, lexicon_links={2: [((4, 13), (3, 9), (4, 13))]})
    page.locator("#t3").scroll_into_view_if_needed()
    for selector, span in (("#t3", (3, 9)), ("#s3", (4, 13))):
        assert lit(page, selector, span, 3) == ["town hall", "mairie", "town hall"]
        assert lit(page, selector, (14, 17), 0) == []


def test_words_light_up_one_after_another_by_key(visit, pair):
    links = {2: [((0, 3), (0, 2), (0, 3)), ((4, 13), (3, 9), (4, 13))]}
    page = visit(pair, lexicon_links=links)
    for _ in range(3):
        page.keyboard.press("]")
    assert page.evaluate("document.querySelector('.cur').id") == "b3"
    page.keyboard.press("h")
    first = page.evaluate(LIT)
    assert first == ["The", "La", "The"]
    page.keyboard.press("h")
    assert page.evaluate(LIT) == ["town hall", "mairie", "town hall"]
    assert page.inner_text("#said") == "town hall – mairie – town hall"  # said to who cannot see it
    page.keyboard.press("h")
    assert page.evaluate(LIT) == first  # round and round
    page.keyboard.press("Shift+H")
    assert page.evaluate(LIT)[1] == "mairie"
    page.keyboard.press("Escape")
    assert page.evaluate(LIT) == []
    page.keyboard.press("]")
    page.keyboard.press("h")
    assert page.inner_text("#said") == "No words of this row are known to correspond."


def test_words_in_flags_and_in_the_other_column_light_up(visit, pair):
    """A flag's number and what the page writes before a back-translation are none of the text."""
    links = {0: [((30, 33), (24, 29), (28, 31)), ((34, 42), (0, 43), (0, 3))]}
    page = visit(pair, lexicon_links=links)
    page.keyboard.press("]")
    page.keyboard.press("h")
    assert page.inner_text("#said") == "mum – maman – mum"
    page.keyboard.press("h")
    assert page.inner_text("#said").split(" – ")[1:] == ["Le pont fermé reste une maman sur ses dates", "The"]
    only = Bitext(Document.from_lines(["Le chat dort."]), translations=(Translation("The cat sleeps.", -0.1),))
    page = visit(only, lexicon_links={0: [(None, (3, 7), (4, 7))]})
    page.keyboard.press("]")
    page.keyboard.press("h")
    assert page.inner_text("#said") == "chat – cat"


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_nothing_sticks_out_at_any_width(visit, pair, article, width):
    long = Document.from_lines(["https://example.org/" + "a" * 300, "mot" * 200])
    for bitext in (
        pair,
        article,
        Bitext(long, flags=(Flag("c" * 90, "k" * 90, Severity.MAJOR, 0, (3, 200), "m" * 90),)),
    ):
        page = visit(bitext, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_shows_notes_and_hides_tools(visit, pair):
    page = visit(pair)
    page.emulate_media(media="print")
    assert shown(page, ".note .more > dl > div:first-child > dd") == 7
    assert not page.locator(".filters").is_visible() and page.locator(".strip").is_visible()
    page.emulate_media(media="screen")
    assert shown(page, ".note dd") == 0


def test_a_script_in_the_article_does_not_run(visit):
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    flag = Flag(bad, bad, Severity.MAJOR, 0, (0, 9), bad, bad, {bad: bad})
    page = visit(Bitext(Document.from_lines([bad], "fr", bad), flags=(flag,)))
    page.keyboard.press("n")
    assert page.inner_text("h1") == bad
    assert opened(page) == ["n1"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(visit, pair, article, scheme, width):
    wanted = "needs axe-playwright-python: pip install -e '.[browser]'"
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=wanted).Axe()
    for bitext in (pair, article):
        page = visit(bitext, width=width, scheme=scheme, csp=False)
        page.add_style_tag(content=".beads { content-visibility: visible !important }")
        page.keyboard.press("o")
        bad = axe.run(page).response["violations"]
        assert [
            (v["id"], v["impact"], v["nodes"][0]["html"]) for v in bad if v["impact"] in ("serious", "critical")
        ] == []


class Work:
    """Milliseconds of processor time of a page's main thread: what it costs, whatever else the machine does."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now(self):
        found = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(m["value"] for m in found if m["name"] == "TaskDuration")


def test_scrolling_two_thousand_segments_costs_a_fraction_of_a_frame(visit, articles):
    page = visit(articles(43))
    work = Work(page)
    page.wait_for_timeout(300)
    before = work.now()
    page.evaluate(
        """async () => {
          for (let i = 0; i < 120; i++) { scrollBy(0, 120); await new Promise((go) => requestAnimationFrame(go)); }
        }"""
    )
    assert (work.now() - before) / 120 < 6  # of 16.7 that a frame has
    assert page.evaluate("scrollY") > 12000


def test_two_thousand_segments_open_in_a_second_and_answer_at_once(visit, articles):
    long = articles(43)
    assert len(long.target) > 2000
    page = visit(long, address="about:blank")
    work = Work(page)
    page.goto(page.report)
    assert work.now() < 700  # half of it on an idle machine: the time until the page is there
    page.keyboard.press("w")
    before = work.now()
    page.keyboard.press("n")
    page.evaluate("document.body.offsetHeight")
    assert work.now() - before < 300
    box = page.locator("#strip").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 5)
    row = int(len(long.target) * 0.9)
    page.wait_for_timeout(300)
    seen = page.evaluate(
        "[...document.querySelectorAll('.cur')].map(e => [Number(e.id.slice(1)), e.getBoundingClientRect().top])"
    )
    assert len(seen) == 1 and abs(seen[0][0] - row) <= 3 and 0 < seen[0][1] < 900
