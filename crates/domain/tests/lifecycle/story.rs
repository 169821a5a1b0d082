//! A dossier's life in the desk's words.
//!
//! `3 Aug 10:00 received; 6 Aug 09:00 papers requested; 7 Aug 09:00 papers requested
//! [SUPPLEMENT_USED]`: the moment, the deed, and in brackets the reason if it is refused.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};
use domain::calendar::{self, Calendar, Calendars, DayKind, Outage, SpecialDay};
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::deadline::Language;
use domain::dossier::acts::HandOver;
use domain::dossier::acts::consultation::{ConsentedBySilence, consent_by_silence};
use domain::dossier::acts::{
    Accept, Advance, Arrive, Assign, CloseConsultation, CloseLeg, Correct, DecideCorrection,
    OpenConsultation, OpenLeg, PermitSupplement, RateDossier, RecordPayment, RecordSupplement,
    RefundPayment, Refuse, Remind, RequestPayment, RequestSupplement, Resolve, ReturnResult,
    SettleConflict, Stop, Transfer, Withdraw,
};
use domain::dossier::change::expiry::{Expired, expire};
use domain::dossier::change::migration::{Break, StepMap, migrate};
use domain::dossier::change::recalculation::{Publication, Recalculation, recalculate};
use domain::dossier::change::succession::succeed;
use domain::dossier::correction::Corrected;
use domain::dossier::imported::ImportNumber;
use domain::dossier::legal::{Law, Legal};
use domain::dossier::mirror::Claim;
use domain::dossier::private::{Person, Private, Salt, Words};
use domain::dossier::{
    Acting, Channel, Command, Decision, Dossier, Event, Extension, PaymentMethod, RatingMethod,
    Reception, Record, Refusal, Rules, Score, Status, Submission, Term, decide, receive, submit,
};
use domain::id::{
    CaseId, ComponentCode, DossierId, ProvinceCode, Reference, RequestId, SystemName, UnitCode,
};
use domain::import::{ImportedCase, history};
use domain::lineage::Succession;
use domain::procedure::{Authority, Boundaries, ClockPolicy, OnExpiry, Procedure, Procedures};
use domain::role::Role;
use domain::time::{Instant, local_day};

use crate::desk;

/// A dossier with its whole history.
pub struct Story {
    /// The version of the procedure that decides the dossier.
    pub procedure: Procedure,
    /// The unit that receives and resolves the dossier.
    pub unit: UnitCode,
    /// The events; empty before the dossier begins.
    pub records: Vec<Record>,
    /// How many of the events another system wrote.
    pub imported: u32,
    /// The personal values behind the events' commitments.
    pub private: Vec<Private>,
    /// The calendars, each with the version of the dossier at its publication.
    calendars: Vec<(u32, Calendars)>,
    /// Where procedures may be received.
    boundaries: Boundaries,
    /// The versions that it was under before.
    versions: Vec<Procedure>,
    dossier: Option<Dossier>,
    number: u64,
}

/// A request about a dossier, or to the desk before the dossier exists.
pub enum Deed {
    Submit(Submission),
    Receive(Reception),
    Act(Command),
}

impl Story {
    /// The story of a procedure: `1.013226`, or `1.013225 within 10wd as exclude-interval`.
    pub fn of(head: &str) -> Self {
        let mut words = head.split_whitespace();
        let mut procedure = desk::shipped(words.next().expect("a procedure code"));
        while let Some(word) = words.next() {
            let value = words.next().expect("a value follows");
            match word {
                "version" => {
                    let code = procedure.code.as_str();
                    procedure = desk::shipped_version(code, value.parse().expect("a number"));
                }
                "within" => procedure.cases[0].limit = Some(value.parse().expect("a limit")),
                "as" => procedure.clock = policy(value),
                "until" => procedure.cutoff = value.parse().expect("a cut-off"),
                "closing" => {
                    procedure.supplement_window = Some(value.parse().expect("a limit"));
                    procedure.on_expiry = OnExpiry::Close;
                }
                other => panic!("`{other}` is none of `version`, `within` and `as`"),
            }
        }
        Self::new(procedure)
    }

