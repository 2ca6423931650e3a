import assert from "node:assert/strict";
import { test } from "node:test";

import { formatPercent, formatSize, formatTimeLeft } from "../../static/upload-text.js";

test("sizes have three digits and a unit", () => {
  assert.deepEqual([500, 2048, 5_000_000, 3 * 1024 ** 3].map(formatSize), ["500 bytes", "2 kB", "4.77 MB", "3 GB"]);
});

test("a percentage is rounded down, so that 100% means all", () => {
  assert.equal(formatPercent(99.9), "99%");
});

test("the remaining time follows from the speed since the start", () => {
  const base = { started: 0, startBytes: 0, total: 1000 };

  assert.equal(formatTimeLeft({ ...base, now: 2_000, sent: 500 }), "");
  assert.equal(formatTimeLeft({ ...base, now: 10_000, sent: 0 }), "");
  assert.equal(formatTimeLeft({ ...base, now: 10_000, sent: 500 }), ", less than a minute left");
  assert.equal(formatTimeLeft({ ...base, now: 60_000, sent: 500 }), ", about 1 minute left");
  assert.equal(formatTimeLeft({ ...base, now: 60_000, sent: 100 }), ", about 9 minutes left");
  assert.equal(formatTimeLeft({ ...base, now: 3_600_000, sent: 250 }), ", about 3 hours left");
});

test("what was sent before a pause does not count as speed", () => {
  const left = formatTimeLeft({ started: 0, startBytes: 900, now: 10_000, sent: 910, total: 1000 });

  assert.equal(left, ", about 2 minutes left");
});
