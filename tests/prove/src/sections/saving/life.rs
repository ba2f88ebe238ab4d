//! Rows about the app itself: closed, cancelled, many at once, a network and a clock that change under it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use engine::clock::{Clock, SystemClock};
use engine::{Engine, Media, Options};

use super::bench::{Bench, Setup};
use super::clip::{self, ONE};
use super::host::{Answer, Host, Piece, envelope, good, record};
use super::row::{Row, Seen, audit, must};

const A: &str = "\"a\"";

/// Measured in time, so run before the others.
pub const ALONE: &[Row] = &[Row {
    numbers: "38",
    promise: "Closed in the middle: ≤ 2 s, what came is kept, the next start goes on",
    slow: false,
    run: || Box::pin(closed()),
}];

pub const ROWS: &[Row] = &[
    Row {
        numbers: "40",
        promise: "A portal that answers everything with a page: nothing failed, no link given up, goes on by itself",
        slow: true,
        run: || Box::pin(portal()),
    },
    Row {
        numbers: "41",
        promise: "Clock set a day forward and two back in the middle: no time-out, the file comes",
        slow: false,
        run: || Box::pin(clock()),
    },
    Row {
        numbers: "42",
        promise: "500 finished at once: 3 at a time, in order, all done",
        slow: true,
        run: || Box::pin(five_hundred()),
    },
    Row {
        numbers: "43",
        promise: "Cancelled, deleted, unqueued, twice, saved again while saving: refused or the same; one file, no ghost",
        slow: false,
        run: || Box::pin(cancelled()),
    },
    Row {
        numbers: "44",
        promise: "A second instance on one data directory: refused, no second download",
        slow: false,
        run: || Box::pin(two_instances()),
    },
];

async fn closed() -> Seen {
    let file = clip::long(6 << 20, 1);
    let served = file.clone();
    let host = Host::start(move |request| {
        let mut answer = good(&served, A, request);
        if let Piece::Bytes(bytes) = answer.body[0].clone() {
            answer.body[0] = Piece::Paced(bytes, 3 << 20);
        }
        answer
    })
    .await;
    let mut bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    let begin = Instant::now();
    while bench.card(0).await.bytes_done.unwrap_or(0) < 2 << 20 {
        must(begin.elapsed() < Duration::from_secs(10), "nothing comes")?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let begin = Instant::now();
    bench.close().await;
    let took = begin.elapsed();
    must(took < Duration::from_secs(2), format!("closing took {took:?}"))?;
    let take = bench.take();
    let part = bench.folder.join(take.part_name.ok_or("no part")?);
    let there = std::fs::metadata(part).map_err(|error| error.to_string())?.len();
    must(
        there == take.bytes_durable && there >= 2 << 20,
        format!("{there} B there, {} noted", take.bytes_durable),
    )?;
    bench.reopen().await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &file)])?;
    audit(&bench, &[&file]).await;
    let twice = host.sent().saturating_sub(file.len());
    must(twice <= 1 << 20, format!("{twice} B twice"))?;
    Ok(format!(
        "closed in {} ms with {there} B kept, {twice} B twice",
        took.as_millis()
    ))
}

async fn portal() -> Seen {
    const PAGE: &str = "<html>Please sign in to this network</html>";
    let up = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&up);
    let host = Host::start(move |request| {
        if up.load(Ordering::SeqCst) {
            return Answer::of("200 OK").text("text/html", PAGE);
        }
        match request.path.split('?').next().unwrap_or_default() {
            "/api/v1/common/download-url" => envelope(422, serde_json::json!(null)),
            "/api/v1/veo/record-info" => record("http://127.0.0.1:1/x.mp4"),
            _ => good(&ONE, A, request),
        }
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(40) {
        must(
            bench.state(0).await == "saving",
            format!("{} after {:?}", bench.state(0).await, begin.elapsed()),
        )?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let asked = host.files().len();
    switch.store(false, Ordering::SeqCst);
    bench.until(&["done"], Duration::from_secs(80)).await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    Ok(format!("40 s of portal, {asked} tries, still saving; done by itself"))
}

/// A clock that can be moved.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::SeqCst)
    }
}

