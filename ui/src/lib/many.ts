// An act for many chosen tasks: done with those it fits, the others left alone, and said so. What buys goes through the
// dialog with its count and price and nowhere else.
import type { App } from "./app.svelte";
import { deleted } from "./deeds";
import { sentences, t } from "./i18n/index.svelte";
import type { Action } from "./types/Action";
import type { Fit } from "./types/Fit";
import type { Deed } from "./undo";

/** What is offered for many. */
export type ManyAction = Extract<
  Action,
  "start" | "retry" | "unqueue" | "saveAgain" | "watchAgain" | "checkNow" | "stopWatching" | "edit" | "delete"
>;

export function isForMany(action: Action): action is ManyAction {
  return action in LABELS;
}

const LABELS = {
  start: "many.start",
  retry: "many.again",
  unqueue: "many.unqueue",
  saveAgain: "many.saveAgain",
  watchAgain: "many.watchAgain",
  checkNow: "many.checkNow",
  stopWatching: "many.stopWatching",
  edit: "many.editN",
  delete: "many.deleteN",
} as const;
const DONE = {
  unqueue: "many.did.unqueue",
  saveAgain: "many.did.saveAgain",
  watchAgain: "many.did.watchAgain",
  checkNow: "many.did.checkNow",
  stopWatching: "many.did.stopWatching",
  delete: "many.deleted",
} as const;

/** What its button says: the act, and how many it fits. */
export function label(fit: Fit & { action: ManyAction }): string {
  return t(LABELS[fit.action], { n: fit.n });
}

/** What one of these costs, where it buys. */
export function cost(fit: Fit): string | null {
  if (fit.action !== "start" && fit.action !== "retry") return null;
  return fit.credits === null
    ? t("bar.costUnknown")
    : t("bar.about", { credits: t("credits", { n: fit.credits }) });
}

/** Does it with those of `ids` that it fits. */
export async function actOnMany(app: App, ids: string[], action: ManyAction): Promise<void> {
  await app.attempt(async () => {
    if (action === "start" || action === "retry") return ask(app, ids, action === "retry");
    if (action === "edit") {
      const fitting = await app.shell.thatFit(ids, "edit");
      if (fitting.length > 0) app.open = { kind: "bulk", ids: fitting };
      return;
    }
    const { done, left } = await app.shell.doWith(ids, action);
    const said = t(DONE[action], { n: done.length });
    if (done.length > 0 && action !== "saveAgain" && action !== "checkNow") app.board.unchoose();
    const rest = action === "delete" ? "many.stayed" : "many.left";
    const all = sentences(said, left > 0 ? t(rest, { n: left }) : "");
    const deed = done.length > 0 ? deedOf(app, done, action, all) : null;
    if (deed === null) app.toasts.tell("done", all);
    else app.undo.did(deed);
  });
}

/** The dialog with the count and the price of those that can be bought. */
async function ask(app: App, ids: string[], again: boolean): Promise<void> {
  const fitting = await app.shell.thatFit(ids, again ? "retry" : "start");
  if (fitting.length === 0) {
    app.toasts.tell("done", t("many.noneFits"));
    return;
  }
  const left = ids.length - fitting.length;
  app.open = { kind: "start", what: { ids: fitting }, chosen: { again, left } };
}

function deedOf(app: App, ids: string[], action: ManyAction, said: string): Deed | null {
  switch (action) {
    case "delete":
      return deleted(app, ids, said);
    case "stopWatching":
    case "watchAgain":
      return watching(app, ids, action, said);
    case "unqueue":
      // Back into the queue is a purchase: the dialog asks, with the price.
      return {
        said,
        back: async () => {
          await ask(app, ids, false);
          return null;
        },
      };
    default:
      return null;
  }
}

/** Watched again, or no longer: either takes the other back. */
function watching(app: App, ids: string[], action: "stopWatching" | "watchAgain", said: string): Deed {
  const other = action === "watchAgain" ? "stopWatching" : "watchAgain";
  return {
    said,
    back: async () => {
      const { done } = await app.shell.doWith(ids, other);
      return done.length > 0 ? watching(app, done, other, said) : null;
    },
  };
}

/** Keys that mean all chosen ones. True where one was taken. */
export function onManyKey(app: App, chosen: ReadonlySet<string>, event: KeyboardEvent): boolean {
  const wanted = KEYS.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (wanted === undefined || chosen.size === 0) return false;
  event.preventDefault();
  void actOnMany(app, [...chosen], wanted);
  return true;
}

const KEYS = new Map<string, ManyAction>([
  ["Delete", "delete"],
  ["Backspace", "delete"],
  ["e", "edit"],
  ["s", "start"],
]);
