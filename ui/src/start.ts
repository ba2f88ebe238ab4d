// Puts the page up on a shell: the real one, or a stand-in for looking at the page.
import { mount } from "svelte";
import App from "./App.svelte";
import { asShellError, type Shell } from "./lib/contract";
import { speak } from "./lib/i18n/index.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

export function start(shell: Shell): void {
  const target = document.getElementById("app");
  if (target === null) throw new Error("the page has no place for the app");
  // Until Rust says which language was chosen.
  speak(navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en");
  const tell = (what: string, thrown: unknown) =>
    void shell.log(`${what}: ${asShellError(thrown).message}`).catch(() => {});
  addEventListener("error", (event) => {
    // The virtual list measures rows while they are laid out; the web view then says that the rest comes with the next
    // frame. Nothing is wrong and nothing is lost, so it is no error to tell.
    if (event.message?.startsWith("ResizeObserver loop")) event.stopImmediatePropagation();
    else tell("error", event.error ?? event.message);
  });
  addEventListener("unhandledrejection", (event) => tell("unhandled", event.reason));
  // The web view's own menu offers to reload and to leave; a field's menu (paste) stays.
  addEventListener("contextmenu", (event) => {
    const field = event.target instanceof Element && event.target.closest("input, textarea, .copy") !== null;
    if (!field && !import.meta.env.DEV) event.preventDefault();
  });
  mount(App, { target, props: { shell } });
}