    pub fn new(procedure: Procedure) -> Self {
        Self {
            procedure,
            unit: desk::unit(desk::WARD),
            records: Vec::new(),
            imported: 0,
            private: Vec::new(),
            calendars: vec![(0, desk::catalogue().calendars.clone())],
            boundaries: desk::catalogue().boundaries.clone(),
            versions: Vec::new(),
            dossier: None,
            number: 1,
        }
    }

    /// The same story at another unit, with another number.
    pub fn at_unit(mut self, unit: &str, number: u64) -> Self {
        self.unit = desk::unit(unit);
        self.number = number;
        self
    }

    /// The same story with other units' hours.
    pub fn among(mut self, calendars: Calendars) -> Self {
        self.calendars = vec![(0, calendars)];
        self
    }

    /// The same story where another list says what may be received where.
    pub fn ruled_by(mut self, catalogue: Catalogue) -> Self {
        self.boundaries = catalogue.boundaries;
        self
    }

    /// A whole story at once.
    pub fn told(head: &str, history: &str) -> Self {
        let mut story = Self::of(head);
        story.goes_on(history);
        story
    }

    /// The dossier as its events have left it.
    pub fn dossier(&self) -> &Dossier {
        self.dossier.as_ref().expect("the dossier has begun")
    }

    /// Continues the story. Panics if a deed is refused without brackets, or accepted with them.
    pub fn goes_on(&mut self, history: &str) {
        for sentence in history
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let (sentence, refusal) = match sentence.split_once(" [") {
                Some((told, reason)) => (told, Some(reason.trim_end_matches(']'))),
                None => (sentence, None),
            };
            let (sentence, recorded) = match sentence.split_once(" (recorded ") {
                Some((told, later)) => (told, Some(desk::at(later.trim_end_matches(')')))),
                None => (sentence, None),
            };
            let time_ends = sentence
                .find(':')
                .and_then(|colon| sentence[colon..].find(' ').map(|space| colon + space))
                .unwrap_or_else(|| panic!("`{sentence}` has no moment or no deed"));
            let (moment, deed) = sentence.split_at(time_ends);
            let now = desk::at(moment);
            let (deed, role) = match deed.split_once(" by the ") {
                Some((deed, role)) => (deed, role.parse().expect("a role")),
                None => (deed, Role::Chairman),
            };
            let deed = self.deed(deed.trim(), now);
            let done = self.tries(role, now, recorded, &deed);
            let reason = done.as_ref().err().map(Refusal::reason);
            assert_eq!(reason, refusal, "`{sentence}` in: {history}");
        }
    }

    /// Tries a deed; an accepted one becomes part of the history.
    pub fn tries(
        &mut self,
        role: Role,
        now: Instant,
        recorded: Option<Instant>,
        deed: &Deed,
    ) -> Result<(), Refusal> {
        let acting = desk::acting(role, &self.unit);
        let decision = self.weighs(&acting, now, deed)?;
        self.private.extend(decision.private);
        for event in decision.events {
            let last = self.dossier.as_ref().map_or(now, |dossier| dossier.last);
            let at = event.happened(now, last);
            self.writes(&acting, at, recorded.unwrap_or(now), event);
        }
        Ok(())
    }

    /// What a deed would lead to; the story does not change.
    pub fn weighs(&self, acting: &Acting, now: Instant, deed: &Deed) -> Result<Decision, Refusal> {
        let salt: Salt = desk::salt();
        let calendars = self.calendars_at(u32::MAX);
        // Due times count in the hours of the unit that is to decide.
        let calendar = match deed {
            Deed::Submit(it) => calendars.for_unit(it.content.resolving_at(&it.receiving).as_str()),
            Deed::Receive(it) => {
                calendars.for_unit(it.content.resolving_at(&it.receiving).as_str())
            }
            Deed::Act(_) => self.calendar(),
        };
        let rules = Rules {
            procedure: &self.procedure,
            calendar,
            calendars,
            units: &desk::catalogue().units,
            boundaries: &self.boundaries,
            papers: &desk::catalogue().papers,
            opinions: &desk::catalogue().opinions,
            answer_limit: desk::catalogue().intake.answer,
            salt: &salt,
            acting,
        };
        match deed {
            Deed::Submit(submission) => submit(submission, &rules, now),
            Deed::Receive(reception) => receive(reception, &rules, now),
            Deed::Act(command) => decide(self.dossier(), command, &rules, now),
        }
    }

    /// The calendar in force.
    pub fn calendar(&self) -> &Calendar {
        self.calendar_at(u32::MAX)
    }

    /// The calendar that was in force when a version of the dossier was written.
    pub fn calendar_at(&self, version: u32) -> &Calendar {
        let before = self.records.iter().take_while(|it| it.version < version);
        let deciding = Dossier::fold(before).map_or(self.unit.clone(), |it| it.resolving);
        self.calendars_at(version).for_unit(deciding.as_str())
    }

    pub fn calendars_at(&self, version: u32) -> &Calendars {
        let mut earlier = self.calendars.iter().rev();
        let in_force = earlier.find(|(since, _)| *since < version);
        let (_, calendars) = in_force.expect("the shipped ones were always there");
        calendars
    }

    /// The due times that the calendar in force alone would give.
    pub fn legal(&self) -> Result<Legal, calendar::Error> {
        let procedures = self.procedures();
        let law = self.law(&procedures);
        let legal = Legal::of(&self.records, &law).map(|legal| legal.expect("a history"));
        if let Some(unmoved) = Legal::of_unmoved(self.dossier(), &law) {
            assert_eq!(unmoved, legal, "the history says nothing else");
        }
        legal
    }

    fn procedures(&self) -> Procedures {
        let versions = self.versions.iter().chain([&self.procedure]).cloned();
        Procedures::new(versions.map(Arc::new)).expect("one after another")
    }

    fn law<'a>(&'a self, procedures: &'a Procedures) -> Law<'a> {
        Law {
            calendars: self.calendars_at(u32::MAX),
            answer_limit: desk::catalogue().intake.answer,
            procedures,
        }
    }

    /// The job looks whether the citizen has answered in time.
    pub fn window_ends(&mut self, now: Instant) -> Option<Expired> {
        let procedures = self.procedures();
        let expired = expire(self.dossier(), now, &self.law(&procedures))?;
        let acting = desk::acting(Role::Admin, &self.unit);
        self.writes(&acting, now, now, expired.clone().into());
        Some(expired)
    }

    /// The job looks whether agencies that were asked have been silent for too long.
    pub fn silence_ends(&mut self, now: Instant) -> Option<ConsentedBySilence> {
        let consented = consent_by_silence(self.dossier(), now)?;
        let acting = desk::acting(Role::Admin, &self.unit);
        self.writes(&acting, now, now, consented.clone().into());
        Some(consented)
    }

    /// The shipped calendars with more days are published; the dossier is recalculated.
    ///
    /// A calendar that does not reach far enough to recalculate is withdrawn.
    pub fn calendars_change(&mut self, now: Instant, days: &[SpecialDay]) -> Option<Recalculation> {
        self.published(now, days, &[])
    }

    /// The same with announced outages.
    pub fn published(
        &mut self,
        now: Instant,
        days: &[SpecialDay],
        outages: &[Outage],
    ) -> Option<Recalculation> {
        let changed = desk::catalogue().calendars.with_days(days);
        let version = self.records.last().map_or(0, |record| record.version);
        self.calendars.push((
            version,
            changed
                .expect("days that fit")
                .with_outages(outages.to_vec()),
        ));
        let published = Publication {
            document: "1".into(),
            hash: "0".repeat(64),
            outage: outages.iter().map(|outage| outage.from).min(),
            approved: now,
        };
        let Ok(legal) = self.legal() else {
            self.calendars.pop();
            return None;
        };
        let recalculated = recalculate(
            self.dossier(),
            &legal,
            self.calendars_at(u32::MAX),
            published.judged(),
        )?;
        let acting = desk::acting(Role::Province, &self.unit);
        self.writes(&acting, now, now, recalculated.fact(&published).into());
        Some(recalculated)
    }

    /// Begins the dossier as another system wrote it.
    pub fn imports(&mut self, case: &ImportedCase, recorded: Instant) {
        let number = ImportNumber::new(1).expect("not 0");
        let province = ProvinceCode::parse("08").expect("two digits");
        let history = history(case, number, &province, desk::catalogue(), &desk::salt());
        for past in history.expect("a case that was received").events {
            let role = past.by.map_or(Role::Admin, |(_, role)| role);
            let mut acting = desk::acting(role, &self.unit);
            acting.unit = past.unit;
            self.writes(&acting, past.at, recorded, past.event);
            self.imported += 1;
        }
    }

    /// Merges units. The successors take over whatever is open; false if nothing is theirs.
    pub fn units_merge(&mut self, now: Instant, succession: &Succession) -> bool {
        let Some(event) = succeed(self.dossier(), succession) else {
            return false;
        };
        self.unit = succession.successor(&self.unit).clone();
        let acting = desk::acting(Role::Province, &self.unit);
        self.writes(&acting, now, now, event.into());
        true
    }

    /// Moves the dossier to another version of its procedure, unless something prevents it.
    pub fn goes_over(
        &mut self,
        now: Instant,
        to: Procedure,
        map: &StepMap,
    ) -> Result<(), Vec<Break>> {
        let event = migrate(self.dossier(), &to, map)?;
        let acting = desk::acting(Role::Province, &self.unit);
        self.writes(&acting, now, now, event.into());
        self.versions
            .push(std::mem::replace(&mut self.procedure, to));
        Ok(())
    }

    fn writes(&mut self, acting: &Acting, now: Instant, recorded: Instant, event: Event) {
        let version = self.records.last().map_or(0, |record| record.version) + 1;
        let record = Record {
            province: ProvinceCode::parse("08").expect("two digits"),
            dossier: DossierId::new(1_785_000_000_000, 7, self.number),
            version,
            event_time: now,
            record_time: recorded,
            actor: acting.actor.clone(),
            role: acting.role,
            unit: acting.unit.clone(),
            request_id: RequestId::parse(&format!("00000000-0000-4000-8000-{version:012}"))
                .expect("a UUID"),
            event: self.sealed(event),
        };
        self.dossier = match self.dossier.take() {
            None => Dossier::begin(&record),
            Some(dossier) => Some(dossier.apply(&record)),
        };
        self.records.push(record);
    }

    /// Gives a dossier received at the desk its number, as the commit does.
    fn sealed(&self, mut event: Event) -> Event {
        if let Event::Received(facts) = &mut event
            && facts.code.is_none()
        {
            let code = format!("{}-260803-{:04}", self.unit, self.number);
            facts.code = Some(AnyCode::parse(&code).expect("a code"));
        }
        event
    }

    /// The deed that a few words mean.
    fn deed(&self, words: &str, now: Instant) -> Deed {
        if let Some(said) = words.strip_prefix("said ") {
            return Deed::Act(Command::RecordMirrored(self.claim(said, now)));
        }
        let papers = desk::required(&self.procedure);
        if let Some(command) = command(words) {
            return Deed::Act(command);
        }
        if let Some((words, unit)) = words.split_once(" for ") {
            let channel = match words {
                "received" => Channel::Desk,
                "received by post" => Channel::Post,
                "received online" => Channel::Online,
                other => panic!("the desk does not say `{other}`"),
            };
            let mut reception = self.reception(channel, papers);
            reception.content.resolving = Some(desk::unit(unit));
            return Deed::Receive(reception);
        }
        match words {
            "submitted" => Deed::Submit(self.submission(Channel::Online, papers)),
            "submitted by post" => Deed::Submit(self.submission(Channel::Post, papers)),
            "received" => Deed::Receive(self.reception(Channel::Desk, papers)),
            "received by post" => Deed::Receive(self.reception(Channel::Post, papers)),
            other => panic!("the desk does not say `{other}`"),
        }
    }

    /// A message of another system: `4`, or `4 as of 3 Aug 07:00 due 6 Aug 17:00 by Hệ thống khác`.
    /// Without a name, the deciding system sends it, if there is one.
    fn claim(&self, said: &str, now: Instant) -> Claim {
        let (said, by) = match said.split_once(" by ") {
            Some((said, by)) => (said, Some(by)),
            None => (said, None),
        };
        let (said, due) = match said.split_once(" due ") {
            Some((said, due)) => (said, Some(desk::at(due))),
            None => (said, None),
        };
        let (code, at) = match said.split_once(" as of ") {
            Some((code, at)) => (code, desk::at(at)),
            None => (said, now),
        };
        let status = Status::from_code(code.parse().expect("a national code"));
        Claim {
            system: by.map_or_else(|| self.authority(), desk::system),
            reference: Reference::parse("BCA-2026/0001").expect("a reference"),
            status: status.expect("1 to 10"),
            at,
            due,
        }
    }

    /// The system that decides; for a procedure of ours, any other system.
    pub fn authority(&self) -> SystemName {
        match &self.procedure.authority {
            Authority::Ours => desk::system("Hệ thống khác"),
            Authority::Mirrored { system } => desk::system(system),
        }
    }

    pub fn submission(&self, channel: Channel, papers: Vec<ComponentCode>) -> Submission {
        Submission {
            receiving: self.unit.clone(),
            portal_code: AnyCode::parse(&format!("G22.99.08-260803-{:06}", self.number))
                .expect("a portal's code"),
            submitted: None,
            channel,
            content: desk::contents(papers),
        }
    }

    pub fn reception(&self, channel: Channel, papers: Vec<ComponentCode>) -> Reception {
        Reception {
            receiving: self.unit.clone(),
            channel,
            content: desk::contents(papers),
        }
    }

    /// The three due times, and the legal one if it differs:
    /// `original .., effective .., promised ..`.
    pub fn due_times(&self) -> String {
        let Some(clock) = &self.dossier().clock else {
            return "no clock runs".into();
        };
        let told = |due: Option<Instant>| due.map_or_else(|| "none".into(), desk::wall);
        let legal = clock
            .legal_due
            .map(|due| format!(", legal {}", told(Some(due))));
        format!(
            "original {}, effective {}, promised {}{}",
            told(clock.original_due),
            told(clock.effective_due),
            told(clock.promised_due),
            legal.unwrap_or_default()
        )
    }

    /// Whether the dossier is overdue at a moment.
    pub fn is_overdue(&self, moment: &str) -> bool {
        let clock = self.dossier().clock.as_ref();
        clock.is_some_and(|clock| clock.is_overdue(desk::at(moment)))
    }

    /// The dossier's status: `4 Đang xử lý`.
    pub fn status(&self) -> String {
        let status = self.dossier().status();
        format!("{} {}", status.code(), status.name_vi())
    }

    /// The limit at reception: `10 working days`.
    pub fn limit(&self) -> String {
        let limit = self.dossier().clock.as_ref().and_then(|clock| clock.limit);
        limit.map_or_else(|| "none".into(), |limit| limit.words(Language::English))
    }
}

