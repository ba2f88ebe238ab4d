//! The stand-in through its front door: real sockets, an ordinary HTTP client, and a raw one for what that client hides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod account;
mod desk;
mod generate;
mod media;
mod media_faults;
mod outcome_faults;
mod program;
mod readme;
mod restart;
mod submit_faults;
mod uploads;
