//! Puts an engine together from arguments, environment and the app's own files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::clock::SystemClock;
use engine::keys::{ENVIRONMENT, FixedKeys, Keys};
use engine::trouble::{Told, rows};
use engine::view::settings::{PollBy, Preferences};
use engine::{Engine, Media, Options, Result, settings};
use kie::{Client, Config, Proxy};
use url::Url;

use crate::args::Args;
use crate::say::Say;

/// Opens the real library with the real service, or the one that the arguments name.
pub(crate) async fn real(args: &Args, say: &Say) -> Result<Engine> {
    let directory = settings::data_dir(args.data_dir.clone())?;
    let stored = settings::read(&directory)?;
    let environment = std::env::var(ENVIRONMENT).ok();
    let keys = FixedKeys::choosing(environment.as_deref(), stored.video.as_ref(), stored.library);
    let base = Config::default();
    let api_base = args.api_base.clone().unwrap_or_else(|| base.api_base.clone());
    // Uploads go where the API is, if only that was named: never to the real host with a test's key.
    let upload_base = args
        .upload_base
        .clone()
        .or_else(|| args.api_base.clone())
        .unwrap_or(base.upload_base);
    let mut config = Config::new(api_base, upload_base);
    config.proxy = proxy(&stored.preferences.proxy)?;
    let engine = with(args, directory, config, stored.preferences, Arc::new(keys), false).await?;
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
