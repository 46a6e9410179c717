// The picture as SVG: a drawing that takes the same orders as a canvas, and the points as marks that a program can move.

import { shapes } from "./colours.js";

const SIZES = [0.8, 1, 1.35], STRENGTHS = [0.14, 1, 1.2]; // of what is muted, as usual, and selected: as the scene has them

// As much of a canvas's 2D context as the explorer draws with; `text()` is the file.
export class Drawing {
  constructor(width, height) {
    Object.assign(this, { width, height, out: [], path: "", moves: [], fillStyle: "#000", strokeStyle: "#000", globalAlpha: 1, lineWidth: 1,
      font: "12px sans-serif", textAlign: "start", textBaseline: "alphabetic", lineJoin: "miter", dash: [], kept: [] });
    this.measured = document.createElement("canvas").getContext("2d");
  }

  add(tag, attributes, content) {
    const said = Object.entries(attributes).filter(([, v]) => v !== "" && v !== undefined).map(([k, v]) => ` ${k}="${plain(v)}"`).join("");
    const one = `<${tag}${said}${content === undefined ? "/>" : `>${content}</${tag}>`}`;
    this.out.push(this.moves.length ? `<g transform="${this.moves.join(" ")}">${one}</g>` : one);
  }

  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${r(x)} ${r(y)}`; }
  lineTo(x, y) { this.path += `L${r(x)} ${r(y)}`; }
  closePath() { this.path += "Z"; }
  arc(x, y, radius) { this.path += `M${r(x - radius)} ${r(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`; }
  stroke() { if (this.path) this.add("path", { d: this.path, fill: "none", ...this.line() }); }
  fill() { if (this.path) this.add("path", { d: this.path, ...this.paint() }); }
  fillRect(x, y, width, height) { this.add("rect", { x: r(x), y: r(y), width: r(width), height: r(height), ...this.paint() }); }
  strokeRect(x, y, width, height) { this.add("rect", { x: r(x), y: r(y), width: r(width), height: r(height), fill: "none", ...this.line() }); }
  fillText(text, x, y, most) { this.write(text, x, y, { ...this.paint(), textLength: most && this.measureText(text).width > most ? most : "" }); }
  strokeText(text, x, y) { this.write(text, x, y, { fill: "none", ...this.line() }); }
  setLineDash(dash) { this.dash = dash; }
  save() { this.kept.push([...this.moves]); }
  restore() { this.moves = this.kept.pop() ?? []; }
  translate(x, y) { this.moves.push(`translate(${r(x)} ${r(y)})`); }
  rotate(angle) { this.moves.push(`rotate(${r((angle * 180) / Math.PI)})`); }
  measureText(text) { this.measured.font = this.font; return this.measured.measureText(text); }

  // A part of an image, as a picture of its own.
  drawImage(image, sx, sy, sw, sh, x, y, width, height) {
    const one = Object.assign(document.createElement("canvas"), { width: sw, height: sh });
    one.getContext("2d").drawImage(image, sx, sy, sw, sh, 0, 0, sw, sh);
    this.add("image", { x: r(x), y: r(y), width: r(width), height: r(height), style: this.imageSmoothingEnabled ? "" : "image-rendering:pixelated", href: one.toDataURL() });
  }

  write(text, x, y, more) {
    const [, weight, size, family] = /^(?:(\d+) )?([\d.]+)px (.*)$/.exec(this.font) ?? [, "", "12", "sans-serif"];
    const anchor = { center: "middle", right: "end", end: "end" }[this.textAlign] ?? "", base = this.textBaseline === "middle" ? "central" : "";
    this.add("text", { x: r(x), y: r(y), "font-family": family, "font-size": size, "font-weight": weight ?? "", "text-anchor": anchor, "dominant-baseline": base, ...more }, plain(text));
  }

  paint() { return { fill: this.fillStyle, "fill-opacity": this.globalAlpha < 1 ? r(this.globalAlpha) : "" }; }

  line() {
    return { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-opacity": this.globalAlpha < 1 ? r(this.globalAlpha) : "",
      "stroke-dasharray": this.dash.join(" "), "stroke-linejoin": this.lineJoin === "miter" ? "" : this.lineJoin };
  }

  text(title) {
    const { width, height } = this, marks = Object.entries(shapes).map(([name, path]) => `<g id="${name}"><g transform="translate(-6 -6)">${path}</g></g>`);
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${plain(title)}</title><defs>${marks.join("")}</defs>\n${this.out.join("\n")}\n</svg>\n`;
  }
}

// The points of an explorer that are in view, in the order in which its scene draws them.
export function points(e, order, drawing) {
  const { turn } = e.camera, { width, height } = e.camera, now = e.places.now(), deep = e.camera.deep, size = e.size();
  const depth = (i) => turn[6] * now[3 * i] + turn[7] * now[3 * i + 1] + turn[8] * now[3 * i + 2];
  const sorted = deep ? [...order].sort((i, j) => depth(i) - depth(j)) : order;
  for (const raised of [false, true]) for (const i of sorted) {
    const level = e.looks[2 * i + 1];
    if ((level === 2) !== raised) continue;
    const [x, y] = e.at(i), near = deep ? Math.max(-1.5, Math.min(1.5, depth(i))) : 0, large = size * SIZES[level] * (1 + 0.3 * near);
    if (x < -large || y < -large || x > width + large || y > height + large) continue;
    const [red, green, blue, alpha] = e.rgba.subarray(4 * i, 4 * i + 4);
    drawing.add("use", { href: `#${e.markOf(i)}`, transform: `translate(${r(x)} ${r(y)}) scale(${r(large / 10)})`, fill: `rgb(${red},${green},${blue})`,
      "fill-opacity": r(Math.min(1, (alpha / 255) * STRENGTHS[level])) });
  }
}

function r(value) {
  return Math.round(value * 100) / 100;
}

function plain(value) {
  return String(value).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}
