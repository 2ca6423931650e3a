// Sends the recordings of an interview one after the other, each from where it stopped (tus). Browsers that do not run
// this have a plain form. File names stay in the browser.

import "./build/tus.js";
import { calculateFingerprint } from "./upload-fingerprint.js";
import {
  createTrackGroupId,
  encodeMetadata,
  getInitialState,
  hasProgress,
  isFinalStatus,
  shouldRetry,
  UploadQueue,
} from "./upload-queue.js";
import { formatPercent, formatSize, formatTimeLeft } from "./upload-text.js";

const CHUNK_BYTES = 32 * 1024 * 1024; // each request renews the sign-in, and passes proxies that limit a request
const RETRY_SECONDS = [0, 1, 3, 5, 10, 20, ...Array(120).fill(30)]; // about an hour; any progress starts it again
const POLL_MILLISECONDS = 3000;
const REFUSED_MESSAGE = "The server did not accept this file. Tell the coordinator.";

const box = document.querySelector("[data-upload]");
const chooser = box.querySelector("input[type=file]");
const list = box.querySelector("[data-upload-files]");
const languageSelect = document.getElementById("spoken");
const trackOptions = box.querySelector("[data-track-options]");
const sameTimeBox = document.getElementById("at-the-same-time");
const startButton = box.querySelector("[data-upload-start]");
const announcement = box.querySelector("[data-upload-announcement]");
const progressList = document.getElementById("uploads");
const HEADERS = { "X-CSRFToken": box.dataset.token };
const queue = new UploadQueue(); // items also have {row, upload, started}; in the order of the conversation

let rowCount = 0;
let refreshTimer = 0;

function announce(message) {
  announcement.textContent = message;
}

function renderItem(item) {
  item.row.querySelector("[data-message]").textContent = item.message;
  const bar = item.row.querySelector("progress");
  bar.hidden = !hasProgress(item);
  bar.value = item.percent;
  bar.textContent = `${Math.round(item.percent)}%`;
  item.row.classList.toggle("lp-upload--refused", item.state === "refused");
  item.row.classList.toggle("lp-upload--complete", item.state === "complete");
  for (const button of item.row.querySelectorAll("[data-action]")) {
    button.hidden = !queue.isAllowed(item, button.dataset.action);
  }
}

function render() {
  const rows = queue.items.map((item) => item.row);
  if (rows.some((row, index) => row !== list.children[index])) list.append(...rows); // moving a row loses its focus
  queue.items.forEach(renderItem);
  startButton.hidden = queue.isSending || !queue.listWaiting().length;
  trackOptions.hidden = startButton.hidden || queue.listUnannounced().length < 2;
}

function setState(item, state, message) {
  const button = document.activeElement;
  const hadFocus = item.row.contains(button);
  Object.assign(item, { state, message });
  render();
  announce(`${item.file.name}: ${message}`);
  if (hadFocus && button.hidden) findVisibleButton(item)?.focus();
}

function findVisibleButton(item) {
  return item?.row.querySelector("button:not([hidden])");
}

function createRow(item) {
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const name = row.querySelector("[data-name]");
  name.id = `file-${rowCount++}`;
  name.textContent = `${item.file.name} (${formatSize(item.file.size)})`;
  row.querySelector("progress").setAttribute("aria-labelledby", name.id);
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-describedby", name.id);
    button.addEventListener("click", () => actions[button.dataset.action](item));
  }
  return row;
}

// Choosing files, and their order

async function addChosenFiles() {
  const files = [...chooser.files];
  chooser.value = "";
  for (const file of files) await addFile(file);
  render();
  announce(`${queue.listWaiting().length} files chosen.`);
  hideListedUploads();
}

