//! The report that a person copies and sends along when something is wrong: plain text, without secrets.
//!
//! It names tasks by number and says what happened to them; prompts are left out unless they are asked for. It is put
//! together here and shown before it is copied; nothing sends it anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{FOLDER, clean, tail, with_home_as_tilde};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::limit::GENERATIONS;
use crate::trouble::Told;
use crate::view::TroubleView;
use crate::view::settings::Preferences;
use crate::words::Lang;

/// Events of a task that are told.
pub(crate) const EVENTS: u32 = 20;
/// Lines of the log that are told.
const LOG_LINES: usize = 100;
/// The longest line of a report, in characters: an answer of a service may be long.
const WIDEST: usize = 400;

/// What only the one who asks knows: the program and the system around it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The program and its version.
    pub version: String,
    /// Names and values: system, web view, language, display.
    pub facts: Vec<(String, String)>,
    /// The data directory; the log lies in there.
    pub data_dir: Option<PathBuf>,
    /// What the user chose.
    pub preferences: Preferences,
    /// Where the key comes from and how many there are; never a key.
    pub keys: String,
}

/// What the report is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// A task, by the app's own id.
    pub task: Option<String>,
    /// With its prompt: only where the user says so.
    pub with_prompt: bool,
    /// What was being told when the report was asked for: a banner, a message.
    pub shown: Option<String>,
}

/// What the library knows, for a report.
#[derive(Debug)]
pub(crate) struct Known {
    /// Cards by state, and attempts by outcome.
    pub(crate) states: Vec<(String, u64)>,
    pub(crate) outcomes: Vec<(String, u64)>,
    pub(crate) batches: usize,
    /// Paid requests sent within the window of the limit.
    pub(crate) sent_lately: usize,
    pub(crate) queue: crate::view::QueueView,
    /// Since when the service has not answered (ms).
    pub(crate) silent_since: Option<i64>,
    pub(crate) task: Option<KnownTask>,
    pub(crate) now: i64,
}

/// What it knows of the task that the report is about.
#[derive(Debug)]
pub(crate) struct KnownTask {
    pub(crate) number: String,
    pub(crate) state: String,
    pub(crate) prompt: String,
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) polls: u32,
    pub(crate) trouble: Option<Told>,
    pub(crate) attempts: Vec<crate::view::AttemptView>,
    pub(crate) events: Vec<(i64, String, String)>,
}

/// The report of an open engine.
///
/// # Errors
/// The library's; [`Error::NotFound`] where there is no such task.
pub async fn report(engine: &Engine, around: &Surroundings, about: &About, lang: Lang) -> Result<String> {
    let known = engine.known(about.task.clone(), lang).await?;
    let around = around.clone();
    let about = about.clone();
    tokio::task::spawn_blocking(move || whole(&around, &about, Ok(&known), lang))
        .await
        .map_err(|_| Error::Closing)
}

/// The report where the library could not be opened, and why.
pub fn report_without_library(around: &Surroundings, about: &About, why: &TroubleView, lang: Lang) -> String {
    whole(around, about, Err(why), lang)
}

fn whole(around: &Surroundings, about: &About, known: Result<&Known, &TroubleView>, lang: Lang) -> String {
    let mut page = Page::new(lang);
    let now = known.map_or_else(|_| jiff::Timestamp::now().as_millisecond(), |known| known.now);
    let head = lang.pick("Shotboard report", "Shotboard 报告");
    page.text(&format!("{head} · {}", time(now)));
    page.fact(["Version", "版本"], &around.version);
    for (name, value) in &around.facts {
        page.fact([name, name], value);
    }
    let directory = around.data_dir.as_deref().map(Path::to_string_lossy);
    page.fact(["Data", "数据目录"], directory.as_deref().unwrap_or("?"));
    if let Some(shown) = &about.shown {
        page.part(["What was shown", "当时的提示"]);
        page.text(shown);
    }
    page.part(["Settings", "设置"]);
    if let Ok(Value::Object(all)) = serde_json::to_value(&around.preferences) {
        for (name, value) in all {
            page.fact([&name, &name], &short(&value));
        }
    }
    page.fact(["key", "key"], &around.keys);
    match known {
        Ok(known) => library(&mut page, known, about),
        Err(why) => {
            page.part(["The library is not open", "任务库未打开"]);
            page.trouble(why);
        }
    }
    page.part(["Log, last lines", "日志末尾"]);
    let folder = around.data_dir.as_deref().map(|directory| directory.join(FOLDER));
    for line in folder.map(|folder| tail(&folder, LOG_LINES)).unwrap_or_default() {
        page.text(&line);
    }
    let prompt = known
        .ok()
        .and_then(|known| known.task.as_ref())
        .map(|task| &task.prompt);
    page.done(prompt.filter(|_| !about.with_prompt))
}

