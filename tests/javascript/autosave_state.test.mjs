import assert from "node:assert/strict";
import { test } from "node:test";

import { AutosaveState } from "../../static/autosave-state.js";

const words = (text) => [["answer_story", text]];
const createState = (text = "", number = 0) => new AutosaveState({ typed: words(text), seen: { seen_story: `${number}` } });

test("a form that nobody changed sends nothing", () => {
  const state = createState("as it was");

  assert.equal(state.takeNext(), null);
  assert.equal(state.isSaved, true);
});

test("what is typed is sent with the version that the page shows, and saved once the server says so", () => {
  const state = createState();
  state.type(words("one"));
  assert.deepEqual(state.takeNext(), { typed: words("one"), seen: { seen_story: "0" } });
  assert.equal(state.isSaved, false);

  state.confirm({ seen_story: "1" });

  assert.equal(state.isSaved, true);
  assert.equal(state.seen.seen_story, "1");
});

test("after a lost answer the same words are sent again before newer ones", () => {
  const state = createState();
  state.type(words("one"));
  const first = state.takeNext();
  state.fail("no connection");
  state.type(words("one two"));

  assert.deepEqual(state.takeNext(), first);

  state.confirm({ seen_story: "1" });
  assert.deepEqual(state.takeNext(), { typed: words("one two"), seen: { seen_story: "1" } });
});

test("what the server refuses waits until something else is typed", () => {
  const state = createState();
  state.type(words("too long"));
  state.takeNext();
  state.refuse("Shorten it.");
  assert.equal(state.takeNext(), null);
  assert.equal(state.problem, "Shorten it.");

  state.type(words("long"));

  assert.deepEqual(state.takeNext().typed, words("long"));
});

test("a closed window's words come back with what was on its way", () => {
  const closed = createState();
  closed.type(words("one"));
  const first = closed.takeNext();
  closed.type(words("one two"));
  const state = createState("one", 1);

  assert.equal(state.restore(closed.getDraft()), true);

  assert.deepEqual(state.typed, words("one two"));
  assert.deepEqual(state.takeNext(), first);
});

test("words that the page shows already are not put back", () => {
  const draft = { typed: words("one"), pending: null, seen: { seen_story: "0" } };

  assert.equal(createState("one", 1).restore(draft), false);
});

test("words that were sent by a button are put back only if they did not arrive", () => {
  const draft = { typed: words("one"), pending: null, seen: { seen_story: "0" }, isSubmitted: true };

  assert.equal(createState("changed elsewhere since", 2).restore(draft), false);
  assert.equal(createState("", 0).restore(draft), true);
});

test("a page that gives words back has not saved them", () => {
  const state = new AutosaveState({ typed: words("one"), seen: {}, saved: null });

  assert.equal(state.isSaved, false);
});
