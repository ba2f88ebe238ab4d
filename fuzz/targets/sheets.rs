//! Shot lists of any bytes: never a panic, and every row is either read or told.
#![no_main]

use engine::sheet;
use engine::words::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for lang in [Lang::En, Lang::Zh] {
        match sheet::read(data) {
            Ok(found) => {
                assert!(!found.rows.is_empty() || !found.problems.is_empty());
                assert!(found.rows.iter().all(|row| !row.prompt.trim().is_empty()));
                assert!(found.rows.windows(2).all(|pair| pair[0].line < pair[1].line));
                assert!(found.problems.iter().all(|problem| {
                    found.rows.iter().all(|row| row.line != problem.line) && !problem.say(lang).is_empty()
                }));
            }
            Err(problem) => assert!(!problem.say(lang).is_empty()),
        }
    }
});
