//! Saved clips renamed by a template: what would be, doing it, and taking it back.

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::Engine;
use super::core::locked;
use crate::error::{Error, Result};
use crate::handing::template;
use crate::library::review::{self, Pick};
use crate::library::{attempts, takes};
use crate::renaming::{Fate, Refusal, Wanted, Wish, fates, rounds};
use crate::renaming::{Moved, carry_out, names_in, settle::settle};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::review::{RenameOrder, RenamePreview, RenameReport, RenameRow};
use crate::words::Lang;

/// Rows of a preview.
const ROWS: usize = 200;

/// Renames that can be taken back.
const DEEDS: usize = 20;

/// The last renames of this run of the app, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    last: u32,
    kept: VecDeque<(u32, Vec<Renamed>)>,
}

impl Renames {
    fn keep(&mut self, renamed: Vec<Renamed>) -> u32 {
        self.last += 1;
        self.kept.push_back((self.last, renamed));
        if self.kept.len() > DEEDS {
            self.kept.pop_front();
        }
        self.last
    }

    fn take(&mut self, deed: u32) -> Vec<Renamed> {
        let at = self.kept.iter().position(|(number, _)| *number == deed);
        at.and_then(|at| self.kept.remove(at))
            .map_or_else(Vec::new, |(_, renamed)| renamed)
    }
}

/// One that got another name.
#[derive(Clone, Debug)]
pub(crate) struct Renamed {
    task_id: String,
    take_id: String,
    before: String,
    after: String,
}

/// A clip that may get another name.
struct Clip {
    task_id: String,
    take_id: String,
    service_id: Option<String>,
    number: String,
    wish: Wish,
}

impl Engine {
    /// What renaming would do, with the first rows of it. Nothing is changed.
    ///
    /// # Errors
    /// The library's.
    pub async fn rename_preview(&self, order: RenameOrder) -> Result<RenamePreview> {
        let unknown = template::unknown(&order.template);
        let clips = self.clips_by(order).await?;
        let (clips, _, fates) = foreseen(clips).await?;
        let mut preview = RenamePreview {
            unknown,
            ..RenamePreview::default()
        };
        for (clip, fate) in clips.into_iter().zip(fates) {
            let to = match fate {
                Fate::Same => {
                    preview.same += 1;
                    continue;
                }
                Fate::Gone => {
                    preview.gone += 1;
                    None
                }
                Fate::To(name) => {
                    preview.changed += 1;
                    Some(name)
                }
            };
            if preview.rows.len() < ROWS {
                preview.rows.push(RenameRow {
                    id: clip.task_id,
                    from: clip.wish.old,
                    to,
                });
            }
        }
        Ok(preview)
    }

    /// Renames clips on the disk. Never over a file; what cannot be renamed keeps its name and is told. `told` hears how
    /// many of how many are done.
    ///
    /// # Errors
    /// The library's; a folder that cannot be synced.
    pub async fn rename_clips(
        &self,
        order: RenameOrder,
        lang: Lang,
        told: impl Fn(u64, u64) + Send + Sync + 'static,
        stop: CancellationToken,
    ) -> Result<RenameReport> {
        let clips = self.clips_by(order).await?;
        self.rename(clips, lang, told, stop).await
    }

    /// Gives the clips of a rename the names they had before it; what it did is a rename itself.
    ///
    /// # Errors
    /// As [`Self::rename_clips`].
    pub async fn undo_rename(&self, deed: u32, lang: Lang) -> Result<RenameReport> {
        let last = locked(&self.core.renamed).take(deed);
        let clips = self.core.library.read(move |db| {
            let mut clips = Vec::with_capacity(last.len());
            for one in last {
                let Some(take) = takes::of_task(db, &one.task_id)? else {
                    continue;
                };
                // Renamed again, found elsewhere or fetched anew since: that name is no longer what it was.
                if take.id != one.take_id || take.saved_at.is_none() || take.file_name.as_ref() != Some(&one.after) {
                    continue;
                }
                let Some(folder) = take.folder else { continue };
                let attempt = attempts::current(db, &one.task_id)?;
                clips.push(Clip {
                    number: one.after.clone(),
                    task_id: one.task_id,
                    take_id: one.take_id,
                    service_id: attempt.and_then(|attempt| attempt.service_id),
                    wish: Wish {
                        folder,
                        old: one.after,
                        wanted: Wanted::Name(one.before),
                    },
                });
            }
            Ok(clips)
        });
        let clips = clips.await?;
        self.rename(clips, lang, |_, _| {}, CancellationToken::new()).await
    }

    async fn clips_by(&self, order: RenameOrder) -> Result<Vec<Clip>> {
        settle(&self.core).await?;
        let read = self.core.library.read(move |db| {
            let picks = review::picks(db, &order.query)?;
            let of = picks.len();
            let named = picks.iter().enumerate();
            Ok(named
                .filter_map(|(at, pick)| clip(pick, template::stem(&order.template, pick, at + 1, of)))
                .collect())
        });
        read.await
    }