async function addFile(file) {
  const fingerprint = await calculateFingerprint(file);
  if (queue.has(fingerprint)) {
    announce(`${file.name} is already in the list.`);
    return;
  }
  const metadata = { fingerprint, modified: String(file.lastModified) };
  const limits = { maxBytes: Number(box.dataset.maxBytes), maxSize: box.dataset.maxSize };
  const initial = getInitialState(file.size, { ...limits, unfinished: findUnfinished(fingerprint) });
  const item = { file, percent: 0, url: null, upload: null, metadata, ...initial };
  item.row = createRow(item);
  queue.add(item);
}

function findUnfinished(fingerprint) {
  const row = progressList.querySelector(`[data-fingerprint="${fingerprint}"]`);
  return row && { url: row.dataset.knownUpload, percent: Number(row.dataset.percent) };
}

function moveItem(item, step) {
  const { position, count } = queue.move(item, step);
  render();
  announce(`${item.file.name} is now number ${position} of ${count}.`);
  const button = item.row.querySelector(`[data-action=${step < 0 ? "earlier" : "later"}]`);
  (button.hidden ? findVisibleButton(item) : button).focus();
}

function removeItem(item) {
  if (item.metadata.group && item.url) {
    window.tus.Upload.terminate(item.url, { headers: HEADERS }).then(refreshProgress, refreshProgress);
  }
  const next = queue.remove(item);
  item.row.remove();
  render();
  announce(`${item.file.name} was removed from the list.`);
  (findVisibleButton(next) ?? chooser).focus();
}

// Sending

const actions = {
  earlier: (item) => moveItem(item, -1),
  later: (item) => moveItem(item, 1),
  leave: removeItem,
  pause(item) {
    item.upload.abort();
    setState(item, "paused", `Paused at ${formatPercent(item.percent)}. What has been uploaded is kept for a week.`);
  },
  resume(item) {
    if (queue.isSending) setState(item, "waiting", "It will continue after the file that is uploading now.");
    else send(item);
  },
  async cancel(item) {
    const wasSending = item.state === "sending";
    setState(item, "cancelled", "Cancelling.");
    try {
      await item.upload.abort(true); // only then has the server removed it
      setState(item, "cancelled", "Cancelled. Nothing of it is kept.");
    } catch {
      setState(item, "cancelled", "Cancelled. What had been uploaded will be removed after a week.");
    }
    refreshProgress();
    if (wasSending) sendNext();
  },
};

// Files that were recorded at the same time are announced together before the first byte, so that the server knows
// when the last one has arrived, even if someone continues on another day.
async function sendAll() {
  startButton.disabled = true;
  try {
    if (sameTimeBox.checked && !trackOptions.hidden) await createTrackGroup();
    sendNext();
    queue.findSending()?.row.querySelector("[data-action=pause]").focus();
  } catch {
    announce("The connection was lost before the upload started. Press “Upload” to try again.");
  } finally {
    startButton.disabled = false;
  }
}

async function createTrackGroup() {
  const group = createTrackGroupId();
  for (const item of queue.listUnannounced()) {
    item.metadata = { ...item.metadata, language: languageSelect.value, group: item.metadata.group ?? group };
    await createUpload(item);
  }
}

async function createUpload(item) {
  const response = await fetch(box.dataset.upload, {
    method: "POST",
    headers: {
      ...HEADERS,
      "Tus-Resumable": "1.0.0",
      "Upload-Length": item.file.size,
      "Upload-Metadata": encodeMetadata(item.metadata),
    },
    redirect: "error",
  });
  if (response.ok) {
    item.url = response.headers.get("Location");
    return;
  }
  const isText = response.headers.get("Content-Type")?.startsWith("text/plain");
  const message = isText ? await response.text() : REFUSED_MESSAGE;
  setState(item, isFinalStatus(response.status) ? "refused" : "stopped", message);
}

function sendNext() {
  const [next] = queue.listWaiting();
  if (next) send(next);
}

function send(item) {
  if (queue.isSending) return;
  item.metadata.language ??= languageSelect.value;
  item.started = { at: performance.now(), bytes: null };
  item.upload ??= createTusUpload(item);
  setState(item, "sending", item.percent ? `Continuing at ${formatPercent(item.percent)}.` : "Uploading.");
  item.upload.start();
}

