// What the grid of an import does with cells: blocks from a spreadsheet, filling down, and the way back. No rows are
// held here; a change is a list of cells, and Rust answers with what stood there.
import type { SheetEdit } from "../types/SheetEdit";

/** A rectangle of cells: where it was begun, and where it ends now. Rows are places in the list that is shown. */
export type Range = { row: number; column: number; toRow: number; toColumn: number };

export type Box = { top: number; bottom: number; left: number; right: number };

export function boxOf(range: Range): Box {
  return {
    top: Math.min(range.row, range.toRow),
    bottom: Math.max(range.row, range.toRow),
    left: Math.min(range.column, range.toColumn),
    right: Math.max(range.column, range.toColumn),
  };
}

/** The cells of a block as spreadsheets put it on the clipboard: tabs and lines, quotes around what contains either. */
export function parseBlock(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (;;) {
    let cell = "";
    const close = source[at] === '"' ? closing(source, at + 1) : -1;
    if (close >= 0) {
      cell = source.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    } else {
      const end = source.slice(at).search(/[\t\n]/);
      cell = end < 0 ? source.slice(at) : source.slice(at, at + end);
      at += cell.length;
    }
    row.push(cell);
    const next = source[at];
    if (next !== "\t") {
      rows.push(row);
      row = [];
    }
    if (next === undefined) return rows;
    at += 1;
  }
}

/** Where quotes close that opened before `from`; -1 where they do not close at a cell's end, and are just text. */
function closing(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] !== '"') continue;
    if (source[at + 1] === '"') at += 1;
    else return source[at + 1] === undefined || /[\t\n]/.test(source[at + 1] ?? "") ? at : -1;
  }
  return -1;
}

/** A block as text for the clipboard. */
export function writeBlock(rows: string[][]): string {
  const cell = (text: string) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

/**
 * The changes that put a block at the range's corner; a single cell fills the whole range. `places`: the sheet's row for
 * each row that is shown, undefined where it is not known.
 */
export function pasteEdits(
  block: string[][],
  range: Range,
  places: (row: number) => number | undefined,
  columns: number,
): SheetEdit[] {
  const { top, bottom, left, right } = boxOf(range);
  const single = block.length === 1 && block[0]?.length === 1 ? (block[0][0] ?? "") : null;
  const height = single === null ? block.length : bottom - top + 1;
  const edits: SheetEdit[] = [];
  for (let down = 0; down < height; down += 1) {
    const row = places(top + down);
    if (row === undefined) continue;
    const cells = single === null ? (block[down] ?? []) : Array<string>(right - left + 1).fill(single);
    cells.forEach((text, across) => {
      if (left + across < columns) edits.push({ row, column: left + across, text });
    });
  }
  return edits;
}

/** The changes that fill the range with its first row; of a single row, with the one above it. */
export function fillEdits(
  range: Range,
  places: (row: number) => number | undefined,
  cell: (row: number, column: number) => string | undefined,
): SheetEdit[] {
  const { top, bottom, left, right } = boxOf(range);
  const from = top === bottom ? top - 1 : top;
  const edits: SheetEdit[] = [];
  for (let row = from + 1; row <= bottom; row += 1) {
    const place = places(row);
    if (place === undefined) continue;
    for (let column = left; column <= right; column += 1) {
      const text = cell(from, column);
      if (text !== undefined) edits.push({ row: place, column, text });
    }
  }
  return edits;
}

/** What was changed, for the way back and forth again. */
export class Past {
  private readonly back: SheetEdit[][] = [];
  private forth: SheetEdit[][] = [];

  /** Something was changed by hand: `before` puts it back. */
  changed(before: SheetEdit[]): void {
    if (before.length === 0) return;
    this.back.push(before);
    if (this.back.length > 200) this.back.shift();
    this.forth = [];
  }

  /** Whether anything was changed by hand. */
  get any(): boolean {
    return this.back.length > 0;
  }

  /** Takes the last change back; what `apply` answers leads forth again. */
  async undo(apply: (edits: SheetEdit[]) => Promise<SheetEdit[]>): Promise<boolean> {
    return move(this.back, this.forth, apply);
  }

  async redo(apply: (edits: SheetEdit[]) => Promise<SheetEdit[]>): Promise<boolean> {
    return move(this.forth, this.back, apply);
  }

  /** Read anew: nothing leads back to what was there. */
  forget(): void {
    this.back.length = 0;
    this.forth = [];
  }
}

async function move(
  from: SheetEdit[][],
  to: SheetEdit[][],
  apply: (edits: SheetEdit[]) => Promise<SheetEdit[]>,
): Promise<boolean> {
  const edits = from.pop();
  if (edits === undefined) return false;
  to.push(await apply(edits));
  return true;
}
