import { readdirSync } from "node:fs";
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** Features do not know one another, and the library knows no feature. */
const borders = [
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: [
                ...features.filter((other) => other !== feature).map((other) => `@/features/${other}/**`),
                "@/app/**",
              ],
              message:
                "Features do not import each other or the app; put what they share in lib or components.",
            },
          ],
        },
      ],
    },
  })),
  {
    files: ["src/lib/**", "src/components/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@/features/**", "@/app/**"], message: "lib and components know no feature." },
          ],
        },
      ],
    },
  },
];

export default tseslint.config(
  { ignores: ["dist", "src/lib/api/schema.d.ts", "test-results", "playwright-report"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/only-throw-error": [
        "error",
        {
          allow: [{ from: "package", package: "@tanstack/router-core", name: ["Redirect", "NotFoundError"] }],
        },
      ],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat["recommended-latest"], jsxA11y.flatConfigs.recommended],
    languageOptions: { globals: globals.browser },
    rules: {
      "max-lines": ["error", { max: 200, skipBlankLines: true, skipComments: true }],
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Use the generated client in lib/api." },
        { name: "XMLHttpRequest", message: "Use lib/api/upload." },
        { name: "WebSocket", message: "Use lib/live." },
      ],
    },
  },
  { files: ["src/lib/api/upload.ts", "src/lib/live/socket.ts"], rules: { "no-restricted-globals": "off" } },
  ...borders,
  { files: ["src/**/*.test.{ts,tsx}", "src/test/**"], rules: { "max-lines": "off" } },
  { files: ["*.config.{js,ts}", "e2e/**", "scripts/**"], languageOptions: { globals: globals.node } },
  { files: ["public/*.js"], languageOptions: { globals: globals.browser, sourceType: "script" } },
  prettier,
);
