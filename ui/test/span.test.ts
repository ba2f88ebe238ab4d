import { expect, test } from "vitest";
import { apart, drawn, places, spanAt } from "../src/lib/span";

const [VIEW, HEIGHT, TOTAL] = [600, 38, 100_000];
const COUNT = places(VIEW, HEIGHT);

test("what is drawn covers the view wherever the list is scrolled to", () => {
  for (const top of [0, 1, 37, 38, 5000, 1_900_000, TOTAL * HEIGHT - VIEW]) {
    const { from, to } = spanAt(top, VIEW, HEIGHT, TOTAL);
    expect(from * HEIGHT).toBeLessThanOrEqual(top);
    expect(to * HEIGHT).toBeGreaterThanOrEqual(top + VIEW);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(TOTAL);
    expect(to - from).toBe(COUNT);
  }
});

test("a short list is drawn whole, an empty one not at all", () => {
  expect(spanAt(0, VIEW, HEIGHT, 3)).toEqual({ from: 0, to: 3 });
  expect(spanAt(400, VIEW, HEIGHT, 0)).toEqual({ from: 0, to: 0 });
  expect(drawn({ from: 0, to: 3 }, 0, COUNT).map((one) => one.row)).toEqual([0, 1, 2]);
  expect(drawn({ from: 0, to: 0 }, 50, COUNT)).toEqual([]);
});

test("a step exchanges the rows that left, and no other row goes to another element", () => {
  const slots = (from: number) =>
    new Map(drawn({ from, to: from + COUNT }, 500, COUNT).map((one) => [one.row, one.slot]));
  const before = slots(500);
  for (const from of [503, 480, 499, 521]) {
    const after = slots(from);
    expect(new Set(after.values()).size).toBe(COUNT);
    for (const [row, slot] of after) if (before.has(row)) expect(slot).toBe(before.get(row));
  }
});

test("after a jump the elements stand in the order of their rows", () => {
  const rows = drawn({ from: 70_000, to: 70_000 + COUNT }, 70_000, COUNT).map((one) => one.row);
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  expect(apart({ from: 0, to: COUNT }, { from: COUNT, to: 2 * COUNT })).toBe(true);
  expect(apart({ from: 0, to: COUNT }, { from: COUNT - 1, to: 2 * COUNT })).toBe(false);
});
