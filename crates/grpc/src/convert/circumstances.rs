//! The circumstances and the fee of a dossier, as requests name and answers show them.

use domain::dossier::contents::CircumstancesGiven;
use domain::dossier::private::Words;
use domain::dossier::{Dossier, FeeState, Origin, PaymentMethod, QueueTicket, Setting};

use super::fields::Fields;
use super::request_context::{RequestContext, unit_name};
use crate::proto;

/// The circumstances in a request.
#[derive(Default)]
pub struct Given<'a> {
    pub origin: i32,
    pub setting: i32,
    pub queue_ticket: &'a str,
    pub fee_exemption: &'a str,
    pub incident_place: &'a str,
    pub incident_area: &'a str,
}

impl Given<'_> {
    /// Reads it.
    pub fn read(&self, fields: &mut Fields, context: &RequestContext) -> CircumstancesGiven {
        let origin = match proto::Origin::try_from(self.origin) {
            Ok(proto::Origin::Unspecified | proto::Origin::Citizen) => Origin::Citizen,
            Ok(proto::Origin::Agency) => Origin::Agency,
            Err(_unknown) => {
                fields.wrong("origin", "expected one of ORIGIN_CITIZEN, ORIGIN_AGENCY");
                Origin::Citizen
            }
        };
        let setting = match proto::Setting::try_from(self.setting) {
            Ok(proto::Setting::Unspecified | proto::Setting::Usual) => Setting::Usual,
            Ok(proto::Setting::Mobile) => Setting::Mobile,
            Ok(proto::Setting::OnSite) => Setting::OnSite,
            Err(_unknown) => {
                fields.wrong(
                    "setting",
                    "expected one of SETTING_USUAL, SETTING_MOBILE, SETTING_ON_SITE",
                );
                Setting::Usual
            }
        };
        CircumstancesGiven {
            accept_incomplete: Words::default(),
            origin,
            setting,
            queue_ticket: fields.optional("queue_ticket", self.queue_ticket, QueueTicket::parse),
            fee_exemption: fields.optional_words("fee_exemption", self.fee_exemption),
            incident_area: context.optional_commune(fields, "incident_area", self.incident_area),
            incident_place: fields.optional_words("incident_place", self.incident_place),
        }
    }
}

impl Fields {
    /// The method of a payment; none if not given.
    pub fn payment_method(&mut self, field: &str, number: i32) -> Option<PaymentMethod> {
        match proto::PaymentMethod::try_from(number) {
            Ok(proto::PaymentMethod::Unspecified) => None,
            Ok(proto::PaymentMethod::Cash) => Some(PaymentMethod::Cash),
            Ok(proto::PaymentMethod::Card) => Some(PaymentMethod::Card),
            Ok(proto::PaymentMethod::Qr) => Some(PaymentMethod::Qr),
            Ok(proto::PaymentMethod::MobileMoney) => Some(PaymentMethod::MobileMoney),
            Ok(proto::PaymentMethod::Portal) => Some(PaymentMethod::Portal),
            Err(_unknown) => {
                let names = PaymentMethod::ALL.map(|method| method_of(method).as_str_name());
                self.wrong(field, format!("expected one of {}", names.join(", ")));
                None
            }
        }
    }
}

/// A method of payment, for the wire.
pub fn method_of(method: PaymentMethod) -> proto::PaymentMethod {
    match method {
        PaymentMethod::Cash => proto::PaymentMethod::Cash,
        PaymentMethod::Card => proto::PaymentMethod::Card,
        PaymentMethod::Qr => proto::PaymentMethod::Qr,
        PaymentMethod::MobileMoney => proto::PaymentMethod::MobileMoney,
        PaymentMethod::Portal => proto::PaymentMethod::Portal,
    }
}

/// Who began a dossier, for the wire.
pub fn origin_of(dossier: &Dossier) -> proto::Origin {
    match dossier.circumstances.origin {
        Origin::Citizen => proto::Origin::Citizen,
        Origin::Agency => proto::Origin::Agency,
    }
}

/// Where a dossier was received, for the wire.
pub fn setting_of(dossier: &Dossier) -> proto::Setting {
    match dossier.circumstances.setting {
        Setting::Usual => proto::Setting::Usual,
        Setting::Mobile => proto::Setting::Mobile,
        Setting::OnSite => proto::Setting::OnSite,
    }
}

/// The commune of a petition's incident, for the wire.
pub fn incident_area_of(dossier: &Dossier) -> String {
    let incident = dossier.circumstances.incident.as_ref();
    let area = incident.and_then(|incident| incident.area.as_ref());
    area.map(unit_name).unwrap_or_default()
}

/// The state of a dossier's fee, for the wire.
pub fn fee_state_of(dossier: &Dossier) -> proto::FeeState {
    match dossier.fee_state() {
        FeeState::Nothing => proto::FeeState::Nothing,
        FeeState::Due => proto::FeeState::Due,
        FeeState::Paid => proto::FeeState::Paid,
        FeeState::Refunded => proto::FeeState::Refunded,
        FeeState::Exempt => proto::FeeState::Exempt,
    }
}
