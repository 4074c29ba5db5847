// What the page does beyond being read: filters, keys, notes, the strip. A few listeners on the document, none a row.
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const root = document.documentElement;
  root.classList.add("script");
  const rows = $$(".bead"), notes = $$(".note"), form = $("#filters"), strip = $("#strip");
  const numbers = (el) => el.dataset.f.split(" ").map(Number);
  const byNumber = new Map(notes.map((el) => [Number(el.id.slice(1)), { el, row: el.closest(".bead"), marks: [] }]));
  const marks = $$(".m"), flagsOf = new Map(marks.map((m) => [m, numbers(m)]));
  for (const m of marks) for (const k of numbers(m)) byNumber.get(k)?.marks.push(m);
  const ticks = $$(".tick", strip).map((el) => ({ el, parts: el.getAttribute("d").match(/[^z]+z/g), of: numbers(el) }));
  const parts = $$(".part").map((el) => ({ el, lists: [...el.children] }));
  const at = new Map(rows.map((r, i) => [r, i]));
  let current = 0; // number of the flag last gone to
  let opened = null; // the note that focus opened, to close again

  // theme: the reader's system decides until the button is pressed
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const store = (key, value) => {
    try { if (value === undefined) return localStorage.getItem(key); localStorage.setItem(key, value); } catch { /* private */ }
    return null;
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => { $("#theme").textContent = isDark() ? "Light" : "Dark"; };
  const saved = store("bitext-theme");
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  const toggleTheme = () => { store("bitext-theme", root.dataset.theme = isDark() ? "light" : "dark"); showTheme(); };
  dark.addEventListener("change", showTheme);
  showTheme();
  $(".tools").hidden = false;

  // filters
  const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  function filter() {
    const f = new FormData(form), severities = new Set(f.getAll("severity"));
    const category = f.get("category"), check = f.get("check"), which = f.get("rows");
    const flagged = new Set(), live = new Set();
    for (const [number, { el, row }] of byNumber) {
      const d = el.dataset;
      const show = severities.has(d.sev) && (!category || category === d.cat) && (!check || check === d.check);
      if (el.hidden === show) el.hidden = !show; // writing costs, reading does not
      if (show) { live.add(number); flagged.add(row); }
    }
    for (const m of marks) m.classList.toggle("off", !flagsOf.get(m).some((k) => live.has(k)));
    for (const t of ticks) t.el.setAttribute("d", t.parts.filter((_, i) => live.has(t.of[i])).join(""));
    const aside = !form.elements.aside || form.elements.aside.checked;
    let shown = 0;
    for (const r of rows) {
      const c = r.classList;
      if (c.contains("has") !== flagged.has(r)) c.toggle("has");
      const hide = (which !== "" && !c.contains(which)) || (!aside && c.contains("aside"));
      if (r.hidden !== hide) r.hidden = hide;
      shown += !hide;
    }
    const empty = (el) => { // it would keep its guessed height
      const hide = ![...el.children].some((r) => !r.hidden);
      if (el.hidden !== hide) el.hidden = hide;
    };
    for (const p of parts) { p.lists.forEach(empty); empty(p.el); }
    $("#nothing").hidden = shown > 0 || !rows.length;
    root.classList.toggle("noback", !!form.elements.back && !form.elements.back.checked);
    const some = live.size === byNumber.size ? "" : ` of ${byNumber.size.toLocaleString("en")}`;
    $("#state").textContent = `${live.size.toLocaleString("en")}${some} ${byNumber.size === 1 ? "flag" : "flags"}, ${plural(shown, "row")} shown`;
    soon();
  }
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (e) => e.preventDefault());

  // going places
  const quiet = { behavior: "instant" };
  function toRow(row, block = "center") {
    if (!row) return;
    $$(".cur").forEach((r) => r.classList.remove("cur"));
    row.classList.add("cur");
    // rows off screen have a guessed height: lay this one out, then look again
    row.scrollIntoView({ block, ...quiet });
    requestAnimationFrame(() => row.scrollIntoView({ block: row.offsetHeight > innerHeight * .7 ? "start" : block, ...quiet }));
  }
  function light(list, on) {
    for (const k of list) {
      const n = byNumber.get(k);
      if (n) for (const el of [n.el, ...n.marks]) el.classList.toggle("lit", on);
    }
  }
  const isOpen = (el) => el.classList.contains("unfolded");
  function open(el, on) { // a note, or why a row is aligned so
    el.classList.toggle("unfolded", on);
    $(".head", el).setAttribute("aria-expanded", String(on));
    const more = $(".more", el);
    if (on) more.removeAttribute("hidden");
    else more.setAttribute("hidden", "until-found"); // the browser's search opens it
  }
  document.addEventListener("beforematch", (e) => { if (e.target.matches(".more")) open(e.target.parentElement, true); });
  const unlight = () => $$(".lit").forEach((el) => el.classList.remove("lit"));
  function reveal(number) {
    const n = byNumber.get(number);
    if (!n) return;
    if (opened && opened !== n.el) open(opened, false);
    if (!isOpen(n.el)) { open(n.el, true); opened = n.el; }
    unlight();
    light([number], true);
    current = number;
  }
  function toFlag(number) {
    const n = byNumber.get(number);
    if (!n) return;
    if (n.el.hidden || n.row.hidden) { form.reset(); setTimeout(() => { filter(); toFlag(number); }); return; }
    toRow(n.row);
    (n.marks[0] || $(".head", n.el)).focus({ preventScroll: true });
    reveal(number);
  }
  function step(by) {
    const live = [...byNumber].filter(([, n]) => !n.el.hidden && !n.row.hidden);
    if (!live.length) return;
    let i = live.findIndex(([k]) => k === current);
    if (i >= 0) i += by;
    else { // start from what is on screen
      const top = firstRow();
      i = live.findIndex(([, n]) => at.get(n.row) >= top);
      if (i < 0) i = live.length;
      if (by < 0) i -= 1;
    }
    toFlag(live[Math.min(Math.max(i, 0), live.length - 1)][0]);
  }
  function stepRow(by) {
    const live = rows.filter((r) => !r.hidden);
    const cur = $(".cur");
    let i = cur && !cur.hidden ? live.indexOf(cur) + by : live.findIndex((r) => at.get(r) >= firstRow());
    i = Math.min(Math.max(i, 0), live.length - 1);
    if (live[i]) { toRow(live[i]); live[i].focus({ preventScroll: true }); }
  }
  let worst = -1;
  function stepWorst() {
    const links = $$(".worst .go");
    if (links.length) toFlag(Number(links[worst = (worst + 1) % links.length].hash.slice(2)));
  }

  function toggle(e) { // a click anywhere on a note but on what it opens
    const el = e.target.closest(".note, .why:has(> .head)");
    if (!el || e.target.closest(".more") || !getSelection().isCollapsed) return;
    e.preventDefault();
    open(el, !isOpen(el));
    if (opened === el) opened = null;
  }

  // flags: click and focus open their notes; pointing at either side lights the other
  document.addEventListener("click", (e) => {
    const m = e.target.closest(".m, .go");
    if (!m) return toggle(e);
    e.preventDefault();
    if (m.matches(".go")) return toFlag(Number(m.hash.slice(2)));
    if (m.matches(".off")) return;
    const list = numbers(m).filter((k) => byNumber.has(k) && !byNumber.get(k).el.hidden);
    reveal(Number(m.hash.slice(2)));
    for (const k of list) open(byNumber.get(k).el, true);
    light(list, true);
    if (m.closest(".bead").getBoundingClientRect().bottom > innerHeight || innerWidth < 1024)
      byNumber.get(list[0])?.el.scrollIntoView({ block: "nearest", ...quiet });
  });
  document.addEventListener("focusin", (e) => {
    const m = e.target.closest?.(".m");
    if (m && !m.matches(".off") && m.matches(":focus-visible")) reveal(Number(m.hash.slice(2)));
  });
  let pointed = [];
  document.addEventListener("mouseover", (e) => {
    for (const el of pointed) el.classList.remove("lit");
    pointed = [];
    const note = e.target.closest(".note"), mark = e.target.closest(".m:not(.off)");
    if (note) pointed.push(...byNumber.get(Number(note.id.slice(1))).marks);
    if (mark) pointed.push(...numbers(mark).map((k) => byNumber.get(k)?.el).filter(Boolean));
    for (const el of pointed) el.classList.add("lit");
  }, { passive: true });

  // words that correspond: the row says where they stand (s4-13 t1:3-9; see html.py), and they are lit without an
  // element of their own, of which there would be a hundred thousand
  const lit = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
  if (lit) CSS.highlights.set("word-link", lit);
  const ours = "sup, .vh, .tag, [aria-hidden]"; // what the page adds to a text
  function rangeIn(el, start, end) {
    const r = document.createRange(), accept = (n) => (n.parentElement.closest(ours) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT, accept);
    for (let n = walker.nextNode(), at = 0, begun = false; n; at += n.length, n = walker.nextNode()) {
      if (!begun && start < at + n.length) { r.setStart(n, start - at); begun = true; }
      if (begun && end <= at + n.length) { r.setEnd(n, end - at); return r; }
    }
    return null;
  }
  const known = new WeakMap();
  function linksOf(row) { // a list of links, each a list of ranges
    if (!row?.dataset.w) return [];
    if (!known.has(row)) {
      const texts = { s: $$(".src > .seg", row), t: $$(".tgt > .seg", row) };
      const under = texts.t.map((el) => (el.nextElementSibling?.matches(".back") ? el.nextElementSibling : null));
      texts.b = under.some(Boolean) ? under : texts.s; // or the back-translation has the other column
      known.set(row, row.dataset.w.split(";").map((link) => link.split(" ").map((place) => {
        const [, side, n, start, end] = /^(.)(?:(\d+):)?(\d+)-(\d+)$/.exec(place);
        const el = texts[side][Number(n ?? 0)];
        return el && rangeIn(el, Number(start), Number(end));
      }).filter(Boolean)));
    }
    return known.get(row);
  }
  const lightWords = (ranges) => { lit?.clear(); for (const r of ranges) lit?.add(r); };
  let mouse = null, moving = false, hovered = false; // what keys have lit stays until the mouse finds something
  function underMouse() {
    moving = false;
    const { clientX: x, clientY: y, target } = mouse;
    const here = (r) => [...r.getClientRects()].some((b) => x >= b.left && x <= b.right && y >= b.top && y <= b.bottom);
    const found = target.isConnected ? linksOf(target.closest(".bead")).filter((l) => l.some(here)).flat() : [];
    if (hovered || found.length) lightWords(found);
    hovered = found.length > 0;
  }
  document.addEventListener("mousemove", (e) => {
    mouse = e;
    if (lit && !e.buttons && !moving) { moving = true; requestAnimationFrame(underMouse); }
  }, { passive: true });

  // the same by key: the words of the current row that correspond, one after another
  let word = 0, wordsOf = null;
  const said = (r) => { const part = r.cloneContents(); $$(ours, part).forEach((el) => el.remove()); return part.textContent; };
  const unword = () => { lightWords([]); wordsOf = null; };
  function stepWord(by) {
    const row = $(".cur") ?? rows[firstRow()];
    if (!row) return;
    if (!row.classList.contains("cur")) toRow(row);
    const all = linksOf(row);
    word = wordsOf === row ? (word + by + all.length) % all.length : by > 0 ? 0 : all.length - 1;
    wordsOf = all.length ? row : null;
    lightWords(all[word] ?? []);
    $("#said").textContent = all[word]?.map(said).join(" – ") ?? "No words of this row are known to correspond.";
  }

  // the strip
  // the part, the list in it, the row in that, which is the first to end below y: asking every row would lay out every
  // row; parts are asked from where the last search ended
  let asked = 0;
  const below = (y) => (el) => !el.hidden && el.getBoundingClientRect().bottom > y;
  const firstOf = (all, y) => all.find(below(y)) ?? all.findLast((el) => !el.hidden);
  function firstRow(y = $(".bar").getBoundingClientRect().bottom + 4) {
    while (asked > 0 && (parts[asked - 1].el.hidden || below(y)(parts[asked - 1].el))) asked--;
    while (asked < parts.length - 1 && !below(y)(parts[asked].el)) asked++;
    const part = parts[asked]?.el.hidden ? parts.findLast((p) => !p.el.hidden) : parts[asked];
    const list = part && firstOf(part.lists, y);
    return at.get(list && firstOf([...list.children], y)) ?? 0;
  }
  const mark = $(".here", strip);
  let seen = "";
  function here() {
    if (!rows.length) return;
    const a = firstRow(), b = Math.max(firstRow(innerHeight - 4), a);
    if (seen === `${a} ${b}`) return;
    seen = `${a} ${b}`;
    mark.style.left = `${(100 * a) / rows.length}%`;
    mark.style.width = `max(4px, ${(100 * (b - a + 1)) / rows.length}%)`;
    const row = rows[a], flags = $$(".note:not([hidden])", row).length, q = $(".q", row);
    strip.setAttribute("aria-valuenow", String(a + 1));
    strip.setAttribute("aria-valuetext", `row ${a + 1} of ${rows.length}, ${q ? `${q.textContent}, ` : ""}${plural(flags, "flag")}`);
  }
  let waiting = false;
  const soon = () => { if (!waiting) { waiting = true; setTimeout(() => { waiting = false; here(); }, 80); } };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon, { passive: true });
  function near(i) { // the shown row nearest to the one asked for
    for (let d = 0; d < rows.length; d++)
      for (const r of [rows[i + d], rows[i - d]]) if (r && !r.hidden) return r;
    return null;
  }
  const place = (e) => {
    const box = strip.getBoundingClientRect();
    toRow(near(Math.min(Math.max(Math.floor(((e.clientX - box.left) / box.width) * rows.length), 0), rows.length - 1)));
  };
  strip.addEventListener("pointerdown", (e) => { strip.setPointerCapture(e.pointerId); place(e); });
  strip.addEventListener("pointermove", (e) => { if (e.buttons) place(e); });
  strip.addEventListener("keydown", (e) => {
    const far = Math.max(Math.round(rows.length / 10), 1);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: far, PageUp: -far }[e.key];
    const i = e.key === "Home" ? 0 : e.key === "End" ? rows.length - 1 : by && (at.get($(".cur")) ?? firstRow()) + by;
    if (i === undefined) return;
    e.preventDefault();
    toRow(near(Math.min(Math.max(i, 0), rows.length - 1)), "start");
  });

  // keys
  const help = $("#help");
  $("#keys").addEventListener("click", () => help.showModal());
  $("#theme").addEventListener("click", toggleTheme);
  const set = (name, change) => { const el = form.elements[name]; if (el) { change(el); filter(); } };
  const actions = {
    n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1), w: stepWorst,
    h: () => stepWord(1), H: () => stepWord(-1), Escape: unword,
    "]": () => stepRow(1), "[": () => stepRow(-1), g: () => strip.focus(),
    f: () => { if (notes.length) set("rows", (el) => { el.value = el.value === "has" ? "" : "has"; }); },
    b: () => set("back", (el) => { el.checked = !el.checked; }),
    o: () => { const on = !notes.every(isOpen); for (const n of notes) open(n, on); },
    t: toggleTheme, "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || help.open || !$("#keyson").checked && e.key !== "?") return;
    if (e.target.closest("select, textarea, input:not([type=checkbox])")) return; // letters mean something there
    const act = Object.hasOwn(actions, e.key) && actions[e.key];
    if (act) { e.preventDefault(); act(); }
  });

  // addresses of notes
  const arrive = () => { const n = /^#n(\d+)$/.exec(location.hash); if (n) toFlag(Number(n[1])); };
  addEventListener("hashchange", arrive);
  if (innerWidth >= 672) $("#filterbox").open = true;
  here();
  arrive();
})();
