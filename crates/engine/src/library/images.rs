//! Kept seed images, and where they lie at the service.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// A kept copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptImage {
    /// SHA-256 of its content, hex.
    pub hash: String,
    /// The name of the file it came from.
    pub name: String,
    /// `jpg`, `png` or `webp`.
    pub format: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub bytes: u64,
}

/// Notes a copy; the first name it came under stays.
pub(crate) fn keep(tx: &Connection, image: &KeptImage, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO image (hash, name, format, width, height, bytes, kept_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (hash) DO NOTHING",
        params![
            image.hash,
            image.name,
            image.format,
            image.width,
            image.height,
            i64::try_from(image.bytes).unwrap_or(i64::MAX),
            now
        ],
    )?;
    Ok(())
}

/// One copy.
pub(crate) fn get(tx: &Connection, hash: &str) -> Result<Option<KeptImage>> {
    Ok(tx
        .prepare_cached("SELECT hash, name, format, width, height, bytes FROM image WHERE hash = ?1")?
        .query_row([hash], |row| {
            Ok(KeptImage {
                hash: row.get(0)?,
                name: row.get(1)?,
                format: row.get(2)?,
                width: row.get(3)?,
                height: row.get(4)?,
                bytes: row.get::<_, i64>(5).map(|n| u64::try_from(n).unwrap_or(0))?,
            })
        })
        .optional()?)
}

/// A link to an upload that lives at least until `until` (ms).
pub(crate) fn uploaded(tx: &Connection, hash: &str, host: &str, until: i64) -> Result<Option<String>> {
    Ok(tx
        .query_row(
            "SELECT url FROM upload WHERE hash = ?1 AND host = ?2 AND expires_at > ?3",
            params![hash, host, until],
            |row| row.get(0),
        )
        .optional()?)
}

/// Notes an upload.
pub(crate) fn put_upload(tx: &Connection, hash: &str, host: &str, url: &str, expires_at: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO upload (hash, host, url, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (hash, host) DO UPDATE SET url = excluded.url, expires_at = excluded.expires_at",
        params![hash, host, url, expires_at],
    )?;
    Ok(())
}

/// Forgets where an image lies: the service could not fetch it.
pub(crate) fn forget_upload(tx: &Connection, hash: &str) -> Result<()> {
    tx.execute("DELETE FROM upload WHERE hash = ?1", [hash])?;
    Ok(())
}
