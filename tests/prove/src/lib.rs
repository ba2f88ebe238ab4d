//! The first promise, put to the proof.
//!
//! Each section injects the faults of one kind, counts the outcome on the service's own ledger and on the disk, and
//! returns lines for one table. `cargo xtask prove` runs all of them at full size; the tests of this package run the
//! same code at a size that takes seconds.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a proof for the terminal: what it cannot set up ends it"
)]
#![cfg_attr(not(debug_assertions), allow(dead_code, reason = "a release build only measures"))]

pub mod bench;
pub mod chance;
mod child;
pub mod lists;
pub mod many;
pub mod paused;
pub mod sections;
pub mod table;

use std::future::Future;
use std::pin::Pin;

use table::Line;

/// How much of it to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As the goals say.
    Full,
    /// Enough to notice a break; seconds.
    Quick,
}

/// What a section's proof comes to.
pub type Proof = Pin<Box<dyn Future<Output = Vec<Line>>>>;

/// What a section's child process does until it ends or is killed.
pub type Child = Pin<Box<dyn Future<Output = ()>>>;

/// One part of the promise.
pub struct Section {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in the table.
    pub title: &'static str,
    /// Runs it.
    pub prove: fn(Size) -> Proof,
    /// What a child process of this section does with the arguments after `prove child <name>`: the part that is
    /// killed. Sections without children refuse.
    pub child: fn(Vec<String>) -> Child,
}
