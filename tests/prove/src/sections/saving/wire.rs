//! Rows in which the wire or the host is broken: cuts, lies, wrong versions, refusals, redirects.

use std::time::Duration;

use serde_json::json;

use super::bench::{Bench, Setup};
use super::clip::{self, ONE, TWO};
use super::host::{Answer, Host, Piece, Request, envelope, good, part, record, whole};
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
        numbers: "12",
        promise: "Another version in the middle (new ETag): one clean file of the new version",
        slow: false,
        run: || Box::pin(changed()),
    },
    Row {
        numbers: "13",
        promise: "Another version under the same ETag: found by the overlap, or by the host's digest",
        slow: false,
        run: || Box::pin(lying_tag()),
    },
    Row {
        numbers: "14",
        promise: "A weak ETag, none, only a date: never asked for a range",
        slow: false,
        run: || Box::pin(weak()),
    },
    Row {
        numbers: "15, 16",
        promise: "Range ignored; 206 with wrong start, total, none, multipart: one clean file from zero",
        slow: false,
        run: || Box::pin(ranges()),
    },
    Row {
        numbers: "17",
        promise: "416 to a resume; a part longer than the file is now: from zero",
        slow: false,
        run: || Box::pin(unsatisfiable()),
    },
    Row {
        numbers: "19",
        promise: "Silence before the head, in the body (30 s), a drip below 1 kB/s (60 s): given up, resumed",
        slow: true,
        run: || Box::pin(stalls()),
    },
    Row {
        numbers: "20",
        promise: "No such name, refused: waits, not failed, and goes on by itself when the host is there",
        slow: false,
        run: || Box::pin(unreachable()),
    },
    Row {
        numbers: "20",
        promise: "A certificate nobody vouches for: nothing fetched, told plainly, final; the key never shown to it",
        slow: false,
        run: || Box::pin(certificate()),
    },
    Row {
        numbers: "21",
        promise: "Retry-After in seconds, as a date: obeyed; a year: capped at 5 min; negative, garbage: a short wait",
        slow: false,
        run: || Box::pin(retry_after()),
    },
    Row {
        numbers: "22",
        promise: "500, 502, 504 in a row: waits that grow, then done",
        slow: false,
        run: || Box::pin(bursts()),
    },
    Row {
        numbers: "23",
        promise: "401, 403, 404, 410: renewed once each way, then told with the last day; no loop",
        slow: false,
        run: || Box::pin(dead_links()),
    },
    Row {
        numbers: "24",
        promise: "Redirects: 5 followed; a loop, 6, file:, ftp:, data: refused",
        slow: false,
        run: || Box::pin(redirects()),
    },
    Row {
        numbers: "25",
        promise: "Redirects and names that lead to private addresses: refused at the connection, 0 connections",
        slow: false,
        run: || Box::pin(private()),
    },
    Row {
        numbers: "27",
        promise: "A compressed body: identity is asked for, the body refused",
        slow: false,
        run: || Box::pin(compressed()),
    },
    Row {
        numbers: "28",
        promise: "50 GB promised; a body without end: stopped at the limit, nothing left",
        slow: false,
        run: || Box::pin(too_large()),
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

async fn changed() -> Seen {
    let host = Host::start(|request| match request.nth {
        1 => good(&ONE, A, request).cut(ONE.len() / 2, false),
        _ => good(&TWO, B, request),
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &TWO)])?;
    audit(&bench, &[&TWO]).await;
    Ok(format!("{} requests, the new version", host.files().len()))
}

