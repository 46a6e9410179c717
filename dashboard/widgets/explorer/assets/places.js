// Where the points are: a layout within [-1, 1], and on the way to it from the one before; and which of them lies where.

const GLIDE = 450; // ms from one layout to the next
const NEAR = 12; // pixels within which a point is under the pointer

export class Places {
  constructor() {
    Object.assign(this, { xyz: null, before: null, after: null, dimensions: 0, moved: 1 });
  }

  clear() {
    this.after = null;
  }

  // d coordinates of each point, as the program has them; fresh: of other points than before.
  take({ d, coordinates }, fresh) {
    const n = coordinates.length / d, next = new Float32Array(3 * n), low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) {
      const v = coordinates[i * d + j];
      if (v < low[j]) low[j] = v;
      if (v > high[j]) high[j] = v;
    }
    const half = Math.max(...Array.from({ length: d }, (_, j) => (high[j] - low[j]) / 2), 1e-30);
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) next[3 * i + j] = (coordinates[i * d + j] - (low[j] + high[j]) / 2) / half;
    this.before = fresh || !this.after || this.after.length !== next.length ? next : this.now();
    Object.assign(this, { xyz: coordinates, dimensions: d, after: next, since: performance.now() });
    this.moved = this.before === this.after || calm() ? 1 : 0;
  }

  // A moment later; whether they still move after it.
  glide(moment) {
    if (this.moved >= 1) return false;
    const t = Math.min(1, (moment - this.since) / GLIDE);
    this.moved = t < 1 ? 1 - (1 - t) ** 3 : 1;
    return true;
  }

  // Where all are at this moment.
  now() {
    if (this.moved >= 1) return this.after;
    return this.after.map((v, j) => this.before[j] + this.moved * (v - this.before[j]));
  }

  // The pixel of one.
  at(i, camera) {
    const p = this.after, q = this.before, m = this.moved;
    return camera.project(q[3 * i] + m * (p[3 * i] - q[3 * i]), q[3 * i + 1] + m * (p[3 * i + 1] - q[3 * i + 1]), q[3 * i + 2] + m * (p[3 * i + 2] - q[3 * i + 2]));
  }

  // The nearest point to a pixel of those that `counts` lets count, -1 where none is within reach.
  pick(px, py, camera, counts = () => true, reach = NEAR) {
    const t = camera.turn, s = camera.pixels(), p = this.now(), { width, height, x, y } = camera;
    let best = -1, least = reach * reach;
    for (let i = 0; 3 * i < p.length; i++) {
      if (!counts(i)) continue;
      const a = p[3 * i], b = p[3 * i + 1], c = p[3 * i + 2];
      const dx = width / 2 + (t[0] * a + t[1] * b + t[2] * c - x) * s - px, dy = height / 2 - (t[3] * a + t[4] * b + t[5] * c - y) * s - py;
      const d = dx * dx + dy * dy;
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }

  // The mean place in space of each of k classes, null where it has no point.
  centres(codes, k) {
    const sums = new Float64Array(4 * k);
    codes.forEach((c, i) => {
      if (c < 0 || c >= k) return;
      for (let j = 0; j < 3; j++) sums[4 * c + j] += this.after[3 * i + j];
      sums[4 * c + 3] += 1;
    });
    return Array.from({ length: k }, (_, c) => (sums[4 * c + 3] ? [0, 1, 2].map((j) => sums[4 * c + j] / sums[4 * c + 3]) : null));
  }
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
