//! Form II.06a, the numbers beside it, and the index: every number equals a slow count over all
//! events, as of any moment.
//!
//! The slow count follows the definitions alone and shares no function with the code that it
//! checks. It keeps its own state, and visits working days one by one.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::dossier::{Channel, Event, PaymentMethod, Record, Reuse};
use domain::id::UnitCode;
use domain::indicator::{Called, Period, Seen, Statistics};
use domain::limit::Limit;
use domain::procedure::{Kind, OnlineLevel};
use domain::role::Role;
use domain::time::{Instant, VIETNAM};
use serde_json::Value;

use crate::desk;
use crate::random::Random;
use crate::rates::{histories, some_period};

/// Each number by its name: the count, and for a rate the whole that it is of.
type Numbers = BTreeMap<String, (i64, i64)>;

/// The slow count's state of one dossier.
#[derive(Clone, Default)]
struct Life {
    petition: bool,
    mirrored: bool,
    mirror_open: bool,
    online: bool,
    by_post: bool,
    apologised: bool,
    submitted: bool,
    assisted: bool,
    exempt: bool,
    procedure: String,
    version: u16,
    case: String,
    limit: Option<Limit>,
    by_day: bool,
    receiving: String,
    resolving: String,
    received: Option<Instant>,
    ended: Option<(Instant, &'static str)>,
    due: Option<Instant>,
    arrives_by: Option<Instant>,
    stands: bool,
    waits_for_papers: bool,
    answer_due: Option<Instant>,
    requests: u32,
    last_request: Option<Instant>,
    digitised: bool,
    on_paper: Vec<String>,
    reuse: Vec<Reuse>,
    component_file: bool,
    results: usize,
    signed: bool,
    dissatisfied: bool,
    charged: bool,
    methods: Vec<Option<PaymentMethod>>,
    submitted_by: Option<Role>,
}

fn local(at: Instant) -> NaiveDate {
    at.with_timezone(&VIETNAM).date_naive()
}

fn midnight(day: NaiveDate) -> Instant {
    day.and_time(NaiveTime::MIN)
        .and_local_timezone(VIETNAM)
        .unwrap()
        .to_utc()
}

impl Life {
    fn papers(&mut self, papers: &[domain::dossier::Paper]) {
        for paper in papers {
            let on_paper = paper.copy != domain::dossier::PaperCopy::Electronic;
            if on_paper {
                self.on_paper.push(paper.component.to_string());
            }
            self.digitised |= on_paper && paper.file.is_some();
            self.component_file |= paper.file.is_some();
            self.reuse.extend(paper.reuse.clone());
        }
    }

    /// Of certifications, the identity paper is only shown: of copies and contracts since 15 September
    /// 2025, of the others since 1 December 2026.
    fn may_be_scanned(&self) -> bool {
        let day = match self.procedure.as_str() {
            "2.000884" | "x-chung-thuc-hop-dong" => (2025, 9, 15),
            "2.000913" | "2.000927" | "2.000942" | "2.001035" | "2.001406" => (2026, 12, 1),
            _ => return !self.on_paper.is_empty(),
        };
        let since = midnight(NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap());
        let shown = self.received.is_some_and(|at| at >= since);
        let mut came = self.on_paper.iter();
        came.any(|component| !shown || component != "giay-to-tuy-than")
    }

    fn moves(&mut self, moved: Option<&domain::dossier::clock::Moved>) {
        if let Some(moved) = moved {
            self.due = Some(moved.effective_due);
        }
    }

    fn ends(&mut self, at: Instant, how: &'static str) {
        let at = self.received.map_or(at, |received| received.max(at));
        self.ended = Some((at, how));
        self.stands = false;
    }

