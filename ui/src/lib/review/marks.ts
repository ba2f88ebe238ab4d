// What a mark does to a card, at once on the page; Rust says the same a moment later.
import type { MarkChange } from "../types/MarkChange";
import type { TaskCard } from "../types/TaskCard";

export type Marks = Pick<TaskCard, "rating" | "rejected" | "tags">;

export function marked({ rating, rejected, tags }: Marks, change: MarkChange): Marks {
  switch (change.kind) {
    case "rate":
      return { rating: change.rating, rejected: false, tags };
    case "reject":
      return { rating: 0, rejected: true, tags };
    case "none":
      return { rating: 0, rejected: false, tags };
    case "tag": {
      const rest = tags.filter((tag) => tag !== change.tag);
      return { rating, rejected, tags: change.on ? [...rest, change.tag] : rest };
    }
  }
}
