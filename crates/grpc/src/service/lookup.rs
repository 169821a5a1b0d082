//! `LookupService`.

use app::receipt::Proof;
use motcua_http::Peer;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::{Fields, rating, report};
use crate::proto;
use crate::proto::lookup_service_server::LookupService;

/// See `LookupService` in the contract.
pub(crate) struct Lookups(pub Calls);

#[async_trait]
impl LookupService for Lookups {
    async fn lookup_dossier(
        &self,
        request: Request<proto::LookupDossierRequest>,
    ) -> Result<Response<proto::LookupDossierResponse>, Status> {
        let (metadata, extensions, request) = request.into_parts();
        let (engine, peer) = (self.0.engine(), Peer::of(&extensions).0);
        let work = async {
            let mut fields = Fields::default();
            let code = fields.parse("code", &request.code, domain::code::AnyCode::parse);
            let pin = fields.text("pin", &request.pin, rating::LONGEST_PIN);
            let token = fields.text("token", &request.token, rating::LONGEST_PIN);
            if !pin.is_empty() && !token.is_empty() {
                fields.wrong("token", "must be left out when the PIN is given");
            }
            let code = fields.done(code)?;
            let proof = Proof::given(&pin, &token);
            Ok(report::lookup(
                engine.lookup(code.as_str(), proof, peer).await?,
            ))
        };
        self.0.public(&metadata, work).await
    }

    async fn submit_rating(
        &self,
        request: Request<proto::SubmitRatingRequest>,
    ) -> Result<Response<proto::Rating>, Status> {
        let (metadata, extensions, request) = request.into_parts();
        let (engine, peer) = (self.0.engine(), Peer::of(&extensions).0);
        let work = async {
            let said = rating::submitted(&request)?;
            let rated =
                engine.rate_by_receipt(said.identity, &said.code, &said.pin, peer, said.rating);
            Ok(rating::rating(rated.await?))
        };
        self.0.public(&metadata, work).await
    }
}
