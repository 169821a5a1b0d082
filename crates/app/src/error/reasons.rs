//! Every reason, with its cause and remedy: the text of `docs/errors.md`, which a test compares.

use super::Kind;

/// A stable reason, why it occurs and what the clerk does.
#[derive(Debug)]
pub struct Reason {
    /// The reason: part of the contract.
    pub reason: &'static str,
    /// Of which kind it is.
    pub kind: Kind,
    /// Why it occurs.
    pub cause: &'static str,
    /// For the clerk.
    pub vietnamese: &'static str,
    /// What the clerk does, or the maker of the desk software.
    pub remedy: &'static str,
}

/// Bytes that are no message.
pub const MALFORMED_MESSAGE: Reason = Reason {
    reason: "MALFORMED_MESSAGE",
    kind: Kind::Invalid,
    cause: "the bytes are not a message of this method",
    vietnamese: "Yêu cầu không đọc được; phần mềm gửi sai định dạng.",
    remedy: "Update the desk software, or report it to its maker.",
};

/// A body that is no JSON.
pub const MALFORMED_JSON: Reason = Reason {
    reason: "MALFORMED_JSON",
    kind: Kind::Invalid,
    cause: "the body is not JSON",
    vietnamese: "Yêu cầu không đọc được; phần mềm gửi sai định dạng.",
    remedy: "Update the desk software, or report it to its maker.",
};

/// A content type that no adapter reads.
pub const UNSUPPORTED_MEDIA_TYPE: Reason = Reason {
    reason: "UNSUPPORTED_MEDIA_TYPE",
    kind: Kind::Unsupported,
    cause: "the content type is neither gRPC, gRPC-Web nor application/json, or the request is compressed",
    vietnamese: "Yêu cầu không đọc được; phần mềm gửi sai kiểu nội dung.",
    remedy: "Send `content-type: application/json`, and the body as it is.",
};

/// A body that is longer than permitted.
pub const BODY_TOO_LARGE: Reason = Reason {
    reason: "BODY_TOO_LARGE",
    kind: Kind::TooLarge,
    cause: "the message is longer than 64 KiB (1 MiB for `ImportReceptions`, `ProposeDocument`, `MergeUnits` and `ResolveDossier`), or has more than 20,000 fields",
    vietnamese: "Yêu cầu quá lớn; hồ sơ chỉ gửi mã thành phần, không gửi tệp.",
    remedy: "Send codes of papers, not the papers; enter a long list in several requests.",
};

/// A path or a verb without a handler.
pub const METHOD_UNKNOWN: Reason = Reason {
    reason: "METHOD_UNKNOWN",
    kind: Kind::Unknown,
    cause: "there is no such method; also for another verb than POST, then with HTTP 405",
    vietnamese: "Không có chức năng này; phần mềm gọi sai địa chỉ.",
    remedy: "Update the desk software, or report it to its maker.",
};

/// A call that took too long.
pub const DEADLINE_EXCEEDED: Reason = Reason {
    reason: "DEADLINE_EXCEEDED",
    kind: Kind::TimedOut,
    cause: "the request took longer to come, or the answer longer than the caller or the server waits; a write may have been done",
    vietnamese: "Hết thời gian chờ; hãy gửi lại đúng yêu cầu này với cùng mã yêu cầu.",
    remedy: "Send the same request again with the same `request_id`.",
};

/// A fault of ours.
pub const INTERNAL: Reason = Reason {
    reason: "INTERNAL",
    kind: Kind::Internal,
    cause: "a fault of ours",
    vietnamese: "Hệ thống gặp lỗi.",
    remedy: "Tell the administrator the number of the incident.",
};

/// Reasons of the transport, given before any use case runs.
pub const TRANSPORT: [&Reason; 5] = [
    &MALFORMED_MESSAGE,
    &MALFORMED_JSON,
    &UNSUPPORTED_MEDIA_TYPE,
    &BODY_TOO_LARGE,
    &METHOD_UNKNOWN,
];

