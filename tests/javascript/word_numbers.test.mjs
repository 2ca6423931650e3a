import assert from "node:assert/strict";
import test from "node:test";

import { numberWords } from "../../static/word-numbers.js";

test("words are counted from the beginning of the text", () => {
  assert.deepEqual(numberWords("We waited ", "a long time"), { from: 2, to: 5 });
});

test("a word that is only touched counts whole", () => {
  assert.deepEqual(numberWords("We wai", "ted a lo"), { from: 1, to: 4 });
});

test("white space around the words does not count", () => {
  assert.deepEqual(numberWords("We", "\n waited \n"), { from: 1, to: 2 });
});

test("white space alone is no selection", () => {
  assert.equal(numberWords("We", " \n"), null);
});
