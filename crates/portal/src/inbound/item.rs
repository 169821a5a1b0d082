//! One dossier as a portal writes it, with the names of fields of the adapter protocol.

use chrono::NaiveDateTime;
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::Person;
use domain::dossier::{Channel, Submission};
use domain::fold;
use domain::id::{ProcedureCode, ProvinceCode, UnitCode};
use domain::notice::NoticeChannel;
use domain::time::{self, Instant};
use serde_json::Value;

use super::problem::Problem;
use super::reader::Reader;

/// The fields that are taken over.
const TAKEN: [&str; 14] = [
    "MaHoSo",
    "MaTTHC",
    "MaDonViTiepNhan",
    "DonViXuLy",
    "KenhThucHien",
    "ChuHoSo",
    "SoDienThoai",
    "DiaChi",
    "DinhDanhCHS",
    "NgayNopHoSo",
    "TaiLieuNop",
    "TrungCoChuDich",
    "Email",
    "DongYNhanThongBao",
];

/// How far a portal's clock may be before ours.
const SKEW_SECONDS: i64 = 300;

/// The longest name.
const LONGEST_NAME: usize = 200;

/// The longest address.
const LONGEST_ADDRESS: usize = 500;

/// A dossier that is handed in.
#[derive(Debug)]
pub(super) struct Item {
    pub procedure: ProcedureCode,
    pub submission: Submission,
    /// How the citizen agreed to be told: the channel, and the address there.
    pub agreed: Vec<(NoticeChannel, String)>,
    /// The fields that came and are not taken over.
    pub ignored: Vec<String>,
}

impl Item {
    /// Reads a dossier; all wrong fields are told at once.
    pub fn read(
        value: &Value,
        province: &ProvinceCode,
        catalogue: &Catalogue,
        now: Instant,
    ) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::of(value)?;
        let code = reader.required("MaHoSo");
        let code = reader.parsed("MaHoSo", &code, AnyCode::of_a_portal, "mã hồ sơ của cổng");
        let procedure = reader.procedure(catalogue);
        let receiving = reader.unit(province, catalogue, now);
        let submitted = reader.submitted(now);
        let channel = reader.channel();
        let applicant = reader.applicant();
        let papers = reader.papers();
        let fields = reader.fields;
        let second = reader.flag("TrungCoChuDich", fields, "TrungCoChuDich");
        let agreed = reader.agreed(&applicant.phone);
        let ignored = reader.besides(&TAKEN);
        let problems = reader.problems;
        match (code, procedure, receiving) {
            (Some(code), Some(procedure), Some(receiving)) if problems.is_empty() => Ok(Self {
                procedure,
                submission: Submission {
                    receiving,
                    portal_code: code,
                    submitted,
                    channel,
                    content: Contents {
                        case: None,
                        applicant,
                        assisted_by: None,
                        components: Vec::new(),
                        papers,
                        external_codes: Vec::new(),
                        resolving: None,
                        returning: None,
                        duplicate_intended: second,
                        circumstances: CircumstancesGiven::default(),
                    },
                },
                agreed,
                ignored,
            }),
            _ => Err(problems),
        }
    }
}

