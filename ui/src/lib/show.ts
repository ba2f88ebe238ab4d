// A card's facts as short words: what was asked for, where it stands.
import { elapsed } from "./format";
import { t } from "./i18n/index.svelte";
import { modeOf } from "./composer/check";
import type { State } from "./types/State";
import type { TaskCard } from "./types/TaskCard";
import type { TaskFields } from "./types/TaskFields";

/** The model's short name; a name this version does not know as it stands. */
export function modelName(fields: TaskFields): string {
  return modelCalled(fields.model ?? "veo3_fast");
}

/** The short name of a model that is known by the service's name. */
export function modelCalled(model: string): string {
  return model === "veo3" || model === "veo3_fast" || model === "veo3_lite" ? t(`model.${model}`) : model;
}

export function ratioName(fields: TaskFields): string {
  return fields.aspectRatio === "Auto" ? t("ratio.Auto") : (fields.aspectRatio ?? "16:9");
}

export function resolutionName(fields: TaskFields): string {
  const resolution = fields.resolution ?? "720p";
  return resolution === "4k" ? "4K" : resolution;
}

export function lengthName(fields: TaskFields): string {
  return t("seconds", { n: fields.duration ?? 8 });
}

/** `Fast · 720p`, and length and ratio where they are not the usual ones: `Fast · 720p · 4 s · 9:16`. */
export function meta(fields: TaskFields): string {
  const parts = [modelName(fields), resolutionName(fields)];
  if ((fields.duration ?? 8) !== 8) parts.push(lengthName(fields));
  if ((fields.aspectRatio ?? "16:9") !== "16:9") parts.push(ratioName(fields));
  return parts.join(" · ");
}

export function stateName(state: State | null): string {
  return state === null ? t("state.unknown") : t(`state.${state}`);
}

/** Where a card stands, in a word: what waits for a word of the user says that it does. */
export function standing(card: TaskCard): string {
  if (card.held) return t("card.held");
  return card.stopped ? t("state.stopped") : stateName(card.state);
}

/** The name of a seed image by its place: first and last frame, or references. */
export function imageName(fields: Pick<TaskFields, "mode" | "images">, index: number): string {
  const mode = modeOf(fields);
  if (mode === "REFERENCE_2_VIDEO")
    return index < 3 ? t("image.reference", { n: index + 1 }) : t("image.extra");
  if (mode === "TEXT_2_VIDEO" || index > 1) return t("image.extra");
  return index === 0 ? t("image.first") : t("image.last");
}

/** How long it has been at work, or was; null where it has not begun. */
export function tookMs(card: TaskCard, now: number): number | null {
  if (card.startedAt === null) return null;
  return Math.max(0, (card.finishedAt ?? now) - card.startedAt);
}

/** How long the link of an unsaved video works still, and whether that is worth a warning; null where none is. */
export function linkLeft(card: TaskCard, now: number): { text: string; soon: boolean } | null {
  if (card.linkUntil === null) return null;
  const minutes = Math.floor((card.linkUntil - now) / 60_000);
  const soon = minutes < 180;
  if (minutes < 1) return { text: t("link.over"), soon };
  if (minutes < 60) return { text: t("link.minutes", { n: minutes }), soon };
  return { text: t("link.hours", { n: Math.floor(minutes / 60) }), soon };
}

export function clipLength(card: TaskCard): string | null {
  return card.clipMs === null ? null : elapsed(Math.round(card.clipMs / 1000) * 1000);
}

/** States in which the app is at work on it. */
export function isRunning(state: State | null): boolean {
  return state === "preparing" || state === "submitting" || state === "generating" || state === "saving";
}
