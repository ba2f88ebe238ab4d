// Which tasks the next act is for: chosen one by one, or everything from one row to another, in a lane or in the list.
import { SvelteSet } from "svelte/reactivity";
import type { RowsQuery } from "./types/RowsQuery";

/** What a row stands in. */
export type Rowed = Omit<RowsQuery, "offset" | "limit">;
/** Adds a row or takes it out; chooses everything up to it; only notes it as the row that the next choice begins at. */
export type How = "toggle" | "range" | "mark";

/** What one act goes as far as: Rust gives no more at once. */
const MOST = 10_000;

export class Chosen {
  readonly ids = new SvelteSet<string>();
  private anchor: { lane: RowsQuery["lane"]; row: number } | null = null;

  constructor(private readonly taskIds: (query: RowsQuery) => Promise<string[]>) {}

  async choose(from: Rowed, row: number, id: string | undefined, how: How): Promise<void> {
    const anchor = this.anchor?.lane === from.lane ? this.anchor.row : null;
    if (how === "range" && anchor !== null) {
      const [first, last] = [Math.min(anchor, row), Math.max(anchor, row)];
      const ids = await this.taskIds({ ...from, offset: first, limit: 1 });
      this.ids.clear();
      for (const one of ids.slice(0, last - first + 1)) this.ids.add(one);
      return;
    }
    this.anchor = { lane: from.lane, row };
    if (how === "mark" || id === undefined) return;
    if (how === "range") this.ids.clear();
    if (how === "range" || !this.ids.delete(id)) this.ids.add(id);
  }

  /** Everything that a query finds, as far as one act goes. False where there is more. */
  async all(from: Rowed): Promise<boolean> {
    const ids = await this.taskIds({ ...from, offset: 0, limit: 1 });
    for (const id of ids) this.ids.add(id);
    return ids.length < MOST;
  }

  /** Exactly these. */
  only(ids: Iterable<string>): void {
    this.ids.clear();
    for (const id of ids) this.ids.add(id);
  }

  clear(): void {
    this.ids.clear();
    this.anchor = null;
  }

  /** Rows stand elsewhere now: the next choice begins anew. */
  unmark(): void {
    this.anchor = null;
  }
}
