//! The power goes: at each named moment the process ends and everything that was not synced is gone.
//!
//! The library and the videos lie on a file system of their own, in an image. What a program has written and not synced
//! is in the memory of the system above the image; the image as it is the moment the process ended is what a disk would
//! hold. A copy of it is mounted in the place of the first, its file system mends itself as after a power cut, and the
//! app starts again. It needs root and a loop device; where there is none, the table says so. A disk that lies about
//! its own cache is not in this proof.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use engine::Scope;
use tokio::sync::Semaphore;

use super::program::{Program, say};
use super::world::{self, card, settled};
use crate::Size;
use crate::table::Line;

/// The format before this one's backups and records, for a migration that has something to do.
const OLD: &str = include_str!("../../../../../crates/engine/src/library/migrations/0001.sql");
/// What the parts of the promise are whose moments are gone through.
const PARTS: [&str; 7] = ["start", "submit", "recover", "save", "migrate", "backup", "restore"];

/// The proof.
pub(super) async fn prove(size: Size) -> Vec<Line> {
    let home = tempfile::tempdir().expect("a folder");
    let promise =
        "the power cut at each moment of submit, save, migrate, backup and restore: 0 damaged, 0 forgotten, 0 twice";
    if let Err(why) = Disk::make(&home.path().join("try")) {
        return vec![Line::beside(
            promise,
            format!("not run here, it needs root and a loop device: {why}"),
        )];
    }
    let quick = [
        "submit::intent_committed",
        "submit::acceptance_committed",
        "migrate::written",
        "restore::placed",
    ];
    let points: Vec<&'static str> = engine::crash::POINTS
        .iter()
        .copied()
        .filter(|point| PARTS.iter().any(|part| point.starts_with(&format!("{part}::"))))
        .filter(|point| size == Size::Full || quick.contains(point))
        .collect();
    let room = Arc::new(Semaphore::new(5));
    let mut set = tokio::task::JoinSet::new();
    for (at, point) in points.iter().copied().enumerate() {
        let (place, room) = (home.path().join(at.to_string()), Arc::clone(&room));
        set.spawn(async move {
            let _place = room.acquire_owned().await;
            (point, cut_at(&place, point).await)
        });
    }
    let all = set.join_all().await;
    let reached = all.iter().filter(|(_, cut)| cut.reached).count();
    let bad: Vec<String> = all
        .iter()
        .filter(|(_, cut)| !cut.wrong.is_empty())
        .map(|(point, cut)| format!("{point}: {}", cut.wrong.join(", ")))
        .collect();
    let passed: Vec<&str> = all
        .iter()
        .filter(|(_, cut)| !cut.reached)
        .map(|(point, _)| *point)
        .collect();
    vec![Line::must(
        promise,
        format!(
            "{reached} moments reached of {}, {} wrong{}{}",
            all.len(),
            bad.len(),
            if bad.is_empty() {
                String::new()
            } else {
                format!(": {}", bad.join("; "))
            },
            if passed.is_empty() {
                String::new()
            } else {
                format!("; not passed in this run: {}", passed.join(", "))
            },
        ),
        bad.is_empty() && reached * 4 >= all.len() * 3,
    )]
}

#[derive(Debug, Default)]
struct Cut {
    reached: bool,
    wrong: Vec<String>,
}

async fn cut_at(place: &Path, point: &str) -> Cut {
    let mut cut = Cut::default();
    let mut disk = match Disk::make(place) {
        Ok(disk) => disk,
        Err(why) => {
            cut.wrong.push(why);
            return cut;
        }
    };
    let data = disk.mount.join("data");
    std::fs::create_dir_all(disk.mount.join("videos")).expect("a folder");
    let service = world::service(Some(place.join("service.jsonl"))).await;
    prepare(&data, point).await;
    disk.sync();
    let (directory, base) = (data.to_string_lossy().into_owned(), service.base());
    // A restart has something to mend only after a crash.
    if point.starts_with("recover::") {
        let words = ["buy", directory.as_str(), base.as_str()];
        Program::start(&words, Some("submit::request_leaving")).end().await;
    }
    let (said, well) = Program::start(&["buy", &directory, &base], Some(point)).end().await;
    cut.reached = !well;
    if let Err(why) = disk.cut_power() {
        cut.wrong.push(why);
        return cut;
    }
    let (again, well) = Program::start(&["buy", &directory, &base], None).end().await;
    if !well {
        cut.wrong.push(format!("did not end well after it: {again:?}"));
    }
    judge(&data, &service, &said, &mut cut);
    service.stop().await;
    cut
}

/// What lies there before: an old format, a damaged library with a backup, or nothing.
async fn prepare(data: &Path, point: &str) {
    if point.starts_with("migrate::") {
        std::fs::create_dir_all(data).expect("a folder");
        let db = rusqlite::Connection::open(data.join(engine::library::FILE)).expect("a library");
        db.execute_batch("PRAGMA journal_mode = wal;").expect("a log");
        db.execute_batch(OLD).expect("the old format");
        db.pragma_update(None, "user_version", 1).expect("its number");
        let batch = "INSERT INTO batch (id, name, folder, created_at, updated_at) VALUES ('0190', 'Old', ?1, 1, 1)";
        db.execute(batch, [data.with_file_name("videos").to_string_lossy()])
            .expect("a list");
    }
    if point.starts_with("restore::") {
        let engine = world::open(data, world::NOWHERE).await.expect("a library");
        let folder = data.with_file_name("videos").to_string_lossy().into_owned();
        let batch = engine.create_batch("Rain", Some(folder)).await.expect("a list").id;
        engine
            .add(batch, vec![card("before the backup")])
            .await
            .expect("a card");
        engine.library().back_up("daily").await.expect("a backup");
        engine.close(Duration::from_secs(5)).await;
        drop(engine);
        std::fs::write(data.join(engine::library::FILE), [7; 9000]).expect("damaged");
    }
}

