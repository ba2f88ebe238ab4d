//! A task: its states and its request. Pure; what is stored of it is in [`crate::library`].

pub mod request;
mod state;

pub use state::{Illegal, Lane, State, Step, UnknownState};
