//! Saved clips renamed by a template: nothing is lost, written over or fetched twice, whatever moment the app ends in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use engine::Engine;
use engine::view::review::{MarkChange, RenameOrder, RenameReport, RollQuery, Which};
use engine::words::Lang;
use sha2::{Digest as _, Sha256};
use support::{ENDED, KEY, World, options, preferences};
use tokio_util::sync::CancellationToken;

/// Where a child finds what it is to rename; the test of the same name is that child.
const CHILD: &str = "SHOTBOARD_RENAME_CHILD";

fn order(template: &str) -> RenameOrder {
    RenameOrder {
        query: RollQuery {
            batch_id: None,
            search: String::new(),
            which: Which::All,
        },
        template: template.to_owned(),
    }
}

async fn rename(engine: &Engine, template: &str) -> RenameReport {
    let stop = CancellationToken::new();
    engine
        .rename_clips(order(template), Lang::En, |_, _| {}, stop)
        .await
        .unwrap()
}

async fn rate(engine: &Engine, ids: &[String], ratings: [u8; 3]) {
    for (id, rating) in ids.iter().zip(ratings) {
        engine
            .mark(vec![id.clone()], MarkChange::Rate { rating })
            .await
            .unwrap();
    }
}

/// What each clip in the folder holds.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| {
        let hash = Sha256::digest(std::fs::read(&path).unwrap());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, hash.iter().map(|byte| format!("{byte:02x}")).collect())
    });
    named.collect()
}

