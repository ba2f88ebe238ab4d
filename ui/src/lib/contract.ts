// The one seam to the shell: what the page may ask for. The real one is `shell.ts`; a look at the page without the
// shell brings its own (`dev/`). Nothing here decides anything about tasks: that is Rust's.
import type { AdoptionView } from "./types/AdoptionView";
import type { AttachView } from "./types/AttachView";
import type { BatchView } from "./types/BatchView";
import type { Beside } from "./types/Beside";
import type { Boot } from "./types/Boot";
import type { BulkEdit } from "./types/BulkEdit";
import type { BulkEdited } from "./types/BulkEdited";
import type { Delta } from "./types/Delta";
import type { Doubt } from "./types/Doubt";
import type { Action } from "./types/Action";
import type { Fit } from "./types/Fit";
import type { FoundClips } from "./types/FoundClips";
import type { GoingOn } from "./types/GoingOn";
import type { ExportOrder } from "./types/ExportOrder";
import type { ExportProgress } from "./types/ExportProgress";
import type { ExportReport } from "./types/ExportReport";
import type { ImagePlan } from "./types/ImagePlan";
import type { ImageRef } from "./types/ImageRef";
import type { ImageView } from "./types/ImageView";
import type { ImagesPlaced } from "./types/ImagesPlaced";
import type { ImportReport } from "./types/ImportReport";
import type { Keep } from "./types/Keep";
import type { KeyTest } from "./types/KeyTest";
import type { LineProblem } from "./types/LineProblem";
import type { LookUp } from "./types/LookUp";
import type { ManyDone } from "./types/ManyDone";
import type { MarkChange } from "./types/MarkChange";
import type { Marked } from "./types/Marked";
import type { MissingFile } from "./types/MissingFile";
import type { Moved } from "./types/Moved";
import type { NamesPreview } from "./types/NamesPreview";
import type { Placing } from "./types/Placing";
import type { Preferences } from "./types/Preferences";
import type { QueueView } from "./types/QueueView";
import type { ResultsWritten } from "./types/ResultsWritten";
import type { RenameOrder } from "./types/RenameOrder";
import type { RenamePreview } from "./types/RenamePreview";
import type { RenameProgress } from "./types/RenameProgress";
import type { RenameReport } from "./types/RenameReport";
import type { Roll } from "./types/Roll";
import type { RollQuery } from "./types/RollQuery";
import type { Rows } from "./types/Rows";
import type { RunReport } from "./types/RunReport";
import type { RowsQuery } from "./types/RowsQuery";
import type { SavedView } from "./types/SavedView";
import type { SettingsView } from "./types/SettingsView";
import type { SourceSheet } from "./types/SourceSheet";
import type { SheetAhead } from "./types/SheetAhead";
import type { SheetEdit } from "./types/SheetEdit";
import type { SheetEdited } from "./types/SheetEdited";
import type { SheetRow } from "./types/SheetRow";
import type { SheetView } from "./types/SheetView";
import type { Snapshot } from "./types/Snapshot";
import type { StartSummary } from "./types/StartSummary";
import type { TaskBefore } from "./types/TaskBefore";
import type { TaskCard } from "./types/TaskCard";
import type { TaskDetail } from "./types/TaskDetail";
import type { TaskFields } from "./types/TaskFields";
import type { TaskPlace } from "./types/TaskPlace";
import type { TemplateBody } from "./types/TemplateBody";
import type { TemplateView } from "./types/TemplateView";
import type { TroubleView } from "./types/TroubleView";
import type { ViewBody } from "./types/ViewBody";

/** What a start is about: these tasks, the rest that a start with a first few held, a batch, or everything. */
export type StartWhat = { ids?: string[]; held?: string; batchId?: string };

/** Images that were kept, and what could not be. */
export type Kept = { images: ImageView[]; problems: LineProblem[] };

/** What came of a drop. */
export type Dropped = {
  tasks: string[];
  /** Cards of dropped clips that were here all along. */
  known: { id: string; batchId: string; number: string }[];
  /** Drafts that dropped clips brought back. */
  brought: string[];
  /** Paths of shot lists, each to be looked at. */
  sheets: string[];
  problems: LineProblem[];
  /** Several pictures on the board: kept, and to be asked about. */
  images: ImageView[];
};

/** Files over the window: where they are, and what they are once let go. Positions are CSS pixels. */
export type FileDrag =
  | { type: "over"; x: number; y: number }
  | { type: "drop"; x: number; y: number; paths: string[] }
  | { type: "leave" };

/** What whoever closes the window is told. */
export type Leaving = GoingOn & {
  /** There is an icon beside the clock from which the window comes back. */
  tray: boolean;
};
export type LeavingAnswer = "stay" | "close" | "tray";
/** Something waits: a report of a run, or the question whether to close. */
export type AwayEvent = "report" | "closing";

