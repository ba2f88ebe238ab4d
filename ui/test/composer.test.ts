import { describe, expect, it } from "vitest";
import { emptyFields, modeOf, problems, splitPrompts } from "../src/lib/composer/check";
import { ShotForm } from "../src/lib/composer/form.svelte";
import { creditsFor } from "../src/lib/price";
import type { ImageView } from "../src/lib/types/ImageView";
import type { TaskFields } from "../src/lib/types/TaskFields";
import { card } from "./deck";

function view(hash: string): ImageView {
  return { image: { kind: "kept", hash, name: hash }, name: hash, width: null, height: null };
}

function shot(part: Partial<TaskFields>, images = 0): TaskFields {
  const kept = Array.from({ length: images }, (_, n) => view(`h${n}`).image);
  return { ...emptyFields(), prompt: "a fox", images: kept, ...part };
}

const keys = (fields: TaskFields) => problems(fields).map((one) => one.key);

describe("what would be refused", () => {
  it.each<[string, TaskFields, string[]]>([
    ["text alone", shot({}), []],
    ["no prompt", shot({ prompt: "  " }), ["check.prompt"]],
    ["a very long prompt", shot({ prompt: "长".repeat(8001) }), ["check.promptLong"]],
    ["one frame", shot({}, 1), []],
    ["two frames", shot({}, 2), []],
    ["three frames", shot({}, 3), ["check.frames"]],
    ["text with an image", shot({ mode: "TEXT_2_VIDEO" }, 1), ["check.textImages"]],
    ["frames without one", shot({ mode: "FIRST_AND_LAST_FRAMES_2_VIDEO" }), ["check.frames"]],
    ["three references", shot({ mode: "REFERENCE_2_VIDEO" }, 3), []],
    ["no reference", shot({ mode: "REFERENCE_2_VIDEO" }), ["check.reference"]],
    [
      "references with Quality",
      shot({ mode: "REFERENCE_2_VIDEO", model: "veo3" }, 1),
      ["check.referenceModel"],
    ],
    ["short references", shot({ mode: "REFERENCE_2_VIDEO", duration: 6 }, 1), ["check.referenceLength"]],
    ["references of 8 s", shot({ mode: "REFERENCE_2_VIDEO", duration: 8 }, 1), []],
    ["a ratio that follows nothing", shot({ aspectRatio: "Auto" }), ["check.autoRatio"]],
    ["the least seed", shot({ seed: 10_000 }), []],
    ["a small seed", shot({ seed: 9999 }), ["check.seed"]],
    ["a big seed", shot({ seed: 100_000 }), ["check.seed"]],
    ["a seed that is no number", shot({ seed: Number("x") }), ["check.seed"]],
  ])("%s", (_, fields, expected) => {
    expect(keys(fields)).toEqual(expected);
  });
});

describe("the form", () => {
  it("takes the mode from the images until one is chosen", () => {
    const form = new ShotForm(null);
    expect(form.mode).toBe("TEXT_2_VIDEO");
    form.addImages([view("a"), view("b")]);
    expect([form.mode, form.request.mode]).toEqual(["FIRST_AND_LAST_FRAMES_2_VIDEO", null]);
    form.addImages([view("c"), view("d")]);
    expect(form.images.map((one) => one.name)).toEqual(["a", "b", "c"]);
    expect(form.mode).toBe("REFERENCE_2_VIDEO");
    form.removeImage(0);
    form.removeImage(0);
    form.removeImage(0);
    expect(modeOf(form.request)).toBe("TEXT_2_VIDEO");
  });

  it("puts images in order", () => {
    const form = new ShotForm(null);
    form.addImages([view("a"), view("b"), view("c")]);
    form.moveImage(2, 0);
    expect(form.request.images.map((one) => one.kind === "kept" && one.hash)).toEqual(["c", "a", "b"]);
    form.moveImage(0, 9);
    expect(form.images[0]?.name).toBe("c");
  });

  it("makes a task of each pasted prompt, with the same parameters, and counts the cost of all", () => {
    const form = new ShotForm(null);
    form.fields.prompt = "one\r\n\r\n two \n \n\nthree\nstill three\n";
    form.fields.model = "veo3_lite";
    expect(form.requests.map((one) => one.prompt)).toEqual(["one", "two", "three\nstill three"]);
    expect(form.requests.every((one) => one.model === "veo3_lite")).toBe(true);
    expect(form.credits).toBe(90);
    form.split = "one";
    expect(form.requests).toHaveLength(1);
  });

  it("knows whether something would be lost", () => {
    const form = new ShotForm(card(1));
    expect(form.dirty).toBe(false);
    form.fields.prompt += "!";
    expect(form.dirty).toBe(true);
  });

  it("never splits a task that is edited", () => {
    const form = new ShotForm(card(1, { fields: { ...emptyFields(), prompt: "a\n\nb" } }));
    expect(form.requests.map((one) => one.prompt)).toEqual(["a\n\nb"]);
  });
});

it("keeps one prompt whole that has single line breaks", () => {
  expect(splitPrompts("a\nb\nc")).toEqual(["a\nb\nc"]);
});

it("knows the documented prices and calls others unknown", () => {
  const fields = (model: string | null, resolution: string | null) => creditsFor({ model, resolution });
  expect(fields(null, null)).toBe(60);
  expect(fields("veo3", "4k")).toBe(370);
  expect(fields("veo3_lite", "1080p")).toBe(35);
  expect(fields("veo4", "720p")).toBeNull();
});