    fn happens(&mut self, record: &Record) {
        let at = record.event_time;
        match &record.event {
            Event::Submitted(it) => {
                self.petition = it.procedure_kind == Kind::Petition;
                self.mirrored = it.mirrored.is_some();
                self.mirror_open = true;
                self.online = it.channel == Channel::Online;
                self.by_post = it.channel == Channel::Post;
                self.submitted = true;
                self.submitted_by = Some(record.role);
                self.assisted = it.assisted_by.is_some();
                self.exempt = it.circumstances.fee_exemption.is_some();
                self.procedure = it.procedure.to_string();
                self.version = it.procedure_version;
                self.case = it.case.to_string();
                self.receiving = it.receiving.to_string();
                self.resolving = it.resolving.to_string();
                self.answer_due = it.answer_due;
                self.papers(&it.papers);
            }
            Event::Received(it) => {
                if !self.submitted {
                    self.petition = it.procedure_kind == Kind::Petition;
                    self.online = it.channel == Channel::Online;
                    self.by_post = it.channel == Channel::Post;
                    self.assisted = it.assisted_by.is_some();
                    self.exempt = it.circumstances.fee_exemption.is_some();
                    self.receiving = it.receiving.to_string();
                    self.resolving = it.resolving.to_string();
                }
                self.procedure = it.procedure.to_string();
                self.version = it.procedure_version;
                self.case = it.case.to_string();
                self.limit = it.limit;
                self.by_day = match it.limit {
                    Some(Limit::WorkingHours(_) | Limit::ElapsedHours(_)) => false,
                    Some(_) => true,
                    None => it.imported.as_ref().is_some_and(|from| from.due_by_day),
                };
                self.due = it.due;
                self.arrives_by = it.transit.map(|transit| transit.by);
                self.received = Some(at);
                self.answer_due = None;
                self.papers(&it.papers);
            }
            Event::Refused(_) => {
                self.ended = Some((at, "refused"));
                self.answer_due = None;
            }
            Event::SupplementRequested(it) => {
                self.requests += 1;
                self.last_request = Some(at);
                self.waits_for_papers = true;
                self.stands |= it.stands;
                if self.received.is_none() {
                    self.answer_due = None;
                }
            }
            Event::SupplementRecorded(it) => {
                self.papers(&it.papers);
                self.waits_for_papers = false;
                self.stands = false;
                self.answer_due = it.answer_due.or(self.answer_due);
                self.moves(it.moved.as_ref());
            }
            Event::Advanced(_) => self.waits_for_papers = false,
            Event::Transferred(it) => self.resolving = it.to.to_string(),
            Event::PaymentRequested(it) => {
                self.stands |= it.stands;
                self.charged |= it.amount_vnd > 0;
            }
            Event::PaymentRecorded(it) => {
                self.charged |= it.amount_vnd > 0;
                self.methods.push(it.method);
                self.stands = false;
                self.moves(it.moved.as_ref());
            }
            Event::PartPaid(it) => {
                self.charged |= it.amount_vnd > 0;
                self.methods.push(it.method);
            }
            Event::FeePaid(it) => {
                self.charged |= it.amount_vnd > 0;
                self.methods.push(it.method);
            }
            Event::Extended(it) => {
                self.apologised = true;
                self.moves(Some(&it.moved));
            }
            Event::Apologised(_) => self.apologised = true,
            Event::VerificationBegun(it) => self.moves(it.moved.as_ref()),
            Event::Withdrawn(it) => {
                self.moves(it.moved.as_ref());
                self.ends(at, "withdrawn");
            }
            Event::Stopped(it) => {
                self.moves(it.moved.as_ref());
                self.ends(at, "stopped");
            }
            Event::Expired(it) => {
                self.moves(it.moved.as_ref());
                let how = if self.received.is_some() {
                    "stopped"
                } else {
                    "refused"
                };
                self.ends(at, how);
            }
            Event::Arrived(it) => self.moves(it.moved.as_ref()),
            Event::Resolved(it) => {
                self.results = it.results.len();
                self.signed = it.results.iter().any(|file| !file.signatures.is_empty());
                self.waits_for_papers = false;
                self.ends(at, "resolved");
            }
            Event::Succeeded(it) if self.ended.is_none() => {
                for unit in [&mut self.receiving, &mut self.resolving] {
                    let heir = it.units.iter().find(|passed| passed.old.as_str() == *unit);
                    if let Some(heir) = heir {
                        *unit = heir.new.to_string();
                    }
                }
            }
            Event::Recalculated(it) => {
                self.answer_due = it.answer_due.or(self.answer_due);
                self.moves(it.moved.as_ref());
            }
            Event::Migrated(it) => self.version = it.procedure_version,
            Event::Rated(it) => self.dissatisfied = it.score.get() <= 2,
            _ => {}
        }
    }