    async fn rename(
        &self,
        clips: Vec<Clip>,
        lang: Lang,
        told: impl Fn(u64, u64) + Send + Sync + 'static,
        stop: CancellationToken,
    ) -> Result<RenameReport> {
        let (clips, there, fates) = foreseen(clips).await?;
        let mut report = RenameReport::default();
        let mut moves: HashMap<&str, Vec<(usize, String, String)>> = HashMap::new();
        let mut of = 0;
        for (at, (clip, fate)) in clips.iter().zip(&fates).enumerate() {
            match fate {
                Fate::Same => {}
                Fate::Gone => report.problems.push(said(lang, clip, &gone(clip).say(lang))),
                Fate::To(name) => {
                    of += 1;
                    let moves = moves.entry(&clip.wish.folder).or_default();
                    moves.push((at, clip.wish.old.clone(), name.clone()));
                }
            }
        }
        let mut done = Vec::new();
        // On their way by another name; should they stay there, that is told.
        let mut aside: HashMap<usize, String> = HashMap::new();
        let mut failed = None;
        'folders: for (folder, moves) in moves {
            for round in rounds(&moves, there.get(folder).map_or(&[], Vec::as_slice)) {
                if stop.is_cancelled() || self.core.closing.is_cancelled() {
                    report.stopped = true;
                    break 'folders;
                }
                let moved = round.into_iter().map(|step| Moved::of(&clips[step.clip], step));
                let ended = match carry_out(&self.core, folder, moved.collect()).await {
                    Ok(ended) => ended,
                    Err(error) => {
                        failed = Some(error);
                        break 'folders;
                    }
                };
                for (one, refused) in ended {
                    let clip = &clips[one.step.clip];
                    match refused {
                        Some(why) => report.problems.push(said(lang, clip, &say(&why, &one, folder, lang))),
                        None if one.step.passing => {
                            aside.insert(one.step.clip, one.step.to);
                        }
                        None => {
                            aside.remove(&one.step.clip);
                            done.push(clip.renamed(one.step.to));
                            told(done.len() as u64, of);
                        }
                    }
                }
            }
        }
        for (at, name) in aside {
            let text = match lang {
                Lang::En => format!("It is called {name} for now."),
                Lang::Zh => format!("暂时名为 {name}。"),
            };
            report.problems.push(said(lang, &clips[at], &text));
            done.push(clips[at].renamed(name));
        }
        report.renamed = done.len() as u64;
        if !done.is_empty() {
            report.deed = locked(&self.core.renamed).keep(done);
        }
        failed.map_or(Ok(report), Err)
    }
}

impl Clip {
    fn renamed(&self, after: String) -> Renamed {
        Renamed {
            task_id: self.task_id.clone(),
            take_id: self.take_id.clone(),
            before: self.wish.old.clone(),
            after,
        }
    }
}

impl Moved {
    fn of(clip: &Clip, step: crate::renaming::Step) -> Self {
        Self {
            take_id: clip.take_id.clone(),
            task_id: clip.task_id.clone(),
            service_id: clip.service_id.clone(),
            first: clip.wish.old.clone(),
            step,
        }
    }
}

fn clip(pick: &Pick, stem: String) -> Option<Clip> {
    let take = pick.row.take.as_ref()?;
    Some(Clip {
        task_id: pick.row.task.id.clone(),
        take_id: take.id.clone(),
        service_id: pick.row.service_id.clone(),
        number: pick.row.task.number.clone(),
        wish: Wish {
            folder: take.folder.clone()?,
            old: take.file_name.clone()?,
            wanted: Wanted::Stem(stem),
        },
    })
}

/// The names in every folder, and what becomes of each clip.
type Foreseen = (Vec<Clip>, HashMap<String, Vec<String>>, Vec<Fate>);

async fn foreseen(clips: Vec<Clip>) -> Result<Foreseen> {
    let looked = tokio::task::spawn_blocking(move || {
        let mut there = HashMap::new();
        for clip in &clips {
            let folder = &clip.wish.folder;
            if !there.contains_key(folder) {
                let names = names_in(Path::new(folder));
                there.insert(folder.clone(), names.unwrap_or_default());
            }
        }
        let wishes: Vec<Wish> = clips.iter().map(|clip| clip.wish.clone()).collect();
        let fates = fates(&wishes, &there);
        (clips, there, fates)
    });
    looked.await.map_err(|_| Error::Closing)
}

fn gone(clip: &Clip) -> Error {
    let path = Path::new(&clip.wish.folder).join(&clip.wish.old);
    Told::new(&board::FILE_GONE).with("path", path.display()).into()
}

fn say(why: &Refusal, one: &Moved, folder: &str, lang: Lang) -> String {
    let to = &one.step.to;
    match why {
        Refusal::Changed => lang.pick("It changed meanwhile.", "它刚刚有变动。").to_owned(),
        Refusal::Disk(error) if error.kind() == ErrorKind::AlreadyExists => match lang {
            Lang::En => format!("{to} is there already. It keeps its name."),
            Lang::Zh => format!("已经有 {to} 了，保留原名。"),
        },
        Refusal::Disk(error) if cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33)) => lang
            .pick(
                "Another program has it open. It keeps its name.",
                "文件正被其他程序打开，保留原名。",
            )
            .to_owned(),
        Refusal::Disk(error) => {
            let path = Path::new(folder).join(&one.step.from);
            Error::io(&path, std::io::Error::new(error.kind(), error.to_string())).say(lang)
        }
    }
}

fn said(lang: Lang, clip: &Clip, why: &str) -> String {
    match lang {
        Lang::En => format!("{}: {why}", clip.number),
        Lang::Zh => format!("{}：{why}", clip.number),
    }
}
