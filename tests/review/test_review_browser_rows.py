"""Texts and rows in a real browser: each action by click and by key, its effect looked up in the files it writes."""

from __future__ import annotations

import time

import pytest
from review_desk import BY, Desk, click_row, press, rows, settled, until
from review_samples import ENGLISH, FRENCH, long_sample, sample
from test_review_realign import Held, fake

pytestmark = pytest.mark.slow


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
    for _ in range(100):  # the decision is there at once, its rows follow
        if rows(page) == [k[5:] for k in desk.review.state.order()]:
            break
        page.wait_for_timeout(50)
    assert rows(page) == [k[5:] for k in desk.review.state.order()]


@BY
def test_aligning_again_goes_on_beside_other_decisions_and_can_be_cancelled(desk, by, tmp_path):
    aligner = Held(desk.review, tmp_path)
    desk.server.config.app.state.app.aligning.command = aligner.command
    page, other = desk.open(), desk.open()
    row = "bead:s3-4t2-3"

    def begin():
        if by == "key":
            page.click(f"[id='{row}'] .num")
            press(page, "l")
        else:
            click_row(page, row[5:], "realign")

    begin()
    for tab in (page, other):  # both are told, in words that are read out
        until(tab, "document.getElementById('worksaid').textContent.startsWith('Aligning 7 rows again')")
        assert tab.locator("#work").is_visible() and tab.locator("#worksaid").get_attribute("role") == "status"
        assert tab.locator(".aligning").first.get_attribute("id") == row
        assert tab.locator("[id='bead:s1-3t1-2'].aligning").count() == 0
    assert page.evaluate("document.activeElement.closest('.bead').id") == row  # where the reader was
    late = desk.open()  # who comes meanwhile is told too
    until(late, "document.getElementById('worksaid').textContent.startsWith('Aligning 7 rows again')")
    if by == "key":
        press(page, "Shift+L")
    else:
        page.click("#cancel")
    for tab in (page, other, late):
        until(tab, "document.getElementById('worksaid').textContent.startsWith('Cancelled')")
        assert tab.locator("#cancel").is_hidden() and tab.locator(".aligning").count() == 0
    assert page.evaluate("document.activeElement.closest('.bead')?.id") == row
    assert desk.review.head == 0

    begin()
    until(page, "document.querySelectorAll('.aligning').length > 0")
    page.click("[id='bead:s7-8t6-7'] .num")
    press(page, "m")  # a row in the midst of it is mended meanwhile
    settled(desk, page, 1)
    press(page, "ArrowUp")
    standing = page.evaluate("document.activeElement.id")
    aligner.go.touch()
    settled(desk, page, 2)
    for tab in (page, other):
        until(tab, "document.getElementById('worksaid').textContent.includes('around what was changed meanwhile')")
        until(tab, "document.getElementById('bead:s7-9t6-8') !== null && document.querySelector('.aligning') === null")
    assert rows(page) == rows(other) == [k[5:] for k in desk.review.state.order()]
    assert "s7-9t6-8" in rows(page)
    held = page.evaluate("document.activeElement.closest('.bead').id")
    assert standing not in rows(page) and held == page.evaluate("document.querySelector('.bead.cur').id")  # not lost
    if by == "key":
        press(page, "z")
    else:
        page.click("#undo")
    settled(desk, page, 3)
    until(other, "document.getElementById('bead:s3-4t2-3') !== null")
    assert rows(page) == rows(other)
    assert "s7-9t6-8" in rows(page)  # one decision is taken back, not the person's


@BY
def test_very_many_rows_follow_one_decision(browser, tmp_path, by):
    desk = Desk(browser, long_sample(600), tmp_path)
    app = desk.server.config.app.state.app
    app.aligning.command = fake(
        "print(json.dumps({'found': [[{'source': [i, i + 2], 'target': [i, i + 2], 'score': 0.5, 'confidence': 0.5,"
        " 'evidence': []} for i in range(0, 600, 2)]]}))"
    )
    page = desk.open()
    page.evaluate("document.getElementById('bead:s400-401t400-401').scrollIntoView()")
    page.click("[id='bead:s401-402t401-402'] .num")
    press(page, "e")
    page.wait_for_selector(".editor textarea")
    page.fill(".editor textarea", "Je suis en train d'écrire")
    assert desk.review.head == 0
    app.aligning.begin({"do": "realign", "bead": "bead:s0-1t0-1"})
    settled(desk, page, 1)
    until(page, "document.querySelectorAll('.bead').length === 300")
    page.keyboard.type(" toujours.")  # no letter becomes a command, none is lost
    assert page.input_value(".editor textarea") == "Je suis en train d'écrire toujours."
    assert page.evaluate("document.querySelector('.bead.cur').id") == "bead:s400-402t400-402"
    until(page, "document.querySelectorAll('.bead.later').length === 0")
    assert rows(page) == [k[5:] for k in desk.review.state.order()]
    assert page.evaluate("Math.max(...[...document.querySelectorAll('.beads')].map((l) => l.children.length))") <= 24
    assert page.evaluate("[...document.querySelectorAll('.bead')].every((b) => b.querySelector('.tgt .seg'))")
    press(page, "Escape")
    if by == "key":
        press(page, "z")
    else:
        page.click("#undo")
    settled(desk, page, 2)
    until(page, "document.querySelectorAll('.bead').length === 600 && !document.querySelector('.bead.later')")
    assert rows(page) == [k[5:] for k in desk.review.state.order()]
    assert page.evaluate("document.querySelector('.bead.cur').id") in ("bead:s400-401t400-401", "bead:s401-402t401-402")
    desk.close()
    assert desk.wrong == []


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


def lit(page):
    """The words that are lit as corresponding, in the order of the page's columns."""
    return page.evaluate("[...(CSS.highlights.get('word-link') ?? [])].map((r) => r.toString())")


@BY
def test_words_that_correspond(desk, by):
    page = desk.open()
    if by == "key":
        page.click("[id='bead:s7-8t6-7'] .num")
        press(page, "h")
        until(page, "CSS.highlights.get('word-link').size > 0")
        first = lit(page)
        press(page, "h")
        until(page, f"[...CSS.highlights.get('word-link')].map(String).join() !== {','.join(first)!r}")
        second = lit(page)
        assert first[0] in FRENCH[6][0] and first[1] in ENGLISH[7]
        assert FRENCH[6][0].index(first[0]) < FRENCH[6][0].index(second[0])
        assert page.inner_text("#message") == " – ".join(second)  # said, not only shown
        press(page, "Shift+H")
        until(page, f"[...CSS.highlights.get('word-link')].map(String).join() === {','.join(first)!r}")
        press(page, "Escape")
        assert lit(page) == []
    else:
        word = page.evaluate(
            """() => {
              const text = document.querySelector(".seg[data-s='6'] .text").firstChild, r = document.createRange();
              text.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
              const at = text.data.indexOf("poisson");
              r.setStart(text, at); r.setEnd(text, at + 7);
              const { left, top, width, height } = r.getBoundingClientRect();
              return [left + width / 2, top + height / 2];
            }"""
        )
        page.mouse.move(*word)
        page.mouse.move(word[0] + 1, word[1])
        until(page, "CSS.highlights.get('word-link').size > 0")
        assert lit(page) == ["poisson", "fish", "fish"]
        page.mouse.move(5, 5)
        page.mouse.move(6, 6)
        until(page, "CSS.highlights.get('word-link').size === 0")
    assert desk.review.head == 0
