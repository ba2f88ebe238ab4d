//! Files dropped on the board, sorted by what can be done with them.
//!
//! A dropped path is somebody else's word: what it is, is read from its content by the engine. Here only folders are
//! opened (one level) and shot lists told from pictures by their endings.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use engine::trouble::{Told, rows};
use engine::view::LineProblem;
use engine::words::Lang;

/// Endings of pictures, for looking into folders: a folder's other files are not meant.
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// Endings of shot lists.
const SHEETS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "xlsm"];
/// Endings of workbooks that are not read, which people will drop all the same.
const WORKBOOKS: [&str; 5] = ["xls", "xlsb", "et", "ods", "numbers"];
/// Endings of clips, which may say how they were made.
const CLIPS: [&str; 2] = ["mp4", "m4v"];

/// Dropped paths, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted {
    /// Pictures, and what may be one: the engine looks at the content.
    pub(crate) images: Vec<PathBuf>,
    /// Shot lists.
    pub(crate) sheets: Vec<PathBuf>,
    /// Clips.
    pub(crate) clips: Vec<PathBuf>,
    /// What can be told already.
    pub(crate) problems: Vec<LineProblem>,
}

/// Sorts dropped paths, in the order they came; nothing twice. Blocks.
pub(crate) fn sort(paths: Vec<PathBuf>, lang: Lang) -> Sorted {
    let mut sorted = Sorted::default();
    for path in paths {
        if path.is_dir() {
            sorted.look_into(&path, lang);
        } else if has_ending(&path, &SHEETS) {
            push(&mut sorted.sheets, path);
        } else if has_ending(&path, &CLIPS) {
            push(&mut sorted.clips, path);
        } else if has_ending(&path, &WORKBOOKS) {
            let name = name(&path);
            sorted.tell(lang, &Told::new(&rows::sheets::WORKBOOK).with("name", name));
        } else {
            push(&mut sorted.images, path);
        }
    }
    sorted
}

/// Pictures in the order of their names: which of a selection a file manager names first is chance.
pub(crate) fn in_order(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort_by(|a, b| naturally(&name(a), &name(b)));
    paths
}

impl Sorted {
    fn look_into(&mut self, folder: &Path, lang: Lang) {
        let name = name(folder);
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let told = Told::new(&rows::pictures::FOLDER_UNREADABLE).with("name", name);
                return self.tell(lang, &told.with("why", error));
            }
        };
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && has_ending(path, &PICTURES))
            .collect();
        found.sort_by(|a, b| naturally(&self::name(a), &self::name(b)));
        if found.is_empty() {
            self.tell(lang, &Told::new(&rows::pictures::FOLDER_WITHOUT).with("name", name));
        }
        for path in found {
            push(&mut self.images, path);
        }
    }

    fn tell(&mut self, lang: Lang, told: &Told) {
        self.problems.push(LineProblem {
            line: 0,
            text: told.say(lang),
        });
    }
}

fn push(into: &mut Vec<PathBuf>, path: PathBuf) {
    if !into.contains(&path) {
        into.push(path);
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// As people count: `shot 2` before `shot 10`.
fn naturally(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(of_a), Some(of_b)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        let (digits_a, digits_b) = (digits(a), digits(b));
        if digits_a > 0 && digits_b > 0 {
            let (number_a, number_b) = (
                a[..digits_a].trim_start_matches('0'),
                b[..digits_b].trim_start_matches('0'),
            );
            let order = number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[digits_a..], &b[digits_b..]);
            continue;
        }
        let order = of_a.to_lowercase().cmp(of_b.to_lowercase());
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[of_a.len_utf8()..], &b[of_b.len_utf8()..]);
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_drop_is_sorted_and_every_leftover_named() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("frames");
        std::fs::create_dir_all(folder.join("deeper")).unwrap();
        for name in [
            "shot 10.png",
            "Shot 2.JPG",
            "镜头 1.webp",
            "notes.docx",
            "deeper/hidden.png",
        ] {
            std::fs::write(folder.join(name), b"x").unwrap();
        }
        std::fs::create_dir(directory.path().join("empty")).unwrap();
        let drop = [
            "frames",
            "list.CSV",
            "frames/shot 10.png",
            "movie.mov",
            "0001.MP4",
            "plan.xls",
            "plan.xlsx",
            "empty",
            "list.CSV",
        ];
        let sorted = sort(drop.map(|name| directory.path().join(name)).into(), Lang::En);
        let names = |paths: &[PathBuf]| paths.iter().map(|path| name(path)).collect::<Vec<_>>();
        assert_eq!(
            names(&sorted.images),
            ["Shot 2.JPG", "shot 10.png", "镜头 1.webp", "movie.mov"]
        );
        assert_eq!(names(&sorted.sheets), ["list.CSV", "plan.xlsx"]);
        assert_eq!(names(&sorted.clips), ["0001.MP4"]);
        assert_eq!(sorted.problems.len(), 2);
        assert!(sorted.problems[0].text.contains("plan.xls") && sorted.problems[1].text.contains("empty"));
    }

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = ["b10", "b9", "b010a", "a", "b", "B9a", "b99999999999999999999999"];
        names.sort_by(|a, b| naturally(a, b));
        assert_eq!(
            names,
            ["a", "b", "b9", "B9a", "b10", "b010a", "b99999999999999999999999"]
        );
    }
}