/// Reasons of the use cases.
pub const USE_CASES: [&Reason; 19] = [
    &Reason {
        reason: "INVALID_FIELDS",
        kind: Kind::Invalid,
        cause: "fields are missing, too long, unknown or out of range; all of them are listed",
        vietnamese: "Có trường dữ liệu chưa đúng.",
        remedy: "Correct the listed fields.",
    },
    &Reason {
        reason: "REQUEST_ID_REUSED",
        kind: Kind::Invalid,
        cause: "the same `request_id` came before with other content",
        vietnamese: "Mã yêu cầu đã được dùng cho nội dung khác.",
        remedy: "Send again under a new `request_id`.",
    },
    &Reason {
        reason: "NOT_FOUND",
        kind: Kind::NotFound,
        cause: "there is no such thing, or it is of a unit that the caller does not reach",
        vietnamese: "Không tìm thấy.",
        remedy: "Check the code; in a lookup, also the PIN.",
    },
    &Reason {
        reason: "STALE_DOSSIER",
        kind: Kind::Stale,
        cause: "the dossier changed since it was read",
        vietnamese: "Hồ sơ đã thay đổi từ lần xem trước.",
        remedy: "Read the dossier again and decide again.",
    },
    &Reason {
        reason: "CODE_TAKEN",
        kind: Kind::Taken,
        cause: "the code already belongs to another dossier",
        vietnamese: "Mã hồ sơ đã thuộc về hồ sơ khác.",
        remedy: "Open that dossier; it was handed in before.",
    },
    &Reason {
        reason: "UNAUTHENTICATED",
        kind: Kind::Unauthenticated,
        cause: "no token, or one that is unknown, expired or revoked",
        vietnamese: "Cần đăng nhập.",
        remedy: "Sign in again, or ask the administrator for a token.",
    },
    &Reason {
        reason: "ROLE_DENIED",
        kind: Kind::Denied,
        cause: "the role may not do this at all",
        vietnamese: "Vai trò này không được thực hiện việc này.",
        remedy: "Ask somebody whose role it is.",
    },
    &Reason {
        reason: "UNIT_DENIED",
        kind: Kind::Denied,
        cause: "the role may do this, but not for this unit; of a dossier, the caller may read it and another unit has to act",
        vietnamese: "Không được thực hiện việc này đối với đơn vị khác.",
        remedy: "Ask the unit whose dossier it is.",
    },
    &Reason {
        reason: "OWN_ACCESS",
        kind: Kind::Denied,
        cause: "nobody changes what they may do themselves",
        vietnamese: "Không ai được tự thay đổi quyền truy cập của mình.",
        remedy: "Ask another administrator.",
    },
    &Reason {
        reason: "DOCUMENT_DECIDED",
        kind: Kind::Refused,
        cause: "the document was published or rejected before",
        vietnamese: "Văn bản đã được công bố hoặc bị từ chối trước đó.",
        remedy: "Propose another one if it is still wanted.",
    },
    &Reason {
        reason: "DOCUMENT_OUTDATED",
        kind: Kind::Refused,
        cause: "what is in force has changed since the document was proposed",
        vietnamese: "Văn bản không còn phù hợp với danh mục đang có hiệu lực.",
        remedy: "Take what is in force, enter the change again and propose it anew.",
    },
    &Reason {
        reason: "CURSOR_EXPIRED",
        kind: Kind::Expired,
        cause: "the cursor is of another feed, or where it stands there is another event since a backup was restored",
        vietnamese: "Vị trí đọc sự kiện không còn dùng được.",
        remedy: "Take a cursor at the present end with `after: \"now\"`, read the present state, then follow.",
    },
    &Reason {
        reason: "TOO_MANY_TRIES",
        kind: Kind::TooMany,
        cause: "too many look-ups from one address in a minute, or wrong PINs from it for this dossier; nobody else is held up, and after the wait the right PIN gets in",
        vietnamese: "Tra cứu hoặc nhập sai mã PIN quá nhiều lần.",
        remedy: "Wait as long as the answer says.",
    },
    &Reason {
        reason: "TOO_MANY_STREAMS",
        kind: Kind::TooMany,
        cause: "the token has as many streams open as the server lets one have (`streams_per_token`)",
        vietnamese: "Đang mở quá nhiều luồng theo dõi.",
        remedy: "Close screens that are not looked at, or give each program a token of its own.",
    },
    &Reason {
        reason: "QUEUE_FULL",
        kind: Kind::TooMany,
        cause: "too many calls are in flight, too many requests wait to be written, or too many of this unit; nothing was done",
        vietnamese: "Hệ thống đang quá tải; yêu cầu chưa được ghi.",
        remedy: "Send the same request again with the same `request_id`, after the time that the answer says.",
    },
    &Reason {
        reason: "UNAVAILABLE",
        kind: Kind::Unavailable,
        cause: "the database does not answer, or the server stops",
        vietnamese: "Hệ thống đang bận.",
        remedy: "Send the same request again with the same `request_id`.",
    },
    &Reason {
        reason: "CLOCK_BEHIND",
        kind: Kind::Unavailable,
        cause: "the clock of the server is behind the newest record, so nothing is written; reading goes on",
        vietnamese: "Đồng hồ máy chủ chạy chậm; yêu cầu chưa được ghi.",
        remedy: "Tell the administrator to set the clock right; then send the same request again.",
    },
    &DEADLINE_EXCEEDED,
    &INTERNAL,
];

