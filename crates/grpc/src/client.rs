//! A client: one connection that many callers share, each with its own token.

use http::uri::InvalidUri;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::proto::dossier_service_client::DossierServiceClient;
use crate::proto::report_service_client::ReportServiceClient;
use crate::proto::worklist_service_client::WorklistServiceClient;

/// Why there is no connection, or why a call could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// Not the address of a server.
    #[error("`{address}` is not an address; expected such as http://127.0.0.1:7080")]
    NotAnAddress {
        /// What was given.
        address: String,
        /// Why.
        #[source]
        cause: InvalidUri,
    },
    /// Nobody answers there.
    #[error("{address} does not answer")]
    Silent {
        /// Where.
        address: String,
        /// Why.
        #[source]
        cause: tonic::transport::Error,
    },
    /// A token with characters that no header can carry.
    #[error("the token has characters that a header cannot carry")]
    NotAToken,
}

/// A connection to a server.
#[derive(Debug, Clone)]
pub struct Client {
    channel: Channel,
}

impl Client {
    /// Connects, in clear text.
    pub async fn connect(address: &str) -> Result<Self, Unreachable> {
        let endpoint: Endpoint =
            address
                .parse::<http::Uri>()
                .map(Endpoint::from)
                .map_err(|cause| Unreachable::NotAnAddress {
                    address: address.to_owned(),
                    cause,
                })?;
        let channel = endpoint
            .tcp_nodelay(true)
            .connect()
            .await
            .map_err(|cause| Unreachable::Silent {
                address: address.to_owned(),
                cause,
            })?;
        Ok(Self { channel })
    }

    /// The same connection for a caller with a token.
    pub fn bearing(&self, secret: &str) -> Result<Bearer, Unreachable> {
        let authorization = MetadataValue::try_from(format!("Bearer {secret}"))
            .map_err(|_not_a_header| Unreachable::NotAToken)?;
        Ok(Bearer {
            channel: self.channel.clone(),
            token: Token { authorization },
        })
    }
}

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    channel: Channel,
    token: Token,
}

impl Bearer {
    /// `DossierService`.
    #[must_use]
    pub fn dossiers(&self) -> DossierServiceClient<Authorized> {
        DossierServiceClient::with_interceptor(self.channel.clone(), self.token.clone())
    }

    /// `WorklistService`.
    #[must_use]
    pub fn worklists(&self) -> WorklistServiceClient<Authorized> {
        WorklistServiceClient::with_interceptor(self.channel.clone(), self.token.clone())
    }

    /// `ReportService`.
    #[must_use]
    pub fn reports(&self) -> ReportServiceClient<Authorized> {
        ReportServiceClient::with_interceptor(self.channel.clone(), self.token.clone())
    }
}

/// A connection whose every call carries a token.
pub type Authorized = InterceptedService<Channel, Token>;

/// Puts a token on calls.
#[derive(Debug, Clone)]
pub struct Token {
    authorization: MetadataValue<Ascii>,
}

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.authorization.clone());
        Ok(request)
    }
}
