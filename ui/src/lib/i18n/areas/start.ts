// Before money is spent: what a start would buy, the first few of it, and the rest that is held.
import { area } from "../area";

export const start = area(
  {
    "ahead.atLeast": "at least {credits}; the price of {n} is unknown",
    "ahead.unknown": "unknown",
    "ahead.prices": "Prices as read on {date}; a credit is about {each}.",
    "price.both": "{credits}, about {money}",
    "ahead.how": "Start",
    "ahead.all": "All {n}",
    "ahead.first": { one: "Only the first", other: "The first {n}" },
    "ahead.held": {
      one: "The other one waits until you have seen what came of it and start it.",
      other: "The other {n} wait until you have seen what came of it and start them.",
    },
    "ahead.cannot": {
      one: "{n} cannot be sent as it is and stays in Ready:",
      other: "{n} cannot be sent as they are and stay in Ready:",
    },
    "ahead.again": {
      one: "{n} was bought before, word for word. Starting it buys it again:",
      other: "{n} were bought before, word for word. Starting them buys them again:",
    },
    "ahead.inVain": {
      one: "{n} came to nothing before, exactly as it is now, and may do so again:",
      other: "{n} came to nothing before, exactly as they are now, and may do so again:",
    },
    "ahead.againRow": "{number}: bought as {by}, {time}",
    "ahead.more": "and {n} more",
    "ahead.twins": {
      one: "{n} asks for the same as another one of these, and would buy it twice:",
      other: "{n} ask for the same as another one of these, and would buy it twice:",
    },

    "limit.batch": "Limit for this batch",
    "limit.day": "Limit for today",
    "limit.none": "No limit",
    "limit.spent": "{credits} counted so far, failed shots too",
    "limit.wrong": "Enter an amount of credits, or leave it empty for no limit.",
    "limit.fit": "{fit} of {n} fit the limit. Then it stops, and the rest waits for you.",
    "limit.fitNone": "The limit leaves no room: nothing would be bought.",
    "limit.stopped": {
      one: "“{batch}” stopped at its limit: {spent} of {limit} credits are counted, the next shot does not fit. {n} shot waits and is not bought.",
      other:
        "“{batch}” stopped at its limit: {spent} of {limit} credits are counted, the next shot does not fit. {n} shots wait and are not bought.",
    },
    "limit.goOn": { one: "Start the last one…", other: "Start the other {n}…" },
    "limit.title": "Spending",
    "limit.dayHint": "Counted from midnight, by the price list. Failed shots count as well. Empty: no limit.",
    "limit.pauseAfter": "Pause after failures in a row",
    "limit.pauseAfterHint": "With one and the same cause. 0: never",
    "card.held": "Held",

    "canary.running": "Trial run: {n} still at work, {held} held until you start them.",
    "canary.over": "{worked} of {first} worked. {held} held, nothing of them is bought.",
    "canary.start": "Start the other {n}",
  },
  {
    "ahead.atLeast": "至少 {credits}；{n} 个价格未知",
    "ahead.unknown": "未知",
    "ahead.prices": "价目表读取日期：{date}；1 积分约 {each}。",
    "price.both": "{credits}，约 {money}",
    "ahead.how": "开始",
    "ahead.all": "全部 {n} 个",
    "ahead.first": "先做前 {n} 个",
    "ahead.held": "其余 {n} 个先留着，看过结果后由你开始。",
    "ahead.cannot": "{n} 个目前无法提交，留在“待开始”：",
    "ahead.again": "{n} 个与以前购买过的请求完全相同，开始后会再次购买：",
    "ahead.inVain": "{n} 个以前用完全相同的内容提交过，没有成功，这次可能也一样：",
    "ahead.againRow": "{number}：{time} 已由 {by} 购买",
    "ahead.more": "另有 {n} 个",
    "ahead.twins": "{n} 个与这次的另一个任务完全相同，会重复购买：",

    "limit.batch": "本批次最多花费",
    "limit.day": "今天最多花费",
    "limit.none": "不设上限",
    "limit.spent": "已计入 {credits}（含失败的）",
    "limit.wrong": "请填写积分数额；留空表示不设上限。",
    "limit.fit": "上限内只够 {n} 个中的 {fit} 个，之后会停下，其余等你处理。",
    "limit.fitNone": "上限内的余额不够再做一个，不会购买。",
    "limit.stopped":
      "“{batch}”已停下：花费上限 {limit} 积分，已计入 {spent}，余下的不够再做一个。还有 {n} 个在等待，未产生费用。",
    "limit.goOn": "开始其余 {n} 个…",
    "limit.title": "花费",
    "limit.dayHint": "从零点起按价目表计算，失败的也计入。留空表示不设上限。",
    "limit.pauseAfter": "连续失败多少次后暂停",
    "limit.pauseAfterHint": "指原因相同的连续失败；0 表示不暂停",
    "card.held": "暂留",

    "canary.running": "试做：还有 {n} 个在进行，{held} 个留着等你开始。",
    "canary.over": "试做 {first} 个，成功 {worked} 个。还留着 {held} 个，未产生费用。",
    "canary.start": "开始其余 {n} 个",
  },
);
