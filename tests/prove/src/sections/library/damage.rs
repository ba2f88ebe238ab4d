//! Damage of every kind, and what is made of it: counted on the service's own ledger after the user pressed Start on
//! everything that the board then offered.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use engine::Scope;
use engine::words::Lang;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::Semaphore;

use super::world::{self, bought_out, card, settled};
use crate::Size;
use crate::table::Line;

const PAGE: u64 = 4096;

/// What is done to the files of a library.
#[derive(Clone, Debug)]
enum Harm {
    /// This page of the file is all zeroes.
    ZeroPage(u64),
    /// The file ends after this share of it, in thousandths.
    Truncated(u64),
    /// The first hundred bytes are noise.
    Header,
    /// The log is gone.
    NoLog,
    /// The file is empty.
    Empty,
    /// The file is gone.
    Gone,
    /// The file is the backup of before: an old copy that somebody put there.
    OldCopy,
    /// A byte at this place (of a million) of file or log is another one.
    Flip(u64, bool),
    /// The file is noise, and no backup is good.
    NoBackup,
    /// The file is noise, and the purchase record is gone.
    NoRecord,
    /// The file is noise, and a line of the purchase record is another one.
    BadRecord,
    /// The log is gone and so is the purchase record's end.
    TornRecord,
}

/// What came of one.
#[derive(Debug, Default)]
struct Outcome {
    started: bool,
    told: bool,
    twice: Vec<String>,
    forgotten: Vec<String>,
    /// Bought on cards that are younger than the backup, where library and record are both lost.
    unknowable: usize,
    refetched: usize,
    kept_aside: bool,
}

/// The proof.
pub(super) async fn prove(size: Size) -> Vec<Line> {
    let home = tempfile::tempdir().expect("a folder");
    let base = home.path().join("base");
    before(&base).await;
    let harms = harms(size, &base.join("data"));
    let room = Arc::new(Semaphore::new(6));
    let mut set = tokio::task::JoinSet::new();
    for (at, harm) in harms.into_iter().enumerate() {
        let (base, place, room) = (base.clone(), home.path().join(at.to_string()), Arc::clone(&room));
        set.spawn(async move {
            let _place = room.acquire_owned().await;
            let outcome = after(&base, &place, &harm, u64::try_from(at).unwrap_or(0)).await;
            let _ = fs::remove_dir_all(&place);
            (harm, outcome)
        });
    }
    let all = set.join_all().await;
    let flips = all.iter().filter(|(harm, _)| matches!(harm, Harm::Flip(..))).count();
    let named = all.len() - flips;
    let worst = |of: fn(&Outcome) -> bool| {
        let found: Vec<String> = all
            .iter()
            .filter(|(_, outcome)| of(outcome))
            .map(|(harm, outcome)| format!("{harm:?} {:?} {:?}", outcome.twice, outcome.forgotten))
            .collect();
        found
    };
    let unstarted = worst(|outcome| !outcome.started);
    let twice = worst(|outcome| !outcome.twice.is_empty());
    let forgotten = worst(|outcome| !outcome.forgotten.is_empty());
    let untold = all
        .iter()
        .filter(|(harm, outcome)| !(matches!(harm, Harm::Flip(..)) || outcome.told && outcome.kept_aside))
        .map(|(harm, _)| format!("{harm:?}"))
        .collect::<Vec<_>>();
    let flips_told = all
        .iter()
        .filter(|(harm, outcome)| matches!(harm, Harm::Flip(..)) && outcome.told)
        .count();
    let refetched: usize = all
        .iter()
        .filter(|(harm, _)| !matches!(harm, Harm::NoRecord | Harm::BadRecord | Harm::TornRecord))
        .map(|(_, outcome)| outcome.refetched)
        .sum();
    vec![
        Line::must(
            format!("{named} kinds of damage and {flips} flipped bytes: the app starts on each"),
            format!(
                "{} of {} started{}",
                all.len() - unstarted.len(),
                all.len(),
                list(&unstarted)
            ),
            unstarted.is_empty(),
        ),
        Line::must(
            "… damage is told, and nothing damaged is deleted",
            format!(
                "{} of {named} told and kept aside{}; of the flips {flips_told} were noticed and told",
                named - untold.len(),
                list(&untold)
            ),
            untold.is_empty(),
        ),
        Line::must(
            "… and after Start on all that the board offers: 0 bought twice",
            format!("{} bought twice{}", twice.len(), list(&twice)),
            twice.is_empty(),
        ),
        Line::must(
            "… 0 bought and forgotten",
            format!("{} forgotten{}", forgotten.len(), list(&forgotten)),
            forgotten.is_empty(),
        ),
        Line::beside(
            "… beside: library and purchase record both gone, cards younger than the backup: told to look at kie.ai/logs",
            format!(
                "{} purchases",
                all.iter().map(|(_, outcome)| outcome.unknowable).sum::<usize>()
            ),
        ),
        Line::must(
            "… videos that are in their folder are found there, where the record is whole: 0 fetched again",
            format!("{refetched} fetched again"),
            refetched == 0,
        ),
    ]
}

