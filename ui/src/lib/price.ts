// The documented price table, for a form that is still being filled in; a card brings its own price from Rust.
import type { TaskFields } from "./types/TaskFields";

const CREDITS: Record<string, Record<string, number>> = {
  veo3_lite: { "720p": 30, "1080p": 35, "4k": 150 },
  veo3_fast: { "720p": 60, "1080p": 65, "4k": 180 },
  veo3: { "720p": 250, "1080p": 255, "4k": 370 },
};

/** Credits for one attempt; `null` where the table has no row: unknown is never 0. */
export function creditsFor(fields: Pick<TaskFields, "model" | "resolution">): number | null {
  return CREDITS[fields.model ?? "veo3_fast"]?.[fields.resolution ?? "720p"] ?? null;
}
