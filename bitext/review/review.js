// The review page: keys and clicks become requests, answers replace rows. A few listeners on the document, none a row.
import { editors } from "./editors.js";
import { wordLinks } from "./links.js";
import { panels } from "./panels.js";
import { picking } from "./picking.js";
import { before, beside, blank, element, put, segments, shown } from "./rows.js";
import { work } from "./work.js";

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
function say(text, lasting = false, news = false) { // news: nothing went wrong
  clearTimeout(hiding);
  message.textContent = text;
  message.hidden = !text;
  message.classList.toggle("news", news);
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
  const found = await r.json();
  if (found.more) { clearTimeout(scoring); scoring = setTimeout(score, 50); return; } // it is counted in pieces
  chrf = found.chrf;
  figures(counts);
}

// --- asking the server ---
async function post(path, body) {
  const decides = path !== "/alternatives"; // what models take their time for holds up no news
  waiting += decides;
  try {
    const r = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-bitext-review": token },
      body: JSON.stringify({ base: head, head, client, near: cur ?? "", ...body }),
    });
    const text = await r.text();
    let data;
    try { data = JSON.parse(text); } catch { data = { error: text }; }
    return { status: r.status, ok: r.ok, data };
  } catch {
    return { status: 0, ok: false, data: { error: "The server does not answer. Decisions up to now are saved; start bitext review again." } };
  } finally {
    waiting -= decides;
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
  if (ok && data.work) aligning.hear(data.work);
  if (ok && ["merge", "split", "shift", "back"].includes(values.do)) rescore();
  return ok;
}
async function step(which) {
  const { ok, data } = await post(`/${which}`, {});
  if (data.rows) replace(data, false);
  if (!ok) return say(data.error);
  say("");
  const first = data.rows[0] && byId(data.rows[0].id);
  if (first && !(data.rows.length > 60 && cur && byId(cur))) choose(first); // of very many rows none is the place to look
  rescore();
}

// --- rows ---
const rows = () => $$(".bead", main);
const editing = (row) => !!row && !!$(".editor", row);
function replace(data, mine) {
  const old = cur && byId(cur), held = old ? segments(old) : new Set();
  const focused = !!old && old.contains(document.activeElement);
  const going = new Set([...data.gone, ...data.rows.map((r) => r.id)]);
  const written = $$(".editor", main).filter((e) => !e.dataset.saved && going.has(e.closest(".bead").id));
  const active = document.activeElement, caret = active?.matches(".editor textarea") && [active.selectionStart, active.selectionEnd];
  const hit = !old || going.has(cur), much = data.rows.length + data.gone.length > 60; // hit: the current row is replaced
  const stood = much && old ? old.getBoundingClientRect().top : -1;
  if (hit && bar.parentElement !== document.body) document.body.append(bar);
  for (const id of data.gone) { byId(id)?.remove(); aligning.done(id); }
  const later = [];
  for (const { id, after, html } of data.rows) {
    const now = byId(id), there = now && (after === undefined || (before(now)?.id ?? null) === after);
    if (!now && after === undefined) continue; // gone since it was asked for
    if (html === null) later.push(id);
    if (there && html === null) continue; // what it shows now will do until then
    const fresh = html !== null ? element(html) : now ?? blank(id);
    if (html !== null) aligning.done(id);
    if (!mine && (now ? now.classList.contains("later") || !much : html !== null)) fresh.classList.add("flash");
    if (there) { now.replaceWith(fresh); continue; }
    now?.remove();
    put(fresh, after && byId(after));
  }
  for (const e of written) { // what somebody is writing goes on in the new row, based on the version it was begun on
    const seg = $(`.tgt > .seg[data-s="${e.dataset.s}"]`, main);
    seg?.classList.add("hidden");
    seg?.after(e);
  }
  if (caret && active.isConnected) { active.focus({ preventScroll: true }); active.setSelectionRange(...caret); }
  if (data.head !== undefined) { head = Math.max(head, data.head); figures(data.counts); }
  if (data.gone.length || later.length) aligning.mark();
  aligning.later(later);
  if (much && stood > 0 && stood < innerHeight && old.isConnected) keep(old, stood);
  if (!cur || !hit) return;
  let row = byId(cur);
  if (!row && held.size) {
    const shared = (r) => [...segments(r)].filter((s) => held.has(s)).length;
    const found = data.rows.map((r) => byId(r.id)).filter(Boolean);
    row = found.sort((a, b) => shared(b) - shared(a))[0] ?? null;
  }
  if (!row) { cur = null; bar.hidden = true; return; }
  choose(row, { scroll: false, focus: focused || !old, keep: true });
  if (much && stood > 0 && stood < innerHeight) keep(row, stood);
}
const keep = (row, top) => scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
const fill = (found) => replace({ rows: found, gone: [] }, false);
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

