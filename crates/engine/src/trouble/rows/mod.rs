//! The table itself: every cause that the app can tell of, once, in both languages.
//!
//! To add one, write its row in the file it belongs to; the compiler knows it by its name, and tests hold every row to
//! the same rules. `docs/ERRORS.md` is printed from here.

pub mod account;
pub mod board;
pub mod buying;
pub mod library;
pub mod pictures;
pub mod saving;
pub mod settings;
pub mod sheets;

use super::row::{Pair, Row};

/// The parts of the table, each with its heading.
pub fn parts() -> [(Pair, &'static [&'static Row]); 8] {
    [
        (["Buying a shot", "购买"], buying::ROWS),
        (["The account and the service", "账户与服务"], account::ROWS),
        (["Bringing the video home", "保存视频"], saving::ROWS),
        (["The board", "看板操作"], board::ROWS),
        (["The library", "任务库"], library::ROWS),
        (["Settings and keys", "设置与密钥"], settings::ROWS),
        (["Images", "图片"], pictures::ROWS),
        (["Sheets", "表格"], sheets::ROWS),
    ]
}

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Row> {
    parts().into_iter().flat_map(|(_, rows)| rows.iter().copied())
}

/// The row with a code.
pub fn find(code: &str) -> Option<&'static Row> {
    all().find(|row| row.code == code)
}

const NOTHING_BOUGHT: Pair = ["Nothing was bought.", "没有产生费用。"];
const NOTHING_CHANGED: Pair = [
    "Nothing was bought and nothing was changed.",
    "没有产生费用，也没有改动任何内容。",
];
const STAYS: Pair = ["It stays as it is until you act.", "在你处理之前会保持原样。"];
const NOT_DONE: Pair = ["The app does not try it again by itself.", "应用不会自动重试。"];

#[cfg(test)]
mod tests;
