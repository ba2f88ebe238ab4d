// The page as a whole: how it starts, which library it shows, what lies open over the board.
import { createContext } from "svelte";
import { Board } from "./board/board.svelte";
import { WhileSeen } from "./board/seen";
import { AwayDesk } from "./away.svelte";
import { asShellError, type Leaving, type Shell, type StartWhat } from "./contract";
import { Drag } from "./drag.svelte";
import type { Target } from "./drop";
import { speak, t } from "./i18n/index.svelte";
import { Missing } from "./missing.svelte";
import { PosterMaker } from "./posters";
import { Review } from "./review/review.svelte";
import type { Room } from "./rooms";
import { Toasts } from "./toasts.svelte";
import { Views } from "./views.svelte";
import { Undo } from "./undo";
import type { Boot } from "./types/Boot";
import type { ImageView } from "./types/ImageView";
import type { ImportReport } from "./types/ImportReport";
import type { Keep } from "./types/Keep";
import type { LineProblem } from "./types/LineProblem";
import type { RunReport } from "./types/RunReport";
import type { SettingsView } from "./types/SettingsView";
import type { SheetView } from "./types/SheetView";
import type { TaskCard } from "./types/TaskCard";
import type { TroubleView } from "./types/TroubleView";

/** There is nothing to buy with; the settings are where that is mended. */
const NO_KEY = new Set(["no-key", "key-locked", "key-enter-again"]);

/** How often the page looks whether the keychain has answered. */
const KEYCHAIN_MS = 1500;

/** A start of chosen tasks: whether they were bought before and failed, and how many others are left alone. */
export type ChosenStart = { again: boolean; left: number };

/** What lies open over the board: one thing at a time. */
export type Open =
  | { kind: "composer"; card: TaskCard | null }
  | { kind: "bulk"; ids: string[] }
  | {
      kind: "images";
      images: ImageView[];
      prompt: string;
      problems: LineProblem[];
      report: ImportReport | null;
    }
  | { kind: "start"; what: StartWhat; chosen?: ChosenStart }
  | { kind: "ask"; what: "retry" | "submitAgain" | "dismiss"; card: TaskCard }
  | { kind: "attach"; card: TaskCard }
  | { kind: "log"; text: string }
  | { kind: "report"; report: ImportReport | null; problems: LineProblem[] }
  | { kind: "import"; sheet: SheetView; more: string[]; batchId: string | null }
  | { kind: "player"; card: TaskCard }
  | { kind: "export" }
  | { kind: "rename" }
  | { kind: "filter" }
  | { kind: "settings" }
  | { kind: "keys" }
  | { kind: "runReport"; report: RunReport }
  | { kind: "copyReport"; task: { id: string; number: string } | null; shown: string | null };

export type Phase =
  | { kind: "opening" }
  | { kind: "failed"; code: string | null; message: string; trouble: TroubleView | null }
  | { kind: "first" }
  | { kind: "board" };

/** Where keys are to be kept on a computer without a keychain. */
export type KeepQuestion = {
  /** Why there is none, in a sentence. */
  why: string;
  /** Asked about keys that are there already. */
  there: boolean;
  /** `null`: rather not. */
  answer: (keep: Keep | null) => void;
};

export type MenuItem = { id: string; label: string; danger: boolean; run: () => void };
export type Menu = {
  at: { x: number; y: number };
  label: string;
  items: MenuItem[];
  from: HTMLElement | null;
};

/** What a person can hardly put right alone: a report helps. The empty one: the shell itself failed. */
const OUR_OWN: ReadonlySet<string> = new Set([
  "",
  "library-damaged",
  "library-unusable",
  "library-unreadable",
  "unknown-state",
  "file-or-folder",
]);

export class App {
  phase = $state.raw<Phase>({ kind: "opening" });
  /** Which room of the board is looked at. */
  room = $state<Room>("board");
  boot = $state.raw<Boot | null>(null);
  settings = $state.raw<SettingsView | null>(null);
  open = $state.raw<Open | null>(null);
  menu = $state.raw<Menu | null>(null);
  /** A key that was just deleted: told beside the others, since the settings lie over everything. */
  removedKey = $state.raw<{ name: string; undo: () => void } | null>(null);
  /** Lies over everything else: a key is about to be kept. */
  keepQuestion = $state.raw<KeepQuestion | null>(null);
  /** Lies over everything: the window is about to close while something runs. */
  leaving = $state.raw<Leaving | null>(null);
  /** What files held over the window would land on. */
  dropping = $state.raw<Target | null>(null);
  /** Files of ours are dragged out: what comes over the window meanwhile is not dropped on it. */
  outgoing = false;
  readonly board: Board;
  readonly review: Review;
  readonly missing: Missing;
  readonly toasts = new Toasts();
  readonly undo = new Undo(this.toasts, (thrown) => this.fail(thrown));
  readonly away = new AwayDesk(this);
  readonly posters: PosterMaker;
  readonly views = new Views(this);
  /** Cards in the hand. */
  readonly drag = new Drag(this);
  /** What is asked once the sheets of a drop were looked at. */
  afterSheets: (() => void) | null = null;
  /** Where a form that is open takes dropped files. */
  takeFiles: ((paths: string[]) => void) | null = null;

  private watching: WhileSeen | null = null;

  constructor(readonly shell: Shell) {
    this.board = new Board(shell, (thrown) => this.fail(thrown));
    this.review = new Review(
      shell,
      (thrown) => this.fail(thrown),
      (deed) => this.undo.note(deed),
    );
    this.missing = new Missing(shell);
    this.posters = new PosterMaker(
      (id, jpeg) => shell.savePoster(id, jpeg),
      (id) => `${this.mediaBase}/clip/${encodeURIComponent(id)}`,
    );
  }

