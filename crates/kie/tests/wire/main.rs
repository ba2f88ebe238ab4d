//! The client through its front door, over real sockets: what it puts on the wire, and what it makes of each way in
//! which a wire can fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod free;
mod secrets;
mod stub;
mod submit;
