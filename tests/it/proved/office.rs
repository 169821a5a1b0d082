//! An office at random: every command, imports and their updates, receptions while offline, a merger,
//! outages, windows that end, and messages of other systems, on a real database.

mod tricks;

use std::collections::BTreeMap;

use app::offline::OfflineReception;
use app::publication::procedure::Migration;
use chrono::TimeDelta;
use domain::code::AnyCode;
use domain::dossier::acts::SettleConflict;
use domain::dossier::acts::{
    Accept, Advance, Arrive, Assign, CloseConsultation, CloseLeg, Correct, DecideCorrection,
    HandOver, OpenConsultation, OpenLeg, PermitSupplement, RateDossier, RecordPayment,
    RecordSupplement, RefundPayment, Refuse, Remind, RequestPayment, RequestSupplement, Resolve,
    ReturnResult, Stop, SupplementItem, Transfer, Withdraw,
};
use domain::dossier::change::migration::StepMap;
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::correction::Corrected;
use domain::dossier::mirror::{self, Claim};
use domain::dossier::private::{Person, Words};
use domain::dossier::{
    Action, Channel, Command, Dossier, ElectronicFile, ElectronicResult, Extension, FileHash,
    Paper, PaperCopy, PaymentMethod, RatingMethod, Reception, Reuse, Score, Signature,
    SignatureFormat, Status, Submission, Term, allowed_actions, next_steps,
};
use domain::id::{
    ActorId, CertificateSerial, DistinguishedName, DossierId, MediaType, Reference, SystemName,
    UnitCode,
};
use domain::procedure::Procedure;
use domain::role::Role;
use domain::time::{Instant, VIETNAM, local_day};

use crate::access::ways::{AUTHORITY, MIRRORED, ON_THE_SPOT};
use crate::backend::Backend;
use crate::import::hidden::Desk;
use crate::import::update::{OPEN, Said, export, export_by_day};
use crate::merger::{BEFORE, BEFORE_TEXT, TAN_QUANG, june, merge, merger};
use crate::publication::{calendar_with, carried_out, dossier, of_the_province, publish, shipped};
use crate::world::{
    OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, ask_for_papers, identity, moment,
    procedure_code, unit, who,
};

/// Marsaglia's xorshift: equal on every machine.
pub struct Random(u64);

