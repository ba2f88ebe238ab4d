//! Seed images, and the posters that the page draws.

use super::{NOT_DONE, NOTHING_BOUGHT};
use crate::trouble::row::{Pair, rows};

const TITLE: Pair = ["Image", "图片"];
const OTHER: Pair = ["Choose another picture.", "请换一张图片。"];

rows! {
    MISSING = stays "picture-missing" [
        TITLE,
        ["{name} is not there any more.", "{name}已经不在原来的位置。"],
        NOTHING_BOUGHT,
        ["Choose the picture again.", "请重新选择图片。"],
        NOT_DONE,
    ];
    NOT_A_FILE = stays "picture-not-a-file" [
        TITLE,
        ["{name} is not a file.", "{name}不是文件。"],
        NOTHING_BOUGHT,
        ["Choose a picture.", "请选择一张图片。"],
        NOT_DONE,
    ];
    NOT_BESIDE = stays "picture-beside-nothing" [
        TITLE,
        [
            "“{name}” is a bare name, and pasted rows have no folder to look in.",
            "“{name}”只有文件名，而粘贴的内容没有所在文件夹可找。",
        ],
        NOTHING_BOUGHT,
        [
            "Write the whole path, or save the rows as a file beside the pictures.",
            "请填写完整路径，或把表格存成文件放在图片旁边。",
        ],
        NOT_DONE,
    ];
    ELSEWHERE = stays "picture-elsewhere" [
        TITLE,
        [
            "“{name}” lies on another computer than the sheet.",
            "“{name}”和表格不在同一台电脑上。",
        ],
        NOTHING_BOUGHT,
        [
            "Copy the picture beside the sheet and name it there.",
            "请把图片复制到表格旁边，再在表格里填写新的位置。",
        ],
        NOT_DONE,
    ];
    UNREADABLE = stays "picture-unreadable" [
        TITLE,
        ["{name} could not be read ({why}).", "无法读取{name}（{why}）。"],
        NOTHING_BOUGHT, OTHER, NOT_DONE,
    ];
    EMPTY = stays "picture-empty" [
        TITLE,
        ["{name} is an empty file.", "{name}是空文件。"],
        NOTHING_BOUGHT, OTHER, NOT_DONE,
    ];
    TOO_LARGE = stays "picture-too-large" [
        TITLE,
        ["{name} has {size} MB; at most 20 MB can be sent.", "{name}大小为 {size} MB，最多支持 20 MB。"],
        NOTHING_BOUGHT,
        ["Save it smaller.", "请压缩后再试。"],
        NOT_DONE,
    ];
    OTHER_KIND = stays "picture-other-kind" [
        TITLE,
        ["{name} has the format {kind}.", "{name}是 {kind} 格式。"],
        NOTHING_BOUGHT,
        ["Save it as JPEG, PNG or WebP.", "请另存为 JPEG、PNG 或 WebP。"],
        NOT_DONE,
    ];
    NOT_A_PICTURE = stays "not-a-picture" [
        TITLE,
        ["{name} is not a picture.", "{name}不是图片。"],
        NOTHING_BOUGHT,
        ["Choose a JPEG, PNG or WebP file.", "请选择 JPEG、PNG 或 WebP 文件。"],
        NOT_DONE,
    ];
    TOO_SMALL = stays "picture-too-small" [
        TITLE,
        ["{name} is too small ({width}×{height}).", "{name}尺寸太小（{width}×{height}）。"],
        NOTHING_BOUGHT,
        ["Choose one of at least 64 pixels a side.", "请选择边长不小于 64 像素的图片。"],
        NOT_DONE,
    ];
    TOO_MANY_PIXELS = stays "picture-too-many-pixels" [
        TITLE,
        ["{name} has too many pixels.", "{name}像素过多。"],
        NOTHING_BOUGHT,
        ["Save it with at most 12,000 pixels a side.", "请缩小到边长不超过 12000 像素。"],
        NOT_DONE,
    ];
    CUT_SHORT = stays "picture-cut-short" [
        TITLE,
        ["{name} is incomplete: the file ends too early.", "{name}不完整，文件提前结束。"],
        NOTHING_BOUGHT,
        ["Copy or download it again.", "请重新复制或下载。"],
        NOT_DONE,
    ];
    DAMAGED = stays "picture-damaged" [
        TITLE,
        ["{name} is damaged and can't be opened.", "{name}已损坏，无法打开。"],
        NOTHING_BOUGHT,
        ["Save or download it again.", "请重新保存或下载。"],
        NOT_DONE,
    ];
    POSTER = stays "poster-unusable" [
        ["Poster", "封面图"],
        ["The poster is not a small JPEG.", "封面图不是小尺寸的 JPEG 图片。"],
        NOTHING_BOUGHT,
        ["Nothing needs to be done; the card shows no picture.", "无需处理，卡片上不显示封面。"],
        NOT_DONE,
    ];
    FOLDER_UNREADABLE = stays "dropped-folder-unreadable" [
        TITLE,
        ["The folder “{name}” cannot be read ({why}).", "无法读取文件夹“{name}”（{why}）。"],
        NOTHING_BOUGHT,
        ["Drop the pictures themselves.", "请直接拖入图片。"],
        NOT_DONE,
    ];
    FOLDER_WITHOUT = stays "dropped-folder-without" [
        TITLE,
        [
            "There are no JPEG, PNG or WebP images in the folder “{name}”.",
            "文件夹“{name}”里没有 JPEG、PNG 或 WebP 图片。",
        ],
        NOTHING_BOUGHT,
        ["Choose another folder.", "请换一个文件夹。"],
        NOT_DONE,
    ];
}
