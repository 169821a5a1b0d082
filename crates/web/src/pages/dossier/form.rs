//! The fields of each act's form, and the command that the answers make.

use app::accounts::Directory;
use app::view::View;
use chrono::NaiveTime;
use domain::catalogue::Catalogue;
use domain::dossier::acts::{
    Accept, Advance, Arrive, Assign, CloseConsultation, CloseLeg, Extension, HandOver,
    OpenConsultation, PermitSupplement, RecordPayment, RecordSupplement, RefundPayment, Refuse,
    Remind, RequestPayment, RequestSupplement, Resolve, ReturnResult, Stop, SupplementItem,
    Transfer, Withdraw,
};
use domain::dossier::private::{Person, Words as Text};
use domain::dossier::{Action, Channel, Command, PaymentMethod, Term};
use domain::id::{ActorId, ComponentCode, Reference, StepId, UnitCode};
use domain::limit::Limit;
use domain::time;

use crate::fields::{Fields, LONGEST_TEXT};
use crate::words::{Markup, Words};

/// A field of a form.
pub struct Field {
    pub name: &'static str,
    pub label: Markup,
    pub hint: Option<Markup>,
    pub kind: Kind,
    pub value: String,
    pub wrong: Option<Markup>,
}

impl Field {
    /// The `aria-describedby` of the field: its hint and its fault.
    pub fn described(&self) -> Markup {
        let name = self.name;
        let hint = self.hint.as_ref().map(|_| format!("{name}-h"));
        let wrong = self.wrong.as_ref().map(|_| format!("{name}-e"));
        let ids: Vec<String> = wrong.iter().chain(&hint).cloned().collect();
        let mut html = String::new();
        if wrong.is_some() {
            html.push_str(" aria-invalid=\"true\"");
        }
        if !ids.is_empty() {
            html.push_str(&format!(" aria-describedby=\"{}\"", ids.join(" ")));
        }
        Markup::made(html)
    }
}

/// How a field is filled in.
pub enum Kind {
    Area,
    Date,
    Line,
    Number,
    Choice(Vec<Choice>),
    Checks(Vec<Choice>),
}

/// An option of a select.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// Whether an act has a form. The other acts are done at the desk, by programs, or by several
/// people one after the other.
pub fn is_there(action: Action) -> bool {
    match action {
        Action::Receive
        | Action::Refuse
        | Action::RequestSupplement
        | Action::PermitSupplement
        | Action::RecordSupplement
        | Action::Advance
        | Action::Assign
        | Action::Transfer
        | Action::HandOver
        | Action::RequestPayment
        | Action::RecordPayment
        | Action::RefundPayment
        | Action::Arrive
        | Action::Remind
        | Action::Extend
        | Action::Withdraw
        | Action::Stop
        | Action::CloseLeg
        | Action::OpenConsultation
        | Action::CloseConsultation
        | Action::Resolve
        | Action::Return => true,
        Action::Submit
        | Action::OpenLeg
        | Action::Rate
        | Action::Correct
        | Action::DecideCorrection
        | Action::RecordMirrored
        | Action::SettleConflict => false,
    }
}

/// The data behind a form.
pub struct ActForm<'a> {
    /// The dossier.
    pub view: &'a View,
    /// The values typed before.
    pub typed: &'a Fields,
    /// The texts.
    pub words: &'a Words,
    /// The people that the caller may name.
    pub directory: &'a Directory,
    /// The units and procedures to choose from.
    pub catalogue: &'a Catalogue,
}

