// Small helpers for what is drawn as HTML.

export function element(tag, name, parent, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  parent?.appendChild(node);
  return node;
}

const ICONS = {
  lasso: "M7 3.5c-3 .6-5 2.4-5 4.6 0 2.7 3.1 4.4 7 4.4s7-1.8 7-4.4S13 3.6 9 3.6c-.7 0-1.300 0-2-.1M5.500 12c-1 .5-1.300 1.600-.6 2.300.7.7 1.800.3 1.800-.7 0-.7-.5-1.200-1.200-1.600",
  names: "M3 4h12M9 4v11M6.500 15h5",
  density: "M9 2.500c4 0 6.500 2.600 6.500 6s-2.700 6.500-6.500 6.500S2.500 12.500 2.500 9 5 2.500 9 2.500M9 6c1.900 0 3 1.200 3 3s-1.200 3-3 3-3-1.300-3-3 1.200-3 3-3",
  reset: "M3 7V3h4M15 7V3h-4M3 11v4h4M15 11v4h-4",
  save: "M9 2.500v8.500M5.500 8 9 11.500 12.500 8M3 14.500h12",
  vector: "M3.5 14.5C4 8 8 4 14.5 3.5M2 13h3v3H2zM13 2h3v3h-3zM3.5 13V6M6 3.5h7",
  table: "M2.500 3.500h13v11h-13zM2.500 7.200h13M2.500 10.900h13M7 3.500v11",
  close: "M4 4l10 10M14 4L4 14",
  turn: "M9 2.500 15 6v6.500L9 15.500 3 12.500V6zM9 9l6-3M9 9 3 6M9 9v6.500",
};

export function button(icon, label, parent, act, { text, toggles } = {}) {
  const node = element("button", text ? "tool wide" : "tool", parent);
  node.type = "button";
  node.title = label;
  node.setAttribute("aria-label", label);
  if (toggles) node.setAttribute("aria-pressed", "false");
  if (icon) node.innerHTML = `<svg viewBox="0 0 18 18" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
  if (text) node.append(text);
  node.addEventListener("click", (event) => (event.stopPropagation(), act(event)));
  return node;
}

// A canvas of this many pixels; it is cleared where that is another number.
export function fit(canvas, width, height, density) {
  const w = Math.max(1, Math.round(width * density)), h = Math.max(1, Math.round(height * density));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
}

// "{n} rows" with its places filled in.
export function say(template, values = {}) {
  return (template ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function grouped(n) {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

export function written(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = Number.isInteger(value) && size < 1e7 ? grouped(size) : size && (size < 1e-3 || size >= 1e6) ? size.toExponential(2) : Number(size.toPrecision(size < 1 ? 3 : 4)).toString();
  return value < 0 ? `−${text}` : text;
}

export function download(blob, file) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What Streamlit's theme says about ink, lines and letters.
export function tone(node) {
  const style = getComputedStyle(node), css = (name) => style.getPropertyValue(name).trim();
  const paper = rgb(css("--st-background-color")), ink = css("--st-text-color");
  return { ink, paper, ground: css("--st-background-color"), accent: css("--st-primary-color"), line: css("--st-border-color"),
    font: css("--st-font") || "sans-serif", dark: (0.2126 * paper[0] + 0.7152 * paper[1] + 0.0722 * paper[2]) / 255 < 0.4 };
}

const asked = new Map();

export function rgb(colour) {
  if (!asked.has(colour)) {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    asked.set(colour, [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
  }
  return asked.get(colour);
}
