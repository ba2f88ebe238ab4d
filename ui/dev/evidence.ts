// What is known of a lost answer, as Rust would tell it.
import type { AdoptionView } from "../src/lib/types/AdoptionView";
import type { AttachView } from "../src/lib/types/AttachView";
import type { EvidenceView } from "../src/lib/types/EvidenceView";
import type { Lang } from "../src/lib/types/Lang";
import type { TaskCard } from "../src/lib/types/TaskCard";

export function evidenceOf(card: TaskCard, lang: Lang, now: number): EvidenceView {
  const en = lang === "en";
  const beside = [
    ["0031", en ? "bought, being made" : "已购买，生成中"],
    ["0033", en ? "not made; its credits may come back" : "未生成，积分可能退回"],
  ] as const;
  return {
    sentAt: card.sentAt ?? now,
    keyName: en ? "Studio" : "工作室",
    price: card.price,
    balanceBefore: 5976,
    balanceAfter: 5916,
    balanceAt: now - 130_000,
    answer: en ? "HTTP 502: Bad gateway" : "HTTP 502：Bad gateway",
    watchedUntil: null,
    beside: beside.map(([number, text]) => ({ id: `task-${Number(number)}`, number, text })),
    besideTotal: 2,
  };
}

export function mismatch(lang: Lang): AttachView {
  const en = lang === "en";
  return {
    attached: false,
    differences: [
      {
        name: en ? "Prompt" : "提示词",
        ours: en ? "A paper boat sails down a rain gutter at night" : "纸船在雨夜的排水沟里漂流",
        theirs: en ? "A lighthouse in fog, slow push in" : "雾中的灯塔，缓慢推近",
      },
      { name: en ? "Ratio" : "比例", ours: "16:9", theirs: "9:16" },
    ],
    unchecked: null,
  };
}

export function adoption(lang: Lang): AdoptionView {
  const en = lang === "en";
  const id = (n: number) => (n * 7919).toString(16).padStart(32, "3f9c81d2a47b4e0c9d15a6be20f7c3e1");
  return {
    found: 8,
    more: 0,
    stopped: false,
    attached: ["0024", "0027", "0031"].map((number, n) => ({ id: number, number, serviceId: id(n + 1) })),
    left: [
      { serviceId: id(11), why: en ? "0012 has this ID already." : "0012 已经使用这个 ID。" },
      { serviceId: id(12), why: en ? "Like 0033, but for: ratio." : "与 0033 相近，但不同：比例。" },
      {
        serviceId: id(13),
        why: en ? "No card with an unknown outcome asked for this." : "没有结果未知的卡片提交过这个请求。",
      },
    ],
    open: 1,
  };
}
