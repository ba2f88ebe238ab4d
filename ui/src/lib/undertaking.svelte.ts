// Something that takes its time in Rust: how far it is, what came of it, what went wrong. Whoever leaves it stops it.
import { onDestroy } from "svelte";
import { asShellError } from "./contract";

export class Undertaking<Far, Report> {
  busy = $state(false);
  problem = $state("");
  far = $state.raw<Far | null>(null);
  report = $state.raw<Report | null>(null);

  /** Within a component: it ends with it. */
  constructor(readonly stop: () => void) {
    onDestroy(() => {
      if (this.busy) stop();
    });
  }

  /** Does it; its report is what comes back, or nothing where there is none to show. */
  async run(work: (tell: (far: Far) => void) => Promise<Report | null>): Promise<void> {
    this.busy = true;
    this.problem = "";
    this.far = null;
    try {
      this.report = await work((far) => (this.far = far));
    } catch (thrown) {
      this.problem = asShellError(thrown).message;
    } finally {
      this.busy = false;
    }
  }
}
