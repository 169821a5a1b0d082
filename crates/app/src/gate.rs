//! What every call goes through in every adapter: a place, a time limit, and one way to fail.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tracing::Instrument;

use crate::error::Error;
use crate::metrics::{self, OneMore};
use crate::security::{self, Event};

/// A call without the type of its answer. A hundred methods go through the gate, and the compiler
/// makes its code once for all of them instead of once for each.
type Work<'a> = BoxFuture<'a, Result<(), Error>>;

/// The limits of the gate.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a call may take; streams are not limited.
    pub timeout: Duration,
    /// How many calls may be in flight. Further calls fail with [`Error::QueueFull`].
    pub max_calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            max_calls: 4_096,
        }
    }
}

/// The one way in for the calls of all adapters. Clones share the gate.
#[derive(Debug, Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    timeout: Duration,
    closing: Arc<watch::Sender<bool>>,
}

impl Gate {
    /// An open gate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.max_calls)),
            timeout: limits.timeout,
            closing: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Closes the gate when the server stops: streams end, calls in flight go on.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether the server stops.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Waits until the server stops.
    pub async fn closing(&self) {
        let mut closing = self.closing.subscribe();
        // The gate holds the sender, so this cannot fail while a caller waits here.
        let _never_gone = closing.wait_for(|closing| *closing).await;
    }

    /// Waits for a while; false when the server stops before.
    pub async fn pause(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.closing()).await.is_err()
    }

    /// Runs a call that only reads. It is dropped with the caller, and when time runs out.
    ///
    /// `patience` is how long the caller says that it waits.
    ///
    /// Errors: those of the work; [`Error::QueueFull`] without a place; [`Error::TimedOut`].
    pub async fn read<T: Send>(
        &self,
        patience: Option<Duration>,
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let mut answer = None;
        let work = async {
            answer = Some(work.await?);
            Ok(())
        };
        self.read_erased(patience, Box::pin(work)).await?;
        Ok(answer.expect("work that went well left its answer"))
    }

    /// Runs a call that writes. It goes on if the caller leaves or is told that time ran out, so
    /// that no transaction is cut.
    ///
    /// Errors: as [`Gate::read`]; after [`Error::TimedOut`] the write may have been done.
    pub async fn write<T: Send + 'static>(
        &self,
        patience: Option<Duration>,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (tell, told) = oneshot::channel();
        let work = async move {
            // A caller that has left is not told.
            let _left = tell.send(work.await?);
            Ok(())
        };
        self.write_erased(patience, Box::pin(work)).await?;
        told.await.map_err(|gone| Error::Internal(Box::new(gone)))
    }

    async fn read_erased(&self, patience: Option<Duration>, work: Work<'_>) -> Result<(), Error> {
        let _place = self.place()?;
        let _counted = OneMore::one(&metrics::get().calls_in_flight);
        self.in_time(patience, Box::pin(unharmed(work))).await
    }

    async fn write_erased(
        &self,
        patience: Option<Duration>,
        work: Work<'static>,
    ) -> Result<(), Error> {
        let place = self.place()?;
        let counted = OneMore::one(&metrics::get().calls_in_flight);
        let writing = async move {
            let _place = (place, counted);
            unharmed(work).await
        };
        let detached = tokio::spawn(writing.in_current_span());
        let answer = async {
            match detached.await {
                Ok(answer) => answer,
                Err(gone) => Err(Error::Internal(Box::new(gone))),
            }
        };
        self.in_time(patience, Box::pin(answer)).await
    }

    /// Takes a place among the calls in flight. A call without a place fails at once and does not
    /// queue; a stopping server never has a place again.
    fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_all_taken| {
            if self.is_closing() {
                Error::Unavailable(None)
            } else {
                security::note(Event::CallsFull, None);
                metrics::get().refusal(Error::QueueFull.reason());
                Error::QueueFull
            }
        })
    }

    async fn in_time(&self, patience: Option<Duration>, work: Work<'_>) -> Result<(), Error> {
        let limit = patience.map_or(self.timeout, |patience| patience.min(self.timeout));
        let answer = match tokio::time::timeout(limit, work).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(Error::TimedOut),
        };
        if let Err(error) = &answer {
            metrics::get().refusal(error.reason());
        }
        answer
    }
}

/// Turns a panic into an internal error, so that one call cannot end a whole connection.
async fn unharmed(work: Work<'_>) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(timeout_ms: u64, max_calls: usize) -> Gate {
        Gate::new(&Limits {
            timeout: Duration::from_millis(timeout_ms),
            max_calls,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_as_long_as_the_shorter_patience() {
        let gate = gate(1_000, 1);
        let began = tokio::time::Instant::now();
        let slow = std::future::pending::<Result<(), Error>>;
        let hasty = gate.read(Some(Duration::from_millis(10)), slow()).await;
        assert!(matches!(hasty, Err(Error::TimedOut)));
        assert_eq!(began.elapsed().as_millis(), 10);
        let patient = gate.read(Some(Duration::from_secs(60)), slow()).await;
        assert!(matches!(patient, Err(Error::TimedOut)));
        assert_eq!(began.elapsed().as_millis(), 1_010);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_goes_on_when_its_caller_has_left() {
        let gate = gate(10, 1);
        let (done, told) = tokio::sync::oneshot::channel();
        let answer = gate
            .write(None, async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                done.send(()).expect("the test waits");
                Ok(())
            })
            .await;
        assert!(matches!(answer, Err(Error::TimedOut)));
        let full = gate.read(None, async { Ok(()) }).await;
        assert!(
            matches!(full, Err(Error::QueueFull)),
            "it keeps its place until it has ended"
        );
        told.await.expect("it ends by itself");
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_of_ours_and_nobody_elses() {
        let gate = gate(1_000, 1);
        let broken = gate.read::<()>(None, async { panic!("row 7") }).await;
        assert!(matches!(broken, Err(Error::Internal(_))));
        assert!(gate.read(None, async { Ok(()) }).await.is_ok());
    }

    #[tokio::test]
    async fn a_full_gate_says_whether_coming_again_helps() {
        let gate = gate(1_000, 0);
        let now = gate.read(None, async { Ok(()) }).await;
        assert!(matches!(now, Err(Error::QueueFull)));
        gate.close();
        gate.closing().await;
        let stopping = gate.read(None, async { Ok(()) }).await;
        assert!(matches!(stopping, Err(Error::Unavailable(None))));
    }
}
