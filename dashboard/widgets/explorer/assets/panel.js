// What is selected: a row with its neighbours, or many rows with their counts, their pictures and their confusion matrix.

import { described, text, thumbnail, titled } from "./card.js";
import { button, element, grouped, say, written } from "./dom.js";

const PICTURES = 60; // of a selection that are shown at first, and more each time they are asked for
const BARS = 12;

export class Panel {
  constructor(explorer) {
    this.e = explorer;
    this.root = element("aside", "panel", explorer.body);
    this.shown = PICTURES;
  }

  draw() {
    const { e } = this, { rows, focus, words } = e;
    const same = this.rows === rows && this.focus === focus;
    if (!same) Object.assign(this, { rows, focus, shown: PICTURES, matrix: false });
    const bare = !rows.length || e.linked; // what was selected beside it is said there
    this.root.classList.toggle("bare", bare);
    this.root.replaceChildren();
    if (bare) return this.hint();
    const head = element("header", "", this.root);
    element("strong", "", head, rows.length === 1 ? titled(e, rows[0]) : say(words.selected, { n: grouped(rows.length) }));
    button("close", words.close, head, () => e.select([]));
    if (focus >= 0) this.row(focus);
    else this.many(rows);
  }

  hint() {
    const zoom = this.e.base?.pictures ? ["hint_zoom"] : []; // nodes and rows of a table have none
    for (const name of ["hint_click", "hint_lasso", ...zoom, "hint_legend"]) element("p", "quiet", this.root, this.e.words[name]);
  }

  row(i) {
    const { e } = this, { words, answer } = e;
    described(e, i, element("div", "card still", this.root), 96);
    for (const kind of ["near", "far"]) {
      element("h5", "", this.root, words[kind]);
      const list = element("div", e.base.pictures ? "row" : "names", this.root);
      if (answer?.row !== i) { element("p", "quiet", list, words.waiting); continue; }
      answer[kind].forEach((j, place) => this.neighbour(j, answer[`${kind}_distance`][place], list));
    }
    if (answer?.row === i && e.clickedAt) { e.stage.dataset.answered = Math.round(performance.now() - e.clickedAt); e.clickedAt = 0; }
    element("p", "quiet", this.root, words.distances);
  }

  neighbour(j, distance, list) {
    const { e } = this, node = element("button", "neighbour", list);
    node.type = "button";
    node.title = [titled(e, j), ...e.columns.filter((c) => c.kind === "category").map((c) => `${c.title} ${text(c, j)}`)].join(" · ");
    if (e.base.pictures) thumbnail(e, j, 44, node);
    else element("span", "", node, [titled(e, j), ...(e.column?.kind === "category" ? [text(e.column, j)] : [])].join(" · "));
    element("span", "quiet", node, written(distance));
    node.addEventListener("click", () => e.select([j], j));
    node.addEventListener("mouseenter", () => ((e.over = j), e.redraw()));
    node.addEventListener("mouseleave", () => ((e.over = -1), e.redraw()));
  }

  many(rows) {
    const { e } = this, { words } = e;
    const [label, cluster, probe] = ["label", "cluster", "probe"].map((id) => e.columns.find((c) => c.id === id)), across = cluster ?? probe;
    for (const column of new Set([label, cluster, e.column])) if (column?.kind === "category") this.bars(column, rows);
    if (label && across) {
      const open = button(null, words.confusion, this.root, () => ((this.matrix = !this.matrix), this.draw()), { text: words.confusion });
      open.setAttribute("aria-expanded", this.matrix);
      if (this.matrix) this.confusion(label, across, rows);
    }
    this.gallery(rows);
  }

