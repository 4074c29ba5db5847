// The review page: keys and clicks become requests, answers replace rows. A few listeners on the document, none a row.
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement, main = byId("text"), bar = byId("tray");
  const token = $("meta[name=review-token]").content;
  const client = Math.random().toString(36).slice(2, 12);
  let head = Number(root.dataset.head); // the version that this page shows
  let cur = null; // the current row's id
  let flag = 0; // the number of the current flag
  let waiting = 0; // requests of ours under way
  history.replaceState(null, "", location.pathname); // the key does not stay in the address

  // --- messages and figures ---
  const message = byId("message");
  let hiding = 0;
  function say(text, lasting = false) {
    clearTimeout(hiding);
    message.textContent = text;
    message.hidden = !text;
    if (text && !lasting) hiding = setTimeout(() => say(""), 6000);
  }
  let counts = JSON.parse(root.dataset.counts), chrf = null;
  const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  function figures(c) {
    counts = c;
    const parts = [`${c.checked.toLocaleString("en")} of ${plural(c.rows, "row")} checked`, `${plural(c.open, "flag")} open`];
    if (c.corrected) parts.push(`${c.corrected.toLocaleString("en")} corrected`);
    if (chrf !== null) parts.push(`chrF ${chrf.toFixed(1)}`);
    byId("counts").textContent = parts.join(" · ");
    byId("progress").value = c.checked;
    byId("progress").max = Math.max(c.rows, 1);
    for (const [id, what] of [["undo", c.undo], ["redo", c.redo]]) {
      byId(id).disabled = !what;
      byId(id).title = `${id === "undo" ? "Undo" : "Redo"}${what ? `: ${what}` : ""} (${id === "undo" ? "z" : "Shift+Z"})`;
    }
  }
  let scoring = 0;
  function rescore() { clearTimeout(scoring); scoring = setTimeout(score, 300); }
  async function score() {
    const r = await fetch("/score").catch(() => null);
    if (!r?.ok) return;
    chrf = (await r.json()).chrf;
    figures(counts);
  }

  // --- asking the server ---
  async function post(path, body) {
    waiting++;
    try {
      const r = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-bitext-review": token },
        body: JSON.stringify({ base: head, head, client, ...body }),
      });
      const text = await r.text();
      let data;
      try { data = JSON.parse(text); } catch { data = { error: text }; }
      return { status: r.status, ok: r.ok, data };
    } catch {
      return { status: 0, ok: false, data: { error: "The server does not answer. Decisions up to now are saved; start bitext review again." } };
    } finally {
      waiting--;
    }
  }
  async function get(path) {
    const r = await fetch(path).catch(() => null);
    if (!r) { say("The server does not answer.", true); return null; }
    const data = await r.json().catch(() => ({ error: "The server refused." }));
    if (!r.ok) { say(data.error); return null; }
    return data;
  }
  // one action; true if it was done
  async function act(values, { base } = {}) {
    const { status, ok, data } = await post("/do", base === undefined ? values : { ...values, base });
    if (data.rows) replace(data, ok);
    if (!ok) say(data.error, status === 0);
    else say("");
    if (ok && ["merge", "split", "shift", "realign", "back"].includes(values.do)) rescore();
    return ok;
  }
  async function step(which) {
    const { ok, data } = await post(`/${which}`, {});
    if (data.rows) replace(data, false);
    if (!ok) return say(data.error);
    say("");
    const first = data.rows[0] && byId(data.rows[0].id);
    if (first) choose(first);
    rescore();
  }

  // --- rows ---
  const rows = () => $$(".bead", main);
  const editing = (row) => !!row && !!$(".editor", row);
  function element(html) {
    const t = document.createElement("template");
    t.innerHTML = html.trim();
    return t.content.firstElementChild;
  }
  function before(row) { // the row before, across lists
    if (row.previousElementSibling) return row.previousElementSibling;
    for (let l = row.parentElement.previousElementSibling; l?.matches("ol"); l = l.previousElementSibling)
      if (l.lastElementChild) return l.lastElementChild;
    return null;
  }
  const segments = (row) => new Set($$("[data-s], [data-i]", row).map((s) => (s.dataset.s ? `t${s.dataset.s}` : `s${s.dataset.i}`)));
  function replace(data, mine) {
    const old = cur && byId(cur), held = old ? segments(old) : new Set();
    const focused = !!old && old.contains(document.activeElement);
    const going = new Set([...data.gone, ...data.rows.map((r) => r.id)]);
    const written = $$(".editor", main).filter((e) => !e.dataset.saved && going.has(e.closest(".bead").id));
    const active = document.activeElement, caret = active?.matches(".editor textarea") && [active.selectionStart, active.selectionEnd];
    if (bar.parentElement !== document.body) document.body.append(bar);
    for (const id of data.gone) byId(id)?.remove();
    for (const { id, after, html } of data.rows) {
      const now = byId(id), fresh = element(html);
      const place = after && byId(after);
      if (now && (before(now)?.id ?? null) === after) now.replaceWith(fresh);
      else {
        now?.remove();
        if (place) place.after(fresh); else $(".beads", main).prepend(fresh);
      }
      if (!mine) fresh.classList.add("flash");
    }
    for (const e of written) { // what somebody is writing goes on in the new row, based on the version it was begun on
      const seg = $(`.tgt > .seg[data-s="${e.dataset.s}"]`, main);
      seg?.classList.add("hidden");
      seg?.after(e);
    }
    if (caret && active.isConnected) { active.focus({ preventScroll: true }); active.setSelectionRange(...caret); }
    head = Math.max(head, data.head);
    figures(data.counts);
    if (!cur) return;
    let row = byId(cur);
    if (!row && held.size) {
      const shared = (r) => [...segments(r)].filter((s) => held.has(s)).length;
      const found = data.rows.map((r) => byId(r.id)).filter(Boolean);
      row = found.sort((a, b) => shared(b) - shared(a))[0] ?? null;
    }
    if (row) choose(row, { scroll: false, focus: focused || !old, keep: true });
    else { cur = null; bar.hidden = true; }
  }
  const shown = (el) => el.checkVisibility ? el.checkVisibility() : el.offsetParent !== null;
  function choose(row, { scroll = true, focus = true, keep = false } = {}) {
    if (!row) return;
    $$(".bead.cur").forEach((r) => r.classList.remove("cur"));
    row.classList.add("cur");
    if (cur !== row.id && bar.parentElement !== row) $$(".panel", bar).forEach((p) => p.remove());
    cur = row.id;
    row.append(bar);
    bar.hidden = false;
    if (!keep || !$(`.note[data-n="${flag}"]`, row)) flag = Number(($(".note.open", row) ?? $(".note", row))?.dataset.n ?? 0);
    mark();
    if (focus && !editing(row)) row.focus({ preventScroll: true });
    if (scroll) show(row);
  }
  function show(row) { // rows off screen have a guessed height: lay this one out, then look again
    const look = () => {
      const box = row.getBoundingClientRect(), top = $(".deck").getBoundingClientRect().bottom;
      if (box.top < top + 8 || box.bottom > innerHeight - 8)
        row.scrollIntoView({ block: box.height > (innerHeight - top) * 0.7 ? "start" : "center", behavior: "instant" });
    };
    look();
    requestAnimationFrame(look);
  }
  function mark() { // the current flag, on both sides
    $$(".lit").forEach((e) => e.classList.remove("lit"));
    const row = cur && byId(cur);
    if (!row || !flag) return;
    $(`.note[data-n="${flag}"]`, row)?.classList.add("lit");
    for (const m of $$(".m", row)) if (m.dataset.f.split(" ").includes(String(flag))) m.classList.add("lit");
  }
  function beside(row, by) { // the next shown row in a direction, across lists
    let list = row.parentElement, at = row;
    for (;;) {
      at = by > 0 ? at.nextElementSibling : at.previousElementSibling;
      while (!at) {
        list = by > 0 ? list.nextElementSibling : list.previousElementSibling;
        if (!list?.matches("ol")) return null;
        at = by > 0 ? list.firstElementChild : list.lastElementChild;
      }
      if (shown(at)) return at;
    }
  }
  function stepRow(by) {
    const row = cur && byId(cur);
    if (row) return choose(beside(row, by) ?? row);
    const first = onScreen();
    if (first) choose(first);
  }
  function onScreen() { // the first row in view: its list first, so that rows out of view are not laid out
    const top = $(".deck").getBoundingClientRect().bottom + 4;
    const below = (el) => { const box = el.getBoundingClientRect(); return box.height > 0 && box.bottom > top; };
    const list = $$(".beads", main).find(below);
    return list && [...list.children].find(below);
  }
  function stepFlag(by) {
    const open = $$(".note.open", main);
    if (!open.length) return say(counts.flags ? "No flag is open any more." : "There are no flags.");
    const here = cur && byId(cur);
    const own = here && $(`.note[data-n="${flag}"]`, here);
    let at = own ? open.indexOf(own) : -1;
    if (at >= 0) at += by;
    else { // the first after the current place
      const place = own ?? here ?? onScreen() ?? main;
      const after = Node.DOCUMENT_POSITION_FOLLOWING;
      const next = open.findIndex((n) => place.compareDocumentPosition(n) & after);
      at = by > 0 ? (next < 0 ? 0 : next) : (next < 0 ? open.length : next) - 1;
    }
    const note = open[(at + open.length) % open.length], row = note.closest(".bead");
    if (!shown(row)) only("all");
    flag = Number(note.dataset.n);
    choose(row, { keep: true });
  }

  // --- decisions on flags ---
  const noteNow = () => { const row = cur && byId(cur); return row && ($(`.note[data-n="${flag}"]`, row) ?? $(".note.open", row) ?? $(".note", row)); };
  async function onFlag(what, note, onward) {
    if (!note) return say("Choose a flag first: n goes to the next.");
    flag = Number(note.dataset.n);
    if (what === "edit-flag") return openFlag(note);
    if (what === "move-flag") return moveFlag(note);
    if (what === "reject" && $("[data-do=remove-flag]", note)) what = "remove-flag";
    if (await act({ do: what, flag: Number(note.dataset.flag) }) && onward && what !== "reopen") stepFlagFrom(note);
  }
  function stepFlagFrom(note) { // on to the next open flag, but never round to the beginning
    const here = byId(note.id) ?? (cur && byId(cur)), after = Node.DOCUMENT_POSITION_FOLLOWING;
    const next = here && $$(".note.open", main).find((o) => o !== here && here.compareDocumentPosition(o) & after);
    if (!next) return;
    flag = Number(next.dataset.n);
    choose(next.closest(".bead"), { keep: true });
  }
  const flagBox = byId("flagbox"), flagForm = byId("flagform");
  let flagEdited = null; // what the form is about: the values of its request, and the version it rests on
  function openForm(title, words, lang, v, about) {
    const f = flagForm.elements;
    byId("flagtitle").textContent = title;
    byId("flagwords").textContent = words;
    byId("flagwords").lang = lang;
    for (const name of ["severity", "category", "message", "suggestion", "reason"]) f[name].value = v[name] ?? "";
    f.suggests.checked = v.suggestion !== null;
    f.suggestion.disabled = v.suggestion === null;
    byId("rejecting").hidden = about.do !== "edit-flag" || v.added;
    flagEdited = { base: head, ...about };
    flagBox.showModal();
    f.message.focus();
  }
  function openFlag(note) {
    const v = JSON.parse($("dl", note).dataset.values), lang = $(".tgt", note.closest(".bead")).lang;
    openForm("Edit the flag", v.words, lang, v, { do: "edit-flag", flag: Number(note.dataset.flag) });
  }
  flagForm.addEventListener("change", (e) => { if (e.target.name === "suggests") flagForm.elements.suggestion.disabled = !e.target.checked; });
  flagForm.addEventListener("submit", async (e) => {
    e.preventDefault();
    const f = flagForm.elements, { base, ...about } = flagEdited;
    flagBox.close();
    const ok = await act({
      ...about, severity: f.severity.value, category: f.category.value, message: f.message.value,
      suggestion: f.suggests.checked ? f.suggestion.value : null,
    }, { base });
    if (ok && about.do === "add-flag") { // the new flag is the current one
      const note = $$(`[id="${CSS.escape(cur ?? "")}"] .note`).sort((a, b) => b.dataset.flag - a.dataset.flag)[0];
      if (note) { flag = Number(note.dataset.n); mark(); }
    }
  });
  byId("rejectwith").addEventListener("click", () => {
    flagBox.close();
    act({ do: "reject", flag: flagEdited.flag, reason: flagForm.elements.reason.value }, { base: flagEdited.base });
  });
  flagBox.addEventListener("close", () => { const row = cur && byId(cur); row?.focus({ preventScroll: true }); });

  // --- words: chosen by mouse or by arrow keys, as the page's own selection ---
  // Positions are characters of the text, as the server counts them; what the page adds (flags' numbers) is none of it.
  const added = "sup, [aria-hidden]", points = (text) => [...text].length;
  const box = (seg) => $(":scope > .text", seg) ?? seg;
  function placeOf(seg, node, k) { // how many characters stand before a place in a segment
    const r = document.createRange();
    r.setStart(box(seg), 0);
    r.setEnd(node, k);
    const part = r.cloneContents();
    part.querySelectorAll(added).forEach((e) => e.remove());
    return points(part.textContent);
  }
  function textOf(seg) {
    const copy = box(seg).cloneNode(true);
    copy.querySelectorAll(added).forEach((e) => e.remove());
    return copy.textContent;
  }
  function rangeIn(seg, start, end) {
    const walker = document.createTreeWalker(box(seg), NodeFilter.SHOW_TEXT, (n) => (n.parentElement.closest(added) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
    const r = document.createRange();
    let at = 0, begun = false;
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      const chars = [...n.data], to = at + chars.length;
      const unit = (k) => chars.slice(0, k - at).join("").length;
      if (!begun && start < to) { r.setStart(n, unit(start)); begun = true; }
      if (begun && end <= to) { r.setEnd(n, unit(end)); return r; }
      at = to;
    }
    return null;
  }
  function selected() { // the words that are selected, if they stand in one segment of the translation
    const s = getSelection();
    if (!s.rangeCount || s.isCollapsed) return null;
    const r = s.getRangeAt(0);
    const of = (n) => (n.nodeType === 1 ? n : n.parentElement)?.closest(".tgt > .seg");
    const seg = of(r.startContainer);
    if (!seg || seg !== of(r.endContainer) || !box(seg).contains(r.startContainer)) return null;
    const end = box(seg).contains(r.endContainer) ? placeOf(seg, r.endContainer, r.endOffset) : points(textOf(seg));
    const start = placeOf(seg, r.startContainer, r.startOffset);
    return start < end ? { seg, start, end } : null;
  }
  let pick = null; // words being chosen by key: { seg, words, from, to, then }
  function wordsOf(seg) {
    const text = textOf(seg);
    return [...text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]+/gu)].map((m) => {
      const start = points(text.slice(0, m.index));
      return { start, end: start + points(m[0]) };
    });
  }
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
    say(`“${r.toString()}”: ← and → choose, Shift takes more, Enter ${pick.then === "add-flag" ? "flags them" : "puts the flag there"}, Esc leaves.`, true);
  }
  function endPick() {
    if (!pick) return;
    pick = null;
    say("");
  }
  function pickKey(e) { // true if the key was meant for the words
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
    } else return e.key === "Shift";
    return true;
  }
  async function withWords(what) {
    const words = selected();
    if (!words) return say("Select words of one segment first.");
    const { seg, start, end } = words, row = seg.closest(".bead");
    const said = getSelection().toString(), note = noteNow();
    getSelection().removeAllRanges();
    selBar.hidden = true;
    if (row.id !== cur) choose(row, { scroll: false });
    if (what === "move-flag") {
      if (!note || note.dataset.s !== seg.dataset.s) return say("The flag is on another segment: choose words of that one.");
      return act({ do: "move-flag", flag: Number(note.dataset.flag), start, end });
    }
    const usual = { severity: "major", category: "accuracy/mistranslation", suggestion: null };
    openForm("Flag these words", said, $(".tgt", row).lang, usual, { do: "add-flag", segment: Number(seg.dataset.s), start, end });
  }
  const addFlag = (row) => (selected() ? withWords("add-flag") : choosing(row, "add-flag"));
  const moveFlag = (note) => (selected() ? withWords("move-flag") : choosing(note.closest(".bead"), "move-flag", note));
  const selBar = byId("selbar");
  document.addEventListener("selectionchange", () => {
    const words = pick ? null : selected();
    selBar.hidden = !words || flagBox.open;
    if (selBar.hidden) return;
    const note = noteNow(), fits = !!note && note.dataset.s === words.seg.dataset.s;
    $("[data-sel=move-flag]", selBar).hidden = !fits;
    if (fits) byId("selflag").textContent = note.dataset.n;
    const at = getSelection().getRangeAt(0).getBoundingClientRect();
    selBar.style.top = `${at.bottom + scrollY + 6}px`;
    selBar.style.left = `${Math.max(Math.min(at.left + scrollX, innerWidth - selBar.offsetWidth - 12), 4)}px`;
  });
  selBar.addEventListener("pointerdown", (e) => e.preventDefault()); // the selection stays
  selBar.addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) withWords(b.dataset.sel); });

  // --- words that correspond, lit without touching the page ---
  const lit = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
  if (lit) CSS.highlights.set("word-link", lit);
  const linked = { row: null, head: -1, links: [], at: -1 };
  async function linksOf(row) {
    if (linked.row !== row || linked.head !== head) {
      Object.assign(linked, { row, head, links: [], at: -1 });
      const r = await fetch(`/links?bead=${encodeURIComponent(row.id)}`).catch(() => null);
      const data = r?.ok ? await r.json() : { links: [] };
      if (linked.row !== row) return [];
      const find = ([t, s, b]) => [[".tgt > .seg[data-s", t], ["[data-i", s], [".back[data-b", b]]
        .map(([where, place]) => { const seg = place && $(`${where}="${place[0]}"]`, row); return seg && rangeIn(seg, place[1], place[2]); })
        .filter(Boolean);
      linked.links = data.links.map(find).filter((l) => l.length > 1);
    }
    return linked.links;
  }
  function light(ranges) { lit?.clear(); for (const r of ranges) lit?.add(r); }
  async function stepLink(row, by) {
    if (!row) return say("Choose a row first: the arrow keys go from row to row.");
    const links = await linksOf(row);
    if (!links.length) return say("No words of this row are known to correspond.");
    linked.at = linked.at < 0 && by < 0 ? links.length - 1 : (linked.at + by + links.length) % links.length;
    const now = links[linked.at];
    light(now);
    say(now.map((r) => r.toString()).join(" – "), true);
  }
  let pointing = 0;
  main.addEventListener("pointermove", (e) => {
    clearTimeout(pointing);
    if (!lit || e.buttons) return;
    const row = e.target.closest?.(".bead");
    pointing = setTimeout(async () => {
      if (!row?.isConnected) return light([]);
      const links = await linksOf(row);
      const under = (r) => [...r.getClientRects()].some((b) => e.clientX >= b.left && e.clientX <= b.right && e.clientY >= b.top && e.clientY <= b.bottom);
      light(links.filter((l) => l.some(under)).flat());
    }, 60);
  }, { passive: true });

  // --- corrections ---
  async function edit(row, index) {
    const segs = $$(".tgt > .seg", row).filter((s) => !$(`.editor[data-s="${s.dataset.s}"]`, row));
    const wanted = index === undefined ? segs : segs.filter((s) => s.dataset.s === String(index));
    let first = null;
    for (const seg of wanted) {
      const data = await get(`/segment/${seg.dataset.s}`);
      if (!data || !seg.isConnected || $(`.editor[data-s="${seg.dataset.s}"]`, row)) continue;
      const form = document.createElement("form");
      form.className = "editor";
      form.dataset.s = seg.dataset.s;
      form.dataset.base = data.head;
      const area = document.createElement("textarea");
      area.defaultValue = data.text;
      if (drafts.has(form.dataset.s)) area.value = drafts.get(form.dataset.s);
      area.maxLength = 20000;
      area.lang = $(".tgt", row).lang;
      area.spellcheck = true;
      area.setAttribute("aria-label", `Correction of segment ${Number(seg.dataset.s) + 1}`);
      const theirs = document.createElement("p");
      theirs.className = "theirs";
      theirs.hidden = true;
      const ends = document.createElement("p");
      ends.className = "ends";
      const button = (type, text, extra) => {
        const b = document.createElement("button");
        b.type = type; b.textContent = text;
        if (extra) b.dataset.editor = extra;
        ends.append(b, " ");
      };
      button("submit", "Save");
      button("button", "Cancel", "cancel");
      if (data.text !== data.original) { button("button", "Back to the first text", "original"); form.dataset.original = data.original; }
      form.append(area, theirs, ends);
      seg.classList.add("hidden");
      seg.after(form);
      fit(area);
      first ??= area;
    }
    first?.focus();
  }
  function fit(area) { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; }
  const drafts = new Map(); // what was written and left, by segment
  function closeEditors(row) {
    for (const e of $$(".editor", row)) {
      const area = $("textarea", e);
      if (area.value === area.defaultValue) { drafts.delete(e.dataset.s); continue; }
      drafts.set(e.dataset.s, area.value);
      say("Not saved. Your text comes back when you correct this segment again.");
    }
    $$(".editor", row).forEach((e) => e.remove());
    $$(".seg.hidden", row).forEach((s) => s.classList.remove("hidden"));
    row.focus({ preventScroll: true });
  }
  async function save(form) {
    const row = form.closest(".bead"), area = $("textarea", form), s = Number(form.dataset.s);
    form.dataset.saved = "1";
    const { ok, status, data } = await post("/do", { do: "correct", segment: s, text: area.value, base: Number(form.dataset.base) });
    if (ok) {
      say("");
      drafts.delete(form.dataset.s);
      const others = $$(".editor", row).length > 1;
      const changed = data.rows.some((r) => r.id === row.id);
      if (!changed) { form.remove(); $(`.seg[data-s="${s}"]`, row)?.classList.remove("hidden"); }
      replace(data, true);
      const now = cur && byId(cur);
      if (others) $(".editor textarea", now ?? document)?.focus(); else now?.focus({ preventScroll: true });
      return;
    }
    delete form.dataset.saved;
    say(data.error, status === 0);
    if (status === 409) {
      const theirs = $(".theirs", form), text = data.theirs?.[`text:${s}`];
      theirs.hidden = false;
      theirs.textContent = text === undefined ? "" : `Now it reads: ${text}`;
      say("Somebody corrected this segment meanwhile. Yours is still in the box: saving again replaces theirs.", true);
      form.dataset.base = data.head;
      replace(data, false);
    }
  }

  // --- other translations, comparison ---
  function panel(row, name) {
    $(`.panel.${name}`, row)?.remove();
    const p = document.createElement("div");
    p.className = `panel ${name}`;
    p.setAttribute("role", "group");
    $(".rowbar", bar).before(p);
    return p;
  }
  function put(parent, tag, text, attrs = {}) {
    const e = document.createElement(tag);
    if (text) e.textContent = text;
    for (const [k, v] of Object.entries(attrs)) if (k === "class") e.className = v; else e.setAttribute(k, v);
    parent.append(e);
    return e;
  }
  async function translate(row) {
    if ($(".panel.choices", row)) { $(".panel.choices", row).remove(); return; }
    const s = Number(($(".seg.sel", row) ?? $(".tgt > .seg", row))?.dataset.s);
    if (Number.isNaN(s)) return say("There is nothing to translate in this row.");
    const p = panel(row, "choices");
    put(p, "p", "Translating …", { class: "wait" });
    const { ok, data } = await post("/alternatives", { segment: s });
    if (!p.isConnected) return;
    if (!ok) { p.remove(); return say(data.error); }
    p.replaceChildren();
    p.dataset.base = data.head;
    p.dataset.s = s;
    put(p, "p", "Back-translations of the text as it is now. Choose one:", { class: "lab" });
    const list = put(p, "ol", "");
    data.back.forEach((a, k) => {
      const li = put(list, "li", ""), b = put(li, "button", "", { type: "button", "data-choice": k });
      put(b, "kbd", String(k + 1));
      put(b, "span", ` ${a.text}`, { class: "said" });
      put(li, "small", `${a.how}${a.now ? " · this is the one now" : ""}${a.problems.length ? ` · not trusted: ${a.problems.join(", ")}` : ""}`);
    });
    if (data.forward.length) {
      put(p, "p", "How the model would translate the original:", { class: "lab" });
      const more = put(p, "ol", "", { start: data.back.length + 1 });
      data.forward.forEach((text, k) => {
        const b = put(put(more, "li", ""), "button", "", { type: "button", "data-text": text });
        put(b, "kbd", String(data.back.length + k + 1));
        put(b, "span", ` ${text}`, { class: "said" });
      });
    }
    show(row);
  }
  function take(button) {
    const p = button.closest(".panel"), segment = Number(p.dataset.s), base = Number(p.dataset.base);
    p.remove();
    if (button.dataset.text !== undefined) act({ do: "correct", segment, text: button.dataset.text }, { base });
    else act({ do: "back", segment, choice: Number(button.dataset.choice) }, { base });
  }
  async function compare(row) {
    if ($(".panel.compare", row)) { $(".panel.compare", row).remove(); return; }
    const data = await get(`/compare?bead=${encodeURIComponent(row.id)}`);
    if (!data || !row.isConnected) return;
    const p = panel(row, "compare");
    for (const [name, parts] of [["Back-translation", data.back], [main.dataset.against, data.source]]) {
      const line = put(p, "p", "", { lang: $(".src", row)?.lang ?? "" });
      put(line, "span", name, { class: "lab" });
      line.append(" ");
      for (const [text, same] of parts) if (same || !text.trim()) line.append(text); else put(line, "mark", text, { class: "diff" });
      if (!parts.length) put(line, "i", "nothing");
    }
  }

  // --- what a row can do, by name ---
  const doing = new Set();
  async function onRow(what, row, onward = false) {
    if (!row) return say("Choose a row first: the arrow keys go from row to row.");
    const bead = row.id, beads = { do: "shift", bead };
    const done = {
      correct: () => edit(row),
      check: async () => {
        const checked = !row.classList.contains("checked");
        if (await act({ do: "check", bead, checked }) && checked && onward) stepRow(1);
      },
      translate: () => translate(row),
      compare: () => compare(row),
      "add-flag": () => addFlag(row),
      merge: () => act({ do: "merge", bead, with: "next" }),
      "merge-previous": () => act({ do: "merge", bead, with: "previous" }),
      split: () => act({ do: "split", bead }),
      "target-previous": () => act({ ...beads, side: "target", to: "previous" }),
      "target-next": () => act({ ...beads, side: "target", to: "next" }),
      "source-previous": () => act({ ...beads, side: "source", to: "previous" }),
      "source-next": () => act({ ...beads, side: "source", to: "next" }),
      fix: () => act({ do: "fix", bead, fixed: !row.classList.contains("fixed") }),
      realign: async () => {
        say("Aligning again from here …", true);
        const t = head;
        if (await act({ do: "realign", bead }) && head === t) say("The alignment stays as it was.");
      },
    }[what];
    if (!done || doing.has(what)) return;
    doing.add(what); // a key held down does it once at a time
    try { await done(); } finally { doing.delete(what); }
  }

  // --- clicks ---
  document.addEventListener("click", (e) => {
    const t = e.target;
    const button = t.closest("button");
    const row = t.closest(".bead");
    if (pick && !button) endPick();
    if (row && row.id !== cur) choose(row, { scroll: false, focus: !t.closest("textarea, button, a, input") });
    if (button?.dataset.close !== undefined) return button.closest("dialog").close();
    if (button?.dataset.editor === "cancel") return closeEditors(row);
    if (button?.dataset.editor === "original") {
      const form = button.closest("form");
      $("textarea", form).value = form.dataset.original;
      return save(form);
    }
    if (button && button.closest(".choices")) return take(button);
    const note = t.closest(".note");
    if (note) { flag = Number(note.dataset.n); mark(); }
    if (button?.dataset.do) return note ? onFlag(button.dataset.do, note, false) : onRow(button.dataset.do, row);
    const m = t.closest(".m");
    if (m) { flag = Number(m.dataset.f.split(" ").at(-1)); mark(); $(`.note[data-n="${flag}"]`, row)?.scrollIntoView({ block: "nearest" }); }
    const seg = t.closest(".tgt > .seg");
    if (seg) { $$(".seg.sel", row).forEach((s) => s.classList.remove("sel")); seg.classList.add("sel"); }
  });
  document.addEventListener("dblclick", (e) => {
    const seg = e.target.closest(".tgt > .seg");
    if (seg) { getSelection()?.removeAllRanges(); edit(seg.closest(".bead"), seg.dataset.s); }
  });
  document.addEventListener("submit", (e) => { if (e.target.matches(".editor")) { e.preventDefault(); save(e.target); } });
  document.addEventListener("input", (e) => { if (e.target.matches(".editor textarea")) fit(e.target); });
  byId("undo").addEventListener("click", () => step("undo"));
  byId("redo").addEventListener("click", () => step("redo"));
  byId("next").addEventListener("click", () => stepFlag(1));
  byId("prev").addEventListener("click", () => stepFlag(-1));
  const filter = byId("show");
  function only(which) {
    filter.value = which;
    for (const el of [main, ...$$(".beads", main)]) el.dataset.show = which;
  }
  filter.addEventListener("change", () => { only(filter.value); filter.blur(); const row = cur && byId(cur); if (row) show(row); });
  document.addEventListener("pointerdown", (e) => { const menu = byId("export"); if (menu.open && !menu.contains(e.target)) menu.open = false; });
  byId("export").addEventListener("click", (e) => { if (e.target.closest("a")) byId("export").open = false; });

  // --- theme ---
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const store = (key, value) => { try { if (value === undefined) return localStorage.getItem(key); localStorage.setItem(key, value); } catch { /* private */ } return null; };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => { byId("theme").textContent = isDark() ? "Light" : "Dark"; };
  const saved = store("bitext-theme");
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  const toggleTheme = () => { store("bitext-theme", root.dataset.theme = isDark() ? "light" : "dark"); showTheme(); };
  dark.addEventListener("change", showTheme);
  byId("theme").addEventListener("click", toggleTheme);
  showTheme();

  // --- keys ---
  const help = byId("help"), keysOn = byId("keyson");
  byId("keys").addEventListener("click", () => help.showModal());
  const now = () => cur && byId(cur);
  const row = (what, onward) => () => onRow(what, now(), onward);
  const keys = {
    n: () => stepFlag(1), p: () => stepFlag(-1),
    ArrowDown: () => stepRow(1), ArrowUp: () => stepRow(-1), j: () => stepRow(1), i: () => stepRow(-1),
    y: () => onFlag("apply", noteNow(), true), a: () => onFlag("accept", noteNow(), true), x: () => onFlag("reject", noteNow(), true),
    q: () => onFlag("reopen", noteNow(), true), f: () => onFlag("edit-flag", noteNow()),
    e: row("correct"), c: row("check", true), r: row("translate"), o: row("compare"),
    g: row("add-flag"), G: () => { const note = noteNow(); if (note) moveFlag(note); else say("Choose a flag first: n goes to the next."); },
    h: () => stepLink(now(), 1), H: () => stepLink(now(), -1),
    m: row("merge"), M: row("merge-previous"), s: row("split"), k: row("fix"), l: row("realign"),
    u: row("target-previous"), d: row("target-next"), U: row("source-previous"), D: row("source-next"),
    z: () => step("undo"), Z: () => step("redo"), t: toggleTheme, "?": () => help.showModal(),
    v: () => { filter.selectedIndex = (filter.selectedIndex + 1) % filter.options.length; filter.dispatchEvent(new Event("change")); },
    w: () => { const menu = byId("export"); menu.open = !menu.open; (menu.open ? $("a", menu) : $("summary", menu)).focus(); },
  };
  const slow = new Set(["r", "l"]); // what the models do is not waited for
  let typed = Promise.resolve(), pending = 0;
  document.addEventListener("keydown", (e) => {
    if (e.target.matches(".editor textarea")) {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); save(e.target.form); }
      else if (e.key === "Escape") { e.preventDefault(); closeEditors(e.target.closest(".bead")); }
      return;
    }
    if ($("dialog[open]") || e.target.closest("select, textarea, input:not([type=checkbox])")) return;
    if (pick) {
      if (pickKey(e)) return e.preventDefault();
      endPick();
    }
    if (e.key === "Escape") {
      byId("export").open = false;
      light([]);
      linked.at = -1;
      $$(".panel").forEach((p) => p.remove());
      return say("");
    }
    const command = e.ctrlKey || e.metaKey;
    if (command && !e.altKey && ["z", "Z", "y"].includes(e.key)) {
      e.preventDefault();
      return step(e.key === "z" && !e.shiftKey ? "undo" : "redo");
    }
    if (command || e.altKey || (!keysOn.checked && e.key !== "?" && !e.key.startsWith("Arrow"))) return;
    if (e.key.startsWith("Arrow") && e.target.closest(".menu")) return;
    const choices = $(".bead.cur .panel.choices");
    if (choices && /^[1-9]$/.test(e.key)) {
      const b = $$("button", choices)[Number(e.key) - 1];
      if (b) { e.preventDefault(); take(b); }
      return;
    }
    const doIt = Object.hasOwn(keys, e.key) && keys[e.key];
    if (!doIt) return;
    e.preventDefault();
    if (e.repeat && pending > 2) return; // a key held down does not run ahead
    pending++; // keys typed ahead wait for the answer to those before, so that they mean the row that is then current
    typed = typed.then(() => (slow.has(e.key) ? void doIt() : doIt())).catch(() => {}).finally(() => { pending--; });
  });

  // --- what others do ---
  let catching = false;
  async function catchUp(version) {
    if (version <= head || catching) return;
    if (waiting) return setTimeout(() => catchUp(version), 100);
    catching = true;
    const data = await get(`/changes?since=${head}`);
    if (data && data.head > head) { replace(data, false); rescore(); }
    catching = false;
  }
  const news = new EventSource("/events");
  let lost = false;
  news.onmessage = (e) => {
    if (lost) { lost = false; say(""); }
    catchUp(Number(e.data));
  };
  news.onerror = () => { lost = true; say("The server does not answer. What you decided is saved; start bitext review again to go on.", true); };
  addEventListener("pagehide", () => news.close());
  addEventListener("beforeunload", (e) => { if ($$(".editor textarea").some((a) => a.value !== a.defaultValue)) e.preventDefault(); });

  figures(counts);
  rescore();
})();
