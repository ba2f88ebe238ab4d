//! `Range` and `If-Range`, as RFC 9110 has them, for one range; several are answered with the whole file, as allowed.

use axum::http::{HeaderMap, header};

/// Which bytes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Whole,
    /// From the first to before the second.
    Part(usize, usize),
    /// Nothing of the file lies in the range.
    Nothing,
}

/// Reads the request's headers against a file of this length and these validators.
pub(crate) fn wanted(headers: &HeaderMap, length: usize, etag: Option<&str>, modified: Option<&str>) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(range) = text(header::RANGE) else {
        return Wanted::Whole;
    };
    if let Some(condition) = text(header::IF_RANGE) {
        // A weak validator never equals one of ours, which are strong.
        if Some(condition) != etag && Some(condition) != modified {
            return Wanted::Whole;
        }
    }
    parse(range, length).unwrap_or(Wanted::Whole)
}

fn parse(range: &str, length: usize) -> Option<Wanted> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (first.trim(), last.trim()) {
        ("", suffix) => (length.saturating_sub(suffix.parse().ok()?), length),
        (start, "") => (start.parse().ok()?, length),
        (start, last) => {
            let (start, last): (usize, usize) = (start.parse().ok()?, last.parse().ok()?);
            if last < start {
                return None;
            }
            (start, last.saturating_add(1).min(length))
        }
    };
    Some(if start < end {
        Wanted::Part(start, end)
    } else {
        Wanted::Nothing
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_a_hundred_bytes() {
        let cases = [
            ("bytes=0-49", Wanted::Part(0, 50)),
            ("bytes=50-", Wanted::Part(50, 100)),
            ("bytes=-10", Wanted::Part(90, 100)),
            ("bytes=-500", Wanted::Part(0, 100)),
            ("bytes=90-900", Wanted::Part(90, 100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-3", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=x-", Wanted::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(parse(range, 100).unwrap_or(Wanted::Whole), expected, "{range}");
        }
    }

    #[test]
    fn if_range_needs_the_same_strong_validator() {
        let ask = |condition: &str, etag: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, "bytes=5-".parse().unwrap());
            headers.insert(header::IF_RANGE, condition.parse().unwrap());
            wanted(&headers, 10, etag, Some("Sun, 06 Nov 1994 08:49:37 GMT"))
        };
        assert_eq!(ask("\"a\"", Some("\"a\"")), Wanted::Part(5, 10));
        assert_eq!(ask("Sun, 06 Nov 1994 08:49:37 GMT", None), Wanted::Part(5, 10));
        for (condition, etag) in [("\"b\"", Some("\"a\"")), ("W/\"a\"", Some("\"a\"")), ("\"a\"", None)] {
            assert_eq!(ask(condition, etag), Wanted::Whole, "{condition}");
        }
    }
}
