//! Reads messages from the body of a gRPC answer, and the status at its end.

use axum::body::Body;
use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt;
use tonic::{Code, Status};

/// Reads message by message.
pub(super) struct Frames {
    body: Body,
    read: BytesMut,
    ended: bool,
}

impl Frames {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            read: BytesMut::new(),
            ended: false,
        }
    }

    /// The next message; none at a successful end, a status at a failed one.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        loop {
            if let Some(message) = self.whole() {
                return Some(Ok(message));
            }
            if self.ended {
                return None;
            }
            match self.body.frame().await {
                None => {
                    self.ended = true;
                    if !self.read.is_empty() {
                        return Some(Err(Status::unavailable("the answer was cut")));
                    }
                }
                Some(Err(error)) => {
                    self.ended = true;
                    return Some(Err(Status::unavailable(error.to_string())));
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.read.extend_from_slice(&data),
                    Err(frame) => {
                        let status = frame
                            .trailers_ref()
                            .and_then(Status::from_header_map)
                            .filter(|status| status.code() != Code::Ok);
                        if let Some(status) = status {
                            self.ended = true;
                            return Some(Err(status));
                        }
                    }
                },
            }
        }
    }

    /// A message that has arrived completely. The request did not ask for compression, so none is
    /// compressed.
    fn whole(&mut self) -> Option<Bytes> {
        let length = self.read.get(1..5)?;
        let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
        if self.read.len() < length + 5 {
            return None;
        }
        self.read.advance(5);
        Some(self.read.split_to(length).freeze())
    }
}
