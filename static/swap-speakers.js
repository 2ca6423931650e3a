// One key swaps interviewer and participant. It is no letter, it can be switched off (WCAG 2.1.4), and that is remembered.

const KEY = "F8";
const REMEMBERED_AS = "swap-key";
const box = document.querySelector("[data-swap-key]");
const choice = box.querySelector("input");
const form = document.querySelector("[data-swap-speakers]");

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED_AS) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

box.hidden = false;
choice.checked = remembered();
choice.addEventListener("change", () => {
  try {
    localStorage.setItem(REMEMBERED_AS, choice.checked ? "on" : "off");
  } catch {
    // it counts on this page alone
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== KEY || event.repeat || !choice.checked) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});
