// Numbers, sizes and times as people read them, in their language. Nothing here knows a task.

/** Elapsed time as `0:42`, `12:05`, `1:02:09`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = pad(seconds % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Bytes as `11.2 MB`; powers of 1000, as file managers show them. */
export function bytes(count: number, lang: string): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let value = count;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = at > 1 && value < 99.5 ? 1 : 0;
  const text = new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(value);
  return `${text} ${units[at]}`;
}

/** `11.2 / 18.4 MB`, or what is known of it. */
export function bytesOf(done: number, total: number | null, lang: string): string {
  if (total === null) return bytes(done, lang);
  const whole = bytes(total, lang);
  const part = bytes(done, lang);
  const unit = whole.slice(whole.lastIndexOf(" "));
  return part.endsWith(unit) ? `${part.slice(0, -unit.length)} / ${whole}` : `${part} / ${whole}`;
}

/** A number with the language's separators. */
export function count(value: number, lang: string): string {
  return new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(value);
}

/** A time of day; with the date where it was not today. */
export function when(at: number, now: number, lang: string): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date(now).toDateString();
  const time: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  };
  const day: Intl.DateTimeFormatOptions = {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  };
  return new Intl.DateTimeFormat(lang, today ? time : day).format(date);
}

/** How long ago, in words: `4 minutes ago`. */
export function ago(ms: number, lang: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  // 37 秒前, not 37 秒钟前; in English the short words are cut ones.
  const style = lang === "en" ? "long" : "short";
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "always", style });
  if (seconds < 60) return words.format(-seconds, "second");
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 48 * 3600) return words.format(-Math.floor(seconds / 3600), "hour");
  return words.format(-Math.floor(seconds / 86_400), "day");
}

/** The last part of a path of any system. */
export function lastPart(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== "");
  return parts.at(-1) ?? path;
}
