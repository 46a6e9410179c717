// What lies over the points: contours, names, lines to neighbours, thumbnails, the lasso, axes.

import { fit, grouped, say } from "./dom.js";

const CROWD = 170; // pictures in view, at most, that are drawn instead of dots

export class Overlay {
  constructor(explorer) {
    this.e = explorer;
    this.context = explorer.glass.getContext("2d");
  }

  draw(look, density) {
    const { e, context: c } = this, { width, height } = e.camera;
    fit(c.canvas, width, height, density);
    c.setTransform(density, 0, 0, density, 0, 0);
    c.clearRect(0, 0, width, height);
    this.paint(c, look);
  }

  // On any context, also one that is no canvas's.
  paint(context, look) {
    const { e, context: own } = this, { width, height } = e.camera;
    Object.assign(this, { context, look, width, height });
    if (e.options.density && !e.camera.deep && e.places.moved === 1) this.contours();
    this.thumbnails();
    this.neighbours();
    this.marked();
    if (e.options.names) this.names();
    this.axes();
    if (e.thinned) this.sampled();
    this.lasso();
    this.context = own;
  }

  contours() {
    const { e, context: c } = this;
    e.groups.forEach((group, code) => {
      if (e.muted.has(code)) return;
      c.strokeStyle = e.colours.ofClass(code);
      group.lines.forEach((line, level) => {
        c.beginPath();
        for (const [x0, y0, x1, y1] of line) {
          c.moveTo(...e.camera.project(x0, y0, 0));
          c.lineTo(...e.camera.project(x1, y1, 0));
        }
        c.globalAlpha = level ? 0.9 : 0.55;
        c.lineWidth = level ? 1.6 : 1.2;
        c.stroke();
      });
    });
    c.globalAlpha = 1;
  }

  names() {
    const { e, context: c, look } = this, taken = [];
    const far = e.camera.zoom > 6 ? 0 : e.rows.length ? 0.45 : 1;
    if (!far || !e.groups.length) return;
    c.font = `600 13px ${look.font}`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineJoin = "round";
    const order = e.groups.map((g, code) => [g, code]).sort((a, b) => b[0].count - a[0].count);
    for (const [group, code] of order) {
      if (!group.peak || e.muted.has(code)) continue;
      const at = e.camera.deep ? group.centre : [0, 1].map((j) => group.from[j] + e.places.moved * (group.peak[j] - group.from[j]));
      if (!at) continue;
      const [x, y] = e.camera.project(at[0], at[1], at[2] ?? 0), name = short(e.column.names[code]);
      const box = [x - c.measureText(name).width / 2 - 4, y - 10, c.measureText(name).width + 8, 20];
      if (taken.some((b) => b[0] < box[0] + box[2] && box[0] < b[0] + b[2] && b[1] < box[1] + box[3] && box[1] < b[1] + b[3])) continue;
      taken.push(box);
      c.globalAlpha = far;
      c.lineWidth = 4;
      c.strokeStyle = look.ground;
      c.strokeText(name, x, y);
      c.fillStyle = look.ink;
      c.fillText(name, x, y);
    }
    c.globalAlpha = 1;
  }

  // Pictures instead of dots where those in view are few enough.
  thumbnails() {
    const { e } = this;
    this.shown = null;
    if (!e.base.pictures || (e.n > CROWD && e.camera.zoom < Math.sqrt(e.n / CROWD) / 4)) return;
    const seen = [];
    let inView = 0, left = Infinity, right = -Infinity, high = Infinity, low = -Infinity; // what is muted takes room, too
    for (let i = 0; i < e.n; i++) {
      const [x, y] = e.at(i);
      if (x < -30 || y < -30 || x > this.width + 30 || y > this.height + 30) continue;
      if (++inView > CROWD) return;
      [left, right, high, low] = [Math.min(left, x), Math.max(right, x), Math.min(high, y), Math.max(low, y)];
      if (e.looks[2 * i + 1]) seen.push([i, x, y]);
    }
    this.shown = seen;
    const side = Math.max(16, Math.min(56, 0.7 * Math.sqrt(((right - left) * (low - high)) / Math.max(inView, 4))));
    for (const [i, x, y] of seen) this.framed(i, x, y, side);
  }

