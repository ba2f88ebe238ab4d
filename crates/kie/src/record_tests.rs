//! The recorded bodies of the service, its contradictions, and any JSON at all.

use proptest::prelude::*;

use super::*;

const LINK: &str = "https://tempfile.aiquickdraw.com/v/1.mp4";

fn read(status: u16, body: &str) -> Record {
    of_reply(&Reply::plain(status, body))
}

fn data(data: &str) -> Record {
    read(200, &format!(r#"{{"code":200,"msg":"success","data":{data}}}"#))
}

fn links_of(record: Record) -> Vec<String> {
    match record {
        Record::Success { result } => result.urls,
        other => panic!("{other:?}"),
    }
}

fn later(record: Record) -> String {
    match record {
        Record::TryLater { detail, .. } => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_recorded_pending_body() {
    let record = read(
        200,
        r#"{"code":200,"msg":"success","data":{"taskId":"0819","paramJson":"{\"prompt\":\"p\"}","response":null,
        "successFlag":0,"fallbackFlag":false,"completeTime":null,"createTime":1785999477000,"errorCode":null,
        "errorMessage":""}}"#,
    );
    assert_eq!(
        record,
        Record::Pending {
            created_at: Some(1_785_999_477_000),
            progress: None,
            param_json: Some(r#"{"prompt":"p"}"#.into()),
        }
    );
}

#[test]
fn the_recorded_success_body() {
    let record = data(
        r#"{"taskId":"0819","paramJson":"{}","successFlag":1,"completeTime":1785999544000,
        "createTime":"2026-08-06 06:57:57","errorCode":null,"errorMessage":null,"creditsConsumed":"60",
        "response":{"taskId":"0819","resolution":"720p","originUrls":null,
        "resultUrls":["https://tempfile.aiquickdraw.com/v/1.mp4"],"fullResultUrls":null,"hasAudioList":[true],
        "seeds":[61668]}}"#,
    );
    assert_eq!(
        record,
        Record::Success {
            result: Generated {
                urls: vec![LINK.into()],
                resolution: Some("720p".into()),
                seeds: vec![61668],
                has_audio: vec![true],
                param_json: Some("{}".into()),
                created_at: Some(1_785_999_477_000),
                completed_at: Some(1_785_999_544_000),
                credits_consumed: Some(60.0),
                ..Generated::default()
            }
        }
    );
}

#[test]
fn the_recorded_failure_body_is_told_in_its_nested_words() {
    let record = data(
        r#"{"response":null,"completeTime":1787093516000,"successFlag":3,"errorCode":500,"paramJson":"{}",
        "errorMessage":"internal error, please try again later."}"#,
    );
    assert_eq!(
        record,
        Record::Failed {
            code: Some(500),
            message: "internal error, please try again later.".into(),
            param_json: Some("{}".into()),
        }
    );
}

#[test]
fn every_flag_but_zero_and_one_is_a_failure() {
    for flag in ["2", "3", "7", "\"2\"", "-1", "99"] {
        let record = data(&format!(
            r#"{{"taskId":"0819","successFlag":{flag},"errorMessage":""}}"#
        ));
        let Record::Failed {
            message, code: None, ..
        } = record
        else {
            panic!("{flag}: {record:?}");
        };
        assert!(message.starts_with("no reason given (flag "), "{message}");
    }
    assert!(matches!(
        read(200, r#"{"code":200,"msg":"blocked","data":{"successFlag":2}}"#),
        Record::Failed { message, .. } if message == "blocked"
    ));
}

#[test]
fn links_are_found_in_each_documented_place_and_shape() {
    for record in [
        data(&format!(r#"{{"successFlag":1,"resultUrls":"[\"{LINK}\"]"}}"#)),
        data(&format!(
            r#"{{"successFlag":1,"response":null,"resultUrls":["{LINK}"]}}"#
        )),
        data(&format!(
            r#"{{"successFlag":"1","response":{{"resultUrls":"[{LINK}]"}}}}"#
        )),
        data(&format!(
            r#"{{"successFlag":1,"response":{{"resultUrls":null}},"resultUrls":["{LINK}"]}}"#
        )),
        data(&format!(r#"{{"response":{{"resultUrls":["{LINK}"]}}}}"#)),
        data(&format!(
            r#"{{"successFlag":1,"response":"{{\"resultUrls\":[\"{LINK}\"]}}"}}"#
        )),
        read(
            200,
            &format!(
                r#"{{"code":422,"msg":"The video has been generated successfully","data":{{"resultUrls":["{LINK}"]}}}}"#
            ),
        ),
    ] {
        assert_eq!(links_of(record), [LINK]);
    }
}

#[test]
fn a_seed_image_is_never_taken_for_the_result() {
    let record = data(
        r#"{"successFlag":1,"paramJson":"{\"imageUrls\":[\"https://x/seed.png\"]}","response":{"resultUrls":[]},
        "imageUrls":["https://x/seed.png"]}"#,
    );
    assert!(matches!(record, Record::Pending { .. }), "{record:?}");
}

#[test]
fn a_missing_flag_is_read_with_care() {
    assert!(matches!(
        data(r#"{"taskId":"0819","response":null}"#),
        Record::Pending { .. }
    ));
    assert!(matches!(
        data(r#"{"taskId":"0819","response":null,"errorCode":400,"errorMessage":"flagged"}"#),
        Record::Failed { code: Some(400), message, .. } if message == "flagged"
    ));
    for unclear in [r#"{"taskId":"0819","response":{}}"#, "{}", "null", "[]", "\"done\""] {
        later(data(unclear));
    }
}

#[test]
fn an_unknown_task_is_not_found() {
    for (status, body) in [
        (
            200,
            r#"{"code":422,"msg":"Record not found for taskId: 0819","data":null}"#,
        ),
        (200, r#"{"code":422,"msg":"record is null."}"#),
        (200, r#"{"code":422,"msg":"Record does not exist","data":null}"#),
        (
            200,
            r#"{"code":422,"msg":"Temporarily supports records within 14 days."}"#,
        ),
        (200, r#"{"code":404,"msg":"Not found"}"#),
        (404, r#"{"timestamp":1,"status":404,"error":"Not Found"}"#),
    ] {
        let record = read(status, body);
        assert!(matches!(record, Record::NotFound { .. }), "{body}: {record:?}");
    }
}

#[test]
fn a_refusal_at_the_top_is_a_failure_of_the_task() {
    for code in [400, 422, 451, 501] {
        let record = read(200, &format!(r#"{{"code":{code},"msg":"unsafe image","data":null}}"#));
        assert_eq!(
            record,
            Record::Failed {
                code: Some(code),
                message: "unsafe image".into(),
                param_json: None
            }
        );
    }
}

#[test]
fn a_failed_poll_is_not_a_failed_task() {
    for (status, body) in [
        (
            200,
            r#"{"code":429,"msg":"Your call frequency is too high. Please try again later."}"#,
        ),
        (200, r#"{"code":455,"msg":"maintenance"}"#),
        (200, r#"{"code":500,"msg":"Server error"}"#),
        (200, r#"{"code":200,"msg":"succ"#),
        (200, r#"{"code":601,"msg":"?"}"#),
        (200, "<html>just a moment</html>"),
        (404, "<html>not found</html>"),
        (429, ""),
        (502, "<html>bad gateway</html>"),
        (302, ""),
    ] {
        later(read(status, body));
    }
}

#[test]
fn a_record_without_its_result_is_still_pending() {
    for body in [
        r#"{"code":422,"msg":"record status is not success."}"#,
        r#"{"code":422,"msg":"record result data is blank."}"#,
        r#"{"code":200,"msg":"success","data":{"taskId":"0819","successFlag":1,"response":null}}"#,
    ] {
        assert!(matches!(read(200, body), Record::Pending { .. }), "{body}");
    }
}

#[test]
fn trouble_with_the_account_says_nothing_about_the_task() {
    for (status, body, wanted) in [
        (200, r#"{"code":401,"msg":"m"}"#, AccountTrouble::BadKey),
        (200, r#"{"code":402,"msg":"m"}"#, AccountTrouble::NoCredits),
        (403, "error code: 1010", AccountTrouble::Edge),
        (200, r#"{"code":505,"msg":"m"}"#, AccountTrouble::FeatureOff),
    ] {
        let record = read(status, body);
        assert!(
            matches!(record, Record::RefusedAll { why, .. } if why == wanted),
            "{record:?}"
        );
    }
}

/// Any JSON, with the names that the parsers look for well represented.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2i64..505).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(Value::from(format!("[\"{LINK}\"]"))),
        Just(Value::from(LINK)),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "code",
            "msg",
            "data",
            "taskId",
            "task_id",
            "successFlag",
            "response",
            "resultUrls",
            "createTime",
            "completeTime",
            "errorCode",
            "errorMessage",
            "paramJson",
            "seeds",
            "hasAudioList",
            "downloadUrl",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,4}",
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_json_breaks_the_reading(status in 100u16..600, body in any_json()) {
        if let Record::Success { result } = read(status, &body.to_string()) {
            prop_assert!(!result.urls.is_empty());
        }
    }

    #[test]
    fn no_data_breaks_the_reading(inner in any_json()) {
        let record = data(&inner.to_string());
        let flag = inner.get("successFlag").and_then(Value::as_i64);
        if flag.is_some_and(|flag| flag != 0 && flag != 1) {
            let failed = matches!(record, Record::Failed { .. });
            prop_assert!(failed);
        }
    }

    #[test]
    fn no_text_breaks_the_reading(status in 100u16..600, body in ".*") {
        let _ = read(status, &body);
    }
}