fn list(which: &[String]) -> String {
    if which.is_empty() {
        String::new()
    } else {
        format!(": {}", which.join("; "))
    }
}

fn harms(size: Size, data: &Path) -> Vec<Harm> {
    // Most of them still lie in the log.
    let pages: i64 = world::look(data)
        .and_then(|db| db.query_row("PRAGMA page_count", [], |row| row.get(0)))
        .expect("a library");
    let pages = u64::try_from(pages).expect("a count");
    let mut harms = vec![
        Harm::Header,
        Harm::NoLog,
        Harm::Empty,
        Harm::Gone,
        Harm::OldCopy,
        Harm::NoBackup,
        Harm::NoRecord,
        Harm::BadRecord,
        Harm::TornRecord,
        Harm::Truncated(0),
        Harm::Truncated(500),
        Harm::ZeroPage(0),
    ];
    if size == Size::Full {
        harms.extend((1..pages).step_by(3).map(Harm::ZeroPage));
        harms.extend([10, 250, 750, 990].map(Harm::Truncated));
    }
    let mut chance = SmallRng::seed_from_u64(4711);
    let flips = if size == Size::Full { 100 } else { 4 };
    harms.extend((0..flips).map(|at| Harm::Flip(chance.random_range(0..1_000_000), at % 3 == 0)));
    harms
}

/// A life before the damage: bought, backed up, bought again, in doubt, waiting. The files are those of a process that
/// was killed.
async fn before(base: &Path) {
    let data = base.join("data");
    let folder = base.join("videos");
    fs::create_dir_all(&folder).expect("a folder");
    let service = world::service(Some(base.join("service.jsonl"))).await;
    let engine = world::open(&data, &service.base()).await.expect("a library");
    engine.run();
    let place = Some(folder.to_string_lossy().into_owned());
    let batch = engine.create_batch("Rain", place.clone()).await.expect("a list").id;
    let early = ["early one", "early two", "waits and is bought later"].map(card);
    let ids = engine.add(batch.clone(), early.to_vec()).await.expect("cards");
    start(&engine, &ids[..2]).await;
    assert!(world::until(&engine, Duration::from_secs(20), settled).await, "bought");
    engine.library().back_up("daily").await.expect("a backup");
    // After the backup: the waiting one is bought; new ones come; one answer is lost; one never ends.
    start(&engine, &ids[2..]).await;
    let later = [
        "later one",
        "later two",
        "lost [fault:lost-reply]",
        "never ends [fault:stuck]",
        "refused [fault:refuse-400-policy]",
    ];
    let ids = engine
        .add(batch.clone(), later.map(card).to_vec())
        .await
        .expect("cards");
    start(&engine, &ids).await;
    assert!(
        world::until(&engine, Duration::from_secs(30), bought_out).await,
        "bought"
    );
    let rest = (0..6).map(|n| card(format!("a draft, number {n}"))).collect();
    engine.add(batch, rest).await.expect("cards");
    let done = |states: &[String]| states.iter().filter(|state| *state == "done").count() >= 5;
    assert!(world::until(&engine, Duration::from_secs(20), done).await, "saved");
    tokio::time::sleep(Duration::from_millis(200)).await;
    // As a kill leaves it: the log is not folded in, the mark says open.
    world::copy(&data, &base.join("killed"));
    engine.close(Duration::from_secs(5)).await;
    drop(engine);
    fs::remove_dir_all(&data).expect("removed");
    fs::rename(base.join("killed"), &data).expect("renamed");
    service.stop().await;
}

