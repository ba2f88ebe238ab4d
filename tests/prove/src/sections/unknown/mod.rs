//! Unknown outcomes: what the balance says of them is never wrong, and ids find their cards and no others.
//!
//! Real engines buy from the stand-in over HTTP; answers are lost on the way back, never sent, or sent late. What was
//! truly bought stands in the stand-in's ledger. The minutes in which a balance is watched are shortened forty times.

mod ids;
mod verdicts;
mod world;

use crate::table::Line;
use crate::{Section, Size};

/// This section.
pub const SECTION: Section = Section {
    name: "unknown",
    title: "Unknown outcomes",
    prove: |size| Box::pin(prove(size)),
    child: |_| Box::pin(async { panic!("this section starts no children") }),
};

async fn prove(size: Size) -> Vec<Line> {
    let (mut lines, ids) = tokio::join!(verdicts::prove(size), ids::prove(size));
    lines.extend(ids);
    lines
}