/// What the library calls each clip.
async fn names(engine: &Engine, ids: &[String]) -> Vec<String> {
    let reports = engine.reports(Some(ids.to_vec()), Lang::En).await.unwrap();
    let name = |path: &str| Path::new(path).file_name().unwrap().to_string_lossy().into_owned();
    reports
        .iter()
        .map(|one| name(one.local_path.as_ref().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_renamed_by_a_template_and_get_their_names_back() {
    let (mut world, ids) = World::saved(&["one", "two", "three"]).await;
    let before = contents(&world.folder());
    world
        .engine
        .mark(vec![ids[1].clone()], MarkChange::Rate { rating: 5 })
        .await
        .unwrap();

    let preview = world
        .engine
        .rename_preview(order("{batch} {number}_{rating}"))
        .await
        .unwrap();
    assert_eq!((preview.changed, preview.same, preview.gone), (3, 0, 0));
    assert_eq!(preview.rows[1].from, "0002.mp4");
    assert_eq!(preview.rows[1].to.as_deref(), Some("Rain 0002_5.mp4"));
    assert_eq!(contents(&world.folder()), before, "a look changes nothing");

    let report = rename(&world.engine, "{batch} {number}_{rating}").await;
    assert_eq!((report.renamed, report.problems.len(), report.stopped), (3, 0, false));
    let after = ["Rain 0001_0.mp4", "Rain 0002_5.mp4", "Rain 0003_0.mp4"];
    assert_eq!(world.files(), after);
    assert_eq!(names(&world.engine, &ids).await, after);
    assert!(
        before.values().eq(contents(&world.folder()).values()),
        "the same clips in the same order"
    );
    let told = world.engine.task(ids[1].clone(), Lang::En).await.unwrap();
    assert_eq!(told.card.rating, 5);
    assert!(told.history.iter().any(|line| line.text.contains("Rain 0002_5.mp4")));

    // What is called so already is left alone.
    let again = world
        .engine
        .rename_preview(order("{batch} {number}_{rating}"))
        .await
        .unwrap();
    assert_eq!((again.changed, again.same), (0, 3));

    let undone = world.engine.undo_rename(report.deed, Lang::En).await.unwrap();
    assert_eq!((undone.renamed, undone.problems.len()), (3, 0));
    assert_eq!(contents(&world.folder()), before);
    let twice = world.engine.undo_rename(report.deed, Lang::En).await.unwrap();
    assert_eq!((twice.renamed, twice.deed), (0, 0), "once");
    // What was taken back can be taken back.
    assert_eq!(
        world.engine.undo_rename(undone.deed, Lang::En).await.unwrap().renamed,
        3
    );
    assert_eq!(world.files(), after);
    rename(&world.engine, "{number}").await;

    world.reopen().await;
    assert_eq!(names(&world.engine, &ids).await, ["0001.mp4", "0002.mp4", "0003.mp4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_change_places_and_no_other_file_is_touched() {
    let (world, ids) = World::saved(&["one", "two", "three"]).await;
    let folder = world.folder();
    let before = contents(&folder);
    // Ratings make the names: 3 1 2, and then 1 2 3 by the same template is a ring of three.
    rate(&world.engine, &ids, [2, 3, 1]).await;
    assert_eq!(rename(&world.engine, "000{rating}").await.renamed, 3);
    let after = contents(&folder);
    assert_eq!(after["0002.mp4"], before["0001.mp4"]);
    assert_eq!(after["0003.mp4"], before["0002.mp4"]);
    assert_eq!(after["0001.mp4"], before["0003.mp4"]);
    assert_eq!(after.len(), 3, "{after:?}");

    // A change of case alone; a reserved name; somebody else's file.
    std::fs::write(folder.join("Holiday.MP4"), "mine").unwrap();
    assert_eq!(rename(&world.engine, "holiday").await.renamed, 3);
    let found = names(&world.engine, &ids).await;
    assert_eq!(found, ["holiday (2).mp4", "holiday (3).mp4", "holiday (4).mp4"]);
    assert_eq!(std::fs::read(folder.join("Holiday.MP4")).unwrap(), b"mine");
    assert_eq!(rename(&world.engine, "HOLIDAY").await.renamed, 3);
    assert_eq!(names(&world.engine, &ids).await[0], "HOLIDAY (2).mp4");
    rename(&world.engine, "con").await;
    assert_eq!(names(&world.engine, &ids).await[0], "con_.mp4");
    assert_eq!(contents(&folder).len(), 4);

    // One that is gone is told, and the others go on.
    std::fs::remove_file(folder.join("con_ (2).mp4")).unwrap();
    let report = rename(&world.engine, "{number}").await;
    assert_eq!((report.renamed, report.problems.len()), (2, 1), "{report:?}");
    assert!(report.problems[0].starts_with("0002"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recipe_beside_a_clip_goes_along_and_a_stranger_does_not() {
    let beside = engine::view::settings::Preferences {
        recipe_beside: true,
        ..preferences()
    };
    let world = World::with(support::fast(), beside).await;
    let ids = world.add(&["one", "two"]).await;
    world.start(&ids).await;
    for id in &ids {
        world.until(id, ENDED).await;
    }
    std::fs::write(world.folder().join("0002.json"), "{\"mine\": true}").unwrap();
    rename(&world.engine, "night {number}").await;
    assert_eq!(
        world.files(),
        ["0002.json", "night 0001.json", "night 0001.mp4", "night 0002.mp4"]
    );
}

/// The child of the test below; alone it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn renames_in_a_child() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let [home, base, template] = told.split('\n').collect::<Vec<_>>()[..] else {
        panic!("{told}")
    };
    let base: url::Url = base.parse().unwrap();
    let mut options = options(&tempfile::tempdir().unwrap(), base.as_str(), KEY, preferences());
    options.data_dir = home.into();
    let engine = Engine::open(options).await.unwrap();
    engine.run();
    rename(&engine, template).await;
    engine.close(Duration::from_secs(5)).await;
}

/// Ends a process that renames at `point`; true where it was ended there.
async fn killed(world: &World, point: &str, template: &str) -> bool {
    let told = [
        &world.home.path().join("data").to_string_lossy(),
        &*world.service.base(),
        template,
    ]
    .join("\n");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "renames_in_a_child"])
        .env(CHILD, told)
        .env("SHOTBOARD_CRASH_AT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let status = tokio::task::spawn_blocking(move || child.status().unwrap())
        .await
        .unwrap();
    !status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_loses_no_clip_and_its_library_finds_every_one() {
    let (mut world, ids) = World::saved(&["one", "two", "three"]).await;
    let hashes: Vec<String> = contents(&world.folder()).into_values().collect();
    rate(&world.engine, &ids, [2, 3, 1]).await;
    let mut kills = 0;
    // Names by rating are a ring of the names by number: each round takes part, and the way back too.
    let points = ["intended", "renamed", "synced", "noted", "settled"];
    for (at, round) in [1, 2, 4].into_iter().enumerate() {
        for (nth, point) in points.into_iter().enumerate() {
            let template = ["000{rating}", "{number}"][(at + nth) % 2];
            world.engine.close(Duration::from_secs(5)).await;
            if killed(&world, &format!("rename::{point}#{round}"), template).await {
                kills += 1;
                // A second one while the first is put right.
                killed(&world, "rename::settled", "{n}x").await;
            }
            world.reopen().await;
            // Asking for a look settles what is open.
            world.engine.rename_preview(order(template)).await.unwrap();
            let there = contents(&world.folder());
            let found = names(&world.engine, &ids).await;
            for (name, hash) in found.iter().zip(&hashes) {
                assert_eq!(there.get(name), Some(hash), "{point} #{round}: {found:?} in {there:?}");
            }
            assert_eq!(there.len(), 3, "{point} #{round}: nothing more, nothing less");
        }
    }
    assert!(kills >= 8, "only {kills} were ended on their way");
    assert_eq!(rename(&world.engine, "{number}").await.problems, Vec::<String>::new());
    assert_eq!(world.posts("one"), (1, 1), "renaming buys nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_is_away_leaves_it_open_until_it_is_back() {
    let (mut world, ids) = World::saved(&["one", "two", "three"]).await;
    world.engine.close(Duration::from_secs(5)).await;
    assert!(killed(&world, "rename::synced", "x {number}").await);
    let away = world.home.path().join("unplugged");
    std::fs::rename(world.folder(), &away).unwrap();
    world.reopen().await;
    let preview = world.engine.rename_preview(order("x {number}")).await.unwrap();
    assert_eq!((preview.gone, preview.changed), (3, 0));
    std::fs::rename(&away, world.folder()).unwrap();
    // Its file is there under its other name: it is not fetched again.
    let refused = world.engine.save_again(vec![ids[0].clone()], None).await;
    assert!(refused.is_err());
    assert_eq!(
        names(&world.engine, &ids).await,
        ["x 0001.mp4", "x 0002.mp4", "x 0003.mp4"]
    );
}
