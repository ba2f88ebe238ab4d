// The order of changes: each delta has a number, one more than the last. A gap means that something was missed; then
// the snapshot is read and everything shown is asked for again.
import type { Delta } from "../types/Delta";

/** What is to be done with a delta. */
export type Verdict = "apply" | "stale" | "gap";

export class Feed {
  private last = 0;
  /** False until a snapshot says where the numbers stand. */
  private known = false;

  /** A snapshot holds everything up to this number. */
  restart(seq: number): void {
    this.last = seq;
    this.known = true;
  }

  /** A gap was seen: nothing is applied until the next snapshot. */
  lose(): void {
    this.known = false;
  }

  judge(delta: Pick<Delta, "seq" | "reload">): Verdict {
    if (!this.known) return "gap";
    if (delta.seq <= this.last) return "stale";
    if (delta.seq > this.last + 1 || delta.reload) {
      this.known = false;
      return "gap";
    }
    this.last = delta.seq;
    return "apply";
  }
}
