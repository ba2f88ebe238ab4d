//! Clips handed on: copies under names by a template, and lists of them that a spreadsheet or an editor reads.
//!
//! Nothing here changes a clip, the library or a file that is there already: copies are verified against what was
//! saved, and a name that is taken becomes "name (2)".

pub(crate) mod address;
pub(crate) mod copy;
pub(crate) mod fcpxml;
pub(crate) mod otio;
pub(crate) mod rate;
pub(crate) mod sheet;
pub(crate) mod template;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::library::review::Pick;
use rate::Rate;

/// A clip with where it lies for whoever reads the list, and its timing by the file itself.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) pick: Pick,
    pub(crate) path: PathBuf,
    pub(crate) timing: Timing,
}

/// How a file plays, by its own boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    pub(crate) rate: Rate,
    pub(crate) frames: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) sound: bool,
}

impl Handed {
    /// The file's name.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Its address, as an editor opens it.
    pub(crate) fn address(&self) -> String {
        address::file_url(&self.path.to_string_lossy())
    }
}
