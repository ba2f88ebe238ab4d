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
  /** The messages that offer the way back: gone with it. */
  private readonly told = new WeakMap<Deed, number>();

  constructor(
    private readonly toasts: Toasts,
    private readonly failed: (thrown: unknown) => void,
  ) {}

  /** Notes what was done, and says so with a way back. */
  did(deed: Deed): void {
    this.note(deed);
    const run = () => void this.take(deed);
    this.told.set(deed, this.toasts.tell("done", deed.said, { label: t("toast.undo"), run }));
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
    if (last !== undefined) await this.forward(last);
  }

  private async forward(deed: Deed): Promise<void> {
    if (this.busy || !this.undone.includes(deed)) return;
    this.undone = this.undone.filter((one) => one !== deed);
    const again = await this.run(deed);
    if (again === null) return;
    this.done = [...this.done, again].slice(-MOST);
    const run = () => void this.take(again);
    const said = t("undo.again", { what: again.said });
    this.told.set(again, this.toasts.tell("done", said, { label: t("toast.undo"), run }));
  }

  /** Puts one of them back, wherever it lies: the button of its message may be pressed later. */
  private async take(deed: Deed): Promise<void> {
    if (this.busy || !this.done.includes(deed)) return;
    this.done = this.done.filter((one) => one !== deed);
    const forward = await this.run(deed);
    if (forward === null) return;
    this.undone = [...this.undone, forward].slice(-MOST);
    const run = () => void this.forward(forward);
    const said = t("undo.undone", { what: forward.said });
    this.told.set(forward, this.toasts.tell("done", said, { label: t("toast.redo"), run }));
  }

  private async run(deed: Deed): Promise<Deed | null> {
    this.busy = true;
    const told = this.told.get(deed);
    if (told !== undefined) this.toasts.close(told);
    try {
      return await deed.back();
    } catch (thrown) {
      this.failed(thrown);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
