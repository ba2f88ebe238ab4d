// Dropped clips that say how they were made: the card that made one is shown, or the draft that is filled in like it.
import type { App } from "./app.svelte";
import type { Dropped } from "./contract";
import { t } from "./i18n/index.svelte";

export function remembered(app: App, came: Pick<Dropped, "known" | "brought">): void {
  const [card] = came.known;
  const [draft] = came.brought;
  if (draft !== undefined) {
    app.board.select(draft);
    app.toasts.tell("done", t("remember.brought", { n: came.brought.length }));
  } else if (card !== undefined) {
    const shown = app.board.batch?.id;
    // The card may lie in another batch than the one that is shown.
    if (shown !== undefined && shown !== card.batchId) app.board.show({ kind: "batch", id: card.batchId });
    app.board.select(card.id);
    app.toasts.tell("done", t("remember.known", { number: card.number }));
  }
}
