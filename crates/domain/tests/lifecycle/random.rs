//! Random lives of dossiers, the same in every run.

use std::collections::BTreeSet;
use std::env;
use std::ops::Range;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::calendar::{Outage, SpecialDay};
use domain::code::AnyCode;
use domain::deadline::Cutoff;
use domain::dossier::acts::HandOver;
use domain::dossier::acts::{
    Accept, Advance, Arrive, Assign, CloseConsultation, CloseLeg, RateDossier, RecordPayment,
    RecordSupplement, RefundPayment, Refuse, RequestPayment, Resolve, ReturnResult, SettleConflict,
    Stop, SupplementItem, Transfer, Withdraw,
};
use domain::dossier::change::migration::StepMap;
use domain::dossier::correction::Corrected;
use domain::dossier::mirror::{self, Claim};
use domain::dossier::private::Words;
use domain::dossier::{
    Action, Channel, Command, Dossier, Paper, PaperCopy, PaymentMethod, RatingMethod, Reuse, Score,
    Status, Term, allowed_actions, next_steps,
};
use domain::id::{ActorId, ComponentCode, Reference, StepId, UnitCode};
use domain::import::{ImportedCase, Meaning, Route};
use domain::limit::Limit;
use domain::lineage::{Share, Succession, Takeover};
use domain::procedure::{Authority, DataFailure, Mark, OnExpiry, Procedure};
use domain::role::Role;
use domain::time::{Instant, day_start, local_day};

use crate::desk;
use crate::story::{self, Deed, Story};

/// The numbers of the lives to run. `MOTCUA_SEQUENCES` sets how many, and `MOTCUA_FIRST` the first,
/// so that a life that broke a rule can be repeated.
pub fn sequences() -> Range<u64> {
    let first = asked("MOTCUA_FIRST").unwrap_or(0);
    first..first + asked("MOTCUA_SEQUENCES").unwrap_or(2_000)
}

