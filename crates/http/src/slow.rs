//! A limit of time for the body of a request.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use app::security::{self, Event};
use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A body that comes slower than this, in bytes a second, is given up: the slowest line that a desk
/// works on is several times as fast.
const SLOWEST: u32 = 4 * 1024;

/// The body of a request did not come in time.
#[derive(Debug)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the request did not come in time")
    }
}

impl Error for TooSlow {}

/// Whether a body could not be read because it did not come in time.
#[must_use]
pub fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(one) = error {
        if one.is::<TooSlow>() {
            return true;
        }
        error = one.source();
    }
    false
}

/// A body with a moment until which it has to have come. What comes moves the moment, by the time
/// that the slowest line needs for it.
pub(crate) struct Timed<B> {
    body: B,
    peer: IpAddr,
    deadline: Pin<Box<Sleep>>,
}

impl<B> Timed<B> {
    pub(crate) fn new(body: B, peer: IpAddr, patience: Duration) -> Self {
        Self {
            body,
            peer,
            deadline: Box::pin(tokio::time::sleep(patience)),
        }
    }
}

impl<B> Body for Timed<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame
                && let Some(bytes) = frame.data_ref()
            {
                let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                let more = Duration::from_secs(1) * length / SLOWEST;
                let deadline: Instant = this.deadline.deadline() + more;
                this.deadline.as_mut().reset(deadline);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(this.deadline.as_mut().poll(context));
        security::note(Event::BodyTooSlow, Some(this.peer));
        Poll::Ready(Some(Err(Box::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
