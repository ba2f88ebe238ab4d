//! Answers of the service, of any status and shape: never a panic, never an id that the answer does not hold.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Some(&[high, low]), Some(body)) = (data.get(..2), data.get(2..)) else { return };
    let status = 100 + u16::from_be_bytes([high, low]) % 500;
    kie::fuzzing::answer(status, body);
});