impl Reader<'_> {
    fn procedure(&mut self, catalogue: &Catalogue) -> Option<ProcedureCode> {
        let text = self.required("MaTTHC");
        if text.is_empty() {
            return None;
        }
        // Whether a version is in force depends on the day and is refused elsewhere.
        let found = catalogue.procedures.known(&text);
        if found.is_none() {
            self.wrong(Problem::new(
                "MaTTHC",
                "UNKNOWN_PROCEDURE",
                format!("thủ tục {text} không có trong danh mục"),
                format!("{text} is no procedure of the catalogue; expected such as 1.001193"),
            ));
        }
        found.map(|procedure| procedure.code.clone())
    }

    /// The receiving unit, by code; its name is taken where no code is given.
    fn unit(
        &mut self,
        province: &ProvinceCode,
        catalogue: &Catalogue,
        now: Instant,
    ) -> Option<UnitCode> {
        let code = self.own("MaDonViTiepNhan");
        let name = self.own("DonViXuLy");
        if code.is_empty() && name.is_empty() {
            self.wrong(Problem::missing("MaDonViTiepNhan"));
            return None;
        }
        let (field, text) = if code.is_empty() {
            ("DonViXuLy", name)
        } else {
            ("MaDonViTiepNhan", code)
        };
        let found = match field {
            "DonViXuLy" => {
                let wanted = fold::key(&text);
                let today = time::local_day(now);
                // Units that have ended bore the same names, as do units of other provinces.
                let mut same = catalogue.units.iter().filter(|unit| {
                    unit.province == *province
                        && unit.exists_on(today)
                        && fold::key(&unit.name) == wanted
                });
                // A name that two units have names neither.
                same.next().filter(|_| same.next().is_none())
            }
            _ => catalogue.units.find(&text),
        };
        if found.is_none() {
            self.wrong(Problem::new(
                field,
                "UNKNOWN_UNIT",
                format!("đơn vị {text} không có trong danh mục"),
                format!("{text} is no unit of the catalogue; expected such as H60.02215"),
            ));
        }
        found.map(|unit| unit.code.clone())
    }

    fn submitted(&mut self, now: Instant) -> Option<Instant> {
        let text = self.own("NgayNopHoSo");
        if text.is_empty() {
            return None;
        }
        let Ok(local) = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%S") else {
            self.wrong(Problem::not_a(
                "NgayNopHoSo",
                "thời điểm dạng yyyyMMddHHmmss, giờ Việt Nam",
                "a local time such as 20261120205900",
            ));
            return None;
        };
        let at = time::instant(local.date(), local.time());
        if (at - now).num_seconds() > SKEW_SECONDS {
            self.wrong(Problem::new(
                "NgayNopHoSo",
                "INVALID_FIELDS",
                "không được ở tương lai",
                format!(
                    "must not be in the future; it is {} here",
                    time::rfc3339(now)
                ),
            ));
            return None;
        }
        Some(at.min(now))
    }

    fn channel(&mut self) -> Channel {
        match self.own("KenhThucHien").as_str() {
            "" | "2" => Channel::Online,
            "3" => Channel::Post,
            _ => {
                let expected = "2 (online) or 3 (public post); a desk receives by itself";
                self.wrong(Problem::not_a(
                    "KenhThucHien",
                    "2 (trực tuyến) hoặc 3 (bưu chính công ích)",
                    expected,
                ));
                Channel::Online
            }
        }
    }

    fn applicant(&mut self) -> Person {
        let name = self.required("ChuHoSo");
        if !name.is_empty() && !name.chars().any(char::is_alphabetic) {
            self.wrong(Problem::not_a(
                "ChuHoSo",
                "họ và tên",
                "a name with at least one letter",
            ));
        }
        let phone = self.own("SoDienThoai");
        let digits = phone.bytes().filter(u8::is_ascii_digit).count();
        let fits = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')' | '+');
        let is_a_number = (8..=15).contains(&digits) && phone.chars().all(fits);
        if !phone.is_empty() && !is_a_number {
            self.wrong(Problem::not_a(
                "SoDienThoai",
                "số điện thoại từ 8 đến 15 chữ số",
                "a telephone number of 8 to 15 digits",
            ));
        }
        let address = self.own("DiaChi");
        Person {
            name: self.bounded("ChuHoSo", name, LONGEST_NAME),
            id_number: self.identity(),
            phone,
            address: self.bounded("DiaChi", address, LONGEST_ADDRESS),
        }
    }

    /// The channels in `DongYNhanThongBao`, separated by commas: nobody is told who did not agree.
    fn agreed(&mut self, phone: &str) -> Vec<(NoticeChannel, String)> {
        let email = self.own("Email");
        let email = self.bounded("Email", email, LONGEST_NAME);
        let named = self.own("DongYNhanThongBao");
        let mut agreed = Vec::new();
        for name in named
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let Some(kind) = NoticeChannel::named(name) else {
                let expected = "email, sms, zalo, vneid";
                self.wrong(Problem::not_a("DongYNhanThongBao", expected, expected));
                continue;
            };
            let (field, address) = match kind {
                NoticeChannel::Email => ("Email", email.clone()),
                NoticeChannel::Sms | NoticeChannel::Zalo | NoticeChannel::Vneid => {
                    ("SoDienThoai", phone.to_owned())
                }
            };
            if address.is_empty() {
                self.wrong(Problem::missing(field));
            } else if kind == NoticeChannel::Email && !address.contains('@') {
                self.wrong(Problem::not_a(
                    "Email",
                    "địa chỉ thư điện tử",
                    "a mail address",
                ));
            }
            agreed.push((kind, address));
        }
        agreed
    }

    fn identity(&mut self) -> String {
        let mut number = String::new();
        for (path, fields) in self.rows("DinhDanhCHS") {
            let field = format!("{path}.SoDinhDanh");
            let text = self.text(&field, fields, "SoDinhDanh");
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let kind = self.text(&format!("{path}.LoaiDinhDanh"), fields, "LoaiDinhDanh");
            let digits = match kind.as_str() {
                "1" => 12,
                "2" => 9,
                _ => {
                    let field = format!("{path}.LoaiDinhDanh");
                    let vi = "1 (căn cước, 12 chữ số) hoặc 2 (CMND, 9 chữ số)";
                    self.wrong(Problem::not_a(
                        field,
                        vi,
                        "1 (twelve digits) or 2 (nine digits)",
                    ));
                    continue;
                }
            };
            if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                let (vi, en) = (format!("{digits} chữ số"), format!("{digits} digits"));
                self.wrong(Problem::not_a(field, &vi, &en));
            } else if number.is_empty() {
                number = text;
            }
        }
        number
    }
}
