// One explorer: what it shows, what is selected, and when it is drawn anew.

import { Camera, gestures } from "./camera.js";
import { Card } from "./card.js";
import { Colours } from "./colours.js";
import { Controls } from "./controls.js";
import { contours } from "./density.js";
import { element, grouped, say, tone } from "./dom.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { sceneFor } from "./scene.js";

const GLIDE = 450; // ms from one layout to the next
const NEAR = 12; // pixels within which a point is under the pointer

export class Explorer {
  constructor(all) {
    this.all = all;
    this.root = element("div", "infoscope-explorer");
    this.heading = element("h4", "", this.root);
    this.bar = element("div", "bar", this.root);
    this.body = element("div", "body", this.root);
    this.stage = element("div", "stage", this.body);
    this.canvas = element("canvas", "points", this.stage);
    this.glass = element("canvas", "glass", this.stage);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.live = element("p", "spoken", this.root);
    this.live.setAttribute("aria-live", "polite");
    Object.assign(this, { camera: new Camera(), scene: sceneFor(this.canvas), n: 0, moved: 1, rows: [], focus: -1, over: -1,
      muted: new Set(), options: { names: true, density: false, lasso: false }, line: [] });
    this.scene.onrestored = () => this.filled();
    this.stage.explorer = this; // for whoever looks from outside
    this.stage.dataset.renderer = this.scene.renderer;
    this.pictures = new Pictures(this);
    this.overlay = new Overlay(this);
    this.card = new Card(this);
    this.controls = new Controls(this);
    this.panel = new Panel(this);
    gestures(this.stage, this.camera, this.heard());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
  }

  // What the program sent: { base, xyz, info, words, answer?, sheet? }, each with its digest.
  show(head, shown) {
    const had = this.shown ?? {};
    this.shown = head.shown;
    Object.assign(this, { words: shown.words, info: shown.info, answer: shown.answer ?? null });
    const fresh = had.base !== head.shown.base, dark = tone(this.root).dark;
    if (fresh) this.begin(shown.base);
    if (shown.sheet && had.sheet !== head.shown.sheet) this.pictures.take(shown.sheet);
    if (fresh || had.xyz !== head.shown.xyz) this.layout(shown.xyz, fresh);
    if (fresh || this.dark !== dark) this.dress(dark);
    this.stage.style.height = `${this.info.height}px`;
    this.heading.textContent = this.info.title;
    this.stage.setAttribute("aria-label", this.info.alt);
    if (fresh || had.words !== head.shown.words || had.xyz !== head.shown.xyz) this.controls.draw();
    if (had.answer !== head.shown.answer || fresh) this.panel.draw();
    this.stage.classList.toggle("forming", this.info.forming);
    this.resize();
  }

  begin(base) {
    Object.assign(this, { base, n: base.n, columns: base.columns, focus: -1, over: -1, rows: [], line: [] });
    this.muted.clear();
    this.pictures.clear();
    this.card.hide();
    this.column = this.columns.find((c) => c.id === base.colour) ?? null;
    this.after = null;
  }

