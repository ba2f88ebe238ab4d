//! The uploaded images, in memory: the newest 128 MiB. Like the real links, they do not last.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use crate::{clips, clock};

const KEPT_BYTES: usize = 128 * 1024 * 1024;

/// One stored upload.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub bytes: Bytes,
    pub mime: String,
    pub etag: String,
    pub at_ms: i64,
}

/// See the module's head.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    files: HashMap<String, Stored>,
    order: VecDeque<String>,
    held: usize,
}

impl Shelf {
    /// Stores a file under its path; the same path overwrites, as the service documents.
    pub(crate) fn put(&mut self, path: &str, bytes: Bytes, mime: String) -> Stored {
        self.remove(path);
        let stored = Stored {
            etag: clips::etag(&bytes),
            bytes,
            mime,
            at_ms: clock::now_ms(),
        };
        self.held += stored.bytes.len();
        self.order.push_back(path.to_owned());
        self.files.insert(path.to_owned(), stored.clone());
        while self.held > KEPT_BYTES && self.order.len() > 1 {
            if let Some(oldest) = self.order.front().cloned() {
                self.remove(&oldest);
            }
        }
        stored
    }

    fn remove(&mut self, path: &str) {
        if let Some(old) = self.files.remove(path) {
            self.held -= old.bytes.len();
            self.order.retain(|kept| kept != path);
        }
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Stored> {
        self.files.get(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_uploads_leave_when_it_is_full() {
        let mut shelf = Shelf::default();
        let chunk = Bytes::from(vec![7; KEPT_BYTES / 4]);
        for name in ["a", "b", "c", "d", "b", "e"] {
            shelf.put(name, chunk.clone(), "image/png".to_owned());
        }
        let kept: Vec<_> = ["a", "b", "c", "d", "e"]
            .into_iter()
            .filter(|name| shelf.get(name).is_some())
            .collect();
        assert_eq!(kept, ["b", "c", "d", "e"]);
        assert_eq!(shelf.held, KEPT_BYTES);
    }
}
