// Loaded by every page. Each module is fetched only where a page uses it, and pages work without them.

import { initAll } from "./build/govuk-frontend.js";

initAll();

if (document.querySelector("[hx-get], [hx-post]")) import("./build/htmx.js");
if (document.querySelector("[data-live]")) import("./live-interview.js");
if (document.querySelector("[data-player]")) import("./player.js");
if (document.querySelector("[data-ribbon]")) import("./question-ribbon.js");
if (document.querySelector("[data-swap-key]")) import("./swap-speakers.js");
if (document.querySelector("[data-upload]")) import("./upload.js");
