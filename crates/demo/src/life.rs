//! Decides what people and officials do next with a made-up dossier.

mod elsewhere;
mod processing;

use app::view::View;
use chrono::{NaiveDate, TimeDelta};
use domain::calendar::Calendar;
use domain::dossier::acts::{
    Accept, Advance, Correct, DecideCorrection, HandOver, RateDossier, RecordPayment,
    RecordSupplement, Refuse, RequestSupplement, Resolve, ReturnResult, SupplementItem, Transfer,
    Withdraw,
};
use domain::dossier::correction::Corrected;
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Dossier, PaymentMethod, RatingMethod, Score, State};
use domain::id::{ActorId, ComponentCode, UnitCode};
use domain::procedure::{Kind, Procedure};
use domain::role::Role;
use domain::time::{self, Instant};

use crate::chance::Chance;
use crate::digital;
use crate::fate::{Fate, Overdue};

/// Something that will be done.
#[derive(Debug, Clone)]
pub struct Next {
    pub at: Instant,
    pub role: Role,
    pub command: Command,
}

/// What the next act on a dossier depends on.
pub struct Life<'a> {
    pub now: Instant,
    pub fate: Fate,
    pub calendar: &'a Calendar,
    pub chance: &'a mut Chance,
    /// The unit to which dossiers are transferred.
    pub neighbour: &'a UnitCode,
    /// The overdue dossiers, in the shown ward.
    pub ward: Option<&'a mut Overdue>,
}

