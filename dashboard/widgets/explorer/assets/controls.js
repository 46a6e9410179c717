// What can be set: colour, search, names, density, lasso, plane or space, what is saved; and the legend.

import { swatch } from "./colours.js";
import { text, titled } from "./card.js";
import { button, download, element, grouped, say, tone, written } from "./dom.js";
import { mixed } from "./marks.js";
import { Drawing, points } from "./svg.js";

const TOP = 34, EDGE = 70; // pixels of a saved picture above the points, and above and below
const STEPS = 40; // of a scale of numbers
const FEW = 14; // classes that a legend shows before the rest is folded away

export class Controls {
  constructor(explorer) {
    this.e = explorer;
    this.list = element("div", "legend", explorer.root);
    explorer.root.insertBefore(this.list, explorer.body.nextSibling);
  }

  draw() {
    const { e } = this, { words } = e;
    const signature = [e.shown.base, e.shown.words, e.places.dimensions].join();
    if (signature === this.drawn) return this.legend();
    this.drawn = signature;
    e.bar.replaceChildren();
    const label = element("label", "field", e.bar, `${words.colour} `);
    this.colour = element("select", "", label);
    for (const [id, title] of [["", words.nothing], ...e.columns.map((c) => [c.id, c.title])]) Object.assign(element("option", "", this.colour, title), { value: id });
    this.colour.value = e.column?.id ?? "";
    this.colour.addEventListener("change", () => e.colourBy(this.colour.value));
    this.search = Object.assign(element("input", "search", e.bar), { type: "search", placeholder: words.search });
    this.search.setAttribute("aria-label", words.search);
    this.search.addEventListener("input", () => (clearTimeout(this.typing), this.search.value ? (this.typing = setTimeout(() => this.find(), 250)) : this.find()));
    this.search.addEventListener("keydown", (event) => event.key === "Enter" && this.find(true));
    this.found = element("span", "quiet found", e.bar);
    this.tools = element("div", "tools", e.bar);
    this.toggles = {};
    for (const [name, icon] of [["lasso", "lasso"], ["names", "names"], ["density", "density"]])
      this.toggles[name] = button(icon, words[name], this.tools, () => e.option(name), { toggles: true });
    if (e.places.dimensions > 2) this.toggles.space = button("turn", words.space, this.tools, () => this.space(), { toggles: true });
    button("reset", words.reset, this.tools, () => (e.camera.reset(), e.redraw()));
    button("save", words.png, this.tools, () => this.png());
    button("vector", words.svg, this.tools, () => this.svg());
    button("table", words.csv, this.tools, () => this.csv());
    this.pressed();
    this.legend();
  }

  space() {
    const { e } = this;
    e.camera.show(!e.camera.deep);
    e.peaks();
    this.pressed();
    e.redraw();
  }

  pressed() {
    for (const [name, node] of Object.entries(this.toggles ?? {})) node.setAttribute("aria-pressed", name === "space" ? this.e.camera.deep : this.e.options[name]);
  }

  legend() {
    const { e } = this, { column } = e;
    this.list.replaceChildren();
    if (!column || !e.colours) return;
    if (column.kind === "number") return this.gradient(column);
    const counts = new Int32Array(column.names.length);
    for (let i = 0; i < e.n; i++) if (column.values[i] >= 0) counts[column.values[i]] += 1;
    const codes = [...counts.keys()].filter((c) => counts[c]), shown = this.all ? codes : codes.slice(0, FEW);
    for (const code of shown) {
      const chip = element("button", "chip", this.list);
      chip.type = "button";
      chip.title = e.words.legend;
      chip.setAttribute("aria-pressed", !e.muted.has(code));
      chip.innerHTML = swatch(e.colours.ofClass(code), e.colours.markOf(code));
      element("span", "", chip, column.names[code]);
      element("span", "quiet", chip, grouped(counts[code]));
      chip.addEventListener("click", (event) => e.mute(code, event.detail === 2 || event.altKey || event.shiftKey));
    }
    if (codes.length > FEW) button(null, e.words.all, this.list, () => ((this.all = !this.all), this.legend()), { text: this.all ? e.words.fewer : say(e.words.more, { n: codes.length - FEW }) });
  }

  gradient(column) {
    const { e } = this, box = element("div", "scale", this.list);
    element("span", "quiet", box, written(column.low));
    element("i", "", box).style.background = `linear-gradient(90deg, ${e.colours.scaleNames.join()})`;
    element("span", "quiet", box, written(column.high));
    element("span", "", box, column.title);
  }

