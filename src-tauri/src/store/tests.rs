//! Real files, torn in every way a power cut can tear them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Found, Guarded, Held, Open, Values};

/// Holds what the plugin would hold: a file that does not parse changes nothing, and nobody is told.
struct InMemory(PathBuf, std::sync::Mutex<Map<String, Value>>);

impl Held for InMemory {
    fn value(&self, name: &str) -> Option<Value> {
        self.1.lock().unwrap().get(name).cloned()
    }

    fn all(&self) -> Map<String, Value> {
        self.1.lock().unwrap().clone()
    }

    fn read_again(&self) -> Result<(), String> {
        let bytes = fs::read(&self.0).map_err(|error| error.to_string())?;
        *self.1.lock().unwrap() = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        Ok(())
    }
}

pub(crate) fn in_memory() -> Box<Open> {
    Box::new(|path| {
        let held = InMemory(path, std::sync::Mutex::default());
        let _ = held.read_again();
        Ok(Box::new(held))
    })
}

fn content() -> Map<String, Value> {
    let Value::Object(content) = json!({"library": [{"id": "1", "name": "Studio 影棚", "key": "sk-0123456789"}]})
    else {
        unreachable!()
    };
    content
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn asides(directory: &Path) -> Vec<PathBuf> {
    let named = |path: &PathBuf| path.to_string_lossy().contains(".broken-");
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(named)
        .collect()
}

#[test]
fn a_file_torn_at_any_length_is_restored_and_the_torn_one_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let file = Guarded::new(path.clone(), true);
    file.write(&content()).unwrap();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        let torn = &whole[..length];
        fs::write(&path, torn).unwrap();
        let found = file.check().unwrap();
        let Found::Restored { aside: Some(aside) } = found else {
            panic!("{length} of {} bytes: {found:?}", whole.len());
        };
        assert_eq!(fs::read(&aside).unwrap(), torn);
        assert_eq!(fs::read(&path).unwrap(), whole);
        assert_eq!(file.check().unwrap(), Found::Good);
    }
    assert_eq!(asides(directory.path()).len(), whole.len());
}

#[test]
fn nul_filled_gone_and_foreign_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("settings.json");
    let file = Guarded::new(path.clone(), false);
    assert_eq!(file.check().unwrap(), Found::Nothing);

    // No copy to go back to: it starts empty, and what was there is kept.
    fs::write(&path, b"[1, 2]").unwrap();
    assert!(matches!(file.check().unwrap(), Found::Lost { .. }));
    assert!(!path.exists());
    assert_eq!(asides(directory.path()).len(), 1);

    file.write(&content()).unwrap();
    fs::write(&path, vec![0; 300]).unwrap();
    assert!(matches!(file.check().unwrap(), Found::Restored { aside: Some(_) }));
    fs::remove_file(&path).unwrap();
    assert_eq!(file.check().unwrap(), Found::Restored { aside: None });
    assert_eq!(read(&path), Value::Object(content()));

    // A good file without a copy gets one.
    fs::remove_file(directory.path().join("settings.json.good")).unwrap();
    assert_eq!(file.check().unwrap(), Found::Good);
    assert_eq!(
        read(&directory.path().join("settings.json.good")),
        Value::Object(content())
    );
}

#[cfg(unix)]
#[test]
fn files_with_keys_are_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    // As another program may have left it.
    fs::write(&path, b"{}").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let file = Guarded::new(path.clone(), true);
    assert_eq!(file.check().unwrap(), Found::Good);
    file.write(&content()).unwrap();
    fs::write(&path, b"{\"library").unwrap();
    file.check().unwrap();
    let entries: Vec<_> = fs::read_dir(directory.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 3, "the file, its copy, the broken one");
    for entry in entries {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn a_value_is_on_the_disk_when_put_returns_and_the_others_stay() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep").join("settings.json");
    let (values, found) = Values::open(path.clone(), false, &in_memory()).unwrap();
    assert_eq!(found, Found::Nothing);
    values.put("preferences", json!({"downloads": 4})).unwrap();
    values.put("fromElsewhere", json!("stays")).unwrap();
    values.put("preferences", json!({"downloads": 5})).unwrap();
    let expected = json!({"preferences": {"downloads": 5}, "fromElsewhere": "stays"});
    assert_eq!((read(&path), values.all()), (expected.clone(), expected));

    // A folder that takes no new file: the change is refused, and the old value stays everywhere.
    fs::remove_file(path.with_file_name("settings.json.good")).unwrap();
    fs::create_dir(path.with_file_name("settings.json.good")).unwrap();
    assert!(values.put("preferences", json!(7)).is_err());
    assert_eq!(values.get("preferences"), Some(json!({"downloads": 5})));
    assert_eq!(read(&path)["preferences"], json!({"downloads": 5}));
}
