//! Text as others may read it.

use std::borrow::Cow;
use std::path::Path;

use crate::secrets::scrub;

/// A text without secrets: no known key in any dress, nothing that stands behind `Bearer`, and links without what
/// makes them worth something to others: their query, their fragment, and a name and password before the host.
pub fn clean(text: &str) -> String {
    without_queries(&scrub(text)).into_owned()
}

/// A text from outside as it may stand in the log: [`clean`], on one line, not long, and without anything that looks
/// like a key nobody knows.
pub fn plain(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let clean = clean(text);
    let words = clean
        .split_whitespace()
        .map(|word| if looks_secret(word) { "…" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

/// A text with the user's home folder written as `~`, as a path and as it stands in quoted text on Windows.
pub fn with_home_as_tilde(text: &str, home: Option<&Path>) -> String {
    let Some(home) = home.map(|home| home.to_string_lossy().into_owned()) else {
        return text.to_owned();
    };
    // A home of `/` would turn every path into nonsense.
    if home.chars().filter(|c| c.is_alphanumeric()).count() == 0 {
        return text.to_owned();
    }
    let quoted = home.replace('\\', "\\\\");
    text.replace(&quoted, "~").replace(&home, "~")
}

fn without_queries(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, link) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = link.find(ends_a_link).unwrap_or(link.len());
        let (link, behind) = link.split_at(end);
        let host = link.find(['/', '?', '#']).unwrap_or(link.len());
        let (host, path) = link.split_at(host);
        if let Some((_, host)) = host.rsplit_once('@') {
            clean.push_str("…@");
            clean.push_str(host);
        } else {
            clean.push_str(host);
        }
        match path.find(['?', '#']) {
            Some(cut) => {
                clean.push_str(&path[..cut]);
                clean.push_str("?…");
            }
            None => clean.push_str(path),
        }
        rest = behind;
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// What no link goes on behind, as links stand in sentences, in JSON and in what `Debug` prints. A comma or a bracket
/// may belong to a query; what is cut too much there is lost to nobody.
fn ends_a_link(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || "\"'<>`\\“”‘’，。；）】".contains(letter)
}

/// A long run of letters and digits that is no address and no path: keys look like this.
fn looks_secret(word: &str) -> bool {
    const LONG: usize = 32;
    let run = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let of_a_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // Ids of tasks (uuids) are what a log is for.
    run.len() >= LONG && run.bytes().all(of_a_key) && uuid::Uuid::parse_str(run).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lose_their_query_wherever_they_stand() {
        for (text, wanted) in [
            (
                "GET https://a.test/x.mp4?sig=hunter2&e=1 failed",
                "GET https://a.test/x.mp4?… failed",
            ),
            (
                r#"{"url":"https://a.test/x?token=hunter2","n":1}"#,
                r#"{"url":"https://a.test/x?…","n":1}"#,
            ),
            ("（https://a.test/x?q=hunter2）。", "（https://a.test/x?…）。"),
            ("http://me:hunter2@proxy.test:8080/", "http://…@proxy.test:8080/"),
            (
                "socks5://hunter2@h#hunter2 then https://b.test/?hunter2",
                "socks5://…@h?… then https://b.test/?…",
            ),
            ("https://a.test?hunter2", "https://a.test?…"),
            ("a question? no link", "a question? no link"),
            ("://", "://"),
        ] {
            assert_eq!(clean(text), wanted);
        }
    }

    #[test]
    fn what_comes_from_outside_is_one_short_line_without_anything_like_a_key() {
        let said = plain(
            "GET https://cdn.example/a.mp4?sig=hunter2 failed\nkey \"sk-0123456789abcdef0123456789abcdef\" task 01936f6e-8d1c-7000-8000-0123456789ab",
        );
        assert_eq!(
            said,
            "GET https://cdn.example/a.mp4?… failed key … task 01936f6e-8d1c-7000-8000-0123456789ab"
        );
        assert_eq!(plain(&"x ".repeat(5_000)).len(), 2_000);
    }

    #[test]
    fn the_home_folder_is_nobodys_business() {
        let home = |text: &str, home: &str| with_home_as_tilde(text, Some(Path::new(home)));
        assert_eq!(home("at /home/li/Videos", "/home/li"), "at ~/Videos");
        assert_eq!(
            home(r#"{"p":"C:\\Users\\li\\a"} C:\Users\li"#, r"C:\Users\li"),
            r#"{"p":"~\\a"} ~"#
        );
        assert_eq!(home("/a/b", "/"), "/a/b");
    }
}