impl Random {
    pub fn of(number: u64) -> Self {
        let mut random = Self((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for _ in 0..4 {
            random.below(2);
        }
        random
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// True so many times in a hundred.
    pub fn often(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    fn minutes(&mut self, most: u64) -> TimeDelta {
        TimeDelta::minutes(i64::try_from(self.below(most)).unwrap())
    }
}

const CENTRE: &str = "H60.00000";
const WARDS: [&str; 3] = [WARD, OTHER_WARD, CENTRE];

/// Limits in working days and hours, calendar days, of the same day and of none; a window that ends;
/// a fee; a petition; a mirror.
const PROCEDURES: [&str; 16] = [
    BEFORE,
    THREE_DAYS,
    THREE_DAYS,
    "3.000722",
    "1.013831",
    ON_THE_SPOT,
    "1.013225",
    "1.013226",
    "1.001612",
    "1.001193",
    "1.000656",
    "x-cam-tiep-xuc",
    "1.003622",
    "1.010456",
    "x-phan-anh-hien-truong",
    MIRRORED,
];

pub struct Office {
    pub world: World,
    pub random: Random,
    /// How often each kind of move was made.
    pub done: BTreeMap<String, u32>,
    known: Vec<DossierId>,
    said: Vec<Said>,
    requests: u64,
    imported: bool,
    /// Whether the other system's due times are days.
    due_by_day: bool,
    /// The rows of the outages that were announced.
    outages: Vec<String>,
}

fn midday(day: chrono::NaiveDate) -> Instant {
    domain::time::instant(day, chrono::NaiveTime::from_hms_opt(12, 0, 0).unwrap())
}

fn words(text: &str) -> Words {
    Words::new(text)
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn file(number: u64) -> ElectronicFile {
    let hash = domain::digest::hex(&domain::digest::sha256(&number.to_be_bytes()));
    ElectronicFile {
        sha256: FileHash::parse(&hash).unwrap(),
        bytes: 1_000 + number,
    }
}

impl Office {
    /// An office in June 2025, with nothing in it.
    pub async fn on(backend: Backend, number: u64) -> Self {
        let world = june(backend).await;
        Self {
            world,
            random: Random::of(number),
            done: BTreeMap::new(),
            known: Vec::new(),
            said: Vec::new(),
            requests: 0,
            imported: false,
            due_by_day: number.is_multiple_of(2),
            outages: Vec::new(),
        }
    }

    /// Days before the merger, and the merger itself.
    pub async fn lives_until_the_merger(&mut self, moves: u64) {
        for _ in 0..moves {
            // The longest move takes five days and a night.
            if self.now() > moment("2025-06-24 12:00") {
                break;
            }
            self.passes(24 * 60);
            if self.known.len() < 8 {
                let ward = *self.random.pick(&[TAN_QUANG, TAN_QUANG, "H60.02209", WARD]);
                self.receives(ward, BEFORE).await;
            } else {
                self.acts().await;
            }
        }
        self.world.set("2025-07-01 00:30");
        merge(&self.world, &merger(false, &[])).await;
        self.world.set("2026-07-24 08:00");
    }

    /// One move, a while later.
    pub async fn moves_on(&mut self) {
        self.passes(12 * 60);
        match self.random.below(108) {
            106..=107 => self.hands_over().await,
            104 => self.hears_of_a_day_off().await,
            105 => self.hears_of_a_new_version().await,
            0..=19 => self.begins().await,
            20..=22 => self.imports().await,
            23 => self.hears_of_an_outage().await,
            24..=25 => {
                let ended = self.world.engine.end_expired().await.unwrap();
                if ended > 0 {
                    self.note("expired");
                }
            }
            26..=29 => self.plays_some_trick().await,
            _ => self.acts().await,
        }
    }

    fn note(&mut self, what: &str) {
        *self.done.entry(what.to_owned()).or_default() += 1;
    }

    fn passes(&mut self, longest: u64) {
        let longest = match self.random.below(20) {
            0 => 5 * 24 * 60,
            1..=9 => 20,
            _ => longest,
        };
        let time = self.random.minutes(longest) + TimeDelta::seconds(1);
        self.world.pass(time);
        // Most work is done by day.
        let hour = self.now().with_timezone(&VIETNAM).time();
        let night = hour < chrono::NaiveTime::from_hms_opt(7, 0, 0).unwrap();
        if night && self.random.often(80) {
            self.world.pass(TimeDelta::hours(7));
        }
    }

    fn now(&self) -> Instant {
        self.world.engine.now()
    }

    fn procedure(&self, code: &str) -> std::sync::Arc<Procedure> {
        let province = who(Role::Province, PROVINCE).province;
        let catalogue = self.world.engine.catalogue(&province);
        let found = catalogue.procedures.find(code, local_day(self.now()));
        found
            .unwrap_or_else(|| panic!("{code} is in force"))
            .clone()
    }

    fn ward(&mut self) -> &'static str {
        self.random.pick::<&str>(&WARDS)
    }

    fn contents(&mut self, procedure: &Procedure) -> Contents {
        let required = procedure.components.iter().filter(|it| it.required);
        let elsewhere = self.random.often(25);
        let resolving = elsewhere.then(|| unit(self.ward()));
        Contents {
            case: None,
            applicant: Person {
                name: "Nguyễn Văn Mẫu".into(),
                ..Person::default()
            },
            assisted_by: (self.random.often(20)).then(|| ActorId::parse("nv-giup").unwrap()),
            components: required.map(|it| it.code.clone()).collect(),
            papers: self.papers(procedure),
            external_codes: Vec::new(),
            resolving,
            returning: None,
            duplicate_intended: true,
            circumstances: CircumstancesGiven {
                fee_exemption: match self.random.often(10) {
                    true => words("hộ nghèo"),
                    false => Words::default(),
                },
                ..CircumstancesGiven::default()
            },
        }
    }

    fn papers(&mut self, procedure: &Procedure) -> Vec<Paper> {
        let mut papers = Vec::new();
        for component in procedure.components.iter().filter(|it| it.required) {
            if self.random.often(50) {
                continue;
            }
            let result = Reference::parse("000.00.00.G09-KQ002269").unwrap();
            let reuse = match self.random.below(6) {
                0 => Some(Reuse::PersonalStore {
                    result: Some(result),
                }),
                1 => Some(Reuse::Database { database: result }),
                2 => Some(Reuse::EarlierDossier { result: None }),
                _ => None,
            };
            papers.push(Paper {
                component: component.code.clone(),
                copy: *self.random.pick(&PaperCopy::ALL),
                count: 1,
                file: self.random.often(50).then(|| file(7)),
                reuse,
            });
        }
        papers
    }

    async fn begins(&mut self) {
        let ward = self.ward();
        let code = *self.random.pick(&PROCEDURES);
        let online = code == MIRRORED || code.ends_with("hien-truong") || self.random.often(50);
        if online {
            self.submits(ward, code).await;
        } else if self.random.often(15) {
            self.receives_offline(ward, code).await;
        } else {
            self.receives(ward, code).await;
        }
    }

    async fn submits(&mut self, ward: &str, code: &str) {
        self.requests += 1;
        let procedure = self.procedure(code);
        let mut content = self.contents(&procedure);
        if code == MIRRORED {
            content.resolving = None;
        }
        // Staff submit for citizens too.
        let staff = code != MIRRORED && self.random.often(30);
        let caller = match staff {
            true => who(Role::Receptionist, ward),
            false => who(Role::Portal, PROVINCE),
        };
        let day = local_day(self.now()).format("%y%m%d");
        let portal_code = format!("G22.99-{day}-{:06}", self.requests);
        let submission = Submission {
            receiving: unit(ward),
            portal_code: AnyCode::parse(&portal_code).unwrap(),
            // The portal may have had it before.
            submitted: (self.random.often(30)).then(|| self.now() - self.random.minutes(600)),
            channel: if self.random.often(85) {
                Channel::Online
            } else {
                Channel::Post
            },
            content,
        };
        let (engine, code) = (&self.world.engine, procedure_code(code));
        let identity = self.world.identity();
        let began = engine.submit(&caller, identity, &code, submission).await;
        self.began(began, "submitted");
    }

    async fn receives(&mut self, ward: &str, code: &str) {
        let procedure = self.procedure(code);
        let reception = Reception {
            receiving: unit(ward),
            channel: if self.random.often(80) {
                Channel::Desk
            } else {
                Channel::Post
            },
            content: self.contents(&procedure),
        };
        let clerk = who(Role::Receptionist, ward);
        let (engine, code) = (&self.world.engine, procedure_code(code));
        let identity = self.world.identity();
        let began = engine.receive(&clerk, identity, &code, reception).await;
        self.began(began, "received");
    }

    async fn receives_offline(&mut self, ward: &str, code: &str) {
        let clerk = who(Role::Receptionist, ward);
        let (desk, day) = (unit(ward), local_day(self.now()));
        let engine = std::sync::Arc::clone(&self.world.engine);
        let identity = self.world.identity();
        let reserved = engine
            .reserve_numbers(&clerk, identity, &desk, day, 1)
            .await;
        let Ok(block) = reserved else {
            return self.note("refused offline");
        };
        let at = self.now();
        let procedure = self.procedure(code);
        let content = self.contents(&procedure);
        // The slip is entered later; its time is that of the slip.
        let later = self.random.minutes(48 * 60);
        self.world.pass(later + TimeDelta::minutes(1));
        let entered = OfflineReception {
            identity: self.world.identity(),
            number: block.first,
            at,
            procedure: procedure_code(code),
            reception: Reception {
                receiving: desk.clone(),
                channel: Channel::Desk,
                content,
            },
        };
        let entered = engine
            .import_receptions(&clerk, &desk, day, vec![entered])
            .await;
        let entered = entered.map(|mut all| all.remove(0));
        let entered = entered.and_then(|one| one);
        self.began(entered, "received offline");
    }

    fn began(&mut self, began: Result<app::view::View, app::Error>, how: &str) {
        match began.map(|view| view.dossier.id) {
            Ok(id) => {
                self.known.push(id);
                self.note(how);
            }
            Err(_) => self.note(&format!("refused {how}")),
        }
    }

    /// A first export of another system, or a newer one.
    async fn imports(&mut self) {
        let now = self.now();
        let told = |at: Instant| {
            let at = at.with_timezone(&VIETNAM);
            leaked(at.format("%Y-%m-%d %H:%M").to_string())
        };
        let began = moment("2026-07-20 08:00");
        let mut said = self.said.clone();
        if !self.imported {
            for number in 0..6_u8 {
                let received = began - self.random.minutes(30 * 24 * 60);
                let due = local_day(received + TimeDelta::days(8)).to_string();
                // Of two the other system knows no due time.
                let due = if number < 2 { String::new() } else { due };
                said.push(Said {
                    name: leaked(char::from(b'a' + number).to_string()),
                    received: told(received),
                    due: leaked(due),
                    ..OPEN
                });
            }
        }
        let before = now - TimeDelta::minutes(1);
        for one in &mut said {
            match self.random.below(6) {
                0 if one.resolved.is_empty() => {
                    one.resolved = told(before - self.random.minutes(3 * 24 * 60));
                }
                1 if one.resolved.is_empty() && !one.due.is_empty() => {
                    let due = now + self.random.minutes(20 * 24 * 60);
                    one.due = leaked(local_day(due).to_string());
                }
                // Of a dossier whose due time was not known one is given.
                3 if one.resolved.is_empty() && self.imported => {
                    let due = now + self.random.minutes(20 * 24 * 60);
                    one.due = leaked(local_day(due).to_string());
                }
                2 if one.steps.is_empty() && one.resolved.is_empty() => {
                    let at = told(before);
                    one.steps = Box::leak(Box::new([("appraised", at)]));
                }
                _ => {}
            }
        }
        let exported = if self.due_by_day {
            export_by_day
        } else {
            export
        };
        let plan = exported(&said, told(now), self.imported);
        let desk = Desk::beside(&self.world).await;
        match desk.try_plan(plan, usize::MAX).await {
            Ok(outcome) => {
                self.note(if self.imported { "updated" } else { "imported" });
                self.said = said;
                if !self.imported {
                    assert_eq!(outcome.dossiers, 6);
                }
                self.imported = true;
            }
            // What was done here since contradicts the newer export.
            Err(_) => self.note("refused import"),
        }
    }

    /// A day is off, or was, so that what was counted by it is counted anew.
    async fn hears_of_a_day_off(&mut self) {
        if self.done.contains_key("day off") {
            return;
        }
        let today = local_day(self.now());
        let around = chrono::Days::new(self.random.below(20));
        let near = (today + around) - chrono::Days::new(10);
        let day = local_day(self.worked_before(midday(near)));
        let off = format!("{day},swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed");
        let text = calendar_with(&[&off]);
        publish(&self.world, "calendar/national.csv", text).await;
        carried_out(&self.world).await;
        self.note("day off");
    }

    /// A procedure gets a version in another field, to which running dossiers go over.
    async fn hears_of_a_new_version(&mut self) {
        if self.done.contains_key("new version") {
            return;
        }
        let path = format!("procedures/{BEFORE}.toml");
        let tomorrow = local_day(self.now()) + chrono::Days::new(1);
        let (_, first) = BEFORE_TEXT.split_once("[[version]]").unwrap();
        let second = first
            .replace("number = 1", "number = 2")
            .replace("from = 2024-01-01", &format!("from = {tomorrow}"))
            .replace("\"Thử\"", "\"Thử lần hai\"");
        let text = format!("{BEFORE_TEXT}[[version]]{second}");
        publish(&self.world, &path, text).await;
        self.world.pass(TimeDelta::days(1));
        let lan = of_the_province("lan");
        let migration = Migration {
            procedure: procedure_code(BEFORE),
            from: 1,
            to: 2,
            map: StepMap::new(),
        };
        let request = self.world.identity().request_id;
        let engine = &self.world.engine;
        engine
            .migrate_dossiers(&lan, &request, &migration)
            .await
            .unwrap();
        carried_out(&self.world).await;
        self.note("new version");
    }

    async fn hears_of_an_outage(&mut self) {
        // An outage begins and ends on working days.
        let ended = self.now() - self.random.minutes(2 * 24 * 60);
        let until = self.worked_before(ended);
        let earlier = until - self.random.minutes(2 * 24 * 60) - TimeDelta::minutes(1);
        let from = self.worked_before(earlier);
        let told = |at: Instant| {
            let at = at.with_timezone(&VIETNAM);
            at.format("%Y-%m-%d %H:%M").to_string()
        };
        let ward = *self.random.pick(&["", WARD, OTHER_WARD]);
        if self.done.contains_key("outage") {
            return;
        }
        self.announces_an_outage(ward, &told(from), &told(until))
            .await;
    }

    async fn announces_an_outage(&mut self, ward: &str, from: &str, until: &str) {
        self.outages.push(format!(
            "{ward},,{from},{until},12/TB-UBND,statute,Thông báo 12/TB-UBND"
        ));
        let shipped = shipped("calendar/outages.csv");
        let text = format!("{}\n{}\n", shipped.trim_end(), self.outages.join("\n"));
        publish(&self.world, "calendar/outages.csv", text).await;
        carried_out(&self.world).await;
        self.note("outage");
    }

    /// The same hour of the last working day.
    fn worked_before(&self, mut at: Instant) -> Instant {
        while !self.is_worked(local_day(at)) {
            at -= TimeDelta::days(1);
        }
        at
    }

    /// Somebody of the unit that has the papers hands them over.
    async fn hands_over(&mut self) {
        let Some(id) = self.some_dossier().await else {
            return;
        };
        let on = dossier(&self.world, id).await;
        let role = *self.random.pick(&[Role::Receptionist, Role::Officer]);
        let at = *self
            .random
            .pick(&[on.receiving.as_str(), on.resolving.as_str()]);
        let caller = who(role, at);
        let hand_over = Command::HandOver(HandOver {
            giver: None,
            receiver: ActorId::parse("nv-binh").unwrap(),
            receiver_unit: None,
            components: Vec::new(),
            originals: Vec::new(),
            on_paper: self.random.often(50),
        });
        let name = app::view::DossierName::Id(id);
        let (engine, identity) = (&self.world.engine, self.world.identity());
        let etag = on.etag();
        let done = engine.command(&caller, identity, &name, &etag, hand_over);
        let what = match done.await {
            Ok(_) => "HandOver",
            Err(_) => "refused HandOver",
        };
        self.note(what);
    }

    fn is_worked(&self, day: chrono::NaiveDate) -> bool {
        let province = who(Role::Province, PROVINCE).province;
        let catalogue = self.world.engine.catalogue(&province);
        catalogue.calendars.national().is_working_day(day).unwrap()
    }

    /// Somebody does something to some dossier.
    async fn acts(&mut self) {
        let Some(id) = self.some_dossier().await else {
            return;
        };
        let on = dossier(&self.world, id).await;
        let catalogue = self.world.engine.catalogue(&on.province);
        let version = on.procedure_version;
        let Some(procedure) = catalogue.procedures.get(&on.procedure, version).cloned() else {
            return;
        };
        let (role, action) = if on.mirrored.is_some() || self.random.often(2) {
            (Role::Portal, Action::RecordMirrored)
        } else {
            let role = *self.random.pick(&[
                Role::Receptionist,
                Role::Officer,
                Role::Leader,
                Role::Chairman,
            ]);
            let buttons = allowed_actions(&on, &procedure, role);
            let Some(action) = self.likely(&buttons) else {
                return;
            };
            (role, action)
        };
        let command = self.command(action, &on, &procedure);
        let at = if self.random.often(75) {
            on.resolving.clone()
        } else {
            on.receiving.clone()
        };
        let mut caller = match role {
            Role::Portal => who(role, PROVINCE),
            _ => who(role, at.as_str()),
        };
        if action == Action::DecideCorrection {
            caller.actor = ActorId::parse("nguoi-thu-hai").unwrap();
        }
        self.requests += 1;
        let outcome = self
            .world
            .engine
            .command(
                &caller,
                identity(1_000_000 + self.requests, ""),
                &app::view::DossierName::Id(id),
                &on.etag(),
                command,
            )
            .await;
        let what = format!("{action:?}");
        self.note(&match outcome {
            Ok(_) => what,
            Err(_) => format!("refused {what}"),
        });
    }

    /// Of four dossiers, mostly one that is open.
    async fn some_dossier(&mut self) -> Option<DossierId> {
        if self.known.is_empty() {
            return None;
        }
        // An imported dossier is known to nobody here by name.
        if self.imported && self.random.often(4) {
            let scope = app::ports::Scope::Province(who(Role::Province, PROVINCE).province);
            let list = app::ports::List::all(scope, None, 10_000);
            let read = app::ports::Store::read(self.world.store.as_ref()).await;
            let all = read.unwrap().list(&list).await.unwrap();
            let all = all.iter().filter(|it| it.imported.is_some());
            let all: Vec<DossierId> = all.map(|it| it.id).collect();
            return Some(*self.random.pick(&all));
        }
        for _ in 0..3 {
            let id = *self.random.pick(&self.known);
            if dossier(&self.world, id).await.ended.is_none() {
                return Some(id);
            }
        }
        Some(*self.random.pick(&self.known))
    }

    /// One of the buttons but the hand-over, which has a move of its own; seldom one that ends the dossier at once or moves nothing.
    fn likely(&mut self, buttons: &[Action]) -> Option<Action> {
        if buttons.is_empty() {
            return None;
        }
        let mut choice = *self.random.pick(buttons);
        for _ in 0..2 {
            let dull = matches!(
                choice,
                Action::Refuse
                    | Action::Withdraw
                    | Action::Stop
                    | Action::Remind
                    | Action::Correct
                    | Action::Assign
                    | Action::HandOver
                    | Action::RefundPayment
            );
            if dull {
                choice = *self.random.pick(buttons);
            }
        }
        (choice != Action::HandOver).then_some(choice)
    }

    fn command(&mut self, action: Action, on: &Dossier, procedure: &Procedure) -> Command {
        let now = self.now();
        match action {
            Action::Submit | Action::Receive => Command::Receive(Accept {
                components: Vec::new(),
                papers: self.papers(procedure),
                accept_incomplete: words("nhận trước"),
            }),
            Action::Refuse => Command::Refuse(Refuse {
                reason: words("không thuộc thẩm quyền"),
                competent: None,
            }),
            Action::RequestSupplement => Command::RequestSupplement(RequestSupplement {
                items: vec![SupplementItem {
                    data_failure: None,
                    component: None,
                    note: words("bản gốc"),
                }],
                reason: words("thiếu bản gốc"),
                respond_by: None,
                exception: None,
            }),
            Action::RecordSupplement => Command::RecordSupplement(RecordSupplement {
                components: Vec::new(),
                papers: self.papers(procedure),
            }),
            Action::PermitSupplement => Command::PermitSupplement(PermitSupplement {
                reason: words("cần thêm"),
            }),
            Action::Advance => {
                let next = next_steps(on, procedure);
                let step = (!next.is_empty()).then(|| self.random.pick(&next).clone());
                Command::Advance(Advance {
                    step,
                    assignee: None,
                })
            }
            Action::Arrive => {
                let arrived = (self.random.often(40)).then(|| now - self.random.minutes(900));
                Command::Arrive(Arrive { arrived })
            }
            Action::Assign => Command::Assign(Assign {
                assignee: ActorId::parse("nv-binh").unwrap(),
            }),
            Action::Transfer => Command::Transfer(Transfer {
                to: unit(self.ward()),
                returning: None,
                reason: words("đúng thẩm quyền"),
            }),
            Action::HandOver => unreachable!("it is never chosen"),
            Action::RequestPayment => Command::RequestPayment(RequestPayment {
                amount_vnd: 8_000,
                reason: words("lệ phí"),
            }),
            Action::RecordPayment => Command::RecordPayment(RecordPayment {
                amount_vnd: match on.fee_open_vnd {
                    Some(open) if self.random.often(60) => open,
                    _ => 3_000,
                },
                method: (!self.random.often(20)).then(|| *self.random.pick(&PaymentMethod::ALL)),
                reference: None,
            }),
            Action::RefundPayment => Command::RefundPayment(RefundPayment {
                amount_vnd: 1_000,
                reason: words("thu nhầm"),
            }),
            Action::Remind => Command::Remind(Remind {
                receiver: None,
                words: words("xin xử lý"),
            }),
            Action::Extend if self.random.often(40) => Command::Extend(Extension::Verification {
                reason: words("xác minh nơi cư trú"),
            }),
            Action::Extend => Command::Extend(Extension::Apology {
                reason: words("phải xác minh thêm"),
                due: on.due().unwrap_or(now).max(now) + TimeDelta::days(3),
            }),
            Action::Withdraw => Command::Withdraw(Withdraw {
                reason: Words::default(),
            }),
            Action::Stop => Command::Stop(Stop {
                reason: words("không đủ điều kiện"),
                legal_basis: words("điều khoản mẫu"),
            }),
            Action::OpenLeg => Command::OpenLeg(OpenLeg {
                unit: unit(self.ward()),
                lead: self.random.often(30),
                task: words("cấp thẻ"),
                term: Term::Within("2wd".parse().unwrap()),
            }),
            Action::CloseLeg => Command::CloseLeg(CloseLeg {
                number: on.open_legs().next().map_or(1, |leg| leg.number),
                result: words("đã xong"),
            }),
            Action::OpenConsultation => Command::OpenConsultation(OpenConsultation {
                unit: unit(self.ward()),
                question: words("có cư trú không"),
                term: Term::Within("2wd".parse().unwrap()),
            }),
            Action::CloseConsultation => Command::CloseConsultation(CloseConsultation {
                number: on.open_consultations().next().map_or(1, |it| it.number),
                answer: words("đồng ý"),
            }),
            Action::Resolve => Command::Resolve(Resolve {
                results: (0..self.random.below(3))
                    .map(|it| self.result(it))
                    .collect(),
            }),
            Action::Return => Command::Return(ReturnResult {
                receiver: None,
                proxy: false,
                channel: Channel::Desk,
            }),
            Action::Rate => Command::Rate(RateDossier {
                score: Score::new(1 + u8::try_from(self.random.below(5)).unwrap()).unwrap(),
                method: RatingMethod::Device,
                comment: Words::default(),
            }),
            Action::Correct => Command::Correct(Correct {
                corrected: match self.random.below(2) {
                    0 => Corrected::Channel(*self.random.pick(&Channel::ALL)),
                    _ => Corrected::EndTime(on.ended.unwrap_or(now) - TimeDelta::hours(2)),
                },
                reason: words("nhập nhầm"),
            }),
            Action::DecideCorrection => Command::DecideCorrection(DecideCorrection {
                number: on.corrections.open().next().map_or(1, |open| open.number),
                approve: self.random.often(80),
                note: Words::default(),
            }),
            Action::RecordMirrored => Command::RecordMirrored(self.claim(on)),
            Action::SettleConflict => Command::SettleConflict(SettleConflict {
                number: on.mirror.open().next().map_or(1, |it| it.number),
                apply: self.random.often(40),
                reason: words("đã hỏi lại hệ thống nguồn"),
            }),
        }
    }

    fn result(&mut self, number: u64) -> ElectronicResult {
        let signed = Signature {
            format: SignatureFormat::Pades,
            certificate: CertificateSerial::parse("54010b6f").unwrap(),
            issuer: DistinguishedName::parse("CN=CA mẫu,C=VN").unwrap(),
            signed: self.now() - TimeDelta::hours(1),
            detached: None,
        };
        ElectronicResult {
            code: None,
            number: None,
            file: file(100 + number),
            media_type: MediaType::parse("application/pdf").unwrap(),
            signatures: self
                .random
                .often(50)
                .then_some(signed)
                .into_iter()
                .collect(),
        }
    }

    /// What the deciding system could say next.
    fn claim(&mut self, on: &Dossier) -> Claim {
        let likely = mirror::follows(on);
        let status = match likely.is_empty() || self.random.often(10) {
            true => *self.random.pick(&Status::ALL),
            false => *self.random.pick(likely),
        };
        let ago = self.random.minutes(24 * 60);
        self.requests += 1;
        Claim {
            system: SystemName::parse(AUTHORITY).unwrap(),
            reference: Reference::parse(&format!("BCA-2026/{:06}", self.requests)).unwrap(),
            status,
            at: self.now() - ago,
            due: None,
        }
    }
}

/// A unit of which something may be known, also one that has ended.
pub fn some_unit(random: &mut Random) -> UnitCode {
    let all = [WARD, WARD, OTHER_WARD, CENTRE, TAN_QUANG, "H60.02209"];
    unit(random.pick::<&str>(&all))
}
