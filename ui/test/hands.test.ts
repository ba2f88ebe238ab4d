// What people do with hands: drop files, walk with arrow keys; and posters, which are made meanwhile.
import { describe, expect, it } from "vitest";
import { DropGate } from "../src/lib/drop";
import { PosterMaker, spread, telling } from "../src/lib/posters";
import { walk } from "../src/lib/walk";

describe("a drop", () => {
  it("delivered twice counts once; the same files later count again", () => {
    const gate = new DropGate();
    expect(gate.accepts(["/a.png", "/b.png"], 1000)).toBe(true);
    expect(gate.accepts(["/a.png", "/b.png"], 1040)).toBe(false);
    expect(gate.accepts(["/c.png"], 1050)).toBe(true);
    expect(gate.accepts(["/a.png", "/b.png"], 3000)).toBe(true);
    expect(gate.accepts([], 9000)).toBe(false);
  });
});

describe("arrow keys", () => {
  const totals = { ready: 3, running: 0, done: 10, needsYou: 1 };

  it("begin at the first card there is", () => {
    expect(walk(null, "ArrowDown", totals)).toEqual({ lane: "ready", row: 0 });
    expect(walk(null, "ArrowDown", { ready: 0, running: 0, done: 0, needsYou: 0 })).toBeNull();
  });

  it("stay within a lane and skip empty ones", () => {
    expect(walk({ lane: "ready", row: 2 }, "ArrowDown", totals)).toEqual({ lane: "ready", row: 2 });
    expect(walk({ lane: "ready", row: 2 }, "ArrowRight", totals)).toEqual({ lane: "done", row: 2 });
    expect(walk({ lane: "done", row: 9 }, "ArrowRight", totals)).toEqual({ lane: "needsYou", row: 0 });
    expect(walk({ lane: "needsYou", row: 0 }, "ArrowRight", totals)).toEqual({ lane: "needsYou", row: 0 });
    expect(walk({ lane: "done", row: 4 }, "End", totals)).toEqual({ lane: "done", row: 9 });
  });
});

describe("posters", () => {
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  it("are drawn one at a time, not while a clip is watched, and a failure is not tried again", async () => {
    const kept: string[] = [];
    const drawn: string[] = [];
    let running = 0;
    let most = 0;
    const maker = new PosterMaker(
      async (id) => void kept.push(id),
      (id) => id,
      async (url) => {
        drawn.push(url);
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
        if (url === "bad") throw new Error("no codec");
        return "jpeg";
      },
    );
    maker.hold(true);
    maker.want("a");
    maker.want("bad");
    const undo = maker.want("gone");
    maker.want("b");
    undo();
    await turn();
    expect(drawn).toEqual([]);
    maker.hold(false);
    for (let n = 0; n < 10; n += 1) await turn();
    expect(kept).toEqual(["a", "b"]);
    expect(most).toBe(1);
    maker.want("bad");
    await turn();
    expect(drawn).toEqual(["a", "bad", "b"]);
    // What comes soon waits behind what is in sight.
    maker.expect(["soon", "b", "later"]);
    maker.want("seen");
    for (let n = 0; n < 10; n += 1) await turn();
    expect(drawn.slice(3)).toEqual(["soon", "seen", "later"]);
  });

  it("shows a frame that tells something", async () => {
    const grey = (light: number) => [light, light, light, 255];
    const frame = (...lights: number[]) => spread(new Uint8ClampedArray(lights.flatMap(grey)));
    expect(frame(0, 0, 0, 0)).toBe(0);
    expect(frame(255, 255, 255)).toBe(0);
    expect(frame(0, 255)).toBeCloseTo(127.5);
    const asked: number[] = [];
    const first = (shows: number[]) =>
      telling([1, 3, 5], async (place) => {
        asked.push(place);
        return { data: `at ${place}`, shows: shows[asked.length - 1] ?? 0 };
      });
    expect(await first([40, 90])).toBe("at 1");
    expect(asked).toEqual([1]);
    asked.length = 0;
    expect(await first([0, 30, 60]), "past a black beginning").toBe("at 3");
    asked.length = 0;
    expect(await first([1, 6, 2]), "a night: the best there is").toBe("at 3");
  });
});
