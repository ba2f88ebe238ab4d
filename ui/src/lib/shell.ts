// The shell as Tauri offers it. The only module that knows Tauri: everything else takes a `Shell`.
import { Channel, invoke, type InvokeArgs } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { asShellError, type AwayEvent, type FileDrag, type Shell } from "./contract";
import type { ExportProgress } from "./types/ExportProgress";
import type { RenameProgress } from "./types/RenameProgress";
import type { Delta } from "./types/Delta";
import type { LookUp } from "./types/LookUp";

declare global {
  interface Window {
    /** The handler of the system's file drop, for window tests alone: they cannot drag from outside. */
    shotboardDrop?: (paths: string[], position: { x: number; y: number }) => void;
  }
}

async function call<T>(command: string, args?: InvokeArgs): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw asShellError(thrown);
  }
}

/** The shell speaks in physical pixels, the page in its own. */
function inPage(position: { x: number; y: number }): { x: number; y: number } {
  const ratio = window.devicePixelRatio || 1;
  return { x: position.x / ratio, y: position.y / ratio };
}

function onFileDrag(handler: (drag: FileDrag) => void): void {
  void getCurrentWebview()
    .onDragDropEvent(({ payload }) => {
      if (payload.type === "leave") handler({ type: "leave" });
      else if (payload.type === "drop")
        handler({ type: "drop", ...inPage(payload.position), paths: payload.paths });
      else handler({ type: "over", ...inPage(payload.position) });
    })
    .catch((thrown: unknown) => shell.log(`file drop: ${asShellError(thrown).message}`));
  if (navigator.webdriver) {
    window.shotboardDrop = (paths, position) => handler({ type: "drop", ...inPage(position), paths });
  }
}

function onAway(handler: (what: AwayEvent) => void): void {
  void getCurrentWebview()
    .listen<AwayEvent>("away", ({ payload }) => handler(payload))
    .catch((thrown: unknown) => shell.log(`away: ${asShellError(thrown).message}`));
}

