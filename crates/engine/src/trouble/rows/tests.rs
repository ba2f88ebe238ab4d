//! Every row of the table keeps the same rules, in both languages.

use std::collections::{BTreeSet, HashSet};

use super::*;
use crate::trouble::row::names;

fn chinese(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// The text with every name in braces taken for one mark that is neither Latin nor Chinese.
fn without_names(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        left.push_str(before);
        left.push('\u{1}');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    left + rest
}

fn each(mut look: impl FnMut(&Row, &str, Pair)) {
    for row in all() {
        let [title, cause, money, next, by_itself] = row.sentences();
        look(row, "title", title);
        for (part, pair) in [
            ("cause", cause),
            ("money", money),
            ("next", next),
            ("by itself", by_itself),
        ] {
            look(row, part, pair);
        }
        for pair in row.also {
            look(row, "money", *pair);
        }
    }
}

#[test]
fn codes_are_stable_words_and_none_stands_twice() {
    let mut seen = HashSet::new();
    for row in all() {
        let fine = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(row.code.split('-').all(fine), "{}", row.code);
        assert!(seen.insert(row.code), "{} stands twice", row.code);
        assert!(std::ptr::eq(find(row.code).unwrap(), row));
    }
    assert!(seen.len() > 90, "{}", seen.len());
}

#[test]
fn nothing_is_empty_and_both_languages_name_the_same() {
    each(|row, part, [en, zh]| {
        let at = format!("{} {part}", row.code);
        assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{at}");
        let (of_en, of_zh): (BTreeSet<_>, BTreeSet<_>) = (names(en).collect(), names(zh).collect());
        assert_eq!(of_en, of_zh, "{at}");
        assert_eq!(en.matches('{').count(), en.matches('}').count(), "{at}");
        assert!(!en.contains(chinese), "{at}: {en}");
        let only_names = without_names(zh).trim_matches(['\u{1}', '：', '。']).is_empty();
        assert!(only_names || zh.contains(chinese), "{at}: {zh}");
        for text in [en, zh] {
            assert!(!text.contains("  ") && text.trim() == text, "{at}: {text}");
        }
    });
}

#[test]
fn sentences_end_as_sentences_and_titles_do_not() {
    each(|row, part, [en, zh]| {
        let at = format!("{} {part}", row.code);
        if part == "title" {
            assert!(!en.ends_with('.') && !zh.ends_with('。'), "{at}");
            assert!(en.chars().count() <= 32, "{at} is too long for a card: {en}");
            return;
        }
        // What is filled in at an end is a sentence of its own.
        assert!(en.ends_with(['.', '?', '}']), "{at}: {en}");
        assert!(zh.ends_with(['。', '？', '}']), "{at}: {zh}");
        let first = without_names(en).chars().next().unwrap();
        assert!(first.is_uppercase() || "\u{1}“".contains(first), "{at}: {en}");
    });
}

#[test]
fn chinese_is_written_as_chinese() {
    const LATIN: &str = ",.;:!?()";
    each(|row, part, [_, zh]| {
        let at = format!("{} {part}: {zh}", row.code);
        let text: Vec<char> = without_names(zh).chars().collect();
        for pair in text.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            assert!(!(chinese(a) && LATIN.contains(b)), "{at}");
            assert!(!(LATIN.contains(a) && chinese(b)), "{at}");
            // A Latin word or number stands apart from the characters around it.
            assert!(!(chinese(a) && b.is_ascii_alphanumeric()), "{at}");
            assert!(!(a.is_ascii_alphanumeric() && chinese(b)), "{at}");
        }
        for slip in ["您", "的的", "\"。", "…。"] {
            assert!(!zh.contains(slip), "{at}");
        }
    });
}

#[test]
fn what_says_that_it_goes_on_says_when() {
    for row in all() {
        let [en, zh] = row.by_itself;
        let [stays_en, stays_zh] = [STAYS[0], STAYS[1]];
        assert!(!row.goes_on || (en != stays_en && zh != stays_zh), "{}", row.code);
        assert!(!row.goes_on || row.by_itself != NOT_DONE, "{}", row.code);
    }
}

/// `cargo xtask types` lets it write; everybody else lets it compare.
#[test]
fn export_bindings_of_the_table() {
    let printed = crate::trouble::table_as_markdown();
    if let Some(folder) = std::env::var_os("SHOTBOARD_TABLE_DIR") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("ERRORS.md"), &printed).unwrap();
    } else {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ERRORS.md");
        let committed = std::fs::read_to_string(committed).unwrap().replace("\r\n", "\n");
        assert!(
            committed == printed,
            "docs/ERRORS.md is not the table: run `cargo xtask types`"
        );
    }
}
