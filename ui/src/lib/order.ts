// The order in which what waits is bought, changed by hand: by dragging, or with Alt and the arrow keys.
import type { App } from "./app.svelte";
import { sentences, t } from "./i18n/index.svelte";
import type { Beside } from "./types/Beside";
import type { TaskPlace } from "./types/TaskPlace";
import type { Deed } from "./undo";

/** Brings a card into view and into focus. */
type Focus = (lane: "ready", row: number) => void;

/** Puts tasks in front of another one or behind it. `quietly`: only noted, for a key that is pressed many times. */
export async function move(app: App, ids: string[], beside: Beside, quietly = false): Promise<boolean> {
  return app.attempt(async () => {
    const { moved, left } = await app.shell.moveTasks(ids, beside);
    const said = sentences(
      t("order.moved", { n: moved.length }),
      left > 0 ? t("order.left", { n: left }) : "",
    );
    if (moved.length === 0) app.toasts.tell("done", t("order.none"));
    else if (quietly) app.undo.note(deed(app, moved, said));
    else app.undo.did(deed(app, moved, said));
  });
}

function deed(app: App, moved: TaskPlace[], said: string): Deed {
  return {
    said,
    back: async () => {
      const came = await app.shell.putOrderBack(moved);
      if (came.left > 0) app.toasts.tell("problem", t("order.leftAlone", { n: came.left }));
      return came.moved.length > 0 ? deed(app, came.moved, said) : null;
    },
  };
}

/** Moves the chosen cards of Ready, or the one in focus, by one place. */
export async function nudge(app: App, id: string, step: 1 | -1, focus: Focus): Promise<void> {
  const { board } = app;
  const ids = board.chosen.has(id) ? [...board.chosen] : [id];
  const rows = ids.flatMap((one) => {
    const spot = board.spotOf(one);
    return spot?.lane === "ready" ? [spot.row] : [];
  });
  if (rows.length === 0) return;
  const row = step < 0 ? Math.min(...rows) - 1 : Math.max(...rows) + 1;
  const next = await board.cardAt("ready", row);
  if (next === undefined || next.state === "cancelled") return;
  const from = board.spotOf(id)?.row;
  if (!(await move(app, ids, { place: step < 0 ? "before" : "after", id: next.id }, true))) return;
  // The rows are read again: the focus goes with the card.
  for (let tries = 0; tries < 60; tries += 1) {
    const to = board.spotOf(id)?.row;
    if (to !== undefined && to !== from) return focus("ready", to);
    await new Promise(requestAnimationFrame);
  }
}