fn library(page: &mut Page, known: &Known, about: &About) {
    let queue = &known.queue;
    page.part(["Queue", "队列"]);
    let state = match (&queue.paused_by, queue.running) {
        (Some(trouble), _) => match page.lang {
            Lang::En => format!("paused by the app ({})", trouble.code),
            Lang::Zh => format!("应用已暂停（{}）", trouble.code),
        },
        (None, true) => page.lang.pick("running", "运行中").to_owned(),
        (None, false) => page.lang.pick("stopped", "已停止").to_owned(),
    };
    page.fact(["State", "状态"], &state);
    page.fact(["Waiting", "等待中"], &queue.queued.to_string());
    page.fact(["In flight", "进行中"], &queue.in_flight.to_string());
    let balance = queue.balance.map(|credits| match queue.balance_at {
        Some(at) => format!("{credits} · {}", time(at)),
        None => credits.to_string(),
    });
    page.fact(["Balance", "余额"], balance.as_deref().unwrap_or("?"));
    if let Some(since) = known.silent_since {
        page.fact(["No answer since", "服务无应答自"], &time(since));
    }
    let (most, window) = GENERATIONS;
    let limit = format!("{} / {most} ({} s)", known.sent_lately, window.as_secs_f64());
    page.fact(["Paid requests lately", "近期付费请求"], &limit);
    page.part(["Library", "任务库"]);
    page.fact(["Batches", "批次"], &known.batches.to_string());
    page.fact(["Tasks", "任务"], &counts(&known.states));
    page.fact(["Attempts", "购买记录"], &counts(&known.outcomes));
    if let Some(task) = &known.task {
        of_task(page, task, about);
    }
}

fn of_task(page: &mut Page, task: &KnownTask, about: &About) {
    let (en, zh) = (format!("Task {}", task.number), format!("任务 {}", task.number));
    page.part([&en, &zh]);
    page.fact(["State", "状态"], &task.state);
    page.fact(["Checks", "查询次数"], &task.polls.to_string());
    for (name, value) in &task.fields {
        page.fact([name, name], &short(value));
    }
    if about.with_prompt {
        page.fact(["Prompt", "提示词"], &task.prompt);
    }
    if let Some(trouble) = &task.trouble {
        page.trouble(&trouble.view(page.lang));
    }
    for attempt in &task.attempts {
        let parts = [
            Some(attempt.outcome.clone()),
            Some(time(attempt.sent_at)),
            attempt.service_id.clone(),
            attempt.price.map(|price| format!("{price} credits")),
            attempt.balance_before.map(|before| {
                format!(
                    "balance {before} → {}",
                    attempt.balance_after.map_or("?".into(), |n| n.to_string())
                )
            }),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        let (en, zh) = (
            format!("Attempt {}", attempt.ordinal),
            format!("第 {} 次购买", attempt.ordinal),
        );
        page.fact([&en, &zh], &said.join(" · "));
    }
    for (at, kind, said) in &task.events {
        page.text(&format!("{} {kind}: {said}", time(*at)));
    }
}

/// A report as it grows.
struct Page {
    text: String,
    lang: Lang,
}

impl Page {
    fn new(lang: Lang) -> Self {
        let text = String::with_capacity(16 << 10);
        Self { text, lang }
    }

    fn text(&mut self, line: &str) {
        let indent = if line.starts_with("  ") { "  " } else { "" };
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut short: String = line.chars().take(WIDEST).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        let _ = writeln!(self.text, "{indent}{short}");
    }

    fn part(&mut self, [en, zh]: [&str; 2]) {
        let _ = writeln!(self.text, "\n== {} ==", self.lang.pick(en, zh));
    }

    fn fact(&mut self, [en, zh]: [&str; 2], value: &str) {
        let name = self.lang.pick(en, zh);
        let colon = if name.is_ascii() { ": " } else { "：" };
        self.text(&format!("{name}{colon}{value}"));
    }

    fn trouble(&mut self, trouble: &TroubleView) {
        self.text(&format!("[{}] {}", trouble.code, trouble.title));
        for sentence in [&trouble.cause, &trouble.money, &trouble.next, &trouble.by_itself] {
            self.text(&format!("  {sentence}"));
        }
        if let Some(service) = &trouble.service {
            self.text(&format!("  “{service}”"));
        }
    }

    /// The whole, without secrets and without the name of the home folder. `prompt`: what is to be left out wherever
    /// it may have got in, as in the words of a service that repeats it.
    fn done(self, prompt: Option<&String>) -> String {
        const SHORTEST: usize = 6;
        let mut text = self.text;
        let prompt = prompt.map(|prompt| prompt.split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(prompt) = prompt.filter(|prompt| prompt.chars().count() >= SHORTEST) {
            text = text.replace(&prompt, self.lang.pick("[prompt]", "［提示词］"));
        }
        with_home_as_tilde(&clean(&text), dirs::home_dir().as_deref())
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn counts(all: &[(String, u64)]) -> String {
    let said: Vec<String> = all.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if said.is_empty() {
        "0".to_owned()
    } else {
        said.join(", ")
    }
}

fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| format!("{at:.3}"))
}

#[cfg(test)]
mod tests;
