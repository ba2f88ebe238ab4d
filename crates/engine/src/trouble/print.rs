//! The table as a page for people who help others: `docs/ERRORS.md`. A test keeps the file current.

use std::fmt::Write as _;

use super::row::Row;
use super::rows::parts;

const HEAD: &str = "\
# Every error, in words

<!-- Printed from crates/engine/src/trouble/rows; do not edit. `cargo xtask types` writes it anew. -->

One table, used by the window, the command line and the logs alike. The code is stable: it stands in the log and in a \
copied report. Words in braces are filled in when it happens.

一张表，窗口、命令行和日志都用它。代码保持不变，会出现在日志和复制的报告里。花括号里的内容在发生时填入。
";

/// `docs/ERRORS.md`, whole.
pub fn table_as_markdown() -> String {
    let mut page = HEAD.to_owned();
    for ([en, zh], rows) in parts() {
        let _ = write!(page, "\n## {en} · {zh}\n");
        for row in rows {
            print(&mut page, row);
        }
    }
    page
}

fn print(page: &mut String, row: &Row) {
    let [title, cause, money, next, by_itself] = row.sentences();
    let goes_on = if row.goes_on { "yes" } else { "no" };
    let _ = write!(page, "\n### `{}`\n\n", row.code);
    let _ = writeln!(page, "| | English | 中文 |\n|---|---|---|");
    for (name, [en, zh]) in [("Title", title), ("Cause", cause), ("Money", money)] {
        let _ = writeln!(page, "| {name} | {} | {} |", cell(en), cell(zh));
    }
    for [en, zh] in row.also {
        let _ = writeln!(page, "| Money, where more is known | {} | {} |", cell(en), cell(zh));
    }
    let _ = writeln!(page, "| Next | {} | {} |", cell(next[0]), cell(next[1]));
    let (en, zh) = (cell(by_itself[0]), cell(by_itself[1]));
    let _ = writeln!(page, "| Goes on by itself: {goes_on} | {en} | {zh} |");
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