  // By row number, or by part of a label's, a cluster's or a row's name; "label 4" looks among labels alone.
  find(go = false) {
    const { e } = this, wanted = this.search.value.trim().toLowerCase();
    if (!wanted) return (this.found.textContent = ""), e.select([]);
    const hits = [], number = /^\d+$/.test(wanted) ? Number(wanted) : null, kinds = e.columns.filter((c) => c.kind === "category");
    const own = kinds.find((c) => wanted.startsWith(`${c.title.toLowerCase()} `)), term = own ? wanted.slice(own.title.length).trim() : wanted;
    const fits = (name) => (own?.names.some((other) => other.toLowerCase() === term) ? name.toLowerCase() === term : name.toLowerCase().includes(term));
    const classes = (own ? [own] : kinds).map((c) => [c, new Set(c.names.flatMap((name, code) => (fits(name) ? [code] : [])))]);
    for (let i = 0; i < e.n; i++) {
      const named = e.base.titles[i]?.toLowerCase().includes(wanted);
      if (number !== null ? e.base.numbers[i] === number : named || classes.some(([c, codes]) => codes.has(c.values[i]))) hits.push(i);
    }
    if (number !== null && !hits.length) for (let i = 0; i < e.n; i++) if (classes.some(([c]) => text(c, i).toLowerCase() === wanted)) hits.push(i);
    this.found.textContent = hits.length ? say(e.words.found, { n: grouped(hits.length) }) : e.words.none;
    e.select(hits, hits.length === 1 ? hits[0] : -1);
    if (hits.length && (go || hits.length === 1)) this.go(hits);
  }

  go(rows) {
    const { e } = this, p = e.places.now();
    if (!e.camera.deep) e.camera.enclose(rows.map((i) => [p[3 * i], p[3 * i + 1]]));
    e.redraw();
  }

  // At twice the size: paper, points, what lies over them, the title and the legend.
  png() {
    const { e } = this, { width, height } = e.camera, scale = 2;
    e.rest();
    e.draw(scale);
    const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: (height + EDGE) * scale }), c = canvas.getContext("2d");
    c.scale(scale, scale);
    this.edge(c);
    for (const layer of [e.canvas, e.glass]) c.drawImage(layer, 0, TOP, width, height);
    canvas.toBlob((blob) => download(blob, `${file(e.info.title)}.png`));
    e.redraw();
  }

  // The same as lines, marks and letters that a drawing program can change.
  svg() {
    const { e } = this, { width, height } = e.camera, c = new Drawing(width, height + EDGE);
    this.edge(c);
    c.translate(0, TOP);
    points(e, mixed(e.n), c);
    e.overlay.paint(c, tone(e.root));
    download(new Blob([c.text(e.info.title)], { type: "image/svg+xml" }), `${file(e.info.title)}.svg`);
  }

  // Paper, title and legend.
  edge(c) {
    const { e } = this, { width, height } = e.camera, look = tone(e.root), { column } = e;
    c.fillStyle = look.ground;
    c.fillRect(0, 0, width, height + EDGE);
    c.fillStyle = look.ink;
    c.font = `600 16px ${look.font}`;
    c.fillText(e.info.title, 12, 24, width - 24);
    c.font = `12px ${look.font}`;
    if (column?.kind === "number") return this.scaled(c, column, height + 44, look);
    let x = 12;
    for (const chip of this.list.querySelectorAll(".chip")) {
      const name = chip.querySelector("span").textContent, code = column.names.indexOf(name);
      if (x + c.measureText(name).width + 20 > width) break;
      c.fillStyle = e.colours.ofClass(code);
      c.fillRect(x, height + 44, 10, 10);
      c.fillStyle = look.ink;
      c.fillText(name, x + 15, height + 53);
      x += c.measureText(name).width + 32;
    }
  }

  // A scale of numbers: its ends, its colours between them, and what it is of.
  scaled(c, column, y, look) {
    const low = written(column.low), x = 18 + c.measureText(low).width;
    c.fillText(low, 12, y + 9);
    for (let j = 0; j < STEPS; j++) {
      c.fillStyle = `rgb(${this.e.colours.ofShare(j / (STEPS - 1)).join(",")})`;
      c.fillRect(x + 3 * j, y, j + 1 < STEPS ? 4 : 3, 10); // without a seam
    }
    c.fillStyle = look.ink;
    c.fillText(`${written(column.high)}\u2002${column.title}`, x + 3 * STEPS + 6, y + 9);
  }

  // The selected rows, or all: number, name, place, and every column.
  csv() {
    const { e } = this, rows = e.rows.length ? e.rows : Array.from({ length: e.n }, (_, i) => i), axes = ["x", "y", "z"].slice(0, e.places.dimensions), raw = e.places.xyz;
    const lines = [[e.words.number, e.words.name, ...axes, ...e.columns.map((c) => c.title)]];
    for (const i of rows) lines.push([e.base.numbers[i], titled(e, i), ...axes.map((_, j) => raw[i * axes.length + j]), ...e.columns.map((c) => (c.kind === "category" ? text(c, i) : c.values[i]))]);
    const blob = new Blob(["\ufeff", lines.map((line) => line.map(quoted).join()).join("\n")], { type: "text/csv" });
    download(blob, `${file(e.info.title)}.csv`);
  }
}

// A number as it is; text that a spreadsheet would run as a formula is kept from it by a leading apostrophe.
function quoted(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function file(title) {
  return title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "embedding";
}
