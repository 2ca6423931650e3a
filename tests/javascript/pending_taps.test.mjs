import assert from "node:assert/strict";
import { test } from "node:test";

import { PendingTaps } from "../../static/pending-taps.js";
import { MemoryStorage } from "./memory_storage.mjs";

const listIds = (taps) => taps.list().map((entry) => entry.tap.id);

test("taps are listed in the order in which they were made, until they are removed", () => {
  const taps = new PendingTaps("marker:1:", new MemoryStorage());
  taps.add({ id: "b" });
  taps.add({ id: "a" });
  taps.add({ id: "c" });

  taps.remove(taps.list()[0]);

  assert.deepEqual(listIds(taps), ["a", "c"]);
});

test("undoing a tap that was not sent is an entry of its own", () => {
  const taps = new PendingTaps("marker:1:", new MemoryStorage());

  taps.add({ id: "a" });
  taps.add({ id: "a", undo: true });

  assert.equal(taps.list().length, 2);
});

test("another page sees stored taps, another person's page does not", () => {
  const storage = new MemoryStorage();
  new PendingTaps("marker:1:", storage).add({ id: "a" });

  assert.deepEqual(listIds(new PendingTaps("marker:1:", storage)), ["a"]);
  assert.deepEqual(listIds(new PendingTaps("marker:2:", storage)), []);
});

test("what does not fit into the storage lasts as long as the page", () => {
  const taps = new PendingTaps("marker:1:", new MemoryStorage(1));
  taps.add({ id: "a" });
  assert.equal(taps.areStored, true);

  taps.add({ id: "b" });

  assert.deepEqual(listIds(taps), ["a", "b"]);
  assert.equal(taps.areStored, false);
});

test("without a storage taps are only in memory", () => {
  const taps = new PendingTaps("marker:1:", null);

  taps.add({ id: "a" });

  assert.deepEqual(listIds(taps), ["a"]);
  assert.equal(taps.areStored, false);
});

test("entries that cannot be read are ignored", () => {
  const storage = new MemoryStorage();
  storage.setItem("marker:1:x", "{");

  assert.deepEqual(new PendingTaps("marker:1:", storage).list(), []);
});
