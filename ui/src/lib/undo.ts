// What was done and can be put back: one stack for the whole page. What an entry needs is what Rust gave for it, and
// Rust decides whether it may still be put back; nothing that costs money ever lies here.
import { t } from "./i18n/index.svelte";
import type { Toasts } from "./toasts.svelte";

/** Something that was done. */
export type Deed = {
  /** What, as it was told. */
  said: string;
  /** Puts it back. Answers what puts it forward again, or null where nothing does; throws where Rust refuses. */
  back: () => Promise<Deed | null>;
};

/** As many as somebody remembers. */
const MOST = 100;

export class Undo {
  private done: Deed[] = [];
  private undone: Deed[] = [];
  private busy = false;

  constructor(
    private readonly toasts: Toasts,
    private readonly failed: (thrown: unknown) => void,
  ) {}

  /** Notes what was done, and says so with a way back. */
  did(deed: Deed): void {
    this.note(deed);
    this.toasts.tell("done", deed.said, { label: t("toast.undo"), run: () => void this.take(deed) });
  }

  /** Only notes it: what was done can be seen. */
  note(deed: Deed): void {
    this.done = [...this.done, deed].slice(-MOST);
    this.undone = [];
  }

  /** Another library: nothing of this one can be put back there. */
  forget(): void {
    this.done = [];
    this.undone = [];
  }

  /** Puts the last one back. */
  async undo(): Promise<void> {
    const last = this.done.at(-1);
    if (last === undefined) this.toasts.tell("done", t("undo.nothing"));
    else await this.take(last);
  }

  /** Puts the last one forward again. */
  async redo(): Promise<void> {
    const last = this.undone.at(-1);
    if (last === undefined || this.busy) return;
    this.undone = this.undone.slice(0, -1);
    const again = await this.run(last);
    if (again === null) return;
    this.done = [...this.done, again].slice(-MOST);
    this.toasts.tell("done", t("undo.again", { what: again.said }));
  }

  /** Puts one of them back, wherever it lies: the button of its message may be pressed later. */
  private async take(deed: Deed): Promise<void> {
    if (this.busy || !this.done.includes(deed)) return;
    this.done = this.done.filter((one) => one !== deed);
    const forward = await this.run(deed);
    if (forward !== null) this.undone = [...this.undone, forward].slice(-MOST);
  }

  private async run(deed: Deed): Promise<Deed | null> {
    this.busy = true;
    try {
      const forward = await deed.back();
      if (forward !== null) this.toasts.tell("done", t("undo.undone", { what: forward.said }));
      return forward;
    } catch (thrown) {
      this.failed(thrown);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
