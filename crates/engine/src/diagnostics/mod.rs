//! Finding out afterwards what happened on somebody's machine: a log of bounded size, and a report to send along.
//!
//! Nothing here leaves the computer by itself, and nothing secret is ever in it: every line goes through [`clean`] on
//! its way to the disk, and once more on its way into a report. Prompts and pictures are the user's own; they are in
//! neither, unless the user says so.

mod clean;
mod log;
mod report;

pub use clean::{clean, plain, with_home_as_tilde};
pub use log::{FOLDER, Lines, Rolling, tail};
pub use report::{About, Surroundings, report, report_without_library};
pub(crate) use report::{EVENTS as REPORTED_EVENTS, Known, KnownTask};
