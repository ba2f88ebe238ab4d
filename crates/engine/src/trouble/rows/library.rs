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
            "This library was made by a newer version of Shotboard.",
            "这个任务库由更新版本的 Shotboard 创建。",
        ],
        NOTHING_CHANGED,
        ["Update the app to open it.", "请升级应用后打开。"],
        NOT_DONE,
    ];
    DAMAGED = stays "library-damaged" [
        ["Library damaged", "任务库损坏"],
        ["The library file is damaged ({detail}).", "任务库文件已损坏（{detail}）。"],
        NOTHING_CHANGED,
        [
            "A backup lies in the folder “backups” beside it.",
            "旁边的“backups”文件夹里有备份。",
        ],
        NOT_DONE,
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
