// Poster frames: made once of a saved clip that is in view, by drawing one frame of it, one clip at a time. A clip
// that cannot be drawn (a missing codec) is not tried again in this session; the card does without.

const WIDEST = 640;
const QUALITY = 0.8;
/** Where in the clip (s): past a fade-in. */
const AT = 1;
/** Where else, as parts of its length, while there is next to nothing to see. */
const ELSE_AT = [0.5, 0.8] as const;
/** How far the pixels of a frame lie apart (0 to 127) for it to show something; black, white and a fade do not. */
const PLAIN = 10;
/** A frame is looked at so small. */
const GLANCE = 32;
const PATIENCE_MS = 20_000;
/** A frame that was sought is drawn when it is there; not every engine says so. */
const FRAME_MS = 250;

export class PosterMaker {
  private waiting: string[] = [];
  private soon: string[] = [];
  private tried = new Set<string>();
  private busy = false;
  private held = false;

  constructor(
    private readonly keep: (id: string, jpegBase64: string) => Promise<void>,
    private readonly source: (id: string) => string,
    private readonly draw: (url: string) => Promise<string> = drawFrame,
  ) {}

  /** Clips that will be in view soon: they wait behind those that are. */
  expect(ids: readonly string[]): void {
    this.soon = ids.filter((id) => !this.tried.has(id));
    void this.next();
  }

  /** A card without a poster came into view. Returns how to take that back. */
  want(id: string): () => void {
    if (!this.tried.has(id) && !this.waiting.includes(id)) {
      this.waiting.push(id);
      void this.next();
    }
    return () => {
      this.waiting = this.waiting.filter((one) => one !== id);
    };
  }

  /** While a clip is watched, none is drawn: each is a decoder of its own. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) void this.next();
  }

  private async next(): Promise<void> {
    if (this.busy || this.held) return;
    let id: string | undefined;
    do id = this.waiting.shift() ?? this.soon.shift();
    while (id !== undefined && this.tried.has(id));
    if (id === undefined) return;
    this.busy = true;
    try {
      await this.keep(id, await this.draw(this.source(id)));
    } catch {
      // A card without a picture is no trouble of anybody's.
    }
    // Kept or not, it is not asked for again: a kept one comes back with its card's next change.
    this.tried.add(id);
    this.busy = false;
    void this.next();
  }
}

/** One frame of a clip as JPEG, base64. */
async function drawFrame(url: string): Promise<string> {
  const video = document.createElement("video");
  video.className = "poster-maker";
  video.crossOrigin = "anonymous";
  video.muted = true;
  video.preload = "auto";
  video.playsInline = true;
  video.tabIndex = -1;
  video.ariaHidden = "true";
  document.body.append(video);
  try {
    const loaded = heard(video, "loadeddata");
    video.src = url;
    await loaded;
    const length = Number.isFinite(video.duration) ? video.duration : 0;
    const places = [Math.min(AT, length / 2), ...ELSE_AT.map((part) => part * length)];
    const data = await telling(places, (place) => frameAt(video, place));
    return data.slice(data.indexOf(",") + 1);
  } finally {
    video.removeAttribute("src");
    video.load();
    video.remove();
  }
}

/** The first frame that shows something; where none does, the one that shows most. */
export async function telling(
  places: readonly number[],
  frame: (place: number) => Promise<{ data: string; shows: number }>,
): Promise<string> {
  let best = { data: "", shows: -1 };
  for (const place of places) {
    const one = await frame(place);
    if (one.shows > best.shows) best = one;
    if (best.shows >= PLAIN) break;
  }
  return best.data;
}

async function frameAt(video: HTMLVideoElement, place: number): Promise<{ data: string; shows: number }> {
  const sought = heard(video, "seeked");
  video.currentTime = place;
  await sought;
  await presented(video);
  const scale = Math.min(1, WIDEST / video.videoWidth);
  const canvas = drawn(video, video.videoWidth * scale, video.videoHeight * scale);
  const small = drawn(canvas, GLANCE, GLANCE).getContext("2d")?.getImageData(0, 0, GLANCE, GLANCE).data;
  return { data: canvas.toDataURL("image/jpeg", QUALITY), shows: small === undefined ? 0 : spread(small) };
}

function drawn(from: CanvasImageSource, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  canvas.getContext("2d")?.drawImage(from, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** How far the brightness of pixels (four bytes each) lies apart: their standard deviation. */
export function spread(pixels: Uint8ClampedArray): number {
  let [sum, squares] = [0, 0];
  const count = pixels.length / 4;
  for (let at = 0; at < pixels.length; at += 4) {
    const light = 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
    sum += light;
    squares += light * light;
  }
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** "Sought" is said before the frame is there to be drawn. */
function presented(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FRAME_MS);
    if (!("requestVideoFrameCallback" in video)) return;
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function heard(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the clip did not answer")), PATIENCE_MS);
    const end = (done: () => void) => () => {
      clearTimeout(timer);
      done();
    };
    video.addEventListener(event, end(resolve), { once: true });
    video.addEventListener(
      "error",
      end(() => reject(new Error("the clip cannot be drawn"))),
      { once: true },
    );
  });
}
