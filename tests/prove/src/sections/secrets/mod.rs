//! Keys: sealed at rest, and a canary that must be found nowhere.
//!
//! A key that stands nowhere else goes through the command line, the engine and services that repeat it in every dress;
//! then the data directory, the library and its log, what was said, and what another origin received are searched by
//! code of its own. The window's half of it is a journey of `tests/window`, which needs a screen.

mod canary;
mod echo;
mod keychain;
mod runs;

use std::future::Future;

use crate::table::Line;
use crate::{Child, Section, Size};

/// This section.
pub const SECTION: Section = Section {
    name: "secrets",
    title: "Keys: sealed, and in no place that others read",
    prove: |size| Box::pin(prove(size)),
    child: |words| child(words),
};

async fn prove(size: Size) -> Vec<Line> {
    let mut lines = vec![canary::the_search_finds_what_it_looks_for()];
    lines.extend(runs::prove(size).await);
    lines.extend(keychain::prove(size).await);
    lines
}

fn child(words: Vec<String>) -> Child {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["panic"] => boxed(runs::panics()),
        ["keychain", what, folder] => boxed(keychain::child((*what).to_owned(), folder.into())),
        _ => panic!("no such child: {words:?}"),
    }
}

fn boxed(work: impl Future<Output = ()> + 'static) -> Child {
    Box::pin(work)
}
