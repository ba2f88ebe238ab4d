// The state of a form for a shot: what is written, what would be refused, what it costs. Saving is the shell's.
import type { ImageView } from "../types/ImageView";
import type { TaskCard } from "../types/TaskCard";
import type { TaskFields } from "../types/TaskFields";
import { creditsFor } from "../price";
import {
  emptyFields,
  type Mode,
  modeOf,
  mostImages,
  type Place,
  type Problem,
  problems,
  splitPrompts,
} from "./check";

/** No mode takes more. */
export const MOST_IMAGES = 3;

export class ShotForm {
  fields = $state<TaskFields>(emptyFields());
  images = $state.raw<ImageView[]>([]);
  /** Kept as one though there are blank lines. */
  whole = $state(false);
  /** Saving was tried: from now on everything that is missing is told. */
  tried = $state(false);
  seedText = $state("");
  private readonly initial: string;

  constructor(readonly card: TaskCard | null) {
    if (card !== null) {
      this.fields = { ...card.fields, images: [...card.fields.images] };
      this.images = [...card.images];
      this.seedText = card.fields.seed === null ? "" : String(card.fields.seed);
      this.whole = true;
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

  /** Prompts that a pasted text would make; one where it is kept whole. */
  get prompts(): string[] {
    return splitPrompts(this.fields.prompt);
  }

  /** What is saved: one request, or one for each prompt. */
  get requests(): TaskFields[] {
    const request = this.request;
    const prompts = this.prompts;
    if (this.card !== null || this.whole || prompts.length < 2) return [request];
    return prompts.map((prompt) => ({ ...request, prompt }));
  }

  get credits(): number | null {
    const each = creditsFor(this.fields);
    return each === null ? null : each * this.requests.length;
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
