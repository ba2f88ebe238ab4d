//! The HTTP layer alone: whatever becomes of an answer, a paid request reaches the service once, and a connection that
//! the server has closed meanwhile never makes it doubtful.
//!
//! HTTP/2's own ways to have a request sent again (GOAWAY, REFUSED_STREAM) cannot come: the paid request speaks
//! HTTP/1.1 and nothing else.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kie::{ApiKey, GenerateRequest, Submission};
use serde_json::json;
use simulator::{Limits, Simulator};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use super::shop::{self, KEY};
use crate::Size;
use crate::table::Line;

/// The kinds of lost answers, as faults of the stand-in.
const LOST: &[&str] = &[
    "lost-reply",
    "lost-request",
    "reset",
    "reset-request",
    "reset-reply",
    "half-reply",
    "garbled-reply",
    "accepted-without-id",
    "redirect-307",
    "redirect-308",
    "server-error-500",
    "late-500",
    "bad-gateway",
    "slow-submit",
    "late-accept",
];

/// Requests on the wire at once.
const AT_ONCE: usize = 48;
/// Shorter than the answers that come too late.
const SHORT: Duration = Duration::from_millis(1_500);
/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(20);

fn service() -> simulator::Options {
    simulator::Options {
        // Slow answers take two seconds and a half.
        speed: 8.0,
        balance: 1e9,
        limits: Limits::off(),
        ..simulator::Options::default()
    }
}

/// As a program gets it that only asked for a time-out.
fn usual(timeout: Duration) -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(timeout).build().unwrap()
}

async fn post(client: &reqwest::Client, base: &Url, prompt: &str) -> bool {
    let url = base.join("api/v1/veo/generate").unwrap();
    let request = client.post(url).bearer_auth(KEY).json(&json!({ "prompt": prompt }));
    request.send().await.is_ok_and(|answer| answer.status().is_success())
}

/// All lines of the HTTP layer.
pub(super) async fn lines(size: Size) -> Vec<Line> {
    let (lost, idle) = match size {
        Size::Full => (2_000, 200),
        Size::Quick => (120, 40),
    };
    let mut lines = replies(lost).await;
    lines.extend(idle_connections(idle).await);
    lines
}

/// What the service saw of the requests of one client.
struct Seen {
    /// How many came once.
    once: usize,
    /// How many came beyond the first of each.
    more: usize,
    /// How many the client called doubtful.
    doubtful: usize,
}

/// Sends so many requests whose answers are lost, each in the next way.
async fn losing<C, F>(count: usize, client: impl FnOnce(&Url) -> C, send: fn(C, Url, String) -> F) -> Seen
where
    C: Clone,
    F: Future<Output = bool> + Send + 'static,
{
    let simulator = Simulator::start(service()).await.unwrap();
    let base: Url = simulator.base().parse().unwrap();
    let client = client(&base);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut sends = JoinSet::new();
    for n in 0..count {
        let prompt = format!("{n} [fault:{}]", LOST[n % LOST.len()]);
        let place = Arc::clone(&room).acquire_owned().await.unwrap();
        let sending = send(client.clone(), base.clone(), prompt);
        sends.spawn(async move {
            let doubtful = sending.await;
            drop(place);
            doubtful
        });
    }
    let told = sends.join_all().await;
    // A second request would come at once or after a moment.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut times = HashMap::<Option<String>, usize>::new();
    for post in simulator.ledger().posts {
        *times.entry(post.prompt).or_default() += 1;
    }
    Seen {
        once: times.values().filter(|times| **times == 1).count(),
        more: times.values().map(|times| times - 1).sum(),
        doubtful: told.into_iter().filter(|doubtful| *doubtful).count(),
    }
}

/// Whether the answer to this prompt comes after the shorter time-out.
fn is_slow(prompt: &str) -> bool {
    ["slow-submit", "late-accept"]
        .iter()
        .any(|fault| prompt.contains(fault))
}

async fn replies(count: usize) -> Vec<Line> {
    let ours = losing(
        count,
        |base| [SHORT, LONG].map(|submit| shop::client(base, base, submit)),
        |clients, _, prompt| async move {
            let (client, key) = (&clients[usize::from(!is_slow(&prompt))], ApiKey::new(KEY.to_owned()));
            let answer = client.generate(&key, &GenerateRequest::new(prompt)).await;
            matches!(answer, Submission::Unknown { .. })
        },
    )
    .await;
    let fewer = count / 5;
    let usual = losing(
        fewer,
        |_| [SHORT, LONG].map(usual),
        |clients, base, prompt| async move {
            let client = &clients[usize::from(!is_slow(&prompt))];
            !post(client, &base, &prompt).await
        },
    )
    .await;
    let kinds = LOST.len();
    vec![
        Line::must(
            format!("{count} answers lost in {kinds} ways: 0 POSTs repeated (HTTP/1.1 alone, so no GOAWAY)"),
            format!(
                "{} came once, {} repeated, {} told as unknown",
                ours.once, ours.more, ours.doubtful
            ),
            (ours.once, ours.more, ours.doubtful) == (count, 0, count),
        ),
        Line::beside(
            format!("{fewer} of them with a client of reqwest's defaults"),
            format!("{} repeated", usual.more),
        ),
    ]
}

async fn idle_connections(count: usize) -> Vec<Line> {
    let simulator = Simulator::start(service()).await.unwrap();
    let base: Url = simulator.base().parse().unwrap();
    let (client, key) = (shop::client(&base, &base, LONG), ApiKey::new(KEY.to_owned()));
    let mut unknown = 0;
    for n in 0..count {
        // Something free before each, so that there is an idle connection to be taken.
        client.credit(&key).await.unwrap();
        let request = GenerateRequest::new(format!("ours {n} [fault:idle-close]"));
        let answer = client.generate(&key, &request).await;
        unknown += usize::from(!matches!(answer, Submission::Accepted { .. }));
    }
    let client = usual(LONG);
    let mut failed = 0;
    for n in 0..count {
        failed += usize::from(!post(&client, &base, &format!("usual {n} [fault:idle-close]")).await);
    }
    vec![
        Line::must(
            format!("{count} paid requests to a server that has just closed every idle connection: no false unknown"),
            format!("{unknown} unknown"),
            unknown == 0,
        ),
        Line::beside(
            "the same with a client of reqwest's defaults",
            format!("{failed} failed that the server never took"),
        ),
    ]
}
