//! The table of refusals: the stable reason of each, its variables, and the text in the clerk's
//! language and in English.

use super::Refusal;
use crate::calendar;
use crate::id::UnitCode;
use crate::procedure::{Reach, Unscanned};
use crate::time;

/// One row of the table of refusals: what a program reads and what a person reads.
struct Row {
    /// Stable, in capitals.
    reason: &'static str,
    /// Every variable of the two messages, by name.
    variables: Vec<(&'static str, String)>,
    en: String,
    vi: String,
}

impl Refusal {
    /// The stable reason: part of the contract.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.row().reason
    }

    /// Every variable of the messages, by name.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        self.row().variables
    }

    /// What was expected, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        self.row().en
    }

    /// The same for the clerk, in Vietnamese.
    #[must_use]
    pub fn message_vi(&self) -> String {
        self.row().vi
    }

    /// The table of refusals.
    fn row(&self) -> Row {
        match self {
            Refusal::WrongState { act, status } => Row {
                reason: "WRONG_STATE",
                variables: vec![
                    ("action", act.method.into()),
                    ("state", status.as_str().into()),
                ],
                en: format!(
                    "{} is not possible while the dossier is {}",
                    act.method,
                    status.name_en()
                ),
                vi: format!(
                    "Không thể {} khi hồ sơ đang ở trạng thái “{}”.",
                    act.vi,
                    status.name_vi()
                ),
            },
            Refusal::Mirrored { system } => Row {
                reason: "MIRRORED",
                variables: vec![("system", system.clone())],
                en: format!(
                    "{system} keeps this dossier, or all dossiers of its procedure; only that system may \
                     receive and change them"
                ),
                vi: format!(
                    "Hồ sơ này, hoặc mọi hồ sơ của thủ tục này, do {system} quản lý; chỉ hệ thống đó được \
                     tiếp nhận và cập nhật."
                ),
            },
            Refusal::ProcedureNotInForce { procedure, day } => Row {
                reason: "PROCEDURE_NOT_IN_FORCE",
                variables: vec![
                    ("procedure", procedure.to_string()),
                    ("day", day.to_string()),
                ],
                en: format!("procedure {procedure} has no version in force on {day}"),
                vi: format!(
                    "Thủ tục {procedure} không có phiên bản nào có hiệu lực vào ngày {}.",
                    day.format("%d/%m/%Y")
                ),
            },
            Refusal::CaseUnknown { case, known } => Row {
                reason: "CASE_UNKNOWN",
                variables: vec![("case", case.to_string()), ("known", list(known))],
                en: format!("the procedure has no case {case}; it has {}", list(known)),
                vi: format!(
                    "Thủ tục không có trường hợp {case}; các trường hợp: {}.",
                    list(known)
                ),
            },
            Refusal::ComponentsUnknown { components } => Row {
                reason: "COMPONENTS_UNKNOWN",
                variables: vec![("components", list(components))],
                en: format!("the procedure does not name {}", list(components)),
                vi: format!("Thủ tục không có thành phần hồ sơ: {}.", list(components)),
            },
            Refusal::ComponentsMissing { components } => Row {
                reason: "COMPONENTS_MISSING",
                variables: vec![("components", list(components))],
                en: format!("required components are missing: {}", list(components)),
                vi: format!("Thiếu thành phần hồ sơ bắt buộc: {}.", list(components)),
            },
            Refusal::StepNotNext { step, next } => Row {
                reason: "STEP_NOT_NEXT",
                variables: vec![
                    (
                        "step",
                        step.as_ref().map(ToString::to_string).unwrap_or_default(),
                    ),
                    ("next", list(next)),
                ],
                en: match step {
                    _ if next.is_empty() => "no step follows here".into(),
                    Some(step) => format!(
                        "step {step} does not follow here; the next step is one of: {}",
                        list(next)
                    ),
                    None => format!("a step is needed; the next step is one of: {}", list(next)),
                },
                vi: match step {
                    _ if next.is_empty() => "Không có bước tiếp theo nào từ đây.".into(),
                    Some(step) => format!(
                        "Không thể chuyển đến bước {step}; bước tiếp theo là một trong: {}.",
                        list(next)
                    ),
                    None => format!("Cần chọn bước tiếp theo, một trong: {}.", list(next)),
                },
            },
            Refusal::StepNotFinal { step, next } => Row {
                reason: "STEP_NOT_FINAL",
                variables: vec![("step", step.to_string()), ("next", list(next))],
                en: format!(
                    "a dossier cannot be resolved at step {step}; it goes on to: {}",
                    list(next)
                ),
                vi: format!(
                    "Không thể kết thúc hồ sơ ở bước {step}; cần chuyển đến: {}.",
                    list(next)
                ),
            },
            Refusal::StepOfOtherRole { step, role } => Row {
                reason: "STEP_OF_OTHER_ROLE",
                variables: vec![("step", step.to_string()), ("role", role.to_string())],
                en: format!("step {step} belongs to the role {role}"),
                vi: format!("Bước {step} do {} thực hiện.", role.name_vi()),
            },
            Refusal::NotOnTheSpot => Row {
                reason: "NOT_ON_THE_SPOT",
                variables: Vec::new(),
                en: "this procedure is not given back on the spot; advance the dossier first"
                    .into(),
                vi: "Thủ tục này không trả kết quả ngay; cần chuyển xử lý trước.".into(),
            },
            Refusal::NotAPetition { procedure } => Row {
                reason: "NOT_A_PETITION",
                variables: vec![("procedure", procedure.to_string())],
                en: format!(
                    "procedure {procedure} is no petition; only a petition is about an incident in a place"
                ),
                vi: format!(
                    "Thủ tục {procedure} không phải phản ánh, kiến nghị nên không có địa điểm xảy ra vụ việc."
                ),
            },
            Refusal::SupplementUsed { permitted } => Row {
                reason: "SUPPLEMENT_USED",
                variables: vec![("permitted", permitted.to_string())],
                en: format!(
                    "papers may be requested at most {permitted} time(s); a further request needs a reason, its legal basis and another person's permission"
                ),
                vi: format!(
                    "Chỉ được yêu cầu bổ sung {permitted} lần; yêu cầu thêm phải có lý do, căn cứ pháp lý và được người khác cho phép."
                ),
            },
            Refusal::ExtensionUsed => Row {
                reason: "EXTENSION_USED",
                variables: Vec::new(),
                en: "the dossier was already extended once".into(),
                vi: "Hồ sơ đã được gia hạn một lần.".into(),
            },
            Refusal::NoVerification => Row {
                reason: "NO_VERIFICATION",
                variables: Vec::new(),
                en: "the procedure gives no time for verification, or it was already used".into(),
                vi: "Thủ tục không có thời gian xác minh, hoặc đã sử dụng.".into(),
            },
            Refusal::NoDueTime => Row {
                reason: "NO_DUE_TIME",
                variables: Vec::new(),
                en: "the dossier has no due time that could be extended".into(),
                vi: "Hồ sơ không có hạn trả để gia hạn.".into(),
            },
            Refusal::PaymentTooLarge { open_vnd } => Row {
                reason: "PAYMENT_TOO_LARGE",
                variables: vec![("open_vnd", open_vnd.to_string())],
                en: format!("{open_vnd} đồng are still due; more would have to be given back"),
                vi: format!(
                    "Số tiền còn phải nộp là {open_vnd} đồng; không ghi nhận quá số tiền đã yêu cầu."
                ),
            },
            Refusal::PaymentKnown {
                reference,
                amount_vnd,
            } => Row {
                reason: "PAYMENT_KNOWN",
                variables: vec![
                    ("reference", reference.to_string()),
                    ("amount_vnd", amount_vnd.to_string()),
                ],
                en: format!("payment {reference} is recorded already, of {amount_vnd} đồng"),
                vi: format!(
                    "Giao dịch {reference} đã được ghi nhận với số tiền {amount_vnd} đồng; hãy kiểm tra lại số tiền."
                ),
            },
            Refusal::RefundTooLarge { kept_vnd } => Row {
                reason: "REFUND_TOO_LARGE",
                variables: vec![("kept_vnd", kept_vnd.to_string())],
                en: format!(
                    "at most {kept_vnd} đồng, paid and not yet given back, can be given back"
                ),
                vi: format!("Chỉ có thể hoàn tối đa {kept_vnd} đồng đã thu và chưa hoàn."),
            },
            Refusal::DueNotLater { due } => Row {
                reason: "DUE_NOT_LATER",
                variables: vec![("due_time", time::rfc3339(*due))],
                en: format!(
                    "the new due time must be later than {}",
                    time::rfc3339(*due)
                ),
                vi: format!(
                    "Hạn trả mới phải sau {}.",
                    time::local(*due).format("%H:%M ngày %d/%m/%Y")
                ),
            },
            Refusal::ClockStands => Row {
                reason: "CLOCK_STANDS",
                variables: Vec::new(),
                en: "the clock stands until the citizen answers; there is nothing to extend yet"
                    .into(),
                vi: "Hồ sơ đang tạm dừng tính thời gian chờ công dân; chưa thể gia hạn.".into(),
            },
            Refusal::AlreadyThere { unit } => Row {
                reason: "ALREADY_THERE",
                variables: vec![("unit", unit.to_string())],
                en: format!("unit {unit} decides this dossier already"),
                vi: format!("Hồ sơ đang do đơn vị {unit} giải quyết; cần chọn đơn vị khác."),
            },
            Refusal::NotHolder { giver, holder } => Row {
                reason: "NOT_HOLDER",
                variables: vec![
                    ("giver", giver.to_string()),
                    ("holder", holder.party.actor.to_string()),
                    ("holder_unit", holder.party.unit.to_string()),
                    ("since_time", time::rfc3339(holder.since)),
                ],
                en: format!(
                    "{giver} does not hold the papers; {} of {} has held them since {}",
                    holder.party.actor,
                    holder.party.unit,
                    time::rfc3339(holder.since)
                ),
                vi: format!(
                    "{giver} không giữ hồ sơ; {} ({}) đang giữ từ {}.",
                    holder.party.actor,
                    holder.party.unit,
                    time::local(holder.since).format("%H:%M ngày %d/%m/%Y")
                ),
            },
            Refusal::AlreadyHolder { receiver } => Row {
                reason: "ALREADY_HOLDER",
                variables: vec![("receiver", receiver.to_string())],
                en: format!("{receiver} holds the papers already; expected somebody else"),
                vi: format!("{receiver} đang giữ hồ sơ; cần chọn người nhận khác."),
            },
            Refusal::LeadTaken { leg, unit } => Row {
                reason: "LEAD_TAKEN",
                variables: vec![("leg", leg.to_string()), ("unit", unit.to_string())],
                en: format!("leg {leg} of {unit} leads this dossier already; only one may"),
                vi: format!(
                    "Nhánh {leg} của {unit} đã là đơn vị chủ trì; chỉ có một đơn vị chủ trì."
                ),
            },
            Refusal::LegsOpen { legs } => Row {
                reason: "LEGS_OPEN",
                variables: vec![("legs", numbered(legs))],
                en: format!(
                    "a dossier is resolved when its legs are closed; still open: {}",
                    numbered(legs)
                ),
                vi: format!(
                    "Chưa thể kết thúc hồ sơ: các nhánh liên thông chưa xong: {}.",
                    numbered(legs)
                ),
            },
            Refusal::LegNotOpen { number, open } => Row {
                reason: "LEG_NOT_OPEN",
                variables: vec![("number", number.to_string()), ("open", list(open))],
                en: format!(
                    "the dossier has no open leg {number}; open: {}",
                    list_or_none(open)
                ),
                vi: format!("Hồ sơ không có nhánh liên thông {number} đang thực hiện."),
            },
            Refusal::TooManyLegs { most } => Row {
                reason: "TOO_MANY_LEGS",
                variables: vec![("most", most.to_string())],
                en: format!("a dossier has at most {most} legs"),
                vi: format!("Một hồ sơ có nhiều nhất {most} nhánh liên thông."),
            },
            Refusal::ConsultationNotOpen { number, open } => Row {
                reason: "CONSULTATION_NOT_OPEN",
                variables: vec![("number", number.to_string()), ("open", list(open))],
                en: format!(
                    "the dossier has no unanswered consultation {number}; unanswered: {}",
                    list_or_none(open)
                ),
                vi: format!("Hồ sơ không có yêu cầu lấy ý kiến {number} đang chờ trả lời."),
            },
            Refusal::TooManyConsultations { most } => Row {
                reason: "TOO_MANY_CONSULTATIONS",
                variables: vec![("most", most.to_string())],
                en: format!("a dossier has at most {most} consultations"),
                vi: format!("Một hồ sơ có nhiều nhất {most} yêu cầu lấy ý kiến."),
            },
            Refusal::NoOpenConflict { number, open } => Row {
                reason: "NO_OPEN_CONFLICT",
                variables: vec![("conflict", number.to_string()), ("open", list(open))],
                en: if open.is_empty() {
                    format!("conflict {number} is not open, nor is any other")
                } else {
                    format!(
                        "conflict {number} is not open; those open are: {}",
                        list(open)
                    )
                },
                vi: if open.is_empty() {
                    format!("Không có mâu thuẫn số {number} đang mở.")
                } else {
                    format!(
                        "Không có mâu thuẫn số {number} đang mở; đang mở: {}.",
                        list(open)
                    )
                },
            },
            Refusal::NotCredible { number, why } => Row {
                reason: "NOT_CREDIBLE",
                variables: vec![
                    ("conflict", number.to_string()),
                    ("contradiction", why.as_str().into()),
                ],
                en: format!(
                    "the message of conflict {number} cannot be believed, as it is {}; expected it to be settled without",
                    why.as_str()
                ),
                vi: format!(
                    "Thông điệp của mâu thuẫn số {number} không thể áp dụng; chỉ có thể ghi nhận đã xử lý."
                ),
            },
            Refusal::PossibleDuplicate { existing } => Row {
                reason: "POSSIBLE_DUPLICATE",
                variables: (existing.iter().cloned())
                    .map(|code| ("existing", code))
                    .collect(),
                en: format!(
                    "the same person has an open dossier for this procedure: {}; set duplicate_intended to receive a second one",
                    existing.as_deref().unwrap_or("at another unit")
                ),
                vi: format!(
                    "Người này đang có hồ sơ chưa giải quyết của cùng thủ tục: {}. Chọn “vẫn tiếp nhận” nếu là hồ sơ khác.",
                    existing.as_deref().unwrap_or("tại đơn vị khác")
                ),
            },
            Refusal::AlreadyRated { at } => Row {
                reason: "ALREADY_RATED",
                variables: vec![("rate_time", time::rfc3339(*at))],
                en: format!(
                    "the dossier was rated on {}; it is rated once",
                    time::rfc3339(*at)
                ),
                vi: format!(
                    "Hồ sơ đã được đánh giá lúc {}; mỗi hồ sơ chỉ đánh giá một lần.",
                    time::local(*at).format("%H:%M ngày %d/%m/%Y")
                ),
            },
            Refusal::NothingToCorrect => Row {
                reason: "NOTHING_TO_CORRECT",
                variables: Vec::new(),
                en: "the correction changes nothing".into(),
                vi: "Nội dung đính chính không thay đổi gì.".into(),
            },
            Refusal::CorrectionOpen { number } => Row {
                reason: "CORRECTION_OPEN",
                variables: vec![("number", number.to_string())],
                en: format!(
                    "correction {number} of the same field waits for a decision; decide on it first"
                ),
                vi: format!("Đính chính số {number} của cùng nội dung đang chờ duyệt."),
            },
            Refusal::CorrectionUnknown { number } => Row {
                reason: "CORRECTION_UNKNOWN",
                variables: vec![("number", number.to_string())],
                en: format!("no correction {number} waits for a decision"),
                vi: format!("Không có đính chính số {number} đang chờ duyệt."),
            },
            Refusal::SamePerson { actor } => Row {
                reason: "SAME_PERSON",
                variables: vec![("actor", actor.to_string())],
                en: format!(
                    "{actor} has done the first half of it; another person must do the second"
                ),
                vi: format!(
                    "{actor} đã thực hiện việc trước đó; việc này phải do người khác thực hiện."
                ),
            },
            Refusal::CodeNotOfDossier { code } => Row {
                reason: "CODE_NOT_OF_DOSSIER",
                variables: vec![("code", code.to_string())],
                en: format!("the dossier does not have the external code {code}"),
                vi: format!("Hồ sơ không có mã ngoài {code}."),
            },
            Refusal::NotEnded => Row {
                reason: "NOT_ENDED",
                variables: Vec::new(),
                en: "processing has not ended, so its end cannot be corrected".into(),
                vi: "Hồ sơ chưa kết thúc xử lý nên chưa có thời điểm kết thúc để đính chính."
                    .into(),
            },
            Refusal::EndTimeImpossible { begun, recorded } => Row {
                reason: "END_TIME_IMPOSSIBLE",
                variables: vec![
                    ("begin_time", time::rfc3339(*begun)),
                    ("end_time", time::rfc3339(*recorded)),
                ],
                en: format!(
                    "processing ended between {} and {}; expected a time between them",
                    time::rfc3339(*begun),
                    time::rfc3339(*recorded)
                ),
                vi: format!(
                    "Thời điểm kết thúc phải trong khoảng từ {} đến {}.",
                    time::local(*begun).format("%H:%M ngày %d/%m/%Y"),
                    time::local(*recorded).format("%H:%M ngày %d/%m/%Y")
                ),
            },
            Refusal::DayOver { day, newest } => Row {
                reason: "DAY_OVER",
                variables: vec![("day", day.to_string()), ("newest", newest.to_string())],
                en: format!(
                    "numbers of {day} can no longer be taken: the unit's numbering has come to {newest}"
                ),
                vi: format!(
                    "Không thể lấy số của ngày {}: đơn vị đã cấp số đến ngày {}.",
                    day.format("%d/%m/%Y"),
                    newest.format("%d/%m/%Y")
                ),
            },
            Refusal::NumberNotOpen { number, state } => Row {
                reason: "NUMBER_NOT_OPEN",
                variables: std::iter::once(("number", number.to_string()))
                    .chain(state.map(|state| ("number_state", state.to_owned())))
                    .collect(),
                en: match state {
                    None => format!("number {number} is in no block of this unit and day"),
                    Some(state) => format!("number {number} is {state} already"),
                },
                vi: match state {
                    None => {
                        format!("Số {number} không thuộc khối số nào của đơn vị trong ngày này.")
                    }
                    Some(_) => format!("Số {number} đã được sử dụng hoặc đã hủy."),
                },
            },
            Refusal::SupplementNotPermitted { permitted } => Row {
                reason: "SUPPLEMENT_NOT_PERMITTED",
                variables: vec![("permitted", permitted.to_string())],
                en: format!(
                    "papers were requested {permitted} time(s), as often as is permitted; a leader or the chairman must permit one more first"
                ),
                vi: format!(
                    "Đã yêu cầu bổ sung đủ {permitted} lần; lãnh đạo phải cho phép trước khi yêu cầu thêm."
                ),
            },
            Refusal::SupplementLeft { permitted } => Row {
                reason: "SUPPLEMENT_LEFT",
                variables: vec![("permitted", permitted.to_string())],
                en: format!(
                    "papers may be requested {permitted} time(s), and that is not used up; nothing has to be permitted"
                ),
                vi: format!("Chưa yêu cầu bổ sung đủ {permitted} lần nên chưa cần cho phép thêm."),
            },
            Refusal::PaperNotScanned { component, why } => Row {
                reason: "PAPER_NOT_SCANNED",
                variables: vec![
                    ("component", component.to_string()),
                    ("why", why.to_string()),
                ],
                en: format!(
                    "component {component} may not be scanned: {}",
                    match why {
                        Unscanned::Shown => "it is only shown",
                        Unscanned::Verification => "it tells what another agency found",
                        Unscanned::Secret => "it is secret",
                    }
                ),
                vi: format!(
                    "Không được số hóa giấy tờ {component}: {}.",
                    match why {
                        Unscanned::Shown => "chỉ xuất trình để đối chiếu",
                        Unscanned::Verification => "là kết quả xác minh, ý kiến của cơ quan khác",
                        Unscanned::Secret => "thuộc danh mục bí mật",
                    }
                ),
            },
            Refusal::ReplacedByData {
                component,
                database,
            } => Row {
                reason: "REPLACED_BY_DATA",
                variables: vec![
                    ("component", component.to_string()),
                    ("database", database.to_string()),
                ],
                en: format!(
                    "component {component} is taken from {database}; it may be asked for only with the reason why the data cannot be had"
                ),
                vi: format!(
                    "Giấy tờ {component} được thay bằng dữ liệu của {database}; chỉ được yêu cầu nộp khi ghi rõ lý do không khai thác được dữ liệu."
                ),
            },
            Refusal::BeyondReach {
                procedure,
                unit,
                reach,
            } => Row {
                reason: "BEYOND_REACH",
                variables: vec![
                    ("procedure", procedure.to_string()),
                    ("unit", unit.to_string()),
                    ("reach", reach.to_string()),
                ],
                en: format!(
                    "procedure {procedure} may not be received here for {unit}; its reach is {reach}"
                ),
                vi: format!(
                    "Thủ tục {procedure} không được tiếp nhận tại đây thay cho {unit}; phạm vi tiếp nhận: {}.",
                    match reach {
                        Reach::Unit => "chỉ tại cơ quan giải quyết",
                        Reach::Province => "trong tỉnh",
                        Reach::Nation => "toàn quốc",
                    }
                ),
            },
            Refusal::NotOnItsWay { arrived } => Row {
                reason: "NOT_ON_ITS_WAY",
                variables: vec![(
                    "arrive_time",
                    arrived.map(time::rfc3339).unwrap_or_default(),
                )],
                en: match arrived {
                    Some(at) => format!("the dossier arrived at {}", time::rfc3339(*at)),
                    None => {
                        "the unit that received the dossier decides it; it is not on its way".into()
                    }
                },
                vi: match arrived {
                    Some(at) => format!(
                        "Cơ quan có thẩm quyền đã nhận hồ sơ lúc {}.",
                        time::local(*at).format("%H:%M %d/%m/%Y")
                    ),
                    None => {
                        "Đơn vị tiếp nhận cũng là đơn vị giải quyết nên không có việc chuyển hồ sơ."
                            .into()
                    }
                },
            },
            Refusal::ArrivalImpossible { received, now } => Row {
                reason: "ARRIVAL_IMPOSSIBLE",
                variables: vec![
                    ("receive_time", time::rfc3339(*received)),
                    ("now", time::rfc3339(*now)),
                ],
                en: format!(
                    "expected an arrival from {} to {}",
                    time::rfc3339(*received),
                    time::rfc3339(*now)
                ),
                vi: format!(
                    "Thời điểm đến phải từ {} đến {}.",
                    time::local(*received).format("%H:%M %d/%m/%Y"),
                    time::local(*now).format("%H:%M %d/%m/%Y")
                ),
            },
            Refusal::NotReceived => Row {
                reason: "NOT_RECEIVED",
                variables: Vec::new(),
                en: "the dossier has not been received, so it has no receipt".into(),
                vi: "Hồ sơ chưa được tiếp nhận nên chưa có giấy tiếp nhận và hẹn trả kết quả."
                    .into(),
            },
            Refusal::Calendar(error @ calendar::Error::Begins { first_day }) => Row {
                reason: "CALENDAR_BEGINS",
                variables: vec![("first_day", first_day.to_string())],
                en: error.to_string(),
                vi: format!(
                    "Lịch làm việc chỉ có từ ngày {}.",
                    first_day.format("%d/%m/%Y")
                ),
            },
            Refusal::Calendar(error @ calendar::Error::Ends { last_day }) => Row {
                reason: "CALENDAR_ENDS",
                variables: vec![("last_day", last_day.to_string())],
                en: error.to_string(),
                vi: format!(
                    "Lịch làm việc mới công bố đến ngày {}; chưa thể tính hạn.",
                    last_day.format("%d/%m/%Y")
                ),
            },
        }
    }
}

fn numbered(legs: &[(u16, UnitCode)]) -> String {
    let legs: Vec<_> = legs
        .iter()
        .map(|(number, unit)| format!("{number} ({unit})"))
        .collect();
    legs.join(", ")
}

fn list_or_none(numbers: &[u16]) -> String {
    if numbers.is_empty() {
        "none".into()
    } else {
        list(numbers)
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
