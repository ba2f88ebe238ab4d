//! Journeys through the real window: what a person does, from the first start to a saved video that plays.
//!
//! Each has a home, a screen and a service of its own, so they run side by side. They check what stands on the page, on
//! the disk, and in the service's own count. Run them with `cargo xtask test`; alone, after `cargo build`, with
//! `cargo test -p window-tests`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod away;
mod barriers;
mod create;
mod demo;
mod drops;
mod first_start;
mod keys;
mod list;
mod looks;
mod many;
mod remember;
mod report;
mod restart;
mod review;
mod secrets;
mod sheet;
mod spending;
mod unknown;
mod words;
