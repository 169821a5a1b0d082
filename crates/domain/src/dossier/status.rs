//! The ten national status codes.

use serde::{Deserialize, Serialize};

/// What the national portal calls the status of a dossier (*trạng thái hồ sơ*).
///
/// A projection of [`super::State`], too coarse to work with. Codes and names are the
/// portal's own, found identically in several independent systems that speak to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 1, handed in and not yet accepted.
    Submitted,
    /// 2, accepted; the clock runs.
    Received,
    /// 3, refused at intake.
    Refused,
    /// 4, in the offices behind the desk.
    Processing,
    /// 5, waiting for papers from the citizen.
    SupplementRequested,
    /// 6, waiting for a payment from the citizen.
    PaymentRequested,
    /// 7, taken back by the citizen.
    Withdrawn,
    /// 8, stopped by the agency.
    Stopped,
    /// 9, the result is ready.
    Resolved,
    /// 10, the citizen has the result.
    Returned,
}

impl Status {
    /// Every status, in the order of the codes.
    pub const ALL: [Status; 10] = [
        Status::Submitted,
        Status::Received,
        Status::Refused,
        Status::Processing,
        Status::SupplementRequested,
        Status::PaymentRequested,
        Status::Withdrawn,
        Status::Stopped,
        Status::Resolved,
        Status::Returned,
    ];

    /// The national code, 1 to 10.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Status::Submitted => 1,
            Status::Received => 2,
            Status::Refused => 3,
            Status::Processing => 4,
            Status::SupplementRequested => 5,
            Status::PaymentRequested => 6,
            Status::Withdrawn => 7,
            Status::Stopped => 8,
            Status::Resolved => 9,
            Status::Returned => 10,
        }
    }

    /// The status with a national code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The portal's Vietnamese name, letter for letter.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Status::Submitted => "Mới đăng ký",
            Status::Received => "Được tiếp nhận",
            Status::Refused => "Không được tiếp nhận",
            Status::Processing => "Đang xử lý",
            Status::SupplementRequested => "Yêu cầu bổ sung giấy tờ",
            Status::PaymentRequested => "Yêu cầu thực hiện nghĩa vụ tài chính",
            Status::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            Status::Stopped => "Dừng xử lý",
            Status::Resolved => "Đã xử lý xong",
            Status::Returned => "Đã trả kết quả",
        }
    }

    /// The name in English, for messages: `processing`.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Status::Submitted => "submitted",
            Status::Received => "received",
            Status::Refused => "refused at intake",
            Status::Processing => "processing",
            Status::SupplementRequested => "supplement requested",
            Status::PaymentRequested => "payment requested",
            Status::Withdrawn => "withdrawn",
            Status::Stopped => "stopped",
            Status::Resolved => "resolved",
            Status::Returned => "returned",
        }
    }

    /// The word used in data: `SUPPLEMENT_REQUESTED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Submitted => "SUBMITTED",
            Status::Received => "RECEIVED",
            Status::Refused => "REFUSED",
            Status::Processing => "PROCESSING",
            Status::SupplementRequested => "SUPPLEMENT_REQUESTED",
            Status::PaymentRequested => "PAYMENT_REQUESTED",
            Status::Withdrawn => "WITHDRAWN",
            Status::Stopped => "STOPPED",
            Status::Resolved => "RESOLVED",
            Status::Returned => "RETURNED",
        }
    }

    /// The statuses that leave work to do, if only returning the result.
    pub const UNFINISHED: [Status; 6] = [
        Status::Submitted,
        Status::Received,
        Status::Processing,
        Status::SupplementRequested,
        Status::PaymentRequested,
        Status::Resolved,
    ];

    /// Whether work on the dossier is still to be done before it counts as resolved.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Status::Submitted
            | Status::Received
            | Status::Processing
            | Status::SupplementRequested
            | Status::PaymentRequested => true,
            Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => false,
        }
    }

    /// Whether the office waits for the citizen: for papers or for a payment.
    #[must_use]
    pub fn waits_for_citizen(self) -> bool {
        match self {
            Status::SupplementRequested | Status::PaymentRequested => true,
            Status::Submitted
            | Status::Received
            | Status::Processing
            | Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => false,
        }
    }

    /// Whether the office must act: the dossier is received, and the office waits for nobody.
    #[must_use]
    pub fn is_at_work(self) -> bool {
        match self {
            Status::Received | Status::Processing => true,
            Status::Submitted
            | Status::SupplementRequested
            | Status::PaymentRequested
            | Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => false,
        }
    }
}
