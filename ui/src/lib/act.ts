// What an action of a card does: straight away where nothing is lost by it, through a question where money is.
import type { App, MenuItem } from "./app.svelte";
import { deleted } from "./deeds";
import { t } from "./i18n/index.svelte";
import { actOnMany } from "./many";
import type { Action } from "./types/Action";
import type { TaskCard } from "./types/TaskCard";

export function act(app: App, card: TaskCard, action: Action): void {
  const { shell } = app;
  const ids = [card.id];
  const run = (work: () => Promise<unknown>) => void app.attempt(work);
  switch (action) {
    case "edit":
      app.open = { kind: "composer", card };
      break;
    case "start":
      app.open = { kind: "start", what: { ids: [card.id] } };
      break;
    case "retry":
    case "submitAgain":
    case "dismiss":
      app.open = { kind: "ask", what: action, card };
      break;
    case "attach":
      app.open = { kind: "attach", card };
      break;
    case "play":
      app.open = { kind: "player", card };
      break;
    case "unqueue":
    case "stopWatching":
      void actOnMany(app, ids, action);
      break;
    case "cancel":
      run(() => shell.cancelTasks(ids));
      break;
    case "saveAgain":
      run(() => shell.saveAgain(ids));
      break;
    case "checkNow":
      run(() => shell.checkNow(ids));
      break;
    case "watchAgain":
      run(() => shell.watchAgain(ids));
      break;
    case "reveal":
      run(() => shell.reveal(card.id));
      break;
    case "openPlayer":
      run(() => shell.openPlayer(card.id));
      break;
    case "delete":
      run(async () => {
        await shell.deleteTasks(ids);
        const said = t("toast.deleted", { n: 1, number: card.number });
        app.undo.did(deleted(app, ids, said));
      });
      break;
  }
}

/** The actions of a card as a menu. */
export function menuOf(app: App, card: TaskCard, actions: readonly Action[]): MenuItem[] {
  const items = actions.map((action) => ({
    id: action as string,
    label: t(`action.${action}`),
    danger: action === "delete" || action === "dismiss" || action === "cancel",
    run: () => act(app, card, action),
  }));
  if (card.state === "done" && card.variantOf !== null) {
    const run = () => compareTries(app, card.id);
    items.splice(1, 0, { id: "compare", label: t("compare.from"), danger: false, run });
  }
  return items;
}

/** The tries of a card's row beside each other. */
export function compareTries(app: App, id: string): void {
  app.room = "review";
  app.review.compareFrom(id);
}

/** The menu under the control that opens it. */
export function openMenu(app: App, card: TaskCard, actions: readonly Action[], from: HTMLElement): void {
  const box = from.getBoundingClientRect();
  const label = t("card.menu", { number: card.number });
  app.menu = { at: { x: box.right, y: box.bottom + 4 }, label, items: menuOf(app, card, actions), from };
}