  framed(i, x, y, side) {
    const { e, context: c } = this, code = e.column?.kind === "category" ? e.column.values[i] : null;
    if (!e.pictures.of(i)) return;
    c.fillStyle = this.look.ground;
    c.fillRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
    e.pictures.draw(c, i, x - side / 2, y - side / 2, side);
    c.lineWidth = 2;
    c.strokeStyle = code === null ? this.colour(i) : e.colours.ofClass(code);
    c.strokeRect(x - side / 2 - 1, y - side / 2 - 1, side + 2, side + 2);
  }

  colour(i) {
    const { e } = this;
    if (!e.column) return e.colours.single;
    return `rgb(${e.colours.ofShare((e.column.values[i] - e.column.low) / (e.column.high - e.column.low || 1)).join(" ")})`;
  }

  neighbours() {
    const { e, context: c, look } = this;
    if (!e.answer || e.answer.row !== e.focus) return;
    const from = e.at(e.focus);
    for (const [kind, dash] of [["far", [3, 4]], ["near", []]]) {
      c.setLineDash(dash);
      c.lineWidth = kind === "near" ? 1.4 : 1;
      c.strokeStyle = look.ink;
      c.globalAlpha = kind === "near" ? 0.65 : 0.3;
      for (const i of e.answer[kind]) {
        c.beginPath();
        c.moveTo(...from);
        c.lineTo(...e.at(i));
        c.stroke();
      }
    }
    c.setLineDash([]);
    c.globalAlpha = 1;
    if (!e.base.pictures) return this.rings(e.answer.near, 5);
    for (const i of [...e.answer.far, ...e.answer.near]) this.framed(i, ...e.at(i), 26);
    this.framed(e.focus, ...from, 40);
  }

  rings(rows, radius) {
    const { e, context: c, look } = this;
    c.strokeStyle = look.ink;
    c.lineWidth = 1.4;
    for (const i of rows) {
      c.beginPath();
      c.arc(...e.at(i), radius, 0, 7);
      c.stroke();
    }
  }

  marked() {
    const { e } = this, ring = e.size() / 2 + 3.5;
    if (e.over >= 0) this.rings([e.over], ring);
    if (e.focus >= 0 && !(e.base.pictures && e.answer)) this.rings([e.focus], ring + 2);
  }

  axes() {
    const { e, context: c, look } = this, { axes } = e.info;
    if (!axes || e.camera.deep) return;
    c.font = `12px ${look.font}`;
    c.fillStyle = look.ink;
    c.globalAlpha = 0.75;
    c.textAlign = "center";
    c.textBaseline = "alphabetic";
    c.fillText(axes[0], this.width / 2, this.height - 8);
    c.save();
    c.translate(14, this.height / 2);
    c.rotate(-Math.PI / 2);
    c.fillText(axes[1], 0, 0);
    c.restore();
    c.globalAlpha = 1;
  }

  // That not all points are drawn at this moment.
  sampled() {
    const { e, context: c, look } = this;
    c.font = `12px ${look.font}`;
    c.fillStyle = look.ink;
    c.textAlign = "right";
    c.textBaseline = "alphabetic";
    c.fillText(say(e.words.thinned, { few: grouped(e.most), n: grouped(e.n) }), this.width - 10, this.height - 10);
  }

  lasso() {
    const { e, context: c, look } = this;
    if (e.line.length < 2) return;
    c.beginPath();
    e.line.forEach(([x, y], j) => (j ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.closePath();
    c.fillStyle = c.strokeStyle = look.accent;
    c.globalAlpha = 0.1;
    c.fill();
    c.globalAlpha = 1;
    c.lineWidth = 1.5;
    c.setLineDash([5, 4]);
    c.stroke();
    c.setLineDash([]);
  }
}

function short(name) {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}
