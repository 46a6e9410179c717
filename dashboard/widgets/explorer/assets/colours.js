// Which colour and mark each point has: of a class, or of a number on a scale.

import { rgb } from "./dom.js";
import { shapeOf } from "./marks.js";

export class Colours {
  constructor(base, dark) {
    this.base = base;
    this.classes = base.palette.categories.map((pair) => pair[dark ? 1 : 0]);
    this.scale = base.palette.scale[dark ? 1 : 0].slice(2).map(rgb); // its palest two are the ground's own
    this.scaleNames = base.palette.scale[dark ? 1 : 0].slice(2);
    this.single = base.palette.single[dark ? 1 : 0];
    this.missing = dark ? "#5b646f" : "#b4bac2";
  }

  ofClass(code) {
    if (code < 0) return this.missing;
    return this.classes[code % this.classes.length];
  }

  // Past the last colour they begin anew, each with another mark.
  markOf(code) {
    const marks = this.base.palette.symbols, k = this.classes.length;
    return marks[(code + Math.floor(code / k) * 3) % marks.length];
  }

  // [0, 1] → the colour between two of the scale
  ofShare(share) {
    const at = Math.max(0, Math.min(1, share)) * (this.scale.length - 1), i = Math.min(this.scale.length - 2, Math.floor(at));
    return this.scale[i].map((v, j) => Math.round(v + (at - i) * (this.scale[i + 1][j] - v)));
  }

  // (4n,) bytes of colours and (2n,) of marks
  all(column, n, opacity) {
    const rgba = new Uint8Array(4 * n), looks = new Uint8Array(2 * n), alpha = Math.round(255 * opacity);
    const known = new Map();
    const single = rgb(this.single), missing = rgb(this.missing);
    for (let i = 0; i < n; i++) {
      let colour = single, mark = 0;
      if (column?.kind === "category") {
        const code = column.values[i];
        if (!known.has(code)) known.set(code, [rgb(this.ofClass(code)), code < 0 ? 0 : shapeOf(this.markOf(code))]);
        [colour, mark] = known.get(code);
      } else if (column) {
        const share = (column.values[i] - column.low) / (column.high - column.low || 1);
        colour = Number.isFinite(share) ? this.ofShare(share) : missing;
      }
      rgba.set(colour, 4 * i);
      rgba[4 * i + 3] = alpha;
      looks[2 * i] = mark;
      looks[2 * i + 1] = 1;
    }
    return [rgba, looks];
  }
}

// The marks as they are drawn in a square of 12.
export const shapes = {
  circle: '<circle cx="6" cy="6" r="4.600"/>', square: '<rect x="1.700" y="1.700" width="8.600" height="8.600"/>', diamond: '<path d="M6 .6 11.400 6 6 11.400.6 6z"/>',
  cross: '<path d="M4.200.6h3.600v3.600h3.600v3.600H7.800v3.600H4.200V7.800H.6V4.200h3.600z"/>', "triangle-up": '<path d="M6 .8 11.400 10.600H.6z"/>', x: '<path transform="rotate(45 6 6)" d="M4.200.3h3.600v3.900h3.900v3.600H7.800v3.900H4.200V7.800H.3V4.200h3.900z"/>',
  star: '<path d="M6 .3 7.700 4.200l4.200.4-3.200 2.800 1 4.200L6 9.400l-3.700 2.200 1-4.200L.1 4.600l4.200-.4z"/>', pentagon: '<path d="M6 .6 11.300 4.500 9.300 10.700H2.700L.7 4.500z"/>', "triangle-down": '<path d="M6 11.200.6 1.400h10.800z"/>', hexagon: '<path d="M6 .4 10.900 3.200v5.600L6 11.600 1.100 8.800V3.200z"/>',
};

// The mark of a class as a small picture for the legend.
export function swatch(colour, mark) {
  return `<svg viewBox="0 0 12 12" width="12" height="12" fill="${colour}" aria-hidden="true">${shapes[mark] ?? shapes.circle}</svg>`;
}
