// Draws points with the processor, pixel by pixel: where the browser has no WebGL, and where it has one without a graphics card.

import { fit } from "./dom.js";
import { COUNT, filled, mixed } from "./marks.js";

const PHASES = 4; // places within a pixel, in each direction, at which a mark is drawn
const LEVELS = [[0.8, 0.14], [1, 1], [1.35, 1.2]]; // size and strength of what is muted, as usual, and selected
const STAMPS = 6_000; // that are kept
const DEPTHS = 1024; // by which points in space are ordered

export class Raster {
  constructor(canvas, why) {
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    Object.assign(this, { canvas, renderer: why, slow: true, n: 0, stamps: new Map() });
  }

  // Each (3n,) Float32Array.
  places(before, after) {
    const n = after.length / 3;
    if (n !== this.n) this.order = mixed(n);
    Object.assign(this, { before, after, n });
  }

  colours(rgba) {
    this.rgba = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  }

  looks(pairs) {
    this.pairs = pairs;
  }

  // most: of the points as usual so many are drawn, a random sample; of the selected ones all.
  draw({ width, height, density, camera, moved, most, size, paper }) {
    const { canvas, context } = this;
    fit(canvas, width, height, density);
    if (this.stamps.size > STAMPS) this.stamps.clear();
    if (this.image?.width !== canvas.width || this.image?.height !== canvas.height) {
      this.image = context.createImageData(canvas.width, canvas.height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.ground = packed(paper);
    this.pixels.fill(this.ground);
    if (this.n && this.rgba && this.pairs) {
      this.project(width, height, density, camera, moved);
      for (const levels of this.raised() ? [[0, 1], [2]] : [[0, 1]]) {
        const some = this.order.subarray(0, levels[0] === 2 ? this.n : most);
        for (const i of camera.deep ? this.fromAfar(some) : some) if (levels.includes(this.pairs[2 * i + 1])) this.point(i, size * density, camera.deep);
      }
    }
    context.putImageData(this.image, 0, 0);
  }

  raised() {
    for (let i = 1; i < this.pairs.length; i += 2) if (this.pairs[i] > 1) return true;
    return false;
  }

  // Pixel and depth of each point.
  project(width, height, density, camera, moved) {
    const { n, before: b, after: a } = this, t = camera.turn, s = camera.pixels() * density;
    if (this.at?.length !== 3 * n) this.at = new Float32Array(3 * n);
    const cx = (width * density) / 2 - camera.x * s, cy = (height * density) / 2 + camera.y * s;
    for (let i = 0, j = 0; i < n; i++, j += 3) {
      const x = b[j] + moved * (a[j] - b[j]), y = b[j + 1] + moved * (a[j + 1] - b[j + 1]), z = b[j + 2] + moved * (a[j + 2] - b[j + 2]);
      this.at[j] = cx + s * (t[0] * x + t[1] * y + t[2] * z);
      this.at[j + 1] = cy - s * (t[3] * x + t[4] * y + t[5] * z);
      this.at[j + 2] = Math.max(-1.5, Math.min(1.5, t[6] * x + t[7] * y + t[8] * z));
    }
  }

  // These points by their depth, the farthest first.
  fromAfar(order) {
    const { at } = this, counts = new Uint32Array(DEPTHS + 1), out = new Uint32Array(order.length);
    const depth = (i) => Math.floor(((at[3 * i + 2] + 1.5) / 3) * (DEPTHS - 1));
    for (const i of order) counts[depth(i) + 1] += 1;
    for (let d = 0; d < DEPTHS; d++) counts[d + 1] += counts[d];
    for (const i of order) out[counts[depth(i)]++] = i;
    return out;
  }

  point(i, size, deep) {
    const [larger, stronger] = LEVELS[this.pairs[2 * i + 1]], near = deep ? this.at[3 * i + 2] : 0, colour = this.rgba[i];
    const stamp = this.stamp(this.pairs[2 * i], size * larger * (1 + 0.3 * near), this.at[3 * i], this.at[3 * i + 1]);
    const dyed = near < 0 ? between(colour, this.ground, Math.round(256 * 0.35 * Math.min(1, -near))) : colour;
    this.blend(stamp, dyed, Math.min(256, Math.round(((colour >>> 24) / 255) * stronger * 256)));
  }

  // A mark of about this size with its middle in a pixel's phase: { x, y, side, fill: 0 … 256 for each pixel }.
  stamp(shape, size, x, y) {
    const large = Math.max(2, Math.round(4 * size)), px = Math.floor(x), py = Math.floor(y);
    const fx = Math.floor(PHASES * (x - px)), fy = Math.floor(PHASES * (y - py));
    const key = ((large * COUNT + shape) * PHASES + fx) * PHASES + fy;
    let found = this.stamps.get(key);
    if (!found) this.stamps.set(key, (found = drawn(shape, large / 4, (fx + 0.5) / PHASES, (fy + 0.5) / PHASES)));
    found.x = px - found.reach;
    found.y = py - found.reach;
    return found;
  }

  blend({ x, y, side, fill }, colour, strength) {
    const { width, height } = this.image, { pixels } = this;
    if (x >= width || y >= height || x + side <= 0 || y + side <= 0) return;
    const red = colour & 0xff00ff, green = colour & 0x00ff00;
    for (let v = Math.max(0, -y), end = Math.min(side, height - y); v < end; v++) {
      for (let u = Math.max(0, -x), last = Math.min(side, width - x), k = v * side + u, p = (y + v) * width + x + u; u < last; u++, k++, p++) {
        const a = (fill[k] * strength) >> 8;
        if (!a) continue;
        const old = pixels[p];
        pixels[p] = (over(old & 0xff00ff, red, a) & 0xff00ff) | (over(old & 0x00ff00, green, a) & 0x00ff00) | 0xff000000;
      }
    }
  }
}

// Two channels at once, of 256 parts a of the new one.
function over(old, fresh, a) {
  return (Math.imul(old, 256 - a) + Math.imul(fresh, a)) >>> 8;
}

function between(colour, other, a) {
  return (over(colour & 0xff00ff, other & 0xff00ff, a) & 0xff00ff) | (over(colour & 0x00ff00, other & 0x00ff00, a) & 0x00ff00) | (colour & 0xff000000);
}

function packed([r, g, b]) {
  return ((255 << 24) | (Math.round(255 * b) << 16) | (Math.round(255 * g) << 8) | Math.round(255 * r)) >>> 0;
}

function drawn(shape, size, x, y) {
  const reach = Math.ceil(size / 2), side = 2 * reach + 1, fill = new Uint16Array(side * side);
  for (let v = 0; v < side; v++) for (let u = 0; u < side; u++) {
    const a = (2 * (u - reach + 0.5 - x)) / size, b = (2 * (v - reach + 0.5 - y)) / size;
    fill[v * side + u] = Math.max(Math.abs(a), Math.abs(b)) <= 1 ? Math.round(256 * filled(shape, a, b, size)) : 0;
  }
  return { side, reach, fill };
}
