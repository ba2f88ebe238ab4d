//! The process killed and the power cut, at random and at each named moment of a download.
//!
//! A child of this program opens the engine and saves what its library holds; it is killed, or ends itself at a named
//! moment. For a power cut, a shim under the child writes down which syncs really happened; what was not synced is taken
//! away, zeroed or scrambled before the next start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::RngExt as _;
use tokio::process::{Child, ChildStdin, Command};

use super::bench::{self, names, takes};
use super::clip;
use super::host::{Host, Piece, Request, good};
use super::row::must;
use crate::Size;
use crate::table::Line;

const A: &str = "\"a\"";
/// Bytes of the files that are fetched under the kills.
const LENGTH: usize = 7 << 20;
/// One sync unit of 2 MiB, and what is on the way between the host and the part.
const TWICE: usize = 8 << 20;
/// The named moments, and at which passing.
const POINTS: &[&str] = &[
    "save::part_noted",
    "save::part_made",
    "save::written#3",
    "save::written#6",
    "save::synced",
    "save::synced#2",
    "save::sync_noted",
    "save::sync_noted#2",
    "save::received",
    "save::verified",
    "save::recipe_written",
    "save::recipe_synced",
    "save::name_planned",
    "save::renamed",
    "save::folder_synced",
    "save::saved_noted",
    "save::done_noted",
];

/// The moments around a recipe that moves the index of fragments behind itself.
const MOVES: &[&str] = &[
    "save::recipe_written",
    "save::recipe_synced",
    "save::recipe_moving",
    "save::recipe_moved",
    "save::name_planned",
    "save::renamed",
];

/// What becomes of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    /// A kill alone: the system keeps everything.
    None,
    /// It is gone.
    Gone,
    /// It is there, and zeros.
    Zeros,
    /// It is there, and something else.
    Garbage,
}

/// A library, a folder and a host, and a child that saves from one to the other.
struct Stage {
    home: tempfile::TempDir,
    host: Host,
    /// After this share of each body the host says nothing more: what is to be killed in the middle cannot get past it.
    silent_after: Arc<Mutex<Option<f64>>>,
    file: Vec<u8>,
    shim: Option<PathBuf>,
}

/// A child that ends with whoever holds this: waiting alone would close its input.
struct Running {
    child: Child,
    _input: Option<ChildStdin>,
}

impl Running {
    async fn wait(&mut self) -> std::io::Result<std::process::ExitStatus> {
        self.child.wait().await
    }
}

impl Stage {
    async fn new(files: usize, rate: Option<usize>, shim: Option<PathBuf>) -> Self {
        Self::of(clip::long(LENGTH, 1), files, rate, shim).await
    }

