// The words of single areas of the window, each area in a file of its own with both languages side by side.
import { away } from "./areas/away";
import { create } from "./areas/create";
import { rooms } from "./areas/rooms";

export const enAreas = { ...away.en, ...create.en, ...rooms.en } as const;
export const zhAreas = { ...away.zh, ...create.zh, ...rooms.zh } as const;
