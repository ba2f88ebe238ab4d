// The page as the shell embeds it: files only, nothing inline, nothing remote, so that the content policy can be strict.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // Relative, so that it does not matter from where the shell serves it.
  base: "./",
  build: {
    // The oldest system web view that the bundle supports (Safari 15 on macOS); the others update themselves.
    target: ["es2022", "safari15"],
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 700,
  },
});
