//! Settings as they are shown: no key, only names and last characters.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::keys::Place;
use crate::keys::stored::Keep;
use crate::words::Lang;

/// Everything on the settings page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SettingsView {
    /// What the user may change.
    pub preferences: Preferences,
    /// The key library, in the order in which keys are tried.
    pub keys: Vec<KeyView>,
    /// The key in the video settings, where there is one; it is tried before the library.
    pub video_key: Option<KeyView>,
    /// How keys are kept on this computer.
    pub keeping: KeepingView,
    /// Where the key comes from that would be used now; `null` where there is none.
    pub key_in_use: Option<KeyInUse>,
    /// The data directory, to be shown.
    pub data_dir: String,
}

/// What the user may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Preferences {
    /// Language; `null` follows the system.
    pub language: Option<Lang>,
    /// The save folder that a new batch starts with; `null`: `Videos/Shotboard`.
    pub save_folder: Option<String>,
    /// Bought tasks that are watched at once, 1 to 500. Default 50.
    pub in_flight: u32,
    /// Files saved at once, 1 to 10. Default 3.
    pub downloads: u32,
    /// What decides when a bought task is asked about. Default: history.
    pub poll_by: PollBy,
    /// Seconds between two status queries of one task, 0.1 to 600: always where `poll_by` is `interval`, else until
    /// there is enough history. Default 5.
    pub poll_seconds: f64,
    /// Status queries before a task is called timed out, 1 to 10,000. Default 120. By history there are fewer of them,
    /// so the time that many would have taken ends it as well.
    pub max_polls: u32,
    /// `system`, `none`, or a proxy address such as `http://127.0.0.1:7890` or `socks5://…`.
    pub proxy: String,
    /// Demo mode is on.
    pub demo: bool,
    /// Queued tasks go on by themselves when the app opens. Default off: opening the app never buys anything.
    pub resume_on_open: bool,
    /// Credits that may be spent in a day, by the documented prices; `null`: no limit.
    pub day_limit: Option<f64>,
    /// So many failures in a row with one cause pause the queue; 0: never. Default 5.
    pub pause_after: u32,
    /// The computer does not go to sleep by itself while something runs. Default on.
    pub keep_awake: bool,
    /// A saved clip carries how it was made: prompt, parameters, the service's id. Default on.
    pub recipe_in_clip: bool,
    /// The same as a JSON file beside each clip. Default off.
    pub recipe_beside: bool,
}

/// What decides when a bought task is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum PollBy {
    /// How long tasks of its kind took on this machine, once ten of them are done; the interval until then.
    #[default]
    History,
    /// The interval, exactly.
    Interval,
}

impl Preferences {
    /// The time between two status queries of one task.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_secs_f64(self.poll_seconds.clamp(0.05, 600.0))
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            save_folder: None,
            in_flight: 50,
            downloads: 3,
            poll_by: PollBy::History,
            poll_seconds: 5.0,
            max_polls: 120,
            proxy: "system".to_owned(),
            demo: false,
            resume_on_open: false,
            day_limit: None,
            pause_after: 5,
            keep_awake: true,
            recipe_in_clip: true,
            recipe_beside: false,
        }
    }
}

/// One key of the library.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct KeyView {
    /// The app's own id.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// The platform as the user wrote it.
    pub platform: String,
    /// Whether that platform is the one this app buys from.
    pub usable: bool,
    /// Where the key is kept.
    pub place: Place,
    /// Whether it can be used now.
    pub state: KeyState,
    /// The last four characters.
    pub tail: String,
}

/// Whether a key can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum KeyState {
    /// It can.
    Ready,
    /// The system's keychain is being asked.
    Waiting,
    /// The system's keychain cannot be used at present; it can be asked again, or the key be entered again.
    Shut,
    /// It must be entered again.
    Again,
}

/// How keys are kept on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct KeepingView {
    /// Something is being asked of the system's keychain.
    pub asking: bool,
    /// Why the system's keychain cannot be used, in a sentence; `null` where it can, or was not asked yet.
    pub without: Option<String>,
    /// What the user chose for a computer without one.
    pub keep: Option<Keep>,
    /// Keys lie in the clear and nobody chose that: the user is to be asked.
    pub ask: bool,
}

/// Which key would be used now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct KeyInUse {
    /// Where it comes from: `environment`, `video` (the video settings) or `library`.
    pub source: String,
    /// Its name.
    pub name: String,
    /// The last four characters.
    pub tail: String,
}

/// What came of testing a key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct KeyTest {
    /// It works.
    pub ok: bool,
    /// The balance in credits.
    pub balance: Option<f64>,
    /// What is wrong, in words.
    pub problem: Option<String>,
}

/// What the page starts from.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Boot {
    /// The app's version.
    pub version: String,
    /// The language to speak.
    pub lang: Lang,
    /// Demo mode is on: another library, the stand-in service, no money.
    pub demo: bool,
    /// Nothing was set up yet: no key, no task, no choice. The page shows the two ways on.
    pub first_start: bool,
    /// Where local media are served: `{base}/clip/{task}`, `/poster/{task}?r={revision}`, `/image/{hash}` (a thumbnail).
    pub media_base: String,
    /// The board.
    pub snapshot: super::Snapshot,
    /// The settings.
    pub settings: SettingsView,
    /// What a person must hear once, such as "settings were restored from the last good copy".
    pub notices: Vec<String>,
}
