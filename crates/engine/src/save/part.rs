//! The part file: what an earlier try left is proven before it is gone on with, and what is written is hashed, synced
//! and only then counted. This module knows no network and no library; `receive` brings the two together.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Order;
use crate::files::names;
use crate::library::Take;
use crate::stages::submit::hex;

/// The end of the part is asked for once more and compared: a host that gives two versions under one validator is
/// found out by it.
const OVERLAP: u64 = 1024;
/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 << 10;

/// A take's part: where it lies.
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) folder: String,
}

/// What an earlier try left, read from the disk and found to be what was synced then.
pub(super) struct Kept {
    /// Its bytes.
    pub(super) bytes: u64,
    /// The last of them.
    pub(super) tail: Vec<u8>,
    hasher: Sha256,
}

impl Kept {
    pub(super) fn sha256(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }
}

/// The part, being written. After an error it is of no use any more.
pub(super) struct Writer {
    open: Option<Open>,
    buffer: Vec<u8>,
    /// Bytes in the part and the buffer.
    pub(super) bytes: u64,
}

struct Open {
    file: File,
    hasher: Sha256,
}

/// What broke while writing.
#[derive(Debug)]
pub(super) struct Broke {
    pub(super) error: Error,
    /// The sync failed: what was written since the last one is gone, and a second sync would call it safe.
    pub(super) at_sync: bool,
}

impl Part {
    pub(super) fn of(order: &Order<'_>, take: &Take) -> Self {
        let short: String = take.id.chars().rev().take(8).collect();
        let name = format!("{}.{short}.part", names::safe_stem(order.number));
        Self {
            path: order.folder.join(&name),
            folder: order.folder.to_string_lossy().into_owned(),
            name,
        }
    }

    /// What an earlier try left and may be gone on with: a plain file of ours that still holds what was synced, of a
    /// version that has a strong validator.
    pub(super) async fn kept(&self, take: &Take) -> Result<Option<Kept>> {
        let ours = take.etag.is_some()
            && take.part_name.as_deref() == Some(self.name.as_str())
            && take.folder.as_deref() == Some(self.folder.as_str());
        let (bytes, Some(sha256), true) = (take.bytes_durable, take.part_sha256.clone(), ours) else {
            return Ok(None);
        };
        if bytes == 0 {
            return Ok(None);
        }
        let path = self.path.clone();
        blocking(move || {
            let mut file = match open_plain(&path) {
                Ok(file) if file.metadata()?.len() >= bytes => file,
                Ok(_) => return Ok(None),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => return Ok(None),
                Err(error) => return Err(error),
            };
            let mut hasher = Sha256::new();
            std::io::copy(&mut (&mut file).take(bytes), &mut HashWriter(&mut hasher))?;
            if hex(&hasher.clone().finalize()) != sha256 {
                return Ok(None);
            }
            let overlap = OVERLAP.min(bytes);
            let mut tail = vec![0; usize::try_from(overlap).unwrap_or(0)];
            file.seek(SeekFrom::Start(bytes - overlap))?;
            file.read_exact(&mut tail)?;
            Ok(Some(Kept { bytes, tail, hasher }))
        })
        .await
    }

    /// A fresh, empty part. Whatever lies there under its name is taken away, never written through.
    pub(super) async fn begin(&self) -> Result<Writer> {
        let path = self.path.clone();
        let file = blocking(move || {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            File::options().read(true).write(true).create_new(true).open(&path)
        })
        .await?;
        Ok(Writer::new(file, Sha256::new(), 0))
    }

    /// Goes on behind what is kept; whatever lies behind it was never synced and is cut off.
    pub(super) async fn go_on(&self, kept: Kept) -> Result<Writer> {
        let Kept { bytes, hasher, .. } = kept;
        let path = self.path.clone();
        let file = blocking(move || {
            let mut file = open_plain(&path)?;
            file.set_len(bytes)?;
            file.seek(SeekFrom::Start(bytes))?;
            Ok(file)
        })
        .await?;
        Ok(Writer::new(file, hasher, bytes))
    }

    /// Takes it away; a link of its name too, and nothing else.
    pub(super) async fn remove(&self) {
        let _ = tokio::fs::remove_file(&self.path).await;
    }

