// The marks of points: how far a place lies from a mark's edge, negative within. Each mark fills the square [-1, 1]², y downwards.

const BAR = (x, y) => Math.min(Math.max(Math.abs(x) - 0.95, Math.abs(y) - 0.36), Math.max(Math.abs(y) - 0.95, Math.abs(x) - 0.36));
const SIDES = (x, y, n) => {
  const k = (2 * Math.PI) / n, a = Math.atan2(x, y);
  return Math.hypot(x, y) * Math.cos(Math.floor(0.5 + a / k) * k - a) - Math.cos(Math.PI / n);
};
const MARKS = {
  circle: (x, y) => Math.hypot(x, y) - 0.92,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.8,
  diamond: (x, y) => (Math.abs(x) + Math.abs(y) - 1) * 0.75,
  cross: BAR,
  "triangle-up": (x, y) => SIDES(x, -y - 0.15, 3),
  x: (x, y) => BAR(0.7071 * (x - y), 0.7071 * (x + y)),
  star: (x, y) => (Math.hypot(x, y) - 0.72 - 0.26 * Math.cos(5 * Math.atan2(x, -y))) * 0.8,
  pentagon: (x, y) => SIDES(x, -y, 5),
  "triangle-down": (x, y) => SIDES(x, y - 0.15, 3),
  hexagon: (x, y) => SIDES(x, y, 6),
};
const NAMES = Object.keys(MARKS);

export const COUNT = NAMES.length;

export function shapeOf(name) {
  return Math.max(0, NAMES.indexOf(name));
}

// How much of a pixel at a place of a mark is filled, for points of this size in pixels.
export function filled(shape, x, y, size) {
  const edge = 2 / size, t = Math.max(0, Math.min(1, (MARKS[NAMES[shape]](x, y) + edge) / (1.35 * edge)));
  return 1 - t * t * (3 - 2 * t);
}

// All marks side by side as bytes, `cells` a side each: 128 on the edge, less within.
export function distances(cells) {
  const out = new Uint8Array(COUNT * cells * cells), at = (j) => ((j + 0.5) / cells) * 2 - 1;
  for (let s = 0; s < COUNT; s++) for (let y = 0; y < cells; y++) for (let x = 0; x < cells; x++)
    out[(y * COUNT + s) * cells + x] = Math.round(255 * Math.max(0, Math.min(1, 0.5 + 0.5 * MARKS[NAMES[s]](at(x), at(y)))));
  return out;
}

// The numbers below n in an order that is always the same: points drawn so do not cover a class because its rows come first.
export function mixed(n) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let seed = 1;
  for (let i = n - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