    async fn of(file: Vec<u8>, files: usize, rate: Option<usize>, shim: Option<PathBuf>) -> Self {
        let served = file.clone();
        let silent_after: Arc<Mutex<Option<f64>>> = Arc::default();
        let silent = Arc::clone(&silent_after);
        let host = Host::start(move |request| {
            let mut answer = good(&served, A, request);
            let Piece::Bytes(mut bytes) = answer.body[0].clone() else {
                return answer;
            };
            if let Some(share) = *silent.lock().expect("not poisoned") {
                bytes.truncate((bytes.len() as f64 * share) as usize);
                answer.body.push(Piece::Wait(Duration::from_secs(600)));
            }
            answer.body[0] = match rate {
                Some(rate) => Piece::Paced(bytes, rate),
                None => Piece::Bytes(bytes),
            };
            answer
        })
        .await;
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("videos")).expect("a folder");
        let tasks: Vec<_> = (1..=files)
            .map(|nth| (format!("{nth:04}"), host.link(&format!("/{nth:04}.mp4"))))
            .collect();
        bench::fill(&home.path().join("data"), &home.path().join("videos"), &tasks).await;
        Self {
            home,
            host,
            silent_after,
            file,
            shim,
        }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("videos")
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("syncs")
    }

    fn be_silent_after(&self, share: Option<f64>) {
        *self.silent_after.lock().expect("not poisoned") = share;
    }

    fn has_part(&self) -> bool {
        names(&self.folder()).iter().any(|name| name.ends_with(".part"))
    }

    fn spawn(&self, variables: &[(&str, &str)]) -> Running {
        let mut command = crate::child::command("saving");
        command.arg(self.data()).arg(self.host.port.to_string());
        command.envs(variables.iter().copied());
        if let Some(shim) = &self.shim {
            command.env("LD_PRELOAD", shim).env("SHIM_LOG", self.log());
        }
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a child");
        let input = child.stdin.take();
        Running { child, _input: input }
    }

    /// Lets a child run until everything is saved.
    async fn finish(&self, variables: &[(&str, &str)]) -> Result<(), String> {
        let ended = tokio::time::timeout(Duration::from_secs(120), self.spawn(variables).wait()).await;
        let ended = ended
            .map_err(|_| "it does not end")?
            .map_err(|error| error.to_string())?;
        must(ended.success(), format!("ended with {ended}"))?;
        self.whole()?;
        let left: Vec<_> = names(&self.folder())
            .into_iter()
            .filter(|name| !name.ends_with(".mp4"))
            .collect();
        must(left.is_empty(), format!("left behind: {left:?}"))
    }

    /// Whatever ends in `.mp4` is what was made, with one recipe.
    fn whole(&self) -> Result<(), String> {
        for name in names(&self.folder()).iter().filter(|name| name.ends_with(".mp4")) {
            let there = std::fs::read(self.folder().join(name)).map_err(|error| error.to_string())?;
            must(
                clip::carries(&there, &self.file),
                format!("{name} is not what was made"),
            )?;
        }
        Ok(())
    }

    /// For each file, the most bytes that one resume asked for a second time.
    fn twice(&self) -> usize {
        let mut reached: HashMap<String, usize> = HashMap::new();
        let mut most = 0;
        for Request { path, from, sent, .. } in self.host.files() {
            let from = from.unwrap_or(0);
            let before = reached.entry(path).or_default();
            most = most.max(before.saturating_sub(from));
            *before = (*before).max(from + sent);
        }
        most
    }

    /// What the power cut leaves: of the part as much as was synced, of a rename that was not synced nothing. Also
    /// whether the library counts no byte that was not synced.
    fn cut_power(&self, cut: Cut) -> Result<(), String> {
        let wrong = |error: std::io::Error| error.to_string();
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let synced: Vec<(u64, &str)> = log
            .lines()
            .filter_map(|line| {
                line.split_once(' ')
                    .and_then(|(size, path)| Some((size.parse().ok()?, path)))
            })
            .collect();
        let take = takes(&self.data()).remove(0);
        let Some(part_name) = take.part_name else { return Ok(()) };
        let (part, folder) = (self.folder().join(part_name), self.folder());
        let of_part = |path: &str| Path::new(path) == part;
        let safe = synced
            .iter()
            .rev()
            .find(|(_, path)| of_part(path))
            .map_or(0, |(size, _)| *size);
        must(
            take.bytes_durable <= safe,
            format!("{} bytes are counted, {safe} were synced", take.bytes_durable),
        )?;
        let entered = synced.iter().filter(|(_, path)| Path::new(path) == folder).count();
        if let Some(name) = take.file_name.filter(|name| folder.join(name).exists()) {
            // Renamed: once more than the entry of the part itself, or the name is not safe.
            if entered < 2 {
                std::fs::rename(folder.join(name), &part).map_err(wrong)?;
            }
        }
        if !part.exists() {
            return Ok(());
        }
        if entered == 0 && cut == Cut::Gone {
            // Not even its entry in the folder was synced.
            return std::fs::remove_file(&part).map_err(wrong);
        }
        let mut content = std::fs::read(&part).map_err(wrong)?;
        let safe = usize::try_from(safe).unwrap_or(usize::MAX).min(content.len());
        match cut {
            Cut::None => return Ok(()),
            Cut::Gone => content.truncate(safe),
            Cut::Zeros => content[safe..].fill(0),
            Cut::Garbage => content[safe..]
                .iter_mut()
                .for_each(|byte| *byte = byte.wrapping_mul(31).wrapping_add(7)),
        }
        std::fs::write(&part, content).map_err(wrong)
    }
}

