import { describe, expect, it } from "vitest";
import type { App } from "../src/lib/app.svelte";
import type { Shell } from "../src/lib/contract";
import { onReviewKey } from "../src/lib/review/keys";
import { marked } from "../src/lib/review/marks";
import { Playback } from "../src/lib/review/playback.svelte";
import { Review } from "../src/lib/review/review.svelte";
import { Toasts } from "../src/lib/toasts.svelte";
import { Undo } from "../src/lib/undo";
import type { Delta } from "../src/lib/types/Delta";
import type { MarkChange } from "../src/lib/types/MarkChange";
import type { Marked } from "../src/lib/types/Marked";
import type { RollQuery } from "../src/lib/types/RollQuery";
import type { TaskCard } from "../src/lib/types/TaskCard";
import { Library } from "./deck";

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

class Room {
  library: Library;
  asked: string[][] = [];
  marks: { ids: string[]; change: MarkChange }[] = [];
  refuse = false;
  failures: unknown[] = [];
  review: Review;
  undo: Undo;
  seq = 0;

  constructor(count: number) {
    this.library = new Library(count);
    this.library.cards = this.library.cards.map((card) => ({ ...card, state: "done", lane: "done" }));
    const shell = {
      roll: async (query: RollQuery) => this.roll(query),
      cards: async (ids: string[]) => {
        this.asked.push(ids);
        return this.library.cards.filter((card) => ids.includes(card.id));
      },
      mark: async (ids: string[], change: MarkChange): Promise<Marked[]> => {
        if (this.refuse) throw new Error("disk");
        this.marks.push({ ids, change });
        const before = this.library.cards.filter((card) => ids.includes(card.id));
        for (const card of before) this.library.change(card.id, marked(card, change));
        return before.map(({ id, rating, rejected, tags }) => ({ id, rating, rejected, tags }));
      },
      variants: async (id: string) => {
        const row = this.library.cards.find((card) => card.id === id)?.variantOf ?? null;
        return this.library.cards
          .filter((card) => card.id === id || (row !== null && card.variantOf === row))
          .map((card) => card.id);
      },
      putMarks: async (marks: Marked[]) => {
        for (const { id, ...rest } of marks) this.library.change(id, rest);
      },
    } as unknown as Shell;
    const failed = (thrown: unknown) => this.failures.push(thrown);
    this.undo = new Undo(new Toasts(), failed);
    this.review = new Review(shell, failed, (deed) => this.undo.note(deed));
  }

  roll({ which }: RollQuery) {
    const { cards } = this.library;
    const unmarked = cards.filter((card) => card.rating === 0 && !card.rejected);
    const found = which.kind === "unmarked" ? unmarked : cards;
    return {
      ids: found.map((card) => card.id),
      total: found.length,
      groups: found.map((card) => (card.variantOf === null ? 0 : Number(card.variantOf.slice(1)) + 1)),
      counts: { all: cards.length, unmarked: unmarked.length, picks: 0, rejected: 0, variants: 0 },
      tags: [],
    };
  }

  async open(): Promise<Review> {
    this.review.show({ batchId: null, search: "" });
    await settle();
    return this.review;
  }

  tell(tasks: TaskCard[], removed: string[] = []): void {
    this.seq += 1;
    this.review.onDelta({ seq: this.seq, tasks, removed, reload: false } as unknown as Delta);
  }

