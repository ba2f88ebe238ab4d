//! Rows in which the wire is cut or the host tells a lie: broken bodies, wrong lengths, wrong versions, silence.

use std::time::Duration;

use serde_json::json;

use super::bench::{Bench, Setup};
use super::clip::{self, ONE};
use super::host::{Answer, Host, Piece, Request, envelope, good, part, whole};
use super::row::{Row, Seen, audit, must};

const A: &str = "\"a\"";
const B: &str = "\"b\"";
/// The sync unit, and what may lie in the buffers of a connection that is reset.
const UNIT: usize = 8 << 20;

pub const ROWS: &[Row] = &[
    Row {
        numbers: "1",
        promise: "Cut once at 1, 50 and 99 %, closed or reset: resumed, ≤ 1 MiB fetched twice (reset: ≤ 8 MiB)",
        slow: false,
        run: || Box::pin(cut_once()),
    },
    Row {
        numbers: "2",
        promise: "Cut on every attempt: a bounded number of tries, then told; the part is kept",
        slow: true,
        run: || Box::pin(cut_always()),
    },
    Row {
        numbers: "3",
        promise: "A chunked body that never ends: not taken for whole; resumed",
        slow: false,
        run: || Box::pin(chunked()),
    },
    Row {
        numbers: "4, 9",
        promise: "A body without length that is cut; a length that lies short: rejected, from zero, never named",
        slow: false,
        run: || Box::pin(short()),
    },
    Row {
        numbers: "5, 6, 7",
        promise: "A page, a page or JSON called video, nothing at all: rejected; link renewed once each way; no signature told",
        slow: false,
        run: || Box::pin(pages()),
    },
    Row {
        numbers: "8",
        promise: "More bytes than promised: cut at the length",
        slow: false,
        run: || Box::pin(longer()),
    },
    Row {
        numbers: "10",
        promise: "A fragmented clip that ends at each fragment's start: rejected each time",
        slow: false,
        run: || Box::pin(fragments()),
    },
    Row {
        numbers: "19",
        promise: "Silence before the head, in the body (30 s), a drip below 1 kB/s (60 s): given up, resumed",
        slow: true,
        run: || Box::pin(stalls()),
    },
];

async fn cut_once() -> Seen {
    let size = 6 << 20;
    let mut seen = vec![];
    for reset in [false, true] {
        let file = clip::long(size, 1);
        let served = file.clone();
        let host = Host::start(move |request| {
            let answer = good(&served, A, request);
            match request.nth {
                1 => answer.cut(size / 100, reset),
                2 => answer.cut(size / 2, reset),
                3 => answer.cut(size / 2 - size / 50, reset),
                _ => answer,
            }
        })
        .await;
        let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
        bench.done().await?;
        bench.holds(&[("0001.mp4", &file)])?;
        let twice = host.sent().saturating_sub(size);
        must(
            twice <= if reset { UNIT } else { 1 << 20 },
            format!("{twice} bytes twice"),
        )?;
        let ranged = host
            .files()
            .iter()
            .skip(1)
            .all(|request| request.if_range.as_deref() == Some(A));
        must(ranged, "a resume without If-Range")?;
        audit(&bench, &[&file]).await;
        seen.push(format!("{}: {twice} B twice", if reset { "reset" } else { "closed" }));
    }
    Ok(format!("6 MiB, 4 requests each; {}", seen.join(", ")))
}

async fn cut_always() -> Seen {
    let host = Host::start(|request| good(&ONE, A, request).cut(5_000, false)).await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    bench.until(&["saveFailed"], Duration::from_secs(100)).await?;
    let tries = host.files().len();
    must((4..=9).contains(&tries), format!("{tries} tries"))?;
    let card = bench.card(0).await;
    let trouble = card.trouble.ok_or("no cause is told")?;
    must(trouble.goes_on, "it is not said that it goes on by itself")?;
    let take = bench.take();
    let part = bench.folder.join(take.part_name.ok_or("no part is known")?);
    let kept = std::fs::metadata(part).map_err(|error| error.to_string())?.len();
    must(
        kept == take.bytes_durable && kept > 10_000,
        format!("{kept} bytes are kept"),
    )?;
    must(take.due_at.is_some(), "nothing is due")?;
    bench.holds_no_video()?;
    audit(&bench, &[]).await;
    Ok(format!(
        "{tries} tries, {kept} B kept, tried again by itself every 5 min"
    ))
}

