//! The sentences of notices and of the tray, in both languages. No prompt is in them: they appear on locked screens.

use engine::view::watch::RunReport;
use engine::words::Lang;

use super::tell::Notice;

/// A notice's title and text.
pub(super) fn notice(notice: &Notice, lang: Lang) -> (String, String) {
    match notice {
        Notice::Stopped => (
            lang.pick("Shotboard has paused", "Shotboard 已暂停").to_owned(),
            lang.pick(
                "Nothing more is ordered until you have looked. Nothing is lost.",
                "在你查看之前不会再下单，已有的任务不会丢失。",
            )
            .to_owned(),
        ),
        Notice::NeedsYou(1) => (
            lang.pick("One task needs you", "有 1 个任务需要处理").to_owned(),
            everything_else(lang),
        ),
        Notice::NeedsYou(count) => (
            match lang {
                Lang::En => format!("{count} tasks need you"),
                Lang::Zh => format!("有 {count} 个任务需要处理"),
            },
            everything_else(lang),
        ),
        Notice::Ended(runs) => match runs.as_slice() {
            [run] => (how_it_ended(run, lang), came_to(runs, lang)),
            runs => (
                match lang {
                    Lang::En => format!("{} batches have ended", runs.len()),
                    Lang::Zh => format!("{} 个批次已结束", runs.len()),
                },
                came_to(runs, lang),
            ),
        },
    }
}

fn everything_else(lang: Lang) -> String {
    lang.pick("Everything else goes on.", "其他任务照常进行。").to_owned()
}

fn sum(runs: &[RunReport], of: impl Fn(&RunReport) -> u64) -> u64 {
    runs.iter().map(of).sum()
}

/// A run that leaves something waiting is not done: the money for the rest is the user's word.
fn how_it_ended(run: &RunReport, lang: Lang) -> String {
    let name = &run.batch_name;
    match (run.at_limit > 0, run.held > 0, lang) {
        (true, _, Lang::En) => format!("“{name}” stopped at its limit"),
        (true, _, Lang::Zh) => format!("“{name}”已到花费上限"),
        (_, true, Lang::En) => format!("The first of “{name}” are done"),
        (_, true, Lang::Zh) => format!("“{name}”的试做已完成"),
        (_, _, Lang::En) => format!("“{name}” is done"),
        (_, _, Lang::Zh) => format!("“{name}”已完成"),
    }
}

fn came_to(runs: &[RunReport], lang: Lang) -> String {
    let saved = match (lang, sum(runs, |run| run.saved)) {
        (Lang::En, 0) => "Nothing was saved.".to_owned(),
        (Lang::En, 1) => "One video saved.".to_owned(),
        (Lang::En, count) => format!("{count} videos saved."),
        (Lang::Zh, 0) => "没有视频保存下来。".to_owned(),
        (Lang::Zh, count) => format!("已保存 {count} 个视频。"),
    };
    let needs_you = match (lang, sum(runs, |run| run.needs_you)) {
        (_, 0) => String::new(),
        (Lang::En, 1) => " One task needs you.".to_owned(),
        (Lang::En, count) => format!(" {count} tasks need you."),
        (Lang::Zh, count) => format!("{count} 个任务需要处理。"),
    };
    let wait = match (lang, sum(runs, |run| run.at_limit + run.held)) {
        (_, 0) => String::new(),
        (Lang::En, 1) => " One waits and is not bought.".to_owned(),
        (Lang::En, count) => format!(" {count} wait and are not bought."),
        (Lang::Zh, count) => format!("还有 {count} 个在等待，未产生费用。"),
    };
    format!("{saved}{needs_you}{wait}")
}

/// What the tray's menu says.
pub(super) struct TrayWords {
    pub(super) show: &'static str,
    pub(super) pause: &'static str,
    pub(super) quit: &'static str,
}

/// The tray's menu. `buying`: what waits is being ordered.
pub(super) fn tray(buying: bool, lang: Lang) -> TrayWords {
    TrayWords {
        show: lang.pick("Show Shotboard", "显示 Shotboard"),
        pause: if buying {
            lang.pick("Pause", "暂停")
        } else {
            lang.pick("Go on", "继续")
        },
        quit: lang.pick("Quit", "退出"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_what_came_of_it_in_the_users_language() {
        let run = |saved, needs_you| RunReport {
            batch_name: "雨夜".into(),
            saved,
            needs_you,
            ..RunReport::default()
        };
        let said = |told: Notice, lang| {
            let (title, text) = notice(&told, lang);
            format!("{title}|{text}")
        };
        let one = Notice::Ended(vec![run(46, 2)]);
        assert_eq!(
            said(one.clone(), Lang::En),
            "“雨夜” is done|46 videos saved. 2 tasks need you."
        );
        assert_eq!(said(one, Lang::Zh), "“雨夜”已完成|已保存 46 个视频。2 个任务需要处理。");
        let two = Notice::Ended(vec![run(1, 0), run(0, 0)]);
        assert_eq!(said(two, Lang::En), "2 batches have ended|One video saved.");
        let waits = |held, at_limit| {
            Notice::Ended(vec![RunReport {
                held,
                at_limit,
                ..run(3, 0)
            }])
        };
        assert_eq!(
            said(waits(0, 12), Lang::En),
            "“雨夜” stopped at its limit|3 videos saved. 12 wait and are not bought."
        );
        assert_eq!(
            said(waits(0, 12), Lang::Zh),
            "“雨夜”已到花费上限|已保存 3 个视频。还有 12 个在等待，未产生费用。"
        );
        assert_eq!(
            said(waits(1, 0), Lang::En),
            "The first of “雨夜” are done|3 videos saved. One waits and is not bought."
        );
        assert!(said(waits(9, 0), Lang::Zh).starts_with("“雨夜”的试做已完成|"));
        assert_eq!(
            said(Notice::NeedsYou(1), Lang::En),
            "One task needs you|Everything else goes on."
        );
        assert!(said(Notice::Stopped, Lang::Zh).starts_with("Shotboard 已暂停|"));
    }
}
