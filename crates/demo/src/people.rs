//! Made-up people. No number here belongs to anybody.

use domain::dossier::private::Person;

use crate::chance::Chance;

const FAMILY: [&str; 14] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Nông", "Ma", "Hà", "Vũ", "Đặng", "Lý", "Triệu",
    "Bàn", "Lương",
];

/// Middle and given names that go together: those of women, then those of men.
const OF_WOMEN: ([&str; 6], [&str; 12]) = (
    ["Thị", "Thu", "Ngọc", "Thanh", "Kim", "Minh"],
    [
        "An",
        "Chi",
        "Giang",
        "Hà",
        "Hương",
        "Lan",
        "Mai",
        "Nhung",
        "Phượng",
        "Thảo",
        "Trang",
        "Yến",
    ],
);
const OF_MEN: ([&str; 6], [&str; 12]) = (
    ["Văn", "Đức", "Quang", "Hữu", "Minh", "Xuân"],
    [
        "An", "Bình", "Cường", "Dũng", "Đạt", "Hùng", "Khánh", "Long", "Nam", "Sơn", "Tuấn", "Việt",
    ],
);

/// The `number`-th made-up person of a commune.
///
/// Identity numbers begin with 000000, which no province issues; telephone numbers begin
/// with 0900.
pub fn person(chance: &mut Chance, number: usize, commune: &str) -> Person {
    let (middle, given) = if chance.happens(0.5) {
        &OF_WOMEN
    } else {
        &OF_MEN
    };
    Person {
        name: format!(
            "{} {} {}",
            FAMILY[chance.below(FAMILY.len())],
            middle[chance.below(middle.len())],
            given[chance.below(given.len())]
        ),
        id_number: format!("000000{number:06}"),
        phone: format!("0900{:06}", number % 1_000_000),
        address: format!("{} {}, {commune}", quarter(commune), 1 + number % 12),
    }
}

/// The parts of a commune: *tổ dân phố* in a ward, *thôn* in a commune.
fn quarter(commune: &str) -> &'static str {
    if commune.starts_with("Phường") {
        "Tổ dân phố"
    } else {
        "Thôn"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_name_fit_one_sex() {
        let mut chance = Chance::new(1);
        for number in 0..2_000 {
            let person = person(&mut chance, number, "Xã Tân Trào");
            let parts: Vec<&str> = person.name.split(' ').collect();
            let fits = |(middle, given): &([&str; 6], [&str; 12])| {
                middle.contains(&parts[1]) && given.contains(&parts[2])
            };
            assert!(fits(&OF_WOMEN) || fits(&OF_MEN), "{}", person.name);
        }
    }

    #[test]
    fn wards_have_quarters_and_communes_have_villages() {
        let mut chance = Chance::new(1);
        for (commune, begins) in [
            ("Phường Minh Xuân", "Tổ dân phố "),
            ("Xã Tân Trào", "Thôn "),
        ] {
            let address = person(&mut chance, 3, commune).address;
            assert!(address.starts_with(begins), "{address}");
        }
    }
}
