// A shell for looking at the page alone: believable data, no service, no files. Never part of the built page.
import type { AwayEvent, Shell } from "../src/lib/contract";
import { ShellError } from "../src/lib/contract";
import { marked } from "../src/lib/review/marks";
import type { BatchView } from "../src/lib/types/BatchView";
import type { Boot } from "../src/lib/types/Boot";
import type { Delta } from "../src/lib/types/Delta";
import type { LaneCounts } from "../src/lib/types/LaneCounts";
import type { Lang } from "../src/lib/types/Lang";
import type { QueueView } from "../src/lib/types/QueueView";
import type { SettingsView } from "../src/lib/types/SettingsView";
import type { Snapshot } from "../src/lib/types/Snapshot";
import type { TaskCard } from "../src/lib/types/TaskCard";
import { makeBoard, makeCard } from "./cards";
import { adoption, evidenceOf, mismatch } from "./evidence";
import { BATCHES, TROUBLES } from "./words";

function counts(cards: TaskCard[]): LaneCounts {
  const of = (lane: TaskCard["lane"]) => cards.filter((card) => card.lane === lane).length;
  return { ready: of("ready"), running: of("running"), done: of("done"), needsYou: of("needsYou") };
}

/** The look at the page opens no files. */
async function noSheet(): Promise<never> {
  throw new ShellError(null, "no sheet");
}

