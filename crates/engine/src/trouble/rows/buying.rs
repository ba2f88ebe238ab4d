//! From a card to an id of the service, and what becomes of it there.

use super::{NOTHING_BOUGHT, STAYS};
use crate::trouble::row::{Pair, rows};

const CANNOT: Pair = ["Cannot be sent", "无法提交"];
const EDIT: Pair = ["Edit it, then start it again.", "修改后重新开始即可。"];
const REFUSED: Pair = ["Refused", "被拒绝"];
const EDIT_AND_TRY: Pair = ["Edit it and try again.", "修改后再试。"];
const NOT_MADE: Pair = ["Not generated", "生成失败"];
const MODERATED: Pair = ["Not approved", "未通过审核"];
const USUALLY_BACK: Pair = [
    "The service usually gives the credits back. kie.ai/logs shows the charge.",
    "服务通常会退回积分，可在 kie.ai/logs 核对。",
];
const UNKNOWN: Pair = ["Outcome unknown", "结果未知"];
const PERHAPS: Pair = ["It may have been bought.", "可能已经扣费。"];
const LOOK: Pair = [
    "Look at kie.ai/logs. If it is there, attach its task ID; if not, submit it again.",
    "到 kie.ai/logs 核对：有记录就填入任务 ID，没有再重新提交。",
];
const NEVER_BY_ITSELF: Pair = [
    "The app never submits it again by itself; all other tasks go on.",
    "应用绝不会自动重新提交；其他任务照常进行。",
];
/// The balance fell by the price, and nothing else that is known could have moved it.
pub const LIKELY_BOUGHT: Pair = [
    "Likely bought: the balance fell by exactly its price ({before} → {after}).",
    "很可能已买下：余额正好少了它的价格（{before} → {after}）。",
];
/// The balance stayed for the whole settle time.
pub const LIKELY_NOT_BOUGHT: Pair = [
    "Likely not bought: the balance has not moved ({before}).",
    "很可能没有买下：余额一直没有变化（{before}）。",
];
/// The balance does not speak of this purchase alone.
pub const CANNOT_TELL: Pair = [
    "It may have been bought. The balance cannot tell: {why}",
    "可能已经买下，从余额看不出来：{why}",
];
/// The same, where it moved.
pub const CANNOT_TELL_MOVED: Pair = [
    "It may have been bought. The balance ({before} → {after}) cannot tell: {why}",
    "可能已经买下，从余额（{before} → {after}）看不出来：{why}",
];
/// Before the settle time is over.
pub const MOVED_SO_FAR: Pair = [
    "It may have been bought. So far the balance went from {before} to {after}; the app is still watching it.",
    "可能已经买下。余额目前从 {before} 变为 {after}，应用还在继续观察。",
];
/// Before the settle time is over.
pub const STILL_SO_FAR: Pair = [
    "It may have been bought. So far the balance has not moved ({before}); the app is still watching it.",
    "可能已经买下。余额目前没有变化（{before}），应用还在继续观察。",
];
const UNKNOWN_MONEY: &[Pair] = &[
    LIKELY_BOUGHT,
    LIKELY_NOT_BOUGHT,
    CANNOT_TELL,
    CANNOT_TELL_MOVED,
    MOVED_SO_FAR,
    STILL_SO_FAR,
];

const MINOR: Pair = [
    "The picture was refused because it may show a minor.",
    "图片疑似包含未成年人，被拒绝。",
];
const PROMINENT: Pair = [
    "The picture was refused because it shows a well-known person.",
    "图片包含公众人物，被拒绝。",
];
const UNSAFE_IMAGE: Pair = ["The picture was refused by moderation.", "图片未通过内容审核。"];
const UNFETCHED: Pair = ["The service could not fetch the image.", "服务无法读取这张图片。"];
const ENGLISH_ONLY: Pair = [
    "The service takes only English prompts for this request.",
    "该请求只接受英文提示词。",
];
const FLAGGED: Pair = ["The prompt was refused by moderation.", "提示词未通过内容审核。"];
const NO_AUDIO: Pair = [
    "The sound for this prompt could not be made.",
    "无法为这个提示词生成声音。",
];

