//! A simulated portal on a port, and the ways to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use app::ports::Store;
use domain::id::ProvinceCode;
use portal::RemoteSettings;
use portal::outbound::{Client, Process, Worker};
use portal::simulate::Simulator;
use store::SeaStore;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A number from the environment.
pub fn number(variable: &str, usual: u64) -> u64 {
    let asked = std::env::var(variable).ok();
    asked.map_or(usual, |text| {
        text.parse().expect("the variable is a number")
    })
}

/// A portal on a port of this machine. It is gone with this value.
pub struct Remote {
    pub address: String,
    serving: JoinHandle<()>,
}

impl Remote {
    pub async fn over(simulator: &Simulator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let simulator = simulator.clone();
        let serving = tokio::spawn(async move {
            let served = simulator.serve(listener, std::future::pending());
            served.await.unwrap();
        });
        Self { address, serving }
    }

    /// The settings of a remote that is told without patience.
    pub fn settings(&self, more: &str) -> RemoteSettings {
        let text = format!(
            "name = \"cong\"\nprovince = \"08\"\naddress = \"{}\"\norganisation = \"H60\"\n\
             username = \"motcua\"\ntimeout_seconds = 1\nlease_seconds = 2\nfirst_pause_ms = 50\n\
             longest_pause_seconds = 1\ntries = 30\nparallel = 16\n{more}",
            self.address
        );
        toml::from_str(&text).unwrap()
    }

    /// A configuration file with this remote.
    pub fn configuration(&self, folder: &Path) -> PathBuf {
        let password = folder.join("password");
        std::fs::write(&password, "a password of the tests\n").unwrap();
        let file = folder.join("motcua.toml");
        let text = format!(
            "[[remote]]\nname = \"cong\"\nprovince = \"08\"\naddress = \"{}\"\n\
             organisation = \"H60\"\nusername = \"motcua\"\npassword_file = \"{}\"\n\
             timeout_seconds = 1\nlease_seconds = 2\nfirst_pause_ms = 50\n\
             longest_pause_seconds = 1\ntries = 30\nparallel = 16\n",
            self.address,
            password.display()
        );
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Waits until a portal has taken so many rows of progress.
    pub async fn has_taken(&self, simulator: &Simulator, rows: usize) {
        crate::port::soon("the rows", async {
            while simulator.rows() < rows {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// Waits until nothing is under way any more, and nothing was parked.
    pub async fn is_all_delivered(&self, store: &SeaStore) {
        let province = ProvinceCode::parse("08").unwrap();
        let mut last = Vec::new();
        for _ in 0..1_000 {
            let read = store.read().await.unwrap();
            last = read.parcel_counts(&province).await.unwrap();
            if last.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("something stays under way: {last:?}");
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A worker in this process.
pub struct Working {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Working {
    /// The only one on its database.
    pub fn begin(engine: &Arc<Engine>, settings: RemoteSettings, name: &str) -> Self {
        Self::of(engine, settings, name, true)
    }

    /// One beside others.
    pub fn beside(engine: &Arc<Engine>, settings: RemoteSettings, name: &str) -> Self {
        Self::of(engine, settings, name, false)
    }

    fn of(engine: &Arc<Engine>, settings: RemoteSettings, name: &str, alone: bool) -> Self {
        let client = Client::new(&settings, "a password of the tests", None).unwrap();
        let process = Process {
            name: name.to_owned(),
            alone,
        };
        let (stop, stopped) = watch::channel(false);
        let worker = Worker::new(Arc::clone(engine), client, settings, process);
        Self {
            stop,
            running: tokio::spawn(worker.run(stopped)),
        }
    }

    /// Ends it in order.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
    }

    /// Ends it in the middle of whatever it does.
    pub async fn cut(self) {
        self.running.abort();
        let _cut = self.running.await;
    }
}
