// One figure, drawn with Plotly: it follows Streamlit's theme and width, and grows by what `wire.py` sends.

import "./plotly-cartesian-4.1.1.min.js";
import { element, fileName, plain, recolour, tone } from "./looks.js";
import { numbers, overlay, unpackTrace } from "./unpack.js";

const Plotly = window.Plotly;
const NARROW = 540; // pixels below which pictures side by side go one above the other
const SMALL = 11; // pixels of the letters of their legends, so that two names stand side by side on a phone
const KEEP = 5_000; // ms for which a chart that has lost its place waits for another

export class Chart {
  // `gone` is called when no place has taken it for a while.
  constructor(gone) {
    this.gone = gone;
    this.root = element("div", "infoscope-live");
    this.heading = element("h4", "", this.root);
    this.plot = element("div", "plot", this.root);
    this.plot.setAttribute("role", "img");
    this.note = element("p", "note", this.root);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.root);
  }

  move(parent) {
    this.parent = parent;
    clearTimeout(this.leaving);
    parent.appendChild(this.root);
  }

  leave(parent) {
    if (this.parent !== parent) return; // it has moved on
    this.parent = null;
    this.root.remove();
    this.leaving = setTimeout(() => this.end(), KEEP);
  }

  begin(data) {
    if (data.id === this.id && data.v <= this.v) return this.draw();
    const { id, v, key, dark, height, save, alt, click, waiting, figure } = data;
    if (this.save !== save) this.config = this.buttons(save);
    Object.assign(this, { id, v, key, dark, height, save, alt, click });
    this.figure = figure && { data: figure.data.map(unpackTrace), layout: overlay({}, figure.layout) };
    this.root.classList.toggle("waiting", !figure);
    this.note.textContent = waiting ?? "";
    if (!figure) this.wait();
    this.draw();
  }

  // Its room, that of its title included, so that nothing below moves when it comes.
  wait() {
    this.heading.textContent = "\u00a0";
    this.plot.style.height = `${this.height}px`;
  }

  advance(data) {
    this.v = data.v;
    this.alt = data.alt ?? this.alt;
    for (const [i, [x, y]] of Object.entries(data.grow ?? {})) {
      const trace = this.figure.data[i];
      trace.x = [...trace.x, ...numbers(x)];
      trace.y = [...trace.y, ...numbers(y)];
    }
    for (const [i, values] of Object.entries(data.set ?? {})) Object.assign(this.figure.data[i], unpackTrace(values));
    overlay(this.figure.layout, data.layout ?? {});
    this.draw();
  }

  ask(data, setTriggerValue) {
    const message = `${data.id}:${data.v}`;
    if (this.asked === message) return; // once for each message that cannot be used
    this.asked = message;
    setTriggerValue("resync", message);
  }

  draw() {
    if (!this.figure) return;
    this.tone = tone(this.root);
    const meta = this.figure.layout.meta ?? {};
    this.narrow = this.slim();
    const height = this.height * ((this.narrow && meta.narrow_height) || 1);
    this.heading.textContent = plain(this.figure.layout.title?.text ?? "");
    this.plot.setAttribute("aria-label", this.alt || meta.alt || this.heading.textContent);
    this.plot.style.height = `${height}px`;
    const { data, layout } = this.dressed(this.tone.dark);
    const { title, ...rest } = layout;
    const legend = { ...rest.legend, ...(this.narrow ? { font: { size: SMALL } } : {}) };
    const shown = { ...rest, legend, ...this.tone.layout(), ...(this.narrow ? layout.meta?.narrow : {}), height, autosize: true };
    const margin = { ...rest.margin, t: meta.top ?? 8 }; // the title is the heading's
    const merged = { ...shown, margin, uirevision: "keep", datarevision: `${this.id}:${this.v}` };
    this.next(async () => {
      const zoomed = this.inUnit(meta.scale);
      await Plotly.react(this.plot, data, merged, this.config);
      if (zoomed) await Plotly.relayout(this.plot, zoomed);
    });
    if (this.click && !this.listening) this.next(() => this.listen());
  }

  // A unit is only a view: what the viewer zoomed to is the same stretch in the other unit.
  inUnit(scale = {}) {
    const before = this.scale ?? scale, out = {};
    this.scale = scale;
    for (const [name, factor] of Object.entries(scale)) {
      const axis = this.plot.layout?.[`${name}axis`];
      if (!before[name] || before[name] === factor || !axis?.range || axis.autorange) continue;
      out[`${name}axis.range`] = axis.range.map((value) => (value * factor) / before[name]);
    }
    return Object.keys(out).length ? out : null;
  }

  // A click on a cell of a map tells its row and column, one on a mark what the figure says of it, if anything.
  listen() {
    this.listening = true;
    this.plot.on("plotly_click", ({ points: [point] }) => {
      const place = point.customdata ?? point.pointIndex ?? point.pointNumber;
      if (Array.isArray(place)) this.tell(place);
    });
  }

  // Light is what the figure is written in; each of its colours may have a counterpart in the dark.
  dressed(dark) {
    return dark ? recolour(this.figure, this.dark) : recolour(this.figure, {});
  }

  // Made once for a label: another object, another drawing, and the zoom would be gone.
  buttons(save) {
    const pictures = ["PNG", "SVG"].map((kind) => {
      const title = `${save} (${kind})`;
      return { name: title, title, icon: Plotly.Icons.camera, click: () => this.saved(kind.toLowerCase()) };
    });
    return {
      displaylogo: false,
      responsive: false,
      doubleClick: "reset",
      plotlyServerURL: "", // Plotly's own bar would offer to send the data to its cloud
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", ...pictures]],
    };
  }

  saved(format) {
    const { data, layout } = this.dressed(false);
    const size = { width: Math.max(this.root.clientWidth, 640), height: this.height + 40 };
    const name = fileName(layout.meta?.file ?? this.heading.textContent);
    const scale = format === "png" ? 2 : 1; // for print
    return Plotly.downloadImage({ data, layout: { ...layout, ...size } }, { format, filename: name, scale, ...size });
  }

  slim() {
    const width = this.root.clientWidth;
    return width > 0 && width < (this.figure.layout.meta?.narrow_below ?? NARROW);
  }

  resize() {
    if (!this.figure || !this.root.clientWidth) return;
    if (this.narrow !== this.slim()) this.draw();
    else this.next(() => this.root.clientWidth && Plotly.Plots.resize(this.plot)); // it may be hidden by then
  }

  // One after the other: Plotly draws in several turns and must not be disturbed in between.
  next(work) {
    this.task = (this.task ?? Promise.resolve()).then(() => this.over || work()).catch((error) => console.error(error));
  }

  end() {
    this.gone();
    this.watch.disconnect();
    this.next(() => Plotly.purge(this.plot));
    this.next(() => (this.over = true));
  }
}
