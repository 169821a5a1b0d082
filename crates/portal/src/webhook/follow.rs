//! Works for every webhook, as they come and go.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use app::ports::Webhook;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Hook;
use crate::outbound::{Process, Worker};

/// How often it looks for webhooks that another process has added or removed.
const EVERY: Duration = Duration::from_secs(5);

/// A worker, with what it works for.
struct Working {
    webhook: Webhook,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

/// Works for every webhook until it is told to stop. Then what is in flight ends.
pub async fn follow(engine: Arc<Engine>, process: Process, mut stop: watch::Receiver<bool>) {
    let mut changes = engine.changes();
    let mut working: HashMap<(String, String), Working> = HashMap::new();
    let mut looked: Option<tokio::time::Instant> = None;
    while !*stop.borrow() {
        // Every write wakes it, and few of them are of a webhook.
        let is_due = looked.is_none_or(|at| at.elapsed() >= Duration::from_millis(250));
        if is_due {
            looked = Some(tokio::time::Instant::now());
            match engine.all_webhooks().await {
                Ok(webhooks) => take_up(&engine, &process, &mut working, webhooks).await,
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "webhooks cannot be read"
                ),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = changes.changed() => tokio::time::sleep(Duration::from_millis(250)).await,
            _ = stop.changed() => {}
        }
    }
    for (_, worker) in working {
        end(worker).await;
    }
}

/// Begins work for new webhooks, and ends it for those that are gone or have changed.
async fn take_up(
    engine: &Arc<Engine>,
    process: &Process,
    working: &mut HashMap<(String, String), Working>,
    webhooks: Vec<Webhook>,
) {
    let key = |webhook: &Webhook| (webhook.province.to_string(), webhook.name.clone());
    let there: HashMap<_, _> = webhooks
        .into_iter()
        .map(|webhook| (key(&webhook), webhook))
        .collect();
    let over: Vec<_> = working
        .iter()
        .filter(|(key, worker)| {
            there.get(*key) != Some(&worker.webhook) || worker.running.is_finished()
        })
        .map(|(key, _)| key.clone())
        .collect();
    for key in over {
        if let Some(worker) = working.remove(&key) {
            end(worker).await;
        }
    }
    for (key, webhook) in there {
        if working.contains_key(&key) {
            continue;
        }
        let hook = match Hook::new(Arc::clone(engine), webhook.clone()) {
            Ok(hook) => hook,
            Err(wrong) => {
                tracing::error!(webhook = webhook.name, wrong, "a webhook cannot be told");
                continue;
            }
        };
        let (stop, stopped) = watch::channel(false);
        let terms = hook.terms();
        let worker = Worker::on(Arc::clone(engine), Arc::new(hook), terms, process.clone());
        let running = tokio::spawn(worker.run(stopped));
        working.insert(
            key,
            Working {
                webhook,
                stop,
                running,
            },
        );
    }
}

async fn end(worker: Working) {
    worker.stop.send_replace(true);
    if let Err(panic) = worker.running.await {
        tracing::error!(%panic, "work for a webhook ended badly");
    }
}
