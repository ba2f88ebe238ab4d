//! What people drop on the window, choose, or name in a sheet: files that are none, are endless, or lie.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::SystemClock;
use engine::keys::FixedKeys;
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, Media, Options, RowFate, Target};
use kie::{ApiKey, Client, Config, Proxy};
use tempfile::TempDir;

use super::memory::Growth;
use crate::Size;
use crate::table::Line;

/// The longest that anything dropped may take. The builds of a proof are not made for speed.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Place {
    engine: Engine,
    home: TempDir,
}

impl Place {
    pub(super) async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        // Nothing here is bought, so nobody is asked.
        let nowhere: url::Url = "http://127.0.0.1:9/".parse().unwrap();
        let engine = Engine::open(Options {
            data_dir: home.path().join("data"),
            service: Arc::new(Client::new(Config::new(nowhere.clone(), nowhere)).unwrap()),
            upload_host: String::new(),
            media: Media::new(&Proxy::None, true).unwrap(),
            keys: Arc::new(FixedKeys::only(ApiKey::new("canary-key-0815-4711"))),
            clock: Arc::new(SystemClock),
            preferences: Preferences::default(),
            demo: false,
        })
        .await
        .unwrap();
        Self { engine, home }
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn sparse(&self, name: &str, length: u64) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::File::create(&path).unwrap().set_len(length).unwrap();
        path
    }

    /// Files that no program should be given, each with its name.
    fn traps(&self) -> Vec<PathBuf> {
        let home = self.home.path();
        let folder = home.join("a folder");
        std::fs::create_dir(&folder).unwrap();
        let mut traps = vec![
            folder,
            home.join("nothing"),
            self.put("empty", b""),
            self.sparse("five gigabytes", 5 << 30),
            self.put("text", b"hello"),
        ];
        #[cfg(unix)]
        {
            let link = |name: &str, to: &Path| {
                let path = home.join(name);
                std::os::unix::fs::symlink(to, &path).unwrap();
                path
            };
            let pipe = home.join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.is_ok_and(|status| status.success()), "mkfifo");
            let _socket = std::os::unix::net::UnixListener::bind(home.join("socket")).unwrap();
            traps.extend([
                "/dev/zero".into(),
                "/dev/random".into(),
                "/dev/tty".into(),
                link("link to zeros", Path::new("/dev/zero")),
                link("link to a pipe", &pipe),
                link("link to a folder", Path::new("/")),
                link("link to itself", &home.join("link to itself")),
                link("link to nothing", Path::new("/nowhere/at/all")),
                pipe,
                home.join("socket"),
            ]);
        }
        traps
    }
}

/// The lines about files.
pub(super) async fn lines(size: Size) -> Vec<Line> {
    let mut lines = vec![pictures().await, sheets_that_are_none().await, contents(size).await];
    lines.push(formulas().await);
    lines
}

async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, work).await.ok()
}

/// A PNG of this size in its head, with hardly anything in it.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    let crc = crc(&bytes[12..]);
    bytes.extend(crc.to_be_bytes());
    // The shortest stream of zlib, and the end.
    for (kind, body) in [(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01".as_slice()), (b"IEND", b"")] {
        let chunk = [kind.as_slice(), body].concat();
        bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(&chunk);
        bytes.extend(self::crc(&chunk).to_be_bytes());
    }
    bytes
}

pub(super) fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

