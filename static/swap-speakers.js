// One key swaps interviewer and participant. It is not a letter and can be switched off (WCAG 2.1.4).

import { openStorage } from "./browser-storage.js";

const KEY = "F8";
const STORAGE_KEY = "swap-key";
const storage = openStorage();
const box = document.querySelector("[data-swap-key]");
const checkbox = box.querySelector("input");
const form = document.querySelector("[data-swap-speakers]");

box.hidden = false;
checkbox.checked = storage?.getItem(STORAGE_KEY) !== "off";
checkbox.addEventListener("change", () => storage?.setItem(STORAGE_KEY, checkbox.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (event.key !== KEY || event.repeat || !checkbox.checked) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});
