//! Where the demo takes place.

use domain::id::ProvinceCode;

/// The statistics code of Tuyên Quang.
pub const PROVINCE: &str = "08";

/// The ward that is shown, and whose people get tokens: phường Minh Xuân, which took over from
/// phường Tân Quang.
pub const WARD: &str = "Phường Minh Xuân";

/// The province, as a code.
pub fn province_code() -> ProvinceCode {
    ProvinceCode::parse(PROVINCE).expect("two digits are a province's code")
}
