//! Names from any text: one name, in the folder, that every system takes.
#![no_main]

use engine::files::names;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u32, String)| {
    let (n, text) = data;
    let name = names::clip_name(&text);
    assert!(name.ends_with(".mp4") && name.len() <= 255);
    assert!(!name.contains(|c: char| c.is_control() || "<>:\"/\\|?*".contains(c)));
    assert_eq!(std::path::Path::new(&name).components().count(), 1);
    let stem = names::safe_stem(&text);
    assert!(!stem.is_empty() && !stem.starts_with('.') && !stem.ends_with(['.', ' ']));
    assert_eq!(names::safe_stem(&stem), stem);
    let next = names::taken(&name, n);
    assert!(next.len() <= 255 && (n < 2 || next != name));
});
