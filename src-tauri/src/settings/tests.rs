//! Settings over real files.

use std::fs;
use std::path::{Path, PathBuf};

use engine::keys::keychain::Keychain;
use engine::keys::safe::Safe;
use engine::keys::stand_in::{InFile, NoKeychain};
use engine::keys::stored::Keep;
use engine::keys::{Keys as _, Place};
use engine::view::settings::{KeyState, Preferences};
use engine::words::Lang;

use super::{Settings, proxy};
use crate::store::tests::in_memory;

fn open(directory: &Path) -> Settings {
    with(directory, Box::new(NoKeychain))
}

fn with(directory: &Path, keychain: Box<dyn Keychain>) -> Settings {
    Settings::open(directory, None, keychain, &in_memory()).unwrap()
}

#[test]
fn keys_are_added_ordered_removed_and_put_back_and_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    let settings = open(directory.path());
    assert!(settings.view().key_in_use.is_none());
    let first = settings
        .add_key("", "kie.ai", " sk-first-1111\n", Some(Keep::File))
        .unwrap();
    let second = settings.add_key("Second", "KIE", "sk-second-2222", None).unwrap();
    settings.add_key("Other", "openai", "sk-other-3333", None).unwrap();
    assert!(settings.add_key("Again", "kie", "sk-first-1111", None).is_err());
    assert!(settings.add_key("Empty", "kie", "  ", None).is_err());
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
    let library = engine::keys::stored::library_keys(&read.keys, &Safe::new(Box::new(NoKeychain)));
    assert_eq!(library.len(), 3);
    assert_eq!(library[0].name, "Studio");
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
        notices[0].starts_with("设置文件已损坏。已从最近的完好副本恢复"),
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

/// Everything in a directory, as text.
fn all_files(directory: &Path) -> String {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let own = files.filter(|path| path.is_file() && !path.ends_with("keychain"));
    own.map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        .collect()
}

fn keychain(directory: &Path) -> (PathBuf, Box<dyn Keychain>) {
    let path = directory.join("keychain");
    (path.clone(), Box::new(InFile::at(path)))
}

fn places(settings: &Settings) -> Vec<(Place, KeyState, String)> {
    let view = settings.view();
    let all = view.keys.into_iter().chain(view.video_key);
    all.map(|key| (key.place, key.state, key.tail)).collect()
}

const SEALED: (Place, KeyState) = (Place::Keychain, KeyState::Ready);

#[test]
fn with_a_keychain_a_key_is_sealed_and_another_start_opens_it() {
    let directory = tempfile::tempdir().unwrap();
    let (path, chain) = keychain(directory.path());
    let settings = with(directory.path(), chain);
    settings.settle_keys();
    assert!(!path.exists(), "without a key nothing is asked of the keychain");
    let id = settings.add_key("Studio", "kie", "sk-sealed-0001", None).unwrap();
    settings.add_key("Second", "kie", "sk-sealed-0002", None).unwrap();
    assert!(settings.add_key("Twin", "kie", "sk-sealed-0002", None).is_err());
    assert_eq!(settings.to_buy().unwrap().key.expose(), "sk-sealed-0001");
    assert!(!all_files(directory.path()).contains("sk-sealed"));
    assert_eq!(
        fs::read_to_string(&path).unwrap().matches("master key").count(),
        1,
        "one for all"
    );

    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    assert_eq!(settings.by_id(&id).unwrap().key.expose(), "sk-sealed-0001");
    for (place, state, tail) in places(&settings) {
        assert_eq!(((place, state), tail.len()), (SEALED, 4));
    }
    // Undo after a delete brings back what is sealed.
    settings.remove_key(&id).unwrap();
    settings.restore_key(&id).unwrap();
    assert_eq!(settings.to_buy().unwrap().id, id);
}

