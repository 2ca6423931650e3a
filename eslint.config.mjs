import js from "@eslint/js";
import globals from "globals";

// The modules that touch the page. All others are pure: a browser's globals are undefined there.
const DOM_MODULES = [
  "static/browser-storage.js",
  "static/live-interview.js",
  "static/page.js",
  "static/player.js",
  "static/question-ribbon.js",
  "static/swap-speakers.js",
  "static/upload.js",
];

export default [
  { ignores: ["static/build/", "var/", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals["shared-node-browser"] },
    rules: {
      "array-callback-return": "error",
      complexity: ["error", 8],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 20, skipBlankLines: true, skipComments: true }],
      "no-implicit-globals": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "Literal[value=/#[0-9a-f]{3,8}$/i]", message: "Colours come from the theme's custom properties." },
      ],
      "no-shadow": "error",
      "no-unused-vars": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: DOM_MODULES, languageOptions: { globals: globals.browser } },
  {
    files: ["static/build.mjs", "tests/**/*.mjs", "*.mjs"],
    languageOptions: { globals: globals.node },
  },
  { files: ["static/build.mjs"], rules: { "no-restricted-syntax": "off" } },
];
