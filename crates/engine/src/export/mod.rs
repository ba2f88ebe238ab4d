//! The history as a file for other programs: every task with what was asked for, what it cost, when, and where it lies.
//!
//! Written a page of tasks at a time, so that it takes as much memory for a hundred thousand as for ten, into a file
//! without a name that gets one when it is whole.

pub(crate) mod cells;
mod line;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use self::line::{Line, Place};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::words::Lang;

/// Tasks that are held at once.
const PAGE: usize = 500;

/// How the history is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A table for spreadsheets: UTF-8 with its mark, so that every one of them reads it.
    Csv,
    /// A list of objects.
    Json,
}

impl Form {
    /// As the name of a file says.
    pub fn of(path: &Path) -> Self {
        let json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if json { Self::Json } else { Self::Csv }
    }
}

impl Engine {
    /// Writes the history of a batch, or of all, to a file; what was there under that name is replaced when all of it is
    /// written. How many tasks it holds.
    ///
    /// # Errors
    /// The library's; the disk's, and then the file is as it was.
    pub async fn export_history(&self, batch: Option<String>, to: PathBuf, lang: Lang) -> Result<u64> {
        let form = Form::of(&to);
        let mut sheet = begin(&to, form, lang).map_err(|error| Error::io(&to, error))?;
        let (mut after, mut count) = (Place::start(batch.as_deref()), 0);
        loop {
            let (batch, path) = (batch.clone(), to.clone());
            let read = self.library().read(move |db| {
                let lines = line::page(db, batch.as_deref(), &after, PAGE, lang)?;
                let (mut last, written) = (after, lines.len());
                for (place, line) in lines {
                    sheet.add(&line).map_err(|error| Error::io(&path, error))?;
                    last = place;
                }
                Ok((sheet, last, written))
            });
            let (back, last, written) = read.await?;
            (sheet, after) = (back, last);
            count += u64::try_from(written).unwrap_or(0);
            if written < PAGE {
                break;
            }
        }
        let ended = tokio::task::spawn_blocking(move || sheet.end(&to).map_err(|error| Error::io(&to, error)));
        ended.await.map_err(|_| Error::Closing)??;
        Ok(count)
    }
}

/// A file that is being written.
struct Out {
    file: BufWriter<NamedTempFile>,
    form: Form,
    first: bool,
}

fn begin(to: &Path, form: Form, lang: Lang) -> io::Result<Out> {
    let mut file = BufWriter::with_capacity(256 << 10, unnamed(to)?);
    match form {
        Form::Csv => {
            file.write_all("\u{feff}".as_bytes())?;
            file.write_all(cells::record(&Line::heads(lang)).as_bytes())?;
        }
        Form::Json => file.write_all(b"[")?,
    }
    Ok(Out {
        file,
        form,
        first: true,
    })
}

impl Out {
    fn add(&mut self, line: &Line) -> io::Result<()> {
        let first = std::mem::replace(&mut self.first, false);
        match self.form {
            Form::Csv => self.file.write_all(cells::record(&line.cells()).as_bytes()),
            Form::Json => {
                self.file.write_all(if first { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.file, line).map_err(io::Error::from)
            }
        }
    }

    fn end(mut self, to: &Path) -> io::Result<()> {
        if self.form == Form::Json {
            self.file.write_all(b"\n]\n")?;
        }
        name(self.file.into_inner().map_err(io::IntoInnerError::into_error)?, to)
    }
}

/// A whole file at once; what was there under that name is replaced when all of it is written.
pub(crate) fn put(to: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = unnamed(to)?;
    file.write_all(bytes)?;
    name(file, to)
}

/// A file beside what it will be.
fn unnamed(to: &Path) -> io::Result<NamedTempFile> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
}

fn name(file: NamedTempFile, to: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    let named = file.persist(to).map_err(|refused| refused.error)?;
    share(&named)
}

/// Made for one's own eyes while it had no name; now it is a file like any other in that folder.
#[cfg(unix)]
fn share(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
