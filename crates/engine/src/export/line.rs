//! One task as a line of the history, and a page of them.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::cells::Cell;
use crate::clock::{local, utc};
use crate::error::Result;
use crate::library::attempts::SPENT;
use crate::library::query::{self, CardRow};
use crate::present;
use crate::secrets;
use crate::view::ImageRef;
use crate::words::Lang;

/// Where a page ends: batch, place in it, id.
#[derive(Clone, Debug)]
pub(super) struct Place(String, i64, String);

impl Place {
    /// Before everything, or before a batch.
    pub(super) fn start(batch: Option<&str>) -> Self {
        Self(batch.unwrap_or_default().to_owned(), i64::MIN, String::new())
    }
}

/// A moment, twice: by this computer's calendar, and by everybody's.
#[derive(Debug, Serialize)]
struct Moment {
    local: String,
    utc: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// One task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    batch: String,
    number: String,
    state: String,
    prompt: String,
    images: Vec<Image>,
    model: Option<String>,
    aspect_ratio: Option<String>,
    resolution: Option<String>,
    duration_seconds: Option<u8>,
    mode: Option<String>,
    seed: Option<u32>,
    watermark: Option<String>,
    enable_translation: Option<bool>,
    /// Credits of one try, by the documented table.
    price_credits: Option<f64>,
    /// Credits of the tries that were accepted and not given back; `null` where one of them has no known price.
    spent_credits: Option<f64>,
    attempts: u32,
    /// The service's ids, of every try that has one, in order.
    task_ids: Vec<String>,
    file: Option<String>,
    file_bytes: Option<u64>,
    file_sha256: Option<String>,
    clip_seconds: Option<f64>,
    error: Option<String>,
    created: Option<Moment>,
    sent: Option<Moment>,
    finished: Option<Moment>,
    saved: Option<Moment>,
}

/// What of a line is not on the card.
struct Beside {
    place: Place,
    batch: String,
    created: i64,
    attempts: u32,
    spent: Option<f64>,
    ids: Option<String>,
}

/// The tasks behind `after`, `most` of them.
pub(super) fn page(
    db: &Connection,
    batch: Option<&str>,
    after: &Place,
    most: usize,
    lang: Lang,
) -> Result<Vec<(Place, Line)>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT t.batch_id, t.position, t.id, b.name, t.created_at,
           (SELECT COUNT(*) FROM attempt a WHERE a.task_id = t.id),
           ({SPENT}),
           (SELECT group_concat(service_id, ' ') FROM
              (SELECT a.service_id FROM attempt a WHERE a.task_id = t.id AND a.service_id IS NOT NULL ORDER BY a.ordinal))
         FROM task t JOIN batch b ON b.id = t.batch_id
         WHERE t.deleted_at IS NULL AND (?1 IS NULL OR t.batch_id = ?1)
           AND (t.batch_id, t.position, t.id) > (?2, ?3, ?4)
         ORDER BY t.batch_id, t.position, t.id LIMIT ?5"
    ))?;
    let Place(of, position, id) = after;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = query.query_map(params![batch, of, position, id, most], |row| {
        Ok(Beside {
            place: Place(row.get(0)?, row.get(1)?, row.get(2)?),
            batch: row.get(3)?,
            created: row.get(4)?,
            attempts: row.get(5)?,
            spent: row.get(6)?,
            ids: row.get(7)?,
        })
    })?;
    let beside: Vec<Beside> = rows.collect::<Result<_, _>>()?;
    let ids: Vec<String> = beside.iter().map(|one| one.place.2.clone()).collect();
    let cards = query::cards(db, &ids)?;
    // Both were read in one look at the library: the same tasks in the same order.
    let lines = beside.into_iter().zip(cards);
    Ok(lines
        .map(|(beside, card)| (beside.place.clone(), Line::of(beside, card, lang)))
        .collect())
}

