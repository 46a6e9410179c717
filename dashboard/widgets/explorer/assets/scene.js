// Draws points: with WebGL2 where the browser has it, on a plain canvas where it has not.

const SHAPES = { circle: 0, square: 1, diamond: 2, cross: 3, "triangle-up": 4, x: 5, star: 6, pentagon: 7, "triangle-down": 8, hexagon: 9 };

const VERTEX = `#version 300 es
in vec3 before; in vec3 after; in vec4 colour; in vec2 look;
uniform float moved, size, deep, only; uniform mat3 turn; uniform vec2 scale, shift; uniform vec3 paper;
out vec4 tint; flat out int shape; out float edge;
void main() {
  vec3 p = turn * mix(before, after, moved);
  float near = deep * clamp(p.z, -1.5, 1.5), weight = look.y;
  gl_Position = vec4(p.xy * scale + shift, -0.3 * near, 1.0);
  bool hidden = (only == 1.0) != (weight > 1.5);
  if (hidden) gl_Position = vec4(9.0, 9.0, 9.0, 1.0);
  gl_PointSize = size * (1.0 + 0.3 * near) * (weight > 1.5 ? 1.35 : weight < 0.5 ? 0.8 : 1.0);
  tint = colour;
  tint.rgb = mix(tint.rgb, paper, 0.35 * clamp(-near, 0.0, 1.0));
  tint.a *= weight < 0.5 ? 0.14 : weight > 1.5 ? 1.2 : 1.0;
  shape = int(look.x + 0.5); edge = 2.0 / gl_PointSize;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint; flat in int shape; in float edge; out vec4 pixel; uniform bool solid;
float sides(vec2 q, float n) {
  float k = 6.2831853 / n, a = atan(q.x, q.y);
  return length(q) * cos(floor(0.5 + a / k) * k - a) - cos(3.14159265 / n);
}
float bars(vec2 q) { return min(max(abs(q.x) - 0.95, abs(q.y) - 0.36), max(abs(q.y) - 0.95, abs(q.x) - 0.36)); }
float far(vec2 q) {
  if (shape == 1) return max(abs(q.x), abs(q.y)) - 0.8;
  if (shape == 2) return (abs(q.x) + abs(q.y) - 1.0) * 0.75;
  if (shape == 3) return bars(q);
  if (shape == 4) return sides(vec2(q.x, -q.y - 0.15), 3.0);
  if (shape == 5) return bars(mat2(0.7071, 0.7071, -0.7071, 0.7071) * q);
  if (shape == 6) { float a = atan(q.x, -q.y); return (length(q) - 0.72 - 0.26 * cos(5.0 * a)) * 0.8; }
  if (shape == 7) return sides(vec2(q.x, -q.y), 5.0);
  if (shape == 8) return sides(vec2(q.x, q.y - 0.15), 3.0);
  if (shape == 9) return sides(q, 6.0);
  return length(q) - 0.92;
}
void main() {
  float d = far(gl_PointCoord * 2.0 - 1.0);
  float a = clamp(tint.a, 0.0, 1.0) * (1.0 - smoothstep(-edge, edge * 0.35, d));
  if (a < 0.01 || (solid && a < 0.5 * tint.a)) discard; // in space an edge must not hide what is behind it
  pixel = vec4(tint.rgb * a, a);
}`;

export function shapeOf(name) {
  return SHAPES[name] ?? 0;
}

export function sceneFor(canvas) {
  const options = { antialias: false, premultipliedAlpha: true, alpha: true, powerPreference: "high-performance" };
  const gl = canvas.getContext("webgl2", options);
  return gl ? new Scene(gl) : new FlatScene(canvas.getContext("2d"));
}

class Scene {
  constructor(gl) {
    Object.assign(this, { gl, renderer: name(gl), n: 0 });
    gl.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    gl.canvas.addEventListener("webglcontextrestored", () => this.build() || this.onrestored?.());
    this.build();
  }

