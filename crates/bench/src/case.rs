//! The work of a caller: one dossier after another, six calls each.

use grpc::client::{Authorized, Client};
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::{
    AdvanceDossierRequest, Channel, Dossier, Person, ReceiveDossierRequest, ResolveDossierRequest,
    ReturnResultRequest, SubmitDossierRequest,
};

use crate::Failure;
use crate::province::Ward;

/// The procedure: three working days; appraised by an officer, signed by a leader.
const PROCEDURE: &str = "1.004873";

/// How many calls a case takes, each of them one transition.
pub const TRANSITIONS: usize = 6;

/// The people of a ward, on one connection.
#[derive(Clone)]
pub struct People {
    unit: String,
    portal: Dossiers,
    receptionist: Dossiers,
    officer: Dossiers,
    leader: Dossiers,
}

type Dossiers = DossierServiceClient<Authorized>;

impl People {
    /// Gives the people of a ward a connection.
    pub fn of(ward: &Ward, client: &Client) -> Result<Self, Failure> {
        let bearing = |secret: &str| {
            client
                .bearing(secret)
                .map(|bearer| bearer.dossiers())
                .map_err(|error| Failure::work("cannot call", error))
        };
        Ok(Self {
            unit: ward.unit.to_string(),
            portal: bearing(&ward.portal)?,
            receptionist: bearing(&ward.receptionist)?,
            officer: bearing(&ward.officer)?,
            leader: bearing(&ward.leader)?,
        })
    }
}

/// A case in progress: its caller, its number and how far it is.
pub struct Case {
    caller: u32,
    number: u32,
    dossier: Dossier,
    done: usize,
}

impl Case {
    /// A case that has not begun. Caller and number make it differ from all others of a run.
    pub fn new(caller: u32, number: u32) -> Self {
        Self {
            caller,
            number,
            dossier: Dossier::default(),
            done: 0,
        }
    }

    /// Whether the result was given back.
    pub fn is_over(&self) -> bool {
        self.done == TRANSITIONS
    }

    /// Whether its last call was the first.
    pub fn has_just_begun(&self) -> bool {
        self.done == 1
    }

    /// The dossier's id.
    pub fn id(&self) -> &str {
        self.dossier.name.trim_start_matches("dossiers/")
    }

    /// Makes the next call and waits for its answer.
    pub async fn step(&mut self, people: &mut People) -> Result<(), Failure> {
        let name = self.dossier.name.clone();
        let etag = self.dossier.etag.clone();
        let request_id = self.request_id();
        let answer = match self.done {
            0 => {
                let request = self.submission(request_id, people.unit.clone());
                people.portal.submit_dossier(request).await
            }
            1 => {
                let request = ReceiveDossierRequest {
                    name,
                    etag,
                    request_id,
                    ..ReceiveDossierRequest::default()
                };
                people.receptionist.receive_dossier(request).await
            }
            2 | 3 => {
                let (caller, step) = if self.done == 2 {
                    (&mut people.receptionist, "appraise")
                } else {
                    (&mut people.officer, "sign")
                };
                let request = AdvanceDossierRequest {
                    name,
                    etag,
                    request_id,
                    step: step.to_owned(),
                    ..AdvanceDossierRequest::default()
                };
                caller.advance_dossier(request).await
            }
            4 => {
                let request = ResolveDossierRequest {
                    name,
                    etag,
                    request_id,
                    results: Vec::new(),
                };
                people.leader.resolve_dossier(request).await
            }
            _ => {
                let request = ReturnResultRequest {
                    name,
                    etag,
                    request_id,
                    channel: Channel::Online.into(),
                    ..ReturnResultRequest::default()
                };
                people.receptionist.return_result(request).await
            }
        };
        let answer = answer.map_err(|status| {
            Failure::work(format!("call {} of a case failed", self.done + 1), status)
        })?;
        self.dossier = answer.into_inner();
        self.done += 1;
        Ok(())
    }

    fn submission(&self, request_id: String, receiving_unit: String) -> SubmitDossierRequest {
        let (caller, number) = (self.caller, self.number);
        SubmitDossierRequest {
            request_id,
            procedure: PROCEDURE.to_owned(),
            portal_code: format!("G22.98-261121-{caller:05}{number:08}"),
            channel: Channel::Online.into(),
            receiving_unit,
            applicant: Some(Person {
                name: format!("Nguyễn Văn Mẫu {caller} {number}"),
                // No province issues identity numbers that begin with 000.
                id_number: format!("000{caller:03}{number:06}"),
                phone: format!("0900{:06}", number % 1_000_000),
                address: "Thôn 1".to_owned(),
            }),
            components: vec!["to-khai".to_owned()],
            ..SubmitDossierRequest::default()
        }
    }

    fn request_id(&self) -> String {
        format!(
            "{:08x}-0000-4000-8000-{:011x}{}",
            self.caller, self.number, self.done
        )
    }
}