export function fakeShell(scene: string, lang: Lang): Shell {
  const now = Date.now();
  let cards = ["board", "paused", "demo"].includes(scene) ? makeBoard(lang, now) : [];
  if (scene === "many")
    cards = Array.from({ length: 20_000 }, (_, n) => makeCard(n + 1, n % 2 ? "done" : "draft", lang, now));
  let seq = 1;
  let demo = scene === "demo";
  let tell: (delta: Delta) => void = () => {};
  let hear: (what: AwayEvent) => void = () => {};
  let reported = false;
  const settings: SettingsView = {
    preferences: {
      language: lang,
      saveFolder: null,
      inFlight: 50,
      downloads: 3,
      pollBy: "history",
      pollSeconds: 5,
      maxPolls: 120,
      proxy: "system",
      demo: false,
      resumeOnOpen: false,
      dayLimit: null,
      pauseAfter: 5,
      keepAwake: true,
      recipeInClip: true,
      recipeBeside: false,
    },
    keys:
      scene === "first"
        ? []
        : [
            {
              id: "k1",
              name: lang === "en" ? "Studio" : "工作室",
              platform: "kie.ai",
              usable: true,
              place: "keychain",
              state: scene === "locked" ? "again" : "ready",
              tail: "9f2c",
            },
            {
              id: "k2",
              name: "OpenAI",
              platform: "openai",
              usable: false,
              place: "file",
              state: "ready",
              tail: "77aa",
            },
            {
              id: "k3",
              name: lang === "en" ? "Personal" : "个人",
              platform: "kie",
              usable: true,
              place: "session",
              state: scene === "locked" ? "shut" : "ready",
              tail: "0b1d",
            },
          ],
    videoKey: null,
    keeping: {
      asking: false,
      without: scene === "locked" ? "No system keychain was found on this computer." : null,
      keep: scene === "locked" ? "file" : null,
      ask: false,
    },
    keyInUse:
      scene === "first"
        ? null
        : { source: "library", name: lang === "en" ? "Studio" : "工作室", tail: "9f2c" },
    dataDir: "/home/mei/.local/share/shotboard",
  };

  function batches(): BatchView[] {
    if (scene === "empty" || scene === "first") return [];
    return BATCHES[lang].map((name, at) => {
      const own = cards.filter((card) => card.batchId === `batch-${at}`);
      const drafts = own.filter((card) => card.state === "draft");
      return {
        id: `batch-${at}`,
        name,
        folder: lang === "en" ? "/home/mei/Videos/Night rain/EP03" : "/home/mei/视频/雨夜/第三集",
        lanes: own.length > 0 ? counts(own) : { ready: 0, running: 0, done: 30 - at, needsYou: at - 1 },
        startable: drafts.length,
        startableCredits: drafts.reduce((sum, card) => sum + (card.price ?? 0), 0),
        queued: 1,
        doneAt: own.length > 0 ? now + 34 * 60_000 : null,
      };
    });
  }

  function queue(): QueueView {
    const all = counts(cards);
    return {
      mood: scene === "paused" ? "needsYou" : all.running > 0 ? "going" : "quiet",
      running: scene === "board",
      pausedBy: scene === "paused" ? TROUBLES[lang].account : null,
      queued: cards.filter((card) => card.state === "queued").length * 11,
      inFlight: all.running,
      unconfirmed: cards.filter((card) => card.state === "unconfirmed").length,
      balance: scene === "first" || scene === "empty" ? null : 5916,
      balanceAt: now,
      spentToday: cards.length > 0 ? 1140 : 0,
      unpricedToday: 0,
      savedToday: all.done,
      savedTodayBytes: all.done * 18_300_000,
      canaries: [],
      stopped: [],
    };
  }

  const snapshot = (): Snapshot => ({
    seq,
    batches: batches(),
    all: counts(cards),
    moved: moves(),
    queue: queue(),
    notice: null,
  });
  /** Anything may have moved with any message. */
  function moves(): LaneCounts {
    return { ready: seq, running: seq, done: seq, needsYou: seq };
  }
  const boot = (): Boot => ({
    version: "0.1.0",
    lang: settings.preferences.language ?? lang,
    demo,
    firstStart: scene === "first" && !demo,
    mediaBase: `${location.origin}/media`,
    snapshot: snapshot(),
    settings,
    notices: [],
  });
  function changed(tasks: TaskCard[], removed: string[] = []): void {
    seq += 1;
    tell({
      seq,
      tasks,
      removed,
      batches: batches(),
      all: counts(cards),
      moved: moves(),
      queue: queue(),
      reload: false,
    });
  }
  function set(id: string, part: Partial<TaskCard>): void {
    cards = cards.map((card) => (card.id === id ? { ...card, ...part, revision: card.revision + 1 } : card));
    changed(cards.filter((card) => card.id === id));
  }
  const gone = new Map<string, TaskCard>();

  return {
    boot: async () => {
      if (scene === "failed")
        throw new ShellError(
          "locked",
          "Another Shotboard window has this library open. Close it, then try again.",
        );
      return boot();
    },
    watchBoard: async (onDelta) => void (tell = onDelta),
    snapshot: async () => snapshot(),
    rows: async (query) => {
      const text = query.search.toLowerCase();
      const found = cards.filter(
        (card) =>
          (query.lane === null || card.lane === query.lane) &&
          (query.batchId === null || card.batchId === query.batchId) &&
          (text === "" || `${card.number} ${card.fields.prompt}`.toLowerCase().includes(text)),
      );
      return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
    },
    task: async (id) => {
      const card = cards.find((one) => one.id === id);
      if (card === undefined) throw new ShellError("not-found", "not found");
      const en = lang === "en";
      const bought = card.lane !== "ready";
      return {
        card,
        attempts: bought
          ? [
              {
                ordinal: 1,
                sentAt: now - 60_000,
                serviceId: "3f9c81d2a47b4e0c9d15a6be20f7c3e1",
                keyName: "Studio",
                price: card.price,
                balanceBefore: 5976,
                balanceAfter: 5916,
                outcome: en ? "Accepted" : "已接受",
              },
            ]
          : [],
        history: (en
          ? [
              "Added",
              "Queued",
              "First frame uploaded (1, new)",
              "Submitted · 60 credits",
              "Accepted · task 3f9c…c3e1",
            ]
          : ["已添加", "进入队列", "首帧已上传（1 张，新）", "已提交 · 60 积分", "已接受 · 任务 3f9c…c3e1"]
        ).map((text, at) => ({ at: now - 90_000 + at * 2000, text })),
        evidence: card.state === "unconfirmed" ? evidenceOf(card, lang, now) : null,
        besides: [],
        localPath: card.state === "done" ? `/home/mei/Videos/Night rain/EP03/${card.fileName}` : null,
      };
    },
    createBatch: async () => batches()[0]!,
    renameBatch: async () => {},
    setSpendLimit: async () => {},
    setBatchFolder: async () => {},
    addTasks: async (_batch, tasks) => {
      const made = tasks.map((fields, at) => ({
        ...makeCard(60 + cards.length + at, "draft", lang, now),
        fields,
        images: [],
      }));
      cards = [...cards, ...made];
      changed(made);
      return made.map((card) => card.id);
    },
    editTask: async (id, fields) => {
      set(id, { fields });
      return null;
    },
    editTasks: async (ids, edit, ahead) => {
      const changed = cards.filter((card) => ids.includes(card.id) && card.lane === "ready");
      const sample = changed[0] && {
        from: changed[0].fields.prompt,
        to: edit.prefix + changed[0].fields.prompt,
      };
      if (!ahead)
        for (const card of changed)
          set(card.id, { fields: { ...card.fields, prompt: edit.prefix + card.fields.prompt } });
      const n = changed.length;
      return {
        changed: n,
        same: 0,
        leftAlone: ids.length - n,
        cannot: 0,
        sample: edit.prefix === "" ? null : (sample ?? null),
        before: [],
      };
    },
    planImages: async (_batch, images) => {
      const rows = cards.filter((card) => card.lane === "ready" && card.images.length === 0);
      const placed = rows.slice(0, images.length).map((card, image) => ({
        image,
        taskId: card.id,
        number: card.number,
        prompt: card.fields.prompt,
      }));
      return { byName: placed.slice(1), inOrder: placed, emptyRows: rows.length };
    },
    placeImages: async () => ({ added: [], left: 0, before: [] }),
    templates: async () => [],
    keepTemplate: async () => "t1",
    deleteTemplate: async () => {},
    restoreTemplate: async () => {},
    putBackTasks: async () => ({ changed: 0, same: 0, leftAlone: 0, cannot: 0, sample: null, before: [] }),
    deleteTasks: async (ids) => {
      for (const card of cards) if (ids.includes(card.id)) gone.set(card.id, card);
      cards = cards.filter((card) => !ids.includes(card.id));
      changed([], ids);
    },
    taskIds: async (query) => {
      const found = cards.filter((card) => query.lane === null || card.lane === query.lane);
      return found.slice(query.offset).map((card) => card.id);
    },
    deleteThose: async (ids) => {
      const may = cards
        .filter((card) => ids.includes(card.id) && card.lane === "ready")
        .map((card) => card.id);
      cards = cards.filter((card) => !may.includes(card.id));
      return may;
    },
    restoreTasks: async (ids) => {
      const back = ids.map((id) => gone.get(id)).filter((card) => card !== undefined);
      cards = [...back, ...cards];
      changed(back);
    },
    fits: async (ids) => {
      const chosen = cards.filter((card) => ids.includes(card.id));
      return (["start", "retry", "unqueue", "watchAgain", "edit", "delete"] as const).flatMap((action) => {
        const own = chosen.filter((card) => card.actions.includes(action));
        const credits = own.reduce((sum, card) => sum + (card.price ?? 0), 0);
        return own.length > 0 ? [{ action, n: own.length, credits }] : [];
      });
    },
    thatFit: async (ids, action) =>
      cards.filter((card) => ids.includes(card.id) && card.actions.includes(action)).map((card) => card.id),
    doWith: async (ids) => ({ done: ids, left: 0 }),
    moveTasks: async (ids, beside) => {
      const own = cards.filter((card) => ids.includes(card.id));
      const rest = cards.filter((card) => !ids.includes(card.id));
      const at = rest.findIndex((card) => card.id === beside.id) + (beside.place === "after" ? 1 : 0);
      cards = [...rest.slice(0, at), ...own, ...rest.slice(at)];
      changed(own);
      return { moved: ids.map((id) => ({ id, turn: 0, made: 0 })), left: 0 };
    },
    putOrderBack: async () => ({ moved: [], left: 0 }),
    savedViews: async () => [],
    keepView: async () => "view-1",
    renameView: async () => {},
    deleteView: async () => {},
    restoreView: async () => {},
    lookAtStart: async () => {
      const drafts = cards.filter((card) => card.state === "draft");
      return {
        count: drafts.length,
        credits: drafts.reduce((sum, card) => sum + (card.price ?? 0), 0),
        unpriced: drafts.filter((card) => card.price === null).length,
        models: [],
        leftOut: 0,
        firsts: [],
        day: { limit: null, spent: 0 },
        batchId: null,
        batch: { limit: null, spent: 0 },
        fit: drafts.length,
        pricesOf: "2026-10-05",
        balance: queue().balance,
        cannot: [],
        cannotCount: 0,
        again: [],
        againCount: 0,
        inVain: [],
        inVainCount: 0,
        twins: [],
        twinsCount: 0,
      };
    },
    start: async () => {
      throw new ShellError("changed", "changed");
    },
    pause: async () => {},
    resume: async () => {},
    noticeRead: async () => {},
    refreshBalance: async () => queue(),
    cancelTasks: async ([id]) => set(id ?? "", { state: "cancelled", lane: "ready" }),
    unqueueTasks: async ([id]) => set(id ?? "", { state: "draft", lane: "ready" }),
    retryTasks: async ([id]) => set(id ?? "", { state: "queued", lane: "ready", trouble: null }),
    saveAgain: async ([id]) => set(id ?? "", { state: "saving", lane: "running", trouble: null }),
    submitAgain: async (id) => set(id, { state: "queued", lane: "ready", trouble: null }),
    attachFromLog: async (_text, onLookUp) => {
      for (let done = 0; done <= 8; done += 1) {
        onLookUp({ done, of: 8 });
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      return adoption(lang);
    },
    stopAttaching: async () => {},
    openSite: async () => {},
    attachTaskId: async (_id, _serviceId, anyway) =>
      anyway ? { ...mismatch(lang), attached: true } : mismatch(lang),
    dismiss: async ([id]) => set(id ?? "", { state: "cancelled", lane: "ready", trouble: null }),
    checkNow: async () => {},
    stopWatching: async ([id]) => set(id ?? "", { state: "cancelled", lane: "ready" }),
    watchAgain: async ([id]) => set(id ?? "", { state: "generating", lane: "running" }),
    pickFolder: async () => "/home/mei/Videos/Elsewhere",
    pickImages: async () => ({
      images: ["p1", "p2"].map((hash) => ({
        image: { kind: "kept" as const, hash, name: `${hash}.png` },
        name: `${hash}.png`,
        width: 1280,
        height: 720,
      })),
      problems: [],
    }),
    keepImages: async () => ({ images: [], problems: [] }),
    pickSheet: async () => null,
    openSheet: noSheet,
    pasteSheet: noSheet,
    chooseSheet: noSheet,
    mapColumn: noSheet,
    sheetRows: noSheet,
    editSheet: noSheet,
    weighSheet: noSheet,
    takeSheet: noSheet,
    closeSheet: async () => {},
    dropFiles: async () => ({ tasks: [], known: [], brought: [], sheets: [], problems: [], images: [] }),
    onFileDrag: () => {},
    reveal: async () => {},
    openPlayer: async () => {
      throw new ShellError(null, lang === "en" ? "The system could not open it." : "系统无法打开。");
    },
    dragOut: async () => false,
    savePoster: async (id, jpeg) => {
      if (!jpeg.startsWith("/9j/")) throw new ShellError(null, "not a JPEG");
      set(id, { poster: "kept" });
    },
    askToClose: async () => hear("closing"),
    leaving: async () => ({ made: 4, saving: 1, waiting: 12, working: true, tray: scene === "board" }),
    answerLeaving: async () => {},
    runReport: async () => {
      if (reported || cards.length === 0 || !location.hash.includes("report")) return null;
      reported = true;
      return {
        batchId: "batch-0",
        batchName: BATCHES[lang][0] ?? "",
        folder: "/home/mei/Videos",
        tookMs: 2_280_000,
        saved: 46,
        savedBytes: 820_000_000,
        needsYou: 2,
        spent: 2760,
        unpriced: 0,
        held: 0,
        atLimit: 0,
      };
    },
    openFolder: async () => {},
    onAway: (handler) => void (hear = handler),
    roll: async (query) => {
      const saved = cards.filter(
        (card) => card.state === "done" && (query.batchId === null || card.batchId === query.batchId),
      );
      const fits = (card: TaskCard): boolean => {
        const { which } = query;
        if (which.kind === "unmarked") return card.rating === 0 && !card.rejected;
        if (which.kind === "rated") return card.rating >= which.least;
        if (which.kind === "notRejected") return !card.rejected;
        if (which.kind === "rejected") return card.rejected;
        if (which.kind === "tagged") return card.tags.includes(which.tag);
        if (which.kind === "variants") return card.variantOf !== null;
        return which.kind === "all" || which.ids.includes(card.id);
      };
      const found = saved.filter(fits).sort((one, other) => one.number.localeCompare(other.number));
      const tag = lang === "en" ? "hero" : "主镜头";
      return {
        ids: found.map((card) => card.id),
        groups: found.map((card) => (card.variantOf === null ? 0 : 1)),
        total: found.length,
        counts: {
          all: saved.length,
          unmarked: saved.filter((card) => card.rating === 0 && !card.rejected).length,
          picks: saved.filter((card) => card.rating >= 3).length,
          rejected: saved.filter((card) => card.rejected).length,
          variants: saved.filter((card) => card.variantOf !== null).length,
        },
        tags: [{ tag, count: saved.filter((card) => card.tags.includes(tag)).length }],
      };
    },
    cards: async (ids) => cards.filter((card) => ids.includes(card.id)),
    mark: async (ids, change) => {
      const before = cards.filter((card) => ids.includes(card.id));
      for (const card of before) set(card.id, marked(card, change));
      return before.map(({ id, rating, rejected, tags }) => ({ id, rating, rejected, tags }));
    },
    exportPreview: async ({ template }) => ({
      count: 12,
      bytes: 220_000_000,
      names: ["0001", "0004", "0009"].map((number) => `${template.replace("{number}", number)}.mp4`),
      unknown: [],
    }),
    variants: async (id) => [id],
    missingFiles: async () => [],
    findClip: async () => null,
    pickClips: async () => null,
    renamePreview: async ({ template }) => ({
      changed: 3,
      same: 9,
      gone: 1,
      rows: ["0001", "0004", "0009", "0012"].map((number, at) => ({
        id: number,
        from: `${number}.mp4`,
        to: at === 3 ? null : `${template.replace("{number}", number)}.mp4`,
      })),
      unknown: [],
    }),
    renameClips: async (_order, onProgress) => {
      for (let done = 0; done <= 3; done += 1) {
        onProgress({ done, of: 3 });
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      return { renamed: 3, deed: 1, problems: [], stopped: false };
    },
    undoRename: async () => ({ renamed: 3, deed: 1, problems: [], stopped: false }),
    exportPicks: async (order, folder, onProgress) => {
      for (let done = 0; done <= 12; done += 1) {
        onProgress({ done, of: 12, bytes: done * 18_000_000, bytesOf: 216_000_000 });
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      const lists = order.otio ? ["picks.otio"] : [];
      return { copied: 12, lists, folder, problems: [], stopped: false };
    },
    stopExport: async () => {},
    putMarks: async (marks) => {
      for (const { id, ...rest } of marks) set(id, rest);
    },
    settings: async () => settings,
    changePreferences: async (preferences) => {
      settings.preferences = preferences;
      return { ...settings };
    },
    addKey: async () => settings,
    enterKey: async () => settings,
    keepKeys: async () => settings,
    askKeychain: async () => settings,
    editKey: async () => settings,
    removeKey: async (id) => ({ ...settings, keys: settings.keys.filter((key) => key.id !== id) }),
    restoreKey: async () => ({ ...settings }),
    useKey: async () => settings,
    testKey: async () => ({ ok: true, balance: 5916, problem: null }),
    tryDemo: async () => {
      demo = true;
      return boot();
    },
    leaveDemo: async () => {
      demo = false;
      return boot();
    },
    log: async () => {},
    sourceSheets: async () => [
      { source: "/films/rain.xlsx\nShots", name: "rain.xlsx", sheet: "Shots", there: true, rows: 12 },
    ],
    writeResults: async () => ({
      file: "rain results.xlsx",
      rows: 11,
      left: ["0007"],
      fromKept: false,
      recoded: false,
    }),
    exportHistory: async () => ({ tasks: 12, file: "Rain 2026-11-22.csv" }),
    writeReport: async (id, withPrompt, shown) =>
      ["Shotboard report · 2026-11-22T17:20:00.000Z", "version: 0.1.0", shown ?? "", id ?? "", withPrompt]
        .concat(Array.from({ length: 60 }, (_, n) => `2026-11-22T17:20:00Z INFO line ${n}`))
        .join("\n"),
  };
}
