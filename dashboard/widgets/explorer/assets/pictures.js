// The rows' pictures: asked for when they are looked at, and kept as long as there is room.

import { wish } from "./questions.js";

const ROOM = 6_000; // pictures that are kept
const AT_ONCE = 160; // that are asked for together
const REST = 120; // ms for which more are waited for
const PATIENCE = 4_000; // ms after which an unanswered question is asked again

export class Pictures {
  constructor(explorer) {
    this.explorer = explorer;
    this.clear();
  }

  clear() {
    this.generation = (this.generation ?? 0) + 1;
    this.known = new Map(); // row → { image, x, y, size }
    this.missing = new Set();
    this.asked = new Map(); // row → when
    clearTimeout(this.timer);
    this.timer = null;
  }

  // The picture of a row if it is here; otherwise it is asked for.
  of(row) {
    const found = this.known.get(row);
    if (!found && this.explorer.base?.pictures) {
      this.missing.add(row);
      this.timer ??= setTimeout(() => this.question(), REST);
    }
    return found;
  }

  waiting() {
    const now = performance.now();
    return [...this.missing].filter((row) => !(now - this.asked.get(row) < PATIENCE)).slice(-AT_ONCE);
  }

  question() {
    this.timer = null;
    const rows = this.waiting();
    if (!rows.length) return;
    for (const row of rows) this.asked.set(row, performance.now());
    wish(this.explorer, { pictures: rows });
  }

  async take({ rows, across, width, height, png }) {
    const { generation } = this, image = await createImageBitmap(new Blob([png], { type: "image/png" }));
    if (generation !== this.generation) return; // of other data by now
    rows.forEach((row, j) => {
      this.known.set(row, { image, x: (j % across) * width, y: Math.floor(j / across) * height, width, height });
      this.missing.delete(row);
      this.asked.delete(row);
    });
    for (const row of this.known.keys()) if (this.known.size > ROOM) this.known.delete(row);
    if (this.missing.size > 4 * AT_ONCE) this.missing = new Set([...this.missing].slice(-AT_ONCE));
    if (this.waiting().length) this.timer ??= setTimeout(() => this.question(), REST);
    this.explorer.redraw();
    this.explorer.panel.pictured();
    this.explorer.card.pictured();
  }

  // Draws a row's picture into a square; whether it could.
  draw(context, row, x, y, side) {
    const p = this.of(row);
    if (!p) return false;
    const scale = side / Math.max(p.width, p.height), w = p.width * scale, h = p.height * scale;
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(p.image, p.x, p.y, p.width, p.height, x + (side - w) / 2, y + (side - h) / 2, w, h);
    return true;
  }
}
