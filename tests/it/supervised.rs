//! What a supervisor such as systemd hears from a server.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use crate::backend::Backend;
use crate::faults::program::{How, Program};

/// The next thing that is said.
fn hear(line: &UnixDatagram) -> String {
    let mut heard = [0; 256];
    let length = line.recv(&mut heard).expect("something is said in time");
    String::from_utf8(heard[..length].to_vec()).unwrap()
}

#[tokio::test]
async fn a_server_says_that_it_is_ready_that_it_is_alive_and_that_it_stops() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("notify");
    let line = UnixDatagram::bind(&socket).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let how = How::default()
        .with("NOTIFY_SOCKET", socket.to_str().unwrap())
        .with("WATCHDOG_USEC", "200000");
    let mut server = Program::serve(&database.url, folder.path(), &how);
    let ready = hear(&line);
    let address = server.address.strip_prefix("http://").unwrap();
    assert_eq!(ready, format!("READY=1\nSTATUS=serving on {address}"));
    for _ in 0..3 {
        assert_eq!(hear(&line), "WATCHDOG=1");
    }
    let asked = Command::new("kill").arg(server.pid.to_string()).status();
    assert!(asked.unwrap().success());
    while hear(&line) != "STOPPING=1" {}
    crate::port::soon("the end", async {
        while server.is_there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_with_a_remote_that_does_not_answer_stops_at_once() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let configuration = folder.path().join("motcua.toml");
    let remote = format!(
        "[[remote]]\nname = \"cong\"\nprovince = \"08\"\naddress = \"http://{}\"\n",
        silent.local_addr().unwrap()
    );
    std::fs::write(&configuration, remote).unwrap();
    let how = How::configured(&configuration);
    let mut server = Program::serve(&database.url, folder.path(), &how);
    let asked = std::time::Instant::now();
    let told = Command::new("kill").arg(server.pid.to_string()).status();
    assert!(told.unwrap().success());
    crate::port::soon("the end", async {
        while server.is_there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    // A call to a remote may take thirty seconds, and a stop may take twenty.
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}
