// Saved clips whose files are not where they were saved: looked for while their cards are in view, and when the window
// is come back to, since that is when somebody moved them. Nothing is polled.
import type { App } from "./app.svelte";
import type { Shell } from "./contract";
import { sentences, t } from "./i18n/index.svelte";
import type { Delta } from "./types/Delta";
import type { MissingFile } from "./types/MissingFile";
import type { TaskCard } from "./types/TaskCard";

/** What comes into view together is asked about together (ms). */
const GATHER_MS = 150;
/** So long an answer is good (ms). */
const GOOD_MS = 60_000;
/** Asked about at once. */
const MOST = 200;

export class Missing {
  private gone = $state.raw<ReadonlyMap<string, MissingFile>>(new Map());
  private looked = new Map<string, number>();
  private waiting = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly shell: Pick<Shell, "missingFiles">) {}

  /** Where the file of this clip was, where it is not there. */
  of(id: string): MissingFile | undefined {
    return this.gone.get(id);
  }

  /** Clips came into view. `again`: something speaks for their having gone or come back. */
  look(ids: readonly string[], again = false): void {
    const now = Date.now();
    for (const id of ids) {
      if (again || now - (this.looked.get(id) ?? -GOOD_MS) >= GOOD_MS) this.waiting.add(id);
    }
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => void this.ask(), GATHER_MS);
  }

  /** The window is looked at again: what was seen before may have been moved meanwhile. */
  lookAgain(): void {
    const last = [...this.looked.keys()].slice(-MOST);
    this.look([...this.gone.keys(), ...last].slice(-MOST), true);
  }

  onDelta(delta: Delta): void {
    if (this.gone.size === 0) return;
    this.look(
      delta.tasks.map((card) => card.id).filter((id) => this.gone.has(id)),
      true,
    );
  }

  /** Another library. */
  forget(): void {
    this.gone = new Map();
    this.looked.clear();
    this.waiting.clear();
  }

  private async ask(): Promise<void> {
    this.timer = null;
    const ids = [...this.waiting].slice(0, MOST);
    for (const id of ids) {
      this.waiting.delete(id);
      this.looked.delete(id);
      this.looked.set(id, Date.now());
    }
    // The oldest go: the history is longer than anybody looks at.
    for (const id of this.looked.keys()) {
      if (this.looked.size <= 20 * MOST) break;
      this.looked.delete(id);
    }
    try {
      const missing = await this.shell.missingFiles(ids);
      const gone = new Map(this.gone);
      for (const id of ids) gone.delete(id);
      for (const one of missing) gone.set(one.id, one);
      if (missing.length > 0 || gone.size !== this.gone.size) this.gone = gone;
    } catch {
      // Nobody asked; whoever plays the clip is told.
    }
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => void this.ask(), GATHER_MS);
  }
}

/** Lets the user show where a clip is now; others that were moved with it are found beside it. True where it was. */
export async function findClip(app: App, card: TaskCard): Promise<boolean> {
  let done = false;
  await app.attempt(async () => {
    const found = await app.shell.findClip(card.id);
    if (found === null) return;
    const { number } = card;
    const said = sentences(
      t(found.changed ? "found.changed" : "found.one", { number, name: found.name }),
      found.others > 0 ? t("found.others", { n: found.others }) : null,
      found.still > 0 ? t("found.still", { n: found.still }) : null,
    );
    app.toasts.tell("done", said);
    app.missing.lookAgain();
    done = true;
  });
  return done;
}
