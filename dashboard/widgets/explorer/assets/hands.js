// What a pointer and keys do to an explorer.

// What `gestures` tells of.
export function hands(e) {
  return {
    moved: () => (e.card.hide(), e.travel()),
    lassoing: () => e.options.lasso,
    hover: (x, y) => hover(e, e.pick(x, y)),
    leave: () => hover(e, -1),
    click: (x, y) => { const i = e.pick(x, y); hover(e, -1); i >= 0 ? e.select([i], i) : e.rows.length && e.select([]); },
    lasso: (line, done) => lasso(e, line, done),
    reset: () => (e.camera.reset(), e.redraw()),
    key: (event) => key(e, event),
  };
}

function hover(e, i) {
  if (i === e.over) return;
  e.over = i;
  e.stage.style.cursor = i >= 0 ? "pointer" : "";
  i >= 0 ? e.card.show(i) : e.card.hide();
  e.redraw();
}

function lasso(e, line, done) {
  e.line = done ? [] : line;
  if (done) {
    const path = new Path2D(), test = document.createElement("canvas").getContext("2d"), inside = [];
    line.forEach(([x, y], j) => (j ? path.lineTo(x, y) : path.moveTo(x, y)));
    for (let i = 0; i < e.n; i++) if (e.counts(i) && test.isPointInPath(path, ...e.at(i))) inside.push(i);
    e.option("lasso", false);
    e.select(inside);
  }
  e.redraw();
}

const STEPS = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };

function key(e, event) {
  const step = STEPS[event.key], { camera } = e, one = (i) => e.select([i], i);
  if (event.target !== e.stage || event.ctrlKey || event.metaKey) return;
  if (step) camera.deep && !event.shiftKey ? camera.rotate(-step[0], -step[1]) : camera.pan(...step);
  else if (event.key === "+" || event.key === "=") camera.zoomAt(1.3);
  else if (event.key === "-") camera.zoomAt(1 / 1.3);
  else if (event.key === "0") camera.reset();
  else if (event.key === "Escape") e.select([]);
  else if (event.key === "Enter") one(e.places.pick(camera.width / 2, camera.height / 2, camera, undefined, Infinity));
  else if (event.key === "." || event.key === ",") one((e.focus + (event.key === "." ? 1 : -1) + e.n) % e.n);
  else return;
  event.preventDefault();
  event.stopPropagation();
  e.redraw();
}
