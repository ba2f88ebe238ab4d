//! What others send, drop and answer: links that lead inside, bodies and sheets without measure, JSON of any shape.
//!
//! Counted on the sockets, in the folder and by the system's own account of memory. What is refused must be told in a
//! sentence, and something good stands beside it each time, so that a wall would not pass for a check.

mod answers;
mod books;
mod drops;
mod links;
mod memory;
mod wire;

use crate::{Child, Proof, Section};

/// The section.
pub const SECTION: Section = Section {
    name: "hostile",
    title: "Hostile input",
    prove: |size| {
        Box::pin(async move {
            // Each by itself: memory is measured.
            let mut lines = links::lines().await;
            lines.extend(answers::lines(size).await);
            lines.extend(drops::lines(size).await);
            lines.push(books::line(size).await);
            lines
        }) as Proof
    },
    child: |_| Box::pin(async {}) as Child,
};
