//! Rows in which the folder, the part or the name is the trouble.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::bench::{Bench, Setup, names};
use super::clip::{self, ONE};
use super::host::{Host, Piece, Request, good};
use super::row::{Row, Seen, audit, must};

const A: &str = "\"a\"";

pub const ROWS: &[Row] = &[
    Row {
        numbers: "11",
        promise: "A zero-filled tail behind what was synced: cut off, never counted",
        slow: false,
        run: || Box::pin(zero_tail()),
    },
    Row {
        numbers: "18",
        promise: "The part deleted, replaced, damaged, made a link between runs: from zero, never written through",
        slow: false,
        run: || Box::pin(tampered()),
    },
    Row {
        numbers: "29",
        promise: "Disk full before and in the middle: told with the bytes missing, part kept, goes on by itself",
        slow: true,
        run: || Box::pin(full_disk()),
    },
    Row {
        numbers: "29",
        promise: "The library's disk full: nothing lost, library intact, goes on by itself",
        slow: true,
        run: || Box::pin(full_library()),
    },
    Row {
        numbers: "31",
        promise: "Folder removed, read-only, drive gone: path told, nothing put elsewhere, goes on by itself",
        slow: true,
        run: || Box::pin(folders()),
    },
    Row {
        numbers: "32",
        promise: "Folder on another file system: the part lies in the folder",
        slow: false,
        run: || Box::pin(elsewhere()),
    },
    Row {
        numbers: "33",
        promise: "Name taken by a file, folder, link, twin in case or composition: a second name, nothing overwritten",
        slow: false,
        run: || Box::pin(taken()),
    },
    Row {
        numbers: "34",
        promise: "Twelve files of one name at once in one folder: all kept",
        slow: false,
        run: || Box::pin(one_name()),
    },
    Row {
        numbers: "35",
        promise: "Hostile numbers and a host that proposes names: all files in the folder, plain names",
        slow: false,
        run: || Box::pin(hostile_names()),
    },
    Row {
        numbers: "45",
        promise: "A part of an older format, a stray one under its name: from zero, never misread",
        slow: false,
        run: || Box::pin(older_part()),
    },
];