    fn in_form(&self) -> bool {
        !self.petition && !self.mirrored && self.received.is_some() && self.due.is_some()
    }

    fn is_late_open(&self, at: Instant) -> bool {
        let Some(due) = self.due.filter(|_| !self.stands) else {
            return false;
        };
        if self.by_day {
            at > midnight(local(due) + TimeDelta::days(1))
        } else {
            at > due
        }
    }

    fn field(&self) -> String {
        let procedures = desk::catalogue().procedures.iter();
        let mut found = procedures
            .filter(|it| it.code.as_str() == self.procedure && it.version == self.version);
        found.next().map_or(String::new(), |it| it.field.clone())
    }

    fn online_road(&self) -> &'static str {
        let procedures = desk::catalogue().procedures.iter();
        let mut found = procedures
            .filter(|it| it.code.as_str() == self.procedure && it.version == self.version);
        match found.next().map(|it| it.online) {
            Some(OnlineLevel::Full) => "received_full_online",
            Some(OnlineLevel::Partial) => "received_partly_online",
            Some(OnlineLevel::Information | OnlineLevel::Unknown) | None => "received_other_online",
        }
    }

    fn has_fee(&self) -> bool {
        let procedures = desk::catalogue().procedures.iter();
        let channels: &[Channel] = if self.online {
            &[Channel::Online]
        } else {
            &[Channel::Desk, Channel::Post]
        };
        // No shipped fee depends on whether the desk or the post took the dossier.
        let listed = procedures
            .filter(|it| it.code.as_str() == self.procedure && it.version == self.version)
            .flat_map(|it| &it.cases)
            .filter(|case| case.id.as_str() == self.case)
            .flat_map(|case| &case.fees)
            .filter(|fee| {
                fee.channel
                    .is_none_or(|channel| channels.contains(&channel))
            })
            .any(|fee| fee.amount_vnd > Some(0));
        !self.exempt && (self.charged || listed)
    }
}

/// The open time between two moments, day by day.
fn open_time(unit: &str, from: Instant, to: Instant) -> TimeDelta {
    let calendar = desk::catalogue().calendars.for_unit(unit);
    let mut open = TimeDelta::zero();
    let mut day = local(from);
    while day <= local(to) {
        if calendar.is_working_day(day).unwrap_or(false) {
            for (opens, closes) in [((7, 30), (11, 30)), ((13, 30), (17, 0))] {
                let at = |(hour, minute)| {
                    midnight(day) + TimeDelta::hours(hour) + TimeDelta::minutes(minute)
                };
                let (first, last) = (from.max(at(opens)), to.min(at(closes)));
                open += (last - first).max(TimeDelta::zero());
            }
        }
        day += TimeDelta::days(1);
    }
    open
}

/// The counts by unit. The name of a field stands before a bar.
#[derive(Default)]
struct Slow(BTreeMap<String, Numbers>);

impl Slow {
    fn count(&mut self, unit: &str, name: &str, holds: bool) {
        let numbers = self.0.entry(unit.to_owned()).or_default();
        numbers.entry(name.to_owned()).or_default().0 += i64::from(holds);
    }

    fn of(&mut self, unit: &str, name: &str, holds: bool) {
        self.count(unit, name, holds);
        let numbers = self.0.get_mut(unit).unwrap();
        numbers.get_mut(name).unwrap().1 += 1;
    }

