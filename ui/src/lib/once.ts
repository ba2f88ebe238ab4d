// What is made once for a language and kept.

/** A formatter of the system takes longer to make than the card takes to draw that it writes in. */
export function once<T>(make: (lang: string) => T): (lang: string) => T {
  const made = new Map<string, T>();
  return (lang) => {
    const held = made.get(lang) ?? make(lang);
    made.set(lang, held);
    return held;
  };
}
