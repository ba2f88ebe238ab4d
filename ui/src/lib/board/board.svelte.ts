// The board as the page holds it: counts, the queue, and a window of each lane, kept current by numbered changes.
// It holds what is near the view and nothing more; what a change means is Rust's business.
import { asShellError, type Shell } from "../contract";
import type { BatchView } from "../types/BatchView";
import type { Delta } from "../types/Delta";
import type { Lane } from "../types/Lane";
import type { LaneCounts } from "../types/LaneCounts";
import type { Snapshot } from "../types/Snapshot";
import type { TaskCard } from "../types/TaskCard";
import type { TaskDetail } from "../types/TaskDetail";
import { LANES, type Spot } from "../walk";
import { Chosen, type How, type Rowed } from "../chosen";
import { List } from "../list.svelte";
import { Feed } from "./feed";
import { Pace } from "./pace";
import { LaneRows, type Narrowed } from "./rows";
import { isFilter, NOTHING } from "../filter";
import type { Filter } from "../types/Filter";
import type { ViewBody } from "../types/ViewBody";

/** What the rail leads to. */
export type View = { kind: "batch"; id: string } | { kind: "all" } | { kind: "needsYou" };

const NONE: LaneCounts = { ready: 0, running: 0, done: 0, needsYou: 0 };
/** Rows that moved are read again at most this often (ms): a busy queue moves several a second. */
const REREAD_MS = 200;

export class Board {
  snapshot = $state.raw<Snapshot | null>(null);
  view = $state.raw<View>({ kind: "all" });
  search = $state("");
  filter = $state.raw<Filter>(NOTHING);
  selected = $state.raw<string | null>(null);
  detail = $state.raw<TaskDetail | null>(null);
  /** Rises whenever a lane's rows change: what reads rows reads this first. */
  private revision = $state<Record<Lane, number>>({ ready: 0, running: 0, done: 0, needsYou: 0 });
  /** Rises with each change of what is shown: lanes go back to their top. */
  era = $state(0);

  /** Cards of the lanes that the next act is for. */
  readonly picked: Chosen;
  /** The same as one sorted list. */
  readonly list: List;
  private readonly rows: Record<Lane, LaneRows>;
  private readonly feed = new Feed();
  private dirty = new Set<Lane>();
  private readonly pace: Pace;
  private syncing = false;
  private following = false;
  private newest = 0;

  constructor(
    private readonly shell: Shell,
    private readonly failed: (thrown: unknown) => void,
  ) {
    this.list = new List(shell, failed);
    this.picked = new Chosen((query) => shell.taskIds(query));
    this.pace = new Pace(REREAD_MS, () => {
      const lanes = [...this.dirty];
      this.dirty.clear();
      return Promise.all(lanes.map((lane) => this.rows[lane].refresh()));
    });
    const lane = (name: Lane) =>
      new LaneRows(
        name,
        (query) => shell.rows(query),
        () => (this.revision[name] += 1),
        failed,
      );
    this.rows = {
      ready: lane("ready"),
      running: lane("running"),
      done: lane("done"),
      needsYou: lane("needsYou"),
    };
  }

  /** Shows a library from its snapshot: the newest batch, or what was shown before where it is still there. */
  begin(snapshot: Snapshot): void {
    this.take(snapshot);
    const view = this.view;
    const there = view.kind === "batch" && snapshot.batches.some((batch) => batch.id === view.id);
    const newest = snapshot.batches[0];
    if (!there) this.show(newest === undefined ? { kind: "all" } : { kind: "batch", id: newest.id });
    else this.readAll();
  }

  /** Another library is about to be shown: nothing of this one is meant any more. */
  forget(): void {
    this.view = { kind: "all" };
    this.search = "";
    this.filter = NOTHING;
    this.select(null);
  }

  get batches(): BatchView[] {
    return this.snapshot?.batches ?? [];
  }

  /** The batch that is shown; null where all are. */
  get batch(): BatchView | null {
    const view = this.view;
    return view.kind === "batch" ? (this.batches.find((batch) => batch.id === view.id) ?? null) : null;
  }