impl Line {
    fn of(beside: Beside, card: CardRow, lang: Lang) -> Self {
        // A key that was pasted where it does not belong goes no further.
        let struck = |text: String| secrets::strike(&text).into_owned();
        let moment = |at: Option<i64>| {
            at.map(|at| Moment {
                local: local(at),
                utc: utc(at),
            })
        };
        let saved = card.take.as_ref().filter(|take| take.saved_at.is_some()).cloned();
        let (fields, price, sent, finished) = (
            card.task.fields.clone(),
            card.task.price,
            card.sent_at,
            card.task.finished_at,
        );
        let report = present::report(card, lang);
        let images = fields.images.into_iter().map(|image| match image {
            ImageRef::Kept { hash, name } => Image {
                name,
                sha256: Some(hash),
            },
            ImageRef::Link { url } => Image {
                name: struck(url),
                sha256: None,
            },
        });
        Self {
            batch: struck(beside.batch),
            number: struck(report.number),
            state: report.state,
            prompt: struck(fields.prompt),
            images: images.collect(),
            model: fields.model,
            aspect_ratio: fields.aspect_ratio,
            resolution: fields.resolution,
            duration_seconds: fields.duration,
            mode: fields.mode,
            seed: fields.seed,
            watermark: fields.watermark.map(struck),
            enable_translation: fields.enable_translation,
            price_credits: price,
            spent_credits: beside.spent,
            attempts: beside.attempts,
            task_ids: beside
                .ids
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            file: report.local_path,
            file_bytes: saved.as_ref().and_then(|take| take.size),
            file_sha256: saved.as_ref().and_then(|take| take.sha256.clone()),
            #[expect(clippy::cast_precision_loss, reason = "a clip is no thousand years long")]
            clip_seconds: saved
                .as_ref()
                .and_then(|take| take.clip_ms)
                .map(|ms| ms as f64 / 1000.0),
            error: report.error.map(struck),
            created: moment(Some(beside.created)),
            sent: moment(sent),
            finished: moment(finished),
            saved: moment(saved.and_then(|take| take.saved_at)),
        }
    }

    /// The heads of the columns. Those of a request are the ones that a sheet is read by.
    pub(super) fn heads(lang: Lang) -> Vec<Cell> {
        let heads = match lang {
            Lang::En => [
                "batch",
                "number",
                "state",
                "prompt",
                "images",
                "model",
                "aspect ratio",
                "resolution",
                "duration",
                "mode",
                "seed",
                "watermark",
                "translation",
                "price (credits)",
                "spent (credits)",
                "attempts",
                "task IDs",
                "file",
                "file bytes",
                "file SHA-256",
                "clip seconds",
                "error",
                "created",
                "created (UTC)",
                "sent",
                "sent (UTC)",
                "finished",
                "finished (UTC)",
                "saved",
                "saved (UTC)",
            ],
            Lang::Zh => [
                "批次",
                "编号",
                "状态",
                "提示词",
                "图片",
                "模型",
                "比例",
                "分辨率",
                "时长",
                "模式",
                "种子",
                "水印",
                "翻译",
                "单价（积分）",
                "花费（积分）",
                "提交次数",
                "任务 ID",
                "文件",
                "文件字节数",
                "文件 SHA-256",
                "视频秒数",
                "错误",
                "创建时间",
                "创建时间（UTC）",
                "提交时间",
                "提交时间（UTC）",
                "完成时间",
                "完成时间（UTC）",
                "保存时间",
                "保存时间（UTC）",
            ],
        };
        heads.map(Cell::text).to_vec()
    }

    /// The cells, under the heads.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let text = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
        let images: Vec<_> = self.images.iter().map(|image| image.name.as_str()).collect();
        let mut cells = vec![
            Cell::text(&self.batch),
            Cell::text(&self.number),
            Cell::text(&self.state),
            Cell::text(&self.prompt),
            Cell::text(images.join("\n")),
            text(&self.model),
            text(&self.aspect_ratio),
            text(&self.resolution),
            Cell::plain(self.duration_seconds),
            text(&self.mode),
            Cell::plain(self.seed),
            text(&self.watermark),
            Cell::plain(self.enable_translation),
            Cell::plain(self.price_credits),
            Cell::plain(self.spent_credits),
            Cell::plain(Some(self.attempts)),
            Cell::text(self.task_ids.join(" ")),
            text(&self.file),
            Cell::plain(self.file_bytes),
            text(&self.file_sha256),
            Cell::plain(self.clip_seconds),
            text(&self.error),
        ];
        for moment in [&self.created, &self.sent, &self.finished, &self.saved] {
            let (here, there) = moment
                .as_ref()
                .map_or((None, None), |at| (Some(&at.local), Some(&at.utc)));
            cells.extend([Cell::plain(here), Cell::plain(there)]);
        }
        cells
    }
}
