// What an act would do, asked for while somebody still types.
import { asShellError } from "./contract";

/** It is asked for when typing rests (ms). */
const REST_MS = 150;

export class Preview<Order, Shown> {
  /** The answer to the last question; null until there is one. */
  shown = $state.raw<Shown | null>(null);
  private asked = 0;

  /** Within a component. `wanted`: null where nothing is to be asked now; `told`: what went wrong, or nothing. */
  constructor(
    wanted: () => Order | null,
    ask: (order: Order) => Promise<Shown>,
    told: (problem: string) => void,
  ) {
    $effect(() => {
      const order = wanted();
      if (order === null) return;
      // An answer that was overtaken by another question is dropped.
      const number = (this.asked += 1);
      const timer = setTimeout(async () => {
        try {
          const answer = await ask(order);
          if (number !== this.asked) return;
          this.shown = answer;
          told("");
        } catch (thrown) {
          if (number === this.asked) told(asShellError(thrown).message);
        }
      }, REST_MS);
      return () => clearTimeout(timer);
    });
  }
}
