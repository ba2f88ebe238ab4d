//! Reading values that the service writes in more than one way: numbers as text, times in three forms, lists of links
//! in four.
//!
//! Everything here gives `None` or nothing for what it cannot read, and never fails: one odd field must not cost a
//! paid result.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Epoch numbers below this are seconds (the year 5138), above it milliseconds (from 1973 on).
const SECONDS_BELOW: i64 = 100_000_000_000;
/// Links of one field that are read; a task gives one, or a handful.
const MOST_LINKS: usize = 32;
/// The longest link that is read, in bytes; signed ones have some hundred.
const LONGEST_LINK: usize = 8 * 1024;
/// Links inside text inside text: twice was never seen, a third time is nonsense.
const DEPTH: u8 = 3;

/// A whole number, also as text, also as `200.0`.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        _ => None,
    }
}

/// A float that is a whole number and small enough to be exact.
fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    exact.then_some(number as i64)
}

/// A finite number, also as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A text that says something: not empty, not the word "null".
pub(crate) fn text(value: &Value) -> Option<&str> {
    let text = value.as_str()?.trim();
    (!text.is_empty() && text != "null").then_some(text)
}

/// A task id: text, or a whole number that lost no digit.
pub(crate) fn id(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(_) => text(value)?.to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    let plain = id.len() <= 200 && !id.chars().any(|c| c.is_control() || c.is_whitespace());
    plain.then_some(id)
}

/// Milliseconds since 1970. Numbers in seconds or milliseconds, or a text with or without a zone; without one it is
/// read as UTC, which the documents do not promise: good for differences, not for showing a clock time.
pub(crate) fn time(value: &Value) -> Option<i64> {
    if let Some(number) = integer(value) {
        return match number {
            ..=0 => None,
            1..SECONDS_BELOW => Some(number * 1000),
            _ => Some(number),
        };
    }
    let text = text(value)?;
    let stamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let plain: DateTime = text.parse().ok()?;
        Some(plain.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(stamp.as_millisecond())
}

/// The http links of a field: an array, JSON text of one, `[a, b]` without quotes, or a single link.
pub(crate) fn links(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_links(value, DEPTH, &mut found);
    found
}

fn collect_links(value: &Value, depth: u8, found: &mut Vec<String>) {
    if depth == 0 || found.len() >= MOST_LINKS {
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                match item.as_str() {
                    Some(link) if is_link(link.trim()) => push_link(link, found),
                    _ => collect_links(item, depth - 1, found),
                }
            }
        }
        Value::String(text) => {
            let text = text.trim();
            match serde_json::from_str::<Value>(text) {
                Ok(inner @ (Value::Array(_) | Value::String(_))) => {
                    collect_links(&inner, depth - 1, found);
                }
                _ => split_links(text, found),
            }
        }
        _ => {}
    }
}

/// Splits `[http://a, http://b]` or a bare link. A comma is a border only where another link begins, since it is
/// allowed inside one.
fn split_links(text: &str, found: &mut Vec<String>) {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    let mut link = String::new();
    for piece in inner.split(',') {
        let begins = is_link(trim_quotes(piece));
        if begins {
            push_link(&link, found);
            link = piece.to_owned();
        } else if !link.is_empty() {
            link.push(',');
            link.push_str(piece);
        }
    }
    push_link(&link, found);
}

fn push_link(text: &str, found: &mut Vec<String>) {
    let link = trim_quotes(text);
    if is_link(link) && link.len() <= LONGEST_LINK && found.len() < MOST_LINKS {
        found.push(link.to_owned());
    }
}

fn trim_quotes(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

fn is_link(text: &str) -> bool {
    let starts = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    starts("https://") || starts("http://")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn links_in_every_seen_shape() {
        let two = vec!["https://m/1.mp4".to_owned(), "https://m/2.mp4".to_owned()];
        for shape in [
            json!(["https://m/1.mp4", "https://m/2.mp4"]),
            json!(r#"["https://m/1.mp4","https://m/2.mp4"]"#),
            json!(r#""[\"https://m/1.mp4\",\"https://m/2.mp4\"]""#),
            json!("[https://m/1.mp4, https://m/2.mp4]"),
            json!("https://m/1.mp4,https://m/2.mp4"),
            json!(["https://m/1.mp4", null, 7, {"a": 1}, "", "https://m/2.mp4"]),
        ] {
            assert_eq!(links(&shape), two, "{shape}");
        }
        assert_eq!(links(&json!("[https://m/1.mp4?a=1,2]")), ["https://m/1.mp4?a=1,2"]);
        for nothing in [json!(null), json!(3), json!("[]"), json!("soon"), json!({})] {
            assert!(links(&nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn links_without_number_or_end_are_left() {
        let many: Vec<String> = (0..100_000).map(|n| format!("https://m/{n}.mp4")).collect();
        assert_eq!(links(&json!(many)).len(), MOST_LINKS);
        assert_eq!(links(&json!(many.join(","))).len(), MOST_LINKS);
        let long = format!("https://m/{}", "x".repeat(LONGEST_LINK));
        assert_eq!(links(&json!([long, "https://m/1.mp4"])), ["https://m/1.mp4"]);
    }

    #[test]
    fn times_in_every_seen_shape() {
        for shape in [
            json!(1_749_205_800_000_i64),
            json!(1_749_205_800),
            json!("1749205800000"),
            json!("2025-06-06 10:30:00"),
            json!("2025-06-06T10:30:00.000Z"),
        ] {
            assert_eq!(time(&shape), Some(1_749_205_800_000), "{shape}");
        }
        for nothing in [json!(null), json!(""), json!(0), json!(-5), json!("soon"), json!([1])] {
            assert_eq!(time(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn an_id_keeps_every_digit_or_is_none() {
        assert_eq!(id(&json!(" 0819ab ")).as_deref(), Some("0819ab"));
        assert_eq!(id(&json!(12345)).as_deref(), Some("12345"));
        let lossy: Value = serde_json::from_str("123456789012345678901234567890").unwrap();
        for nothing in [lossy, json!(null), json!("null"), json!(""), json!("a b"), json!(["a"])] {
            assert_eq!(id(&nothing), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".*") {
            let value = Value::from(text);
            let _ = (integer(&value), number(&value), time(&value), id(&value));
            for link in links(&value) {
                prop_assert!(is_link(&link));
            }
        }
    }
}
