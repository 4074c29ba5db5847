// Rows as elements: made, put in their places, found from one another across the lists that hold them.
export function element(html) {
  const t = document.createElement("template");
  t.innerHTML = html.trim();
  return t.content.firstElementChild;
}
export function put(row, place) { // after another; lists stay short, for one that is in view is laid out whole
  const list = place?.parentElement;
  if (!place) return document.querySelector("#text .beads").prepend(row);
  if (place.nextElementSibling || list.childElementCount < 24) return place.after(row);
  let next = list.nextElementSibling;
  if (!next?.matches("ol") || next.childElementCount >= 24) { next = list.cloneNode(false); list.after(next); }
  next.prepend(row);
}
export function before(row) { // the row before, across lists
  if (row.previousElementSibling) return row.previousElementSibling;
  for (let l = row.parentElement.previousElementSibling; l?.matches("ol"); l = l.previousElementSibling)
    if (l.lastElementChild) return l.lastElementChild;
  return null;
}
export function segments(row) { // what a row holds, by its name
  const [, ...ends] = /^bead:s(?:(\d+)-(\d+))?t(?:(\d+)-(\d+))?$/.exec(row.id) ?? [], held = new Set();
  for (const [side, a, b] of [["s", ends[0], ends[1]], ["t", ends[2], ends[3]]])
    for (let i = Number(a); i < Number(b); i++) held.add(`${side}${i}`);
  return held;
}
export function blank(id) { // the place of a row that comes later
  const row = document.createElement("li");
  row.id = id;
  row.className = "bead later";
  row.tabIndex = -1;
  row.setAttribute("aria-busy", "true");
  return row;
}
export const shown = (el) => el.checkVisibility ? el.checkVisibility() : el.offsetParent !== null;
export function beside(row, by) { // the next shown row in a direction, across lists
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
