//! Which row a picture is meant for, by its file's name. Pure; what is not certain is no match.
//!
//! Names and numbers are cut into runs of digits and runs of letters; zeros in front, case and whatever stands between do
//! not count, so that `EP1 S3.png` is for `ep01_s03` and `shot-012_first.jpg` for `0012`.

use std::collections::HashMap;

/// Rows by what their numbers are made of.
#[derive(Debug, Default)]
pub struct Rows {
    /// `None`: several rows, and nobody can tell which is meant.
    by_parts: HashMap<Vec<String>, Option<usize>>,
}

impl Rows {
    /// Rows in their order, by their numbers.
    pub fn new<'a>(numbers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut rows = Self::default();
        for (row, number) in numbers.into_iter().enumerate() {
            let parts = parts(number);
            if !parts.is_empty() {
                rows.by_parts
                    .entry(parts)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(row));
            }
        }
        rows
    }

    /// The row that a file's name means: all of it, else the longest part of it, one in front before one at the end
    /// before one between; two rows that are equally likely are none.
    pub fn meant_by(&self, file_name: &str) -> Option<usize> {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let parts = parts(stem);
        // Nobody's number has more parts; a name of a thousand does not take a million looks.
        const LONGEST: usize = 12;
        for length in (1..=parts.len().min(LONGEST)).rev() {
            let at = |from: usize| self.by_parts.get(&parts[from..from + length]).copied().flatten();
            let last = parts.len() - length;
            if let Some(row) = at(0).or_else(|| at(last)) {
                return Some(row);
            }
            let mut between = (1..last).filter_map(at);
            if let Some(row) = between.next() {
                return between.all(|other| other == row).then_some(row);
            }
        }
        None
    }
}

/// Runs of digits without zeros in front, and runs of letters in lower case.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut kind = None;
    for one in text.chars() {
        let now = if one.is_ascii_digit() {
            Some(true)
        } else if one.is_alphanumeric() {
            Some(false)
        } else {
            None
        };
        if now.is_some() {
            if now != kind {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.extend(one.to_lowercase());
            }
        }
        kind = now;
    }
    for part in &mut parts {
        if part.starts_with('0') {
            let bare = part.trim_start_matches('0');
            *part = if bare.is_empty() {
                "0".to_owned()
            } else {
                bare.to_owned()
            };
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_finds_the_row_that_its_name_means() {
        let numbers = ["0001", "0002", "0012", "7a", "EP01-S03", "EP01-S04", "镜头9"];
        let rows = Rows::new(numbers);
        for (name, row) in [
            ("0001.png", Some("0001")),
            ("1.png", Some("0001")),
            ("00012.JPG", Some("0012")),
            ("12_first.png", Some("0012")),
            ("0012_2.png", Some("0012")),
            ("v2 shot-012.webp", Some("0012")),
            ("Shot 2.png", Some("0002")),
            ("7A.png", Some("7a")),
            ("7.png", None),
            ("ep1_s3.png", Some("EP01-S03")),
            ("Rain EP01 S04 last.png", Some("EP01-S04")),
            ("镜头 9.png", Some("镜头9")),
            ("frame 1 of 2 x.png", None),
            ("IMG_4821.png", None),
            ("cat.png", None),
            (".png", None),
            ("", None),
        ] {
            assert_eq!(rows.meant_by(name).map(|at| numbers[at]), row, "{name}");
        }
    }

    #[test]
    fn rows_that_cannot_be_told_apart_are_nobodys() {
        let rows = Rows::new(["07", "7", "8"]);
        assert_eq!(rows.meant_by("7.png"), None);
        assert_eq!(rows.meant_by("8.png"), Some(2));
        assert_eq!(Rows::new(["", "—"]).meant_by("—.png"), None);
    }
}
