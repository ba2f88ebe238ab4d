import { beforeEach, describe, expect, it, vi } from "vitest";
import { Board } from "../src/lib/board/board.svelte";
import { Feed } from "../src/lib/board/feed";
import { Pace } from "../src/lib/board/pace";
import { type Page, WhileSeen } from "../src/lib/board/seen";
import type { Shell } from "../src/lib/contract";
import type { BatchView } from "../src/lib/types/BatchView";
import type { Delta } from "../src/lib/types/Delta";
import type { QueueView } from "../src/lib/types/QueueView";
import type { Snapshot } from "../src/lib/types/Snapshot";
import type { TaskCard } from "../src/lib/types/TaskCard";
import { Library } from "./deck";

const queue: QueueView = {
  mood: "quiet",
  running: false,
  pausedBy: null,
  queued: 0,
  inFlight: 0,
  unconfirmed: 0,
  balance: null,
  balanceAt: null,
  spentToday: 0,
  unpricedToday: 0,
  savedToday: 0,
  savedTodayBytes: 0,
  canaries: [],
  stopped: [],
};

class Stage {
  library = new Library(5);
  seq = 10;
  snapshots = 0;
  failures: unknown[] = [];

  batch(id = "b1"): BatchView {
    const lanes = id === "b1" ? this.library.lanes() : { ready: 0, running: 0, done: 0, needsYou: 0 };
    return {
      id,
      name: id,
      folder: null,
      lanes,
      startable: 5,
      startableCredits: 300,
      queued: 0,
      doneAt: null,
    };
  }

  snapshot(): Snapshot {
    return {
      seq: this.seq,
      batches: [this.batch()],
      all: this.library.lanes(),
      moved: { ...this.library.moved },
      queue,
      notice: null,
    };
  }

  delta(tasks: TaskCard[], part: Partial<Delta> = {}): Delta {
    this.seq += 1;
    const { batches, all, moved } = this.snapshot();
    return { seq: this.seq, tasks, removed: [], batches, all, moved, queue, reload: false, ...part };
  }

  async open(): Promise<Board> {
    const shell = {
      rows: this.library.rows,
      snapshot: async () => {
        this.snapshots += 1;
        return this.snapshot();
      },
      task: async (id: string) => ({
        card: this.library.cards.find((one) => one.id === id),
        attempts: [],
        history: [],
        localPath: null,
      }),
    } as unknown as Shell;
    const board = new Board(shell, (thrown) => this.failures.push(thrown));
    board.begin(this.snapshot());
    await settle();
    return board;
  }
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(500);
}

describe("the board", () => {
  let stage: Stage;
  beforeEach(() => {
    vi.useFakeTimers();
    stage = new Stage();
    return () => vi.useRealTimers();
  });

  it("opens on the newest batch and shows its rows", async () => {
    const board = await stage.open();
    expect(board.view).toEqual({ kind: "batch", id: "b1" });
    expect(board.total("ready")).toBe(5);
    expect(board.startable).toEqual({ count: 5, credits: 300 });
  });

  it("moves a card from lane to lane as its changes come", async () => {
    const board = await stage.open();
    board.onDelta(stage.delta([stage.library.change("t2", { lane: "running", state: "generating" })]));
    await settle();
    expect(board.total("ready")).toBe(4);
    expect(board.at("running", 0)?.id).toBe("t2");
    expect(board.counts.running).toBe(1);
    expect(stage.snapshots).toBe(0);
  });

  it("reads everything again after a missing number, and misses nothing by it", async () => {
    const board = await stage.open();
    stage.delta([stage.library.change("t1", { lane: "done", state: "done" })]);
    board.onDelta(stage.delta([stage.library.change("t2", { lane: "done", state: "done" })]));
    await settle();
    expect(stage.snapshots).toBe(1);
    expect(board.total("done")).toBe(2);
    board.onDelta(stage.delta([stage.library.change("t3", { lane: "done", state: "done" })]));
    await settle();
    expect(stage.snapshots).toBe(1);
    expect(board.total("done")).toBe(3);
  });

  it("takes a card away that is gone, and closes it where it was open", async () => {
    const board = await stage.open();
    board.select("t0");
    stage.library.cards = stage.library.cards.filter((one) => one.id !== "t0");
    stage.library.moved.ready += 1;
    board.onDelta(stage.delta([], { removed: ["t0"] }));
    await settle();
    expect(board.selected).toBeNull();
    expect(board.at("ready", 0)?.id).toBe("t1");
    expect(stage.failures).toEqual([]);
  });

  it("shows the batch that the first tasks were put into", async () => {
    const board = await stage.open();
    board.begin({ ...stage.snapshot(), batches: [] });
    board.followFirst();
    board.onDelta(stage.delta([], { batches: [stage.batch("b7")] }));
    expect(board.view).toEqual({ kind: "batch", id: "b7" });
  });

  it("knows no total cost where one price is unknown", async () => {
    const board = await stage.open();
    board.show({ kind: "all" });
    const unknown = { ...stage.batch("b2"), startableCredits: null };
    board.onDelta(stage.delta([], { batches: [stage.batch(), unknown] }));
    expect(board.startable).toEqual({ count: 10, credits: null });
  });
});

