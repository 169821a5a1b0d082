//! The id of a write, and the content by which two requests are the same.

use app::RequestIdentity;
use domain::fold;
use domain::id::RequestId;
use prost::Message;
use prost_reflect::{DynamicMessage, Value};

use super::fields::Fields;
use crate::proto;

/// A request that writes.
pub trait Write: Message + Clone + Default + 'static {
    /// The name of its method.
    const METHOD: &'static str;

    /// The id that the caller made.
    fn request_id_mut(&mut self) -> &mut String;

    /// The etag of a request for an existing dossier.
    fn etag_mut(&mut self) -> Option<&mut String>;
}

/// The id of a request, and the content that a repeat must have.
///
/// The content is the method and the message without id and etag, with texts composed: the etag may
/// move between two tries, and a retrying program may compose texts differently.
pub fn identity<R: Write>(request: &R, fields: &mut Fields) -> Option<RequestIdentity> {
    let mut content = request.clone();
    let given = std::mem::take(content.request_id_mut());
    if let Some(etag) = content.etag_mut() {
        etag.clear();
    }
    let request_id = fields.parse("request_id", &given.to_ascii_lowercase(), RequestId::parse)?;
    Some(RequestIdentity {
        request_id,
        content: canonical::<R>(&content),
    })
}

fn canonical<R: Write>(request: &R) -> Vec<u8> {
    let name = format!("{}.{}Request", proto::PACKAGE, R::METHOD);
    let descriptor = proto::pool()
        .get_message_by_name(&name)
        .expect("a request is named after its method");
    let mut message = DynamicMessage::decode(descriptor, request.encode_to_vec().as_slice())
        .expect("what was just encoded can be decoded");
    compose(&mut message);
    let mut bytes = R::METHOD.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend(message.encode_to_vec());
    bytes
}

fn compose(message: &mut DynamicMessage) {
    for (_, value) in message.fields_mut() {
        compose_value(value);
    }
}

fn compose_value(value: &mut Value) {
    match value {
        Value::String(text) => *text = fold::compose(text),
        Value::Message(inner) => compose(inner),
        Value::List(items) => items.iter_mut().for_each(compose_value),
        // No request holds a map; the other kinds are numbers.
        _ => {}
    }
}

macro_rules! writes {
    ($($request:ident, $method:literal, $etag:ident;)*) => {
        $(impl Write for proto::$request {
            const METHOD: &'static str = $method;

            fn request_id_mut(&mut self) -> &mut String {
                &mut self.request_id
            }

            fn etag_mut(&mut self) -> Option<&mut String> {
                writes!(@ $etag self)
            }
        })*
    };
    (@ etag $self:ident) => { Some(&mut $self.etag) };
    (@ none $self:ident) => { None };
}

writes! {
    SubmitDossierRequest, "SubmitDossier", none;
    ReceiveDossierRequest, "ReceiveDossier", etag;
    SubmitRatingRequest, "SubmitRating", none;
    GetReceiptRequest, "GetReceipt", none;
    PrintFormRequest, "PrintForm", none;
    ReserveNumbersRequest, "ReserveNumbers", none;
    VoidNumbersRequest, "VoidNumbers", none;
    ImportReceptionRequest, "ImportReception", none;
    CreateUserRequest, "CreateUser", none;
    UpdateUserRequest, "UpdateUser", none;
    ResetPasswordRequest, "ResetPassword", none;
    DisableUserRequest, "DisableUser", none;
    IssueTokenRequest, "IssueToken", none;
    RotateTokenRequest, "RotateToken", none;
    RevokeTokenRequest, "RevokeToken", none;
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5F0C2D9E-7f35-4e57-9d3f-0a8a1b6f3c11";

    fn stop(reason: &str, etag: &str) -> proto::StopDossierRequest {
        proto::StopDossierRequest {
            name: "dossiers/H60.02215-261120-0001".into(),
            etag: etag.into(),
            request_id: ID.into(),
            reason: reason.into(),
            legal_basis: "Điều 19".into(),
        }
    }

    fn content<R: Write>(request: &R) -> Vec<u8> {
        let mut fields = Fields::default();
        let identity = identity(request, &mut fields);
        fields.done(identity).unwrap().content
    }

    #[test]
    fn a_repeat_is_the_same_under_another_etag_and_another_composition() {
        let first = content(&stop("hồ sơ trùng", "v3"));
        assert_eq!(first, content(&stop("hồ sơ trùng", "v4")));
        assert_eq!(
            first,
            content(&stop("ho\u{302}\u{300} so\u{31b} tru\u{300}ng", "v3"))
        );
        assert_ne!(first, content(&stop("hồ sơ khác", "v3")));
    }

    #[test]
    fn the_same_content_for_another_method_is_another_request() {
        let resolve = proto::ResolveDossierRequest {
            name: "dossiers/H60.02215-261120-0001".into(),
            etag: "v3".into(),
            request_id: ID.into(),
            results: Vec::new(),
        };
        let withdraw = proto::WithdrawDossierRequest {
            name: resolve.name.clone(),
            etag: resolve.etag.clone(),
            request_id: resolve.request_id.clone(),
            reason: String::new(),
        };
        assert_ne!(content(&resolve), content(&withdraw));
    }

    #[test]
    fn a_request_id_is_a_uuid_in_either_case() {
        let mut fields = Fields::default();
        let identity = identity(&stop("a", "v1"), &mut fields).unwrap();
        assert_eq!(identity.request_id.as_str(), ID.to_lowercase());
        let mut wrong = stop("a", "v1");
        wrong.request_id = "1".into();
        assert!(super::identity(&wrong, &mut fields).is_none());
    }
}
