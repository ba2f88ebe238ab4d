import { describe, expect, it } from "vitest";
import { betterRatio, cropOf, disagrees } from "../src/lib/composer/crop";
import { ShotForm } from "../src/lib/composer/form.svelte";
import {
  countOf,
  fill,
  gapProblem,
  gapsIn,
  MOST_TASKS,
  splitText,
  valuesIn,
} from "../src/lib/composer/prompts";

describe("a written text", () => {
  const text = "one\r\n\r\n two \n \n\nthree\nstill three\n";
  it("becomes one task, one for each paragraph, or one for each line", () => {
    expect(splitText(text, "one")).toEqual([text.trim()]);
    expect(splitText(text, "paragraphs")).toEqual(["one", "two", "three\nstill three"]);
    expect(splitText(text, "lines")).toEqual(["one", "two", "three", "still three"]);
    expect((["one", "paragraphs", "lines"] as const).map((how) => splitText(" \n ", how))).toEqual([
      [""],
      [""],
      [""],
    ]);
  });
});

describe("gaps", () => {
  it("are words in single braces, and JSON has none", () => {
    expect(gapsIn("A {product} in {城市 2}, the {product}")).toEqual(["product", "城市 2"]);
    expect(gapsIn('{"scene": "rain", "n": {"a": 1}} {} {1} { } {a:b}')).toEqual([]);
  });

  it("are filled row by row, one value alone for every row", () => {
    const values = { a: ["1", "2"], b: ["x"] };
    expect(gapProblem(["a", "b"], values, "rows")).toBeNull();
    expect(fill("{a}{b} {c}", ["a", "b"], values, "rows", 9)).toEqual(["1x {c}", "2x {c}"]);
  });

  it("are filled all with all, the last changing fastest", () => {
    const values = { a: ["1", "2"], b: ["x", "y", "z"] };
    expect(fill("{a}{b}", ["a", "b"], values, "all", 99)).toEqual(["1x", "1y", "1z", "2x", "2y", "2z"]);
    expect(fill("{a}{b}", ["a", "b"], values, "all", 4)).toHaveLength(4);
  });

  it("say what is missing and what does not fit", () => {
    expect(gapProblem(["a"], {}, "all")).toEqual({ kind: "empty", gap: "a" });
    expect(gapProblem(["a", "b"], { a: ["1", "2", "3"], b: ["x", "y"] }, "rows")).toEqual({
      kind: "uneven",
      gap: "b",
      has: 2,
      needs: 3,
    });
    expect(gapProblem(["a", "b"], { a: ["1", "2", "3"], b: ["x", "y"] }, "all")).toBeNull();
  });

  it("are not looked for in what fills them, and $ is a sign like any other", () => {
    expect(fill("{a}", ["a", "b"], { a: ["{b} $& $1"], b: ["no"] }, "rows", 9)).toEqual(["{b} $& $1"]);
  });

  it("are counted without being filled", () => {
    const many = Array.from({ length: 1000 }, (_, n) => String(n));
    expect(countOf(["a", "b", "c"], { a: many, b: many, c: many }, "all")).toBe(1e9);
  });

  it("take values one a line", () => {
    expect(valuesIn(" tea \r\n\r\n茶\n")).toEqual(["tea", "茶"]);
  });
});

