//! What the service says of the account or the key, and when it says nothing.

use super::{NOT_DONE, NOTHING_BOUGHT};
use crate::trouble::row::{Pair, rows};

const STILL_QUEUED: Pair = [
    "Nothing was bought; everything waits in the queue.",
    "没有产生费用，任务都还在队列里。",
];
const PAUSED: Pair = [
    "Nothing more is bought until you go on; what was bought is watched and saved.",
    "在你点“继续”之前不再购买；已购买的会继续跟踪和保存。",
];

rows! {
    NO_KEY = stays "no-key" [
        ["No key", "没有密钥"],
        ["There is no kie.ai key yet.", "还没有可用的 kie.ai 密钥。"],
        NOTHING_BOUGHT,
        [
            "Add one in Settings › Keys, or set KIE_API_KEY.",
            "在“设置 › 密钥”中添加，或设置环境变量 KIE_API_KEY。",
        ],
        PAUSED,
    ];
    KEY_LOCKED = stays "key-locked" [
        ["Key locked", "密钥未解锁"],
        [
            "The key “{name}” is sealed, and the system keychain that opens it is not available.",
            "密钥“{name}”已加密，而能解开它的系统钥匙串目前不可用。",
        ],
        NOTHING_BOUGHT,
        [
            "Unlock the keychain and go on, or enter the key again in Settings › Keys.",
            "请解锁钥匙串后继续，或在“设置 › 密钥”中重新输入密钥。",
        ],
        PAUSED,
    ];
    KEY_ENTER_AGAIN = stays "key-enter-again" [
        ["Key needed again", "需要重新输入密钥"],
        [
            "The key “{name}” can no longer be read from the system keychain, or was kept for one session only.",
            "密钥“{name}”已无法从系统钥匙串读取，或者只保留到上次关闭应用为止。",
        ],
        NOTHING_BOUGHT,
        [
            "Enter it again in Settings › Keys, or set KIE_API_KEY; what was bought with it stays as it is.",
            "请在“设置 › 密钥”中重新输入，或设置环境变量 KIE_API_KEY；用它购买的任务都保持原样。",
        ],
        PAUSED,
    ];
    BAD_KEY = stays "wrong-key" [
        ["Wrong key", "密钥无效"],
        ["The service refuses the key.", "服务不接受这个密钥。"],
        STILL_QUEUED,
        [
            "Check the key: copied whole? Still active at kie.ai/api-key?",
            "请检查密钥是否完整，在 kie.ai/api-key 是否仍然有效。",
        ],
        PAUSED,
    ];
    NO_CREDITS = stays "out-of-credits" [
        ["Out of credits", "积分不足"],
        ["The account has not enough credits.", "账户积分不够。"],
        STILL_QUEUED,
        ["Top up at kie.ai, then go on.", "到 kie.ai 充值后继续。"],
        PAUSED,
    ];
    EDGE = stays "blocked" [
        ["Blocked", "访问被拦截"],
        [
            "The service's gateway turns this computer or key away (403).",
            "服务网关拒绝了这台电脑或这个密钥（403）。",
        ],
        STILL_QUEUED,
        [
            "Check the key's IP allow-list and the proxy or VPN, then go on.",
            "检查密钥的 IP 白名单以及代理或 VPN，然后继续。",
        ],
        PAUSED,
    ];
    FEATURE_OFF = stays "switched-off" [
        ["Switched off", "功能停用"],
        ["The service has switched this feature off for now.", "服务暂时停用了这项功能。"],
        STILL_QUEUED,
        ["Try again later, or choose another model.", "稍后再试，或换一个模型。"],
        PAUSED,
    ];
    DAY_LIMIT = stays "day-limit" [
        ["Today's limit", "今日上限"],
        [
            "The next shot would go beyond today's limit of {limit} credits; {spent} are counted so far.",
            "下一条会超出今天 {limit} 积分的上限，目前已计入 {spent}。",
        ],
        STILL_QUEUED,
        [
            "Raise the limit in Settings, or go on tomorrow.",
            "在“设置”里提高上限，或明天再继续。",
        ],
        PAUSED,
    ];
    LIMIT_UNPRICED = stays "limit-unpriced" [
        ["Price unknown", "价格未知"],
        [
            "A spending limit is set, and the price of {number}, or of something bought earlier, is not known.",
            "已设置花费上限，但 {number} 或之前购买的某条价格未知，无法核算。",
        ],
        STILL_QUEUED,
        [
            "Lift the limit, or choose a model with a known price.",
            "取消上限，或改用价格已知的模型。",
        ],
        PAUSED,
    ];
    REPEATED = stays "repeated-failure" [
        ["The same failure again and again", "连续失败"],
        ["{times} in a row ended the same way: {cause}.", "连续 {times} 条结果相同：{cause}。"],
        [
            "Each card says what happened to its money; everything else waits in the queue.",
            "每张卡片都写明了各自的费用情况；其余任务都还在队列里。",
        ],
        [
            "Look at one of them under “Needs you” before you go on.",
            "先到“需要处理”里看看其中一条，再决定是否继续。",
        ],
        PAUSED,
    ];
    AWAY = goes_on "service-away" [
        ["No answer", "没有应答"],
        ["The service has not answered for a while.", "服务已经有一阵没有应答。"],
        ["Nothing is lost; what was bought is still known.", "任务都在，已购买的不会丢失。"],
        ["Check the network and the proxy.", "请检查网络和代理。"],
        [
            "The app tries again by itself and goes on as soon as the service answers.",
            "应用会自动重试，服务恢复应答后继续。",
        ],
    ];
    UNREACHABLE = stays "service-unreachable" [
        ["No connection", "无法连接"],
        ["The service could not be reached ({detail}).", "连接不上服务（{detail}）。"],
        NOTHING_BOUGHT,
        ["Check the network and the proxy, then try again.", "请检查网络和代理后再试。"],
        NOT_DONE,
    ];
    ODD_ANSWER = stays "unexpected-answer" [
        ["Unexpected answer", "答复异常"],
        ["The service did not answer as expected ({answer}).", "服务的答复不符合预期（{answer}）。"],
        NOTHING_BOUGHT,
        ["Try again in a while.", "过一会儿再试。"],
        NOT_DONE,
    ];
    CANNOT_BE_SET_UP = stays "service-address" [
        ["Connection settings", "连接设置"],
        ["The service cannot be reached as it is set up ({why}).", "服务的连接设置有问题（{why}）。"],
        NOTHING_BOUGHT,
        ["Check the addresses and the proxy.", "请检查服务地址和代理设置。"],
        NOT_DONE,
    ];
    NO_ADDRESS = stays "no-address" [
        ["Not an address", "地址无效"],
        ["{name} holds no address ({why}).", "{name} 不是有效的地址（{why}）。"],
        NOTHING_BOUGHT,
        ["Correct it, then open Shotboard again.", "请改正后重新打开 Shotboard。"],
        NOT_DONE,
    ];
    PROXY = stays "proxy-unusable" [
        ["Proxy", "代理"],
        ["The proxy address cannot be used ({why}).", "代理地址无法使用（{why}）。"],
        NOTHING_BOUGHT,
        ["Correct it in Settings › Proxy.", "请在“设置 › 代理”中改正。"],
        NOT_DONE,
    ];
}
