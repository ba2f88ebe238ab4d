//! A library as years of work leave it: as many cards as wanted, in three hundred lists, most of them done, each with its
//! purchase, its file and its history. What is measured with many cards is measured with these.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::sections::library::world;

/// Lists that the cards are spread over, in order.
pub const LISTS: usize = 300;
/// A card for each so many ms, the last of them now.
const APART: i64 = 60_000;
const SCENES: &[&str] = &[
    "slow push in over a harbour at night, neon on wet asphalt, 35 mm, shallow depth of field, light rain",
    "雨夜的霓虹街道，行人撑伞走过，镜头缓慢推近，湿润路面倒映灯光，浅景深，电影感",
    "a ceramic teapot on slate, steam in the morning light, the camera circles it once, quiet, no text",
    "无人机俯拍秋天的山谷，薄雾，一列红色火车驶过高架桥，阳光从左侧照来，稳定匀速",
];

/// Makes a library in `data`: 60 % done, 28 % ready, 11 % that need somebody, 1 % being made; posters are there.
///
/// # Panics
/// It cannot be written.
pub async fn make(data: &Path, cards: usize) {
    drop(engine::library::Library::open(data).expect("a library"));
    let now = jiff::Timestamp::now().as_millisecond();
    let db = Connection::open(data.join(engine::library::FILE)).expect("a library");
    fill(&db, cards, now);
    posters(data, &db);
    drop(db);
    // Opened once and written to, as by an earlier run.
    let engine = world::open(data, world::NOWHERE).await.expect("a library");
    let folder = data.join("clips").to_string_lossy().into_owned();
    let newest = engine
        .create_batch("The newest list", Some(folder))
        .await
        .expect("a list")
        .id;
    let new = (0..40).map(|nth| world::card(format!("{nth}: {}", SCENES[nth % SCENES.len()])));
    engine.add(newest, new.collect()).await.expect("cards");
    engine.close(Duration::from_secs(30)).await;
}

fn fill(db: &Connection, cards: usize, now: i64) {
    let tx = db.unchecked_transaction().expect("a transaction");
    let mut batch = tx
        .prepare("INSERT INTO batch (id, name, folder, created_at, updated_at) VALUES (?1, ?2, '/clips', ?3, ?3)")
        .unwrap();
    let mut task = tx
        .prepare(
            "INSERT INTO task (id, batch_id, number, position, prompt, images, model, aspect_ratio, resolution, price,
               state, sort, session, attempt_id, polls, due_at, started_at, finished_at, trouble, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, '[]', ?6, '16:9', '720p', ?7, ?8, ?9, ?10, ?11, 20, ?12, ?13, ?14, ?15, ?16, ?16)",
        )
        .unwrap();
    let mut attempt = tx
        .prepare(
            "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, price, sent_at,
               answered_at, service_id)
             VALUES (?1, ?2, 1, ?3, ?4, ?2, 'key', 'Studio', ?5, ?6, ?6, ?7)",
        )
        .unwrap();
    let mut take = tx
        .prepare(
            "INSERT INTO take (id, attempt_id, kind, ordinal, remote_url, linked_at, folder, file_name, size, clip_ms,
               saved_at, poster, rating)
             VALUES (?1, ?2, 'clip', 0, 'https://clips.example/1.mp4', ?3, '/clips', ?4, 3200000, 8000, ?3, 1, ?5)",
        )
        .unwrap();
    let mut event = tx
        .prepare("INSERT INTO event (task_id, at, kind, detail) VALUES (?1, ?2, ?3, '{}')")
        .unwrap();
    let mut list = String::new();
    let each = cards.div_ceil(LISTS).max(1);
    for nth in 0..cards {
        let at = now - APART * i64::try_from(cards - nth).unwrap();
        if nth % each == 0 {
            list = Uuid::now_v7().to_string();
            batch
                .execute(params![list, format!("List {}", nth / each + 1), at])
                .unwrap();
        }
        let place = i64::try_from(nth % each + 1).unwrap();
        let id = Uuid::now_v7().to_string();
        // Spread over every list, in the same shares.
        let state = match nth * 619 % 1_000 {
            ..600 => "done",
            600..850 => "draft",
            850..880 => "queued",
            880..890 => "generating",
            // A crash leaves at most one of these; a thousand of them nobody has.
            _ if nth % 5_000 == 7 => "unconfirmed",
            _ => "failed",
        };
        let bought = (!matches!(state, "draft" | "queued")).then(|| Uuid::now_v7().to_string());
        let trouble = match state {
            "failed" => Some(r#"{"kind":"generationFailed","code":400,"service":"The prompt was flagged."}"#),
            "unconfirmed" => Some(r#"{"kind":"interrupted","sentAt":1,"before":null,"after":null}"#),
            _ => None,
        };
        let price = [60.0, 250.0, 300.0][nth % 3];
        let ended = matches!(state, "done" | "failed").then_some(at + 95_000);
        task.execute(params![
            id,
            list,
            format!("{place:04}"),
            place,
            format!("{nth}: {}", SCENES[nth % SCENES.len()]),
            [None, Some("veo3"), Some("veo3_fast")][nth % 3],
            price,
            state,
            match state {
                "draft" | "queued" => place,
                "generating" => at,
                _ => -at,
            },
            (state == "queued").then_some("an earlier run"),
            bought,
            (state == "generating").then_some(now),
            bought.is_some().then_some(at),
            ended,
            trouble,
            at,
        ])
        .unwrap();
        event.execute(params![id, at, "added"]).unwrap();
        let Some(bought) = bought else { continue };
        event.execute(params![id, at, "accept"]).unwrap();
        let known = state != "unconfirmed";
        attempt
            .execute(params![
                bought,
                id,
                if known { "accepted" } else { "unknown" },
                format!(r#"{{"prompt":"{}"}}"#, SCENES[nth % SCENES.len()]),
                price,
                at,
                known.then(|| format!("{:032x}", nth + 1)),
            ])
            .unwrap();
        if state == "done" {
            let file = format!("{place:04}.mp4");
            take.execute(params![
                Uuid::now_v7().to_string(),
                bought,
                at,
                file,
                i64::try_from(nth % 6).unwrap()
            ])
            .unwrap();
            event.execute(params![id, at, "saved"]).unwrap();
        }
    }
    drop((batch, task, attempt, take, event));
    // The purchase record reaches back to the oldest backup, not over years: what is in them is not added to it again.
    tx.execute("DELETE FROM noted", []).unwrap();
    tx.commit().expect("a library");
}

/// The same picture for every clip, as often as there are clips.
fn posters(data: &Path, db: &Connection) {
    let folder = data.join("posters");
    fs::create_dir_all(&folder).expect("a folder");
    let one = folder.join("one.jpg");
    let picture = image::RgbImage::from_fn(640, 360, |x, y| {
        image::Rgb([(x / 3) as u8, (y / 2) as u8, ((x * y) / 900) as u8])
    });
    picture.save(&one).expect("a picture");
    let mut takes = db.prepare("SELECT id FROM take").unwrap();
    let mut rows = takes.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let id: String = row.get(0).unwrap();
        let poster = folder.join(format!("{id}.jpg"));
        fs::hard_link(&one, &poster)
            .or_else(|_| fs::copy(&one, &poster).map(drop))
            .expect("a poster");
    }
}
