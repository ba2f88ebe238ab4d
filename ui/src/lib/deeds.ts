// What puts things back, and forward again: requests, cards taken off the board, cards that were added.
import type { App } from "./app.svelte";
import { t } from "./i18n/index.svelte";
import type { TaskBefore } from "./types/TaskBefore";
import type { Deed } from "./undo";

/** Requests were changed. Those that were bought or changed again since stay as they are, and that is said. */
export function edited(app: App, before: TaskBefore[], said: string): Deed {
  return {
    said,
    back: async () => {
      const came = await app.shell.putBackTasks(before);
      if (came.leftAlone > 0) app.toasts.tell("problem", t("undo.leftAlone", { n: came.leftAlone }));
      return came.changed > 0 ? edited(app, came.before, said) : null;
    },
  };
}

/** Cards were taken off the board. */
export function deleted(app: App, ids: string[], said: string): Deed {
  return {
    said,
    back: async () => {
      await app.shell.restoreTasks(ids);
      return { said, back: deletion(app, ids, said) };
    },
  };
}

/** Cards were added. What was bought with one of them meanwhile keeps it on the board. */
export function added(app: App, ids: string[], said: string): Deed {
  return {
    said,
    back: async () => {
      const gone = await app.shell.deleteThose(ids);
      const stayed = ids.length - gone.length;
      if (stayed > 0) app.toasts.tell("problem", t("many.stayed", { n: stayed }));
      const forward = async () => {
        await app.shell.restoreTasks(gone);
        return added(app, gone, said);
      };
      return gone.length > 0 ? { said, back: forward } : null;
    },
  };
}

function deletion(app: App, ids: string[], said: string): Deed["back"] {
  return async () => {
    const gone = await app.shell.deleteThose(ids);
    return gone.length > 0 ? deleted(app, gone, said) : null;
  };
}
