//! What an engine is opened with: the real service over the network, or the stand-in inside the app.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engine::clock::SystemClock;
use engine::keys::{FixedKeys, Keys};
use engine::settings::DEMO_SERVICE;
use engine::trouble::Told;
use engine::trouble::rows::account;
use engine::view::settings::{PollBy, Preferences};
use engine::{Engine, Error, Media, Options};
use kie::{ApiKey, Client, Config, is_loopback};
use simulator::Simulator;
use url::Url;

use crate::settings::{self, Settings};

/// The variable with another address of the service.
const API_BASE: &str = "KIE_API_BASE";
/// The variable with another address for uploads.
const UPLOAD_BASE: &str = "KIE_UPLOAD_BASE";

/// The stand-in's clips take 70 s as the real ones do; divided by this, six to ten.
const DEMO_SPEED: f64 = 9.0;
/// The stand-in takes every key that begins like this.
const DEMO_KEY: &str = "sim-demo";
/// What the demo's account is filled up to at each start: enough for a thousand clips, so that nobody who tries a long
/// list is sent to buy credits that cost nothing.
const DEMO_BALANCE: f64 = 100_000.0;
/// The demo is quick, so it is asked more often.
const DEMO_POLL_SECONDS: f64 = 1.0;

/// What has to live as long as the engine.
pub(crate) struct Supply {
    _stand_in: Option<Simulator>,
}

/// Opens the engine of a data directory; it does not run yet.
///
/// # Errors
/// The library's (another instance has it, a newer version made it), an address or proxy that cannot be used.
pub(crate) async fn open(directory: &Path, settings: &Arc<Settings>, demo: bool) -> Result<(Engine, Supply), Error> {
    tokio::fs::create_dir_all(directory)
        .await
        .map_err(|error| Error::io(directory, error))?;
    let chosen = settings.preferences();
    let (client, media, keys, stand_in) = if demo {
        let stand_in = stand_in(directory).await?;
        let (client, media) = client(loopback_config(&stand_in.base())?)?;
        let keys: Arc<dyn Keys> = Arc::new(FixedKeys::only(ApiKey::new(DEMO_KEY)));
        (client, media, keys, Some(stand_in))
    } else {
        let (client, media) = real_client(&chosen)?;
        let keys: Arc<dyn Keys> = Arc::<Settings>::clone(settings);
        (client, media, keys, None)
    };
    let upload_host = client.config().upload_base.to_string();
    let service = Arc::new(client);
    let options = || Options {
        data_dir: directory.to_owned(),
        service: service.clone(),
        upload_host: upload_host.clone(),
        media: media.clone(),
        keys: Arc::clone(&keys),
        clock: Arc::new(SystemClock),
        preferences: preferences(&chosen, demo),
        demo,
    };
    // One that was just closed, here or in a process that is ending, lets go of its lock within a moment.
    let mut tries = 0;
    let engine = loop {
        match Engine::open(options()).await {
            Err(Error::Locked(_)) if tries < 10 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            opened => break opened?,
        }
    };
    Ok((engine, Supply { _stand_in: stand_in }))
}

/// The choices as this engine gets them.
pub(crate) fn preferences(chosen: &Preferences, demo: bool) -> Preferences {
    let mut preferences = chosen.clone();
    if demo {
        preferences.poll_by = PollBy::Interval;
        preferences.poll_seconds = DEMO_POLL_SECONDS;
    }
    preferences
}

/// A client of the real service, or of the one that the environment names, with its media host rules.
///
/// # Errors
/// An address or a proxy that cannot be used.
pub(crate) fn real_client(chosen: &Preferences) -> Result<(Client, Media), Error> {
    let mut config = bases(|name| std::env::var(name).ok())?;
    config.proxy = settings::proxy(chosen)?;
    client(config)
}

fn client(config: Config) -> Result<(Client, Media), Error> {
    let media = Media::new(&config.proxy, is_loopback(&config.api_base))?;
    let client = Client::new(config).map_err(|error| Told::new(&account::CANNOT_BE_SET_UP).with("why", error))?;
    Ok((client, media))
}

fn bases(variable: impl Fn(&str) -> Option<String>) -> Result<Config, Error> {
    let named = |name: &str| -> Result<Option<Url>, Error> {
        let text = variable(name).filter(|text| !text.trim().is_empty());
        text.map(|text| Url::parse(text.trim())).transpose().map_err(|error| {
            Told::new(&account::NO_ADDRESS)
                .with("name", name)
                .with("why", error)
                .into()
        })
    };
    let mut config = Config::default();
    if let Some(api) = named(API_BASE)? {
        // A stand-in takes uploads too; seed images meant for it must not go to the real host.
        if is_loopback(&api) {
            config.upload_base = api.clone();
        }
        config.api_base = api;
    }
    if let Some(upload) = named(UPLOAD_BASE)? {
        config.upload_base = upload;
    }
    Ok(config)
}

fn loopback_config(base: &str) -> Result<Config, Error> {
    let url =
        Url::parse(base).map_err(|error| Told::new(&account::NO_ADDRESS).with("name", base).with("why", error))?;
    Ok(Config::new(url.clone(), url))
}

async fn stand_in(directory: &Path) -> Result<Simulator, Error> {
    let options = simulator::Options {
        speed: DEMO_SPEED,
        balance: DEMO_BALANCE,
        state_file: Some(directory.join(DEMO_SERVICE)),
        ..simulator::Options::default()
    };
    let stand_in = Simulator::start(options).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::ResourceBusy => Error::Locked(directory.to_owned()),
        _ => Error::io(&directory.join(DEMO_SERVICE), error),
    })?;
    if stand_in.ledger().balance < DEMO_BALANCE {
        stand_in.set_balance(DEMO_BALANCE);
    }
    Ok(stand_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_demo_never_runs_out_of_credits_for_good() {
        let directory = tempfile::tempdir().unwrap();
        let first = stand_in(directory.path()).await.unwrap();
        assert!(first.ledger().balance >= 1_000.0 * 60.0);
        first.set_balance(40.0);
        drop(first);
        let mut tries = 0;
        let again = loop {
            match stand_in(directory.path()).await {
                Err(Error::Locked(_)) if tries < 100 => tokio::time::sleep(Duration::from_millis(20)).await,
                other => break other.unwrap(),
            }
            tries += 1;
        };
        assert!((again.ledger().balance - DEMO_BALANCE).abs() < 0.1);
    }

    #[test]
    fn addresses_come_from_the_environment() {
        let from = |api: &'static str, upload: &'static str| {
            let config = bases(move |name| Some(if name == API_BASE { api } else { upload }.to_owned()));
            config.map(|config| (config.api_base.to_string(), config.upload_base.to_string()))
        };
        let documented = (
            Config::default().api_base.to_string(),
            Config::default().upload_base.to_string(),
        );
        assert_eq!(from("", " ").unwrap(), documented);
        let stand_in = "http://127.0.0.1:9/".to_owned();
        assert_eq!(from("http://127.0.0.1:9", "").unwrap(), (stand_in.clone(), stand_in));
        let gate = "https://gate.example/".to_owned();
        assert_eq!(from("https://gate.example", "").unwrap(), (gate, documented.1));
        assert!(from("gate", "").is_err());
    }
}