async fn pictures() -> Line {
    let place = Place::new().await;
    let mut traps = place.traps();
    traps.extend([
        place.put("bomb.png", &png(60_000, 60_000)),
        place.put("long.png", &png(1, 2_000_000_000)),
        place.put("promised.png", &png(11_000, 11_000)),
        place.put("one.gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
        place.put(
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' width='9999999' height='9999999'/>",
        ),
        place.put(
            "huge.webp",
            b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff",
        ),
        place.put(
            "huge.jpg",
            b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9",
        ),
        place.put("page.png", b"<html>not a picture</html>"),
    ]);
    let growth = Growth::begin();
    let (mut slowest, mut told, mut hung) = (Duration::ZERO, 0, 0);
    let count = traps.len();
    for path in traps {
        let begin = Instant::now();
        match within(place.engine.keep_images(vec![path.clone()])).await {
            None => hung += 1,
            Some(kept) => {
                let said = kept
                    .into_iter()
                    .next()
                    .and_then(Result::err)
                    .map(|error| error.say(Lang::En));
                // What is wrong, and of which file.
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                told += usize::from(said.is_some_and(|said| said.contains(&name) && said.ends_with('.')));
            }
        }
        slowest = slowest.max(begin.elapsed());
    }
    let mib = growth.mib();
    Line::must(
        "pictures that are links, devices, pipes, folders, 5 GB, bombs: each told by name, none hangs, below 100 MB",
        format!(
            "{count} dropped, {told} told, {hung} hung, slowest {} ms, {mib} MiB more",
            slowest.as_millis()
        ),
        told == count && hung == 0 && mib < 100,
    )
}

pub(super) async fn import(place: &Place, path: PathBuf) -> Option<Result<(usize, usize), String>> {
    let target = Target::Sheet {
        name: "Sheet".to_owned(),
        folder: None,
    };
    let imported = within(place.engine.import(path, target, Lang::En)).await?;
    Some(
        imported
            .map(|imported| {
                assert!(imported.rows.iter().all(|row| row.2 == RowFate::Added));
                (imported.rows.len(), imported.problems.len())
            })
            .map_err(|error| error.say(Lang::En)),
    )
}

async fn sheets_that_are_none() -> Line {
    let place = Place::new().await;
    let growth = Growth::begin();
    let (mut told, mut hung, mut taken) = (0, 0, 0);
    let traps = place.traps();
    // A text is a list of one prompt, rightly.
    let count = traps.len() - 1;
    for path in traps {
        match import(&place, path).await {
            None => hung += 1,
            Some(Err(said)) => told += usize::from(said.ends_with('.')),
            Some(Ok(_)) => taken += 1,
        }
    }
    let mib = growth.mib();
    Line::must(
        "sheets that are links, devices, pipes, folders, 5 GB: each told, none hangs, below 100 MB",
        format!("{count} chosen, {told} told, {hung} hung, {mib} MiB more"),
        told == count && hung == 0 && taken == 1 && mib < 100,
    )
}

/// A sheet made piece by piece, as large as is asked for.
fn written(place: &Place, name: &str, head: &str, piece: &str, times: usize) -> PathBuf {
    let path = place.home.path().join(name);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(head.as_bytes()).unwrap();
    (0..times).for_each(|_| file.write_all(piece.as_bytes()).unwrap());
    file.flush().unwrap();
    path
}

async fn contents(size: Size) -> Line {
    let place = Place::new().await;
    // The largest that is read has 64 MiB; the builds of tests take their time over that.
    let of = |full: usize| if size == Size::Full { full } else { full / 20 };
    let cases: Vec<(PathBuf, bool)> = vec![
        // Path, and whether anything of it may become cards.
        (written(&place, "million columns.csv", "prompt", ",x", 1_000_000), false),
        (
            written(
                &place,
                "hundred megabytes.csv",
                "prompt\n\"",
                &"0123456789abcdef".repeat(1000),
                6_600,
            ),
            false,
        ),
        (
            written(
                &place,
                "one cell.csv",
                "prompt,model\na,\"",
                &"ﷺ".repeat(1000),
                of(20_000),
            ),
            false,
        ),
        (
            written(&place, "a long name.csv", "prompt,\"", "ﷺ x ", of(1_000_000)),
            false,
        ),
        (
            written(&place, "images.csv", "prompt,images\na,", "i|", of(5_000_000)),
            false,
        ),
        (
            written(&place, "million rows.csv", "prompt\n", "a cat\n", 1_000_000),
            false,
        ),
        (written(&place, "blank.csv", "prompt\na\n", "\n", 1_500_000), false),
        (
            written(&place, "commas.csv", "prompt,model\n", ",", of(5_000_000)),
            false,
        ),
        (written(&place, "quotes.csv", "prompt\n", "\"a\n", 90_000), false),
        (
            written(&place, "pairs.csv", "prompt\n\"", "\"\"\n", of(2_000_000)),
            false,
        ),
        (written(&place, "zeros.csv", "prompt\na\0b\n", "\0", 1000), false),
        (
            place.put("latin.csv", b"prompt\nle d\xe9but, la for\xeat profonde"),
            false,
        ),
        (
            place.put("half utf-16.csv", b"\xff\xfep\0r\0o\0m\0p\0t\0\n\0a\0\x00\xd8"),
            false,
        ),
        (place.put("cut utf-8.csv", &"提示词\n一只猫".as_bytes()[..17]), false),
        (place.put("book.xlsx", b"PK\x03\x04\x14\0"), false),
        (place.put("two.csv", b"prompt\na cat\na dog\n"), true),
    ];
    let count = cases.len();
    let growth = Growth::begin();
    let (mut slowest, mut slow, mut told, mut hung, mut taken) = (Duration::ZERO, String::new(), 0, 0, 0);
    let mut odd = Vec::new();
    for (path, good) in cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let begin = Instant::now();
        match import(&place, path.clone()).await {
            None => hung += 1,
            Some(Ok((rows, 0))) if rows > 0 && good => taken += 1,
            Some(Ok((rows, problems))) if rows <= 1 && problems > 0 => told += 1,
            Some(Err(said)) if !good && said.len() < 2000 => told += 1,
            other => odd.push(format!("{name}: {other:?}")),
        }
        if begin.elapsed() > slowest {
            (slowest, slow) = (begin.elapsed(), name);
        }
        // Nothing of it stays behind, not even on the disk.
        std::fs::remove_file(path).unwrap();
    }
    let mib = growth.mib();
    Line::must(
        "sheets of a million columns, rows, blanks, one cell of 100 MB, broken encodings, zeros: told, below 500 MB",
        format!(
            "{count} sheets, {told} told, {taken} taken, {hung} hung, slowest {slow} {:.1} s, {mib} MiB more{}",
            slowest.as_secs_f64(),
            odd.iter().map(|odd| format!("; {odd}")).collect::<String>(),
        ),
        told == count - 1 && taken == 1 && hung == 0 && mib < 500,
    )
}

async fn formulas() -> Line {
    let place = Place::new().await;
    let formulas = [
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"http://x.example\",\"click\")",
        "+1+1",
        "-2+3",
        "@SUM(A1:A9)",
        "\t=1+1",
    ];
    let quoted: Vec<String> = formulas
        .iter()
        .map(|formula| format!("\"{}\"\n", formula.replace('"', "\"\"")))
        .collect();
    let path = place.put("formulas.csv", format!("prompt\n{}", quoted.concat()).as_bytes());
    let target = Target::Sheet {
        name: "Formulas".to_owned(),
        folder: None,
    };
    let imported = place.engine.import(path, target, Lang::En).await.unwrap();
    let ids: Vec<String> = imported.rows.into_iter().map(|row| row.1).collect();
    let cards = place.engine.cards(ids, Lang::En).await.unwrap();
    let kept = formulas
        .iter()
        .filter(|formula| cards.iter().any(|card| card.fields.prompt == formula.trim()))
        .count();
    Line::must(
        "formulas stay text, to the letter; the app writes no sheet that could run them",
        format!("{} formulas, {kept} kept as text", formulas.len()),
        kept == formulas.len(),
    )
}
