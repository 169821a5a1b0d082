//! A reader that follows the events, over gRPC or over JSON lines.

use axum::body::Body;
use grpc::proto::FeedEvent;
use grpc::proto::WatchEventsRequest;
use grpc::proto::event_service_client::EventServiceClient;
use http::Response;
use http_body_util::BodyExt;
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};
use tonic::Streaming;

use crate::calling::{Answer, methods};
use crate::port::{Port, soon, with_token};

/// The wire of a listener.
#[derive(Debug, Clone, Copy)]
pub enum Tongue {
    Grpc,
    Json,
}

pub const BOTH: [Tongue; 2] = [Tongue::Grpc, Tongue::Json];

/// The end of a stream: its code and reason.
pub type End = (String, String);

/// One open stream on its own connection. Dropping it cuts the connection.
pub enum Listener {
    Grpc(Box<Streaming<FeedEvent>>),
    Json { body: Body, rest: Vec<u8> },
}

impl Listener {
    /// Connects and listens from a cursor.
    pub async fn after(
        port: &Port,
        tongue: Tongue,
        token: &str,
        cursor: &str,
    ) -> Result<Self, End> {
        match tongue {
            Tongue::Grpc => {
                let mut client = EventServiceClient::new(port.channel().await);
                let asked = with_token(
                    token,
                    WatchEventsRequest {
                        after: cursor.into(),
                    },
                );
                match soon("an answer", client.watch_events(asked)).await {
                    Ok(answer) => Ok(Self::Grpc(Box::new(answer.into_inner()))),
                    Err(status) => Err(end_of(&status)),
                }
            }
            Tongue::Json => {
                let asked = json!({ "after": cursor });
                let answer = soon("an answer", port.post(token, "WatchEvents", &asked)).await;
                Self::lines(answer).await
            }
        }
    }

    async fn lines(answer: Response<Body>) -> Result<Self, End> {
        if answer.status() != 200 {
            let answer = Answer::read(answer).await;
            let (_, code, reason) = answer.refused();
            return Err((code.into(), reason.into()));
        }
        assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
        Ok(Self::Json {
            body: answer.into_body(),
            rest: Vec::new(),
        })
    }

    /// The next event. Errors: why there is none.
    pub async fn next(&mut self) -> Result<FeedEvent, End> {
        match self {
            Self::Grpc(stream) => match soon("an event", stream.message()).await {
                Ok(event) => Ok(event.expect("the stream of events has no good end")),
                Err(status) => Err(end_of(&status)),
            },
            Self::Json { body, rest } => {
                let line = soon("a line", next_line(body, rest)).await;
                match line.get("error") {
                    Some(error) => {
                        let details = error["details"].as_array().unwrap();
                        let reason = details.iter().find_map(|detail| detail["reason"].as_str());
                        Err((text(&error["code"]), reason.unwrap_or_default().into()))
                    }
                    None => Ok(event_of(&line)),
                }
            }
        }
    }

    /// The next so many events.
    pub async fn take(&mut self, count: usize) -> Vec<FeedEvent> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(self.next().await.unwrap());
        }
        events
    }
}

/// Reads an event from its JSON.
pub fn event_of(json: &Value) -> FeedEvent {
    let watch = methods()
        .into_iter()
        .find(|method| method.name() == "WatchEvents")
        .unwrap();
    let message = DynamicMessage::deserialize(watch.output(), json).unwrap();
    message.transcode_to().unwrap()
}

/// The next line of a streamed answer.
pub async fn next_line(body: &mut Body, rest: &mut Vec<u8>) -> Value {
    loop {
        if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            return serde_json::from_slice(&line).unwrap();
        }
        let frame = body
            .frame()
            .await
            .expect("the stream was cut without a word")
            .unwrap();
        rest.extend(frame.into_data().unwrap());
    }
}

fn end_of(status: &tonic::Status) -> End {
    use tonic_types::StatusExt;
    let reason = status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default();
    (grpc::json::code_name(status.code()).into(), reason)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
