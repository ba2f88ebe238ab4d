// What is looked for besides text: its parts as chips that can be taken off one by one. What a part means is Rust's.
import { t } from "./i18n/index.svelte";
import { modelCalled, stateName } from "./show";
import type { Cause } from "./types/Cause";
import type { Filter } from "./types/Filter";
import type { State } from "./types/State";

export const NOTHING: Filter = {
  states: [],
  causes: [],
  models: [],
  ratios: [],
  images: null,
  days: null,
  rating: null,
  rejected: null,
  tag: null,
};
export const STATES: readonly State[] = [
  "draft",
  "queued",
  "cancelled",
  "preparing",
  "submitting",
  "generating",
  "saving",
  "done",
  "failed",
  "unconfirmed",
  "timedOut",
  "saveFailed",
];
export const CAUSES: readonly Cause[] = [
  "request",
  "refused",
  "notMade",
  "unknown",
  "slow",
  "saving",
  "givenUp",
];
export const MODELS = ["veo3_fast", "veo3", "veo3_lite"] as const;
export const RATIOS = ["16:9", "9:16", "Auto"] as const;
export const DAYS = [1, 7, 30] as const;

/** One part of a filter, with what is left without it. */
export type Chip = { id: string; says: string; without: Filter };

export function isFilter(filter: Filter): boolean {
  return chips(filter).length > 0;
}

export function ratioWord(ratio: string): string {
  return ratio === "Auto" ? t("ratio.Auto") : ratio;
}

export function daysWord(days: number): string {
  return days === 1 ? t("filter.today") : t("filter.days", { n: days });
}

export function chips(filter: Filter): Chip[] {
  const found: Chip[] = [];
  const many = <T extends string>(
    key: "states" | "causes" | "models" | "ratios",
    all: readonly T[],
    word: (one: T) => string,
  ) => {
    for (const one of all) {
      const without = { ...filter, [key]: all.filter((other) => other !== one) };
      found.push({ id: `${key}-${one}`, says: word(one), without });
    }
  };
  const one = (key: keyof Filter, says: string) =>
    found.push({ id: key, says, without: { ...filter, [key]: null } });
  many("states", filter.states, stateName);
  many("causes", filter.causes, (cause) => t(`filter.cause.${cause}`));
  many("models", filter.models, modelCalled);
  many("ratios", filter.ratios, ratioWord);
  if (filter.images !== null) one("images", t(filter.images ? "filter.withImages" : "filter.noImages"));
  if (filter.days !== null) one("days", daysWord(filter.days));
  if (filter.rating !== null) one("rating", t("filter.rating", { n: filter.rating }));
  if (filter.rejected !== null)
    one("rejected", t(filter.rejected ? "filter.rejected" : "filter.notRejected"));
  if (filter.tag !== null) one("tag", `#${filter.tag}`);
  return found;
}

/** With one of many put on or taken off. */
export function toggled<T>(all: readonly T[], one: T): T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}
