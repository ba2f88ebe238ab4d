// Poster frames: made once of a saved clip that is in view, by drawing one frame of it, one clip at a time. A clip
// that cannot be drawn (a missing codec) is not tried again in this session; the card does without.

const WIDEST = 640;
const QUALITY = 0.8;
/** Where in the clip (s): past a fade-in. */
const AT = 1;
const PATIENCE_MS = 20_000;

export class PosterMaker {
  private waiting: string[] = [];
  private tried = new Set<string>();
  private busy = false;
  private held = false;

  constructor(
    private readonly keep: (id: string, jpegBase64: string) => Promise<void>,
    private readonly source: (id: string) => string,
    private readonly draw: (url: string) => Promise<string> = drawFrame,
  ) {}

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
    const id = this.waiting.shift();
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
    const sought = heard(video, "seeked");
    video.currentTime = Math.min(AT, length / 2);
    await sought;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const data = canvas.toDataURL("image/jpeg", QUALITY);
    return data.slice(data.indexOf(",") + 1);
  } finally {
    video.removeAttribute("src");
    video.load();
    video.remove();
  }
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
