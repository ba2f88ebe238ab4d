//! Names by a template: `{batch}_{number}_{rating}`.

use std::collections::HashSet;

use crate::files::names;
use crate::library::review::Pick;

/// The words that a template knows.
pub(crate) const WORDS: [&str; 8] = ["batch", "number", "rating", "tags", "prompt", "model", "date", "n"];
/// Characters of a prompt that a name takes.
const PROMPT: usize = 40;

/// The stem that a template gives for the `n`th clip (from 1 of `of`), as it is safe on every system.
pub(crate) fn stem(template: &str, pick: &Pick, n: usize, of: usize) -> String {
    let task = &pick.row.task;
    let take = pick.row.take.as_ref();
    let filled = fill(template, |word| {
        Some(match word {
            "batch" => pick.batch.clone(),
            "number" => task.number.clone(),
            "rating" => take.map_or(0, |take| take.marks.rating).to_string(),
            "tags" => take.map(|take| take.marks.tags.join("-")).unwrap_or_default(),
            "prompt" => task.fields.prompt.trim().chars().take(PROMPT).collect(),
            "model" => task.fields.model.clone().unwrap_or_else(|| "veo3_fast".to_owned()),
            "date" => take.and_then(|take| take.saved_at).map(day).unwrap_or_default(),
            "n" => format!("{n:0width$}", width = of.to_string().len().max(3)),
            _ => return None,
        })
    });
    names::safe_stem(&filled)
}

/// Words in braces that mean nothing.
pub(crate) fn unknown(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    fill(template, |word| {
        if !WORDS.contains(&word) && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
        None
    });
    found
}

/// The first name made of a stem that is not among these; it is then.
pub(crate) fn free(stem: &str, extension: &str, taken: &mut HashSet<String>) -> String {
    let first = format!("{stem}.{extension}");
    let mut n = 1;
    loop {
        let name = names::taken(&first, n);
        if taken.insert(names::folded(&name)) {
            return name;
        }
        n += 1;
    }
}

fn fill(template: &str, mut word: impl FnMut(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) => {
                match word(name.trim()) {
                    Some(value) => text.push_str(&value),
                    None => text.push_str(&format!("{{{name}}}")),
                }
                rest = behind;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

fn day(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|at| {
            at.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d")
                .to_string()
        })
        .unwrap_or_default()
}
