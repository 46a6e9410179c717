// Where the points of a class lie densest, and a line around most of them.

const SIDE = 72; // cells of the grid in each direction
const REACH = 1.15; // of the grid, beyond [-1, 1], so that lines close
const INSIDE = 0.85; // share of the class's points that the outer line holds

// places (3n,) Float32Array; codes (n,), of k classes; → per class {peak: [x, y], lines: [[x0, y0, x1, y1], …], count}
export function contours(places, codes, k, wanted) {
  const counts = new Int32Array(k), grids = Array.from({ length: k }, () => new Float32Array(SIDE * SIDE));
  const cells = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const c = codes[i], x = cell(places[3 * i]), y = cell(places[3 * i + 1]);
    cells[i] = y * SIDE + x;
    if (c < 0 || c >= k) continue;
    grids[c][cells[i]] += 1;
    counts[c] += 1;
  }
  const found = grids.map((grid, c) => {
    if (!counts[c]) return { peak: null, lines: [], count: 0 };
    const smooth = blur(grid, counts[c] > 100 ? 2 : 3);
    let top = 0;
    for (let j = 1; j < smooth.length; j++) if (smooth[j] > smooth[top]) top = j;
    return { peak: [spot((top % SIDE) + 0.5), spot(Math.floor(top / SIDE) + 0.5)], count: counts[c], smooth };
  });
  if (wanted) {
    const levels = inside(found, cells, codes, k);
    found.forEach((one, c) => (one.lines = one.count > 4 ? [march(one.smooth, levels[c]), march(one.smooth, 0.45 * levels[c] + 0.55 * Math.max(...one.smooth))] : []));
  }
  return found;
}

const cell = (v) => Math.max(0, Math.min(SIDE - 1, Math.floor(((v + REACH) / (2 * REACH)) * SIDE)));
const spot = (j) => (j / SIDE) * 2 * REACH - REACH;

// The density that 85 % of a class's own points exceed.
function inside(found, cells, codes, k) {
  const at = Array.from({ length: k }, () => []);
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0 && codes[i] < k) at[codes[i]].push(found[codes[i]].smooth[cells[i]]);
  return at.map((values) => (values.sort((a, b) => b - a), Math.max(values[Math.floor(INSIDE * (values.length - 1))] ?? 0, 1e-6)));
}

function blur(grid, radius) {
  let from = grid;
  for (let pass = 0; pass < 3; pass++) {
    for (const [step, other] of [[1, SIDE], [SIDE, 1]]) {
      const to = new Float32Array(SIDE * SIDE);
      for (let line = 0; line < SIDE; line++) {
        let sum = 0;
        for (let j = -radius; j < SIDE; j++) {
          if (j + radius < SIDE) sum += from[line * other + (j + radius) * step];
          if (j - radius - 1 >= 0) sum -= from[line * other + (j - radius - 1) * step];
          if (j >= 0) to[line * other + j * step] = sum / (2 * radius + 1);
        }
      }
      from = to;
    }
  }
  return from;
}

// Marching squares: segments [x0, y0, x1, y1] of the line at a level.
function march(grid, level) {
  const out = [];
  const mid = (a, b) => (Math.abs(b - a) < 1e-12 ? 0.5 : (level - a) / (b - a));
  for (let y = 0; y + 1 < SIDE; y++) {
    for (let x = 0; x + 1 < SIDE; x++) {
      const a = grid[y * SIDE + x], b = grid[y * SIDE + x + 1], c = grid[(y + 1) * SIDE + x + 1], d = grid[(y + 1) * SIDE + x];
      const hits = [];
      if (a > level !== b > level) hits.push([x + mid(a, b), y]);
      if (b > level !== c > level) hits.push([x + 1, y + mid(b, c)]);
      if (c > level !== d > level) hits.push([x + 1 - mid(c, d), y + 1]);
      if (d > level !== a > level) hits.push([x, y + 1 - mid(d, a)]);
      for (let j = 0; j + 1 < hits.length; j += 2) out.push([...hits[j], ...hits[j + 1]].map((v) => spot(v + 0.5)));
    }
  }
  return out;
}