async fn lying_tag() -> Seen {
    // The same in the first 70 %, another in the rest: the overlap cannot see it.
    let mut late = ONE.clone();
    let from = late.len() * 7 / 10;
    late[from..].copy_from_slice(&TWO[from..]);
    let (served, digest) = (late.clone(), format!("sha-256=:{}:", base64(&sha256(&late))));
    let host = Host::start(move |request| match (request.path.as_str(), request.nth) {
        (_, 1) => good(&ONE, A, request).cut(ONE.len() / 2, false),
        // Its digest is of another version than the bytes that follow at first.
        ("/digest.mp4", 2) => good(&ONE, A, request).with("repr-digest", &digest),
        ("/digest.mp4", _) => good(&served, A, request).with("repr-digest", &digest),
        _ => good(&TWO, A, request),
    })
    .await;
    let links = [("1", host.link("/overlap.mp4")), ("2", host.link("/digest.mp4"))];
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    bench.holds(&[("1.mp4", &TWO), ("2.mp4", &late)])?;
    audit(&bench, &[&TWO, &late]).await;
    Ok("2 of 2 found, one clean version each (behind an equal overlap and without a digest nobody can tell)".into())
}

async fn weak() -> Seen {
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    let host = Host::start(move |request| {
        let answer = match request.path.as_str() {
            "/weak.mp4" => good(&ONE, "W/\"a\"", request),
            "/date.mp4" => good(&ONE, A, request).without("etag").with("last-modified", date),
            "/bare.mp4" => good(&ONE, "abc", request),
            _ => good(&ONE, A, request).without("etag"),
        };
        if request.nth == 1 {
            answer.cut(ONE.len() / 2, false)
        } else {
            answer
        }
    })
    .await;
    let paths = ["/weak.mp4", "/none.mp4", "/date.mp4", "/bare.mp4"];
    let links = paths.map(|path| (path.trim_matches('/').trim_end_matches(".mp4"), host.link(path)));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    audit(&bench, &[&ONE]).await;
    let ranged = host.files().iter().filter(|request| request.from.is_some()).count();
    must(ranged == 0 && host.files().len() == 8, format!("{ranged} ranges"))?;
    Ok("4 of 4 from zero, 0 ranges asked".into())
}

