import assert from "node:assert/strict";
import { test } from "node:test";

import { removeDrafts, removeOldDrafts, TypedDrafts } from "../../static/typed-drafts.js";
import { MemoryStorage } from "./memory_storage.mjs";

const DAY = 24 * 3600 * 1000;

test("a draft is there for the next window of the same form, and for no other form", () => {
  const storage = new MemoryStorage();
  new TypedDrafts(storage, "one:you", "a").keep({ typed: "words" });

  assert.equal(new TypedDrafts(storage, "two:you", "b").takeOver(), null);
  assert.equal(new TypedDrafts(storage, "one:you", "c").takeOver().typed, "words");
});

test("two windows keep their own words, and the newest come back first", () => {
  const storage = new MemoryStorage();
  new TypedDrafts(storage, "one:you", "a", () => 1).keep({ typed: "older" });
  new TypedDrafts(storage, "one:you", "b", () => 2).keep({ typed: "newer" });

  assert.equal(new TypedDrafts(storage, "one:you", "c").takeOver().typed, "newer");
  assert.equal(storage.length, 2);
});

test("what is saved is removed from the browser", () => {
  const storage = new MemoryStorage();
  const drafts = new TypedDrafts(storage, "one:you", "a");
  drafts.keep({ typed: "words" });

  drafts.remove();

  assert.equal(storage.length, 0);
});

test("a browser that keeps nothing is noticed", () => {
  assert.equal(new TypedDrafts(new MemoryStorage(0), "one:you", "a").keep({}), false);
  assert.equal(new TypedDrafts(null, "one:you", "a").keep({}), false);
  assert.equal(new TypedDrafts(null, "one:you", "a").takeOver(), null);
});

test("leaving removes all drafts or those of one contribution, and nothing else", () => {
  const storage = new MemoryStorage();
  storage.setItem("marker:1", "{}");
  for (const form of ["one:you", "one:things", "two:you"]) new TypedDrafts(storage, form, "a").keep({});

  removeDrafts(storage, "one");
  assert.equal(storage.length, 2);

  removeDrafts(storage);
  assert.deepEqual([storage.length, storage.key(0)], [1, "marker:1"]);
});

test("a window whose person leaves keeps nothing more", () => {
  const storage = new MemoryStorage();
  const drafts = new TypedDrafts(storage, "one:you", "a");
  drafts.stop();

  assert.equal(drafts.keep({}), false);
  assert.equal(storage.length, 0);
});

test("drafts go after thirty days, and so does what cannot be read", () => {
  const storage = new MemoryStorage();
  new TypedDrafts(storage, "one:you", "old", () => 0).keep({});
  new TypedDrafts(storage, "one:you", "new", () => 2 * DAY).keep({});
  storage.setItem("typed:one:you:broken", "{");

  removeOldDrafts(storage, 31 * DAY);

  assert.deepEqual([storage.length, storage.key(0)], [1, "typed:one:you:new"]);
});
