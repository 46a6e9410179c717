// What Python sends: a figure or what is new of it, a poll to ask for, a place to bring into view.

import { Chart } from "./chart.js";

const charts = new Set(); // those of this page
const REST = 200; // ms at least between a drawing and the next poll: a slow machine stays able to hear a click
const PATIENCE = 10_000; // ms after which a poll that nobody answered is repeated

export default function ({ data: sent, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(sent));
  if ("view" in data) return bring(data);
  if ("pulse" in data) return pulse(data, parentElement, setTriggerValue);
  const chart = place(data, parentElement);
  chart.tell = (place) => setTriggerValue("clicked", place);
  if ("figure" in data) chart.begin(data);
  else if (data.id === chart.id && data.v === chart.v + 1) chart.advance(data);
  else if (data.id !== chart.id || data.v > chart.v + 1) chart.ask(data, setTriggerValue);
  else chart.draw(); // nothing new: the theme changed
  return () => chart.leave(parentElement);
}

// What was started comes into view, once.
const brought = new Set();

function bring({ view, once }) {
  const place = document.querySelector(view);
  const top = place?.getBoundingClientRect().top;
  if (once && place && !brought.has(once) && (top < 0 || top > 0.6 * innerHeight)) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  }
  if (once) brought.add(once);
}

// The chart of this place; one whose place has gone because something was put above it moves here as it is.
function place(data, parent) {
  const known = [...charts];
  const chart =
    known.find((c) => c.parent === parent) ?? known.find((c) => c.id === data.id || (data.key && c.key === data.key)) ??
    new Chart(() => charts.delete(chart));
  charts.add(chart);
  if (chart.parent !== parent) chart.move(parent);
  return chart;
}

// Asks for the next poll once everything is drawn that the last one brought, and never before.
const pulses = new WeakMap();

function pulse({ pulse: every, n }, parent, setTriggerValue) {
  const known = pulses.get(parent) ?? { asked: -Infinity };
  pulses.set(parent, known);
  const ask = () => {
    known.asked = performance.now();
    setTriggerValue("poll", n);
    known.timer = setTimeout(ask, PATIENCE);
  };
  if (known.n !== n) {
    known.n = n;
    clearTimeout(known.timer);
    Promise.allSettled([...charts].map((chart) => chart.task)).then(() => {
      if (known.n === n) known.timer = setTimeout(ask, Math.max(REST, known.asked + every - performance.now()));
    });
  }
  return () => {
    known.n = null;
    clearTimeout(known.timer);
  };
}
