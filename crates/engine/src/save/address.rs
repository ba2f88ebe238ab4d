//! Where media may be fetched from: links come from an answer and are treated as hostile.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether an address lies on the public internet.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [first, second, ..] = ip.segments();
    let embedded = |at: usize| {
        let octets = ip.octets();
        is_public_v4(Ipv4Addr::new(
            octets[at],
            octets[at + 1],
            octets[at + 2],
            octets[at + 3],
        ))
    };
    match first {
        // NAT64 and 6to4 carry an IPv4 address that decides; NAT64 of a network's own (64:ff9b:1::) leads anywhere.
        0x0064 if second == 0xff9b && ip.segments()[2..6] == [0; 4] => embedded(12),
        0x2002 => embedded(2),
        // Teredo, benchmarks, identifiers that are no addresses (all below 2001:200::), documentation.
        0x2001 if second < 0x0200 || second == 0x0db8 => false,
        0x3fff if second < 0x1000 => false,
        _ => first & 0xe000 == 0x2000,
    }
}

/// Checks a link before it is followed. `loopback`: the configured service is on a loopback address itself.
///
/// # Errors
/// Host and reason, for a person; never the query, which may be a signature.
pub(super) fn check(url: &Url, loopback: bool) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let refuse = |why: &str| Err(format!("{}://{host}: {why}", url.scheme()));
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return refuse("not https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("carries a user name");
    }
    let ip = match url.host() {
        None => return refuse("no host"),
        // A name is checked where it is looked up.
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
    };
    if allowed(ip, loopback) {
        Ok(())
    } else {
        refuse("not a public address")
    }
}

/// Whether an address may be connected to.
pub(super) fn allowed(ip: IpAddr, loopback: bool) -> bool {
    is_public(ip) || (loopback && ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_places_are_refused_in_every_spelling() {
        for text in [
            "http://cdn.example/a.mp4",
            "ftp://cdn.example/a",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://user@cdn.example/a",
            "https://127.0.0.1/a",
            "https://2130706433/a",
            "https://0x7f.1/a",
            "https://10.0.0.8/a",
            "https://192.168.1.1/a",
            "https://172.16.0.1/a",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/a",
            "https://0.0.0.0/a",
            "https://[::1]/a",
            "https://[::ffff:127.0.0.1]/a",
            "https://[fe80::1]/a",
            "https://[fd00::1]/a",
            "https://[64:ff9b::7f00:1]/a",
            "https://[2002:7f00:1::]/a",
            "https://[64:ff9b:1::808:808]/a",
            "https://[2001:10::1]/a",
            "https://[2001:2::1]/a",
            "https://[3fff::1]/a",
            "https://[::127.0.0.1]/a",
            "https://[::]/a",
            "https://[::ffff:a9fe:a9fe]/a",
            "https://[ff02::1]/a",
            "https://0177.0.0.1/a",
            "https://127.1/a",
            "https://0/a",
            "https://１２７.０.０.１/a",
            "https://①②⑦.⓪.⓪.①/a",
            "https://127。0。0。1/a",
            "https://cdn.example:pw@127.0.0.1/a",
            "https://:pw@cdn.example/a",
            "https://255.255.255.255/a",
            "https://198.18.0.1/a",
            "https://192.0.0.170/a",
            "blob:https://cdn.example/a",
            "javascript:alert(1)",
        ] {
            // What is no address at all is refused before.
            let refused = Url::parse(text).map_or(true, |url| check(&url, false).is_err());
            assert!(refused, "{text}");
        }
        for text in [
            "https://tempfile.aiquickdraw.com/v/a.mp4",
            "https://8.8.8.8/a",
            "https://[2606:4700::1111]/a",
        ] {
            assert_eq!(check(&Url::parse(text).unwrap(), false), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_checked_is_what_is_connected_to() {
        // A backslash ends the host here as it does for whoever connects: the rest is a path, not another host.
        let url = Url::parse("https://cdn.example\\@127.0.0.1/a").unwrap();
        assert_eq!((url.host_str(), url.path()), (Some("cdn.example"), "/@127.0.0.1/a"));
        assert_eq!(check(&url, false), Ok(()));
    }

    #[test]
    fn loopback_is_allowed_only_beside_a_loopback_service_and_nothing_else_with_it() {
        let here = Url::parse("http://127.0.0.1:8000/v/a.mp4").unwrap();
        assert_eq!(check(&here, true), Ok(()));
        assert!(check(&here, false).is_err());
        assert!(check(&Url::parse("http://10.0.0.8/a.mp4").unwrap(), true).is_err());
    }

    #[test]
    fn a_refusal_never_shows_the_query() {
        let url = Url::parse("https://10.0.0.8/a.mp4?signature=secret").unwrap();
        assert!(!check(&url, false).unwrap_err().contains("secret"));
    }
}
