//! The walk through an MP4: never a panic, never endless.
#![no_main]

use std::io::Cursor;

use engine::files::mp4;
use engine::words::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(problem) = mp4::check(&mut Cursor::new(data), data.len() as u64) {
        assert!(!problem.say(Lang::En).is_empty() && !problem.say(Lang::Zh).is_empty());
    }
    // A length that lies in either direction.
    let _ = mp4::check(&mut Cursor::new(data), data.len() as u64 / 2);
    let _ = mp4::check(&mut Cursor::new(data), data.len() as u64 * 2 + 64);
});
