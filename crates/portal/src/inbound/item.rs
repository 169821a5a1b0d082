//! One dossier as a portal writes it, with the names of fields of the adapter protocol.

use chrono::NaiveDateTime;
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::Person;
use domain::dossier::{Channel, ElectronicFile, FileHash, Paper, PaperCopy, Reuse, Submission};
use domain::fold;
use domain::id::{ComponentCode, ProcedureCode, ProvinceCode, Reference, UnitCode};
use domain::time::{self, Instant};
use serde_json::{Map, Value};

use super::problem::Problem;

/// The fields that are taken over.
const TAKEN: [&str; 11] = [
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
];

/// The most items of a list: dossiers in a call, papers of a dossier.
pub(super) const MOST_ITEMS: usize = 100;

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
        let Value::Object(fields) = value else {
            return Err(vec![Problem::not_a(
                "",
                "một hồ sơ (đối tượng JSON)",
                "an object",
            )]);
        };
        let mut reader = Reader {
            fields,
            problems: Vec::new(),
        };
        let code = reader.required("MaHoSo");
        let code = reader.parsed("MaHoSo", &code, AnyCode::of_a_portal, "mã hồ sơ của cổng");
        let procedure = reader.procedure(catalogue);
        let receiving = reader.unit(province, catalogue, now);
        let submitted = reader.submitted(now);
        let channel = reader.channel();
        let applicant = reader.applicant();
        let papers = reader.papers();
        let ignored = fields
            .keys()
            .filter(|field| !TAKEN.contains(&field.as_str()));
        let ignored = ignored.cloned().collect();
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
                        duplicate_intended: false,
                        circumstances: CircumstancesGiven::default(),
                    },
                },
                ignored,
            }),
            _ => Err(problems),
        }
    }
}

struct Reader<'a> {
    fields: &'a Map<String, Value>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn wrong(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Text; empty if it is not there. Numbers are no text here: all values are strings.
    fn text(&mut self, path: &str, fields: &Map<String, Value>, field: &str) -> String {
        match fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if text.chars().any(char::is_control) => {
                self.wrong(Problem::new(
                    path,
                    "INVALID_FIELDS",
                    "không được có ký tự điều khiển".to_owned(),
                    "must not hold control characters".to_owned(),
                ));
                String::new()
            }
            Some(Value::String(text)) => fold::compose(text),
            Some(_) => {
                self.wrong(Problem::not_a(path, "chuỗi ký tự", "a string"));
                String::new()
            }
        }
    }

    fn own(&mut self, field: &str) -> String {
        let fields = self.fields;
        self.text(field, fields, field)
    }

    fn required(&mut self, field: &str) -> String {
        let before = self.problems.len();
        let text = self.own(field);
        if text.is_empty() && self.problems.len() == before {
            self.wrong(Problem::missing(field));
        }
        text
    }

    fn parsed<T>(
        &mut self,
        path: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, domain::id::Invalid>,
        what: &str,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        match parse(text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.wrong(Problem::not_a(path, what, invalid.expected));
                None
            }
        }
    }

    fn bounded(&mut self, field: &str, text: String, most: usize) -> String {
        if text.chars().count() > most {
            self.wrong(Problem::new(
                field,
                "INVALID_FIELDS",
                format!("dài quá {most} ký tự"),
                format!("must have at most {most} characters"),
            ));
        }
        text
    }

    fn procedure(&mut self, catalogue: &Catalogue) -> Option<ProcedureCode> {
        let text = self.required("MaTTHC");
        if text.is_empty() {
            return None;
        }
        // Whether a version is in force depends on the day and is refused elsewhere.
        let found = catalogue.procedures.find(&text, chrono::NaiveDate::MAX);
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

    fn papers(&mut self) -> Vec<Paper> {
        let mut papers = Vec::new();
        for (path, fields) in self.rows("TaiLieuNop") {
            let component = self.text(
                &format!("{path}.MaThanhPhanHoSo"),
                fields,
                "MaThanhPhanHoSo",
            );
            if component.is_empty() {
                self.wrong(Problem::missing(format!("{path}.MaThanhPhanHoSo")));
            }
            let component = self.parsed(
                &format!("{path}.MaThanhPhanHoSo"),
                &component,
                ComponentCode::parse,
                "mã thành phần hồ sơ",
            );
            let file = self.file(&path, fields);
            let reuse = self.reuse(&path, fields);
            if let Some(component) = component {
                papers.push(Paper {
                    component,
                    copy: PaperCopy::Electronic,
                    count: 1,
                    file,
                    reuse,
                });
            }
        }
        papers
    }

    /// A file is a reference: its hash and its size say which one.
    fn file(&mut self, path: &str, fields: &Map<String, Value>) -> Option<ElectronicFile> {
        let hash = self.text(&format!("{path}.HashTepTin"), fields, "HashTepTin");
        let size = self.text(&format!("{path}.KichThuoc"), fields, "KichThuoc");
        if hash.is_empty() && size.is_empty() {
            return None;
        }
        let sha256 = self.parsed(
            &format!("{path}.HashTepTin"),
            &hash,
            FileHash::parse,
            "SHA-256 gồm 64 chữ số thập lục phân",
        );
        if hash.is_empty() {
            self.wrong(Problem::missing(format!("{path}.HashTepTin")));
        }
        let bytes = size.parse::<u64>().ok().filter(|bytes| *bytes > 0);
        if bytes.is_none() {
            let field = format!("{path}.KichThuoc");
            self.wrong(Problem::not_a(
                field,
                "số byte của tệp",
                "the file's size in bytes",
            ));
        }
        Some(ElectronicFile {
            sha256: sha256?,
            bytes: bytes?,
        })
    }

    fn reuse(&mut self, path: &str, fields: &Map<String, Value>) -> Option<Reuse> {
        let field = format!("{path}.DuocLayTuKhoDMQG");
        let from_store = match self.text(&field, fields, "DuocLayTuKhoDMQG").as_str() {
            "" | "0" => false,
            "1" => true,
            _ => {
                self.wrong(Problem::not_a(field, "0 hoặc 1", "0 or 1"));
                false
            }
        };
        let field = format!("{path}.MaKetQuaThayThe");
        let result = self.text(&field, fields, "MaKetQuaThayThe");
        let result = self.parsed(&field, &result, Reference::parse, "mã kết quả");
        from_store.then_some(Reuse::PersonalStore { result })
    }

    /// The items of a list, each with its path; what is no list of objects is told.
    fn rows(&mut self, field: &str) -> Vec<(String, &'a Map<String, Value>)> {
        let fields = self.fields;
        let items = match fields.get(field) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) if items.len() <= MOST_ITEMS => items,
            Some(_) => {
                let most = MOST_ITEMS;
                let (vi, en) = (
                    format!("danh sách có nhiều nhất {most} mục"),
                    format!("a list of at most {most} items"),
                );
                self.wrong(Problem::not_a(field, &vi, &en));
                return Vec::new();
            }
        };
        let mut rows = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{field}[{at}]");
            match item {
                Value::Object(fields) => rows.push((path, fields)),
                _ => self.wrong(Problem::not_a(path, "một nhóm trường", "an object")),
            }
        }
        rows
    }
}
