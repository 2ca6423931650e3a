import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createId, describeMarker, describePending, getRetrySeconds, LiveTaps } from "../../static/live-taps.js";
import { PendingTaps } from "../../static/pending-taps.js";
import { MemoryStorage } from "./memory_storage.mjs";

const HOUR = 3_600_000;
let time;
let taps;

beforeEach(() => {
  time = 1_000_000;
  taps = createTaps([]);
});

function createTaps(serverMarkers, serverOffset = 0) {
  const pendingTaps = new PendingTaps("marker:1:", new MemoryStorage());
  return new LiveTaps({ pendingTaps, serverMarkers, serverOffset, getTime: () => time });
}

const listKinds = () => taps.listMarkers().map((marker) => marker.kind);

test("a tap counts at once, on the server's clock", () => {
  taps = createTaps([], -HOUR);

  const tap = taps.recordTap("asked", "hopes");

  assert.equal(tap.at, time - HOUR);
  assert.deepEqual(taps.listMarkers(), [tap]);
});

test("the same tap within a second and a half is one tap", () => {
  taps.recordTap("asked", "hopes");
  time += 1_000;

  assert.equal(taps.recordTap("asked", "hopes"), null);
  assert.notEqual(taps.recordTap("declined", "hopes"), null);
  time += 1_000;
  assert.notEqual(taps.recordTap("asked", "hopes"), null);
});

test("two notes may follow each other quickly", () => {
  taps.recordTap("note", "hopes", "one");

  assert.notEqual(taps.recordTap("note", "hopes", "two"), null);
});

test("a marker that was undone is gone before the server knows of it", () => {
  taps = createTaps([{ id: "a", kind: "asked", question: "hopes", at: 1 }]);

  taps.undoMarker(taps.listMarkers()[0]);

  assert.deepEqual(taps.listMarkers(), []);
  assert.equal(taps.getNextBatch().length, 1);
});

test("a tap that the server has is listed once", () => {
  const tap = taps.recordTap("asked", "hopes");

  taps.updateFromServer({ now: time, markers: [tap] }, time);

  assert.equal(taps.listMarkers().length, 1);
});

test("sent taps are no longer pending", () => {
  taps.recordTap("began", null);

  taps.removeSent(taps.getNextBatch());

  assert.equal(taps.listPendingIds().size, 0);
});

test("at most a hundred taps are sent at once", () => {
  for (let number = 0; number < 101; number += 1) taps.recordTap("note", "hopes", String(number));

  assert.equal(taps.getNextBatch().length, 100);
});

test("a quick reply corrects the clock, a slow one does not", () => {
  const requestedAt = time;
  time += 1_000;
  taps.updateFromServer({ now: time + HOUR, markers: [] }, requestedAt);
  assert.equal(taps.serverOffset, HOUR + 500);

  time += 4_000;
  taps.updateFromServer({ now: time, markers: [] }, requestedAt);
  assert.equal(taps.serverOffset, HOUR + 500);
});

test("the latest question is the last one asked, not one with a note", () => {
  taps.recordTap("asked", "hopes");
  time += 5_000;
  taps.recordTap("asked", "fears");
  time += 5_000;
  taps.recordTap("note", "hopes", "tired");

  assert.equal(taps.findLatestQuestion(), "fears");
  assert.equal(taps.findLatestTap("hopes").kind, "asked");
  assert.deepEqual(listKinds(), ["asked", "asked", "note"]);
});

test("the clock starts with the recorder, or else with the first question", () => {
  assert.equal(taps.getElapsedSeconds(), null);
  taps.recordTap("asked", "hopes");
  time += 65_000;
  assert.equal(taps.getElapsedSeconds(), 65);

  taps.recordTap("began", null);
  time += 2_000;
  assert.equal(taps.getElapsedSeconds(), 2);
});

test("the state says how many taps are waiting and why", () => {
  assert.equal(describePending(1, "", true), "1 tap not sent yet.");
  assert.equal(
    describePending(2, "Not connected.", true),
    "Not connected. 2 taps not sent yet, saved in this browser. ",
  );
  assert.match(describePending(2, "Not connected.", false), /do not close this page/);
});

test("retries slow down to every thirty seconds", () => {
  assert.deepEqual([1, 2, 6, 50].map(getRetrySeconds), [1, 2, 30, 30]);
});

test("a marker is described with the number of its question, if it has one", () => {
  assert.equal(describeMarker({ kind: "asked" }, "3"), "Asked, question 3");
  assert.equal(describeMarker({ kind: "began" }), "Recorder switched on");
});

test("ids are random version 4 UUIDs", () => {
  const ids = new Set(Array.from({ length: 50 }, createId));

  assert.equal(ids.size, 50);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
