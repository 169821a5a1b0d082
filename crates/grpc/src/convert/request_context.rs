//! Units, procedures and channels as requests name them.

use std::sync::Arc;

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Status};
use domain::id::{ProcedureCode, ProvinceCode, UnitCode};
use domain::procedure::{ClockPolicy, Kind};
use domain::time::Instant;
use domain::unit::UnitKind;

use super::fields::Fields;
use crate::proto;

/// What requests are checked against.
pub struct RequestContext {
    /// Units, calendars and procedures of the caller's province.
    pub catalogue: Arc<Catalogue>,
    /// Now.
    pub now: Instant,
}

impl RequestContext {
    /// The calendar of a unit; the national one without a unit.
    pub fn calendar(&self, unit: Option<&UnitCode>) -> &Calendar {
        let calendars = &self.catalogue.calendars;
        match unit {
            Some(unit) => calendars.for_unit(unit.as_str()),
            None => calendars.national(),
        }
    }

    /// A unit that must be given.
    pub fn unit(&self, fields: &mut Fields, field: &str, text: &str) -> Option<UnitCode> {
        let text = text.trim();
        let bare = text.strip_prefix("units/").unwrap_or(text);
        let found = self.catalogue.units.find(bare);
        if found.is_none() {
            fields.wrong(
                field,
                unknown(
                    text,
                    "a unit of the catalogue, such as units/H60.02215, H60.02215 or 02215",
                ),
            );
        }
        found.map(|unit| unit.code.clone())
    }

    /// An optional unit.
    pub fn optional_unit(&self, fields: &mut Fields, field: &str, text: &str) -> Option<UnitCode> {
        if text.trim().is_empty() {
            None
        } else {
            self.unit(fields, field, text)
        }
    }

    /// An optional commune, ward or special zone.
    pub fn optional_commune(
        &self,
        fields: &mut Fields,
        field: &str,
        text: &str,
    ) -> Option<UnitCode> {
        let code = self.optional_unit(fields, field, text)?;
        let unit = self.catalogue.units.get(&code);
        if unit.is_some_and(|unit| unit.kind == UnitKind::Commune) {
            return Some(code);
        }
        fields.wrong(field, "expected a commune, ward or special zone");
        None
    }

    /// A province that must be given.
    pub fn province(&self, fields: &mut Fields, field: &str, text: &str) -> Option<ProvinceCode> {
        let text = text.trim();
        let bare = text.strip_prefix("units/").unwrap_or(text);
        let found = self
            .catalogue
            .units
            .find(bare)
            .filter(|unit| unit.kind == UnitKind::Province);
        if found.is_none() {
            fields.wrong(
                field,
                unknown(
                    text,
                    "a province of the catalogue by its statistics code, such as 08",
                ),
            );
        }
        found.map(|unit| unit.province.clone())
    }

    /// A required procedure; the suffix of a locality is ignored.
    pub fn procedure(&self, fields: &mut Fields, field: &str, text: &str) -> Option<ProcedureCode> {
        let text = text.trim();
        let bare = text.strip_prefix("procedures/").unwrap_or(text);
        // Whether a version is in force depends on the day and is refused elsewhere.
        let found = self.catalogue.procedures.known(bare);
        if found.is_none() {
            fields.wrong(
                field,
                unknown(
                    text,
                    "a procedure of the catalogue, such as procedures/1.001193 or 1.001193",
                ),
            );
        }
        found.map(|procedure| procedure.code.clone())
    }

    /// An optional procedure.
    pub fn optional_procedure(
        &self,
        fields: &mut Fields,
        field: &str,
        text: &str,
    ) -> Option<ProcedureCode> {
        if text.trim().is_empty() {
            None
        } else {
            self.procedure(fields, field, text)
        }
    }
}

fn unknown(text: &str, expected: &str) -> String {
    if text.is_empty() {
        format!("must not be empty; expected {expected}")
    } else {
        format!("expected {expected}")
    }
}

impl Fields {
    /// A channel, one of the accepted ones; none if not given.
    pub fn channel(&mut self, field: &str, number: i32, accepted: &[Channel]) -> Option<Channel> {
        let given = match proto::Channel::try_from(number) {
            Ok(proto::Channel::Unspecified) => return None,
            Ok(proto::Channel::Desk) => Some(Channel::Desk),
            Ok(proto::Channel::Online) => Some(Channel::Online),
            Ok(proto::Channel::Post) => Some(Channel::Post),
            Err(_unknown) => None,
        };
        let channel = given.filter(|channel| accepted.contains(channel));
        if channel.is_none() {
            let names: Vec<_> = accepted
                .iter()
                .map(|one| channel_of(*one).as_str_name())
                .collect();
            self.wrong(field, format!("expected one of {}", names.join(", ")));
        }
        channel
    }