  get mediaBase(): string {
    return this.boot?.mediaBase ?? "";
  }

  get demo(): boolean {
    return this.boot?.demo ?? false;
  }

  /** Opens the library; told in place where that fails. */
  async start(): Promise<void> {
    this.phase = { kind: "opening" };
    try {
      await this.take(await this.shell.boot());
    } catch (thrown) {
      const { code, message, trouble } = asShellError(thrown);
      this.phase = { kind: "failed", code, message, trouble };
    }
  }

  /** Reads everything anew, with what is open left open: after another language or another library. */
  async restart(): Promise<void> {
    await this.take(await this.shell.boot());
  }

  async enterDemo(): Promise<void> {
    await this.shell.tryDemo();
    await this.restart();
  }

  async leaveDemo(): Promise<void> {
    await this.shell.leaveDemo();
    await this.restart();
  }

  image(view: ImageView): string | null {
    return view.image.kind === "kept" ? `${this.mediaBase}/image/${view.image.hash}` : null;
  }

  poster(card: TaskCard): string {
    return `${this.mediaBase}/poster/${encodeURIComponent(card.id)}?r=${card.poster ?? ""}`;
  }

  clip(id: string): string {
    return `${this.mediaBase}/clip/${encodeURIComponent(id)}`;
  }

  /** Looks at a sheet before it becomes tasks; `more`: those that are looked at after it. */
  async importSheet(path: string, more: string[], batchId: string | null): Promise<void> {
    this.open = { kind: "import", sheet: await this.shell.openSheet(path), more, batchId };
  }

  /** Lets the user choose a sheet, and looks at it. */
  async pickSheet(): Promise<void> {
    this.board.followFirst();
    const batchId = this.board.batch?.id ?? null;
    const sheet = await this.shell.pickSheet();
    if (sheet !== null) this.open = { kind: "import", sheet, more: [], batchId };
  }

  /** Shows a report to copy: about a task, or about what was told. */
  copyReport(task: TaskCard | null, shown: string | null): void {
    this.open = { kind: "copyReport", task: task && { id: task.id, number: task.number }, shown };
  }

  close(): void {
    this.open = null;
    this.removedKey = null;
  }

  /** Does something that can fail; says so where it does. True where it worked. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.fail(thrown);
      return false;
    }
  }

  /** Keeps a key, asking how where the computer has no keychain. False where the user would rather not. */
  async keepKey(keepIt: (keep: Keep | null) => Promise<SettingsView>): Promise<boolean> {
    try {
      this.settings = await keepIt(null);
      return true;
    } catch (thrown) {
      const error = asShellError(thrown);
      if (error.code !== "no-keychain") throw error;
      const keep = await this.askKeep(error.trouble?.cause ?? error.message, false);
      if (keep === null) return false;
      this.settings = await keepIt(keep);
      return true;
    }
  }

  private async askKeep(why: string, there: boolean): Promise<Keep | null> {
    const keep = await new Promise<Keep | null>((answer) => (this.keepQuestion = { why, there, answer }));
    this.keepQuestion = null;
    return keep;
  }

  /** Waits for the system's keychain, and asks about keys that lie in the clear where there is none. */
  private async watchKeys(): Promise<void> {
    const waiting = () =>
      this.settings?.keeping.asking || this.settings?.keys.some((key) => key.state === "waiting");
    while (waiting()) {
      await new Promise((later) => setTimeout(later, KEYCHAIN_MS));
      this.settings = await this.shell.settings();
    }
    const { ask, without } = this.settings?.keeping ?? { ask: false, without: null };
    if (!ask || this.keepQuestion !== null) return;
    const keep = await this.askKeep(without ?? "", true);
    if (keep !== null) this.settings = await this.shell.keepKeys(keep);
  }

  fail(thrown: unknown): void {
    const { code, message } = asShellError(thrown);
    if (code === "changed") {
      this.toasts.tell("done", message);
      void this.board.resync();
    } else if (NO_KEY.has(code ?? "")) {
      const run = () => (this.open = { kind: "settings" });
      this.toasts.tell("problem", message, { label: t("toast.needKey"), run });
    } else {
      const said = message === "" ? t("toast.error") : message;
      const run = () => this.copyReport(null, said);
      const action = OUR_OWN.has(code ?? "") ? { label: t("report.short"), run } : null;
      this.toasts.tell("problem", said, action);
    }
  }

  private async take(boot: Boot): Promise<void> {
    const another = this.boot !== null && this.boot.demo !== boot.demo;
    this.boot = boot;
    this.settings = boot.settings;
    speak(boot.lang);
    if (another) {
      this.board.forget();
      this.review.forget();
      this.undo.forget();
      this.missing.forget();
    }
    this.board.begin(boot.snapshot);
    this.phase = boot.firstStart ? { kind: "first" } : { kind: "board" };
    for (const notice of boot.notices) this.toasts.tell("problem", notice);
    this.watching?.stop();
    this.watching = new WhileSeen((delta) => {
      this.board.onDelta(delta);
      this.review.onDelta(delta);
      this.missing.onDelta(delta);
    }, document);
    await this.shell.watchBoard(this.watching.tell);
    void this.attempt(() => this.watchKeys());
    void this.attempt(() => this.views.read());
  }
}

export const [getApp, setApp] = createContext<App>();
