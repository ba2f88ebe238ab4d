//! What was or may have been bought stays known, whatever comes between: a second try, a pause, a quit, a slow answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/scripted.rs"]
mod scripted;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use engine::Scope;
use engine::doubt::verdict::Pace;
use engine::keys::{KeySource, Keys, NamedKey};
use engine::task::State;
use engine::view::Action;
use engine::view::settings::Preferences;
use engine::words::Lang;
use kie::{AccountTrouble, ApiKey, CallError, Record};
use scripted::{Bench, Scripted, accepted, id_of, lost, pending, refused};
use support::{preferences, prompt_only};

/// An id as the user finds it on the service's site.
const FOUND: &str = "0123456789abcdef0123456789abcdef";

async fn sleep(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_purchase_keeps_its_id_though_the_first_is_still_being_looked_into() {
    let script = Scripted::new(|nth, _| if nth == 1 { lost() } else { accepted(nth).after(3) });
    let bench = Bench::new(script).await;
    let id = bench.bring("a", "unconfirmed").await;
    // The first try waits for the account to settle, and ends while the second is on the wire.
    sleep(500).await;
    bench.engine.submit_again(id.clone()).await.unwrap();
    bench.until(&id, &["generating"]).await;
    sleep(1_000).await;
    let task = bench.report(&id).await;
    assert_eq!((task.state.as_str(), task.task_id), ("generating", Some(id_of(2))));
    assert_eq!(
        bench.service.posts().len(),
        2,
        "the first, and the one that was asked for"
    );
}

/// Nobody knows whether the service is there: what was on its way before the loss says nothing of it, and a page that
/// says 404 is not the service.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_answer_nothing_is_bought_before_the_service_answers_what_it_was_asked_since() {
    let there = Arc::new(AtomicBool::new(false));
    let back = Arc::clone(&there);
    let script = Scripted::new(|nth, _| if nth == 1 { lost().after(1) } else { accepted(nth) }).balanced(move |nth| {
        match nth {
            // Heard before the purchase.
            1 => (Duration::ZERO, Ok(1_000.0)),
            // Asked for while it is on the wire, and answered when it is long lost.
            2 => (Duration::from_secs(3), Ok(1_000.0)),
            _ if there.load(Ordering::SeqCst) => (Duration::ZERO, Ok(1_000.0)),
            nth => {
                let page = || "Welcome aboard".to_owned();
                let refused = CallError::Refused {
                    code: 404,
                    message: page(),
                    spoken: false,
                };
                let nothing = CallError::TryLater {
                    retry_after: None,
                    detail: page(),
                };
                (Duration::ZERO, Err(if nth % 2 == 0 { refused } else { nothing }))
            }
        }
    });
    let bench = Bench::with(script, |options| options.preferences.in_flight = 5).await;
    bench.engine.set_pace(Pace {
        first: 300,
        ..Pace::default()
    });
    let ids = bench.add(["a", "b", "c"]).await;
    bench.start(&ids).await;
    bench.until(&ids[0], &["submitting"]).await;
    bench.engine.hear_balance();
    bench.until(&ids[0], &["unconfirmed"]).await;
    sleep(6_000).await;
    assert_eq!(bench.service.posts(), ["a"], "the service has not been heard since");
    back.store(true, Ordering::SeqCst);
    bench.until(&ids[1], &["generating"]).await;
    bench.until(&ids[2], &["generating"]).await;
    assert_eq!(bench.service.posts().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_while_the_balance_is_being_asked_buys_nothing() {
    let bench = Bench::new(Scripted::new(|nth, _| accepted(nth)).balance_after(3)).await;
    let id = bench.bring("a", "preparing").await;
    sleep(500).await;
    bench.engine.pause();
    bench.until(&id, &["queued"]).await;
    assert_eq!(bench.service.posts(), [""; 0], "Pause came before the request left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quit_while_the_balance_is_being_asked_buys_nothing() {
    let bench = Bench::new(Scripted::new(|nth, _| accepted(nth)).balance_after(3)).await;
    let id = bench.bring("a", "preparing").await;
    sleep(500).await;
    bench.engine.close(Duration::from_secs(5)).await;
    assert_eq!(bench.report(&id).await.state, "queued");
    assert_eq!(bench.service.posts(), [""; 0], "the quit came before the request left");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_while_it_waits_its_turn_is_bought_once_as_changed() {
    let script = Scripted::new(|nth, prompt| accepted(nth).after(if prompt == "a" { 3 } else { 0 }));
    let bench = Bench::new(script).await;
    let ids = bench.add(["a", "old"]).await;
    bench.start(&ids).await;
    let [a, changed] = ids;
    bench.until(&a, &["submitting"]).await;
    bench.until(&changed, &["preparing"]).await;
    bench.engine.cancel(vec![changed.clone()]).await.unwrap();
    bench.engine.edit(changed.clone(), prompt_only("new")).await.unwrap();
    bench.start(std::slice::from_ref(&changed)).await;
    bench.until(&changed, &["generating"]).await;
    sleep(500).await;
    assert_eq!(
        bench.service.posts(),
        ["a", "new"],
        "the pass that held the old text gave up"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bought_task_that_the_service_does_not_find_is_asked_for_to_the_end_and_can_be_watched_again() {
    let known = Arc::new(AtomicBool::new(false));
    let script = Scripted::new(|nth, _| accepted(nth)).queried({
        let known = Arc::clone(&known);
        move |_| {
            if known.load(Ordering::SeqCst) {
                pending()
            } else {
                not_found()
            }
        }
    });
    let bench = Bench::with(script, |options| options.preferences = eight_polls()).await;
    let id = bench.bring("a", "failed").await;
    let asked = bench.service.queries();
    assert!(asked >= 8, "the whole budget is spent first, not only {asked} queries");
    assert_eq!(bench.report(&id).await.task_id, Some(id_of(1)), "its id is kept");
    assert_eq!(bench.card(&id).await.actions.first(), Some(&Action::WatchAgain));
    known.store(true, Ordering::SeqCst);
    bench.engine.watch_again(vec![id.clone()]).await.unwrap();
    assert_eq!(bench.report(&id).await.state, "generating");
    bench.until(&id, &["timedOut"]).await;
    assert_eq!(bench.service.posts().len(), 1, "watching never buys");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_was_not_found_for_a_while_and_then_was_is_not_given_up() {
    let script = Scripted::new(|nth, _| accepted(nth)).queried(|query| match query.nth {
        2..=6 => not_found(),
        _ => pending(),
    });
    let bench = Bench::with(script, |options| options.preferences = eight_polls()).await;
    let [id] = bench.add(["a"]).await;
    bench.start(std::slice::from_ref(&id)).await;
    let task = bench.until(&id, &["timedOut", "failed"]).await;
    assert_eq!(task.state, "timedOut", "the service knows it: {task:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_back_out_of_the_queue_the_first_attempts_doubt_counts_again() {
    let (bench, id) = doubted_beside_a_paused_queue().await;
    bench.engine.submit_again(id.clone()).await.unwrap();
    assert_eq!(bench.report(&id).await.state, "queued", "the queue stays paused");
    bench.engine.unqueue(vec![id.clone()]).await.unwrap();
    assert_doubted(&bench, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_before_the_second_try_the_first_attempts_doubt_counts_again() {
    let (bench, id) = doubted_beside_a_paused_queue().await;
    bench.engine.submit_again(id.clone()).await.unwrap();
    bench.engine.cancel(vec![id.clone()]).await.unwrap();
    assert_doubted(&bench, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_before_the_second_try_leaves_the_doubt_and_nothing_in_the_queue() {
    let (mut bench, id) = doubted_beside_a_paused_queue().await;
    bench.engine.submit_again(id.clone()).await.unwrap();
    bench.reopen(Duration::from_secs(5)).await;
    assert_doubted(&bench, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_while_the_second_try_waits_at_the_till_leaves_the_doubt() {
    let mut bench = Bench::new(Scripted::new(|_, _| lost())).await;
    let id = bench.bring("a", "unconfirmed").await;
    // The first try is still being looked into, and the second cannot leave before that is over.
    bench.engine.submit_again(id.clone()).await.unwrap();
    bench.until(&id, &["preparing"]).await;
    bench.reopen(Duration::from_secs(5)).await;
    assert_doubted(&bench, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_second_try_leaves_the_first_attempts_doubt() {
    let script = Scripted::new(|nth, _| if nth == 1 { lost() } else { refused(422, "flagged") });
    let bench = Bench::new(script).await;
    let id = bench.bring("a", "unconfirmed").await;
    // The first try is over: its account has settled.
    sleep(4_000).await;
    bench.engine.submit_again(id.clone()).await.unwrap();
    bench.until(&id, &["unconfirmed", "failed"]).await;
    assert_eq!(bench.service.posts().len(), 2);
    assert_doubted(&bench, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_kept_though_the_library_is_busy_for_long() {
    let script = Scripted::new(|_, _| refused(451, "Failed to fetch the image.").after(1));
    let bench = Bench::new(script).await;
    let id = bench.bring("a", "submitting").await;
    let other = rusqlite::Connection::open(bench.home.path().join("data/library.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    sleep(7_000).await;
    other.execute_batch("COMMIT").unwrap();
    let task = bench.until(&id, &["failed", "unconfirmed"]).await;
    assert_eq!(
        task.state, "failed",
        "the service said no, and that was heard: {task:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_key_that_is_refused_does_not_stop_what_the_new_one_buys() {
    let changed = Arc::new(AtomicBool::new(false));
    let refusals = Arc::new(AtomicUsize::new(0));
    let script = Scripted::new(|nth, _| accepted(nth)).queried({
        let (changed, refusals) = (Arc::clone(&changed), Arc::clone(&refusals));
        move |query| {
            if query.key == "key-new" || !changed.load(Ordering::SeqCst) {
                return pending();
            }
            refusals.fetch_add(1, Ordering::SeqCst);
            Record::RefusedAll {
                why: AccountTrouble::BadKey,
                code: 401,
                message: "no".to_owned(),
            }
        }
    });
    let wallet = Arc::new(Wallet(Arc::clone(&changed)));
    let bench = Bench::with(script, |options| options.keys = wallet).await;
    bench.bring("a", "generating").await;
    changed.store(true, Ordering::SeqCst);
    while refusals.load(Ordering::SeqCst) == 0 {
        sleep(20).await;
    }
    sleep(300).await;
    assert!(bench.engine.is_running(), "{:?}", bench.engine.paused_by());
    bench.bring("b", "generating").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_try_that_was_cancelled_leaves_a_card_that_can_be_tried_edited_and_deleted() {
    let script = Scripted::new(|nth, _| accepted(nth)).queried(|query| {
        if query.id != id_of(1) {
            return pending();
        }
        Record::Failed {
            code: Some(400),
            message: "flagged".to_owned(),
            param_json: None,
        }
    });
    let bench = Bench::with(script, |options| options.preferences = one_in_flight()).await;
    let ids = bench.add(["refused", "being made", "waiting"]).await;
    bench.start(&ids).await;
    let [id, other, _] = ids;
    bench.until(&id, &["failed"]).await;
    bench.until(&other, &["generating"]).await;
    bench.engine.pause();
    // Nothing came of the first try, and the service said so: nothing can be lost with the card.
    bench.engine.retry(vec![id.clone()]).await.unwrap();
    bench.engine.cancel(vec![id.clone()]).await.unwrap();
    let offered = bench.card(&id).await.actions;
    for action in [Action::Start, Action::Edit, Action::Delete] {
        assert!(offered.contains(&action), "{action:?} is not among {offered:?}");
    }
    bench.engine.retry(vec![id.clone()]).await.unwrap();
    bench.engine.cancel(vec![id.clone()]).await.unwrap();
    bench.engine.edit(id.clone(), prompt_only("better")).await.unwrap();
    bench.engine.delete(vec![id]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_the_patience_of_a_quit_is_still_kept() {
    let mut bench = Bench::new(Scripted::new(|nth, _| accepted(nth).after(4))).await;
    let id = bench.bring("a", "submitting").await;
    bench.reopen(Duration::from_secs(1)).await;
    let task = bench.report(&id).await;
    assert_eq!((task.state.as_str(), task.task_id), ("generating", Some(id_of(1))));
    assert_eq!(bench.service.posts().len(), 1);
}

/// One whose answer was lost, one that is being made, and one that waits in a paused queue: with only one at a time, it
/// stays there.
async fn doubted_beside_a_paused_queue() -> (Bench, String) {
    let script = Scripted::new(|nth, prompt| if prompt == "lost" { lost() } else { accepted(nth) });
    let bench = Bench::with(script, |options| options.preferences = one_in_flight()).await;
    let ids = bench.add(["lost", "being made", "waiting"]).await;
    bench.start(&ids).await;
    let [id, other, waiting] = ids;
    bench.until(&other, &["generating"]).await;
    bench.engine.pause();
    assert_eq!(bench.report(&id).await.state, "unconfirmed");
    assert_eq!(bench.report(&waiting).await.state, "queued");
    (bench, id)
}

/// Nothing buys the card again or drops it in passing, and the first attempt's id still brings the video home.
async fn assert_doubted(bench: &Bench, id: &str) {
    let card = bench.card(id).await;
    assert_eq!(card.state, Some(State::Unconfirmed), "{:?}", card.trouble);
    assert_eq!(card.actions, [Action::Attach, Action::SubmitAgain, Action::Dismiss]);
    let alone = vec![id.to_owned()];
    assert!(bench.engine.start(Scope::Tasks(alone.clone()), None).await.is_err());
    bench.engine.start(Scope::Everything, None).await.unwrap();
    assert_eq!(bench.report(id).await.state, "unconfirmed", "Start passes it over");
    assert!(
        bench.engine.delete(alone).await.is_err(),
        "it may have been bought: it stays on the board"
    );
    bench.engine.attach(id.to_owned(), FOUND).await.unwrap();
    let task = bench.until(id, &["generating"]).await;
    assert_eq!(task.task_id.as_deref(), Some(FOUND));
    let detail = bench.engine.task(id.to_owned(), Lang::En).await.unwrap();
    assert_eq!(
        detail.attempts[0].service_id.as_deref(),
        Some(FOUND),
        "in the ledger it belongs to the first attempt"
    );
}

fn not_found() -> Record {
    Record::NotFound {
        message: "record not found".to_owned(),
    }
}

fn eight_polls() -> Preferences {
    Preferences {
        poll_seconds: 0.05,
        max_polls: 8,
        ..preferences()
    }
}

fn one_in_flight() -> Preferences {
    Preferences {
        in_flight: 1,
        ..preferences()
    }
}

/// An old key and, once it is changed, a new one.
struct Wallet(Arc<AtomicBool>);

impl Keys for Wallet {
    fn to_buy(&self) -> Option<NamedKey> {
        self.by_id(if self.0.load(Ordering::SeqCst) { "new" } else { "old" })
    }

    fn by_id(&self, id: &str) -> Option<NamedKey> {
        Some(NamedKey {
            id: id.to_owned(),
            name: id.to_owned(),
            source: KeySource::Library,
            key: ApiKey::new(format!("key-{id}")),
        })
    }
}
