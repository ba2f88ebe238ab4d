//! What is in a report, and what is in none.

use super::*;
use crate::trouble::rows::buying;
use crate::view::QueueView;

const KEY: &str = "sk-canary-report-7788";
const PROMPT: &str = "a secret  unreleased car\non a salt lake";

fn known() -> Known {
    kie::ApiKey::new(KEY);
    Known {
        states: vec![("done".into(), 12), ("failed".into(), 1)],
        outcomes: vec![("accepted".into(), 12), ("refused".into(), 1)],
        batches: 2,
        sent_lately: 3,
        queue: QueueView {
            running: true,
            queued: 7,
            ..QueueView::default()
        },
        silent_since: None,
        task: Some(KnownTask {
            number: "0013".into(),
            state: "failed".into(),
            prompt: PROMPT.into(),
            fields: vec![("model".into(), "veo3_fast".into())],
            polls: 4,
            trouble: Some(
                Told::new(&buying::REFUSED_PROMPT).service(Some("flagged: a secret unreleased car on a salt lake")),
            ),
            attempts: vec![],
            events: vec![(
                1_790_000_000_000,
                "refuse".into(),
                format!("Refused · 422 for Bearer {KEY}"),
            )],
        }),
        now: 1_790_000_001_234,
    }
}

fn around(directory: &Path) -> Surroundings {
    Surroundings {
        version: "Shotboard 9.8.7".into(),
        facts: vec![("System".into(), "linux x86_64".into())],
        data_dir: Some(directory.to_owned()),
        preferences: Preferences {
            proxy: "http://me:hunter2@proxy.test:8080".into(),
            ..Preferences::default()
        },
        keys: "library, 1".into(),
    }
}

#[test]
fn it_says_what_helps_and_nothing_that_is_nobodys_business() {
    let directory = tempfile::tempdir().unwrap();
    let logs = directory.path().join(FOLDER);
    std::fs::create_dir_all(&logs).unwrap();
    // A log of a version that did not know better.
    let line = format!("old line {KEY} https://cdn.test/a.mp4?Signature=hunter2 {PROMPT}\n");
    std::fs::write(logs.join("shotboard.log"), line.replace("car\non", "car on")).unwrap();
    let about = About {
        task: Some("x".into()),
        ..About::default()
    };
    for lang in [Lang::En, Lang::Zh] {
        let said = whole(&around(directory.path()), &about, Ok(&known()), lang);
        for wanted in [
            "9.8.7",
            "linux x86_64",
            "0013",
            "refused-prompt",
            "failed 1",
            "veo3_fast",
            "https://cdn.test/a.mp4",
            "2026-09-21T14:13:20.000Z refuse",
            "http://…@proxy.test:8080",
            "done 12",
        ] {
            assert!(said.contains(wanted), "{wanted} is not in\n{said}");
        }
        for secret in [KEY, "hunter2", "unreleased", "me:"] {
            assert!(!said.contains(secret), "{secret} is in\n{said}");
        }
        let told = known().task.unwrap().trouble.unwrap().view(lang);
        for sentence in [told.cause, told.money, told.next, told.by_itself] {
            assert!(said.contains(&sentence), "{sentence} is not in\n{said}");
        }
    }
    let about = About {
        with_prompt: true,
        ..about
    };
    let said = whole(&around(directory.path()), &about, Ok(&known()), Lang::En);
    assert!(said.contains("a secret unreleased car on a salt lake"), "{said}");
    assert!(!said.contains(KEY) && !said.contains("hunter2"), "{said}");
}

#[test]
fn where_the_library_does_not_open_it_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let why = Error::Locked(directory.path().to_owned()).told().view(Lang::En);
    let said = report_without_library(&around(directory.path()), &About::default(), &why, Lang::En);
    assert!(said.contains("[locked]") && said.contains("9.8.7"), "{said}");
}
