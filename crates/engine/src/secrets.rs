//! Keeps secrets out of what others read: the one place that logs, reports and the terminal go through.
//!
//! Which texts are secret is known below, where keys are held (`kie::ApiKey`); this is the engine's name for it, so
//! that nobody above needs to know the client for that.

pub use kie::{scrub, strike};
