import { describe, expect, it } from "vitest";
import { BulkForm, NONE, OWN } from "../src/lib/composer/bulk.svelte";

describe("a bulk edit", () => {
  it("asks for nothing until something is touched", () => {
    const form = new BulkForm();
    expect([form.isTouched, form.ready, form.edit.touched]).toEqual([false, false, []]);
  });

  it("sends what was touched, and the default where it was chosen", () => {
    const form = new BulkForm();
    form.model = "veo3_lite";
    form.mode = NONE;
    form.duration = "6";
    form.translation = "off";
    form.suffix = ", film grain";
    const { touched, values, suffix } = form.edit;
    expect(touched).toEqual(["model", "mode", "duration", "enableTranslation"]);
    expect([values.model, values.mode, values.duration, values.enableTranslation]).toEqual([
      "veo3_lite",
      null,
      6,
      false,
    ]);
    expect(suffix).toBe(", film grain");
    expect(form.ready).toBe(true);
  });

  it.each(["", "9999", "100000", "012345", "1e4", "12345 6"])("does not take %s for a seed", (text) => {
    const form = new BulkForm();
    form.seed = OWN;
    form.seedText = text;
    expect([form.ready, form.edit.values.seed]).toEqual([false, null]);
  });

  it("takes a seed of one's own and a random one", () => {
    const form = new BulkForm();
    form.seed = OWN;
    form.seedText = " 54321 ";
    expect([form.ready, form.edit.values.seed]).toEqual([true, 54321]);
    form.seed = NONE;
    expect([form.ready, form.edit.values.seed, form.edit.touched]).toEqual([true, null, ["seed"]]);
  });

  it("wants the text of a watermark that is set", () => {
    const form = new BulkForm();
    form.watermark = OWN;
    expect(form.ready).toBe(false);
    form.watermarkText = "©";
    expect([form.ready, form.edit.values.watermark]).toEqual([true, "©"]);
  });
});