rows! {
    CANNOT_BE_SENT = stays "cannot-be-sent" [CANNOT, ["{what}", "{what}"], NOTHING_BOUGHT, EDIT, STAYS];
    NO_PROMPT = stays "no-prompt" [CANNOT, ["It has no prompt.", "没有填写提示词。"], NOTHING_BOUGHT, EDIT, STAYS];
    PROMPT_TOO_LONG = stays "prompt-too-long" [
        CANNOT,
        ["The prompt has {length} characters; at most {most} are sent.", "提示词有 {length} 个字符，最多 {most} 个。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    UNKNOWN_VALUE = stays "unknown-value" [
        CANNOT,
        ["The {field} “{value}” is unknown ({why}).", "{field}“{value}”无法识别（{why}）。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    WRONG_LENGTH = stays "wrong-length" [
        CANNOT,
        ["The length is {seconds} s; it can be 4, 6 or 8 s.", "时长是 {seconds} 秒，只能是 4、6 或 8 秒。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    WRONG_SEED = stays "wrong-seed" [
        CANNOT,
        ["The seed is {seed}; it can be 10000 to 99999.", "种子是 {seed}，应在 10000 到 99999 之间。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    TEXT_WITH_IMAGES = stays "text-with-images" [
        CANNOT,
        ["The mode is text to video, which takes no images.", "文生视频模式不能带图片。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    FRAMES_COUNT = stays "frames-count" [
        CANNOT,
        [
            "First and last frame takes 1 or 2 images; there are {images}.",
            "首尾帧模式需要 1 或 2 张图片，现在有 {images} 张。",
        ],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    REFERENCE_COUNT = stays "reference-count" [
        CANNOT,
        ["Reference takes 1 to 3 images; there are {images}.", "参考图模式需要 1 到 3 张图片，现在有 {images} 张。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    REFERENCE_MODEL = stays "reference-model" [
        CANNOT,
        [
            "Reference works with Fast and Lite, not with Quality.",
            "参考图模式只支持 Fast 和 Lite，不支持 Quality。",
        ],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    REFERENCE_LENGTH = stays "reference-length" [
        CANNOT,
        ["Reference makes clips of 8 s only.", "参考图模式只能生成 8 秒的视频。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    REFERENCE_RATIO = stays "reference-ratio" [
        CANNOT,
        ["Reference takes 16:9 or 9:16, not Auto.", "参考图模式的比例只能是 16:9 或 9:16。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    AUTO_WITHOUT_IMAGE = stays "auto-without-image" [
        CANNOT,
        ["The ratio Auto follows an image, and there is none.", "比例“自动”要跟随图片，但没有图片。"],
        NOTHING_BOUGHT, EDIT, STAYS,
    ];
    IMAGE_COPY_GONE = stays "image-copy-gone" [
        CANNOT,
        ["The kept copy of the image “{name}” is gone.", "图片“{name}”的备份副本不见了。"],
        NOTHING_BOUGHT,
        ["Attach the image again, then start the task.", "重新添加这张图片，然后开始任务。"],
        STAYS,
    ];
    IMAGE_REFUSED = stays "image-refused" [
        ["Image refused", "图片被拒"],
        ["The service did not take the image “{name}”.", "服务没有接收图片“{name}”。"],
        NOTHING_BOUGHT,
        ["Use another image, or try again.", "换一张图片，或再试一次。"],
        STAYS,
    ];
    REQUEST_REFUSED = stays "refused" [
        REFUSED,
        ["The service refused this request.", "服务拒绝了这个请求。"],
        NOTHING_BOUGHT, EDIT_AND_TRY, STAYS,
    ];
    REFUSED_MINOR = stays "refused-minor" [REFUSED, MINOR, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_PROMINENT = stays "refused-well-known" [REFUSED, PROMINENT, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_IMAGE = stays "refused-image" [REFUSED, UNSAFE_IMAGE, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_UNFETCHED = stays "refused-image-unread" [REFUSED, UNFETCHED, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_LANGUAGE = stays "refused-language" [REFUSED, ENGLISH_ONLY, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_PROMPT = stays "refused-prompt" [REFUSED, FLAGGED, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    REFUSED_SOUND = stays "refused-sound" [REFUSED, NO_AUDIO, NOTHING_BOUGHT, EDIT_AND_TRY, STAYS];
    NOT_GENERATED = stays "not-generated" [
        NOT_MADE,
        ["The service could not make this video.", "服务没能生成这个视频。"],
        USUALLY_BACK,
        ["Try again; it counts as a new purchase.", "可以再试一次，会重新计费。"],
        STAYS,
    ];
    NOT_MADE_MINOR = stays "not-generated-minor" [MODERATED, MINOR, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_PROMINENT = stays "not-generated-well-known" [MODERATED, PROMINENT, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_IMAGE = stays "not-generated-image" [MODERATED, UNSAFE_IMAGE, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_UNFETCHED = stays "not-generated-image-unread" [NOT_MADE, UNFETCHED, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_LANGUAGE = stays "not-generated-language" [NOT_MADE, ENGLISH_ONLY, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_PROMPT = stays "not-generated-prompt" [MODERATED, FLAGGED, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    NOT_MADE_SOUND = stays "not-generated-sound" [NOT_MADE, NO_AUDIO, USUALLY_BACK, EDIT_AND_TRY, STAYS];
    FORGOTTEN = stays "unknown-to-service" [
        ["Unknown to the service", "服务查无此任务"],
        ["The service no longer knows this task's ID.", "服务端查不到这个任务 ID 了。"],
        [
            "It was accepted, so it may have been paid for. See kie.ai/logs.",
            "任务当时已被接受，可能已经扣费，可在 kie.ai/logs 核对。",
        ],
        [
            "Check again later, or look it up at kie.ai/logs. Trying again buys it anew.",
            "稍后再查，或到 kie.ai/logs 查看。重试会重新购买。",
        ],
        STAYS,
    ];
    REPLY_LOST = stays "reply-lost" [
        UNKNOWN,
        ["The connection broke while submitting.", "提交时连接中断，没有收到答复。"],
        PERHAPS, LOOK, NEVER_BY_ITSELF,
    ] or UNKNOWN_MONEY;
    CLOSED_WHILE_SENDING = stays "closed-while-sending" [
        UNKNOWN,
        [
            "The app was closed between sending the request and hearing the answer.",
            "请求已发出，还没收到答复，应用就退出了。",
        ],
        PERHAPS, LOOK, NEVER_BY_ITSELF,
    ] or UNKNOWN_MONEY;
    TIMED_OUT = goes_on "taking-long" [
        ["Taking long", "耗时过长"],
        ["Not finished after {polls} checks.", "查询了 {polls} 次仍未完成。"],
        ["It is bought; nothing is lost.", "已购买，不会丢失。"],
        ["Nothing needs to be done. You can also check now.", "无需处理，也可以立即查询。"],
        [
            "The app goes on checking now and then, and saves the video when it is done.",
            "应用会继续隔一段时间查询，完成后自动保存。",
        ],
    ];
    STOPPED = stays "stopped-watching" [
        ["Not watched", "已停止跟踪"],
        ["You stopped watching it.", "你停止了对它的跟踪。"],
        ["It is bought; its ID is kept.", "已购买，任务 ID 已保留。"],
        ["Watch it again to get the video.", "重新跟踪即可取回视频。"],
        STAYS,
    ];
    LOST_TRACK = stays "lost-track" [
        UNKNOWN,
        [
            "It may have been bought after the backup of {since}: the library was restored from that backup.",
            "任务库是从 {since} 的备份恢复的，这之后它可能已经购买过。",
        ],
        PERHAPS, LOOK, NEVER_BY_ITSELF,
    ];
    LOST_TRACK_ALL = stays "lost-track-of-all" [
        UNKNOWN,
        [
            "It may have been bought: the library was damaged, and there was no backup.",
            "任务库损坏且没有备份，它可能已经购买过。",
        ],
        PERHAPS, LOOK, NEVER_BY_ITSELF,
    ];
    DISMISSED = stays "given-up" [
        ["Given up", "已放弃"],
        ["You gave it up while its outcome was unknown.", "在结果未知时你放弃了它。"],
        ["It may have been paid for. See kie.ai/logs.", "可能已经扣费，可在 kie.ai/logs 核对。"],
        [
            "If you find its ID, attach it; the video can still be fetched.",
            "找到任务 ID 后填入，仍可取回视频。",
        ],
        STAYS,
    ];
    UNKNOWN_STATE = stays "unknown-state" [
        ["Unknown state", "未知状态"],
        [
            "This task has a state that this version does not know (“{state}”).",
            "当前版本不认识这个任务的状态（“{state}”）。",
        ],
        ["Nothing will be bought with it.", "不会用它产生任何费用。"],
        ["Update Shotboard.", "请升级 Shotboard。"],
        STAYS,
    ];
}