async fn start(engine: &engine::Engine, ids: &[String]) {
    engine.start(Scope::Tasks(ids.to_vec()), None).await.expect("started");
}

async fn after(base: &Path, place: &Path, harm: &Harm, seed: u64) -> Outcome {
    let data = place.join("data");
    world::copy(&base.join("data"), &data);
    fs::copy(base.join("service.jsonl"), place.join("service.jsonl")).expect("a copy");
    // The videos lie where the library says, for every case the same folder: nothing may be written there.
    do_harm(&data, harm, seed);
    let service = world::service(Some(place.join("service.jsonl"))).await;
    let known = service.ledger().accepted.len();
    let mut outcome = Outcome::default();
    let Ok(engine) = world::open(&data, &service.base()).await else {
        return outcome;
    };
    outcome.started = true;
    let notice = engine.library_notice(Lang::En).await.ok().flatten();
    outcome.told = notice.as_ref().is_some_and(|notice| !notice.text.is_empty());
    outcome.kept_aside = match harm {
        Harm::Gone | Harm::NoLog | Harm::OldCopy | Harm::TornRecord => true,
        _ => fs::read_dir(&data)
            .expect("a folder")
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("library.damaged-")),
    };
    engine.run();
    // Everything that is offered, and what was left over too.
    let _ = engine.start(Scope::LeftOver, None).await;
    let _ = engine.start(Scope::Everything, None).await;
    let still = world::until(&engine, Duration::from_secs(60), bought_out).await;
    let _ = world::until(&engine, Duration::from_millis(1500), settled).await;
    let ledger = service.ledger();
    let mut by_prompt: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &ledger.accepted {
        *by_prompt.entry(one.prompt.as_str()).or_default() += 1;
    }
    outcome.twice = by_prompt
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|(prompt, times)| format!("{prompt} × {times}"))
        .collect();
    if !still {
        outcome.twice.push("the queue did not come to an end".to_owned());
    }
    // Bought is known by its id, or put before the user as perhaps bought, or named in what was told.
    let words = notice.map(|notice| notice.details.join(" ")).unwrap_or_default();
    let doubtful = doubtful(&data);
    outcome.forgotten = ledger
        .accepted
        .iter()
        .filter(|one| !has_id(&data, &one.task_id) && !doubtful.contains(&one.prompt) && !words.contains(&one.task_id))
        .map(|one| one.prompt.clone())
        .collect();
    // Two of three are lost, and the third is older than these cards: nobody can know them. The user is sent to look.
    if matches!(harm, Harm::NoRecord) && words.contains("kie.ai/logs") {
        let young = |prompt: &String| prompt != "waits and is bought later" && !prompt.starts_with("early");
        let (unknowable, forgotten) = outcome.forgotten.into_iter().partition(young);
        let unknowable: Vec<String> = unknowable;
        (outcome.unknowable, outcome.forgotten) = (unknowable.len(), forgotten);
    }
    outcome.refetched = ledger.accepted[..known]
        .iter()
        .map(|one| usize::try_from(one.downloads).unwrap_or(0))
        .sum();
    engine.close(Duration::from_secs(5)).await;
    outcome
}

