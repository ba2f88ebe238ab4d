// Cards in the hand: what is dragged, over which lane, where it would come, and what letting go would do. Pointer events
// alone; the system's own drag belongs to files.
import type { App } from "./app.svelte";
import { t } from "./i18n/index.svelte";
import { actOnMany, type ManyAction } from "./many";
import { move } from "./order";
import type { Beside } from "./types/Beside";
import type { Lane } from "./types/Lane";
import type { TaskCard } from "./types/TaskCard";

/** The hand moved this far before a press is a drag (px). */
const THRESHOLD = 6;
/** So near the edge of a lane it scrolls, and so fast at most (px a frame). */
const EDGE = 44;
const FASTEST = 18;

/** What letting go here would do. */
export type Would =
  | { kind: "order"; beside: Beside; says: string }
  | { kind: "act"; action: ManyAction; says: string }
  | { kind: "nothing"; says: string };

type Held = {
  /** The card that the hand took. */
  card: TaskCard;
  ids: string[];
  x: number;
  y: number;
  lane: Lane | null;
  would: Would;
};

export class Drag {
  held = $state.raw<Held | null>(null);
  private pressed: { card: TaskCard; x: number; y: number; pointer: number } | null = null;
  private frame = 0;

  constructor(private readonly app: App) {}

  /** The card beside which it would come to stand, and on which side. */
  line(id: string): "before" | "after" | null {
    const would = this.held?.would;
    return would?.kind === "order" && would.beside.id === id ? would.beside.place : null;
  }

  /** Whether a lane takes what is dragged; null while nothing is, or it is elsewhere. */
  takes(lane: Lane): boolean | null {
    return this.held?.lane === lane ? this.held.would.kind !== "nothing" : null;
  }

  isHeld(id: string): boolean {
    return this.held?.ids.includes(id) ?? false;
  }

