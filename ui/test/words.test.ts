import { describe, expect, it } from "vitest";
import { type Message, say } from "../src/lib/i18n/catalogue";
import { AREAS } from "../src/lib/i18n/areas";
import { en } from "../src/lib/i18n/en";
import { zh } from "../src/lib/i18n/zh-CN";
import { bytes, bytesOf, dollars, elapsed, lastPart } from "../src/lib/format";
import { linkLeft, tookMs } from "../src/lib/show";
import { card } from "./deck";

const texts = (message: Message) => (typeof message === "string" ? [message] : [message.one, message.other]);
const names = (message: Message) =>
  new Set(texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1])));

describe("the catalogues", () => {
  it("have each key in one area only: else one area's words stand in another's place", () => {
    for (const area of AREAS) {
      expect(en).toMatchObject(area.en);
      expect(zh).toMatchObject(area.zh);
    }
  });

  it("have the same keys", () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  it("want the same names for each key", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      const [english, chinese] = [names(en[key]), names(zh[key])];
      // A count may go unsaid in one language.
      english.delete("n");
      chinese.delete("n");
      expect(chinese, key).toEqual(english);
    }
  });

  it("leave no English sentence in the Chinese one", () => {
    const allowed =
      /shotboard|kie|api|key|logs|veo|fast|quality|lite|csv|tsv|xlsx|jpeg|png|webp|enter|esc|id|ctrl|fcpxml|otio|final cut pro|premiere/gi;
    for (const [key, message] of Object.entries(zh)) {
      const rest = texts(message)
        .join(" ")
        .replace(/\{\w+\}/g, "")
        .replace(allowed, "");
      expect(rest.match(/[a-z]{3,}/gi), key).toBeNull();
    }
  });

  it("count as each language does", () => {
    expect(say("en", "credits", { n: 1 })).toBe("1 credit");
    expect(say("en", "credits", { n: 1140 })).toBe("1,140 credits");
    expect(say("zh-CN", "credits", { n: 1140 })).toBe("1,140 积分");
  });
});

describe("numbers and times", () => {
  it("show elapsed time", () => {
    expect([0, 42_999, 725_000, 3_729_000, -5].map(elapsed)).toEqual([
      "0:00",
      "0:42",
      "12:05",
      "1:02:09",
      "0:00",
    ]);
  });

  it("show money to the cent, and what one credit is", () => {
    expect([0, 0.005, 0.3, 0.325, 2.125, 1234.5].map((value) => dollars(value, "en"))).toEqual([
      "$0.00",
      "$0.005",
      "$0.30",
      "$0.33",
      "$2.13",
      "$1,234.50",
    ]);
    expect(dollars(2.125, "zh-CN")).toBe("US$2.13");
  });

  it("show sizes", () => {
    expect(bytes(0, "en")).toBe("0 B");
    expect(bytes(18_400_000, "en")).toBe("18.4 MB");
    expect(bytes(999_960, "en")).toBe("1 MB");
    expect(bytesOf(11_200_000, 18_400_000, "en")).toBe("11.2 / 18.4 MB");
    expect(bytesOf(900_000, 18_400_000, "en")).toBe("900 kB / 18.4 MB");
    expect(bytesOf(900_000, null, "en")).toBe("900 kB");
  });

  it("name the last part of a path of any system", () => {
    expect(lastPart("/home/mei/视频/雨夜/")).toBe("雨夜");
    expect(lastPart("C:\\Users\\Mei\\Videos")).toBe("Videos");
    expect(lastPart("/")).toBe("/");
  });

  it("tick while a task runs and stand still when it has ended", () => {
    const running = card(1, { startedAt: 1000 });
    expect(tookMs(running, 43_000)).toBe(42_000);
    expect(tookMs({ ...running, finishedAt: 5000 }, 43_000)).toBe(4000);
    expect(tookMs(card(1), 43_000)).toBeNull();
    // A clock set back must not show a negative time.
    expect(tookMs(running, 0)).toBe(0);
  });

  it("count a link's life down, and warn near its end", () => {
    const hour = 3_600_000;
    const at = (left: number) => linkLeft(card(1, { linkUntil: 100 * hour }), 100 * hour - left);
    expect(linkLeft(card(1), 0)).toBeNull();
    expect(at(13.4 * hour)).toEqual({ text: say("en", "link.hours", { n: 13 }), soon: false });
    expect(at(3 * hour)?.soon).toBe(false);
    expect(at(3 * hour - 1)).toEqual({ text: say("en", "link.hours", { n: 2 }), soon: true });
    expect(at(59 * 60_000)).toEqual({ text: say("en", "link.minutes", { n: 59 }), soon: true });
    expect(at(0)).toEqual({ text: say("en", "link.over"), soon: true });
    expect(at(-hour)?.soon).toBe(true);
  });
});