  layout({ d, coordinates }, fresh) {
    this.xyz = coordinates;
    const n = coordinates.length / d, next = new Float32Array(3 * n), low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) {
      const v = coordinates[i * d + j];
      if (v < low[j]) low[j] = v;
      if (v > high[j]) high[j] = v;
    }
    const half = Math.max(...Array.from({ length: d }, (_, j) => (high[j] - low[j]) / 2), 1e-30);
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) next[3 * i + j] = (coordinates[i * d + j] - (low[j] + high[j]) / 2) / half;
    this.flat = d < 3;
    if (fresh || d !== this.dimensions) this.camera.show(d > 2 && !this.info.axes);
    this.dimensions = d;
    this.before = fresh || !this.after || this.after.length !== next.length ? next : this.now();
    this.after = next;
    this.scene.places(this.before, this.after);
    this.since = performance.now();
    this.moved = this.before === this.after || calm() ? 1 : 0;
    this.peaks();
  }

  // Where the points are at this moment.
  now() {
    if (this.moved >= 1) return this.after;
    return this.after.map((v, j) => this.before[j] + this.moved * (v - this.before[j]));
  }

  peaks() {
    const k = this.column?.kind === "category" ? this.column.names.length : 0;
    const deep = this.camera.deep;
    const had = this.groups?.length === k ? this.groups : null;
    this.groups = k && k <= 60 && this.after ? contours(this.after, this.column.values, k, this.options.density && !deep) : [];
    this.groups.forEach((g, c) => (g.from = had?.[c]?.peak ?? g.peak));
    if (deep) this.centres();
  }

  // In space the name of a class stands at the mean of its points.
  centres() {
    const k = this.groups.length, sums = new Float64Array(4 * k), { values } = this.column ?? {};
    for (let i = 0; values && i < this.n; i++) {
      const c = values[i];
      if (c < 0 || c >= k) continue;
      for (let j = 0; j < 3; j++) sums[4 * c + j] += this.after[3 * i + j];
      sums[4 * c + 3] += 1;
    }
    this.groups.forEach((g, c) => (g.centre = sums[4 * c + 3] ? [0, 1, 2].map((j) => sums[4 * c + j] / sums[4 * c + 3]) : null));
  }

  dress(dark) {
    const changed = this.colours && this.dark !== dark;
    this.dark = dark;
    this.colours = new Colours(this.base, dark);
    this.filled();
    if (changed) {
      this.controls.legend();
      this.panel.draw();
    }
  }

  // Colours, marks and places to the graphics card.
  filled() {
    if (!this.colours) return;
    const opacity = this.n > 30_000 ? 0.55 : this.n > 5_000 ? 0.7 : 0.85;
    const [rgba, looks] = this.colours.all(this.column, this.n, opacity);
    Object.assign(this, { looks, rgba });
    this.scene.colours(rgba);
    this.scene.places(this.before, this.after);
    this.weigh();
  }

  // The name of a point's mark.
  markOf(i) {
    return this.column?.kind === "category" && this.column.values[i] >= 0 ? this.colours.markOf(this.column.values[i]) : "circle";
  }

  // 0 muted, 1 as usual, 2 selected
  weigh() {
    const { looks, rows, muted, column } = this, some = rows.length > 0 && this.focus < 0; // of one row the others are what it is looked at with
    for (let i = 0; i < this.n; i++) looks[2 * i + 1] = some || (muted.size && muted.has(column?.values[i])) ? 0 : 1;
    for (const i of rows) looks[2 * i + 1] = 2;
    this.scene.looks(looks);
    this.redraw();
  }

  colourBy(id) {
    this.column = this.columns.find((c) => c.id === id) ?? null;
    this.muted.clear();
    this.peaks();
    this.filled();
    this.controls.legend();
  }

  mute(code, alone) {
    const k = this.column.names.length;
    if (alone) {
      const only = this.muted.size === k - 1 && !this.muted.has(code);
      this.muted = new Set(only ? [] : Array.from({ length: k }, (_, c) => c).filter((c) => c !== code));
    } else if (!this.muted.delete(code)) this.muted.add(code);
    this.controls.legend();
    this.weigh();
  }

  option(name, on = !this.options[name]) {
    this.options[name] = on;
    if (name === "density") this.peaks();
    this.stage.classList.toggle("lassoing", this.options.lasso);
    this.controls.pressed();
    this.redraw();
  }

  // focus: the row that was clicked, whose neighbours are asked for; linked: told by another explorer of the group
  select(rows, focus = -1, linked = false) {
    Object.assign(this, { rows, focus, linked, answer: null });
    this.weigh();
    this.live.textContent = rows.length ? say(this.words.selected, { n: grouped(rows.length) }) : "";
    if (focus >= 0 && !linked) this.wish({ row: focus });
    this.panel.draw();
    if (linked || !this.base.group) return;
    for (const other of this.all) if (other !== this && other.base?.group === this.base.group && other.n === this.n) other.select(rows, -1, true);
  }

  // Asks the program; what is still wanted is said with it, as of two questions in a row it may hear the last alone.
  wish(wanted) {
    this.wanted = { row: this.focus, pictures: this.pictures.waiting(), ...wanted, base: this.shown.base, n: (this.asks = (this.asks ?? 0) + 1) };
    this.clickedAt = "row" in wanted ? performance.now() : this.clickedAt;
    this.ask?.(this.wanted);
  }

  pick(px, py) {
    const t = this.camera.turn, s = this.camera.pixels(), p = this.now(), { width, height, x, y } = this.camera;
    let best = -1, least = NEAR * NEAR;
    for (let i = 0; i < this.n; i++) {
      if (!this.looks[2 * i + 1] && !this.rows.length) continue; // muted by the legend
      const a = p[3 * i], b = p[3 * i + 1], c = p[3 * i + 2];
      const dx = width / 2 + (t[0] * a + t[1] * b + t[2] * c - x) * s - px, dy = height / 2 - (t[3] * a + t[4] * b + t[5] * c - y) * s - py;
      const d = dx * dx + dy * dy;
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }

  at(i) {
    const p = this.after, q = this.before, m = this.moved;
    return this.camera.project(q[3 * i] + m * (p[3 * i] - q[3 * i]), q[3 * i + 1] + m * (p[3 * i + 1] - q[3 * i + 1]), q[3 * i + 2] + m * (p[3 * i + 2] - q[3 * i + 2]));
  }

  heard() {
    return {
      moved: () => (this.card.hide(), this.redraw()),
      lassoing: () => this.options.lasso,
      hover: (x, y) => this.hover(this.pick(x, y)),
      leave: () => this.hover(-1),
      click: (x, y) => { const i = this.pick(x, y); this.hover(-1); i >= 0 ? this.select([i], i) : this.rows.length && this.select([]); },
      lasso: (line, done) => this.lasso(line, done),
      reset: () => (this.camera.reset(), this.redraw()),
      key: (event) => this.key(event),
    };
  }

  hover(i) {
    if (i === this.over) return;
    this.over = i;
    this.stage.style.cursor = i >= 0 ? "pointer" : "";
    i >= 0 ? this.card.show(i) : this.card.hide();
    this.redraw();
  }

  lasso(line, done) {
    this.line = done ? [] : line;
    if (done) {
      const path = new Path2D(), test = document.createElement("canvas").getContext("2d"), inside = [];
      line.forEach(([x, y], j) => (j ? path.lineTo(x, y) : path.moveTo(x, y)));
      for (let i = 0; i < this.n; i++) if (this.looks[2 * i + 1] || this.rows.length) if (test.isPointInPath(path, ...this.at(i))) inside.push(i);
      this.option("lasso", false);
      this.select(inside);
    }
    this.redraw();
  }

  key(event) {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    const { width, height } = this.camera;
    if (event.target !== this.stage || event.ctrlKey || event.metaKey) return;
    if (step) this.camera.deep && !event.shiftKey ? this.camera.rotate(-step[0], -step[1]) : this.camera.pan(...step);
    else if (event.key === "+" || event.key === "=") this.camera.zoomAt(1.3);
    else if (event.key === "-") this.camera.zoomAt(1 / 1.3);
    else if (event.key === "0") this.camera.reset();
    else if (event.key === "Escape") this.select([]);
    else if (event.key === "Enter") { const i = this.nearest(width / 2, height / 2); this.select([i], i); }
    else if (event.key === "." || event.key === ",") { const i = (this.focus + (event.key === "." ? 1 : -1) + this.n) % this.n; this.select([i], i); }
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.redraw();
  }

  nearest(px, py) {
    let best = 0, least = Infinity;
    for (let i = 0; i < this.n; i++) { const [x, y] = this.at(i), d = Math.hypot(x - px, y - py); if (d < least) [best, least] = [i, d]; }
    return best;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !this.after) return;
    this.camera.frame(width, height);
    this.redraw();
  }

  size() {
    const base = this.n > 30_000 ? 3.2 : this.n > 8_000 ? 4.6 : this.n > 1_500 ? 6.5 : this.n > 300 ? 8 : 11;
    const room = Math.min(1.1, Math.max(0.6, (this.camera.base / 280) ** 0.7)); // of a phone there is less
    return base * room * Math.min(2.6, Math.max(0.85, this.camera.zoom ** 0.45));
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw(density = Math.min(2, devicePixelRatio || 1), canvas) {
    if (!this.after || !this.camera.width) return;
    const began = performance.now();
    if (this.moved < 1) {
      const t = Math.min(1, (began - this.since) / GLIDE);
      this.moved = t < 1 ? 1 - (1 - t) ** 3 : 1;
      this.redraw();
    }
    const look = tone(this.root), { width, height } = this.camera;
    if (look.dark !== this.dark) this.dress(look.dark);
    this.scene.draw({ width, height, density, camera: this.camera, moved: this.moved, size: this.size(), paper: look.paper.map((v) => v / 255) });
    this.overlay.draw(look, density);
    this.frames = (this.frames ?? 0) + 1;
  }

  end() {
    this.watch.disconnect();
    this.pictures.clear();
    this.canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
