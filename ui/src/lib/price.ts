// The documented price table, for a form that is still being filled in; a card brings its own price from Rust. The table
// itself is Rust's too (`cargo xtask types` writes it here).
import { dollars } from "./format";
import { lang, t } from "./i18n/index.svelte";
import { CREDITS, DOLLARS } from "./types/Prices";
import type { TaskFields } from "./types/TaskFields";

/** Credits for one attempt; `null` where the table has no row: unknown is never 0. */
export function creditsFor(fields: Pick<TaskFields, "model" | "resolution">): number | null {
  return CREDITS[fields.model ?? "veo3_fast"]?.[fields.resolution ?? "720p"] ?? null;
}

/** About what so many credits cost, in money. */
export function moneyFor(credits: number): string {
  return dollars(credits * DOLLARS, lang());
}

/** Credits, and about what they cost. */
export function creditsAndMoney(credits: number): string {
  return t("price.both", { credits: t("credits", { n: credits }), money: moneyFor(credits) });
}
