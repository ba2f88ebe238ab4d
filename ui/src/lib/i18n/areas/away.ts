// Watching, and being away: how it goes, when it is done, what is told on leaving and on coming back.
import { area } from "../area";

export const away = area(
  {
    "mood.quiet": "Nothing running",
    "mood.going": "Going",
    "mood.paused": "Paused by you",
    "mood.network": "Waiting for the network",
    "mood.needsYou": "Needs you",
    "network.away":
      "The service cannot be reached. Nothing is bought meanwhile; what was bought is kept there. All of it goes on by itself once there is a way.",
    "network.settings": "Proxy…",
    "foot.spent": "Spent today",
    "foot.spentAtLeast": "at least {credits}",
    "foot.spentWhat":
      "By the price list. Shots that the service took and could not make are not in it: their credits usually come back. A limit counts them all the same.",
    "foot.unpriced": {
      one: "The price of {n} purchase is not known.",
      other: "The prices of {n} purchases are not known.",
    },
    "foot.showNeedsYou": "Show what needs you",

    "card.usual": "usually {from} to {to}",
    "card.usualAbout": "usually about {from}",
    "card.late": "past the usual {to}",

    "end.soon": "done within ten minutes",
    "end.at": "done about {time}",

    "leaving.title": "Close while something runs?",
    "leaving.made": {
      one: "{n} is being made at the service and will be fetched at the next start.",
      other: "{n} are being made at the service and will be fetched at the next start.",
    },
    "leaving.saving": {
      one: "{n} is being saved; the next start goes on where it stopped.",
      other: "{n} are being saved; the next start goes on where they stopped.",
    },
    "leaving.waiting": {
      one: "{n} has not been ordered and will wait.",
      other: "{n} have not been ordered and will wait.",
    },
    "leaving.over": "Meanwhile everything has come to its end.",
    "leaving.stay": "Stay",
    "leaving.close": "Close",
    "leaving.tray": "Keep going in the tray",

    "run.title": "“{batch}” is done",
    "run.titleHeld": "The first of “{batch}” are done",
    "run.titleLimit": "“{batch}” stopped at its limit",
    "run.saved": "Saved",
    "run.cost": "Cost",
    "run.atLeast": "at least {credits}",
    "run.free": "Nothing, this is the demo",
    "run.took": "Time",
    "run.needs": "Needs you",
    "run.needsText": {
      one: "{n} task did not get to the end by itself. Its card says what happened to the money and what helps.",
      other:
        "{n} tasks did not get to the end by themselves. Each card says what happened to the money and what helps.",
    },
    "run.allText": "Everything got to the end by itself.",
    "run.heldText": {
      one: "{n} shot is held until you start it. It is not bought.",
      other: "{n} shots are held until you start them. Nothing of them is bought.",
    },
    "run.limitText": {
      one: "{n} shot waits and is not bought. The line above the lanes starts it, with another limit if you want.",
      other:
        "{n} shots wait and are not bought. The line above the lanes starts them, with another limit if you want.",
    },
    "run.folder": "Open folder",
    "run.review": "Review",
    "run.show": "Show what needs you",
    "run.close": "To the board",
    "took.minutes": "{m} min",
    "took.hours": "{h} h {m} min",
    "took.short": "under a minute",

    "settings.awake": "Keep the computer awake while something runs",
    "settings.awakeHint":
      "It does not go to sleep by itself until everything is done or paused. The screen may go dark.",
    "help.quit": "Close Shotboard",
  },
  {
    "mood.quiet": "空闲",
    "mood.going": "运行中",
    "mood.paused": "你已暂停",
    "mood.network": "等待网络",
    "mood.needsYou": "需要处理",
    "network.away": "连不上服务。这期间不会购买；已购买的保留在服务端。网络恢复后会自动继续。",
    "network.settings": "代理设置…",
    "foot.spent": "今日花费",
    "foot.spentAtLeast": "至少 {credits}",
    "foot.spentWhat": "按价目表计算。服务接受后没有做成的不算在内，积分通常会退回；花费上限则把它们也计入。",
    "foot.unpriced": "其中 {n} 笔价格未知。",
    "foot.showNeedsYou": "查看需要处理的任务",

    "card.usual": "通常 {from} 到 {to}",
    "card.usualAbout": "通常约 {from}",
    "card.late": "已超过通常的 {to}",

    "end.soon": "十分钟内完成",
    "end.at": "约 {time} 完成",

    "leaving.title": "还有任务在进行，要关闭吗？",
    "leaving.made": "{n} 个正在服务端生成，下次打开时会取回。",
    "leaving.saving": "{n} 个正在保存，下次打开时会接着保存。",
    "leaving.waiting": "{n} 个还没有下单，会留着等待。",
    "leaving.over": "这期间任务都已经结束了。",
    "leaving.stay": "不关闭",
    "leaving.close": "关闭",
    "leaving.tray": "在托盘里继续运行",

    "run.title": "“{batch}”已完成",
    "run.titleHeld": "“{batch}”的试做已完成",
    "run.titleLimit": "“{batch}”已到花费上限",
    "run.saved": "已保存",
    "run.cost": "花费",
    "run.atLeast": "至少 {credits}",
    "run.free": "演示模式，不花钱",
    "run.took": "用时",
    "run.needs": "需要处理",
    "run.needsText": "{n} 个任务没有完成。每张卡片上都写着钱的去向和下一步。",
    "run.allText": "所有任务都顺利完成。",
    "run.heldText": "还有 {n} 个留着等你开始，未产生费用。",
    "run.limitText": "还有 {n} 个在等待，未产生费用。可在看板上方的提示里继续，并调整上限。",
    "run.folder": "打开文件夹",
    "run.review": "去审片",
    "run.show": "查看需要处理的",
    "run.close": "回到看板",
    "took.minutes": "{m} 分钟",
    "took.hours": "{h} 小时 {m} 分钟",
    "took.short": "不到一分钟",

    "settings.awake": "有任务进行时不让电脑睡眠",
    "settings.awakeHint": "任务全部完成或暂停之前，电脑不会自动睡眠；屏幕仍可关闭。",
    "help.quit": "关闭 Shotboard",
  },
);
