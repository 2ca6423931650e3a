import assert from "node:assert/strict";
import { test } from "node:test";

import { calculateFingerprint } from "../../static/upload-fingerprint.js";

const SIZE = 3_000_000;

function createFile(seed, size = SIZE) {
  return new Blob([Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 251)]);
}

test("the same bytes give the same fingerprint, whatever the file's name is", async () => {
  assert.equal(await calculateFingerprint(createFile(1)), await calculateFingerprint(createFile(1)));
});

test("other bytes or another size give another fingerprint", async () => {
  const fingerprints = await Promise.all([createFile(1), createFile(2), createFile(1, SIZE - 1)].map(calculateFingerprint));

  assert.equal(new Set(fingerprints).size, 3);
});

test("small and empty files have one too", async () => {
  assert.notEqual(await calculateFingerprint(createFile(1, 10)), await calculateFingerprint(createFile(2, 10)));
  assert.match(await calculateFingerprint(new Blob([])), /^0-/);
});
