// A clip taken by its poster and dragged out of the window: from the first few pixels on the system drags its file, into
// a folder or an editor. Which file that is, Rust knows by the task.
import type { App } from "./app.svelte";

/** So far (px) before a press is a drag. */
const AWAY = 6;
/** A drop that ends over the window itself is still told a moment later (ms). */
const ECHO_MS = 400;

/** Heard as mouse events, not pointer events: WebKitGTK never sees the button of a drag released, and takes the next
 * press for a move of the pointer that is still down. For `{@attach}`: `ids` is asked when the drag begins. */
export function outgoing(app: App, ids: () => readonly string[]): (node: HTMLElement) => () => void {
  return (node) => {
    let from: { x: number; y: number } | null = null;
    const down = (event: MouseEvent) => {
      from = event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
    };
    const move = (event: MouseEvent) => {
      if (from === null || (event.buttons & 1) === 0) return;
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < AWAY) return;
      from = null;
      void dragOut(app, ids());
    };
    const up = () => (from = null);
    // The page's own drag would take the pointer away.
    const own = (event: Event) => event.preventDefault();
    node.addEventListener("mousedown", down);
    node.addEventListener("mousemove", move);
    node.addEventListener("mouseup", up);
    node.addEventListener("dragstart", own);
    return () => {
      node.removeEventListener("mousedown", down);
      node.removeEventListener("mousemove", move);
      node.removeEventListener("mouseup", up);
      node.removeEventListener("dragstart", own);
    };
  };
}

async function dragOut(app: App, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || app.outgoing) return;
  app.outgoing = true;
  await app.attempt(() => app.shell.dragOut([...ids]));
  setTimeout(() => (app.outgoing = false), ECHO_MS);
}
