// While nobody can see the page (put away, behind another desktop), changes are not worth any work: the last one is
// kept, and what is shown is read anew when somebody looks again.
import type { Delta } from "../types/Delta";

/** The part of a document that is needed here. */
export type Page = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;

export class WhileSeen {
  private missed: Delta | null = null;

  constructor(
    private readonly take: (delta: Delta) => void,
    private readonly page: Page,
  ) {
    page.addEventListener("visibilitychange", this.look);
  }

  readonly tell = (delta: Delta): void => {
    if (this.page.hidden) this.missed = delta;
    else if (this.missed === null) this.take(delta);
    else this.catchUp(delta);
  };

  /** Another one takes its place. */
  stop(): void {
    this.page.removeEventListener("visibilitychange", this.look);
    this.missed = null;
  }

  private readonly look = (): void => {
    if (!this.page.hidden && this.missed !== null) this.catchUp(this.missed);
  };

  private catchUp(delta: Delta): void {
    this.missed = null;
    this.take({ ...delta, reload: true });
  }
}