export interface Shell {
  boot(): Promise<Boot>;
  watchBoard(onDelta: (delta: Delta) => void): Promise<void>;
  snapshot(): Promise<Snapshot>;
  rows(query: RowsQuery): Promise<Rows>;
  /** The ids of what a query finds from its offset on, as far as one act goes. */
  taskIds(query: RowsQuery): Promise<string[]>;
  task(id: string): Promise<TaskDetail>;

  createBatch(name: string, folder: string | null): Promise<BatchView>;
  /** What a batch may cost in credits; `null`: no limit. */
  setSpendLimit(id: string, limit: number | null): Promise<void>;
  renameBatch(id: string, name: string): Promise<void>;
  setBatchFolder(id: string, folder: string): Promise<void>;

  /** `variants`: so many tries of each. */
  addTasks(batchId: string | null, tasks: TaskFields[], variants: number): Promise<string[]>;
  /** Answers what puts it back; null where nothing changed. */
  editTask(id: string, fields: TaskFields): Promise<TaskBefore | null>;
  /** One change to many; `ahead`: only what would come of it. */
  editTasks(ids: string[], edit: BulkEdit, ahead: boolean): Promise<BulkEdited>;
  planImages(batchId: string | null, images: ImageRef[]): Promise<ImagePlan>;
  placeImages(
    batchId: string | null,
    images: ImageRef[],
    how: Placing,
    prompt: string,
    upright: boolean,
  ): Promise<ImagesPlaced>;
  templates(): Promise<TemplateView[]>;
  keepTemplate(name: string, body: TemplateBody): Promise<string>;
  deleteTemplate(id: string): Promise<void>;
  restoreTemplate(id: string): Promise<void>;
  putBackTasks(before: TaskBefore[]): Promise<BulkEdited>;
  deleteTasks(ids: string[]): Promise<void>;
  /** Takes those of many off the board that may go, and says which. */
  deleteThose(ids: string[]): Promise<string[]>;
  restoreTasks(ids: string[]): Promise<void>;

  /** Which acts fit at least one of these, and how many. */
  fits(ids: string[]): Promise<Fit[]>;
  /** Those of these that an act fits. */
  thatFit(ids: string[], action: Action): Promise<string[]>;
  /** Does something that costs nothing with those of these that it fits. */
  doWith(ids: string[], action: Action): Promise<ManyDone>;

  /** Puts what waits in front of another one or behind it. */
  moveTasks(ids: string[], beside: Beside): Promise<Moved>;
  putOrderBack(places: TaskPlace[]): Promise<Moved>;

  savedViews(): Promise<SavedView[]>;
  keepView(name: string, body: ViewBody): Promise<string>;
  renameView(id: string, name: string): Promise<void>;
  deleteView(id: string): Promise<void>;
  restoreView(id: string): Promise<void>;

  /** What a start would buy, before it is asked for. */
  /** `without`: those with such a doubt are left out. */
  lookAtStart(what: StartWhat, without: Doubt[]): Promise<StartSummary>;
  /**
   * `expected`: the count that was shown. With `first`, only so many are bought and the rest is held; `without`: those
   * with such a doubt stay as they are.
   */
  start(what: StartWhat, expected: number, first: number | null, without: Doubt[]): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  noticeRead(): Promise<void>;
  refreshBalance(): Promise<QueueView>;

  cancelTasks(ids: string[]): Promise<void>;
  unqueueTasks(ids: string[]): Promise<void>;
  retryTasks(ids: string[]): Promise<void>;
  saveAgain(ids: string[]): Promise<void>;
  submitAgain(id: string): Promise<void>;
  attachTaskId(id: string, serviceId: string, anyway: boolean): Promise<AttachView>;
  attachFromLog(text: string, onLookUp: (lookUp: LookUp) => void): Promise<AdoptionView>;
  stopAttaching(): Promise<void>;
  openSite(page: "logs" | "keys"): Promise<void>;
  dismiss(ids: string[]): Promise<void>;
  checkNow(ids: string[]): Promise<void>;
  stopWatching(ids: string[]): Promise<void>;
  watchAgain(ids: string[]): Promise<void>;

  pickFolder(): Promise<string | null>;
  pickImages(): Promise<Kept>;
  keepImages(paths: string[]): Promise<Kept>;
  /** Lets the user choose clips: each brings its card back, as a dropped one does. */
  pickClips(batchId: string | null): Promise<Dropped | null>;
  pickSheet(): Promise<SheetView | null>;
  openSheet(path: string): Promise<SheetView>;
  pasteSheet(text: string): Promise<SheetView>;
  /** Reads the open sheet another way; `null`: as it is found. */
  chooseSheet(
    id: number,
    sheet: string | null,
    encoding: string | null,
    delimiter: string | null,
  ): Promise<SheetView>;
  mapColumn(id: number, column: number, holds: string): Promise<SheetView>;
  sheetRows(id: number, from: number, count: number, onlyBad: boolean): Promise<SheetRow[]>;
  editSheet(id: number, edits: SheetEdit[]): Promise<SheetEdited>;
  weighSheet(id: number, batchId: string | null): Promise<SheetAhead>;
  takeSheet(id: number, batchId: string | null): Promise<ImportReport>;
  closeSheet(id: number): Promise<void>;
  dropFiles(paths: string[], batchId: string | null, taskId: string | null): Promise<Dropped>;
  onFileDrag(handler: (drag: FileDrag) => void): void;

