//! What a clerk asks about an event: how much, what, from whom to whom, until when.

use app::accounts::Directory;
use app::view::View;
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Event, Paper, PaymentMethod};
use domain::id::{ComponentCode, Reference, UnitCode};
use domain::time::Instant;

use crate::say::Format;
use crate::words::{Markup, Words};

/// Tells the details of events of a dossier.
pub struct Details<'a> {
    /// The dossier.
    pub view: &'a View,
    /// The names of people.
    pub directory: &'a Directory,
    /// The names of units.
    pub catalogue: &'a Catalogue,
    /// The texts.
    pub words: &'a Words,
    /// How numbers and times are written.
    pub say: Format,
}

impl Details<'_> {
    /// The details of an event, in the order in which they are read.
    pub fn of(&self, event: &Event) -> Vec<Markup> {
        let dossier = &self.view.dossier;
        let found = match event {
            Event::Submitted(it) => vec![Some(self.channel(it.channel)), self.papers(&it.papers)],
            Event::Received(it) => {
                let missing = it.incomplete.as_ref().map(|it| &it.missing[..]);
                vec![
                    Some(self.channel(it.channel)),
                    self.papers(&it.papers),
                    missing.and_then(|missing| self.missing(missing)),
                    it.due.map(|due| self.until("event.due", due)),
                ]
            }
            Event::SupplementRequested(it) => {
                let missing = it.items.iter().filter_map(|item| item.component.clone());
                let missing: Vec<_> = missing.collect();
                vec![
                    self.missing(&missing),
                    it.respond_by.map(|by| self.until("event.answer_by", by)),
                ]
            }
            Event::SupplementRecorded(it) => vec![
                self.papers(&it.papers),
                it.moved.as_ref().map(|to| self.moved(to.effective_due)),
            ],
            Event::PaymentRequested(it) => vec![Some(self.money(it.amount_vnd))],
            Event::PaymentRecorded(it) => {
                let mut paid = self.paid(it.amount_vnd, it.method, it.reference.as_ref());
                paid.push(it.moved.as_ref().map(|to| self.moved(to.effective_due)));
                paid
            }
            Event::PartPaid(it) => self.paid(it.amount_vnd, it.method, it.reference.as_ref()),
            Event::FeePaid(it) => self.paid(it.amount_vnd, it.method, it.reference.as_ref()),
            Event::Refunded(it) => vec![Some(self.money(it.amount_vnd))],
            Event::Advanced(it) => {
                let to = it.assignee.as_ref();
                vec![to.map(|to| self.to(&self.directory.name(to)))]
            }
            Event::Assigned(it) => vec![Some(self.to(&self.directory.name(&it.assignee)))],
            Event::Reminded(it) => {
                let to = it.receiver.as_ref();
                vec![to.map(|to| self.to(&self.directory.name(to)))]
            }
            Event::Transferred(it) => vec![
                Some(self.change(&self.unit(&it.from), &self.unit(&it.to))),
                it.hand_over_by.map(|by| self.until("event.papers_by", by)),
            ],
            Event::HandedOver(it) => {
                let name = |party| self.directory.name(party);
                let late = it.late.then(|| self.words.t("event.late"));
                vec![
                    Some(self.change(&name(&it.from.actor), &name(&it.to.actor))),
                    self.count(it.components.len()),
                    late,
                ]
            }
            Event::Extended(it) => vec![Some(self.moved(it.moved.effective_due))],
            Event::Apologised(it) => vec![Some(self.moved(it.proposed))],
            Event::VerificationBegun(it) => {
                vec![it.moved.as_ref().map(|to| self.moved(to.effective_due))]
            }
            Event::LegOpened(it) => {
                let agency = match it.agency.is_empty() {
                    true => self.unit(&it.unit),
                    false => it.agency.clone(),
                };
                vec![
                    Some(Markup::of(&agency)),
                    Some(self.until("event.answer_by", it.due)),
                ]
            }
            Event::LegClosed(it) => {
                let leg = dossier.legs.iter().find(|leg| leg.number == it.number);
                vec![leg.map(|leg| Markup::of(&self.unit(&leg.unit)))]
            }
            Event::ConsultationOpened(it) => vec![
                Some(Markup::of(&self.unit(&it.unit))),
                Some(self.until("event.answer_by", it.due)),
            ],
            Event::ConsultationClosed(it) => vec![self.asked(it.number)],
            Event::ConsentedBySilence(it) => it.numbers.iter().map(|it| self.asked(*it)).collect(),
            Event::Returned(it) => vec![
                Some(self.channel(it.channel)),
                it.proxy.then(|| self.words.t("event.proxy")),
            ],
            Event::Rated(it) => {
                let score = self.say.count(u8::from(it.score).into());
                vec![Some(
                    self.words.fill("event.score", &[("score", score.into())]),
                )]
            }
            Event::Succeeded(it) => {
                let mut passed: Vec<_> = it
                    .units
                    .iter()
                    .map(|it| (self.unit(&it.old), self.unit(&it.new)))
                    .collect();
                passed.dedup();
                let passed = passed.iter().map(|(old, new)| self.change(old, new));
                passed.map(Some).collect()
            }
            Event::Recalculated(it) => {
                vec![it.moved.as_ref().map(|to| self.moved(to.effective_due))]
            }
            Event::DueRestated(it) => vec![Some(self.moved(it.due))],
            // Their words say all.
            Event::Refused(_)
            | Event::SupplementPermitted(_)
            | Event::Arrived(_)
            | Event::Withdrawn(_)
            | Event::Stopped(_)
            | Event::Expired(_)
            | Event::Resolved(_)
            | Event::MirroredStatus(_)
            | Event::Conflicted(_)
            | Event::ConflictSettled(_)
            | Event::Migrated(_)
            | Event::CorrectionProposed(_)
            | Event::CorrectionApproved(_)
            | Event::CorrectionRejected(_) => Vec::new(),
        };
        found.into_iter().flatten().collect()
    }

    fn money(&self, vnd: u64) -> Markup {
        Markup::of(&self.say.money(vnd))
    }

    fn paid(
        &self,
        vnd: u64,
        method: Option<PaymentMethod>,
        reference: Option<&Reference>,
    ) -> Vec<Option<Markup>> {
        vec![
            Some(self.money(vnd)),
            method.map(|method| self.words.t(&format!("payment.{method}"))),
            reference.map(|number| {
                let places = [("number", number.as_str().into())];
                self.words.fill("event.reference", &places)
            }),
        ]
    }

    fn channel(&self, channel: Channel) -> Markup {
        self.words.t(&format!("channel.{}", channel.as_str()))
    }

    fn papers(&self, papers: &[Paper]) -> Option<Markup> {
        self.count(papers.len())
    }

    fn count(&self, papers: usize) -> Option<Markup> {
        let count = self.say.count(papers as u64);
        let said = || self.words.fill("event.papers", &[("count", count.into())]);
        (papers > 0).then(said)
    }

    fn missing(&self, papers: &[ComponentCode]) -> Option<Markup> {
        let known = &self.view.procedure.components;
        let names = papers.iter().map(|code| {
            let known = known.iter().find(|known| known.code == *code);
            known.map_or_else(|| code.to_string(), |known| known.name.clone())
        });
        let names = names.collect::<Vec<_>>().join("; ");
        let said = || {
            let places = [("papers", (&names).into())];
            self.words.fill("event.missing", &places)
        };
        (!names.is_empty()).then(said)
    }

    fn until(&self, key: &str, at: Instant) -> Markup {
        let at = self.say.full_moment(at);
        self.words.fill(key, &[("date", at.into())])
    }

    fn moved(&self, due: Instant) -> Markup {
        self.until("event.new_due", due)
    }

    fn to(&self, name: &str) -> Markup {
        self.words.fill("event.to", &[("name", name.into())])
    }

    fn change(&self, from: &str, to: &str) -> Markup {
        Markup::of(&format!("{from} → {to}"))
    }

    fn unit(&self, code: &UnitCode) -> String {
        let unit = self.catalogue.units.get(code);
        unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
    }

    /// Who was asked in a consultation.
    fn asked(&self, number: u16) -> Option<Markup> {
        let mut known = self.view.dossier.consultations.iter();
        let asked = known.find(|it| it.number == number)?;
        Some(Markup::of(&self.unit(&asked.unit)))
    }
}
