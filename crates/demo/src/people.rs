//! Made-up people. No number here belongs to anybody.

use domain::dossier::private::Person;

use crate::chance::Chance;

const FAMILY: [&str; 14] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Nông", "Ma", "Hà", "Vũ", "Đặng", "Lý", "Triệu",
    "Bàn", "Lương",
];
const MIDDLE: [&str; 10] = [
    "Văn", "Thị", "Đức", "Thu", "Minh", "Ngọc", "Quang", "Thanh", "Hữu", "Kim",
];
const GIVEN: [&str; 20] = [
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Đạt",
    "Giang",
    "Hà",
    "Hoà",
    "Hương",
    "Khánh",
    "Lan",
    "Long",
    "Mai",
    "Nam",
    "Phượng",
    "Sơn",
    "Thảo",
    "Trang",
    "Tuấn",
    "Yến",
];

/// The `number`-th made-up person of a commune.
///
/// Identity numbers begin with 000000, which no province issues; telephone numbers begin
/// with 0900000.
pub fn person(chance: &mut Chance, number: usize, commune: &str) -> Person {
    let pick = |chance: &mut Chance, list: &[&'static str]| list[chance.below(list.len())];
    Person {
        name: format!(
            "{} {} {}",
            pick(chance, &FAMILY),
            pick(chance, &MIDDLE),
            pick(chance, &GIVEN)
        ),
        id_number: format!("000000{number:06}"),
        phone: format!("0900000{:03}", number % 1_000),
        address: format!("Thôn {}, {commune}", 1 + number % 12),
    }
}
