// Draws points with WebGL2; where no graphics card stands behind it, the processor draws them itself, several times as fast.

import { fit } from "./dom.js";
import { COUNT, distances, mixed } from "./marks.js";
import { Raster } from "./raster.js";

const CELLS = 64; // of a mark in the texture, in each direction

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
in vec4 tint; flat in int shape; in float edge; out vec4 pixel; uniform bool solid; uniform sampler2D marks;
void main() {
  float d = 2.0 * texture(marks, vec2((float(shape) + clamp(gl_PointCoord.x, 0.008, 0.992)) / ${COUNT}.0, gl_PointCoord.y)).r - 1.004;
  float a = clamp(tint.a, 0.0, 1.0) * (1.0 - smoothstep(-edge, edge * 0.35, d));
  if (a < 0.01 || (solid && a < 0.5 * tint.a)) discard; // in space an edge must not hide what is behind it
  pixel = vec4(tint.rgb * a, a);
}`;

export function sceneFor(canvas) {
  const kind = renderer(), software = SOFTWARE.test(kind);
  const gl = kind && !software && canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true, powerPreference: "high-performance" });
  if (gl) return new Scene(gl, `WebGL2, ${kind}`);
  return new Raster(canvas, software ? `Canvas 2D, as no graphics card is behind WebGL2 (${kind})` : "Canvas 2D, without WebGL2");
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;
let known;

// What draws WebGL2 here, "" where nothing does; asked on a canvas of its own, as a canvas that has once had WebGL has nothing else.
function renderer() {
  if (known !== undefined) return known;
  const gl = document.createElement("canvas").getContext("webgl2"), more = gl?.getExtension("WEBGL_debug_renderer_info");
  known = gl ? String(gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return known;
}

class Scene {
  constructor(gl, renderer) {
    Object.assign(this, { gl, renderer, n: 0 });
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
    marked(gl);
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

// The marks as a texture, which stays bound.
function marked(gl) {
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, COUNT * CELLS, CELLS, 0, gl.RED, gl.UNSIGNED_BYTE, distances(CELLS));
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
}
