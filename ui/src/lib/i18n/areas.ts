// The words of single areas of the window, each area in a file of its own with both languages side by side.
import { away } from "./areas/away";
import { clips } from "./areas/clips";
import { create } from "./areas/create";
import { list } from "./areas/list";
import { remember } from "./areas/remember";
import { review } from "./areas/review";
import { rooms } from "./areas/rooms";
import { sheet } from "./areas/sheet";
import { start } from "./areas/start";
import { watch } from "./areas/watch";

/** All of them, for the test that no two name the same key. */
export const AREAS = [away, clips, create, list, remember, review, rooms, sheet, start, watch] as const;

export const enAreas = {
  ...away.en,
  ...clips.en,
  ...create.en,
  ...list.en,
  ...remember.en,
  ...review.en,
  ...rooms.en,
  ...sheet.en,
  ...start.en,
  ...watch.en,
} as const;
export const zhAreas = {
  ...away.zh,
  ...clips.zh,
  ...create.zh,
  ...list.zh,
  ...remember.zh,
  ...review.zh,
  ...rooms.zh,
  ...sheet.zh,
  ...start.zh,
  ...watch.zh,
} as const;
