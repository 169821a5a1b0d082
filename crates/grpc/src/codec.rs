//! Protobuf on the wire, with a decoder that blames the caller for a broken message.

use std::marker::PhantomData;

use app::error::reasons;
use prost::bytes::Buf;
use prost::{Message, Name};
use tonic::Status;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder};
use tonic_prost::ProstEncoder;

use crate::{proto, status, weight};

/// The codec of every generated service and client.
///
/// Tonic's own codec answers INTERNAL to bytes that are no such message, as if the server were at
/// fault. This one answers INVALID_ARGUMENT and names the field.
#[derive(Debug, Clone)]
pub struct Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> tonic::codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Name + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = Blaming<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        Blaming(PhantomData)
    }
}

/// See [`Codec`].
#[derive(Debug, Clone)]
pub struct Blaming<U>(PhantomData<U>);

impl<U: Message + Name + Default> Decoder for Blaming<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // Answers that a client decodes are as long as the server made them.
        if U::NAME.ends_with("Request")
            && let Some(descriptor) = proto::pool().get_message_by_name(&U::full_name())
            && !weight::is_light(&descriptor, buffer.chunk())
        {
            let message = format!("a request has at most {} fields", weight::MOST_FIELDS);
            return Err(status::own(&reasons::BODY_TOO_LARGE, &message));
        }
        U::decode(buffer)
            .map(Some)
            .map_err(|error| status::malformed(&error.to_string()))
    }
}
