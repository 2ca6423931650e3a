// Where times are in the rows of a ribbon. Rows have {start, end} in seconds.

export function findRow(rows, seconds) {
  return rows.find((row) => seconds < row.end) ?? rows.at(-1);
}

// From the left edge of its row.
export function calculatePercent({ start, end }, seconds) {
  return Math.min(100, (100 * (seconds - start)) / (end - start));
}

// The time at a point of the page. boxes: [{row, box}], with each row's DOMRect.
export function findSeconds(boxes, x, y) {
  const distance = ({ box }) => Math.max(box.top - y, y - box.bottom, 0);
  const { row, box } = boxes.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  const share = Math.max(0, Math.min(1, (x - box.left) / box.width));
  return row.start + share * (row.end - row.start);
}
