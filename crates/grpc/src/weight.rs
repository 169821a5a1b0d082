//! How much a request would become once it is decoded.
//!
//! An empty item of a list is two bytes on the wire and some hundred in memory, so a limit of
//! bytes alone lets a small message become a large one. Fields are therefore counted before
//! anything is decoded.

use prost::bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost_reflect::{Kind, MessageDescriptor};

/// The most fields, of all depths, that a request may have: a hundred receptions entered at once
/// with all their papers have half as many.
pub(crate) const MOST_FIELDS: usize = 20_000;

/// Whether a message has no more than [`MOST_FIELDS`]. Bytes that are no message are left to the
/// decoder, which says what is wrong with them.
pub(crate) fn is_light(descriptor: &MessageDescriptor, mut bytes: &[u8]) -> bool {
    let mut left = MOST_FIELDS;
    count(descriptor, &mut bytes, &mut left);
    left > 0
}

/// Stops when nothing is left, and at the first thing that is no field.
fn count(descriptor: &MessageDescriptor, bytes: &mut &[u8], left: &mut usize) {
    while bytes.has_remaining() && *left > 0 {
        *left -= 1;
        let Ok((tag, wire_type)) = decode_key(bytes) else {
            return;
        };
        let inner = match descriptor.get_field(tag).map(|field| field.kind()) {
            Some(Kind::Message(inner)) if wire_type == WireType::LengthDelimited => inner,
            Some(_) | None => {
                if skip_field(wire_type, tag, bytes, DecodeContext::default()).is_err() {
                    return;
                }
                continue;
            }
        };
        let length = decode_varint(bytes)
            .ok()
            .and_then(|it| usize::try_from(it).ok());
        let Some((mut part, rest)) = length.and_then(|length| bytes.split_at_checked(length))
        else {
            return;
        };
        count(&inner, &mut part, left);
        *bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::proto;

    fn is_light_in(name: &str, message: &impl Message) -> bool {
        let descriptor = proto::pool().get_message_by_name(name).unwrap();
        is_light(&descriptor, &message.encode_to_vec())
    }

    #[test]
    fn a_list_of_nothing_is_as_heavy_as_its_items_are_many() {
        let empty = |count| proto::ImportReceptionsRequest {
            requests: vec![Default::default(); count],
            ..Default::default()
        };
        let name = "motcua.v1.ImportReceptionsRequest";
        assert!(is_light_in(name, &empty(100)));
        assert!(is_light_in(name, &empty(19_999)));
        assert!(!is_light_in(name, &empty(20_000)));
    }

    #[test]
    fn what_hides_in_an_item_counts_too() {
        let deep = proto::ReceiveDossierRequest {
            papers: vec![Default::default(); 20_000],
            ..Default::default()
        };
        assert!(!is_light_in("motcua.v1.ReceiveDossierRequest", &deep));
    }

    #[test]
    fn bytes_that_are_no_message_are_left_to_the_decoder() {
        let descriptor = proto::pool()
            .get_message_by_name("motcua.v1.GetDossierRequest")
            .unwrap();
        assert!(is_light(&descriptor, &[0x0a, 200, 1]));
    }
}
