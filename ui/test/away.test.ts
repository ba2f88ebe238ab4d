// Watching and being away: words for times, and when a report may come.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { App } from "../src/lib/app.svelte";
import { AwayDesk } from "../src/lib/away.svelte";
import type { Leaving } from "../src/lib/contract";
import { say } from "../src/lib/i18n/catalogue";
import type { BatchView } from "../src/lib/types/BatchView";
import type { RunReport } from "../src/lib/types/RunReport";
import { doneAt, endWords, tookWords } from "../src/lib/until";

function batch(running: number, queued: number, end: number | null): BatchView {
  const lanes = { ready: queued, running, done: 0, needsYou: 0 };
  return {
    id: `${running}-${queued}`,
    name: "",
    folder: null,
    lanes,
    startable: 0,
    startableCredits: 0,
    queued,
    doneAt: end,
  };
}

describe("the expected end", () => {
  it("is the latest of what goes on, and unknown where one of them is", () => {
    const going = { running: true, mood: "going" } as const;
    expect(doneAt([], going)).toBeNull();
    expect(doneAt([batch(0, 0, null)], going)).toBeNull();
    const both = [batch(2, 0, 500), batch(0, 3, 900), batch(0, 0, null)];
    expect(doneAt(both, going)).toBe(900);
    expect(doneAt([batch(2, 0, 500), batch(0, 3, null)], going)).toBeNull();
    // What was foretold before the queue was paused, or before the network went, is not true any more.
    expect(doneAt(both, { running: false, mood: "paused" })).toBeNull();
    expect(doneAt([batch(2, 0, 500)], { running: false, mood: "going" })).toBe(500);
    expect(doneAt(both, { running: true, mood: "network" })).toBeNull();
  });

  it("is about ten minutes, then a clock time, then a day; never seconds", () => {
    const noon = new Date(2026, 10, 22, 12, 0).getTime();
    const words = (minutes: number, lang = "en") => endWords(noon + minutes * 60_000, noon, lang);
    expect(words(10)).toBe(say("en", "end.soon"));
    expect(words(0)).toBe(say("en", "end.soon"));
    expect(words(11)).toBe("done about 12:11");
    expect(words(140)).toBe("done about 14:20");
    expect(words(13 * 60)).toMatch(/^done about 11\/23, 01:00$/);
  });

  it("says how long it took to the minute", () => {
    expect([20_000, 60_000, 2_280_000, 7_500_000].map(tookWords)).toEqual([
      "under a minute",
      "1 min",
      "38 min",
      "2 h 5 min",
    ]);
  });
});

const report = (batchId: string): RunReport => ({
  batchId,
  batchName: batchId,
  folder: null,
  tookMs: 1,
  saved: 5,
  savedBytes: 1,
  needsYou: 0,
  spent: 1,
  unpriced: 0,
  held: 0,
  atLimit: 0,
});

describe("a report of a run", () => {
  let waiting: RunReport[];
  let app: App;
  let desk: AwayDesk;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(1_000_000);
    vi.stubGlobal("document", { activeElement: null });
    vi.stubGlobal("HTMLElement", class {});
    waiting = [];
    app = {
      phase: { kind: "board" },
      open: null,
      menu: null,
      leaving: null,
      keepQuestion: null,
      shell: {
        runReport: async () => waiting.shift() ?? null,
        leaving: async (): Promise<Leaving> => ({
          made: 4,
          saving: 0,
          waiting: 12,
          working: true,
          tray: false,
        }),
      },
      attempt: async (work: () => Promise<unknown>) => (await work(), true),
      fail: (thrown: unknown) => {
        throw thrown;
      },
    } as unknown as App;
    desk = new AwayDesk(app);
    return () => {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    };
  });

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it("comes once, and the next one when the first is closed", async () => {
    waiting = [report("a"), report("b")];
    desk.hear("report");
    desk.hear("report");
    await pass(100);
    expect(app.open).toMatchObject({ kind: "runReport", report: { batchId: "a" } });
    await pass(5000);
    expect(app.open).toMatchObject({ report: { batchId: "a" } });
    app.open = null;
    await pass(1500);
    expect(app.open).toMatchObject({ report: { batchId: "b" } });
    app.open = null;
    desk.hear("report");
    await pass(5000);
    expect(app.open).toBeNull();
  });

  it("does not come while somebody types, works, or is asked something", async () => {
    waiting = [report("a")];
    app.open = { kind: "composer", card: null };
    desk.hear("report");
    await pass(20_000);
    expect(app.open).toMatchObject({ kind: "composer" });
    app.open = null;
    // They go on with the keyboard on the board.
    for (let n = 0; n < 5; n += 1) {
      desk.touch();
      await pass(1000);
      expect(app.open).toBeNull();
    }
    await pass(4000);
    expect(app.open).toMatchObject({ kind: "runReport" });
  });

  it("leaves the question before closing up until it is answered, and keeps it true", async () => {
    desk.hear("closing");
    await pass(0);
    expect(app.leaving).toMatchObject({ made: 4, waiting: 12 });
    app.shell.leaving = async () => ({ made: 1, saving: 1, waiting: 0, working: true, tray: false });
    await pass(2100);
    expect(app.leaving).toMatchObject({ made: 1, saving: 1 });
    app.leaving = null;
    await pass(10_000);
    expect(app.leaving).toBeNull();
  });
});
