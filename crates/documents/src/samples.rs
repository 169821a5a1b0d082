//! One example of each form with everything in it and one with nothing that may be missing. Layouts
//! are drawn with both before anybody prints.

use chrono::NaiveDate;
use domain::time::Instant;
use minijinja::Value;

use crate::apology::Apology;
use crate::control::{ControlRow, ControlSlip};
use crate::form::{Filled, Form, Kind};
use crate::hand_over::{HandOverList, HandOverRow};
use crate::paper::{Head, Printed};
use crate::refusal::RefusalNotice;
use crate::register::{Register, RegisterRow};
use crate::result::ResultReceipt;
use crate::slip::{Paper, Receipt};
use crate::stop::StopNotice;
use crate::supplement::Supplement;

/// The contents of both examples.
pub(crate) fn of(form: &Form) -> Vec<Value> {
    let examples = [true, false].map(|full| example(form, full));
    let values = examples.iter().map(|filled| filled.values());
    values.filter_map(Result::ok).collect()
}

/// An example of a form.
pub(crate) fn example(form: &Form, full: bool) -> Box<dyn Filled> {
    let text = |text: &str| if full { text.to_owned() } else { String::new() };
    let at: Instant = Instant::UNIX_EPOCH + chrono::TimeDelta::days(20_667);
    let perhaps = full.then_some(at);
    let head = Head {
        agency: "Ủy ban nhân dân phường Minh Xuân".to_owned(),
        place: "Minh Xuân".to_owned(),
        day: at,
        form: form.clone(),
        printed: Printed(if full { 2 } else { 1 }),
    };
    let code = "H60.02215-261130-0001".to_owned();
    let applicant = "Nông Thị Hương".to_owned();
    let address = text("Tổ 6, phường Minh Xuân, tỉnh Tuyên Quang");
    let phone = text("0900 000 412");
    let procedure = "Cấp Giấy xác nhận tình trạng hôn nhân".to_owned();
    let procedure_code = "1.004873".to_owned();
    let lookup = "https://motcua.example/lookup?code=H60.02215-261130-0001".to_owned();
    let desk = "Bộ phận Một cửa phường Minh Xuân".to_owned();
    match form.kind {
        Kind::Receipt => Box::new(Receipt {
            papers: if full { vec![a_paper()] } else { Vec::new() },
            fee: "8.000 đồng, chưa nộp".to_owned(),
            limit: text("3 ngày làm việc"),
            received: at,
            due: perhaps,
            arithmetic: vec![text(
                "Thứ Ba 01/12 đến thứ Năm 03/12/2026: ngày làm việc thứ 1 đến thứ 3.",
            )],
            returned_at: desk,
            lookup_words: "motcua.example/lookup".to_owned(),
            pin: text("K7QX-2M4D"),
            receiver: text("Lương Thu Trang"),
            head,
            code,
            applicant,
            address,
            phone,
            procedure,
            procedure_code,
            lookup,
        }),
        Kind::Supplement => Box::new(Supplement {
            round: 1,
            items: vec!["Trích lục ghi chú ly hôn".to_owned()],
            reason: "Tờ khai ghi đã ly hôn".to_owned(),
            respond_by: perhaps,
            stands: full,
            guide: text("Lương Thu Trang"),
            head,
            code,
            applicant,
            address,
            phone,
            procedure,
            procedure_code,
            lookup,
        }),
        Kind::Refusal => Box::new(RefusalNotice {
            submitted: perhaps,
            received: None,
            papers: usize::from(full),
            reason: "Không thuộc thẩm quyền giải quyết".to_owned(),
            legal_basis: text("Luật Hộ tịch, Điều 21"),
            competent: text("Ủy ban nhân dân phường Nông Tiến"),
            contact: desk,
            position: text("Chủ tịch"),
            signatory: text("Hoàng Đức Thịnh"),
            code: if full { code } else { String::new() },
            head,
            applicant,
            address,
            phone,
            procedure,
            procedure_code,
            lookup,
        }),
        Kind::Apology => Box::new(Apology {
            received: at,
            old: at,
            new: at,
            reason: "phải xác minh tại nơi cư trú trước đây".to_owned(),
            position: text("Chủ tịch"),
            signatory: text("Hoàng Đức Thịnh"),
            head,
            code,
            applicant,
            address,
            procedure,
            lookup,
        }),
        Kind::Stop => Box::new(StopNotice {
            received: perhaps,
            stopped: at,
            reason: text("không còn nhu cầu"),
            returned_at: desk,
            fee: "chưa thu".to_owned(),
            position: text("Chủ tịch"),
            signatory: text("Hoàng Đức Thịnh"),
            head,
            code,
            applicant,
            address,
            procedure,
            procedure_code,
            lookup,
        }),
        Kind::Control => Box::new(ControlSlip {
            received: at,
            due: perhaps,
            resolving: "Phường Minh Xuân".to_owned(),
            rows: if full { vec![a_change(at)] } else { Vec::new() },
            head,
            code,
            applicant,
            phone,
            procedure,
            procedure_code,
            lookup,
        }),
        Kind::Register => Box::new(Register {
            from: NaiveDate::default(),
            to: NaiveDate::default(),
            rows: if full {
                vec![RegisterRow::default()]
            } else {
                Vec::new()
            },
            head,
        }),
        Kind::HandOver => Box::new(HandOverList {
            giver: desk,
            rows: if full {
                vec![a_dossier(at)]
            } else {
                Vec::new()
            },
            head,
        }),
        Kind::Result => Box::new(ResultReceipt {
            receiver: text("Nông Văn Bình"),
            proxy: full,
            channel: "tại quầy".to_owned(),
            documents: if full {
                vec!["Giấy xác nhận tình trạng hôn nhân".to_owned()]
            } else {
                Vec::new()
            },
            returned: at,
            due: perhaps,
            outcome: text("đúng hạn"),
            fee: "chưa thu".to_owned(),
            giver: text("Lương Thu Trang"),
            head,
            code,
            applicant,
            address,
            procedure,
            procedure_code,
            lookup,
        }),
    }
}

