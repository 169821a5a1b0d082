//! Where a webhook may lead: not into the network that the server stands in, unless its operator says so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest address.
const LONGEST: usize = 500;

/// Refuses an address to which a webhook may not go.
///
/// A name is looked at again once it is resolved, since whoever owns a name says where it leads.
///
/// Errors: what was expected.
pub fn check_destination(address: &str, is_inside: bool) -> Result<(), &'static str> {
    if address.len() > LONGEST || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("expected an address of at most 500 letters without spaces");
    }
    let rest = match (address.strip_prefix("https://"), is_inside) {
        (Some(rest), _) => rest,
        (None, true) => address
            .strip_prefix("http://")
            .ok_or("expected http:// or https://")?,
        (None, false) => return Err("expected https://"),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let place = &rest[..end];
    if place.contains('@') || rest.contains('#') {
        return Err("must hold neither a user nor a fragment");
    }
    match host_of(place)? {
        Host::Address(address) if !is_inside && is_private(address) => {
            Err("must not lead to a private, local or reserved address")
        }
        Host::Name(name) if !is_inside && is_local(name) => Err("must not lead to a local name"),
        Host::Address(_) | Host::Name(_) => Ok(()),
    }
}

enum Host<'a> {
    Address(IpAddr),
    Name(&'a str),
}

fn host_of(place: &str) -> Result<Host<'_>, &'static str> {
    const EXPECTED: &str = "expected a host, such as https://example.org/path";
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (inner, after) = rest.split_once(']').ok_or(EXPECTED)?;
            let address: Ipv6Addr = inner.parse().map_err(|_wrong| EXPECTED)?;
            let port = if after.is_empty() {
                None
            } else {
                Some(after.strip_prefix(':').ok_or(EXPECTED)?)
            };
            (Host::Address(address.into()), port)
        }
        None => {
            let (host, port) = match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            };
            (name_or_number(host).ok_or(EXPECTED)?, port)
        }
    };
    match port {
        Some(port) if !port.parse::<u16>().is_ok_and(|port| port > 0) => {
            Err("expected a port from 1 to 65535")
        }
        _ => Ok(host),
    }
}

/// A name of letters, or four decimal numbers. What else a browser reads as a number, such as
/// `0x7f.1`, is neither.
fn name_or_number(host: &str) -> Option<Host<'_>> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let last = host.trim_end_matches('.').rsplit('.').next()?;
    if host.is_empty() || !host.bytes().all(fits) || last.is_empty() {
        return None;
    }
    if last.starts_with(|first: char| first.is_ascii_digit()) {
        let address: Ipv4Addr = host.parse().ok()?;
        return Some(Host::Address(address.into()));
    }
    Some(Host::Name(host))
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let ends = ["localhost", "local", "internal", "lan", "home", "corp"];
    !name.contains('.') || ends.iter().any(|end| name.ends_with(&format!(".{end}")))
}

/// Whether an address is no public one: private, of this machine or link, shared, reserved, for
/// documents, for many, or one that holds such an address.
///
/// Source: the registries of special-purpose addresses (RFC 6890) for IPv4 and IPv6.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 224.., _, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _)
        )
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_private_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // IPv4 within IPv6: as such, compatible, by NAT64, and 6to4.
        (0, 0) if [c, d, e] == [0; 3] && (f == 0xffff || f == 0) => {
            (g == 0 && h <= 1) || inner(g, h)
        }
        (0x64, 0xff9b) => inner(g, h) || c != 0,
        (0x2002, _) => inner(b, c),
        // Teredo, ORCHID and others; documents.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, 0..=0xfff) => true,
        // Public addresses begin with 2 or 3.
        _ => a & 0xe000 != 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_private_address_is_taken_for_a_public_one() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2402:800::1",
            "64:ff9b::808:808",
            "2002:808:808::",
            "::ffff:8.8.8.8",
        ] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_webhook_leads_out_unless_the_operator_lets_it_in() {
        for good in [
            "https://example.org",
            "https://example.org:8443/a?b=c",
            "https://8.8.8.8/x",
            "https://[2606:4700::1111]:443/",
        ] {
            assert_eq!(check_destination(good, false), Ok(()), "{good}");
        }
        for inside in [
            "https://127.0.0.1/",
            "https://10.0.0.8:8080/x",
            "https://[::1]/",
            "https://localhost/",
            "https://motcua/",
            "https://qlvb.local/x",
            "http://example.org/",
            "https://LOCALHOST./",
            "https://[::ffff:169.254.169.254]/latest",
        ] {
            assert!(check_destination(inside, false).is_err(), "{inside}");
            assert_eq!(check_destination(inside, true), Ok(()), "{inside}");
        }
        for wrong in [
            "",
            "ftp://example.org",
            "https://",
            "https:///x",
            "https://a@example.org/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://127.1/",
            "https://exa mple.org/",
            "https://example.org:0/",
            "https://example.org:99999/",
            "https://[::1",
            "https://[::1]x/",
            "https://example.org/#a",
            "https://ví-dụ.vn/",
            "javascript:alert(1)",
        ] {
            assert!(check_destination(wrong, true).is_err(), "{wrong}");
            assert!(check_destination(wrong, false).is_err(), "{wrong}");
        }
    }
}
