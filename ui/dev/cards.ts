// A board of 48 tasks in every state.
import { emptyFields } from "../src/lib/composer/check";
import { creditsFor } from "../src/lib/price";
import type { Action } from "../src/lib/types/Action";
import type { ImageView } from "../src/lib/types/ImageView";
import type { Lane } from "../src/lib/types/Lane";
import type { Lang } from "../src/lib/types/Lang";
import type { State } from "../src/lib/types/State";
import type { TaskCard } from "../src/lib/types/TaskCard";
import { PROMPTS, TROUBLES } from "./words";

const ACTIONS: Record<State, Action[]> = {
  draft: ["start", "edit", "delete"],
  queued: ["unqueue", "edit", "cancel", "delete"],
  preparing: ["cancel"],
  submitting: [],
  generating: ["checkNow", "stopWatching"],
  saving: [],
  done: ["play", "reveal", "openPlayer", "saveAgain"],
  failed: ["edit", "retry", "delete"],
  unconfirmed: ["attach", "submitAgain", "dismiss"],
  timedOut: ["checkNow", "stopWatching"],
  saveFailed: ["saveAgain"],
  cancelled: ["start", "edit", "delete"],
};

function laneOf(state: State | null): Lane {
  if (state === null) return "needsYou";
  if (state === "draft" || state === "queued" || state === "cancelled") return "ready";
  if (state === "done") return "done";
  return ACTIONS[state].length > 0 && ["failed", "unconfirmed", "timedOut", "saveFailed"].includes(state)
    ? "needsYou"
    : "running";
}

function image(hash: string, name: string): ImageView {
  return { image: { kind: "kept", hash, name }, name, width: 1280, height: 720 };
}

export function makeCard(n: number, state: State | null, lang: Lang, now: number): TaskCard {
  const words = PROMPTS[lang];
  const images =
    n % 5 === 0
      ? [image(`a${n}`, "frame.png"), image(`b${n}`, "last.png")]
      : n % 3 === 0
        ? [image(`a${n}`, "seed.jpg")]
        : [];
  const fields = {
    ...emptyFields(),
    prompt: words[n % words.length] ?? "",
    images: images.map((view) => view.image),
    model: n % 7 === 4 ? "veo3" : n % 11 === 3 ? "veo3_lite" : null,
    resolution: n % 7 === 4 ? "1080p" : null,
    duration: n % 4 === 0 ? 6 : null,
    aspectRatio: n % 6 === 4 ? "9:16" : null,
  };
  const trouble =
    state === "unconfirmed" || state === "failed" || state === "timedOut" || state === "saveFailed"
      ? TROUBLES[lang][state]
      : null;
  const running = laneOf(state) === "running";
  return {
    id: `task-${n}`,
    batchId: "batch-0",
    number: String(n).padStart(4, "0"),
    variantOf: null,
    held: false,
    stopped: false,
    fields,
    images,
    state,
    lane: laneOf(state),
    progress: state === "saving" ? 95 : state === "preparing" ? 5 : Math.min(90, 15 + (n % 30) * 2),
    polls: n % 30,
    maxPolls: 120,
    startedAt: running || state === "done" ? now - 42_000 - n * 900 : null,
    finishedAt: state === "done" ? now - 1000 * n : null,
    usual: state === "generating" ? { fromMs: 70_000, toMs: 110_000 } : null,
    sentAt: state === "unconfirmed" ? now - 252_000 : null,
    bytesDone: state === "saving" ? 11_200_000 : null,
    bytesTotal: state === "saving" ? 18_400_000 : null,
    linkUntil: state === "saving" || state === "saveFailed" ? now + 13.4 * 3_600_000 : null,
    price: creditsFor(fields),
    trouble,
    actions: state === null ? [] : ACTIONS[state],
    fileName: state === "done" ? `${String(n).padStart(4, "0")}.mp4` : null,
    changedAt: 0,
    poster: state === "done" && n % 10 !== 9 ? "kept" : null,
    clipMs: state === "done" ? 8000 : null,
    rating: state === "done" ? ([0, 4, 0, 3, 5][n % 5] ?? 0) : 0,
    rejected: state === "done" && n % 5 === 2,
    tags: state === "done" && n % 5 === 4 ? [lang === "en" ? "hero" : "主镜头"] : [],
    demo: n === 28,
    revision: 1,
  };
}

/** Number to state: 12 ready, 6 running, 25 done, 5 that need someone. */
export function makeBoard(lang: Lang, now: number): TaskCard[] {
  const cards: TaskCard[] = [];
  for (let n = 48; n >= 1; n -= 1) {
    let state: State | null = "done";
    if (n > 36) state = n === 39 ? "queued" : n === 42 ? "cancelled" : "draft";
    else if (n > 30)
      state =
        (["generating", "saving", "preparing", "submitting", "generating", "generating"] as const)[n - 31] ??
        "done";
    else if (n === 24) state = "unconfirmed";
    else if (n === 19) state = "failed";
    else if (n === 15) state = "timedOut";
    else if (n === 11) state = "saveFailed";
    else if (n === 7) state = null;
    cards.push(makeCard(n, state, lang, now));
  }
  const empty = cards.find((card) => card.number === "0046");
  if (empty) empty.fields = { ...empty.fields, prompt: "" };
  return cards.sort((one, other) => (one.lane === "ready" ? Number(one.number) - Number(other.number) : 0));
}
