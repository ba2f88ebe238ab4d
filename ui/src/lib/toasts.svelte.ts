// Short messages at the foot of the window: what was done and can be undone, what did not work.
export type Toast = {
  id: number;
  kind: "done" | "problem";
  text: string;
  action: { label: string; run: () => void } | null;
};

/** How long one stays (ms): long enough to read, and to reach for Undo. */
const STAYS = { done: 7000, problem: 14_000 };
const MOST = 4;

export class Toasts {
  list = $state.raw<Toast[]>([]);
  private next = 1;

  /** Returns its id, for whoever takes it away sooner. */
  tell(kind: Toast["kind"], text: string, action: Toast["action"] = null): number {
    const twin = this.list.find((toast) => toast.text === text && toast.action === null && action === null);
    if (twin !== undefined) this.close(twin.id);
    const id = this.next++;
    this.list = [...this.list, { id, kind, text, action }].slice(-MOST);
    setTimeout(() => this.close(id), STAYS[kind]);
    return id;
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
