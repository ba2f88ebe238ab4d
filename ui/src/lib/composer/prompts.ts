// From a written text to the prompts of many tasks: paragraphs or lines, gaps like {product} and what fills them. Pure;
// how many there will be is known before any of them is made, so that a hundred times a hundred is told, not built.
import type { Split } from "../types/Split";
import { splitPrompts } from "./check";

/** More tasks than this are not made in one go. */
export const MOST_TASKS = 1000;
/** More tries of one row than this are not offered. */
export const MOST_VARIANTS = 20;

/** How the values of several gaps meet: the first with the first, or each with each. */
export type Meeting = "rows" | "all";

/** Words in single braces. Braces around anything else, as in JSON, are text. */
const GAP = /\{([\p{L}_][\p{L}\p{N}_ -]{0,39})\}/gu;

/** What a text becomes: the prompts with their gaps. */
export function splitText(text: string, how: Split): string[] {
  if (how === "one") return [text.trim()];
  if (how === "paragraphs") {
    const parts = splitPrompts(text);
    return parts.length > 0 ? parts : [""];
  }
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.length > 0 ? lines : [""];
}

/** The gaps of a text, each once, in their order. */
export function gapsIn(text: string): string[] {
  return [...new Set([...text.matchAll(GAP)].map((found) => (found[1] ?? "").trim()))];
}

/** The values in a field, one a line. */
export function valuesIn(field: string): string[] {
  return field
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Why the gaps cannot be filled. */
export type GapProblem =
  { kind: "empty"; gap: string } | { kind: "uneven"; gap: string; has: number; needs: number };

/** The first reason why the values do not fit together. One value alone is for every row. */
export function gapProblem(
  gaps: string[],
  values: Record<string, string[]>,
  how: Meeting,
): GapProblem | null {
  for (const gap of gaps) if ((values[gap] ?? []).length === 0) return { kind: "empty", gap };
  if (how === "all") return null;
  const needs = rowsOf(gaps, values);
  for (const gap of gaps) {
    const has = (values[gap] ?? []).length;
    if (has !== 1 && has !== needs) return { kind: "uneven", gap, has, needs };
  }
  return null;
}

function rowsOf(gaps: string[], values: Record<string, string[]>): number {
  return Math.max(1, ...gaps.map((gap) => (values[gap] ?? []).length));
}

/** How many prompts one text with these gaps becomes. */
export function countOf(gaps: string[], values: Record<string, string[]>, how: Meeting): number {
  if (how === "rows") return rowsOf(gaps, values);
  return gaps.reduce((product, gap) => product * Math.max(1, (values[gap] ?? []).length), 1);
}

/** A text with its gaps filled, once for each combination. The last gap changes fastest. */
export function fill(
  text: string,
  gaps: string[],
  values: Record<string, string[]>,
  how: Meeting,
  most: number,
): string[] {
  const count = Math.min(most, countOf(gaps, values, how));
  return Array.from({ length: count }, (_, row) => fillOne(text, gaps, values, how, row));
}

/** The same for one of the combinations. */
export function fillOne(
  text: string,
  gaps: string[],
  values: Record<string, string[]>,
  how: Meeting,
  row: number,
): string {
  let rest = row;
  const chosen = new Map<string, string>();
  for (const gap of [...gaps].reverse()) {
    const own = values[gap] ?? [];
    const at = how === "rows" ? (own.length === 1 ? 0 : row) : rest % Math.max(1, own.length);
    if (how === "all") rest = Math.floor(rest / Math.max(1, own.length));
    const value = own[at];
    if (value !== undefined) chosen.set(gap, value);
  }
  // What fills a gap is text: a gap in it is not filled again.
  return text.replace(GAP, (whole, name: string) => chosen.get(name.trim()) ?? whole);
}
