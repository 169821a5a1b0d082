//! The work of a caller: one dossier after another, every second one taken in at the desk.

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

/// A call of a case, which is one transition.
#[derive(Debug, Clone, Copy)]
enum Call {
    /// The portal hands the dossier in.
    Submit,
    /// The desk accepts what the portal handed in.
    Accept,
    /// The desk takes a dossier in: it takes a number, and the citizen gets a receipt.
    Receive,
    /// To the step of this name.
    Advance(&'static str),
    Resolve,
    Return,
}

/// A case that a citizen begins on the portal.
const ONLINE: &[Call] = &[
    Call::Submit,
    Call::Accept,
    Call::Advance("appraise"),
    Call::Advance("sign"),
    Call::Resolve,
    Call::Return,
];

/// A case that a citizen begins at the desk.
const DESK: &[Call] = &[
    Call::Receive,
    Call::Advance("appraise"),
    Call::Advance("sign"),
    Call::Resolve,
    Call::Return,
];

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
    calls: &'static [Call],
    done: usize,
}

impl Case {
    /// A case that has not begun. Caller and number make it differ from all others of a run.
    /// Every second case of a caller begins at the desk.
    pub fn new(caller: u32, number: u32) -> Self {
        let at_desk = (caller + number).is_multiple_of(2);
        Self {
            caller,
            number,
            dossier: Dossier::default(),
            calls: if at_desk { DESK } else { ONLINE },
            done: 0,
        }
    }

    /// Whether the result was given back.
    pub fn is_over(&self) -> bool {
        self.done == self.calls.len()
    }

    /// Whether its last call was the first.
    pub fn has_just_begun(&self) -> bool {
        self.done == 1
    }

    /// How many transitions the whole case is.
    pub fn transitions(&self) -> usize {
        self.calls.len()
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
        let answer = match self.calls[self.done] {
            Call::Submit => {
                let request = self.submission(request_id, people.unit.clone());
                people.portal.submit_dossier(request).await
            }
            Call::Accept => {
                let request = ReceiveDossierRequest {
                    name,
                    etag,
                    request_id,
                    ..ReceiveDossierRequest::default()
                };
                people.receptionist.receive_dossier(request).await
            }
            Call::Receive => {
                let request = ReceiveDossierRequest {
                    request_id,
                    procedure: PROCEDURE.to_owned(),
                    channel: Channel::Desk.into(),
                    receiving_unit: people.unit.clone(),
                    applicant: Some(self.applicant()),
                    components: vec!["to-khai".to_owned()],
                    ..ReceiveDossierRequest::default()
                };
                people.receptionist.receive_dossier(request).await
            }
            Call::Advance(step) => {
                let caller = if step == "sign" {
                    &mut people.officer
                } else {
                    &mut people.receptionist
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
            Call::Resolve => {
                let request = ResolveDossierRequest {
                    name,
                    etag,
                    request_id,
                    results: Vec::new(),
                };
                people.leader.resolve_dossier(request).await
            }
            Call::Return => {
                let request = ReturnResultRequest {
                    name,
                    etag,
                    request_id,
                    ..ReturnResultRequest::default()
                };
                people.receptionist.return_result(request).await
            }
        };
        let answer = answer.map_err(|status| {
            Failure::work(format!("{:?} failed", self.calls[self.done]), status)
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
            applicant: Some(self.applicant()),
            components: vec!["to-khai".to_owned()],
            ..SubmitDossierRequest::default()
        }
    }

    fn applicant(&self) -> Person {
        let (caller, number) = (self.caller, self.number);
        Person {
            name: format!("Nguyễn Văn Mẫu {caller} {number}"),
            // No province issues identity numbers that begin with 000.
            id_number: format!("000{caller:03}{number:06}"),
            phone: format!("0900{:06}", number % 1_000_000),
            address: "Thôn 1".to_owned(),
        }
    }

    fn request_id(&self) -> String {
        format!(
            "{:08x}-0000-4000-8000-{:011x}{}",
            self.caller, self.number, self.done
        )
    }
}
