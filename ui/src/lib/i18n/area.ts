// An area of the window with its words in both languages: the second one has to have the keys of the first.
import type { Message } from "./catalogue";

export function area<const En extends Record<string, Message>, Zh extends Record<keyof En, Message>>(
  en: En,
  zh: Zh,
): { readonly en: En; readonly zh: Zh } {
  return { en, zh };
}