impl ActForm<'_> {
    fn field(&self, name: &'static str, label: &str, hint: Option<&str>, kind: Kind) -> Field {
        Field {
            name,
            label: self.words.t(label),
            hint: hint.map(|key| self.words.t(key)),
            kind,
            value: self.typed.raw(name).to_owned(),
            wrong: None,
        }
    }

    fn choices(&self, name: &str, all: impl Iterator<Item = (String, String)>) -> Kind {
        let typed = self.typed.get(name);
        let choices = all.enumerate().map(|(at, (value, label))| Choice {
            chosen: value == typed || (typed.is_empty() && at == 0),
            value,
            label,
        });
        Kind::Choice(choices.collect())
    }

    /// The people of the deciding unit, or of the receiving one.
    fn people(&self, name: &str, anybody: bool) -> Kind {
        let dossier = &self.view.dossier;
        let mut people = self.directory.at(&dossier.resolving);
        for more in self.directory.at(&dossier.receiving) {
            if !people.iter().any(|known| known.0 == more.0) {
                people.push(more);
            }
        }
        let nobody = (String::new(), self.words.t("act.whoever").plain());
        let people = people.into_iter().map(|(actor, official)| {
            let position = match official.position.as_str() {
                "" => String::new(),
                position => format!(", {position}"),
            };
            (
                actor.to_string(),
                format!("{}{position}", official.full_name),
            )
        });
        self.choices(name, anybody.then_some(nobody).into_iter().chain(people))
    }

    /// The units of the province without the deciding one.
    fn units(&self, name: &str) -> Kind {
        let province = &self.view.dossier.province;
        let units = self.catalogue.units.in_province(province);
        let others = units.filter(|unit| unit.code != self.view.dossier.resolving);
        let mut others: Vec<_> = others
            .map(|unit| (unit.code.to_string(), unit.name.clone()))
            .collect();
        others.sort_by(|one, other| one.1.cmp(&other.1));
        self.choices(name, others.into_iter())
    }

    /// The papers of the procedure.
    fn papers(&self, name: &str) -> Kind {
        let components = self.view.procedure.components.iter();
        let choices = components.map(|component| Choice {
            chosen: self
                .typed
                .all(name)
                .any(|typed| typed == component.code.as_str()),
            value: component.code.to_string(),
            label: component.name.clone(),
        });
        Kind::Checks(choices.collect())
    }

    /// The papers, as boxes for those that came.
    fn came(&self) -> Field {
        let papers = self.papers("paper");
        self.field("paper", "act.papers_came", Some("act.papers_hint"), papers)
    }

    /// The fields of an act's form.
    pub fn fields(&self, action: Action) -> Vec<Field> {
        let reason = || self.field("reason", "act.reason", None, Kind::Area);
        let money = || {
            self.field(
                "amount",
                "act.amount",
                Some("act.amount_hint"),
                Kind::Number,
            )
        };
        match action {
            Action::Advance => {
                let steps = self.view.next_steps.iter();
                let steps = steps.filter_map(|id| self.view.procedure.step(id));
                let steps: Vec<_> = steps
                    .map(|step| (step.id.to_string(), step.name.clone()))
                    .collect();
                if steps.is_empty() {
                    return Vec::new();
                }
                let steps = self.choices("step", steps.into_iter());
                let people = self.people("who", true);
                vec![
                    self.field("step", "act.step", None, steps),
                    self.field("who", "act.next_holder", None, people),
                ]
            }
            Action::Receive => vec![
                self.came(),
                self.field(
                    "incomplete",
                    "act.incomplete",
                    Some("act.incomplete_hint"),
                    Kind::Line,
                ),
            ],
            Action::Arrive => Vec::new(),
            Action::RecordSupplement => vec![self.came()],
            Action::PermitSupplement => vec![reason()],
            Action::RequestSupplement => vec![
                self.field("items", "act.items", Some("act.items_hint"), Kind::Area),
                reason(),
                self.field(
                    "respond_by",
                    "act.respond_by",
                    Some("act.respond_by_hint"),
                    Kind::Date,
                ),
            ],
            Action::Extend => vec![
                self.field(
                    "reason",
                    "act.delay_reason",
                    Some("act.delay_hint"),
                    Kind::Area,
                ),
                self.field(
                    "date",
                    "act.new_date",
                    Some("act.new_date_hint"),
                    Kind::Date,
                ),
            ],
            Action::Return => {
                let channels = [Channel::Desk, Channel::Post, Channel::Online].map(|channel| {
                    let key = match channel {
                        Channel::Desk => "channel.desk",
                        Channel::Post => "channel.post",
                        Channel::Online => "channel.online",
                    };
                    (channel.as_str().to_owned(), self.words.t(key).plain())
                });
                let channels = self.choices("channel", channels.into_iter());
                vec![
                    self.field(
                        "receiver",
                        "act.receiver",
                        Some("act.receiver_hint"),
                        Kind::Line,
                    ),
                    self.field("channel", "act.return_channel", None, channels),
                ]
            }
            Action::Withdraw | Action::Refuse => vec![reason()],
            Action::Stop => vec![
                reason(),
                self.field("basis", "act.legal_basis", None, Kind::Line),
            ],
            Action::Assign => {
                let people = self.people("who", false);
                vec![self.field("who", "act.assignee", None, people)]
            }
            Action::Remind => {
                let people = self.people("who", true);
                vec![
                    self.field("who", "act.reminded", None, people),
                    self.field("words", "act.reminder", None, Kind::Area),
                ]
            }
            Action::Transfer => {
                let units = self.units("unit");
                vec![self.field("unit", "act.to_unit", None, units), reason()]
            }
            Action::HandOver => {
                let people = self.people("who", false);
                let papers = self.papers("paper");
                vec![
                    self.field("who", "act.taker", None, people),
                    self.field(
                        "paper",
                        "act.papers_gone",
                        Some("act.papers_gone_hint"),
                        papers,
                    ),
                ]
            }
            Action::RequestPayment => vec![money(), reason()],
            Action::RecordPayment => {
                let methods = PaymentMethod::ALL.into_iter().map(|method| {
                    let key = match method {
                        PaymentMethod::Cash => "payment.cash",
                        PaymentMethod::Card => "payment.card",
                        PaymentMethod::Qr => "payment.qr",
                        PaymentMethod::MobileMoney => "payment.mobile_money",
                        PaymentMethod::Portal => "payment.portal",
                    };
                    (method.as_str().to_owned(), self.words.t(key).plain())
                });
                let methods = self.choices("method", methods);
                let mut amount = money();
                let open = self.view.dossier.fee_open_vnd;
                if amount.value.is_empty()
                    && let Some(open) = open
                {
                    amount.value = open.to_string();
                }
                vec![
                    amount,
                    self.field("method", "act.method", None, methods),
                    self.field(
                        "reference",
                        "act.reference",
                        Some("act.reference_hint"),
                        Kind::Line,
                    ),
                ]
            }
            Action::RefundPayment => vec![money(), reason()],
            Action::OpenConsultation => {
                let units = self.units("unit");
                vec![
                    self.field("unit", "act.asked_unit", None, units),
                    self.field("question", "act.question", None, Kind::Area),
                    self.field("days", "act.answer_days", None, Kind::Number),
                ]
            }
            Action::CloseConsultation => {
                let open = self.view.dossier.open_consultations();
                let open =
                    open.map(|asked| (asked.number.to_string(), self.unit_name(&asked.unit)));
                let open = self.choices("number", open);
                vec![
                    self.field("number", "act.answering", None, open),
                    self.field("answer", "act.answer", None, Kind::Area),
                ]
            }
            Action::CloseLeg => {
                let open = self.view.dossier.open_legs();
                let open = open.map(|leg| (leg.number.to_string(), self.unit_name(&leg.unit)));
                let open = self.choices("number", open);
                vec![
                    self.field("number", "act.leg", None, open),
                    self.field("answer", "act.leg_result", None, Kind::Area),
                ]
            }
            Action::Resolve
            | Action::Submit
            | Action::OpenLeg
            | Action::Rate
            | Action::Correct
            | Action::DecideCorrection
            | Action::RecordMirrored
            | Action::SettleConflict => Vec::new(),
        }
    }

    fn unit_name(&self, unit: &UnitCode) -> String {
        let known = self.catalogue.units.get(unit);
        known.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
    }
}

