//! Callers at work. Each takes dossiers from the desk or the portal through to the citizen, one
//! call at a time, and records every answer.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use app::tokens::{self, Grant};
use chrono::TimeDelta;
use domain::id::{ActorId, UnitCode};
use domain::role::Role;
use domain::unit::UnitKind;
use grpc::client::{Authorized, Bearer, Client};
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::{
    AdvanceDossierRequest, Channel, Dossier, Person, ReceiveDossierRequest, ResolveDossierRequest,
    ReturnResultRequest, SubmitDossierRequest,
};
use server::clock::{SystemClock, SystemIds};
use store::{Options, SeaStore};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::ledger::{Acknowledged, Ledger};
use crate::world::{THREE_DAYS, catalogue};

/// The number of callers in a busy hour.
pub const CALLERS: u32 = 32;

/// The number of wards. Few, so that several callers take numbers of one ward and day at once.
const WARDS: usize = 4;

/// How long a caller waits for an answer before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The roles through which a dossier passes.
const ROLES: [Role; 4] = [
    Role::Portal,
    Role::Receptionist,
    Role::Officer,
    Role::Leader,
];

/// All callers, with the ledger of their answers.
pub struct Office {
    pub ledger: Arc<Ledger>,
    clerks: Vec<Clerk>,
    wards: Vec<Ward>,
}

/// A ward and the tokens of its people, in the order of [`ROLES`].
#[derive(Clone)]
struct Ward {
    unit: UnitCode,
    secrets: [String; ROLES.len()],
}

/// Callers at work until they are told to stop, or get no answer.
pub struct Working {
    tasks: JoinSet<Clerk>,
    over: watch::Sender<bool>,
}

impl Office {
    /// Makes so many callers, with tokens for each role, in an existing database.
    pub async fn open(database: &str, callers: u32) -> Self {
        Self::open_for(database, 0..callers).await
    }

    /// Makes callers with these numbers, beside callers with other numbers.
    pub async fn open_for(database: &str, callers: Range<u32>) -> Self {
        let store = SeaStore::open(database, Options::default()).await.unwrap();
        let mut wards = Vec::new();
        let catalogue = catalogue();
        let province = domain::id::ProvinceCode::parse("08").unwrap();
        let communes = catalogue
            .units
            .in_province(&province)
            .filter(|unit| unit.kind == UnitKind::Commune)
            .take(WARDS);
        for unit in communes {
            let mut secrets = Vec::new();
            for role in ROLES {
                let grant = Grant {
                    actor: ActorId::parse(&format!("{role}-{}", unit.code)).unwrap(),
                    role,
                    province: province.clone(),
                    units: vec![unit.code.clone()],
                    lasts: TimeDelta::days(30),
                };
                let issued = tokens::issue(&store, &SystemIds, SystemClock.now(), grant);
                secrets.push(issued.await.unwrap().secret);
            }
            wards.push(Ward {
                unit: unit.code.clone(),
                secrets: secrets.try_into().unwrap(),
            });
        }
        store.close().await.unwrap();
        Self {
            ledger: Arc::new(Ledger::default()),
            clerks: callers.map(Clerk::new).collect(),
            wards,
        }
    }

    /// Lets all callers work at a server's address. A caller without an answer to its last request
    /// first repeats that request.
    pub async fn work(&mut self, address: &str) -> Working {
        let client = Client::connect(address).await.unwrap();
        let (over, stops) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for mut clerk in self.clerks.drain(..) {
            let ward = self.wards[clerk.caller as usize % self.wards.len()].clone();
            let desks = Desks::of(&ward, &client);
            let (ledger, stops) = (Arc::clone(&self.ledger), stops.clone());
            tasks.spawn(async move {
                clerk.work(desks, &ledger, stops).await;
                clerk
            });
        }
        Working { tasks, over }
    }

    /// Collects the callers once they have stopped: at once if the server is gone, otherwise after
    /// the answer to their current call.
    pub async fn gather(&mut self, working: Working) {
        let Working { mut tasks, over } = working;
        over.send_replace(true);
        while let Some(clerk) = tasks.join_next().await {
            self.clerks
                .push(clerk.expect("a caller has met no surprise"));
        }
        self.clerks.sort_by_key(|clerk| clerk.caller);
    }

