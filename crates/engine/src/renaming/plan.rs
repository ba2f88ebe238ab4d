//! What each clip is called then: safe names, none of them twice, none that is another file's.

use std::collections::{HashMap, HashSet};

use crate::files::names;
use crate::handing::template;

/// What a clip is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A stem; where it is taken, "stem (2)".
    Stem(String),
    /// This name, where nobody else has it.
    Name(String),
}

/// A clip with the name it has and the one it is to get.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) folder: String,
    pub(crate) old: String,
    pub(crate) wanted: Wanted,
}

/// What becomes of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is called so already.
    Same,
    /// There is no such file.
    Gone,
    /// It gets this name.
    To(String),
}

/// What becomes of each wish, in their order. `there`: the names in each folder; a folder that is not among them is
/// gone with all its files.
pub(crate) fn fates(wishes: &[Wish], there: &HashMap<String, Vec<String>>) -> Vec<Fate> {
    let mut taken: HashMap<&str, HashSet<String>> = HashMap::new();
    for (folder, names) in there {
        taken.insert(folder, names.iter().map(|name| names::folded(name)).collect());
    }
    // The names that will be free: those of the clips themselves, each once.
    let mut own = vec![false; wishes.len()];
    for (wish, own) in wishes.iter().zip(&mut own) {
        *own = taken
            .get_mut(wish.folder.as_str())
            .is_some_and(|taken| taken.remove(&names::folded(&wish.old)));
    }
    let mut fates = Vec::with_capacity(wishes.len());
    for (wish, own) in wishes.iter().zip(own) {
        let taken = taken.get_mut(wish.folder.as_str()).filter(|_| own);
        fates.push(match taken {
            None => Fate::Gone,
            Some(taken) => {
                let name = match &wish.wanted {
                    Wanted::Stem(stem) => template::free(stem, "mp4", taken),
                    Wanted::Name(name) => first_free(name, taken),
                };
                if name == wish.old { Fate::Same } else { Fate::To(name) }
            }
        });
    }
    fates
}

fn first_free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut n = 1;
    loop {
        let next = names::taken(name, n);
        if taken.insert(names::folded(&next)) {
            return next;
        }
        n += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(old: &str, stem: &str) -> Wish {
        Wish {
            folder: "f".to_owned(),
            old: old.to_owned(),
            wanted: Wanted::Stem(stem.to_owned()),
        }
    }

    fn there(names: &[&str]) -> HashMap<String, Vec<String>> {
        HashMap::from([("f".to_owned(), names.iter().map(|name| (*name).to_owned()).collect())])
    }

    #[test]
    fn names_are_given_once_and_another_file_keeps_its_own() {
        let wishes = [
            wish("1.mp4", "a"),
            wish("2.mp4", "a"),
            wish("3.mp4", "holiday"),
            wish("4.mp4", "4"),
            wish("5.mp4", "x"),
            wish("6.mp4", "1"),
        ];
        let folder = there(&["1.mp4", "2.mp4", "3.mp4", "4.mp4", "6.mp4", "Holiday.MP4", "notes.txt"]);
        let to = |name: &str| Fate::To(name.to_owned());
        assert_eq!(
            fates(&wishes, &folder),
            [
                to("a.mp4"),
                to("a (2).mp4"),
                to("holiday (2).mp4"),
                Fate::Same,
                Fate::Gone,
                to("1.mp4")
            ],
            "a name that becomes free is free"
        );
        assert_eq!(
            fates(&wishes[..1], &HashMap::new()),
            [Fate::Gone],
            "a drive that is away"
        );
    }

    #[test]
    fn the_same_template_twice_changes_nothing() {
        let wishes = [wish("a.mp4", "a"), wish("a (2).mp4", "a"), wish("a (3).mp4", "a")];
        let folder = there(&["a.mp4", "a (2).mp4", "a (3).mp4"]);
        assert_eq!(fates(&wishes, &folder), [Fate::Same, Fate::Same, Fate::Same]);
    }

    #[test]
    fn two_takes_never_share_one_file() {
        let wishes = [wish("a.mp4", "b"), wish("A.mp4", "c")];
        assert_eq!(
            fates(&wishes, &there(&["a.mp4"])),
            [Fate::To("b.mp4".to_owned()), Fate::Gone]
        );
    }
}