  get counts(): LaneCounts {
    return this.view.kind === "batch" ? (this.batch?.lanes ?? NONE) : (this.snapshot?.all ?? NONE);
  }

  /** What Start would buy here, and for how much; null where a price is unknown. */
  get startable(): { count: number; credits: number | null } {
    const batches = this.view.kind === "batch" ? (this.batch === null ? [] : [this.batch]) : this.batches;
    let credits: number | null = 0;
    for (const batch of batches) {
      credits = credits === null || batch.startableCredits === null ? null : credits + batch.startableCredits;
    }
    return { count: batches.reduce((sum, batch) => sum + batch.startable, 0), credits };
  }

  show(view: View): void {
    this.view = view;
    this.select(null);
    this.picked.clear();
    this.reset();
  }

  /** On an empty board, the batch that the next tasks are put into is shown as soon as it appears. */
  followFirst(): void {
    this.following = this.batches.length === 0;
  }

  find(text: string): void {
    this.search = text;
    this.picked.clear();
    this.reset();
  }

  /** Looks only for what a filter says. */
  filterBy(filter: Filter): void {
    this.filter = filter;
    this.picked.clear();
    this.reset();
  }

  /** Whether less is shown than there is. */
  get narrowed(): boolean {
    return this.search.trim() !== "" || isFilter(this.filter);
  }

  /** Neither text nor filter any more. */
  showEverything(): void {
    this.search = "";
    this.filterBy(NOTHING);
  }

  /** What is looked at now, as it would be kept. */
  asView(): ViewBody {
    const { batchId, search, filter } = this.scope();
    return { batchId, search, filter };
  }

  /** What somebody kept; all batches where its own is gone. */
  showView(body: ViewBody): void {
    const there = this.batches.some((batch) => batch.id === body.batchId);
    this.search = body.search;
    this.filter = body.filter;
    this.show(there && body.batchId !== null ? { kind: "batch", id: body.batchId } : { kind: "all" });
  }

  /** A lane's length: of the rows where a search is on, else of the library. */
  total(lane: Lane): number {
    void this.revision[lane];
    const rows = this.rows[lane];
    return rows.ready ? rows.total : 0;
  }

  isReady(lane: Lane): boolean {
    void this.revision[lane];
    return this.rows[lane].ready;
  }

  at(lane: Lane, row: number): TaskCard | undefined {
    void this.revision[lane];
    return this.rows[lane].at(row);
  }

  /** Whether all cards of these rows are held. */
  holds(lane: Lane, from: number, to: number): boolean {
    void this.revision[lane];
    return this.rows[lane].holds(from, to);
  }

  look(lane: Lane, from: number, to: number): void {
    void this.rows[lane].look(from, to);
  }

  /** A card that is near the view. */
  card(id: string): TaskCard | undefined {
    for (const lane of LANES) {
      void this.revision[lane];
      const card = this.rows[lane].card(id);
      if (card !== undefined) return card;
    }
    return this.list.card(id);
  }

  spotOf(id: string | null): Spot | null {
    if (id === null) return null;
    for (const lane of LANES) {
      const row = this.rows[lane].placeOf(id);
      if (row !== undefined) return { lane, row };
    }
    return null;
  }

  /** The card in a row, read from the library where it is far from the view. */
  async cardAt(lane: Lane, row: number): Promise<TaskCard | undefined> {
    const held = this.rows[lane].at(row);
    if (held !== undefined || row < 0 || row >= this.rows[lane].total) return held;
    return (
      await this.shell.rows({
        ...this.lane(lane),
        offset: row,
        limit: 1,
      })
    ).rows[0];
  }

  select(id: string | null): void {
    this.selected = id;
    if (this.detail?.card.id !== id) this.detail = null;
    if (id !== null) void this.readDetail(id);
  }

  get chosen(): ReadonlySet<string> {
    return this.picked.ids;
  }

