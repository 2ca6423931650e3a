// Fills static/build: the compiled theme and the modules that pages import. Nothing here is bundled.

import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileAsync } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "node_modules");
const build = join(here, "build");

const copies = {
  "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.js",
  "htmx.org/dist/htmx.esm.min.js": "htmx.js",
  "tus-js-client/dist/tus.min.js": "tus.js",
  "wavesurfer.js/dist/wavesurfer.esm.js": "wavesurfer.js",
  "htmx.org/LICENSE": "licences/htmx.txt",
  "tus-js-client/LICENSE": "licences/tus-js-client.txt",
  "wavesurfer.js/LICENSE": "licences/wavesurfer.txt",
};

await rm(build, { recursive: true, force: true });
await mkdir(join(build, "licences"), { recursive: true });

const theme = await compileAsync(join(here, "theme.scss"), {
  loadPaths: [packages],
  style: "compressed",
  quietDeps: true,
});
// Two components set GOV.UK's blue without a variable for it; it may not be used here.
const GOVUK_BLUE = "#1d70b8";
await writeFile(join(build, "theme.css"), theme.css.replaceAll(GOVUK_BLUE, "var(--lp-accent)"));

for (const [from, to] of Object.entries(copies)) {
  await cp(join(packages, from), join(build, to));
}