    fn dossier(&mut self, records: &[Record], period: &Period) {
        let (begins, ends) = (
            midnight(period.from),
            midnight(period.to + TimeDelta::days(1)),
        );
        let judged = ends.min(period.as_of);
        let known: Vec<&Record> = records
            .iter()
            .filter(|record| record.record_time <= period.as_of)
            .collect();
        let seen: Vec<&Record> = known
            .iter()
            .copied()
            .filter(|record| record.event_time < ends)
            .collect();
        let opens = |records: &[&Record]| {
            matches!(
                records.first().map(|record| &record.event),
                Some(Event::Submitted(_) | Event::Received(_))
            )
        };
        if !opens(&seen) {
            return;
        }
        let mut life = Life::default();
        let mut steps: Vec<(Life, &Record)> = Vec::new();
        for record in &seen {
            steps.push((life.clone(), record));
            life.happens(record);
        }
        // A mirror's lifecycle belongs to another system, so only its existence counts.
        if life.mirrored {
            return;
        }
        let unit = life.resolving.clone();
        let ended_before = life.ended.is_some_and(|(at, _)| at < begins);
        let in_period = |at: Instant| at >= begins && at < ends;
        let came = life.received.is_some_and(in_period);

        if life.received.is_some() && !ended_before {
            if life.petition {
                self.count(&unit, "petitions", true);
                self.count(&unit, "petitions_ended", life.ended.is_some());
            } else if life.due.is_none() {
                self.count(&unit, "no_due_received", came);
                self.count(&unit, "no_due_ended", life.ended.is_some());
                self.count(&unit, "no_due_pending", life.ended.is_none());
            } else {
                self.form(&life, begins, judged);
                self.beside(&life, &steps, &known, begins);
            }
        }
        self.eve(&life, &known, begins, &unit, ended_before);
        if life.petition {
            return;
        }
        self.desk(&life, &steps, begins, judged);
        for (before, record) in &steps {
            if let Event::Transferred(it) = &record.event
                && record.event_time >= begins
            {
                let overdue =
                    !before.stands && before.due.is_some_and(|due| record.event_time > due);
                self.count(it.from.as_str(), "passed_on", true);
                self.count(it.from.as_str(), "passed_on_overdue", overdue);
                self.count(it.to.as_str(), "came_in", true);
                self.count(it.to.as_str(), "came_in_overdue", overdue);
            }
        }
        if life.received.is_some() && !ended_before {
            self.index(&life, begins, judged);
        }
    }

    fn form(&mut self, life: &Life, begins: Instant, judged: Instant) {
        let unit = life.resolving.clone();
        let mut cells = vec!["total"];
        cells.push(match life.received {
            Some(at) if at < begins => "carried_over",
            _ if life.online => "received_online",
            _ => "received_direct",
        });
        if let (Some((ended, _)), Some(due)) = (life.ended, life.due) {
            cells.push("resolved");
            let order = if life.by_day {
                local(ended).cmp(&local(due))
            } else {
                ended.cmp(&due)
            };
            cells.push(match order {
                std::cmp::Ordering::Less => "early",
                std::cmp::Ordering::Equal => "on_due",
                std::cmp::Ordering::Greater => "late",
            });
            let in_time = order.is_le();
            let withdrawn = life.ended.is_some_and(|(_, how)| how == "withdrawn");
            let told = if life.apologised {
                "late_apologised"
            } else {
                "late_unapologised"
            };
            self.count(&unit, told, !in_time);
            self.count(&unit, "withdrawn", withdrawn);
            self.count(&unit, "withdrawn_in_time", withdrawn && in_time);
            let stopped = life.ended.is_some_and(|(_, how)| how == "stopped");
            self.count(&unit, "refused_after_receipt", stopped);
            if !withdrawn {
                self.of(&unit, "in_time_without_withdrawn", in_time);
            }
        } else {
            cells.push("pending");
            let late = life.is_late_open(judged);
            cells.push(if late {
                "pending_late"
            } else {
                "pending_in_time"
            });
            self.count(&unit, "pending_late_apologised", late && life.apologised);
            self.count(&unit, "pending_late_unapologised", late && !life.apologised);
        }
        let field = life.field();
        for cell in cells {
            self.count(&unit, &format!("row.{cell}"), true);
            self.count(&unit, &format!("field.{field}.{cell}"), true);
        }
    }

