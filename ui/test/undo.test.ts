import { describe, expect, it } from "vitest";
import { Chosen, type Rowed } from "../src/lib/chosen";
import { chips, isFilter, NOTHING, toggled } from "../src/lib/filter";
import { Toasts } from "../src/lib/toasts.svelte";
import { type Deed, Undo } from "../src/lib/undo";

/** A number that is set, and set back. */
function desk() {
  const toasts = new Toasts();
  const failed: unknown[] = [];
  const undo = new Undo(toasts, (thrown) => failed.push(thrown));
  const state = { value: 0 };
  const set = (to: number): Deed => {
    const from = state.value;
    state.value = to;
    return { said: `set to ${to}`, back: async () => set(from) };
  };
  return { toasts, failed, undo, state, set };
}

describe("undo", () => {
  it("puts back one after the other, and forward again", async () => {
    const { undo, state, set, toasts } = desk();
    undo.did(set(1));
    undo.did(set(2));
    expect(toasts.list.at(-1)?.action).not.toBeNull();
    await undo.undo();
    expect(state.value).toBe(1);
    await undo.undo();
    expect(state.value).toBe(0);
    await undo.undo();
    expect(state.value).toBe(0);
    await undo.redo();
    await undo.redo();
    expect(state.value).toBe(2);
    await undo.undo();
    expect(state.value).toBe(1);
    // Something new was done: what was undone is not done again over it.
    undo.did(set(7));
    await undo.redo();
    expect(state.value).toBe(7);
  });

  it("takes its message along, and offers the way forward", async () => {
    const { undo, state, set, toasts } = desk();
    undo.did(set(1));
    const offered = () => toasts.list.filter((toast) => toast.action !== null);
    expect(offered()).toHaveLength(1);
    await undo.undo();
    expect(offered()).toHaveLength(1);
    offered()[0]?.action?.run();
    await Promise.resolve();
    await Promise.resolve();
    expect(state.value).toBe(1);
    await undo.undo();
    expect(state.value).toBe(0);
  });

  it("says why something cannot be put back, and does not try it again", async () => {
    const { undo, state, set, failed } = desk();
    undo.did(set(1));
    undo.did({ said: "bought", back: () => Promise.reject(new Error("it was bought")) });
    await undo.undo();
    expect(failed).toHaveLength(1);
    await undo.undo();
    expect(failed).toHaveLength(1);
    expect(state.value).toBe(0);
  });

  it("is pressed on an older message as well, once", async () => {
    const { undo, set, toasts } = desk();
    let times = 0;
    undo.did({
      said: "first",
      back: async () => {
        times += 1;
        return null;
      },
    });
    const first = toasts.list.at(-1);
    undo.did(set(3));
    first?.action?.run();
    first?.action?.run();
    await new Promise((done) => setTimeout(done));
    expect(times).toBe(1);
  });
});

describe("choosing", () => {
  const rows = Array.from({ length: 30 }, (_, n) => `t${n}`);
  const ready = { lane: "ready", batchId: null } as Rowed;
  const done = { lane: "done", batchId: null } as Rowed;

  it("chooses from the last row to this one, within one lane", async () => {
    const chosen = new Chosen(async (query) => rows.slice(query.offset));
    await chosen.choose(ready, 5, "t5", "mark");
    expect(chosen.ids.size).toBe(0);
    await chosen.choose(ready, 8, "t8", "range");
    expect([...chosen.ids]).toEqual(["t5", "t6", "t7", "t8"]);
    await chosen.choose(ready, 3, "t3", "range");
    expect([...chosen.ids]).toEqual(["t3", "t4", "t5"]);
    await chosen.choose(done, 1, "d1", "range");
    expect([...chosen.ids]).toEqual(["d1"]);
    await chosen.choose(ready, 9, "t9", "toggle");
    await chosen.choose(done, 1, "d1", "toggle");
    expect([...chosen.ids]).toEqual(["t9"]);
  });
});

describe("a filter", () => {
  it("is a chip for each part, and is whole again without it", () => {
    const filter = { ...NOTHING, states: toggled(NOTHING.states, "done"), images: false, tag: "雨" };
    expect(isFilter(NOTHING)).toBe(false);
    expect(chips(filter).map((chip) => chip.id)).toEqual(["states-done", "images", "tag"]);
    let left = filter as typeof NOTHING;
    for (let n = 3; n > 0; n -= 1) {
      const [first] = chips(left);
      if (first !== undefined) left = first.without;
    }
    expect(left).toEqual(NOTHING);
    // As Rust writes it, so that a kept view is known again.
    expect(Object.keys(left)).toEqual(Object.keys(NOTHING));
  });
});