async fn clock() -> Seen {
    const DAY: i64 = 86_400_000;
    let moved = Arc::new(Moved(AtomicI64::new(0)));
    let host = Host::start(|request| {
        let mut answer = good(&ONE, A, request);
        if let Piece::Bytes(bytes) = answer.body[0].clone() {
            answer.body[0] = Piece::Paced(bytes, 200_000);
        }
        // Cut once, so that a due time stands on the clock while it is moved.
        if request.nth == 1 {
            answer.cut(300_000, false)
        } else {
            answer
        }
    })
    .await;
    let mut setup = Setup::one(host.link("/a.mp4"));
    setup.clock = Arc::clone(&moved) as Arc<dyn Clock>;
    let bench = Bench::run(&host, setup).await;
    let begin = Instant::now();
    tokio::time::sleep(Duration::from_millis(700)).await;
    moved.0.store(DAY, Ordering::SeqCst);
    while host.files().len() < 2 {
        // Right after the cut its next try is due: set back then.
        if bench.card(0).await.trouble.is_some() {
            moved.0.store(-DAY, Ordering::SeqCst);
        }
        must(begin.elapsed() < Duration::from_secs(60), "it does not go on")?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    moved.0.store(-DAY, Ordering::SeqCst);
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    must(host.files().len() == 2, format!("{} requests", host.files().len()))?;
    Ok(format!("done in {} s, 2 requests for 1 cut", begin.elapsed().as_secs()))
}

async fn five_hundred() -> Seen {
    let small = clip::small();
    let served = small.clone();
    // In two pieces with a wait between, so that those under way at once can be counted.
    let host = Host::start(move |request| {
        let (one, two) = served.split_at(served.len() / 2);
        let mut answer = good(&served, A, request);
        answer.body = vec![
            Piece::Bytes(one.to_vec()),
            Piece::Wait(Duration::from_millis(20)),
            Piece::Bytes(two.to_vec()),
        ];
        answer
    })
    .await;
    let names: Vec<_> = (0..500).map(|nth| format!("{nth:04}")).collect();
    let links = names
        .iter()
        .map(|name| (name.as_str(), host.link(&format!("/{name}.mp4"))));
    let begin = Instant::now();
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.until(&["done"], Duration::from_secs(160)).await?;
    must(bench.names().len() == 500, format!("{} files", bench.names().len()))?;
    let most = host.most_at_once();
    must(most <= 3, format!("{most} at a time"))?;
    let order: Vec<usize> = host
        .files()
        .iter()
        .filter_map(|request| {
            request
                .path
                .trim_matches(|c: char| !c.is_ascii_digit())
                .trim_end_matches(".mp4")
                .parse()
                .ok()
        })
        .collect();
    let apart = order
        .iter()
        .enumerate()
        .map(|(at, nth)| at.abs_diff(*nth))
        .max()
        .unwrap_or(0);
    must(
        order.len() == 500 && apart <= 3,
        format!("{} requests, {apart} out of order", order.len()),
    )?;
    audit(&bench, &[&small]).await;
    Ok(format!(
        "500 in {} s, {most} at a time, at most {apart} out of order",
        begin.elapsed().as_secs()
    ))
}

async fn cancelled() -> Seen {
    let host = Host::start(|request| {
        let mut answer = good(&ONE, A, request);
        if let Piece::Bytes(bytes) = answer.body[0].clone() {
            answer.body[0] = Piece::Paced(bytes, 400_000);
        }
        answer
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    let begin = Instant::now();
    while bench.card(0).await.bytes_done.unwrap_or(0) < 50_000 {
        must(begin.elapsed() < Duration::from_secs(10), "nothing comes")?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (engine, ids) = (&bench.engine, || bench.ids.clone());
    // What is bought and on its way cannot be taken out, by any way and however often.
    for _ in 0..2 {
        let taken = [
            engine.cancel(ids()).await.is_ok(),
            engine.unqueue(ids()).await.is_ok(),
            engine.delete(ids()).await.is_ok(),
            engine.stop_watching(ids()).await.is_ok(),
            engine.dismiss(ids()).await.is_ok(),
            engine.retry(ids()).await.is_ok(),
        ];
        must(taken == [false; 6], format!("{taken:?}"))?;
        // Asked for again while it is on its way: no second download beside the first.
        engine
            .save_again(ids(), None)
            .await
            .map_err(|error| error.to_string())?;
    }
    bench.done().await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    bench.holds(&[("0001.mp4", &ONE)])?;
    must(host.files().len() == 1, format!("{} downloads", host.files().len()))?;
    // Done, and its file deleted by the user: fetched again when asked, and only then.
    std::fs::remove_file(bench.folder.join("0001.mp4")).map_err(|error| error.to_string())?;
    engine
        .save_again(ids(), None)
        .await
        .map_err(|error| error.to_string())?;
    must(engine.cancel(ids()).await.is_err(), "cancelled while saving again")?;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    Ok("12 of 12 refused, 1 file, 1 download; again after a deletion".into())
}

async fn two_instances() -> Seen {
    let host = Host::start(|request| good(&ONE, A, request)).await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    let base: url::Url = host.link("/").parse().map_err(|_| "no address")?;
    let second = Engine::open(Options {
        data_dir: bench.data.clone(),
        service: Arc::new(kie::Client::new(kie::Config::new(base.clone(), base)).map_err(|error| error.to_string())?),
        upload_host: String::new(),
        media: Media::new(&kie::Proxy::None, true).map_err(|error| error.to_string())?,
        keys: Arc::new(engine::keys::FixedKeys::only(kie::ApiKey::new(
            super::host::KEY.to_owned(),
        ))),
        clock: Arc::new(SystemClock),
        preferences: engine::view::settings::Preferences::default(),
        demo: false,
    })
    .await;
    must(matches!(second, Err(engine::Error::Locked(_))), "it was opened")?;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    must(host.files().len() == 1, "two downloads")?;
    audit(&bench, &[&ONE]).await;
    Ok("refused; 1 download".into())
}