impl Life<'_> {
    /// What happens next, if anything does.
    pub fn next(&mut self, view: &View) -> Option<Next> {
        let dossier = &view.dossier;
        if dossier.mirrored.is_some() {
            return self.mirrored(view);
        }
        match &dossier.state {
            State::Submitted => self.answer(view),
            State::SupplementRequested { .. } => self.supplemented(),
            State::PaymentRequested { .. } => {
                // Citizens pay the tax office's notice within its 30 days, some at once.
                let days = self.chance.between(0.6, 20.0);
                let (role, method) = digital::pays_tax(dossier);
                let command = Command::RecordPayment(RecordPayment {
                    amount_vnd: dossier.fee_open_vnd.unwrap_or_default(),
                    method: Some(method),
                    reference: None,
                });
                self.by(role, self.some_days(days)?, command)
            }
            State::Received => self.begin(view),
            State::Processing { .. } => self.process(view),
            State::Resolved => self.give_back(view),
            State::Returned => self.rate(dossier),
            State::Refused | State::Withdrawn | State::Stopped => None,
        }
    }

    /// The desk answers an online submission.
    fn answer(&mut self, view: &View) -> Option<Next> {
        let hours = self.chance.between(0.2, 6.0);
        let at = self.after(hours)?;
        // The office asks for papers at most once.
        let asks = if view.dossier.supplements == 0 {
            3.0
        } else {
            0.0
        };
        let command = match self.chance.weighted(&[94.0, 3.0, asks]) {
            0 => Command::Receive(Accept {
                components: required(&view.procedure),
                papers: Vec::new(),
                accept_incomplete: Words::default(),
            }),
            1 => Command::Refuse(Refuse {
                reason: Words::new("Hồ sơ không thuộc thẩm quyền giải quyết"),
                competent: None,
            }),
            _ => supplement(&view.procedure),
        };
        self.by(Role::Receptionist, at, command)
    }

    fn supplemented(&mut self) -> Option<Next> {
        let days = self.chance.between(0.6, 7.0);
        let command = if self.chance.happens(0.93) {
            Command::RecordSupplement(RecordSupplement {
                components: Vec::new(),
                papers: Vec::new(),
            })
        } else {
            Command::Withdraw(Withdraw {
                reason: Words::default(),
            })
        };
        self.by(Role::Receptionist, self.some_days(days)?, command)
    }

    /// From reception to the first step, or straight back over the counter.
    fn begin(&mut self, view: &View) -> Option<Next> {
        let (dossier, procedure) = (&view.dossier, &view.procedure);
        if let Some(next) = self.fee(view) {
            return Some(next);
        }
        if procedure.on_the_spot && self.chance.happens(0.85) {
            let hours = self.chance.between(0.05, 0.6);
            let at = self.soon(dossier, hours)?;
            let command = Command::Resolve(Resolve {
                results: digital::results(dossier, at),
            });
            return self.by(Role::Receptionist, at, command);
        }
        if let Some(next) = self.transfer(view) {
            return Some(next);
        }
        if let Some(by_when) = dossier.custody.hand_over_by {
            let at = if self.chance.happens(0.04) {
                let hours = self.chance.between(6.0, 11.0);
                self.soon(dossier, hours)?
            } else {
                let hours = self.chance.between(0.1, 1.4);
                Ord::min(self.soon(dossier, hours)?, by_when)
            };
            return self.by(Role::Receptionist, at, papers(dossier));
        }
        let hours = self.chance.between(0.1, 1.5);
        let at = self.soon(dossier, hours)?;
        let command = Command::Advance(Advance {
            step: view.next_steps.first().cloned(),
            assignee: self.assignee(procedure),
        });
        self.by(Role::Receptionist, at, command)
    }

    /// The fee paid at the ward's counter, before the receipt is handed out.
    fn fee(&mut self, view: &View) -> Option<Next> {
        let dossier = &view.dossier;
        self.ward.as_ref()?;
        if dossier.fee_paid_vnd > 0 || dossier.channel != Channel::Desk {
            return None;
        }
        let case = view.procedure.case(&dossier.case)?;
        let fits = |of: Option<Channel>| of.is_none_or(|channel| channel == dossier.channel);
        let fee = case.fees.iter().find(|fee| fits(fee.channel))?;
        let amount_vnd = match fee.amount_vnd {
            Some(0) => return None,
            Some(amount) => amount,
            // 2,000 đồng a page: copies of a few pages each.
            None if view.procedure.code.as_str() == "2.000815" => {
                2_000 * (1 + self.chance.below(12) as u64)
            }
            None => return None,
        };
        let method = if self.chance.happens(0.55) {
            PaymentMethod::Qr
        } else {
            PaymentMethod::Cash
        };
        let hours = self.chance.between(0.02, 0.08);
        let command = Command::RecordPayment(RecordPayment {
            amount_vnd,
            method: Some(method),
            reference: None,
        });
        self.by(Role::Receptionist, self.soon(dossier, hours)?, command)
    }

    /// Now and then another unit must decide a dossier.
    fn transfer(&mut self, view: &View) -> Option<Next> {
        let share = if self.ward.is_some() { 0.04 } else { 0.012 };
        let far = ["Đất đai", "Xây dựng", "Bảo trợ xã hội"];
        if view.dossier.transfers > 0
            || !far.contains(&view.procedure.field.as_str())
            || view.dossier.resolving == *self.neighbour
            || self.fate.course != crate::fate::Course::Plain
            || !self.chance.happens(share)
        {
            return None;
        }
        let hours = self.chance.between(0.5, 4.0);
        let command = Command::Transfer(Transfer {
            to: self.neighbour.clone(),
            returning: None,
            reason: Words::new("Thửa đất thuộc địa bàn của đơn vị nhận"),
        });
        self.by(Role::Leader, self.soon(&view.dossier, hours)?, command)
    }

    fn give_back(&mut self, view: &View) -> Option<Next> {
        let dossier = &view.dossier;
        if let Some(open) = dossier.corrections.open().next() {
            let hours = self.chance.between(0.5, 5.0);
            let command = Command::DecideCorrection(DecideCorrection {
                number: open.number,
                approve: true,
                note: Words::default(),
            });
            return self.by(Role::Leader, self.after(hours)?, command);
        }
        if let Some(applicant) = &view.applicant
            && self.ward.is_some()
            && dossier.corrections.is_empty()
            && self.chance.happens(0.02)
        {
            let mut corrected = applicant.clone();
            corrected.phone = format!("0900{:06}", self.chance.below(1_000_000));
            let hours = self.chance.between(0.1, 2.0);
            let command = Command::Correct(Correct {
                corrected: Corrected::Applicant(corrected),
                reason: Words::new("Ghi nhầm số điện thoại khi tiếp nhận"),
            });
            return self.by(Role::Receptionist, self.after(hours)?, command);
        }
        let hours = self.chance.between(0.3, 16.0);
        let command = Command::Return(ReturnResult {
            receiver: None,
            proxy: false,
            channel: dossier.channel,
        });
        self.by(Role::Receptionist, self.after(hours)?, command)
    }

    /// A good third of the ward's citizens press a button as they leave.
    fn rate(&mut self, dossier: &Dossier) -> Option<Next> {
        if self.ward.is_none() || dossier.rating.is_some() || !self.chance.happens(0.36) {
            return None;
        }
        let late = dossier
            .ended
            .zip(dossier.due())
            .is_some_and(|(ended, due)| ended > due);
        let weights = if late {
            [6.0, 14.0, 30.0, 35.0, 15.0]
        } else {
            [0.5, 1.5, 8.0, 40.0, 50.0]
        };
        let score = 1 + u8::try_from(self.chance.weighted(&weights)).unwrap_or(4);
        let online = dossier.channel == Channel::Online;
        let command = Command::Rate(RateDossier {
            score: Score::new(score)?,
            method: if online {
                RatingMethod::Online
            } else {
                RatingMethod::Device
            },
            comment: Words::default(),
        });
        let hours = self.chance.between(0.02, 0.2);
        self.by(Role::Receptionist, self.after(hours)?, command)
    }

    /// The official of the field in the ward. One dossier in ten has nobody yet.
    fn assignee(&mut self, procedure: &Procedure) -> Option<ActorId> {
        self.ward.as_ref()?;
        if self.chance.happens(0.1) {
            return None;
        }
        let number = 1 + self.chance.below(2);
        let official = match (procedure.field.as_str(), procedure.kind) {
            ("Đất đai", _) => format!("can-bo-dia-chinh-{number}"),
            ("Xây dựng", _) => "can-bo-xay-dung".to_owned(),
            ("Bảo trợ xã hội", _) => "can-bo-van-hoa-xa-hoi".to_owned(),
            ("Đăng ký kinh doanh", _) | (_, Kind::Petition) => "can-bo-kinh-te".to_owned(),
            _ => format!("can-bo-tu-phap-{number}"),
        };
        ActorId::parse(&official).ok()
    }

    fn by(&self, role: Role, at: Instant, command: Command) -> Option<Next> {
        let at = Ord::max(at, self.now);
        Some(Next { at, role, command })
    }

    /// So many open hours later.
    fn after(&self, hours: f64) -> Option<Instant> {
        self.calendar.add_open_time(self.now, hours_of(hours)).ok()
    }

    /// This many open hours later. A dossier that is to end in time gets at most half of its
    /// remaining time.
    fn soon(&self, dossier: &Dossier, hours: f64) -> Option<Instant> {
        self.within(dossier, hours, 0.5)
    }

    fn within(&self, dossier: &Dossier, hours: f64, part: f64) -> Option<Instant> {
        let at = self.after(hours)?;
        let due = dossier.due().filter(|due| *due > self.now);
        let Some(due) = due.filter(|_| self.fate.is_in_time()) else {
            return Some(at);
        };
        let left = self.calendar.open_time_between(self.now, due).ok()?;
        let left = left.num_seconds() as f64 / 3_600.0;
        Some(Ord::min(at, self.after(left * part)?))
    }

    /// This many days later, at a moment when the office is open.
    fn some_days(&self, days: f64) -> Option<Instant> {
        let later = self.now + TimeDelta::seconds((days * 86_400.0) as i64);
        let day: NaiveDate = self
            .calendar
            .working_day_from(time::local_day(later))
            .ok()?;
        let opening = self.calendar.opening(day).ok().flatten()?;
        let hours = hours_of((days * 7.0) % 6.0);
        let at = self.calendar.add_open_time(opening, hours).ok()?;
        Some(Ord::max(at, self.now + TimeDelta::minutes(1)))
    }
}