/// A bench whose one download was stopped in the middle by a quit: what came is in the part.
async fn interrupted(host: &Host) -> Result<(Bench, PathBuf), String> {
    let bench = Bench::run(host, Setup::one(host.link("/a.mp4"))).await;
    let begin = Instant::now();
    while bench.card(0).await.bytes_done.unwrap_or(0) < 300_000 {
        must(begin.elapsed() < Duration::from_secs(10), "nothing comes")?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bench.close().await;
    let take = bench.take();
    must(
        take.bytes_durable >= 300_000,
        format!("{} bytes are noted", take.bytes_durable),
    )?;
    let part = bench.folder.join(take.part_name.ok_or("no part")?);
    Ok((bench, part))
}

/// Half of the file, then silence; then whatever is asked for.
fn half_then_all(request: &Request) -> super::host::Answer {
    match request.nth {
        1 => good(&ONE, A, request)
            .cut(ONE.len() / 2, false)
            .body(Piece::Wait(Duration::from_secs(600))),
        _ => good(&ONE, A, request),
    }
}

async fn zero_tail() -> Seen {
    let host = Host::start(half_then_all).await;
    let (mut bench, part) = interrupted(&host).await?;
    let durable = bench.take().bytes_durable;
    let file = std::fs::File::options()
        .write(true)
        .open(&part)
        .map_err(|error| error.to_string())?;
    file.set_len(ONE.len() as u64).map_err(|error| error.to_string())?;
    bench.reopen().await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    let from = host.files()[1].from.ok_or("not gone on with")? as u64;
    must(from + 1024 == durable, format!("gone on from {from}, not {durable}"))?;
    Ok(format!("{durable} of {} B kept, 1 kB fetched twice", ONE.len()))
}

async fn tampered() -> Seen {
    let mut seen = 0;
    for how in ["deleted", "replaced", "damaged", "shortened", "link", "link to it"] {
        let host = Host::start(half_then_all).await;
        let (mut bench, part) = interrupted(&host).await?;
        let aside = bench.home.path().join("precious");
        let mut precious = vec![9; ONE.len()];
        let wrong = |error: std::io::Error| error.to_string();
        match how {
            "deleted" => std::fs::remove_file(&part).map_err(wrong)?,
            "replaced" => std::fs::write(&part, &precious).map_err(wrong)?,
            "damaged" => {
                let mut content = std::fs::read(&part).map_err(wrong)?;
                content[100_000] ^= 1;
                std::fs::write(&part, content).map_err(wrong)?;
            }
            "shortened" => std::fs::write(&part, &ONE[..1000]).map_err(wrong)?,
            _ => {
                std::fs::rename(&part, &aside).map_err(wrong)?;
                if how == "link" {
                    std::fs::write(&aside, &precious).map_err(wrong)?;
                } else {
                    // The very bytes that were counted, and yet not ours to write on.
                    precious = std::fs::read(&aside).map_err(wrong)?;
                }
                #[cfg(unix)]
                std::os::unix::fs::symlink(&aside, &part).map_err(wrong)?;
            }
        }
        bench.reopen().await;
        bench.done().await?;
        bench.holds(&[("0001.mp4", &ONE)])?;
        audit(&bench, &[&ONE]).await;
        must(host.files()[1].from.is_none(), format!("{how}: gone on with"))?;
        if how.starts_with("link") {
            must(
                std::fs::read(&aside).map_err(wrong)? == precious,
                "written through a link",
            )?;
        }
        seen += 1;
    }
    Ok(format!("{seen} of 6 from zero"))
}

/// A small file system of its own; `None` where none can be mounted (not root).
pub struct Small {
    at: PathBuf,
    _home: tempfile::TempDir,
}

impl Small {
    pub fn mount(megabytes: u32) -> Option<Self> {
        let home = tempfile::tempdir().ok()?;
        let at = home.path().join("drive");
        std::fs::create_dir(&at).ok()?;
        let small = Self { at, _home: home };
        small.on(megabytes).then_some(small)
    }

    fn on(&self, megabytes: u32) -> bool {
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(&self.at))
    }

    fn off(&self) -> bool {
        run(Command::new("umount").arg("-l").arg(&self.at))
    }

    fn writable(&self, yes: bool) -> bool {
        run(Command::new("mount")
            .args(["-o", if yes { "remount,rw" } else { "remount,ro" }])
            .arg(&self.at))
    }

    pub fn path(&self) -> &Path {
        &self.at
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        self.off();
    }
}

fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

const NO_MOUNT: &str = "not run: a small file system could not be mounted here (needs root)";

async fn full_disk() -> Seen {
    let Some(drive) = Small::mount(80) else {
        return Err(NO_MOUNT.into());
    };
    let file = clip::long(10 << 20, 1);
    let served = file.clone();
    let host = Host::start(move |request| {
        let mut answer = good(&served, A, request);
        if let Piece::Bytes(bytes) = answer.body[0].clone() {
            answer.body[0] = Piece::Paced(bytes, 5 << 20);
        }
        answer
    })
    .await;
    let mut seen = vec![];
    let hog = drive.path().join("hog");
    let wrong = |error: std::io::Error| error.to_string();
    for when in ["before", "middle"] {
        let mut setup = Setup::one(host.link(&format!("/{when}.mp4")));
        setup.folder = Some(drive.path().join(when));
        if when == "before" {
            std::fs::write(&hog, vec![1; 40 << 20]).map_err(wrong)?;
        }
        let bench = Bench::run(&host, setup).await;
        if when == "middle" {
            bench
                .until_take("nothing is synced", |take| take.bytes_durable > 0)
                .await?;
            std::fs::write(&hog, vec![1; 40 << 20]).map_err(wrong)?;
        }
        bench.until(&["saveFailed"], Duration::from_secs(10)).await?;
        let trouble = bench.card(0).await.trouble.ok_or("no cause")?;
        must(
            trouble.code == "disk-short" && trouble.cause.contains(" MB more"),
            trouble.cause.clone(),
        )?;
        must(trouble.goes_on, "it is not said that it goes on by itself")?;
        bench.holds_no_video()?;
        let kept = bench.take().bytes_durable;
        must((when == "middle") == (kept > 0), format!("{kept} bytes kept"))?;
        std::fs::remove_file(&hog).map_err(wrong)?;
        let begin = Instant::now();
        bench.until(&["done"], Duration::from_secs(40)).await?;
        let name = if when == "before" { "before" } else { "middle" };
        bench.holds(&[("0001.mp4", &file)])?;
        audit(&bench, &[&file]).await;
        let sent: usize = host
            .files()
            .iter()
            .filter(|request| request.path.contains(name))
            .map(|request| request.sent)
            .sum();
        must(sent < file.len() + (8 << 20), format!("{sent} bytes sent"))?;
        seen.push(format!(
            "{when}: “{}”, {} MiB kept, on after {} s",
            trouble.cause,
            kept >> 20,
            begin.elapsed().as_secs()
        ));
        bench.close().await;
        std::fs::remove_dir_all(&bench.folder).map_err(wrong)?;
    }
    Ok(seen.join("; "))
}

