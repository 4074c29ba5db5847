// Words that correspond, lit without touching the page: by pointing, or one after another by key.
import { rangeIn } from "./words.js";

const $ = (s, r = document) => r.querySelector(s);

export function wordLinks({ say, head }) {
  const lit = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
  if (lit) CSS.highlights.set("word-link", lit);
  const linked = { row: null, head: -1, links: Promise.resolve([]), at: -1 };
  function linksOf(row) { // asked for once, however often it is pointed at
    if (linked.row !== row || linked.head !== head()) Object.assign(linked, { row, head: head(), links: askLinks(row), at: -1 });
    return linked.links;
  }
  async function askLinks(row) {
    const r = await fetch(`/links?bead=${encodeURIComponent(row.id)}`).catch(() => null);
    const { links } = r?.ok ? await r.json() : { links: [] };
    const find = (link) => [".tgt > .seg[data-s", ".src > [data-i", ".back[data-b"].map((where, k) => {
      const seg = link[k] && $(`${where}="${link[k][0]}"]`, row);
      return seg && rangeIn(seg, link[k][1], link[k][2]);
    }).filter(Boolean);
    return links.map(find).filter((l) => l.length > 1);
  }
  function light(ranges) { lit?.clear(); for (const r of ranges) lit?.add(r); }
  async function stepLink(row, by) {
    if (!row) return say("Choose a row first: the arrow keys go from row to row.");
    const links = await linksOf(row);
    if (!links.length) return say("No words of this row are known to correspond.");
    linked.at = linked.at < 0 && by < 0 ? links.length - 1 : (linked.at + by + links.length) % links.length;
    const now = links[linked.at];
    light(now);
    say(now.map((r) => r.toString()).join(" – "), true, true);
  }
  let pointing = 0, pointed = false; // what keys have lit stays until the mouse finds something
  document.addEventListener("pointermove", (e) => {
    clearTimeout(pointing);
    if (!lit || e.buttons) return;
    const row = e.target.closest?.(".bead");
    pointing = setTimeout(async () => {
      const under = (r) => [...r.getClientRects()].some((b) => e.clientX >= b.left && e.clientX <= b.right && e.clientY >= b.top && e.clientY <= b.bottom);
      const found = row?.isConnected ? (await linksOf(row)).filter((l) => l.some(under)).flat() : [];
      if (pointed || found.length) light(found);
      pointed = found.length > 0;
    }, 60);
  }, { passive: true });

  function clear() {
    light([]);
    linked.at = -1;
  }
  return { step: stepLink, clear };
}