describe("the form", () => {
  it("makes a task of each filling of each prompt, and counts the tries", () => {
    const form = new ShotForm(null);
    form.fields.prompt = "A {thing} at noon\n\nRain";
    form.filled = { thing: "cup\nhat" };
    form.variants = 3;
    expect(form.requests.map((one) => one.prompt)).toEqual(["A cup at noon", "A hat at noon", "Rain"]);
    expect([form.rows, form.count, form.credits]).toEqual([3, 9, 540]);
    form.literal = true;
    expect(form.requests.map((one) => one.prompt)).toEqual(["A {thing} at noon", "Rain"]);
  });

  it("says too many instead of making them", () => {
    const form = new ShotForm(null);
    const many = Array.from({ length: 900 }, (_, n) => String(n)).join("\n");
    form.fields.prompt = "{a} {b} {c}";
    form.filled = { a: many, b: many, c: many };
    form.meeting = "all";
    expect([form.count, form.tooMany, form.requests.length]).toEqual([729_000_000, true, MOST_TASKS]);
  });

  it("begins with a template and keeps the pictures that are there", () => {
    const form = new ShotForm(null);
    form.fields.prompt = "A {thing}\nA {place}";
    form.fields.model = "veo3_lite";
    form.seedText = "12345";
    form.split = "lines";
    form.variants = 2;
    const other = new ShotForm(null);
    other.addImages([{ image: { kind: "kept", hash: "h", name: "h" }, name: "h", width: 1, height: 1 }]);
    other.apply(form.body);
    expect(other.gaps).toEqual(["thing", "place"]);
    expect([other.request.model, other.request.seed, other.split, other.variants]).toEqual([
      "veo3_lite",
      12345,
      "lines",
      2,
    ]);
    expect(other.request.images).toHaveLength(1);
    expect(form.body.fields.images).toEqual([]);
  });

  it("begins with the values that a template holds, and goes back to what stood there", () => {
    const form = new ShotForm(null);
    form.fields.prompt = "A {thing} in {place}";
    form.filled = { thing: "cup\nhat", gone: "of a prompt before" };
    form.meeting = "all";
    expect(form.body.filled).toEqual({ thing: "cup\nhat" });
    const other = new ShotForm(null);
    other.fields.prompt = "mine";
    other.filled = { thing: "boat", place: "rain" };
    const back = other.remember();
    other.apply(form.body);
    expect([other.filled, other.meeting]).toEqual([{ thing: "cup\nhat", place: "rain" }, "all"]);
    back();
    expect([other.fields.prompt, other.filled, other.meeting]).toEqual([
      "mine",
      { thing: "boat", place: "rain" },
      "rows",
    ]);
  });

  it("shows each of its prompts without making them", () => {
    const form = new ShotForm(null);
    form.fields.prompt = "A {a} {b}\n\nRain\n\nThe {b}";
    form.filled = { a: "1\n2", b: "x\ny" };
    for (const how of ["rows", "all"] as const) {
      form.meeting = how;
      const all = form.requests.map((one) => one.prompt);
      expect(all.map((_, row) => form.promptAt(row))).toEqual(all);
      expect(form.promptAt(all.length)).toBe("");
    }
  });
});

describe("what a ratio leaves of a picture", () => {
  it.each([
    [1920, 1080, "16:9", 1],
    [1000, 1000, "16:9", 9 / 16],
    [1000, 1000, null, 9 / 16],
    [1600, 1200, "16:9", 0.75],
    [1080, 1920, "16:9", 81 / 256],
    [1080, 1920, "9:16", 1],
  ])("%i × %i for %s", (width, height, ratio, kept) => {
    const crop = cropOf({ width, height }, ratio);
    expect(crop?.kept).toBeCloseTo(kept);
    expect((crop?.left ?? 0) * 2 + (crop?.width ?? 0)).toBeCloseTo(1);
    expect((crop?.top ?? 0) * 2 + (crop?.height ?? 0)).toBeCloseTo(1);
  });

  it("is not known of a link, nor where the ratio follows the picture", () => {
    expect(cropOf({ width: null, height: null }, "16:9")).toBeNull();
    expect(cropOf({ width: 10, height: 10 }, "Auto")).toBeNull();
  });

  it("is told where somebody would see it, with the ratio that leaves more", () => {
    expect(disagrees(cropOf({ width: 1920, height: 1088 }, "16:9"))).toBe(false);
    expect(disagrees(cropOf({ width: 1440, height: 1080 }, "16:9"))).toBe(true);
    expect(betterRatio({ width: 1080, height: 1920 }, null)).toBe("9:16");
    expect(betterRatio({ width: 1440, height: 1080 }, "16:9")).toBeNull();
  });
});
