// The documented price table, for a form that is still being filled in; a card brings its own price from Rust. The table
// itself is Rust's too (`cargo xtask types` writes it here).
import { CREDITS } from "./types/Prices";
import type { TaskFields } from "./types/TaskFields";

/** Credits for one attempt; `null` where the table has no row: unknown is never 0. */
export function creditsFor(fields: Pick<TaskFields, "model" | "resolution">): number | null {
  return CREDITS[fields.model ?? "veo3_fast"]?.[fields.resolution ?? "720p"] ?? null;
}
