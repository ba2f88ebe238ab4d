//! Every trouble speaks, in both languages, and says what happened to the money.

use super::*;

pub(crate) fn all() -> Vec<Trouble> {
    let s = || "in their words".to_owned();
    let mut all = vec![
        Trouble::Request {
            en: "No prompt.".into(),
            zh: "没有提示词。".into(),
            code: "no-prompt".into(),
        },
        Trouble::ImageRefused {
            name: "a.png".into(),
            service: s(),
        },
        Trouble::Refused {
            code: 422,
            service: s(),
        },
        Trouble::GenerationFailed {
            code: Some(500),
            service: s(),
        },
        Trouble::Forgotten { service: s() },
        Trouble::LostReply {
            detail: s(),
            service: s(),
            before: Some(5976.0),
            after: Some(5916.0),
            verdict: None,
        },
        Trouble::Interrupted {
            sent_at: 0,
            before: None,
            after: None,
            verdict: None,
        },
        Trouble::TimedOut { polls: 120 },
        Trouble::Stopped,
        Trouble::Dismissed,
        Trouble::LostTrack {
            since: 1_790_000_000_000,
        },
        Trouble::LostTrack { since: 0 },
        Trouble::LibraryDamaged,
        Trouble::RecordUnwritable,
        Trouble::DayLimit {
            limit: 500.0,
            spent: 480.0,
        },
        Trouble::LimitUnpriced { number: "7".into() },
        Trouble::Repeated {
            times: 5,
            en: "Refused".into(),
            zh: "被拒绝".into(),
            service: s(),
        },
        Trouble::NoKey,
        Trouble::KeyLocked {
            name: "Studio".into(),
            gone: true,
        },
        Trouble::KeyLocked {
            name: "Studio".into(),
            gone: false,
        },
    ];
    for why in [
        AccountProblem::BadKey,
        AccountProblem::NoCredits,
        AccountProblem::Edge,
        AccountProblem::FeatureOff,
    ] {
        all.push(Trouble::Account { why, service: s() });
    }
    for problem in [
        SavingProblem::LinkExpired { until: Some(0) },
        SavingProblem::LinkExpired { until: None },
        SavingProblem::BadCertificate { detail: s() },
        SavingProblem::Network { detail: s() },
        SavingProblem::NotAVideo { found: "<html>".into() },
        SavingProblem::Broken { en: s(), zh: s() },
        SavingProblem::DiskFull {
            missing: Some(18_400_000),
        },
        SavingProblem::FolderMissing { path: s() },
        SavingProblem::FolderReadOnly { path: s() },
        SavingProblem::NoFolder,
        SavingProblem::Forbidden { detail: s() },
        SavingProblem::TooLarge { bytes: 5_000_000_000 },
        SavingProblem::Disk { detail: s() },
    ] {
        all.push(Trouble::Saving { problem });
    }
    all
}

#[test]
fn every_trouble_says_cause_money_next_and_what_goes_on_in_both_languages() {
    for trouble in all() {
        for lang in [Lang::En, Lang::Zh] {
            let said = trouble.say(lang);
            for part in [&said.title, &said.cause, &said.money, &said.next, &said.by_itself] {
                assert!(!part.trim().is_empty(), "{trouble:?}");
                assert!(!part.contains(['{', '}']), "{trouble:?}: {part}");
            }
            let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(chinese(&said.title), lang == Lang::Zh, "{}", said.title);
            assert_eq!(chinese(&said.money), lang == Lang::Zh, "{}", said.money);
        }
    }
}

#[test]
fn troubles_survive_the_library() {
    for trouble in all() {
        let stored = serde_json::to_string(&trouble).unwrap();
        assert_eq!(serde_json::from_str::<Trouble>(&stored).unwrap(), trouble, "{stored}");
    }
}

#[test]
fn the_balance_is_evidence_and_is_told_as_likely() {
    use crate::doubt::verdict::{Verdict, Why};
    let said = |after, verdict| {
        let lost = Trouble::LostReply {
            detail: String::new(),
            service: String::new(),
            before: Some(5976.0),
            after,
            verdict,
        };
        lost.say(Lang::En).money
    };
    let (bought, not_bought) = (Some(Verdict::LikelyBought), Some(Verdict::LikelyNotBought));
    assert!(said(Some(5916.0), bought).contains("Likely bought"));
    assert!(said(Some(5916.0), bought).contains("5,976 → 5,916"));
    assert!(said(Some(5976.0), not_bought).contains("Likely not bought"));
    // Before the account has settled nothing is called likely.
    for after in [None, Some(5916.0), Some(5976.0)] {
        for verdict in [None, Some(Verdict::CannotTell(Why::AnotherUnknown))] {
            let said = said(after, verdict);
            assert!(
                said.contains("may have been bought") && !said.contains("ikely"),
                "{said}"
            );
        }
    }
}

#[test]
fn known_refusals_get_their_own_sentence_and_keep_the_original() {
    let said = Trouble::GenerationFailed {
        code: Some(400),
        service: "Your prompt was flagged by Website as violating content policies.".into(),
    }
    .say(Lang::Zh);
    assert_eq!(said.cause, "提示词未通过内容审核。");
    assert!(said.service.is_some_and(|text| text.contains("flagged by Website")));
}

#[test]
fn what_an_older_version_wrote_is_still_told() {
    let stored = r#"{"kind":"request","en":"It has no prompt.","zh":"没有填写提示词。"}"#;
    let said = serde_json::from_str::<Trouble>(stored).unwrap().say(Lang::En);
    assert_eq!(
        (said.code.as_str(), said.cause.as_str()),
        ("cannot-be-sent", "It has no prompt.")
    );
}

#[test]
fn what_is_filled_in_is_never_read_again() {
    let trouble = Trouble::ImageRefused {
        name: "{service} {name}.png".into(),
        service: "  ".into(),
    };
    let said = trouble.say(Lang::En);
    assert_eq!(said.cause, "The service did not take the image “{service} {name}.png”.");
    assert_eq!(said.service, None);
}