  build() {
    const gl = this.gl, program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
    this.program = program;
    this.at = Object.fromEntries(["moved", "size", "deep", "only", "turn", "scale", "shift", "paper", "solid"].map((u) => [u, gl.getUniformLocation(program, u)]));
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    this.buffers = {};
    for (const [attribute, size, type, normal] of [["before", 3, gl.FLOAT], ["after", 3, gl.FLOAT], ["colour", 4, gl.UNSIGNED_BYTE, true], ["look", 2, gl.UNSIGNED_BYTE]]) {
      const at = gl.getAttribLocation(program, attribute);
      this.buffers[attribute] = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[attribute]);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, normal ?? false, 0, 0);
    }
    this.order = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
  }

  // Each (3n,) Float32Array; drawn in a mixed order, so that no class covers the others because its rows come last.
  places(before, after) {
    const gl = this.gl, n = after.length / 3;
    this.fill("before", before);
    this.fill("after", after);
    if (n === this.n) return;
    this.n = n;
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mixed(n), gl.STATIC_DRAW);
  }

  colours(rgba) {
    this.fill("colour", rgba);
  }

  looks(pairs) {
    this.fill("look", pairs);
    this.raised = false;
    for (let i = 1; i < pairs.length && !this.raised; i += 2) this.raised = pairs[i] > 1;
  }

  fill(name, values) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.DYNAMIC_DRAW);
  }

  draw({ width, height, density, camera, moved, size, paper }) {
    const gl = this.gl;
    fit(gl.canvas, width, height, density);
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.depthMask(true);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!this.n) return;
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const s = camera.pixels(), deep = camera.deep ? 1 : 0;
    gl.uniform1f(this.at.moved, moved);
    gl.uniform1f(this.at.size, size * density);
    gl.uniform1f(this.at.deep, deep);
    gl.uniform1i(this.at.solid, deep);
    gl.uniformMatrix3fv(this.at.turn, true, camera.turn);
    gl.uniform2f(this.at.scale, (2 * s) / width, (2 * s) / height);
    gl.uniform2f(this.at.shift, (-2 * s * camera.x) / width, (-2 * s * camera.y) / height);
    gl.uniform3f(this.at.paper, ...paper);
    (deep ? gl.enable : gl.disable).call(gl, gl.DEPTH_TEST);
    for (const only of this.raised ? [0, 1] : [0]) {
      gl.uniform1f(this.at.only, only);
      gl.depthMask(!this.raised || only === 1); // what is muted hides nothing
      gl.drawElements(gl.POINTS, this.n, gl.UNSIGNED_INT, 0);
    }
  }
}

// Squares without transparency: what a browser without WebGL can move.
class FlatScene {
  constructor(context) {
    Object.assign(this, { context, renderer: "Canvas 2D", n: 0 });
  }

  places(before, after) {
    Object.assign(this, { before, after, n: after.length / 3 });
  }

  colours(rgba) {
    this.rgba = rgba;
  }

  looks(pairs) {
    this.pairs = pairs;
  }

  draw({ width, height, density, camera, moved, size }) {
    const { context, before, after, rgba, pairs, n } = this;
    fit(context.canvas, width, height, density);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const at = [0, 0, 0];
    for (const level of [0, 1, 2]) {
      context.globalAlpha = [0.14, 0.75, 1][level];
      for (let i = 0; i < n; i++) {
        if (pairs[2 * i + 1] !== level) continue;
        for (let j = 0; j < 3; j++) at[j] = before[3 * i + j] + moved * (after[3 * i + j] - before[3 * i + j]);
        const [x, y] = camera.project(at[0], at[1], at[2], width, height);
        if (x < 0 || y < 0 || x > width || y > height) continue;
        context.fillStyle = `rgb(${rgba[4 * i]} ${rgba[4 * i + 1]} ${rgba[4 * i + 2]})`;
        context.fillRect(x - size / 2.4, y - size / 2.4, size / 1.2, size / 1.2);
      }
    }
  }
}

export function fit(canvas, width, height, density) {
  const w = Math.max(1, Math.round(width * density)), h = Math.max(1, Math.round(height * density));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
}

function mixed(n) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let seed = 1;
  for (let i = n - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function name(gl) {
  const more = gl.getExtension("WEBGL_debug_renderer_info");
  return `WebGL2, ${gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER)}`;
}
