// The list: all tasks of what the rail leads to as one sorted list, of which the page holds what is near the view; and
// what of it is chosen.
import { Pace } from "./board/pace";
import { LaneRows, type Narrowed } from "./board/rows";
import { NOTHING } from "./filter";
import { Chosen, type How } from "./chosen";
import type { Shell } from "./contract";
import type { Delta } from "./types/Delta";
import type { Lane } from "./types/Lane";
import type { RowsQuery } from "./types/RowsQuery";
import type { SortBy } from "./types/SortBy";
import type { TaskCard } from "./types/TaskCard";

/** Rows that moved are read again at most this often (ms). */
const REREAD_MS = 200;

export class List {
  sort = $state<SortBy>("place");
  descending = $state(false);
  /** Only this lane; null: all. */
  lane = $state<Lane | null>(null);
  /** Tasks that the next act is for. */
  readonly picked: Chosen;
  private revision = $state(0);
  private scope: Narrowed = { batchId: null, search: "", filter: NOTHING };
  private open = false;
  private readonly pace = new Pace(REREAD_MS, () => this.rows.refresh());
  private readonly rows: LaneRows;

  constructor(shell: Pick<Shell, "rows" | "taskIds">, failed: (thrown: unknown) => void) {
    this.picked = new Chosen((query) => shell.taskIds(query));
    this.rows = new LaneRows(
      null,
      (query) => shell.rows(query),
      () => (this.revision += 1),
      failed,
    );
  }

  get chosen(): ReadonlySet<string> {
    return this.picked.ids;
  }

  get total(): number {
    void this.revision;
    return this.rows.total;
  }

  get ready(): boolean {
    void this.revision;
    return this.rows.ready;
  }

  at(row: number): TaskCard | undefined {
    void this.revision;
    return this.rows.at(row);
  }

  /** Whether all of these rows are held. */
  holds(from: number, to: number): boolean {
    void this.revision;
    return this.rows.holds(from, to);
  }

  placeOf(id: string): number | undefined {
    void this.revision;
    return this.rows.placeOf(id);
  }

  card(id: string): TaskCard | undefined {
    void this.revision;
    return this.rows.card(id);
  }

  look(from: number, to: number): void {
    void this.rows.look(from, to);
  }

  /** The room is looked at: from now on it is kept current. */
  enter(scope: Narrowed): void {
    const { batchId, search, filter } = this.scope;
    const another = scope.batchId !== batchId || scope.search !== search || scope.filter !== filter;
    if (this.open && !another) return;
    this.open = true;
    this.scope = scope;
    if (another) this.clear();
    void this.read();
  }

  /** Somebody looks elsewhere: nothing is read for nobody. */
  leave(): void {
    this.open = false;
    this.rows.forget();
    this.clear();
  }

  /** Sorts by a column; by the same one, the other way round. */
  sortBy(sort: SortBy): void {
    this.descending = this.sort === sort && !this.descending;
    this.sort = sort;
    this.picked.unmark();
    void this.read();
  }

  show(lane: Lane | null): void {
    this.lane = lane;
    this.clear();
    void this.read();
  }

  onDelta(delta: Delta): void {
    for (const id of delta.removed) this.picked.ids.delete(id);
    if (!this.open) return;
    const before = this.rows.version;
    if (this.rows.take(delta)) this.pace.ask();
    if (this.rows.version !== before) this.revision += 1;
  }

  /** Everything may be another: after a gap in the changes. */
  resync(): void {
    if (this.open) this.pace.ask();
  }

  choose(row: number, how: How): Promise<void> {
    return this.picked.choose(this.query(), row, this.at(row)?.id, how);
  }

  /** Everything that is found, as far as one act goes. False where there is more. */
  chooseAll(): Promise<boolean> {
    return this.picked.all(this.query());
  }

  clear(): void {
    this.picked.clear();
  }

  private query(): Omit<RowsQuery, "offset" | "limit"> {
    const { lane, sort, descending } = this;
    return { ...this.scope, lane, sort, descending };
  }

  private read(): Promise<void> {
    const { lane, sort, descending } = this;
    return this.rows.show({ ...this.scope, lane, sort, descending });
  }
}
