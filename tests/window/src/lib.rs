//! The real window, driven from outside: what the journeys beside this crate stand on.
//!
//! A journey starts the app as a person does, with a home of its own, and touches nothing but its window: clicks, keys,
//! and the handler that the system's file drop calls. The web view is driven through WebKitWebDriver, spoken to over
//! plain HTTP, on a screen in memory (Xvfb). Linux only. Nothing here knows the app's inside; what a journey checks is
//! what stands on the page, on the disk, and in the service's own count.
//!
//! Waiting is always for a condition, never for a time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it stands"
)]

mod axe;
mod board;
mod clips;
mod display;
mod drive;
mod driver;
mod fit;
pub mod measure;
mod palette;
mod picture;
pub mod scenes;
mod stage;
mod wait;

pub use board::Board;
pub use clips::{saved_clips, wait_for_clips};
pub use drive::SmallDrive;
pub use picture::{Drawing, draw, shrunk};
pub use stage::{Language, Stage};
pub use wait::{PATIENCE, until};
