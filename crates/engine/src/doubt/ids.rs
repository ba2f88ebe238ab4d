//! Finding task ids in whatever was copied from the service's site.
//!
//! Real ids are 32 lower-case hexadecimal digits; the documents show `veo_task_…`. What only looks like one (the name of
//! a media file, a longer hash) is passed over; what is one and not ours is found out by asking.

/// Ids that are looked up at once: twenty seconds of status queries.
pub const AT_ONCE: usize = 200;
/// How much of a text is read (bytes): a log page of a thousand rows is a tenth of it.
const READ: usize = 1_000_000;
const HEX: usize = 32;
const NAMED: &str = "veo_task_";
/// The longest id that is taken.
const LONGEST: usize = 128;
/// Endings of files, whose names are hashes too.
const FILES: [&str; 8] = ["mp4", "mov", "webm", "png", "jpg", "jpeg", "webp", "gif"];

/// Ids in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Each once, in order; at most [`AT_ONCE`].
    pub ids: Vec<String>,
    /// How many more there were.
    pub more: usize,
}

/// Whether a text can be a task id at all, as a person typed it.
pub fn is_plausible(id: &str) -> bool {
    (6..=LONGEST).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Every task id in a text, however much noise stands around it.
pub fn find(text: &str) -> Found {
    let mut end = text.len().min(READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut seen = std::collections::HashSet::new();
    let mut found = Found::default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut rest = text;
    while let Some(begin) = rest.find(is_part) {
        let word = &rest[begin..];
        let length = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(length);
        rest = after;
        if is_file(after) {
            continue;
        }
        for id in ids_of(word) {
            if seen.insert(id) {
                if found.ids.len() < AT_ONCE {
                    found.ids.push(id.to_owned());
                } else {
                    found.more += 1;
                }
            }
        }
    }
    found
}

/// The ids of one word: itself, or the hexadecimal parts of it.
fn ids_of(word: &str) -> Vec<&str> {
    if word.len() > NAMED.len() && word.starts_with(NAMED) && is_plausible(word) {
        return vec![word];
    }
    let hex = |part: &&str| {
        part.len() == HEX
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    word.split(['_', '-']).filter(hex).collect()
}

fn is_file(after: &str) -> bool {
    after.strip_prefix('.').is_some_and(|rest| {
        let ending: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(6).collect();
        FILES.iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: &str = "0819f3c2a1b4d5e6f708192a3b4c5d6e";
    const B: &str = "ffffffffffffffffffffffffffffff00";

    #[test]
    fn ids_are_found_in_the_noise_of_a_copied_page() {
        let page = format!(
            "Logs\tModel\tStatus\n2026-11-22 12:03:05  veo3_fast  success  {A}  60\r\n任务ID：{B}（已完成）\n\
             https://tempfile.aiquickdraw.com/v/{A}.mp4?x=1 veo_task_abcdef123456, sha {A}{B} \
             id-{A} 550e8400-e29b-41d4-a716-446655440000 {} {B}",
            A.to_uppercase()
        );
        assert_eq!(find(&page).ids, [A, B, "veo_task_abcdef123456"]);
    }

    #[test]
    fn the_name_of_a_video_is_no_task() {
        assert_eq!(find(&format!("https://m/v/{A}.mp4 {B}.PNG")), Found::default());
        // The end of a sentence is.
        assert_eq!(find(&format!("It was {A}.")).ids, [A]);
    }

    #[test]
    fn too_many_are_counted_and_left() {
        let page: String = (0..AT_ONCE + 7).map(|n| format!("{n:032x} ")).collect();
        let found = find(&page);
        assert_eq!((found.ids.len(), found.more), (AT_ONCE, 7));
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_gives_only_ids(text in ".{0,400}", n in any::<u128>()) {
            let id = format!("{n:032x}");
            let found = find(&format!("{text} {id}\n{text}"));
            prop_assert!(found.ids.contains(&id));
            prop_assert!(found.ids.iter().all(|id| is_plausible(id)));
        }
    }
}
