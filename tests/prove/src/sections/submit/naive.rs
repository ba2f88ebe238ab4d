//! The same list bought by the loop that everybody writes first: post until an id comes, write the id down, poll until
//! there is a link, fetch it. It remembers what it last wrote in a plain file, and leaves the HTTP client as it comes.
//!
//! It is run through the same matrix so that the table shows what the engine's rules are for. It has fewer moments to
//! be ended at: each of the engine's is one of four here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::shop::{KEY, Place, SUBMIT};

/// Where the loop can be ended.
const OPENED: &str = "opened";
const BEFORE: &str = "before the request";
const ANSWERED: &str = "answer in memory";
const WRITTEN: &str = "answer written";

/// The variable that says where.
pub(super) const END_AT: &str = "NAIVE_LOOP_ENDS_AT";

/// The moment of the loop that comes nearest to one of the engine's.
pub(super) fn moment(name: &str) -> &'static str {
    match name {
        "recover::loss_written" | "recover::committed" => OPENED,
        "submit::answer_received" | "submit::acceptance_written" | "submit::answer_written" => ANSWERED,
        "submit::acceptance_committed"
        | "submit::answer_committed"
        | "submit::unknown_committed"
        | "submit::balance_after_heard"
        | "submit::balance_after_committed" => WRITTEN,
        _ => BEFORE,
    }
}

/// What the loop remembers.
pub(super) fn list(home: &Path) -> PathBuf {
    home.join("list.json")
}

pub(super) async fn run(place: Place) {
    let file = list(&place.home);
    let mut shots: Vec<Value> = match std::fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
    {
        Some(Value::Array(shots)) => shots,
        _ => place.prompts.iter().map(|prompt| json!({ "prompt": prompt })).collect(),
    };
    end_at(OPENED);
    let client = Client::builder().no_proxy().timeout(SUBMIT).build().unwrap();
    for at in 0..shots.len() {
        if shots[at]["id"].is_null() {
            shots[at]["id"] = buy(&client, &place, &shots[at]["prompt"]).await;
            std::fs::write(&file, Value::from(shots.clone()).to_string()).unwrap();
            end_at(WRITTEN);
        }
        if shots[at]["file"].is_null() {
            let path = place.videos().join(format!("{at}.mp4"));
            fetch(&client, &place, &shots[at]["id"], &path).await;
            shots[at]["file"] = json!(path.to_string_lossy());
            std::fs::write(&file, Value::from(shots.clone()).to_string()).unwrap();
        }
    }
}

async fn buy(client: &Client, place: &Place, prompt: &Value) -> Value {
    let url = place.api.join("api/v1/veo/generate").unwrap();
    loop {
        end_at(BEFORE);
        let request = client
            .post(url.clone())
            .bearer_auth(KEY)
            .json(&json!({ "prompt": prompt }));
        let id = match request.send().await {
            Ok(answer) => answer
                .json::<Value>()
                .await
                .ok()
                .map(|answer| answer["data"]["taskId"].clone()),
            Err(_) => None,
        };
        end_at(ANSWERED);
        match id {
            Some(id @ Value::String(_)) => return id,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn fetch(client: &Client, place: &Place, id: &Value, path: &Path) {
    let id = id.as_str().unwrap_or_default();
    let url = place.api.join(&format!("api/v1/veo/record-info?taskId={id}")).unwrap();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Ok(answer) = client.get(url.clone()).bearer_auth(KEY).send().await else {
            continue;
        };
        let record = answer.json::<Value>().await.unwrap_or_default();
        let Some(link) = record["data"]["response"]["resultUrls"][0].as_str() else {
            continue;
        };
        if let Ok(video) = client.get(link).send().await
            && let Ok(bytes) = video.bytes().await
        {
            return std::fs::write(path, bytes).unwrap();
        }
    }
}

fn end_at(moment: &str) {
    if std::env::var(END_AT).is_ok_and(|wanted| wanted == moment) {
        std::process::abort();
    }
}
