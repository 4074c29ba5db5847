"""Flags in a real browser: each action by click and by key, its effect looked up in the files it writes."""

from __future__ import annotations

import pytest
from review_desk import BY, Desk, press, settled
from review_samples import FRENCH

pytestmark = pytest.mark.slow


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
        page.click(".note[data-flag='0'] .no")
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
    page.click(".note[data-flag='4'] .no")
    page.click(".note[data-flag='4'] [data-do='edit-flag']")
    page.fill("#flagform [name=reason]", "both are usual")
    page.click("#rejectwith")
    settled(desk, page, 2)
    assert [i.reason for i in desk.read(page, "decisions")] == ["both are usual"]


def mouse_selects(page, segment, words):
    """Drag over words of a segment, as a hand does."""
    box = page.evaluate(
        """([s, words]) => {
          const text = document.querySelector(`.tgt > .seg[data-s="${s}"] .text`);
          const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          const nodes = [];
          for (let n = walker.nextNode(); n; n = walker.nextNode()) if (!n.parentElement.closest("sup")) nodes.push(n);
          const all = nodes.map((n) => n.data).join(""), at = all.indexOf(words);
          const place = (k) => {
            const n = nodes.find((n) => k <= n.data.length || ((k -= n.data.length), false));
            const r = document.createRange();
            r.setStart(n, k);
            const { left, top, height } = r.getBoundingClientRect();
            return [left, top + height / 2];
          };
          text.scrollIntoView({ block: "center", behavior: "instant" });
          return [...place(at), ...place(at + words.length)];
        }""",
        [segment, words],
    )
    page.mouse.move(box[0] + 0.5, box[1])
    page.mouse.down()
    page.mouse.move(box[2], box[3], steps=6)
    page.mouse.up()


def flagged(desk, page, message):
    bitext = desk.read(page, "jsonl")
    found = next(f for f in bitext.flags if f.message == message)
    return found, bitext.target.segments[found.segment].text[slice(*found.span)]


@BY
def test_flag_words_that_nothing_flagged(desk, by):
    page = desk.open()
    if by == "click":
        mouse_selects(page, 2, "étals ont")
        page.click("#selbar [data-sel='add-flag']")
    else:
        page.click("[id='bead:s3-4t2-3'] .num")
        press(page, "g ArrowRight Shift+ArrowRight")
        assert page.evaluate("getSelection().toString()") == "étals ont"
        assert "“étals ont”" in page.inner_text("#message")
        press(page, "Enter")
    page.wait_for_selector("#flagform")
    assert page.inner_text("#flagwords") == "étals ont"
    assert page.locator("#rejecting").is_hidden()
    page.select_option("#flagform [name=severity]", "minor")
    page.fill("#flagform [name=category]", "style")
    page.fill("#flagform [name=message]", "plutôt les comptoirs")
    page.check("#flagform [name=suggests]")
    page.fill("#flagform [name=suggestion]", "comptoirs ont")
    if by == "click":
        page.click("#flagform [type=submit]")
    else:
        page.focus("#flagform [name=category]")
        press(page, "Enter")
    settled(desk, page, 1)
    flag, words = flagged(desk, page, "plutôt les comptoirs")
    assert (flag.check, flag.category, str(flag.severity), flag.suggestion) == (
        "reviewer",
        "style",
        "minor",
        "comptoirs ont",
    )
    assert words == "étals ont"
    assert page.locator(".m.minor", has_text="étals ont").count() == 1
    page.reload()  # it is in the database, not only on the page
    assert page.locator(".m.minor", has_text="étals ont").count() == 1
    note = page.locator(".note[data-flag='5']")
    if by == "click":
        note.locator("[data-do='apply']").click(force=True)
    else:
        note.click()
        press(page, "y")
    settled(desk, page, 2)
    assert "Les comptoirs ont été repeints." in desk.read(page, "text")


