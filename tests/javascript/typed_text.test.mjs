import assert from "node:assert/strict";
import { test } from "node:test";
import { haveSameTexts, isToPutBack, selectKept, SENT, TypedText } from "../../static/typed-text.js";
import { MemoryStorage } from "./memory_storage.mjs";

const ENTRIES = [["answer_cost", "A lot"]];

test("what was typed is there after the page was closed", () => {
  const storage = new MemoryStorage();
  new TypedText("page", storage).keep(ENTRIES);
  assert.deepEqual(new TypedText("page", storage).read(), ENTRIES);
  assert.equal(new TypedText("other page", storage).read(), null);
});

test("what is saved is forgotten", () => {
  const typed = new TypedText("page", new MemoryStorage());
  typed.keep(ENTRIES);
  typed.forget();
  assert.equal(typed.read(), null);
});

test("a browser without storage, or with something else in it, loses nothing else", () => {
  assert.equal(new TypedText("page", null).keep(ENTRIES), false);
  assert.equal(new TypedText("page", null).read(), null);
  const storage = new MemoryStorage();
  storage.setItem("page", '{"a": 1}');
  assert.equal(new TypedText("page", storage).read(), null);
});

test("tokens and files are not kept", () => {
  const entries = [["csrf_token", "x"], ["kept_for", "y"], ["file", {}], ...ENTRIES];
  assert.ok(haveSameTexts(selectKept(entries), ENTRIES));
});

test("what was sent is put back only if it never came to the server", () => {
  const typed = [["answer_cost", "A lot"], ["seen_cost", "1 a"]];
  const before = [["answer_cost", ""], ["seen_cost", "1 a"]];
  const changedElsewhere = [["answer_cost", "Little"], ["seen_cost", "3 c"]];
  assert.ok(isToPutBack([...typed, SENT], before));
  assert.ok(!isToPutBack([...typed, SENT], changedElsewhere));
  assert.ok(isToPutBack(typed, changedElsewhere)); // never sent: the server will show both
  assert.ok(!isToPutBack(typed, [["answer_cost", "A lot"], ["seen_cost", "2 b"]]));
});
