//! From rows to what a person sees of them.

pub(crate) mod evidence;

use std::path::Path;

use serde_json::Value;

use crate::engine::core::{Core, locked};
use crate::library::query::{CardRow, lane_of};
use crate::library::{Attempt, Event, KeptImage};
use crate::save::LINK_MS;
use crate::task::State;
use crate::timing::Kind;
use crate::trouble::rows::buying;
use crate::trouble::{Told, Trouble};
use crate::view::watch::UsualView;
use crate::view::{Action, AttemptView, EventView, ImageRef, ImageView, TaskCard, TaskReport, TroubleView};
use crate::words::Lang;

/// A card for the board.
pub(crate) fn card(core: &Core, row: CardRow, kept: impl Fn(&str) -> Option<KeptImage>, lang: Lang) -> TaskCard {
    let actions = offered(core, &row);
    let CardRow {
        task,
        take,
        sent_at,
        variant_of,
        held,
        ..
    } = row;
    let state = task.state().ok();
    let max_polls = core.preferences().max_polls;
    let bytes = locked(&core.saving)
        .get(&task.id)
        .copied()
        .filter(|_| state == Some(State::Saving));
    let images = task
        .fields
        .images
        .iter()
        .map(|image| image_view(image, &kept))
        .collect();
    let usual = Some(&task.fields)
        .filter(|_| state == Some(State::Generating))
        .and_then(Kind::of_fields)
        .and_then(|kind| core.timing.usual(kind));
    let saved = take.as_ref().filter(|take| take.saved_at.is_some());
    let unsaved = take.as_ref().filter(|take| take.saved_at.is_none());
    let unsaved = unsaved.filter(|_| matches!(state, Some(State::Saving | State::SaveFailed)));
    // Why it waits is told until it goes on.
    let why = task.trouble.as_ref().filter(|_| bytes.is_none());
    TaskCard {
        progress: progress(state, task.polls),
        lane: lane_of(&task.state_text),
        trouble: trouble(&task.state_text, state, why, lang),
        actions,
        images,
        variant_of,
        held: held && matches!(state, Some(State::Draft | State::Queued)),
        stopped: !held && state == Some(State::Queued) && task.session.as_deref() != Some(core.session.as_str()),
        state,
        polls: task.polls,
        max_polls,
        started_at: task.started_at,
        finished_at: task.finished_at,
        sent_at: sent_at.filter(|_| state == Some(State::Unconfirmed)),
        usual: usual.map(|usual| UsualView {
            from_ms: usual.from_ms,
            to_ms: usual.to_ms,
        }),
        bytes_done: bytes.map(|(done, _)| done),
        bytes_total: bytes.and_then(|(_, total)| total),
        link_until: unsaved.map(|take| take.linked_at.saturating_add(LINK_MS)),
        price: task.price,
        file_name: saved.and_then(|take| take.file_name.clone()),
        poster: take.as_ref().filter(|take| take.poster).map(|take| take.id.clone()),
        clip_ms: saved.and_then(|take| take.clip_ms),
        rating: saved.map_or(0, |take| take.marks.rating),
        rejected: saved.is_some_and(|take| take.marks.rejected),
        tags: saved.map(|take| take.marks.tags.clone()).unwrap_or_default(),
        demo: core.demo,
        changed_at: task.updated_at,
        revision: task.revision,
        id: task.id,
        batch_id: task.batch_id,
        number: task.number,
        fields: task.fields,
    }
}

/// What may be done with a card now, the likeliest first.
pub(crate) fn offered(core: &Core, row: &CardRow) -> Vec<Action> {
    actions(
        row.task.state().ok(),
        row.task.trouble.as_ref(),
        row.outcome.as_deref(),
        row.service_id.is_some(),
        row.task.session.as_deref() == Some(core.session.as_str()),
    )
}

fn image_view(image: &ImageRef, kept: impl Fn(&str) -> Option<KeptImage>) -> ImageView {
    match image {
        ImageRef::Kept { hash, name } => {
            let known = kept(hash);
            ImageView {
                image: image.clone(),
                name: name.clone(),
                width: known.as_ref().map(|image| image.width),
                height: known.as_ref().map(|image| image.height),
            }
        }
        ImageRef::Link { url } => {
            let last = url
                .split(['?', '#'])
                .next()
                .unwrap_or(url)
                .rsplit('/')
                .find(|part| !part.is_empty());
            ImageView {
                image: image.clone(),
                name: last.unwrap_or(url).to_owned(),
                width: None,
                height: None,
            }
        }
    }
}

/// Progress as it is documented to be shown: the rule of the design, 95 while saving, 100 in place.
pub(crate) fn progress(state: Option<State>, polls: u32) -> u8 {
    match state {
        Some(State::Preparing) => 5,
        Some(State::Submitting) => 10,
        Some(State::Generating | State::TimedOut) => {
            u8::try_from(polls.saturating_mul(2).saturating_add(15).min(90)).unwrap_or(90)
        }
        Some(State::Saving | State::SaveFailed) => 95,
        Some(State::Done) => 100,
        _ => 0,
    }
}

