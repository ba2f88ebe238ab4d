//! What is known of a lost answer, in words.

use crate::doubt::verdict::{Fate, Pace};
use crate::doubt::words;
use crate::library::Attempt;
use crate::library::evidence::Beside;
use crate::view::doubt::{BesideView, EvidenceView};
use crate::words::Lang;

/// How much of an answer is shown, in characters.
const FIRST_WORDS: usize = 160;

/// Everything that is known of an attempt whose answer was lost.
pub(crate) fn evidence(
    attempt: &Attempt,
    (beside, total): (Vec<Beside>, u64),
    pace: &Pace,
    lang: Lang,
) -> EvidenceView {
    let lost_at = attempt.answered_at.unwrap_or(attempt.sent_at);
    EvidenceView {
        sent_at: attempt.sent_at,
        key_name: attempt.key_name.clone(),
        price: attempt.price,
        balance_before: attempt.balance_before,
        balance_after: attempt.balance_after,
        balance_at: attempt.after_at,
        answer: answer(attempt.answer.as_deref().unwrap_or_default(), lang),
        watched_until: attempt.verdict.is_none().then_some(lost_at + pace.longest),
        beside: beside.into_iter().map(|other| beside_view(other, lang)).collect(),
        beside_total: total,
    }
}

fn beside_view(other: Beside, lang: Lang) -> BesideView {
    let text = match (other.fate, other.made, other.ended_at) {
        (Fate::Unknown, ..) => lang.pick("outcome unknown too", "结果也未知"),
        (Fate::Sent, ..) => lang.pick("being sent", "正在提交"),
        (Fate::Taken, _, Some(_)) => lang.pick("not made; its credits may come back", "未生成，积分可能退回"),
        (Fate::Taken, true, _) => lang.pick("bought and made", "已购买并生成"),
        (Fate::Taken, false, None) => lang.pick("bought, being made", "已购买，生成中"),
    };
    BesideView {
        id: other.task_id,
        number: other.number,
        text: text.to_owned(),
    }
}

/// What came of the answer: its status and first words, or how it was lost.
fn answer(stored: &str, lang: Lang) -> String {
    if stored.is_empty() || stored == "no answer was noted" {
        return lang
            .pick("None was noted before the app ended.", "应用退出前没有记下任何答复。")
            .to_owned();
    }
    let (detail, status, body) = parts(stored);
    let said = if body.trim().is_empty() {
        how_lost(detail, lang).map_or_else(|| first_words(detail), str::to_owned)
    } else {
        first_words(body)
    };
    match (status, lang) {
        (Some(status), Lang::En) => format!("HTTP {status}: {said}"),
        (Some(status), Lang::Zh) => format!("HTTP {status}：{said}"),
        (None, Lang::En) => format!("None: {said}"),
        (None, Lang::Zh) => format!("没有答复：{said}"),
    }
}

/// How a connection was lost, in a person's words; `None` where the programs' own say more. Those stand in the report.
fn how_lost(detail: &str, lang: Lang) -> Option<&'static str> {
    let detail = detail.to_lowercase();
    let tells = |signs: &[&str]| signs.iter().any(|sign| detail.contains(sign));
    if detail.starts_with("timed out") {
        Some(lang.pick("it did not come in time.", "等待超时。"))
    } else if tells(&[
        "connection closed",
        "reset",
        "broken pipe",
        "incomplete message",
        "unexpected end",
        "unexpected eof",
        "close_notify",
    ]) {
        Some(lang.pick("the connection broke off.", "连接中途断开。"))
    } else {
        None
    }
}

/// `detail; status Some(502); body`, as it is noted.
fn parts(stored: &str) -> (&str, Option<u16>, &str) {
    let Some((detail, rest)) = stored.split_once("; status ") else {
        return (stored, None, "");
    };
    let (status, body) = rest.split_once("; ").unwrap_or((rest, ""));
    let status = status.strip_prefix("Some(").and_then(|text| text.strip_suffix(')'));
    (detail, status.and_then(|text| text.parse().ok()), body)
}

/// The beginning of a text without marks of a web page, in one line.
fn first_words(text: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for c in text.chars().take(4_000) {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                plain.push(' ');
            }
            _ if inside => {}
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(FIRST_WORDS).collect();
    if cut.len() < line.len() { cut + "…" } else { cut }
}

/// What was known when the user decided, for a line of history.
pub(crate) fn known(detail: &serde_json::Value, lang: Lang) -> String {
    let number = |key: &str| detail.get(key).and_then(serde_json::Value::as_f64).map(words::round);
    let mut parts = Vec::new();
    if let (Some(before), Some(after)) = (number("before"), number("after")) {
        parts.push(match lang {
            Lang::En => format!("balance {before} → {after}"),
            Lang::Zh => format!("余额 {before} → {after}"),
        });
    }
    let verdict = detail.get("verdict").cloned().unwrap_or_default();
    if let Ok(verdict) = serde_json::from_value(verdict) {
        parts.push(words::short(lang, verdict).to_owned());
    }
    parts.join(lang.pick(", ", "，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_and_first_words() {
        for (stored, said) in [
            (
                "the edge answered; status Some(502); <html><title>Bad gateway</title>\n<body>Ray <b>7</b></body>",
                "HTTP 502: Bad gateway Ray 7",
            ),
            ("no task id; status Some(200); ", "HTTP 200: no task id"),
            ("connection reset; status None; ", "None: the connection broke off."),
            (
                "timed out: error sending request: operation timed out; status None; ",
                "None: it did not come in time.",
            ),
            ("no answer was noted", "None was noted before the app ended."),
            ("", "None was noted before the app ended."),
            ("odd", "None: odd"),
            ("x; status", "None: x; status"),
        ] {
            assert_eq!(answer(stored, Lang::En), said);
        }
        let closed = "error sending request: connection closed before message completed; status None; ";
        assert_eq!(answer(closed, Lang::Zh), "没有答复：连接中途断开。");
        let long = format!("d; status Some(500); {}", "长".repeat(500));
        assert_eq!(
            answer(&long, Lang::En).chars().count(),
            "HTTP 500: ".len() + FIRST_WORDS + 1
        );
    }
}
