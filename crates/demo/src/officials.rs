//! What the made-up officials are called, so that pages name people and not actors' ids.

use app::ports::{Account, AccountStore};
use domain::id::{ActorId, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use crate::{Failure, province_code};

/// Actor, name, position, role; `{unit}` stands for the ward.
const OFFICIALS: [(&str, &str, &str, Role); 19] = [
    (
        "receptionist-{unit}",
        "Lương Thu Trang",
        "Bộ phận Một cửa",
        Role::Receptionist,
    ),
    (
        "officer-{unit}",
        "Vũ Quang Đạt",
        "chuyên viên",
        Role::Officer,
    ),
    (
        "leader-{unit}",
        "Hà Quang Sơn",
        "Phó Chủ tịch",
        Role::Leader,
    ),
    (
        "chairman-{unit}",
        "Hoàng Đức Thịnh",
        "Chủ tịch",
        Role::Chairman,
    ),
    (
        "demo-receptionist",
        "Nông Thị Hảo",
        "Bộ phận Một cửa",
        Role::Receptionist,
    ),
    (
        "demo-officer",
        "Trần Minh Khánh",
        "công chức tư pháp – hộ tịch",
        Role::Officer,
    ),
    ("demo-leader", "Lê Thị Nhàn", "Phó Chủ tịch", Role::Leader),
    (
        "demo-chairman",
        "Đinh Công Tráng",
        "Chủ tịch",
        Role::Chairman,
    ),
    (
        "demo-province",
        "Phạm Thị Bình",
        "Sở Nội vụ",
        Role::Province,
    ),
    (
        "demo-auditor",
        "Bùi Văn Khôi",
        "Thanh tra tỉnh",
        Role::Auditor,
    ),
    ("demo-admin", "Quản trị hệ thống", "", Role::Admin),
    (
        "can-bo-dia-chinh-1",
        "Ma Văn Lực",
        "công chức địa chính",
        Role::Officer,
    ),
    (
        "can-bo-dia-chinh-2",
        "Đặng Ngọc Mai",
        "công chức địa chính",
        Role::Officer,
    ),
    (
        "can-bo-xay-dung",
        "Lý Văn Kiên",
        "công chức xây dựng",
        Role::Officer,
    ),
    (
        "can-bo-van-hoa-xa-hoi",
        "Triệu Thị Lan",
        "công chức văn hóa – xã hội",
        Role::Officer,
    ),
    (
        "can-bo-kinh-te",
        "Nguyễn Hữu Tài",
        "chuyên viên kinh tế",
        Role::Officer,
    ),
    (
        "can-bo-tu-phap-1",
        "Bàn Thị Thu",
        "công chức tư pháp – hộ tịch",
        Role::Officer,
    ),
    (
        "can-bo-tu-phap-2",
        "Hoàng Văn Nghĩa",
        "công chức tư pháp – hộ tịch",
        Role::Officer,
    ),
    (
        "to-cong-nghe-so",
        "Tổ công nghệ số cộng đồng",
        "",
        Role::Receptionist,
    ),
];

/// What stands where a password's hash stands, and is the hash of none.
const NOBODYS: &str = "$argon2id$nobody";

/// Gives each of them an account that nobody can sign in to.
pub(crate) async fn introduce(
    store: &dyn AccountStore,
    ward: &UnitCode,
    whole: &UnitCode,
    now: Instant,
) -> Result<(), Failure> {
    for (actor, name, position, role) in OFFICIALS {
        let actor = actor.replace("{unit}", ward.as_str());
        let unit = match role {
            Role::Receptionist | Role::Officer | Role::Leader | Role::Chairman => ward,
            Role::Province | Role::Portal | Role::Auditor | Role::Admin | Role::Citizen => whole,
        };
        let account = Account {
            province: province_code(),
            actor: ActorId::parse(&actor).expect("letters, dots and dashes are an id"),
            full_name: name.to_owned(),
            position: position.to_owned(),
            role,
            also: Vec::new(),
            units: vec![unit.clone()],
            password: NOBODYS.to_owned(),
            one_time: false,
            created: now,
            disabled: None,
        };
        let added = store.add_account(&account).await;
        added.map_err(|error| Failure::work("cannot name the demo's officials", error))?;
    }
    Ok(())
}