    fn beside(
        &mut self,
        life: &Life,
        steps: &[(Life, &Record)],
        known: &[&Record],
        begins: Instant,
    ) {
        let unit = life.resolving.clone();
        let approved = |record: &&&Record| record.event.kind() == "correction_approved";
        self.count(&unit, "corrected", known.iter().any(|it| approved(&it)));
        let mut stopped = false;
        for (at, (before, record)) in steps.iter().enumerate() {
            if record.event_time < begins {
                continue;
            }
            let after_receipt = before.received.is_some();
            match &record.event {
                Event::SupplementRequested(it) if after_receipt => {
                    self.count(&unit, "supplements", true);
                    self.count(&unit, "supplement_notices_late", it.notice_late);
                }
                Event::Expired(_) => self.count(&unit, "expired", after_receipt),
                Event::Recalculated(it) if it.outage && after_receipt => {
                    self.count(&unit, "outage_moved", it.moved.is_some());
                }
                Event::Extended(_) => self.count(&unit, "extended", true),
                Event::Apologised(_) => self.count(&unit, "late_apologies", true),
                Event::VerificationBegun(_) => self.count(&unit, "verifications", true),
                Event::SupplementRecorded(it) => {
                    let anew = it.moved.as_ref().is_some_and(|it| it.restarted.is_some());
                    self.count(&unit, "restarts", anew);
                }
                Event::PaymentRecorded(it) => {
                    let anew = it.moved.as_ref().is_some_and(|it| it.restarted.is_some());
                    self.count(&unit, "restarts", anew);
                }
                _ => {}
            }
            let stands = match &record.event {
                Event::SupplementRequested(it) => it.stands,
                Event::PaymentRequested(it) => it.stands,
                _ => false,
            };
            if stands {
                stopped = true;
                self.count(&unit, "stops", true);
                let due_day = before.due.map(local);
                let on_due_day = due_day == Some(local(record.event_time));
                self.count(&unit, "stops_on_due_day", on_due_day);
                let mut later = steps[at + 1..].iter();
                let closed = later.find(|(_, record)| {
                    matches!(
                        record.event.kind(),
                        "supplement_recorded"
                            | "payment_recorded"
                            | "withdrawn"
                            | "stopped"
                            | "resolved"
                    )
                });
                let short = closed.is_some_and(|(_, end)| {
                    open_time(&unit, record.event_time, end.event_time) < TimeDelta::hours(1)
                });
                self.count(&unit, "stops_short", short);
            }
        }
        self.count(&unit, "stopped_dossiers", stopped);
        if life.received.is_some_and(|at| at >= begins) {
            self.count(&unit, "received_boundary_free", life.receiving != unit);
            let road = match (life.online, life.by_post) {
                (true, _) => life.online_road(),
                (false, true) => "received_post",
                (false, false) => "received_desk",
            };
            self.count(&unit, road, true);
            self.of(&unit, "assisted", life.assisted);
            self.of(&unit, "digitised", life.digitised);
            if life.may_be_scanned() {
                self.of(&unit, "digitised_of_scannable", life.digitised);
            }
            self.of(&unit, "reused", !life.reuse.is_empty());
            if life.online {
                self.of(&unit, "assisted_online", life.assisted);
                let by = life.submitted_by;
                let staff = by.is_some_and(|role| role != Role::Portal);
                self.of(&unit, "online_by_staff", staff);
            }
            if life.has_fee() {
                let methods = || life.methods.iter().flatten();
                let cashless = methods().any(|it| *it != PaymentMethod::Cash);
                self.of(&unit, "cashless", cashless);
                let portal = methods().any(|it| *it == PaymentMethod::Portal);
                self.of(&unit, "paid_online", portal);
            }
        }
        if life.ended.is_some_and(|(_, how)| how == "resolved") {
            self.of(&unit, "e_result", life.results > 0);
            self.of(&unit, "e_result_signed", life.signed);
        }
    }

    fn eve(
        &mut self,
        life: &Life,
        known: &[&Record],
        begins: Instant,
        unit: &str,
        ended_before: bool,
    ) {
        let before: Vec<&&Record> = known.iter().filter(|it| it.event_time < begins).collect();
        let begun = matches!(
            before.first().map(|record| &record.event),
            Some(Event::Submitted(_) | Event::Received(_))
        );
        if !begun {
            return;
        }
        let mut eve = Life::default();
        for record in before {
            eve.happens(record);
        }
        if !eve.in_form() || eve.ended.is_some() {
            return;
        }
        assert!(
            life.in_form() && !ended_before,
            "what was pending stays in the form"
        );
        self.count(&eve.resolving, "bridge.previous_pending", true);
        if eve.resolving != unit {
            self.count(&eve.resolving, "bridge.carried_away", true);
            self.count(unit, "bridge.carried_in", true);
        }
    }

