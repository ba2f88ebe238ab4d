// The board from the keyboard. Keys mean something only where nobody is typing and nothing lies over the board.
import { act, compareTries } from "./act";
import type { App } from "./app.svelte";
import { t } from "./i18n/index.svelte";
import { onManyKey } from "./many";
import { nudge } from "./order";
import { pauseOrGoOn, startShown } from "./queue";
import { roomOf, roomOfLetter } from "./rooms";
import type { Action } from "./types/Action";
import type { TaskCard } from "./types/TaskCard";
import { isArrow, LANES, walk } from "./walk";

/** Brings a card into view and into focus. */
export type Focus = (lane: (typeof LANES)[number], row: number) => void;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary") !== null;
}

/** How long a `g` waits for the letter of a room (ms). */
const LEAD_MS = 1200;
let led = -LEAD_MS;

/** Whether a `g` was pressed just before; notes one that is pressed now. */
function leading(event: KeyboardEvent): boolean {
  const now = event.timeStamp;
  const just = now - led < LEAD_MS;
  led = event.key === "g" || event.key === "G" ? now : -LEAD_MS;
  return just;
}

export function onBoardKey(app: App, event: KeyboardEvent, focus: Focus): void {
  if (app.phase.kind !== "board" || app.open !== null || app.menu !== null) return;
  if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const key = event.key;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && key.toLowerCase() === "f") {
    find(event);
    return;
  }
  // With Ctrl or ⌘ everywhere; alone where digits mean nothing else.
  const room = roomOf(key);
  if ((event.ctrlKey || event.metaKey) && !event.altKey && room !== null) {
    event.preventDefault();
    app.room = room;
    return;
  }
  if (app.room !== "review" && onCommand(app, event)) return;
  if (app.room === "board" && onNudge(app, event, focus)) return;
  if (!plain) return;
  const named = leading(event) ? roomOfLetter(key) : null;
  if (named !== null) {
    event.preventDefault();
    app.room = named;
    return;
  }
  if (key === "?") {
    app.open = { kind: "keys" };
    return;
  }
  if (key === "/") {
    find(event);
    return;
  }
  // The room of the clips has keys of its own.
  if (app.room === "review") return;
  if (room !== null && !isControl(event.target)) {
    app.room = room;
    return;
  }
  if (isArrow(key)) {
    const { board } = app;
    const totals = Object.fromEntries(LANES.map((lane) => [lane, board.total(lane)]));
    const from = board.spotOf(focused(event) ?? board.selected);
    const spot = walk(from, key, totals as Record<(typeof LANES)[number], number>);
    if (spot === null) return;
    event.preventDefault();
    focus(spot.lane, spot.row);
    if (event.shiftKey && from?.lane === spot.lane) {
      void app.attempt(async () => {
        if (board.chosen.size === 0) await board.choose(from.lane, from.row, "mark");
        await board.choose(spot.lane, spot.row, "range");
      });
    }
    return;
  }
  if (key === "Escape") {
    if (app.board.chosen.size > 0) app.board.picked.clear();
    else if (app.board.selected !== null) app.board.select(null);
    else if (app.board.search !== "") app.board.find("");
    return;
  }
  if (key === "n" || key === "N") {
    // Else the letter lands in the form that opens.
    event.preventDefault();
    app.open = { kind: "composer", card: null };
  } else if (!isControl(event.target)) {
    if (app.room === "board" && onManyKey(app, app.board.chosen, event)) return;
    if (!onQueueKey(app, event)) onCardKey(app, event);
  }
}

/** Start, pause, import: as their buttons do. True where it was one of these. */
function onQueueKey(app: App, event: KeyboardEvent): boolean {
  // A key that is held is one press: else the queue would stop and go on by turns.
  if (event.repeat) return false;
  switch (event.key.toLowerCase()) {
    case "s":
      startShown(app);
      break;
    case "p":
      pauseOrGoOn(app);
      break;
    case "i":
      void app.attempt(() => app.pickSheet());
      break;
    default:
      return false;
  }
  event.preventDefault();
  return true;
}

/** Alt and an arrow: what waits moves up or down in its order. True where it was that. */
function onNudge(app: App, event: KeyboardEvent, focus: Focus): boolean {
  if (!event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return false;
  const id = focused(event) ?? app.board.selected;
  if (id === null || app.board.spotOf(id)?.lane !== "ready") return false;
  event.preventDefault();
  void nudge(app, id, event.key === "ArrowUp" ? -1 : 1, focus);
  return true;
}

/** With Ctrl or ⌘: undo, do again, choose the lane, choose this card. True where one was taken. */
function onCommand(app: App, event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const { board } = app;
  const key = event.key.toLowerCase();
  if (key === "z" || key === "y") {
    event.preventDefault();
    void (key === "y" || event.shiftKey ? app.undo.redo() : app.undo.undo());
    return true;
  }
  if (app.room !== "board") return false;
  const spot = board.spotOf(focused(event) ?? board.selected);
  if (key === "a") {
    event.preventDefault();
    const lane = spot?.lane ?? LANES.find((one) => board.total(one) > 0);
    if (lane === undefined) return true;
    void app.attempt(async () => {
      if (!(await board.chooseLane(lane)))
        app.toasts.tell("done", t("many.notAll", { n: board.chosen.size }));
    });
    return true;
  }
  if (key === " " && spot !== null) {
    event.preventDefault();
    void board.choose(spot.lane, spot.row, "toggle");
    return true;
  }
  return false;
}

/** The card that has the focus. */
function focused(event: KeyboardEvent): string | null {
  const card =
    event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-drop='card']") : null;
  return card?.dataset["id"] ?? null;
}

function onCardKey(app: App, event: KeyboardEvent): void {
  const id = app.board.selected;
  const card = id === null ? undefined : app.board.card(id);
  if (card === undefined) return;
  if ((event.key === "v" || event.key === "V") && card.state === "done" && card.variantOf !== null) {
    event.preventDefault();
    compareTries(app, card.id);
    return;
  }
  const wanted: Action | null = meaning(event.key, card);
  if (wanted === null || !card.actions.includes(wanted)) return;
  event.preventDefault();
  act(app, card, wanted);
}

function meaning(key: string, card: TaskCard): Action | null {
  switch (key) {
    case "Enter":
      return card.actions.includes("play") ? "play" : "edit";
    case " ":
      return "play";
    case "e":
    case "E":
      return "edit";
    case "Delete":
    case "Backspace":
      return "delete";
    default:
      return null;
  }
}

function find(event: KeyboardEvent): void {
  event.preventDefault();
  document.querySelector<HTMLInputElement>("[data-testid='search']")?.focus();
}
