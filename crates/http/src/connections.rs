//! Who is connected: how many, from where, and who gives way.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use app::security::{self, Event};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a connection that is asked to give way has before somebody else is asked.
const GIVES_WAY_WITHIN: Duration = Duration::from_millis(100);

/// Everybody who is connected.
pub(crate) struct Connections {
    most: usize,
    most_per_peer: usize,
    /// Behind these are many clients, so the limit of one peer does not hold for them.
    trusted: Vec<IpAddr>,
    open: Mutex<Open>,
    left: Notify,
}

#[derive(Default)]
struct Open {
    next: u64,
    places: HashMap<u64, Arc<Place>>,
    by_peer: HashMap<IpAddr, usize>,
}

/// What is known of one connection.
pub(crate) struct Place {
    calls: AtomicUsize,
    idle_since: Mutex<Instant>,
    speaks_http2: AtomicBool,
    /// An answer has said that the connection closes.
    pub(crate) told: Notify,
    /// Somebody else needs the place.
    pub(crate) leave: Notify,
}

impl Place {
    /// Notes a request, for as long as what is returned lives.
    pub(crate) fn begin(self: &Arc<Self>, is_http2: bool) -> Call {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if is_http2 {
            self.speaks_http2.store(true, Ordering::Relaxed);
        }
        Call(Arc::clone(self))
    }

    /// Whether a call is in flight.
    pub(crate) fn is_busy(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    /// Whether the client can be told at any time that no more calls are taken.
    pub(crate) fn speaks_http2(&self) -> bool {
        self.speaks_http2.load(Ordering::Relaxed)
    }

    fn idle_since(&self) -> MutexGuard<'_, Instant> {
        self.idle_since.lock().expect("no panic happens in it")
    }
}

/// A call in flight, until the last byte of its answer.
pub(crate) struct Call(Arc<Place>);

impl Drop for Call {
    fn drop(&mut self) {
        *self.0.idle_since() = Instant::now();
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place that is taken, until it is dropped.
pub(crate) struct Taken {
    id: u64,
    peer: IpAddr,
    pub(crate) place: Arc<Place>,
    all: Arc<Connections>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut open = self.all.open();
        open.places.remove(&self.id);
        if let Some(count) = open.by_peer.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                open.by_peer.remove(&self.peer);
            }
        }
        drop(open);
        self.all.left.notify_one();
    }
}

impl Connections {
    pub(crate) fn new(most: usize, most_per_peer: usize, trusted: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_per_peer,
            trusted,
            open: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// Waits until there is a place. The connection that has done nothing for the longest time is
    /// asked to give way; one with a call in flight never is.
    pub(crate) async fn room(&self) {
        let mut asked = Vec::new();
        loop {
            let idle = {
                let open = self.open();
                if open.places.len() < self.most {
                    return;
                }
                let idle = open
                    .places
                    .iter()
                    .filter(|(id, place)| !place.is_busy() && !asked.contains(*id));
                idle.min_by_key(|(_, place)| *place.idle_since())
                    .map(|(id, place)| (*id, Arc::clone(place)))
            };
            if let Some((id, place)) = idle {
                asked.push(id);
                security::note(Event::IdleClosed, None);
                place.leave.notify_one();
            } else {
                asked.clear();
            }
            let _some_left = tokio::time::timeout(GIVES_WAY_WITHIN, self.left.notified()).await;
        }
    }

    /// Takes a place; none when the peer has as many as one peer may have.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Taken> {
        let mut open = self.open();
        let count = open.by_peer.entry(peer).or_default();
        if *count >= self.most_per_peer && !self.trusted.contains(&peer) {
            drop(open);
            security::note(Event::PeerFull, Some(peer));
            return None;
        }
        *count += 1;
        let id = open.next;
        open.next += 1;
        let place = Arc::new(Place {
            calls: AtomicUsize::new(0),
            idle_since: Mutex::new(Instant::now()),
            speaks_http2: AtomicBool::new(false),
            told: Notify::new(),
            leave: Notify::new(),
        });
        open.places.insert(id, Arc::clone(&place));
        Some(Taken {
            id,
            peer,
            place,
            all: Arc::clone(self),
        })
    }

    /// Waits until nobody is connected any more.
    pub(crate) async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.open().places.is_empty() {
                return;
            }
            left.await;
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect("no panic happens while it is held")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test]
    async fn a_peer_has_so_many_places_and_a_proxy_as_many_as_there_are() {
        let connections = Connections::new(10, 2, vec![peer(9)]);
        let first = connections.take(peer(1)).unwrap();
        let _second = connections.take(peer(1)).unwrap();
        assert!(connections.take(peer(1)).is_none());
        assert!(connections.take(peer(2)).is_some(), "others are not held");
        drop(first);
        assert!(connections.take(peer(1)).is_some());
        let behind: Vec<_> = (0..4).map(|_| connections.take(peer(9))).collect();
        assert!(behind.iter().all(Option::is_some));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_gives_way_and_whoever_works_does_not() {
        let connections = Connections::new(2, 10, Vec::new());
        let works = connections.take(peer(1)).unwrap();
        let call = works.place.begin(true);
        tokio::time::advance(Duration::from_secs(1)).await;
        let idle = connections.take(peer(2)).unwrap();
        let place = Arc::clone(&idle.place);
        let leaves = tokio::spawn(async move {
            place.leave.notified().await;
            drop(idle);
        });
        connections.room().await;
        leaves.await.unwrap();
        drop((works, call));
        connections.emptied().await;
    }
}
