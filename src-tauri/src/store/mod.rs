//! Settings and keys on the disk, held in memory by the store plugin.
//!
//! The plugin is opened on a checked file and then only ever read and reloaded. Its own `set` would tell every window
//! the new value, keys included, and its `save` rewrites in place; neither is used, and it is taken out of the
//! plugin's list at once, so that the plugin does not rewrite it at exit either. The page has no permission for it.

#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use engine::Error;
use serde_json::{Map, Value};
use tauri::Wry;
use tauri_plugin_store::Store;

pub(crate) use engine::guarded::Found;
use engine::guarded::Guarded;

/// What holds the values in memory.
pub(crate) trait Held: Send + Sync {
    /// One value.
    fn value(&self, name: &str) -> Option<Value>;
    /// All of them.
    fn all(&self) -> Map<String, Value>;
    /// Reads the file again.
    fn read_again(&self) -> Result<(), String>;
}

impl Held for Arc<Store<Wry>> {
    fn value(&self, name: &str) -> Option<Value> {
        self.get(name)
    }

    fn all(&self) -> Map<String, Value> {
        self.entries().into_iter().collect()
    }

    fn read_again(&self) -> Result<(), String> {
        self.reload_ignore_defaults().map_err(|error| error.to_string())
    }
}

/// Opens a store on a file that was checked.
pub(crate) type Open = dyn Fn(PathBuf) -> Result<Box<dyn Held>, String> + Send + Sync;

/// Opens it in the plugin.
pub(crate) fn with_plugin(app: tauri::AppHandle) -> Box<Open> {
    Box::new(move |path| {
        let store = tauri_plugin_store::StoreBuilder::new(&app, path)
            .disable_auto_save()
            .build()
            .map_err(|error| error.to_string())?;
        store.close_resource();
        Ok(Box::new(store))
    })
}

/// One file of values.
pub(crate) struct Values {
    file: Guarded,
    held: Box<dyn Held>,
    writing: Mutex<()>,
}

impl Values {
    /// Checks the file, then opens it. `secret`: only the user may read it.
    ///
    /// # Errors
    /// A file that cannot be read, set aside or restored.
    pub(crate) fn open(path: PathBuf, secret: bool, open: &Open) -> Result<(Self, Found), Error> {
        let file = Guarded::new(path, secret);
        let found = file.check().map_err(|error| Error::io(file.path(), error))?;
        let held =
            open(file.path().to_owned()).map_err(|error| Error::io(file.path(), std::io::Error::other(error)))?;
        let values = Self {
            file,
            held,
            writing: Mutex::default(),
        };
        Ok((values, found))
    }

    /// One value.
    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        self.held.value(name)
    }

    /// All values, as the engine reads them.
    pub(crate) fn all(&self) -> Value {
        Value::Object(self.held.all())
    }

    /// Changes one value; it is on the disk when this returns.
    ///
    /// # Errors
    /// The file system's; then the old value stays.
    pub(crate) fn put(&self, name: &str, value: Value) -> Result<(), Error> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.held.all();
        all.insert(name.to_owned(), value);
        self.file
            .write(&all)
            .map_err(|error| Error::io(self.file.path(), error))?;
        self.held
            .read_again()
            .map_err(|error| Error::io(self.file.path(), std::io::Error::other(error)))
    }
}