/// Reasons of the law and the procedures.
pub const REFUSALS: &[&Reason] = &[
    &Reason {
        reason: "WRONG_STATE",
        kind: Kind::Refused,
        cause: "the action does not belong to the state of the dossier",
        vietnamese: "Không thực hiện được ở trạng thái này của hồ sơ.",
        remedy: "Take one of the allowed actions.",
    },
    &Reason {
        reason: "MIRRORED",
        kind: Kind::Refused,
        cause: "another system decides this dossier; here it is a mirror",
        vietnamese: "Hồ sơ được đồng bộ từ hệ thống khác.",
        remedy: "Work in the system that is named.",
    },
    &Reason {
        reason: "PROCEDURE_NOT_IN_FORCE",
        kind: Kind::Refused,
        cause: "the procedure has no version in force on the day",
        vietnamese: "Thủ tục không có phiên bản nào có hiệu lực vào ngày này.",
        remedy: "Choose the procedure that replaces it.",
    },
    &Reason {
        reason: "CASE_UNKNOWN",
        kind: Kind::Refused,
        cause: "the procedure has no such case",
        vietnamese: "Thủ tục không có trường hợp này.",
        remedy: "Choose one of the cases that are named.",
    },
    &Reason {
        reason: "COMPONENTS_UNKNOWN",
        kind: Kind::Refused,
        cause: "the procedure does not name these components",
        vietnamese: "Thủ tục không có thành phần hồ sơ này.",
        remedy: "Choose from the components of the procedure.",
    },
    &Reason {
        reason: "COMPONENTS_MISSING",
        kind: Kind::Refused,
        cause: "required components are absent",
        vietnamese: "Thiếu thành phần hồ sơ bắt buộc.",
        remedy: "Ask the citizen for the papers that are named.",
    },
    &Reason {
        reason: "STEP_NOT_NEXT",
        kind: Kind::Refused,
        cause: "the step does not follow the present one",
        vietnamese: "Bước này không tiếp theo bước hiện tại.",
        remedy: "Choose one of the next steps.",
    },
    &Reason {
        reason: "STEP_NOT_FINAL",
        kind: Kind::Refused,
        cause: "the dossier cannot be resolved at its step",
        vietnamese: "Không thể kết thúc hồ sơ ở bước này.",
        remedy: "Take it to one of the next steps first.",
    },
    &Reason {
        reason: "STEP_OF_OTHER_ROLE",
        kind: Kind::Refused,
        cause: "the present step belongs to another role",
        vietnamese: "Bước hiện tại thuộc vai trò khác.",
        remedy: "Ask somebody in that role.",
    },
    &Reason {
        reason: "NOT_A_PETITION",
        kind: Kind::Refused,
        cause: "the place of an incident was given for a procedure that is no petition",
        vietnamese: "Chỉ phản ánh, kiến nghị mới có địa điểm xảy ra vụ việc.",
        remedy: "Leave the incident out, or choose the petition that is meant.",
    },
    &Reason {
        reason: "NOT_ON_THE_SPOT",
        kind: Kind::Refused,
        cause: "the procedure does not give results back on the spot",
        vietnamese: "Thủ tục này không trả kết quả ngay.",
        remedy: "Advance the dossier first.",
    },
    &Reason {
        reason: "SUPPLEMENT_USED",
        kind: Kind::Refused,
        cause: "papers were already asked for as often as permitted",
        vietnamese: "Đã yêu cầu bổ sung đủ số lần cho phép.",
        remedy: "Give the reason and the legal basis of a further request.",
    },
    &Reason {
        reason: "EXTENSION_USED",
        kind: Kind::Refused,
        cause: "the dossier was already extended",
        vietnamese: "Hồ sơ đã được gia hạn một lần.",
        remedy: "Finish it; a later apology is recorded but moves nothing.",
    },
    &Reason {
        reason: "NO_VERIFICATION",
        kind: Kind::Refused,
        cause: "the procedure gives no time for verification, or it was used",
        vietnamese: "Thủ tục không có thời gian xác minh, hoặc đã sử dụng.",
        remedy: "Use an apology if the time does not suffice.",
    },
    &Reason {
        reason: "NO_DUE_TIME",
        kind: Kind::Refused,
        cause: "there is no due time that could be extended",
        vietnamese: "Hồ sơ không có hạn trả để gia hạn.",
        remedy: "Nothing; the dossier has no due time.",
    },
    &Reason {
        reason: "PAYMENT_TOO_LARGE",
        kind: Kind::Refused,
        cause: "more was paid than is still due",
        vietnamese: "Số tiền lớn hơn số còn phải nộp.",
        remedy: "Record what is due (`open_vnd`), and give the rest back or request it first.",
    },
    &Reason {
        reason: "PAYMENT_KNOWN",
        kind: Kind::Refused,
        cause: "a payment with this reference is recorded already, of another amount",
        vietnamese: "Giao dịch này đã được ghi nhận với số tiền khác.",
        remedy: "Compare the amount with the bank's; the one recorded is `amount_vnd`.",
    },
    &Reason {
        reason: "REFUND_TOO_LARGE",
        kind: Kind::Refused,
        cause: "more is to be given back than was paid and not given back yet",
        vietnamese: "Không thể hoàn nhiều hơn số tiền đã thu và chưa hoàn.",
        remedy: "Give back at most `kept_vnd`.",
    },
    &Reason {
        reason: "DUE_NOT_LATER",
        kind: Kind::Refused,
        cause: "the new due time is not later than the one in force",
        vietnamese: "Hạn trả mới phải sau hạn hiện tại.",
        remedy: "Choose a later time.",
    },
    &Reason {
        reason: "CLOCK_STANDS",
        kind: Kind::Refused,
        cause: "the clock stands until the citizen answers",
        vietnamese: "Hồ sơ đang tạm dừng tính thời gian.",
        remedy: "Wait for the citizen; extend afterwards if needed.",
    },
    &Reason {
        reason: "ALREADY_THERE",
        kind: Kind::Refused,
        cause: "the unit decides the dossier already",
        vietnamese: "Đơn vị này đang giải quyết hồ sơ.",
        remedy: "Choose another unit.",
    },
    &Reason {
        reason: "NOT_HOLDER",
        kind: Kind::Refused,
        cause: "the giver does not hold the papers",
        vietnamese: "Người giao không giữ hồ sơ.",
        remedy: "Ask who holds them; name that person as giver.",
    },
    &Reason {
        reason: "ALREADY_HOLDER",
        kind: Kind::Refused,
        cause: "the receiver holds the papers already",
        vietnamese: "Người nhận đang giữ hồ sơ.",
        remedy: "Nothing, or name another receiver.",
    },
    &Reason {
        reason: "LEAD_TAKEN",
        kind: Kind::Refused,
        cause: "another leg leads the dossier already",
        vietnamese: "Hồ sơ đã có đơn vị chủ trì.",
        remedy: "Open the leg without leading.",
    },
    &Reason {
        reason: "LEGS_OPEN",
        kind: Kind::Refused,
        cause: "other agencies have not finished their parts",
        vietnamese: "Còn nhánh liên thông chưa xong.",
        remedy: "Wait for the units that are named, or close their legs with what came of them.",
    },
    &Reason {
        reason: "LEG_NOT_OPEN",
        kind: Kind::Refused,
        cause: "the dossier has no such leg, or its result is there already",
        vietnamese: "Không có nhánh liên thông này, hoặc đã xong.",
        remedy: "Choose one of the legs that are open.",
    },
    &Reason {
        reason: "TOO_MANY_LEGS",
        kind: Kind::Refused,
        cause: "the dossier has as many legs as one may have",
        vietnamese: "Hồ sơ đã có đủ số nhánh liên thông cho phép.",
        remedy: "Go on with the legs there are.",
    },
    &Reason {
        reason: "CONSULTATION_NOT_OPEN",
        kind: Kind::Refused,
        cause: "the dossier has no such consultation, or it was answered",
        vietnamese: "Không có yêu cầu lấy ý kiến này, hoặc đã được trả lời.",
        remedy: "Choose one of those that wait for an answer.",
    },
    &Reason {
        reason: "TOO_MANY_CONSULTATIONS",
        kind: Kind::Refused,
        cause: "the dossier has as many consultations as one may have",
        vietnamese: "Hồ sơ đã có đủ số yêu cầu lấy ý kiến cho phép.",
        remedy: "Decide with the answers there are.",
    },
    &Reason {
        reason: "NO_OPEN_CONFLICT",
        kind: Kind::Refused,
        cause: "no conflict is open under this number",
        vietnamese: "Không có mâu thuẫn nào đang mở với số này.",
        remedy: "Read the dossier again; somebody may have settled it.",
    },
    &Reason {
        reason: "NOT_CREDIBLE",
        kind: Kind::Refused,
        cause: "the message is older than what is known, or of a system whose word does not count",
        vietnamese: "Thông điệp không thể áp dụng.",
        remedy: "Settle the conflict without `apply`.",
    },
    &Reason {
        reason: "POSSIBLE_DUPLICATE",
        kind: Kind::Refused,
        cause: "the same person, by identity number or by name and telephone, has an open dossier of the last thirty days for this procedure; it is named only to whoever reaches its unit",
        vietnamese: "Người này đang có hồ sơ chưa giải quyết của cùng thủ tục.",
        remedy: "Open the dossier that is named, or ask the citizen about one at another unit; set `duplicate_intended` if it is another matter.",
    },
    &Reason {
        reason: "SUPPLEMENT_NOT_PERMITTED",
        kind: Kind::Refused,
        cause: "papers were requested as often as is permitted, and nobody has permitted one more request",
        vietnamese: "Chưa được phép yêu cầu bổ sung thêm.",
        remedy: "Ask a leader or the chairman for `PermitSupplement`; then ask for the papers, all of them at once.",
    },
    &Reason {
        reason: "SUPPLEMENT_LEFT",
        kind: Kind::Refused,
        cause: "one more request for papers was permitted while the permitted number is not used up",
        vietnamese: "Chưa cần cho phép yêu cầu bổ sung thêm.",
        remedy: "Ask for the papers; no permission is needed.",
    },
    &Reason {
        reason: "PAPER_NOT_SCANNED",
        kind: Kind::Refused,
        cause: "a paper was sent as digitised that Circular 03/2025/TT-VPCP keeps from being scanned",
        vietnamese: "Giấy tờ này không được số hóa.",
        remedy: "Send the paper without `digitised` and `file`; `catalogue/intake/papers.csv` says which papers are not scanned, and why.",
    },
    &Reason {
        reason: "REPLACED_BY_DATA",
        kind: Kind::Refused,
        cause: "a paper was asked for that a database replaces",
        vietnamese: "Giấy tờ này được thay bằng dữ liệu, không yêu cầu công dân nộp.",
        remedy: "Take the data from the database; if it cannot be had, send `data_failure` with the item. `catalogue/intake/papers.csv` says which database.",
    },
    &Reason {
        reason: "BEYOND_REACH",
        kind: Kind::Refused,
        cause: "the procedure may not be received so far from the unit that decides it",
        vietnamese: "Thủ tục không được tiếp nhận tại đơn vị này.",
        remedy: "Guide the citizen to the unit that decides, or to the portal; `catalogue/intake/boundary.csv` says where a procedure may be received.",
    },
    &Reason {
        reason: "NOT_ON_ITS_WAY",
        kind: Kind::Refused,
        cause: "an arrival was recorded of a dossier that its receiving unit decides, or that has arrived",
        vietnamese: "Hồ sơ không đang được chuyển đến cơ quan giải quyết.",
        remedy: "Nothing; read the dossier again.",
    },
    &Reason {
        reason: "ARRIVAL_IMPOSSIBLE",
        kind: Kind::Refused,
        cause: "the stated arrival lies before the reception, or ahead",
        vietnamese: "Thời điểm đến không hợp lệ.",
        remedy: "Give the moment at which the competent agency got it, or leave it out for now.",
    },
    &Reason {
        reason: "NOT_RECEIVED",
        kind: Kind::Refused,
        cause: "a receipt was asked for of a dossier that was not received",
        vietnamese: "Hồ sơ chưa được tiếp nhận nên chưa có giấy tiếp nhận.",
        remedy: "Receive it first; of what was refused, print the notice of refusal.",
    },
    &Reason {
        reason: "ALREADY_RATED",
        kind: Kind::Refused,
        cause: "the citizen has rated the dossier already",
        vietnamese: "Mỗi hồ sơ chỉ được đánh giá một lần.",
        remedy: "Nothing; the first rating stays.",
    },
    &Reason {
        reason: "NOTHING_TO_CORRECT",
        kind: Kind::Refused,
        cause: "the correction would change nothing",
        vietnamese: "Nội dung đính chính không thay đổi gì.",
        remedy: "Read the dossier again; it may have been corrected already.",
    },
    &Reason {
        reason: "CORRECTION_OPEN",
        kind: Kind::Refused,
        cause: "a correction of the same field waits for its decision",
        vietnamese: "Đang có đính chính cùng nội dung chờ duyệt.",
        remedy: "Have the waiting correction decided on first.",
    },
    &Reason {
        reason: "CORRECTION_UNKNOWN",
        kind: Kind::Refused,
        cause: "no correction with this number waits for a decision",
        vietnamese: "Không có đính chính này đang chờ duyệt.",
        remedy: "Read the dossier again and take the number from it.",
    },
    &Reason {
        reason: "SAME_PERSON",
        kind: Kind::Refused,
        cause: "who proposed a correction or a document may not decide on it",
        vietnamese: "Người đề nghị không được tự duyệt.",
        remedy: "Ask another person who may.",
    },
    &Reason {
        reason: "CODE_NOT_OF_DOSSIER",
        kind: Kind::Refused,
        cause: "the dossier does not have the external code to be corrected",
        vietnamese: "Hồ sơ không có mã ngoài này.",
        remedy: "Take the code from the dossier's `external_codes`.",
    },
    &Reason {
        reason: "NOT_ENDED",
        kind: Kind::Refused,
        cause: "processing has not ended, so its end cannot be corrected",
        vietnamese: "Hồ sơ chưa kết thúc xử lý.",
        remedy: "Resolve the dossier first, then correct the time.",
    },
    &Reason {
        reason: "END_TIME_IMPOSSIBLE",
        kind: Kind::Refused,
        cause: "processing cannot have ended before it began or after its end was recorded",
        vietnamese: "Thời điểm kết thúc không hợp lý.",
        remedy: "Give a time between the two that are named.",
    },
    &Reason {
        reason: "DAY_OVER",
        kind: Kind::Refused,
        cause: "the unit's numbering has gone on to a later day",
        vietnamese: "Đơn vị đã cấp số của ngày sau.",
        remedy: "Take numbers of the later day.",
    },
    &Reason {
        reason: "NUMBER_NOT_OPEN",
        kind: Kind::Refused,
        cause: "the number is in no block, or was used or given back before",
        vietnamese: "Số này không còn mở trong khối số.",
        remedy: "Compare the slip with `ListNumberBlocks`.",
    },
    &Reason {
        reason: "CALENDAR_BEGINS",
        kind: Kind::Refused,
        cause: "the count needs a day before the calendar",
        vietnamese: "Lịch làm việc chưa có ngày này.",
        remedy: "Check the date.",
    },
    &Reason {
        reason: "CALENDAR_ENDS",
        kind: Kind::Refused,
        cause: "the count needs a day after the published calendar",
        vietnamese: "Lịch làm việc chưa công bố đến ngày cần tính.",
        remedy: "Ask the administrator to publish the calendar.",
    },
];

