// Where the arrow keys lead: up and down within a lane, left and right to the nearest lane that has cards.
import type { Lane } from "./types/Lane";

export const LANES: readonly Lane[] = ["ready", "running", "done", "needsYou"];

export type Spot = { lane: Lane; row: number };
export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End";

export function isArrow(key: string): key is Arrow {
  return ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(key);
}

/** The spot an arrow leads to; the same one where there is no way on; null on an empty board. */
export function walk(from: Spot | null, arrow: Arrow, totals: Record<Lane, number>): Spot | null {
  if (from === null || totals[from.lane] === 0) {
    const first = LANES.find((lane) => totals[lane] > 0);
    return first === undefined ? null : { lane: first, row: 0 };
  }
  const last = totals[from.lane] - 1;
  const row = Math.min(from.row, last);
  switch (arrow) {
    case "ArrowUp":
      return { lane: from.lane, row: Math.max(0, row - 1) };
    case "ArrowDown":
      return { lane: from.lane, row: Math.min(last, row + 1) };
    case "Home":
      return { lane: from.lane, row: 0 };
    case "End":
      return { lane: from.lane, row: last };
    default: {
      const step = arrow === "ArrowLeft" ? -1 : 1;
      for (let at = LANES.indexOf(from.lane) + step; at >= 0 && at < LANES.length; at += step) {
        const lane = LANES[at];
        if (lane !== undefined && totals[lane] > 0) return { lane, row: Math.min(row, totals[lane] - 1) };
      }
      return { lane: from.lane, row };
    }
  }
}
