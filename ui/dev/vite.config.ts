// For looking at the page without the shell: the fake shell beside this file, under the shell's content policy.
// `npm run dev`, or `npx vite build --config dev/vite.config.ts` and `npx vite preview --config dev/vite.config.ts`.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Connect, type Plugin } from "vite";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: http://127.0.0.1:*; " +
  "media-src http://127.0.0.1:*; connect-src ipc: http://ipc.localhost; font-src 'self'; base-uri 'none'; form-action 'none'";

/** A picture for each path: the same one each time, so that a board looks alive. */
function picture(path: string): string {
  let seed = 7;
  for (const letter of path) seed = (seed * 31 + letter.charCodeAt(0)) % 9973;
  const hue = seed % 360;
  const stop = (turn: number, light: number) => `hsl(${(hue + turn) % 360} 45% ${light}%)`;
  const x = 20 + (seed % 60);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"><defs><linearGradient id="a" x2="1" y2="1">
    <stop stop-color="${stop(0, 14)}"/><stop offset=".55" stop-color="${stop(20, 34)}"/><stop offset="1" stop-color="${stop(50, 66)}"/>
    </linearGradient></defs><rect width="320" height="180" fill="url(#a)"/><circle cx="${x * 3.2}" cy="70" r="34" fill="${stop(70, 74)}" opacity=".7"/>
    <path d="M0 ${120 + (seed % 20)} L90 ${96 + (seed % 30)} L170 140 L320 ${104 + (seed % 24)} V180 H0Z" fill="${stop(10, 10)}" opacity=".75"/></svg>`;
}

const media: Connect.NextHandleFunction = (request, response, next) => {
  const path = request.url ?? "";
  if (!path.startsWith("/media/") || path.startsWith("/media/clip")) return next();
  response.setHeader("content-type", "image/svg+xml");
  response.end(picture(path.split("?")[0] ?? ""));
};

const pictures: Plugin = {
  name: "pictures",
  configureServer: (server) => void server.middlewares.use(media),
  configurePreviewServer: (server) => void server.middlewares.use(media),
};

export default defineConfig({
  root: "dev",
  plugins: [svelte(), pictures],
  build: {
    outDir: "../node_modules/.dev-page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: { host: "127.0.0.1", port: 5199, strictPort: true, fs: { allow: [".."] } },
  preview: {
    host: "127.0.0.1",
    port: 5198,
    strictPort: true,
    headers: { "content-security-policy": POLICY },
  },
});
