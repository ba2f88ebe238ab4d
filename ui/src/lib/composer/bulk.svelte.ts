// The state of a bulk edit: what was touched, and what it makes of it for the shell. An untouched field is "" here.
import type { BulkEdit } from "../types/BulkEdit";
import type { BulkField } from "../types/BulkField";
import { emptyFields } from "./check";

/** The service's default, or none: a touched field that is left out of the request. */
export const NONE = "none";
/** A value of the user's own stands in the field beside. */
export const OWN = "own";

export class BulkForm {
  model = $state("");
  mode = $state("");
  aspectRatio = $state("");
  resolution = $state("");
  duration = $state("");
  seed = $state("");
  seedText = $state("");
  watermark = $state("");
  watermarkText = $state("");
  translation = $state("");
  find = $state("");
  replace = $state("");
  prefix = $state("");
  suffix = $state("");

  get touched(): BulkField[] {
    const fields: [BulkField, string][] = [
      ["model", this.model],
      ["mode", this.mode],
      ["aspectRatio", this.aspectRatio],
      ["resolution", this.resolution],
      ["duration", this.duration],
      ["seed", this.seed],
      ["watermark", this.watermark],
      ["enableTranslation", this.translation],
    ];
    return fields.filter(([, value]) => value !== "").map(([field]) => field);
  }

  get isTouched(): boolean {
    return this.touched.length > 0 || this.find !== "" || this.prefix !== "" || this.suffix !== "";
  }

  /** A seed of one's own that the service would not take. */
  get wrongSeed(): boolean {
    return this.seed === OWN && !/^[1-9]\d{4}$/.test(this.seedText.trim());
  }

  get ready(): boolean {
    const noMark = this.watermark === OWN && this.watermarkText.trim() === "";
    return this.isTouched && !this.wrongSeed && !noMark;
  }

  get edit(): BulkEdit {
    const value = (text: string) => (text === "" || text === NONE ? null : text);
    return {
      touched: this.touched,
      values: {
        ...emptyFields(),
        model: value(this.model),
        mode: value(this.mode),
        aspectRatio: value(this.aspectRatio),
        resolution: value(this.resolution),
        duration: value(this.duration) === null ? null : Number(this.duration),
        seed: this.seed === OWN && !this.wrongSeed ? Number(this.seedText.trim()) : null,
        watermark: this.watermark === OWN ? this.watermarkText.trim() || null : null,
        enableTranslation: this.translation === "off" ? false : null,
      },
      find: this.find,
      replace: this.replace,
      // Words of a language with spaces are kept apart from the prompt's.
      prefix: this.prefix.replace(/[a-z\d.,;:!?]$/i, "$& "),
      suffix: this.suffix.replace(/^[a-z\d]/i, " $&"),
    };
  }
}
