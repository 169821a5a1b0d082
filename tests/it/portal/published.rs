//! What the national catalogue publishes, beside ours.

use chrono::NaiveDate;
use portal::published::{Difference, differences};
use serde_json::json;

use crate::world::catalogue;

#[test]
fn an_answer_of_the_national_catalogue_is_shown_where_it_differs_and_nothing_else() {
    let day = NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();
    let same = json!({
        "MATTHC": "1.004873",
        "TENTTHC": "CẤP GIẤY XÁC NHẬN  tình trạng hôn nhân",
        "CACHTHUCTHUCHIEN": [
            { "KENH": "Trực tiếp", "THOIGIAN": [{ "THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày làm việc" }] },
            { "KENH": "Trực tuyến", "THOIGIAN": [{ "THOIGIANGIAIQUYET": 3, "DONVITINH": "Ngày làm việc" }] },
        ],
        "THANHPHANHOSO": [
            { "GIAYTO": "Tờ khai theo mẫu" },
            { "GIAYTO": "Giấy tờ chứng minh đã ly hôn hoặc vợ, chồng đã chết, nếu có" },
        ],
    });
    let catalogue = catalogue();
    assert_eq!(differences(&same, &catalogue, day), Ok(Vec::new()));
    let mut other = same.clone();
    other["TENTTHC"] = json!("Xác nhận tình trạng hôn nhân");
    other["CACHTHUCTHUCHIEN"][1]["THOIGIAN"][0]["THOIGIANGIAIQUYET"] = json!("2");
    other["THANHPHANHOSO"][0]["GIAYTO"] = json!("Tờ khai điện tử");
    let unknown = json!({ "MATTHC": "9.999999", "TENTTHC": "Thủ tục mới" });
    let found = differences(&json!({ "data": [other, unknown] }), &catalogue, day).unwrap();
    let one = |procedure: &str, field, here: &str, there: &str| Difference {
        procedure: procedure.to_owned(),
        field,
        here: here.to_owned(),
        there: there.to_owned(),
    };
    let code = "1.004873";
    assert_eq!(
        found,
        [
            one(
                code,
                "TENTTHC",
                "Cấp giấy xác nhận tình trạng hôn nhân",
                "Xác nhận tình trạng hôn nhân"
            ),
            one(code, "THOIGIANGIAIQUYET", "3wd", "2wd; 3wd"),
            one(code, "THANHPHANHOSO", "", "Tờ khai điện tử"),
            one(code, "THANHPHANHOSO", "Tờ khai theo mẫu", ""),
            one("9.999999", "MATTHC", "", "Thủ tục mới"),
        ]
    );
    let wrong = differences(&json!([7]), &catalogue, day);
    assert_eq!(
        wrong.unwrap_err(),
        "item 1: expected an answer of LayThuTuc"
    );
}