async fn full_library() -> Seen {
    let Some(drive) = Small::mount(24) else {
        return Err(NO_MOUNT.into());
    };
    let host = Host::start(|request| {
        let mut answer = good(&ONE, A, request);
        if let Piece::Bytes(bytes) = answer.body[0].clone() {
            answer.body[0] = Piece::Paced(bytes, 200_000);
        }
        answer
    })
    .await;
    let mut setup = Setup::one(host.link("/a.mp4"));
    setup.data = Some(drive.path().join("data"));
    let bench = Bench::run(&host, setup).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let hog = drive.path().join("hog");
    let mut filled = 0u64;
    let mut file = std::fs::File::create(&hog).map_err(|error| error.to_string())?;
    while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {
        filled += 4096;
    }
    drop(file);
    tokio::time::sleep(Duration::from_secs(12)).await;
    bench.holds_no_video()?;
    must(bench.state(0).await == "saving", "the state moved")?;
    let asked = host.files().len();
    std::fs::remove_file(&hog).map_err(|error| error.to_string())?;
    bench.until(&["done"], Duration::from_secs(100)).await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    must(asked <= 4, format!("{asked} requests while nothing could be noted"))?;
    bench.close().await;
    let db = rusqlite::Connection::open(bench.data.join("library.db")).map_err(|error| error.to_string())?;
    let check: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    must(check == "ok", check)?;
    Ok(format!("{filled} B filled for 12 s; done afterwards, integrity ok"))
}

