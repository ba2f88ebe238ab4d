// Believable texts in both languages for the fake board.
import type { Lang } from "../src/lib/types/Lang";
import type { TroubleView } from "../src/lib/types/TroubleView";

export const BATCHES: Record<Lang, string[]> = {
  en: ["Night rain, episode 3", "Spring launch ad", "Geography: rivers"],
  "zh-CN": ["雨夜短剧 第三集", "春季新品广告", "地理课 山脉与河流"],
};

export const PROMPTS: Record<Lang, string[]> = {
  en: [
    "Dolly in on the wonton stall at the alley's mouth, steam rolling under neon, she walks in under an umbrella",
    "Close-up: rain on an old phone, the screen lights with one unread message",
    "Aerial, the city wakes in rain and mist, the first tram crosses the viaduct",
    "Handheld, he runs through the underpass as the lights go out one by one",
    "She turns at the shop door, red tail-lights in the glass. Slow push in; rain, a tram far off.",
    "Top shot, a sea of umbrellas at the crossing, one red one against the stream",
    "Slow motion, a coin falls in a puddle, the reflection breaks",
    "Wide shot of an empty platform, wind moves a newspaper, a train passes without stopping",
  ],
  "zh-CN": [
    "推镜头，巷口的馄饨摊，蒸汽在霓虹灯下翻滚，女主撑伞走入画面，镜头停在她湿透的鞋尖，远处有电车驶过的声音，整体色调偏青，颗粒感明显，节奏缓慢",
    "特写，雨滴落在旧手机屏幕上，屏幕亮起一条未读消息",
    "航拍，城市在雨雾中醒来，第一班电车驶过高架",
    "手持跟拍，他在地下通道里奔跑，灯管一盏盏熄灭",
    "她在便利店门口回头，玻璃上映出红色车灯。镜头缓慢推近，雨声，远处电车。",
    "俯拍，十字路口的伞海，一把红伞逆流而行",
    "慢镜头，硬币落入水洼，倒影碎开",
    "空站台远景，风吹动报纸，列车呼啸而过没有停下",
  ],
};

type Cause = "unconfirmed" | "failed" | "timedOut" | "saveFailed" | "account";

export const TROUBLES: Record<Lang, Record<Cause, TroubleView>> = {
  en: {
    unconfirmed: {
      code: "reply-lost",
      title: "Outcome unknown",
      cause: "The connection broke while submitting.",
      money: "Likely bought: the balance fell by exactly its price (5976 → 5916).",
      next: "Look at kie.ai/logs: if it is there, enter its task ID.",
      byItself: "The app never submits it again by itself; all other tasks go on.",
      goesOn: false,
      service: null,
    },
    failed: {
      code: "refused-prompt",
      title: "Refused",
      cause: "The prompt was refused by moderation; no video was made.",
      money: "Nothing was charged.",
      next: "Edit the prompt and try again.",
      byItself: "It stays as it is until you act.",
      goesOn: false,
      service: "Your prompt was flagged by Website as violating content policies.",
    },
    timedOut: {
      code: "taking-long",
      title: "Taking long",
      cause: "No result after 120 checks.",
      money: "It is paid for; its ID is kept.",
      next: "It is still checked now and then, and saved when it is there.",
      byItself: "The app goes on checking now and then, and saves the video when it is done.",
      goesOn: true,
      service: null,
    },
    saveFailed: {
      code: "disk-full",
      title: "Not saved yet",
      cause: "The disk is full.",
      money: "The video is paid for and waits at the service.",
      next: "Make room, then save it again. That costs nothing.",
      byItself: "It stays as it is until you act.",
      goesOn: false,
      service: null,
    },
    account: {
      code: "out-of-credits",
      title: "Not enough credits",
      cause: "The account has too few credits for the next task.",
      money: "Nothing was bought; 11 tasks stay in the queue.",
      next: "Top up at kie.ai, then go on.",
      byItself: "Nothing more is bought until you go on; what was bought is watched and saved.",
      goesOn: false,
      service: "The current credits are insufficient. Please top up.",
    },
  },
  "zh-CN": {
    unconfirmed: {
      code: "reply-lost",
      title: "结果未知",
      cause: "提交时连接中断。",
      money: "很可能已买下：余额正好少了它的价格（5976 → 5916）。",
      next: "请到 kie.ai/logs 查看：如果有记录，填入它的任务 ID。",
      byItself: "应用绝不会自动重新提交；其他任务照常进行。",
      goesOn: false,
      service: null,
    },
    failed: {
      code: "refused-prompt",
      title: "未通过审核",
      cause: "提示词被内容审核拒绝，没有得到视频。",
      money: "没有扣费。",
      next: "修改提示词后可再试。",
      byItself: "在你处理之前会保持原样。",
      goesOn: false,
      service: "Your prompt was flagged by Website as violating content policies.",
    },
    timedOut: {
      code: "taking-long",
      title: "耗时过长",
      cause: "查询 120 次仍没有结果。",
      money: "已经付费，任务 ID 已保留。",
      next: "仍会不时查询，有结果就保存。",
      byItself: "应用会继续隔一段时间查询，完成后自动保存。",
      goesOn: true,
      service: null,
    },
    saveFailed: {
      code: "disk-full",
      title: "尚未保存",
      cause: "磁盘已满。",
      money: "视频已付费，还在服务端。",
      next: "腾出空间后重新保存，不会再次扣费。",
      byItself: "在你处理之前会保持原样。",
      goesOn: false,
      service: null,
    },
    account: {
      code: "out-of-credits",
      title: "积分不足",
      cause: "账户积分不够提交下一个任务。",
      money: "没有产生购买，11 个任务仍在队列中。",
      next: "到 kie.ai 充值后继续。",
      byItself: "在你点“继续”之前不再购买；已购买的会继续跟踪和保存。",
      goesOn: false,
      service: "The current credits are insufficient. Please top up.",
    },
  },
};
