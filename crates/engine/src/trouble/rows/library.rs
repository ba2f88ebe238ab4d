//! The library and the data directory.

use super::{NOT_DONE, NOTHING_CHANGED, STAYS};
use crate::trouble::row::{Pair, rows};

const NOTHING_LOST: Pair = [
    "Nothing is bought while this lasts; what was bought is still in the library.",
    "在此期间不会购买；已购买的仍在任务库中。",
];

rows! {
    LOCKED = stays "locked" [
        ["Shotboard is open already", "Shotboard 已经打开"],
        [
            "Shotboard is already open with this library.",
            "Shotboard 已经打开了这个任务库。",
        ],
        NOTHING_CHANGED,
        ["Use that window, or close it first.", "请使用那个窗口，或先关闭它。"],
        NOT_DONE,
    ];
    NEWER = stays "newer-library" [
        ["Made by a newer version", "来自更新的版本"],
        [
            "This library was made by a newer version of Shotboard; here it can only be looked at.",
            "这个任务库由更新版本的 Shotboard 创建，这里只能查看。",
        ],
        NOTHING_CHANGED,
        ["Get the newer version to go on.", "请安装新版本后继续。"],
        NOT_DONE,
    ];
    DAMAGED = stays "library-damaged" [
        ["Library damaged", "任务库损坏"],
        ["The library file is damaged ({detail}).", "任务库文件已损坏（{detail}）。"],
        [
            "Nothing is bought while this lasts; what was bought also stands in the purchase record.",
            "在此期间不会购买；已购买的另有购买记录。",
        ],
        [
            "Close Shotboard and open it again: it sets the damaged file aside and puts the newest good backup in its place.",
            "请关闭 Shotboard 再打开：它会把损坏的文件另存，并用最近的完好备份恢复。",
        ],
        STAYS,
    ];
    RECORD_UNWRITABLE = stays "record-unwritable" [
        ["Purchase record", "购买记录"],
        [
            "The record of purchases beside the library could not be written, so nothing was sent.",
            "无法写入任务库旁边的购买记录，因此没有提交。",
        ],
        [
            "Nothing was bought; everything waits in the queue.",
            "没有产生费用，任务都还在队列里。",
        ],
        [
            "Check the disk with the data folder (space, permissions), then go on.",
            "请检查数据文件夹所在的磁盘（空间、权限），然后继续。",
        ],
        STAYS,
    ];
    UNUSABLE = stays "library-unusable" [
        ["Library", "任务库"],
        ["The library could not be used ({why}).", "任务库暂时无法使用（{why}）。"],
        NOTHING_LOST,
        ["Try again; if it stays so, restart the app.", "请重试，仍不行就重启应用。"],
        NOT_DONE,
    ];
    UNREADABLE = stays "library-unreadable" [
        ["Library", "任务库"],
        ["The library holds something unreadable ({why}).", "任务库里有无法读取的内容（{why}）。"],
        NOTHING_LOST,
        ["Update the app; if it stays so, copy a report.", "请升级应用；仍不行就复制一份报告。"],
        STAYS,
    ];
    FILE = stays "file-or-folder" [
        ["File or folder", "文件或文件夹"],
        ["{path}: {why}.", "{path}：{why}。"],
        NOTHING_CHANGED,
        ["Check the file or folder, then try again.", "请检查该文件或文件夹后再试。"],
        NOT_DONE,
    ];
    NO_DATA_DIR = stays "no-data-folder" [
        ["No place for data", "没有数据位置"],
        ["There is no place for data on this system.", "找不到存放数据的位置。"],
        NOTHING_CHANGED,
        ["Name one with SHOTBOARD_DATA_DIR.", "请用 SHOTBOARD_DATA_DIR 指定。"],
        NOT_DONE,
    ];
    CLOSING = stays "closing" [
        ["Closing", "正在关闭"],
        ["The app is closing.", "应用正在关闭。"],
        ["What was bought is kept and watched when it opens again.", "已购买的都已保存，下次打开时继续跟踪。"],
        ["Open it again.", "请重新打开应用。"],
        NOT_DONE,
    ];
}
