//! The frame of every call: the caller, the gate, and a status at the end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::{Caller, Engine, Error, Gate};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};

use crate::convert::RequestContext;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::status;
use crate::streams::{StreamPlace, Streams};

/// The engine behind the services, and the gate in front of it.
#[derive(Clone)]
pub(crate) struct Calls {
    engine: Arc<Engine>,
    pub(crate) gate: Gate,
    pub(crate) poll: Duration,
    pub(crate) slow: Duration,
    pub(crate) shared: Arc<Shared>,
    streams: Arc<Streams>,
    /// The on-time rate to be reached.
    pub(crate) target: f64,
}

impl Calls {
    pub(crate) fn new(engine: Arc<Engine>, gate: Gate, settings: &Settings) -> Self {
        Self {
            engine,
            gate,
            poll: settings.poll,
            slow: settings.slow,
            shared: Arc::default(),
            streams: Arc::new(Streams::new(settings.streams_per_token)),
            target: settings.target,
        }
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// A place for a stream of a caller, until it is dropped.
    pub(crate) fn stream(&self, caller: &Caller) -> Result<StreamPlace, Error> {
        Arc::clone(&self.streams).open(&caller.token)
    }

    /// Who calls, by the bearer token.
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Error> {
        self.engine.authenticate(&secret(metadata)?).await
    }

    /// A call that needs no token.
    pub(crate) async fn public<T: Send>(
        &self,
        metadata: &MetadataMap,
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<Response<T>, Status> {
        answer(self.gate.read(patience(metadata), work).await)
    }

    /// A call that only reads: it ends when the caller goes away.
    pub(crate) async fn read<T: Send, F>(
        &self,
        metadata: &MetadataMap,
        work: impl FnOnce(Arc<Engine>, Caller) -> F + Send,
    ) -> Result<Response<T>, Status>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        let reading = async {
            let caller = self.caller(metadata).await?;
            work(Arc::clone(&self.engine), caller).await
        };
        answer(self.gate.read(patience(metadata), reading).await)
    }

    /// A call that writes. It goes on if the caller leaves or is told that time ran out, so that no
    /// transaction is cut.
    pub(crate) async fn write<T, F>(
        &self,
        metadata: &MetadataMap,
        work: impl FnOnce(Arc<Engine>, Caller) -> F + Send + 'static,
    ) -> Result<Response<T>, Status>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let secret = secret(metadata).map_err(status::of)?;
        let engine = Arc::clone(&self.engine);
        let writing = async move {
            let caller = engine.authenticate(&secret).await?;
            work(engine, caller).await
        };
        answer(self.gate.write(patience(metadata), writing).await)
    }

    /// What requests are checked against.
    pub(crate) fn context(engine: &Engine, caller: &Caller) -> RequestContext {
        RequestContext {
            catalogue: engine.catalogue(&caller.province),
            now: engine.now(),
        }
    }
}

fn answer<T>(done: Result<T, Error>) -> Result<Response<T>, Status> {
    done.map(Response::new).map_err(status::of)
}

/// The secret of `authorization: Bearer TOKEN`.
pub(crate) fn secret(metadata: &MetadataMap) -> Result<String, Error> {
    secret_of(metadata.as_ref())
}

/// The same, of headers.
pub(crate) fn secret_of(headers: &HeaderMap) -> Result<String, Error> {
    let header = headers
        .get(AUTHORIZATION)
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
fn patience(metadata: &MetadataMap) -> Option<Duration> {
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
        let wait = |text| patience(&metadata("grpc-timeout", text));
        assert_eq!(wait("500m"), Some(Duration::from_millis(500)));
        assert_eq!(wait("2S"), Some(Duration::from_secs(2)));
        for wrong in ["", "S", "5", "5x", "-1S"] {
            assert_eq!(wait(wrong), None, "{wrong}");
        }
    }
}
