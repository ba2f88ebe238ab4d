//! Pictures of any bytes: refused in words or made small, within the memory that one may take.
#![no_main]

use engine::files::picture;
use engine::words::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match picture::thumbnail(data, 64) {
        Ok(small) => assert!(small.starts_with(&[0xff, 0xd8])),
        Err(problem) => assert!(!problem.say(Lang::En).is_empty() && !problem.say(Lang::Zh).is_empty()),
    }
});
