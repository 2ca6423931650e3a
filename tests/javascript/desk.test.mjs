import assert from "node:assert/strict";
import { test } from "node:test";

import { describeCertainty, describeQuestion, findNextOpen, findQuestionOfKey, haveMoved } from "../../static/desk-decisions.js";
import { KeyBindings, mayBind, nameKey } from "../../static/desk-keys.js";
import { SaveQueue } from "../../static/desk-saves.js";
import { WordIndex, findToken, listTokens } from "../../static/desk-words.js";
import { MemoryStorage } from "./memory_storage.mjs";

const STATE = {
  questions: [
    { key: "cost", number: 1, prompt: "What did it cost?" },
    { key: "worked", number: 2, prompt: "Did it work?" },
  ],
  passages: [
    { id: "a", isOpen: true },
    { id: "b", isOpen: false },
    { id: "c", isOpen: true },
  ],
};

test("words are counted as readers do", () => {
  assert.deepEqual(listTokens(" a  well-known b"), [
    [1, 2],
    [4, 14],
    [15, 16],
  ]);
  assert.deepEqual(
    [0, 2, 5, 16, 99].map((offset) => findToken(" a  well-known b", offset)),
    [0, 1, 1, 2, 2],
  );
});

test("the word that is being said is found by its time, also after a correction", () => {
  const index = new WordIndex([[[0, 1, 1], [1, 2, 1]], [], [[5, 6, 1]]]);

  const found = [0.5, 1.5, 2.5, 4, 5].map((seconds) => index.find(seconds));
  index.replace(2, [[5, 5.5, 0], [5.5, 6, 1]]);

  assert.deepEqual(
    found.map((word) => word && [word.segment, word.token]),
    [[0, 0], [0, 1], [0, 1], null, [2, 0]],
  );
  assert.equal(index.find(5.7).token, 1);
});

test("the next passage to decide is found around the end, in both directions", () => {
  assert.equal(findNextOpen(STATE, "a").id, "c");
  assert.equal(findNextOpen(STATE, "c").id, "a");
  assert.equal(findNextOpen(STATE, "a", -1).id, "c");
  assert.equal(findNextOpen({ passages: [{ id: "b", isOpen: false }] }, "b"), null);
});

test("a digit is a question, 0 is none of them", () => {
  assert.deepEqual(["1", "2", "0", "9"].map((key) => findQuestionOfKey(STATE, key)), ["cost", "worked", "", null]);
  assert.equal(describeQuestion(STATE, "cost"), "1. What did it cost?");
  assert.equal(describeCertainty({ isDecided: false, certainty: "likely", percent: 80 }), "Likely (80%)");
});

test("text is shown again only where words belong to other passages", () => {
  const before = { passages: [{ id: "a", seen: "suggested:cost:0.0-1.2" }] };

  assert.equal(haveMoved(before, { passages: [{ id: "a", seen: "accepted:worked:0.0-1.2" }] }), false);
  assert.equal(haveMoved(before, { passages: [{ id: "a", seen: "suggested:cost:0.0-1.1" }] }), true);
  assert.equal(haveMoved(before, { passages: [...before.passages, { id: "b", seen: "suggested::1.3-2.0" }] }), true);
});

test("keys have names with their modifiers, and only those that write nothing can be bound", () => {
  assert.equal(nameKey({ key: "k", metaKey: true, shiftKey: true }), "Ctrl+Shift+K");
  assert.deepEqual(["F4", "K", "Ctrl+K", "Tab", "Enter", "Alt+U"].map(mayBind), [true, false, true, false, false, true]);
});

test("a key that is bound again is taken from what had it", () => {
  const keys = new KeyBindings("pedal");

  assert.equal(keys.find("F5"), "forward");
  assert.equal(keys.rebind("back", "F5"), true);
  assert.deepEqual([keys.find("F5"), keys.find("F3"), keys.getKeys("forward")], ["back", null, []]);
});

function startQueue(answers) {
  const [sent, states, storage, timers] = [[], [], new MemoryStorage(), []];
  const queue = new SaveQueue({
    storage,
    onChange: (edit) => states.push(edit.state),
    setTimer: (run) => timers.push(run),
    clearTimer: () => {},
    send: async (edit) => {
      sent.push(edit);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { queue, sent, states, storage, timers };
}

test("an edit is sent with the version that it is based on, and forgotten once saved", async () => {
  const { queue, sent, storage } = startQueue([{ status: "saved", version: 4 }]);

  queue.add("t:1", "new", 3);
  await queue.flush();

  assert.deepEqual(sent, [{ key: "t:1", text: "new", version: 3 }]);
  assert.deepEqual([queue.state, storage.length], ["saved", 0]);
});

test("what is typed while an edit is on its way goes after it, on the new version", async () => {
  const { queue, sent } = startQueue([{ status: "saved", version: 1 }, { status: "saved", version: 2 }]);

  queue.add("t:1", "one", 0);
  const first = queue.flush();
  queue.add("t:1", "two", 0);
  await first;
  await queue.flush();

  assert.deepEqual(sent.map(({ text, version }) => [text, version]), [["one", 0], ["two", 1]]);
});

test("without a connection edits wait in the storage and go later, from another visit too", async () => {
  const { queue, storage } = startQueue([new TypeError("no connection")]);
  queue.add("t:1", "kept", 0);
  await queue.flush();

  const later = startQueue([{ status: "saved", version: 1 }]);
  later.queue.storage = storage;
  const restored = later.queue.restore("t:");
  await later.queue.flush();

  assert.equal(queue.state, "offline");
  assert.deepEqual(restored.map(({ text }) => text), ["kept"]);
  assert.deepEqual([later.sent[0].text, storage.length], ["kept", 0]);
});

test("a conflict waits for a person, who keeps one of the two", async () => {
  const conflict = { status: "conflict", version: 7, text: "theirs" };
  const { queue, sent, storage } = startQueue([conflict, { status: "saved", version: 8 }]);
  queue.add("t:1", "mine", 3);
  await queue.flush();
  const state = queue.state;
  await queue.flush();

  await queue.keepMine("t:1");

  assert.equal(state, "conflict");
  assert.deepEqual(sent.map(({ version }) => version), [3, 7]);
  assert.equal(storage.length, 0);
});