/// Reasons of the road on which portals hand dossiers in.
pub const PORTALS: [&Reason; 6] = [
    &Reason {
        reason: "UNSIGNED",
        kind: Kind::Unauthenticated,
        cause: "a portal's call lacks its name, its time or its signature",
        vietnamese: "Thiếu tên hệ thống, thời điểm hoặc chữ ký.",
        remedy: "Send `x-portal`, `x-portal-timestamp` and `x-portal-signature`.",
    },
    &Reason {
        reason: "BAD_SIGNATURE",
        kind: Kind::Unauthenticated,
        cause: "a portal's signature does not fit the body, the time and the key; also for an unknown name",
        vietnamese: "Chữ ký không đúng với nội dung, thời điểm và khóa đã cấp.",
        remedy: "Sign the time, a dot and the body as it is sent, with the key that was given.",
    },
    &Reason {
        reason: "REPLAYED",
        kind: Kind::Unauthenticated,
        cause: "the time of a portal's call is more than 300 seconds from ours",
        vietnamese: "Thời điểm gửi lệch quá 300 giây so với máy chủ.",
        remedy: "Set the clock, and sign anew for each try.",
    },
    &Reason {
        reason: "INVALID_JSON",
        kind: Kind::Invalid,
        cause: "the body of a portal's call is no JSON, or has a key twice",
        vietnamese: "Nội dung không phải JSON hợp lệ.",
        remedy: "Correct the body at the named place.",
    },
    &Reason {
        reason: "UNKNOWN_PROCEDURE",
        kind: Kind::Invalid,
        cause: "the catalogue does not have the procedure that a portal names",
        vietnamese: "Thủ tục không có trong danh mục.",
        remedy: "Compare the procedure's code with the national list; ask the province to publish it.",
    },
    &Reason {
        reason: "UNKNOWN_UNIT",
        kind: Kind::Invalid,
        cause: "the catalogue does not have the unit that a portal names, or has its name twice",
        vietnamese: "Đơn vị không có trong danh mục.",
        remedy: "Send the unit's code in `MaDonViTiepNhan`.",
    },
];

/// The entry of a reason.
#[must_use]
pub fn find(reason: &str) -> Option<&'static Reason> {
    let fixed = TRANSPORT.iter().chain(&USE_CASES).chain(&PORTALS);
    let mut all = fixed.chain(REFUSALS);
    all.find(|entry| entry.reason == reason).copied()
}
