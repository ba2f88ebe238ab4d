// The window of one lane: only rows near the view are held, however long the lane is. Changes of cards that are held
// are shown at once; whatever moves cards in or out of the lane makes the visible rows be read again.
//
// Plain, without Svelte, so that it can be tested: whoever shows it is told through `changed`.
import type { Delta } from "../types/Delta";
import type { Filter } from "../types/Filter";
import { NOTHING } from "../filter";
import type { Lane } from "../types/Lane";
import type { LaneCounts } from "../types/LaneCounts";
import type { Rows } from "../types/Rows";
import type { RowsQuery } from "../types/RowsQuery";
import type { SortBy } from "../types/SortBy";
import type { TaskCard } from "../types/TaskCard";

/** Rows read at once. */
export const PAGE = 20;
/** Rows kept on either side of the view. */
const KEEP = 2 * PAGE;

/** What a lane shows of the library. */
export type Scope = {
  batchId: string | null;
  search: string;
  /** What else they must be; nothing else where it is left out. */
  filter?: Filter;
  /** Another lane than it was made for. */
  lane?: Lane | null;
  sort?: SortBy;
  descending?: boolean;
};

/** What a message says of cards. */
export type Changes = Pick<Delta, "tasks" | "removed" | "moved">;
/** What is looked at, whatever the lane and the order. */
export type Narrowed = { batchId: string | null; search: string; filter: Filter };

export class LaneRows {
  total = 0;
  /** Rises with each change of what is held. */
  version = 0;
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
  /** How often cards had moved in this lane when that was last heard. */
  private movedAt: number | null = null;
  private from = 0;
  private to = PAGE;
  private reading = false;
  /** A view that is about to be read. */
  private looking: Promise<void> | null = null;
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

  /** Whether all of these rows are held. */
  holds(from: number, to: number): boolean {
    for (let index = from; index < Math.min(to, this.total); index += 1)
      if (!this.held.has(index)) return false;
    return true;
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
    if (this.missing() === null) return Promise.resolve();
    this.looking ??= this.readSoon();
    return this.looking;
  }

  /** Once the page has drawn what it can: somebody who scrolls looks at many places in a row. */
  private async readSoon(): Promise<void> {
    await new Promise((drawn) => setTimeout(drawn));
    this.looking = null;
    if (this.missing() !== null) await this.read();
  }

  /** Rows moved in or out: what is shown is read again. */
  refresh(): Promise<void> {
    this.wanted += 1;
    this.moved = true;
    return this.read();
  }

  /** How often cards had moved in the lanes when everything shown is about to be read. */
  know(moved: LaneCounts): void {
    this.movedAt = this.ofThis(moved);
  }

  /** Takes what changed. True where the rows have to be read again to be right. */
  take(change: Changes): boolean {
    const { plain } = this;
    const gone = new Set<string>();
    let again = false;
    for (const card of change.tasks) {
      const place = this.places.get(card.id);
      const held = place === undefined ? undefined : this.held.get(place);
      const here =
        (this.lane === null || card.lane === this.lane) &&
        (this.scope.batchId === null || this.scope.batchId === card.batchId);
      if (place === undefined || held === undefined) {
        again ||= here;
      } else if (held.revision <= card.revision) {
        if (here) {
          this.held.set(place, card);
          this.version += 1;
          // A search may not find it any more, and what it is sorted by may be another.
          again ||= !plain;
        } else gone.add(card.id);
      }
    }
    for (const id of change.removed) if (this.places.has(id)) gone.add(id);
    if (gone.size > 0) this.lose(gone);
    if (!plain) return again || gone.size > 0;
    // The library counts what moves: far more cards change than come, go or change places.
    const moved = this.ofThis(change.moved);
    if (moved === this.movedAt) return false;
    this.movedAt = moved;
    return true;
  }

  /** Nobody looks any more: nothing is held for nobody. */
  forget(): void {
    this.era += 1;
    this.total = 0;
    this.ready = false;
    this.hold(new Map());
  }

  /** Whether it shows a lane, or everything, in its own order and without a filter. */
  private get plain(): boolean {
    const { sort = "place", ...scope } = this.scope;
    const place = new Set(["batchId", "lane", "descending"]);
    const filters = Object.entries(scope).filter(([name, value]) => !place.has(name) && !isNothing(value));
    return sort === "place" && filters.length === 0;
  }

  private ofThis(moved: LaneCounts): number {
    return this.lane === null ? moved.ready + moved.running + moved.done + moved.needsYou : moved[this.lane];
  }

  /** Cards are gone: what stands behind them moves up. */
  private lose(gone: ReadonlySet<string>): void {
    const places = [...gone].map((id) => this.places.get(id) ?? 0);
    const rows = new Map<number, TaskCard>();
    for (const [index, card] of this.held) {
      if (!gone.has(card.id)) rows.set(index - places.filter((place) => place < index).length, card);
    }
    this.total = Math.max(0, this.total - gone.size);
    this.hold(rows);
  }

  private hold(rows: Map<number, TaskCard>): void {
    this.version += 1;
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
    const { batchId, search, filter = NOTHING, sort = "place", descending = false } = this.scope;
    const answer = await this.ask({
      batchId,
      search,
      filter,
      sort,
      descending,
      lane: this.lane,
      offset,
      limit,
    });
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

  /**
   * An answer may be older than a change that came meanwhile. One that says the same as what is held leaves that in
   * its place, so that nothing is drawn again for it.
   */
  private newer(card: TaskCard): TaskCard {
    const held = this.card(card.id);
    if (held === undefined || held.revision < card.revision) return card;
    return held.revision > card.revision || JSON.stringify(held) === JSON.stringify(card) ? held : card;
  }
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isNothing);
}