/// The lines about kills and power cuts.
pub async fn lines(size: Size) -> Vec<Line> {
    let shim = shim().await;
    let full = size == Size::Full;
    let (random, named, moved, cuts, failures) = tokio::join!(
        async {
            // Two chains, beside each other.
            let (one, other) = if full { (100, 100) } else { (1, 1) };
            tokio::join!(random(one), random(other))
        },
        named(if full { POINTS } else { &POINTS[8..14] }, &[Cut::None], None),
        async {
            let moves = if full { MOVES } else { &MOVES[2..4] };
            let cuts = [Cut::None, Cut::Gone, Cut::Zeros, Cut::Garbage];
            let cuts = if full && shim.is_some() { &cuts[..] } else { &cuts[..1] };
            named_of(clip::FRAGMENTED, moves, cuts, shim.clone()).await
        },
        async {
            let cuts = [Cut::Gone, Cut::Zeros, Cut::Garbage];
            match &shim {
                Some(shim) if full => Some(named(POINTS, &cuts, Some(shim.clone())).await),
                Some(shim) => {
                    let points = [&POINTS[4..7], &POINTS[16..]].concat();
                    Some(named(&points, &cuts[..1], Some(shim.clone())).await)
                }
                None => None,
            }
        },
        async {
            match &shim {
                Some(shim) => Some(failing_syncs(shim, full).await),
                None => None,
            }
        },
    );
    const NO_SHIM: &str = "not run: needs Linux and a C compiler";
    let line = |promise: &str, seen: Result<String, String>| match seen {
        Ok(seen) => Line::must(promise, seen, true),
        Err(wrong) => Line::must(promise, wrong, false),
    };
    let or_told = |promise: &str, seen: Option<Result<String, String>>| match seen {
        Some(seen) => line(promise, seen),
        None => Line::beside(promise, NO_SHIM),
    };
    let count = if full { "200" } else { "2" };
    let random = Killed::together(random.0, random.1);
    vec![
        line(
            &format!(
                "     36  Killed at {count} random moments: final name absent or whole, all resumed, ≤ 8 MiB twice"
            ),
            random,
        ),
        line("     36  Killed at each named moment: the same", named),
        line(
            "     36  Killed and cut off while a recipe moves the index of a fragmented file: the same",
            moved,
        ),
        or_told(
            "     37  Power cut at each (unsynced gone, zeroed, scrambled): the same, no byte counted that was not synced",
            cuts,
        ),
        or_told(
            "  29, 30  A sync fails or lies (pages lost): from zero and whole; for want of room: from the last good sync",
            failures,
        ),
    ]
}

/// What the kills at random moments came to.
struct Killed {
    kills: usize,
    with_part: usize,
    files: usize,
    most: usize,
}

impl Killed {
    fn together(one: Result<Self, String>, other: Result<Self, String>) -> Result<String, String> {
        let (one, other) = (one?, other?);
        let (kills, with_part) = (one.kills + other.kills, one.with_part + other.with_part);
        must(
            with_part * 4 >= kills,
            format!("only {with_part} kills in the middle of a file"),
        )?;
        Ok(format!(
            "{kills} kills, {with_part} with a part on the disk, {} files whole, at most {} kB twice",
            one.files + other.files,
            one.most.max(other.most) >> 10
        ))
    }
}

