// Written by `cargo xtask types` from crates/engine/src/price.rs. Do not edit.

/** Credits for one clip, by model and resolution. */
export const CREDITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  veo3: { "720p": 250, "1080p": 255, "4k": 370 },
  veo3_fast: { "720p": 60, "1080p": 65, "4k": 180 },
  veo3_lite: { "720p": 30, "1080p": 35, "4k": 150 },
};

/** US dollars for one credit, about: without the bonus of large top-ups. */
export const DOLLARS = 0.005;