fn has_id(data: &Path, id: &str) -> bool {
    let db = world::look(data).expect("a library");
    db.query_row("SELECT 1 FROM attempt WHERE service_id = ?1", [id], |_| Ok(()))
        .is_ok()
}

fn doubtful(data: &Path) -> Vec<String> {
    let db = world::look(data).expect("a library");
    let mut query = db
        .prepare("SELECT prompt FROM task WHERE state = 'unconfirmed' AND deleted_at IS NULL")
        .expect("a table");
    let rows = query.query_map([], |row| row.get(0)).expect("rows");
    rows.flatten().collect()
}

fn do_harm(data: &Path, harm: &Harm, seed: u64) {
    let library = data.join(engine::library::FILE);
    let log = PathBuf::from(format!("{}-wal", library.display()));
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut noise = |bytes: usize| (0..bytes).map(|_| chance.random()).collect::<Vec<u8>>();
    let gone = |path: &Path| {
        let _ = fs::remove_file(path);
    };
    gone(&PathBuf::from(format!("{}-shm", library.display())));
    match harm {
        // Pages are looked at once the log is folded in: the log would cover the harm.
        Harm::ZeroPage(page) => {
            fold(&library);
            overwrite(&library, page * PAGE, &[0; PAGE as usize]);
        }
        Harm::Truncated(share) => {
            fold(&library);
            let length = fs::metadata(&library).expect("a file").len();
            let file = OpenOptions::new().write(true).open(&library).expect("a file");
            file.set_len(if *share == 0 { 50 } else { length * share / 1000 })
                .expect("cut");
        }
        Harm::Header => {
            gone(&log);
            overwrite(&library, 0, &noise(100));
        }
        Harm::NoLog => gone(&log),
        Harm::Empty => {
            gone(&log);
            fs::write(&library, []).expect("emptied");
        }
        Harm::Gone => {
            gone(&log);
            gone(&library);
        }
        Harm::OldCopy => {
            gone(&log);
            fs::copy(backup(data), &library).expect("a copy");
        }
        Harm::Flip(at, fold_first) => {
            if *fold_first || !log.exists() {
                fold(&library);
                flip(&library, *at);
            } else {
                flip(&log, *at);
            }
        }
        Harm::NoBackup => {
            gone(&log);
            overwrite(&library, 0, &noise(4096));
            overwrite(&backup(data), 0, &noise(4096));
        }
        Harm::NoRecord => {
            gone(&log);
            overwrite(&library, 0, &noise(4096));
            fs::remove_dir_all(data.join("purchases")).expect("removed");
        }
        Harm::BadRecord => {
            gone(&log);
            overwrite(&library, 0, &noise(4096));
            for record in fs::read_dir(data.join("purchases")).expect("a folder").flatten() {
                flip(&record.path(), 600_000);
            }
        }
        Harm::TornRecord => {
            gone(&log);
            for record in fs::read_dir(data.join("purchases")).expect("a folder").flatten() {
                let length = record.metadata().expect("a file").len();
                let file = OpenOptions::new().write(true).open(record.path()).expect("a file");
                file.set_len(length * 9 / 10).expect("cut");
            }
        }
    }
}

fn fold(library: &Path) {
    let db = rusqlite::Connection::open(library).expect("a library");
    let _ = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

fn backup(data: &Path) -> PathBuf {
    let mut all: Vec<PathBuf> = fs::read_dir(data.join("backups"))
        .expect("backups")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    all.sort();
    all.pop().expect("a backup")
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).expect("a file");
    file.seek(SeekFrom::Start(at)).expect("a place");
    file.write_all(bytes).expect("written");
}

fn flip(path: &Path, at: u64) {
    let length = fs::metadata(path).expect("a file").len();
    let at = length * at / 1_000_000;
    let mut file = OpenOptions::new().read(true).write(true).open(path).expect("a file");
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).expect("a place");
    file.read_exact(&mut byte).expect("a byte");
    file.seek(SeekFrom::Start(at)).expect("a place");
    file.write_all(&[byte[0] ^ 0x20]).expect("written");
}