@BY
def test_take_an_added_flag_away(desk, by):
    page = desk.open()
    mouse_selects(page, 7, "pain")
    press(page, "g")
    page.fill("#flagform [name=message]", "du pain")
    page.click("#flagform [type=submit]")
    settled(desk, page, 1)
    assert flagged(desk, page, "du pain")[1] == "pain"
    note = page.locator(".note[data-flag='5']")
    if by == "click":
        note.locator("[data-do='remove-flag']").click()
    else:
        note.click()
        press(page, "x")
    settled(desk, page, 2)
    assert note.count() == 0
    assert len(desk.read(page, "jsonl").flags) == 5
    press(page, "z")
    settled(desk, page, 3)
    assert flagged(desk, page, "du pain")[1] == "pain"
    xliff = desk.path.with_name("x.xlf")
    page.click("#export summary")
    with page.expect_download() as got:
        page.click("#export a[href='/export/xliff']")
    got.value.save_as(xliff)
    assert "flagged by the reviewer: du pain (“pain”)" in xliff.read_text(encoding="utf-8")


@BY
def test_put_a_flag_on_other_words(desk, by):
    page = desk.open()
    page.click(".note[data-flag='1'] .no")  # “30 jours” in segment 1
    if by == "click":
        mouse_selects(page, 1, "après 30 jours de travaux")
        assert page.inner_text("#selflag") == "2"
        page.click("#selbar [data-sel='move-flag']")
    else:
        press(page, "Shift+G")
        assert page.evaluate("getSelection().toString()") == "30"
        press(page, "ArrowLeft")  # one word to the left, then four more
        for _ in range(4):
            press(page, "Shift+ArrowRight")
        assert page.evaluate("getSelection().toString()") == "après 30 jours de travaux"
        press(page, "Enter")
    settled(desk, page, 1)
    assert flagged(desk, page, "30 here, 300 in the original")[1] == "après 30 jours de travaux"
    press(page, "z")
    settled(desk, page, 2)
    assert flagged(desk, page, "30 here, 300 in the original")[1] == "30 jours"


def test_the_words_button_and_leaving_with_escape(desk):
    page = desk.open()
    page.click(".note[data-flag='4'] .no")
    page.click(".note[data-flag='4'] [data-do='move-flag']")
    assert page.evaluate("getSelection().toString()") == "contents"
    press(page, "Escape")
    assert page.evaluate("getSelection().toString()") == ""
    press(page, "Enter")
    assert desk.review.head == 0
    page.click("[id='bead:s4-5t3-4'] .num")
    page.click("[id='bead:s4-5t3-4'] .rowbar [data-do='add-flag']")
    press(page, "Shift+ArrowRight Enter")
    page.wait_for_selector("#flagform")
    assert page.inner_text("#flagwords") == "La maire"
    press(page, "Escape")
    assert desk.review.head == 0


def test_positions_are_characters_also_beyond_the_basic_plane(browser, tmp_path):
    from bitext.document import Bitext, Document

    text = "🙂🙂 Un <b>chat</b> « doré » l'a vu"
    desk = Desk(browser, Bitext(Document.from_lines([text], "fr", "a.fr.txt")), tmp_path)
    page = desk.open()
    mouse_selects(page, 0, "doré")
    press(page, "g")
    page.fill("#flagform [name=message]", "ici")
    page.click("#flagform [type=submit]")
    settled(desk, page, 1)
    assert flagged(desk, page, "ici")[1] == "doré"
    page.click(".seg[data-s='0'] .text", position={"x": 2, "y": 8})
    press(page, "e")
    page.fill(".editor textarea", text.replace("🙂🙂", "🙂🙂🙂 Oui,"))
    press(page, "Enter")
    settled(desk, page, 2)
    mouse_selects(page, 0, "vu")  # in the corrected text, kept in the first one's characters
    press(page, "g")
    page.fill("#flagform [name=message]", "là")
    page.click("#flagform [type=submit]")
    settled(desk, page, 3)
    assert flagged(desk, page, "là")[1] == "vu"
    mouse_selects(page, 0, "Oui")
    press(page, "g")
    page.fill("#flagform [name=message]", "non")
    page.click("#flagform [type=submit]")
    page.wait_for_selector(".message:not([hidden])")
    assert "are a correction already" in page.inner_text("#message")
    assert desk.review.head == 3
    desk.wrong = [w for w in desk.wrong if "422" not in w]  # the browser's own line on the refusal
    desk.close()
    assert desk.wrong == []