async fn random(kills: usize) -> Result<Killed, String> {
    const FILES: usize = 6;
    let (mut killed, mut most, mut files, mut in_the_middle) = (0, 0, 0, 0);
    while killed < kills {
        let stage = Stage::new(FILES, Some(8 << 20), None).await;
        let mut over = false;
        while !over && killed < kills {
            let asked = stage.host.files().len();
            // Every other one at a random byte of a file, which cannot be missed however slow this machine is just now.
            let in_a_file = killed % 2 == 0;
            let share = rand::rng().random_range(0.0..1.0);
            stage.be_silent_after(Some(share).filter(|_| in_a_file));
            let mut child = stage.spawn(&[]);
            let alive = async {
                // Of the others, one in eight while it opens its library; the rest from its first request on.
                if in_a_file || rand::rng().random_ratio(7, 8) {
                    while stage.host.files().len() == asked || in_a_file && !stage.has_part() {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
                let more = rand::rng().random_range(0..700);
                tokio::time::sleep(Duration::from_millis(more)).await;
            };
            over = tokio::select! {
                _ = child.wait() => true,
                () = alive => false,
            };
            if !over {
                child.child.kill().await.map_err(|error| error.to_string())?;
                killed += 1;
                in_the_middle += usize::from(stage.has_part());
            }
            stage.whole()?;
        }
        stage.be_silent_after(None);
        if !over {
            // What was begun is brought home; the rest has nothing to show.
            stage.finish(&[]).await?;
        }
        must(names(&stage.folder()).len() == FILES, "a file is missing")?;
        most = most.max(stage.twice());
        files += FILES;
    }
    must(most <= TWICE, format!("{most} bytes twice"))?;
    Ok(Killed {
        kills: killed,
        with_part: in_the_middle,
        files,
        most,
    })
}

async fn named(points: &[&str], cuts: &[Cut], shim: Option<PathBuf>) -> Result<String, String> {
    named_of(&clip::long(LENGTH, 1), points, cuts, shim).await
}

async fn named_of(file: &[u8], points: &[&str], cuts: &[Cut], shim: Option<PathBuf>) -> Result<String, String> {
    let (mut runs, mut most) = (0, 0);
    for point in points {
        for cut in cuts {
            let at = |wrong: String| format!("{point}, {cut:?}: {wrong}");
            let stage = Stage::of(file.to_vec(), 1, None, shim.clone()).await;
            let begin = Instant::now();
            let mut child = stage.spawn(&[("SHOTBOARD_CRASH_AT", point)]);
            let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await;
            let ended = ended.map_err(|_| at("it does not end".into()))?;
            let ended = ended.map_err(|error| at(error.to_string()))?;
            must(!ended.success(), at(format!("not reached in {:?}", begin.elapsed())))?;
            stage.whole().map_err(at)?;
            if shim.is_some() {
                stage.cut_power(*cut).map_err(at)?;
            }
            stage.finish(&[]).await.map_err(at)?;
            must(
                names(&stage.folder()) == ["0001.mp4"],
                at(format!("{:?}", names(&stage.folder()))),
            )?;
            let twice = stage.twice();
            must(twice <= TWICE, at(format!("{twice} bytes twice")))?;
            most = most.max(twice);
            runs += 1;
        }
    }
    Ok(format!(
        "{} moments, {runs} of {runs} whole, at most {} kB twice",
        points.len(),
        most >> 10
    ))
}

async fn failing_syncs(shim: &Path, full: bool) -> Result<String, String> {
    let mut seen = vec![];
    // Two in the body, one at its end, one behind the recipe: a unit is 2 MiB and the rest of a chunk, so this length has
    // two and something more, however large the chunks are. A lie says yes and loses the pages all the same: only reading
    // finds it.
    const OF_TWO_UNITS: usize = 5_700_000;
    let faults: &[(&str, &str)] = if full {
        &[
            ("EIO", "1"),
            ("EIO", "2"),
            ("EIO", "3"),
            ("EIO", "4"),
            ("ENOSPC", "2"),
            ("LIE", "1"),
            ("LIE", "3"),
            ("LIE", "4"),
        ]
    } else {
        &[("EIO", "2"), ("EIO", "4"), ("LIE", "3"), ("LIE", "4")]
    };
    for (how, nth) in faults {
        let stage = Stage::of(clip::long(OF_TWO_UNITS, 1), 1, None, Some(shim.to_owned())).await;
        stage
            .finish(&[("SHIM_FAIL", how), ("SHIM_NTH", nth)])
            .await
            .map_err(|wrong| format!("{how} at sync {nth}: {wrong}"))?;
        let asked = stage.host.files();
        let again = asked.get(1).ok_or(format!("{how} at sync {nth} was not noticed"))?;
        let from_zero = again.from.is_none();
        must(
            from_zero == (*how != "ENOSPC"),
            format!("{how} at sync {nth}: gone on from {:?}", again.from),
        )?;
        seen.push(format!("{how} at sync {nth}: from {}", again.from.unwrap_or(0)));
    }
    Ok(seen.join(", "))
}

/// What the child does: opens the library, saves what it holds, and ends.
pub async fn child(words: Vec<String>) {
    let (data, port) = (PathBuf::from(&words[0]), words[1].parse().expect("a port"));
    let clock = std::sync::Arc::new(engine::clock::SystemClock);
    let engine = bench::open(&data, port, true, None, clock).await;
    let preferences = engine::view::settings::Preferences {
        downloads: 1,
        ..Default::default()
    };
    engine.set_preferences(preferences);
    engine.run();
    // Ends with whoever started it, however that ends.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(1);
    });
    loop {
        let reports = engine
            .reports(None, engine::words::Lang::En)
            .await
            .expect("the library");
        if reports.iter().all(|report| report.state == "done") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    engine.close(Duration::from_secs(5)).await;
}

/// Builds the shim; `None` where there is no way to.
async fn shim() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    // Kept until the process ends: it is loaded by children.
    let home = tempfile::tempdir().ok()?.keep();
    let (source, library) = (home.join("shim.c"), home.join("shim.so"));
    std::fs::write(&source, include_str!("shim.c")).ok()?;
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl");
    compiler.output().await.ok()?.status.success().then_some(library)
}
