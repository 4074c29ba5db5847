// Choosing words to flag, by mouse or by arrow keys: both are the page's own selection.
import { placeOf, rangeIn, selected, wordsOf } from "./words.js";

const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];

export function picking({ say, act, choose, current, noteNow, openForm }) {
  let pick = null; // words being chosen by key: { seg, words, from, to, then }
  function choosing(row, then, note) {
    const marked = note && $(`.m[data-f~="${note.dataset.n}"]`, row)?.closest(".seg");
    const seg = marked ?? $(".tgt > .seg.sel", row) ?? $(".tgt > .seg", row);
    const words = seg ? wordsOf(seg) : [];
    if (!words.length) return say("There are no words to flag in this row.");
    pick = { seg, words, from: 0, to: 0, then };
    if (marked) { // begin with the words that are flagged now
      const first = $(`.m[data-f~="${note.dataset.n}"]`, seg);
      const at = placeOf(seg, first, 0);
      pick.from = pick.to = Math.max(words.findIndex((w) => w.end > at), 0);
    }
    showPick();
  }
  function showPick() {
    const { seg, words } = pick, [a, b] = [Math.min(pick.from, pick.to), Math.max(pick.from, pick.to)];
    const r = rangeIn(seg, words[a].start, words[b].end);
    if (!r) return;
    getSelection().removeAllRanges();
    getSelection().addRange(r);
    say(`“${r.toString()}”: ← and → choose, Shift takes more, Enter ${pick.then === "add-flag" ? "flags them" : "puts the flag there"}, Esc leaves.`, true, true);
  }
  function endPick() {
    if (!pick) return;
    pick = null;
    say("");
  }
  function key(e) { // true if the key was meant for the words
    if (!pick) return false;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (by) {
      const last = pick.words.length - 1;
      pick.to = Math.min(Math.max(pick.to + by, 0), last);
      if (!e.shiftKey) pick.from = pick.to;
      showPick();
    } else if (e.key === "Enter") {
      const { then } = pick;
      endPick();
      withWords(then);
    } else if (e.key === "Escape") {
      endPick();
      getSelection().removeAllRanges();
    } else if (e.key !== "Shift") {
      endPick();
      return false;
    }
    e.preventDefault();
    return true;
  }
  async function withWords(what) {
    const words = selected();
    if (!words) return say("Select words of one segment first.");
    const { seg, start, end } = words, row = seg.closest(".bead");
    const said = getSelection().toString(), note = noteNow();
    getSelection().removeAllRanges();
    selBar.hidden = true;
    if (row.id !== current()?.id) choose(row, { scroll: false });
    if (what === "move-flag") {
      if (!note || note.dataset.s !== seg.dataset.s) return say("The flag is on another segment: choose words of that one.");
      return act({ do: "move-flag", flag: Number(note.dataset.flag), start, end });
    }
    const usual = { severity: "major", category: "accuracy/mistranslation", suggestion: null };
    openForm("Flag these words", said, $(".tgt", row).lang, usual, { do: "add-flag", segment: Number(seg.dataset.s), start, end });
  }
  const addFlag = (row) => (selected() ? withWords("add-flag") : choosing(row, "add-flag"));
  const moveFlag = (note) => (selected() ? withWords("move-flag") : choosing(note.closest(".bead"), "move-flag", note));
  const selBar = $("#selbar");
  document.addEventListener("selectionchange", () => {
    const words = pick ? null : selected();
    selBar.hidden = !words || $("dialog[open]") !== null;
    if (selBar.hidden) return;
    const note = noteNow(), fits = !!note && note.dataset.s === words.seg.dataset.s;
    $("[data-sel=move-flag]", selBar).hidden = !fits;
    if (fits) $("#selflag").textContent = note.dataset.n;
    const at = getSelection().getRangeAt(0).getBoundingClientRect();
    selBar.style.top = `${at.bottom + scrollY + 6}px`;
    selBar.style.left = `${Math.max(Math.min(at.left + scrollX, innerWidth - selBar.offsetWidth - 12), 4)}px`;
  });
  selBar.addEventListener("pointerdown", (e) => e.preventDefault()); // the selection stays
  selBar.addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) withWords(b.dataset.sel); });
  return { addFlag, moveFlag, key, end: endPick };
}
