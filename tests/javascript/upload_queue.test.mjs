import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  createTrackGroupId,
  encodeMetadata,
  getInitialState,
  hasProgress,
  isFinalStatus,
  shouldRetry,
  UploadQueue,
} from "../../static/upload-queue.js";

const LIMITS = { maxBytes: 100, maxSize: "100 bytes" };
let queue;

beforeEach(() => {
  queue = new UploadQueue();
});

function add(name, state = "waiting", url = null) {
  const item = { name, state, url, metadata: { fingerprint: name } };
  queue.add(item);
  return item;
}

const listNames = () => queue.items.map((item) => item.name);

test("files that wait swap positions and skip those that do not wait", () => {
  const first = add("first");
  add("sent", "complete");
  add("second");

  const { position, count } = queue.move(first, 1);

  assert.deepEqual([position, count], [2, 2]);
  assert.deepEqual(listNames(), ["second", "sent", "first"]);
});

test("the first waiting file cannot move up, nor the last one down", () => {
  const [first, last] = [add("first"), add("last")];

  assert.deepEqual(
    ["earlier", "later"].map((action) => [queue.isAllowed(first, action), queue.isAllowed(last, action)]),
    [
      [false, true],
      [true, false],
    ],
  );
});

test("each state allows its own actions", () => {
  const actions = ["leave", "pause", "resume", "cancel"];
  const listAllowed = (state) => actions.filter((action) => queue.isAllowed({ state }, action));

  assert.deepEqual(listAllowed("waiting"), ["leave"]);
  assert.deepEqual(listAllowed("sending"), ["pause", "cancel"]);
  assert.deepEqual(listAllowed("paused"), ["resume", "cancel"]);
  assert.deepEqual(listAllowed("stopped"), ["resume", "cancel"]);
  assert.deepEqual(listAllowed("refused"), ["leave"]);
  assert.deepEqual(listAllowed("complete"), []);
});

test("removing a file gives the one that is now in its position", () => {
  const [first, second] = [add("first"), add("second")];

  assert.equal(queue.remove(first), second);
  assert.equal(queue.remove(second), undefined);
});

test("the same file is known again, unless it was cancelled", () => {
  add("a", "cancelled");
  add("b");

  assert.equal(queue.has("a"), false);
  assert.equal(queue.has("b"), true);
});

test("only waiting files without an address have to be announced", () => {
  add("known", "waiting", "/uploads/1");
  add("new");
  add("sending", "sending");

  assert.deepEqual(
    queue.listUnannounced().map((item) => item.name),
    ["new"],
  );
  assert.equal(queue.isSending, true);
  assert.equal(queue.findSending().name, "sending");
});

test("the list below shows what is complete or refused, not what this page shows", () => {
  add("paused", "paused", "/uploads/1");
  add("complete", "complete", "/uploads/2");

  assert.deepEqual([...queue.listOwnUrls()], ["/uploads/1"]);
});

test("empty and too large files are refused before they are sent", () => {
  assert.equal(getInitialState(0, LIMITS).state, "refused");
  assert.match(getInitialState(101, LIMITS).message, /100 bytes or smaller/);
  assert.equal(getInitialState(100, LIMITS).state, "waiting");
});

test("an unfinished upload continues where it stopped", () => {
  const initial = getInitialState(100, { ...LIMITS, unfinished: { url: "/uploads/1", percent: 40 } });

  assert.deepEqual([initial.state, initial.url, initial.percent], ["waiting", "/uploads/1", 40]);
  assert.match(initial.message, /40% has been uploaded/);
});

test("progress is shown from the first byte to the last", () => {
  assert.deepEqual(
    ["waiting", "sending", "paused", "stopped", "complete"].filter((state) => hasProgress({ state })),
    ["sending", "paused", "stopped"],
  );
});

test("signing in again helps after 401 and 400, nothing helps after other client errors", () => {
  assert.deepEqual([400, 401, 403, 409, 413, 500].filter(isFinalStatus), [403, 409, 413]);
});

test("conflicts, locks and server errors are tried again, a full disk is not", () => {
  assert.deepEqual([0, 401, 404, 409, 423, 500, 503, 507].filter(shouldRetry), [0, 409, 423, 500, 503]);
});

test("metadata is encoded as tus wants it", () => {
  assert.equal(encodeMetadata({ fingerprint: "abc", language: "" }), "fingerprint YWJj,language");
});

test("track groups get random ids", () => {
  assert.match(createTrackGroupId(), /^[0-9a-f]{32}$/);
  assert.notEqual(createTrackGroupId(), createTrackGroupId());
});
