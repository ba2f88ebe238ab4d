// The language of the page. Everything shown goes through `t`, so that it turns when the language does.
import type { Lang } from "../types/Lang";
import { type Given, type Key, say } from "./catalogue";

let current = $state<Lang>("en");

export function lang(): Lang {
  return current;
}

/** Speaks this language from now on. */
export function speak(next: Lang): void {
  current = next;
  document.documentElement.lang = next;
}

/** Sentences one after the other; Chinese ones stand without a space between them. */
export function sentences(...said: (string | null | undefined)[]): string {
  return said.filter(Boolean).join(current === "en" ? " " : "");
}

/** Things one after the other within a sentence. */
export function listed(names: readonly string[]): string {
  return names.join(current === "en" ? ", " : "、");
}

export function t<K extends Key>(key: K, ...given: Given<K>): string {
  return say(current, key, ...given);
}