/// The name of a field, and the key of the text that says what is wrong with it.
pub type Wrong = (&'static str, &'static str);

/// Reads the typed values and collects the wrong ones.
struct Reading<'a> {
    typed: &'a Fields,
    wrong: Vec<Wrong>,
}

impl Reading<'_> {
    fn needed(&mut self, name: &'static str, key: &'static str) -> Text {
        if self.typed.get(name).is_empty() {
            self.wrong.push((name, key));
        }
        if self.typed.get(name).chars().count() > LONGEST_TEXT {
            self.wrong.push((name, "act.too_long"));
        }
        Text::new(self.typed.get(name))
    }

    fn parsed<T>(&mut self, name: &'static str, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.wrong.push((name, key));
        }
        value
    }

    /// A number of đồng; separators between digits are ignored.
    fn amount(&mut self) -> Option<u64> {
        let digits = self
            .typed
            .get("amount")
            .chars()
            .filter(char::is_ascii_digit);
        let amount = digits.collect::<String>().parse().ok();
        self.parsed(
            "amount",
            "act.amount_missing",
            amount.filter(|amount| *amount > 0),
        )
    }

    /// The closing of the desk on the typed day, because the citizen gets results until then.
    fn closing(&self, name: &str) -> Option<time::Instant> {
        let day = self.typed.day(name)?;
        let closing = NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default();
        Some(time::instant(day, closing))
    }

    fn actor(&self) -> Option<ActorId> {
        self.typed
            .some("who")
            .and_then(|who| ActorId::parse(who).ok())
    }

    fn unit(&mut self) -> Option<UnitCode> {
        let unit = UnitCode::parse(self.typed.get("unit")).ok();
        self.parsed("unit", "act.unit_missing", unit)
    }

    fn number(&self) -> u16 {
        self.typed.get("number").parse().unwrap_or_default()
    }

    fn papers(&self) -> Vec<ComponentCode> {
        let papers = self.typed.all("paper");
        papers
            .filter_map(|code| ComponentCode::parse(code).ok())
            .collect()
    }
}