#[test]
fn keys_in_the_clear_are_sealed_at_the_first_start_with_a_keychain_and_left_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.json");
    let before = r#"{"video": {"key": "sk-video-9999", "model": "x"}, "note": 1,
        "library": [{"id": "1", "name": "Studio", "platform": "kie", "key": "sk-plain-1234", "colour": "red"}, 7]}"#;
    fs::write(&file, before).unwrap();
    fs::write(directory.path().join("keys.json.good"), before).unwrap();
    // What an earlier start set aside, and what a crash left.
    fs::write(
        directory.path().join("keys.json.broken-20260101-000000"),
        &before[..before.len() - 10],
    )
    .unwrap();
    fs::write(directory.path().join("keys.json.new"), &before[..before.len() - 40]).unwrap();
    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    let left = all_files(directory.path());
    assert!(
        !left.contains("sk-plain-1234") && !left.contains("sk-video-9999"),
        "{left}"
    );
    assert_eq!(settings.to_buy().unwrap().key.expose(), "sk-video-9999");
    assert_eq!(settings.by_id("1").unwrap().key.expose(), "sk-plain-1234");
    let now: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        (&now["note"], &now["library"][0]["colour"], &now["library"][1]),
        (&1.into(), &"red".into(), &7.into())
    );
    assert_eq!(now["video"]["model"], "x");
    assert!(!settings.view().keeping.ask);
}