fn trouble(text: &str, state: Option<State>, trouble: Option<&Trouble>, lang: Lang) -> Option<TroubleView> {
    if state.is_none() {
        return Some(Told::new(&buying::UNKNOWN_STATE).with("state", text).view(lang));
    }
    trouble.map(|trouble| trouble.say(lang))
}

fn actions(
    state: Option<State>,
    trouble: Option<&Trouble>,
    outcome: Option<&str>,
    has_id: bool,
    asked_for: bool,
) -> Vec<Action> {
    use Action as A;
    let Some(state) = state else { return vec![] };
    match state {
        State::Draft if trouble.is_some() => vec![A::Edit, A::Delete],
        State::Draft => vec![A::Start, A::Edit, A::Delete],
        // To be submitted again: the doubt about the first try is not edited away.
        State::Queued if outcome == Some("unknown") => vec![A::Unqueue],
        State::Queued if asked_for => vec![A::Unqueue, A::Edit, A::Cancel, A::Delete],
        State::Queued => vec![A::Start, A::Edit, A::Unqueue, A::Delete],
        State::Preparing => vec![A::Cancel],
        State::Submitting | State::Saving => vec![],
        State::Generating | State::TimedOut => vec![A::CheckNow, A::StopWatching],
        State::Done => vec![A::Play, A::Reveal, A::OpenPlayer, A::SaveAgain],
        State::Failed => match trouble {
            Some(Trouble::Forgotten { .. }) => vec![A::WatchAgain, A::Retry, A::Edit, A::Delete],
            // The same request may work the next time; one that moderation turned away will not.
            Some(trouble) if !trouble.wants_another_request() => vec![A::Retry, A::Edit, A::Delete],
            _ => vec![A::Edit, A::Retry, A::Delete],
        },
        State::Unconfirmed => vec![A::Attach, A::SubmitAgain, A::Dismiss],
        State::SaveFailed => vec![A::SaveAgain],
        State::Cancelled if outcome == Some("notMade") => vec![A::Start, A::Edit, A::Delete],
        State::Cancelled if outcome == Some("forgotten") => vec![A::WatchAgain, A::Start, A::Edit, A::Delete],
        State::Cancelled if has_id => vec![A::WatchAgain],
        State::Cancelled if matches!(outcome, Some("unknown" | "sent")) => vec![A::Attach],
        State::Cancelled => vec![A::Start, A::Edit, A::Delete],
    }
}

/// A task as a script hears of it.
pub(crate) fn report(row: CardRow, lang: Lang) -> TaskReport {
    let saved = row.take.as_ref().filter(|take| take.saved_at.is_some());
    let path = saved.and_then(|take| Some(Path::new(take.folder.as_ref()?).join(take.file_name.as_ref()?)));
    TaskReport {
        error: row.task.trouble.as_ref().map(|trouble| trouble.line(lang)),
        task_id: row.service_id,
        local_path: path.map(|path| path.to_string_lossy().into_owned()),
        remote_url: row.take.map(|take| take.remote_url),
        state: row.task.state_text,
        number: row.task.number,
        id: row.task.id,
    }
}

/// One attempt in words.
pub(crate) fn attempt(attempt: &Attempt, lang: Lang) -> AttemptView {
    let outcome = match attempt.outcome.as_str() {
        "sent" => lang.pick("Sent, no answer yet", "已发送，等待答复"),
        "accepted" => lang.pick("Accepted", "已接受"),
        "refused" => lang.pick("Refused, not bought", "被拒绝，未扣费"),
        "notAccepted" => lang.pick("Not taken, not bought", "未被接收，未扣费"),
        "unknown" => lang.pick("Outcome unknown", "结果未知"),
        "attached" => lang.pick("Task ID attached by you", "由你填入任务 ID"),
        "notMade" => lang.pick("Accepted, no video was made", "已接受，未生成视频"),
        "forgotten" => lang.pick("Accepted, unknown to the service now", "已接受，服务端已查不到"),
        other => other,
    };
    AttemptView {
        ordinal: attempt.ordinal,
        sent_at: attempt.sent_at,
        service_id: attempt.service_id.clone(),
        key_name: attempt.key_name.clone(),
        price: attempt.price,
        balance_before: attempt.balance_before,
        balance_after: attempt.balance_after,
        outcome: outcome.to_owned(),
    }
}

