// The state of a form for a shot: what is written, what would be refused, what it costs. Saving is the shell's.
import type { ImageView } from "../types/ImageView";
import type { TaskCard } from "../types/TaskCard";
import type { TaskFields } from "../types/TaskFields";
import { creditsFor } from "../price";
import { emptyFields, type Mode, modeOf, mostImages, type Place, type Problem, problems } from "./check";
import {
  countOf,
  fill,
  fillOne,
  type GapProblem,
  gapProblem,
  gapsIn,
  type Meeting,
  MOST_TASKS,
  splitText,
  valuesIn,
} from "./prompts";
import type { Split } from "../types/Split";
import type { TemplateBody } from "../types/TemplateBody";

/** No mode takes more. */
export const MOST_IMAGES = 3;

export class ShotForm {
  fields = $state<TaskFields>(emptyFields());
  images = $state.raw<ImageView[]>([]);
  /** How the text becomes tasks. */
  split = $state<Split>("paragraphs");
  /** Braces are text, not gaps. */
  literal = $state(false);
  /** What was written for each gap, one value a line. */
  filled = $state<Record<string, string>>({});
  meeting = $state<Meeting>("rows");
  /** So many tries of each. */
  variants = $state(1);
  /** Saving was tried: from now on everything that is missing is told. */
  tried = $state(false);
  seedText = $state("");
  private readonly initial: string;

  constructor(readonly card: TaskCard | null) {
    if (card !== null) {
      this.fields = { ...card.fields, images: [...card.fields.images] };
      this.images = [...card.images];
      this.seedText = card.fields.seed === null ? "" : String(card.fields.seed);
      this.split = "one";
      this.literal = true;
    }
    this.initial = this.text();
  }

  /** What would be saved. */
  get request(): TaskFields {
    const fields = $state.snapshot(this.fields);
    const seed = this.seedText.trim();
    return {
      ...fields,
      prompt: fields.prompt.trim(),
      images: this.images.map((view) => view.image),
      seed: seed === "" ? null : Number(seed),
      watermark: fields.watermark?.trim() ? fields.watermark.trim() : null,
    };
  }

  get mode(): Mode {
    return modeOf(this.request);
  }

  get dirty(): boolean {
    return this.text() !== this.initial;
  }

  get problems(): Problem[] {
    return problems(this.request);
  }

  /** What is told beside a field: an empty prompt only once saving was tried. */
  problem(place: Place): Problem | undefined {
    return this.problems.find((one) => one.place === place && (this.tried || one.key !== "check.prompt"));
  }

  /** The prompts that the text makes, with their gaps. */
  get prompts(): string[] {
    return splitText(this.fields.prompt, this.card === null ? this.split : "one");
  }

  /** The gaps of all prompts; none where braces are text. */
  get gaps(): string[] {
    return this.literal ? [] : gapsIn(this.fields.prompt);
  }

  get values(): Record<string, string[]> {
    return Object.fromEntries(this.gaps.map((gap) => [gap, valuesIn(this.filled[gap] ?? "")]));
  }

  get gapProblem(): GapProblem | null {
    return gapProblem(this.gaps, this.values, this.meeting);
  }

  /** How many requests there will be, without making them; variants not counted. */
  get rows(): number {
    if (this.card !== null) return 1;
    const values = this.values;
    return this.prompts.reduce((sum, prompt) => sum + countOf(this.gapsOf(prompt), values, this.meeting), 0);
  }

  /** How many tasks. */
  get count(): number {
    return this.rows * this.variants;
  }

  get tooMany(): boolean {
    return this.count > MOST_TASKS;
  }

  /** What is saved: one request, or one for each prompt and each filling of its gaps. */
  get requests(): TaskFields[] {
    const request = this.request;
    if (this.card !== null) return [request];
    const values = this.values;
    const made: TaskFields[] = [];
    for (const prompt of this.prompts) {
      const left = MOST_TASKS - made.length;
      const filled = fill(prompt, this.gapsOf(prompt), values, this.meeting, left);
      for (const text of filled) made.push({ ...request, prompt: text });
    }
    return made;
  }

  /** The prompt of one of them, without making the others. */
  promptAt(row: number): string {
    const values = this.values;
    let before = 0;
    for (const prompt of this.prompts) {
      const gaps = this.gapsOf(prompt);
      const count = countOf(gaps, values, this.meeting);
      if (row < before + count) return fillOne(prompt, gaps, values, this.meeting, row - before);
      before += count;
    }
    return "";
  }

  get credits(): number | null {
    const each = creditsFor(this.fields);
    return each === null ? null : each * this.count;
  }

  /** Nothing but a prompt was written. */
  get isPlain(): boolean {
    const plain = JSON.stringify({ ...emptyFields(), prompt: this.request.prompt });
    return JSON.stringify(this.request) === plain && this.gaps.length === 0 && this.count === 1;
  }

  /** What a template keeps of it. */
  get body(): TemplateBody {
    const written = this.gaps.flatMap((gap): [string, string][] => {
      const values = (this.filled[gap] ?? "").trim();
      return values === "" ? [] : [[gap, values]];
    });
    return {
      fields: { ...this.request, images: [] },
      split: this.split,
      variants: this.variants,
      filled: Object.fromEntries(written),
      allWithAll: this.meeting === "all",
    };
  }

  /** Begins with a template; pictures that are there stay. */
  apply(body: TemplateBody): void {
    this.fields = { ...body.fields, images: [] };
    this.seedText = body.fields.seed === null ? "" : String(body.fields.seed);
    this.split = body.split;
    this.variants = Math.max(1, body.variants);
    this.literal = false;
    // What the template leaves open keeps what was written for it.
    for (const [gap, values] of Object.entries(body.filled)) this.filled[gap] = values ?? "";
    this.meeting = body.allWithAll ? "all" : "rows";
  }

  /** As it is now; returns how to have it so again. */
  remember(): () => void {
    const { body, literal } = this;
    const filled = { ...this.filled };
    return () => {
      this.apply(body);
      this.literal = literal;
      this.filled = filled;
    };
  }

  private gapsOf(prompt: string): string[] {
    return this.literal ? [] : gapsIn(prompt);
  }

  setMode(mode: Mode): void {
    // Left out where the images say it anyway: the request stays what a plain one is.
    this.fields.mode = null;
    if (this.mode !== mode) this.fields.mode = mode;
    if (mode === "REFERENCE_2_VIDEO") this.fields.duration = null;
  }

  addImages(added: ImageView[]): void {
    this.images = [...this.images, ...added].slice(0, MOST_IMAGES);
    // A third image can only be a reference.
    if (this.images.length > mostImages("FIRST_AND_LAST_FRAMES_2_VIDEO") && this.fields.mode === null) {
      this.setMode("REFERENCE_2_VIDEO");
    }
    if (this.fields.mode === "TEXT_2_VIDEO") this.fields.mode = null;
  }

  removeImage(index: number): void {
    this.images = this.images.filter((_, at) => at !== index);
    if (this.images.length === 0) this.fields.mode = null;
  }

  moveImage(from: number, to: number): void {
    if (to < 0 || to >= this.images.length || from === to) return;
    const images = [...this.images];
    const [moved] = images.splice(from, 1);
    if (moved !== undefined) images.splice(to, 0, moved);
    this.images = images;
  }

  private text(): string {
    return JSON.stringify(this.request);
  }
}
