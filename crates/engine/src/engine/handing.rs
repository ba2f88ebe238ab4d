//! Picks handed on: what would be, and doing it, so that it can be stopped and says what it left out.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use super::Engine;
use super::core::locked;
use crate::error::{Error, Result};
use crate::files::names;
use crate::handing::copy::{Refused, copy, list};
use crate::handing::{Handed, fcpxml, otio, rate, sheet, template};
use crate::library::review::{self, Pick};
use crate::save::{folder, place};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::review::{ExportOrder, ExportProgress, ExportReport, NamesPreview};
use crate::words::Lang;

impl Engine {
    /// What an export would hold: how many clips, their bytes, the first three names.
    ///
    /// # Errors
    /// The library's.
    pub async fn export_preview(&self, order: ExportOrder) -> Result<NamesPreview> {
        self.core
            .library
            .read(move |db| {
                let picks = review::picks(db, &order.query)?;
                let mut taken = HashSet::new();
                let first = picks.iter().take(3).enumerate().map(|(at, pick)| {
                    let stem = template::stem(&order.template, pick, at + 1, picks.len());
                    template::free(&stem, "mp4", &mut taken)
                });
                Ok(NamesPreview {
                    names: first.collect(),
                    count: picks.len() as u64,
                    bytes: picks.iter().map(size).sum(),
                    unknown: template::unknown(&order.template),
                })
            })
            .await
    }

    /// Hands clips on into `folder`: copies where the order says so, then lists of what is there. What cannot be handed
    /// on is left out and told; nothing that is there is written over. `told` hears how far it is.
    ///
    /// # Errors
    /// The library's; a folder that is not there or has no room, and then nothing was written.
    pub async fn export(
        &self,
        order: ExportOrder,
        folder: PathBuf,
        lang: Lang,
        told: impl Fn(ExportProgress) + Send + Sync + 'static,
        stop: CancellationToken,
    ) -> Result<ExportReport> {
        let query = order.query.clone();
        let picks = self.core.library.read(move |db| review::picks(db, &query)).await?;
        let is_folder = folder.clone();
        let there = tokio::task::spawn_blocking(move || is_folder.metadata().is_ok_and(|about| about.is_dir()));
        if !there.await.map_err(|_| Error::Closing)? {
            return Err(Error::io(&folder, std::io::ErrorKind::NotFound.into()));
        }
        let bytes_of = picks.iter().map(size).sum();
        if order.copy
            && folder::missing(&folder, Some(bytes_of))
                .await
                .is_some_and(|bytes| bytes > 0)
        {
            return Err(Error::io(&folder, std::io::ErrorKind::StorageFull.into()));
        }
        let far = Arc::new(Mutex::new(ExportProgress {
            done: 0,
            of: picks.len() as u64,
            bytes: 0,
            bytes_of,
        }));
        let work = Work {
            order,
            folder,
            lang,
            stop,
            far,
            told: Box::new(told),
        };
        tokio::task::spawn_blocking(move || work.run(picks))
            .await
            .map_err(|_| Error::Closing)?
    }
}

struct Work {
    order: ExportOrder,
    folder: PathBuf,
    lang: Lang,
    stop: CancellationToken,
    far: Arc<Mutex<ExportProgress>>,
    told: Box<dyn Fn(ExportProgress) + Send + Sync>,
}

impl Work {
    fn run(self, picks: Vec<Pick>) -> Result<ExportReport> {
        let mut report = ExportReport {
            folder: self.folder.to_string_lossy().into_owned(),
            ..ExportReport::default()
        };
        let (mut handed, of) = (Vec::with_capacity(picks.len()), picks.len());
        let name = list_name(&picks);
        for (at, pick) in picks.into_iter().enumerate() {
            match self.one(&pick, at + 1, of) {
                Ok((path, timing)) => handed.push(Handed { pick, path, timing }),
                Err(Refused::Stopped) => {
                    report.stopped = true;
                    break;
                }
                Err(why) => {
                    report.problems.push(self.say(&pick, why));
                }
            }
            let mut far = locked(&self.far);
            far.done += 1;
            (self.told)(*far);
        }
        report.copied = if self.order.copy { handed.len() as u64 } else { 0 };
        if !report.stopped && !handed.is_empty() {
            self.lists(&name, &handed, &mut report)?;
        }
        place::sync_folder(&self.folder).map_err(|error| Error::io(&self.folder, error))?;
        Ok(report)
    }

    /// One clip: looked at, and copied where that is wanted.
    fn one(&self, pick: &Pick, n: usize, of: usize) -> Result<(PathBuf, crate::handing::Timing), Refused> {
        if self.stop.is_cancelled() {
            return Err(Refused::Stopped);
        }
        let source = place_of(pick).unwrap_or_default();
        let disk = |error| Refused::Disk(source.clone(), error);
        let timing = rate::timing(&File::open(&source).map_err(disk)?).map_err(|_| Refused::Differs)?;
        if !self.order.copy {
            return Ok((source, timing));
        }
        let first = template::stem(&self.order.template, pick, n, of) + ".mp4";
        let sha256 = pick.row.take.as_ref().and_then(|take| take.sha256.as_deref());
        let told = |bytes| {
            let mut far = locked(&self.far);
            far.bytes += bytes;
            (self.told)(*far);
        };
        copy(&source, &self.folder, &first, sha256, &self.stop, told).map(|path| (path, timing))
    }

    fn lists(&self, name: &str, handed: &[Handed], report: &mut ExportReport) -> Result<()> {
        let mut lists = Vec::new();
        if self.order.csv {
            lists.push(("csv", sheet::write(handed)?));
        }
        if self.order.fcpxml {
            lists.push(("fcpxml", fcpxml::write(name, handed).into_bytes()));
        }
        if self.order.otio {
            lists.push(("otio", otio::write(name, handed).into_bytes()));
        }
        for (extension, bytes) in lists {
            let written = list(&self.folder, &format!("{}.{extension}", names::safe_stem(name)), &bytes);
            let path = written.map_err(|error| Error::io(&self.folder, error))?;
            let name = path.file_name().unwrap_or_default();
            report.lists.push(name.to_string_lossy().into_owned());
        }
        Ok(())
    }

    fn say(&self, pick: &Pick, why: Refused) -> String {
        let said = match why {
            Refused::Disk(path, error) if error.kind() == std::io::ErrorKind::NotFound => {
                Error::from(Told::new(&board::FILE_GONE).with("path", Path::display(&path))).say(self.lang)
            }
            Refused::Disk(path, error) => Error::io(&path, error).say(self.lang),
            Refused::Differs | Refused::Stopped => self
                .lang
                .pick("The file is not as it was saved.", "文件与保存时不一致。")
                .to_owned(),
        };
        match self.lang {
            Lang::En => format!("{}: {said}", pick.row.task.number),
            Lang::Zh => format!("{}：{said}", pick.row.task.number),
        }
    }
}

/// What the lists are called: the batch where there is one, and what it is a list of.
fn list_name(picks: &[Pick]) -> String {
    let first = picks.first().map(|pick| pick.batch.as_str()).unwrap_or_default();
    match picks.iter().all(|pick| pick.batch == first) {
        true if !first.is_empty() => format!("{first} picks"),
        _ => "Shotboard picks".to_owned(),
    }
}

fn place_of(pick: &Pick) -> Option<PathBuf> {
    let take = pick.row.take.as_ref()?;
    Some(Path::new(take.folder.as_ref()?).join(take.file_name.as_ref()?))
}

fn size(pick: &Pick) -> u64 {
    pick.row.take.as_ref().and_then(|take| take.size).unwrap_or(0)
}