/// The requested act. Errors: the fields that are wrong.
pub fn command(action: Action, typed: &Fields) -> Result<Command, Vec<Wrong>> {
    let mut read = Reading {
        typed,
        wrong: Vec::new(),
    };
    match act(action, &mut read) {
        Some(command) if read.wrong.is_empty() => Ok(command),
        Some(_) | None if !read.wrong.is_empty() => Err(read.wrong),
        Some(_) | None => Err(vec![("", "act.none")]),
    }
}

/// None if a required field is missing.
fn act(action: Action, read: &mut Reading<'_>) -> Option<Command> {
    let typed = read.typed;
    Some(match action {
        Action::Advance => Advance {
            step: typed.some("step").and_then(|step| StepId::parse(step).ok()),
            assignee: read.actor(),
        }
        .into(),
        Action::Receive => Accept {
            components: read.papers(),
            papers: Vec::new(),
            accept_incomplete: Text::new(typed.get("incomplete")),
        }
        .into(),
        Action::PermitSupplement => PermitSupplement {
            reason: read.needed("reason", "act.reason_missing"),
        }
        .into(),
        Action::RecordSupplement => RecordSupplement {
            components: read.papers(),
            papers: Vec::new(),
        }
        .into(),
        Action::RequestSupplement => {
            let _items = read.needed("items", "act.items_missing");
            let reason = read.needed("reason", "act.reason_missing");
            let lines = typed.get("items").lines().map(str::trim);
            let items = lines.filter(|line| !line.is_empty());
            RequestSupplement {
                items: items
                    .map(|line| SupplementItem {
                        component: None,
                        note: Text::new(line),
                        data_failure: None,
                    })
                    .collect(),
                reason,
                respond_by: read.closing("respond_by"),
                exception: None,
            }
            .into()
        }
        Action::Extend => {
            let reason = read.needed("reason", "act.reason_missing");
            let due = read.closing("date");
            let due = read.parsed("date", "act.date_missing", due)?;
            Extension::Apology { reason, due }.into()
        }
        Action::Resolve => Resolve {
            results: Vec::new(),
        }
        .into(),
        Action::Return => {
            let receiver = typed.some("receiver").map(|name| Person {
                name: name.to_owned(),
                ..Person::default()
            });
            let channel = typed.get("channel");
            let channel = Channel::ALL.into_iter().find(|it| it.as_str() == channel);
            ReturnResult {
                proxy: receiver.is_some(),
                receiver,
                channel: channel.unwrap_or(Channel::Desk),
            }
            .into()
        }
        Action::Withdraw => Withdraw {
            reason: Text::new(typed.get("reason")),
        }
        .into(),
        Action::Refuse => Refuse {
            reason: read.needed("reason", "act.reason_missing"),
            competent: None,
        }
        .into(),
        Action::Stop => Stop {
            reason: read.needed("reason", "act.reason_missing"),
            legal_basis: read.needed("basis", "act.basis_missing"),
        }
        .into(),
        Action::Assign => {
            let who = read.actor();
            Assign {
                assignee: read.parsed("who", "act.who_missing", who)?,
            }
            .into()
        }
        Action::Arrive => Arrive { arrived: None }.into(),
        Action::Remind => Remind {
            receiver: read.actor(),
            words: read.needed("words", "act.words_missing"),
        }
        .into(),
        Action::Transfer => {
            let reason = read.needed("reason", "act.reason_missing");
            Transfer {
                to: read.unit()?,
                returning: None,
                reason,
            }
            .into()
        }
        Action::HandOver => {
            let who = read.actor();
            HandOver {
                giver: None,
                receiver: read.parsed("who", "act.who_missing", who)?,
                receiver_unit: None,
                components: read.papers(),
                originals: Vec::new(),
                on_paper: true,
            }
            .into()
        }
        Action::RequestPayment => {
            let reason = read.needed("reason", "act.reason_missing");
            RequestPayment {
                amount_vnd: read.amount()?,
                reason,
            }
            .into()
        }
        Action::RecordPayment => {
            let method = typed.get("method");
            let reference = typed.some("reference").map(Reference::parse);
            let reference = match reference {
                None => None,
                Some(Ok(reference)) => Some(reference),
                Some(Err(_wrong)) => read.parsed("reference", "act.reference_wrong", None),
            };
            RecordPayment {
                amount_vnd: read.amount()?,
                method: PaymentMethod::ALL
                    .into_iter()
                    .find(|it| it.as_str() == method),
                reference,
            }
            .into()
        }
        Action::RefundPayment => {
            let reason = read.needed("reason", "act.reason_missing");
            RefundPayment {
                amount_vnd: read.amount()?,
                reason,
            }
            .into()
        }
        Action::OpenConsultation => {
            let question = read.needed("question", "act.question_missing");
            let days = typed.get("days").parse().ok().filter(|days| *days > 0);
            let days = read.parsed("days", "act.days_missing", days);
            OpenConsultation {
                unit: read.unit()?,
                question,
                term: Term::Within(Limit::WorkingDays(days?)),
            }
            .into()
        }
        Action::CloseConsultation => CloseConsultation {
            number: read.number(),
            answer: read.needed("answer", "act.answer_missing"),
        }
        .into(),
        Action::CloseLeg => CloseLeg {
            number: read.number(),
            result: read.needed("answer", "act.answer_missing"),
        }
        .into(),
        Action::Submit
        | Action::OpenLeg
        | Action::Rate
        | Action::Correct
        | Action::DecideCorrection
        | Action::RecordMirrored
        | Action::SettleConflict => return None,
    })
}