    /// Lets the callers work until there are so many more answers.
    pub async fn work_for(&mut self, address: &str, answers: u64) {
        let goal = self.ledger.count() + answers;
        let working = self.work(address).await;
        self.reach(goal).await;
        self.gather(working).await;
    }

    /// Waits until the ledger has this many answers.
    pub async fn reach(&self, goal: u64) {
        let reached = tokio::time::timeout(PATIENCE, self.ledger.reaches(goal)).await;
        assert!(reached.is_ok(), "callers get no answers: {}", self.said());
    }

    /// Waits until so many answers told a caller to retry later.
    pub async fn is_put_off(&self, count: u64) {
        let told = tokio::time::timeout(PATIENCE, self.ledger.is_put_off(count)).await;
        assert!(
            told.is_ok(),
            "nobody is told to come again: {}",
            self.said()
        );
    }

    /// A receptionist's connection to a server, her unit, and one of its dossiers.
    pub async fn receptionist(&self, address: &str) -> (Bearer, &UnitCode, String) {
        let client = Client::connect(address).await.unwrap();
        let ward = &self.wards[0];
        let at = ROLES.iter().position(|role| *role == Role::Receptionist);
        let secret = &ward.secrets[at.expect("one of the roles that work here")];
        let answers = self.ledger.since(0);
        let of_ward = answers.iter().find(|answer| {
            let caller = usize::from_str_radix(&answer.request[..8], 16).unwrap();
            caller.is_multiple_of(WARDS)
        });
        let dossier = of_ward.expect("every ward has had answers").dossier.clone();
        (client.bearing(secret).unwrap(), &ward.unit, dossier)
    }

    /// The requests that got no answer.
    pub fn unanswered(&self) -> Vec<String> {
        let left = self.clerks.iter().filter(|clerk| clerk.unanswered);
        left.map(Clerk::request_id).collect()
    }

    /// The actors of these requests, to find the requests in the database.
    pub fn actors(&self) -> Vec<String> {
        let of_ward = |ward: &Ward| ROLES.map(|role| format!("{role}-{}", ward.unit));
        self.wards.iter().flat_map(of_ward).collect()
    }

    fn said(&self) -> String {
        format!(
            "{} answers, {} put off so far",
            self.ledger.count(),
            self.ledger.put_off()
        )
    }
}

/// The people of a ward, on one connection.
struct Desks {
    unit: String,
    clients: [DossierServiceClient<Authorized>; ROLES.len()],
}

impl Desks {
    fn of(ward: &Ward, client: &Client) -> Self {
        Self {
            unit: ward.unit.to_string(),
            clients: ward
                .secrets
                .each_ref()
                .map(|secret| client.bearing(secret).unwrap().dossiers()),
        }
    }

    fn who(&mut self, role: Role) -> &mut DossierServiceClient<Authorized> {
        let at = ROLES.iter().position(|known| *known == role);
        &mut self.clients[at.expect("one of the roles that work here")]
    }
}

/// The outcome of a call.
enum Answer {
    Done(Box<Dossier>),
    /// The server asks for a repeat after this time.
    Later(Duration),
    /// No answer: the caller does not know whether the request was carried out.
    Nothing,
}

/// One caller, with the current dossier and its progress.
struct Clerk {
    caller: u32,
    number: u32,
    done: usize,
    dossier: Dossier,
    unanswered: bool,
}

impl Clerk {
    fn new(caller: u32) -> Self {
        Self {
            caller,
            number: 0,
            done: 0,
            dossier: Dossier::default(),
            unanswered: false,
        }
    }

    /// Every second caller works for the portal, whose dossiers take no number of ours.
    fn is_online(&self) -> bool {
        self.caller / 2 % 2 == 1
    }

    async fn work(&mut self, mut desks: Desks, ledger: &Ledger, over: watch::Receiver<bool>) {
        // While the server is there, nobody stops without an answer to the last request.
        while self.unanswered || !*over.borrow() {
            self.unanswered = true;
            let answer = tokio::time::timeout(PATIENCE, self.call(&mut desks)).await;
            match answer.expect("a server that is there answers in time") {
                Answer::Done(dossier) => {
                    self.unanswered = false;
                    self.write_down(ledger, *dossier);
                }
                Answer::Later(wait) => {
                    ledger.put_one_off();
                    tokio::time::sleep(wait).await;
                }
                Answer::Nothing => return,
            }
        }
    }

