//! The parts of the promise, in the order of the table.

pub mod hostile;
pub mod library;
pub mod limits;
pub mod polling;
mod portal;
pub mod saving;
pub mod secrets;
mod submit;
pub mod time;
pub mod unknown;
pub mod video;

use crate::Section;

/// Every section.
pub const ALL: &[Section] = &[
    submit::SECTION,
    unknown::SECTION,
    saving::SECTION,
    video::SECTION,
    library::SECTION,
    limits::SECTION,
    polling::SECTION,
    time::SECTION,
    secrets::SECTION,
    hostile::SECTION,
];