async fn folders() -> Seen {
    let Some(drive) = Small::mount(80) else {
        return Err(NO_MOUNT.into());
    };
    let wrong = |error: std::io::Error| error.to_string();
    let mut seen = vec![];
    // The drive is there when the first file is saved, and gone when the second comes.
    for how in ["gone", "removed", "read-only"] {
        let host = Host::start(|request| match (request.path.as_str(), request.nth) {
            ("/b.mp4", 1) => good(&ONE, A, request)
                .cut(ONE.len() / 2, false)
                .body(Piece::Wait(Duration::from_secs(2))),
            // Between the tries no file is open, and the drive can be made read-only.
            ("/b.mp4", 2..=4) => good(&ONE, A, request).cut(2_000, false),
            _ => good(&ONE, A, request),
        })
        .await;
        let mut setup = Setup::some([("1", host.link("/a.mp4")), ("2", host.link("/b.mp4"))]);
        let folder = drive.path().join("videos");
        setup.folder = Some(folder.clone());
        let bench = Bench::run(&host, setup).await;
        let begin = Instant::now();
        while bench.state(0).await != "done" || bench.card(1).await.bytes_done.unwrap_or(0) < 200_000 {
            must(begin.elapsed() < Duration::from_secs(10), "nothing comes")?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        match how {
            "gone" => must(drive.off(), "not unmounted")?,
            "removed" => std::fs::remove_dir_all(&folder).map_err(wrong)?,
            _ => read_only_soon(&drive).await?,
        }
        let mut tries = 0;
        while bench.state(1).await != "saveFailed" {
            tries += 1;
            must(tries < 800, format!("{how}: {:?} still", bench.state(1).await))?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let trouble = bench.card(1).await.trouble.ok_or("no cause")?;
        let told = matches!(trouble.code.as_str(), "folder-missing" | "folder-read-only");
        must(
            told && trouble.cause.contains(&folder.display().to_string()),
            format!("{how}: {}", trouble.cause),
        )?;
        must(trouble.goes_on, "it is not said that it goes on by itself")?;
        // Nothing was put where the drive should be, and no parent made.
        must(
            how == "read-only" || !folder.exists(),
            format!("{how}: the folder was made again"),
        )?;
        let begin = Instant::now();
        match how {
            "gone" => {
                must(drive.on(80), "not mounted")?;
                with_first(&folder).map_err(wrong)?;
            }
            "removed" => with_first(&folder).map_err(wrong)?,
            _ => must(drive.writable(true), "not writable")?,
        }
        bench.until(&["done"], Duration::from_secs(90)).await?;
        let there = std::fs::read(folder.join("2.mp4")).map_err(wrong)?;
        must(clip::is(&there, &ONE), "2.mp4 is not what was made")?;
        audit(&bench, &[&ONE]).await;
        seen.push(format!("{how}: on after {} s", begin.elapsed().as_secs()));
        bench.close().await;
        std::fs::remove_dir_all(&folder).map_err(wrong)?;
    }
    Ok(seen.join(", "))
}

/// The folder again, with the file that was saved before.
fn with_first(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir(folder)?;
    std::fs::write(folder.join("1.mp4"), ONE.as_slice())
}

/// A file system cannot be made read-only while a file of it is open for writing: tried until it is not.
async fn read_only_soon(drive: &Small) -> Result<(), String> {
    for _ in 0..200 {
        if drive.writable(false) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("not read-only".into())
}

async fn elsewhere() -> Seen {
    let Some(drive) = Small::mount(80) else {
        return Err(NO_MOUNT.into());
    };
    let host = Host::start(half_then_all).await;
    let mut setup = Setup::one(host.link("/a.mp4"));
    setup.folder = Some(drive.path().join("videos"));
    let bench = Bench::run(&host, setup).await;
    let begin = Instant::now();
    while !names(&bench.folder).iter().any(|name| name.ends_with(".part")) {
        must(begin.elapsed() < Duration::from_secs(10), "no part in the folder")?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let stray = names(&bench.data).into_iter().any(|name| name.ends_with(".part"));
    must(!stray, "a part beside the library")?;
    audit(&bench, &[&ONE]).await;
    bench.close().await;
    Ok("the part lies beside its final name".into())
}

async fn taken() -> Seen {
    let host = Host::start(|request| good(&ONE, A, request)).await;
    let numbers = ["file", "folder", "link", "case", "cafe\u{301}"];
    let links = numbers.map(|number| (number, host.link("/a.mp4")));
    let bench = Bench::rest(&host, Setup::some(links)).await;
    let at = |name: &str| bench.folder.join(name);
    let wrong = |error: std::io::Error| error.to_string();
    std::fs::write(at("file.mp4"), "before").map_err(wrong)?;
    std::fs::create_dir(at("folder.mp4")).map_err(wrong)?;
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all", at("link.mp4")).map_err(wrong)?;
    std::fs::write(at("CASE.MP4"), "before").map_err(wrong)?;
    std::fs::write(at("cafe\u{301}.mp4"), "before").map_err(wrong)?;
    bench.engine.run();
    bench.done().await?;
    for name in [
        "file (2).mp4",
        "folder (2).mp4",
        "link (2).mp4",
        "case (2).mp4",
        "café (2).mp4",
    ] {
        let there = std::fs::read(at(name)).map_err(|error| format!("{name}: {error}"))?;
        must(clip::is(&there, &ONE), format!("{name} is not what was made"))?;
    }
    for name in ["file.mp4", "CASE.MP4", "cafe\u{301}.mp4"] {
        must(
            std::fs::read(at(name)).map_err(wrong)? == b"before",
            format!("{name} was overwritten"),
        )?;
    }
    must(bench.names().len() == 10, format!("{:?}", bench.names()))?;
    audit(&bench, &[&ONE]).await;
    Ok("5 of 5 got a second name, 0 overwritten".into())
}

async fn one_name() -> Seen {
    let host = Host::start(|request| good(&ONE, A, request)).await;
    // Numbers are unique in a batch, not their names: case and what a name may not hold fold together.
    let numbers = [
        "A/b", "a/b", "A:b", "a:b", "A|b", "a|b", "A\\b", "a\\b", "A-b", "a-b", "A-b ", "a-b ",
    ];
    let links: Vec<_> = numbers
        .iter()
        .enumerate()
        .map(|(nth, number)| (*number, host.link(&format!("/{nth}.mp4"))))
        .collect();
    let bench = Bench::rest(&host, Setup::some(links)).await;
    let preferences = engine::view::settings::Preferences {
        downloads: 10,
        ..Default::default()
    };
    bench.engine.set_preferences(preferences);
    bench.engine.run();
    bench.done().await?;
    let names = bench.names();
    let mut folded: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    must(names.len() == 12 && folded.len() == 12, format!("{names:?}"))?;
    audit(&bench, &[&ONE]).await;
    Ok(format!(
        "12 files, 12 names on every system, {} at a time",
        host.most_at_once()
    ))
}

async fn hostile_names() -> Seen {
    let host = Host::start(|request| {
        good(&ONE, A, request).with("content-disposition", "attachment; filename=\"../../../evil.sh\"")
    })
    .await;
    let long = "影".repeat(300);
    let numbers = [
        "../../x",
        "/etc/x",
        "C:\\x",
        "..\\x",
        "a\0b",
        "%2e%2e%2fx",
        "x\u{202e}4pm",
        long.as_str(),
        "🎬👩\u{200d}🎤",
        "dot. ",
        "CON",
        "COM¹",
        "aux.mp4",
        "a:b",
        "-rf",
        ".hidden",
    ];
    let links = numbers.map(|number| (number, host.link("/a.mp4")));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    let names = bench.names();
    must(names.len() == numbers.len(), format!("{names:?}"))?;
    for name in &names {
        let plain = name.ends_with(".mp4")
            && name.len() <= 143
            && !name.starts_with(['.', '-'])
            && !name.contains(|c: char| c.is_control() || "<>:\"/\\|?*\u{202e}".contains(c));
        must(plain, format!("{name:?}"))?;
    }
    let beside = names_at(bench.home.path());
    must(beside == ["data", "videos"], format!("beside the folder: {beside:?}"))?;
    audit(&bench, &[&ONE]).await;
    Ok(format!(
        "{} of {} in the folder, under plain names",
        names.len(),
        numbers.len()
    ))
}

fn names_at(folder: &Path) -> Vec<String> {
    names(folder)
}

async fn older_part() -> Seen {
    let host = Host::start(half_then_all).await;
    let (mut bench, part) = interrupted(&host).await?;
    // As the first format had it: bytes counted, no hash of them; and something else in the file.
    let db = rusqlite::Connection::open(bench.data.join("library.db")).map_err(|error| error.to_string())?;
    db.execute("UPDATE take SET part_sha256 = NULL", [])
        .map_err(|error| error.to_string())?;
    drop(db);
    std::fs::write(&part, vec![3; ONE.len()]).map_err(|error| error.to_string())?;
    bench.reopen().await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    must(host.files()[1].from.is_none(), "gone on with")?;
    audit(&bench, &[&ONE]).await;
    // A part that the library knows nothing of, under the very name.
    let host = Host::start(|request| good(&ONE, A, request)).await;
    let bench = Bench::rest(&host, Setup::one(host.link("/a.mp4"))).await;
    let short: String = bench.take().id.chars().rev().take(8).collect();
    std::fs::write(bench.folder.join(format!("0001.{short}.part")), vec![3; 900_000])
        .map_err(|error| error.to_string())?;
    bench.engine.run();
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    Ok("2 of 2 from zero".into())
}
