// Going through clips: the roll of them (ids alone, in the order of the board), where one stands, which are selected,
// and marks that are seen at once. The roll stays as it was chosen while clips are marked, so that a place in it means
// the same clip; it is read anew when another filter is chosen. Cards are held only near where one stands.
import type { Shell } from "../contract";
import type { Delta } from "../types/Delta";
import type { MarkChange } from "../types/MarkChange";
import type { Marked } from "../types/Marked";
import type { Roll } from "../types/Roll";
import type { TaskCard } from "../types/TaskCard";
import type { Which } from "../types/Which";
import { marked } from "./marks";

/** Cards read at once, and kept on either side. */
const PAGE = 60;
/** A roll that changed is read again at most this often (ms). */
const REREAD_MS = 400;
/** Marks that can be taken back. */
const UNDO = 200;
/** Clips beside each other. */
export const BESIDE = 4;

export type ReviewScope = { batchId: string | null; search: string };

const EMPTY: Roll = {
  ids: [],
  total: 0,
  counts: { all: 0, unmarked: 0, picks: 0, rejected: 0 },
  tags: [],
};

export class Review {
  roll = $state.raw<Roll>(EMPTY);
  /** Whether the first answer for this filter has come. */
  ready = $state(false);
  which = $state.raw<Which>({ kind: "all" });
  at = $state(0);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  /** The clips that are compared; null: one alone is looked at. */
  beside = $state.raw<readonly string[] | null>(null);
  /** A word is being typed. */
  tagging = $state(false);
  /** What was done last, for who hears the screen. */
  said = $state.raw<{ number: string; change: MarkChange } | null>(null);
  private held = $state.raw<ReadonlyMap<string, TaskCard>>(new Map());
  private undone: Marked[][] = [];
  private scope: ReviewScope | null = null;
  private anchor: number | null = null;
  private era = 0;
  private seq = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private wanted = { from: 0, to: PAGE };

  constructor(
    private readonly shell: Shell,
    private readonly failed: (thrown: unknown) => void,
  ) {}

  get id(): string | null {
    return this.roll.ids[this.at] ?? null;
  }

  get card(): TaskCard | undefined {
    return this.cardAt(this.at);
  }

  get next(): TaskCard | undefined {
    return this.cardAt(this.at + 1);
  }

  cardAt(index: number): TaskCard | undefined {
    const id = this.roll.ids[index];
    return id === undefined ? undefined : this.held.get(id);
  }

  byId(id: string): TaskCard | undefined {
    return this.held.get(id);
  }

  heldCards(): number {
    return this.held.size;
  }

  /** Another library. */
  forget(): void {
    this.scope = null;
    this.roll = EMPTY;
    this.held = new Map();
    this.undone = [];
    this.which = { kind: "all" };
    this.at = 0;
    this.selected = new Set();
    this.beside = null;
  }

  /** What is gone through: a batch or all, and what is searched for in it. */
  show(scope: ReviewScope): void {
    if (this.scope?.batchId === scope.batchId && this.scope.search === scope.search) return;
    this.scope = scope;
    if (this.which.kind === "tagged") this.which = { kind: "all" };
    void this.read();
  }

  choose(which: Which): void {
    this.which = which;
    void this.read();
  }

  go(step: number): void {
    this.goTo(this.at + step);
  }

  goTo(index: number): void {
    const last = this.roll.ids.length - 1;
    this.at = Math.max(0, Math.min(last, index));
    this.anchor = null;
    void this.fill();
  }

  /** Selects from where it began to here and `step` further. */
  extend(step: number): void {
    this.anchor ??= this.at;
    this.extendTo(this.at + step);
  }

  extendTo(index: number): void {
    const anchor = this.anchor ?? this.at;
    this.goTo(index);
    this.anchor = anchor;
    const [from, to] = [Math.min(anchor, this.at), Math.max(anchor, this.at)];
    this.selected = new Set(this.roll.ids.slice(from, to + 1));
  }

