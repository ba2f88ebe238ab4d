//! What a person thinks of the clips: kept, counted, found by it, taken back; all over a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::view::TaskCard;
use std::sync::{Arc, Mutex};

use engine::view::review::{ExportOrder, MarkChange, RollCounts, RollQuery, Which};
use engine::words::Lang;
use support::{ENDED, World};
use tokio_util::sync::CancellationToken;

fn of(which: Which) -> RollQuery {
    RollQuery {
        batch_id: None,
        search: String::new(),
        which,
    }
}

async fn card(world: &World, id: &str) -> TaskCard {
    world
        .engine
        .cards(vec![id.to_owned()], Lang::En)
        .await
        .unwrap()
        .remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_are_kept_counted_found_and_taken_back() {
    let (mut world, ids) = World::saved(&["one", "two", "three"]).await;
    let waiting = world.add(&["not bought"]).await.remove(0);
    let engine = &world.engine;
    let all = engine.roll(of(Which::All)).await.unwrap();
    assert_eq!(all.ids, ids, "saved clips alone, in the order of the board");

    let rate = |rating| MarkChange::Rate { rating };
    let tag = |tag: &str, on| MarkChange::Tag {
        tag: tag.to_owned(),
        on,
    };
    engine.mark(vec![ids[0].clone()], rate(4)).await.unwrap();
    engine.mark(vec![ids[1].clone()], MarkChange::Reject).await.unwrap();
    let both = vec![ids[0].clone(), ids[2].clone(), waiting.clone()];
    let before = engine.mark(both, tag("  主镜头\n hero ", true)).await.unwrap();
    assert_eq!(before.len(), 2, "what has no clip cannot be marked");
    assert_eq!((before[0].rating, before[0].tags.len()), (4, 0));

    world.reopen().await;
    let engine = &world.engine;
    let first = card(&world, &ids[0]).await;
    assert_eq!(
        (first.rating, first.rejected, first.tags),
        (4, false, vec!["主镜头 hero".to_owned()])
    );
    assert!(card(&world, &ids[1]).await.rejected);
    let roll = engine.roll(of(Which::All)).await.unwrap();
    let counts = RollCounts {
        all: 3,
        unmarked: 1,
        picks: 1,
        rejected: 1,
        variants: 0,
    };
    assert_eq!(roll.counts, counts);
    assert_eq!((roll.tags[0].tag.as_str(), roll.tags[0].count), ("主镜头 hero", 2));
    for (which, found) in [
        (Which::Unmarked, vec![&ids[2]]),
        (Which::Rated { least: 3 }, vec![&ids[0]]),
        (Which::Rated { least: 5 }, vec![]),
        (Which::NotRejected, vec![&ids[0], &ids[2]]),
        (Which::Rejected, vec![&ids[1]]),
        (
            Which::Tagged {
                tag: "主镜头 hero".to_owned(),
            },
            vec![&ids[0], &ids[2]],
        ),
        (Which::Tagged { tag: "%".to_owned() }, vec![]),
        (
            Which::These {
                ids: vec![ids[2].clone(), waiting.clone()],
            },
            vec![&ids[2]],
        ),
    ] {
        let roll = engine.roll(of(which.clone())).await.unwrap();
        assert_eq!(roll.ids.iter().collect::<Vec<_>>(), found, "{which:?}");
        assert_eq!(roll.total, found.len() as u64);
    }

    // A rejected one that is rated is not rejected any more; undo puts back exactly what was.
    let before = engine.mark(ids.clone(), rate(5)).await.unwrap();
    assert!(!card(&world, &ids[1]).await.rejected);
    engine.put_marks(before).await.unwrap();
    let now: Vec<_> = engine.cards(ids.clone(), Lang::En).await.unwrap();
    let marks: Vec<_> = now
        .iter()
        .map(|card| (card.rating, card.rejected, card.tags.len()))
        .collect();
    assert_eq!(marks, [(4, false, 1), (0, true, 0), (0, false, 1)]);
    engine.mark(ids.clone(), MarkChange::None).await.unwrap();
    engine.mark(ids.clone(), tag("主镜头 hero", false)).await.unwrap();
    assert_eq!(engine.roll(of(Which::Unmarked)).await.unwrap().ids, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_of_one_row_are_found_by_any_of_them() {
    let world = World::new().await;
    let row = engine::library::NewTask {
        number: None,
        fields: support::prompt_only("a paper boat"),
    };
    let tries = world
        .engine
        .add_variants(world.batch.clone(), vec![row], 3)
        .await
        .unwrap();
    let alone = world.add(&["alone"]).await;
    let bought: Vec<String> = [&tries[..2], &alone[..]].concat();
    world.start(&bought).await;
    for id in &bought {
        world.until(id, ENDED).await;
    }
    let engine = &world.engine;
    // The third is not bought: nothing of it can be looked at.
    for id in &tries[..2] {
        assert_eq!(engine.variants(id.clone()).await.unwrap(), tries[..2]);
    }
    assert_eq!(engine.variants(alone[0].clone()).await.unwrap(), alone);
    engine.mark(vec![tries[0].clone()], MarkChange::Reject).await.unwrap();
    let all = engine.roll(of(Which::All)).await.unwrap();
    assert_eq!((all.ids, all.groups, all.counts.variants), (bought, vec![1, 1, 0], 2));
    assert_eq!(engine.roll(of(Which::Variants)).await.unwrap().ids, tries[..2]);
    // Filtered by a mark, a clip still says that it is one of several, and leads to the others.
    let left = engine.roll(of(Which::Unmarked)).await.unwrap();
    assert_eq!(left.groups, [1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_told_once_and_one_that_changes_nothing_is_not() {
    let (world, ids) = World::saved(&["one"]).await;
    let mut told = world.engine.listen();
    let rate = MarkChange::Rate { rating: 3 };
    let revision = card(&world, &ids[0]).await.revision;
    assert_eq!(world.engine.mark(ids.clone(), rate.clone()).await.unwrap().len(), 1);
    assert!(world.engine.mark(ids.clone(), rate).await.unwrap().is_empty());
    assert_eq!(card(&world, &ids[0]).await.revision, revision + 1);
    let mut marks = 0;
    while let Ok(change) = told.try_recv() {
        marks += usize::from(change == engine::change::Change::Task(ids[0].clone()));
    }
    assert_eq!(marks, 1);
    // Fetched again, it is the same clip: what was thought of it stays.
    std::fs::remove_file(world.folder().join("0001.mp4")).unwrap();
    world.engine.save_again(ids.clone(), None).await.unwrap();
    world.until(&ids[0], ENDED).await;
    assert_eq!(card(&world, &ids[0]).await.rating, 3);
}

fn order(which: Which, lists: bool) -> ExportOrder {
    ExportOrder {
        query: of(which),
        template: "{batch}_{number}_{rating}".to_owned(),
        copy: true,
        csv: lists,
        fcpxml: lists,
        otio: lists,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn picks_are_handed_on_as_files_and_lists_and_nothing_is_written_over() {
    let (world, ids) = World::saved(&["=1+1 \"雨\" & <snow>", "two", "three"]).await;
    let engine = &world.engine;
    for (at, rating) in [(0, 5), (2, 3)] {
        engine
            .mark(vec![ids[at].clone()], MarkChange::Rate { rating })
            .await
            .unwrap();
    }
    engine
        .mark(
            vec![ids[2].clone()],
            MarkChange::Tag {
                tag: "a & b".to_owned(),
                on: true,
            },
        )
        .await
        .unwrap();
    let out = world.home.path().join("out 雨 #1");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("rain_0001_5.MP4"), "mine").unwrap();
    let wanted = order(Which::Rated { least: 3 }, true);
    let preview = engine.export_preview(wanted.clone()).await.unwrap();
    assert_eq!(
        (preview.count, preview.names),
        (2, vec!["Rain_0001_5.mp4".to_owned(), "Rain_0003_3.mp4".to_owned()])
    );

    let far = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&far);
    let told = move |one| heard.lock().unwrap().push(one);
    let stop = CancellationToken::new();
    let report = engine
        .export(wanted.clone(), out.clone(), Lang::En, told, stop.clone())
        .await
        .unwrap();
    assert_eq!((report.copied, report.problems.len(), report.stopped), (2, 0, false));
    let last = *far.lock().unwrap().last().unwrap();
    assert_eq!((last.done, last.bytes), (2, preview.bytes));
    for (copied, saved) in [("Rain_0001_5.mp4", "0001.mp4"), ("Rain_0003_3.mp4", "0003.mp4")] {
        let copied = std::fs::read(out.join(copied)).unwrap();
        assert!(copied == std::fs::read(world.folder().join(saved)).unwrap());
    }
    assert_eq!(std::fs::read(out.join("rain_0001_5.MP4")).unwrap(), b"mine");

    // The sheet: read back by a reader that knows nothing of us.
    let text = std::fs::read_to_string(out.join("Rain picks.csv")).unwrap();
    let mut sheet = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    let rows: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0][1], &rows[0][3], &rows[0][6]),
        ("0001", "'=1+1 \"雨\" & <snow>", "5")
    );
    assert_eq!(&rows[1][8], "a & b");

    // The timeline: every clip whole, one after the other, its address the file.
    let otio: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("Rain picks.otio")).unwrap()).unwrap();
    let clips = otio["tracks"]["children"][0]["children"].as_array().unwrap();
    assert_eq!((otio["OTIO_SCHEMA"].as_str(), clips.len()), (Some("Timeline.1"), 2));
    for (clip, row) in clips.iter().zip(&rows) {
        let media = &clip["media_references"]["DEFAULT_MEDIA"];
        let url: url::Url = media["target_url"].as_str().unwrap().parse().unwrap();
        #[cfg(unix)]
        assert_eq!(url.to_file_path().unwrap().to_str(), Some(&row[5]));
        let length = &media["available_range"]["duration"];
        let seconds = length["value"].as_f64().unwrap() / length["rate"].as_f64().unwrap();
        assert!(
            (seconds - row[13].parse::<f64>().unwrap()).abs() < 0.01 && seconds > 1.0,
            "{seconds}"
        );
        assert!(clip["source_range"] == media["available_range"]);
        support::assert_whole(&url.to_file_path().unwrap());
    }

    // The sequence: sound as XML, and its times add up on whole frames.
    let xml = std::fs::read_to_string(out.join("Rain picks.fcpxml")).unwrap();
    let values = |name: &str| -> Vec<String> {
        let mark = format!(" {name}=\"");
        let parts = xml.split(&mark).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    assert!(xml.contains("<note>=1+1 &quot;雨&quot; &amp; &lt;snow&gt;</note>"));
    assert!(xml.contains("value=\"a &amp; b\""));
    assert_eq!(values("src").len(), 2);
    for open in ["asset", "asset-clip", "media-rep", "spine", "sequence", "format"] {
        let closed = xml.matches(&format!("</{open}>")).count();
        let opened = xml.matches(&format!("<{open} ")).count() + xml.matches(&format!("<{open}>")).count();
        assert!(
            opened > 0 && (closed == opened || matches!(open, "media-rep" | "format")),
            "{open}"
        );
    }
    assert_eq!(values("offset")[0], "0s");

    // Again: nothing is written over.
    let report = engine
        .export(wanted.clone(), out.clone(), Lang::En, |_| {}, stop)
        .await
        .unwrap();
    assert_eq!((report.copied, report.lists[0].as_str()), (2, "Rain picks (2).csv"));
    assert!(out.join("Rain_0001_5 (2).mp4").is_file() || out.join("Rain_0001_5 (3).mp4").is_file());
    let left: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().contains(".part")),
        "{left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_or_changed_is_left_out_and_told_and_a_stop_leaves_nothing_half() {
    let (world, ids) = World::saved(&["one", "two", "three"]).await;
    std::fs::remove_file(world.folder().join("0001.mp4")).unwrap();
    let second = world.folder().join("0002.mp4");
    let mut bytes = std::fs::read(&second).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&second, bytes).unwrap();
    let out = world.home.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let these = order(Which::These { ids }, false);
    let stop = CancellationToken::new();
    let report = world
        .engine
        .export(these.clone(), out.clone(), Lang::Zh, |_| {}, stop.clone())
        .await
        .unwrap();
    assert_eq!((report.copied, report.problems.len()), (1, 2), "{report:?}");
    assert!(
        report.problems[0].starts_with("0001：") && report.problems[1].contains("不一致"),
        "{report:?}"
    );
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);

    stop.cancel();
    let report = world
        .engine
        .export(these.clone(), out.clone(), Lang::En, |_| {}, stop)
        .await
        .unwrap();
    assert!(report.stopped && report.copied == 0);
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
    let nowhere = world.home.path().join("nowhere");
    let refused = world
        .engine
        .export(these, nowhere, Lang::En, |_| {}, CancellationToken::new())
        .await;
    assert!(refused.is_err());
}
