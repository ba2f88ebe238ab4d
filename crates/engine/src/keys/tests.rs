//! Which key pays, and what is held of keys that are sealed.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::keychain::{Keychain, Why};
use super::safe::{AT_START, Safe};
use super::stand_in::{InFile, NoKeychain, Silent};
use super::stored::{StoredSeal, StoredSecret};
use super::*;
use crate::words::Lang;

fn library(rows: &[(&str, &str)]) -> Vec<LibraryKey> {
    rows.iter()
        .map(|(platform, key)| LibraryKey {
            id: format!("id-{key}"),
            name: format!("name-{key}"),
            platform: (*platform).to_owned(),
            held: Held::plain(ApiKey::new((*key).to_owned())),
        })
        .collect()
}

#[test]
fn the_table_of_cases() {
    let rows = library(&[("openai", "o"), (" KIE ", "first"), ("kie.ai", "second")]);
    // environment, video settings, library → source and key
    type Case<'a> = (
        Option<&'a str>,
        Option<&'a str>,
        &'a [LibraryKey],
        Option<(KeySource, &'a str)>,
    );
    let cases: &[Case<'_>] = &[
        (Some("env"), Some("vid"), &rows, Some((KeySource::Environment, "env"))),
        (Some("  env \n"), None, &[], Some((KeySource::Environment, "env"))),
        (Some("   "), Some("vid"), &rows, Some((KeySource::Video, "vid"))),
        (Some(""), Some(" "), &rows, Some((KeySource::Library, "first"))),
        (None, None, &rows, Some((KeySource::Library, "first"))),
        (None, None, &rows[2..], Some((KeySource::Library, "second"))),
        (None, None, &rows[..1], None),
        (None, None, &[], None),
    ];
    for (environment, video, library, expected) in cases {
        let video = video.map(|key| Held::plain(ApiKey::new(key.to_owned())));
        let chosen = choose(*environment, video.as_ref(), library).map(Result::unwrap);
        let found = chosen.as_ref().map(|key| (key.source, key.key.expose()));
        assert_eq!(found, *expected, "{environment:?} {video:?}");
    }
}

#[test]
fn the_four_spellings_of_the_platform_in_any_case() {
    for platform in ["kie.ai", "kie", "kei", "kieai", "KIE.AI", " Kie ", "\tKEI", "KieAI "] {
        assert!(is_kie(platform), "{platform:?}");
    }
    for platform in ["", "k i e", "kie.com", "openai", "kie.ai.evil", "mykie"] {
        assert!(!is_kie(platform), "{platform:?}");
    }
}

#[test]
fn an_empty_key_in_the_library_is_passed_over() {
    let rows = library(&[("kie", " "), ("kei", "real")]);
    assert_eq!(
        choose(None, None, &rows).map(|key| key.unwrap().name),
        Some("name-real".to_owned())
    );
}

/// A file as the shell writes it, over a keychain that is a file.
struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn keychain(&self) -> std::path::PathBuf {
        self.directory.path().join("keychain")
    }

    fn safe(&self) -> Safe {
        Safe::new(Box::new(InFile::at(self.keychain())))
    }

    /// A key file with one sealed key, and the seal.
    fn sealed(&self) -> (Value, StoredSeal) {
        let safe = self.safe();
        let seal = safe.new_seal(AT_START).unwrap();
        let sealed = safe.seal(&seal.id, "1", &ApiKey::new("sk-sealed-1234")).unwrap();
        let keys = json!({"seals": [seal], "library": [
            {"id": "1", "name": "Studio", "platform": "kie", "sealed": sealed, "tail": "1234"},
            {"id": "2", "name": "Other", "platform": "kie", "key": "sk-plain-5678"},
        ]});
        (keys, seal)
    }
}

fn locks(keys: &Value, safe: &Safe) -> Vec<Option<Lock>> {
    let all = stored::library_keys(keys, safe).into_iter();
    all.map(|key| key.held.lock).collect()
}

#[test]
fn a_sealed_key_is_opened_in_another_process_and_lies_nowhere_in_the_clear() {
    let desk = Desk::new();
    let (keys, _) = desk.sealed();
    assert!(!keys.to_string().contains("sealed-1234"));
    let safe = desk.safe();
    assert_eq!(locks(&keys, &safe), [Some(Lock::Waiting), None], "nobody asked yet");
    safe.ask(&stored::seals(&keys));
    assert!(safe.wait(AT_START));
    let library = stored::library_keys(&keys, &safe);
    assert_eq!(library[0].held.key.expose(), "sk-sealed-1234");
    assert_eq!(library[0].held.place, Place::Keychain);
    assert_eq!((library[1].held.place, library[1].held.lock), (Place::File, None));
    let chosen = choose(None, None, &library).unwrap().unwrap();
    assert_eq!(chosen.name, "Studio");
}

