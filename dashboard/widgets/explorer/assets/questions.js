// What an explorer asks of the program: pictures, features, and where these are many the neighbours of a row.

// Whoever comes near may click: the features are sent once, before they are needed, and never while they still change.
export function enquire(e) {
  if (e.features || !sendable(e) || e.enquired === e.shown.base) return;
  e.enquired = e.shown.base;
  wish(e, {});
}

// What is still wanted is said with it, as of two questions in a row the program may hear the last alone.
export function wish(e, wanted) {
  const row = e.features ? -1 : e.focus;
  e.asks = (e.asks ?? 0) + 1;
  e.ask?.({ row, pictures: e.pictures.waiting(), features: sendable(e), ...wanted, base: e.shown.base, n: e.asks });
}

function sendable(e) {
  return Boolean(e.base?.features && !e.info.forming);
}
