//! Everything that is written to the terminal, without secrets. Standard output carries results; all else goes to
//! standard error.

use std::io::Write as _;

use engine::secrets::scrub;
use engine::view::{TaskReport, TroubleView};
use engine::words::Lang;
use serde::Serialize;

use crate::args::Args;

pub(crate) struct Say {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
}

impl Say {
    pub(crate) fn new(args: &Args) -> Self {
        let lang = match args.lang.as_deref() {
            Some("zh") => Lang::Zh,
            Some(_) => Lang::En,
            None => Lang::from_locale(&sys_locale::get_locale().unwrap_or_default()),
        };
        Self { lang, json: args.json }
    }

    /// One of two sentences.
    pub(crate) fn pick(&self, en: impl Into<String>, zh: impl Into<String>) -> String {
        if self.lang == Lang::En { en.into() } else { zh.into() }
    }

    /// Something went wrong.
    pub(crate) fn error(&self, text: &str) {
        self.note(&format!(
            "{}{text}",
            self.lang.pick("shotboard-cli: ", "shotboard-cli：")
        ));
    }

    /// Something went wrong: every sentence that the table has for it, and its code.
    pub(crate) fn told(&self, trouble: &TroubleView) {
        self.error(&format!("{} [{}]", trouble.cause, trouble.code));
        self.sentences(trouble);
    }

    /// What happened to the money, what to do, and whether it goes on by itself, each on a line of its own.
    pub(crate) fn sentences(&self, trouble: &TroubleView) {
        for sentence in [&trouble.money, &trouble.next, &trouble.by_itself] {
            self.note(&format!("  {sentence}"));
        }
    }

    /// Something to know, for a person.
    pub(crate) fn note(&self, text: &str) {
        // Nobody may be listening (a closed pipe, a full disk): what was bought goes on all the same.
        let _ = writeln!(std::io::stderr(), "{}", scrub(text));
    }

    /// A line of the result, for a person; nothing with `--json`.
    pub(crate) fn line(&self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stdout(), "{}", scrub(text));
        }
    }

    /// An object of the result; nothing without `--json`.
    pub(crate) fn object(&self, value: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(value)
        {
            let _ = writeln!(std::io::stdout(), "{}", scrub(&text));
        }
    }

    /// A state for a person.
    pub(crate) fn state(&self, state: &str) -> String {
        let words = match state {
            "draft" => ("draft", "草稿"),
            "queued" => ("queued", "排队中"),
            "preparing" => ("preparing", "准备中"),
            "submitting" => ("submitting", "提交中"),
            "generating" => ("generating", "生成中"),
            "saving" => ("saving", "下载中"),
            "done" => ("done", "已完成"),
            "failed" => ("failed", "失败"),
            "unconfirmed" => ("outcome unknown", "结果未知"),
            "timedOut" => ("taking long", "耗时过长"),
            "saveFailed" => ("not saved", "未保存"),
            "cancelled" => ("cancelled", "已取消"),
            other => (other, other),
        };
        self.lang.pick(words.0, words.1).to_owned()
    }

    /// One task of the result.
    pub(crate) fn report(&self, task: &TaskReport) {
        self.object(task);
        let rest = task.error.as_deref().or(task.local_path.as_deref()).unwrap_or_default();
        self.line(format!("{}  {}  {rest}", task.number, self.state(&task.state)).trim_end());
    }
}
