// The rules of a request, told while the form is filled in. The engine checks again and has the last word; this only
// spares a person the way there.
import type { TaskFields } from "../types/TaskFields";

export const MODES = ["TEXT_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO", "REFERENCE_2_VIDEO"] as const;
export type Mode = (typeof MODES)[number];

/** Where a problem is shown. */
export type Place = "prompt" | "images" | "model" | "ratio" | "duration" | "seed";
export type ProblemKey =
  | "check.prompt"
  | "check.promptLong"
  | "check.textImages"
  | "check.frames"
  | "check.reference"
  | "check.referenceModel"
  | "check.referenceLength"
  | "check.autoRatio"
  | "check.seed";
export type Problem = { place: Place; key: ProblemKey };

/** The engine's limit, in characters. */
const LONGEST_PROMPT = 8000;

/** The mode as chosen, or as the images make it. */
export function modeOf(fields: Pick<TaskFields, "mode" | "images">): Mode {
  const chosen = MODES.find((mode) => mode === fields.mode);
  return chosen ?? (fields.images.length === 0 ? "TEXT_2_VIDEO" : "FIRST_AND_LAST_FRAMES_2_VIDEO");
}

/** How many images a mode takes at most. */
export function mostImages(mode: Mode): number {
  return mode === "REFERENCE_2_VIDEO" ? 3 : mode === "TEXT_2_VIDEO" ? 0 : 2;
}

/** Everything that would be refused, in the order of the form. */
export function problems(fields: TaskFields): Problem[] {
  const found: Problem[] = [];
  const mode = modeOf(fields);
  const images = fields.images.length;
  const prompt = fields.prompt.trim();
  if (prompt === "") found.push({ place: "prompt", key: "check.prompt" });
  else if ([...prompt].length > LONGEST_PROMPT) found.push({ place: "prompt", key: "check.promptLong" });
  if (mode === "TEXT_2_VIDEO" && images > 0) found.push({ place: "images", key: "check.textImages" });
  if (mode === "FIRST_AND_LAST_FRAMES_2_VIDEO" && (images < 1 || images > 2)) {
    found.push({ place: "images", key: "check.frames" });
  }
  if (mode === "REFERENCE_2_VIDEO") {
    if (images < 1 || images > 3) found.push({ place: "images", key: "check.reference" });
    if (fields.model === "veo3") found.push({ place: "model", key: "check.referenceModel" });
    if ((fields.duration ?? 8) !== 8) found.push({ place: "duration", key: "check.referenceLength" });
  }
  if (mode === "TEXT_2_VIDEO" && images === 0 && fields.aspectRatio === "Auto") {
    found.push({ place: "ratio", key: "check.autoRatio" });
  }
  const seed = fields.seed;
  if (seed !== null && !(Number.isInteger(seed) && seed >= 10_000 && seed <= 99_999)) {
    found.push({ place: "seed", key: "check.seed" });
  }
  return found;
}

/** Prompts with blank lines between them, as pasted from a document; one where there is none. */
export function splitPrompts(text: string): string[] {
  return text
    .split(/\r?\n[^\S\n]*(?:\r?\n[^\S\n]*)+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** An empty request: everything the service's default. */
export function emptyFields(): TaskFields {
  return {
    prompt: "",
    images: [],
    model: null,
    aspectRatio: null,
    resolution: null,
    duration: null,
    mode: null,
    seed: null,
    watermark: null,
    enableTranslation: null,
  };
}
