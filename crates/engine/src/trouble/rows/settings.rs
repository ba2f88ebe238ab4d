//! Settings and keys.

use super::{NOT_DONE, NOTHING_CHANGED};
use crate::trouble::row::{Pair, rows};

const KEY: Pair = ["Key", "密钥"];
const NO_MONEY: Pair = [
    "Nothing was bought; the library is untouched.",
    "没有产生费用，任务库没有改动。",
];
const DONE_ALREADY: Pair = [
    "The app has done this already and goes on.",
    "应用已经处理完毕，照常运行。",
];

rows! {
    NOT_A_KEY = stays "not-a-key" [
        KEY,
        ["This is not a key.", "这不是密钥。"],
        NOTHING_CHANGED,
        ["Copy it from kie.ai/api-key.", "请从 kie.ai/api-key 复制。"],
        NOT_DONE,
    ];
    KEY_TWICE = stays "key-twice" [
        KEY,
        ["This key is there already, as “{name}”.", "这个密钥已经有了，名称是“{name}”。"],
        NOTHING_CHANGED,
        ["Use that one.", "直接使用即可。"],
        NOT_DONE,
    ];
    KEY_GONE = stays "key-gone" [
        KEY,
        ["This key is not there any more.", "这个密钥已经不在了。"],
        NOTHING_CHANGED,
        ["Add it again.", "请重新添加。"],
        NOT_DONE,
    ];
    NO_KEYCHAIN = stays "no-keychain" [
        ["No keychain", "没有钥匙串"],
        ["{why} So the key cannot be sealed.", "{why}因此密钥无法加密保存。"],
        NOTHING_CHANGED,
        [
            "Choose whether to keep it for this session only or in a file on this computer.",
            "请选择仅本次使用，还是保存在本机文件中。",
        ],
        NOT_DONE,
    ];
    KEY_NOT_SEALED = stays "key-not-sealed" [
        KEY,
        [
            "The key could not be sealed: the system keychain does not give back what it was given.",
            "密钥未能加密保存：系统钥匙串没有原样返回内容。",
        ],
        NOTHING_CHANGED,
        ["Try again; keys that are there already stay as they are.", "请再试一次；已有的密钥保持原样。"],
        NOT_DONE,
    ];
    PROXY_TEXT = stays "proxy-text" [
        ["Proxy", "代理"],
        ["This is not an address of a proxy.", "这不是有效的代理地址。"],
        NOTHING_CHANGED,
        [
            "Write “system”, “none”, or an address such as http://127.0.0.1:7890.",
            "应为 system、none，或类似 http://127.0.0.1:7890 的地址。",
        ],
        NOT_DONE,
    ];
    FILE_DAMAGED = stays "settings-damaged" [
        ["Settings damaged", "设置损坏"],
        ["{path} is damaged.", "{path} 已损坏。"],
        NOTHING_CHANGED,
        [
            "Open the app once; it restores the last good copy.",
            "请打开一次应用，它会恢复最近的完好副本。",
        ],
        NOT_DONE,
    ];
    FOUND_GONE = goes_on "settings-gone-restored" [
        ["Restored", "已恢复"],
        ["The file with your {what} was gone.", "{what}文件不见了。"],
        NO_MONEY,
        ["It was restored from the last good copy.", "已从最近的完好副本恢复。"],
        DONE_ALREADY,
    ];
    FOUND_BROKEN = goes_on "settings-restored" [
        ["Restored", "已恢复"],
        ["The file with your {what} was damaged.", "{what}文件已损坏。"],
        NO_MONEY,
        [
            "It was restored from the last good copy; the damaged one is kept as {aside}.",
            "已从最近的完好副本恢复；损坏的文件保留为 {aside}。",
        ],
        DONE_ALREADY,
    ];
    FOUND_LOST = stays "settings-lost" [
        ["Settings lost", "设置丢失"],
        [
            "The file with your {what} was damaged and there was no good copy.",
            "{what}文件已损坏，也没有完好的副本。",
        ],
        NO_MONEY,
        [
            "Please set them again; the damaged one is kept as {aside}.",
            "请重新设置；损坏的文件保留为 {aside}。",
        ],
        NOT_DONE,
    ];
}
