// How often something is read again: soon after it is asked for, and never so often that reading is most of what is
// done. A search over very many tasks takes its time, and a busy queue asks for it several times a second.

/** After a reading that took a moment, nothing is read for as many times that long. */
const REST = 3;

export class Pace {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private reading = false;
  private again = false;
  private notBefore = 0;

  constructor(
    /** The shortest wait (ms). */
    private readonly every: number,
    private readonly read: () => Promise<unknown>,
  ) {}

  /** What is shown may be another by now. */
  ask(): void {
    if (this.reading) this.again = true;
    else this.timer ??= setTimeout(() => void this.go(), Math.max(this.every, this.notBefore - Date.now()));
  }

  private async go(): Promise<void> {
    this.timer = null;
    this.reading = true;
    const began = Date.now();
    try {
      await this.read();
    } finally {
      this.notBefore = Date.now() + REST * (Date.now() - began);
      this.reading = false;
      if (this.again) {
        this.again = false;
        this.ask();
      }
    }
  }
}
