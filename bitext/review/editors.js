// Corrections: a box below each segment that is being written, and what was written and left.
const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];

export function editors({ get, post, say, replace, current }) {
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
      const now = current();
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
  return { edit, fit, save, close: closeEditors };
}