    /// A state that must be given.
    pub fn state(&mut self, field: &str, number: i32) -> Option<Status> {
        let status = u8::try_from(number).ok().and_then(Status::from_code);
        if status.is_none() {
            self.wrong(field, format!("expected one of {}", state_names()));
        }
        status
    }

    /// A kind to filter by; none if not given.
    pub fn kind(&mut self, field: &str, number: i32) -> Option<Kind> {
        match proto::Kind::try_from(number) {
            Ok(proto::Kind::Unspecified) => None,
            Ok(proto::Kind::Procedure) => Some(Kind::Procedure),
            Ok(proto::Kind::Petition) => Some(Kind::Petition),
            Err(_unknown) => {
                self.wrong(field, "expected one of KIND_PROCEDURE, KIND_PETITION");
                None
            }
        }
    }

    /// States to filter by.
    pub fn states(&mut self, field: &str, numbers: &[i32]) -> Vec<Status> {
        if !self.few(field, numbers.len()) {
            return Vec::new();
        }
        let mut states = Vec::new();
        for (at, number) in numbers.iter().enumerate() {
            match u8::try_from(*number).ok().and_then(Status::from_code) {
                Some(status) if states.contains(&status) => {}
                Some(status) => states.push(status),
                None => self.wrong(
                    &format!("{field}[{at}]"),
                    format!("expected one of {}", state_names()),
                ),
            }
        }
        states
    }
}

fn state_names() -> String {
    let names: Vec<_> = Status::ALL
        .iter()
        .map(|status| state_of(*status).as_str_name())
        .collect();
    names.join(", ")
}

/// A channel as it is sent.
pub fn channel_of(channel: Channel) -> proto::Channel {
    match channel {
        Channel::Desk => proto::Channel::Desk,
        Channel::Online => proto::Channel::Online,
        Channel::Post => proto::Channel::Post,
    }
}

/// A state as it is sent.
pub fn state_of(status: Status) -> proto::dossier::State {
    use proto::dossier::State;
    match status {
        Status::Submitted => State::Submitted,
        Status::Received => State::Received,
        Status::Refused => State::Refused,
        Status::Processing => State::Processing,
        Status::SupplementRequested => State::SupplementRequested,
        Status::PaymentRequested => State::PaymentRequested,
        Status::Withdrawn => State::Withdrawn,
        Status::Stopped => State::Stopped,
        Status::Resolved => State::Resolved,
        Status::Returned => State::Returned,
    }
}

/// A kind as it is sent.
pub fn kind_of(kind: Kind) -> proto::Kind {
    match kind {
        Kind::Procedure => proto::Kind::Procedure,
        Kind::Petition => proto::Kind::Petition,
    }
}

/// A clock policy as it is sent.
pub fn policy_of(policy: ClockPolicy) -> proto::ClockPolicy {
    match policy {
        ClockPolicy::RestartOnComplete => proto::ClockPolicy::RestartOnComplete,
        ClockPolicy::ExcludeInterval => proto::ClockPolicy::ExcludeInterval,
        ClockPolicy::ShiftDue => proto::ClockPolicy::ShiftDue,
        ClockPolicy::NoStop => proto::ClockPolicy::NoStop,
        ClockPolicy::StopWhileFinancial => proto::ClockPolicy::StopWhileFinancial,
    }
}

/// The resource name of a unit.
pub fn unit_name(code: &UnitCode) -> String {
    format!("units/{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_state_is_the_national_code() {
        for status in Status::ALL {
            assert_eq!(state_of(status) as i32, i32::from(status.code()));
            assert_eq!(
                state_of(status).as_str_name(),
                format!("STATE_{}", status.as_str())
            );
        }
    }

    #[test]
    fn a_channel_that_is_not_accepted_here_names_those_that_are() {
        let mut fields = Fields::default();
        let accepted = [Channel::Desk, Channel::Post];
        assert_eq!(fields.channel("channel", 0, &accepted), None);
        assert_eq!(fields.channel("channel", 1, &accepted), Some(Channel::Desk));
        assert_eq!(fields.channel("channel", 2, &accepted), None);
        assert_eq!(fields.channel("channel", 9, &accepted), None);
        let Err(app::Error::Invalid(wrong)) = fields.done(Some(())) else {
            panic!("two are wrong");
        };
        assert_eq!(wrong.len(), 2);
        assert_eq!(
            wrong[0].problem,
            "expected one of CHANNEL_DESK, CHANNEL_POST"
        );
    }
}