function createTusUpload(item) {
  return new window.tus.Upload(item.file, {
    endpoint: box.dataset.upload,
    uploadUrl: item.url,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_SECONDS.map((seconds) => seconds * 1000),
    storeFingerprintForResuming: false, // the server knows what is unfinished, also in another browser
    metadata: item.metadata,
    headers: HEADERS,
    onShouldRetry: (error) => retryItem(item, error),
    onProgress: (sent, total) => updateProgress(item, sent, total),
    onUploadUrlAvailable: () => {
      item.url = new URL(item.upload.url, location.href).pathname;
    },
    onSuccess: () => completeItem(item),
    onError: (error) => failItem(item, error),
  });
}

function readStatus(error) {
  return error.originalResponse?.getStatus() ?? 0;
}

function retryItem(item, error) {
  if (!shouldRetry(readStatus(error)) || item.state !== "sending") return false;
  item.message = `The connection was lost at ${formatPercent(item.percent)}. It will continue when the network is back.`;
  renderItem(item);
  announce(`${item.file.name}: ${item.message}`);
  return true;
}

function updateProgress(item, sent, total) {
  if (item.state !== "sending") return;
  const { started } = item;
  started.bytes ??= sent;
  item.percent = (100 * sent) / total;
  const times = { started: started.at, startBytes: started.bytes, now: performance.now() };
  const left = formatTimeLeft({ ...times, sent, total });
  item.message = `${formatPercent(item.percent)}: ${formatSize(sent)} of ${formatSize(total)} uploaded${left}.`;
  renderItem(item);
}

function completeItem(item) {
  item.percent = 100;
  setState(item, "complete", "Uploaded. It is now in the list below, and will be checked in turn.");
  refreshProgress();
  sendNext();
}

function failItem(item, error) {
  const message = readMessage(error.originalResponse);
  if (isFinalStatus(readStatus(error))) {
    setState(item, "refused", message || REFUSED_MESSAGE);
    sendNext();
  } else {
    setState(item, "stopped", message || "The connection was lost. What has been uploaded is kept, and you can continue.");
  }
}

// Our server answers with a sentence of plain text; a page comes from a proxy.
function readMessage(response) {
  return response?.getHeader("Content-Type")?.startsWith("text/plain") ? response.getBody() : "";
}

// The list of known uploads and recordings below

function hideListedUploads() {
  const ownUrls = queue.listOwnUrls();
  const rows = [...progressList.querySelectorAll("[data-known-upload]")];
  for (const row of rows) row.hidden = ownUrls.has(row.dataset.knownUpload);
  const section = progressList.querySelector("section");
  if (section) section.hidden = rows.every((row) => row.hidden);
}

function countRefused() {
  return progressList.querySelectorAll("[data-refused]").length;
}

async function refreshProgress() {
  clearTimeout(refreshTimer);
  try {
    const response = await fetch(box.dataset.progress, { headers: { Accept: "text/html" }, redirect: "error" });
    if (response.ok && !progressList.contains(document.activeElement)) {
      const refused = countRefused();
      progressList.innerHTML = await response.text();
      hideListedUploads();
      if (countRefused() > refused) announce("A file cannot be used. The list below says why.");
    }
  } catch {
    // the next refresh tries again
  }
  scheduleRefresh();
}

function scheduleRefresh() {
  if (progressList.querySelector("[data-changing]")) refreshTimer = setTimeout(refreshProgress, POLL_MILLISECONDS);
}

chooser.addEventListener("change", addChosenFiles);
startButton.addEventListener("click", sendAll);
window.addEventListener("online", () => queue.listStopped().forEach(send));
document.querySelector("[data-upload-plain]").hidden = true;
box.hidden = false;
if (chooser.files.length) addChosenFiles(); // chosen before this module was loaded, or kept by the browser
scheduleRefresh();