    fn desk(&mut self, life: &Life, steps: &[(Life, &Record)], begins: Instant, judged: Instant) {
        let unit = life.receiving.clone();
        for (before, record) in steps {
            let at = record.event_time;
            if let (true, Event::Arrived(it)) = (at >= begins, &record.event) {
                let late = before.arrives_by.is_some_and(|by| it.at.unwrap_or(at) > by);
                self.count(&unit, "arrived_late", late);
            }
            if at < begins || before.received.is_some() {
                continue;
            }
            let kind = record.event.kind();
            let answers = matches!(kind, "received" | "refused" | "supplement_requested");
            if answers && life.online && before.submitted {
                let late = before.answer_due.is_some_and(|due| at > due);
                self.of(&unit, "accepted_late", late);
            }
            let refused = matches!(kind, "refused" | "expired");
            self.count(&unit, "refused_at_intake", refused);
            self.count(&unit, "withdrawn_before_receipt", kind == "withdrawn");
            let asked = kind == "supplement_requested";
            self.count(&unit, "supplements_before_receipt", asked);
        }
        let waits = life.online && life.received.is_none() && life.ended.is_none();
        let late = waits && life.answer_due.is_some_and(|due| judged > due);
        self.count(&unit, "unanswered_late", late);
        self.count(&unit, "unanswered_in_time", waits && !late);
    }

    fn index(&mut self, life: &Life, begins: Instant, judged: Instant) {
        let unit = life.resolving.clone();
        let resolved = life.ended.is_some_and(|(_, how)| how == "resolved");
        let (has_result, files) = (life.results > 0, life.component_file);
        if resolved {
            self.of(&unit, "item.4.1", has_result);
            self.of(&unit, "item.4.2", has_result && files);
        }
        if life.received.is_none_or(|at| at < begins) {
            return;
        }
        if let Some(due) = life.due {
            let on_time = life.requests <= 1
                && match (life.ended, life.waits_for_papers) {
                    (Some((ended, _)), _) => ended <= due,
                    (None, true) => life.last_request.is_some_and(|asked| asked <= due),
                    (None, false) => !life.is_late_open(judged),
                };
            self.of(&unit, "item.2.1", on_time);
        }
        self.of(&unit, "item.3.3", life.online && resolved && has_result);
        if life.has_fee() {
            let mut methods = life.methods.iter().flatten();
            let portal = methods.any(|it| *it == PaymentMethod::Portal);
            self.of(&unit, "item.3.6", portal);
        }
        self.of(&unit, "item.4.3", !life.reuse.is_empty());
        let personal = life.reuse.iter().any(|it| it.as_str() == "personal_store");
        let database = life.reuse.iter().any(|it| it.as_str() == "database");
        self.of(&unit, "item.4.4", personal);
        self.of(&unit, "item.4.5b", personal || database);
        self.of(&unit, "item.dissatisfied", life.dissatisfied);
    }
}

/// The numbers of a report by name, without those that are 0 of 0.
fn told(statistics: &Statistics) -> BTreeMap<String, Numbers> {
    let called = |_: &UnitCode| Called::default();
    let form = serde_json::to_value(statistics.ii06a(called)).unwrap();
    let index = serde_json::to_value(statistics.i766(called)).unwrap();
    let mut all: BTreeMap<String, Numbers> = BTreeMap::new();
    for unit in each(&form) {
        // A unit whose items are all 0 stands in the form alone.
        let items = each(&index).find(|items| items["unit"] == unit["unit"]);
        let items = items.and_then(|unit| unit["items"].as_array());
        let mut numbers = Numbers::new();
        let mut put = |prefix: &str, values: &Value| {
            for (name, value) in values.as_object().unwrap() {
                let number = match value {
                    Value::Number(count) => (count.as_i64().unwrap(), 0),
                    rate => (rate["num"].as_i64().unwrap(), rate["den"].as_i64().unwrap()),
                };
                numbers.insert(format!("{prefix}{name}"), number);
            }
        };
        put("row.", &unit["row"]);
        put("bridge.", &unit["bridge"]);
        put("", &unit["memo"]);
        for field in unit["fields"].as_array().unwrap() {
            let name = field["field"].as_str().unwrap();
            put(&format!("field.{name}."), &field["row"]);
        }
        for item in items.into_iter().flatten() {
            let code = item["item"].as_str().unwrap();
            if let (Some(num), Some(den)) = (item["num"].as_i64(), item["den"].as_i64()) {
                numbers.insert(format!("item.{code}"), (num, den));
            }
            if code == "5.4" {
                let rate = &item["dissatisfied"];
                let (num, den) = (rate["num"].as_i64(), rate["den"].as_i64());
                numbers.insert("item.dissatisfied".into(), (num.unwrap(), den.unwrap()));
            }
        }
        numbers.retain(|_, number| *number != (0, 0));
        all.insert(unit["unit"].as_str().unwrap().to_owned(), numbers);
    }
    all
}