export const shell: Shell = {
  boot: () => call("boot"),
  watchBoard: (onDelta) => {
    const channel = new Channel<Delta>();
    channel.onmessage = onDelta;
    return call("watch_board", { channel });
  },
  snapshot: () => call("snapshot"),
  rows: (query) => call("rows", { query }),
  taskIds: (query) => call("task_ids", { query }),
  task: (id) => call("task", { id }),

  createBatch: (name, folder) => call("create_batch", { name, folder }),
  setSpendLimit: (id, limit) => call("set_spend_limit", { id, limit }),
  renameBatch: (id, name) => call("rename_batch", { id, name }),
  setBatchFolder: (id, folder) => call("set_batch_folder", { id, folder }),

  addTasks: (batchId, tasks, variants) => call("add_tasks", { batchId, tasks, variants }),
  editTask: (id, fields) => call("edit_task", { id, fields }),
  editTasks: (ids, edit, ahead) => call("edit_tasks", { ids, edit, ahead }),
  planImages: (batchId, images) => call("plan_images", { batchId, images }),
  placeImages: (batchId, images, how, prompt, upright) =>
    call("place_images", { batchId, images, how, prompt, upright }),
  templates: () => call("templates"),
  keepTemplate: (name, body) => call("keep_template", { name, body }),
  deleteTemplate: (id) => call("delete_template", { id }),
  restoreTemplate: (id) => call("restore_template", { id }),
  putBackTasks: (before) => call("put_back_tasks", { before }),
  deleteTasks: (ids) => call("delete_tasks", { ids }),
  deleteThose: (ids) => call("delete_those", { ids }),
  restoreTasks: (ids) => call("restore_tasks", { ids }),

  fits: (ids) => call("fits", { ids }),
  thatFit: (ids, action) => call("that_fit", { ids, action }),
  doWith: (ids, action) => call("do_with", { ids, action }),
  moveTasks: (ids, beside) => call("move_tasks", { ids, beside }),
  putOrderBack: (places) => call("put_order_back", { places }),

  savedViews: () => call("saved_views"),
  keepView: (name, body) => call("keep_view", { name, body }),
  renameView: (id, name) => call("rename_view", { id, name }),
  deleteView: (id) => call("delete_view", { id }),
  restoreView: (id) => call("restore_view", { id }),

  lookAtStart: (what, without) => call("look_at_start", { ...what, without }),
  start: (what, expected, first, without) => call("start", { ...what, expected, first, without }),
  pause: () => call("pause"),
  resume: () => call("resume"),
  noticeRead: () => call("notice_read"),
  refreshBalance: () => call("refresh_balance"),

  cancelTasks: (ids) => call("cancel_tasks", { ids }),
  unqueueTasks: (ids) => call("unqueue_tasks", { ids }),
  retryTasks: (ids) => call("retry_tasks", { ids }),
  saveAgain: (ids) => call("save_again", { ids }),
  submitAgain: (id) => call("submit_again", { id }),
  attachTaskId: (id, serviceId, anyway) => call("attach_task_id", { id, serviceId, anyway }),
  attachFromLog: (text, onLookUp) => {
    const channel = new Channel<LookUp>();
    channel.onmessage = onLookUp;
    return call("attach_from_log", { text, channel });
  },
  stopAttaching: () => call("stop_attaching"),
  openSite: (page) => call("open_site", { page }),
  dismiss: (ids) => call("dismiss", { ids }),
  checkNow: (ids) => call("check_now", { ids }),
  stopWatching: (ids) => call("stop_watching", { ids }),
  watchAgain: (ids) => call("watch_again", { ids }),

  pickFolder: () => call("pick_folder"),
  pickImages: () => call("pick_images"),
  keepImages: (paths) => call("keep_images", { paths }),
  pickSheet: () => call("pick_sheet"),
  openSheet: (path) => call("open_sheet", { path }),
  pasteSheet: (text) => call("paste_sheet", { text }),
  chooseSheet: (id, sheet, encoding, delimiter) => call("choose_sheet", { id, sheet, encoding, delimiter }),
  mapColumn: (id, column, holds) => call("map_column", { id, column, holds }),
  sheetRows: (id, from, count, onlyBad) => call("sheet_rows", { id, from, count, onlyBad }),
  editSheet: (id, edits) => call("edit_sheet", { id, edits }),
  weighSheet: (id, batchId) => call("weigh_sheet", { id, batchId }),
  takeSheet: (id, batchId) => call("take_sheet", { id, batchId }),
  closeSheet: (id) => call("close_sheet", { id }),
  pickClips: (batchId) => call("pick_clips", { batchId }),
  dropFiles: (paths, batchId, taskId) => call("drop_files", { paths, batchId, taskId }),
  onFileDrag,

  reveal: (id) => call("reveal", { id }),
  openPlayer: (id) => call("open_player", { id }),
  dragOut: (ids) => call("drag_out", { ids }),
  savePoster: (id, jpegBase64) => call("save_poster", { id, jpegBase64 }),

  askToClose: () => call("ask_to_close"),
  leaving: () => call("leaving"),
  answerLeaving: (answer) => call("answer_leaving", { answer }),
  runReport: () => call("run_report"),
  openFolder: (batchId) => call("open_folder", { batchId }),
  onAway,
  roll: (query) => call("roll", { query }),
  cards: (ids) => call("cards", { ids }),
  missingFiles: (ids) => call("missing_files", { ids }),
  findClip: (id) => call("find_clip", { id }),
  variants: (id) => call("variants", { id }),
  mark: (ids, change) => call("mark", { ids, change }),
  putMarks: (marks) => call("put_marks", { marks }),
  exportPreview: (order) => call("export_preview", { order }),
  exportPicks: (order, folder, onProgress) => {
    const channel = new Channel<ExportProgress>();
    channel.onmessage = onProgress;
    return call("export_picks", { order, folder, channel });
  },
  stopExport: () => call("stop_export"),
  renamePreview: (order) => call("rename_preview", { order }),
  renameClips: (order, onProgress) => {
    const channel = new Channel<RenameProgress>();
    channel.onmessage = onProgress;
    return call("rename_clips", { order, channel });
  },
  undoRename: (deed) => call("undo_rename", { deed }),

  settings: () => call("settings"),
  changePreferences: (preferences) => call("change_preferences", { preferences }),
  addKey: (name, platform, key, keep) => call("add_key", { name, platform, key, keep }),
  enterKey: (id, key, keep) => call("enter_key", { id, key, keep }),
  keepKeys: (keep) => call("keep_keys", { keep }),
  askKeychain: () => call("ask_keychain"),
  editKey: (id, name, platform) => call("edit_key", { id, name, platform }),
  removeKey: (id) => call("remove_key", { id }),
  restoreKey: (id) => call("restore_key", { id }),
  useKey: (id) => call("use_key", { id }),
  testKey: (id) => call("test_key", { id }),

  tryDemo: () => call("try_demo"),
  leaveDemo: () => call("leave_demo"),
  log: (text) => call("log", { text }),
  sourceSheets: (batchId) => call("source_sheets", { batchId }),
  writeResults: (batchId, source) => call("write_results", { batchId, source }),
  exportHistory: (batchId) => call("export_history", { batchId }),
  writeReport: (id, withPrompt, shown) => call("write_report", { id, withPrompt, shown }),
};