async fn chunked() -> Seen {
    let host = Host::start(|request| match request.nth {
        1 => {
            let length = format!("{:x}\r\n", ONE.len());
            let mut body = length.into_bytes();
            body.extend(ONE.iter());
            body.extend(b"\r\n");
            whole(&[], A)
                .without("content-length")
                .with("transfer-encoding", "chunked")
                .body(Piece::Bytes(body))
        }
        _ => good(&ONE, A, request),
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    must(host.files().len() == 2, "the first body was taken")?;
    Ok(format!("2 requests, {} B in the second", host.files()[1].sent))
}

async fn short() -> Seen {
    let host = Host::start(|request| match (request.path.as_str(), request.nth) {
        ("/close.mp4", 1) => whole(&ONE, A).without("content-length").cut(ONE.len() / 2, false),
        ("/lies.mp4", 1) => whole(&clip::small()[..30_000], A),
        ("/lies.mp4", _) => good(&clip::small(), A, request),
        _ => good(&ONE, A, request),
    })
    .await;
    let links = [("1", host.link("/close.mp4")), ("2", host.link("/lies.mp4"))];
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    let small = clip::small();
    bench.holds(&[("1.mp4", &ONE), ("2.mp4", &small)])?;
    audit(&bench, &[&ONE, &small]).await;
    let ranged = host.files().iter().filter(|request| request.from.is_some()).count();
    must(ranged == 0, "what was broken was gone on with")?;
    Ok("both found out by the check, fetched from zero".into())
}

async fn pages() -> Seen {
    const PAGE: &str = "<html><body>Sign in: <a href=\"https://x.example/v.mp4?sign=topsecret\">here</a></body></html>";
    const JSON: &str = "{\"code\":500,\"msg\":\"no\",\"url\":\"https://x.example/v.mp4?sign=topsecret\"}";
    let host = Host::start(|request| {
        let ok = Answer::of("200 OK");
        match request.path.as_str() {
            "/api/v1/common/download-url" => envelope(422, json!(null)),
            path if path.starts_with("/api/") => envelope(422, json!(null)),
            "/page.mp4" => ok.text("text/html", PAGE),
            "/called.mp4" => ok.text("video/mp4", PAGE),
            "/json.mp4" => ok.text("video/mp4", JSON),
            "/empty.mp4" => ok.text("video/mp4", ""),
            _ if request.nth == 1 => ok.text("text/html", PAGE),
            _ => good(&ONE, A, request),
        }
    })
    .await;
    let mut told = vec![];
    for path in ["/page.mp4", "/called.mp4", "/json.mp4", "/empty.mp4"] {
        let before = (host.calls("download-url"), host.calls("record-info"));
        let bench = Bench::run(&host, Setup::one(host.link(path))).await;
        bench.until(&["saveFailed"], Duration::from_secs(15)).await?;
        bench.holds_no_video()?;
        let cause = bench.card(0).await.trouble.ok_or("no cause is told")?.cause;
        must(!cause.contains("topsecret"), format!("a signature is told: {cause}"))?;
        let renewed = (
            host.calls("download-url") - before.0,
            host.calls("record-info") - before.1,
        );
        must(renewed == (1, 1), format!("{path}: {renewed:?} renewals"))?;
        audit(&bench, &[]).await;
        told.push(cause);
    }
    must(told[0].contains("<html>"), "the page is not shown")?;
    Ok("4 of 4 rejected, 1 + 1 renewals each".into())
}

async fn longer() -> Seen {
    let host = Host::start(|request| match request.from {
        Some(from) => {
            // Says 206 with the right range, and sends on behind the end.
            let mut answer = part(&ONE, A, from).without("content-length");
            answer.body.push(Piece::Bytes(vec![7; 50_000]));
            answer
        }
        None if request.path == "/resumed.mp4" => good(&ONE, A, request).cut(ONE.len() / 2, false),
        None => good(&ONE, A, request).body(Piece::Bytes(vec![7; 50_000])),
    })
    .await;
    let links = [("1", host.link("/once.mp4")), ("2", host.link("/resumed.mp4"))];
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    bench.holds(&[("1.mp4", &ONE), ("2.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    Ok("50 kB too many, whole and resumed: none of them kept".into())
}

async fn fragments() -> Seen {
    let starts = clip::fragment_starts();
    let count = starts.len();
    let served = starts.clone();
    let host = Host::start(move |request| {
        let nth: usize = request
            .path
            .trim_matches(|c: char| !c.is_ascii_digit())
            .trim_end_matches(".mp4")
            .parse()
            .unwrap_or(0);
        match request.nth {
            1 => whole(&clip::FRAGMENTED[..served[nth]], A),
            _ => good(clip::FRAGMENTED, B, request),
        }
    })
    .await;
    let numbers: Vec<_> = (0..count).map(|nth| format!("{nth:02}")).collect();
    let links = numbers.iter().map(|nth| (nth.as_str(), host.link(&format!("/{nth}"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.until(&["done"], Duration::from_secs(40)).await?;
    audit(&bench, &[clip::FRAGMENTED]).await;
    let asked = host.files().len();
    must(asked == 2 * count, format!("{asked} requests for {count} files"))?;
    Ok(format!("{count} of {count} boundaries found out"))
}

async fn stalls() -> Seen {
    let silence = || Piece::Wait(Duration::from_secs(600));
    let host = Host::start(move |request| match (request.path.as_str(), request.nth) {
        // The head that counts never comes.
        ("/head.mp4", 1) => Answer::of("100 Continue").body(silence()),
        ("/body.mp4", 1) => good(&ONE, A, request).cut(200_000, false).body(silence()),
        ("/drip.mp4", 1) => {
            let mut answer = good(&ONE, A, request).cut(20_000, false);
            answer.body.push(Piece::Paced(ONE[20_000..].to_vec(), 500));
            answer
        }
        _ => good(&ONE, A, request),
    })
    .await;
    let links = ["head", "body", "drip"].map(|name| (name, host.link(&format!("/{name}.mp4"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.until(&["done"], Duration::from_secs(150)).await?;
    bench.holds(&[("body.mp4", &ONE), ("drip.mp4", &ONE), ("head.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    let seen = host.files();
    let given_up = |path: &str| {
        let of: Vec<&Request> = seen.iter().filter(|request| request.path == path).collect();
        of[1].at.duration_since(of[0].at).as_secs()
    };
    let waits = [given_up("/head.mp4"), given_up("/body.mp4"), given_up("/drip.mp4")];
    must(
        waits[0] < 50 && waits[1] < 50 && waits[2] < 130,
        format!("given up after {waits:?} s"),
    )?;
    Ok(format!(
        "asked again after {} s, {} s and {} s",
        waits[0], waits[1], waits[2]
    ))
}