/// Hands the papers to an officer of the deciding unit.
fn papers(dossier: &Dossier) -> Command {
    let holder = dossier.custody.holder.as_ref();
    let officer = format!("officer-{}", dossier.resolving);
    Command::HandOver(HandOver {
        giver: holder.map(|holder| holder.party.actor.clone()),
        receiver: ActorId::parse(&officer).expect("roles and identifiers are ids"),
        receiver_unit: None,
        components: dossier.components.clone(),
        originals: Vec::new(),
        on_paper: true,
    })
}

fn supplement(procedure: &Procedure) -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: vec![SupplementItem {
            component: procedure
                .components
                .first()
                .map(|component| component.code.clone()),
            note: Words::new("Bản chụp mờ, đề nghị nộp lại"),
            data_failure: None,
        }],
        reason: Words::new("Hồ sơ chưa đầy đủ"),
        respond_by: None,
        exception: None,
    })
}

/// The components that a complete dossier of this procedure brings.
pub fn required(procedure: &Procedure) -> Vec<ComponentCode> {
    procedure
        .components
        .iter()
        .filter(|component| component.required)
        .map(|component| component.code.clone())
        .collect()
}

fn hours_of(hours: f64) -> TimeDelta {
    TimeDelta::seconds((hours * 3_600.0) as i64)
}
