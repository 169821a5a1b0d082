//! The other end of a connection.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, HeaderMap};

/// The address that a request came from. Handlers take it as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The peer of a request; this machine if the request came over no connection.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        let known = extensions.get::<Self>().copied();
        known.unwrap_or(Self(IpAddr::V4(Ipv4Addr::LOCALHOST)))
    }
}

impl Peer {
    /// Who is meant when this is a proxy: the last address that it added, for those before may be
    /// invented by the client.
    pub(crate) fn behind(self, proxies: &[IpAddr], headers: &HeaderMap) -> Self {
        if !proxies.contains(&self.0) {
            return self;
        }
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let last = last.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        let address = last.and_then(|text| text.trim().parse::<IpAddr>().ok());
        address.map_or(self, |address| Self(address.to_canonical()))
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_that_is_trusted_tells_for_whom_it_asks_and_only_by_what_it_added() {
        let address = |text: &str| Peer(text.parse().unwrap());
        let proxies = [address("192.0.2.1").0];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "10.0.0.7, 203.0.113.5".parse().unwrap());
        let from = |peer: &str| address(peer).behind(&proxies, &headers);
        assert_eq!(from("192.0.2.1"), address("203.0.113.5"));
        assert_eq!(from("192.0.2.9"), address("192.0.2.9"));
        let silent = address("192.0.2.1").behind(&proxies, &HeaderMap::new());
        assert_eq!(silent, address("192.0.2.1"));
    }
}
