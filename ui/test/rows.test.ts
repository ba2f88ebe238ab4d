import { describe, expect, it } from "vitest";
import { type Changes, LaneRows, PAGE } from "../src/lib/board/rows";
import type { TaskCard } from "../src/lib/types/TaskCard";
import { card, Library } from "./deck";

const everything = { batchId: null, search: "" };

function lane(library: Library, name: "ready" | "running" = "ready"): LaneRows {
  return new LaneRows(
    name,
    library.rows,
    () => {},
    (thrown) => {
      throw thrown;
    },
  );
}

/** One message about these cards. */
function told(library: Library, tasks: TaskCard[], removed: string[] = []): Changes {
  return { tasks, removed, moved: { ...library.moved } };
}

describe("the window of a lane", () => {
  it("holds only what is near the view, however long the lane is", async () => {
    const rows = lane(new Library(100_000));
    await rows.show(everything);
    expect(rows.total).toBe(100_000);
    for (let top = 0; top < 90_000; top += 2977) await rows.look(top, top + 12);
    await rows.look(50_000, 50_012);
    expect(rows.at(50_005)?.id).toBe("t50005");
    expect(rows.at(0)).toBeUndefined();
    expect(rows.heldRows()).toBeLessThanOrEqual(6 * PAGE);
  });

  it("asks nothing again for rows it holds", async () => {
    const library = new Library(300);
    const rows = lane(library);
    await rows.show(everything);
    const before = library.asked.length;
    await rows.look(2, 14);
    expect(library.asked.length).toBe(before);
  });

  it("shows a change of a held card at once and does not read for it", async () => {
    const library = new Library(50);
    const rows = lane(library);
    await rows.show(everything);
    rows.know(library.moved);
    const again = rows.take(told(library, [library.change("t7", { progress: 40 })]));
    expect(again).toBe(false);
    expect(rows.at(7)?.progress).toBe(40);
  });

  it("drops an older picture of a card", async () => {
    const library = new Library(5);
    const rows = lane(library);
    await rows.show(everything);
    rows.take(told(library, [card(3, { progress: 60, revision: 9 })]));
    rows.take(told(library, [card(3, { progress: 20, revision: 8 })]));
    expect(rows.at(3)?.progress).toBe(60);
    await rows.refresh();
    expect(rows.at(3)?.progress).toBe(60);
  });

  it("closes the gap when a card leaves the lane, and reads again when one comes", async () => {
    const library = new Library(10);
    const [ready, running] = [lane(library), lane(library, "running")];
    await ready.show(everything);
    await running.show(everything);
    ready.know(library.moved);
    running.know(library.moved);
    const moved = told(library, [library.change("t4", { lane: "running", state: "generating" })]);
    expect(ready.take(moved)).toBe(true);
    expect(ready.total).toBe(9);
    expect(ready.at(4)?.id).toBe("t5");
    expect(running.take(moved)).toBe(true);
    await running.refresh();
    expect(running.at(0)?.id).toBe("t4");
  });

  it("does not take in cards of another batch", async () => {
    const library = new Library(3);
    const rows = lane(library);
    await rows.show({ batchId: "b1", search: "" });
    rows.know(library.moved);
    expect(rows.take(told(library, [card(77, { batchId: "b2" })]))).toBe(false);
  });

  it("is not read again for cards that change and stay where they are, seen or not", async () => {
    const library = new Library(500);
    const rows = lane(library);
    await rows.show(everything);
    rows.know(library.moved);
    const changed = library.cards.slice(0, 400).map((one) => library.change(one.id, { price: 1 }));
    expect(rows.take(told(library, changed))).toBe(false);
    expect(rows.at(0)?.price).toBe(1);
    // A card comes that is nowhere near: everything behind it moves.
    library.change("t499", { state: "draft" });
    expect(rows.take(told(library, []))).toBe(true);
  });

  it("is read again for what a filter or another order may see otherwise", async () => {
    const library = new Library(10);
    const rows = lane(library);
    await rows.show({ batchId: null, search: "prompt" });
    expect(rows.take(told(library, [library.change("t4", { progress: 1 })]))).toBe(true);
    await rows.show({ ...everything, sort: "price" });
    expect(rows.take(told(library, [library.change("t4", { price: 1 })]))).toBe(true);
  });

  it("closes many gaps at once", async () => {
    const library = new Library(60);
    const rows = lane(library);
    await rows.show(everything);
    const gone = ["t0", "t3", "t4", "t30"];
    rows.take(told(library, [], gone));
    expect(rows.total).toBe(56);
    expect([0, 1, 2, 26, 27].map((at) => rows.at(at)?.id)).toEqual(["t1", "t2", "t5", "t29", "t31"]);
  });

  it("keeps what it shows where a second reading says the same", async () => {
    const library = new Library(50);
    const rows = lane(library);
    await rows.show(everything);
    const before = rows.at(7);
    library.cards = library.cards.map((one) => structuredClone(one));
    await rows.refresh();
    expect(rows.at(7)).toBe(before);
    library.change("t7", { progress: 3 });
    await rows.refresh();
    expect(rows.at(7)?.progress).toBe(3);
  });

  it("holds no more after a hundred thousand changes, and nothing once nobody looks", async () => {
    const library = new Library(20_000);
    const rows = lane(library);
    await rows.show(everything);
    for (let round = 0; round < 500; round += 1) {
      const first = (round * 997) % 19_000;
      const tasks = library.cards
        .slice(first, first + 200)
        .map((one) => ({ ...one, revision: one.revision + round, polls: round }));
      rows.take(told(library, tasks));
      if (round % 5 === 0) await rows.look(first, first + 12);
    }
    expect(rows.heldRows()).toBeLessThanOrEqual(6 * PAGE);
    rows.forget();
    expect(rows.heldRows()).toBe(0);
  });

  it("drops a late answer to an old question", async () => {
    const library = new Library(40);
    const waiting: (() => void)[] = [];
    const slow = new LaneRows(
      "ready",
      async (query) => {
        const answer = await library.rows(query);
        if (query.search === "") await new Promise<void>((resolve) => waiting.push(resolve));
        return answer;
      },
      () => {},
      () => {},
    );
    const first = slow.show(everything);
    await Promise.resolve();
    const second = slow.show({ batchId: null, search: "prompt 12" });
    await new Promise((resolve) => setTimeout(resolve));
    waiting.forEach((go) => go());
    await Promise.all([first, second]);
    expect(slow.total).toBe(1);
    expect(slow.at(0)?.id).toBe("t12");
  });

  it("does not ask for ever for a row that the library does not give", async () => {
    let asked = 0;
    const rows = new LaneRows(
      "ready",
      async () => {
        asked += 1;
        return { total: 10, rows: [card(0)] };
      },
      () => {},
      () => {},
    );
    await rows.show(everything);
    await rows.look(0, 10);
    expect(asked).toBeLessThan(5);
  });

  it("tells of a failure and works again after it", async () => {
    const library = new Library(5);
    const told: unknown[] = [];
    let broken = true;
    const rows = new LaneRows(
      "ready",
      (query) => (broken ? Promise.reject(new Error("no library")) : library.rows(query)),
      () => {},
      (thrown) => told.push(thrown),
    );
    await rows.show(everything);
    expect(told).toHaveLength(1);
    broken = false;
    await rows.refresh();
    expect(rows.total).toBe(5);
  });
});
