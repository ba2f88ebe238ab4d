//! Saved clips get other names on the disk, without one of them ever being lost or written over.
//!
//! What each is called then is worked out first (`plan`), with everything in the folder in view. Then it goes in rounds
//! of names that do not touch each other (`rounds`): what was meant is committed, the files are renamed and the folder
//! synced, and the takes say so, all of a round in one commit. Whatever moment the app ends in, one look at the two names
//! tells what happened (`settle`). Two clips that change places, and a name that changes in its case alone, go by way of
//! a third name, which is a name like any other and noted the same way.

mod plan;
mod rounds;
pub(crate) mod settle;
mod work;

pub(crate) use plan::{Fate, Wanted, Wish, fates};
pub(crate) use rounds::{Step, rounds};
pub(crate) use work::{Moved, Refusal, carry_out, names_in};
