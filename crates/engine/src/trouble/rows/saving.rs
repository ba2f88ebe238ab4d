//! From a link of the service to a file in the folder. Here everything is bought already.

use super::STAYS;
use crate::trouble::row::{Pair, rows};

const TITLE: Pair = ["Not saved", "未保存"];
const BOUGHT: Pair = [
    "It is bought. Saving again costs nothing.",
    "视频已购买，再次保存不会扣费。",
];
const IN_A_WHILE: Pair = ["Save again in a while.", "过一会儿再次保存。"];
const ROOM: [Pair; 2] = [
    [
        "Make room on the disk, or choose another folder.",
        "腾出磁盘空间，或另选文件夹。",
    ],
    [
        "Saving goes on by itself as soon as there is room.",
        "有了空间会自动继续保存。",
    ],
];

rows! {
    LINK_EXPIRED = stays "link-expired" [
        TITLE,
        [
            "The download link no longer works, and the service gave no fresh one.",
            "下载链接已失效，服务也没有给出新的链接。",
        ],
        BOUGHT,
        ["Save again, or download it at kie.ai/logs soon.", "再次保存，或尽快到 kie.ai/logs 下载。"],
        STAYS,
    ];
    LINK_EXPIRED_KEPT = stays "link-expired-kept" [
        TITLE,
        [
            "The download link no longer works, and the service gave no fresh one. It keeps videos until about {day}.",
            "下载链接已失效，服务也没有给出新的链接。视频大约保留到{day}。",
        ],
        BOUGHT,
        ["Save again, or download it at kie.ai/logs soon.", "再次保存，或尽快到 kie.ai/logs 下载。"],
        STAYS,
    ];
    BAD_CERTIFICATE = stays "media-certificate" [
        TITLE,
        [
            "The media host's certificate is not valid ({detail}).",
            "下载服务器的证书无效（{detail}）。",
        ],
        BOUGHT,
        [
            "Check this computer's clock and the proxy, then save again.",
            "检查电脑时间和代理设置，然后再次保存。",
        ],
        STAYS,
    ];
    NETWORK = goes_on "download-broken-off" [
        TITLE,
        ["The download broke off ({detail}).", "下载中断（{detail}）。"],
        BOUGHT,
        ["If it lasts, check the network.", "如果一直不行，请检查网络。"],
        [
            "The download goes on by itself, where it broke off.",
            "应用会自动从中断处继续下载。",
        ],
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
    DISK_FULL = goes_on "disk-full" [
        TITLE,
        ["The disk is full.", "磁盘空间不足。"],
        BOUGHT, ROOM[0], ROOM[1],
    ];
    DISK_SHORT = goes_on "disk-short" [
        TITLE,
        ["The disk is full: {missing} more are needed.", "磁盘空间不足，还差 {missing}。"],
        BOUGHT, ROOM[0], ROOM[1],
    ];
    FOLDER_MISSING = goes_on "folder-missing" [
        TITLE,
        ["The folder {path} is not there.", "找不到保存文件夹 {path}。"],
        BOUGHT,
        ["Bring it back (plug the drive in), or choose another folder.", "恢复文件夹（或接上磁盘），或另选文件夹。"],
        [
            "Saving goes on by itself as soon as the folder is back.",
            "文件夹恢复后会自动继续保存。",
        ],
    ];
    FOLDER_READ_ONLY = goes_on "folder-read-only" [
        TITLE,
        ["The folder {path} cannot be written to.", "保存文件夹 {path} 不可写。"],
        BOUGHT,
        ["Allow writing to it, or choose another folder.", "恢复写入权限，或另选文件夹。"],
        [
            "Saving goes on by itself as soon as the folder can be written to.",
            "文件夹可以写入后会自动继续保存。",
        ],
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
    DISK = goes_on "file-unwritable" [
        TITLE,
        ["The file could not be written ({detail}).", "文件写入失败（{detail}）。"],
        BOUGHT,
        ["If it lasts, check the disk or choose another folder.", "如果一直不行，请检查磁盘或另选文件夹。"],
        ["The app tries again by itself.", "应用会自动再试。"],
    ];
}
