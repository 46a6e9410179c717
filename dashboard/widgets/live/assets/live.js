// Draws a figure with Plotly, follows Streamlit's theme and width, and applies what `wire.py` sends.

import "./plotly-cartesian-4.1.1.min.js";

const Plotly = window.Plotly;
const charts = new Set();
const NARROW = 540; // pixels below which pictures side by side go one above the other
const SMALL = 11; // pixels of the letters of their legends, so that two names stand side by side on a phone
const KEEP = 5_000; // ms for which a chart that has lost its place waits for another
const REST = 200; // ms at least between a drawing and the next poll: a slow machine stays able to hear a click
const PATIENCE = 10_000; // ms after which a poll that nobody answered is repeated

export default function ({ data: sent, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(sent));
  if ("view" in data) return bring(data);
  if ("pulse" in data) return pulse(data, parentElement, setTriggerValue);
  const chart = place(data, parentElement);
  chart.tell = (place) => setTriggerValue("clicked", place);
  if ("figure" in data) chart.begin(data);
  else if (data.id === chart.id && data.v === chart.v + 1) chart.advance(data);
  else if (data.id !== chart.id || data.v > chart.v + 1) chart.ask(data, setTriggerValue);
  else chart.draw(); // nothing new: the theme changed
  return () => chart.leave(parentElement);
}

// What was started comes into view, once.
const brought = new Set();

function bring({ view, once }) {
  const place = document.querySelector(view);
  const top = place?.getBoundingClientRect().top;
  if (once && place && !brought.has(once) && (top < 0 || top > 0.6 * innerHeight)) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  }
  if (once) brought.add(once);
}

// The chart of this place; one whose place has gone because something was put above it moves here as it is.
function place(data, parent) {
  const known = [...charts];
  const chart =
    known.find((c) => c.parent === parent) ?? known.find((c) => c.id === data.id || (data.key && c.key === data.key)) ?? new Chart();
  charts.add(chart);
  if (chart.parent !== parent) chart.move(parent);
  return chart;
}

// Asks for the next poll once everything is drawn that the last one brought, and never before.
const pulses = new WeakMap();

function pulse({ pulse: every, n }, parent, setTriggerValue) {
  const known = pulses.get(parent) ?? { asked: -Infinity };
  pulses.set(parent, known);
  const ask = () => {
    known.asked = performance.now();
    setTriggerValue("poll", n);
    known.timer = setTimeout(ask, PATIENCE);
  };
  if (known.n !== n) {
    known.n = n;
    clearTimeout(known.timer);
    Promise.allSettled([...charts].map((chart) => chart.task)).then(() => {
      if (known.n === n) known.timer = setTimeout(ask, Math.max(REST, known.asked + every - performance.now()));
    });
  }
  return () => {
    known.n = null;
    clearTimeout(known.timer);
  };
}

class Chart {
  constructor() {
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

  // A click on a cell of a map tells its row and column.
  listen() {
    this.listening = true;
    this.plot.on("plotly_click", ({ points: [point] }) => this.tell(point.pointIndex ?? point.pointNumber));
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
    const name = this.heading.textContent.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "chart";
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
    charts.delete(this);
    this.watch.disconnect();
    this.next(() => Plotly.purge(this.plot));
    this.next(() => (this.over = true));
  }
}

function element(tag, name, parent) {
  const node = document.createElement(tag);
  node.className = name;
  parent?.appendChild(node);
  return node;
}

// What Streamlit's theme says about ink, lines and letters.
function tone(node) {
  const style = getComputedStyle(node);
  const css = (name) => style.getPropertyValue(name).trim();
  const ink = css("--st-text-color"), paper = css("--st-background-color");
  const font = { family: css("--st-font"), color: ink, size: 13 };
  const layout = () => {
    const out = { font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: paper };
    out.hoverlabel = { bgcolor: css("--st-secondary-background-color"), bordercolor: css("--st-border-color"), font };
    out.modebar = { bgcolor: "rgba(0,0,0,0)", color: css("--st-border-color"), activecolor: ink };
    return out;
  };
  return { dark: luminance(paper) < 0.4, layout };
}

function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

function recolour(value, map) {
  if (typeof value === "string") return map[value] ?? value;
  if (Array.isArray(value)) return typeof value.at(-1) === "number" ? value : value.map((v) => recolour(v, map));
  if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recolour(v, map)]));
}

// Laid over, key by key; what the figure on this side owns is never what the message owns.
function overlay(under, over) {
  for (const [key, value] of Object.entries(over)) {
    const nested = value && typeof value === "object" && !Array.isArray(value) && !value.bdata && !value.even;
    under[key] = nested ? overlay(under[key] ?? {}, value) : value?.even ? numbers(value) : value;
  }
  return under;
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function numbers(value) {
  if (value?.even) return Array.from({ length: value.even[2] }, (_, i) => value.even[0] + i * value.even[1]);
  if (!value?.bdata) return value;
  const raw = bytes(value.bdata).buffer;
  return Array.from(new { f4: Float32Array, i4: Int32Array, u4: Uint32Array, u1: Uint8Array }[value.dtype](raw));
}

// Curves grow, so they are plain arrays here; maps in 256 shades become numbers again; Plotly reads the rest itself.
function unpackTrace(trace) {
  const out = { ...trace };
  for (const key of ["x", "y"]) if (out[key] && !out[key].shape) out[key] = numbers(out[key]);
  if (out.z?.u1) out.z = shaded(out.z);
  return out;
}

function shaded({ lo, hi, cols, u1 }) {
  const flat = Array.from(bytes(u1), (q) => lo + (q * (hi - lo)) / 255);
  return Array.from({ length: flat.length / cols }, (_, row) => flat.slice(row * cols, (row + 1) * cols));
}

// Plotly's titles carry entities; a heading is text.
function plain(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
