// What every page does in the browser: GOV.UK Frontend's behaviour. Pages work without it.

import { initAll } from "./build/govuk-frontend.js";

initAll();