  choose(lane: Lane, row: number, how: How): Promise<void> {
    return this.picked.choose(this.lane(lane), row, this.at(lane, row)?.id, how);
  }

  /** Everything in a lane, as far as one act goes. False where there is more. */
  chooseLane(lane: Lane): Promise<boolean> {
    return this.picked.all(this.lane(lane));
  }

  /** What was chosen was acted upon. */
  unchoose(): void {
    this.picked.clear();
    this.list.clear();
  }

  private lane(lane: Lane): Rowed {
    return { ...this.scope(), lane, sort: "place", descending: false };
  }

  /** One change from Rust. */
  onDelta(delta: Delta): void {
    this.newest = Math.max(this.newest, delta.seq);
    const verdict = this.feed.judge(delta);
    if (verdict === "gap") void this.resync();
    if (verdict !== "apply" || this.snapshot === null) return;
    const changed = new Map(delta.batches.map((batch) => [batch.id, batch]));
    const kept = this.snapshot.batches.map((batch) => changed.get(batch.id) ?? batch);
    const known = new Set(kept.map((batch) => batch.id));
    const fresh = delta.batches.filter((batch) => !known.has(batch.id));
    const { notice } = this.snapshot;
    this.snapshot = {
      seq: delta.seq,
      batches: [...fresh, ...kept],
      all: delta.all,
      queue: delta.queue,
      moved: delta.moved,
      notice,
    };
    this.followNew(fresh[0]);
    for (const lane of LANES) this.takeRows(lane, delta);
    this.list.onDelta(delta);
    for (const id of delta.removed) this.picked.ids.delete(id);
    const selected = this.selected;
    if (selected !== null && delta.tasks.some((card) => card.id === selected)) void this.readDetail(selected);
    if (selected !== null && delta.removed.includes(selected)) this.select(null);
  }

  /** Reads everything shown again. */
  async resync(): Promise<void> {
    this.feed.lose();
    if (this.syncing) return;
    this.syncing = true;
    try {
      let snapshot;
      do {
        snapshot = await this.shell.snapshot();
      } while (snapshot.seq < this.newest);
      this.take(snapshot);
      const view = this.view;
      const gone = view.kind === "batch" && !snapshot.batches.some((batch) => batch.id === view.id);
      if (gone) this.begin(snapshot);
      else this.readAll();
    } catch (thrown) {
      this.failed(thrown);
    } finally {
      this.syncing = false;
    }
  }

  private take(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.newest = snapshot.seq;
    this.feed.restart(snapshot.seq);
    for (const lane of LANES) this.rows[lane].know(snapshot.moved);
  }

  private takeRows(lane: Lane, delta: Delta): void {
    const rows = this.rows[lane];
    const before = rows.version;
    if (rows.take(delta)) this.reread(lane);
    if (rows.version !== before) this.revision[lane] += 1;
  }

  private followNew(batch: BatchView | undefined): void {
    if (!this.following || batch === undefined) return;
    this.following = false;
    this.show({ kind: "batch", id: batch.id });
  }

  private reread(lane: Lane): void {
    this.dirty.add(lane);
    this.pace.ask();
  }

  private readAll(): void {
    for (const lane of LANES) void this.rows[lane].refresh();
    this.list.resync();
    if (this.selected !== null) void this.readDetail(this.selected);
  }

  /** What is shown of the library. */
  scope(): Narrowed {
    return {
      batchId: this.view.kind === "batch" ? this.view.id : null,
      search: this.search.trim(),
      filter: this.filter,
    };
  }

  private reset(): void {
    this.era += 1;
    const scope = this.scope();
    for (const lane of LANES) void this.rows[lane].show(scope);
  }

  private async readDetail(id: string): Promise<void> {
    try {
      const detail = await this.shell.task(id);
      if (this.selected === id) this.detail = detail;
    } catch (thrown) {
      if (this.selected !== id) return;
      if (asShellError(thrown).code === "not-found") this.select(null);
      else this.failed(thrown);
    }
  }
}
