//! Seed images, kept as copies by their content: deleting or changing the original changes nothing.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::picture::{self, Picture, PictureFormat};
use crate::library::KeptImage;
use crate::trouble::{Told, rows};

/// The longest side of a thumbnail, in pixels.
const THUMBNAIL: u32 = 360;

fn folder(directory: &Path) -> PathBuf {
    directory.join("images")
}

/// Where a kept copy lies.
pub fn path(directory: &Path, image: &KeptImage) -> PathBuf {
    folder(directory).join(format!("{}.{}", image.hash, image.format))
}

/// Its media type.
pub fn mime(image: &KeptImage) -> &'static str {
    match image.format.as_str() {
        "png" => "image/png",
        "webp" => "image/webp",
        _ => "image/jpeg",
    }
}

/// Checks a file by its content, as [`keep`] does, and keeps nothing. Blocks.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn judge(file: &Path) -> Result<KeptImage> {
    let found = picture::inspect(file).map_err(|problem| Error::from(problem.told()))?;
    Ok(described(file, found))
}

/// Checks a file by its content and keeps a copy. Blocks; the copy is synced before its name is there.
///
/// # Errors
/// What is wrong with the file, in words, or an input/output error.
pub fn keep(directory: &Path, file: &Path) -> Result<KeptImage> {
    let (found, bytes) = picture::take(file).map_err(|problem| Error::from(problem.told()))?;
    put(directory, described(file, found), &bytes)
}

/// The same for bytes that came from elsewhere; `directory`: where a copy is kept, if one is to be.
///
/// # Errors
/// What is wrong with them, in words, or an input/output error.
pub(crate) fn take_bytes(directory: Option<&Path>, name: &str, bytes: &[u8]) -> Result<KeptImage> {
    let found = picture::inspect_bytes(name, bytes).map_err(|problem| Error::from(problem.told()))?;
    let image = described(Path::new(name), found);
    match directory {
        Some(directory) => put(directory, image, bytes),
        None => Ok(image),
    }
}

fn described(file: &Path, found: Picture) -> KeptImage {
    let name = file
        .file_name()
        .map_or_else(|| "image".to_owned(), |name| name.to_string_lossy().into_owned());
    named(found, name)
}

/// The copy under its hash, whole or not at all.
fn put(directory: &Path, image: KeptImage, bytes: &[u8]) -> Result<KeptImage> {
    let target = path(directory, &image);
    if fs::metadata(&target).is_ok_and(|meta| meta.len() == image.bytes) {
        return Ok(image);
    }
    let folder = folder(directory);
    fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
    write_synced(&folder, &target, bytes)?;
    Ok(image)
}

fn named(found: Picture, name: String) -> KeptImage {
    let format = match found.format {
        PictureFormat::Jpeg => "jpg",
        PictureFormat::Png => "png",
        PictureFormat::Webp => "webp",
    };
    KeptImage {
        hash: found.sha256,
        name,
        format: format.to_owned(),
        width: found.width,
        height: found.height,
        bytes: found.bytes,
    }
}

/// The copies that lie in the folder, each with the hash that its name says. Blocks.
pub(crate) fn copies(directory: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder(directory)).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let hash = path.file_stem()?.to_str()?.to_owned();
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash.then_some((hash, path))
        })
        .collect();
    found.sort();
    found
}

/// A copy whose row is lost, if it still is what its name says. Blocks.
pub(crate) fn known_again(path: &Path, hash: &str, name: Option<&str>) -> Option<KeptImage> {
    let (found, _) = picture::take(path).ok()?;
    let name = name.map_or_else(
        || path.file_name().map(|name| name.to_string_lossy().into_owned()),
        |name| Some(name.to_owned()),
    )?;
    let image = named(found, name);
    (image.hash == hash && path.extension().is_some_and(|end| end == image.format.as_str())).then_some(image)
}

/// A small picture for the board, made once and kept. Blocks.
///
/// # Errors
/// The copy is gone or cannot be decoded any more.
pub fn thumbnail(directory: &Path, image: &KeptImage) -> Result<PathBuf> {
    let folder = directory.join("thumbnails");
    let target = folder.join(format!("{}.jpg", image.hash));
    if target.is_file() {
        return Ok(target);
    }
    let source = path(directory, image);
    let bytes = fs::read(&source).map_err(|error| Error::io(&source, error))?;
    let small = picture::thumbnail(&bytes, THUMBNAIL).map_err(|problem| Error::from(problem.told()))?;
    fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
    write_synced(&folder, &target, &small)?;
    Ok(target)
}

/// Where a task's poster frame lies.
pub fn poster(directory: &Path, take_id: &str) -> PathBuf {
    directory.join("posters").join(format!("{take_id}.jpg"))
}

/// Keeps a poster frame (a JPEG that the page drew). Blocks.
///
/// # Errors
/// Not a JPEG of sensible size, or an input/output error.
pub fn keep_poster(directory: &Path, take_id: &str, jpeg: &[u8]) -> Result<()> {
    const LARGEST: usize = 2 << 20;
    if jpeg.len() > LARGEST || !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Told::new(&rows::pictures::POSTER).into());
    }
    let target = poster(directory, take_id);
    let folder = directory.join("posters");
    fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
    write_synced(&folder, &target, jpeg)
}

/// Writes a file whole: beside it, synced, renamed.
fn write_synced(folder: &Path, target: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(bytes)?;
        beside.as_file().sync_all()?;
        beside.persist(target).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| Error::io(target, error))
}
