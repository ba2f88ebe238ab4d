//! What the board shows: snapshots, windows of rows, one task with all its history.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Engine;
use super::core::locked;
use crate::error::{Error, Result};
use crate::library::query::{self, CardRow};
use crate::library::{
    Batch, TaskRow, Totals, attempts, batches, canary, evidence, history, images, outlook, sheets, spending, takes,
    tally, tasks,
};
use crate::pictures;
use crate::present;
use crate::timing::{Kind, Usual};
use crate::trouble::Trouble;
use crate::view::{
    BatchView, ImageView, LibraryNotice, QueueView, Rows, RowsQuery, Snapshot, TaskCard, TaskDetail, TaskFields,
    TaskReport,
};
use crate::words::Lang;

/// How much of a task's history is shown.
const HISTORY: u32 = 200;
/// How many other purchases are named beside a lost one.
const BESIDE: usize = 6;

impl Engine {
    /// Everything at a glance; `seq` is put in by whoever numbers the deltas.
    ///
    /// # Errors
    /// The library's.
    pub async fn snapshot(&self, lang: Lang) -> Result<Snapshot> {
        let ends = self.forecast().await?;
        self.at_a_glance(ends, lang).await
    }

    /// The same for somebody who waits to see anything: without what has to be worked out first, the ends of batches.
    /// [`Engine::tell_forecast`] tells those.
    ///
    /// # Errors
    /// The library's.
    pub async fn first_snapshot(&self, lang: Lang) -> Result<Snapshot> {
        self.at_a_glance(Arc::default(), lang).await
    }

    async fn at_a_glance(&self, ends: Arc<HashMap<String, i64>>, lang: Lang) -> Result<Snapshot> {
        let session = self.core.session.clone();
        let (batches, all, moved) = self
            .core
            .library
            .read(move |db| {
                let whole = tally::whole(db, &session)?;
                let views = batches::all(db)?.into_iter().map(|batch| {
                    let totals = whole.of(&batch.id);
                    batch_view(batch, &totals, &ends)
                });
                Ok((views.collect(), whole.all.lanes, tally::moved(db)?))
            })
            .await?;
        Ok(Snapshot {
            seq: 0,
            batches,
            all,
            moved,
            queue: self.queue(lang).await?,
            notice: self.core.library.notice(lang).await?,
        })
    }

    /// What has to be said of the library as a whole: that it was put back, or that it can only be read.
    ///
    /// # Errors
    /// The library's.
    pub async fn library_notice(&self, lang: Lang) -> Result<Option<LibraryNotice>> {
        self.core.library.notice(lang).await
    }

    /// The user has read it.
    ///
    /// # Errors
    /// The library's.
    pub async fn library_notice_read(&self) -> Result<()> {
        self.core.library.notice_read(self.core.now()).await?;
        self.core.changes.tell(crate::change::Change::Everything);
        Ok(())
    }

    /// The queue and the money at a glance.
    ///
    /// # Errors
    /// The library's.
    pub async fn queue(&self, lang: Lang) -> Result<QueueView> {
        let midnight = self.core.today();
        let session = self.core.session.clone();
        let (canaries, stopped, queued, lanes, unconfirmed, today) = self
            .core
            .library
            .read(move |db| {
                let whole = tally::whole(db, &session)?;
                Ok((
                    canary::views(db, &session)?,
                    spending::stopped(db, &session)?,
                    whole.all.queued,
                    whole.all.lanes,
                    whole.unconfirmed,
                    outlook::since(db, midnight)?,
                ))
            })
            .await?;
        let queue = self.core.queue();
        let heard = self.core.balance.get();
        Ok(QueueView {
            mood: super::outlook::mood(
                queue.running,
                queue.paused_by.is_some(),
                queued,
                lanes.running,
                self.core.network_is_away().is_some(),
                lanes.needs_you,
            ),
            running: queue.running,
            paused_by: queue.paused_by.map(|trouble| trouble.say(lang)),
            queued,
            in_flight: lanes.running,
            unconfirmed,
            balance: heard.as_ref().map(|heard| heard.credits),
            balance_at: heard.map(|heard| heard.at),
            spent_today: today.credits,
            unpriced_today: today.unpriced,
            saved_today: today.saved,
            saved_today_bytes: today.bytes,
            canaries,
            stopped,
        })
    }

    /// Since when the service has not answered (ms), where it does not.
    pub fn unreachable_since(&self) -> Option<i64> {
        self.core.unreachable_since()
    }

