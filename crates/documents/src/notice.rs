//! A unit's monthly notice in words: received, resolved, late, and what to do.

use domain::indicator::{Cell, Ii06a, Ii06aUnit, Memo};

/// The notice of a unit in Vietnamese: a paragraph, then one line for each thing to do.
#[must_use]
pub fn notice(form: &Ii06a, unit: &Ii06aUnit) -> String {
    let (from, to) = (form.from.format("%d/%m/%Y"), form.to.format("%d/%m/%Y"));
    let row = |cell| unit.row.get(cell);
    let memo = |memo| unit.memo.count(memo);
    let mut lines = vec![format!("{}, từ ngày {from} đến ngày {to}.", unit.name)];
    if row(Cell::Total) == 0 {
        lines.push("Không có hồ sơ.".to_owned());
        return lines.join("\n") + "\n";
    }
    let received = row(Cell::ReceivedOnline) + row(Cell::ReceivedDirect);
    lines.push(format!(
        "Tiếp nhận {received} hồ sơ, trong đó {} trực tuyến; kỳ trước chuyển sang {}.",
        row(Cell::ReceivedOnline),
        row(Cell::CarriedOver)
    ));
    let resolved = row(Cell::Resolved);
    lines.push(if resolved == 0 {
        "Chưa giải quyết xong hồ sơ nào.".to_owned()
    } else {
        let in_time = row(Cell::Early) + row(Cell::OnDue);
        let share = f64::from(in_time) / f64::from(resolved) * 100.0;
        let share = format!("{share:.1}").replace('.', ",");
        format!(
            "Đã giải quyết {resolved} hồ sơ: {in_time} trước hạn và đúng hạn ({share}%), {} quá hạn.",
            row(Cell::Late)
        )
    });
    lines.push(format!(
        "Đang giải quyết {} hồ sơ, trong đó {} quá hạn.",
        row(Cell::Pending),
        row(Cell::PendingLate)
    ));
    let unapologised = memo(Memo::PendingLateUnapologised);
    let missing = memo(Memo::LateUnapologised) + unapologised;
    if missing > 0 {
        lines.push(format!("{missing} hồ sơ quá hạn chưa có văn bản xin lỗi."));
    }
    let mut to_do = Vec::new();
    if unapologised > 0 {
        to_do.push(format!(
            "Gửi văn bản xin lỗi và hẹn lại cho {unapologised} hồ sơ đang quá hạn."
        ));
    }
    if memo(Memo::UnansweredLate) > 0 {
        to_do.push(format!(
            "Trả lời {} hồ sơ trực tuyến đã quá 8 giờ làm việc.",
            memo(Memo::UnansweredLate)
        ));
    }
    let late = row(Cell::PendingLate);
    if late > 0 {
        to_do.push(format!("Giải quyết trước {late} hồ sơ đang quá hạn."));
    }
    if !to_do.is_empty() {
        lines.push("Việc cần làm:".to_owned());
        lines.extend(to_do.into_iter().map(|line| format!("- {line}")));
    }
    lines.join("\n") + "\n"
}
