// What a point is, beside the pointer: its picture, its name, and its values.

import { element, say, written } from "./dom.js";

const WIDE = 240;

export class Card {
  constructor(explorer) {
    this.e = explorer;
    this.root = element("div", "card", explorer.stage);
    this.root.hidden = true;
  }

  show(row) {
    this.row = row;
    this.root.replaceChildren();
    described(this.e, row, this.root, 72);
    this.root.hidden = false;
    const [x, y] = this.e.at(row), { width, height } = this.e.camera;
    this.root.style.left = `${x + 18 + WIDE > width ? Math.max(4, x - 18 - this.root.offsetWidth) : x + 18}px`;
    this.root.style.top = `${Math.max(4, Math.min(height - this.root.offsetHeight - 4, y - 24))}px`;
  }

  hide() {
    this.row = -1;
    this.root.hidden = true;
  }

  pictured() {
    if (!this.root.hidden && this.row >= 0) this.show(this.row);
  }
}

// A row in words: for the card, and for the panel of the row that was clicked.
export function described(e, row, parent, side) {
  const top = element("div", "top", parent);
  if (e.base.pictures) thumbnail(e, row, side, top);
  const words = element("div", "", top);
  element("strong", "", words, titled(e, row));
  const named = e.base.titles[row];
  if (named) element("div", "quiet", words, say(e.words.row, { row: e.base.numbers[row] }));
  for (const column of e.columns.filter((c) => c.kind === "category")) valued(column, words, text(column, row), e.colours.ofClass(column.values[row]), column === e.column);
  const numbers = e.columns.filter((c) => c.kind === "number");
  const list = element("dl", "", parent);
  for (const column of numbers.slice(0, 14)) {
    element("dt", "", list, column.title);
    element("dd", "", list, written(column.values[row]));
  }
  if (numbers.length > 14) element("p", "quiet", parent, say(e.words.more, { n: numbers.length - 14 }));
}

function valued(column, parent, value, colour, dyed) {
  const line = element("div", "valued", parent);
  if (dyed) Object.assign(element("i", "dot", line).style, { background: colour });
  element("span", "quiet", line, `${column.title} `);
  element("span", "", line, value);
}

export function text(column, row) {
  return column.values[row] < 0 ? "–" : column.names[column.values[row]];
}

export function titled(e, row) {
  return e.base.titles[row] || say(e.words.row, { row: e.base.numbers[row] });
}

// A picture of a row, or its place until it has come.
export function thumbnail(e, row, side, parent) {
  const canvas = element("canvas", "thumbnail", parent), density = Math.min(2, devicePixelRatio || 1);
  Object.assign(canvas, { width: side * density, height: side * density });
  Object.assign(canvas.style, { width: `${side}px`, height: `${side}px` });
  canvas.dataset.row = row;
  const context = canvas.getContext("2d");
  if (!e.pictures.draw(context, row, 0, 0, side * density)) canvas.classList.add("empty");
  return canvas;
}