/// A day off on a weekday, or a make-up day on a weekend, as `24 Aug`.
pub fn special_day(text: &str) -> SpecialDay {
    special(local_day(desk::at(&format!("{text} 12:00"))))
}

/// See [`special_day`].
pub fn special(date: NaiveDate) -> SpecialDay {
    SpecialDay {
        date,
        kind: match date.weekday() {
            Weekday::Sat | Weekday::Sun => DayKind::MakeUp,
            _ => DayKind::Holiday,
        },
        name: "ngày mẫu".into(),
        source: "văn bản mẫu".into(),
        provisional: false,
    }
}

/// The request for papers, with or without the permission for one more.
pub fn papers_requested(exception: bool) -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: desk::a_missing_paper(),
        reason: Words::new("thiếu giấy tờ"),
        respond_by: None,
        exception: exception.then(desk::an_exception),
    })
}

/// Hands over the whole dossier on paper, to `nv-an` of the deciding unit or to
/// `nv-an of H60.02212`. Without a named giver, the caller gives.
pub fn papers_to(giver: Option<&str>, receiver: &str) -> Command {
    let (receiver, unit) = match receiver.split_once(" of ") {
        Some((receiver, unit)) => (receiver, Some(desk::unit(unit))),
        None => (receiver, None),
    };
    Command::HandOver(HandOver {
        giver: giver.map(desk::actor),
        receiver: desk::actor(receiver),
        receiver_unit: unit,
        components: Vec::new(),
        originals: Vec::new(),
        on_paper: true,
    })
}

