// Which rows of a very long list are drawn, where all of them are equally high, and which elements draw them.

/** Rows, the last one excluded. */
export type Span = { from: number; to: number };
/** A row, and which of the elements draws it. */
export type Drawn = { slot: number; row: number };

/** Rows drawn on either side of the view. */
const MARGIN = 4;

/** How many rows are drawn in a view of this height. */
export function places(view: number, height: number): number {
  return Math.ceil(view / height) + 1 + 2 * MARGIN;
}

/** The rows to be drawn where the list is scrolled to `top`. */
export function spanAt(top: number, view: number, height: number, total: number): Span {
  const count = places(view, height);
  const from = Math.max(0, Math.min(Math.floor(top / height) - MARGIN, total - count));
  return { from, to: Math.min(total, from + count) };
}

/** Whether they have no row in common: a jump. */
export function apart(one: Span, other: Span): boolean {
  return one.to <= other.from || other.to <= one.from;
}

/**
 * The rows in the order of their elements. Each of `count` elements draws every `count`th row, counted from `origin`: while
 * a list is scrolled, only what left the view on one side is drawn anew on the other, and nothing changes its place
 * among the elements, which would have it laid out anew as a whole.
 */
export function drawn(span: Span, origin: number, count: number): Drawn[] {
  const first = (((span.from - origin) % count) + count) % count;
  const all: Drawn[] = [];
  for (let slot = 0; slot < count; slot += 1) {
    const row = span.from + ((slot - first + count) % count);
    if (row < span.to) all.push({ slot, row });
  }
  return all;
}
