// The review room from the keyboard: enough to go through two hundred clips without a mouse.
import type { App } from "../app.svelte";
import { playbackKey, type Playback } from "./playback.svelte";

/** The digit that a key stands for, also with Shift, which writes something else. */
function digit(event: KeyboardEvent): number | null {
  const found = /^(?:Digit|Numpad)([1-5])$/.exec(event.code) ?? /^([1-5])$/.exec(event.key);
  return found === null ? null : Number(found[1]);
}

/** True where the key did something. */
export function onReviewKey(app: App, event: KeyboardEvent, playback: Playback): boolean {
  const { review } = app;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) void app.undo.undo();
    else if (key === "y" || key === "z") void app.undo.redo();
    else if (event.key.toLowerCase() === "a") review.selectAll();
    else return false;
    return true;
  }
  if (event.altKey) return false;
  const stay = event.shiftKey;
  const rating = digit(event);
  if (rating !== null) {
    void review.mark({ kind: "rate", rating }, stay);
    return true;
  }
  switch (event.key) {
    case "ArrowRight":
    case "ArrowDown":
      if (event.shiftKey) review.extend(1);
      else review.go(1);
      return true;
    case "ArrowLeft":
    case "ArrowUp":
      if (event.shiftKey) review.extend(-1);
      else review.go(-1);
      return true;
    case "l":
    case "L":
      review.go(1);
      return true;
    case "j":
    case "J":
      review.go(-1);
      return true;
    case "PageDown":
      if (review.compared !== null) void review.nextTries();
      else review.go(10);
      return true;
    case "PageUp":
      review.go(-10);
      return true;
    case "Home":
      review.goTo(0);
      return true;
    case "End":
      review.goTo(review.roll.ids.length - 1);
      return true;
    case "x":
    case "X":
      void review.mark({ kind: "reject" }, stay);
      return true;
    case "u":
    case "U":
      void review.mark({ kind: "none" }, stay);
      return true;
    case "t":
    case "T":
      review.tagging = review.id !== null;
      return true;
    case "e":
    case "E":
      if (review.roll.counts.all > 0) app.open = { kind: "export" };
      return true;
    case "F2":
      if (review.roll.counts.all > 0) app.open = { kind: "rename" };
      return true;
    case "v":
    case "V":
      void review.compare();
      return true;
    case "Enter":
      if (review.compared === null) return false;
      void review.chooseHere(event.shiftKey);
      return true;
    case "Escape":
      if (review.compared !== null) void review.compare();
      else if (review.selected.size > 0) review.selectNone();
      else return false;
      return true;
    default:
      return playbackKey(playback, event);
  }
}
