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

export function t<K extends Key>(key: K, ...given: Given<K>): string {
  return say(current, key, ...given);
}
