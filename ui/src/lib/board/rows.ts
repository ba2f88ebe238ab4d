// The window of one lane: only rows near the view are held, however long the lane is. Changes of cards that are held
// are shown at once; whatever moves cards in or out of the lane makes the visible rows be read again.
//
// Plain, without Svelte, so that it can be tested: whoever shows it is told through `changed`.
import type { Lane } from "../types/Lane";
import type { Rows } from "../types/Rows";
import type { RowsQuery } from "../types/RowsQuery";
import type { SortBy } from "../types/SortBy";
import type { TaskCard } from "../types/TaskCard";

/** Rows read at once. */
export const PAGE = 40;
/** Rows kept on either side of the view. */
const KEEP = 2 * PAGE;

/** What a lane shows of the library. */
export type Scope = {
  batchId: string | null;
  search: string;
  /** Another lane than it was made for. */
  lane?: Lane | null;
  sort?: SortBy;
  descending?: boolean;
};

export class LaneRows {
  total = 0;
  /** Whether the first answer has come. */
  ready = false;
  private held = new Map<number, TaskCard>();
  private places = new Map<string, number>();
  private scope: Scope = { batchId: null, search: "" };
  /** Rises with each change of scope, so that a late answer to an old question is dropped. */
  private era = 0;
  /** Rises with each change of the library that this lane must see, so that an answer from before it is followed up. */
  private wanted = 0;
  /** Whether rows may have moved since the last answer. */
  private moved = false;
  private from = 0;
  private to = PAGE;
  private reading = false;
  private again = false;

  constructor(
    /** One lane; null: all of them. */
    private lane: Lane | null,
    private readonly ask: (query: RowsQuery) => Promise<Rows>,
    private readonly changed: () => void,
    private readonly failed: (thrown: unknown) => void,
  ) {}

  at(index: number): TaskCard | undefined {
    return this.held.get(index);
  }

  /** The row of a card, where it is held. */
  placeOf(id: string): number | undefined {
    return this.places.get(id);
  }

  /** The card, where it is held. */
  card(id: string): TaskCard | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.held.get(place);
  }

  heldRows(): number {
    return this.held.size;
  }

  /** Another batch or another search. What was shown stays until the answer is there, so that nothing flickers. */
  show(scope: Scope): Promise<void> {
    this.scope = scope;
    if (scope.lane !== undefined) this.lane = scope.lane;
    this.era += 1;
    this.moved = true;
    this.from = 0;
    this.to = PAGE;
    return this.read();
  }

  /** The view moved: rows around it are read, far ones are let go. */
  look(from: number, to: number): Promise<void> {
    this.from = Math.max(0, from);
    this.to = Math.max(this.from, to);
    const missing = this.missing();
    if (missing === null) return Promise.resolve();
    return this.read();
  }

  /** Rows moved in or out: what is shown is read again. */
  refresh(): Promise<void> {
    this.wanted += 1;
    this.moved = true;
    return this.read();
  }

  /** Takes a changed card. True where the rows have to be read again to be right. */
  take(card: TaskCard): boolean {
    const place = this.places.get(card.id);
    const held = place === undefined ? undefined : this.held.get(place);
    const here =
      (this.lane === null || card.lane === this.lane) &&
      (this.scope.batchId === null || this.scope.batchId === card.batchId);
    if (place === undefined || held === undefined) return here;
    if (held.revision > card.revision) return false;
    if (!here) {
      this.lose(card.id);
      return true;
    }
    this.held.set(place, card);
    // Its state decides its place in the lane; a search may not find it any more.
    return held.state !== card.state || this.scope.search !== "" || (this.scope.sort ?? "place") !== "place";
  }

  /** A card is gone. True where it was held. */
  lose(id: string): boolean {
    const place = this.places.get(id);
    if (place === undefined) return false;
    const rows = new Map<number, TaskCard>();
    for (const [index, card] of this.held) {
      if (index !== place) rows.set(index > place ? index - 1 : index, card);
    }
    this.total = Math.max(0, this.total - 1);
    this.hold(rows);
    return true;
  }

  private hold(rows: Map<number, TaskCard>): void {
    this.held = rows;
    this.places = new Map([...rows].map(([index, card]) => [card.id, index]));
  }

  /** The first row near the view that is not held. */
  private missing(): number | null {
    const end = Math.min(this.to, this.total);
    for (let index = this.from; index < end; index += 1) if (!this.held.has(index)) return index;
    return null;
  }

  private async read(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.again = false;
        await this.readOnce();
      } while (this.again);
    } catch (thrown) {
      this.failed(thrown);
    } finally {
      this.reading = false;
    }
  }

  private async readOnce(): Promise<void> {
    const { era, wanted, moved } = this;
    this.moved = false;
    const offset = Math.floor(Math.max(0, this.from - PAGE / 4) / PAGE) * PAGE;
    const limit = Math.min(200, Math.ceil((this.to + PAGE / 4 - offset) / PAGE) * PAGE);
    const { batchId, search, sort = "place", descending = false } = this.scope;
    const answer = await this.ask({ batchId, search, sort, descending, lane: this.lane, offset, limit });
    if (era !== this.era) {
      this.again = true;
      return;
    }
    const rows = new Map<number, TaskCard>();
    const [first, last] = [this.from - KEEP, this.to + KEEP];
    // What was held outside the answer is only still right if nothing moved meanwhile.
    if (!moved && answer.total === this.total) {
      for (const [index, card] of this.held) if (index >= first && index <= last) rows.set(index, card);
    }
    answer.rows.forEach((card, at) => rows.set(offset + at, this.newer(card)));
    this.total = answer.total;
    this.ready = true;
    this.hold(rows);
    const missing = this.missing();
    // A row that the answer should have held and did not would be asked for without end.
    const elsewhere = missing !== null && (missing < offset || missing >= offset + limit);
    if (wanted !== this.wanted || elsewhere) this.again = true;
    this.changed();
  }

  /** An answer may be older than a change that came meanwhile. */
  private newer(card: TaskCard): TaskCard {
    const held = this.card(card.id);
    return held !== undefined && held.revision > card.revision ? held : card;
  }
}