fn each(report: &Value) -> impl Iterator<Item = &Value> {
    report["units"].as_array().unwrap().iter()
}

fn fast(histories: &[Vec<Record>], period: &Period) -> Statistics {
    let mut statistics = Statistics::new(*period);
    for records in histories {
        if let Some(seen) = Seen::new(records, period) {
            // The numbers of mirrors are compared separately below.
            statistics.add(&seen, desk::catalogue(), |unit, _| unit.clone());
        }
    }
    statistics.keep(None);
    statistics
}

#[test]
fn every_number_is_what_a_slow_count_over_all_events_gives() {
    let histories = histories();
    let mut random = Random::of(66);
    let mut met: BTreeMap<String, i64> = BTreeMap::new();
    for _ in 0..50 {
        let period = some_period(&mut random);
        let statistics = fast(&histories, &period);
        assert_eq!(statistics.broken(), [], "{period:?}");
        let mut fast = told(&statistics);
        for numbers in fast.values_mut() {
            numbers.remove("mirrored");
        }
        fast.retain(|_, numbers| !numbers.is_empty());
        let mut slow = Slow::default();
        for records in &histories {
            slow.dossier(records, &period);
        }
        for numbers in slow.0.values_mut() {
            numbers.retain(|_, number| *number != (0, 0));
        }
        slow.0.retain(|_, numbers| !numbers.is_empty());
        for (unit, numbers) in &slow.0 {
            for (name, number) in numbers {
                let told = fast.get(unit).and_then(|all| all.get(name)).copied();
                let told = told.unwrap_or_default();
                assert_eq!(told, *number, "{unit} {name} {period:?}");
                *met.entry(name.clone()).or_default() += number.0;
            }
        }
        assert_eq!(fast, slow.0, "{period:?}");
    }
    // A number that is 0 in all lives proves nothing. Exceptions: nobody is assisted in these lives,
    // a mirror's lifecycle belongs to another system, and every procedure that can go online does
    // so at least partly; no portal is told of anything here.
    let unmet: Vec<&str> = domain::indicator::MEMO
        .iter()
        .map(|column| column.name)
        .filter(|name| met.get(*name).copied().unwrap_or_default() == 0)
        .collect();
    assert_eq!(
        unmet,
        [
            "mirrored",
            "assisted",
            "assisted_online",
            "received_other_online",
            "sync_late"
        ]
    );
}

#[test]
fn a_report_printed_while_things_happen_is_printed_again_the_same_later() {
    let histories = histories();
    let mut random = Random::of(67);
    for _ in 0..20 {
        let mut period = some_period(&mut random);
        period.as_of = midnight(period.to) + TimeDelta::hours(random.below(900) as i64 - 300);
        // What the database held then: nothing recorded later.
        let then: Vec<Vec<Record>> = histories
            .iter()
            .map(|records| {
                let known = records.iter();
                known
                    .filter(|record| record.record_time <= period.as_of)
                    .cloned()
                    .collect()
            })
            .collect();
        assert_eq!(
            fast(&then, &period),
            fast(&histories, &period),
            "{period:?}"
        );
    }
}

#[test]
fn the_sum_of_units_is_the_total_and_the_one_of_two_periods_bridges() {
    let histories = histories();
    let mut random = Random::of(68);
    for _ in 0..10 {
        let period = some_period(&mut random);
        let day_before = period.from.pred_opt().unwrap();
        let before = Period {
            from: day_before,
            to: day_before,
            ..period
        };
        let (now, eve) = (fast(&histories, &period), fast(&histories, &before));
        for (unit, own) in &now.units {
            let pending = eve
                .units
                .get(unit)
                .map_or(0, |eve| eve.row().get(domain::indicator::Cell::Pending));
            assert_eq!(own.bridge.previous_pending, pending, "{unit} {period:?}");
        }
    }
}
