// The rooms of the window: the same tasks, to act on, to find, to judge. A room is added here when it is built.
import type { IconName } from "../parts/Icon.svelte";

export type Room = "board" | "list" | "review";

export const ROOMS: readonly { room: Room; name: `room.${Room}`; icon: IconName }[] = [
  { room: "board", name: "room.board", icon: "board" },
  { room: "list", name: "room.list", icon: "list" },
  { room: "review", name: "room.review", icon: "review" },
];

/** The room that a key opens: 1, 2, 3 in the order they are listed. */
export function roomOf(key: string): Room | null {
  return ROOMS[Number(key) - 1]?.room ?? null;
}

/** The room that a letter after `g` opens: the first of its English name. */
export function roomOfLetter(letter: string): Room | null {
  return ROOMS.find(({ room }) => room[0] === letter.toLowerCase())?.room ?? null;
}
