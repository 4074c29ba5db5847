// Other translations of a segment, and the back-translation beside the original, word by word.
const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];

export function panels({ get, post, act, say, show }) {
  function panel(row, name) {
    $(`.panel.${name}`, row)?.remove();
    const p = document.createElement("div");
    p.className = `panel ${name}`;
    p.setAttribute("role", "group");
    $("#tray .rowbar").before(p);
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
    for (const [name, parts] of [["Back-translation", data.back], [$("#text").dataset.against, data.source]]) {
      const line = put(p, "p", "", { lang: $(".src", row)?.lang ?? "" });
      put(line, "span", name, { class: "lab" });
      line.append(" ");
      for (const [text, same] of parts) if (same || !text.trim()) line.append(text); else put(line, "mark", text, { class: "diff" });
      if (!parts.length) put(line, "i", "nothing");
    }
  }
  return { translate, take, compare };
}
