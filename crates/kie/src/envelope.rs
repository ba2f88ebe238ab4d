//! What an answer says: the `{code, msg, data}` envelope, and what each code means.
//!
//! The JSON `code` is the service's real status and usually arrives inside HTTP 200, so it speaks first. The HTTP
//! status is heard where there is no envelope (an edge answered) or the code is none of the documented ones. Where
//! neither is plain, the verdict is [`Verdict::Unclear`]; each endpoint decides what that means for it, because a
//! doubtful answer to a paid POST and to a poll are different things.

use serde_json::Value;

use crate::error::AccountTrouble;
use crate::loose;
use crate::transport::Reply;

/// How much of a text that is not an envelope goes into a message, in characters.
const LINE: usize = 200;
/// How much of the service's own words is kept, in characters.
const WORDS: usize = 1000;

/// What an answer means, whatever was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 200.
    Fine,
    /// A refusal that stays with this request.
    Task,
    /// A refusal that every request would meet.
    Account(AccountTrouble),
    /// Not now.
    Later,
    /// Anything else.
    Unclear,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) verdict: Verdict,
    /// The envelope's code, else the HTTP status.
    pub(crate) code: i64,
    /// Whether `code` is the envelope's, and one that the service documents.
    pub(crate) documented: bool,
    /// The service's own words, else the title or first line of what came.
    pub(crate) message: String,
    /// Whether `message` is the service's own words.
    pub(crate) spoken: bool,
    /// The envelope's `data`, `null` if there is none.
    pub(crate) data: Value,
}

impl Reading {
    /// Reads an answer.
    pub(crate) fn of(reply: &Reply) -> Self {
        let status = i64::from(reply.status);
        let object = match serde_json::from_str(reply.body.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        };
        let json = object.is_some();
        let mut object = object.unwrap_or_default();
        let code = object.get("code").and_then(loose::integer);
        let spoken = ["msg", "message", "detail", "error", "title"]
            .iter()
            .filter_map(|name| object.get(*name))
            .find_map(loose::text)
            .map(words);
        let by_code = code.and_then(of_code);
        let verdict = match by_code {
            // Somebody on the way wants the request elsewhere; what became of it here is anyone's guess.
            _ if (300..400).contains(&reply.status) => Verdict::Unclear,
            Some(verdict) => verdict,
            // An envelope that forgot its code, on a status that says fine.
            None if json && code.is_none() && (200..300).contains(&reply.status) => Verdict::Fine,
            None => of_status(reply.status),
        };
        let code = code.unwrap_or(status);
        Self {
            verdict,
            code,
            documented: by_code.is_some(),
            spoken: spoken.is_some(),
            message: spoken.unwrap_or_else(|| match json {
                true => format!("no reason given (code {code})"),
                false => gist(&reply.body, reply.status),
            }),
            data: object.remove("data").unwrap_or(Value::Null),
        }
    }
}

/// The service's words, of a length that can be shown, without characters that steer a terminal or a line.
pub(crate) fn words(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(WORDS).collect()
}

/// The documented codes; `None` for one that the service never mentions.
fn of_code(code: i64) -> Option<Verdict> {
    Some(match code {
        200 => Verdict::Fine,
        400 | 404 | 422 | 451 => Verdict::Task,
        401 => Verdict::Account(AccountTrouble::BadKey),
        402 => Verdict::Account(AccountTrouble::NoCredits),
        403 => Verdict::Account(AccountTrouble::Edge),
        505 => Verdict::Account(AccountTrouble::FeatureOff),
        429 | 455 => Verdict::Later,
        408 | 500 | 501 => Verdict::Unclear,
        _ => return None,
    })
}

/// What an HTTP status says by itself, without words of the service. Only what can't be said after accepting.
fn of_status(status: u16) -> Verdict {
    match status {
        401..=403 | 429 | 455 => of_code(i64::from(status)).unwrap_or(Verdict::Unclear),
        _ => Verdict::Unclear,
    }
}

/// The title of a page or the first line of a text, short enough to show.
fn gist(body: &str, status: u16) -> String {
    let line = html_title(body).or_else(|| body.lines().map(str::trim).find(|line| !line.is_empty()));
    match line {
        Some(line) => words(line).chars().take(LINE).collect(),
        None => format!("HTTP {status} without a text"),
    }
}

/// Whether a body is a web page.
pub(crate) fn is_page(body: &str) -> bool {
    let head = body.trim_start().as_bytes();
    ["<!doctype", "<html", "<head", "<body"].iter().any(|tag| {
        head.get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    })
}

fn html_title(body: &str) -> Option<&str> {
    if !is_page(body) {
        return None;
    }
    // Lower-casing ASCII alone keeps every byte where it is.
    let lower = body.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower.get(tag..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    let title = body.get(start..end)?.trim();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Reading {
        Reading::of(&Reply::plain(status, body))
    }

    #[test]
    fn a_code_inside_http_200_counts_like_a_status() {
        let reading = read(
            200,
            r#"{"code":429,"msg":"Your call frequency is too high. Please try again later."}"#,
        );
        assert_eq!(reading.verdict, Verdict::Later);
        assert_eq!(
            reading.message,
            "Your call frequency is too high. Please try again later."
        );
        assert_eq!(
            read(200, r#"{"code":"402","msg":"x","data":null}"#).verdict,
            Verdict::Account(AccountTrouble::NoCredits)
        );
    }

    #[test]
    fn an_edge_is_named_by_its_title_or_first_line() {
        let edge = Verdict::Account(AccountTrouble::Edge);
        let short = read(403, "\n  error code: 1010\n");
        assert_eq!((short.verdict, short.message.as_str()), (edge, "error code: 1010"));
        let page = read(
            403,
            "<!DOCTYPE html><html><head><TITLE>Access denied | ë</TITLE></head>…",
        );
        assert_eq!((page.verdict, page.message.as_str()), (edge, "Access denied | ë"));
        let json = read(403, r#"{"error_code":1010,"title":"Error 1010: Access denied"}"#);
        assert_eq!(
            (json.verdict, json.message.as_str()),
            (edge, "Error 1010: Access denied")
        );
        assert_eq!(
            read(403, r#"{"code":1010}"#).verdict,
            edge,
            "an undocumented code leaves the word to the status"
        );
    }

    #[test]
    fn doubt_stays_doubt() {
        for (status, body) in [
            (500, r#"{"code":500,"msg":"Server error"}"#),
            (200, r#"{"code":500,"msg":"Server error"}"#),
            (200, r#"{"code":408,"msg":"timeout"}"#),
            (200, "<html>hotel wifi</html>"),
            (200, ""),
            (200, "[]"),
            (400, "<html>bad request</html>"),
            (404, ""),
            (502, "<html>bad gateway</html>"),
            (505, "HTTP Version Not Supported"),
            (307, r#"{"code":429}"#),
            (418, r#"{"code":999}"#),
        ] {
            assert_eq!(read(status, body).verdict, Verdict::Unclear, "{status} {body}");
        }
    }
}
