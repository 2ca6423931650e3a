import assert from "node:assert/strict";
import { test } from "node:test";

import { describeSaving } from "../../static/autosave-text.js";
import { readFields, TabTexts, writeFields } from "../../static/tab-texts.js";
import { collectSeen, fillIn, listAnswers } from "../../static/typed-entries.js";
import { MemoryStorage } from "./memory_storage.mjs";

const createField = (name, type, value = "", checked = false) => ({ name, type, value, checked });

test("answers and seen versions are separate from the other fields", () => {
  const entries = [["csrf_token", "t"], ["answer_day", "1"], ["answer_day", "2"], ["seen_day", "3 d"]];

  assert.deepEqual(listAnswers(entries), [["answer_day", "1"], ["answer_day", "2"]]);
  assert.deepEqual(collectSeen(entries), { seen_day: "3 d" });
});

test("answers of every kind go back into their fields", () => {
  const fields = [
    createField("csrf_token", "hidden", "t"),
    createField("answer_story", "textarea", "page's"),
    createField("answer_day", "text"),
    createField("answer_day", "text"),
    createField("answer_some", "checkbox", "North", true),
    createField("answer_some", "checkbox", "South"),
  ];

  fillIn(fields, [["answer_day", "1"], ["answer_day", "2"], ["answer_some", "South"]]);

  assert.deepEqual(fields.map((field) => field.value), ["t", "", "1", "2", "North", "South"]);
  assert.deepEqual(fields.slice(4).map((field) => field.checked), [false, true]);
});

test("a form gets its texts back, without hidden fields, unless it has changed", () => {
  const typed = [createField("csrf_token", "hidden", "old"), createField("words", "textarea", "mine")];
  const kept = readFields(typed);
  const page = [createField("csrf_token", "hidden", "new"), createField("words", "textarea")];

  writeFields(page, kept);

  assert.deepEqual(page.map((field) => field.value), ["new", "mine"]);
  const other = [createField("other", "textarea")];
  writeFields(other, kept);
  assert.equal(other[0].value, "");
});

test("texts of a tab last an hour and go when their person leaves", () => {
  let time = 0;
  const texts = new TabTexts(new MemoryStorage(), () => time);
  texts.keep("form", [["words", "mine"]]);
  assert.deepEqual(texts.find("form"), [["words", "mine"]]);

  time = 3600 * 1000;
  assert.equal(texts.find("form"), null);

  time = 0;
  texts.removeAll();
  assert.equal(texts.find("form"), null);
});

test("a tab without storage keeps nothing and complains about nothing", () => {
  const texts = new TabTexts(null);
  texts.keep("form", []);
  texts.removeAll();

  assert.equal(texts.find("form"), null);
});

test("the line says what is saved, and where words are that are not", () => {
  const line = { isSaved: false, problem: "no connection", isStored: true, isManual: false, savedAt: "" };

  assert.equal(describeSaving(line), "Not saved yet: no connection. Your words are kept in this browser.");
  assert.equal(describeSaving({ ...line, isStored: false }), "Not saved yet: no connection. Do not close this page.");
  assert.equal(describeSaving({ ...line, isSaved: true, savedAt: "10:32" }), "Saved at 10:32.");
  assert.equal(describeSaving({ ...line, problem: "" }), "Saving…");
  assert.match(describeSaving({ ...line, isManual: true }), /save this page/);
});
