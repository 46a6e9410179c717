// One explorer: what it shows, what is selected, and when it is drawn anew.

import { Camera, gestures } from "./camera.js";
import { Card } from "./card.js";
import { Colours } from "./colours.js";
import { Controls } from "./controls.js";
import { contours } from "./density.js";
import { element, grouped, say, tone } from "./dom.js";
import { hands } from "./hands.js";
import { neighbours } from "./neighbours.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Places } from "./places.js";
import { enquire, wish } from "./questions.js";
import { sceneFor } from "./scene.js";

const THINNED = 20_000; // points that the processor draws while the picture moves: a third of 60,000 takes a third of the time
const REST = 140; // ms after which a picture that moved is at rest, and all points are drawn

export class Explorer {
  constructor(all) {
    this.all = all;
    this.root = element("div", "infoscope-explorer");
    this.root.style.visibility = "hidden"; // until its styles, which may come later, say otherwise: bare it would jump
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
    Object.assign(this, { camera: new Camera(), places: new Places(), scene: sceneFor(this.canvas), n: 0, rows: [], focus: -1, over: -1,
      muted: new Set(), options: { names: true, density: false, lasso: false }, line: [] });
    this.scene.onrestored = () => this.filled();
    this.stage.explorer = this; // for whoever looks from outside
    this.stage.dataset.renderer = this.scene.renderer;
    this.pictures = new Pictures(this);
    this.overlay = new Overlay(this);
    this.card = new Card(this);
    this.controls = new Controls(this);
    this.panel = new Panel(this);
    gestures(this.stage, this.camera, hands(this));
    for (const near of ["pointerenter", "focus"]) this.stage.addEventListener(near, () => enquire(this));
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
  }

  // What the program sent: { base, xyz, info, words, features?, answer?, sheet? }, each with its digest.
  show(head, shown) {
    const had = this.shown ?? {};
    this.shown = head.shown;
    Object.assign(this, { words: shown.words, info: shown.info, features: shown.features ?? null });
    const fresh = had.base !== head.shown.base, dark = tone(this.root).dark;
    if (fresh) this.begin(shown.base);
    if (shown.sheet && had.sheet !== head.shown.sheet) this.pictures.take(shown.sheet);
    if (fresh || had.xyz !== head.shown.xyz) this.layout(shown.xyz, fresh);
    if (fresh || this.dark !== dark) this.dress(dark);
    this.stage.style.height = `${this.info.height}px`;
    this.heading.textContent = this.info.title;
    this.stage.setAttribute("aria-label", this.info.alt);
    if (fresh || had.words !== head.shown.words || had.xyz !== head.shown.xyz) this.controls.draw();
    const lacking = !this.answer && shown.answer?.row === this.focus; // asked for a second time, and the same as then
    if (fresh || lacking || had.answer !== head.shown.answer || had.features !== head.shown.features) this.answered(shown.answer);
    this.stage.classList.toggle("forming", this.info.forming);
    this.resize();
  }

  begin(base) {
    Object.assign(this, { base, n: base.n, columns: base.columns, focus: -1, over: -1, rows: [], line: [] });
    this.muted.clear();
    this.pictures.clear();
    this.card.hide();
    this.column = this.columns.find((c) => c.id === base.colour) ?? null;
    this.places.clear();
  }

  layout(sent, fresh) {
    const { places, camera } = this;
    if (fresh || sent.d !== places.dimensions) camera.show(sent.d > 2 && !this.info.axes);
    places.take(sent, fresh);
    this.scene.places(places.before, places.after);
    this.peaks();
  }

  // Where each class lies densest, for its name and the lines around it; in space the mean of its points.
  peaks() {
    const k = this.column?.kind === "category" ? this.column.names.length : 0, { after } = this.places;
    const had = this.groups?.length === k ? this.groups : null, { deep } = this.camera;
    this.groups = k && k <= 60 && after ? contours(after, this.column.values, k, this.options.density && !deep) : [];
    this.groups.forEach((g, c) => (g.from = had?.[c]?.peak ?? g.peak));
    if (deep) this.places.centres(this.column?.values ?? [], this.groups.length).forEach((centre, c) => (this.groups[c].centre = centre));
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
    this.scene.places(this.places.before, this.places.after);
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

  // focus: the row that was clicked, whose neighbours are wanted; linked: told by another explorer of the group
  select(rows, focus = -1, linked = false) {
    Object.assign(this, { rows, focus, linked, clickedAt: performance.now() });
    this.weigh();
    this.live.textContent = rows.length ? say(this.words.selected, { n: grouped(rows.length) }) : "";
    this.answered(null);
    if (focus >= 0 && !linked && !this.answer) wish(this, { row: focus });
    if (linked || !this.base.group) return;
    for (const other of this.all) if (other !== this && other.base?.group === this.base.group && other.n === this.n) other.select(rows, -1, true);
  }

  // The neighbours of the row that was clicked: found here where the features are, else as the program says, or not yet.
  answered(said) {
    const own = this.features && this.focus >= 0 && !this.linked;
    this.answer = own ? neighbours(this.features, this.focus) : said ?? null;
    this.panel.draw();
  }

  // Whether a point can be met: one that the legend mutes cannot, one that a selection mutes can.
  counts(i) {
    return Boolean(this.looks[2 * i + 1] || this.rows.length);
  }

  pick(px, py) {
    return this.places.pick(px, py, this.camera, (i) => this.counts(i));
  }

  at(i) {
    return this.places.at(i, this.camera);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !this.places.after) return;
    this.camera.frame(width, height);
    this.redraw();
  }

  size() {
    const base = this.n > 30_000 ? 3.2 : this.n > 8_000 ? 4.6 : this.n > 1_500 ? 6.5 : this.n > 300 ? 8 : 11;
    const room = Math.min(1.1, Math.max(0.6, (this.camera.base / 280) ** 0.7)); // of a phone there is less
    return base * room * Math.min(2.6, Math.max(0.85, this.camera.zoom ** 0.45));
  }

  // The picture is being moved: of very many points a random sample is drawn until it rests, and that is said.
  travel() {
    clearTimeout(this.resting);
    this.thinned = this.scene.slow && this.n > THINNED;
    this.resting = setTimeout(() => (this.rest(), this.redraw()), REST);
    this.redraw();
  }

  get most() {
    return this.thinned ? THINNED : this.n;
  }

  rest() {
    clearTimeout(this.resting);
    this.thinned = false;
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw(density = Math.min(2, devicePixelRatio || 1), canvas) {
    if (!this.places.after || !this.camera.width) return;
    if (this.places.glide(performance.now())) this.redraw();
    const look = tone(this.root), { width, height } = this.camera;
    if (look.dark !== this.dark) this.dress(look.dark);
    this.scene.draw({ width, height, density, camera: this.camera, moved: this.places.moved, most: this.most, size: this.size(), paper: look.paper.map((v) => v / 255) });
    this.overlay.draw(look, density);
    this.frames = (this.frames ?? 0) + 1;
  }

  end() {
    this.rest();
    this.watch.disconnect();
    this.pictures.clear();
    this.canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