fn asked(name: &str) -> Option<u64> {
    let number = env::var(name).ok()?;
    Some(
        number
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

/// Marsaglia's xorshift: good enough to choose cases, and equal on every machine.
pub struct Random(u64);

impl Random {
    /// A source for one case. Neighbouring numbers give unrelated sources.
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
}

/// The units of the lives: two wards and the provincial centre.
const UNITS: [&str; 3] = ["H60.02215", "H60.00000", "H60.02212"];

/// The next attempt: who tries what, and when.
pub struct Attempt {
    pub role: Role,
    pub now: Instant,
    pub recorded: Instant,
    pub deed: Deed,
}

/// The units that receive dossiers, and to which dossiers are transferred.
const WARDS: [&str; 3] = ["H60.02215", "H60.00000", "H60.02212"];

/// A life in progress.
pub struct Walk {
    pub story: Story,
    pub random: Random,
    now: Instant,
    recorded: Instant,
    left: u64,
}

impl Walk {
    /// The life with this number. The number decides the procedure too.
    pub fn new(number: u64, procedures: &[Procedure]) -> Self {
        let mut random = Random::of(number);
        let mut procedure = procedures[(number % procedures.len() as u64) as usize].clone();
        // Shipped lists of papers are templates. In every second life they bind, as a law would
        // make them.
        if (number / procedures.len() as u64).is_multiple_of(2) {
            procedure.components_mark = Mark::Statute;
        }
        // Rules that few shipped versions have yet.
        procedure.cutoff = *random.pick(&[Cutoff::None, Cutoff::None, Cutoff::Afternoon]);
        let same_day = |limit: &Limit| *limit == Limit::SameDay;
        let cases = procedure.cases.iter();
        let mut limits = cases.flat_map(|it| it.limits_by_channel.values().chain(&it.limit));
        if !limits.any(same_day) && random.often(20) {
            procedure.cutoff = Cutoff::LastHour;
        }
        if random.often(40) {
            procedure.on_expiry = *random.pick(&[OnExpiry::Close, OnExpiry::Refuse]);
            procedure.supplement_window = Some("7wd".parse().expect("a limit"));
        }
        let ward = *random.pick(&UNITS);
        let day = desk::at("2 Jul 2025 00:00") + TimeDelta::days(random.below(900) as i64);
        let left = 2 + random.below(26);
        let mut walk = Self {
            story: Story::new(procedure).at_unit(ward, number + 1),
            now: day + TimeDelta::microseconds(random.below(86_400_000_000) as i64),
            recorded: day,
            left,
            random,
        };
        if walk.random.often(10) && walk.story.procedure.authority == Authority::Ours {
            let case = walk.case();
            walk.story.imports(&case, walk.now);
        }
        walk
    }

    /// A dossier as another system recorded it: events in any order, sometimes already ended.
    fn case(&mut self) -> ImportedCase {
        let step = self.story.procedure.steps.first();
        let meanings = [
            Meaning::Step(step.map(|step| step.id.clone())),
            Meaning::Step(None),
            Meaning::SupplementRequested,
            Meaning::SupplementRecorded,
        ];
        let happenings = (0..self.random.below(5))
            .map(|_| (self.before(), self.random.pick(&meanings).clone()))
            .collect();
        let rarely = |walk: &mut Self| walk.random.often(12).then(|| walk.before());
        ImportedCase {
            name: "cũ-1".into(),
            place: ("cases.csv".into(), 2),
            code: None,
            route: Arc::new(Route {
                receiving: self.story.unit.clone(),
                resolving: self.story.unit.clone(),
                returning: self.story.unit.clone(),
                procedure: self.story.procedure.code.clone(),
                channel: *self.random.pick(&Channel::ALL),
            }),
            received: Some(self.before()),
            due: (self.random.often(80)).then(|| self.before() + TimeDelta::days(10)),
            due_by_day: self.random.often(50),
            resolved: rarely(self),
            withdrawn: rarely(self),
            stopped: rarely(self),
            returned: rarely(self),
            happenings,
            facts: Vec::new(),
            digest: 0,
        }
    }

    /// A moment of the twenty days before now.
    fn before(&mut self) -> Instant {
        self.now - TimeDelta::minutes(self.random.below(20 * 24 * 60) as i64)
    }

    /// The next attempt, a while later; none at the end of the life.
    pub fn next(&mut self) -> Option<Attempt> {
        self.left = self.left.checked_sub(1)?;
        self.now = self.later();
        // Some deeds are recorded days after they happened, but never before an earlier one.
        let delay = if self.random.often(10) {
            self.random.below(9 * 86_400)
        } else {
            0
        };
        let written = self.now + TimeDelta::seconds(delay as i64);
        self.recorded = Ord::max(self.recorded, written);
        Some(Attempt {
            role: *self.random.pick(&Role::ALL),
            now: self.now,
            recorded: self.recorded,
            deed: self.deed(),
        })
    }

    /// A request for papers; some items name a paper, which a database may replace.
    fn papers_asked(&mut self) -> Command {
        let mut asked = story::papers_requested(self.random.often(60));
        if let Command::RequestSupplement(request) = &mut asked {
            for component in self.some_papers() {
                let failed = self.random.often(50);
                request.items.push(SupplementItem {
                    component: Some(component),
                    note: Words::default(),
                    data_failure: failed.then(|| *self.random.pick(&DataFailure::ALL)),
                });
            }
        }
        asked
    }

    /// Now and then the office waits until the window for papers is over.
    pub fn expiry(&mut self) -> Option<Instant> {
        let respond_by = self.begun()?.respond_by?;
        if !self.random.often(25) {
            return None;
        }
        if self.random.often(80) {
            self.now = Ord::max(self.now, respond_by + TimeDelta::minutes(1));
            self.recorded = Ord::max(self.recorded, self.now);
        }
        Some(self.now)
    }

    /// An outage from which the system has just recovered, or did some days ago.
    pub fn outages(&mut self) -> Vec<Outage> {
        if !self.random.often(30) {
            return Vec::new();
        }
        let until = self.now - TimeDelta::minutes(self.random.below(4 * 24 * 60) as i64);
        let from = until - TimeDelta::minutes(1 + self.random.below(3 * 24 * 60) as i64);
        let one = self.random.often(50).then(|| self.a_ward());
        vec![Outage {
            from,
            until,
            units: one.map(|unit| BTreeSet::from([unit])),
            procedure: None,
            document: "12/TB-UBND".into(),
        }]
    }

    /// Now and then a calendar is published: a moment, and the days that it adds to the
    /// shipped one. What an earlier one added is then gone again.
    pub fn publication(&mut self) -> Option<(Instant, Vec<SpecialDay>)> {
        let due = self.begun()?.due().unwrap_or(self.now);
        if !self.random.often(12) {
            return None;
        }
        let shipped = &desk::catalogue().calendars;
        let mut days: Vec<SpecialDay> = Vec::new();
        for _ in 0..self.random.below(5) {
            let near = if self.random.often(50) { due } else { self.now };
            let date = local_day(near) + TimeDelta::days(self.random.below(31) as i64 - 20);
            let named = days.iter().any(|day| day.date == date);
            let national = shipped.national();
            let published = national.is_working_day(date).is_ok();
            if published && national.special(date).is_none() && !named {
                days.push(story::special(date));
            }
        }
        Some((self.now, days))
    }

    /// Sometimes the dossier moves to a version of its procedure in which every step has another
    /// name.
    pub fn migration(&mut self) -> Option<(Instant, Procedure, StepMap)> {
        self.begun()?;
        // The steps of an imported history need not follow each other as ours do.
        if !self.random.often(5) || self.story.imported > 0 {
            return None;
        }
        let old = &self.story.procedure;
        let mut new = old.clone();
        new.version += 1;
        new.from = new.from.succ_opt().expect("a day follows");
        let renamed = |id: &StepId| {
            let base = id.as_str().split("-v").next().expect("a first part");
            desk::step(&format!("{base}-v{}", old.version + 1))
        };
        let mut map = StepMap::new();
        for step in &mut new.steps {
            map.insert(Some(step.id.clone()), renamed(&step.id));
            step.id = renamed(&step.id);
            step.next = step.next.iter().map(renamed).collect();
        }
        for leg in &mut new.legs {
            leg.after = leg.after.as_ref().map(renamed);
        }
        Some((self.now, new, map))
    }

    /// Sometimes a unit is merged, mostly one that takes part in the dossier.
    pub fn merger(&mut self) -> Option<(Instant, Succession)> {
        let dossier = self.begun()?.clone();
        if !self.random.often(4) {
            return None;
        }
        let legs = dossier.open_legs().map(|leg| leg.unit.clone());
        let asked = dossier.open_consultations().map(|asked| asked.unit.clone());
        let mut units: Vec<UnitCode> = legs.chain(asked).chain(UNITS.map(desk::unit)).collect();
        units.extend([dossier.receiving, dossier.resolving, dossier.returning]);
        let old = self.random.pick(&units).clone();
        // The successor is an existing unit, or a new one.
        let heirs: Vec<_> = ["H60.00691", UNITS[0], UNITS[2]].map(desk::unit).into();
        let heirs: Vec<_> = heirs.into_iter().filter(|heir| *heir != old).collect();
        let whole = Takeover {
            new: self.random.pick(&heirs).clone(),
            old,
            share: Share::Whole,
            main: true,
        };
        let day = local_day(self.now);
        Some((self.now, Succession::new(day, &[whole]).expect("sound")))
    }

    /// A while later, or exactly at an edge of the due time.
    fn later(&mut self) -> Instant {
        let due = self.begun().and_then(Dossier::due);
        if let Some(due) = due.filter(|_| self.random.often(15)) {
            let micro = TimeDelta::microseconds(1);
            let midnight = day_start(local_day(due));
            let edges = [due, due - micro, due + micro, midnight, midnight - micro];
            let edge = *self.random.pick(&edges);
            if edge > self.now {
                return edge;
            }
        }
        let longest_minutes = match self.random.below(10) {
            0 => 1,
            1..=3 => 3 * 60,
            4..=6 => 24 * 60,
            7..=8 => 5 * 24 * 60,
            _ => 40 * 24 * 60,
        };
        self.now + TimeDelta::minutes(self.random.below(longest_minutes) as i64)
    }

    /// The dossier, if it has begun.
    pub fn begun(&self) -> Option<&Dossier> {
        (!self.story.records.is_empty()).then(|| self.story.dossier())
    }

    fn deed(&mut self) -> Deed {
        let Some(dossier) = self.begun().cloned() else {
            return self.beginning();
        };
        let role = *self.random.pick(&Role::ALL);
        let buttons = allowed_actions(&dossier, &self.story.procedure, role);
        // Somebody in a hurry resolves it, at whichever step it is.
        let hurries = dossier.status() == Status::Processing && self.random.often(10);
        // A citizen who was asked for papers mostly answers.
        let answers = dossier.status() == Status::SupplementRequested && self.random.often(15);
        let action = if hurries {
            Action::Resolve
        } else if answers {
            Action::RecordSupplement
        } else if self.random.often(70) && !buttons.is_empty() {
            // A life that ends at once, or never moves, teaches little.
            let choice = *self.random.pick(&buttons);
            if ends(choice) || stays(choice) {
                *self.random.pick(&buttons)
            } else {
                choice
            }
        } else {
            *self.random.pick(&Action::ALL[1..])
        };
        Deed::Act(self.command(action, &dossier))
    }

    fn beginning(&mut self) -> Deed {
        let mut papers = desk::required(&self.story.procedure);
        if self.random.often(5) {
            papers.push(desk::component("giay-la"));
        }
        if self.random.often(60) {
            if self.random.often(20) {
                papers.clear();
            }
            let channel = if self.random.often(80) {
                Channel::Online
            } else {
                Channel::Post
            };
            let mut submission = self.story.submission(channel, papers);
            submission.content.papers = self.described();
            submission.content.resolving = self.elsewhere();
            Deed::Submit(submission)
        } else {
            if self.random.often(5) {
                papers.pop();
            }
            let channel = if self.random.often(80) {
                Channel::Desk
            } else {
                Channel::Post
            };
            let mut reception = self.story.reception(channel, papers);
            reception.content.papers = self.described();
            reception.content.resolving = self.elsewhere();
            Deed::Receive(reception)
        }
    }

    /// Details of some papers, mostly of those that came.
    fn described(&mut self) -> Vec<Paper> {
        let mut known = desk::required(&self.story.procedure);
        if self.random.often(3) {
            known.push(desk::component("giay-la"));
        }
        let mut papers = Vec::new();
        for component in known {
            if self.random.often(60) {
                continue;
            }
            let file = self.random.often(50).then(|| desk::file("a scan", 80_000));
            let result = Reference::parse("000.00.00.G09-KQ002269").expect("a reference");
            papers.push(Paper {
                component,
                copy: *self.random.pick(&PaperCopy::ALL),
                count: 1 + self.random.below(3) as u16,
                file,
                reuse: (self.random.often(30)).then_some(Reuse::PersonalStore {
                    result: Some(result),
                }),
            });
        }
        papers
    }

    fn some_papers(&mut self) -> Vec<ComponentCode> {
        match self.random.below(10) {
            0 => vec![desk::component("giay-la")],
            1..=3 => Vec::new(),
            _ => desk::required(&self.story.procedure),
        }
    }

    /// A command of the given kind, mostly with plausible arguments.
    pub fn command(&mut self, action: Action, dossier: &Dossier) -> Command {
        match action {
            Action::Submit | Action::Receive => Command::Receive(Accept {
                components: self.some_papers(),
                papers: self.described(),
                accept_incomplete: Words::default(),
            }),
            Action::Refuse => Command::Refuse(Refuse {
                reason: Words::new("không thuộc thẩm quyền"),
                competent: None,
            }),
            Action::RequestSupplement => self.papers_asked(),
            Action::RecordSupplement => Command::RecordSupplement(RecordSupplement {
                components: self.some_papers(),
                papers: self.described(),
            }),
            Action::Advance => self.advance(dossier),
            Action::Arrive => Command::Arrive(Arrive {
                arrived: self.random.often(40).then(|| self.before()),
            }),
            Action::Assign => Command::Assign(Assign {
                assignee: desk::actor("nv-binh"),
            }),
            Action::Transfer => Command::Transfer(Transfer {
                to: self.a_ward(),
                returning: self.random.often(30).then(|| self.a_ward()),
                reason: Words::new("thuộc thẩm quyền của đơn vị khác"),
            }),
            Action::HandOver => self.hand_over(dossier),
            Action::RequestPayment => Command::RequestPayment(RequestPayment {
                amount_vnd: 1 + self.random.below(900_000),
                reason: Words::new("lệ phí"),
            }),
            Action::RecordPayment => Command::RecordPayment(RecordPayment {
                amount_vnd: match dossier.fee_open_vnd {
                    Some(open) if self.random.often(60) => open,
                    Some(_) | None => 1 + self.random.below(900_000),
                },
                method: (!self.random.often(20)).then(|| *self.random.pick(&PaymentMethod::ALL)),
                reference: None,
            }),
            Action::RefundPayment => Command::RefundPayment(RefundPayment {
                amount_vnd: 1 + self.random.below(900_000),
                reason: Words::new("thu nhầm"),
            }),
            Action::Remind => story::command("reminded").expect("known"),
            Action::PermitSupplement => story::command("one more permitted").expect("known"),
            Action::Extend => {
                if self.random.often(40) {
                    story::verification()
                } else {
                    let from = dossier.due().unwrap_or(self.now);
                    let days = self.random.below(24) as i64 - 3;
                    story::apology(from + TimeDelta::days(days) - TimeDelta::minutes(30))
                }
            }
            Action::Withdraw => Command::Withdraw(Withdraw {
                reason: if self.random.often(50) {
                    Words::default()
                } else {
                    Words::new("đổi ý")
                },
            }),
            Action::Stop => Command::Stop(Stop {
                reason: Words::new("không đủ điều kiện"),
                legal_basis: Words::new("điều khoản mẫu"),
            }),
            Action::OpenLeg => {
                let (unit, term) = (*self.random.pick(&UNITS), self.term());
                story::leg_opened(unit, self.random.often(30), term)
            }
            Action::CloseLeg => Command::CloseLeg(CloseLeg {
                number: self.some_number(dossier.legs.len()),
                result: if self.random.often(50) {
                    Words::default()
                } else {
                    Words::new("đã xong")
                },
            }),
            Action::OpenConsultation => {
                let unit = *self.random.pick(&UNITS);
                story::asked(unit, self.term())
            }
            Action::CloseConsultation => Command::CloseConsultation(CloseConsultation {
                number: self.some_number(dossier.consultations.len()),
                answer: Words::new("đồng ý"),
            }),
            Action::Resolve => Command::Resolve(Resolve {
                results: (0..self.random.below(3)).map(desk::signed_result).collect(),
            }),
            Action::Return => Command::Return(ReturnResult {
                receiver: self.random.often(30).then(desk::a_citizen),
                proxy: false,
                channel: *self.random.pick(&Channel::ALL),
            }),
            Action::Rate => Command::Rate(RateDossier {
                score: Score::new(1 + self.random.below(5) as u8).expect("one of five"),
                method: *self.random.pick(&RatingMethod::ALL),
                comment: if self.random.often(50) {
                    Words::default()
                } else {
                    Words::new("cán bộ hướng dẫn tận tình")
                },
            }),
            Action::Correct => story::correction(self.corrected(dossier)),
            Action::DecideCorrection => {
                let open: Vec<u16> = dossier.corrections.open().map(|open| open.number).collect();
                let number = match open.as_slice() {
                    [] => 1 + self.random.below(3) as u16,
                    open => *self.random.pick(open),
                };
                story::decided(number, self.random.often(70))
            }
            Action::RecordMirrored => Command::RecordMirrored(self.claim(dossier)),
            Action::SettleConflict => {
                let open = dossier.mirror.open().next().map_or(1, |it| it.number);
                Command::SettleConflict(SettleConflict {
                    number: if self.random.often(90) { open } else { 60 },
                    apply: self.random.often(40),
                    reason: Words::new("đã hỏi lại hệ thống nguồn"),
                })
            }
        }
    }

    /// A value to correct, mostly a plausible one.
    fn corrected(&mut self, dossier: &Dossier) -> Corrected {
        let code =
            |number: u64| AnyCode::parse(&format!("G09.20-20260803-{number:07}")).expect("a code");
        match self.random.below(6) {
            0 => Corrected::Applicant(desk::a_citizen()),
            1 => Corrected::Channel(*self.random.pick(&Channel::ALL)),
            2 => {
                let cases = &self.story.procedure.cases;
                Corrected::Case(self.random.pick(cases).id.clone())
            }
            3 => Corrected::ReturningUnit(desk::unit("H60.02212")),
            4 => {
                let known = dossier.external_codes.first().cloned();
                Corrected::ExternalCode {
                    old: known.filter(|_| self.random.often(70)),
                    new: self.random.often(80).then(|| code(self.random.below(9))),
                }
            }
            _ => {
                let from = dossier.ended.unwrap_or(self.now);
                let hours = self.random.below(60) as i64 - 6;
                Corrected::EndTime(from - TimeDelta::hours(hours))
            }
        }
    }
    /// Mostly a message that the deciding system could send; sometimes a repeat.
    fn claim(&mut self, dossier: &Dossier) -> Claim {
        let before = dossier.mirror.conflicts.iter().map(|it| &it.claim);
        let before: Vec<_> = dossier.mirror.applied.iter().chain(before).collect();
        if !before.is_empty() && self.random.often(15) {
            return Claim::clone(self.random.pick::<&Claim>(&before));
        }
        let likely = mirror::follows(dossier);
        let status = if self.random.often(75) && !likely.is_empty() {
            *self.random.pick(likely)
        } else {
            *self.random.pick(&Status::ALL)
        };
        let ago = match self.random.below(10) {
            0 => 30 * 24 * 60,
            1..=4 => 60,
            _ => 0,
        };
        let due = self.now + TimeDelta::hours(self.random.below(400) as i64);
        Claim {
            system: if self.random.often(90) {
                self.story.authority()
            } else {
                desk::system("Hệ thống không ai biết")
            },
            reference: Reference::parse("BCA-2026/0001").expect("a reference"),
            status,
            at: self.now - TimeDelta::minutes(ago),
            due: self.random.often(50).then_some(due),
        }
    }

    /// Now and then another unit decides what this desk receives, rarely one of another province.
    fn elsewhere(&mut self) -> Option<UnitCode> {
        if self.random.often(4) {
            return Some(desk::unit(desk::ELSEWHERE));
        }
        self.random.often(25).then(|| self.a_ward())
    }

    fn a_ward(&mut self) -> UnitCode {
        let ward: &str = self.random.pick::<&str>(&WARDS);
        desk::unit(ward)
    }

    fn somebody(&mut self) -> ActorId {
        let name: &str = self
            .random
            .pick::<&str>(&["nv-an", "nv-binh", "nv-chairman"]);
        desk::actor(name)
    }

    /// A hand-over, mostly by the holder, and mostly to the deciding unit.
    fn hand_over(&mut self, dossier: &Dossier) -> Command {
        let holder = dossier.custody.holder.as_ref();
        let giver = match holder.filter(|_| self.random.often(85)) {
            Some(holder) => Some(holder.party.actor.clone()),
            None if self.random.often(50) => Some(self.somebody()),
            None => None,
        };
        let elsewhere = self.random.often(20);
        let papers = self.some_papers();
        Command::HandOver(HandOver {
            giver,
            receiver: self.somebody(),
            receiver_unit: elsewhere.then(|| self.a_ward()),
            originals: papers.iter().take(1).cloned().collect(),
            components: papers,
            on_paper: self.random.often(80),
        })
    }

    fn term(&mut self) -> Term {
        const LIMITS: [&str; 6] = ["same-day", "8wh", "2wd", "10d", "1mo", "12h"];
        if self.random.often(20) {
            return Term::By(self.now + TimeDelta::hours(1 + self.random.below(300) as i64));
        }
        Term::Within(self.random.pick(&LIMITS).parse().expect("a limit"))
    }

    /// The number of an existing part, or sometimes of none.
    fn some_number(&mut self, count: usize) -> u16 {
        1 + self.random.below(count as u64 + 1) as u16
    }

    fn advance(&mut self, dossier: &Dossier) -> Command {
        let next = next_steps(dossier, &self.story.procedure);
        let steps = &self.story.procedure.steps;
        let step = match self.random.below(10) {
            0 => Some(desk::step("nowhere")),
            1 if !steps.is_empty() => Some(self.random.pick(steps).id.clone()),
            2 => None,
            _ if next.is_empty() => None,
            _ => Some(self.random.pick(&next).clone()),
        };
        Command::Advance(Advance {
            step,
            assignee: Some(desk::actor("nv-an")),
        })
    }
}

fn stays(action: Action) -> bool {
    matches!(
        action,
        Action::Correct
            | Action::DecideCorrection
            | Action::RecordPayment
            | Action::RefundPayment
            | Action::Remind
            | Action::Arrive
            | Action::PermitSupplement
    )
}

fn ends(action: Action) -> bool {
    matches!(action, Action::Refuse | Action::Withdraw | Action::Stop)
}
