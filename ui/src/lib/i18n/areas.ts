// The words of single areas of the window, each area in a file of its own with both languages side by side.
import { create } from "./areas/create";
import { rooms } from "./areas/rooms";

export const enAreas = { ...create.en, ...rooms.en } as const;
export const zhAreas = { ...create.zh, ...rooms.zh } as const;
