import { expect, test } from "vitest";
import { fillEdits, Past, parseBlock, pasteEdits, writeBlock } from "../src/lib/sheet/grid";
import type { SheetEdit } from "../src/lib/types/SheetEdit";

const one = { row: 1, column: 1, toRow: 1, toColumn: 1 };
const places = (row: number) => (row < 4 ? row * 10 : undefined);

test("a block from a spreadsheet is read, quotes and line breaks too", () => {
  expect(parseBlock('a\tb\r\n"two\nlines"\t"say ""hi"""\r\n')).toEqual([
    ["a", "b"],
    ["two\nlines", 'say "hi"'],
  ]);
  expect(parseBlock('"open\tb')).toEqual([['"open', "b"]]);
  expect(parseBlock("a\t\n\tb")).toEqual([
    ["a", ""],
    ["", "b"],
  ]);
  const cells = [
    ["雨夜", "a\tb"],
    ['"', "c\nd"],
  ];
  expect(parseBlock(writeBlock(cells))).toEqual(cells);
});

test("a block lands at the corner, and what has no place is left out", () => {
  const edits = pasteEdits([["a", "b"], ["c", "d"], ["e", "f"], ["g"]], one, places, 2);
  expect(edits).toEqual([
    { row: 10, column: 1, text: "a" },
    { row: 20, column: 1, text: "c" },
    { row: 30, column: 1, text: "e" },
  ]);
  const wide = { row: 2, column: 1, toRow: 1, toColumn: 0 };
  expect(pasteEdits([["x"]], wide, places, 3).map(({ row, column }) => [row, column])).toEqual([
    [10, 0],
    [10, 1],
    [20, 0],
    [20, 1],
  ]);
});

test("filling down takes the first row of the range, or the one above a single row", () => {
  const cell = (row: number, column: number) => `${row}/${column}`;
  const range = { row: 1, column: 0, toRow: 3, toColumn: 0 };
  expect(fillEdits(range, places, cell).map(({ row, text }) => [row, text])).toEqual([
    [20, "1/0"],
    [30, "1/0"],
  ]);
  expect(fillEdits(one, places, cell)).toEqual([{ row: 10, column: 1, text: "0/1" }]);
  expect(fillEdits({ ...one, row: 0, toRow: 0 }, places, () => undefined)).toEqual([]);
});

test("every change leads back and forth again, and a new one forgets what was taken back", async () => {
  const sheet = new Map([["0,0", "a"]]);
  const apply = (edits: SheetEdit[]) => {
    const before = edits.map((edit) => ({ ...edit, text: sheet.get(`${edit.row},${edit.column}`) ?? "" }));
    for (const edit of edits) sheet.set(`${edit.row},${edit.column}`, edit.text);
    return Promise.resolve(before.reverse());
  };
  const past = new Past();
  for (const text of ["b", "c"]) past.changed(await apply([{ row: 0, column: 0, text }]));
  expect(await past.undo(apply)).toBe(true);
  expect(sheet.get("0,0")).toBe("b");
  expect(await past.undo(apply)).toBe(true);
  expect(await past.undo(apply)).toBe(false);
  expect(sheet.get("0,0")).toBe("a");
  expect(await past.redo(apply)).toBe(true);
  expect(sheet.get("0,0")).toBe("b");
  past.changed(await apply([{ row: 0, column: 0, text: "d" }]));
  expect(await past.redo(apply)).toBe(false);
  expect(sheet.get("0,0")).toBe("d");
});
