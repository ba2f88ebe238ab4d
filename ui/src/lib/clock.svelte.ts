// The time, once a second, only while somebody looks at it.
import { createSubscriber } from "svelte/reactivity";

const tick = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Now (ms since 1970); whoever reads it in an effect or a template reads it again each second. */
export function now(): number {
  tick();
  return Date.now();
}
