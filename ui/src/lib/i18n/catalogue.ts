// What a catalogue is: the same keys in every language, each text with names to be filled in, or forms by count.
import { count } from "../format";
import { once } from "../once";
import type { Lang } from "../types/Lang";
import { en } from "./en";
import { zh } from "./zh-CN";

/** Text, or text for one and for other counts (the count is `n`). */
export type Message = string | { readonly one: string; readonly other: string };
export type Key = keyof typeof en;
export type Catalogue = Readonly<Record<Key, Message>>;

/** The names that a text wants: `Names<"Start {n}">` is `"n"`. */
type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type Names<K extends Key> = (typeof en)[K] extends { one: infer One; other: infer Other }
  ? NamesIn<One> | NamesIn<Other> | "n"
  : NamesIn<(typeof en)[K]>;

/** What has to be given for a key: nothing, or every name it wants. Numbers are written as the language does. */
export type Given<K extends Key> = [Names<K>] extends [never]
  ? []
  : [given: Record<Names<K>, string | number>];

const CATALOGUES: Record<Lang, Catalogue> = { en, "zh-CN": zh };
const plurals = once((lang) => new Intl.PluralRules(lang));

/** A message in a language. */
export function say<K extends Key>(lang: Lang, key: K, ...given: Given<K>): string {
  const values: Record<string, string | number> = given[0] ?? {};
  const message = CATALOGUES[lang][key];
  const text = typeof message === "string" ? message : form(lang, message, values["n"]);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "string" ? value : count(value, lang);
  });
}

function form(lang: Lang, message: { one: string; other: string }, n: string | number | undefined): string {
  // A language without plural still may want another sentence for one, which names the thing.
  if (lang !== "en") return n === 1 ? message.one : message.other;
  return typeof n === "number" && plurals(lang).select(n) === "one" ? message.one : message.other;
}