    /// How long such a request usually takes on this machine; `None` before ten of its kind were done here.
    pub fn usual_time(&self, fields: &TaskFields) -> Option<Usual> {
        Kind::of_fields(fields).and_then(|kind| self.core.timing.usual(kind))
    }

    /// The time between two status queries of one task.
    pub fn poll_interval(&self) -> std::time::Duration {
        self.core.preferences().poll_interval()
    }

    /// Whether what the user asked for is being bought.
    pub fn is_running(&self) -> bool {
        self.core.queue().running
    }

    /// Why the queue was paused by the app, where it was.
    pub fn paused_by(&self) -> Option<Trouble> {
        self.core.queue().paused_by
    }

    /// Some batches, as they are shown; those that do not exist are left out.
    ///
    /// # Errors
    /// The library's.
    pub async fn batch_views(&self, ids: Vec<String>) -> Result<Vec<BatchView>> {
        let session = self.core.session.clone();
        let ends = self.forecast().await?;
        self.core
            .library
            .read(move |db| {
                let mut views = Vec::new();
                for id in ids {
                    if let Ok(batch) = batches::get(db, &id) {
                        let totals = tally::totals(db, &batch.id, &session)?;
                        views.push(batch_view(batch, &totals, &ends));
                    }
                }
                Ok(views)
            })
            .await
    }

    /// The ids of what a query finds, in its order from its offset on: at most [`Self::MOST_IDS`].
    ///
    /// # Errors
    /// The library's.
    pub async fn ids(&self, wanted: RowsQuery) -> Result<Vec<String>> {
        self.core
            .library
            .read(move |db| query::ids(db, &wanted, Self::MOST_IDS))
            .await
    }

    /// What one act may be applied to at once.
    pub const MOST_IDS: u32 = 10_000;

    /// A window of a lane, or of all of them.
    ///
    /// # Errors
    /// The library's.
    pub async fn rows(&self, wanted: RowsQuery, lang: Lang) -> Result<Rows> {
        let core = std::sync::Arc::clone(&self.core);
        self.core
            .library
            .read(move |db| {
                let (total, rows) = query::window(db, &wanted, &mut locked(&core.orders))?;
                Ok(Rows {
                    total,
                    rows: cards(&core, db, rows, lang),
                })
            })
            .await
    }

    /// The cards of some tasks; those that are gone are left out.
    ///
    /// # Errors
    /// The library's.
    pub async fn cards(&self, ids: Vec<String>, lang: Lang) -> Result<Vec<TaskCard>> {
        let core = std::sync::Arc::clone(&self.core);
        self.core
            .library
            .read(move |db| Ok(cards(&core, db, query::cards(db, &ids)?, lang)))
            .await
    }

