//! What every call goes through: a place, a caller, a limit of time, and one way to fail.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use app::{Caller, Engine, Error};
use futures::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};
use tracing::Instrument;

use crate::convert::Known;
use crate::serve::Settings;
use crate::status;

/// The engine behind the services, and the limits before it.
#[derive(Clone)]
pub(crate) struct Calls {
    engine: Arc<Engine>,
    places: Arc<Semaphore>,
    timeout: Duration,
    pub(crate) poll: Duration,
    /// The on-time rate to be reached.
    pub(crate) target: f64,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Calls {
    pub(crate) fn new(
        engine: Arc<Engine>,
        settings: &Settings,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            engine,
            places: Arc::new(Semaphore::new(settings.max_calls)),
            timeout: settings.timeout,
            poll: settings.poll,
            target: settings.target,
            stopping,
        }
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Who calls, by the bearer token.
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Error> {
        self.engine.authenticate(&secret(metadata)?).await
    }

    /// A call that needs no token.
    pub(crate) async fn public<T>(
        &self,
        metadata: &MetadataMap,
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<Response<T>, Status> {
        let _place = self.place()?;
        self.in_time(metadata, unharmed(work)).await
    }

    /// A call that only reads: it ends when the caller goes away.
    pub(crate) async fn read<T, F>(
        &self,
        metadata: &MetadataMap,
        work: impl FnOnce(Arc<Engine>, Caller) -> F + Send,
    ) -> Result<Response<T>, Status>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        let _place = self.place()?;
        let reading = async {
            let caller = self.caller(metadata).await?;
            work(Arc::clone(&self.engine), caller).await
        };
        self.in_time(metadata, unharmed(reading)).await
    }

    /// A call that writes: it goes on when the caller goes away or is told that time ran out,
    /// so that no transaction is cut.
    pub(crate) async fn write<T, F>(
        &self,
        metadata: &MetadataMap,
        work: impl FnOnce(Arc<Engine>, Caller) -> F + Send + 'static,
    ) -> Result<Response<T>, Status>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let place = self.place()?;
        let secret = secret(metadata).map_err(status::of)?;
        let engine = Arc::clone(&self.engine);
        let writing = async move {
            let _place = place;
            let caller = engine.authenticate(&secret).await?;
            work(engine, caller).await
        };
        let detached = tokio::spawn(unharmed(writing).in_current_span());
        let answer = async {
            match detached.await {
                Ok(answer) => answer,
                Err(gone) => Err(Error::Internal(Box::new(gone))),
            }
        };
        self.in_time(metadata, answer).await
    }

    /// What requests are checked against.
    pub(crate) fn known(engine: &Engine, caller: &Caller) -> Known {
        Known {
            catalogue: engine.catalogue(&caller.province),
            now: engine.now(),
        }
    }

    /// A place among the calls in flight; who finds none comes again, and nobody queues. A server
    /// that stops has no place for him later either.
    fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_all_taken| {
                if *self.stopping.borrow() {
                    status::stopping()
                } else {
                    status::of(Error::QueueFull)
                }
            })
    }

    async fn in_time<T>(
        &self,
        metadata: &MetadataMap,
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<Response<T>, Status> {
        let limit = wanted(metadata).map_or(self.timeout, |wanted| wanted.min(self.timeout));
        let began = tokio::time::Instant::now();
        let answer = match tokio::time::timeout(limit, work).await {
            Ok(Ok(answer)) => Ok(Response::new(answer)),
            Ok(Err(error)) => Err(status::of(error)),
            Err(_elapsed) => Err(status::deadline_exceeded()),
        };
        let code = answer
            .as_ref()
            .map_or_else(Status::code, |_| tonic::Code::Ok);
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(?code, duration_ms, "a call was answered");
        answer
    }
}

/// Turns a panic into an internal error, so that one call cannot end a whole connection.
async fn unharmed<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(answer) => answer,
        Err(panic) => {
            let said = panic
                .downcast_ref::<&str>()
                .map(ToString::to_string)
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Err(Error::Internal(format!("a call panicked: {said}").into()))
        }
    }
}

/// The secret of `authorization: Bearer TOKEN`.
pub(crate) fn secret(metadata: &MetadataMap) -> Result<String, Error> {
    let header = metadata
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .ok_or(Error::Unauthenticated)?;
    let (scheme, token) = header.split_once(' ').ok_or(Error::Unauthenticated)?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token.to_owned())
    } else {
        Err(Error::Unauthenticated)
    }
}

/// How long the caller says that it waits: `grpc-timeout: 500m`.
fn wanted(metadata: &MetadataMap) -> Option<Duration> {
    let text = metadata.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count.saturating_mul(3_600))),
        "M" => Some(Duration::from_secs(count.saturating_mul(60))),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(name: &'static str, value: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert(name, value.parse().unwrap());
        metadata
    }

    #[test]
    fn a_token_comes_as_a_bearer_token_and_in_no_other_way() {
        assert_eq!(
            secret(&metadata("authorization", "Bearer mct_1")).unwrap(),
            "mct_1"
        );
        assert_eq!(
            secret(&metadata("authorization", "bearer  mct_1 ")).unwrap(),
            "mct_1"
        );
        for wrong in ["mct_1", "Basic mct_1", "Bearer ", ""] {
            assert!(
                secret(&metadata("authorization", wrong)).is_err(),
                "{wrong}"
            );
        }
        assert!(secret(&MetadataMap::new()).is_err());
    }

    #[test]
    fn the_caller_may_wait_less_than_the_server_allows() {
        let wait = |text| wanted(&metadata("grpc-timeout", text));
        assert_eq!(wait("500m"), Some(Duration::from_millis(500)));
        assert_eq!(wait("2S"), Some(Duration::from_secs(2)));
        for wrong in ["", "S", "5", "5x", "-1S"] {
            assert_eq!(wait(wrong), None, "{wrong}");
        }
    }
}
