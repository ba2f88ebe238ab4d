//! The library as a file: what opens, what is refused, and what strange content may never do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::library::{FILE, Library};
use engine::words::Lang;
use engine::{Engine, Error};
use rusqlite::Connection;
use support::{World, options, preferences};

#[tokio::test(flavor = "multi_thread")]
async fn a_library_from_a_newer_version_is_looked_at_and_not_touched() {
    let mut world = World::new().await;
    let ids = world.add(&["seen by the newer one"]).await;
    let path = world.home.path().join("data").join(FILE);
    world.engine.close(std::time::Duration::from_secs(1)).await;
    {
        let newer = Connection::open(&path).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        // The engine that was closed still holds the file; what it folds in later is not what is looked at here.
        newer
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
    }
    let before = std::fs::read(&path).unwrap();
    world.reopen().await;
    let engine = &world.engine;
    let cards = engine.cards(ids.clone(), Lang::En).await.unwrap();
    assert_eq!(cards[0].fields.prompt, "seen by the newer one");
    let notice = engine.snapshot(Lang::Zh).await.unwrap().notice.unwrap();
    assert!(notice.read_only && notice.text.contains("新版本"), "{notice:?}");
    for refused in [
        engine.start(engine::Scope::Everything, None).await.map(drop),
        engine
            .edit(ids[0].clone(), support::prompt_only("changed"))
            .await
            .map(drop),
        engine.delete(ids.clone()).await,
        engine.create_batch("New", None).await.map(drop),
        engine.library_notice_read().await,
        engine.library().back_up("daily").await,
    ] {
        assert!(
            matches!(refused, Err(Error::NewerLibrary { found: 99, .. })),
            "{refused:?}"
        );
    }
    engine.close(std::time::Duration::from_secs(1)).await;
    assert!(std::fs::read(&path).unwrap() == before, "not a byte changed");
    assert!(world.service.ledger().posts.is_empty());
}

#[test]
fn a_file_that_is_no_library_is_set_aside_and_told() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(FILE);
    std::fs::write(&path, b"this was a library once, before the power went").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let library = Library::open(home.path()).unwrap();
    let notice = runtime.block_on(library.notice(Lang::En)).unwrap().unwrap();
    assert!(notice.text.contains("no good backup"), "{notice:?}");
    let aside: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("library.damaged-"))
        .collect();
    assert_eq!(aside.len(), 1);
    assert!(std::fs::read(&aside[0]).unwrap().starts_with(b"this was"));
    assert!(notice.details[0].contains(aside[0].file_name().unwrap().to_str().unwrap()));
    // Told until it was read, and once is enough.
    drop(library);
    let library = Library::open(home.path()).unwrap();
    assert_eq!(runtime.block_on(library.notice(Lang::En)).unwrap(), Some(notice));
    runtime.block_on(library.notice_read(1)).unwrap();
    assert_eq!(runtime.block_on(library.notice(Lang::En)).unwrap(), None);
}

#[test]
fn the_library_syncs_every_commit_and_keeps_types() {
    let home = tempfile::tempdir().unwrap();
    drop(Library::open(home.path()).unwrap());
    let db = Connection::open(home.path().join(FILE)).unwrap();
    let mode: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let loose: Vec<String> = db
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(loose, Vec::<String>::new(), "every table is STRICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_this_version_does_not_know_is_an_error_card_and_never_bought() {
    let mut world = World::new().await;
    let ids = world.add(&["from the future"]).await;
    {
        let db = Connection::open(world.home.path().join("data").join(FILE)).unwrap();
        db.execute("UPDATE task SET state = 'dreaming'", []).unwrap();
    }
    world.reopen().await;
    let started = world.engine.start(engine::Scope::Everything, None).await.unwrap();
    assert_eq!(started, 0);
    for refused in [
        world
            .engine
            .start(engine::Scope::Tasks(ids.clone()), None)
            .await
            .map(|_| ()),
        world.engine.retry(ids.clone()).await,
        world.engine.cancel(ids.clone()).await,
        world.engine.delete(ids.clone()).await,
    ] {
        assert!(matches!(refused, Err(Error::UnknownState(_))), "{refused:?}");
    }
    let card = world.engine.cards(ids, Lang::Zh).await.unwrap().remove(0);
    assert_eq!((card.state, card.actions.len()), (None, 0));
    assert!(card.trouble.unwrap().cause.contains("dreaming"));
    assert!(world.service.ledger().posts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_request_and_answer_is_unconfirmed_after_the_next_start() {
    let world = World::new().await;
    let ids = world.add(&["x"]).await;
    world.engine.close(std::time::Duration::from_secs(1)).await;
    {
        // What a kill right after the intent leaves behind.
        let db = Connection::open(world.home.path().join("data").join(FILE)).unwrap();
        db.execute_batch(
            "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, sent_at)
               SELECT 'a1', id, 1, 'sent', '{}', '', 'k', 'k', 1 FROM task;
             UPDATE task SET state = 'submitting', attempt_id = 'a1';",
        )
        .unwrap();
    }
    let engine = Engine::open(options(&world.home, &world.service.base(), support::KEY, preferences()))
        .await
        .unwrap();
    let report = engine.reports(Some(ids), Lang::En).await.unwrap().remove(0);
    assert_eq!(report.state, "unconfirmed");
    assert!(report.error.unwrap().contains("was closed between"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_and_only_three_are_kept() {
    let world = World::new().await;
    world.add(&["x"]).await;
    for why in ["one", "two", "three", "four"] {
        world.engine.library().back_up(why).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    }
    let mut kept: Vec<_> = std::fs::read_dir(world.home.path().join("data").join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    kept.sort();
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(kept[2].to_string_lossy().contains("four"));
    let rows: i64 = Connection::open(&kept[2])
        .unwrap()
        .query_row("SELECT COUNT(*) FROM task", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 1);
}
