//! Settings over real files.

use std::fs;

use engine::keys::Keys as _;
use engine::view::settings::Preferences;
use engine::words::Lang;

use super::{Settings, proxy};
use crate::store::tests::in_memory;

fn open(directory: &std::path::Path) -> Settings {
    Settings::open(directory, None, &in_memory()).unwrap()
}

#[test]
fn keys_are_added_ordered_removed_and_put_back_and_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    let settings = open(directory.path());
    assert!(settings.view().key_in_use.is_none());
    let first = settings.add_key("", "kie.ai", " sk-first-1111\n").unwrap();
    let second = settings.add_key("Second", "KIE", "sk-second-2222").unwrap();
    settings.add_key("Other", "openai", "sk-other-3333").unwrap();
    assert!(settings.add_key("Again", "kie", "sk-first-1111").is_err());
    assert!(settings.add_key("Empty", "kie", "  ").is_err());
    let view = settings.view();
    assert_eq!(
        view.keys
            .iter()
            .map(|key| (key.tail.as_str(), key.usable))
            .collect::<Vec<_>>(),
        [("1111", true), ("2222", true), ("3333", false)]
    );
    assert_eq!(view.key_in_use.unwrap().tail, "1111");
    assert!(!serde_json::to_string(&settings.view()).unwrap().contains("sk-"));

    settings.use_key(&second).unwrap();
    settings.edit_key(&second, "Studio", "kei").unwrap();
    assert_eq!(settings.to_buy().unwrap().name, "Studio");
    settings.remove_key(&second).unwrap();
    assert_eq!(settings.to_buy().unwrap().id, first);
    assert!(settings.by_id(&second).is_none());
    settings.restore_key(&second).unwrap();
    assert_eq!(settings.view().keys[0].id, second);
    assert!(settings.restore_key(&second).is_err(), "it is back already");

    // Another run of the app, and the command line, read the same.
    assert_eq!(open(directory.path()).to_buy().unwrap().key.expose(), "sk-second-2222");
    let read = engine::settings::read(directory.path()).unwrap();
    assert_eq!(read.library.len(), 3);
    assert_eq!(read.library[0].name, "Studio");
}

#[test]
fn keys_without_an_id_get_one_and_what_is_not_understood_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    fs::write(
        &path,
        r#"{"video": {"key": "v-key-9999"}, "library": [{"platform": "kie", "key": "a-key-1234"}, 7]}"#,
    )
    .unwrap();
    let settings = open(directory.path());
    let view = settings.view();
    assert!(!view.keys[0].id.is_empty());
    assert_eq!(view.key_in_use.unwrap().source, "video");
    assert_eq!(settings.by_id("video").unwrap().key.tail(), "9999");
    settings.edit_key(&view.keys[0].id, "Mine", "kie").unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        (&stored["library"][1], &stored["video"]["key"]),
        (&7.into(), &"v-key-9999".into())
    );
}

#[test]
fn choices_are_kept_within_bounds_and_a_broken_file_is_told_in_the_users_language() {
    let directory = tempfile::tempdir().unwrap();
    let settings = open(directory.path());
    let wild = Preferences {
        language: Some(Lang::Zh),
        in_flight: 0,
        downloads: 99,
        poll_seconds: f64::NAN,
        proxy: String::new(),
        ..Preferences::default()
    };
    let kept = settings.choose(wild).unwrap();
    assert_eq!((kept.in_flight, kept.downloads, kept.proxy.as_str()), (1, 10, "system"));
    assert!((kept.poll_seconds - 5.0).abs() < f64::EPSILON);
    let refused = Preferences {
        proxy: "not an address with hunter2".into(),
        ..kept.clone()
    };
    let said = settings.choose(refused).unwrap_err().say(Lang::En);
    assert!(!said.contains("hunter2"), "{said}");
    assert_eq!(settings.preferences(), kept);

    fs::write(directory.path().join("settings.json"), b"{\"preferen").unwrap();
    let settings = open(directory.path());
    let notices = settings.take_notices();
    assert!(
        notices[0].starts_with("设置文件已损坏，已从最近的完好副本恢复"),
        "{notices:?}"
    );
    assert!(settings.take_notices().is_empty(), "once is enough");
    assert_eq!(settings.preferences(), kept);
}

#[test]
fn the_ways_out() {
    let way = |text: &str| {
        proxy(&Preferences {
            proxy: text.into(),
            ..Preferences::default()
        })
    };
    assert_eq!(way("system").unwrap(), kie::Proxy::System);
    assert_eq!(way(" none ").unwrap(), kie::Proxy::None);
    assert!(matches!(way("socks5://127.0.0.1:1080").unwrap(), kie::Proxy::Url(_)));
    assert!(way("127.0.0.1:7890").is_err());
}