    fn write_down(&mut self, ledger: &Ledger, dossier: Dossier) {
        ledger.write(Acknowledged {
            request: self.request_id(),
            dossier: dossier.name.trim_start_matches("dossiers/").to_owned(),
            version: dossier.version,
            code: dossier.code.clone(),
            at: SystemClock.now(),
        });
        self.dossier = dossier;
        self.done += 1;
        if self.done == self.steps() {
            self.number += 1;
            self.done = 0;
            self.dossier = Dossier::default();
        }
    }

    fn steps(&self) -> usize {
        if self.is_online() { 6 } else { 5 }
    }

    fn request_id(&self) -> String {
        format!(
            "{:08x}-0000-4000-8000-{:011x}{}",
            self.caller, self.number, self.done
        )
    }

    /// Makes the next call, or repeats the last one.
    async fn call(&self, desks: &mut Desks) -> Answer {
        let (name, etag) = (self.dossier.name.clone(), self.dossier.etag.clone());
        let request_id = self.request_id();
        let step = if self.is_online() {
            self.done
        } else {
            self.done + 1
        };
        let answer = match step {
            0 => {
                let request = self.submission(request_id, desks.unit.clone());
                desks.who(Role::Portal).submit_dossier(request).await
            }
            1 => {
                let request = if self.is_online() {
                    ReceiveDossierRequest {
                        name,
                        etag,
                        request_id,
                        ..ReceiveDossierRequest::default()
                    }
                } else {
                    self.reception(request_id, desks.unit.clone())
                };
                desks.who(Role::Receptionist).receive_dossier(request).await
            }
            2 | 3 => {
                let (role, step) = if step == 2 {
                    (Role::Receptionist, "appraise")
                } else {
                    (Role::Officer, "sign")
                };
                let request = AdvanceDossierRequest {
                    name,
                    etag,
                    request_id,
                    step: step.to_owned(),
                    ..AdvanceDossierRequest::default()
                };
                desks.who(role).advance_dossier(request).await
            }
            4 => {
                let request = ResolveDossierRequest {
                    name,
                    etag,
                    request_id,
                    results: Vec::new(),
                };
                desks.who(Role::Leader).resolve_dossier(request).await
            }
            _ => {
                let request = ReturnResultRequest {
                    name,
                    etag,
                    request_id,
                    channel: Channel::Desk.into(),
                    ..ReturnResultRequest::default()
                };
                desks.who(Role::Receptionist).return_result(request).await
            }
        };
        match answer {
            Ok(answer) => Answer::Done(Box::new(answer.into_inner())),
            Err(status) => self.understood(&status),
        }
    }

    fn understood(&self, status: &Status) -> Answer {
        let retry = status.get_details_retry_info();
        match (status.code(), retry.and_then(|retry| retry.retry_delay)) {
            (Code::Unavailable | Code::ResourceExhausted, Some(wait)) => Answer::Later(wait),
            // The connection broke. An error that the client made itself has no details.
            (Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled, None)
                if status.details().is_empty() =>
            {
                Answer::Nothing
            }
            _ => panic!("{} was refused: {status:?}", self.request_id()),
        }
    }

    fn submission(&self, request_id: String, receiving_unit: String) -> SubmitDossierRequest {
        let (caller, number) = (self.caller, self.number);
        SubmitDossierRequest {
            request_id,
            procedure: THREE_DAYS.to_owned(),
            portal_code: format!("G22.98-261121-{caller:05}{number:08}"),
            channel: Channel::Online.into(),
            receiving_unit,
            applicant: Some(self.applicant()),
            components: vec!["to-khai".to_owned()],
            ..SubmitDossierRequest::default()
        }
    }

    fn reception(&self, request_id: String, receiving_unit: String) -> ReceiveDossierRequest {
        ReceiveDossierRequest {
            request_id,
            procedure: THREE_DAYS.to_owned(),
            channel: Channel::Desk.into(),
            receiving_unit,
            applicant: Some(self.applicant()),
            components: vec!["to-khai".to_owned()],
            ..ReceiveDossierRequest::default()
        }
    }

    fn applicant(&self) -> Person {
        let (caller, number) = (self.caller, self.number);
        Person {
            name: format!("Nguyễn Văn Mẫu {caller} {number}"),
            // No province issues id numbers with this beginning.
            id_number: format!("000{caller:03}{number:06}"),
            phone: format!("0900000{:03}", number % 1_000),
            address: "Thôn 1".to_owned(),
        }
    }
}
