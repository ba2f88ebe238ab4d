// What a clip's ratio leaves of a picture. The service cuts to the middle; the engine sends the picture as it is.
import type { ImageView } from "../types/ImageView";

/** Of the picture, in shares of its sides: what stays, and how much of it all. */
export type Crop = { left: number; top: number; width: number; height: number; kept: number };

/** A difference this small nobody sees. */
const UNSEEN = 0.97;

const RATIOS: Record<string, number> = { "16:9": 16 / 9, "9:16": 9 / 16 };

/** What stays; `null` where it is not known: a link, or a ratio that follows the picture. */
export function cropOf(view: Pick<ImageView, "width" | "height">, ratio: string | null): Crop | null {
  const wanted = RATIOS[ratio ?? "16:9"];
  if (wanted === undefined || !view.width || !view.height) return null;
  const own = view.width / view.height;
  const width = Math.min(1, wanted / own);
  const height = Math.min(1, own / wanted);
  return { left: (1 - width) / 2, top: (1 - height) / 2, width, height, kept: width * height };
}

/** Whether a person should know of it. */
export function disagrees(crop: Crop | null): crop is Crop {
  return crop !== null && crop.kept < UNSEEN;
}

/** The ratio that leaves more of a picture, where it is not the chosen one. */
export function betterRatio(view: Pick<ImageView, "width" | "height">, ratio: string | null): string | null {
  const now = cropOf(view, ratio);
  const other = (ratio ?? "16:9") === "16:9" ? "9:16" : "16:9";
  const then = cropOf(view, other);
  return now !== null && then !== null && then.kept > now.kept ? other : null;
}
