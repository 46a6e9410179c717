// What a figure looks like on this page: ink, paper, colours in the dark, its heading, its file's name.

const LONGEST = 60; // letters of a file's name

export function element(tag, name, parent) {
  const node = document.createElement(tag);
  node.className = name;
  parent?.appendChild(node);
  return node;
}

// What Streamlit's theme says about ink, lines and letters.
export function tone(node) {
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

export function recolour(value, map) {
  if (typeof value === "string") return map[value] ?? value;
  if (Array.isArray(value)) return typeof value.at(-1) === "number" ? value : value.map((v) => recolour(v, map));
  if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recolour(v, map)]));
}

// Plotly's titles carry entities; a heading is text.
export function plain(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

// As many whole words of what is shown as a file name has room for.
export function fileName(text) {
  const name = text.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-|-$/g, "");
  return (name.length > LONGEST ? name.slice(0, LONGEST + 1).replace(/-[^-]*$/, "").slice(0, LONGEST) : name) || "chart";
}
