// Gives back what was typed into any form when somebody comes back to its page with the browser's Back button or loads
// it again: pages of ours are not kept by browsers. In this tab only; it goes when the tab is closed or its person leaves.

import { openStorage } from "./browser-storage.js";
import { removeDrafts } from "./typed-drafts.js";
import { readFields, TabTexts, writeFields } from "./tab-texts.js";

const LEAVING = 'form[action$="/my/leave"], form[action$="/sign-out"]';
const BACK = ["back_forward", "reload"];

const texts = new TabTexts(openStorage(() => sessionStorage));
const forms = [...document.querySelectorAll('form[method="post"]:not([data-autosave])')].filter((form) =>
  form.querySelector("textarea:not([readonly])"),
);
const isBack = BACK.includes(performance.getEntriesByType("navigation")[0]?.type);

for (const [index, form] of forms.entries()) {
  const name = `${document.body.dataset.session}:${location.pathname}${location.search}:${index}`;
  const kept = texts.find(name);
  if (isBack && kept) writeFields(form.elements, kept);
  form.addEventListener("input", () => texts.keep(name, readFields(form.elements)));
}

for (const { dataset } of document.querySelectorAll("[data-forget-typed]")) {
  removeDrafts(openStorage(), dataset.forgetTyped);
}

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(LEAVING)) return;
  window.addEventListener("pagehide", forgetEverything);
  document.addEventListener("input", () => window.removeEventListener("pagehide", forgetEverything), { once: true });
});

function forgetEverything() {
  document.dispatchEvent(new Event("forget-typed"));
  removeDrafts(openStorage());
  texts.removeAll();
}
