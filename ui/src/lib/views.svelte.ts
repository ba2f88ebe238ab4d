// Views that somebody kept under a name: what is looked at, and what of it.
import type { App } from "./app.svelte";
import { t } from "./i18n/index.svelte";
import type { SavedView } from "./types/SavedView";

export class Views {
  all = $state.raw<SavedView[]>([]);
  /** The one that was chosen last, as long as it is what is shown. */
  private chosen = $state<string | null>(null);

  constructor(private readonly app: App) {}

  get shown(): SavedView | null {
    const view = this.all.find((one) => one.id === this.chosen);
    return view !== undefined && JSON.stringify(view.body) === JSON.stringify(this.app.board.asView())
      ? view
      : null;
  }

  async read(): Promise<void> {
    this.all = await this.app.shell.savedViews();
  }

  show(view: SavedView): void {
    this.chosen = view.id;
    this.app.board.showView(view.body);
    if (this.app.room === "review") this.app.room = "board";
  }

  async keep(name: string): Promise<void> {
    await this.app.attempt(async () => {
      const replaced = this.all.some((view) => view.name === name.trim());
      const id = await this.app.shell.keepView(name, this.app.board.asView());
      await this.read();
      this.chosen = id;
      this.app.toasts.tell("done", t(replaced ? "views.replaced" : "views.kept", { name: name.trim() }));
    });
  }

  async rename(view: SavedView, name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted === "" || wanted === view.name) return;
    await this.app.attempt(async () => {
      await this.app.shell.renameView(view.id, wanted);
      await this.read();
    });
  }

  async remove(view: SavedView): Promise<void> {
    await this.app.attempt(async () => {
      await this.app.shell.deleteView(view.id);
      await this.read();
      this.app.undo.did({
        said: t("views.deleted", { name: view.name }),
        back: async () => {
          await this.app.shell.restoreView(view.id);
          await this.read();
          return null;
        },
      });
    });
  }
}
