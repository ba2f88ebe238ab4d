//! The pictures that the rows of a sheet name: each is looked for beside the sheet, judged once, and kept by its content.
//!
//! A sheet is weighed after every change of a cell, and judging a picture means decoding all of it. So while it is only
//! weighed, a file that did not change since it was judged is not opened again; what is taken in the end is judged anew.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use super::Engine;
use super::core::locked;
use super::import::Origin;
use crate::error::{Error, Result};
use crate::library::KeptImage;
use crate::sheet::anchored::{Embedded, MARK};
use crate::trouble::Told;
use crate::trouble::rows::pictures;
use crate::view::ImageRef;

/// What is remembered of files that were judged; behind so many it is forgotten.
const REMEMBERED: usize = 5_000;

/// Pictures that were judged, as their files were then. Only memory.
#[derive(Debug, Default)]
pub(crate) struct Judged(Mutex<HashMap<PathBuf, (Version, KeptImage)>>);

/// When a file was changed last, and its length.
type Version = (SystemTime, u64);

impl Judged {
    fn get(&self, path: &Path, version: Version) -> Option<KeptImage> {
        let all = locked(&self.0);
        let (known, image) = all.get(path)?;
        (*known == version).then(|| image.clone())
    }

    fn put(&self, path: PathBuf, version: Version, image: KeptImage) {
        let mut all = locked(&self.0);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(path, (version, image));
    }
}

/// The pictures of one sheet.
pub(super) struct Pictures<'a> {
    engine: &'a Engine,
    beside: Option<&'a Path>,
    embedded: &'a Embedded,
    ahead: bool,
    /// What became of those that the rows before named.
    known: HashMap<PathBuf, Result<KeptImage, Told>>,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(engine: &'a Engine, from: &'a Origin, ahead: bool) -> Self {
        Self {
            engine,
            beside: from.beside.as_deref(),
            embedded: &from.embedded,
            ahead,
            known: HashMap::new(),
        }
    }

    /// Keeps a picture that a row names; one that many rows name is opened once.
    pub(super) async fn keep(&mut self, image: &str) -> Result<ImageRef, Told> {
        let path = if image.starts_with(MARK) {
            PathBuf::from(image)
        } else {
            // Rows from the clipboard lie beside nothing: a bare name would be looked for wherever the app was started.
            let alone = || Path::new(image).is_absolute().then(|| Path::new(""));
            let Some(beside) = self.beside.or_else(alone) else {
                return Err(Told::new(&pictures::NOT_BESIDE).with("name", image));
            };
            if cfg!(windows) && is_elsewhere(image, &beside.to_string_lossy()) {
                return Err(Told::new(&pictures::ELSEWHERE).with("name", image));
            }
            beside.join(image)
        };
        if !self.known.contains_key(&path) {
            let found = if image.starts_with(MARK) {
                self.inside(image.to_owned()).await
            } else {
                self.look(path.clone()).await
            };
            self.known.insert(path.clone(), found.map_err(|error| error.told()));
        }
        match self.known.get(&path) {
            Some(Ok(image)) => Ok(image.into()),
            Some(Err(told)) => Err(told.clone()),
            None => Err(Error::Closing.told()),
        }
    }

    /// A picture that lies in the workbook itself.
    async fn inside(&self, image: String) -> Result<KeptImage> {
        let (core, embedded) = (std::sync::Arc::clone(&self.engine.core), self.embedded.clone());
        let ahead = self.ahead;
        let looked = tokio::task::spawn_blocking(move || {
            let bytes = embedded.read(&image).unwrap_or_default();
            let directory = Some(core.library.directory()).filter(|_| !ahead);
            crate::pictures::take_bytes(directory, image.trim_start_matches(MARK), &bytes)
        });
        looked.await.map_err(|_| Error::Closing)?
    }

    async fn look(&self, path: PathBuf) -> Result<KeptImage> {
        let core = std::sync::Arc::clone(&self.engine.core);
        let ahead = self.ahead;
        let looked = tokio::task::spawn_blocking(move || {
            if !ahead {
                return crate::pictures::keep(core.library.directory(), &path);
            }
            let version = version(&path);
            if let Some(known) = version.and_then(|version| core.judged.get(&path, version)) {
                return Ok(known);
            }
            let image = crate::pictures::judge(&path)?;
            if let Some(version) = version {
                core.judged.put(path, version, image.clone());
            }
            Ok(image)
        });
        looked.await.map_err(|_| Error::Closing)?
    }

    /// Those that can be used: noted with the rows, in one commit.
    pub(super) fn kept(self) -> Vec<KeptImage> {
        self.known.into_values().filter_map(Result::ok).collect()
    }
}

fn version(path: &Path) -> Option<Version> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// Whether a path of Windows leads to another computer than the one that the sheet lies on. Merely opening such a path
/// tells that computer who is signed in here, and a sheet may come from anybody.
fn is_elsewhere(image: &str, beside: &str) -> bool {
    let host = |path: &str| {
        let path = path.replace('/', "\\").to_lowercase();
        let rest = path.strip_prefix(r"\\?\unc\").or_else(|| path.strip_prefix(r"\\"))?;
        rest.split('\\').next().map(str::to_owned)
    };
    host(image).is_some_and(|host_of_image| host(beside) != Some(host_of_image))
}

#[cfg(test)]
mod tests {
    use super::is_elsewhere;

    #[test]
    fn a_sheet_leads_to_no_other_computer() {
        let here = r"\\?\C:\Users\me\shots";
        for image in [
            r"\\evil\share\a.png",
            "//evil/share/a.png",
            r"\\?\UNC\evil\s\a.png",
            r"\\.\pipe\x",
            r"/\evil\a.png",
        ] {
            assert!(is_elsewhere(image, here), "{image}");
            assert!(is_elsewhere(image, r"\\?\UNC\nas\films"), "{image}");
        }
        for image in [
            "a.png",
            r"pictures\a.png",
            r"..\a.png",
            r"D:\a.png",
            r"\a.png",
            r"\\?\C:\a.png",
        ] {
            assert!(!is_elsewhere(image, here), "{image}");
        }
        assert!(!is_elsewhere(r"\\NAS\films\a.png", r"\\?\UNC\nas\films"));
    }
}
