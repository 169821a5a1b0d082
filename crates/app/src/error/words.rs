//! The words of errors, in Vietnamese for the clerk and in English. Refusals have theirs in
//! [`domain::dossier::Refusal`].

use std::fmt;

use domain::role::Role;
use domain::time;

use super::{Error, FieldError};
use crate::publication::obstacle::Obstacle;

/// How many wrong fields a message names; the others are counted.
const FIELDS_NAMED: usize = 3;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(self))
    }
}

impl Error {
    /// What happened and what to do, in Vietnamese.
    #[must_use]
    pub fn vietnamese(&self) -> String {
        vietnamese(self)
    }
}

/// What happened and what was expected, in English.
fn english(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => {
            let problems: Vec<_> = fields
                .iter()
                .take(FIELDS_NAMED)
                .map(|field| format!("{} {}", field.field, field.problem))
                .collect();
            match fields.len() - problems.len() {
                0 => problems.join("; "),
                more => format!("{}; and {more} more", problems.join("; ")),
            }
        }
        Error::NotFound { what, name } => format!("{what} `{name}` does not exist"),
        Error::Refused { refusal, .. } => refusal.message_en(),
        Error::Stale {
            dossier,
            current,
            given,
        } => format!("dossier {dossier} is at {current}, not at {given}; read it again"),
        Error::RequestReused { request_id } => {
            format!("request id {request_id} was used before for another request")
        }
        Error::CodeTaken { code, dossier } => {
            format!("code {code} already belongs to dossier {dossier}")
        }
        Error::Unauthenticated => "a valid token is needed".into(),
        Error::RoleDenied { role, method } => format!("the role {role} may not call {method}"),
        Error::UnitDenied { method } => {
            format!("{method} is not permitted for another unit's dossier or figures")
        }
        Error::OwnAccess { method } => {
            format!("{method} is not permitted for one's own access; another administrator has to")
        }
        Error::Publication(obstacle) => obstacle.to_string(),
        Error::CursorExpired => "the cursor has expired; take one at the present end (`now`), read the present state, then follow".into(),
        Error::TooMany { seconds } => format!("too many tries; wait {seconds} s"),
        Error::TooManyStreams { most } => {
            format!("a token has at most {most} streams open; close one first")
        }
        Error::QueueFull => "too many requests wait; send the same request again".into(),
        Error::TimedOut => super::reasons::DEADLINE_EXCEEDED.cause.into(),
        Error::Unavailable(_) => {
            "the service cannot answer now; send the same request again".into()
        }
        Error::ClockBehind { newest, now } => format!(
            "the clock of this server says {}, but {} was recorded; nothing is written until it is right",
            time::rfc3339(*now),
            time::rfc3339(*newest)
        ),
        Error::Internal(_) => "an internal error occurred".into(),
    }
}

/// What happened and what to do, in Vietnamese.
fn vietnamese(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => {
            let told: Vec<_> = fields
                .iter()
                .take(FIELDS_NAMED)
                .map(FieldError::vietnamese)
                .collect();
            let told = told.join("; ");
            match fields.len().saturating_sub(FIELDS_NAMED) {
                0 => format!("Có {} trường chưa đúng: {told}.", fields.len()),
                more => format!(
                    "Có {} trường chưa đúng: {told}; và {more} trường khác.",
                    fields.len()
                ),
            }
        }
        Error::NotFound { what, name } => format!("Không tìm thấy {} “{name}”.", thing(what)),
        Error::Refused { refusal, .. } => refusal.message_vi(),
        Error::Stale { .. } => {
            "Hồ sơ đã thay đổi từ lần xem trước; hãy tải lại rồi thực hiện lại.".into()
        }
        Error::RequestReused { .. } => {
            "Mã yêu cầu đã được dùng cho một nội dung khác; hãy gửi với mã yêu cầu mới.".into()
        }
        Error::CodeTaken { code, dossier } => {
            format!("Mã hồ sơ {code} đã thuộc về hồ sơ {dossier}.")
        }
        Error::Publication(obstacle) => match obstacle {
            Obstacle::SamePerson { number } => {
                format!("Văn bản số {number} phải do người khác duyệt.")
            }
            Obstacle::Decided { number, decided } => {
                let decided = match *decided {
                    "published" => "được công bố",
                    _ => "bị từ chối",
                };
                format!("Văn bản số {number} đã {decided} trước đó.")
            }
            Obstacle::Outdated { number, .. } => format!(
                "Văn bản số {number} không còn phù hợp với danh mục đang có hiệu lực; hãy đề xuất lại."
            ),
        },
        Error::Unauthenticated => {
            "Cần đăng nhập: mã truy cập thiếu, sai, hết hạn hoặc đã bị thu hồi.".into()
        }
        Error::RoleDenied { role, .. } => {
            format!("Vai trò {} không được thực hiện việc này.", role_name(role))
        }
        Error::UnitDenied { .. } => "Không được thực hiện việc này đối với đơn vị khác.".into(),
        Error::OwnAccess { .. } => {
            "Không ai được tự thay đổi quyền truy cập của mình; hãy nhờ người quản trị khác.".into()
        }
        Error::CursorExpired => {
            "Vị trí đọc sự kiện không còn dùng được; hãy lấy vị trí cuối hiện tại (`now`), đọc lại trạng thái \
             hiện tại rồi theo dõi tiếp."
                .into()
        }
        Error::TooMany { seconds } => format!("Thử quá nhiều lần; hãy chờ {seconds} giây."),
        Error::TooManyStreams { most } => format!(
            "Mỗi mã truy cập chỉ được mở {most} luồng theo dõi; hãy đóng bớt màn hình đang mở."
        ),
        Error::QueueFull => {
            "Hệ thống đang quá tải, yêu cầu chưa được ghi; hãy gửi lại đúng yêu cầu này sau ít giây."
                .into()
        }
        Error::TimedOut => super::reasons::DEADLINE_EXCEEDED.vietnamese.into(),
        Error::Unavailable(_) => {
            "Hệ thống đang bận; hãy gửi lại đúng yêu cầu này sau ít giây.".into()
        }
        Error::ClockBehind { .. } => "Đồng hồ máy chủ chạy chậm nên yêu cầu chưa được ghi; hãy báo \
             quản trị viên chỉnh lại giờ rồi gửi lại đúng yêu cầu này."
            .into(),
        Error::Internal(_) => "Hệ thống gặp lỗi.".into(),
    }
}

fn thing(what: &str) -> &str {
    match what {
        "dossier" => "hồ sơ",
        "unit" => "đơn vị",
        "province" => "tỉnh, thành phố",
        "procedure" => "thủ tục",
        "version" => "phiên bản thủ tục",
        "document" => "văn bản",
        "form" => "biểu mẫu",
        "job" => "tác vụ",
        "user" => "người dùng",
        "token" => "mã truy cập",
        other => other,
    }
}

fn role_name(role: &str) -> &str {
    match role.parse() {
        Ok(Role::Receptionist) => "cán bộ một cửa",
        Ok(Role::Officer) => "chuyên viên",
        Ok(Role::Leader) => "lãnh đạo",
        Ok(Role::Chairman) => "chủ tịch",
        Ok(Role::Province) => "cấp tỉnh",
        Ok(Role::Portal) => "cổng dịch vụ công",
        Ok(Role::Auditor) => "thanh tra",
        Ok(Role::Admin) => "quản trị",
        Ok(Role::Citizen) => "công dân",
        Err(_unknown) => role,
    }
}