  reveal(id: string): Promise<void>;
  openPlayer(id: string): Promise<void>;
  /** Drags saved files out of the window, while the pointer is pressed; true where something took them. */
  dragOut(ids: string[]): Promise<boolean>;
  savePoster(id: string, jpegBase64: string): Promise<void>;

  askToClose(): Promise<void>;
  leaving(): Promise<Leaving>;
  answerLeaving(answer: LeavingAnswer): Promise<void>;
  /** The next report of a run that was not shown yet. */
  runReport(): Promise<RunReport | null>;
  openFolder(batchId: string): Promise<void>;
  onAway(handler: (what: AwayEvent) => void): void;
  roll(query: RollQuery): Promise<Roll>;
  /** The cards of these tasks, at most 200; those that are gone are left out. */
  cards(ids: string[]): Promise<TaskCard[]>;
  /** Which of these tasks' saved files, at most 200, are not in their place. */
  missingFiles(ids: string[]): Promise<MissingFile[]>;
  /** Lets the user show where the file of a task is now; `null` where they changed their mind. */
  findClip(id: string): Promise<FoundClips | null>;
  /** The saved tries of a task's row, itself among them, in their order. */
  variants(id: string): Promise<string[]>;
  /** Marks their clips; answers what the marks of the changed ones were. */
  mark(ids: string[], change: MarkChange): Promise<Marked[]>;
  putMarks(marks: Marked[]): Promise<void>;
  exportPreview(order: ExportOrder): Promise<NamesPreview>;
  exportPicks(
    order: ExportOrder,
    folder: string,
    onProgress: (far: ExportProgress) => void,
  ): Promise<ExportReport>;
  /** Stops a rename, too. */
  stopExport(): Promise<void>;
  renamePreview(order: RenameOrder): Promise<RenamePreview>;
  renameClips(order: RenameOrder, onProgress: (far: RenameProgress) => void): Promise<RenameReport>;
  undoRename(deed: number): Promise<RenameReport>;

  settings(): Promise<SettingsView>;
  changePreferences(preferences: Preferences): Promise<SettingsView>;
  /** `keep`: where to, on a computer without a keychain; `null` is refused there with `no-keychain`, until chosen once. */
  addKey(name: string, platform: string, key: string, keep: Keep | null): Promise<SettingsView>;
  enterKey(id: string, key: string, keep: Keep | null): Promise<SettingsView>;
  keepKeys(keep: Keep | null): Promise<SettingsView>;
  askKeychain(): Promise<SettingsView>;
  editKey(id: string, name: string, platform: string): Promise<SettingsView>;
  removeKey(id: string): Promise<SettingsView>;
  restoreKey(id: string): Promise<SettingsView>;
  useKey(id: string): Promise<SettingsView>;
  testKey(id: string): Promise<KeyTest>;

  tryDemo(): Promise<Boot>;
  leaveDemo(): Promise<Boot>;
  log(text: string): Promise<void>;
  /** Writes the history of a batch, or of all, to a file that the user chooses; `null` where they changed their mind. */
  exportHistory(batchId: string | null): Promise<{ tasks: number; file: string } | null>;
  /** The sheets that a batch's tasks came from, the one with the most rows first. */
  sourceSheets(batchId: string): Promise<SourceSheet[]>;
  /** Writes results into a copy of a sheet, in a file that the user chooses; `null` where they changed their mind. */
  writeResults(batchId: string, source: string): Promise<ResultsWritten | null>;
  /** A report to copy: about one task or in general. `shown`: what was being told when it was asked for. */
  writeReport(id: string | null, withPrompt: boolean, shown: string | null): Promise<string>;
}

/** A refused command: a code of the table of troubles (`docs/ERRORS.md`), its sentences in the user's language. */
export class ShellError extends Error {
  constructor(
    readonly code: string | null,
    message: string,
    /** The same in parts; `null` where the shell itself failed. */
    readonly trouble: TroubleView | null = null,
  ) {
    super(message);
    this.name = "ShellError";
  }
}

/** Any thrown thing as a [`ShellError`]; commands reject with `{code, message, trouble}`, the shell itself with text. */
export function asShellError(thrown: unknown): ShellError {
  if (thrown instanceof ShellError) return thrown;
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
    const trouble = "trouble" in thrown ? (thrown.trouble as TroubleView) : null;
    return new ShellError(code, String(thrown.message), trouble);
  }
  return new ShellError(null, String(thrown));
}