fn a_paper() -> Paper {
    Paper {
        name: "Tờ khai theo mẫu".to_owned(),
        original: 1,
        certified: 1,
        plain: 1,
    }
}

fn a_change(at: Instant) -> ControlRow {
    ControlRow {
        giver: "Lương Thu Trang, Bộ phận Một cửa".to_owned(),
        taker: "Bàn Hữu Khánh, Phường Minh Xuân".to_owned(),
        at,
        outcome: "đúng hạn".to_owned(),
        note: "bản giấy".to_owned(),
    }
}

fn a_dossier(at: Instant) -> HandOverRow {
    HandOverRow {
        code: "H60.02215-261130-0001".to_owned(),
        procedure: "Cấp Giấy xác nhận tình trạng hôn nhân".to_owned(),
        applicant: "Nông Thị Hương".to_owned(),
        taker: "Phường Minh Xuân".to_owned(),
        by: Some(at),
        due: Some(at),
    }
}

/// A refusal with everything in it.
#[cfg(test)]
pub(crate) fn a_refusal(form: &Form) -> RefusalNotice {
    RefusalNotice {
        head: Head {
            agency: "Ủy ban nhân dân phường Minh Xuân".to_owned(),
            place: "Minh Xuân".to_owned(),
            day: Instant::UNIX_EPOCH,
            form: form.clone(),
            printed: Printed(1),
        },
        code: String::new(),
        applicant: String::new(),
        address: String::new(),
        phone: String::new(),
        procedure: String::new(),
        procedure_code: String::new(),
        submitted: None,
        received: None,
        papers: 0,
        reason: String::new(),
        legal_basis: String::new(),
        competent: String::new(),
        contact: String::new(),
        lookup: "https://motcua.example".to_owned(),
        position: String::new(),
        signatory: String::new(),
    }
}
