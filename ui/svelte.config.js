import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  // Styles leave as a file: the content policy refuses a style element made by a script.
  compilerOptions: { css: "external", runes: true },
};