#[test]
fn what_cannot_be_opened_is_not_passed_over_and_stays_as_it_is() {
    let desk = Desk::new();
    let (keys, seal) = desk.sealed();
    // The entry was deleted; the entry is another's; the keychain is not there; nobody types its password.
    let deleted = || {
        std::fs::remove_file(desk.keychain()).unwrap();
        desk.safe()
    };
    let foreign = || {
        let keychain = InFile::at(desk.keychain());
        let other = seal::Master::random().unwrap();
        keychain
            .write(&format!("master key {}", seal.id), &other.to_text())
            .unwrap();
        Safe::new(Box::new(keychain))
    };
    let cases: [(Safe, Lock, &str); 4] = [
        (deleted(), Lock::Gone, "deleted"),
        (foreign(), Lock::Gone, "foreign"),
        (Safe::new(Box::new(NoKeychain)), Lock::Shut(Why::Absent), "absent"),
        (Safe::new(Box::new(Silent)), Lock::Waiting, "silent"),
    ];
    for (safe, lock, what) in cases {
        safe.ask(&stored::seals(&keys));
        let begun = std::time::Instant::now();
        safe.wait(std::time::Duration::from_millis(200));
        assert!(
            begun.elapsed().as_secs() < 2,
            "{what}: nobody waits for longer than they chose to"
        );
        assert_eq!(locks(&keys, &safe), [Some(lock), None], "{what}");
        let library = stored::library_keys(&keys, &safe);
        assert_eq!(
            (library[0].held.tail.as_str(), library[0].name.as_str()),
            ("1234", "Studio")
        );
        let refused = choose(None, None, &library).unwrap().unwrap_err();
        assert_eq!((refused.name.as_str(), refused.lock), ("Studio", lock), "{what}");
        assert!(find("1", None, &library).is_none(), "{what}");
        assert_eq!(find("2", None, &library).unwrap().key.expose(), "sk-plain-5678");
        // Whoever has the key in the environment is not held up.
        assert!(choose(Some("sk-environment"), None, &library).unwrap().is_ok());
    }
}

#[test]
fn a_keychain_that_answers_late_is_heard_and_one_that_never_does_holds_nobody_up() {
    struct Late(InFile);
    impl Keychain for Late {
        fn name(&self) -> &'static str {
            self.0.name()
        }
        fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, keychain::Refusal> {
            std::thread::sleep(std::time::Duration::from_millis(300));
            self.0.read(account)
        }
        fn write(&self, account: &str, secret: &str) -> Result<(), keychain::Refusal> {
            self.0.write(account, secret)
        }
        fn forget(&self, account: &str) -> Result<(), keychain::Refusal> {
            self.0.forget(account)
        }
    }
    let desk = Desk::new();
    let (keys, _) = desk.sealed();
    let safe = Safe::new(Box::new(Late(InFile::at(desk.keychain()))));
    safe.ask(&stored::seals(&keys));
    assert!(!safe.wait(std::time::Duration::from_millis(20)));
    assert_eq!(locks(&keys, &safe)[0], Some(Lock::Waiting));
    assert!(safe.wait(std::time::Duration::from_secs(20)));
    assert_eq!(locks(&keys, &safe)[0], None);

    let patience = std::time::Duration::from_millis(100);
    let refusal = Safe::new(Box::new(Silent)).new_seal(patience).unwrap_err();
    assert_eq!(refusal.why, Why::Silent);
}

#[test]
fn a_keychain_that_forgets_gets_no_master_key() {
    /// Takes everything and keeps nothing: what an in-memory mock is after a restart.
    struct Forgetful;
    impl Keychain for Forgetful {
        fn name(&self) -> &'static str {
            "forgetful"
        }
        fn read(&self, _: &str) -> Result<Option<Zeroizing<String>>, keychain::Refusal> {
            Ok(None)
        }
        fn write(&self, _: &str, _: &str) -> Result<(), keychain::Refusal> {
            Ok(())
        }
        fn forget(&self, _: &str) -> Result<(), keychain::Refusal> {
            Ok(())
        }
    }
    let refusal = Safe::new(Box::new(Forgetful)).new_seal(AT_START).unwrap_err();
    assert_eq!(refusal.why, Why::Failed);
    for lang in [Lang::En, Lang::Zh] {
        assert!(!refusal.say(lang).is_empty());
    }
    // And the probe leaves nothing behind.
    let desk = Desk::new();
    desk.sealed();
    let left = std::fs::read_to_string(desk.keychain()).unwrap();
    assert!(
        !left.contains("probe") && left.matches("master key").count() == 1,
        "{left}"
    );
}

#[test]
fn the_shapes_of_a_key_file() {
    let safe = Safe::new(Box::new(NoKeychain));
    let video = |text: &str| stored::video_key(&serde_json::from_str(text).unwrap(), &safe);
    assert_eq!(video(r#"{"video": {"key": " v-key "}}"#).unwrap().key.expose(), "v-key");
    assert_eq!(video(r#"{"video": "v-key"}"#).unwrap().key.expose(), "v-key");
    for nothing in [
        r#"{"video": {"key": " "}}"#,
        r#"{"video": 7}"#,
        r#"{"video": {"sealed": 7}}"#,
        "{}",
        "[]",
    ] {
        assert!(video(nothing).is_none(), "{nothing}");
    }
    let session = video(r#"{"video": {"session": true, "tail": "9999"}}"#).unwrap();
    assert_eq!(
        (session.place, session.lock, session.tail.as_str()),
        (Place::Session, Some(Lock::Gone), "9999")
    );
    safe.keep_for_session("video", ApiKey::new("sk-session-9999"));
    let session = video(r#"{"video": {"session": true, "tail": "9999"}}"#).unwrap();
    assert_eq!((session.lock, session.key.expose()), (None, "sk-session-9999"));

    let keys = json!({"library": [{"id": "1", "name": "a", "platform": "kie", "key": "k-secret-1234", "note": 1}, 7]});
    let library = stored::library_keys(&keys, &safe);
    assert_eq!(library.len(), 1);
    assert!(!format!("{library:?} {:?}", StoredSecret::of(&keys["library"][0])).contains("secret"));
    assert_eq!(
        stored::summary(&keys),
        "video settings: none, library: 1 (1 in the clear)"
    );
    // What this version does not know stays where it is.
    let mut entry = keys["library"][0].clone();
    let secret = StoredSecret {
        session: true,
        tail: "1234".to_owned(),
        ..StoredSecret::default()
    };
    secret.into_entry(&mut entry);
    assert_eq!(
        entry,
        json!({"id": "1", "name": "a", "platform": "kie", "note": 1, "session": true, "tail": "1234"})
    );
}
