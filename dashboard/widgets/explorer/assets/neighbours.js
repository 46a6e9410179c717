// The rows nearest to and farthest from one among the features, where the browser has these.

// { d, values (n d,), near, far }: how many of each are wanted; → as `answers.neighbours` of the program.
export function neighbours({ d, values, near, far }, row) {
  const n = values.length / d, squares = new Float64Array(n), from = row * d;
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++, at++) { const apart = values[at] - values[from + j]; sum += apart * apart; }
    squares[i] = sum;
  }
  const [close, distant] = [first(squares, row, near, 1), first(squares, row, far, -1)], length = (i) => Math.sqrt(squares[i]);
  return { row, near: close, near_distance: close.map(length), far: distant, far_distance: distant.map(length) };
}

// The k rows but one with the smallest values, or with sign −1 the largest, in order.
function first(values, but, k, sign) {
  const rows = [];
  for (let i = 0; i < values.length; i++) {
    const v = sign * values[i];
    if (i === but || !(rows.length < k || v < sign * values[rows[k - 1]])) continue;
    let at = rows.length;
    while (at && sign * values[rows[at - 1]] > v) at--;
    rows.splice(at, 0, i);
    if (rows.length > k) rows.pop();
  }
  return rows;
}
