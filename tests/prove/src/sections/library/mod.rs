//! The library as a file: killed while it writes, robbed of its power, damaged in every way, and put back.
//!
//! What is counted is counted from outside: what a child process said was committed is looked for in the file, and what
//! the stand-in service sold is looked for on the board. The settings and key file are put to the same proof.

mod commit;
mod damage;
mod guarded;
mod kills;
#[cfg(debug_assertions)]
mod power;
mod program;
pub(crate) mod world;

use crate::table::Line;
use crate::{Child, Proof, Section, Size};

pub use commit::lines as commit_lines;

/// The section.
pub(super) const SECTION: Section = Section {
    name: "library",
    title: "The library, its backups, settings and keys",
    prove: |size| -> Proof { Box::pin(prove(size)) },
    child: |words| -> Child { Box::pin(child(words)) },
};

/// All of it.
pub async fn prove(size: Size) -> Vec<Line> {
    let mut lines = kills::prove(size).await;
    lines.extend(guarded::prove(size).await);
    lines.extend(damage::prove(size).await);
    #[cfg(debug_assertions)]
    lines.extend(power::prove(size).await);
    lines
}

async fn child(words: Vec<String>) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", directory] => kills::write(directory.as_ref()).await,
        ["keys", file] => guarded::write(file.as_ref()),
        #[cfg(debug_assertions)]
        ["buy", directory, base] => power::buy(directory.as_ref(), base).await,
        #[cfg(debug_assertions)]
        ["open", directory] => power::open(directory.as_ref()).await,
        other => panic!("{other:?} is no part of this proof"),
    }
}