/// One line of history in words.
pub(crate) fn event(event: &Event, lang: Lang) -> EventView {
    let text = |key: &str| {
        event
            .detail
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let number = |key: &str| event.detail.get(key).and_then(Value::as_f64);
    let plain = |en: &str, zh: &str| lang.pick(en, zh).to_owned();
    let with = |en: &str, zh: &str, rest: String| {
        if rest.is_empty() {
            plain(en, zh)
        } else {
            format!("{} · {rest}", lang.pick(en, zh))
        }
    };
    let credits = |n: f64| match lang {
        Lang::En => format!("{n} credits"),
        Lang::Zh => format!("{n} 积分"),
    };
    let words = match event.kind.as_str() {
        "added" => plain("Added", "已添加"),
        "edited" => plain("Edited", "已修改"),
        "deleted" => plain("Deleted", "已删除"),
        "restored" => plain("Put back", "已恢复"),
        "enqueue" => plain("Queued", "进入队列"),
        "unqueue" => plain("Taken out of the queue", "移出队列"),
        "cancel" => plain("Cancelled", "已取消"),
        "prepare" => plain("Its turn", "开始处理"),
        "prepareFailed" => plain("Could not be sent", "无法提交"),
        "putBack" => plain("Back in the queue", "放回队列"),
        "intend" => with("Submitted", "已提交", number("price").map(credits).unwrap_or_default()),
        "accept" => with("Accepted · task", "已接受 · 任务", text("id")),
        "refuse" => with("Refused", "被拒绝", text("answer")),
        "postpone" => with("Not taken; later again", "未被接收，稍后再试", text("answer")),
        "loseReply" => with("The answer was lost", "答复丢失", text("answer")),
        "balance" => with(
            "Balance afterwards",
            "之后的余额",
            number("after").map(|n| n.to_string()).unwrap_or_default(),
        ),
        "verdict" => with("The balance says", "余额表明", evidence::known(&event.detail, lang)),
        "submitAgain" => with(
            "You asked to submit it again",
            "你要求重新提交",
            evidence::known(&event.detail, lang),
        ),
        "attach" if text("by") == "record" => with("Found again in the purchase record", "从购买记录找回", text("id")),
        "attach" => match text("checked").as_str() {
            "differs" => with(
                "You attached the task ID, though it does not match",
                "你填入了任务 ID（与请求不符）",
                text("id"),
            ),
            "unchecked" => with(
                "You attached the task ID, unchecked",
                "你填入了任务 ID（未核对）",
                text("id"),
            ),
            _ => with("You attached the task ID", "你填入了任务 ID", text("id")),
        },
        "dismiss" => with("You gave it up", "你放弃了它", evidence::known(&event.detail, lang)),
        "generated" => plain("Generated", "生成完成"),
        "generationFailed" => with("Not generated", "生成失败", text("service")),
        "timeOut" => plain("Taking long; checked now and then", "耗时过长，改为低频查询"),
        "watchAgain" => plain("Watched again", "重新跟踪"),
        "stopWatching" => plain("You stopped watching it", "你停止了跟踪"),
        "saved" => with("Saved", "已保存", text("file")),
        "savingFailed" => plain("Not saved", "保存失败"),
        "renamed" => with("Renamed", "已改名", text("file")),
        "found" => with("Its file was found again", "已重新找到文件", text("file")),
        "saveAgain" => plain("Saving again", "再次保存"),
        "retry" => plain("You asked to try again", "你要求重试"),
        "revise" => plain("Opened for editing", "开始修改"),
        "doubt" => plain("The earlier outcome is still unknown", "之前的结果仍然未知"),
        "loseTrack" => plain(
            "The library was put back; what happened since is not known",
            "任务库已恢复，之后的情况未知",
        ),
        "foundAgain" => plain("The card was found again", "卡片已找回"),
        other => other.to_owned(),
    };
    EventView {
        at: event.at,
        text: words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_follows_the_seed_rule() {
        for (polls, expected) in [(0, 15), (1, 17), (7, 29), (37, 89), (38, 90), (120, 90), (u32::MAX, 90)] {
            assert_eq!(progress(Some(State::Generating), polls), expected, "{polls}");
        }
        assert_eq!(progress(Some(State::Saving), 9), 95);
        assert_eq!(progress(Some(State::Done), 9), 100);
        assert_eq!(progress(None, 9), 0);
    }

    #[test]
    fn nothing_that_may_be_bought_offers_to_be_bought_without_a_question() {
        for (state, outcome, has_id) in [
            (State::Generating, Some("accepted"), true),
            (State::Saving, Some("accepted"), true),
            (State::SaveFailed, Some("accepted"), true),
            (State::TimedOut, Some("accepted"), true),
            (State::Done, Some("accepted"), true),
            (State::Cancelled, Some("accepted"), true),
            (State::Cancelled, Some("unknown"), false),
        ] {
            let offered = actions(Some(state), None, outcome, has_id, true);
            for bought in [Action::Start, Action::Retry, Action::SubmitAgain] {
                assert!(!offered.contains(&bought), "{state} offers {bought:?}");
            }
        }
    }
}
