//! From a link of the service to a file in the folder. Here everything is bought already.

use super::STAYS;
use crate::trouble::row::{Pair, rows};

const TITLE: Pair = ["Not saved", "未保存"];
const BOUGHT: Pair = [
    "It is bought. Saving again costs nothing.",
    "视频已购买，再次保存不会扣费。",
];
const IN_A_WHILE: Pair = ["Save again in a while.", "过一会儿再次保存。"];

rows! {
    LINK_EXPIRED = stays "link-expired" [
        TITLE,
        [
            "The download link no longer works, and the service gave no fresh one.",
            "下载链接已失效，服务也没有给出新的链接。",
        ],
        BOUGHT,
        ["Save again, or download it at kie.ai/logs.", "再次保存，或到 kie.ai/logs 下载。"],
        STAYS,
    ];
    NETWORK = stays "download-broken-off" [
        TITLE,
        ["The download broke off ({detail}).", "下载中断（{detail}）。"],
        BOUGHT,
        ["Check the network, then save again.", "检查网络后再次保存。"],
        STAYS,
    ];
    NOT_A_VIDEO = stays "not-a-video" [
        TITLE,
        ["The link gave something that is not a video ({found}).", "链接返回的不是视频（{found}）。"],
        BOUGHT, IN_A_WHILE, STAYS,
    ];
    BROKEN = stays "file-broken" [
        TITLE,
        ["The file arrived broken: {what}", "收到的文件不完整：{what}"],
        BOUGHT, IN_A_WHILE, STAYS,
    ];
    DISK_FULL = stays "disk-full" [
        TITLE,
        ["The disk is full.", "磁盘空间不足。"],
        BOUGHT,
        ["Make room, then save again.", "腾出空间后再次保存。"],
        STAYS,
    ];
    DISK_SHORT = stays "disk-short" [
        TITLE,
        ["The disk is full: {missing} more are needed.", "磁盘空间不足，还差 {missing}。"],
        BOUGHT,
        ["Make room, then save again.", "腾出空间后再次保存。"],
        STAYS,
    ];
    FOLDER_MISSING = stays "folder-missing" [
        TITLE,
        ["The folder {path} is not there.", "找不到保存文件夹 {path}。"],
        BOUGHT,
        [
            "Plug the drive in or choose another folder, then save again.",
            "接上磁盘或另选文件夹，然后再次保存。",
        ],
        STAYS,
    ];
    FOLDER_READ_ONLY = stays "folder-read-only" [
        TITLE,
        ["The folder {path} cannot be written to.", "保存文件夹 {path} 不可写。"],
        BOUGHT,
        ["Choose another folder, then save again.", "另选文件夹，然后再次保存。"],
        STAYS,
    ];
    NO_FOLDER = stays "no-folder" [
        TITLE,
        ["No save folder is chosen for this batch.", "这个批次还没有选择保存文件夹。"],
        BOUGHT,
        ["Choose a folder, then save again.", "选择文件夹，然后再次保存。"],
        STAYS,
    ];
    FORBIDDEN = stays "link-forbidden" [
        TITLE,
        ["The link leads where the app does not go ({detail}).", "链接指向不允许访问的地址（{detail}）。"],
        BOUGHT,
        [
            "Save again; if it stays so, download it at kie.ai/logs.",
            "再次保存；仍不行就到 kie.ai/logs 下载。",
        ],
        STAYS,
    ];
    TOO_LARGE = stays "file-too-large" [
        TITLE,
        ["The file is larger than any clip ({size}).", "文件大得不正常（{size}）。"],
        BOUGHT,
        ["Look at it at kie.ai/logs.", "到 kie.ai/logs 查看。"],
        STAYS,
    ];
    DISK = stays "file-unwritable" [
        TITLE,
        ["The file could not be written ({detail}).", "文件写入失败（{detail}）。"],
        BOUGHT,
        ["Check the disk, then save again.", "检查磁盘后再次保存。"],
        STAYS,
    ];
}