pub fn apology(due: Instant) -> Command {
    Command::Extend(Extension::Apology {
        reason: Words::new("phải xác minh thêm"),
        due,
    })
}

pub fn correction(corrected: Corrected) -> Command {
    Command::Correct(Correct {
        corrected,
        reason: Words::new("nhập nhầm khi tiếp nhận"),
    })
}

pub fn decided(number: u16, approve: bool) -> Command {
    Command::DecideCorrection(DecideCorrection {
        number,
        approve,
        note: Words::default(),
    })
}

/// The corrected value: `channel post`, `ended 4 Aug 10:00`.
fn corrected(words: &str) -> Corrected {
    let (field, value) = words.split_once(' ').expect("a field and a value");
    let code = |text: &str| (text != "-").then(|| AnyCode::parse(text).expect("a code"));
    match field {
        "applicant" => Corrected::Applicant(Person {
            name: value.into(),
            ..Person::default()
        }),
        "channel" => Corrected::Channel(value.parse().expect("a channel")),
        "case" => Corrected::Case(CaseId::parse(value).expect("a case")),
        "returning" => Corrected::ReturningUnit(desk::unit(value)),
        "code" => {
            let (old, new) = value.split_once(' ').expect("two codes");
            Corrected::ExternalCode {
                old: code(old),
                new: code(new),
            }
        }
        "ended" => Corrected::EndTime(desk::at(value)),
        other => panic!("`{other}` cannot be corrected"),
    }
}

