//! What can be known about a purchase whose answer was lost, worked out from what is written down.
//!
//! Pure: no clock, no database, no network. The library gathers the facts, the stages hear the balance, and only the
//! user acts on what comes out here.

pub mod ids;
pub mod likeness;
pub mod pairing;
pub mod verdict;
pub(crate) mod words;