  bars(column, rows) {
    const { e } = this, counts = counted(column, rows), most = Math.max(...counts.values());
    if (column.names.length < 2) return;
    element("h5", "", this.root, column.title);
    const order = [...counts].sort((a, b) => b[1] - a[1]);
    const list = element("div", "bars", this.root);
    for (const [code, n] of order.slice(0, BARS)) {
      element("span", "name", list, code < 0 ? "–" : column.names[code]);
      const bar = element("i", "", element("span", "track", list));
      Object.assign(bar.style, { width: `${(100 * n) / most}%`, background: column === e.column ? e.colours.ofClass(code) : "currentColor" });
      element("span", "count", list, grouped(n));
    }
    if (order.length > BARS) element("p", "quiet", this.root, say(e.words.more, { n: order.length - BARS }));
  }

  // Rows are labels, columns are clusters, or where there are none what a probe says; of the selected rows alone.
  confusion(label, cluster, rows) {
    const alike = String(label.names) === String(cluster.names) ? [label, cluster] : null; // of equal names the diagonal is what is right
    const codes = (column) => [...new Set((alike ?? [column]).flatMap((c) => [...counted(c, rows).keys()]))].filter((c) => c >= 0).sort((a, b) => a - b);
    const down = codes(label), across = codes(cluster), at = new Map();
    for (const i of rows) { const cell = `${label.values[i]},${cluster.values[i]}`; at.set(cell, (at.get(cell) ?? 0) + 1); }
    const most = Math.max(...at.values()), table = element("table", "confusion", element("div", "wide", this.root));
    element("p", "quiet", this.root, say(this.e.words.matrix, { across: cluster.title }));
    const head = element("tr", "", table);
    element("td", "", head);
    for (const c of across) element("th", "", head, cluster.names[c]).scope = "col";
    for (const r of down) {
      const line = element("tr", "", table);
      element("th", "", line, label.names[r]).scope = "row";
      for (const c of across) {
        const n = at.get(`${r},${c}`) ?? 0, cell = element("td", "", line, n ? grouped(n) : "");
        cell.style.setProperty("--share", n / most);
        if (n) { cell.tabIndex = 0; cell.addEventListener("click", () => this.e.select(rows.filter((i) => label.values[i] === r && cluster.values[i] === c))); }
      }
    }
  }

  gallery(rows) {
    const { e } = this;
    if (!e.base.pictures) return this.names(rows);
    const grid = element("div", "gallery", this.root);
    for (const i of rows.slice(0, this.shown)) {
      const node = element("button", "neighbour", grid);
      node.type = "button";
      node.title = [titled(e, i), ...e.columns.filter((c) => c.kind === "category").map((c) => `${c.title} ${text(c, i)}`)].join(" · ");
      thumbnail(e, i, 40, node);
      node.addEventListener("click", () => e.select([i], i));
    }
    if (rows.length > this.shown) button(null, e.words.show, this.root, () => ((this.shown += 2 * PICTURES), this.draw()), { text: say(e.words.more, { n: grouped(rows.length - this.shown) }) });
  }

  names(rows) {
    const { e } = this, list = element("div", "names", this.root);
    for (const i of rows.slice(0, this.shown)) {
      const node = element("button", "neighbour", list, [titled(e, i), ...(e.column?.kind === "category" ? [text(e.column, i)] : [])].join(" · "));
      node.type = "button";
      node.addEventListener("click", () => e.select([i], i));
    }
    if (rows.length > this.shown) button(null, e.words.show, this.root, () => ((this.shown += 2 * PICTURES), this.draw()), { text: say(e.words.more, { n: grouped(rows.length - this.shown) }) });
  }

  // Pictures have come.
  pictured() {
    for (const canvas of this.root.querySelectorAll(".thumbnail.empty"))
      if (this.e.pictures.draw(canvas.getContext("2d"), Number(canvas.dataset.row), 0, 0, canvas.width)) canvas.classList.remove("empty");
  }
}

function counted(column, rows) {
  const counts = new Map();
  for (const i of rows) counts.set(column.values[i], (counts.get(column.values[i]) ?? 0) + 1);
  return counts;
}
