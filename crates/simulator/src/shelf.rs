//! The uploaded images, in memory: the newest 128 MiB. Like the real links, they do not last.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use crate::clock;

/// Bytes kept in all.
const ROOM: usize = 128 * 1024 * 1024;

/// One stored upload.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub bytes: Bytes,
    pub mime: String,
    pub etag: String,
    pub at_ms: i64,
}

/// See the module's head.
#[derive(Debug)]
pub(crate) struct Shelf {
    room: usize,
    files: HashMap<String, Stored>,
    order: VecDeque<String>,
    held: usize,
}

impl Default for Shelf {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

impl Shelf {
    fn with_room(room: usize) -> Self {
        Self {
            room,
            files: HashMap::new(),
            order: VecDeque::new(),
            held: 0,
        }
    }

    /// Stores a file under its path; the same path overwrites, as the service documents.
    pub(crate) fn put(&mut self, path: &str, bytes: Bytes, mime: String, etag: String) -> Stored {
        self.remove(path);
        let stored = Stored {
            bytes,
            mime,
            etag,
            at_ms: clock::now_ms(),
        };
        self.held += stored.bytes.len();
        self.order.push_back(path.to_owned());
        self.files.insert(path.to_owned(), stored.clone());
        while self.held > self.room && self.order.len() > 1 {
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
        let mut shelf = Shelf::with_room(400);
        let chunk = Bytes::from(vec![7; 100]);
        for name in ["a", "b", "c", "d", "b", "e"] {
            shelf.put(name, chunk.clone(), "image/png".to_owned(), String::new());
        }
        let kept: Vec<_> = ["a", "b", "c", "d", "e"]
            .into_iter()
            .filter(|name| shelf.get(name).is_some())
            .collect();
        assert_eq!(kept, ["b", "c", "d", "e"]);
        assert_eq!(shelf.held, 400);
    }
}
