//! How forms name things: agencies, places, desks, fees.

use documents::forms::Kind;
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Event, FeeState};
use domain::id::{ComponentCode, UnitCode};
use domain::procedure::OnExpiry;

use crate::receipt_sheet::Desk;
use crate::view::View;

/// Whether an event is told by a form of this kind.
#[must_use]
pub fn tells(kind: Kind, event: &Event) -> bool {
    match kind {
        Kind::Receipt | Kind::Control => matches!(event, Event::Received(_)),
        Kind::Supplement => matches!(event, Event::SupplementRequested(_)),
        Kind::Apology => matches!(event, Event::Extended(_) | Event::Apologised(_)),
        Kind::Stop => matches!(event, Event::Withdrawn(_)),
        Kind::Refusal => match event {
            Event::Refused(_) | Event::Stopped(_) => true,
            Event::Expired(expired) => expired.ends == OnExpiry::Refuse,
            _ => false,
        },
        Kind::Result => matches!(event, Event::Returned(_)),
        Kind::Register | Kind::HandOver => false,
    }
}

/// `Ủy ban nhân dân phường Minh Xuân`. A centre is an agency of its own and keeps its name.
#[must_use]
pub fn agency(unit: &str) -> String {
    let is_commune = ["Phường", "Xã", "Đặc khu"]
        .iter()
        .any(|kind| unit.starts_with(kind));
    if is_commune {
        format!("Ủy ban nhân dân {}", lower_first(unit))
    } else {
        unit.to_owned()
    }
}

/// The place before the day: the unit's name without its kind.
#[must_use]
pub fn place(unit: &str) -> &str {
    let kinds = ["Phường ", "Xã ", "Đặc khu "];
    let mut named = kinds.iter().filter_map(|kind| unit.strip_prefix(kind));
    named.next().unwrap_or(unit)
}

/// The text with its first letter small: `phường Minh Xuân` inside a sentence.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// `Bộ phận Một cửa phường Minh Xuân, Số 1 đường Mẫu, điện thoại 0200 000 0000`.
pub(super) fn returned_at(desk: &Desk) -> String {
    let mut place = format!("Bộ phận Một cửa {}", lower_first(&desk.name));
    if !desk.address.is_empty() {
        place = format!("{place}, {}", desk.address);
    }
    if !desk.telephone.is_empty() {
        place = format!("{place}, điện thoại {}", desk.telephone);
    }
    place
}

/// How a dossier stands with its fee.
pub(super) fn fee(view: &View) -> String {
    let dossier = &view.dossier;
    match dossier.fee_state() {
        FeeState::Exempt => "được miễn".to_owned(),
        FeeState::Paid => format!("đã nộp {}", money(dossier.fee_paid_vnd)),
        FeeState::Refunded => "đã hoàn trả".to_owned(),
        FeeState::Due => {
            let open = dossier.fee_open_vnd.unwrap_or_default();
            format!("{}, chưa nộp", money(open))
        }
        FeeState::Nothing => "chưa thu".to_owned(),
    }
}

/// `1.250.000 đồng`.
fn money(vnd: u64) -> String {
    let digits = vnd.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{grouped} đồng")
}

/// How a result reaches the citizen.
#[must_use]
pub fn way_out(channel: Channel) -> &'static str {
    match channel {
        Channel::Desk => "tại quầy",
        Channel::Post => "qua bưu chính",
        Channel::Online => "trực tuyến",
    }
}

/// The name of a unit; its code if the catalogue does not know it.
pub(super) fn unit_name(catalogue: &Catalogue, unit: &UnitCode) -> String {
    let known = catalogue.units.get(unit);
    known.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
}

/// The name of a paper; its code if the procedure does not name it.
#[must_use]
pub fn component_name(view: &View, code: &ComponentCode) -> String {
    let mut named = view.procedure.components.iter();
    named
        .find(|component| component.code == *code)
        .map_or_else(|| code.to_string(), |component| component.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_named_as_letterheads_name_them() {
        assert_eq!(
            agency("Phường Minh Xuân"),
            "Ủy ban nhân dân phường Minh Xuân"
        );
        assert_eq!(place("Xã Yên Thành"), "Yên Thành");
        let centre = "Trung tâm Phục vụ hành chính công tỉnh Tuyên Quang";
        assert_eq!(agency(centre), centre);
    }

    #[test]
    fn money_is_grouped_by_points() {
        let said = [0, 999, 1_000, 1_250_000].map(money);
        assert_eq!(said, ["0 đồng", "999 đồng", "1.000 đồng", "1.250.000 đồng"]);
    }
}