describe("the order of changes", () => {
  it("applies one more than the last, drops what it has, and sees a gap", () => {
    const feed = new Feed();
    expect(feed.judge({ seq: 1, reload: false })).toBe("gap");
    feed.restart(4);
    expect(feed.judge({ seq: 4, reload: false })).toBe("stale");
    expect(feed.judge({ seq: 5, reload: false })).toBe("apply");
    expect(feed.judge({ seq: 7, reload: false })).toBe("gap");
    expect(feed.judge({ seq: 8, reload: false })).toBe("gap");
    feed.restart(8);
    expect(feed.judge({ seq: 9, reload: true })).toBe("gap");
  });
});

describe("reading again", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it("is one reading for many wishes, and rests after one that took long", async () => {
    let read = 0;
    let takes = 0;
    const pace = new Pace(200, async () => {
      read += 1;
      await new Promise((done) => setTimeout(done, takes));
    });
    for (let nth = 0; nth < 50; nth += 1) pace.ask();
    await vi.advanceTimersByTimeAsync(199);
    expect(read).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(read).toBe(1);
    takes = 1000;
    pace.ask();
    await vi.advanceTimersByTimeAsync(300);
    // Asked for while it reads: once more, and not before it has rested.
    for (let nth = 0; nth < 50; nth += 1) pace.ask();
    await vi.advanceTimersByTimeAsync(3500);
    expect(read).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(read).toBe(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(read).toBe(3);
  });
});

describe("a page that nobody sees", () => {
  it("does nothing until somebody looks, and then reads everything once", () => {
    const page = { hidden: false, look: () => {} };
    const heard: Delta[] = [];
    const watching = new WhileSeen((delta) => heard.push(delta), {
      get hidden() {
        return page.hidden;
      },
      addEventListener: (_: string, look: () => void) => (page.look = look),
      removeEventListener: () => (page.look = () => {}),
    } as unknown as Page);
    const stage = new Stage();
    watching.tell(stage.delta([]));
    page.hidden = true;
    page.look();
    for (let nth = 0; nth < 40; nth += 1) watching.tell(stage.delta([]));
    expect(heard.map((delta) => [delta.seq, delta.reload])).toEqual([[11, false]]);
    page.hidden = false;
    page.look();
    watching.tell(stage.delta([]));
    expect(heard.map((delta) => [delta.seq, delta.reload])).toEqual([
      [11, false],
      [51, true],
      [52, false],
    ]);
    // A change may come before the page hears that it is seen.
    page.hidden = true;
    watching.tell(stage.delta([]));
    page.hidden = false;
    watching.tell(stage.delta([]));
    page.look();
    expect(heard.slice(3).map((delta) => [delta.seq, delta.reload])).toEqual([[54, true]]);
  });
});