  /** A press on a card: nothing yet. A finger scrolls. */
  press(event: PointerEvent, card: TaskCard): void {
    if (event.button !== 0 || event.pointerType === "touch" || this.app.open !== null) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest("button, a, input, video") !== null) return;
    // By its poster a clip leaves the window: that is the system's own drag.
    if (event.target instanceof Element && event.target.closest("[data-outgoing]") !== null) return;
    this.pressed = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
    addEventListener("pointermove", this.moved);
    addEventListener("pointerup", this.released);
    addEventListener("pointercancel", this.cancel);
    addEventListener("blur", this.cancel);
    addEventListener("keydown", this.key, true);
  }

  private readonly moved = (event: PointerEvent): void => {
    const pressed = this.pressed;
    if (pressed === null || event.pointerId !== pressed.pointer) return;
    // Let go where nobody heard it, as after a drag of the system: nothing is in the hand any more.
    if ((event.buttons & 1) === 0) return this.end();
    if (this.held === null) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < THRESHOLD) return;
      getSelection()?.removeAllRanges();
      document.documentElement.classList.add("dragging");
    }
    event.preventDefault();
    this.over(event.clientX, event.clientY);
    if (this.frame === 0) this.frame = requestAnimationFrame(this.scroll);
  };

  private over(x: number, y: number): void {
    const pressed = this.pressed;
    if (pressed === null) return;
    const { card } = pressed;
    const chosen = this.app.board.chosen;
    const ids = this.held?.ids ?? (chosen.has(card.id) ? [...chosen] : [card.id]);
    const under = document.elementFromPoint(x, y);
    const lane = (under?.closest<HTMLElement>("[data-testid^='lane-']")?.dataset["testid"]?.slice(5) ??
      null) as Lane | null;
    this.held = { card, ids, x, y, lane, would: this.wouldBe(card, ids, lane, under, y) };
  }

  private wouldBe(card: TaskCard, ids: string[], lane: Lane | null, under: Element | null, y: number): Would {
    const nothing = (says: string): Would => ({ kind: "nothing", says });
    const does = (action: ManyAction, says: string): Would => ({ kind: "act", action, says });
    const n = ids.length;
    if (lane === null) return nothing(t("drag.held", { n }));
    if (lane === "ready" && card.lane === "ready") {
      if (card.state === "cancelled") return nothing(t("drag.cancelled"));
      const beside = this.beside(lane, ids, under, y);
      return beside === null
        ? nothing(t("drag.stays", { n }))
        : { kind: "order", beside, says: t("drag.order", { n }) };
    }
    if (lane === card.lane) return nothing(t("drag.ownOrder"));
    if (lane === "done") return nothing(t("drag.toDone"));
    if (lane === "needsYou") return nothing(t("drag.toNeedsYou"));
    const { actions } = card;
    if (card.lane === "ready")
      return actions.includes("start") || n > 1
        ? does("start", t("drag.start", { n }))
        : nothing(t(card.state === "queued" ? "drag.queued" : "drag.cannotStart"));
    if (card.lane === "running")
      return actions.includes("cancel") ? nothing(t("drag.preparing")) : nothing(t("drag.bought"));
    if (card.lane === "done") return nothing(t("drag.isDone"));
    if (actions.includes("retry")) return does("retry", t("drag.again", { n }));
    if (lane === "running" && actions.includes("saveAgain")) return does("saveAgain", t("drag.save", { n }));
    if (lane === "running" && actions.includes("checkNow")) return does("checkNow", t("drag.check", { n }));
    return nothing(t("drag.needsAnswer"));
  }

  /** Where in the lane: the nearest card that waits and is not in the hand. */
  private beside(lane: Lane, ids: string[], under: Element | null, y: number): Beside | null {
    const list = document.querySelector(`[data-lane='${lane}']`);
    const cards = [...(list?.querySelectorAll<HTMLElement>("[data-drop='card']") ?? [])].filter(
      (one) => one.dataset["state"] !== "cancelled",
    );
    if (cards.length === 0) return null;
    const own = under?.closest<HTMLElement>("[data-drop='card']") ?? null;
    const at = own !== null && cards.includes(own) ? own : nearest(cards, y);
    const id = at?.dataset["id"];
    if (at === undefined || id === undefined || (ids.length === 1 && ids[0] === id)) return null;
    const box = at.getBoundingClientRect();
    return { place: y < box.top + box.height / 2 ? "before" : "after", id };
  }

  private readonly scroll = (): void => {
    this.frame = 0;
    const held = this.held;
    if (held === null) return;
    const list =
      held.lane === null ? null : document.querySelector<HTMLElement>(`[data-lane='${held.lane}']`);
    if (list !== null) {
      const box = list.getBoundingClientRect();
      const over = Math.max(0, held.y - (box.bottom - EDGE));
      const under = Math.max(0, box.top + EDGE - held.y);
      const by = Math.min(FASTEST, over / 2) - Math.min(FASTEST, under / 2);
      if (by !== 0) {
        list.scrollTop += by;
        this.over(held.x, held.y);
      }
    }
    this.frame = requestAnimationFrame(this.scroll);
  };

  private readonly released = (event: PointerEvent): void => {
    if (this.pressed === null || event.pointerId !== this.pressed.pointer) return;
    const held = this.held;
    this.end();
    if (held === null) return;
    // The press ends with a click on whatever lies there: it is none.
    const stop = (click: MouseEvent) => click.stopPropagation();
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 0);
    const { would, ids } = held;
    if (would.kind === "order") void move(this.app, ids, would.beside);
    else if (would.kind === "act") void actOnMany(this.app, ids, would.action);
    else if (held.lane !== null && held.lane !== held.card.lane) this.app.toasts.tell("done", would.says);
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.held === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
  };

  private readonly cancel = (): void => this.end();

  private end(): void {
    this.pressed = null;
    this.held = null;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    document.documentElement.classList.remove("dragging");
    removeEventListener("pointermove", this.moved);
    removeEventListener("pointerup", this.released);
    removeEventListener("pointercancel", this.cancel);
    removeEventListener("blur", this.cancel);
    removeEventListener("keydown", this.key, true);
  }
}

function nearest(cards: HTMLElement[], y: number): HTMLElement | undefined {
  const far = (card: HTMLElement) => {
    const box = card.getBoundingClientRect();
    return Math.abs(y - (box.top + box.height / 2));
  };
  return cards.reduce<HTMLElement | undefined>(
    (best, card) => (best === undefined || far(card) < far(best) ? card : best),
    undefined,
  );
}
