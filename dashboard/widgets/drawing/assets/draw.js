// A square canvas: strokes are kept as points in [0, 1] and told when one ends, so that the picture can be made anywhere.

const boards = new WeakMap(); // the node that Streamlit keeps → its board
const NEAR = 0.004; // points closer than this to the last one say nothing new

export default function ({ data, parentElement, setStateValue }) {
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new Board(parentElement)));
  board.show(data, (strokes) => setStateValue("strokes", strokes));
  return () => {
    board.end();
    boards.delete(parentElement);
  };
}

class Board {
  constructor(parent) {
    this.strokes = [];
    this.root = element("div", "infoscope-drawing", parent);
    this.canvas = element("canvas", "", this.root);
    this.hint = element("span", "hint", this.root);
    const bar = element("div", "bar", this.root);
    this.undo = this.button(bar, () => this.strokes.pop());
    this.clear = this.button(bar, () => (this.strokes = []));
    for (const name of ["down", "move", "up", "cancel"])
      this.canvas.addEventListener(`pointer${name}`, (event) => this[name](event));
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.canvas);
    this.theme = new MutationObserver(() => this.draw()); // light or dark: the ink follows
    this.theme.observe(document.documentElement, { attributes: true, subtree: false });
  }

  show({ pen, height, clear, undo, hint, label }, tell) {
    this.pen = pen;
    this.tell = tell;
    this.root.style.maxWidth = `${height}px`;
    this.clear.textContent = clear;
    this.undo.textContent = undo;
    this.hint.textContent = hint;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.draw();
  }

  button(bar, change) {
    const button = element("button", "", bar);
    button.type = "button";
    button.addEventListener("click", () => {
      change();
      this.changed();
    });
    return button;
  }

  down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.now = this.place(event);
    this.strokes.push(this.now);
    this.draw();
  }

  move(event) {
    if (!this.now) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = this.place(one);
      if (Math.hypot(x - this.now.at(-2), y - this.now.at(-1)) > NEAR) this.now.push(x, y);
    }
    this.draw();
  }

  up() {
    if (!this.now) return;
    this.now = null;
    this.changed();
  }

  cancel() {
    this.up();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const inside = (v) => Math.round(1000 * Math.min(1, Math.max(0, v))) / 1000;
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  }

  changed() {
    this.draw();
    this.tell(this.strokes);
  }

  draw() {
    const side = this.canvas.clientWidth * (window.devicePixelRatio || 1);
    if (!side) return;
    if (this.canvas.width !== Math.round(side)) this.canvas.width = this.canvas.height = Math.round(side);
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, side, side);
    pen.strokeStyle = getComputedStyle(this.root).color;
    pen.lineWidth = this.pen * side;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(stroke[0] * side, stroke[1] * side);
      for (let i = 0; i < stroke.length; i += 2) pen.lineTo(stroke[i] * side, stroke[i + 1] * side);
      pen.stroke();
    }
    this.hint.hidden = this.strokes.length > 0;
    this.undo.disabled = this.clear.disabled = !this.strokes.length;
  }

  end() {
    this.watch.disconnect();
    this.theme.disconnect();
    this.root.remove();
  }
}

function element(tag, name, parent) {
  const node = document.createElement(tag);
  node.className = name;
  return parent.appendChild(node);
}
