//! Screens that follow the worklist of a ward.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use grpc::client::Client;
use grpc::proto::WatchWorklistRequest;
use tokio::task::JoinSet;

use crate::Failure;

/// How many screens are open.
pub const SCREENS: usize = 150;

/// How many screens share a connection.
const A_CONNECTION: usize = 16;

/// Open screens; they close when this value is dropped.
pub struct Watching {
    told: Arc<AtomicU64>,
    _screens: JoinSet<()>,
}

impl Watching {
    /// Opens the screens of the people of a ward, all at once: each waits for a look of its own, and
    /// the server looks once a second.
    pub async fn open(address: &str, tokens: &[String]) -> Result<Self, Failure> {
        let broken = |error| Failure::work("cannot open a screen", error);
        let told = Arc::new(AtomicU64::new(0));
        let mut opening = JoinSet::new();
        let mut client = Client::connect(address).await.map_err(broken)?;
        for screen in 0..SCREENS {
            if screen % A_CONNECTION == 0 && screen > 0 {
                client = Client::connect(address).await.map_err(broken)?;
            }
            let bearer = client.bearing(&tokens[screen % tokens.len()]);
            let mut worklists = bearer.map_err(broken)?.worklists();
            opening.spawn(async move {
                let request = WatchWorklistRequest::default();
                worklists.watch_worklist(request).await
            });
        }
        let mut screens = JoinSet::new();
        while let Some(opened) = opening.join_next().await {
            let answer = opened
                .map_err(|error| Failure::work("a screen broke", error))?
                .map_err(|status| Failure::work("cannot open a screen", status))?;
            let mut counts = answer.into_inner();
            let told = Arc::clone(&told);
            screens.spawn(async move {
                while let Ok(Some(_counts)) = counts.message().await {
                    told.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Ok(Self {
            told,
            _screens: screens,
        })
    }

    /// How many counts all screens together were told.
    pub fn told(&self) -> u64 {
        self.told.load(Ordering::Relaxed)
    }
}
