// What a mark does to a card, at once on the page; Rust says the same a moment later.
import { t } from "../i18n/index.svelte";
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

/** What was done, for who hears the screen and for whoever takes it back. */
export function markSaid(done: { number: string; count: number; change: MarkChange }): string {
  const { change } = done;
  const number = done.number === "" ? t("review.several", { n: done.count }) : done.number;
  if (change.kind === "rate") return t("review.said.rate", { number, n: change.rating });
  if (change.kind === "tag") return t("review.said.tag", { number, tag: change.tag });
  return t(`review.said.${change.kind}`, { number });
}
