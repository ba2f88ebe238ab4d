//! The parts of the promise, in the order of the table.

pub mod hostile;
pub mod library;
pub mod limits;
pub mod polling;
mod portal;
pub mod saving;
// What ends a process at a named moment, or stands in for a keychain, is in no release build; measuring is.
#[cfg(debug_assertions)]
pub mod secrets;
#[cfg(debug_assertions)]
mod submit;
pub mod time;
pub mod unknown;
pub mod video;

use crate::Section;

/// Every section.
pub const ALL: &[Section] = &[
    #[cfg(debug_assertions)]
    submit::SECTION,
    unknown::SECTION,
    saving::SECTION,
    video::SECTION,
    library::SECTION,
    limits::SECTION,
    polling::SECTION,
    time::SECTION,
    #[cfg(debug_assertions)]
    secrets::SECTION,
    hostile::SECTION,
];
