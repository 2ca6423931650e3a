import assert from "node:assert/strict";
import { test } from "node:test";

import { parseFragment } from "../../static/media-fragment.js";
import { calculatePercent, findRow, findSeconds } from "../../static/ribbon-geometry.js";
import { countWords, findNearest, findSentence, formatOffset } from "../../static/text-offsets.js";
import { formatTime } from "../../static/time-format.js";

const ROWS = [
  { start: 0, end: 100 },
  { start: 100, end: 200 },
];
const BOXES = ROWS.map((row, index) => ({ row, box: { left: 0, width: 50, top: index * 10, bottom: index * 10 + 8 } }));
const OFFSETS = [
  ["s1.0.0", 1, "We"],
  ["s1.0.1", 2, "came"],
  ["s2.0.0", 4, "Then"],
  ["s2.0.1", 5, "left"],
];

test("times have hours only from an hour on", () => {
  assert.deepEqual([0, 65.9, 3600, 7265].map(formatTime), ["0:00", "1:05", "1:00:00", "2:01:05"]);
});

test("a fragment has a start and perhaps an end", () => {
  assert.deepEqual(parseFragment("#t=12.5,20"), { start: 12.5, end: 20 });
  assert.deepEqual(parseFragment("#t=12.5"), { start: 12.5, end: null });
});

test("a time is in the row that it falls into, the last row has what comes after", () => {
  assert.equal(findRow(ROWS, 99.9), ROWS[0]);
  assert.equal(findRow(ROWS, 100), ROWS[1]);
  assert.equal(findRow(ROWS, 300), ROWS[1]);
  assert.equal(calculatePercent(ROWS[1], 150), 50);
  assert.equal(calculatePercent(ROWS[1], 300), 100);
});

test("a point beside the rows belongs to the nearest one", () => {
  assert.equal(findSeconds(BOXES, 25, 4), 50);
  assert.equal(findSeconds(BOXES, 25, 999), 150);
  assert.equal(findSeconds(BOXES, -5, 0), 0);
  assert.equal(findSeconds(BOXES, 60, 0), 100);
});

test("the nearest word and the next sentence are found", () => {
  assert.equal(findNearest(OFFSETS, 3.1), 2);
  assert.equal(findSentence(OFFSETS, 0, 1), 2);
  assert.equal(findSentence(OFFSETS, 3, -1), 2);
  assert.equal(findSentence(OFFSETS, 2, 1), 3);
});

test("an offset counts words; a selection that starts inside a word starts with it", () => {
  const span = { segment: "s1", word: "4" };

  assert.equal(formatOffset(span, "We came ", "here", { isEnd: false }), "s1.4.2");
  assert.equal(formatOffset(span, "We ca", "me here", { isEnd: false }), "s1.4.1");
  assert.equal(formatOffset(span, "We ca", "me here", { isEnd: true }), "s1.4.2");
  assert.equal(formatOffset({ segment: "s1" }, "", "We", { isEnd: false }), "s1.0.0");
  assert.equal(countWords("  one\n two "), 2);
});
