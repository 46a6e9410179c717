// The figure in the colours of the reader's theme, and the list of pairs, sorted by any of its columns.
const report = JSON.parse(document.getElementById("report").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const place = document.getElementById("figure");

function recoloured(value) {
  if (typeof value === "string") return report.dark[value] ?? value;
  if (Array.isArray(value)) return value.map(recoloured);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recoloured(inner)]));
}

function draw() {
  const { data, layout } = dark.matches ? recoloured(report.figure) : structuredClone(report.figure);
  const style = getComputedStyle(document.body);
  const narrow = place.clientWidth < 540 ? layout.meta.narrow ?? {} : {};
  for (const trace of data) {
    if (trace.type !== "heatmap" || trace.text) continue; // of many columns the words are made here
    const { x_names: across, y_names: down } = layout.meta;
    trace.text = trace.z.map((row, i) => row.map((z, j) => `${down[i]} · ${across[j]}: ${z === null ? "–" : z.toFixed(3)}`));
  }
  const shown = { ...layout, ...narrow, title: undefined, autosize: true, height: report.height, margin: { ...layout.margin, t: 8 } };
  Object.assign(shown, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: style.backgroundColor, font: { ...layout.font, color: style.color } });
  Plotly.react(place, data, shown, { displaylogo: false, responsive: true, plotlyServerURL: "" });
}

let by = null, down = true, all = false;
const body = document.querySelector("tbody"), more = document.querySelector(".more");

function rows() {
  const order = report.rows.map((_, i) => i);
  if (by !== null) {
    const value = (i) => report.rows[i][by];
    order.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (x === null) - (y === null); // what is unknown comes last either way
      return (typeof x === "number" ? x - y : x.localeCompare(y)) * (down ? -1 : 1);
    });
  }
  const shown = all ? order : order.slice(0, report.first);
  body.replaceChildren(...shown.map((i) => {
    const line = document.createElement("tr");
    if (report.quiet[i]) line.className = "quiet";
    report.rows[i].forEach((value, column) => {
      const cell = line.insertCell();
      if (report.digits[column] !== null) cell.className = "number";
      cell.textContent = written(value, report.digits[column]);
    });
    return line;
  }));
  more.hidden = all || report.rows.length <= report.first;
}

function written(value, digits) {
  if (value === null) return "";
  if (digits === null) return value;
  if (digits > 3 && value > 0 && value < 10 ** -digits) return `< ${(10 ** -digits).toFixed(digits)}`; // of a p-value
  return (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits).replace("-", "−");
}

document.querySelectorAll("th button").forEach((button, column) => button.addEventListener("click", () => {
  [by, down] = [column, by === column ? !down : report.digits[column] !== null];
  rows();
}));
more.addEventListener("click", () => { all = true; rows(); });
dark.addEventListener("change", draw);
draw();
rows();
