// Start, pause and go on: what the buttons in the bar and their keys do.
import type { App } from "./app.svelte";

/** Asks before it starts everything that is shown and not bought; nothing where there is none. */
export function startShown(app: App): void {
  const { board } = app;
  if (board.startable.count === 0) return;
  app.open = { kind: "start", what: board.batch === null ? {} : { batchId: board.batch.id } };
}

/** What the queue's button would do now: nothing where it is empty, or where the app paused it for a cause. */
export function queueStep(app: App): "pause" | "resume" | null {
  const queue = app.board.snapshot?.queue;
  if (queue === undefined || queue.queued === 0) return null;
  if (queue.running) return "pause";
  return queue.pausedBy === null ? "resume" : null;
}

/** Stops buying, or goes on with it. */
export function pauseOrGoOn(app: App): void {
  const step = queueStep(app);
  if (step !== null) void app.attempt(() => app.shell[step]());
}
