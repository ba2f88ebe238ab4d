// When a list is done, and how long one took, as people say it: to the minute, never to the second.
import { toTheMinute } from "./format";
import { t } from "./i18n/index.svelte";
import type { BatchView } from "./types/BatchView";
import type { QueueView } from "./types/QueueView";

const MINUTE = 60_000;
/** Nearer than this is "about ten minutes". */
const SOON = 10 * MINUTE;

/**
 * When everything that goes on in these batches is done (ms); null where nothing goes on, or nobody knows of one. A
 * batch is only told anew when something in it changes; that the queue was paused or the network went is told at once.
 */
export function doneAt(
  batches: readonly BatchView[],
  queue: Pick<QueueView, "running" | "mood">,
): number | null {
  let end: number | null = null;
  if (queue.mood === "network") return null;
  for (const batch of batches) {
    if (batch.lanes.running === 0 && batch.queued === 0) continue;
    if (batch.doneAt === null || (batch.queued > 0 && !queue.running)) return null;
    end = Math.max(end ?? 0, batch.doneAt);
  }
  return end;
}

/** `done about 14:20`; with the day where that is not today. */
export function endWords(at: number, now: number, lang: string): string {
  if (at - now <= SOON) return t("end.soon");
  return t("end.at", { time: toTheMinute(at, now, lang) });
}

/** `38 min`, `2 h 5 min`. */
export function tookWords(ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 1) return t("took.short");
  if (minutes < 60) return t("took.minutes", { m: minutes });
  return t("took.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}