#[test]
fn a_keychain_that_does_not_give_back_what_it_got_costs_no_key() {
    /// Loses what it was given last once it was read so many times.
    struct Loses(InFile, std::sync::atomic::AtomicU32);
    impl Keychain for Loses {
        fn name(&self) -> &'static str {
            self.0.name()
        }
        fn read(&self, account: &str) -> Result<Option<zeroize::Zeroizing<String>>, engine::keys::keychain::Refusal> {
            let reads = self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            // Probe, probe gone, master read back; lost before the last look.
            if reads >= 3 { Ok(None) } else { self.0.read(account) }
        }
        fn write(&self, account: &str, secret: &str) -> Result<(), engine::keys::keychain::Refusal> {
            self.0.write(account, secret)
        }
        fn forget(&self, account: &str) -> Result<(), engine::keys::keychain::Refusal> {
            self.0.forget(account)
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let plain = r#"{"library": [{"id": "1", "name": "Studio", "platform": "kie", "key": "sk-plain-1234"}]}"#;
    fs::write(directory.path().join("keys.json"), plain).unwrap();
    let loses = Loses(InFile::at(directory.path().join("keychain")), 0.into());
    let settings = with(directory.path(), Box::new(loses));
    settings.settle_keys();
    assert_eq!(settings.to_buy().unwrap().key.expose(), "sk-plain-1234");
    // And the next start still has it.
    assert_eq!(open(directory.path()).to_buy().unwrap().key.expose(), "sk-plain-1234");
    assert!(settings.add_key("New", "kie", "sk-new-5678", None).is_err());
    assert_eq!(settings.view().keys.len(), 1);
}

#[test]
fn without_a_keychain_the_user_chooses_and_the_choice_is_kept_and_can_be_changed() {
    let directory = tempfile::tempdir().unwrap();
    let settings = open(directory.path());
    let refused = settings.add_key("Studio", "kie", "sk-asked-1234", None).unwrap_err();
    assert_eq!(refused.code(), "no-keychain");
    assert!(
        !all_files(directory.path()).contains("sk-asked"),
        "nothing is kept before the answer"
    );

    let id = settings
        .add_key("Studio", "kie", "sk-asked-1234", Some(Keep::Session))
        .unwrap();
    assert_eq!(settings.to_buy().unwrap().id, id);
    assert!(!all_files(directory.path()).contains("sk-asked"));
    // The choice is remembered: the next key is not asked about.
    settings.add_key("Second", "kie", "sk-asked-5678", None).unwrap();
    let session = |state| {
        [
            (Place::Session, state, "1234".to_owned()),
            (Place::Session, state, "5678".to_owned()),
        ]
    };
    assert_eq!(places(&settings), session(KeyState::Ready));
    // Over with the session: names and ids are there, the key is not, and nothing else is bought with.
    let settings = open(directory.path());
    settings.settle_keys();
    assert_eq!(places(&settings), session(KeyState::Again));
    assert!(settings.to_buy().is_none() && settings.by_id(&id).is_none());
    assert_eq!(settings.locked().unwrap().name, "Studio");
    settings.enter_key(&id, "sk-asked-1234", None).unwrap();
    assert_eq!(settings.by_id(&id).unwrap().name, "Studio");

    settings.keep_keys(Some(Keep::File)).unwrap();
    assert!(all_files(directory.path()).contains("sk-asked-1234"));
    assert_eq!(open(directory.path()).to_buy().unwrap().key.expose(), "sk-asked-1234");
    settings.keep_keys(Some(Keep::Session)).unwrap();
    assert!(!all_files(directory.path()).contains("sk-asked"));
    assert_eq!(settings.to_buy().unwrap().key.expose(), "sk-asked-1234");

    // A keychain comes: one word, and all are sealed.
    assert!(settings.keep_keys(None).is_err());
    settings.keep_keys(Some(Keep::File)).unwrap();
    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    assert_eq!(
        places(&settings)[0].0,
        Place::File,
        "chosen so: not moved without being asked"
    );
    settings.keep_keys(None).unwrap();
    assert_eq!((places(&settings)[0].0, places(&settings)[0].1), SEALED);
    assert!(!all_files(directory.path()).contains("sk-asked"));
}

#[test]
fn keys_in_the_clear_without_a_keychain_are_asked_about_once() {
    let directory = tempfile::tempdir().unwrap();
    let plain = r#"{"library": [{"id": "1", "name": "Studio", "platform": "kie", "key": "sk-plain-1234"}]}"#;
    fs::write(directory.path().join("keys.json"), plain).unwrap();
    let settings = open(directory.path());
    settings.settle_keys();
    let keeping = settings.view().keeping;
    assert!(keeping.ask && keeping.without.is_some(), "{keeping:?}");
    assert_eq!(
        settings.to_buy().unwrap().key.expose(),
        "sk-plain-1234",
        "it goes on working"
    );
    settings.keep_keys(Some(Keep::File)).unwrap();
    let settings = open(directory.path());
    settings.settle_keys();
    assert!(!settings.view().keeping.ask, "asked once");
}

#[test]
fn losing_the_keychain_costs_one_prompt_for_each_key_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let (path, chain) = keychain(directory.path());
    let settings = with(directory.path(), chain);
    let id = settings.add_key("Studio", "kie", "sk-lost-1234", None).unwrap();
    let other = settings.add_key("Second", "kie", "sk-lost-5678", None).unwrap();
    let kept = fs::read(&path).unwrap();

    // No keychain at all at present (a console, another session): the key may be entered for now, the sealed one stays.
    let settings = open(directory.path());
    settings.settle_keys();
    assert_eq!(places(&settings)[0].1, KeyState::Shut);
    assert!(settings.to_buy().is_none(), "the second key is another account");
    let refused = settings.enter_key(&id, "sk-lost-1234", None).unwrap_err();
    assert_eq!(refused.code(), "no-keychain");
    settings.enter_key(&id, "sk-lost-1234", Some(Keep::Session)).unwrap();
    assert_eq!(settings.by_id(&id).unwrap().key.expose(), "sk-lost-1234");
    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    assert_eq!(
        settings.by_id(&id).unwrap().key.expose(),
        "sk-lost-1234",
        "the keychain is back"
    );

    // The entry is gone: another desktop, a new keyring.
    fs::remove_file(&path).unwrap();
    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    assert!(
        places(&settings)
            .iter()
            .all(|(place, state, _)| (*place, *state) == (Place::Keychain, KeyState::Again))
    );
    assert_eq!(settings.view().keys[0].name, "Studio");
    assert!(settings.enter_key(&id, "sk-lost-5678-wrong entry", None).is_err());
    settings.enter_key(&id, "sk-lost-1234", None).unwrap();
    assert_eq!(settings.by_id(&id).unwrap().name, "Studio");
    assert_eq!(
        settings
            .view()
            .keys
            .iter()
            .filter(|key| key.state == KeyState::Ready)
            .count(),
        1
    );
    // What the lost master sealed was not touched: with the old keychain back beside the new entry, all opens.
    let merge = |old: &[u8], new: Vec<u8>| {
        let mut all: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(old).unwrap();
        all.extend(serde_json::from_slice::<serde_json::Map<_, _>>(&new).unwrap());
        serde_json::to_vec(&all).unwrap()
    };
    fs::write(&path, merge(&kept, fs::read(&path).unwrap())).unwrap();
    let settings = with(directory.path(), keychain(directory.path()).1);
    settings.settle_keys();
    assert_eq!(settings.by_id(&other).unwrap().key.expose(), "sk-lost-5678");
    assert_eq!(settings.by_id(&id).unwrap().key.expose(), "sk-lost-1234");
    assert!(!all_files(directory.path()).contains("sk-lost"));
}
