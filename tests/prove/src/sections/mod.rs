//! The parts of the promise, in the order of the table.

use crate::Section;

/// Every section.
pub const ALL: &[Section] = &[];
