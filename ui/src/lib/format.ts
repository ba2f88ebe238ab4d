// Numbers, sizes and times as people read them, in their language. Nothing here knows a task.
import { once } from "./once";

const whole = once((lang) => new Intl.NumberFormat(lang, { maximumFractionDigits: 0 }));
const tenths = once((lang) => new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }));
const dollarsAnd = (digits: number) => (lang: string) =>
  new Intl.NumberFormat(lang, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
const inCents = once(dollarsAnd(2));
const inTenths = once(dollarsAnd(3));
const timeOfDay = once(
  (lang) =>
    new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
);
const hourAndMinute = once(
  (lang) => new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false }),
);
const dayAndTime = once(
  (lang) =>
    new Intl.DateTimeFormat(lang, {
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
    }),
);
// 37 秒前, not 37 秒钟前; in English the short words are cut ones.
const past = once(
  (lang) => new Intl.RelativeTimeFormat(lang, { numeric: "always", style: lang === "en" ? "long" : "short" }),
);

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
  const digits = at > 1 && value < 99.5 ? tenths : whole;
  return `${digits(lang).format(value)} ${units[at]}`;
}

/** `11.2 / 18.4 MB`, or what is known of it. */
export function bytesOf(done: number, total: number | null, lang: string): string {
  if (total === null) return bytes(done, lang);
  const all = bytes(total, lang);
  const part = bytes(done, lang);
  const unit = all.slice(all.lastIndexOf(" "));
  return part.endsWith(unit) ? `${part.slice(0, -unit.length)} / ${all}` : `${part} / ${all}`;
}

/** US dollars; with a third decimal below a cent. */
export function dollars(value: number, lang: string): string {
  return (value < 0.01 ? inTenths : inCents)(lang).format(value);
}

/** A number with the language's separators. */
export function count(value: number, lang: string): string {
  return tenths(lang).format(value);
}

/** A time of day; with the date where it was not today. */
export function when(at: number, now: number, lang: string): string {
  return (isSameDay(at, now) ? timeOfDay : dayAndTime)(lang).format(at);
}

/** A time to the minute; with the date where it is not today. */
export function toTheMinute(at: number, now: number, lang: string): string {
  return (isSameDay(at, now) ? hourAndMinute : dayAndTime)(lang).format(at);
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** How long ago, in words: `4 minutes ago`. */
export function ago(ms: number, lang: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const words = past(lang);
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
