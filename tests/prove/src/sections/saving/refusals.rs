//! Rows in which the host cannot be reached, refuses, asks for a wait, or leads elsewhere.

use std::time::Duration;

use serde_json::json;

use super::bench::{Bench, Setup};
use super::clip::ONE;
use super::host::{Answer, Host, Piece, envelope, good, record};
use super::row::{Row, Seen, audit, must};

const A: &str = "\"a\"";

pub const ROWS: &[Row] = &[
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
        promise: "500, 502, 504 in a row: waits of at least 0.5, 1 and 2 s, then done",
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

/// Files that are all told to wait, in one batch.
const CROWD: usize = 120;

async fn retry_after() -> Seen {
    let host = Host::start(|request| {
        let wait = match request.path.as_str() {
            path if path.starts_with("/seconds") => "3".to_owned(),
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
    let names = ["seconds", "date", "negative", "garbage"].map(str::to_owned);
    // Many at once: while one is being put off, others end, and everybody who is due is looked up again.
    let crowd: Vec<String> = (0..CROWD).map(|nth| format!("seconds-{nth:03}")).collect();
    let links = names
        .iter()
        .chain(&crowd)
        .map(|name| (name.as_str(), host.link(&format!("/{name}.mp4"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    audit(&bench, &[&ONE]).await;
    let seen = host.files();
    let wait = |name: &String| {
        let path = format!("/{name}.mp4");
        let of: Vec<_> = seen.iter().filter(|request| request.path == path).collect();
        of[1].at.duration_since(of[0].at).as_millis()
    };
    let waits = names.each_ref().map(wait);
    let hasty = crowd.iter().map(wait).filter(|waited| *waited < 3000).count();
    must(
        hasty == 0,
        format!("{hasty} of {CROWD} did not wait the 3 s that they were told"),
    )?;
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
    must(trap.seen().is_empty() && trap.connections() == 0, "somebody came")?;
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
    must(
        host.files().len() == 2,
        "the body that calls itself compressed was taken",
    )?;
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
