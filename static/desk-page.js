// The desk's page as its modules share it: what the server sent, sending, and messages.

import { openStorage } from "./browser-storage.js";

export const root = document.querySelector("[data-desk]");
export const storage = openStorage();
export const mayDecide = "mayDecide" in root.dataset;
export const address = root.dataset.desk;
export const textColumn = root.querySelector("[data-desk-text]");
export const find = (selector) => root.querySelector(selector);

const message = find("[data-desk-message]");
let hideMessage;

export function say(text) {
  message.textContent = text;
  clearTimeout(hideMessage);
  if (text) hideMessage = setTimeout(() => say(""), 8000);
}

// Throws while there is no connection. An answer that is not JSON has no body: the session may have ended.
export async function send(path, { method = "POST", form, json = null, version = null } = {}) {
  const headers = { "X-CSRFToken": root.dataset.csrf, Accept: "application/json" };
  if (version !== null) headers["If-Match"] = String(version);
  if (json) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: json ? JSON.stringify(json) : new URLSearchParams(form) });
  return readAnswer(response);
}

async function readAnswer(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
  return { ok: response.ok && isJson, status: response.status, body: isJson ? await response.json() : null };
}

export const OFFLINE_MESSAGE = "There is no connection at the moment. Nothing is lost: try again in a minute.";

// Settings of this browser, each with a checkbox in the sheet of keys.
const DEFAULTS = { playOnClick: true, pauseWhileTyping: false, followSound: true };

export function getSetting(name) {
  return (storage?.getItem(`desk-${name}`) ?? String(DEFAULTS[name])) === "true";
}

export function setSetting(name, value) {
  storage?.setItem(`desk-${name}`, String(value));
}

// What a whole new page has of the text, the questions and messages; the players stay, and so does the sound.
export function takeFrom(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const desk = page.querySelector("[data-desk]");
  if (!desk) return null;
  for (const part of ["[data-desk-text]", "[data-desk-ribbon]"]) {
    find(part).replaceChildren(...desk.querySelector(part).childNodes);
  }
  const said = [...page.querySelectorAll(".govuk-notification-banner__heading")].map((one) => one.textContent.trim());
  say(said.join(" "));
  return JSON.parse(desk.dataset.state);
}
