//! Rows that say where their clips go: folders below the batch's own, names of their own, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use engine::sheet::Draft;
use engine::words::Lang;
use engine::{Imported, Origin, Target};
use support::World;

const HEAD: &str = "编号,提示词,文件夹,文件名\n";

async fn take(world: &World, path: &Path, rows: &str) -> Imported {
    std::fs::write(path, format!("{HEAD}{rows}")).unwrap();
    let draft = Draft::open(path).unwrap();
    let origin = Origin::sheet(path, None).await.unwrap();
    let target = Target::Batch(world.batch.clone());
    world
        .engine
        .take_draft(draft.good(), &origin, target, false, Lang::Zh)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_go_where_their_rows_say_and_names_that_are_taken_get_a_number() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.csv");
    let rows = "1,雨夜,第一集/夜戏,开场\n2,雪山,第一集\\夜戏,开场.MP4\n3,海浪,,片尾: 完\n4,森林,第二集,\n";
    let imported = take(&world, &path, rows).await;
    assert_eq!((imported.rows.len(), imported.problems.len()), (4, 0));
    // One that was bought stays where it is; one that was not follows the sheet.
    let ids: Vec<String> = imported.rows.iter().map(|row| row.1.clone()).collect();
    world.start(&ids[..3]).await;
    for id in &ids[..3] {
        world.until(id, &["done"]).await;
    }
    let changed = "1,雨夜,别处,别名\n2,雪山,别处,别名\n3,海浪,,片尾: 完\n4,森林,第三集,\n";
    take(&world, &path, changed).await;
    world.start(&ids[3..]).await;
    world.until(&ids[3], &["done"]).await;

    let mut found = Vec::new();
    for id in &ids {
        let path = world.report(id).await.local_path.unwrap();
        support::assert_whole(Path::new(&path));
        let below = Path::new(&path).strip_prefix(world.folder()).unwrap();
        found.push(below.to_string_lossy().replace('\\', "/"));
    }
    found[..2].sort();
    let first = ["第一集/夜戏/开场 (2).mp4", "第一集/夜戏/开场.mp4"];
    assert_eq!(found, [&first[..], &["片尾- 完.mp4", "第三集/4.mp4"]].concat());
    assert!(!world.folder().join("别处").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leads_out_of_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.csv");
    let bad = [
        ("../x", "a"),
        ("..", "a"),
        ("a/../../b", "a"),
        ("/etc", "a"),
        ("\\\\host\\share", "a"),
        ("C:\\x", "a"),
        ("~/x", "a"),
        ("con", "a"),
        ("a/LPT1.x/b", "a"),
        ("???", "a"),
        ("1/2/3/4/5/6/7", "a"),
        ("a", "b/c"),
        ("a", "..\\c"),
        ("a", "NUL.mp4"),
        ("a", "..."),
    ];
    let rows: String = bad
        .iter()
        .map(|(folder, name)| format!(",雨夜,{folder},{name}\n"))
        .collect();
    std::fs::write(&path, format!("{HEAD}{rows},雨夜,a/./b/,c.d\n")).unwrap();
    let draft = Draft::open(&path).unwrap();
    let wrong = draft.page(0, 100, true, Lang::Zh);
    assert_eq!(wrong.len(), bad.len(), "{wrong:?}");
    for row in wrong {
        let [(Some(2 | 3), said)] = &row.faults[..] else {
            panic!("{row:?}")
        };
        assert!(said.ends_with('。'), "{said}");
    }
    let good = draft.good();
    assert_eq!(
        (good[0].folder.as_deref(), good[0].file_name.as_deref()),
        (Some("a/b"), Some("c.d"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_holds_up_no_other_clip() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    std::fs::write(world.folder().join("第一集"), "a file").unwrap();
    let imported = take(
        &world,
        &home.path().join("list.csv"),
        "1,雨夜,第一集,\n2,雪山,第二集,\n",
    )
    .await;
    let ids: Vec<String> = imported.rows.iter().map(|row| row.1.clone()).collect();
    world.start(&ids).await;
    world.until(&ids[0], &["saveFailed"]).await;
    world.until(&ids[1], &["done"]).await;
    // Put right, it goes on by itself or when it is asked to; nothing is bought again.
    std::fs::remove_file(world.folder().join("第一集")).unwrap();
    let _ = world.engine.save_again(vec![ids[0].clone()], None).await;
    world.until(&ids[0], &["done"]).await;
    assert!(world.folder().join("第一集/1.mp4").is_file());
    assert_eq!(world.posts("雨夜").0, 1);
}
