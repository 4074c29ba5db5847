// Where characters of a text stand on the page, and the other way round. Positions are counted in characters, as the
// server counts them; what the page adds to a text (the flags' numbers) is none of it.
const $ = (s, r) => r.querySelector(s);

const added = "sup, [aria-hidden]", points = (text) => [...text].length;
const box = (seg) => $(":scope > .text", seg) ?? seg;
export function placeOf(seg, node, k) { // how many characters stand before a place in a segment
  const r = document.createRange();
  r.setStart(box(seg), 0);
  r.setEnd(node, k);
  const part = r.cloneContents();
  part.querySelectorAll(added).forEach((e) => e.remove());
  return points(part.textContent);
}

export function textOf(seg) {
  const copy = box(seg).cloneNode(true);
  copy.querySelectorAll(added).forEach((e) => e.remove());
  return copy.textContent;
}

export function rangeIn(seg, start, end) {
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

export function selected() { // the words that are selected, if they stand in one segment of the translation
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

export function wordsOf(seg) {
  const text = textOf(seg);
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]+/gu)].map((m) => {
    const start = points(text.slice(0, m.index));
    return { start, end: start + points(m[0]) };
  });
}