    /// Takes away the part of an earlier try in another folder: nothing is left behind where nobody looks any more.
    pub(super) async fn remove_other(&self, take: &Take) {
        let Some(other) = take.folder.as_ref().zip(take.part_name.as_ref()) else {
            return;
        };
        let other = Path::new(other.0).join(other.1);
        let plain = tokio::fs::symlink_metadata(&other)
            .await
            .is_ok_and(|meta| meta.is_file());
        if other != self.path && plain {
            let _ = tokio::fs::remove_file(&other).await;
        }
    }
}

impl Writer {
    fn new(file: File, hasher: Sha256, bytes: u64) -> Self {
        Self {
            open: Some(Open { file, hasher }),
            buffer: Vec::with_capacity(BUFFER),
            bytes,
        }
    }

    /// Takes bytes, and writes when enough have gathered.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> std::result::Result<(), Broke> {
        self.buffer.extend_from_slice(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(0);
        if self.buffer.len() >= BUFFER {
            self.write_out(false).await?;
            crash_point!("save::written");
        }
        Ok(())
    }

    /// Writes what has gathered and syncs: how many bytes are on the disk now, and what they hash to.
    pub(super) async fn sync(&mut self) -> std::result::Result<(u64, String), Broke> {
        let sha256 = self.write_out(true).await?;
        crash_point!("save::synced");
        Ok((self.bytes, sha256))
    }

    /// Whether nothing broke so far.
    pub(super) fn is_sound(&self) -> bool {
        self.open.is_some()
    }

    async fn write_out(&mut self, sync: bool) -> std::result::Result<String, Broke> {
        let at = |at_sync| move |error| Broke { error, at_sync };
        // Taken out, so that an error leaves nothing behind to be synced once more.
        let mut open = self.open.take().ok_or_else(|| at(sync)(Error::other("not open")))?;
        let mut buffer = std::mem::take(&mut self.buffer);
        let written = tokio::task::spawn_blocking(move || {
            open.file.write_all(&buffer).map_err(at(false))?;
            open.hasher.update(&buffer);
            buffer.clear();
            let mut sha256 = String::new();
            if sync {
                open.file.sync_data().map_err(at(true))?;
                sha256 = hex(&open.hasher.clone().finalize());
            }
            Ok((open, buffer, sha256))
        })
        .await
        .unwrap_or_else(|_| Err(at(false)(closing())))?;
        let (open, buffer, sha256) = written;
        (self.open, self.buffer) = (Some(open), buffer);
        Ok(sha256)
    }
}

/// Opens a file that is one: not a link to one. What was opened and what stands there under the name are compared, as
/// a link may be put there in between.
fn open_plain(path: &Path) -> Result<File> {
    let not_plain = || Error::from(ErrorKind::InvalidInput);
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(not_plain());
    }
    let file = File::options().read(true).write(true).open(path)?;
    let (there, opened) = (std::fs::symlink_metadata(path)?, file.metadata()?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if (there.dev(), there.ino()) != (opened.dev(), opened.ino()) {
            return Err(not_plain());
        }
    }
    if there.is_file() && opened.is_file() {
        Ok(file)
    } else {
        Err(not_plain())
    }
}

/// Whether a file is there with this length and hash.
pub(super) async fn same_file(path: PathBuf, size: u64, sha256: String) -> bool {
    blocking(move || Ok(is_file(&path, size, &sha256)))
        .await
        .unwrap_or(false)
}

/// The same at once. Blocks.
pub(crate) fn is_file(path: &Path, size: u64, sha256: &str) -> bool {
    let there = std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() == size);
    there
        && File::open(path)
            .and_then(|mut file| hash(&mut file))
            .is_ok_and(|found| found == sha256)
}

/// SHA-256 of a whole file, hex. Blocks.
pub(crate) fn hash_of(path: &Path) -> Result<String> {
    hash(&mut File::open(path)?)
}

/// SHA-256 of a file from where it stands, hex.
pub(super) fn hash(file: &mut File) -> Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(file, &mut HashWriter(&mut hasher))?;
    Ok(hex(&hasher.finalize()))
}

pub(super) struct HashWriter<'a>(pub(super) &'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(closing()))
}

fn closing() -> Error {
    Error::other("the app is closing")
}
