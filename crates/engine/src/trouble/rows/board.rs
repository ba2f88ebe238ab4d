//! What a person asks of the board and the board cannot do.

use super::{NOT_DONE, NOTHING_BOUGHT, NOTHING_CHANGED};
use crate::trouble::row::{Pair, rows};

const NOT_DONE_TITLE: Pair = ["Not done", "未执行"];
const LOOK_AGAIN: Pair = ["Look at it again, then decide.", "请再看一眼后决定。"];

rows! {
    CHANGED = stays "changed" [
        ["Moved on", "状态已变"],
        ["This task has moved on meanwhile.", "这个任务的状态刚刚变了。"],
        NOTHING_CHANGED, LOOK_AGAIN, NOT_DONE,
    ];
    OTHER_COUNT = stays "other-count" [
        ["The list has changed", "列表已变"],
        [
            "{now} instead of {shown} tasks would be bought now. Nothing was started.",
            "现在会购买 {now} 个任务，而不是 {shown} 个。没有开始任何任务。",
        ],
        NOTHING_BOUGHT,
        ["Look at the new count and start again.", "请核对新的数量后重新开始。"],
        NOT_DONE,
    ];
    NOT_FOUND = stays "not-found" [
        ["Not there", "不存在"],
        ["This {what} is not there any more.", "{what}已经不在了。"],
        NOTHING_CHANGED,
        ["The board shows what is there.", "看板上显示的就是现有内容。"],
        NOT_DONE,
    ];
    TASK_CANNOT_START = stays "task-cannot-start" [
        ["Cannot be sent", "无法提交"],
        ["{number}: {what}", "{number}：{what}"],
        NOTHING_BOUGHT,
        ["Edit it, then start it again.", "修改后重新开始即可。"],
        NOT_DONE,
    ];
    NOT_AN_AMOUNT = stays "not-an-amount" [
        NOT_DONE_TITLE,
        ["A limit is an amount of credits from 0 up.", "上限须是不小于 0 的积分数。"],
        NOTHING_CHANGED,
        ["Enter an amount, or leave the field empty for no limit.", "请填写数额；留空表示不设上限。"],
        NOT_DONE,
    ];
    BATCH_NAMELESS = stays "batch-nameless" [
        NOT_DONE_TITLE,
        ["A batch needs a name.", "批次还没有名字。"],
        NOTHING_CHANGED,
        ["Give it one.", "请起个名字。"],
        NOT_DONE,
    ];
    TEMPLATE_NAMELESS = stays "template-nameless" [
        NOT_DONE_TITLE,
        ["A template needs a name.", "模板还没有名字。"],
        NOTHING_CHANGED,
        ["Give it one.", "请起个名字。"],
        NOT_DONE,
    ];
    VIEW_NAMELESS = stays "view-nameless" [
        NOT_DONE_TITLE,
        ["A view needs a name.", "视图还没有名字。"],
        NOTHING_CHANGED,
        ["Give it one.", "请起个名字。"],
        NOT_DONE,
    ];
    NO_TASK_ID = stays "no-task-id" [
        NOT_DONE_TITLE,
        ["This is not a task ID.", "这不是任务 ID。"],
        NOTHING_CHANGED,
        [
            "Copy it from kie.ai/logs: 32 letters and digits.",
            "请从 kie.ai/logs 复制，一般是 32 位字母和数字。",
        ],
        NOT_DONE,
    ];
    TASK_ID_UNKNOWN = stays "task-id-unknown" [
        NOT_DONE_TITLE,
        ["The service knows no task with this ID.", "服务端没有这个 ID 的任务。"],
        NOTHING_CHANGED,
        [
            "Check that all of it was copied, and that it is from this account; records are kept for 14 days.",
            "请确认 ID 复制完整、属于这个账户；记录只保留 14 天。",
        ],
        NOT_DONE,
    ];
    TASK_ID_TAKEN = stays "task-id-taken" [
        NOT_DONE_TITLE,
        ["Another card has this task ID.", "另一张卡片已经有这个任务 ID 了。"],
        NOTHING_CHANGED,
        ["Look for another line at kie.ai/logs.", "请到 kie.ai/logs 查找另一条记录。"],
        NOT_DONE,
    ];
    FILE_STILL_THERE = stays "file-still-there" [
        NOT_DONE_TITLE,
        ["The file is still in its folder.", "文件还在原来的文件夹里。"],
        NOTHING_CHANGED,
        ["There is nothing to save.", "不用再次保存。"],
        NOT_DONE,
    ];
    FILE_GONE = stays "file-gone" [
        ["File gone", "文件不见了"],
        ["The file is not at {path} any more.", "文件已不在 {path}。"],
        ["It is bought. Saving again costs nothing.", "视频已购买，再次保存不会扣费。"],
        ["“Save again” fetches it.", "点“重新保存”可以再次取回。"],
        NOT_DONE,
    ];
    ANOTHER_CLIP = stays "another-clip" [
        ["Another clip", "不是这条片段"],
        ["{name} is another clip: {number}.", "{name} 是另一条片段：{number}。"],
        NOTHING_CHANGED,
        ["Choose the file of this one.", "请选择这一条对应的文件。"],
        NOT_DONE,
    ];
    NOT_THIS_CLIP = stays "not-this-clip" [
        ["Not this clip", "不是这条片段"],
        [
            "{name} is not the saved clip of {number}: it holds something else, and does not say how it was made.",
            "{name} 不是 {number} 保存的片段：内容不同，也没有制作记录。",
        ],
        NOTHING_CHANGED,
        [
            "Choose the file as it was saved; “Save again” fetches it where the link still works.",
            "请选择当时保存的文件；链接仍有效时，也可以点“重新保存”。",
        ],
        NOT_DONE,
    ];
    NOT_A_LINK = stays "not-a-link" [
        NOT_DONE_TITLE,
        ["This is not a web address.", "这不是有效的链接。"],
        NOTHING_CHANGED,
        ["Copy the whole link.", "请复制完整的链接。"],
        NOT_DONE,
    ];
    NOT_OPENED = stays "not-opened" [
        NOT_DONE_TITLE,
        ["The system could not open it ({why}).", "系统无法打开（{why}）。"],
        NOTHING_CHANGED,
        ["Open the folder in your file manager.", "请在文件管理器中打开该文件夹。"],
        NOT_DONE,
    ];
    FOLDER_UNUSABLE = stays "folder-unusable" [
        ["Save folder", "保存文件夹"],
        ["The folder {path} cannot be used ({why}).", "无法使用文件夹 {path}（{why}）。"],
        NOTHING_BOUGHT,
        ["Choose another one for this batch.", "请为这个批次选择其他位置。"],
        NOT_DONE,
    ];
    FOLDER_PATH = stays "folder-path" [
        ["Save folder", "保存文件夹"],
        ["“{path}” is not a full path.", "“{path}”不是完整的路径。"],
        NOTHING_CHANGED,
        ["Choose a folder by its full path.", "请选择完整路径的文件夹。"],
        NOT_DONE,
    ];
    FOLDER_NOT_CHOSEN = stays "folder-not-chosen" [
        ["Save folder", "保存文件夹"],
        ["There is no folder for the videos of “{batch}”.", "“{batch}”还没有视频保存位置。"],
        NOTHING_BOUGHT,
        ["Choose one first.", "请先选择一个文件夹。"],
        NOT_DONE,
    ];
    NO_OUT = stays "no-out" [
        ["Save folder", "保存文件夹"],
        ["There is no folder for the videos.", "没有保存视频的文件夹。"],
        NOTHING_BOUGHT,
        ["Name one with --out.", "请用 --out 指定。"],
        NOT_DONE,
    ];
    NO_ROW_RUNS = stays "no-row-runs" [
        NOT_DONE_TITLE,
        ["No row of the sheet can be run.", "表格里没有可以运行的行。"],
        NOTHING_BOUGHT,
        ["Correct the rows that were told above.", "请改正上面列出的行。"],
        NOT_DONE,
    ];
    NO_SUCH_ROW = stays "no-such-row" [
        NOT_DONE_TITLE,
        ["The sheet has no usable row {number}.", "表格里没有可用的编号 {number}。"],
        NOTHING_BOUGHT,
        ["Check the number.", "请检查编号。"],
        NOT_DONE,
    ];
    NO_SUCH_NUMBER = stays "no-such-number" [
        NOT_DONE_TITLE,
        ["There is no task {number}.", "没有编号为 {number} 的任务。"],
        NOTHING_CHANGED,
        ["See them all with “list”.", "可用 list 查看全部任务。"],
        NOT_DONE,
    ];
    NUMBER_AMBIGUOUS = stays "number-ambiguous" [
        NOT_DONE_TITLE,
        ["{number} stands in several batches ({batches}).", "编号 {number} 在多个批次里都有（{batches}）。"],
        NOTHING_CHANGED,
        ["Name one with --batch.", "请用 --batch 指定。"],
        NOT_DONE,
    ];
    NOT_LIKE_THIS = stays "not-like-this" [
        NOT_DONE_TITLE,
        [
            "Task {number} is “{state}”; there is nothing to do like this.",
            "任务 {number} 当前是“{state}”，不能这样操作。",
        ],
        NOTHING_CHANGED,
        ["See what may be done with it in the window.", "可在窗口中查看它能做什么。"],
        NOT_DONE,
    ];
    MAY_PAY_TWICE = stays "may-pay-twice" [
        ["Outcome unknown", "结果未知"],
        [
            "{number} may have been bought: its answer was lost. Nothing was started.",
            "{number} 可能已经购买：提交后没有收到答复。目前没有开始任何任务。",
        ],
        ["Submitting it again may pay twice.", "重新提交可能会重复扣费。"],
        [
            "Look at kie.ai/logs first; to submit it again all the same, add --may-pay-twice.",
            "请先到 kie.ai/logs 核对；仍要重新提交，请加 --may-pay-twice。",
        ],
        NOT_DONE,
    ];
    NO_RECIPE = stays "no-recipe" [
        ["No recipe in it", "没有配方"],
        [
            "{name} does not say how it was made: it was not saved by this app, or another program took that out.",
            "{name} 里没有记录它是怎么做的：不是由本应用保存的，或者被其他软件去掉了。",
        ],
        NOTHING_CHANGED,
        [
            "Drop the file as this app saved it; converted and trimmed copies mostly lose it.",
            "请拖入本应用保存的原文件；转码或剪辑过的副本通常会丢失这些信息。",
        ],
        NOT_DONE,
    ];
    IMAGES_NOT_KEPT = stays "images-not-kept" [
        ["Images are missing", "缺少图片"],
        [
            "The card of {name} is back without {count} of its images: they are not on this computer.",
            "{name} 的任务已找回，但缺少 {count} 张图片：这台电脑上没有保存它们。",
        ],
        NOTHING_BOUGHT,
        ["Add them to the card before it is started.", "开始之前请先把图片补到任务里。"],
        NOT_DONE,
    ];
}
