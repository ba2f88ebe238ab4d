//! What the engine knows about files themselves: names that every system accepts, whether a video is whole, whether a
//! picture is one. Nothing here downloads, uploads or touches the library.

pub(crate) mod given;
pub mod mp4;
pub mod names;
pub mod picture;
pub mod same_name;
