//! A door for the fuzz targets to what reads answers. Only there in tests and with the feature `fuzzing`, which nothing
//! in the house switches on.

use serde_json::Value;

use crate::error::CallError;
use crate::generate::{self, Submission};
use crate::loose;
use crate::record;
use crate::transport::Reply;

/// Reads bytes as an answer of every endpoint.
///
/// # Panics
/// If a task id comes out that the answer does not hold.
#[allow(clippy::panic, reason = "this is how a fuzzer is told")]
pub fn answer(status: u16, bytes: &[u8]) {
    let reply = Reply {
        status,
        retry_after: None,
        body: String::from_utf8_lossy(bytes).into_owned(),
        cut: None,
    };
    let _ = record::of_reply(&reply);
    if let Ok(data) = CallError::or_data(&reply) {
        let _ = (loose::number(&data), loose::links(&data), loose::time(&data));
    }
    let body = reply.body.clone();
    if let Submission::Accepted { task_id } = generate::of_reply(reply) {
        let held = serde_json::from_str(body.trim_start_matches('\u{feff}')).is_ok_and(|value| holds(&value, &task_id));
        assert!(held, "an id that is not in the answer: {task_id}");
    }
}

/// Whether a text or number of the answer is this id.
fn holds(value: &Value, id: &str) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(|field| holds(field, id)),
        other => loose::id(other).as_deref() == Some(id),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    /// Any JSON, with the names and values that mean something here more often than chance would have it.
    fn any_json() -> impl Strategy<Value = Value> {
        let names = prop::sample::select(vec![
            "code",
            "msg",
            "message",
            "data",
            "taskId",
            "task_id",
            "response",
            "resultUrls",
            "successFlag",
            "errorCode",
            "errorMessage",
            "paramJson",
            "createTime",
            "downloadUrl",
            "x",
        ]);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            prop::sample::select(vec![200, 422, 429, 455, 0, 1, 2, 3]).prop_map(Value::from),
            "(?s).{0,30}".prop_map(Value::from),
            prop::sample::select(vec![
                "https://m/1.mp4",
                "[https://m/1.mp4]",
                "null",
                "{\"resultUrls\":[]}",
                "200"
            ])
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| Value::from(
                    fields
                        .into_iter()
                        .map(|(n, v)| (n.to_owned(), v))
                        .collect::<Map<_, _>>()
                )),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_shape_gives_an_id_that_is_not_there(status in 100_u16..600, body in any_json()) {
            answer(status, body.to_string().as_bytes());
            answer(200, json!({"code": 200, "msg": "success", "data": body}).to_string().as_bytes());
        }

        #[test]
        fn no_bytes_give_an_id_that_is_not_there(status in 100_u16..600, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            answer(status, &bytes);
        }

        #[test]
        fn no_cut_gives_an_id_that_is_not_there(body in any_json(), keep in any::<prop::sample::Index>()) {
            let whole = json!({"code": 200, "data": {"taskId": "0819", "more": body}}).to_string();
            let cut = keep.index(whole.len());
            answer(200, &whole.as_bytes()[..cut]);
        }
    }

    #[test]
    fn nesting_and_numbers_without_end_are_survived() {
        for body in [
            "[".repeat(1_000_000),
            format!(
                "{{\"code\":200,\"data\":{}1{}}}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
            format!("{{\"code\":{}}}", "9".repeat(1_000_000)),
            "{\"code\":1e999999,\"data\":{\"taskId\":1e99}}".to_owned(),
            format!("{{\"data\":{{\"taskId\":\"{}\"}}}}", "a".repeat(1_000_000)),
            "{\"code\":402,\"code\":200,\"data\":{\"taskId\":null,\"taskId\":7}}".to_owned(),
            format!(
                "{{\"code\":200,\"data\":{{\"successFlag\":1,\"response\":{:?}}}}}",
                "[".repeat(300_000)
            ),
        ] {
            for status in [200, 422, 500] {
                answer(status, body.as_bytes());
            }
        }
    }
}