fn judge(data: &Path, service: &simulator::Simulator, said: &[String], cut: &mut Cut) {
    if !world::whole(data) {
        cut.wrong.push("damaged".to_owned());
        return;
    }
    let strays = world::strays(data);
    if !strays.is_empty() {
        cut.wrong.push(format!("stray files {strays:?}"));
    }
    let db = world::look(data).expect("a library");
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for one in service.ledger().accepted {
        *times.entry(one.prompt.clone()).or_default() += 1;
        let known = db
            .query_row(
                "SELECT 1 FROM attempt WHERE service_id = ?1",
                [&one.task_id],
                |_| Ok(()),
            )
            .is_ok();
        let doubtful = db
            .query_row(
                "SELECT 1 FROM task WHERE prompt = ?1 AND state = 'unconfirmed'",
                [&one.prompt],
                |_| Ok(()),
            )
            .is_ok();
        if !known && !doubtful {
            cut.wrong.push(format!("“{}” is forgotten", one.prompt));
        }
    }
    cut.wrong.extend(
        times
            .iter()
            .filter(|(_, times)| **times > 1)
            .map(|(prompt, times)| format!("“{prompt}” bought {times} times")),
    );
    for id in said.iter().filter_map(|line| line.strip_prefix("added ")) {
        if db
            .query_row("SELECT 1 FROM task WHERE id = ?1", [id], |_| Ok(()))
            .is_err()
        {
            cut.wrong.push(format!("card {id} is lost"));
        }
    }
    let mut files = db
        .prepare("SELECT folder, file_name, size FROM take WHERE saved_at IS NOT NULL")
        .expect("a table");
    let rows = files.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
        ))
    });
    for (folder, name, size) in rows.expect("rows").flatten() {
        let there = std::fs::metadata(Path::new(&folder).join(&name)).map(|meta| meta.len());
        if there.ok().and_then(|length| i64::try_from(length).ok()) != Some(size) {
            cut.wrong.push(format!("{name} is not whole"));
        }
    }
}

/// The child: buys what a list holds, backs the library up, and ends.
pub(super) async fn buy(data: &Path, base: &str) {
    let engine = world::open(data, base).await.expect("a library");
    engine.run();
    let folder = data.with_file_name("videos").to_string_lossy().into_owned();
    let board = engine.snapshot(engine::words::Lang::En).await.expect("a board");
    if board.all.ready + board.all.running + board.all.done + board.all.needs_you < 2 {
        let batch = match board.batches.first() {
            Some(batch) => batch.id.clone(),
            None => engine.create_batch("Rain", Some(folder)).await.expect("a list").id,
        };
        let cards = ["one", "two [fault:refuse-400-policy]", "three [fault:lost-reply]"].map(card);
        for id in engine.add(batch, cards.to_vec()).await.expect("cards") {
            say(&format!("added {id}"));
        }
    }
    let _ = engine.start(Scope::LeftOver, None).await;
    let _ = engine.start(Scope::Everything, None).await;
    world::until(&engine, Duration::from_secs(25), settled).await;
    let _ = engine.library().back_up("daily").await;
    engine.close(Duration::from_secs(5)).await;
}

/// The child that only opens a library and closes it.
pub(super) async fn open(data: &Path) {
    let engine = world::open(data, world::NOWHERE).await.expect("a library");
    engine.close(Duration::from_secs(5)).await;
}

/// A file system of its own, in a file.
struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

impl Disk {
    fn make(place: &Path) -> Result<Self, String> {
        let disk = Self {
            image: place.join("image"),
            mount: place.join("mnt"),
        };
        std::fs::create_dir_all(&disk.mount).map_err(|error| error.to_string())?;
        let file = std::fs::File::create(&disk.image).map_err(|error| error.to_string())?;
        file.set_len(96 << 20).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-q", "-F", &disk.image.to_string_lossy()])?;
        disk.mounted()?;
        Ok(disk)
    }

    /// Nothing is written behind anybody's back for ten minutes: what is on the image was synced.
    fn mounted(&self) -> Result<(), String> {
        let (image, mount) = (self.image.to_string_lossy(), self.mount.to_string_lossy());
        run("mount", &["-o", "loop,commit=600", &image, &mount])
    }

    /// What lies there before is durable.
    fn sync(&self) {
        let _ = run("sync", &["-f", &self.mount.to_string_lossy()]);
    }

    /// What was not synced is gone.
    fn cut_power(&mut self) -> Result<(), String> {
        let left = self.image.with_extension("left");
        run(
            "cp",
            &[
                "--sparse=always",
                &self.image.to_string_lossy(),
                &left.to_string_lossy(),
            ],
        )?;
        run("umount", &[&self.mount.to_string_lossy()])?;
        let _ = std::fs::remove_file(&self.image);
        self.image = left;
        self.mounted()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", &self.mount.to_string_lossy()]);
    }
}

fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let done = Command::new(program).args(words).stdin(Stdio::null()).output();
    match done {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(format!("{program}: {}", String::from_utf8_lossy(&done.stderr).trim())),
        Err(error) => Err(format!("{program}: {error}")),
    }
}