    /// One task with everything that is known of it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn task(&self, id: String, lang: Lang) -> Result<TaskDetail> {
        let core = std::sync::Arc::clone(&self.core);
        self.core
            .library
            .read(move |db| {
                let row = query::cards(db, std::slice::from_ref(&id))?.pop();
                let row = row.ok_or_else(|| Error::NotFound("task".to_owned()))?;
                let local_path = file_of(row.take.as_ref()).map(|path| path.to_string_lossy().into_owned());
                let card = cards(&core, db, vec![row], lang).pop();
                let card = card.ok_or_else(|| Error::NotFound("task".to_owned()))?;
                let attempts = attempts::of_task(db, &id)?
                    .iter()
                    .map(|one| present::attempt(one, lang))
                    .collect();
                let history = history::of_task(db, &id, HISTORY)?
                    .iter()
                    .map(|one| present::event(one, lang))
                    .collect();
                let evidence = attempts::current(db, &id)?
                    .filter(|attempt| attempt.outcome == "unknown" && attempt.service_id.is_none())
                    .map(|attempt| {
                        let pace = core.pace();
                        let beside = evidence::beside(db, &attempt, &pace, BESIDE)?;
                        Ok::<_, Error>(present::evidence::evidence(&attempt, beside, &pace, lang))
                    })
                    .transpose()?;
                let besides = sheets::besides(db, &id)?;
                Ok(TaskDetail {
                    besides,
                    evidence,
                    card,
                    attempts,
                    history,
                    local_path,
                })
            })
            .await
    }

    /// Tasks as a script hears of them: these, or all in the order of their lists.
    ///
    /// # Errors
    /// The library's.
    pub async fn reports(&self, ids: Option<Vec<String>>, lang: Lang) -> Result<Vec<TaskReport>> {
        self.core
            .library
            .read(move |db| {
                let rows = match ids {
                    Some(ids) => query::cards(db, &ids)?,
                    None => query::list(db, None)?,
                };
                Ok(rows.into_iter().map(|row| present::report(row, lang)).collect())
            })
            .await
    }

    /// The tasks with a number, in any batch.
    ///
    /// # Errors
    /// The library's.
    pub async fn numbered(&self, number: String) -> Result<Vec<TaskRow>> {
        self.core
            .library
            .read(move |db| {
                let all = tasks::all(db, None)?;
                Ok(all.into_iter().filter(|row| row.number == number).collect())
            })
            .await
    }

    /// Whether the service gave an id for the attempt that counts for a task.
    ///
    /// # Errors
    /// The library's.
    pub async fn has_service_id(&self, id: String) -> Result<bool> {
        let attempt = self.core.library.read(move |db| attempts::current(db, &id)).await?;
        Ok(attempt.is_some_and(|attempt| attempt.service_id.is_some()))
    }

    /// The saved file of a task.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it has none.
    pub async fn file(&self, task_id: String) -> Result<PathBuf> {
        let take = self.core.library.read(move |db| takes::of_task(db, &task_id)).await?;
        file_of(take.as_ref()).ok_or_else(|| Error::NotFound("file".to_owned()))
    }

    /// The poster frame of a task.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none is kept.
    pub async fn poster(&self, task_id: String) -> Result<PathBuf> {
        let take = self.core.library.read(move |db| takes::of_task(db, &task_id)).await?;
        take.filter(|take| take.poster)
            .map(|take| pictures::poster(self.core.library.directory(), &take.id))
            .ok_or_else(|| Error::NotFound("poster".to_owned()))
    }

    /// Keeps a poster frame for a saved clip.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nothing is saved; not a small JPEG.
    pub async fn keep_poster(&self, task_id: String, jpeg: Vec<u8>) -> Result<()> {
        let (id, now) = (task_id.clone(), self.core.now());
        let take = self.core.library.read(move |db| takes::of_task(db, &id)).await?;
        let take = take
            .filter(|take| take.saved_at.is_some())
            .ok_or_else(|| Error::NotFound("file".to_owned()))?;
        let (directory, take_id) = (self.core.library.directory().to_owned(), take.id.clone());
        tokio::task::spawn_blocking(move || pictures::keep_poster(&directory, &take_id, &jpeg))
            .await
            .map_err(|_| Error::Closing)??;
        let id = task_id.clone();
        self.core
            .library
            .write(move |tx| {
                takes::set_poster(tx, &take.id)?;
                crate::library::step::touch(tx, &id, now)
            })
            .await?;
        self.core.told(&task_id);
        Ok(())
    }

    /// A thumbnail of a kept seed image.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn thumbnail(&self, hash: String) -> Result<PathBuf> {
        let image = self.core.library.read(move |db| images::get(db, &hash)).await?;
        let image = image.ok_or_else(|| Error::NotFound("image".to_owned()))?;
        let directory = self.core.library.directory().to_owned();
        tokio::task::spawn_blocking(move || pictures::thumbnail(&directory, &image))
            .await
            .map_err(|_| Error::Closing)?
    }

    /// A kept image as it is shown in a form.
    pub fn image_view(image: &crate::library::KeptImage) -> ImageView {
        ImageView {
            image: image.into(),
            name: image.name.clone(),
            width: Some(image.width),
            height: Some(image.height),
        }
    }
}

fn cards(core: &super::core::Core, db: &rusqlite::Connection, rows: Vec<CardRow>, lang: Lang) -> Vec<TaskCard> {
    let kept = |hash: &str| images::get(db, hash).ok().flatten();
    rows.into_iter()
        .map(|row| present::card(core, row, kept, lang))
        .collect()
}

fn batch_view(batch: Batch, totals: &Totals, ends: &HashMap<String, i64>) -> BatchView {
    BatchView {
        done_at: ends.get(&batch.id).copied(),
        id: batch.id,
        name: batch.name,
        folder: batch.folder,
        lanes: totals.lanes,
        startable: totals.startable,
        startable_credits: totals.startable_credits,
        queued: totals.queued,
    }
}

fn file_of(take: Option<&crate::library::Take>) -> Option<PathBuf> {
    let take = take.filter(|take| take.saved_at.is_some())?;
    Some(Path::new(take.folder.as_ref()?).join(take.file_name.as_ref()?))
}
