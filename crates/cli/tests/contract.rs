//! The contract with scripts: objects on standard output, exit codes, sheets as people have them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use serde_json::{Value, json};
use support::{Desk, assert_whole, bare, finish};

fn fast() -> simulator::Options {
    simulator::Options {
        speed: 100.0,
        balance: 10_000.0,
        ..Default::default()
    }
}

fn states(objects: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    objects
        .iter()
        .map(|task| (text(&task["number"]), text(&task["state"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_becomes_numbered_videos_and_one_object_each() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.csv", "number,prompt\n0007,a cat\n,a dog\n12A,a bird\n");
    let ran = desk.generate(&sheet).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let objects = ran.objects();
    assert_eq!(objects.len(), 3);
    for task in &objects {
        let mut keys: Vec<&String> = task.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["error", "localPath", "number", "remoteUrl", "state", "taskId"]);
        assert_eq!(task["state"], "done");
        assert_eq!(task["error"], Value::Null);
        assert_eq!(task["taskId"].as_str().unwrap().len(), 32);
        let name = format!("{}.mp4", task["number"].as_str().unwrap());
        assert!(task["localPath"].as_str().unwrap().ends_with(&name), "{task}");
        assert_whole(task["localPath"].as_str().unwrap().as_ref());
    }
    assert_eq!(
        states(&objects).into_iter().map(|row| row.0).collect::<Vec<_>>(),
        ["0007", "0008", "12A"]
    );
    let listed = desk.run(["list"]).await;
    assert_eq!((listed.code, listed.objects().len()), (Some(0), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sheet_again_buys_nothing_again() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.csv", "prompt\na cat\na cat\na dog\n");
    assert_eq!(desk.generate(&sheet).await.code, Some(0));
    desk.write("s.csv", "prompt\na dog\na cat\na whale\na cat\n");
    let ran = desk.generate(&sheet).await;
    assert_eq!((ran.code, ran.objects().len()), (Some(0), 4), "{ran:?}");
    let ledger = desk.service.ledger();
    assert_eq!(ledger.accepted.len(), 4);
    assert_eq!(ledger.accepted_with_prompt("a whale"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_told_by_line_and_the_rest_goes_on() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write(
        "表.csv",
        "\u{feff}编号;提示词;比例;图片\r\n1;\"雨夜,\r\n霓虹灯\";竖屏;\r\n2;猫;5:4;\r\n3;狗;;不存在.png\r\n4;\"鸟\";16:9;\r\n",
    );
    let ran = desk.generate(&sheet).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(
        states(&ran.objects()),
        [("1".into(), "done".into()), ("4".into(), "done".into())]
    );
    assert!(ran.err.contains("line 4") && ran.err.contains("5:4"), "{}", ran.err);
    assert!(
        ran.err.contains("line 5") && ran.err.contains("不存在.png"),
        "{}",
        ran.err
    );
    let ledger = desk.service.ledger();
    assert_eq!(ledger.accepted.len(), 2);
    assert_eq!(
        ledger.accepted_with_prompt("雨夜,\r\n霓虹灯") + ledger.accepted_with_prompt("雨夜,\n霓虹灯"),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_choose_rows_and_an_unknown_one_buys_nothing() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.tsv", "prompt\tmodel\na\tlite\nb\tlite\nc\tlite\n");
    let out = desk.path("out");
    let with = |numbers: &'static str| {
        let args = [
            "generate".as_ref(),
            sheet.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
            "--numbers".as_ref(),
        ];
        desk.run(
            args.into_iter()
                .chain([numbers.as_ref()])
                .map(std::ffi::OsStr::to_owned)
                .collect::<Vec<_>>(),
        )
    };
    let ran = with("0001,0009").await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert_eq!(desk.service.ledger().posts.len(), 0);
    let ran = with("0001,3").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        states(&ran.objects()),
        [("0001".into(), "done".into()), ("0003".into(), "done".into())]
    );
    assert_eq!(desk.service.ledger().accepted.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_image_beside_the_sheet_is_uploaded_once() {
    let desk = Desk::new(fast()).await;
    image::RgbImage::from_pixel(160, 90, image::Rgb([200, 90, 10]))
        .save(desk.path("帧 1.png"))
        .unwrap();
    let sheet = desk.write(
        "s.csv",
        "prompt,images,mode\na,帧 1.png,\nb,帧 1.png|帧 1.png,frames\nc,https://pictures.test/x.png,reference\nd,帧 1.png,text\n",
    );
    let ran = desk.generate(&sheet).await;
    assert_eq!((ran.code, ran.objects().len()), (Some(1), 3), "{ran:?}");
    assert!(
        ran.err.contains("line 5") && ran.err.contains("takes no images"),
        "{}",
        ran.err
    );
    let ledger = desk.service.ledger();
    assert_eq!(
        serde_json::to_value(&ledger).unwrap()["uploads"]
            .as_array()
            .map_or(1, Vec::len),
        1
    );
    let c = ledger.accepted.iter().find(|task| task.prompt == "c").unwrap();
    assert_eq!(c.body["imageUrls"], json!(["https://pictures.test/x.png"]));
    assert_eq!(c.body["generationType"], "REFERENCE_2_VIDEO");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_account_ends_the_run_with_its_tasks_still_queued() {
    for (key, words) in [
        ("sk-not-a-sim-key", "refuses the key"),
        ("sim-poor", "not enough credits"),
    ] {
        let balance = if key == "sim-poor" { 70.0 } else { 10_000.0 };
        let desk = Desk::new(simulator::Options { balance, ..fast() }).await;
        let sheet = desk.write("s.csv", "prompt\na\nb\nc\n");
        let mut command = desk.command();
        command
            .env("KIE_API_KEY", key)
            .arg("generate")
            .arg(&sheet)
            .arg("--out")
            .arg(desk.path("out"));
        let ran = finish(command).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let queued = ran.objects().iter().filter(|task| task["state"] == "queued").count();
        assert_eq!(queued, if key == "sim-poor" { 2 } else { 3 }, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
        assert!(!ran.err.contains(key) && !ran.out.contains(key), "the key is shown");
        // With the account put right, resume goes on.
        desk.service.set_balance(1_000.0);
        let ran = desk.run(["resume"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(desk.service.ledger().accepted.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_start_without_a_key_a_sheet_or_the_library() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.csv", "prompt\na\n");
    let mut command = desk.command();
    command
        .env_remove("KIE_API_KEY")
        .arg("generate")
        .arg(&sheet)
        .arg("--out")
        .arg(desk.path("out"));
    let ran = finish(command).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.err.contains("KIE_API_KEY"), "{}", ran.err);
    let ran = desk.run(["generate", "/no/such/sheet.csv"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("/no/such/sheet.csv"), "{}", ran.err);
    let workbook = desk.write("s.xlsx", b"PK\x03\x04 not text");
    assert_eq!(
        desk.run(["generate".as_ref(), workbook.as_os_str()]).await.code,
        Some(2)
    );
    let held = engine::library::Library::open(&desk.path("data")).unwrap();
    let ran = desk.run(["list"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("already open"), "{}", ran.err);
    drop(held);
    assert_eq!(desk.service.ledger().posts.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_lie_in_the_apps_own_settings() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.csv", "prompt\na\n");
    std::fs::create_dir(desk.path("data")).unwrap();
    let keys = json!({"library": [
        {"id": "1", "name": "other", "platform": "openai", "key": "sk-other"},
        {"id": "2", "name": "mine", "platform": " KIE.ai ", "key": "sim-from-the-library"},
    ]});
    desk.write("data/keys.json", keys.to_string());
    let mut command = desk.command();
    command
        .env_remove("KIE_API_KEY")
        .arg("generate")
        .arg(&sheet)
        .arg("--out")
        .arg(desk.path("out"));
    let ran = finish(command).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_buys_a_refused_one_anew_and_never_an_unknown_one_by_itself() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write(
        "s.csv",
        "number,prompt\n1,x [fault:flag-2 x1]\n2,y [fault:lost-reply x1]\n",
    );
    let ran = desk.generate(&sheet).await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        states(&ran.objects()),
        [("1".into(), "failed".into()), ("2".into(), "unconfirmed".into())]
    );
    assert_eq!(desk.run(["resume"]).await.code, Some(1));
    let ran = desk.run(["retry", "2"]).await;
    assert_eq!((ran.code, desk.service.ledger().posts.len()), (Some(2), 2), "{ran:?}");
    assert!(ran.err.contains("--may-pay-twice"), "{}", ran.err);
    let ran = desk.run(["retry", "1"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = desk.run(["retry", "2", "--may-pay-twice"]).await;
    assert_eq!((ran.code, desk.service.ledger().posts.len()), (Some(0), 4), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn download_fetches_a_lost_file_again_without_buying() {
    let desk = Desk::new(fast()).await;
    let sheet = desk.write("s.csv", "number,prompt\n1,x\n");
    let ran = desk.generate(&sheet).await;
    let file = ran.objects()[0]["localPath"].as_str().unwrap().to_owned();
    let before = std::fs::read(&file).unwrap();
    assert_eq!(
        desk.run(["download", "1"]).await.code,
        Some(2),
        "the file is still there"
    );
    std::fs::remove_file(&file).unwrap();
    let ran = desk.run(["download", "1"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(desk.service.ledger().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_past_its_budget_is_timed_out_and_resume_looks_again() {
    let desk = Desk::new(simulator::Options { speed: 20.0, ..fast() }).await;
    let sheet = desk.write("s.csv", "prompt\nx\n");
    let mut command = desk.command();
    command
        .args(["--max-polls", "2", "generate"])
        .arg(&sheet)
        .arg("--out")
        .arg(desk.path("o"));
    let ran = finish(command).await;
    assert_eq!(
        (ran.code, states(&ran.objects())[0].1.as_str()),
        (Some(1), "timedOut"),
        "{ran:?}"
    );
    let ran = desk.run(["resume"]).await;
    assert_eq!((ran.code, desk.service.ledger().posts.len()), (Some(0), 1), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_needs_nothing_and_speaks_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let mut command = bare();
    command
        .arg("--data-dir")
        .arg(home.path())
        .args(["--lang", "zh", "demo", "--shots", "2", "--out"])
        .arg(&out);
    let ran = finish(command).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("2 已完成"), "{}", ran.out);
    assert_whole(&out.join("0001.mp4"));
    assert_whole(&out.join("0002.mp4"));
    assert!(
        home.path().join("demo").join("library.db").is_file(),
        "the demo has a library of its own"
    );
    assert!(!home.path().join("library.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_tells_what_happened_and_neither_key_nor_prompt_nor_signed_link() {
    let desk = Desk::new(fast()).await;
    let key = "sim-canary-0123456789abcdef";
    let sheet = desk.write(
        "s.csv",
        "number,prompt\n1,an unreleased car\n2,a second car [fault:flag-2 x1]\n",
    );
    let with_key = |arguments: &[&str]| {
        let mut command = desk.command();
        command.env("KIE_API_KEY", key).args(arguments);
        command
    };
    let mut command = with_key(&["generate"]);
    command.arg(&sheet).arg("--out").arg(desk.path("out"));
    assert_eq!(finish(command).await.code, Some(1));
    let ran = finish(with_key(&["--lang", "en", "report", "2"])).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = ran.objects()[0]["report"].as_str().unwrap().to_owned();
    for wanted in [
        concat!("shotboard-cli ", env!("CARGO_PKG_VERSION")),
        "Task 2",
        "done 1, failed 1",
        "notMade 1",
        "[not-generated]",
        "generationFailed",
        "It stays as it is until you act.",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in\n{said}");
    }
    for secret in [key, "canary", "unreleased", "second car", "Signature=", "token="] {
        assert!(!said.contains(secret), "{secret} is in\n{said}");
    }
    let ran = finish(with_key(&["report", "2", "--with-prompt"])).await;
    let said = ran.objects()[0]["report"].as_str().unwrap().to_owned();
    assert!(said.contains("second car") && !said.contains("canary"), "{said}");
    let ran = finish(with_key(&["report", "7"])).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.err.contains("[no-such-number]"), "{}", ran.err);
    // With the window open on the same library, what can be told without it is told.
    let held = engine::library::Library::open(&desk.path("data")).unwrap();
    let ran = finish(with_key(&["report"])).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.objects()[0]["report"].as_str().unwrap().contains("[locked]"),
        "{ran:?}"
    );
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_after_a_refusal_of_the_account_is_still_brought_home() {
    let desk = Desk::new(simulator::Options {
        balance: 100.0,
        ..fast()
    })
    .await;
    // The second is refused for want of credits while the first is generated; then its download breaks off, too.
    let sheet = desk.write("s.csv", "number,prompt\n1,x [fault:cut-download x2]\n2,y\n");
    let ran = desk.generate(&sheet).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(
        states(&ran.objects()),
        [("1".into(), "done".into()), ("2".into(), "queued".into())],
        "{ran:?}"
    );
    assert_whole(ran.objects()[0]["localPath"].as_str().unwrap().as_ref());
    assert!(ran.err.contains("not enough credits"), "{}", ran.err);
    let ledger = desk.service.ledger();
    assert_eq!(ledger.accepted.len(), 1);
}