// --- what has files of its own ---
const current = () => (cur && byId(cur)) || null;
const links = wordLinks({ say, head: () => head });
const { addFlag, moveFlag, ...picked } = picking({ say, act, choose, current, noteNow: () => noteNow(), openForm });
const { edit, fit, save, close: closeEditors } = editors({ get, post, say, replace, current });
const aligning = work({ post, get, say, fill });
const { translate, take, compare } = panels({ get, post, act, say, show });

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
    realign: () => act({ do: "realign", bead }),
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
  if (!button) picked.end();
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
  h: () => links.step(now(), 1), H: () => links.step(now(), -1),
  m: row("merge"), M: row("merge-previous"), s: row("split"), k: row("fix"), l: row("realign"), L: () => aligning.cancel(),
  u: row("target-previous"), d: row("target-next"), U: row("source-previous"), D: row("source-next"),
  z: () => step("undo"), Z: () => step("redo"), t: toggleTheme, "?": () => help.showModal(),
  v: () => { filter.selectedIndex = (filter.selectedIndex + 1) % filter.options.length; filter.dispatchEvent(new Event("change")); },
  w: () => { const menu = byId("export"); menu.open = !menu.open; (menu.open ? $("a", menu) : $("summary", menu)).focus(); },
};
const slow = new Set(["r"]); // what the models do is not waited for
let typed = Promise.resolve(), pending = 0;
document.addEventListener("keydown", (e) => {
  if (e.target.matches(".editor textarea")) {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); save(e.target.form); }
    else if (e.key === "Escape") { e.preventDefault(); closeEditors(e.target.closest(".bead")); }
    return;
  }
  if ($("dialog[open]") || e.target.closest("select, textarea, input:not([type=checkbox])")) return;
  if (picked.key(e)) return;
  if (e.key === "Escape") {
    byId("export").open = false;
    links.clear();
    $$(".panel").forEach((p) => p.remove());
    return say("");
  }
  const command = e.ctrlKey || e.metaKey;
  if (command && !e.altKey && ["z", "Z", "y"].includes(e.key)) {
    e.preventDefault();
    return step(e.key === "z" && !e.shiftKey ? "undo" : "redo");
  }
  if (command || e.altKey || (!keysOn.checked && e.key !== "?" && !e.key.startsWith("Arrow"))) return;
  if (e.key.startsWith("Arrow") && e.target.closest(".menu[open]")) return;
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
  const data = await get(`/changes?since=${head}&near=${encodeURIComponent(cur ?? "")}`);
  if (data && data.head > head) { replace(data, false); rescore(); }
  catching = false;
}
const news = new EventSource("/events");
let lost = false;
news.onmessage = (e) => {
  if (lost) { lost = false; say(""); }
  catchUp(Number(e.data));
};
news.addEventListener("work", (e) => {
  const now = JSON.parse(e.data);
  aligning.hear(now);
  if (!now.running) rescore();
});
news.onerror = () => { lost = true; say("The server does not answer. What you decided is saved; start bitext review again to go on.", true); };
addEventListener("pagehide", () => news.close());
addEventListener("beforeunload", (e) => { if ($$(".editor textarea").some((a) => a.value !== a.defaultValue)) e.preventDefault(); });

figures(counts);
rescore();