  press(key: string, held: Partial<KeyboardEvent> = {}): boolean {
    const code = /^[0-9]$/.test(key) ? `Digit${key}` : "";
    const event = { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
    return onReviewKey(
      { review: this.review, undo: this.undo } as App,
      event as KeyboardEvent,
      new Playback(),
    );
  }
}

describe("going through clips", () => {
  it("goes through two hundred with the keys alone and marks each once", async () => {
    const room = new Room(220);
    const review = await room.open();
    for (let n = 0; n < 200; n += 1) {
      expect(review.at).toBe(n);
      room.press(n % 3 === 0 ? "x" : String((n % 5) + 1));
      await settle();
      expect(review.card?.id).toBe(`t${n + 1}`);
    }
    expect(room.marks.map(({ ids }) => ids[0])).toEqual(Array.from({ length: 200 }, (_, n) => `t${n}`));
    expect(room.library.cards[0]?.rejected).toBe(true);
    expect(room.library.cards[4]?.rating).toBe(5);
    // Cards far from where one stands are let go.
    expect(review.heldCards()).toBeLessThanOrEqual(240);
    expect(room.failures).toEqual([]);
  });

  it("stays with Shift, whose digits are other signs, and at the end", async () => {
    const room = new Room(2);
    const review = await room.open();
    room.press("!", { code: "Digit1", shiftKey: true });
    expect([review.at, review.card?.rating]).toEqual([0, 1]);
    room.press("l");
    room.press("4");
    await settle();
    expect([review.at, review.card?.rating]).toEqual([1, 4]);
    room.press("j");
    room.press("ArrowLeft");
    expect(review.at).toBe(0);
  });

  it("keeps a marked clip in its place while the filter says unmarked", async () => {
    const room = new Room(4);
    const review = await room.open();
    review.choose({ kind: "unmarked" });
    await settle();
    room.press("5");
    await settle();
    const card = room.library.cards[0]!;
    room.tell([card]);
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(review.roll.ids).toEqual(["t0", "t1", "t2", "t3"]);
    expect(review.roll.counts.unmarked).toBe(3);
    expect(review.card?.id).toBe("t1");
    review.choose({ kind: "unmarked" });
    await settle();
    expect(review.roll.ids).toEqual(["t1", "t2", "t3"]);
    expect(review.card?.id).toBe("t1");
  });

  it("takes the last mark back and goes to its clip", async () => {
    const room = new Room(3);
    const review = await room.open();
    room.press("2");
    await settle();
    room.press("x");
    await settle();
    room.press("z", { ctrlKey: true });
    await settle();
    expect(review.at).toBe(1);
    expect(room.library.cards[1]).toMatchObject({ rating: 0, rejected: false });
    expect(room.library.cards[0]?.rating).toBe(2);
    room.press("z", { metaKey: true });
    await settle();
    expect(room.library.cards[0]?.rating).toBe(0);
  });

  it("marks what is selected in one go and stays", async () => {
    const room = new Room(6);
    const review = await room.open();
    room.press("ArrowRight", { shiftKey: true });
    room.press("ArrowRight", { shiftKey: true });
    expect([...review.selected]).toEqual(["t0", "t1", "t2"]);
    room.press("3");
    await settle();
    expect(room.marks).toEqual([{ ids: ["t0", "t1", "t2"], change: { kind: "rate", rating: 3 } }]);
    expect(review.at).toBe(2);
    room.press("Escape");
    expect(review.selected.size).toBe(0);
  });

  it("shows what the library has where a mark was refused", async () => {
    const room = new Room(2);
    const review = await room.open();
    room.refuse = true;
    room.press("5", { shiftKey: true, code: "Digit5" });
    expect(review.card?.rating).toBe(5);
    await settle();
    await settle();
    expect(room.failures).toHaveLength(1);
    expect(review.card?.rating).toBe(0);
  });

  it("puts this clip and the next beside each other, or up to four that are selected", async () => {
    const room = new Room(9);
    const review = await room.open();
    room.press("v");
    expect(review.beside).toEqual(["t0", "t1"]);
    room.press("Escape");
    expect(review.beside).toBeNull();
    for (const id of ["t7", "t2", "t4", "t5", "t8"]) review.toggle(id);
    room.press("v");
    expect(review.beside).toEqual(["t2", "t4", "t5", "t7"]);
    expect(review.id).toBe("t2");
    // The fifth stands on the next page of four.
    for (let n = 0; n < 4; n += 1) room.press("ArrowRight");
    expect(review.beside).toEqual(["t8"]);
    room.press("ArrowRight");
    expect(review.id).toBe("t8");
  });

  it("compares the tries of a row from any of them, chooses one, and goes to the next row", async () => {
    const room = new Room(12);
    const tries = { t3: "t3", t4: "t3", t5: "t3", t8: "t8", t9: "t8" };
    for (const [id, variantOf] of Object.entries(tries)) room.library.change(id, { variantOf });
    const review = await room.open();
    review.goTo(4);
    await settle();
    expect(review.variants("t4")).toBe(3);
    room.press("v");
    await settle();
    expect(review.beside).toEqual(["t3", "t4", "t5"]);
    expect(review.id).toBe("t4");
    room.press("ArrowRight");
    expect(review.id).toBe("t5");
    room.press("Enter");
    await settle();
    expect(room.marks.at(-1)).toEqual({ ids: ["t5"], change: { kind: "rate", rating: 5 } });
    expect(review.byId("t3")?.rejected, "only where it is asked for").toBe(false);
    room.press("Enter", { shiftKey: true });
    await settle();
    expect(review.byId("t3")?.rejected).toBe(true);
    expect(review.byId("t5")?.rating).toBe(5);
    // One undo takes the choice back whole.
    room.press("z", { ctrlKey: true });
    await settle();
    expect(room.library.cards.filter((card) => card.rejected)).toEqual([]);
    expect(review.beside).toEqual(["t3", "t4", "t5"]);
    room.press("PageDown");
    await settle();
    expect(review.beside).toEqual(["t8", "t9"]);
    room.press("PageDown");
    await settle();
    expect(review.beside, "there is none after it").toBeNull();
  });

  it("compares what another room asked for once the clips are there", async () => {
    const room = new Room(6);
    for (const id of ["t2", "t3"]) room.library.change(id, { variantOf: "t2" });
    room.review.compareFrom("t3");
    const review = await room.open();
    await settle();
    expect(review.beside).toEqual(["t2", "t3"]);
    expect(review.id).toBe("t3");
  });

  it("loses a clip that is gone and keeps its place", async () => {
    const room = new Room(4);
    const review = await room.open();
    review.goTo(2);
    room.library.cards = room.library.cards.filter((card) => card.id !== "t0");
    room.tell([], ["t0"]);
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(review.roll.ids).toEqual(["t1", "t2", "t3"]);
    expect(review.id).toBe("t2");
  });
});
