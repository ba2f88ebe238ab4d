// What is known of a lost answer, as Rust would tell it.
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
