//! Puts an engine together from arguments, environment and the app's own files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::clock::SystemClock;
use engine::keys::safe::{self, Safe};
use engine::keys::{ENVIRONMENT, FixedKeys, Keys, keychain, stored};
use engine::trouble::{Told, rows};
use engine::view::settings::{PollBy, Preferences};
use engine::{Engine, Media, Options, Result, settings};
use kie::{Client, Config, Proxy};
use url::Url;

use crate::args::{Args, Command};
use crate::say::Say;

/// Opens the real library with the real service, or the one that the arguments name.
pub(crate) async fn real(args: &Args, say: &Say) -> Result<Engine> {
    let directory = settings::data_dir(args.data_dir.clone())?;
    let files = settings::read(&directory)?;
    let keys = keys(args, &files.keys).await;
    let base = Config::default();
    let api_base = args.api_base.clone().unwrap_or_else(|| base.api_base.clone());
    // Uploads go where the API is, if only that was named: never to the real host with a test's key.
    let upload_base = args
        .upload_base
        .clone()
        .or_else(|| args.api_base.clone())
        .unwrap_or(base.upload_base);
    let mut config = Config::new(api_base, upload_base);
    config.proxy = proxy(&files.preferences.proxy)?;
    let engine = with(args, directory, config, files.preferences, Arc::new(keys), false).await?;
    notice(&engine, say).await?;
    Ok(engine)
}

/// Tells what has to be said of the library as a whole; to a person once, to a script each time.
async fn notice(engine: &Engine, say: &Say) -> Result<()> {
    let Some(notice) = engine.library_notice(say.lang).await? else {
        return Ok(());
    };
    say.error(&format!("{}. {}", notice.title, notice.text));
    for detail in &notice.details {
        say.note(&format!("  {detail}"));
    }
    if notice.read_only || say.json {
        return Ok(());
    }
    engine.library_notice_read().await
}

/// The keys that the app keeps, and the environment's. What is sealed is asked of the system's keychain; nothing is ever
/// sealed, changed or made there from here. Listing and reporting need no key, so they open none.
async fn keys(args: &Args, keys: &serde_json::Value) -> FixedKeys {
    let environment = std::env::var(ENVIRONMENT).ok();
    let safe = Safe::new(keychain::of_this_computer());
    let used = stored::sealed_by(keys);
    if !used.is_empty() && !matches!(args.command, Command::List | Command::Report { .. }) {
        let mut seals = stored::seals(keys);
        seals.retain(|seal| used.contains(&seal.id));
        safe.ask(&seals);
        let asked = safe.clone();
        let patient = environment.as_deref().is_none_or(|key| key.trim().is_empty());
        // A thread of its own: the keychain may be waiting for a person to type its password.
        let say = Say::new(args);
        let waiting = tokio::task::spawn_blocking(move || {
            if !asked.wait(safe::AT_START) && patient {
                say.note(&say.pick("Waiting for the system keychain …", "正在等待系统钥匙串……"));
                asked.wait(safe::AT_HAND);
            }
        });
        let _ = waiting.await;
    }
    FixedKeys::choosing(
        environment.as_deref(),
        stored::video_key(keys, &safe),
        stored::library_keys(keys, &safe),
    )
}

/// Opens the demo's own library against a stand-in service at `base`.
pub(crate) async fn demo(args: &Args, directory: &Path, base: &str) -> Result<Engine> {
    let base: Url = base.parse().map_err(|_| {
        Told::new(&rows::account::NO_ADDRESS)
            .with("name", "demo")
            .with("why", base)
    })?;
    let config = Config::new(base.clone(), base);
    let keys = FixedKeys::only(kie::ApiKey::new("sim-demo"));
    let preferences = Preferences {
        poll_by: PollBy::Interval,
        poll_seconds: 0.5,
        ..Preferences::default()
    };
    with(args, directory.to_owned(), config, preferences, Arc::new(keys), true).await
}

async fn with(
    args: &Args,
    data_dir: PathBuf,
    config: Config,
    mut preferences: Preferences,
    keys: Arc<dyn Keys>,
    demo: bool,
) -> Result<Engine> {
    if let Some(seconds) = args.poll_interval {
        preferences.poll_by = PollBy::Interval;
        preferences.poll_seconds = seconds;
    }
    preferences.max_polls = args.max_polls.unwrap_or(preferences.max_polls);
    let media = Media::new(&config.proxy, kie::is_loopback(&config.api_base))?;
    let upload_host = config.upload_base.to_string();
    let service =
        Client::new(config).map_err(|error| Told::new(&rows::account::CANNOT_BE_SET_UP).with("why", error))?;
    Engine::open(Options {
        data_dir,
        service: Arc::new(service),
        upload_host,
        media,
        keys,
        clock: Arc::new(SystemClock),
        preferences,
        demo,
    })
    .await
}

fn proxy(text: &str) -> Result<Proxy> {
    match text.trim() {
        "" | "system" => Ok(Proxy::System),
        "none" => Ok(Proxy::None),
        address => address
            .parse()
            .map(Proxy::Url)
            .map_err(|_| Told::new(&rows::settings::PROXY_TEXT).into()),
    }
}