  toggle(id: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(id)) selected.add(id);
    this.selected = selected;
  }

  selectAll(): void {
    this.selected = new Set(this.roll.ids);
  }

  selectNone(): void {
    this.selected = new Set();
    this.anchor = null;
  }

  /** Marks what is selected, or the clip that is looked at and goes on to the next; `stay`: not. */
  async mark(change: MarkChange, stay: boolean): Promise<void> {
    const ids = this.selected.size > 0 ? [...this.selected] : this.id === null ? [] : [this.id];
    if (ids.length === 0) return;
    const held = new Map(this.held);
    for (const id of ids) {
      const card = held.get(id);
      if (card !== undefined) held.set(id, { ...card, ...marked(card, change) });
    }
    this.held = held;
    this.said = { number: ids.length === 1 ? (held.get(ids[0] ?? "")?.number ?? "") : "", change };
    if (!stay && this.selected.size === 0 && this.beside === null) this.go(1);
    await this.write(async () => {
      const before = await this.shell.mark(ids, change);
      if (before.length > 0) this.undone = [...this.undone, before].slice(-UNDO);
    });
  }

  /** Takes the last mark back, and goes to the clip. False where there is none. */
  async undo(): Promise<boolean> {
    const last = this.undone.at(-1);
    if (last === undefined) return false;
    this.undone = this.undone.slice(0, -1);
    const place = this.roll.ids.indexOf(last[0]?.id ?? "");
    if (place >= 0) this.goTo(place);
    await this.write(() => this.shell.putMarks(last));
    return true;
  }

  /** Puts clips beside each other: what is selected, or this one and the next; and back. */
  compare(): void {
    if (this.beside !== null) {
      this.beside = null;
      return;
    }
    const chosen = this.roll.ids.filter((id) => this.selected.has(id)).slice(0, BESIDE);
    const ids = chosen.length > 1 ? chosen : this.roll.ids.slice(this.at, this.at + 2);
    if (ids.length < 2) return;
    this.beside = ids;
    this.selectNone();
    const first = this.roll.ids.indexOf(ids[0] ?? "");
    if (!ids.includes(this.id ?? "") && first >= 0) this.goTo(first);
    void this.need(ids);
  }

  /** The view of the strip moved. */
  look(from: number, to: number): void {
    this.wanted = { from, to };
    void this.fill();
  }

  onDelta(delta: Delta): void {
    const gap = this.seq !== 0 && delta.seq !== this.seq + 1;
    this.seq = delta.seq;
    if (this.scope === null) return;
    if (delta.reload || gap) {
      this.reread();
      return;
    }
    const held = new Map(this.held);
    const known = new Set(this.roll.ids);
    const { scope } = this;
    let moved = delta.removed.some((id) => known.has(id));
    for (const card of delta.tasks) {
      const before = held.get(card.id);
      if (before !== undefined && before.revision <= card.revision) held.set(card.id, card);
      const fits = card.state === "done" && (scope.batchId === null || scope.batchId === card.batchId);
      moved ||= fits ? !known.has(card.id) || changed(before, card) : known.has(card.id);
    }
    this.held = held;
    if (moved) this.reread();
  }

  private async write(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.failed(thrown);
      // What was shown ahead is not so.
      await this.need(this.roll.ids.slice(this.at, this.at + 1), true);
    }
  }

  private reread(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.follow();
    }, REREAD_MS);
  }

  /** Reads the roll of another filter. */
  private async read(): Promise<void> {
    const { scope, id } = this;
    if (scope === null) return;
    const era = (this.era += 1);
    try {
      const roll = await this.shell.roll({ ...scope, which: this.which });
      if (era !== this.era) return;
      this.roll = roll;
      this.at = Math.max(0, id === null ? 0 : roll.ids.indexOf(id));
      this.ready = true;
      this.selectNone();
      this.beside = null;
      await this.fill();
    } catch (thrown) {
      if (era === this.era) this.failed(thrown);
    }
  }

  /** Takes over new counts and new clips; those that no longer fit the filter stay until another is chosen. */
  private async follow(): Promise<void> {
    const { scope, era } = this;
    if (scope === null) return;
    try {
      const [roll, all] = await Promise.all([
        this.shell.roll({ ...scope, which: this.which }),
        this.which.kind === "all" ? null : this.shell.roll({ ...scope, which: { kind: "all" } }),
      ]);
      if (era !== this.era) return;
      const there = new Set((all ?? roll).ids);
      const before = this.roll.ids.filter((id) => there.has(id));
      const known = new Set(before);
      const ids = all === null ? roll.ids : [...before, ...roll.ids.filter((id) => !known.has(id))];
      const { id } = this;
      this.roll = { ...roll, ids };
      const place = id === null ? -1 : ids.indexOf(id);
      this.at = place >= 0 ? place : Math.max(0, Math.min(this.at, ids.length - 1));
      if (this.beside !== null) {
        const beside = this.beside.filter((one) => there.has(one));
        this.beside = beside.length > 1 ? beside : null;
      }
      await this.fill();
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** Reads the cards around where one stands and what the strip shows, and lets far ones go. */
  private async fill(): Promise<void> {
    const { ids } = this.roll;
    const near = new Set([
      ...ids.slice(Math.max(0, this.at - 4), this.at + PAGE / 2),
      ...ids.slice(
        Math.max(0, this.wanted.from - 8),
        Math.min(this.wanted.to + 8, this.wanted.from + 3 * PAGE),
      ),
      ...(this.beside ?? []),
    ]);
    if (this.held.size > 4 * PAGE) {
      this.held = new Map([...this.held].filter(([id]) => near.has(id) || this.selected.has(id)));
    }
    await this.need([...near]);
  }

  private async need(ids: readonly string[], again = false): Promise<void> {
    const missing = again ? [...ids] : ids.filter((id) => !this.held.has(id));
    if (missing.length === 0) return;
    try {
      const cards = await this.shell.cards(missing.slice(0, 200));
      const held = new Map(this.held);
      for (const card of cards) {
        const known = held.get(card.id);
        if (again || known === undefined || known.revision <= card.revision) held.set(card.id, card);
      }
      this.held = held;
    } catch (thrown) {
      this.failed(thrown);
    }
  }
}

/** Whether the counts may be others now. */
function changed(before: TaskCard | undefined, card: TaskCard): boolean {
  return before === undefined || before.revision !== card.revision;
}
