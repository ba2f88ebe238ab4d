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
import type { Deed } from "../undo";
import { marked, markSaid } from "./marks";

/** One mark for some clips. */
type Step = { ids: readonly string[]; change: MarkChange };

/** Cards read at once, and kept on either side. */
const PAGE = 60;
/** A roll that changed is read again at most this often (ms). */
const REREAD_MS = 400;
/** Clips beside each other. */
export const BESIDE = 4;

export type ReviewScope = { batchId: string | null; search: string };

const EMPTY: Roll = {
  ids: [],
  total: 0,
  groups: [],
  counts: { all: 0, unmarked: 0, picks: 0, rejected: 0, variants: 0 },
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
  compared = $state.raw<readonly string[] | null>(null);
  /** Which of the compared ones is looked at. */
  private here = $state(0);
  /** A word is being typed. */
  tagging = $state(false);
  /** What was done last, for who hears the screen. */
  said = $state.raw("");
  private held = $state.raw<ReadonlyMap<string, TaskCard>>(new Map());
  /** A clip whose tries are to be compared as soon as the clips are there. */
  private wished: string | null = null;
  private scope: ReviewScope | null = null;
  private anchor: number | null = null;
  private era = 0;
  private seq = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private wanted = { from: 0, to: PAGE };

  constructor(
    private readonly shell: Shell,
    private readonly failed: (thrown: unknown) => void,
    /** Notes what can be taken back. */
    private readonly note: (deed: Deed) => void = () => {},
  ) {}

  get id(): string | null {
    return this.compared?.[this.here] ?? this.roll.ids[this.at] ?? null;
  }

  get card(): TaskCard | undefined {
    return this.id === null ? undefined : this.held.get(this.id);
  }

  /** The compared ones that are beside each other now; null: one alone is looked at. */
  get beside(): readonly string[] | null {
    if (this.compared === null) return null;
    const first = Math.floor(this.here / BESIDE) * BESIDE;
    return this.compared.slice(first, first + BESIDE);
  }

  /** How many tries of its row are saved, where a clip is one of several. */
  variants(id: string | null): number {
    const group = id === null ? 0 : (this.roll.groups[this.roll.ids.indexOf(id)] ?? 0);
    return group === 0 ? 0 : this.roll.groups.filter((one) => one === group).length;
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
    this.which = { kind: "all" };
    this.at = 0;
    this.selected = new Set();
    this.compared = null;
    this.wished = null;
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
    if (this.compared === null) this.goTo(this.at + step);
    else this.point(this.compared[this.here + step]);
  }

  /** Looks at this one of the compared clips, or at this clip of the roll. */
  point(id: string | undefined): void {
    if (id === undefined) return;
    const [here, place] = [this.compared?.indexOf(id) ?? -1, this.roll.ids.indexOf(id)];
    if (here >= 0) this.here = here;
    else this.compared = null;
    if (place >= 0) this.at = place;
    this.anchor = null;
    void this.fill();
  }

  goTo(index: number): void {
    const last = this.roll.ids.length - 1;
    this.at = Math.max(0, Math.min(last, index));
    this.anchor = null;
    this.compared = null;
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
    this.ahead(ids, change);
    const number = ids.length === 1 ? (this.held.get(ids[0] ?? "")?.number ?? "") : "";
    this.said = markSaid({ number, count: ids.length, change });
    if (!stay && this.selected.size === 0 && this.compared === null) this.go(1);
    await this.apply([{ ids, change }]);
  }

  /** Puts clips beside each other: what is selected, the other tries of this one's row, or this one and the next; and
   * back. */
  async compare(): Promise<void> {
    if (this.compared !== null) {
      this.compared = null;
      return;
    }
    const { id } = this;
    const chosen = this.roll.ids.filter((one) => this.selected.has(one));
    if (id === null) return;
    if (chosen.length > 1) this.put(chosen, id);
    else if (this.card?.variantOf != null) await this.compareTries(id);
    else this.put(this.roll.ids.slice(this.at, this.at + 2), id);
  }

  /** Puts every saved try of this clip's row beside each other; where it is the only one, the next clip. */
  async compareTries(id: string): Promise<void> {
    try {
      const tries = await this.shell.variants(id);
      const place = this.roll.ids.indexOf(id);
      this.put(tries.length > 1 || place < 0 ? tries : this.roll.ids.slice(place, place + 2), id);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** The same from another room: once the clips are there. */
  compareFrom(id: string): void {
    if (this.ready && this.roll.ids.includes(id)) void this.compareTries(id);
    else this.wished = id;
  }

  /** The next row with several tries after those that are compared. */
  async nextTries(): Promise<void> {
    const { ids, groups } = this.roll;
    const after = Math.max(-1, ...(this.compared ?? []).map((id) => ids.indexOf(id)));
    const next = ids.findIndex((_, at) => at > after && (groups[at] ?? 0) > 0);
    if (next < 0) this.compared = null;
    else await this.compareTries(ids[next] ?? "");
  }

  /** The one that is looked at is chosen among the compared; the others are rejected only where that is asked for. */
  async chooseHere(rejectOthers: boolean): Promise<void> {
    const { id, compared } = this;
    if (id === null || compared === null) return;
    const others = rejectOthers ? compared.filter((one) => one !== id) : [];
    const best: MarkChange = { kind: "rate", rating: 5 };
    this.ahead([id], best);
    this.ahead(others, { kind: "reject" });
    this.said = markSaid({ number: this.card?.number ?? "", count: 1, change: best });
    const rejected: Step[] = others.length > 0 ? [{ ids: others, change: { kind: "reject" } }] : [];
    await this.apply([{ ids: [id], change: best }, ...rejected]);
  }

  /** Marks, and notes what takes it back whole. */
  private async apply(steps: readonly Step[]): Promise<void> {
    await this.write(async () => {
      const deed = await this.marking(steps);
      if (deed !== null) this.note(deed);
    });
  }

  private async marking(steps: readonly Step[]): Promise<Deed | null> {
    const before: Marked[] = [];
    for (const { ids, change } of steps) before.push(...(await this.shell.mark([...ids], change)));
    const [first] = before;
    const [step] = steps;
    if (first === undefined || step === undefined) return null;
    const number = before.length === 1 ? (this.held.get(first.id)?.number ?? "") : "";
    const said = markSaid({ number, count: before.length, change: step.change });
    const back = async () => {
      this.point(first.id);
      await this.shell.putMarks(before);
      return { said, back: () => this.marking(steps) };
    };
    return { said, back };
  }

  private put(ids: readonly string[], here: string): void {
    if (ids.length < 2) return;
    this.selectNone();
    this.compared = ids;
    this.here = Math.max(0, ids.indexOf(here));
    this.point(ids[this.here]);
    void this.need(this.beside ?? []);
  }

  /** Shows marks before Rust has said so. */
  private ahead(ids: readonly string[], change: MarkChange): void {
    const held = new Map(this.held);
    for (const id of ids) {
      const card = held.get(id);
      if (card !== undefined) held.set(id, { ...card, ...marked(card, change) });
    }
    this.held = held;
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
      this.compared = null;
      const { wished } = this;
      this.wished = null;
      if (wished !== null) {
        this.point(wished);
        await this.compareTries(wished);
      }
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
      const group = new Map((all ?? roll).ids.map((one, at) => [one, (all ?? roll).groups[at] ?? 0]));
      this.roll = { ...roll, ids, groups: ids.map((one) => group.get(one) ?? 0) };
      const place = id === null ? -1 : ids.indexOf(id);
      this.at = place >= 0 ? place : Math.max(0, Math.min(this.at, ids.length - 1));
      if (this.compared !== null) {
        const left = this.compared.filter((one) => there.has(one));
        this.compared = left.length > 1 ? left : null;
        this.here = Math.max(0, left.indexOf(id ?? ""));
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
