//! The parts of the promise, in the order of the table.

pub mod limits;

use crate::Section;

/// Every section.
pub const ALL: &[Section] = &[limits::SECTION];
