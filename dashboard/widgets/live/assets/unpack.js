// What `wire.py` packs: runs of even numbers, binary arrays, maps in 256 shades.

// Laid over, key by key; what the figure on this side owns is never what the message owns.
export function overlay(under, over) {
  for (const [key, value] of Object.entries(over)) {
    const nested = value && typeof value === "object" && !Array.isArray(value) && !value.bdata && !value.even;
    under[key] = nested ? overlay(under[key] ?? {}, value) : value?.even ? numbers(value) : value;
  }
  return under;
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function numbers(value) {
  if (value?.even) return Array.from({ length: value.even[2] }, (_, i) => value.even[0] + i * value.even[1]);
  if (!value?.bdata) return value;
  const raw = bytes(value.bdata).buffer;
  return Array.from(new { f4: Float32Array, i4: Int32Array, u4: Uint32Array, u1: Uint8Array }[value.dtype](raw));
}

// Curves grow, so they are plain arrays here; maps in 256 shades become numbers again; Plotly reads the rest itself.
export function unpackTrace(trace) {
  const out = { ...trace };
  for (const key of ["x", "y"]) if (out[key] && !out[key].shape) out[key] = numbers(out[key]);
  if (out.z?.u1) out.z = shaded(out.z);
  return out;
}

function shaded({ lo, hi, cols, u1 }) {
  const flat = Array.from(bytes(u1), (q) => lo + (q * (hi - lo)) / 255);
  return Array.from({ length: flat.length / cols }, (_, row) => flat.slice(row * cols, (row + 1) * cols));
}
