// Files dropped on the window. Systems are known to deliver one drop twice; the second must not make every task again.

/** Two deliveries of the same files within this many ms are one drop. */
const SAME_DROP_MS = 500;

export class DropGate {
  private last: { key: string; at: number } | null = null;

  /** Whether this delivery is a drop of its own. */
  accepts(paths: string[], now: number): boolean {
    if (paths.length === 0) return false;
    const key = paths.join("\n");
    const twin = this.last !== null && this.last.key === key && now - this.last.at < SAME_DROP_MS;
    if (!twin) this.last = { key, at: now };
    return !twin;
  }
}

/** What lies under a point of the window. */
export type Target =
  { kind: "card"; id: string } | { kind: "form" } | { kind: "board" } | { kind: "nothing" };

export function targetAt(document: Document, x: number, y: number): Target {
  const under = document.elementFromPoint(x, y);
  if (under === null) return { kind: "nothing" };
  if (under.closest("[data-drop='form']") !== null) return { kind: "form" };
  // A question or the settings lie over the board: what is behind is not meant.
  if (under.closest("dialog") !== null) return { kind: "nothing" };
  const card = under.closest<HTMLElement>("[data-id][data-drop='card']");
  const id = card?.dataset["id"];
  if (id !== undefined && id !== "") return { kind: "card", id };
  return { kind: "board" };
}
