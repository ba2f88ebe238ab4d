// What waits for somebody who was away: the report of a run, and the question before the window closes.
import type { App } from "./app.svelte";
import type { AwayEvent } from "./contract";

/** A report comes once nobody has touched anything for this long (ms). */
const STILL_MS = 3000;
/** How often it is tried again (ms). */
const AGAIN_MS = 1000;
/** How often the question before closing is brought up to date (ms). */
const FRESH_MS = 2000;

export class AwayDesk {
  private touched = 0;
  private trying: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly app: App,
    private readonly now: () => number = Date.now,
  ) {}

  /** The user did something with the keyboard or the pointer. */
  touch(): void {
    this.touched = this.now();
  }

  hear(what: AwayEvent): void {
    if (what === "closing") void this.ask();
    else this.offer();
  }

  /** Shows what waits, as soon as that interrupts nothing. */
  offer(): void {
    if (this.trying !== null) return;
    const attempt = async (): Promise<void> => {
      if (this.interrupts()) {
        this.trying = setTimeout(() => void attempt(), AGAIN_MS);
        return;
      }
      this.trying = null;
      const report = await this.app.shell.runReport();
      if (report === null) return;
      this.app.open = { kind: "runReport", report };
      // There may be one more; it comes when this one is closed.
      this.offer();
    };
    // Before the first await nothing may think that nobody is trying.
    this.trying = setTimeout(() => void this.app.attempt(attempt), 0);
  }

  private interrupts(): boolean {
    const { app } = this;
    const over = app.open !== null || app.menu !== null || app.leaving !== null || app.keepQuestion !== null;
    return over || app.phase.kind !== "board" || isTyping() || this.now() - this.touched < STILL_MS;
  }

  private async ask(): Promise<void> {
    const { app } = this;
    const { shell } = app;
    const first = app.leaving === null;
    try {
      app.leaving = await shell.leaving();
      if (!first) return;
      while (app.leaving !== null) {
        await new Promise((later) => setTimeout(later, FRESH_MS));
        if (app.leaving !== null) app.leaving = await shell.leaving();
      }
    } catch (thrown) {
      app.leaving = null;
      app.fail(thrown);
    }
  }
}

function isTyping(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLElement && at.closest("input, textarea, select, [contenteditable]") !== null;
}
