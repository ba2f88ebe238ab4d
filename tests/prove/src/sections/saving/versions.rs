//! Rows in which a resume meets something else than what it began with: another version, another place, no place at all.

use super::bench::{Bench, Setup};
use super::clip::{self, ONE, TWO};
use super::host::{Answer, Host, good, part, whole};
use super::row::{Row, Seen, audit, must};

const A: &str = "\"a\"";
const B: &str = "\"b\"";

pub const ROWS: &[Row] = &[
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
        numbers: "12, 16",
        promise: "206 of another version, or from another place, whose overlap is the same: one clean file from zero",
        slow: false,
        run: || Box::pin(alike()),
    },
];

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

/// What the overlap cannot tell apart: only what the host says of version and place does.
async fn alike() -> Seen {
    let half = ONE.len() / 2;
    // Another beginning and another end, and in the middle the same.
    let mut other = ONE.clone();
    other[60_000..100_000].copy_from_slice(&TWO[60_000..100_000]);
    other[500_000..].copy_from_slice(&TWO[500_000..]);
    // The same for so long around the cut that a few bytes too early or too late look right.
    let mut even = ONE.clone();
    even[half - 50_000..half + 50_000].fill(7);
    let (served, level) = (other.clone(), even.clone());
    let host = Host::start(move |request| {
        let first = if request.path == "/version.mp4" { &*ONE } else { &level };
        match (request.path.as_str(), request.nth, request.from) {
            (_, 1, _) => good(first, A, request).cut(half, false),
            ("/version.mp4", _, Some(from)) => part(&served, B, from),
            ("/version.mp4", ..) => whole(&served, B),
            ("/early.mp4", _, Some(from)) => part(&level, A, from - 500),
            ("/late.mp4", _, Some(from)) => part(&level, A, from + 500),
            _ => whole(&level, A),
        }
    })
    .await;
    let names = ["version", "early", "late"];
    let links = names.map(|name| (name, host.link(&format!("/{name}.mp4"))));
    let bench = Bench::run(&host, Setup::some(links)).await;
    bench.done().await?;
    bench.holds(&[("version.mp4", &other), ("early.mp4", &even), ("late.mp4", &even)])?;
    audit(&bench, &[&other, &even]).await;
    Ok("3 of 3 clean".into())
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
