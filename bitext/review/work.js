// What the server does meanwhile: how aligning again stands, and rows that come after the answer that named them.
const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];

export function work({ post, get, say, fill }) {
  const bar = $("#work"), said = $("#worksaid"), button = $("#cancel");
  let news = { number: 0, running: false }, hiding = 0;

  function mark() { // the rows that may change: from where it began, a list at a time
    $$(".aligning").forEach((e) => e.classList.remove("aligning"));
    if (!news.running) return;
    const row = document.getElementById(news.row);
    for (let e = row; e; e = e.nextElementSibling) e.classList.add("aligning");
    for (let l = row?.parentElement.nextElementSibling; l?.matches("ol"); l = l.nextElementSibling) l.classList.add("aligning");
  }
  function hear(now) { // from the answer to our own request, or as all tabs hear it
    if (now.number <= news.number) return;
    const held = bar.contains(document.activeElement);
    news = now;
    clearTimeout(hiding);
    bar.hidden = false;
    bar.classList.toggle("running", now.running);
    bar.classList.toggle("bad", !now.running && !now.good);
    said.textContent = now.said;
    button.hidden = !now.running;
    if (held && !now.running) document.querySelector(".bead.cur")?.focus({ preventScroll: true }); // the button is gone
    if (!now.running && now.good) hiding = setTimeout(() => { bar.hidden = true; said.textContent = ""; }, 12000);
    mark();
  }
  async function cancel() {
    if (!news.running) return say("No rows are being aligned now.");
    const { ok, data } = await post("/cancel", {});
    if (ok) hear(data.work); else say(data.error);
  }
  button?.addEventListener("click", cancel); // nothing can be aligned where there is no original

  // rows whose places are known and whose texts are not here yet: those in view first
  const due = new Set();
  let filling = false;
  function later(ids) {
    for (const id of ids) due.add(id);
    if (!filling && due.size) rest();
  }
  function inView(el) {
    const box = el.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  }
  function next() { // of a list out of view nothing is laid out
    const lists = $$(".beads").filter(inView);
    const seen = lists.flatMap((l) => [...l.children]).filter((r) => due.has(r.id)).map((r) => r.id);
    return [...new Set([...seen, ...due])].slice(0, 40);
  }
  async function rest() {
    filling = true;
    while (due.size) {
      const ids = next(), data = await get(`/rows?keys=${ids.map(encodeURIComponent).join(",")}`);
      for (const id of ids) due.delete(id);
      if (!data) break; // it has been said that the server does not answer
      fill(data.rows);
      await new Promise((go) => setTimeout(go)); // keys and clicks go first
    }
    filling = false;
  }
  return { hear, cancel, later, mark, done: (id) => due.delete(id) };
}