pub fn verification() -> Command {
    Command::Extend(Extension::Verification {
        reason: Words::new("xác minh nơi cư trú"),
    })
}

/// Opens a leg of another unit.
pub fn leg_opened(unit: &str, lead: bool, term: Term) -> Command {
    Command::OpenLeg(OpenLeg {
        unit: desk::unit(unit),
        lead,
        task: Words::new("cấp thẻ bảo hiểm y tế"),
        term,
    })
}

pub fn asked(unit: &str, term: Term) -> Command {
    Command::OpenConsultation(OpenConsultation {
        unit: desk::unit(unit),
        question: Words::new("đề nghị xác nhận nơi cư trú"),
        term,
    })
}

/// `H60.02212 within 3wd`, or `H60.02212 by 6 Aug 17:00`.
fn unit_and_term(words: &str) -> (&str, Term) {
    let (unit, term) = words.split_once(' ').expect("a unit and a term");
    let term = match term.split_once(' ') {
        Some(("within", limit)) => Term::Within(limit.parse().expect("a limit")),
        Some(("by", moment)) => Term::By(desk::at(moment)),
        _ => panic!("`{term}` is neither `within` a limit nor `by` a moment"),
    };
    (unit, term)
}

/// The command that a few words mean; none for words that begin a dossier.
pub fn command(words: &str) -> Option<Command> {
    if let Some(id) = words.strip_prefix("goes to ") {
        return Some(Command::Advance(Advance {
            step: Some(desk::step(id)),
            assignee: Some(desk::actor("nv-officer")),
        }));
    }
    if let Some(at) = words.strip_prefix("arrived at ") {
        return Some(Command::Arrive(Arrive {
            arrived: Some(desk::at(at)),
        }));
    }
    if let Some(due) = words.strip_prefix("apology naming ") {
        return Some(apology(desk::at(due)));
    }
    if let Some((giver, receiver)) = words.split_once(" gives papers to ") {
        return Some(papers_to(Some(giver), receiver));
    }
    if let Some(receiver) = words.strip_prefix("papers to ") {
        return Some(papers_to(None, receiver));
    }
    if let Some(unit) = words.strip_prefix("sent on to ") {
        return Some(Command::Transfer(Transfer {
            to: desk::unit(unit),
            returning: None,
            reason: Words::new("thuộc thẩm quyền của đơn vị khác"),
        }));
    }
    if let Some(leg) = words.strip_prefix("leg to ") {
        let (unit, term) = unit_and_term(leg);
        return Some(leg_opened(unit, false, term));
    }
    if let Some(leg) = words.strip_prefix("lead leg to ") {
        let (unit, term) = unit_and_term(leg);
        return Some(leg_opened(unit, true, term));
    }
    if let Some(question) = words.strip_prefix("question to ") {
        let (unit, term) = unit_and_term(question);
        return Some(asked(unit, term));
    }
    if let Some(number) = words.strip_prefix("leg done: ") {
        return Some(Command::CloseLeg(CloseLeg {
            number: number.parse().expect("the number of a leg"),
            result: Words::new("đã cấp thẻ"),
        }));
    }
    if let Some(number) = words.strip_prefix("answer to ") {
        return Some(Command::CloseConsultation(CloseConsultation {
            number: number.parse().expect("the number of a consultation"),
            answer: Words::new("đúng nơi cư trú"),
        }));
    }
    if let Some(score) = words.strip_prefix("rated ") {
        let score = score.parse().expect("a number");
        return Some(Command::Rate(RateDossier {
            score: Score::new(score).expect("a score"),
            method: RatingMethod::Device,
            comment: Words::new("cán bộ hướng dẫn tận tình"),
        }));
    }
    if let Some(amount) = words.strip_prefix("paid ") {
        return Some(Command::RecordPayment(RecordPayment {
            amount_vnd: amount.parse().expect("an amount in đồng"),
            method: Some(PaymentMethod::Qr),
            reference: None,
        }));
    }
    if let Some(what) = words.strip_prefix("correction proposed: ") {
        return Some(correction(corrected(what)));
    }
    if let Some(number) = words.strip_prefix("approved correction ") {
        return Some(decided(number.parse().expect("a number"), true));
    }
    if let Some(number) = words.strip_prefix("rejected correction ") {
        return Some(decided(number.parse().expect("a number"), false));
    }
    if let Some(number) = words.strip_prefix("settled ") {
        let (number, apply) = match number.split_once(", ") {
            Some((number, "believed")) => (number, true),
            Some((_, other)) => panic!("`{other}` is not how a conflict is settled"),
            None => (number, false),
        };
        return Some(Command::SettleConflict(SettleConflict {
            number: number.parse().expect("a number"),
            apply,
            reason: Words::new("đã hỏi lại hệ thống nguồn"),
        }));
    }
    Some(match words {
        "accepted" => Command::Receive(Accept {
            components: Vec::new(),
            papers: Vec::new(),
            accept_incomplete: Words::default(),
        }),
        "refused" => Command::Refuse(Refuse {
            reason: Words::new("không thuộc thẩm quyền"),
            competent: None,
        }),
        "papers requested" => papers_requested(false),
        "papers requested with reason and basis" => papers_requested(true),
        "one more permitted" => Command::PermitSupplement(PermitSupplement {
            reason: Words::new("giấy tờ đã nộp hết giá trị trong thời gian giải quyết"),
        }),
        "papers complete" => Command::RecordSupplement(RecordSupplement {
            components: Vec::new(),
            papers: Vec::new(),
        }),
        "arrived" => Command::Arrive(Arrive { arrived: None }),
        "handed over" => Command::Advance(Advance {
            step: None,
            assignee: None,
        }),
        "given to somebody" => Command::Assign(Assign {
            assignee: desk::actor("nv-binh"),
        }),
        "payment requested" => Command::RequestPayment(RequestPayment {
            amount_vnd: 50_000,
            reason: Words::new("lệ phí"),
        }),
        "paid" => Command::RecordPayment(RecordPayment {
            amount_vnd: 50_000,
            method: Some(PaymentMethod::Cash),
            reference: None,
        }),
        "refunded" => Command::RefundPayment(RefundPayment {
            amount_vnd: 50_000,
            reason: Words::new("thu nhầm"),
        }),
        "reminded" => Command::Remind(Remind {
            receiver: None,
            words: Words::new("đề nghị xử lý trong ngày"),
        }),
        "verification begun" => verification(),
        "withdrawn" => Command::Withdraw(Withdraw {
            reason: Words::default(),
        }),
        "stopped" => Command::Stop(Stop {
            reason: Words::new("không đủ điều kiện"),
            legal_basis: Words::new("điều khoản mẫu"),
        }),
        "resolved" => Command::Resolve(Resolve {
            results: Vec::new(),
        }),
        "returned" => Command::Return(ReturnResult {
            receiver: None,
            proxy: false,
            channel: Channel::Desk,
        }),
        _ => return None,
    })
}

fn policy(word: &str) -> ClockPolicy {
    match word {
        "restart-on-complete" => ClockPolicy::RestartOnComplete,
        "exclude-interval" => ClockPolicy::ExcludeInterval,
        "shift-due" => ClockPolicy::ShiftDue,
        "no-stop" => ClockPolicy::NoStop,
        "stop-while-financial" => ClockPolicy::StopWhileFinancial,
        other => panic!("`{other}` is no clock policy"),
    }
}
