// Where one looks from: zoom, place and turn over points that lie within [-1, 1]; and the gestures that change it.

const FAR = 0.5, NEAR = 400; // the smallest and largest zoom

export class Camera {
  constructor() {
    this.turn = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1); // by rows
    Object.assign(this, { zoom: 1, x: 0, y: 0, base: 300, deep: false, touched: false });
  }

  pixels() {
    return this.zoom * this.base;
  }

  frame(width, height) {
    Object.assign(this, { width, height, base: 0.47 * Math.min(width, height) });
  }

  project(x, y, z, width = this.width, height = this.height) {
    const t = this.turn, s = this.pixels();
    const a = t[0] * x + t[1] * y + t[2] * z, b = t[3] * x + t[4] * y + t[5] * z;
    return [width / 2 + (a - this.x) * s, height / 2 - (b - this.y) * s];
  }

  // The place in the plane under a pixel.
  unproject(px, py) {
    const s = this.pixels();
    return [this.x + (px - this.width / 2) / s, this.y - (py - this.height / 2) / s];
  }

  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.unproject(px, py);
    this.zoom = Math.min(NEAR, Math.max(FAR, this.zoom * factor));
    const s = this.pixels();
    this.x = x - (px - this.width / 2) / s;
    this.y = y + (py - this.height / 2) / s;
    this.touched = true;
  }

  pan(dx, dy) {
    this.x -= dx / this.pixels();
    this.y += dy / this.pixels();
    this.touched = true;
  }

  rotate(dx, dy) {
    this.spin(dx * 0.008, dy * 0.008);
    this.touched = true;
  }

  spin(a, b) {
    const spin = [Math.cos(a), 0, Math.sin(a), 0, 1, 0, -Math.sin(a), 0, Math.cos(a)];
    const tilt = [1, 0, 0, 0, Math.cos(b), -Math.sin(b), 0, Math.sin(b), Math.cos(b)];
    this.turn = times(tilt, times(spin, this.turn));
  }

  reset() {
    Object.assign(this, { zoom: 1, x: 0, y: 0, touched: false });
    this.turn = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    if (this.deep) this.spin(0.5, 0.35); // from a little aside and above, so that depth is seen
  }

  show(deep) {
    this.deep = deep;
    this.reset();
  }

  // All of these places fill the picture.
  enclose(places) {
    const xs = places.map((p) => p[0]), ys = places.map((p) => p[1]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    Object.assign(this, { x: (left + right) / 2, y: (low + high) / 2, touched: true });
    const wide = (0.7 * this.width) / this.base / Math.max(right - left, 0.08), tall = (0.7 * this.height) / this.base / Math.max(high - low, 0.08);
    this.zoom = Math.min(12, Math.max(FAR, Math.min(wide, tall)));
  }
}

function times(a, b) {
  const out = new Float32Array(9);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) for (let k = 0; k < 3; k++) out[3 * i + j] += a[3 * i + k] * b[3 * k + j];
  return out;
}

// Mouse, pen, fingers and keys over the stage. `on` hears moved(), hover(x, y), leave(), click(x, y), lasso(points, done), reset(), key(event).
export function gestures(stage, camera, on) {
  const fingers = new Map();
  let line = null, travelled = 0, pinch = null;
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    camera.zoomAt(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0018)), ...place(event));
    on.moved();
  }, { passive: false });

  stage.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("button, a, input, select")) return;
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    travelled = 0;
    pinch = fingers.size === 2 ? span(fingers) : null;
    line = fingers.size === 1 && (on.lassoing() || event.shiftKey) ? [place(event)] : null;
  });

  stage.addEventListener("pointermove", (event) => {
    const now = place(event), before = fingers.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" && on.hover(...now);
    const dx = now[0] - before[0], dy = now[1] - before[1];
    fingers.set(event.pointerId, now);
    travelled += Math.hypot(dx, dy);
    if (fingers.size === 2) {
      const next = span(fingers);
      if (pinch) {
        camera.pan(next.x - pinch.x, next.y - pinch.y);
        camera.zoomAt(next.d / pinch.d, next.x, next.y);
      }
      pinch = next;
      return on.moved();
    }
    if (travelled < 4) return;
    if (line) {
      line.push(now);
      return on.lasso(line, false);
    }
    on.leave();
    camera.deep && !event.altKey ? camera.rotate(dx, dy) : camera.pan(dx, dy);
    on.moved();
  });

  const up = (event) => {
    const at = fingers.get(event.pointerId);
    if (!at) return;
    fingers.delete(event.pointerId);
    pinch = null;
    if (line && line.length > 3) on.lasso(line, true);
    else if (line) on.lasso([], false);
    if (travelled < 4 && event.type === "pointerup") on.click(...at, event);
    line = null;
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("pointerleave", () => on.leave());
  stage.addEventListener("dblclick", (event) => event.target.closest("button, a") || on.reset());
  stage.addEventListener("keydown", (event) => on.key(event));
}

function span(fingers) {
  const [[a, b], [c, d]] = [...fingers.values()];
  return { x: (a + c) / 2, y: (b + d) / 2, d: Math.max(8, Math.hypot(a - c, b - d)) };
}
