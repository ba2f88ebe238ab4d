// Cards and a library for tests: answers like Rust does, from an array.
import { emptyFields } from "../src/lib/composer/check";
import type { Lane } from "../src/lib/types/Lane";
import type { LaneCounts } from "../src/lib/types/LaneCounts";
import type { Rows } from "../src/lib/types/Rows";
import type { RowsQuery } from "../src/lib/types/RowsQuery";
import type { TaskCard } from "../src/lib/types/TaskCard";

export function card(n: number, part: Partial<TaskCard> = {}): TaskCard {
  return {
    id: `t${n}`,
    batchId: "b1",
    number: String(n).padStart(4, "0"),
    variantOf: null,
    held: false,
    stopped: false,
    fields: { ...emptyFields(), prompt: `prompt ${n}` },
    images: [],
    state: "draft",
    lane: "ready",
    progress: 0,
    polls: 0,
    maxPolls: 120,
    startedAt: null,
    finishedAt: null,
    sentAt: null,
    usual: null,
    bytesDone: null,
    bytesTotal: null,
    linkUntil: null,
    price: 60,
    trouble: null,
    actions: [],
    fileName: null,
    changedAt: 0,
    poster: null,
    clipMs: null,
    rating: 0,
    rejected: false,
    tags: [],
    demo: false,
    revision: 1,
    ...part,
  };
}

export class Library {
  cards: TaskCard[] = [];
  asked: RowsQuery[] = [];
  /** How often cards have come, gone or moved. */
  moved: LaneCounts = { ready: 0, running: 0, done: 0, needsYou: 0 };

  constructor(count: number) {
    this.cards = Array.from({ length: count }, (_, n) => card(n));
  }

  rows = async (query: RowsQuery): Promise<Rows> => {
    this.asked.push(query);
    const found = this.cards.filter(
      (one) =>
        (query.lane === null || one.lane === query.lane) &&
        (query.batchId === null || one.batchId === query.batchId) &&
        (query.search === "" || one.fields.prompt.includes(query.search)),
    );
    return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
  };

  taskIds = async (query: RowsQuery): Promise<string[]> =>
    this.cards
      .filter((one) => query.lane === null || one.lane === query.lane)
      .map((one) => one.id)
      .slice(query.offset);

  change(id: string, part: Partial<TaskCard>): TaskCard {
    const before = this.cards.find((one) => one.id === id);
    if (before !== undefined && part.state !== undefined) {
      this.moved[before.lane] += 1;
      this.moved[part.lane ?? before.lane] += 1;
    }
    this.cards = this.cards.map((one) =>
      one.id === id ? { ...one, ...part, revision: one.revision + 1 } : one,
    );
    return this.cards.find((one) => one.id === id)!;
  }

  lanes(): Record<Lane, number> {
    const of = (lane: Lane) => this.cards.filter((one) => one.lane === lane).length;
    return { ready: of("ready"), running: of("running"), done: of("done"), needsYou: of("needsYou") };
  }
}
