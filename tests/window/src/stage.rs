//! Where one journey takes place: a home, a data directory, a language, a service, a screen.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{board::Board, display::Display, driver::Driver, wait::PATIENCE};

/// The variable that names the data directory.
const DATA_DIR: &str = "SHOTBOARD_DATA_DIR";
/// What the person who runs the tests may have set, and the app would follow.
const UNSET: &[&str] = &[
    "KIE_API_KEY",
    "KIE_API_BASE",
    "KIE_UPLOAD_BASE",
    "LC_ALL",
    "SHOTBOARD_KEYCHAIN",
    "WAYLAND_DISPLAY",
];

/// The system's language, as the app finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// A place that survives the app's end, so that a journey can start it again. Everything in it goes when dropped.
pub struct Stage {
    name: String,
    folder: TempDir,
    display: Display,
    environment: Vec<(OsString, OsString)>,
    /// The program, where it is not the app beside this test.
    program: Option<PathBuf>,
    timed: bool,
}

impl Stage {
    /// An empty home. The name appears on pictures of failures.
    pub fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("shotboard-window-")
            .tempdir()
            .expect("a temporary folder");
        let stage = Self {
            name: name.to_owned(),
            folder,
            display: Display::open(),
            environment: Vec::new(),
            program: None,
            timed: false,
        };
        for part in [stage.home(), stage.data()] {
            fs::create_dir_all(part).expect("a folder in the stage");
        }
        stage.speaking(Language::English)
    }

    /// With another program than the app that lies beside this test.
    #[must_use]
    pub fn of(mut self, program: &Path) -> Self {
        self.program = Some(program.to_owned());
        self
    }

    /// Notes when each start begins, for [`Stage::started_ms`].
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.timed = true;
        self
    }

    /// When the last start began (ms since 1970).
    pub fn started_ms(&self) -> f64 {
        let noted = fs::read_to_string(self.path("started")).expect("a start that was noted");
        noted.trim().parse::<f64>().expect("nanoseconds") / 1e6
    }

    fn app(&self) -> PathBuf {
        let Some(program) = &self.program else { return app() };
        program
            .canonicalize()
            .unwrap_or_else(|_| panic!("{} is not built", program.display()))
    }

    /// What the driver starts: the app itself, or a line of shell that notes the time and becomes the app.
    fn launcher(&self, app: &Path) -> PathBuf {
        if !self.timed {
            return app.to_owned();
        }
        let (launcher, noted) = (self.path("launch"), self.path("started"));
        let line = format!(
            "#!/bin/sh\ndate +%s%N > '{}'\nexec '{}' \"$@\"\n",
            noted.display(),
            app.display()
        );
        fs::write(&launcher, line).expect("a launcher");
        let may = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
        fs::set_permissions(&launcher, may).expect("a launcher that may be run");
        launcher
    }

    /// In this language.
    pub fn speaking(mut self, language: Language) -> Self {
        let (locale, language) = match language {
            Language::English => ("en_US.UTF-8", "en_US"),
            Language::Chinese => ("zh_CN.UTF-8", "zh_CN"),
        };
        self.environment.push(("LANG".into(), locale.into()));
        self.environment.push(("LANGUAGE".into(), language.into()));
        self
    }

    /// Under the system's dark theme.
    pub fn in_the_dark(mut self) -> Self {
        self.environment.push(("GTK_THEME".into(), "Adwaita:dark".into()));
        self
    }

    /// Against this service instead of the documented hosts, so that nothing can leave the machine.
    pub fn against(mut self, base: &str) -> Self {
        self.environment.push(("KIE_API_BASE".into(), base.into()));
        self.environment.push(("KIE_UPLOAD_BASE".into(), base.into()));
        self
    }

    /// With a key in the environment.
    pub fn with_key(mut self, key: &str) -> Self {
        self.environment.push(("KIE_API_KEY".into(), key.into()));
        self
    }

    /// With these choices in the settings file, as a former run would have left them.
    pub fn preferring(self, preferences: &Value) -> Self {
        let text = json!({"preferences": preferences}).to_string();
        fs::write(self.data().join("settings.json"), text).expect("a settings file");
        self
    }

    /// With these answers to the system's dialogs, which nothing outside can drive.
    pub fn answering(mut self, answers: &Value) -> Self {
        let path = self.path("dialogs.json");
        fs::write(&path, answers.to_string()).expect("a file of answers");
        self.environment.push(("SHOTBOARD_TEST_DIALOGS".into(), path.into()));
        self
    }

    /// In demo mode from the start.
    pub fn in_demo(self) -> Self {
        self.preferring(&json!({"demo": true}))
    }

    /// The home folder; default save folders lie below it.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path for something that the journey brings along, such as a picture to drop.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The processes that belong to the app: itself, and the web view's own. With their programs.
    pub fn processes(&self) -> Vec<(u32, String)> {
        let app = self.app();
        let own = running(&self.data(), |program| {
            program == app || program.to_string_lossy().contains("WebKit")
        });
        let named = |process: u32| {
            let program = fs::read_link(format!("/proc/{process}/exe")).ok()?;
            Some((process, program.file_name()?.to_string_lossy().into_owned()))
        };
        let all = own.into_iter().filter_map(named);
        all.filter(|(_, program)| program != "WebKitWebDriver").collect()
    }

    /// What the app, the web view and their libraries have said so far.
    pub fn said(&self) -> String {
        fs::read_to_string(self.path("app.log")).unwrap_or_default()
    }

    /// With a keychain that is a file: debug builds of the app take it for the system's.
    pub fn with_keychain(mut self) -> Self {
        let path = format!("file:{}", self.path("keychain").display());
        self.environment.push(("SHOTBOARD_KEYCHAIN".into(), path.into()));
        self
    }

    /// Starts the app and waits until its page is there. It ends when the board is dropped.
    pub async fn open(&self) -> Board {
        let app = self.app();
        // What the app, the web view and their libraries say is read when a journey fails; it would only be noise else.
        let log = self.path("app.log");
        let said = fs::File::create(&log).expect("a log");
        let others = running(&self.data(), |program| program == app);
        let driver = Driver::start(&self.launcher(&app), said, |command| self.dress(command)).await;
        let mut processes = running(&self.data(), |program| program == app).into_iter();
        let process = processes.find(|process| !others.contains(process));
        let process = process.expect("the app runs while its window is open");
        Board::new(&self.name, driver, process, log).await
    }

    fn dress(&self, command: &mut Command) {
        for name in UNSET {
            command.env_remove(name);
        }
        let home = self.home();
        command
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env(DATA_DIR, self.data())
            .env("DISPLAY", self.display.name())
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            // Neither a message bus nor a sound server is there; libraries must not start one that stays behind.
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("PULSE_SERVER", "unix:/dev/null")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // The web view's processes outlive the app by a moment and would write into a home that is being removed.
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let left = running(&self.data(), |_| true);
            if left.is_empty() {
                break;
            }
            left.into_iter().for_each(end);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The app, built beside this test.
fn app() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it lies");
    // target/debug/deps/journeys-… or target/debug/screenshots → target/debug/shotboard
    let mut folder = own.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("a target folder");
    }
    let app = folder.join("shotboard");
    assert!(
        app.exists(),
        "{} is not built: run `cargo xtask test`, or `cargo build` first",
        app.display()
    );
    app.canonicalize()
        .expect("a path without links, as the system names processes")
}

/// Processes with this data directory: the app (`choose` knows its program) and, with the same environment, the driver and
/// the web view's own.
fn running(data: &Path, choose: impl Fn(&Path) -> bool) -> Vec<u32> {
    let wanted = format!("{DATA_DIR}={}", data.display());
    let is_ours = |process: &Path| {
        fs::read_link(process.join("exe")).is_ok_and(|program| choose(&program))
            && fs::read(process.join("environ"))
                .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes()))
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| is_ours(&entry.path()))
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// Ends a process at once. Through the shell's own `kill`, which every system has: a system call of our own would be
/// unsafe code.
pub(crate) fn end(process: u32) {
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -9 {process}")])
        .stderr(Stdio::null())
        .status();
}
