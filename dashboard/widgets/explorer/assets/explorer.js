// The explorer of an embedding: takes the parts that `wire.py` sends, keeps what it has by its digest, and asks for what it lacks.

import { Explorer } from "./view.js";

const KEEP = 8_000; // ms for which an explorer that has lost its place waits for another
const parts = new Map(); // digest → part, for all explorers of the tab
const MOST = 24; // parts that are kept
const explorers = new Set();

export default function ({ data: sent, parentElement, setTriggerValue }) {
  if (!sent?.length) return; // it was only to be loaded
  const { head, arrays } = unpack(sent);
  for (const [digest, part] of Object.entries(head.parts)) parts.set(digest, revive(part, arrays));
  const lacking = Object.values(head.shown).filter((digest) => !parts.has(digest));
  const explorer = place(head, parentElement);
  explorer.ask = (wanted) => setTriggerValue("ask", wanted);
  if (lacking.length) {
    const said = `${head.n}:${lacking.join()}`;
    if (explorer.asked !== said) setTriggerValue("resync", (explorer.asked = said));
  } else explorer.show(head, Object.fromEntries(Object.entries(head.shown).map(([name, digest]) => [name, { digest, ...parts.get(digest) }])));
  forget();
  return () => leave(explorer, parentElement);
}

// u32 length of the head, the head as JSON, then the arrays, each from a multiple of 8.
function unpack(sent) {
  const bytes = sent.slice(), view = new DataView(bytes.buffer, bytes.byteOffset);
  const size = view.getUint32(0, true), start = 8 * Math.ceil((4 + size) / 8);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  return { head, arrays: bytes.buffer.slice(bytes.byteOffset + start) };
}

const KINDS = { f4: Float32Array, i4: Int32Array, u1: Uint8Array };

function revive(value, arrays) {
  if (Array.isArray(value)) return value.map((v) => revive(v, arrays));
  if (!value || typeof value !== "object") return value;
  if (value.kind && KINDS[value.kind] && "at" in value) return new KINDS[value.kind](arrays, value.at, value.length);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v, arrays)]));
}

function forget() {
  const used = new Set([...explorers].flatMap((e) => Object.values(e.shown ?? {})));
  for (const digest of [...parts.keys()]) if (parts.size > MOST && !used.has(digest)) parts.delete(digest);
}

// The explorer of this place; one whose place has gone moves here as it is.
function place(head, parent) {
  const known = [...explorers];
  const explorer = known.find((e) => e.parent === parent && e.name === head.key) ?? known.find((e) => e.name === head.key) ?? new Explorer(explorers);
  explorers.add(explorer);
  explorer.name = head.key;
  if (explorer.parent !== parent) {
    explorer.parent = parent;
    clearTimeout(explorer.leaving);
    parent.appendChild(explorer.root);
  }
  return explorer;
}

function leave(explorer, parent) {
  if (explorer.parent !== parent) return; // it has moved on
  explorer.parent = null;
  explorer.root.remove();
  explorer.leaving = setTimeout(() => {
    explorers.delete(explorer);
    explorer.end();
  }, KEEP);
}
