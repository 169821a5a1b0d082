//! What systemd is told: that the server is ready, that it is alive, that it stops.
//!
//! Without systemd nothing is told to anybody.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Where systemd listens.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Within how many microseconds systemd wants to hear something.
const WATCHDOG: &str = "WATCHDOG_USEC";

/// Says something, such as `READY=1`.
pub fn say(what: &str) {
    if let Ok(socket) = std::env::var(SOCKET)
        && let Err(error) = send(&socket, what)
    {
        tracing::warn!(%error, socket, "cannot tell the supervisor");
    }
}

fn send(socket: &str, what: &str) -> io::Result<()> {
    let line = UnixDatagram::unbound()?;
    let sent = match socket.strip_prefix('@') {
        Some(name) => line.send_to_addr(what.as_bytes(), &SocketAddr::from_abstract_name(name)?),
        None => line.send_to(what.as_bytes(), socket),
    };
    sent.map(drop)
}

/// Says that the process is alive, twice as often as is wanted. A runtime that hangs says nothing; a
/// database that does not answer is no reason to be started again.
pub async fn keep_alive() {
    let within = std::env::var(WATCHDOG).ok();
    let Some(within) = within.and_then(|text| text.parse().ok()) else {
        return;
    };
    let mut pause = tokio::time::interval(Duration::from_micros(within) / 2);
    loop {
        pause.tick().await;
        say("WATCHDOG=1");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_heard_on_a_path_and_on_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listens = UnixDatagram::bind(&path).unwrap();
        send(path.to_str().unwrap(), "READY=1").unwrap();
        let mut heard = [0; 64];
        let length = listens.recv(&mut heard).unwrap();
        assert_eq!(&heard[..length], b"READY=1");

        let name = format!("motcua-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let listens = UnixDatagram::bind_addr(&address).unwrap();
        send(&format!("@{name}"), "STOPPING=1").unwrap();
        let length = listens.recv(&mut heard).unwrap();
        assert_eq!(&heard[..length], b"STOPPING=1");
    }
}