async fn ranges() -> Seen {
    let host = Host::start(|request| {
        let Some(from) = request.from else {
            let answer = good(&ONE, A, request);
            return if request.nth == 1 {
                answer.cut(ONE.len() / 2, false)
            } else {
                answer
            };
        };
        let (last, all) = (ONE.len() - 1, ONE.len());
        match request.path.as_str() {
            "/ignored.mp4" => whole(&ONE, A),
            "/start.mp4" => part(&ONE, A, from - 500),
            "/lying-start.mp4" => part(&ONE, A, from + 700).with("content-range", format!("bytes {from}-{last}/{all}")),
            "/total.mp4" => part(&ONE, A, from).with("content-range", format!("bytes {from}-{last}/{}", all + 9)),
            "/other-total.mp4" => part(&TWO[..all - 1000], A, from),
            "/none.mp4" => part(&ONE, A, from).without("content-range"),
            "/star.mp4" => part(&ONE, A, from).with("content-range", format!("bytes */{all}")),
            "/tagless.mp4" => part(&TWO, A, from).without("etag"),
            _ => part(&ONE, A, from).with("content-type", "multipart/byteranges; boundary=x"),
        }
    })
    .await;
    let names = [
        "ignored",
        "start",
        "lying-start",
        "total",
        "other-total",
        "none",
        "star",
        "tagless",
        "multipart",
    ];
    let links = names.map(|name| (name, host.link(&format!("/{name}.mp4"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    let files: Vec<_> = names
        .iter()
        .map(|name| (format!("{name}.mp4"), ONE.as_slice()))
        .collect();
    let files: Vec<_> = files.iter().map(|(name, file)| (name.as_str(), *file)).collect();
    bench.holds(&files)?;
    audit(&bench, &[&ONE]).await;
    Ok(format!("{} of {} clean", names.len(), names.len()))
}

async fn unsatisfiable() -> Seen {
    let shorter = clip::long(200_000, 3);
    let served = shorter.clone();
    let host = Host::start(
        move |request| match (request.path.as_str(), request.nth, request.from) {
            (_, 1, _) => good(&ONE, A, request).cut(ONE.len() / 2, false),
            (_, _, Some(_)) => Answer::of("416 Range Not Satisfiable").with("content-length", 0),
            ("/shorter.mp4", ..) => good(&served, B, request),
            _ => good(&ONE, A, request),
        },
    )
    .await;
    let links = [("1", host.link("/same.mp4")), ("2", host.link("/shorter.mp4"))];
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    bench.holds(&[("1.mp4", &ONE), ("2.mp4", &shorter)])?;
    audit(&bench, &[&ONE, &shorter]).await;
    Ok("2 of 2 from zero (a part that is whole is named without a request: see the kills)".into())
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

async fn unreachable() -> Seen {
    let host = Host::start(|request| good(&ONE, A, request)).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|error| error.to_string())?;
    let closed = gone.local_addr().map_err(|error| error.to_string())?;
    drop(gone);
    let links = [
        ("1", format!("http://{closed}/a.mp4")),
        ("2", "http://no-such-host.invalid/a.mp4".to_owned()),
    ];
    let bench = Bench::run(&host, Setup::some(links)).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    for nth in [0, 1] {
        let card = bench.card(nth).await;
        must(
            bench.state(nth).await == "saving",
            format!("{} was failed", card.number),
        )?;
        let trouble = card.trouble.ok_or("why it waits is not told")?;
        must(trouble.goes_on, "it is not said that it goes on by itself")?;
    }
    must(
        host.calls("/api/") <= 4,
        "the service was asked for links of a host that is merely away",
    )?;
    let listener = tokio::net::TcpListener::bind(closed)
        .await
        .map_err(|error| error.to_string())?;
    let back = Host::on(listener, |request| good(&ONE, A, request));
    let begin = std::time::Instant::now();
    while bench.state(0).await != "done" {
        must(begin.elapsed() < Duration::from_secs(20), "it did not go on")?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bench.holds(&[("1.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    Ok(format!(
        "waited 5 s unfailed; the refused one done {} ms after its host was there",
        begin.elapsed().as_millis()
    )
    .replace("done 0 ms", "done at once")
        + &format!(", {} request", back.files().len()))
}

async fn certificate() -> Seen {
    const NO_OPENSSL: &str = "not run: needs the openssl program";
    let home = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (key, cert) = (home.path().join("key.pem"), home.path().join("cert.pem"));
    let mut made = tokio::process::Command::new("openssl");
    made.args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-keyout",
    ]);
    made.arg(&key).arg("-out").arg(&cert);
    if !made.output().await.is_ok_and(|made| made.status.success()) {
        return Err(NO_OPENSSL.into());
    }
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|error| error.to_string())?;
    let port = free.local_addr().map_err(|error| error.to_string())?.port();
    drop(free);
    let mut serving = tokio::process::Command::new("openssl");
    serving.args([
        "s_server",
        "-quiet",
        "-www",
        "-accept",
        &format!("127.0.0.1:{port}"),
        "-key",
    ]);
    serving.arg(&key).arg("-cert").arg(&cert).kill_on_drop(true);
    serving
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let Ok(_serving) = serving.spawn() else {
        return Err(NO_OPENSSL.into());
    };
    let begin = std::time::Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        must(begin.elapsed() < Duration::from_secs(10), NO_OPENSSL)?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let host = Host::start(|_| envelope(422, json!(null))).await;
    let bench = Bench::run(&host, Setup::one(format!("https://127.0.0.1:{port}/a.mp4"))).await;
    bench.until(&["saveFailed"], Duration::from_secs(20)).await?;
    let trouble = bench.card(0).await.trouble.ok_or("no cause")?;
    must(
        trouble.code == "media-certificate",
        format!("told as {}: {}", trouble.code, trouble.cause),
    )?;
    bench.holds_no_video()?;
    audit(&bench, &[]).await;
    Ok(format!("“{}”", trouble.cause))
}

async fn retry_after() -> Seen {
    let host = Host::start(|request| {
        let wait = match request.path.as_str() {
            "/seconds.mp4" => "3".to_owned(),
            "/date.mp4" => http_date_in(3),
            "/year.mp4" => "31536000".to_owned(),
            "/negative.mp4" => "-5".to_owned(),
            _ => "soon".to_owned(),
        };
        match request.nth {
            1 if request.path == "/date.mp4" => Answer::of("503 Service Unavailable").with("retry-after", wait),
            1 => Answer::of("429 Too Many Requests").with("retry-after", wait),
            _ => good(&ONE, A, request),
        }
        .with("x", "y")
    })
    .await;
    let year = Bench::run(&host, Setup::one(host.link("/year.mp4"))).await;
    let names = ["seconds", "date", "negative", "garbage"];
    let links = names.map(|name| (name, host.link(&format!("/{name}.mp4"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    audit(&bench, &[&ONE]).await;
    let seen = host.files();
    let waits = names.map(|name| {
        let of: Vec<_> = seen.iter().filter(|request| request.path.contains(name)).collect();
        of[1].at.duration_since(of[0].at).as_millis()
    });
    must(waits[0] >= 3000, format!("3 s were asked for, {} ms waited", waits[0]))?;
    must(
        waits[1] >= 2000,
        format!("a date in 3 s was told, {} ms waited", waits[1]),
    )?;
    must(waits[2] < 10_000 && waits[3] < 10_000, format!("{waits:?} ms"))?;
    let due = year.take().due_at.ok_or("nothing is due")?;
    let left = due / 1000 - jiff::Timestamp::now().as_second();
    must((200..=300).contains(&left), format!("a year became {left} s"))?;
    Ok(format!(
        "waited {} and {} ms; a year: {left} s left; garbage: {} ms",
        waits[0], waits[1], waits[3]
    ))
}

async fn bursts() -> Seen {
    let host = Host::start(|request| match request.nth {
        1 => Answer::of("500 Internal Server Error").text("text/html", "no"),
        2 => Answer::of("502 Bad Gateway").text("text/html", "no"),
        3 => Answer::of("504 Gateway Timeout").text("text/html", "no"),
        _ => good(&ONE, A, request),
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    let at: Vec<_> = host.files().iter().map(|request| request.at).collect();
    let waits: Vec<_> = at
        .windows(2)
        .map(|two| two[1].duration_since(two[0]).as_millis())
        .collect();
    // Half of 1, 2 and 4 s at least: the rest is chance, so that nobody comes back together.
    let grow = waits.len() == 3 && waits[0] >= 500 && waits[1] >= 1000 && waits[2] >= 2000;
    must(grow, format!("{waits:?} ms"))?;
    Ok(format!("waits of {waits:?} ms"))
}

async fn dead_links() -> Seen {
    let statuses = ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"];
    let mut asked = 0;
    for status in statuses {
        let host = Host::start(move |request| match request.path.as_str() {
            "/api/v1/common/download-url" => envelope(200, json!("http://127.0.0.1:1/never.mp4")),
            _ => Answer::of(status).text("text/html", "gone"),
        })
        .await;
        // Both fresh links are dead as well.
        let port = host.port;
        let dead = Host::start(move |request| {
            let link = format!("http://127.0.0.1:{port}/fresh.mp4");
            match request.path.split('?').next().unwrap_or_default() {
                "/api/v1/common/download-url" => envelope(200, json!(link)),
                "/api/v1/veo/record-info" => record(&link),
                _ => Answer::of(status).text("text/html", "gone"),
            }
        })
        .await;
        let bench = Bench::run(&dead, Setup::one(dead.link("/a.mp4"))).await;
        bench.until(&["saveFailed"], Duration::from_secs(10)).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let renewed = (dead.calls("download-url"), dead.calls("record-info"));
        must(renewed == (1, 1), format!("{status}: {renewed:?} renewals"))?;
        let gets = host.files().len() + dead.files().len();
        must(gets == 3, format!("{status}: {gets} requests"))?;
        asked += gets;
        let trouble = bench.card(0).await.trouble.ok_or("no cause is told")?;
        must(trouble.code == "link-expired-kept", format!("told as {}", trouble.code))?;
        bench.holds_no_video()?;
        audit(&bench, &[]).await;
    }
    // Dead once, alive when renewed: by the fresh link, and where there is none by the record.
    let mut renewed = 0;
    for by_record in [false, true] {
        let host = Host::start(move |request| {
            let host = request
                .head
                .lines()
                .find_map(|line| line.strip_prefix("host: "))
                .unwrap_or_default();
            let link = format!("http://{host}/fresh.mp4");
            match request.path.split('?').next().unwrap_or_default() {
                "/api/v1/common/download-url" if by_record => envelope(422, json!(null)),
                "/api/v1/common/download-url" => envelope(200, json!(link)),
                "/api/v1/veo/record-info" => record(&link),
                "/fresh.mp4" => good(&ONE, A, request),
                _ => Answer::of("410 Gone").text("text/html", "gone"),
            }
        })
        .await;
        let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
        bench.done().await?;
        bench.holds(&[("0001.mp4", &ONE)])?;
        audit(&bench, &[&ONE]).await;
        renewed += 1;
    }
    Ok(format!(
        "4 statuses, {asked} requests, 1 + 1 renewals each; {renewed} of 2 renewed and done"
    ))
}

async fn redirects() -> Seen {
    let host = Host::start(|request| {
        let to = |place: String| {
            Answer::of("302 Found")
                .with("location", place)
                .with("content-length", 0)
        };
        let path = request.path.as_str();
        match path.split('/').nth(1).unwrap_or_default() {
            "api" => envelope(422, json!(null)),
            "hop" => match path.trim_start_matches("/hop/").parse::<u32>() {
                Ok(0) | Err(_) => good(&ONE, A, request),
                Ok(left) => to(format!("/hop/{}", left - 1)),
            },
            "loop" => to("/loop".into()),
            "file" => to("file:///etc/passwd".into()),
            "ftp" => to("ftp://127.0.0.1/a.mp4".into()),
            "data" => to("data:video/mp4;base64,AAAA".into()),
            _ => to("http://user:pw@127.0.0.1/a.mp4".into()),
        }
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/hop/5"))).await;
    bench.done().await?;
    audit(&bench, &[&ONE]).await;
    let bad = ["/hop/6", "/loop", "/file", "/ftp", "/data", "/userinfo"];
    let mut setup = Setup::some(bad.map(|path| (path.trim_matches('/'), host.link(path))));
    setup.largest = None;
    let bench = Bench::run(&host, setup).await;
    bench.until(&["saveFailed"], Duration::from_secs(20)).await?;
    for (nth, path) in bad.iter().enumerate() {
        let code = bench.card(nth).await.trouble.map(|trouble| trouble.code);
        // Where nobody answered for the record, nothing is known of the link; here the service answers.
        must(code.as_deref() == Some("link-forbidden"), format!("{path}: {code:?}"))?;
    }
    bench.holds_no_video()?;
    audit(&bench, &[]).await;
    Ok(format!("5 followed, {} of {} refused", bad.len(), bad.len()))
}

async fn private() -> Seen {
    let host = Host::start(|request| {
        let to = |place: &str| {
            Answer::of("302 Found")
                .with("location", place)
                .with("content-length", 0)
        };
        match request.path.as_str() {
            path if path.starts_with("/api/") => envelope(422, json!(null)),
            "/ten" => to("https://10.0.0.8/a.mp4"),
            "/meta" => to("https://169.254.169.254/latest"),
            "/six" => to("https://[fd00::1]/a.mp4"),
            _ => to("https://192.168.1.1.nip.io.invalid/a.mp4"),
        }
    })
    .await;
    let paths = ["/ten", "/meta", "/six"];
    let bench = Bench::run(
        &host,
        Setup::some(paths.map(|path| (path.trim_matches('/'), host.link(path)))),
    )
    .await;
    bench.until(&["saveFailed"], Duration::from_secs(20)).await?;
    bench.holds_no_video()?;
    // With a public service, this computer is private too: by number, by name, and by a name that hides it.
    let trap = Host::start(|request| good(&ONE, A, request)).await;
    let links = [
        ("number", format!("https://127.0.0.1:{}/a.mp4", trap.port)),
        ("name", format!("https://localhost:{}/a.mp4", trap.port)),
        ("plain", format!("http://127.0.0.1:{}/a.mp4", trap.port)),
        ("octal", format!("https://0177.0.0.1:{}/a.mp4", trap.port)),
        ("mapped", format!("https://[::ffff:127.0.0.1]:{}/a.mp4", trap.port)),
    ];
    let count = links.len();
    let mut setup = Setup::some(links);
    setup.loopback = false;
    let bench = Bench::run(&host, setup).await;
    bench.until(&["saveFailed"], Duration::from_secs(20)).await?;
    for nth in 0..count {
        let code = bench.card(nth).await.trouble.map(|trouble| trouble.code);
        must(code.as_deref() == Some("link-forbidden"), format!("{nth}: {code:?}"))?;
    }
    must(trap.seen().is_empty() && trap.most_at_once() == 0, "somebody came")?;
    audit(&bench, &[]).await;
    Ok(format!(
        "{} of {} refused, 0 connections",
        count + paths.len(),
        count + paths.len()
    ))
}

async fn compressed() -> Seen {
    let host = Host::start(|request| match request.nth {
        1 => good(&ONE, A, request).with("content-encoding", "gzip"),
        _ => good(&ONE, A, request),
    })
    .await;
    let bench = Bench::run(&host, Setup::one(host.link("/a.mp4"))).await;
    bench.done().await?;
    bench.holds(&[("0001.mp4", &ONE)])?;
    audit(&bench, &[&ONE]).await;
    let identity = host
        .files()
        .iter()
        .all(|request| request.head.to_lowercase().contains("accept-encoding: identity"));
    must(identity, "identity was not asked for")?;
    Ok("refused once, then taken plain".into())
}

async fn too_large() -> Seen {
    const MOST: u64 = 8 << 20;
    let host = Host::start(|request| match request.path.as_str() {
        "/huge.mp4" => good(&ONE, A, request).with("content-length", 50_000_000_000u64),
        _ => {
            let mut answer = good(&ONE, A, request).without("content-length");
            answer.body.push(Piece::Endless(vec![1; 64 << 10]));
            answer
        }
    })
    .await;
    let huge = Bench::run(&host, Setup::one(host.link("/huge.mp4"))).await;
    let mut setup = Setup::one(host.link("/endless.mp4"));
    setup.largest = Some(MOST);
    let endless = Bench::run(&host, setup).await;
    for bench in [&huge, &endless] {
        bench.until(&["saveFailed"], Duration::from_secs(90)).await?;
        let code = bench.card(0).await.trouble.map(|trouble| trouble.code);
        must(code.as_deref() == Some("file-too-large"), format!("told as {code:?}"))?;
        must(bench.names().is_empty(), format!("left: {:?}", bench.names()))?;
        audit(bench, &[]).await;
    }
    Ok("50 GB refused by its length; the endless one at a limit of 8 MiB (4 GiB by default)".into())
}

fn http_date_in(seconds: i64) -> String {
    // Dates have whole seconds: one more, so that it is never less than that.
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds + 1);
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).to_vec()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let all = three.iter().fold(0u32, |all, byte| (all << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for nth in 0..4 {
            let digit = usize::try_from(all >> (18 - 6 * nth) & 63).unwrap_or(0);
            text.push(if nth <= three.len() {
                char::from(ALPHABET[digit])
            } else {
                '='
            });
        }
    }
    text
}
