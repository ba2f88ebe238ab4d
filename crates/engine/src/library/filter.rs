//! A filter as a condition on tasks. It takes no values of its own: what a person typed stands in it as bytes, so that
//! no text can be anything but text.

use std::fmt::Write as _;

use crate::view::filter::{Cause, Filter};

/// The condition, beginning with AND; empty where nothing is asked for. The table of tasks is called `t`.
pub(super) fn condition(filter: &Filter) -> String {
    let mut sql = String::new();
    one_of(&mut sql, "t.state", filter.states.iter().map(|state| state.as_str()));
    one_of(
        &mut sql,
        "COALESCE(t.model, 'veo3_fast')",
        filter.models.iter().map(String::as_str),
    );
    one_of(
        &mut sql,
        "COALESCE(t.aspect_ratio, '16:9')",
        filter.ratios.iter().map(String::as_str),
    );
    let kinds = filter.causes.iter().copied().flat_map(kinds).copied();
    one_of(&mut sql, "json_extract(t.trouble, '$.kind')", kinds);
    if let Some(with) = filter.images {
        sql.push_str(if with {
            " AND t.images <> '[]'"
        } else {
            " AND t.images = '[]'"
        });
    }
    if let Some(days) = filter.days {
        let before = days.clamp(1, 3_660) - 1;
        // The user's own midnight, so many days ago.
        let _ = write!(
            sql,
            " AND t.created_at >= 1000 * unixepoch('now', 'localtime', 'start of day', '-{before} days', 'utc')"
        );
    }
    clips(&mut sql, filter);
    sql
}

/// What is asked of the clip that counts.
fn clips(sql: &mut String, filter: &Filter) {
    let mut asked = String::new();
    if let Some(least) = filter.rating {
        let _ = write!(asked, " AND k.rating >= {least}");
    }
    if let Some(rejected) = filter.rejected {
        let _ = write!(asked, " AND k.rejected = {}", u8::from(rejected));
    }
    if let Some(tag) = &filter.tag {
        let tag = text(tag);
        let _ = write!(
            asked,
            " AND EXISTS (SELECT 1 FROM json_each(k.tags) j WHERE j.value = {tag})"
        );
    }
    if !asked.is_empty() {
        let _ = write!(
            sql,
            " AND t.attempt_id IN (SELECT k.attempt_id FROM take k
               WHERE k.kind = 'clip' AND k.ordinal = 0 AND k.saved_at IS NOT NULL{asked})"
        );
    }
}

fn one_of<'a>(sql: &mut String, column: &str, values: impl Iterator<Item = &'a str>) {
    let values: Vec<String> = values.map(text).collect();
    if !values.is_empty() {
        let _ = write!(sql, " AND {column} IN ({})", values.join(", "));
    }
}

/// Any text as SQL.
fn text(value: &str) -> String {
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CAST(x'{hex}' AS TEXT)")
}

/// The stored kinds of trouble.
fn kinds(cause: Cause) -> &'static [&'static str] {
    match cause {
        Cause::Request => &["request"],
        Cause::Refused => &["imageRefused", "refused"],
        Cause::NotMade => &["generationFailed", "forgotten"],
        Cause::Unknown => &["lostReply", "interrupted", "lostTrack"],
        Cause::Slow => &["timedOut"],
        Cause::Saving => &["saving"],
        Cause::GivenUp => &["stopped", "dismissed"],
    }
}
