// The words of single areas of the window, each area in a file of its own with both languages side by side.
import { rooms } from "./areas/rooms";

export const enAreas = { ...rooms.en } as const;
export const zhAreas = { ...rooms.zh } as const;
