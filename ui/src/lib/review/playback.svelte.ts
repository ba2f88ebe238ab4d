// One timeline over one clip or several: play, frame by frame, speed, loop. The first clip leads; the others are kept
// in step with it.

/** Speeds, slowest first. */
const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;
/** Further apart than this (s), a clip that follows is set right. */
const APART = 0.08;
/** The length of a frame until it was seen (s): the service makes 24 a second. */
const FRAME = 1 / 24;

type Video = HTMLVideoElement;

/** Whether clips are heard. One switch for every player: who turns the sound off in a meeting means all of it. */
export const sound = $state({ on: true });

export class Playback {
  time = $state(0);
  length = $state(0);
  playing = $state(false);
  speed = $state(1);
  loop = $state(false);
  private videos: Video[] = [];
  private frame = FRAME;
  private shown = -1;

  /** Takes a clip under the timeline; returns how to let it go. */
  attach(video: Video): () => void {
    this.videos.push(video);
    video.playbackRate = this.speed;
    if (video === this.videos[0]) this.begin(video);
    const onMeta = () => video === this.videos[0] && this.begin(video);
    const onTime = () => this.tick(video);
    const onState = () => video === this.videos[0] && (this.playing = !video.paused);
    const onEnd = () => this.end(video);
    video.addEventListener("loadedmetadata", onMeta);
    video.addEventListener("timeupdate", onTime);
    video.addEventListener("seeked", onTime);
    video.addEventListener("play", onState);
    video.addEventListener("pause", onState);
    video.addEventListener("ended", onEnd);
    let watching = 0;
    const onFrame = (_now: number, { mediaTime }: { mediaTime: number }) => {
      this.learn(video, mediaTime);
      watching = video.requestVideoFrameCallback(onFrame);
    };
    const watches = "requestVideoFrameCallback" in video;
    if (watches) watching = video.requestVideoFrameCallback(onFrame);
    return () => {
      if (watches) video.cancelVideoFrameCallback(watching);
      video.removeEventListener("loadedmetadata", onMeta);
      video.removeEventListener("timeupdate", onTime);
      video.removeEventListener("seeked", onTime);
      video.removeEventListener("play", onState);
      video.removeEventListener("pause", onState);
      video.removeEventListener("ended", onEnd);
      video.pause();
      this.videos = this.videos.filter((one) => one !== video);
      const first = this.videos[0];
      if (first !== undefined) this.begin(first);
    };
  }

  play(): void {
    for (const video of this.videos) void video.play().catch(() => {});
  }

  pause(): void {
    for (const video of this.videos) video.pause();
  }

  toggle(): void {
    const first = this.videos[0];
    if (first === undefined) return;
    if (!first.paused) {
      this.pause();
      return;
    }
    if (first.ended) this.seek(0);
    this.play();
  }

  seek(time: number): void {
    const to = Math.max(0, Math.min(this.length, time));
    this.time = to;
    for (const video of this.videos) {
      video.currentTime = Math.min(to, Number.isFinite(video.duration) ? video.duration : to);
    }
  }

  /** So many frames on or back; stops. */
  step(frames: number): void {
    this.pause();
    const now = this.videos[0]?.currentTime ?? this.time;
    // Into the middle of the frame: its edge belongs to either.
    const at = Math.floor(now / this.frame + 1e-3) + frames;
    this.seek((Math.max(0, at) + 0.5) * this.frame);
  }

  faster(by: 1 | -1): void {
    const place = SPEEDS.findIndex((speed) => speed >= this.speed - 1e-6);
    this.setSpeed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, place + by))] ?? 1);
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    for (const video of this.videos) video.playbackRate = speed;
  }

  private begin(video: Video): void {
    this.length = Number.isFinite(video.duration) ? video.duration : 0;
    this.time = video.currentTime;
    this.playing = !video.paused;
    this.frame = FRAME;
    this.shown = -1;
  }

  private tick(video: Video): void {
    if (video !== this.videos[0]) return;
    this.time = video.currentTime;
    for (const other of this.videos.slice(1)) {
      const there = Math.min(video.currentTime, Number.isFinite(other.duration) ? other.duration : 0);
      if (Math.abs(other.currentTime - there) > APART && !other.seeking) other.currentTime = there;
    }
  }

  private end(video: Video): void {
    if (video !== this.videos[0]) return;
    this.playing = false;
    if (!this.loop) return;
    this.seek(0);
    this.play();
  }

  /** The shortest time between two frames that were shown is the length of one. */
  private learn(video: Video, at: number): void {
    if (video !== this.videos[0]) return;
    this.time = video.currentTime;
    const passed = at - this.shown;
    if (this.shown >= 0 && passed > 0.004 && passed < this.frame - 1e-4) this.frame = passed;
    this.shown = at;
  }
}

/** What a key does to what is played; true where it did something. */
export function playbackKey(playback: Playback, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case ",":
      playback.step(-1);
      return true;
    case ".":
      playback.step(1);
      return true;
    case "[":
      playback.faster(-1);
      return true;
    case "]":
      playback.faster(1);
      return true;
    case "r":
    case "R":
      playback.loop = !playback.loop;
      return true;
    case "m":
    case "M":
      sound.on = !sound.on;
      return true;
    case "k":
    case "K":
    case " ":
      playback.toggle();
      return true;
    default:
      return false;
  }
}
